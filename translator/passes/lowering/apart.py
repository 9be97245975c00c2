"""Windows with gaps that never share an element with those between: what stands in the gaps is left out first."""

from __future__ import annotations

from typing import Any

from ir import layers as L
from ir.graph import Node
from ir.shapes import window_count
from translator.passes.legalize import Place, Replacement, chain, lowers

_PADS = {1: L.Pad1D, 2: L.Pad2D, 3: L.Pad3D}


@lowers(L.MaxPool1D, L.MaxPool2D, L.MaxPool3D)
def picked_then_pooled(node: Node, place: Place) -> Replacement | None:
    """Pick the elements that windows look at, where each stride is a multiple of the gap, and pool over these.

    The first window starts `pad` before the first element, so that the first that is picked is as many behind a
    multiple of the gap; a border never wins, and is as wide as the windows that count need.
    """
    layer: Any = node.layer
    gaps = layer.dilation
    if max(gaps) == 1 or None in place.space or any(s % gap for s, gap in zip(layer.stride, gaps, strict=True)):
        return None
    firsts = tuple(-before % gap for (before, _), gap in zip(layer.pad, gaps, strict=True))
    strides = tuple(s // gap for s, gap in zip(layer.stride, gaps, strict=True))
    pads = []
    sizes = zip(place.space, layer.reach, layer.stride, layer.pad, layer.kernel, firsts, gaps, strides, strict=True)
    for size, reach, stride, pad, kernel, first, gap, step in sizes:
        count = window_count(size or 0, reach, stride, pad, ceil=layer.rounding == "ceil")
        held, before = -(-((size or 0) - first) // gap), (pad[0] + first) // gap
        after = max(0, (count - 1) * step + kernel - held - before)
        if held < 1 or max(before, after) >= kernel or window_count(held, kernel, step, (before, after)) < count:
            return None
        pads.append((before, after))
    if _counts(layer.kernel, strides, pads, firsts, gaps, place.space) != place.outputs[0][2:]:
        return None
    cut = [("from", _PADS[layer.rank](pad=tuple((-first, 0) for first in firsts)))] if any(firsts) else []
    pick = layer.replace(kernel=1, stride=gaps, pad=0, dilation=1, rounding="floor")
    pooled = layer.replace(stride=strides, pad=tuple(pads), dilation=1, rounding="floor")
    return Replacement(chain(node, *cut, ("picked", pick), ("", pooled)))


def _counts(kernel: Any, strides: Any, pads: Any, firsts: Any, gaps: Any, space: Any) -> tuple[int, ...]:
    """Return how many windows the pooling of what is picked has."""
    axes = zip(kernel, strides, pads, firsts, gaps, space, strict=True)
    return tuple(window_count(-(-(size - f) // gap), k, s, pad) for k, s, pad, f, gap, size in axes)
