"""Know the three layers by which channels are shuffled, so that they can work on either layout."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Graph, Model, Node, Ref
from ir.shapes import Shape
from ir.validate import Shapes, infer


def join_shuffles(model: Model) -> Model:
    """Make one layer of a Reshape that splits channels into groups, a Permute that turns these, and a Reshape back.

    Only where nothing else takes what is between, and where there are images: another layer that takes one.
    """
    graph = model.graph
    turns = any(isinstance(node.layer, L.Permute) and len(node.layer.order) == 5 for node in graph.nodes)
    if not turns or not any(node.layer.spatial for node in graph.nodes):
        return model
    shapes = infer(graph, Report())
    users = Counter(ref for node in graph.nodes for ref in node.inputs)
    users.update(graph.outputs)
    made = {ref: node for node in graph.nodes for ref in node.refs}
    gone: set[str] = set()
    nodes = []
    for node in graph.nodes:
        way = _way(node, made, users)
        groups = _groups(graph, shapes, *way) if way else 0
        if way and groups:
            gone.update(each.name for each in way[:2])
            node = replace(node, layer=L.ChannelShuffle(groups=groups), inputs=way[0].inputs)
        nodes.append(node)
    return Model(replace(graph, nodes=tuple(each for each in nodes if each.name not in gone)), model.weights)


def _way(node: Node, made: dict[Ref, Node], users: Counter[Ref]) -> tuple[Node, Node, Node] | None:
    """Return the Reshape and the Permute before a Reshape or Flatten, and itself; None where it stands otherwise."""
    turn = made.get(node.inputs[0]) if isinstance(node.layer, (L.Reshape, L.Flatten)) else None
    split = made.get(turn.inputs[0]) if turn is not None and isinstance(turn.layer, L.Permute) else None
    if turn is None or split is None or not isinstance(split.layer, L.Reshape):
        return None
    alone = users[turn.refs[0]] == 1 == users[split.refs[0]]
    return (split, turn, node) if alone else None


def _groups(graph: Graph, shapes: Shapes, split: Node, turn: Node, back: Node) -> int:
    """Return the number of groups of a shuffle; 0 where the layers mean something else."""
    image, parts, out = shapes[split.inputs[0]], shapes[split.refs[0]], shapes[back.refs[0]]
    first = graph.layout == "channels_first"
    order = (0, 2, 1, 3, 4) if first else (0, 1, 2, 4, 3)
    at = 1 if first else 3
    if len(image) != 4 or out != image or len(parts) != 5 or turn.layer != L.Permute(order=order):
        return 0
    whole: Shape = (*parts[:at], _product(parts[at], parts[at + 1]), *parts[at + 2 :])
    return (parts[at] or 0) if whole == image and image[at] is not None else 0


def _product(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a * b
