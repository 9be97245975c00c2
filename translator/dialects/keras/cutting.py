"""How the operations are read that cut, join and widen tensors, and give them other axes: `x[:, -1]`, `ops.stack`, ...

Source: https://keras.io/api/ops/numpy/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ir import layers as L
from ir.graph import Ref
from ir.layer import Layer
from ir.shapes import axis_of
from translator.dialects.keras.operations import operation
from translator.dialects.keras.site import Site

MOST = 64
"""Pieces that a tensor is cut into and joined from at most, where each second one is wanted, say."""

TENSORS = 1000
"""Tensors that one operation gives at most."""


def inserted(site: Site, x: Ref, axis: int, part: str = "") -> Ref:
    """Return a tensor with one more axis, of size 1."""
    return site.add(L.Reshape(sizes=(1,), axis=axis, count=0), x, part=part)


def dropped(site: Site, x: Ref, axis: int, part: str = "") -> Ref:
    """Return a tensor without an axis of size 1."""
    site.need(site.drawn.shapes[x][axis] == 1, "an axis that is to go has not the size 1")
    return site.add(L.Reshape(sizes=(), axis=axis, count=1), x, part=part)


def without(site: Site, x: Ref, axes: Sequence[int]) -> Ref:
    """Return a tensor without some axes of size 1, which are in their order."""
    for axis in reversed(axes):
        x = dropped(site, x, axis, part="" if axis == axes[0] else f"without{axis}")
    return x


def piece(site: Site, x: Ref, axis: int, start: int, stop: int, part: str) -> Ref:
    """Return what stands between two places along an axis of known size."""
    size = site.drawn.shapes[x][axis]
    site.need(size and 0 <= start < stop <= size, "it leaves nothing")
    points = [point for point in (start, stop) if 0 < point < (size or 0)]
    if not points:
        return x
    pieces = site.add(L.Slice(axis=axis, points=points, pieces=len(points) + 1), x, part=part)
    return Ref(pieces.node, 1 if start else 0)


def _size(site: Site, x: Ref, axis: int) -> int:
    size = site.drawn.shapes[x][axis]
    site.need(size is not None and axis > 0, "it cuts the batch, or an axis of no known size")
    return size or 0


@operation("GetItem")
def _get_item(site: Site) -> Ref:
    """Read `x[...]`: from axis to axis an item, a run of them, an axis that is new, or all of it."""
    key = site.places[1] if len(site.places) > 1 else site.options.get("key")
    keys = key if isinstance(key, list) else [key]
    own = sum(each is not None and not _is_ellipsis(each) for each in keys)
    dots = [i for i, each in enumerate(keys) if _is_ellipsis(each)]
    site.need(len(dots) < 2 and own <= site.rank, "it names more axes than there are")
    if dots:
        keys = [*keys[: dots[0]], *[_ALL] * (site.rank - own), *keys[dots[0] + 1 :]]
    x, axis = site.x, 0
    for i, each in enumerate(keys):
        if each is None:
            x = inserted(site, x, axis, part=f"new{i}")
        elif isinstance(each, int) and not isinstance(each, bool):
            size = _size(site, x, axis)
            at = each + size if each < 0 else each
            x = dropped(site, piece(site, x, axis, at, at + 1, f"cut{i}"), axis, part=f"item{i}")
            continue
        else:
            x = _run(site, x, axis, _bounds(site, each), i)
        axis += 1
    return x if x != site.x else site.add(L.Identity())


_ALL = {"start": None, "stop": None, "step": None}


def _is_ellipsis(key: Any) -> bool:
    return isinstance(key, dict) and key.get("class_name") == "__ellipsis__"


def _bounds(site: Site, key: Any) -> slice:
    """Return a run as Python has it, from a dictionary as TensorFlow writes it or as Keras 3 does."""
    inner = key.get("config", key) if isinstance(key, dict) else None
    site.need(isinstance(inner, dict) and {"start", "stop"} <= inner.keys(), "it takes what another tensor says")
    bounds = [(inner or {}).get(each) for each in ("start", "stop", "step")]
    site.need(all(each is None or isinstance(each, int) for each in bounds), "it takes what another tensor says")
    site.need(bounds[2] != 0, "its step is 0")
    return slice(*bounds)


def _run(site: Site, x: Ref, axis: int, bounds: slice, place: int) -> Ref:
    if bounds.start in (None, 0) and bounds.stop is None and bounds.step in (None, 1):
        return x
    size = _size(site, x, axis)
    chosen = range(size)[bounds]
    site.need(chosen, "it leaves nothing")
    if len(chosen) == size and chosen.step == -1:
        return site.add(L.Reverse(axis=axis), x, part=f"turned{place}")
    if chosen.step == 1:
        return piece(site, x, axis, chosen[0], chosen[-1] + 1, f"cut{place}")
    site.need(size <= MOST, "it takes every so many of a long axis")
    pieces = site.add(L.Slice(axis=axis, pieces=size), x, part=f"cut{place}")
    return site.add(L.Concat(axis=axis), *(Ref(pieces.node, i) for i in chosen), part=f"taken{place}")


@operation("ExpandDims")
def _expand(site: Site) -> Ref:
    axis = site.get("axis")
    site.need(isinstance(axis, int), "it has several axes")
    return inserted(site, site.x, axis_of(axis, site.rank, end=True) if axis >= 0 else axis + site.rank + 1)


@operation("Squeeze")
def _squeeze(site: Site) -> Ref:
    axes = site.get("axis")
    if axes in (None, []):
        site.need(None not in site.shapes[0][1:], "its sizes are not known")
        axes = [i for i, size in enumerate(site.shapes[0]) if size == 1]
    axes = sorted({axis_of(each, site.rank) for each in (axes if isinstance(axes, list) else [axes])})
    return without(site, site.x, axes) if axes else site.add(L.Identity())


@operation("Stack")
def _stack(site: Site) -> Ref:
    axis = site.get("axis", 0)
    axis = axis + site.rank + 1 if axis < 0 else axis
    rows = [inserted(site, ref, axis, part=f"row{i}") for i, ref in enumerate(site.inputs)]
    return site.add(L.Concat(axis=axis), *rows)


@operation("Unstack")
def _unstack(site: Site) -> Sequence[Ref]:
    axis = axis_of(site.get("axis", 0), site.rank)
    count = _size(site, site.x, axis)
    site.need(count <= TENSORS, "it makes too many tensors")
    pieces = site.add(L.Slice(axis=axis, pieces=count), part="rows")
    return [dropped(site, Ref(pieces.node, i), axis, part=f"row{i}") for i in range(count)]


@operation("Concatenate")
def _concatenate(site: Site) -> Ref:
    return site.add(L.Concat(axis=site.get("axis", 0))) if len(site.inputs) > 1 else site.add(L.Identity())


@operation("Swapaxes")
def _swap(site: Site) -> Ref:
    order = list(range(site.rank))
    one, other = (axis_of(site.get(key), site.rank) for key in ("axis1", "axis2"))
    order[one], order[other] = order[other], order[one]
    return site.add(L.Permute(order=order))


@operation("SplitSizes")
def _split(site: Site) -> Sequence[Ref]:
    """Cut into a number of equal pieces, or into pieces of certain sizes, of which one may be left open."""
    axis, wanted = axis_of(site.get("axis", 0), site.rank), site.get("sizes")
    site.need((len(wanted) if isinstance(wanted, list) else wanted) <= TENSORS, "it makes too many tensors")
    if not isinstance(wanted, list):
        pieces = site.add(L.Slice(axis=axis, pieces=wanted))
        return [Ref(pieces.node, i) for i in range(wanted)]
    left = _size(site, site.x, axis) - sum(each for each in wanted if each != -1)
    sizes = [left if each == -1 else each for each in wanted]
    points = [sum(sizes[:i]) for i in range(1, len(sizes))]
    site.need(sum(sizes) == site.shapes[0][axis] and min(sizes) > 0, "its pieces are not as large as what it cuts")
    pieces = site.add(L.Slice(axis=axis, points=points, pieces=len(sizes)))
    return [Ref(pieces.node, i) for i in range(len(sizes))]


@operation("Transpose")
def _transpose(site: Site) -> Ref:
    return site.add(L.Permute(order=site.get("axes") or tuple(range(site.rank))[::-1]))


@operation("Reshape")
def _reshape(site: Site) -> Ref:
    sizes = [-1 if size is None else size for size in site.get("newshape") or ()]
    batch = site.shapes[0][0]
    if sizes.count(-1) == 2 and sizes[0] == -1 and batch is None:
        sizes[0] = 0
    return site.add(L.Reshape(sizes=sizes))


@operation("Split")
def _split_at(site: Site) -> Sequence[Ref]:
    where, axis = site.get("indices_or_sections"), site.get("axis", 0)
    if isinstance(where, int):
        layer = L.Slice(axis=axis, pieces=where)
    else:
        layer = L.Slice(axis=axis, points=where, pieces=len(where) + 1)
    ref = site.add(layer)
    return [Ref(ref.node, i) for i in range(layer.pieces)]


@operation("Tile")
def _tile(site: Site) -> Ref:
    repeats = site.get("repeats")
    site.need(isinstance(repeats, list) and len(repeats) == site.rank, "its repeats")
    tiles: list[Layer] = [L.Tile(axis=axis, times=times) for axis, times in enumerate(repeats) if times != 1]
    steps = tiles or [L.Identity()]
    ref = site.x
    for i, layer in enumerate(steps):
        ref = site.add(layer, ref, part=f"{i}" if layer is not steps[-1] else "")
    return ref


@operation("Pad")
def _pad(site: Site) -> Ref:
    width = site.get("pad_width")
    rank = site.rank - 2
    site.need(isinstance(width, list) and len(width) == site.rank and rank in (1, 2, 3), "its border")
    mode = str(site.get("mode", "constant")).lower()
    site.need(mode in ("constant", "reflect"), f"its border is of the mode {mode}")
    space = width[1:-1] if site.layout == "channels_last" else width[2:]
    others = [width[0], width[-1 if site.layout == "channels_last" else 1]]
    site.need(all(each == [0, 0] for each in others), "it adds to the batch or the channels")
    value = site.options.get("constant_values", site.get("constant_values", 0.0))
    pad: Any = {1: L.Pad1D, 2: L.Pad2D, 3: L.Pad3D}[rank]
    if mode == "reflect":
        return site.add(pad(pad=space, mode=mode))
    return site.add(pad(pad=space, value=None if value == float("-inf") else value or 0.0))


@operation("Take")
def _take(site: Site) -> Ref:
    site.need(site.get("axis") == 0 and len(site.inputs) == 2, "it takes along another axis than the batch")
    return site.add(L.BatchReindex())


@operation("TakeAlongAxis")
def _take_along(site: Site) -> Ref:
    axis = site.get("axis")
    site.need(isinstance(axis, int) and len(site.inputs) == 2, "it takes from all axes together")
    return site.add(L.TakeAlong(axis=axis))
