"""The paths of a design to a graph: names, inputs, branches, and the layers' parameters."""

from __future__ import annotations

import contextlib
from collections.abc import Container, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from grammars.check import ARTICLES, check_grammar, grammar
from ir.diagnostics import Report
from ir.graph import Graph, Input, Layout, Node, Ref
from ir.layer import CATALOGUE, Layer, LayerError, ShapeError
from ir.origin import Origin, Source
from ir.shapes import Shape, same_pad
from ir.validate import channels_first, infer, node_shapes
from translator.bounds import LAYERS
from translator.dialects.notation.names import automatic
from translator.dialects.notation.syntax import Argument, Call, Fork, Named, Path, Repeat
from translator.options import ReadOptions

SIZES = {
    "image": ("height", "width", "channels"),
    "sequence": ("steps", "features"),
    "vector": ("features",),
    "tokens": ("steps",),
    "volume": ("depth", "height", "width", "channels"),
}
"""The sizes of an input of each kind, as they are written; those of a `tensor` are of all its axes."""
LAYOUTS = ("channels_first", "channels_last")


class Problem(Exception):
    """A stage cannot be built; it is told at its place, and the path ends there."""

    def __init__(self, code: str, message: str, offset: int, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.offset, self.hint = code, offset, hint


def build_graph(
    paths: Sequence[Path], source: Source, options: ReadOptions, report: Report
) -> tuple[Graph, Mapping[str, Container[str]]]:
    """Return the graph that paths draw, and the parameters that are written, by layer.

    Errors: `graph`, `arity`, `value`, and those of `infer`.
    """
    builder = _Builder(source, options, report)
    builder.labels = {label for path in paths for label in _labels(path)}
    for path in paths:
        try:
            first = path[0]
            if len(path) == 1 and isinstance(first, Call) and first.type in ("model", "outputs"):
                builder.declare(first)
            else:
                builder.follow(path, (), anew=True)
        except Problem as problem:
            report.add(problem.code, str(problem), Origin(source, problem.offset), hint=problem.hint)
            if report.error_count() > 20:
                break
    return builder.graph(), builder.said


def _labels(path: Path) -> Iterator[str]:
    for stage in path:
        if isinstance(stage, Call) and stage.label is not None:
            yield stage.label
        for inner in stage.branches if isinstance(stage, Fork) else [stage.path] if isinstance(stage, Repeat) else ():
            yield from _labels(inner)


def _starts(call: Call) -> bool:
    """Tell whether a path can start with this: an input, or a layer that takes nothing."""
    kind = CATALOGUE.get(call.type)
    return call.type in SIZES or call.type == "tensor" or (kind is not None and kind.arity[1] == 0)


def _by_name(call: Call, kind: type[Layer]) -> dict[str, Argument]:
    """Return a layer's values by name: those without one go by the catalogue's order, in front of the others."""
    names = list(kind.params)
    values: dict[str, Argument] = {}
    for place, each in enumerate(call.arguments):
        told = ""
        if isinstance(each.value, Named):
            told = f"@{each.value.ref} is a tensor, and no value"
        elif each.name is None and place >= len(names):
            told = f"{call.type} has no more than {len(names)} parameters"
        elif each.name is None and any(other.name for other in call.arguments[:place]):
            told = "a value without a name stands behind one with a name"
        elif (name := each.name or names[place]) in values:
            told = f"{name} is given twice"
        if told:
            raise Problem("value", told, each.offset, f"as in {call.type}({', '.join(names)})")
        values[name] = each
    return values


class _Builder:
    def __init__(self, source: Source, options: ReadOptions, report: Report) -> None:
        self.source, self.options, self.report = source, options, report
        self.labels: set[str] = set()
        self.counts: dict[str, int] = {}
        self.name = ""
        self.layout: Layout = "channels_first"
        self.inputs: list[Input] = []
        self.nodes: list[Node] = []
        self.outputs: list[Ref] | None = None
        self.given: dict[str, int] = {}
        self.shapes: dict[Ref, Shape] = {}
        self.sequences: list[Call] = []
        self.said: dict[str, Container[str]] = {}

    def follow(self, path: Path, current: tuple[Ref, ...], *, anew: bool = False) -> tuple[Ref, ...]:
        """Add a path behind some tensors, and return those it ends with; `anew`, it may start elsewhere."""
        for stage in path:
            if isinstance(stage, Call):
                current = self._call(stage, () if anew and _starts(stage) else current)
            elif isinstance(stage, Named):
                if not anew:
                    raise Problem("graph", f"@{stage.ref} can only stand where a path starts", stage.offset)
                current = (self._known(stage),)
            elif isinstance(stage, Fork):
                current = tuple(ref for branch in stage.branches for ref in self._branch(branch, current, stage))
            else:
                current = self._repeat(stage, current, anew)
            anew = False
        return current

    def _repeat(self, stage: Repeat, current: tuple[Ref, ...], anew: bool) -> tuple[Ref, ...]:
        label = next(_labels(stage.path), None)
        if stage.times > 1 and label is not None:
            raise Problem("graph", f"{label} is in a repeat, and would name several layers", stage.offset)
        for turn in range(stage.times):
            current = self.follow(stage.path, current, anew=anew and not turn)
        return current

    def _branch(self, branch: Path, current: tuple[Ref, ...], fork: Fork) -> tuple[Ref, ...]:
        if not branch and not current:
            raise Problem("graph", "a branch is empty, and there is nothing in front of it to hand on", fork.offset)
        return self.follow(branch, current, anew=True)

    def _call(self, call: Call, current: tuple[Ref, ...]) -> tuple[Ref, ...]:
        if call.type in SIZES or call.type == "tensor":
            if current:
                raise Problem("graph", f"{call.type}(...) is an input, and stands where a path starts", call.offset)
            return (self._input(call),)
        return self._layer(call, current)

    def declare(self, call: Call) -> None:
        values = {each.name or str(i): each.value for i, each in enumerate(call.arguments)}
        if call.type == "outputs":
            if not all(isinstance(value, Named) for value in values.values()):
                raise Problem("value", "outputs are tensors: outputs(@name, @name:1)", call.offset)
            self.outputs = [self._known(value) for value in values.values()]
            return
        unknown = values.keys() - {"0", "name", "layout"}
        name, layout = values.get("0", values.get("name", "")), values.get("layout", "channels_first")
        if unknown or not isinstance(name, str) or layout not in LAYOUTS:
            raise Problem(
                "value", f'a model has a name and a layout: model("LeNet", layout="{LAYOUTS[1]}")', call.offset
            )
        if self.inputs or self.nodes:
            raise Problem("value", "what is said of the model stands before all else", call.offset)
        self.name, self.layout = name, layout

    def _named(self, call: Call, gives: int = 1) -> str:
        name = call.label
        if name is None:
            stem = "input" if call.type in (*SIZES, "tensor") else call.type
            name = automatic(stem, self.counts, self.labels)
        elif name in self.given:
            raise Problem("graph", f"{name} is the name of something else", call.offset)
        if len(self.given) >= LAYERS:
            raise Problem("value", f"there are more than {LAYERS} layers", call.offset)
        self.given[name] = gives
        return name

    def _known(self, named: Named) -> Ref:
        gives = self.given.get(named.ref.node)
        if gives is None:
            near = get_close_matches(named.ref.node[:60], list(self.given)[:10000], 1)
            hint = f"did you mean @{near[0]}?" if near else ""
            raise Problem("graph", f"@{named.ref} is not there: nothing before this has the name", named.offset, hint)
        if named.ref.index >= gives:
            raise Problem("graph", f"{named.ref.node} has no output {named.ref.index}", named.offset)
        return named.ref

    def _input(self, call: Call) -> Ref:
        batch = next((each.value for each in call.arguments if each.name == "batch"), None)
        sizes = [each.value for each in call.arguments if each.name is None]
        wanted = SIZES.get(call.type, ())
        named = {each.name for each in call.arguments} - {None, "batch"}
        whole = all(size is None or (isinstance(size, int) and size > 0) for size in (batch, *sizes))
        if named or not whole or (wanted and len(sizes) != len(wanted)):
            shown = ", ".join(wanted) or "?, 64, 100"
            told = f"its sizes, whole numbers or ?: {call.type}({shown})"
            raise Problem("value", f"{ARTICLES[call.type]} that the model is given has {told}", call.offset)
        shape = tuple(sizes) if call.type == "tensor" else (batch, *sizes)
        if self.layout == "channels_first" and call.type in ("image", "volume"):
            shape = channels_first(shape)
        self.sequences += [call] if call.type == "sequence" else []
        name = self._named(call)
        shape = self.options.shapes.get(name) or shape
        self.inputs.append(Input(name, shape, Origin(self.source, call.offset), scalar=not shape))
        self.shapes[Ref(name)] = shape
        return Ref(name)

    def _layer(self, call: Call, current: tuple[Ref, ...]) -> tuple[Ref, ...]:
        kind = CATALOGUE.get(call.type)
        if kind is None:
            raise Problem("value", f"there is no layer {call.type}", call.offset, self._hint(call.type, current))
        if not current and kind.arity[0]:
            told = f"{call.type} needs something in front of it"
            raise Problem("graph", told, call.offset, "start with an input, as image(28, 28, 1), or a name, as @conv1")
        shapes = [self.shapes.get(ref, ()) for ref in current]
        given = _by_name(call, kind)
        try:
            layer = kind(**self._values(given, kind, shapes))
        except LayerError as error:
            offset = given[error.param].offset if error.param in given else call.offset
            raise Problem("value", str(error), offset) from None
        attributes = {each.name: each for each in call.attributes}
        labels, shared = self._attributes(attributes, layer)
        name = self._named(call, layer.outputs)
        node = Node(name, layer, current, labels, shared, Origin(self.source, call.offset))
        self.nodes.append(node)
        self.said[name] = given
        if all(shapes):
            with contextlib.suppress(ShapeError, TypeError):  # Validation reports it.
                self.shapes.update(zip(node.refs, node_shapes(node, shapes, self.layout), strict=True))
        return node.refs

    def _hint(self, word: str, current: tuple[Ref, ...]) -> str:
        near = get_close_matches(word, CATALOGUE, 1, 0.5)
        guess = f"did you mean {near[0]}? " if near else ""
        kind = "tensor"
        if len(current) == 1:
            kind = self._kinds().get(current[0], "tensor")
        may = ", ".join(each for each in grammar().may_follow(kind) if ":" not in each)
        return f"{guess}behind {ARTICLES[kind]} may stand {may}" if current else guess

    def _kinds(self) -> Mapping[Ref, str]:
        return check_grammar(Graph("", tuple(self.inputs), tuple(self.nodes), ()), grammar(), Report())

    def _values(self, given: Mapping[str, Argument], kind: type[Layer], shapes: Sequence[Shape]) -> dict[str, Any]:
        """Return a layer's parameters; `padding` stands for a border, where the layer has one and no such parameter."""
        values = {name: each.value for name, each in given.items()}
        if "padding" in given and "padding" not in kind.params and {"pad", "kernel"} <= kind.params.keys():
            del values["padding"]
            values["pad"] = self._border(given["padding"], kind, values, shapes)
        return values

    def _border(self, said: Argument, kind: type[Layer], values: Mapping[str, Any], shapes: Sequence[Shape]) -> Any:
        """Return the border that `padding="same"` or "valid" stands for, as Keras has it."""
        if said.value == "valid" and "pad" not in values:
            return 0
        rank = kind.rank or 0
        shape = shapes[0] if shapes else ()
        space = shape[1:-1] if self.layout == "channels_last" else shape[2:]
        if said.value != "same" or "pad" in values or "output_pad" in kind.params:
            raise Problem("value", 'padding is "same" or "valid", where there is no pad', said.offset)
        if len(space) != rank or None in space:
            raise Problem("value", 'padding="same" needs an input of known size', said.offset)
        given = []
        for name in ("kernel", "stride", "dilation"):
            param = kind.params.get(name)
            value = values.get(name, param.default if param else 1)
            try:
                given.append(param.kind.admit(value, rank) if param else (1,) * rank)
            except ValueError as error:
                raise Problem("value", f"{name} of {kind.__name__} {error}", said.offset) from None
        return [same_pad(size or 1, *window) for size, *window in zip(space, *given, strict=True)]

    def _attributes(
        self, given: Mapping[str | None, Argument], layer: Layer
    ) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        unknown = [each for name, each in given.items() if name not in ("outputs", "shared")]
        if unknown:
            raise Problem("value", f"{unknown[0].name} is none of outputs and shared", unknown[0].offset)
        labels = given["outputs"].value if "outputs" in given else ()
        shared = given["shared"].value if "shared" in given else {}
        if not isinstance(labels, tuple) or not all(isinstance(each, str) for each in labels):
            raise Problem("value", 'outputs are names: {outputs=["a", "b"]}', given["outputs"].offset)
        if labels and len(labels) != layer.outputs:
            told = f"{type(layer).__name__} gives {layer.outputs}, but {len(labels)} are named"
            raise Problem("arity", told, given["outputs"].offset)
        if not isinstance(shared, dict) or not all(isinstance(each, str) for each in shared.values()):
            raise Problem("value", 'shared has a name for a weight: {shared={"kernel": "w"}}', given["shared"].offset)
        return labels, tuple(shared.items())

    def graph(self) -> Graph:
        if self.layout == "channels_first" and any(node.layer.spatial and node.layer.rank == 1 for node in self.nodes):
            for call in self.sequences:
                told = "a sequence is given as steps and features, but this design has its channels first"
                hint = 'write tensor(?, features, steps), or model(layout="channels_last")'
                self.report.add("value", told, Origin(self.source, call.offset), hint=hint)
        graph = Graph(self.name, tuple(self.inputs), tuple(self.nodes), (), self.layout)
        outputs = graph.loose_ends() if self.outputs is None else tuple(self.outputs)
        graph = Graph(graph.name, graph.inputs, graph.nodes, outputs, graph.layout)
        if not self.report.error_count():
            infer(graph, self.report)
        return graph


__all__ = ["SIZES", "Problem", "build_graph"]
