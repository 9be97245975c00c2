"""Operators that take values from places that are known while the model runs, or put them there."""

from __future__ import annotations

from typing import Any

import numpy as np

from ir import layers as L
from ir.shapes import agree
from translator.dialects.pytorch.exported import Named
from translator.dialects.pytorch.operators.cutting import part
from translator.dialects.pytorch.operators.learned import places_of
from translator.dialects.pytorch.operators.lookup import picked
from translator.dialects.pytorch.operators.mixing import mixed
from translator.dialects.pytorch.operators.pointwise import number
from translator.dialects.pytorch.operators.terms import Terms
from translator.dialects.pytorch.reading import Site, certain
from translator.dialects.pytorch.values import Value
from translator.mapping import Unsayable
from translator.terms import bounded

JOINS: dict[str, Any] = {
    "sum": "add",
    "add": "add",
    "prod": "multiply",
    "multiply": "multiply",
    "amax": "max",
    "amin": "min",
}
MODES = ("linear", "nearest", "cubic")
BORDERS = ("zeros", "edge", "mirror")


def _same_elsewhere(site: Site, x: Value, index: Value, axis: int) -> None:
    """Require that an index has the sizes of a tensor but along an axis."""
    if x.rank != index.rank or not all(agree(*pair) for pair in _others(x, index, axis)):
        raise Unsayable("what says where has other sizes along further axes")


def _others(x: Value, index: Value, axis: int) -> list[tuple[int | None, int | None]]:
    pairs = zip(x.shape, index.shape, strict=True)
    return [pair for place, pair in enumerate(pairs) if place != axis]


def take(site: Site) -> list[Value]:
    """Read a gather, or a take_along_dim; the first of what there is along further axes is taken."""
    x, index = site.tensor("self"), places_of(site, "index" if site.kind == "gather" else "indices")
    axis = site.axis("dim", rank=x.rank)
    for other, (size, wanted) in enumerate(zip(x.dims, index.dims, strict=False)):
        if (
            site.kind == "gather"
            and other != axis
            and isinstance(size, int)
            and isinstance(wanted, int)
            and wanted < size
        ):
            x = part(site, x, other, 0, wanted)
    _same_elsewhere(site, x, index, axis)
    return site.add(L.TakeAlong(axis=axis), x, index)


def put(site: Site) -> list[Value]:
    """Read a scatter, of values or of one number, with what joins them with those that are there."""
    x, index = site.tensor("self"), places_of(site, "index")
    axis, how = site.axis("dim", rank=x.rank), site.text("reduce", "sum" if site.kind == "scatter_add" else "")
    if (how and how not in JOINS) or not site.truth("include_self", True):
        raise Unsayable("it leaves out what was there")
    _same_elsewhere(site, x, index, axis)
    values = site.tensor("src") if site.has("src") else Terms(site).line(index, 0.0, site.real("value"))
    return site.add(L.PutAlong(axis=axis, how=JOINS.get(how, "instead")), x, index, values)


def put_at(site: Site) -> list[Value]:
    """Read an index_put: one number where a mask is true, or parts in places along an axis that are known."""
    x, given = site.tensor("self"), site.operator.arguments.get("indices")
    named = [each for each in enumerate(given) if isinstance(each[1], Named)] if isinstance(given, list) else []
    if len(named) != 1 or named[0][1].name not in site.builder.values or site.truth("accumulate"):
        raise Unsayable("it puts by several numbers for a place, or adds to what is there")
    axis, index = named[0][0], site.builder.values[named[0][1].name]
    alone = number(site, "values") is not None
    if index.dtype == "bool":
        if not alone:
            raise Unsayable("it puts several numbers where a mask is true")
        mask, behind = site.builder.as_tensor(index), x.rank - axis - index.rank
        if behind:
            mask = site.layer(L.Reshape(sizes=(1,) * behind, axis=index.rank, count=0), mask)
        return site.add(L.Select(), mask, site.operand("values"), x, dtype=x.dtype)
    places = _places(x, axis, index)
    if alone:
        return _filled(site, x, axis, places, site.operand("values"))
    return _replaced(site, x, axis, places, site.tensor("values"))


def put_along(site: Site) -> list[Value]:
    """Read an index_fill, an index_copy or an index_add: parts along an axis, in places that are known."""
    x = site.tensor("self")
    axis = site.axis("dim", rank=x.rank)
    places = _places(x, axis, site.value("index"))
    if site.kind == "index_fill":
        return _filled(site, x, axis, places, site.operand("value"))
    values = site.tensor("source")
    if site.kind == "index_copy":
        return _replaced(site, x, axis, places, values)
    (size,) = certain([x.dims[axis]])

    def matrix() -> Any:
        return (np.arange(size)[:, None] == np.array(places)[None]).astype(np.float32)

    spread = mixed(site, values, axis, size, matrix)
    return [Terms(site).add(x, Terms(site).line(spread, site.real("alpha", 1.0)))]


def _places(x: Value, axis: int, index: Value) -> list[int]:
    """Return places along an axis that are known, counted from the front."""
    (size,) = certain([x.dims[axis]], "the size of the axis that it puts along")
    bounded(size)
    array = index.array()
    if array is None or array.ndim > 1 or not array.size or not -size <= array.min() <= array.max() < size:
        raise Unsayable("it puts to places that are known at run time alone")
    return [int(place) % size for place in array.ravel()]


def _filled(site: Site, x: Value, axis: int, places: list[int], value: Value) -> list[Value]:
    """Put one number into parts along an axis."""
    (size,) = certain([x.dims[axis]])
    chosen = np.isin(np.arange(size), places).reshape(-1, *(1,) * (x.rank - axis - 1))
    return site.add(L.Select(), Terms(site).constant(chosen), value, x, dtype=x.dtype)


def _replaced(site: Site, x: Value, axis: int, places: list[int], values: Value) -> list[Value]:
    """Put the parts of another tensor instead of those in some places."""
    if len({*places}) < len(places):
        raise Unsayable("two values go to one place")
    if values.rank != x.rank or not agree(values.shape[axis], len(places)):
        raise Unsayable("what it puts stretches")
    _same_elsewhere(site, x, values, axis)
    order = list(range(*certain([x.dims[axis]])))
    for at, place in enumerate(places, len(order)):
        order[place] = at
    return [picked(site, site.layer(L.Concat(axis=axis), x, values), axis, order)]


def sample(site: Site) -> list[Value]:
    """Read a grid_sampler of an image or a volume."""
    x, grid = site.tensor("input"), site.tensor("grid")
    mode, border = site.whole("interpolation_mode"), site.whole("padding_mode")
    if x.rank not in (4, 5) or mode not in range(3) or border not in range(3):
        raise ValueError(f"takes from {x.rank} axes, in the way {mode} and {border} beyond the border")
    layer: Any = L.GridSample2D if x.rank == 4 else L.GridSample3D
    return site.add(layer(mode=MODES[mode], border=BORDERS[border], corners=site.truth("align_corners")), x, grid)


READERS = {
    **dict.fromkeys(["gather", "take_along_dim"], take),
    **dict.fromkeys(["scatter", "scatter_add", "scatter_reduce"], put),
    **dict.fromkeys(["index_fill", "index_copy", "index_add"], put_along),
    **dict.fromkeys(["index_put", "_unsafe_index_put"], put_at),
    **dict.fromkeys(["grid_sampler", "grid_sampler_2d", "grid_sampler_3d"], sample),
}
