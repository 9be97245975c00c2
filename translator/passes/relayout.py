"""Move a model to the other layout: axes, shapes and weights are permuted now, and nothing at run time.

Every tensor of the result is a known permutation of the source's (its view). A layer takes the views it can work on as
they are, and hands its own on; only where a layer needs another one, a Permute is put in, and counted. A Flatten hands
on the order of its elements, which a Dense behind it takes up into its weights; the other way, a Dense gives its units
in the order of the image that they become. Sizes of 1 may stand anywhere, so that moving them is a Reshape. Nothing is
inferred from sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Graph, Layout, Model, Node, Ref, free_name
from ir.layer import Layer
from ir.shapes import axis_of
from ir.validate import infer
from translator.passes.shuffles import join_shuffles
from translator.passes.spreading import PER_ELEMENT
from translator.passes.views import Moving, Order, View, rows_reordered


def relayout(model: Model, layout: Layout, report: Report) -> Model:
    """Return a model of one layout in the other, and note the transposes that were not avoided."""
    model = join_shuffles(model)
    shapes, images = infer(model.graph, Report()), image_tensors(model.graph)
    state = _moved(Moving(model, layout, shapes, images))
    if disputed := state.disputed():
        state = _moved(Moving(model, layout, shapes, images, disputed))
    result = state.result()
    if state.transposes:
        names = ", ".join(state.transposes)
        report.add("transpose", f"{len(state.transposes)} transposes are left to run time, before: {names}")
    return result


def image_inputs(graph: Graph) -> set[str]:
    """Return the inputs that spatial layers take, themselves or through layers that leave axes in their places."""
    return {ref.node for ref in image_tensors(graph)}


def image_tensors(graph: Graph) -> set[Ref]:
    """Return the tensors that spatial layers take, themselves or through layers that leave axes in their places."""
    wanted: set[Ref] = set()
    for node in reversed(graph.nodes):
        through = node.layer.elementwise or isinstance(node.layer, (*_ALIKE, *_ALONG_AXIS, L.Mean))
        if node.layer.spatial or (through and wanted.intersection(node.refs)):
            wanted.update(node.inputs)
    return wanted


def _moved(state: Moving) -> Moving:
    """Add all nodes in their new form."""
    for node in state.graph.nodes:
        _move(state, node)
    return state


def _move(state: Moving, node: Node) -> None:
    """Add a node in its new form."""
    if node.name in state.spread and isinstance(node.layer, PER_ELEMENT):
        _per_element(state, node)
    elif node.layer.spatial:
        _spatial(state, node)
    elif node.layer.elementwise or _stretched(state, node):
        _alike(state, node)
    else:
        next(move for kinds, move in _MOVES if isinstance(node.layer, kinds))(state, node)


def _stretched(state: Moving, node: Node) -> bool:
    """Tell whether a node works element by element on tensors of one rank, sizes of 1 stretching."""
    ranks = {len(state.shapes[ref]) for ref in node.inputs}
    return isinstance(node.layer, _ALIKE) and len(ranks) == 1


def _spatial(state: Moving, node: Node) -> None:
    view = state.views[node.inputs[0]]
    rank = len(view.shape)
    if isinstance(node.layer, _GLOBAL_AVERAGES) and not view.flat and view.order != state.natural(rank):
        space = range(2, rank) if state.layout == "channels_last" else range(1, rank - 1)
        _over_axes(state, replace(node, layer=L.Mean(axes=tuple(space))))
        return
    inputs = [state.want(ref, state.natural(len(state.shapes[ref])), node.name) for ref in node.inputs]
    state.add(node, inputs, state.source_views(node, state.natural))


def _alike(state: Moving, node: Node) -> None:
    """Take whatever view the inputs agree on; where they do not, the natural one."""
    views = [state.views[ref] for ref in node.inputs]
    out = state.shapes[node.refs[0]]
    first = views[0]
    if first.flat and all(view == first for view in views):
        state.add(node, [state.here(ref) for ref in node.inputs], [first])
        return
    if all(not view.flat and view.order == first.order for view in views):
        state.add(node, [state.here(ref) for ref in node.inputs], [View(out, first.order)])
        return
    rank = len(out)
    order = (
        state.natural(rank)
        if any(view.order == state.natural(rank) and not view.flat for view in views)
        else tuple(range(rank))
    )
    inputs = [state.want(ref, order, node.name) for ref in node.inputs]
    state.add(node, inputs, [View(out, order)])


def _along_axis(state: Moving, node: Node) -> None:
    """Move the layer's one axis along with the inputs' axes."""
    layer: Any = node.layer
    rank = len(state.shapes[node.inputs[0]])
    views = [state.views[ref] for ref in node.inputs]
    alike = all(not view.flat and view.order == views[0].order for view in views)
    mixed = any(not view.flat and view.order == state.natural(rank) for view in views)
    order = views[0].order if alike else state.natural(rank) if mixed else tuple(range(rank))
    places = [] if layer.axis is None else _covered(layer, rank, order)
    if places != list(range(places[0], places[0] + len(places)) if places else [0]):
        order = tuple(range(rank))
    inputs = [state.want(ref, order, node.name) for ref in node.inputs]
    if order != tuple(range(rank)):
        axis = places[0]
        layer = layer.replace(axis=-1 if axis == rank - 1 else axis)
        if getattr(layer, "count", 1) < 0:
            layer = layer.replace(count=len(places))
    ranked = all(len(state.shapes[ref]) == rank for ref in node.refs)
    state.add(
        replace(node, layer=layer), inputs, state.source_views(node, lambda r: order if ranked else tuple(range(r)))
    )


def _covered(layer: Any, rank: int, order: Order) -> list[int]:
    """Return where the axes now stand that a layer goes along."""
    axis, count = axis_of(layer.axis, rank), getattr(layer, "count", 1)
    return [order.index(each) for each in range(axis, rank if count < 0 else axis + count)]


def _over_axes(state: Moving, node: Node) -> None:
    """Move the axes that a mean is taken over along with the input's; each is kept."""
    layer, ref = node.layer, node.inputs[0]
    assert isinstance(layer, L.Mean)
    view = state.views[ref]
    if view.flat:
        _plain(state, node)
        return
    axes = sorted(view.order.index(axis_of(axis, len(view.shape))) for axis in layer.axes)
    moved = replace(node, layer=L.Mean(axes=tuple(axes)))
    state.add(moved, [state.here(ref)], [View(state.shapes[node.refs[0]], view.order)])


def _reduction(state: Moving, node: Node) -> None:
    """Take the largest or the mean over all of space by a pooling, where the channels have their natural place."""
    layer, ref = node.layer, node.inputs[0]
    assert isinstance(layer, L.Reduction)
    view, rank = state.views[ref], len(state.shapes[ref])
    pool = _OVER_SPACE.get((layer.function, rank - 2))
    natural = not view.flat and view.order == state.natural(rank) and state.layout == "channels_last"
    if pool is None or not natural or axis_of(layer.axis, rank) != 2 or layer.coefficient != 1:
        _plain(state, node)
        return
    name = free_name(f"{node.name}_pool", state.names)
    state.names.add(name)
    state.nodes.append(Node(name, pool(), (state.here(ref),), origin=node.origin))
    state.add(replace(node, layer=L.Flatten()), [Ref(name)], state.source_views(node, lambda r: tuple(range(r))))


def _flatten(state: Moving, node: Node) -> None:
    layer, ref = node.layer, node.inputs[0]
    assert isinstance(layer, L.Flatten)
    view, rank = state.views[ref], len(state.shapes[ref])
    whole = axis_of(layer.axis, rank) == 1 and axis_of(layer.end_axis, rank) == rank - 1
    if not whole or view.flat or view.order[0] != 0:
        _plain(state, node)
        return
    moved = View(view.shape, view.order, flat=True)
    result = View(state.shapes[node.refs[0]], (0, 1)) if moved.plain else moved
    state.before_flatten[node.refs[0]] = state.here(ref)
    state.add(node, [state.here(ref)], [result])


def _dense(state: Moving, node: Node) -> None:
    ref = node.inputs[0]
    if state.take_up(node.key("kernel"), state.views[ref]):
        state.add(node, [state.here(ref)], state.source_views(node, lambda rank: tuple(range(rank))))
    else:
        _plain(state, node)
    if node.name in state.spread:
        shape = state.spread[node.name]
        _per_element(state, node, View(shape, state.natural(len(shape)), flat=True))


def _per_element(state: Moving, node: Node, view: View | None = None) -> None:
    """Give a vector in the order of the image that it becomes: weights for each element move along.

    The vector that is taken stands in that order already, but for a Dense, whose view is given.
    """
    if view is None:
        view = state.views[node.inputs[0]]
        state.add(node, [state.here(node.inputs[0])], [view])
    state.views[node.refs[0]] = view
    length = state.shapes[node.refs[0]][1]
    for role in node.layer.weights(state.shapes[node.inputs[0]]):
        key = node.key(role)
        if key in state.weights and state.weights[key].shape[:1] == (length,):
            state.weights[key] = rows_reordered(state.weights[key], view)


def _permute(state: Moving, node: Node) -> None:
    """Say that the axes now stand in another order, and leave the tensor as it is."""
    layer, ref = node.layer, node.inputs[0]
    assert isinstance(layer, L.Permute)
    view = state.views[ref]
    if view.flat:
        _plain(state, node)
        return
    out = node.refs[0]
    state.refs[out] = state.here(ref)
    state.views[out] = View(state.shapes[out], tuple(layer.order.index(axis) for axis in view.order))


def _reshape(state: Moving, node: Node) -> None:
    """Reshape what stands in the source's order; the result does too.

    One to a vector is a Flatten, and one of a vector to the image that it stands for gives that.
    """
    view, out = state.views[node.inputs[0]], state.shapes[node.refs[0]]
    if view.flat and view.shape == out:
        sizes = tuple(-1 if out[axis] is None else out[axis] for axis in view.order)
        moved = replace(node, layer=L.Reshape(sizes=sizes))
        state.add(moved, [state.here(node.inputs[0])], [View(out, view.order)])
        return
    if not view.flat and not view.plain and len(out) == 2 and out[0] == view.shape[0]:
        _flatten(state, replace(node, layer=L.Flatten()))
        return
    if view.flat or not view.plain or node.layer != L.Reshape(sizes=getattr(node.layer, "sizes", ())):
        _plain(state, node)
        return
    sizes = tuple(-1 if size is None else size for size in state.shapes[node.refs[0]])
    if sizes.count(-1) > 1:
        _plain(state, node)
        return
    state.add(
        replace(node, layer=L.Reshape(sizes=sizes)),
        [state.here(node.inputs[0])],
        state.source_views(node, lambda rank: tuple(range(rank))),
    )


def _plain(state: Moving, node: Node) -> None:
    """Take the inputs as the source has them."""
    inputs = [state.want(ref, tuple(range(len(state.shapes[ref]))), node.name) for ref in node.inputs]
    state.add(node, inputs, state.source_views(node, lambda rank: tuple(range(rank))))


def _boxes(state: Moving, node: Node) -> None:
    """Leave the inputs as they stand: of them only the sizes matter, and these the layer has."""
    inputs = [state.here(ref) for ref in node.inputs]
    state.add(node, inputs, state.source_views(node, lambda rank: tuple(range(rank))))


_GLOBAL_AVERAGES = (L.GlobalAvgPool1D, L.GlobalAvgPool2D, L.GlobalAvgPool3D)
_OVER_SPACE: dict[tuple[str, int], type[Layer]] = {
    (function, rank): getattr(L, f"Global{kind}Pool{rank}D")
    for function, kind in (("max", "Max"), ("mean", "Avg"))
    for rank in (1, 2, 3)
}
"""Poolings of all of space, by what they take and the number of its axes."""
_ALIKE = (L.ScaleBy, L.BiasBy, L.Subtract, L.Divide, L.Compare, L.RaiseTo, L.Select)
_ALONG_AXIS = (L.BatchNorm, L.Scale, L.Bias, L.PReLU, L.Concat, L.Slice, L.Softmax, L.Tile, L.ArgMax, L.Reverse)
_MOVES: list[tuple[Any, Callable[[Moving, Node], None]]] = [
    (_ALONG_AXIS, _along_axis),
    (L.Mean, _over_axes),
    (L.Flatten, _flatten),
    (L.Reduction, _reduction),
    (L.Dense, _dense),
    (L.Permute, _permute),
    (L.Reshape, _reshape),
    (L.PriorBox, _boxes),
    (object, _plain),
]
