"""Join layers that ONNX has as two operators and the catalogue as one: a product and what is added to it, say."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from ir import layers as L
from ir.graph import Model, Node, Ref
from ir.layer import Layer
from ir.weights import Tensor
from translator.passes.sharing import as_if_apart

CONVOLUTIONS = (L.Conv1D, L.Conv2D, L.Conv3D, L.Conv1DTranspose, L.Conv2DTranspose, L.Conv3DTranspose)


def joined(model: Model, ranks: dict[Ref, int]) -> Model:
    """Return a model whose layers are joined where nothing else takes what is between.

    The layer bears the name of the first, and the label of the second.
    """
    return as_if_apart(partial(_joined, ranks=ranks), model)


def _joined(model: Model, ranks: dict[Ref, int]) -> Model:
    users, given = model.graph.users(), set(model.graph.outputs)
    nodes: dict[str, Node] = {}
    moved: dict[Ref, Ref] = {}
    weights = dict(model.weights)
    for node in model.graph.nodes:
        before = node.inputs[0] if len(node.inputs) == 1 else None
        node = replace(node, inputs=tuple(moved.get(ref, ref) for ref in node.inputs))
        first = nodes.get(node.inputs[0].node) if before is not None and before not in given else None
        layer = None if first is None else _one(first.layer, node.layer, ranks.get(first.refs[0], 0))
        alone = before is not None and len(users[before]) == 1
        if first is None or layer is None or not alone or first.shared or node.shared:
            nodes[node.name] = node
            continue
        nodes[first.name] = replace(first, layer=layer, labels=_label(first, node))
        moved[node.refs[0]] = first.refs[0]
        if isinstance(node.layer, L.Power) and isinstance(layer, L.Dense):
            weights[first.key("bias")] = _single(node.layer.shift)
        named = {"gamma": "gamma", "beta": "beta" if isinstance(layer, (L.Scale, L.LayerNorm)) else "bias"}
        for theirs, ours in named.items():
            if (key := node.key(theirs)) in weights:
                weights[first.key(ours)] = weights.pop(key)
    outputs = tuple(moved.get(ref, ref) for ref in model.graph.outputs)
    return Model(replace(model.graph, nodes=tuple(nodes.values()), outputs=outputs), weights)


def _single(value: float) -> Tensor:
    def load() -> Any:
        import numpy as np

        return np.array([value], np.float32)

    return Tensor((1,), load)


def _label(first: Node, last: Node) -> tuple[str, ...]:
    return () if last.label() == first.name else (last.label(),)


def _one(first: Layer, second: Layer, rank: int) -> Layer | None:
    """Return the layer that does what two do one after the other, with the same roundings; None where there is none."""
    if isinstance(second, L.Bias) and second.count == 1:
        if isinstance(first, L.Dense) and not first.bias and second.axis == rank - 1:
            return first.replace(bias=True)
        if isinstance(first, CONVOLUTIONS) and not first.bias and second.axis == 1:
            return first.replace(bias=True)
    if isinstance(first, L.Dense) and (first.units, first.bias) == (1, False) and isinstance(second, L.Power):
        # A bias of one element is read as a number.
        return first.replace(bias=True) if second == L.Power(shift=second.shift) else None
    if isinstance(first, L.LayerNorm) and not first.center:
        whole = isinstance(second, (L.Scale, L.Bias)) and (second.axis, second.count) == (rank - 1, 1)
        if whole and isinstance(second, L.Bias):
            return first.replace(center=True)
        if whole and isinstance(second, L.Scale) and not first.scale:
            return first.replace(scale=True, center=second.bias)
    if isinstance(first, L.Scale) and isinstance(second, L.Bias) and not first.bias:
        same = (first.axis, first.count) == (second.axis, second.count)
        return first.replace(bias=True) if same else None
    if isinstance(first, L.Power) and isinstance(second, L.Power) and first.power == 1:
        if first.shift == 0 and second.scale == 1:
            return second.replace(scale=first.scale)
        if second.scale == 1 and second.shift == 0:
            return first.replace(power=second.power)
    return None
