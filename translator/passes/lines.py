"""Join a factor, or a line, with the layer behind it that has a factor or a line of its own."""

from __future__ import annotations

from dataclasses import replace

from ir import layers as L
from ir.graph import Model, Node, Ref
from ir.layer import Layer
from translator.passes.simplify import drop_unused


def join_lines(model: Model) -> Model:
    """Make one layer of a sum and the factors of what it adds, and of a logarithm or a power and the line before it."""
    users = model.graph.users()
    made: dict[Ref, Node] = {}
    nodes = []
    for node in model.graph.nodes:
        lines = [_line(made.get(ref)) if len(users[ref]) == 1 else None for ref in node.inputs]
        layer = _with_lines(node.layer, lines)
        if layer is not None:
            inputs = [
                ref if line is None else made[ref].inputs[0] for ref, line in zip(node.inputs, lines, strict=True)
            ]
            node = replace(node, layer=layer, inputs=tuple(inputs))
        nodes.append(node)
        made.update(dict.fromkeys(node.refs, node))
    return drop_unused(Model(replace(model.graph, nodes=tuple(nodes)), model.weights))


def _line(node: Node | None) -> L.Power | None:
    """Return a layer that multiplies and adds, if a node is one."""
    layer = node.layer if node is not None else None
    return layer if isinstance(layer, L.Power) and layer.power == 1 else None


def _with_lines(layer: Layer, lines: list[L.Power | None]) -> Layer | None:
    """Return a layer that does what the lines before it do as well; None where it has no words for that."""
    known = [line for line in lines if line is not None]
    if not known:
        return None
    if isinstance(layer, (L.Log, L.Exp)):
        line = known[0]
        return layer.replace(scale=layer.scale * line.scale, shift=layer.shift + layer.scale * line.shift)
    if isinstance(layer, L.Add) and len(lines) > 1 and all(line.shift == 0 for line in known):
        own = layer.coefficients or (1.0,) * len(lines)
        pairs = zip(own, lines, strict=True)
        return layer.replace(coefficients=tuple(each if line is None else each * line.scale for each, line in pairs))
    return None


__all__ = ["join_lines"]
