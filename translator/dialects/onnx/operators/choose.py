"""Operators that choose or place by numbers: the largest, one of many, sums up to each place."""

from __future__ import annotations

import numpy as np

from ir import layers as L
from ir.shapes import axis_of
from translator.dialects.onnx.operators.arrange import without
from translator.dialects.onnx.operators.learned import along
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.values import Value, known
from translator.mapping import Unsayable

LONGEST = 2048
"""Parts of an axis at most that a product of matrices works along."""


def top(site: Site) -> list[Value]:
    """Read a TopK: of equal values the catalogue takes the last, so the first are found from behind."""
    axis = site.axis(-1)
    count = int(site.scalar("k", 1, 0))
    (size,) = certain(site.x.dims[axis : axis + 1])
    if not 0 < count <= size:
        raise Unsayable(f"it takes {count} of {size}")
    x = site.x if site.get("largest", 1) else site.layer(L.Power(scale=-1.0), site.x)
    results = []
    if site.is_wanted(0) or not site.is_wanted(1):
        found = site.layer(L.ArgMax(axis=axis, top=count, values=True), x)
        results.append(found if site.get("largest", 1) else site.layer(L.Power(scale=-1.0), found))
    if site.is_wanted(1):
        behind = site.layer(L.ArgMax(axis=axis, top=count), site.layer(L.Reverse(axis=axis), x))
        results += site.add(L.Power(scale=-1.0, shift=float(size - 1)), behind, dtype="int64")
    return results if len(results) == 2 or not site.is_wanted(1) else [results[0], results[0]]


def cumulated(site: Site) -> list[Value]:
    """Read a CumSum: a product with a triangle of ones."""
    x = site.x
    axis = axis_of(int(site.scalar("axis", 1, 0)), x.rank)
    (size,) = certain(x.dims[axis : axis + 1])
    if size > LONGEST:
        raise Unsayable(f"it adds up {size} parts")
    ones = np.tri(size, k=-1 if site.get("exclusive", 0) else 0, dtype=np.float32)
    ones = ones[::-1, ::-1].copy() if site.get("reverse", 0) else ones
    return [along(site, x, axis, ones)]


def triangle(site: Site) -> list[Value]:
    """Read a Trilu: zeros above a diagonal, or below it."""
    x = site.x
    rows, columns = certain(x.dims[-2:])
    if rows * columns > LONGEST**2:
        raise Unsayable(f"it is of {rows} rows and {columns} columns")
    shift = int(site.scalar("k", 1, 0))
    ones = np.tri(rows, columns, np.clip(shift, -rows, columns), dtype=np.float32)
    if site.get("upper", 1):
        ones = 1 - np.tri(rows, columns, np.clip(shift - 1, -rows - 1, columns), dtype=np.float32)
    mask = site.builder.as_tensor(known(ones, "float32"))
    zero = site.builder.as_tensor(known(np.zeros((1,) * x.rank, np.float32), "float32"))
    return site.add(L.Select(), mask, x, zero, dtype=x.dtype)


def one_hot(site: Site) -> list[Value]:
    """Read a OneHot: numbers from below 0 on are counted from the end, and for others beyond there is none."""
    depth, values = int(site.scalar("depth", 1, 0)), site.reals("values", 2) or [0.0, 1.0]
    rank = site.x.rank + 1
    axis = axis_of(site.get("axis", -1), rank)
    if not 0 < depth <= LONGEST or len(values) != 2:
        raise Unsayable(f"it tells one of {depth}")
    found = _marks(site, site.x, depth)
    if values != [0, 1]:
        found = site.layer(L.Power(scale=values[1] - values[0], shift=values[0]), found)
    order = list(range(rank - 1))
    order.insert(axis, rank - 1)
    return [found if axis == rank - 1 else site.layer(L.Permute(order=order), found)]


def _marks(site: Site, x: Value, depth: int) -> Value:
    """Return for each number a row of zeros with a one in its place, which from below 0 on is counted from the end."""
    column = site.layer(L.Reshape(sizes=(1,), axis=-1, count=0), x)
    marks = []
    for first in (0, -depth):
        places = site.builder.as_tensor(known(np.arange(first, first + depth, dtype=np.float32), "float32"))
        marks += site.add(L.Compare(relation="equal"), column, places, dtype="float32")
    return site.layer(L.Add(), *marks)


def hard_max(site: Site) -> list[Value]:
    """Read a Hardmax: a one where the first of the largest values stands, and zeros elsewhere."""
    x = site.x
    axis = site.axis(-1 if site.opset >= 13 else 1)
    (size,) = certain(x.dims[axis : axis + 1])
    if size > LONGEST or (site.opset < 13 and axis != x.rank - 1):
        raise Unsayable(f"it chooses from {size}, or from several axes together")
    behind = site.layer(L.ArgMax(axis=axis), site.layer(L.Reverse(axis=axis), x))
    first = without(site, site.layer(L.Power(scale=-1.0, shift=float(size - 1)), behind), [axis])
    marks = _marks(site, first, size)
    order = list(range(x.rank - 1))
    order.insert(axis, x.rank - 1)
    return [marks if axis == x.rank - 1 else site.layer(L.Permute(order=order), marks)]


READERS = {
    "Hardmax": hard_max,
    "TopK": top,
    "CumSum": cumulated,
    "Trilu": triangle,
    "OneHot": one_hot,
}

__all__ = ["READERS", "along"]
