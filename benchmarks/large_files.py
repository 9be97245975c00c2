"""Make a large `.pt2` file and its weights as safetensors, translate them to each target, and tell the peak of memory.

    python benchmarks/large_files.py [--mib N] [--json FILE]

The net is of products of 64 MiB each. Each translation is a process of its own; what counts is the memory that belongs
to it alone (RssAnon), sampled each 20 ms: parts of a mapped file can be dropped at any time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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
        for target, file in TARGETS.items():
            for weights in ([], ["--weights", str(folder / "net.safetensors")]):
                out = folder / "out"
                out.mkdir(exist_ok=True)
                options = [*weights, *FORMATS.get(target, []), "-o", str(out / file)]
                command = [sys.executable, "-m", "translator", str(folder / "net.pt2"), *options]
                peak, seconds, code = peak_of(command)
                written = sum(each.stat().st_size for each in out.iterdir()) >> 20
                case = f"{target}{', weights of safetensors' if weights else ''}"
                found[case] = {"peak, MiB": round(peak), "s": round(seconds, 1), "exit": code, "written, MiB": written}
                print(case, found[case], flush=True)
                for each in out.iterdir():
                    each.unlink()
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
