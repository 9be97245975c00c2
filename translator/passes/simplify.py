"""Join layers that other frameworks have as one, and drop those that do nothing."""

from __future__ import annotations

from dataclasses import replace

from ir.graph import Graph, Model, Node, Ref
from ir.layers import BatchNorm, Identity, Scale


def join_scale(model: Model) -> Model:
    """Make a BatchNorm without gamma and beta, and the Scale behind it, one BatchNorm.

    Only where nothing else takes the BatchNorm's output, and both are over the same axis.
    """
    graph = model.graph
    users = graph.users()
    owners = {node.name: node for node in graph.nodes}
    joined: dict[str, Node] = {}
    weights = dict(model.weights)
    nodes: list[Node] = []
    for node in graph.nodes:
        norm = owners.get(node.inputs[0].node) if isinstance(node.layer, Scale) and node.inputs else None
        if norm is not None and _joinable(graph, norm, node, len(users[node.inputs[0]])):
            assert isinstance(norm.layer, BatchNorm) and isinstance(node.layer, Scale)
            layer = norm.layer.replace(scale=True, center=node.layer.bias)
            shared = (*norm.shared, *((role, node.key(role)) for role in ("gamma", "beta")[: 1 + node.layer.bias]))
            joined[norm.name] = replace(norm, layer=layer, labels=node.labels or (node.name,), shared=shared)
            joined[node.name] = norm
        nodes.append(node)
    kept = [
        joined.get(node.name, node) for node in nodes if not (node.name in joined and isinstance(node.layer, Scale))
    ]
    moved = {Ref(name): Ref(norm.name) for name, norm in joined.items() if name != norm.name}
    return Model(_redirected(graph, kept, moved), weights)


def _joinable(graph: Graph, norm: Node, scale: Node, users: int) -> bool:
    return (
        isinstance(norm.layer, BatchNorm)
        and isinstance(scale.layer, Scale)
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
        if isinstance(node.layer, Identity) and node.refs[0] not in graph.outputs:
            moved[node.refs[0]] = moved.get(node.inputs[0], node.inputs[0])
        else:
            kept.append(node)
    return Model(_redirected(graph, kept, moved), model.weights)


def _redirected(graph: Graph, nodes: list[Node], moved: dict[Ref, Ref]) -> Graph:
    """Return a graph in which each tensor that moved is taken from its new place."""
    if not moved:
        return replace(graph, nodes=tuple(nodes))
    return replace(
        graph,
        nodes=tuple(replace(node, inputs=tuple(moved.get(ref, ref) for ref in node.inputs)) for node in nodes),
        outputs=tuple(moved.get(ref, ref) for ref in graph.outputs),
    )
