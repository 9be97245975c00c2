"""Operators that reduce axes to one number each."""

from __future__ import annotations

from collections.abc import Sequence

from ir import layers as L
from ir.shapes import axis_of, runs
from translator.dialects.pytorch.gathers import correction_of
from translator.dialects.pytorch.operators.cutting import without
from translator.dialects.pytorch.operators.terms import Terms
from translator.dialects.pytorch.reading import Site, certain
from translator.dialects.pytorch.values import Value
from translator.gathering import of_rank
from translator.mapping import Unsayable


def mean(site: Site) -> list[Value]:
    """Read a mean."""
    return [_mean(site, site.x, site.axes(), site.truth("keepdim"))]


def _mean(site: Site, x: Value, axes: list[int], keeps: bool) -> Value:
    spatial = axes == list(range(2, x.rank)) and 3 <= x.rank <= 5
    if keeps or spatial or axes != list(range(axes[0], x.rank)):
        found = site.layer(of_rank("GlobalAvgPool", x.rank - 2)() if spatial else L.Mean(axes=axes), x)
        return found if keeps else without(site, found, axes)
    return site.layer(L.Reduction(function="mean", axis=axes[0]), x)


def total_over(site: Site, x: Value, axes: list[int], keeps: bool, function: str) -> Value:
    """Reduce some axes by a function of the catalogue's Reduction."""
    stays = [axis for axis in range(x.rank) if axis not in axes]
    if stays != list(range(len(stays))):
        x = site.layer(L.Permute(order=(*stays, *axes)), x)
    found = site.layer(L.Reduction(function=function, axis=len(stays)), x)
    for first, count in runs(axes) if keeps else ():
        found = site.layer(L.Reshape(sizes=(1,) * count, axis=first, count=0), found)
    return found


def total(site: Site) -> list[Value]:
    """Read a sum."""
    return [total_over(site, site.x, site.axes(), site.truth("keepdim"), "sum")]


def norm(site: Site) -> list[Value]:
    """Read a norm: the sum of absolute values, or the root of that of squares."""
    name = "p" if site.kind == "norm" else "ord"
    if site.kind == "linalg_norm" and site.has(name) and len(site.axes()) != 1:
        raise Unsayable("it is one of matrices")
    order = site.real(name, 2.0)
    if order not in (1.0, 2.0):
        raise Unsayable(f"it is of the order {order:g}")
    function = "abs_sum" if order == 1 else "square_sum"
    found = total_over(site, site.x, site.axes(), site.truth("keepdim"), function)
    return [found] if order == 1 else site.add(L.Power(power=0.5), found)


def log_of_sum(site: Site) -> list[Value]:
    """Read a logsumexp, from the largest exponent on, so that none overflows."""
    x, axes, keeps = site.x, site.axes(), site.truth("keepdim")
    of = Terms(site)
    most = total_over(site, x, axes, True, "max")
    shares = total_over(site, site.layer(L.Exp(), of.subtract(x, most)), axes, keeps, "sum")
    return [of.add(site.layer(L.Log(), shares), most if keeps else without(site, most, axes))]


def count_of_others(site: Site) -> list[Value]:
    """Read a count_nonzero."""
    same = site.layer(L.Compare(relation="equal"), site.x, Terms(site).constant([0.0]))
    found = total_over(site, Terms(site).opposite(same), site.axes(), False, "sum")
    return [Terms(site).typed(found, "int64")]


def variance(site: Site) -> list[Value]:
    """Read a variance, or a standard deviation; the share of the sum of squares may leave one element out."""
    x, axes = site.x, site.axes()
    keeps, correction = site.truth("keepdim"), correction_of(site)
    count = 1
    for size in certain([x.dims[axis] for axis in axes], "how much it is over"):
        count *= size
    if count <= correction:
        raise Unsayable("it divides by 0")
    centred = site.layer(L.Subtract(), x, site.layer(L.Mean(axes=axes), x))
    found = _mean(site, site.layer(L.Power(power=2.0), centred), axes, keeps)
    factor, power = count / (count - correction), 0.5 if site.kind.startswith("std") else 1.0
    if factor != 1 or power != 1:
        found = site.layer(L.Power(scale=factor, power=power), found)
    return [found, _mean(site, x, axes, keeps)] if site.kind.endswith("_mean") else [found]


def extreme(site: Site) -> list[Value]:
    """Read a largest or a smallest value over the pixels, along some axes, or of all elements."""
    x, axes, keeps = site.x, site.axes(), site.truth("keepdim")
    smallest = site.kind in ("amin", "min")
    # The largest of the last of three axes may be one of features as well.
    if not smallest and axes == list(range(2, x.rank)) and 3 + (not keeps) <= x.rank <= 5:
        found = site.layer(of_rank("GlobalMaxPool", x.rank - 2)(), x)
        return [found if keeps else without(site, found, axes)]
    return [total_over(site, x, axes, keeps, "min" if smallest else "max")]


def both_extremes(site: Site) -> list[Value]:
    """Read an aminmax: the smallest and the largest value."""
    return [total_over(site, site.x, site.axes(), site.truth("keepdim"), function) for function in ("min", "max")]


def product(site: Site) -> list[Value]:
    """Read a product."""
    return [total_over(site, site.x, site.axes(), site.truth("keepdim"), "product")]


def standardised(site: Site, x: Value, axes: Sequence[int], epsilon: float) -> Value:
    """Return a tensor without its mean over some axes, divided by the root of its variance and a little."""
    axes = sorted(axis_of(axis, x.rank) for axis in axes)
    layer = L.Mean(axes=axes)
    centred = site.layer(L.Subtract(), x, site.layer(layer, x))
    spread = site.layer(layer, site.layer(L.Power(power=2.0), centred))
    deviation = site.layer(L.Power(power=0.5, shift=epsilon), spread)
    return site.layer(L.Divide(), centred, deviation)


READERS = {
    "mean": mean,
    "sum": total,
    "prod": product,
    "logsumexp": log_of_sum,
    "count_nonzero": count_of_others,
    **dict.fromkeys(["linalg_vector_norm", "linalg_norm", "norm"], norm),
    **dict.fromkeys(["var", "std", "var_mean", "std_mean"], variance),
    **dict.fromkeys(["amax", "amin"], extreme),
    "aminmax": both_extremes,
}

__all__ = ["READERS", "standardised", "total_over"]
