"""Uneven borders of poolings by even ones, before anything else is tried: no other layer stands for them then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ir import layers as L
from ir.graph import Node
from ir.shapes import Shape, window_count
from translator.passes.legalize import Place, Replacement, lowers


@lowers(L.MaxPool1D, L.MaxPool2D, L.MaxPool3D, L.AvgPool1D, L.AvgPool2D, L.AvgPool3D)
def round_instead_of_border(node: Node, place: Place) -> Replacement | None:
    """Say an uneven border of a pooling by an even one, and a rounding that gives as many windows.

    What lies behind the last element never wins, and counts in no divisor; a mean must have no border before.
    """
    layer: Any = node.layer
    mean = isinstance(layer, (L.AvgPool1D, L.AvgPool2D, L.AvgPool3D))
    if all(before == after for before, after in layer.pad) or None in place.space:
        return None
    if mean and (layer.count_pad or any(before for before, _ in layer.pad)):
        return None
    even = tuple((before, before) for before, _ in layer.pad)
    for rounding in ("floor", "ceil"):
        other = layer.replace(pad=even, rounding=rounding)
        if _counts(other, place.space) == _counts(layer, place.space):
            other = other.replace(count_pad=True) if mean else other
            return Replacement([replace(node, layer=other)]) if place.says(other) else None
    return None


def _counts(layer: Any, space: Shape) -> list[int]:
    axes = zip(space, getattr(layer, "reach", layer.kernel), layer.stride, layer.pad, strict=True)
    return [window_count(size or 0, k, s, pad, ceil=layer.rounding == "ceil") for size, k, s, pad in axes]
