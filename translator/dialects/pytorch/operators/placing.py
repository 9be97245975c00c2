"""Operators that take values from places that are known while the model runs, or put them there."""

from __future__ import annotations

from typing import Any

from ir import layers as L
from ir.shapes import agree
from translator.dialects.pytorch.operators.cutting import part
from translator.dialects.pytorch.operators.learned import places_of
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.values import Value
from translator.mapping import Unsayable

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
    """Read a scatter, with what joins the values with those that are there."""
    x, index = site.tensor("self"), places_of(site, "index")
    axis, how = site.axis("dim", rank=x.rank), site.text("reduce", "sum" if site.kind == "scatter_add" else "")
    if not site.is_tensor("src") or (how and how not in JOINS) or not site.truth("include_self", True):
        raise Unsayable("it puts one number, or leaves out what was there")
    _same_elsewhere(site, x, index, axis)
    return site.add(L.PutAlong(axis=axis, how=JOINS.get(how, "instead")), x, index, site.tensor("src"))


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
    **dict.fromkeys(["grid_sampler", "grid_sampler_2d", "grid_sampler_3d"], sample),
}
