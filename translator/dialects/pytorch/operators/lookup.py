"""Operators that pick parts of tensors by their places."""

from __future__ import annotations

from typing import Any

import numpy as np

from ir import layers as L
from ir.shapes import axis_of
from ir.weights import of_array
from translator.dialects.pytorch.exported import Named
from translator.dialects.pytorch.operators.cutting import part
from translator.dialects.pytorch.operators.learned import places_of
from translator.dialects.pytorch.operators.mixing import chosen
from translator.dialects.pytorch.reading import Site, certain
from translator.dialects.pytorch.spreading import counts_all
from translator.dialects.pytorch.values import Value, constant
from translator.mapping import Unsayable


def index(site: Site) -> list[Value]:
    """Read a look-up: rows of a table, items of a batch, or parts that are known, along one axis or along several."""
    name = "index" if site.kind == "index_select" else "indices"
    if (crossed := _crossed(site)) is not None:
        return crossed
    axis, by = _looked_up(site, name)
    if by.array() is None and axis == 0 and by.rank == 1 and not site.is_constant("self"):
        return site.add(L.BatchReindex(), site.tensor("self"), places_of(site, name))
    if site.is_constant("self") and axis == 0 and len(site.weight("self").shape) == 2 and by.array() is None:
        table = site.weight("self")
        layer = L.Embed(vocabulary=table.shape[0], units=table.shape[1])
        return site.add(layer, places_of(site, name), weights={"kernel": table}, dtype=table.dtype)
    array = by.array()
    if array is None or array.ndim != 1 or array.dtype.kind not in "iu":
        raise Unsayable("it picks by places that are known at run time alone")
    return [picked(site, site.tensor("self"), axis, [int(each) for each in array])]


def _crossed(site: Site) -> list[Value] | None:
    """Return what is picked by places that are known along several axes in a row; None where it is another look-up."""
    given: Any = site.operator.arguments.get("indices")
    listed = given if isinstance(given, list) else []
    axes = [axis for axis, each in enumerate(listed) if each is not None]
    values = [site.builder.values.get(listed[axis].name) for axis in axes if isinstance(listed[axis], Named)]
    if len(axes) < 2 or axes != list(range(axes[0], axes[-1] + 1)) or len(values) < len(axes):
        return None
    x = site.tensor("self")
    rank = max(each.rank for each in values if each is not None)
    if axes[0] == 0 and values[0] is not None and values[0].rank == rank and counts_all(values[0], x.dims[0]):
        axes, values, rank = axes[1:], values[1:], rank - 1
    arrays = [array for each in values if each is not None and (array := each.array()) is not None]
    if len(arrays) < len(axes):
        return None
    if any(array.dtype.kind not in "iu" for array in arrays):
        raise Unsayable("it picks by truths")
    padded = [array.reshape((*(1,) * (rank - array.ndim), *array.shape)[-rank:]) for array in arrays]
    return [_picked_by(site, x, axes, padded)]


def _picked_by(site: Site, x: Value, axes: list[int], arrays: list[Any]) -> Value:
    """Return what is picked by arrays of places along axes in a row, in the shape that the arrays have together."""
    found, count = np.broadcast_shapes(*(array.shape for array in arrays)), len(axes)
    if _is_grid(arrays):
        for axis, array in zip(axes, arrays, strict=True):
            x = picked(site, x, axis, [int(each) for each in array.ravel()])
    else:
        sizes = certain([x.dims[axis] for axis in axes], "the size of an axis that it picks along")
        flat = np.ravel_multi_index(
            np.broadcast_arrays(*(a % size for a, size in zip(arrays, sizes, strict=True))), sizes
        )
        x = site.layer(L.Reshape(sizes=(-1,), axis=axes[0], count=count), x)
        x, count = picked(site, x, axes[0], [int(each) for each in flat.ravel()]), 1
    if x.shape[axes[0] : axes[0] + count] == found:
        return x
    return site.layer(L.Reshape(sizes=found, axis=axes[0], count=count), x)


def _is_grid(arrays: list[Any]) -> bool:
    """Tell whether each array of places has an axis of its own in what is picked, in their order."""
    rank = max(array.ndim for array in arrays)
    owned = [[rank - array.ndim + axis for axis, size in enumerate(array.shape) if size != 1] for array in arrays]
    places = [each for axes in owned for each in axes]
    return all(len(axes) < 2 for axes in owned) and places == sorted(set(places))


def _looked_up(site: Site, name: str) -> tuple[int, Value]:
    """Return the axis along which is picked, and the places."""
    rank = site.value("self").rank
    if site.kind == "index_select":
        return site.axis("dim", rank=rank), site.value(name)
    given: Any = site.operator.arguments.get(name)
    places = [place for place, each in enumerate(given if isinstance(given, list) else []) if each is not None]
    if len(places) != 1 or not isinstance(given[places[0]], Named):
        raise Unsayable("it picks by several arrays of places")
    found = site.builder.values.get(given[places[0]].name)
    if found is None:
        raise ValueError("has no places that it picks")
    return axis_of(places[0], rank), found


def picked(site: Site, x: Value, axis: int, places: list[int]) -> Value:
    """Return some parts of a tensor along an axis, in any order."""
    (size,) = certain([x.dims[axis]], "the size of the axis that it picks along")
    places = [place + size if place < 0 else place for place in places]
    if not places or not all(0 <= place < size for place in places):
        raise ValueError(f"picks {places[:5]} of {size}")
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] + 1 == place:
            runs[-1].append(place)
        else:
            runs.append([place])
    if places == list(range(size))[::-1]:
        return site.layer(L.Reverse(axis=axis), x)
    if len(runs) > 64 and axis == 0:
        numbers = site.builder.as_tensor(constant(of_array(np.array(places, np.float32))))
        return site.layer(L.BatchReindex(), x, numbers)
    if len(runs) > 8:
        return chosen(site, x, axis, places)
    parts = [part(site, x, axis, run[0], run[-1] + 1) for run in runs]
    return parts[0] if len(parts) == 1 else site.layer(L.Concat(axis=axis), *parts)


READERS = dict.fromkeys(["index", "index_select", "_unsafe_index"], index)

__all__ = ["READERS"]
