"""Operators that reduce axes to one number each."""

from __future__ import annotations

from collections.abc import Sequence

from ir import layers as L
from ir.layer import Layer
from ir.shapes import axis_of
from translator.dialects.onnx.operators.arrange import without
from translator.dialects.onnx.reading import Site, certain, runs
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
    if not axes:
        return site.add(_alone(site.kind), x)
    spatial = axes == list(range(2, x.rank)) and 3 <= x.rank <= 5 and site.kind in POOLS
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
    """Return the axes that are reduced, counted from the front: all, where none are given."""
    axes = site.wholes("axes", 1)
    rank = site.x.rank
    if not axes:
        return [] if axes is not None and site.get("noop_with_empty_axes", 0) else list(range(rank))
    return sorted({axis_of(axis, rank) for axis in axes})


def standardised(site: Site, x: Value, axes: Sequence[int], epsilon: float) -> Value:
    """Return a tensor without its mean over some axes, divided by the root of its variance and a little."""
    axes = sorted(axes)
    layer = L.Mean(axes=axes)
    centred = site.layer(L.Subtract(), x, site.layer(layer, x))
    variance = site.layer(layer, site.layer(L.Power(power=2.0), centred))
    deviation = site.layer(L.Power(power=0.5), site.layer(L.Power(shift=epsilon), variance))
    return site.layer(L.Divide(), centred, deviation)


def instance_norm(site: Site) -> list[Value]:
    """Read an InstanceNormalization: each channel of each item on its own."""
    x = site.x
    found = standardised(site, x, range(2, x.rank), site.get("epsilon", 1e-5))
    weights = {"gamma": site.weight(1), "beta": site.weight(2)}
    return site.add(L.Scale(axis=1, bias=True), found, weights=weights)


def layer_norm(site: Site) -> list[Value]:
    """Read a LayerNormalization: over the axes from one on."""
    site.one_output()
    site.only("stash_type", 1)
    x = site.x
    axis = site.axis(-1)
    arrays = [site.weight(place).shape for place in (1, 2) if site.has(place)]
    if axis == x.rank - 1 and set(arrays) == {x.dims[-1:]}:
        weights = {"gamma": site.weight(1)} | ({"beta": site.weight(2)} if site.has(2) else {})
        layer = L.LayerNorm(epsilon=site.get("epsilon", 1e-5), center=site.has(2))
        return site.add(layer, x, weights=weights)
    found = standardised(site, x, range(axis, x.rank), site.get("epsilon", 1e-5))
    sizes = certain(x.dims[axis:], "a size that it is over")
    weights = {"gamma": site.weight(1)} | ({"beta": site.weight(2)} if site.has(2) else {})
    if any(tensor.shape != sizes for tensor in weights.values()):
        raise Unsayable("its scale stretches")
    return site.add(L.Scale(axis=axis, count=len(sizes), bias=site.has(2)), found, weights=weights)


READERS = {
    **dict.fromkeys(FUNCTIONS, reduction),
    "ReduceLogSum": logarithm,
    "ReduceLogSumExp": logarithm,
    "InstanceNormalization": instance_norm,
    "LayerNormalization": layer_norm,
}
