"""Translate large `.pt2` and `.onnx` files, and weights in safetensors, to each target, and tell the peak of memory.

    python benchmarks/large_files.py [--mib N] [--json FILE]

The net is of products of 64 MiB each. Each translation is a process of its own; what counts is the memory that belongs
to it alone (RssAnon), sampled each 20 ms: parts of a mapped file can be dropped at any time. One `.onnx` file
without others beside it may have 2 GiB at most.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import Any

SOURCES = {
    ".pt2": ["{}/net.pt2"],
    ".pt2 with .safetensors": ["{}/net.pt2", "--weights", "{}/net.safetensors"],
    ".onnx": ["{}/net.onnx"],
    ".onnx with its data beside": ["{}/beside.onnx"],
}
TARGETS = {
    "onnx": "net.onnx",
    "pytorch": "net.py",
    "keras": "net.keras",
    "keras source": "keras.py",
    "caffe": "n.prototxt",
}
FORMATS = {"keras source": ["--to", "keras"], "pytorch": ["--to", "pytorch"]}
SIDE = 4096
"""Rows and columns of each matrix, of 64 MiB."""


def make(folder: Path, layers: int) -> None:
    """Write the program, and other weights for it."""
    import torch
    from safetensors.torch import save_file

    net = torch.nn.Sequential(*(torch.nn.Linear(SIDE, SIDE, bias=False) for _ in range(layers)))
    batch = torch.export.Dim("batch", min=1)
    program = torch.export.export(net, (torch.ones(2, SIDE),), dynamic_shapes=({0: batch},))
    torch.export.save(program, folder / "net.pt2")
    save_file(net.state_dict(), folder / "net.safetensors")
    make_onnx(folder, [each.detach().numpy() for each in net.parameters()])


def make_onnx(folder: Path, matrices: Sequence[Any]) -> None:
    """Write the same net as one `.onnx` file, and as one whose weights stand in a file beside it."""
    import onnx

    names = ["x", *(f"y{i}" for i in range(len(matrices)))]
    nodes = [
        onnx.helper.make_node("Gemm", [a, f"w{i}"], [b], name=b, transB=1) for i, (a, b) in enumerate(pairwise(names))
    ]
    ends = [onnx.helper.make_tensor_value_info(each, 1, ["N", SIDE]) for each in (names[0], names[-1])]
    tensors = [onnx.numpy_helper.from_array(each, f"w{i}") for i, each in enumerate(matrices)]
    graph = onnx.helper.make_graph(nodes, "net", ends[:1], ends[1:], tensors)
    opset = [onnx.helper.make_opsetid("", 17)]
    model = onnx.helper.make_model(graph, opset_imports=opset, ir_version=8)
    onnx.save(model, folder / "net.onnx")
    onnx.save(model, folder / "beside.onnx", save_as_external_data=True, location="beside.data")


def peak_of(command: list[str]) -> tuple[float, float, int]:
    """Return the peak of a command's own memory in MiB, its seconds, and its exit code."""
    start, peak = time.monotonic(), 0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        try:
            lines = status.read_text().splitlines()
        except OSError:
            break
        peak = max([peak, *(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))])
        time.sleep(0.02)
    return peak / 1024, time.monotonic() - start, process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mib", type=int, default=1024, help="size of the weights")
    parser.add_argument("--json", type=Path, help="where the figures go")
    args = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        maker = f"from benchmarks.large_files import make; make(__import__('pathlib').Path({name!r}), {args.mib // 64})"
        subprocess.run([sys.executable, "-c", maker], check=True)
        for (source, options), (target, file) in product(SOURCES.items(), TARGETS.items()):
            out = folder / "out"
            out.mkdir(exist_ok=True)
            options = [each.format(folder) for each in options] + FORMATS.get(target, [])
            peak, seconds, code = peak_of([sys.executable, "-m", "translator", *options, "-o", str(out / file)])
            written = sum(each.stat().st_size for each in out.iterdir()) >> 20
            case = f"{source} to {target}"
            found[case] = {"peak, MiB": round(peak), "s": round(seconds, 1), "exit": code, "written, MiB": written}
            print(case, found[case], flush=True)
            for each in out.iterdir():
                each.unlink()
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
