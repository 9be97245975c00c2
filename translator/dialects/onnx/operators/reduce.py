"""Operators that reduce axes to one number each."""

from __future__ import annotations

from collections.abc import Sequence

from ir import layers as L
from ir.layer import Layer
from ir.shapes import axis_of, runs
from translator.dialects.onnx.operators.arrange import without
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable

FUNCTIONS = {
    "ReduceSum": "sum",
    "ReduceL1": "abs_sum",
    "ReduceL2": "square_sum",
    "ReduceSumSquare": "square_sum",
    "ReduceMean": "mean",
    "ReduceMax": "max",
    "ReduceMin": "min",
    "ReduceProd": "product",
}
POOLS = {"ReduceMean": "GlobalAvgPool", "ReduceMax": "GlobalMaxPool"}
"""What the catalogue's Reduction takes; of ReduceL2 the root is still to be taken."""


def reduction(site: Site) -> list[Value]:
    """Read what takes one number of some axes, which stay with size 1, or go."""
    x, axes = site.x, axes_of(site)
    keeps = bool(site.get("keepdims", 1))
    if site.kind in ("ReduceMax", "ReduceMin") and any(x.dims[axis] == 0 for axis in axes):
        raise Unsayable("it is of no numbers")
    if not axes:
        return site.add(_alone(site.kind), x)
    spatial = axes == list(range(2, x.rank)) and 3 <= x.rank <= 5 and site.kind in POOLS
    # The largest of the last of three axes may be one of features as well.
    spatial = spatial and (keeps or x.rank > 3 or site.kind == "ReduceMean")
    last = axes[-1] == x.rank - 1 and len(axes) == x.rank - axes[0]
    if spatial or (site.kind == "ReduceMean" and (keeps or not last)):
        layer = getattr(L, f"{POOLS[site.kind]}{x.rank - 2}D")() if spatial else L.Mean(axes=axes)
        found = site.layer(layer, x)
        return [found if keeps else without(site, found, axes)]
    return [reduced(site, x, axes, FUNCTIONS[site.kind], keeps, root=site.kind == "ReduceL2")]


def reduced(site: Site, x: Value, axes: Sequence[int], function: str, keeps: bool, root: bool = False) -> Value:
    """Return one number of some axes, or its root; the axes are brought behind the others for that."""
    stays = [axis for axis in range(x.rank) if axis not in axes]
    if stays != list(range(len(stays))):
        x = site.layer(L.Permute(order=(*stays, *axes)), x)
    found = site.layer(L.Reduction(function=function, axis=len(stays)), x)
    if root:
        found = site.layer(L.Power(power=0.5), found)
    for first, count in runs(axes) if keeps else ():
        found = site.layer(L.Reshape(sizes=(1,) * count, axis=first, count=0), found)
    return found


def _alone(kind: str) -> Layer:
    """Return what a reduction of no axes does to each element."""
    absolute = kind in ("ReduceL1", "ReduceL2")
    return L.Power(power=2.0) if kind == "ReduceSumSquare" else L.Abs() if absolute else L.Identity()


def logarithm(site: Site) -> list[Value]:
    """Read the logarithm of a sum, or of a sum of exponentials, of which the largest is taken out."""
    x, axes = site.x, axes_of(site)
    if site.kind == "ReduceLogSumExp" and any(x.dims[axis] == 0 for axis in axes):
        raise Unsayable("it is of no numbers")
    if site.kind == "ReduceLogSum":
        total = reduced(site, x, axes, "sum", bool(site.get("keepdims", 1))) if axes else x
        return site.add(L.Log(), total)
    if not axes:
        return site.add(L.Identity(), x)
    most = reduced(site, x, axes, "max", True)
    powers = site.layer(L.Exp(), site.layer(L.Subtract(), x, most))
    found = site.layer(L.Add(), site.layer(L.Log(), reduced(site, powers, axes, "sum", True)), most)
    return [found if site.get("keepdims", 1) else without(site, found, axes)]


def axes_of(site: Site) -> list[int]:
    """Return the axes that are reduced, counted from the front: where none are given all, or none."""
    axes, rank = site.wholes("axes", 1), site.x.rank
    if not axes:
        return [] if site.get("noop_with_empty_axes", 0) else list(range(rank))
    return sorted({axis_of(axis, rank) for axis in axes})


READERS = {
    **dict.fromkeys(FUNCTIONS, reduction),
    "ReduceLogSum": logarithm,
    "ReduceLogSumExp": logarithm,
}
