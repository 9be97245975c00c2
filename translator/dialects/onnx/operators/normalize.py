"""Operators that bring numbers to a common scale."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from ir import layers as L
from ir.shapes import axis_of
from ir.weights import Tensor
from translator.dialects.onnx.operators.reduce import reduced
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable


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
    """Read a LayerNormalization: over the axes from one on; it may give the mean, and one over the deviation, too."""
    site.only("stash_type", 1)
    x, axis, epsilon = site.x, site.axis(-1), site.get("epsilon", 1e-5)
    weights = _affine(site, axis)
    further = site.is_wanted(1) or site.is_wanted(2)
    if axis == x.rank - 1 and not further:
        return site.add(L.LayerNorm(epsilon=epsilon, center="beta" in weights), x, weights=weights)
    axes = tuple(range(axis, x.rank))
    mean = site.layer(L.Mean(axes=axes), x)
    centred = site.layer(L.Subtract(), x, mean)
    factor = _inverse_root(site, centred, axes, epsilon)
    return [_scaled(site, site.layer(L.ScaleBy(axis=0), centred, factor), axis, weights), mean, factor]


def rms_norm(site: Site) -> list[Value]:
    """Read an RMSNormalization: by the root of the mean of squares over the axes from one on."""
    site.only("stash_type", 1)
    x, axis = site.x, site.axis(-1)
    factor = _inverse_root(site, x, tuple(range(axis, x.rank)), site.get("epsilon", 1e-5))
    return [_scaled(site, site.layer(L.ScaleBy(axis=0), x, factor), axis, _affine(site, axis))]


def _inverse_root(site: Site, x: Value, axes: tuple[int, ...], epsilon: float) -> Value:
    """Return one over the root of the mean of squares, and a little."""
    squares = site.layer(L.Mean(axes=axes), site.layer(L.Power(power=2.0), x))
    return site.layer(L.Power(power=-0.5, shift=epsilon), squares)


def _affine(site: Site, axis: int) -> dict[str, Tensor]:
    """Return the factors, and what is added, each with a number for each place of the axes from one on."""
    sizes = certain(site.x.dims[axis:], "a size that it is over")
    weights = {"gamma": site.weight(1)} | ({"beta": site.weight(2)} if site.has(2) else {})
    if any(tensor.shape != sizes for tensor in weights.values()):
        raise Unsayable("its scale stretches")
    return weights


def _scaled(site: Site, x: Value, axis: int, weights: dict[str, Tensor]) -> Value:
    return site.layer(L.Scale(axis=axis, count=x.rank - axis, bias="beta" in weights), x, weights=weights)


def group_norm(site: Site) -> list[Value]:
    """Read a GroupNormalization; before operator set 21 it has one factor for each group."""
    x, groups = site.x, site.get("num_groups", 0)
    channels, *space = certain(x.dims[1:])
    if groups < 1 or channels % groups:
        raise ValueError(f"deals {channels} channels to {groups} groups")
    spread = site.layer(L.Reshape(sizes=(0, groups, channels // groups * prod(space))), x)
    found = standardised(site, spread, [2], site.get("epsilon", 1e-5))
    found = site.layer(L.Reshape(sizes=(0, channels, *space)), found)
    weights = {"gamma": site.weight(1), "beta": site.weight(2)}
    if any(tensor.size not in (channels, groups) for tensor in weights.values()):
        raise ValueError(f"has {site.weight(1).size} factors for {channels} channels")
    each = {
        role: tensor.map(lambda array: np.repeat(array, channels // len(array)), (channels,))
        for role, tensor in weights.items()
    }
    return site.add(L.Scale(axis=1, bias=True), found, weights=each)


def by_length(site: Site) -> list[Value]:
    """Read an LpNormalization: divide by the sum of sizes, or by the root of the sum of squares."""
    x, axis = site.x, site.axis(-1)
    site.only("p", 1, 2)
    square = site.get("p", 2) == 2
    length = reduced(site, x, [axis], "square_sum" if square else "abs_sum", True, root=square)
    # What is all 0 stays so.
    none = site.layer(L.Power(scale=-1.0, shift=1.0), site.layer(L.Threshold(), length))
    return site.add(L.Divide(), x, site.layer(L.Add(), length, none))


def mean_variance(site: Site) -> list[Value]:
    """Read a MeanVarianceNormalization, which adds a little to the deviation."""
    x = site.x
    axes = sorted({axis_of(axis, x.rank) for axis in site.get("axes", (0, 2, 3))})
    layer = L.Mean(axes=axes)
    centred = site.layer(L.Subtract(), x, site.layer(layer, x))
    variance = site.layer(layer, site.layer(L.Power(power=2.0), centred))
    deviation = site.layer(L.Power(shift=1e-9), site.layer(L.Power(power=0.5), variance))
    return site.add(L.Divide(), centred, deviation)


READERS = {
    "InstanceNormalization": instance_norm,
    "LayerNormalization": layer_norm,
    "RMSNormalization": rms_norm,
    "GroupNormalization": group_norm,
    "LpNormalization": by_length,
    "MeanVarianceNormalization": mean_variance,
}
