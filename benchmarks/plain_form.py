"""Graphs in a form in which what can be said in several ways is said in one, so that they can be compared.

Every step is exact: what comes out computes the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from plain_sequences import plain_states
from plain_windows import without_cuts, without_picks

from ir import Graph, Model, Node, Ref, Report
from ir import layers as L
from ir.graph import Layout
from ir.layer import Layer
from ir.shapes import Shape, axis_of, window_count
from ir.validate import Shapes, infer, node_shapes
from translator.passes.bordering import join_borders
from translator.passes.joining import join_pairs
from translator.passes.legalize import Lowering, Place
from translator.passes.lowering.arithmetic import scaled_terms
from translator.passes.lowering.borders import crop_to_known_size
from translator.passes.lowering.dense import align, flatten_before_dense
from translator.passes.lowering.normalization import axpy_by_parts
from translator.passes.relayout import relayout
from translator.passes.shuffles import join_shuffles
from translator.passes.simplify import drop_identities, drop_unused, join_permutes, join_scale

_MAX_POOLS = (L.MaxPool1D, L.MaxPool2D, L.MaxPool3D)
_GLOBAL_AVERAGES = (L.GlobalAvgPool1D, L.GlobalAvgPool2D, L.GlobalAvgPool3D)
_SPELT: dict[type[Layer], Lowering] = {
    L.Add: scaled_terms,
    L.Axpy: axpy_by_parts,
    L.BiasBy: align,
    L.ScaleBy: align,
    L.Crop: crop_to_known_size,
    L.Dense: flatten_before_dense,
}
_TRANSPOSED = (L.Conv1DTranspose, L.Conv2DTranspose, L.Conv3DTranspose)
_CHANGES_NOTHING = (L.Power(), L.Identity())


def plainly(model: Model) -> Graph:
    """Return a model's graph in its plain form.

    Axes are counted from the front; a Flatten is a Reshape with all sizes but a batch that stays, and of several in a
    row only the last remains; a Dense takes rows, with what makes them before it; a max pooling has gaps where what is
    between is picked first, and as much border as its windows need, and what a transposed convolution adds behind is
    not cut there again; a layer over time gives its last state once; a global average is a mean, a difference a sum
    with the negative, a coefficient of a sum a factor before it, a quotient a product with the inverse, an Axpy a
    product and a sum; shuffles of channels are one layer, and so is a cut of an image, be it to the size of another or
    piece by piece; what is added to a product, a line before a power, and a sign behind a line, is part of it; numbers
    are as exact as float32 has them; factors of 1 are none, and neither is the pace at which statistics are gathered
    where none are; where sequences start is told by their sizes; and what changes nothing is left out, as is an input
    that nothing takes.
    """
    layout = model.graph.layout
    model = without_picks(_relaid(_without_factors(drop_identities(model))))
    model = join_shuffles(join_permutes(join_borders(join_scale(model), uneven=True)))
    model = plain_states(without_cuts(_spelt_out(model)))
    shapes = infer(model.graph, Report())
    nodes, moved = _plain_nodes(model.graph, shapes, layout)
    outputs = tuple(moved.get(ref, ref) for ref in model.graph.outputs)
    plain = _signed(drop_unused(Model(replace(model.graph, nodes=tuple(nodes), outputs=outputs))))
    graph = join_pairs(plain, infer(plain.graph, Report())).graph
    marked = [_without_input(node, shapes) for node in graph.nodes]
    graph = drop_unused(Model(replace(graph, nodes=tuple(marked)))).graph
    taken = {ref.node for ref in (*graph.outputs, *graph.users())}
    return replace(graph, inputs=tuple(each for each in graph.inputs if each.name in taken))


def _plain_nodes(graph: Graph, shapes: Shapes, layout: Layout) -> tuple[list[Node], dict[Ref, Ref]]:
    """Return the nodes with their layers in plain form, and what stands for the tensors of those that are left out."""
    nodes: list[Node] = []
    moved: dict[Ref, Ref] = {}
    before: dict[Ref, Ref] = {}
    for node in graph.nodes:
        inputs, out = tuple(moved.get(ref, ref) for ref in node.inputs), shapes[node.refs[0]]
        layer = _plain_layer(node, [shapes[ref] for ref in node.inputs], out, layout)
        if layer in _CHANGES_NOTHING:
            moved[node.refs[0]] = inputs[0]
            continue
        if isinstance(layer, L.Reshape):
            source = before.get(inputs[0], inputs[0])
            if shapes[source] == out:
                moved[node.refs[0]] = source
                continue
            before[node.refs[0]] = source
            inputs = (source,)
        elif isinstance(layer, (L.Subtract, L.Divide)):
            difference = isinstance(layer, L.Subtract)
            other = L.Power(scale=-1.0) if difference else L.Power(power=-1.0)
            nodes.append(Node(f"{node.name}, second", other, inputs[1:]))
            layer, inputs = L.Add() if difference else L.Multiply(), (inputs[0], *nodes[-1].refs)
        nodes.append(replace(node, layer=layer, inputs=inputs))
    return nodes, moved


def _signed(model: Model) -> Model:
    """Return a model in which a line whose negative alone is taken is that negative."""
    users, made, nodes = model.graph.users(), dict[Ref, Node](), list[Node]()
    for node in model.graph.nodes:
        before = made.get(node.inputs[0]) if node.layer == L.Power(scale=-1.0) else None
        line = before.layer if before is not None else None
        if before is not None and isinstance(line, L.Power) and line.power == 1 and len(users[before.refs[0]]) == 1:
            node = replace(node, layer=L.Power(scale=-line.scale, shift=-line.shift), inputs=before.inputs)
        made.update(dict.fromkeys(node.refs, node))
        nodes.append(node)
    return drop_unused(Model(replace(model.graph, nodes=tuple(nodes))))


def _without_input(node: Node, shapes: Shapes) -> Node:
    """Return a mark of where sequences start by its sizes alone: it looks at nothing else of what it takes."""
    if not isinstance(node.layer, L.SequenceStart):
        return node
    steps, _ = shapes[node.refs[0]]
    return replace(node, layer=L.SequenceStart(steps=steps), inputs=())


def _without_factors(model: Model) -> Model:
    """Return a model in which learned factors that are all 1 are none."""
    nodes = []
    for node in model.graph.nodes:
        layer, gamma = node.layer, model.weights.get(node.key("gamma"))
        if isinstance(layer, L.Scale) and gamma is not None and bool((gamma.numpy() == 1).all()):
            plain = L.Bias(axis=layer.axis, count=layer.count) if layer.bias else L.Identity()
            node = replace(node, layer=plain)
        nodes.append(node)
    return drop_identities(Model(replace(model.graph, nodes=tuple(nodes)), model.weights))


def _relaid(model: Model) -> Model:
    """Return a model after it has gone to the other layout and back: what weights can take up they then have."""
    own = model.graph.layout
    other: Layout = "channels_last" if own == "channels_first" else "channels_first"
    return relayout(relayout(model, other, Report()), own, Report())


def _spelt_out(model: Model) -> Model:
    """Return a model with each layer that `_SPELT` knows a way to say by others said so.

    What scales, or is added, has as many axes as what it stretches over.
    """
    shapes = infer(model.graph, Report())
    nodes: list[Node] = []
    for node in model.graph.nodes:
        way = _SPELT.get(type(node.layer))
        place = Place(node.name, [shapes[ref] for ref in node.inputs], [shapes[ref] for ref in node.refs])
        found = way(node, place) if way else None
        nodes += found.nodes if found else [node]
    return Model(replace(model.graph, nodes=tuple(nodes)))


def _plain_layer(node: Node, inputs: list[Shape], out: Shape, layout: Layout) -> Any:
    """Return a layer in its plain form."""
    layer: Any = node.layer
    numbers = {name: float(f"{value:.6g}") for name, value in vars(layer).items() if isinstance(value, float)}
    layer = layer.replace(**numbers) if numbers else layer
    if isinstance(layer, (L.Reshape, L.Flatten)):
        kept = bool(out) and out[:1] == inputs[0][:1] and None not in out[1:]
        return L.Reshape(sizes=tuple(-1 if size is None or (kept and not at) else size for at, size in enumerate(out)))
    if isinstance(layer, _GLOBAL_AVERAGES):
        first = 2 if layout == "channels_first" else 1
        return L.Mean(axes=tuple(range(first, first + len(out) - 2)))
    if isinstance(layer, L.Mean):
        return L.Mean(axes=tuple(sorted(axis_of(axis, len(out)) for axis in layer.axes)))
    if isinstance(layer, L.Dense):
        return layer
    if isinstance(layer, L.BatchNorm) and layer.batch_statistics:
        layer = layer.replace(momentum=L.BatchNorm().momentum)
    if isinstance(layer, L.Add) and set(layer.coefficients or ()) == {1.0}:
        return L.Add()
    if isinstance(layer, L.ResizeBilinear2D) and layer.shrink == 1 and None not in out[1:]:
        return layer.replace(size=out[2:] if layout == "channels_first" else out[1:3], zoom=1)
    if isinstance(layer, L.Unpool2D):
        return L.Unpool2D(size=out[2:] if layout == "channels_first" else out[1:3])
    if isinstance(layer, _TRANSPOSED):
        both = [(after, more, min(after, more)) for (_, after), more in zip(layer.pad, layer.output_pad, strict=True)]
        pad = tuple((before, after - cut) for (before, _), (after, _, cut) in zip(layer.pad, both, strict=True))
        return layer.replace(pad=pad, output_pad=tuple(more - cut for _, more, cut in both))
    if hasattr(layer, "rounding"):
        return _plain_pooling(node, layer, inputs, out, layout)
    if isinstance(layer, L.Slice) and layer.points is None:
        axis = axis_of(layer.axis, len(inputs[0]))
        size = (inputs[0][axis] or 0) // layer.pieces
        return layer.replace(axis=axis, points=tuple(size * i for i in range(1, layer.pieces)))
    if isinstance(getattr(layer, "axis", None), int):
        return layer.replace(axis=axis_of(layer.axis, len(inputs[0]) or 1)) if inputs else layer
    return layer


def _plain_pooling(node: Node, layer: Any, inputs: list[Shape], out: Shape, layout: Layout) -> Any:
    """Return a pooling that rounds down where that gives as many windows; the border of a maximum never wins."""
    space = inputs[0][2:] if layout == "channels_first" else inputs[0][1:-1]
    if isinstance(layer, _MAX_POOLS) and None not in space:
        pads = []
        for size, kernel, stride, pad in zip(map(int, space), layer.reach, layer.stride, layer.pad, strict=True):
            count = window_count(size, kernel, stride, pad, ceil=layer.rounding == "ceil")
            pads.append((pad[0], max(0, (count - 1) * stride + kernel - size - pad[0])))
        return layer.replace(pad=tuple(pads), rounding="floor")
    floor = layer.replace(rounding="floor")
    return floor if node_shapes(replace(node, layer=floor), inputs, layout)[0] == out else layer
