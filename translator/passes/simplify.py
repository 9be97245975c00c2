"""Join layers that other frameworks have as one, and drop those that do nothing."""

from __future__ import annotations

from dataclasses import replace

from ir.graph import Graph, Model, Node, Ref, leading_to
from ir.layers import Add, BatchNorm, Bias, Concat, Flatten, Identity, Maximum, Multiply, Permute, Reshape, Scale
from ir.validate import Shapes


def join_scale(model: Model) -> Model:
    """Make a BatchNorm without gamma and beta, and the Scale or Bias behind it, one BatchNorm.

    Only where nothing else takes the BatchNorm's output, and both are over the same axis.
    """
    graph = model.graph
    users = graph.users()
    owners = {node.name: node for node in graph.nodes}
    scales: dict[str, Node] = {}
    for node in graph.nodes:
        norm = owners.get(node.inputs[0].node) if node.inputs else None
        if norm is not None and _joinable(graph, norm, node, len(users[node.inputs[0]])):
            scales[norm.name] = node
    gone = {scale.name for scale in scales.values()}
    nodes = [
        _joined(node, scales[node.name]) if node.name in scales else node
        for node in graph.nodes
        if node.name not in gone
    ]
    moved = {scale.refs[0]: Ref(norm) for norm, scale in scales.items()}
    return Model(redirected(graph, nodes, moved), model.weights)


def _joined(norm: Node, scale: Node) -> Node:
    """Return the two as one BatchNorm, which bears the name of the first and the label of the second."""
    assert isinstance(norm.layer, BatchNorm)
    scales = isinstance(scale.layer, Scale)
    center = not scales or bool(getattr(scale.layer, "bias", False))
    roles = ("gamma",) * scales + ("beta",) * center
    return replace(
        norm,
        layer=norm.layer.replace(scale=scales, center=center),
        labels=(scale.label(),),
        shared=(*norm.shared, *((role, scale.key(role)) for role in roles)),
    )


def _joinable(graph: Graph, norm: Node, scale: Node, users: int) -> bool:
    return (
        isinstance(norm.layer, BatchNorm)
        and isinstance(scale.layer, (Scale, Bias))
        and not norm.layer.scale
        and not norm.layer.center
        and (norm.layer.axis, 1) == (scale.layer.axis, scale.layer.count)
        and users == 1
        and norm.refs[0] not in graph.outputs
    )


def drop_identities(model: Model) -> Model:
    """Leave out layers that change nothing, but for those that give an output its name."""
    graph = model.graph
    moved: dict[Ref, Ref] = {}
    kept: list[Node] = []
    for node in graph.nodes:
        if not _changes_nothing(node):
            kept.append(node)
        elif node.refs[0] in graph.outputs:
            kept.append(replace(node, layer=Identity()))
        else:
            moved[node.refs[0]] = moved.get(node.inputs[0], node.inputs[0])
    return Model(redirected(graph, kept, moved), model.weights)


def _changes_nothing(node: Node) -> bool:
    lone = len(node.inputs) == 1
    return (
        isinstance(node.layer, Identity)
        or (lone and node.layer in (Add(), Multiply(), Maximum()))
        or (lone and isinstance(node.layer, Concat))
    )


def join_permutes(model: Model) -> Model:
    """Make a Permute of what a Permute gives one Permute; one that then turns nothing is left out."""
    graph = model.graph
    turns: dict[Ref, Node] = {}
    moved: dict[Ref, Ref] = {}
    nodes: list[Node] = []
    for node in graph.nodes:
        node = replace(node, inputs=tuple(moved.get(ref, ref) for ref in node.inputs))
        if isinstance(node.layer, Permute):
            first = turns.get(node.inputs[0])
            if first is not None and isinstance(first.layer, Permute):
                joined = Permute(order=tuple(first.layer.order[axis] for axis in node.layer.order))
                node = replace(node, layer=joined, inputs=first.inputs)
            turns[node.refs[0]] = node
            order: tuple[int, ...] = getattr(node.layer, "order", ())
            if order == tuple(range(len(order))) and node.refs[0] not in graph.outputs:
                moved[node.refs[0]] = node.inputs[0]
                continue
        nodes.append(node)
    return Model(redirected(graph, nodes, moved), model.weights)


def join_reshapes(model: Model) -> Model:
    """Leave out an axis of size 1 that a Reshape puts in and the next one takes away again."""
    graph = model.graph
    added: dict[Ref, Node] = {}
    moved: dict[Ref, Ref] = {}
    nodes: list[Node] = []
    for node in graph.nodes:
        node = replace(node, inputs=tuple(moved.get(ref, ref) for ref in node.inputs))
        layer = node.layer
        if isinstance(layer, Reshape):
            first = added.get(node.inputs[0])
            if first is not None and layer == Reshape(sizes=(), axis=getattr(first.layer, "axis", 0), count=1):
                if node.refs[0] not in graph.outputs:
                    moved[node.refs[0]] = first.inputs[0]
                    continue
            elif layer == Reshape(sizes=(1,), axis=layer.axis, count=0) and layer.axis >= 0:
                added[node.refs[0]] = node
        nodes.append(node)
    return Model(redirected(graph, nodes, moved), model.weights)


def drop_undone(model: Model, shapes: Shapes) -> Model:
    """Leave out what gives a tensor behind its batch other sizes, and the next layer the old ones again."""
    graph = model.graph
    makers = {node.refs[0]: node for node in graph.nodes if isinstance(node.layer, (Flatten, Reshape))}
    moved: dict[Ref, Ref] = {}
    for node in graph.nodes:
        first = makers.get(node.inputs[0]) if node.refs[0] in makers else None
        if first is None or node.refs[0] in graph.outputs:
            continue
        before, after = shapes.get(first.inputs[0]), shapes.get(node.refs[0])
        is_behind = all(each.layer.axis > 0 for each in (first, node) if isinstance(each.layer, (Flatten, Reshape)))
        if is_behind and before is not None and before == after and None not in before[1:]:
            moved[node.refs[0]] = moved.get(first.inputs[0], first.inputs[0])
    kept = [node for node in graph.nodes if node.refs[0] not in moved]
    return Model(redirected(graph, kept, moved), model.weights)


def drop_unused(model: Model) -> Model:
    """Leave out the layers from which no output of the model can be reached."""
    graph = model.graph
    return Model(replace(graph, nodes=leading_to(graph.outputs, graph.nodes)), model.weights)


def redirected(graph: Graph, nodes: list[Node], moved: dict[Ref, Ref]) -> Graph:
    """Return a graph in which each tensor that moved is taken from its new place."""
    if not moved:
        return replace(graph, nodes=tuple(nodes))
    return replace(
        graph,
        nodes=tuple(replace(node, inputs=tuple(moved.get(ref, ref) for ref in node.inputs)) for node in nodes),
        outputs=tuple(moved.get(ref, ref) for ref in graph.outputs),
    )
