"""Attention as an operator of its own, which came with operator set 23, or spelt out."""

from __future__ import annotations

from typing import Any

from ir import layers as L
from translator.dialects.onnx.emission import Site
from translator.mapping import At, Unsayable

MOST = 1 << 24
"""Numbers of a mask at most that is written down."""


def of_four_axes(layer: L.Attention, at: At) -> None:
    """Require what the operator takes: a batch, heads, steps and features."""
    if {len(each) for each in at.inputs[:3]} != {4} or len({each[:2] for each in at.inputs[:3]}) > 1:
        raise Unsayable("Attention takes tensors of four axes, of one batch")


def known_sizes(layer: L.Attention, at: At) -> None:
    """Require the sizes that are written down: of a query, and of what is before the eyes of each."""
    if layer.scale is None and at.inputs[0][-1] is None:
        raise Unsayable("the size of a query is not known")
    if not layer.causal:
        raise Unsayable("what hides nothing is better said by its products")
    if None in (at.inputs[0][-2], at.inputs[1][-2]):
        raise Unsayable("the number of steps is not known")
    if (at.inputs[0][-2] or 0) * (at.inputs[1][-2] or 0) > MOST:
        raise Unsayable("there are too many steps to write down which are hidden")


def operator(site: Site) -> list[str]:
    """Say it by the operator."""
    attributes: dict[str, Any] = {} if site.layer.scale is None else {"scale": site.layer.scale}
    if site.layer.causal:
        attributes["is_causal"] = 1
    return [site.op("Attention", *site.inputs, **attributes)]


def spelt_out(site: Site) -> list[str]:
    """Multiply queries by keys, scale, add the masks, take the softmax, and multiply by the values."""
    import numpy as np

    query, key, value, *mask = site.inputs
    rank = len(site.shapes[1])
    turned = site.op("Transpose", key, perm=[*range(rank - 2), rank - 1, rank - 2])
    scale = site.layer.scale if site.layer.scale is not None else (site.shapes[0][-1] or 1) ** -0.5
    scores = site.op("Mul", site.op("MatMul", query, turned), site.constant(scale, "scale"))
    if mask:
        scores = site.op("Add", scores, mask[0])
    if site.layer.causal:
        steps = site.shapes[0][-2] or 0, site.shapes[1][-2] or 0
        scores = site.op("Add", scores, site.constant(np.triu(np.full(steps, -np.inf), 1), "future"))
    axis = len(site.results[0]) - 1
    return [site.op("MatMul", site.op("Softmax", scores, axis=axis), value)]
