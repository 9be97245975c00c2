"""How long a translation takes in a cold process, as a ratio to a reference in the same run.

    python benchmarks/speed.py [--corpus FOLDER] [--json FILE]    (or CORPUS=FOLDER)

The reference is `python -c "import numpy, google.protobuf.text_format"`; for ResNet-152 with its weights it is the
parsing of its caffemodel into arrays by protobuf too, and for the peak memory the size of that file. Medians of 7; what
is compared runs in turn, so that a noisy moment meets all alike.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ir import Model, Report
from ir.seeding import seeded_weights
from ir.validate import infer
from translator import read, write

REFERENCE = [sys.executable, "-c", "import numpy, google.protobuf.text_format"]
TRANSLATE = [sys.executable, "-m", "translator"]
ROUNDS = 7
PARSING, WEIGHTY = "ResNet-152's caffemodel into arrays", "ResNet-152 with weights to ONNX"


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak_mib(command: list[str]) -> float:
    """Return the peak memory of a command.

    A small process of its own starts it: Linux counts the memory of the one that starts a process as that one's too.
    """
    told = subprocess.run([sys.executable, "-c", MEASURE, *command], check=True, capture_output=True, text=True)
    return int(told.stdout) / 1024


def with_weights(prototxt: Path, folder: Path) -> list[str]:
    """Write a net with seeded weights; return the arguments that name it."""
    graph = read(prototxt).graph
    model = Model(graph, seeded_weights(graph, infer(graph, Report())))
    place = folder / f"{prototxt.stem}.prototxt"
    write(model, "caffe", place)
    return [str(place), "--weights", str(place.with_suffix(".caffemodel"))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("CORPUS", "../shared/corpus")))
    parser.add_argument("--json", type=Path, help="where the figures go")
    args = parser.parse_args()
    nets = args.corpus / "caffe" / "nets"
    googlenet = nets / "BVLC__caffe" / "models__bvlc_googlenet__deploy.prototxt"
    resnet = nets / "KaimingHe__deep-residual-networks" / "prototxt__ResNet-152-deploy.prototxt"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands = {
            "reference": REFERENCE,
            "GoogLeNet to Keras source": [*TRANSLATE, str(googlenet), "--to", "keras"],
            "ResNet-152 to Keras source": [*TRANSLATE, str(resnet), "--to", "keras"],
            "GoogLeNet with weights to ONNX": [*TRANSLATE, *with_weights(googlenet, folder), "-o", f"{name}/g.onnx"],
        }
        weighty = with_weights(resnet, folder)
        commands[PARSING] = [sys.executable, str(Path(__file__).with_name("parse_caffemodel.py")), weighty[-1]]
        commands[WEIGHTY] = [*TRANSLATE, *weighty, "-o", f"{name}/r.onnx"]
        size = Path(weighty[-1]).stat().st_size / 2**20
        memory = {each: peak_mib(command) for each, command in commands.items()}
        rounds = [{each: seconds(command) for each, command in commands.items()} for _ in range(ROUNDS)]
    medians = {each: statistics.median(one[each] for one in rounds) for each in commands}
    figures = {
        each: {
            "seconds": round(took, 3),
            "ratio": round(took / medians["reference"], 2),
            "peak MiB": round(memory[each]),
        }
        for each, took in medians.items()
    }
    figures[WEIGHTY] |= {
        "ratio to parsing": round(medians[WEIGHTY] / medians[PARSING], 2),
        "peak to file": round(memory[WEIGHTY] / size, 2),
    }
    for each, values in figures.items():
        print(f"{each:34} {values['seconds']:7.3f} s {values['ratio']:6.2f}x {values['peak MiB']:6} MiB")
    weighed = figures[WEIGHTY]
    print(
        f"{WEIGHTY}: {weighed['ratio to parsing']}x the time of parsing, {weighed['peak to file']}x its file in memory"
    )
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
