"""Operators whose every result is a sum of elements along an axis, each by a number known beforehand: a matrix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ir import layers as L
from ir.weights import Tensor
from translator.dialects.pytorch.exported import Size
from translator.dialects.pytorch.reading import Site, certain
from translator.dialects.pytorch.values import Value
from translator.mapping import Unsayable

LARGEST = 1 << 24
"""Numbers of a matrix at most."""


def mixed(site: Site, x: Value, axis: int, after: int, matrix: Callable[[], Any]) -> Value:
    """Multiply a matrix, a row for each result, by the elements along an axis; it is made when it is asked for."""
    (before,) = certain([x.dims[axis]], "the size of the axis that it changes")
    if after < 1 or before < 1 or before * max(before, after) > LARGEST:
        raise Unsayable(f"it brings {before} elements to {after}")
    order = [*(place for place in range(x.rank) if place != axis), axis]
    kernel = {"kernel": Tensor((after, before), matrix)}
    layer = L.Dense(units=after, bias=False)
    if axis == x.rank - 1:
        return site.layer(layer, x, weights=kernel)
    found = site.layer(layer, site.layer(L.Permute(order=order), x), weights=kernel)
    return site.layer(L.Permute(order=[order.index(place) for place in range(x.rank)]), found)


def chosen(site: Site, x: Value, axis: int, places: Sequence[int]) -> Value:
    """Pick places along an axis."""
    (size,) = certain([x.dims[axis]], "the size of the axis that it picks along")
    return mixed(site, x, axis, len(places), lambda: np.eye(size, dtype=np.float32)[list(places)])


def factors_of(site: Site, x: Value) -> list[float | None]:
    """Return the factor by which each spatial axis is said to grow; None where only its size is said."""
    given = site.operator.arguments.get("scale_factors")
    if not isinstance(given, list) or len(given) != x.rank - 2:
        names = ["scales"] if x.rank == 3 else ["scales_d", "scales_h", "scales_w"][5 - x.rank :]
        given = [site.operator.arguments.get(name) for name in names]
    return [float(each) if isinstance(each, (int, float)) and each > 0 else None for each in given]


def resized(site: Site, x: Value, sizes: tuple[Size, ...], method: str, corners: bool) -> Value:
    """Bring the spatial axes to sizes, each on its own; pixels are placed by their middles, or corners in corners."""
    old, new = certain(x.dims[2:], "the size of the image"), certain(sizes, "the size that it gives")
    for axis, (before, after, factor) in enumerate(zip(old, new, factors_of(site, x), strict=True), 2):
        if before != after or (method in ("cubic", "exact") and factor not in (None, 1)):
            x = mixed(site, x, axis, after, partial(_resizing, before, after, factor, method, corners))
    return x


def _resizing(before: int, after: int, factor: float | None, method: str, corners: bool) -> Any:
    """Return the share that each of so many elements has in each of those of another size.

    Source: `aten/src/ATen/native/UpSample.h` of PyTorch 2.13, which reckons with 32 bits
    """
    places, one = np.arange(after, dtype=np.float32), np.float32(1)
    step = np.float32(1 / factor) if factor else np.float32(before) / np.float32(after)
    if corners:
        step = np.float32(before - 1) / np.float32(after - 1) if after > 1 else np.float32(0)
    half = np.float32(0 if corners else 0.5)
    matrix = np.zeros((after, before), np.float32)
    rows = np.arange(after)
    if method == "nearest" and after == 2 * before:
        step = np.float32(0.5)
    if method in ("nearest", "exact"):
        found = np.floor((places + np.float32(0.5 if method == "exact" else 0)) * step).astype(int)
        matrix[rows, np.clip(found, 0, before - 1)] = 1
        return matrix
    at = (places + half) * step - half
    if method == "linear":
        at = np.maximum(at, 0)
    first = np.floor(at).astype(int)
    rest = at - first
    shares = {0: one - rest, 1: rest} if method == "linear" else _cubic(rest)
    for offset, share in shares.items():
        np.add.at(matrix, (rows, np.clip(first + offset, 0, before - 1)), share)
    return matrix


def antialiased(site: Site, x: Value, sizes: tuple[Size, ...], cubic: bool) -> Value:
    """Bring the spatial axes to sizes; where they shrink, each result is an average over all that becomes it."""
    old, new = certain(x.dims[2:], "the size of the image"), certain(sizes, "the size that it gives")
    for axis, (before, after, factor) in enumerate(zip(old, new, factors_of(site, x), strict=True), 2):
        step = 1 / factor if factor else before / after
        if before != after or step != 1:
            x = mixed(site, x, axis, after, partial(_averaging, before, after, step, cubic))
    return x


def _averaging(before: int, after: int, step: float, cubic: bool) -> Any:
    """Return the share that each of so many elements has in each of those of another size, as `step` of them do.

    Source: `aten/src/ATen/native/cpu/UpSampleKernel.cpp` of PyTorch 2.13 (`_compute_indices_min_size_weights_aa`)
    """
    wide = max(1.0, step)
    reach = (2 if cubic else 1) * wide
    matrix = np.zeros((after, before), np.float32)
    for row in range(after):
        centre = step * (row + 0.5)
        first, stop = max(int(centre - reach + 0.5), 0), min(int(centre + reach + 0.5), before)
        away = np.abs((np.arange(first, stop) - centre + 0.5) / wide)
        shares = _bent(away) if cubic else np.maximum(1 - away, 0)
        matrix[row, first:stop] = shares / shares.sum()
    return matrix


def _bent(away: Any) -> Any:
    """Return the share of an element by how far it is away, of a cubic curve with the factor -0.5."""
    behind = _cubic(away % 1, -0.5)
    return np.select([away < 1, away < 2], [behind[0], behind[-1]], 0.0)


def _cubic(rest: Any, bend: float = -0.75) -> dict[int, Any]:
    """Return the shares of the four elements around a place, by how far behind the second of them it is."""

    def near(x: Any) -> Any:
        return ((bend + 2) * x - (bend + 3)) * x * x + 1

    def far(x: Any) -> Any:
        return ((bend * x - 5 * bend) * x + 8 * bend) * x - 4 * bend

    return {-1: far(rest + 1), 0: near(rest), 1: near(1 - rest), 2: far(2 - rest)}


def averaged(site: Site, x: Value, axis: int, after: int) -> Value:
    """Average windows along an axis, as many as are wanted and as even as can be, which may share elements."""
    (before,) = certain([x.dims[axis]], "the size that it pools")

    def matrix() -> Any:
        found = np.zeros((after, before), np.float32)
        for row in range(after):
            window = slice(row * before // after, -(-(row + 1) * before // after))
            found[row, window] = 1 / (window.stop - window.start)
        return found

    return mixed(site, x, axis, after, matrix)


def running_total(site: Site) -> list[Value]:
    """Read a cumsum."""
    x, axis = site.x, site.axis()
    (size,) = certain([x.dims[axis]], "the size of the axis that it sums along")
    return [mixed(site, x, axis, size, lambda: np.tri(size, dtype=np.float32))]


READERS = {"cumsum": running_total}

__all__ = ["READERS", "antialiased", "averaged", "chosen", "factors_of", "mixed", "resized"]
