"""Nets of keras.applications, read out of what Keras prints of them, held to the same nets as Keras saves them.

python benchmarks/summaries.py [NAME ...]

Activations are left out on both sides: Keras prints none that is an argument of another layer, nor which one an
`Activation` is. What is compared are the other layers, by their kinds and with their sizes, and how many inputs these
have.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "COLUMNS": "160"}  # As wide as names are not cut off.
import keras
from papers import Entry
from simulated_tables import entries

from extract.paper import texts_of
from ir import Report
from ir.graph import Graph
from ir.origin import Origin
from translator import read

NAMES = (
    "VGG16", "VGG19", "ResNet50", "ResNet50V2", "ResNet101", "MobileNet", "MobileNetV2", "MobileNetV3Small",
    "DenseNet121", "InceptionV3", "InceptionResNetV2", "Xception", "NASNetMobile", "EfficientNetB0",
    "EfficientNetV2B0", "ConvNeXtTiny",
)  # fmt: skip
WIDE = 160
_ACTIVE = ("ReLU", "Softmax", "Sigmoid", "Swish", "HardSwish", "Tanh", "GELU", "Custom", "Power", "Clip")


def main() -> None:
    """Print a line for each net, and the mean of all."""
    found = []
    for name in sys.argv[1:] or NAMES:
        with tempfile.TemporaryDirectory() as folder:
            scores, told = _score(name, Path(folder))
        found.append(scores)
        print(f"{name:18} {_line(scores)}  {told}", flush=True)
    mean = {key: sum(each[key] for each in found) / len(found) for key in found[0]}
    print(f"{f'{len(found)} nets':18} {_line(mean)}")


def _line(scores: dict[str, float]) -> str:
    return "  ".join(f"{key} {value:.3f}" for key, value in scores.items())


def _score(name: str, folder: Path) -> tuple[dict[str, float], str]:
    model = getattr(keras.applications, name)(weights=None)
    lines: list[str] = []
    model.summary(print_fn=lambda text, **_: lines.append(text), line_length=WIDE)
    printed, saved = folder / "net.txt", folder / "net.json"
    printed.write_text("\n".join(lines))
    saved.write_text(model.to_json())
    began = time.perf_counter()
    (design,) = texts_of(printed, printed.read_bytes())
    report = Report()
    ours, theirs = design.graph(name, Origin("summary"), report), read(saved).graph
    spent = time.perf_counter() - began
    asked = sum(each.code == "question" for each in report)
    return _compared(ours, theirs), f"{asked} questions, {spent:.1f} s"


def _compared(ours: Graph, theirs: Graph) -> dict[str, float]:
    joins = [Counter(len(node.inputs) for node in graph.nodes if len(node.inputs) > 1) for graph in (ours, theirs)]
    return {
        "layers": _f1(*(Counter(each.type for each in _layers(graph)) for graph in (ours, theirs))),
        "with sizes": _f1(
            *(
                Counter(repr((each.type, sorted(each.params.items()))) for each in _layers(graph))
                for graph in (ours, theirs)
            )
        ),
        "joins": _f1(*joins),
    }


def _f1(ours: Counter[Any], theirs: Counter[Any]) -> float:
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total()) if ours or theirs else 1.0


def _layers(graph: Graph) -> list[Entry]:
    return [each for each in entries(graph, sized=False)[0] if each.type not in _ACTIVE]


if __name__ == "__main__":
    main()
