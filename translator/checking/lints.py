"""What is sound and yet most likely not meant: each lint looks at a graph, and some can mend it.

A lint is registered under its code, whose documentation stands in `ir.diagnostics.CODES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Graph, Model, Node, Ref
from ir.layer import Layer
from ir.shapes import axis_of
from ir.validate import Shapes, infer
from translator.passes.simplify import drop_unused

IDEMPOTENT = (L.ReLU, L.Abs, L.Clip, L.Threshold)
"""Activations that change nothing when they come twice."""
ACTIVATIONS = (L.ReLU, L.PReLU, L.ELU, L.Sigmoid, L.Tanh, L.Abs, L.Softplus, L.Swish, L.Clip, L.Threshold, L.Softmax)
LINEAR = (L.Conv1D, L.Conv2D, L.Conv3D, L.Conv1DTranspose, L.Conv2DTranspose, L.Conv3DTranspose, L.Dense)
_RECURRENT = (L.LSTM, L.SimpleRNN, L.ContinuedLSTM, L.ContinuedRNN)


@dataclass(frozen=True)
class View:
    """A sound graph with what is known of it."""

    graph: Graph
    shapes: Shapes
    weighed: bool

    @cached_property
    def owners(self) -> dict[str, Node]:
        """Every node by its name."""
        return {node.name: node for node in self.graph.nodes}

    @cached_property
    def users(self) -> dict[Ref, list[Node]]:
        """The nodes that take each tensor."""
        return self.graph.users()

    @cached_property
    def live(self) -> set[str]:
        """The nodes from which an output of the model can be reached."""
        return {node.name for node in drop_unused(Model(self.graph)).graph.nodes}

    def before(self, node: Node) -> Node | None:
        """Return the node that gives a node's first input, if any does."""
        return self.owners.get(node.inputs[0].node) if node.inputs else None

    def space(self, node: Node) -> tuple[int | None, ...]:
        """Return the spatial sizes of a node's first input."""
        shape = self.shapes.get(node.inputs[0], ())
        return shape[1:-1] if self.graph.layout == "channels_last" else shape[2:]


class Finding(NamedTuple):
    """What a lint found: of which node, in words, and what may help."""

    node: Node
    message: str
    hint: str = ""


Look = Callable[[View], Iterator[Finding]]
Mend = Callable[[View], Graph]
LINTS: dict[str, Look] = {}
FIXES: dict[str, Mend] = {}
"""What mends a graph, by the code of what is wrong with it: the result computes the same with the same weights."""


def lints(code: str) -> Callable[[Look], Look]:
    """Register a lint under its code."""

    def register(look: Look) -> Look:
        LINTS[code] = look
        return look

    return register


def fixes(code: str) -> Callable[[Mend], Mend]:
    """Register what mends what a lint finds."""

    def register(mend: Mend) -> Mend:
        FIXES[code] = mend
        return mend

    return register


def lint(model: Model, report: Report) -> None:
    """Report what the lints find in a sound model."""
    view = View(model.graph, infer(model.graph, Report()), bool(model.weights))
    for code, look in LINTS.items():
        for node, message, hint in look(view):
            report.add(code, message, node.origin, hint=hint)


def mended(model: Model, codes: set[str]) -> Model:
    """Return a model without what the lints of these codes find and can mend."""
    for code, mend in FIXES.items():
        if code in codes:
            view = View(model.graph, infer(model.graph, Report()), bool(model.weights))
            model = Model(mend(view), model.weights)
    return model


@lints("unreachable-layer")
def unreachable(view: View) -> Iterator[Finding]:
    """Find layers from which no output of the model can be reached."""
    for node in view.graph.nodes:
        if node.name not in view.live:
            yield Finding(node, f"{node.name} leads to no output of the model", "leave it out, or name what it gives")


@fixes("unreachable-layer")
def reachable(view: View) -> Graph:
    """Leave unreachable layers out."""
    return drop_unused(Model(view.graph)).graph


@lints("unused-output")
def unused_outputs(view: View) -> Iterator[Finding]:
    """Find outputs of layers of several that nothing takes."""
    for node in view.graph.nodes:
        for ref in node.refs if len(node.refs) > 1 and node.name in view.live else ():
            if ref not in view.users and ref not in view.graph.outputs:
                yield Finding(node, f"nothing takes output {ref.index} of {node.name}, {node.label(ref.index)!r}")


@lints("repeated-activation")
def repeated(view: View) -> Iterator[Finding]:
    """Find an activation behind the same."""
    for node in view.graph.nodes:
        before = view.before(node)
        if isinstance(node.layer, ACTIVATIONS) and before is not None and type(before.layer) is type(node.layer):
            same = isinstance(node.layer, IDEMPOTENT) and before.layer == node.layer
            told = "which changes nothing" if same else "which squashes twice"
            kind = type(node.layer).__name__
            yield Finding(node, f"{node.name} is a {kind} behind the {kind} {before.name}, {told}")


@fixes("repeated-activation")
def once(view: View) -> Graph:
    """Leave out the second of two activations where it changes nothing."""
    moved: dict[Ref, Ref] = {}
    kept: list[Node] = []
    for node in view.graph.nodes:
        before = view.before(node)
        again = before is not None and before.layer == node.layer and isinstance(node.layer, IDEMPOTENT)
        if again and node.refs[0] not in view.graph.outputs:
            moved[node.refs[0]] = moved.get(node.inputs[0], node.inputs[0])
        else:
            kept.append(replace(node, inputs=tuple(moved.get(ref, ref) for ref in node.inputs)))
    return replace(view.graph, nodes=tuple(kept))


@lints("bias-before-norm")
def biases(view: View) -> Iterator[Finding]:
    """Find a bias that a normalisation takes away again."""
    for before, node in _normalised(view):
        told = f"{before.name} adds a bias, and {node.name} behind it subtracts the mean"
        yield Finding(before, told, "without the bias it computes the same")


@fixes("bias-before-norm")
def no_biases(view: View) -> Graph:
    """Leave out biases before normalisations, unless there are weights, which would have to change with them."""
    if view.weighed:
        return view.graph
    plain = {before.name for before, _ in _normalised(view) if not before.shared}
    nodes = (
        replace(node, layer=node.layer.replace(bias=False)) if node.name in plain else node for node in view.graph.nodes
    )
    return replace(view.graph, nodes=tuple(nodes))


def _normalised(view: View) -> Iterator[tuple[Node, Node]]:
    for node in view.graph.nodes:
        before = view.before(node)
        if isinstance(node.layer, L.BatchNorm) and before is not None and isinstance(before.layer, LINEAR):
            alone = len(view.users[node.inputs[0]]) == 1 and node.inputs[0] not in view.graph.outputs
            if alone and before.layer.bias:
                yield before, node


@lints("symbolic-flatten")
def symbolic(view: View) -> Iterator[Finding]:
    """Find a Flatten of what has no certain size."""
    for node in view.graph.nodes:
        if isinstance(node.layer, L.Flatten):
            shape = view.shapes.get(node.inputs[0], ())
            start = axis_of(node.layer.axis, len(shape))
            if None in shape[max(start, 1) : axis_of(node.layer.end_axis, len(shape)) + 1]:
                told = f"{node.name} flattens a tensor of no certain size, behind which no Dense can stand"
                yield Finding(node, told, "give the input's shape (--shape), or pool over the whole image")


@lints("names-differ-in-case")
def names(view: View) -> Iterator[Finding]:
    """Find names that are one where case does not count: in files of weights, on some systems, in Keras."""
    seen: dict[str, str] = {}
    for node in view.graph.nodes:
        other = seen.setdefault(node.name.lower(), node.name)
        if other != node.name:
            yield Finding(node, f"{node.name} and {other} are different layers, but differ in case alone")


@lints("window-beyond-input")
def windows(view: View) -> Iterator[Finding]:
    """Find windows that reach beyond the whole input: each sees more border than image."""
    for node in view.graph.nodes:
        layer: Any = node.layer
        if node.inputs and layer.rank and "kernel" in layer.params and not _transposed(layer):
            reaches = [d * (k - 1) + 1 for k, d in zip(layer.kernel, _each(layer, "dilation"), strict=True)]
            for size, reach in zip(view.space(node), reaches, strict=False):
                if size is not None and reach > size:
                    told = f"{node.name} has a window of {reach}, and its input has a size of {size}"
                    yield Finding(node, told, "all that it sees beside the input is border")
                    break


@lints("stride-beyond-kernel")
def strides(view: View) -> Iterator[Finding]:
    """Find windows that leave pixels out between them; projections of 1 x 1 do that on purpose."""
    for node in view.graph.nodes:
        layer: Any = node.layer
        if layer.rank and {"kernel", "stride"} <= layer.params.keys() and not _transposed(layer):
            sizes = list(zip(layer.stride, layer.kernel, strict=True))
            if any(stride > kernel > 1 for stride, kernel in sizes):
                stride, kernel = next(each for each in sizes if each[0] > each[1])
                told = f"{node.name} steps by {stride} with a window of {kernel}"
                yield Finding(node, told, "what lies between its windows is never seen")


@lints("small-receptive-field")
def receptive(view: View) -> Iterator[Finding]:
    """Find a pooling over the whole image of which no element has seen all: what is apart is never related."""
    fields = receptive_fields(view)
    for node in view.graph.nodes:
        layer: Any = node.layer
        if isinstance(layer, (L.GlobalAvgPool2D, L.GlobalMaxPool2D)):
            field, image = fields.get(node.inputs[0]) or (None, ())
            if field is not None and any(
                size is not None and seen < size for seen, size in zip(field, image, strict=True)
            ):
                seen, whole = ("x".join(map(str, each)) for each in (field, image))
                told = f"what {node.name} pools has seen {seen} pixels each, of an image of {whole}"
                yield Finding(node, told, "a deeper net, larger windows or earlier strides let it see more")


def receptive_fields(view: View) -> dict[Ref, tuple[tuple[int, ...], tuple[int | None, ...]] | None]:
    """Return for each tensor how much of the image an element of it depends on, and the size of that image.

    None for what depends on all of it. Source: Araujo et al., Computing Receptive Fields of CNNs, Distill 2019.
    """
    found: dict[Ref, Any] = {}
    steps: dict[Ref, tuple[int, ...]] = {}
    for each in view.graph.inputs:
        ref = Ref(each.name)
        shape = view.shapes.get(ref, ())
        space = shape[1:-1] if view.graph.layout == "channels_last" else shape[2:]
        if len(shape) == 4:
            found[ref], steps[ref] = ((1, 1), tuple(space)), (1, 1)
    for node in view.graph.nodes:
        known = [ref for ref in node.inputs if found.get(ref) is not None]
        kept = bool(known) and _keeps_place(node.layer)
        for ref in node.refs:
            found[ref] = None
            if kept:
                found[ref], steps[ref] = _grown(node.layer, known, found, steps)
    return found


def _grown(layer: Any, known: list[Ref], found: dict[Ref, Any], steps: dict[Ref, tuple[int, ...]]) -> Any:
    """Return field and image of what a layer gives, and how far apart in the image its elements are."""
    widest = max(known, key=lambda ref: found[ref][0])
    (field, image), step = found[widest], steps[widest]
    if "kernel" not in layer.params:
        return (field, image), step
    reach = [d * (k - 1) for k, d in zip(layer.kernel, _each(layer, "dilation"), strict=True)]
    grown = tuple(seen + far * apart for seen, far, apart in zip(field, reach, step, strict=True))
    return (grown, image), tuple(apart * by for apart, by in zip(step, layer.stride, strict=True))


def _keeps_place(layer: Layer) -> bool:
    """Tell whether each element of what a layer gives depends on those around its place alone."""
    windowed = (L.Conv2D, L.MaxPool2D, L.AvgPool2D, L.StochasticPool2D)
    joins = (L.Add, L.Multiply, L.Maximum, L.Concat, L.BatchNorm, L.Scale, L.Bias, L.PReLU, L.Dropout, L.LRN, L.Pad2D)
    return layer.elementwise or isinstance(layer, (*windowed, *joins))


def _transposed(layer: Any) -> bool:
    return "output_pad" in layer.params


def _each(layer: Any, name: str) -> tuple[int, ...]:
    """Return a parameter's value for each axis, 1 where a layer does not have it."""
    return tuple(getattr(layer, name, (1,) * len(layer.kernel)))
