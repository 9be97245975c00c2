"""How the time of a translation grows with the number of layers.

    python benchmarks/scaling.py [--most N] [--json FILE]

A chain of small convolutions with branches that are added up, of 100 layers to 100,000; microseconds for each layer, of
reading with all checks, of writing each target without weights, and of reading the design again. Where the cost is
linear, a column is flat.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from ir import Model
from translator import read, write

TARGETS = ("caffe", "design", "keras", "pytorch", "onnx")
HEAD = 'name: "chain" input: "data" input_shape { dim: 1 dim: 4 dim: 8 dim: 8 }\n'
BLOCK = """\
layer {{ name: "conv{0}" type: "Convolution" bottom: "{1}" top: "conv{0}"
  convolution_param {{ num_output: 4 kernel_size: 3 pad: 1 }} }}
layer {{ name: "norm{0}" type: "BatchNorm" bottom: "conv{0}" top: "conv{0}" }}
layer {{ name: "relu{0}" type: "ReLU" bottom: "conv{0}" top: "conv{0}" }}
layer {{ name: "sum{0}" type: "Eltwise" bottom: "conv{0}" bottom: "{1}" top: "sum{0}" }}
"""


def chain(layers: int) -> bytes:
    """Return a prototxt of so many layers."""
    names = ["data", *(f"sum{i}" for i in range(layers // 4))]
    return (HEAD + "".join(BLOCK.format(i, names[i]) for i in range(layers // 4))).encode()


def measured(layers: int, folder: Path) -> dict[str, float]:
    """Return the microseconds for each layer that reading and writing takes."""
    source, found = chain(layers), {}
    start = time.perf_counter()
    model: Model = read("net.prototxt", data=source)
    found["read"] = time.perf_counter() - start
    for to in TARGETS:
        start = time.perf_counter()
        text = write(model, to, folder / "net.onnx" if to == "onnx" else None).text
        found[to] = time.perf_counter() - start
        if to == "design":
            start = time.perf_counter()
            read("net.json", data=(text or "").encode())
            found["read design"] = time.perf_counter() - start
    return {each: round(seconds / layers * 1e6, 1) for each, seconds in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=100_000, help="layers of the largest net")
    parser.add_argument("--json", type=Path, help="where the figures go")
    args = parser.parse_args()
    import tempfile

    found: dict[int, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        for layers in (100, 1_000, 10_000, 30_000, 100_000):
            if layers <= args.most:
                found[layers] = measured(layers, Path(name))
                if len(found) == 1:
                    print(f"{'layers':>8} {' '.join(f'{each:>11}' for each in found[layers])}   us for each layer")
                print(f"{layers:8} {' '.join(f'{each:11}' for each in found[layers].values())}", flush=True)
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
