"""What Keras says by factors of 1, as it has no other way to say it."""

from __future__ import annotations

from dataclasses import replace

from ir.graph import Model, Node
from ir.layers import Bias, Scale

LARGEST = 1 << 20
"""Factors at most that are looked at."""


def without_ones(model: Model) -> Model:
    """Return a model in which a Scale with a bias, whose factors are all 1, is a Bias."""

    def plain(node: Node) -> Node:
        layer, gamma = node.layer, model.weights.get(node.key("gamma"))
        if not isinstance(layer, Scale) or not layer.bias or gamma is None or gamma.size > LARGEST:
            return node
        return replace(node, layer=Bias(axis=layer.axis, count=layer.count)) if (gamma.numpy() == 1).all() else node

    nodes = tuple(map(plain, model.graph.nodes))
    changed = {old.name for old, new in zip(model.graph.nodes, nodes, strict=True) if old is not new}
    kept = {key: each for key, each in model.weights.items() if key.removesuffix(".gamma") not in changed}
    return Model(replace(model.graph, nodes=nodes), kept)
