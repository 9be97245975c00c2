"""How the operations are read that make one number of many along axes: a mean, a sum, a norm, the largest, its place.

Source: https://keras.io/api/ops/numpy/
"""

from __future__ import annotations

from math import prod

from ir import layers as L
from ir.graph import Ref
from ir.shapes import axis_of
from translator.dialects.keras.cutting import inserted, without
from translator.dialects.keras.operations import LARGEST, operation
from translator.dialects.keras.site import Site

REDUCED = {"ops.Mean": "mean", "ops.Sum": "sum", "ops.Max": "max", "ops.Min": "min", "ops.Prod": "product"}
"""What operations that reduce axes are in the catalogue's words."""


def _axes(site: Site) -> list[int]:
    axes = site.get("axis")
    axes = [axes] if isinstance(axes, int) else axes
    site.need(isinstance(axes, list) and all(isinstance(axis, int) for axis in axes), "its axes")
    return sorted({axis_of(axis, site.rank) for axis in axes})


@operation("Any")
def _any(site: Site) -> Ref:
    """Tell where anything along the last axes is true."""
    axes = _axes(site)
    site.need(axes == list(range(axes[0], site.rank)) and not site.get("keepdims"), "its axes are not the last ones")
    return site.add(L.Threshold(), site.add(L.Reduction(function="max", axis=axes[0]), part="largest"))


@operation("Argmax")
def _argmax(site: Site) -> Ref:
    """Find the first of the largest values: the last one, counted from the other end, as the catalogue has it."""
    axis = site.get("axis")
    site.need(isinstance(axis, int), "it searches all axes")
    size = site.shapes[0][axis_of(axis, site.rank)]
    site.need(size, "the size of its axis is not known")
    turned = site.add(L.Reverse(axis=axis), part="turned")
    last = site.add(L.ArgMax(axis=axis), turned, part="last")
    if site.get("keepdims"):
        return site.add(L.Power(scale=-1.0, shift=(size or 0) - 1.0), last)
    first = site.add(L.Power(scale=-1.0, shift=(size or 0) - 1.0), last, part="first")
    return without(site, first, [axis_of(axis, site.rank)])


@operation("Mean", "Sum", "Max", "Min", "Prod")
def _reduce(site: Site) -> Ref:
    """Read what makes one number of all along some axes, which the catalogue does along the last ones."""
    axes, kept = _axes(site), bool(site.get("keepdims"))
    site.need(axes, "its axes")
    function = REDUCED[site.entry.kind]
    if function == "mean" and (kept or axes[-1] < site.rank - 1):
        mean = site.add(L.Mean(axes=axes), part="" if kept else "mean")
        return mean if kept else without(site, mean, axes)
    others = [axis for axis in range(site.rank) if axis not in axes]
    x = (
        site.x
        if axes == list(range(len(others), site.rank))
        else site.add(L.Permute(order=(*others, *axes)), part="turned")
    )
    reduced = site.add(L.Reduction(function=function, axis=len(others)), x, part="reduced" if kept else "")
    for axis in axes if kept else ():
        reduced = inserted(site, reduced, axis, part="" if axis == axes[-1] else f"with{axis}")
    return reduced


@operation("Var", "Std")
def _spread(site: Site) -> Ref:
    """Read the variance, or its root: the mean of the squares of what is off the mean."""
    axes, kept = _axes(site), bool(site.get("keepdims"))
    site.need(axes and axes[0] > 0, "it goes over the batch")
    off = site.add(L.Subtract(), site.x, site.add(L.Mean(axes=axes), part="mean"), part="off")
    square = site.add(L.Mean(axes=axes), site.add(L.Power(power=2.0), off, part="square"), part="variance")
    last = square if site.entry.kind == "ops.Var" else site.add(L.Power(power=0.5), square, part="root")
    return site.add(L.Identity(), last) if kept else without(site, last, axes)


@operation("Normalize")
def _normalize(site: Site) -> Ref:
    site.need(site.get("order", 2) == 2, "it divides by another norm")
    return normalized(site, _axes(site), site.get("epsilon") or 1e-12)


def normalized(site: Site, axes: list[int], least: float = 1e-12, x: Ref | None = None, part: str = "") -> Ref:
    """Divide by the root of the sum of squares along axes, which is taken to be no less than some number."""
    x, ahead = x or site.x, f"{part}_" if part else ""
    count = prod(site.drawn.shapes[x][axis] or 0 for axis in axes)
    site.need(axes and axes[0] > 0 and count, "it goes over the batch, or its sizes are not known")
    mean = site.add(L.Mean(axes=axes), site.add(L.Power(power=2.0), x, part=f"{ahead}square"), part=f"{ahead}mean")
    total = site.add(L.Power(scale=float(count)), mean, part=f"{ahead}total")
    some = site.add(L.Clip(minimum=least, maximum=LARGEST), total, part=f"{ahead}some")
    return site.add(L.Divide(), x, site.add(L.Power(power=0.5), some, part=f"{ahead}root"), part=part)
