"""Operators that reduce axes to one number each."""

from __future__ import annotations

from ir import layers as L
from ir.shapes import axis_of
from translator.dialects.onnx.operators.arrange import without
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable

FUNCTIONS = {"ReduceSum": "sum", "ReduceL1": "abs_sum", "ReduceSumSquare": "square_sum", "ReduceMean": "mean"}


def reduction(site: Site) -> list[Value]:
    """Read a sum or a mean over some axes, which stay with size 1, or go."""
    x, axes = site.x, _axes(site)
    keeps = bool(site.get("keepdims", 1))
    if not axes:
        return site.add(L.Identity(), x)
    spatial = axes == list(range(2, x.rank)) and 3 <= x.rank <= 5
    if site.kind == "ReduceMean" and (keeps or spatial or axes[-1] != x.rank - 1 or len(axes) != x.rank - axes[0]):
        layer = getattr(L, f"GlobalAvgPool{x.rank - 2}D")() if spatial else L.Mean(axes=axes)
        found = site.layer(layer, x)
        return [found if keeps else without(site, found, axes)]
    if axes != list(range(axes[0], x.rank)):
        raise Unsayable(f"it reduces the axes {axes}, and others stand behind")
    found = site.layer(L.Reduction(function=FUNCTIONS[site.kind], axis=axes[0]), x)
    if keeps:
        found = site.layer(L.Reshape(sizes=(1,) * len(axes), axis=axes[0], count=0), found)
    return [found]


def _axes(site: Site) -> list[int]:
    """Return the axes that are reduced, counted from the front: all, where none are given."""
    axes = site.setting("axes", 1)
    rank = site.x.rank
    if not axes:
        return [] if axes is not None and site.get("noop_with_empty_axes", 0) else list(range(rank))
    return sorted({axis_of(axis, rank) for axis in axes})


def maximum(site: Site) -> list[Value]:
    """Read a maximum over the pixels."""
    x, axes = site.x, _axes(site)
    if axes != list(range(2, x.rank)) or not 3 <= x.rank <= 5:
        raise Unsayable(f"it takes the largest over the axes {axes}")
    found = site.layer(getattr(L, f"GlobalMaxPool{x.rank - 2}D")(), x)
    return [found if site.get("keepdims", 1) else without(site, found, axes)]


READERS = {**dict.fromkeys(FUNCTIONS, reduction), "ReduceMax": maximum}
