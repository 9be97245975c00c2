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
    """Return what is picked along several axes, each on its own; None where it is another look-up."""
    given: Any = site.operator.arguments.get("indices")
    listed = given if isinstance(given, list) else []
    axes = [axis for axis, each in enumerate(listed) if each is not None]
    values = [site.builder.values.get(listed[axis].name) for axis in axes if isinstance(listed[axis], Named)]
    arrays = [each.array() for each in values if each is not None]
    if len(axes) < 2 or len(arrays) < len(axes) or axes != list(range(axes[0], axes[-1] + 1)):
        return None
    x = site.tensor("self")
    for place, (axis, array) in enumerate(zip(axes, arrays, strict=True)):
        behind = (1,) * (len(axes) - 1 - place)
        if array is None or array.dtype.kind not in "iu" or array.shape != (array.size, *behind):
            raise Unsayable("it picks by several arrays of places together")
        x = picked(site, x, axis, [int(each) for each in array.ravel()])
    return [x]


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
