"""Run two files of one model in their real engines on the same input, and tell where they differ."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ir import layers as L
from ir.diagnostics import Report, TranslationError
from ir.graph import Graph, Model, Ref
from ir.seeding import seeded_weights
from ir.validate import infer
from translator.convert import prepare, read, write
from translator.dialect import dialects
from translator.options import ReadOptions, WriteOptions
from translator.passes.relayout import image_inputs, relayout
from translator.verification.calibration import calibrated_weights
from translator.verification.differences import TOLERANCE, Difference, Verification, difference
from translator.verification.engines import Engine, Found, Job, plain
from translator.verification.inputs import given_inputs, load_inputs, random_inputs


@dataclass
class _Side:
    """One of the two: a file, its engine and what that is given."""

    title: str
    engine: str
    job: Job


def verify(
    first: str | Path,
    second: str | Path,
    *,
    inputs: Mapping[str, Any] | None = None,
    seed: int = 0,
    tolerance: float = TOLERANCE,
    layers: bool = False,
    options: ReadOptions | None = None,
) -> Verification:
    """Compare a model that can be read (Caffe, Keras, ONNX, PyTorch, design) with a file of any format that is written.

    A Caffe net runs in OpenCV, from the file as it is, where OpenCV takes it and is known to be right, an ONNX file in
    ONNX Runtime, and a `.pt2` file with its own weights in PyTorch; any other runs as our ONNX of it, and the result
    says so. Without weights both get the same seeded ones, and without `inputs` (an array of each input, by name) the
    same random ones, of `seed`. A source file is executed, and PyTorch may execute what a `.pt2` file holds.

    Raises TranslationError where the first cannot be read, or one of the two does not run (`verify`).
    """
    model, report = read(first, options=options), Report()
    model, inputs = _channels_first(model, inputs)
    seeded = not model.weights
    if seeded:
        shapes = infer(model.graph, Report())
        if _format(Path(second), report) == "onnx":  # It holds the weights that were drawn when it was written.
            weights = seeded_weights(model.graph, shapes)
        else:
            weights = calibrated_weights(model, shapes, random_inputs(model.graph, seed + 1))
        model = Model(model.graph, weights)
    given = given_inputs(inputs, model.graph, report) if inputs is not None else random_inputs(model.graph, seed)
    with tempfile.TemporaryDirectory(prefix="verify") as name:
        folder = Path(name)
        other = _second(Path(second), model, seeded, folder, report)
        sides = [*_firsts(Path(first), model, options, folder, report), other]
        return _Comparison(model, given, tolerance, layers, folder, report).of(sides)


def _channels_first(model: Model, inputs: Mapping[str, Any] | None) -> tuple[Model, Mapping[str, Any] | None]:
    """Return a model with its channels first, as engines are given images here, and its inputs in the same form."""
    import numpy as np

    if model.graph.layout == "channels_first":
        return model, inputs
    images = image_inputs(model.graph)
    if len(model.graph.inputs) == 1 and images:
        images.add("")
    if inputs is not None:
        inputs = {
            name: np.moveaxis(array, -1, 1) if name in images and array.ndim > 2 else array
            for name, array in inputs.items()
        }
    return relayout(model, "channels_first", Report()), inputs


def misread_by_opencv(graph: Graph) -> str:
    """Return what OpenCV's importer of Caffe is known to compute otherwise than Caffe does, or nothing."""
    places = set()
    for node in graph.nodes:
        place = node.origin and node.origin.offset
        if place is not None and place in places:
            return "OpenCV knows one layer where a fork means several"
        places.add(place)
        match node.layer:
            case L.LRN(k=k) if k != 1:
                return "OpenCV leaves the k of an LRN out"
            case L.Swish(beta=beta) if beta != 1:
                return "OpenCV leaves the beta of a Swish out"
            case L.Log() as log if log.stated():
                return "OpenCV leaves the base and the shift of a Log out"
            case L.DetectionOutput():
                return "OpenCV has the rows of a DetectionOutput by their scores, not by their classes first"
            case L.ResizeBilinear2D(size=None, shrink=shrink) if shrink != 1:
                return "OpenCV leaves the shrink factor of an Interp out"
            case L.Axpy():
                return "OpenCV scales the third bottom of an Axpy, not the second"
    return ""


def _firsts(path: Path, model: Model, options: ReadOptions | None, folder: Path, report: Report) -> Iterator[_Side]:
    """Yield the ways to run the first model: as it is, in its own engine, or as our ONNX of it."""
    outputs = tuple(map(str, model.graph.outputs))
    if path.suffix == ".onnx":
        yield _Side(f"{path.name} in ONNX Runtime", "ONNX Runtime", Job(path.absolute(), None, outputs))
    exported = path.suffix in (".pt2", ".pt") and zipfile.is_zipfile(path)
    if exported and (options is None or options.weights is None):
        yield _Side(f"{path.name} in PyTorch", "PyTorch", Job(path.absolute(), None, outputs))
    if path.suffix in (".prototxt", ".pt") and not exported and not misread_by_opencv(model.graph):
        write(model, "caffe", folder / "first.prototxt")
        blobs = folder / "first.caffemodel"
        yield _Side(f"{path.name} in OpenCV", "OpenCV", Job(path, blobs if blobs.exists() else None, outputs))
    write(model, "onnx", folder / "first.onnx")
    yield _Side(f"our ONNX of {path.name} in ONNX Runtime", "ONNX Runtime", Job(folder / "first.onnx", None, outputs))


_ENGINES = {"caffe": "OpenCV", "onnx": "ONNX Runtime", "pytorch": "PyTorch", "keras": "Keras", "keras-json": "Keras"}
_WEIGHTS = {"caffe": ".caffemodel", "pytorch": ".safetensors", "keras": ".weights.h5", "keras-json": ".weights.h5"}


def _format(path: Path, report: Report) -> str:
    """Return the format of a file that is to be run."""
    if path.suffix == ".py" and path.is_file():
        text = path.read_text(encoding="utf-8", errors="replace")
        return "keras" if "import keras" in text else "pytorch"
    suffixes = {".onnx": "onnx", ".keras": "keras", ".json": "keras-json", ".prototxt": "caffe"}
    if path.is_file() and path.suffix in suffixes:
        return suffixes[path.suffix]
    known = ", ".join([".py", *suffixes])
    report.add("file", f"{path} is no file that an engine runs", hint=f"those end in {known}")
    raise TranslationError(report)


def _second(path: Path, model: Model, seeded: bool, folder: Path, report: Report) -> _Side:
    """Return how to run the second; without weights of its own it gets the first's."""
    kind = _format(path, report)
    engine = _ENGINES[kind]
    weights = path.with_suffix(_WEIGHTS.get(kind, ".none"))
    outputs = tuple(map(str, model.graph.outputs))
    job = Job(path.absolute(), weights.absolute() if weights.is_file() and not seeded else None, outputs)
    if job.weights is None and kind in _WEIGHTS and path.suffix != ".keras":
        stem = folder / "second"
        suffix = {"caffe": ".prototxt", "pytorch": ".py", "keras": ".py", "keras-json": ".py"}[kind]
        write(model, kind.removesuffix("-json"), stem.with_suffix(suffix))
        made = folder / f"second{_WEIGHTS[kind]}"
        job = job._replace(weights=made if made.exists() else None)
    return _Side(f"{path.name} in {engine}", engine, job)


@dataclass
class _Comparison:
    model: Model
    given: dict[str, Any]
    tolerance: float
    layers: bool
    folder: Path
    report: Report

    def of(self, sides: list[_Side]) -> Verification:
        """Run the first side that runs, and the last, and compare what they give."""
        *firsts, other = sides
        problems: list[str] = []
        for side in firsts:
            found = _run(side, self.given)
            if not isinstance(found, str):
                break
            problems.append(f"{side.title}: {found}")
        else:
            raise self.failed("the first model runs in no engine: " + "; ".join(problems))
        second = _run(other, self.given)
        if isinstance(second, str):
            raise self.failed(f"{other.title} does not run: {second}")
        names = [str(ref) for ref in self.model.graph.outputs]
        if len(second.outputs) != len(names):
            raise self.failed(f"{other.title} gives {len(second.outputs)} outputs, and not {len(names)}")
        outputs = tuple(difference(*each) for each in zip(names, found.outputs, second.outputs, strict=True))
        wrong = self.apart(outputs)
        within = self.within(other) if self.layers or wrong else ()
        departs = [*(self.apart(within) if wrong else ()), *wrong, ""][0]
        return Verification(side.title, other.title, outputs, within if self.layers else (), departs)

    def failed(self, why: str) -> TranslationError:
        lacking = "needs the package" in why
        self.report.add("verify", why, hint="pip install 'model-zoo-translator[verify]'" if lacking else "")
        return TranslationError(self.report)

    def apart(self, differences: Iterable[Difference]) -> list[str]:
        return [each.name for each in differences if not each.relative <= self.tolerance]

    def within(self, other: _Side) -> tuple[Difference, ...]:
        """Compare what layers give with our ONNX of the model, in the form in which the second's format has them."""
        kind = {"OpenCV": "caffe", "ONNX Runtime": "onnx", "PyTorch": "pytorch"}.get(other.engine, "keras")
        target = dialects()[kind].writer().target(WriteOptions(layout="channels_first"))
        form, _ = prepare(self.model, target, WriteOptions(layout="channels_first"), Report())
        left_out = _flattened(form.graph) if kind == "keras" else set()
        refs = [node.refs[0] for node in form.graph.nodes if len(node.refs) == 1 and node.refs[0] not in left_out]
        write(Model(replace(form.graph, outputs=tuple(refs)), form.weights), "onnx", self.folder / "within.onnx")
        truth = _run(_Side("", "ONNX Runtime", Job(self.folder / "within.onnx")), self.given)
        values = _value_names(form.graph) if kind == "onnx" else {}
        asked = [values.get(ref, ref.node) for ref in refs]
        second = _run(replace(other, job=other.job._replace(layers=tuple(asked))), self.given)
        if isinstance(truth, str) or isinstance(second, str):
            return ()
        there = {plain(name): value for name, value in second.layers.items()}
        return tuple(
            difference(ref.node, value, there[plain(name)])
            for ref, name, value in zip(refs, asked, truth.outputs, strict=True)
            if plain(name) in there
        )


def _run(side: _Side, given: dict[str, Any]) -> Found | str:
    engine = Engine(side.engine)
    try:
        return engine.run(side.job, given)
    finally:
        engine.close()


def _flattened(graph: Graph) -> set[Ref]:
    """Return the tensors whose elements stand in the order of a layout: flattened images, up to what mixes them."""
    found: set[Ref] = set()
    for node in graph.nodes:
        if isinstance(node.layer, L.Flatten) or (node.layer.elementwise and found.intersection(node.inputs)):
            found.update(node.refs)
    return found


def _value_names(graph: Graph) -> Mapping[Ref, str]:
    from translator.dialects.onnx.emission import value_names

    return value_names(graph)


__all__ = [
    "TOLERANCE",
    "Difference",
    "Verification",
    "difference",
    "load_inputs",
    "misread_by_opencv",
    "random_inputs",
    "verify",
]
