"""Join layers that one framework has as two and the catalogue as one: a product and what is added to it, mostly."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ir import layers as L
from ir.graph import Model, Node, Ref
from ir.layer import Layer
from ir.validate import Shapes
from translator.passes.sharing import as_if_apart

CONVOLUTIONS = (L.Conv1D, L.Conv2D, L.Conv3D, L.Conv1DTranspose, L.Conv2DTranspose, L.Conv3DTranspose)


def join_pairs(model: Model, shapes: Shapes) -> Model:
    """Return a model whose layers are joined where nothing else takes what is between; the first one's name stays."""
    return as_if_apart(partial(_pairs_joined, shapes=shapes), model)


def _pairs_joined(model: Model, shapes: Shapes) -> Model:
    graph = model.graph
    users, given = graph.users(), set(graph.outputs)
    nodes: dict[str, Node] = {}
    moved: dict[Ref, Ref] = {}
    weights = dict(model.weights)
    for node in graph.nodes:
        alone = len(node.inputs) == 1 and len(users[node.inputs[0]]) == 1 and node.inputs[0] not in given
        node = replace(node, inputs=tuple(moved.get(ref, ref) for ref in node.inputs))
        first = nodes.get(node.inputs[0].node) if alone else None
        layer = _one(first.layer, node.layer, len(shapes.get(first.refs[0], ()))) if first else None
        if first is None or layer is None or first.shared or node.shared:
            nodes[node.name] = node
            continue
        nodes[first.name] = replace(first, layer=layer)
        moved[node.refs[0]] = first.refs[0]
        if (key := node.key("beta")) in weights:
            role = "beta" if isinstance(layer, L.Scale) else "bias"
            weights[first.key(role)] = weights.pop(key)
    outputs = tuple(moved.get(ref, ref) for ref in graph.outputs)
    return Model(replace(graph, nodes=tuple(nodes.values()), outputs=outputs), weights)


def _one(first: Layer, second: Layer, rank: int) -> Layer | None:
    """Return the layer that does what two do one after the other; None where there is none."""
    if isinstance(second, L.Bias):
        return _with_bias(first, second, rank)
    if isinstance(first, L.Power) and first.power == 1 and not (first.scale == 0 and first.shift == 0):
        if isinstance(second, (L.Exp, L.Log)) and (second.scale, second.shift) == (1, 0):
            return second.replace(scale=first.scale, shift=first.shift)
        if isinstance(second, L.Power) and second.scale == 1 and (first.shift == 0 or second.shift == 0):
            if second.shift != 0 and first.shift != 0:
                return None
            return second.replace(scale=first.scale, shift=first.shift or second.shift)
    return None


def _with_bias(first: Layer, second: L.Bias, rank: int) -> Layer | None:
    if isinstance(first, L.Dense) and not first.bias and (second.axis, second.count) == (rank - 1, 1):
        return first.replace(bias=True)
    if isinstance(first, CONVOLUTIONS) and not first.bias and (second.axis, second.count) == (1, 1):
        return first.replace(bias=True)
    same = isinstance(first, L.Scale) and (first.axis, first.count) == (second.axis, second.count)
    return first.replace(bias=True) if same and isinstance(first, L.Scale) and not first.bias else None


__all__ = ["join_pairs"]
