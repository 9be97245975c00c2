"""Cuts of space in one form: what is left out of a layer's output is no part of the layer, where that can be said.

Every step is exact: what comes out computes the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ir import Model, Node, Ref, Report
from ir import layers as L
from ir.shapes import Shape, axis_of, window_count
from ir.validate import Shapes, infer
from translator.passes.lowering.borders import PADS
from translator.passes.simplify import drop_unused

_PADS = (L.Pad1D, L.Pad2D, L.Pad3D)
_MAX_POOLS = (L.MaxPool1D, L.MaxPool2D, L.MaxPool3D)
_TRANSPOSED = (L.Conv1DTranspose, L.Conv2DTranspose, L.Conv3DTranspose)


def without_cuts(model: Model) -> Model:
    """Return a model in which a Slice along space of which one piece is taken is a cut, and cuts in a row are one.

    A cut behind a max pooling leaves windows out, by less border; one behind a transposed convolution is its border.
    """
    graph = model.graph
    first = 2 if graph.layout == "channels_first" else 1
    shapes, users = infer(graph, Report()), graph.users()
    made: dict[Ref, Node] = {}
    nodes: list[Node] = []
    moved: dict[Ref, Ref] = {}
    for node in graph.nodes:
        node = replace(node, inputs=tuple(moved.get(ref, ref) for ref in node.inputs))
        pad, used = _cut(node, shapes, [ref for ref in node.refs if ref in users or ref in graph.outputs], first)
        if pad is not None:
            before = made.get(node.inputs[0])
            alone = (
                before is not None and len(users.get(node.inputs[0], ())) == 1 and before.refs[0] not in graph.outputs
            )
            node = replace(node, layer=PADS[len(pad)](pad=pad))
            if before is not None and alone:
                node = _joined(node, before, shapes[before.inputs[0]][first:][: len(pad)], shapes[used][first:])
            moved[used] = node.refs[0]
            shapes[node.refs[0]] = shapes[used]
            users[node.refs[0]] = users.get(used, [])
        made.update(dict.fromkeys(node.refs, node))
        nodes.append(node)
    outputs = tuple(moved.get(ref, ref) for ref in graph.outputs)
    return drop_unused(Model(replace(graph, nodes=tuple(nodes), outputs=outputs)))


def without_picks(model: Model) -> Model:
    """Return a model in which a max pooling of what a pooling of one element picked has windows with gaps."""
    graph = model.graph
    first = 2 if graph.layout == "channels_first" else 1
    shapes, users = infer(graph, Report()), graph.users()
    made = {ref: node for node in graph.nodes for ref in node.refs}
    nodes = []
    for node in graph.nodes:
        pick = made.get(node.inputs[0]) if isinstance(node.layer, _MAX_POOLS) else None
        if pick is not None and type(pick.layer) is type(node.layer) and len(users[node.inputs[0]]) == 1:
            space, out = (shapes[ref][first:] for ref in (pick.inputs[0], node.refs[0]))
            node = _with_gaps(node, pick, space, out)
        nodes.append(node)
    return drop_unused(Model(replace(graph, nodes=tuple(nodes)), model.weights))


def _with_gaps(node: Node, pick: Node, space: Shape, out: Shape) -> Node:
    """Return the pooling of what another picked as one with gaps, or as it is where that is something else."""
    layer: Any = node.layer
    picking: Any = pick.layer
    step = picking.stride
    plain = picking == type(picking)(kernel=1, stride=step, rounding=picking.rounding)
    if not plain or None in space or max(step) == 1:
        return node
    whole: Any = layer.replace(
        stride=tuple(a * b for a, b in zip(layer.stride, step, strict=True)),
        dilation=tuple(a * b for a, b in zip(layer.dilation, step, strict=True)),
    )
    pad = tuple((before * by, 0) for (before, _), by in zip(layer.pad, step, strict=True))
    pad = _behind(whole, pad, space, out)
    return replace(node, layer=whole.replace(pad=pad, rounding="floor"), inputs=pick.inputs) if pad else node


def _cut(node: Node, shapes: Shapes, used: list[Ref], first: int) -> tuple[Any, Ref]:
    """Return how much a layer cuts off each axis of space, before and behind, if it does, and what is left."""
    layer: Any = node.layer
    if isinstance(layer, _PADS) and all(max(pair) <= 0 for pair in layer.pad):
        return layer.pad, node.refs[0]
    if not isinstance(layer, L.Slice) or len(used) != 1 or not 3 <= (rank := len(shapes[node.inputs[0]])) <= 5:
        return None, node.refs[0]
    axis, lengths = axis_of(layer.axis, rank), layer.lengths(shapes[node.inputs[0]])
    sides = (-sum(lengths[: used[0].index]), -sum(lengths[used[0].index + 1 :]))
    space = range(first, first + rank - 2)
    return (tuple(sides if at == axis else (0, 0) for at in space) if axis in space else None), used[0]


def _joined(cut: Node, before: Node, space: Shape, out: Shape) -> Node:
    """Return a cut and the layer before it as one, or the cut where they are two."""
    layer: Any = before.layer
    sides = cut.layer.pad  # type: ignore[attr-defined]
    if isinstance(layer, _PADS) and all(max(pair) <= 0 for pair in layer.pad):
        pad = tuple((a + c, b + d) for (a, b), (c, d) in zip(layer.pad, sides, strict=True))
        return replace(cut, layer=layer.replace(pad=pad), inputs=before.inputs)
    if isinstance(layer, _TRANSPOSED):
        pad = tuple((a - c, b - d) for (a, b), (c, d) in zip(layer.pad, sides, strict=True))
        return replace(before, name=cut.name, layer=layer.replace(pad=pad), shared=_keys(before))
    if isinstance(layer, _MAX_POOLS) and None not in space:
        pad = tuple((a + c * by, b) for (a, b), (c, _), by in zip(layer.pad, sides, layer.stride, strict=True))
        if min(a for a, _ in pad) >= 0 and (pad := _behind(layer, pad, space, out)):
            return replace(before, name=cut.name, layer=layer.replace(pad=pad, rounding="floor"))
    return cut


def _keys(node: Node) -> tuple[tuple[str, str], ...]:
    return tuple((role, node.key(role)) for role in ("kernel", "bias"))


def _behind(layer: Any, pad: Any, space: Shape, out: Shape) -> Any:
    """Return a pooling's border with as much behind as so many windows need; None where they cannot be so few."""
    found = []
    axes = zip(space, layer.reach, layer.stride, pad, out, strict=False)
    for size, reach, stride, (before, _), count in axes:
        after = max(0, ((count or 0) - 1) * stride + reach - (size or 0) - before)
        if window_count(size or 0, reach, stride, (before, after)) != count:
            return None
        found.append((before, after))
    return tuple(found)


__all__ = ["without_cuts", "without_picks"]
