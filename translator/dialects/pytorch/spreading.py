"""Arrays that are the same for each item of a batch, and numbers that are the same everywhere, over open sizes."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ir.weights import Tensor, of_array
from translator.dialects.pytorch.arrays import MOVES, PARTS, POINTWISE, RANGES, reshaped
from translator.dialects.pytorch.exported import Named, Size
from translator.dialects.pytorch.gathers import GATHERS, REARRANGES, REPEATS
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.values import SMALL, Value, constant, shape_of
from translator.mapping import Unsayable

LARGEST = 1 << 29
"""Numbers of an array at most that takes no bytes of the file."""
ALONG = frozenset(["cumsum", "diff", "slice", "select"])
"""What works along one axis."""
LOOKUPS = frozenset(["index", "_unsafe_index"])
"""What picks by places along its first axes."""


def filled(shape: Sequence[int], number: float, dtype: str) -> Tensor:
    """Return an array with one number everywhere; raise Unsayable where it is larger than a weight is."""
    if prod(shape) > LARGEST:
        raise Unsayable(f"it makes an array of the shape {tuple(shape)}, which no weight has")
    return Tensor(tuple(shape), lambda: np.broadcast_to(np.array(number, dtype), shape), dtype)


def everywhere(dims: tuple[Size, ...], number: float, dtype: str) -> Value:
    """Return what has one number everywhere, some of whose sizes may be open."""
    shape = shape_of(dims)
    if None not in shape and prod(size or 0 for size in shape) <= SMALL:
        return constant(filled([size or 0 for size in shape], number, dtype))
    return Value(shape, dims, dtype, fill=number)


def counted(value: Value, dims: tuple[Size, ...]) -> Value | None:
    """Return the places of items in another shape, where nothing but axes of size 1 comes or goes."""
    if not value.counts or _without_ones(value.dims) != _without_ones(dims):
        return None
    return Value(shape_of(dims), dims, value.dtype, counts=True)


def spread(site: Site, values: Sequence[Value], dims: tuple[Size, ...], dtype: str) -> Value | None:
    """Return what an operator gives of arrays that are stretched over open sizes; None where it is another one then."""
    if not values:
        whole = site.kind == "arange" and site.real("start", 0) == 0 and site.real("step", 1) == 1
        return Value(shape_of(dims), dims, dtype, counts=True) if whole and len(dims) == 1 else None
    moved = _moved(site, values[0], dims) if len(values) == 1 and site.kind in REARRANGES else None
    return moved or _of_one_item(site, values, dims, dtype)


def _moved(site: Site, value: Value, dims: tuple[Size, ...]) -> Value | None:
    """Stretch an array over open sizes, with a size of 1 for each, or let axes of size 1 come or go."""
    if value.tensor is None:
        return None
    if value.tensor.size == 1 and (array := value.array()) is not None:
        return everywhere(dims, float(array.ravel()[0]), value.dtype)
    tensor = value.tensor
    if site.kind in REPEATS:
        if any(old not in (1, new) for old, new in zip(reversed(value.dims), reversed(dims), strict=False)):
            return None
    elif site.kind not in ("expand", "expand_as") and value.dims != dims:
        if MOVES[site.kind] is not reshaped or _without_ones(value.dims) != _without_ones(dims):
            return None
        flat = tuple(size if isinstance(size, int) else 1 for size in dims)
        if prod(flat) != tensor.size:
            return None
        tensor = tensor.reshaped(flat)
    return Value(shape_of(dims), dims, value.dtype, tensor=tensor)


def _without_ones(dims: Sequence[Size | None]) -> list[Size | None]:
    return [size for size in dims if size != 1]


def _of_one_item(site: Site, values: Sequence[Value], dims: tuple[Size, ...], dtype: str) -> Value | None:
    """Work out for one item what is the same for each: of elements, along an axis, or at the item's own place."""
    kind = site.kind
    is_pointwise = kind in POINTWISE and kind not in (*RANGES, *PARTS)
    if any(value.counts for value in values) and kind not in LOOKUPS:
        return None
    if not is_pointwise and (kind not in ALONG | LOOKUPS or not _is_of_each(site, values)):
        return None
    arrays = [_item(value) for value in values]
    if any(array is None for array in arrays):
        return None
    flat = tuple(size if isinstance(size, int) else 1 for size in dims)
    fold = POINTWISE.get(kind) or GATHERS.get(kind) or MOVES[kind]
    with np.errstate(all="ignore"):
        found = np.asarray(fold(site, arrays, flat)).astype(dtype, copy=False)
    if found.shape != flat:
        return None
    return Value(shape_of(dims), dims, dtype, tensor=of_array(found))


def _item(value: Value) -> Any:
    """Return what a value is for one item, with a size of 1 along open axes; None where that is not known, or much."""
    flat = tuple(1 if size is None else size for size in value.shape)
    if prod(flat) > SMALL or value.ref is not None:
        return None
    if value.counts:
        return np.zeros(flat, np.int64)
    if value.fill is not None:
        return np.full(flat, value.fill, value.dtype)
    return None if value.tensor is None else np.broadcast_to(value.tensor.numpy(), flat)


def _is_of_each(site: Site, values: Sequence[Value]) -> bool:
    """Tell whether an operator does to each item what it does to one: what it works along is no open axis, or own."""
    x = values[0]
    if site.kind in ALONG:
        return not x.counts and x.shape[site.axis(default=-1 if site.kind == "diff" else 0, rank=x.rank)] is not None
    given: Any = site.operator.arguments.get("indices")
    listed = given if isinstance(given, list) else []
    by = [site.builder.values.get(each.name) if isinstance(each, Named) else None for each in listed]
    opened = [axis for axis, size in enumerate(x.shape) if size is None]
    own = [axis for axis, each in enumerate(by) if each is not None and each.counts]
    if x.counts or any(axis not in opened or not counts_all(by[axis], x.dims[axis]) for axis in own):
        return False
    return all(axis in own or axis >= len(by) or by[axis] is None for axis in opened)


def counts_all(value: Value | None, size: Size | None) -> bool:
    """Tell whether a value is the place of each item of an open size."""
    return value is not None and value.counts and _without_ones(value.dims) == [size]


__all__ = ["LARGEST", "counted", "counts_all", "everywhere", "filled", "spread"]
