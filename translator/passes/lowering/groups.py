"""Grouped layers as one layer for each group."""

from __future__ import annotations

from typing import Any

from ir import layers as L
from ir.graph import Node, Ref
from ir.weights import Tensor
from translator.passes.legalize import Place, Replacement, lowers


@lowers(L.Conv1DTranspose, L.Conv2DTranspose, L.Conv3DTranspose)
def group_by_group(node: Node, place: Place) -> Replacement | None:
    """Cut the channels into groups, convolve each alone, and string the results together."""
    layer: Any = node.layer
    groups = layer.groups
    if groups == 1:
        return None
    axis = -1 if place.layout == "channels_last" else 1
    cut = Node(f"{node.name}_groups", L.Slice(axis=axis, pieces=groups), node.inputs, origin=node.origin)
    alone = layer.replace(groups=1, filters=layer.filters // groups)
    parts = [Node(f"{node.name}_group{i}", alone, (Ref(cut.name, i),), origin=node.origin) for i in range(groups)]
    weights = {}
    for role in ("kernel", "bias"):
        whole = place.weights.get(node.key(role))
        if whole is not None:
            weights.update({part.key(role): _share(whole, i, groups) for i, part in enumerate(parts)})
    join = Node(node.name, L.Concat(axis=axis), tuple(part.refs[0] for part in parts), node.labels, origin=node.origin)
    return Replacement([cut, *parts, join], weights)


def _share(whole: Tensor, index: int, groups: int) -> Tensor:
    """Return a group's part of a weight, along its first axis."""
    size = whole.shape[0] // groups
    return whole.map(lambda array: array[index * size : (index + 1) * size], (size, *whole.shape[1:]))
