"""Operators that order the elements along an axis, or find the largest of them."""

from __future__ import annotations

from ir import layers as L
from translator.dialects.pytorch.operators import reduce
from translator.dialects.pytorch.operators.cutting import part, without
from translator.dialects.pytorch.reading import Site, certain
from translator.dialects.pytorch.values import Value
from translator.mapping import Unsayable


def arg_max(site: Site) -> list[Value]:
    """Read an argmax or an argmin: of equal values the catalogue takes the last, so the first are found from behind."""
    x = site.x if site.kind == "argmax" else site.layer(L.Power(scale=-1.0), site.x)
    if not site.has("dim"):
        if site.truth("keepdim"):
            raise Unsayable("it searches all axes together, and keeps them")
        x = site.layer(L.Flatten(axis=0), x) if x.rank > 1 else x
    return [_where(site, x, site.axis() if site.has("dim") else 0, site.truth("keepdim"))]


def _where(site: Site, x: Value, axis: int, keeps: bool) -> Value:
    """Return where the largest elements along an axis stand, of equal ones the first."""
    (size,) = certain([x.dims[axis]], "the size of the axis that it searches")
    found = _from_behind(site, x, axis, size, 1)
    return found if keeps else without(site, found, [axis])


def extreme(site: Site) -> list[Value]:
    """Read a max or a min along an axis, which tells where that stands as well."""
    found = reduce.extreme(site)
    if not site.is_wanted(1):
        return found
    x = site.x if site.kind == "max" else site.layer(L.Power(scale=-1.0), site.x)
    return [*found, _where(site, x, site.axis(), site.truth("keepdim"))]


def _from_behind(site: Site, x: Value, axis: int, size: int, count: int) -> Value:
    """Return where the largest elements stand, of equal ones the first one first."""
    behind = site.layer(L.ArgMax(axis=axis, top=count), site.layer(L.Reverse(axis=axis), x))
    return site.add(L.Power(scale=-1.0, shift=float(size - 1)), behind, dtype="int64")[0]


def middle(site: Site) -> list[Value]:
    """Read a median along an axis: of an even number of elements the lower one in the middle."""
    x, axis = site.x, site.axis()
    (size,) = certain([x.dims[axis]], "the size of the axis that it searches")
    site.one_output()
    every = site.layer(L.ArgMax(axis=axis, top=size, values=True), x)
    found = part(site, every, axis, size // 2, size // 2 + 1)
    return [found if site.truth("keepdim") else without(site, found, [axis])]


def sort(site: Site) -> list[Value]:
    """Read a sort: equal elements keep their order, so that the smallest come first where the largest are turned."""
    x, axis = site.x, site.axis("dim", -1)
    (size,) = certain([x.dims[axis]], "the size of the axis that it sorts along")
    layer = L.ArgMax(axis=axis, top=size)
    values = site.layer(layer.replace(values=True), x)
    if site.truth("descending"):
        return [values, _from_behind(site, x, axis, size, size)]
    turned, places = L.Reverse(axis=axis), site.add(layer, x, dtype="int64")
    return [site.layer(turned, values), site.layer(turned, *places)]


def order(site: Site) -> list[Value]:
    """Read an argsort: where what a sort gives has stood."""
    return sort(site)[1:]


def top(site: Site) -> list[Value]:
    """Read a topk; which of equal elements comes first PyTorch leaves open."""
    x, axis, count = site.x, site.axis("dim", -1), site.whole("k")
    (size,) = certain([x.dims[axis]], "the size of the axis that it searches")
    if not 0 < count <= size:
        raise Unsayable(f"it takes {count} of {size}")
    largest = site.truth("largest", True)
    x = x if largest else site.layer(L.Power(scale=-1.0), x)
    values = site.layer(L.ArgMax(axis=axis, top=count, values=True), x)
    values = values if largest else site.layer(L.Power(scale=-1.0), values)
    return [values, *site.add(L.ArgMax(axis=axis, top=count), x, dtype="int64")]


READERS = {
    **dict.fromkeys(["argmax", "argmin"], arg_max),
    **dict.fromkeys(["max", "min"], extreme),
    "median": middle,
    "sort": sort,
    "argsort": order,
    "topk": top,
}

__all__ = ["READERS"]
