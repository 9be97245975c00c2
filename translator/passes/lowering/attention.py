"""Attention by products of matrices, and several heads by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ir import layers as L
from ir.graph import Node, Ref
from ir.layer import Layer
from ir.weights import Tensor
from translator.passes.legalize import Place, Replacement, chain, lowers

MOST = 1 << 24
"""Numbers at most of what says which keys are hidden from which queries."""


@lowers(L.Attention)
def by_products(node: Node, place: Place) -> Replacement | None:
    """Multiply queries by keys, scale, add the mask, take the softmax, and multiply by the values."""
    layer = node.layer
    assert isinstance(layer, L.Attention)
    query, key, value, *mask = node.inputs
    shape, size = place.inputs[1], place.inputs[0][-1] or place.inputs[1][-1]
    scale = layer.scale if layer.scale is not None else size and size**-0.5
    seen = place.inputs[0][-2], shape[-2]
    if scale is None or (layer.causal and (None in seen or (seen[0] or 0) * (seen[1] or 0) > MOST)):
        return None
    weights: dict[str, Tensor] = {}
    rank = len(shape)
    turn = L.Permute(order=(*range(rank - 2), rank - 1, rank - 2))
    (turned,) = chain(replace(node, inputs=(key,)), ("keys", turn))
    product = Node(f"{node.name}_product", L.MatMul(), (query, *turned.refs), origin=node.origin)
    steps = [turned, product]
    if scale != 1:
        steps.append(Node(f"{node.name}_scaled", L.Power(scale=scale), product.refs, origin=node.origin))
    if mask:
        ahead = len(place.outputs[0]) - len(place.inputs[3])
        masked = L.Add() if not ahead and 1 not in place.inputs[3] else L.BiasBy(axis=ahead)
        steps.append(Node(f"{node.name}_masked", masked, (*steps[-1].refs, *mask), origin=node.origin))
    if layer.causal:
        hidden = Node(f"{node.name}_hidden", L.Bias(axis=rank - 2, count=2), steps[-1].refs, origin=node.origin)
        weights[hidden.key("beta")] = _hidden(seen[0] or 0, seen[1] or 0)
        steps.append(hidden)
    steps += chain(replace(node, inputs=steps[-1].refs), ("shares", L.Softmax(axis=-1)))
    return Replacement([*steps, replace(node, layer=L.MatMul(), inputs=(*steps[-1].refs, value))], weights)


def _hidden(queries: int, keys: int) -> Tensor:
    """Return what hides from each query the keys behind its own place: the lowest number, and 0 elsewhere."""

    def load() -> Any:
        import numpy as np

        return np.triu(np.full((queries, keys), np.finfo(np.float32).min), 1)

    return Tensor((queries, keys), load)


@lowers(L.MultiHeadAttention)
def head_by_head(node: Node, place: Place) -> Replacement:
    """Project, bring the heads before the steps, attend, and project what all heads give."""
    layer = node.layer
    assert isinstance(layer, L.MultiHeadAttention)
    keys, values = layer.widths
    apart = L.Permute(order=(0, 2, 1, 3))
    nodes: list[Node] = []

    def projected(name: str, ref: Ref, units: int, suffix: str) -> Node:
        kept = tuple((role, node.key(f"{name}_{role}")) for role in ("kernel", "bias")[: 1 + layer.bias])
        dense: Layer = L.Dense(units=units, bias=layer.bias, axis=-1)
        return Node(f"{node.name}{suffix}", dense, (ref,), shared=kept, origin=node.origin)

    given: list[Ref] = []
    for name, ref, units in zip(("query", "key", "value"), node.inputs, (keys, keys, values), strict=True):
        dense = projected(name, ref, units, f"_{name}")
        sizes = (layer.heads, units // layer.heads)
        spread = L.Reshape(sizes=sizes, axis=2, count=1)
        heads = chain(replace(dense, inputs=dense.refs, shared=()), ("split", spread), ("heads", apart))
        nodes += [dense, *heads]
        given += heads[-1].refs
    mixed = Node(f"{node.name}_mixed", L.Attention(causal=layer.causal), tuple(given), origin=node.origin)
    joined = chain(
        replace(node, inputs=mixed.refs, shared=()), ("steps", apart), ("joined", L.Flatten(axis=2, end_axis=3))
    )
    last = projected("result", joined[-1].refs[0], place.outputs[0][2] or 0, "")
    return Replacement([*nodes, mixed, *joined, replace(last, labels=node.labels)])
