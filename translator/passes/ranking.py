"""Know the largest elements by their parts: what is sorted, turned, and cut behind so many."""

from __future__ import annotations

from dataclasses import replace

from ir.graph import Graph, Node, Ref
from ir.layers import ArgMax, Reverse, Slice
from translator.passes.simplify import redirected


def join_rankings(graph: Graph) -> Graph:
    """Leave out a Reverse of a Reverse, and make an ArgMax of a Slice that keeps the first of what an ArgMax finds.

    What is then unused stays.
    """
    users, given = graph.users(), set(graph.outputs)
    nodes: dict[str, Node] = {}
    moved: dict[Ref, Ref] = {}
    for node in graph.nodes:
        node = replace(node, inputs=tuple(moved.get(ref, ref) for ref in node.inputs))
        before = nodes.get(node.inputs[0].node) if node.inputs else None
        if before is not None and isinstance(node.layer, Reverse) and before.layer == node.layer:
            moved[node.refs[0]] = before.inputs[0]
        elif before is not None and not any(ref in users or ref in given for ref in node.refs[1:]):
            layer = _first_of(before, node)
            node = node if layer is None else replace(node, layer=layer, inputs=before.inputs)
        nodes[node.name] = node
    return redirected(graph, list(nodes.values()), {old: new for old, new in moved.items() if old not in given})


def _first_of(ranking: Node, cut: Node) -> ArgMax | None:
    """Return the ArgMax that finds what the first piece of a Slice has of another's; None where that is no such."""
    found, layer = ranking.layer, cut.layer
    if not isinstance(found, ArgMax) or not isinstance(layer, Slice) or found.axis is None or found.axis != layer.axis:
        return None
    return found.replace(top=layer.points[0] if layer.points else found.top // layer.pieces)


__all__ = ["join_rankings"]
