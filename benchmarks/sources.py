"""The nets of the corpora, with what a user would say of each: its weights, and the sizes that it leaves open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ir import Model, Report
from ir.shapes import Shape
from translator import ReadOptions, read

GIVEN = {
    "coco_caption__lrcn": {"input_sentence": (20, 16), "cont_sentence": (20, 16)},
    "crnn__crnn@": {"data": (64, 1, 32, 128)},
    "dummy_blstm": {"data": (12, 1, 7), "seq_ind": (12, 1)},
    "hdf5_classification": {"data": (1, 4)},
    "lenet_train_test@2c9abcb8": {"cp2/pool": (64, 50, 4, 4)},
    "lstm_ctc": {"data": (512, 3, 30, 80)},
    "models__gan__generator": {"deconv5": (64, 256, 7, 7)},
    "proto__lenet": {"data": (1, 1, 28, 28)},
    "test__data__lenet": {"data": (1, 1, 28, 28)},
    "sparse_classification": {"data": (1, 100)},
    "spp_net_region_classifier": {"spatial_pyramid_pooling": (None, 12800)},
    "test__data__simple_conv": {"data": (1, 1, 28, 28)},
    "treepool_128_4096": {
        "TreepoolKernel1L_1": (None, 96, 15, 15),
        "TreepoolMaxAve_2": (None, 256, 7, 7),
        "TreepoolMaxAve_3": (None, 256, 3, 3),
    },
    "treepool_227": {
        "TreepoolKernel1L_1": (None, 96, 27, 27),
        "TreepoolMaxAve_2": (None, 256, 13, 13),
        "TreepoolMaxAve_3": (None, 256, 6, 6),
    },
}
"""Shapes that the Caffe nets of a name leave open, and that a user would give."""
OPEN = {2: (10,), 3: (10,), 4: (64, 64), 5: (16, 16, 16)}
"""Sizes for what another net leaves open, by the number of axes."""


class Net(NamedTuple):
    """One net of a corpus: which format it is of, its name there, its file, and its weights if they lie elsewhere."""

    kind: str
    name: str
    file: Path
    weights: Path | None = None
    dialect: str = ""


def given_shapes(net: Net) -> dict[str, Shape]:
    """Return the shapes that a user would give of what a net of Caffe leaves open."""
    named = [shapes for part, shapes in GIVEN.items() if net.kind == "caffe" and part in net.name]
    return {name: shape for shapes in named for name, shape in shapes.items()}


def read_net(net: Net, report: Report | None = None) -> Model:
    """Read a net with its weights, in some size where it leaves one open.

    Raises TranslationError where it cannot be read.
    """
    report = report or Report()
    model = read(net.file, options=ReadOptions(weights=net.weights, shapes=given_shapes(net)), report=report)
    left_open = {each.name: _closed(each.shape) for each in model.graph.inputs if None in each.shape[1:]}
    if left_open and net.kind == "keras":
        return read(net.file, options=ReadOptions(weights=net.weights, shapes=left_open))
    return model


def _closed(shape: Shape) -> Shape:
    sizes = iter(OPEN.get(len(shape), ()))
    return (shape[0], *(next(sizes, 10) if size is None else size for size in shape[1:]))


def caffe_nets(corpus: Path) -> list[Net]:
    """Return the nets of Caffe without weights."""
    folder = corpus / "caffe" / "nets"
    return [
        Net("caffe", str(path.relative_to(folder)), path)
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".prototxt", ".pt") and path.parent.name not in ("malformed", "solvers")
    ]


def trained_caffe_nets(corpus: Path) -> Iterator[tuple[Net, Path]]:
    """Yield trained nets of Caffe, each with the file of its reference outputs."""
    for reference in sorted((corpus / "caffe" / "weights").rglob("*.opencv_ref.npz")):
        weights = reference.with_name(reference.name.replace(".opencv_ref.npz", ".caffemodel"))
        prototxt = next(iter(sorted(p for p in weights.parent.glob("*.prototxt") if _pairs(p, weights))))
        yield Net("caffe", f"{weights.parent.name}/{weights.name}", prototxt, weights), reference


def _pairs(prototxt: Path, weights: Path) -> bool:
    stem = weights.name.replace(".caffemodel", "").replace("_iter_10000", "")
    return prototxt.name.startswith(stem) or prototxt.name.endswith("__deploy.prototxt")


def keras_nets(corpus: Path, listed: str) -> Iterator[Net]:
    """Yield the nets that a list of the corpus of Keras names, weights that stand alone with their architecture."""
    folder = corpus / "keras"
    for entry in map(json.loads, (folder / listed).read_text().splitlines()):
        path, role = folder / entry["path"], entry.get("role", "")
        if "reference" in role:
            continue
        file, weights = path, None
        if role == "weights only":
            # The folder is laid out otherwise than the list says.
            file, weights = folder / entry["architecture_json"].replace("weights/visible/", "weights/"), path
        yield Net("keras", entry["path"], file, weights, str(entry.get("dialect")))


def onnx_nets(corpus: Path) -> list[Net]:
    """Return the nets of ONNX."""
    folder = corpus / "onnx" / "nets"
    return [
        Net("onnx", str(path.relative_to(folder)), path) for path in sorted(folder.rglob("*.onnx")) if path.is_file()
    ]


def families(corpus: Path) -> dict[str, list[str]]:
    """Return the families of each net of Caffe, as the corpus's manifest has them."""
    lines = (corpus / "caffe" / "manifest.jsonl").read_text().splitlines()
    entries: list[dict[str, Any]] = list(map(json.loads, lines))
    return {each["path"].removeprefix("nets/"): each.get("families", []) for each in entries}
