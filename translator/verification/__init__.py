"""Run two files of one model in their real engines on the same input, and tell where they differ."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ir import layers as L
from ir.diagnostics import Report, TranslationError
from ir.graph import Graph, Model, Ref
from ir.seeding import seeded_weights
from ir.shapes import agree, show
from ir.validate import infer
from translator.convert import prepare, read, write
from translator.dialect import dialects
from translator.options import ReadOptions, WriteOptions
from translator.passes.relayout import image_inputs, relayout
from translator.verification.calibration import calibrated_weights
from translator.verification.engines import Engine, Found, Job, plain

TOLERANCE = 1e-4
"""The largest difference, relative to the largest absolute value of a tensor, at which two models agree."""


@dataclass(frozen=True)
class Difference:
    """How far two tensors of one name are apart: the largest absolute difference, and that over the largest value."""

    name: str
    absolute: float
    relative: float


@dataclass(frozen=True)
class Verification:
    """What came of a comparison.

    `first` and `second` say what ran in which engine; `layers` are the tensors within that both have, in the order of
    the model, and `departs` names the first of them (or of the outputs) that is further apart than the tolerance.
    """

    first: str
    second: str
    outputs: tuple[Difference, ...]
    layers: tuple[Difference, ...] = ()
    departs: str = ""

    @property
    def agree(self) -> bool:
        """Whether every output is within the tolerance."""
        return not self.departs

    def __str__(self) -> str:
        rows = [*self.layers, *self.outputs]
        width = max(len(each.name) for each in rows)
        lines = [f"{self.first}, and {self.second}", f"{'':{width}}  difference  relative"]
        lines += [f"{each.name:{width}}  {each.absolute:10.1e}  {each.relative:8.1e}" for each in rows]
        lines.append(f"they differ; the first to depart is {self.departs}" if self.departs else "they agree")
        return "\n".join(lines)

    def as_json(self) -> str:
        """Return all of it as JSON."""
        return json.dumps({**asdict(self), "agree": self.agree}, indent=1)


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
    given = _given(inputs, model.graph, report) if inputs is not None else random_inputs(model.graph, seed)
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


def load_inputs(path: Path) -> dict[str, Any]:
    """Return the arrays of an .npz file by name, or that of an .npy file, whose name is empty.

    Raises TranslationError (`file`) where there are none.
    """
    import numpy as np

    try:
        found = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        report = Report()
        report.add("file", f"{path} holds no arrays: {error}")
        raise TranslationError(report) from None
    return {name: found[name] for name in found.files} if hasattr(found, "files") else {"": found}


def random_inputs(graph: Graph, seed: int = 0) -> dict[str, Any]:
    """Return seeded inputs.

    They are positive for a net with a Log, which has no value for others, and rows of its table for an Embed; one that
    proposes regions is told the size of its image.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    positive = any(isinstance(node.layer, L.Log) for node in graph.nodes)
    found = {}
    for each in graph.inputs:
        drawn = rng.standard_normal([1 if size is None else size for size in each.shape])
        found[each.name] = (np.abs(drawn) if positive else drawn).astype(np.float32)
    sizes = [each.shape[2:] for each in found.values() if len(each.shape) == 4]
    for node in graph.nodes:
        if isinstance(node.layer, L.Proposals) and node.inputs[2].node in found and sizes:
            found[node.inputs[2].node] = np.array([[*sizes[0], 1]], np.float32)
        elif isinstance(node.layer, L.Embed) and node.inputs[0].node in found:
            shape = found[node.inputs[0].node].shape
            found[node.inputs[0].node] = rng.integers(node.layer.vocabulary, size=shape).astype(np.float32)
    return found


def _given(inputs: Mapping[str, Any], graph: Graph, report: Report) -> dict[str, Any]:
    """Return the arrays of the model's inputs, in their order; one without a name is that of the only input."""
    names = [each.name for each in graph.inputs]
    found = {names[0]: inputs[""]} if "" in inputs and len(names) == 1 else dict(inputs)
    for each in graph.inputs:
        array = found.get(each.name)
        fits = array is not None and len(array.shape) == len(each.shape) and all(map(agree, array.shape, each.shape))
        if not fits:
            report.add("verify", f"the input {each.name!r} wants an array of {show(each.shape)}")
            raise TranslationError(report)
    return {name: found[name].astype("float32") for name in names}


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
            case L.Axpy():
                return "OpenCV scales the third bottom of an Axpy, not the second"
    return ""


def _firsts(path: Path, model: Model, options: ReadOptions | None, folder: Path, report: Report) -> Iterator[_Side]:
    """Yield the ways to run the first model: as it is, in its own engine, or as our ONNX of it."""
    outputs = tuple(ref.node for ref in model.graph.outputs)
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
    outputs = tuple(ref.node for ref in model.graph.outputs)
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


def difference(name: str, wanted: Any, found: Any) -> Difference:
    """Return how far apart two tensors are, infinitely for other shapes or numbers that are not finite.

    One may have its channels last: where its shape allows both, it is read as it is nearer.
    """
    import numpy as np

    forms = [found] if found.ndim < 3 else [found, np.moveaxis(found, -1, 1)]
    apart = [float(np.abs(wanted - each).max(initial=0)) for each in forms if each.shape == wanted.shape]
    absolute = min((each for each in apart if np.isfinite(each)), default=float("inf"))
    largest = float(np.abs(wanted).max(initial=0))
    return Difference(name, absolute, absolute / max(largest, 1e-30))


__all__ = ["TOLERANCE", "Difference", "Verification", "difference", "misread_by_opencv", "random_inputs", "verify"]
