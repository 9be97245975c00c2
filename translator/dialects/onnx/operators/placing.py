"""Operators that take values from places, or put them there, which are known while the model runs."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ir import layers as L
from translator.dialects.onnx.operators.learned import part, pieces
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.values import MANY, SMALL, Open, Value
from translator.mapping import Unsayable
from translator.terms import bounded, counted

FEW = 16
"""Pieces at most that a tensor is put together from, where it could be picked row by row."""
JOINS: dict[str, Any] = {"none": "instead", "add": "add", "mul": "multiply", "max": "max", "min": "min"}


def _places(site: Site, place: int, size: Any) -> Value:
    """Return numbers of places along an axis of some size, those from below 0 on counted from the front."""
    of = Terms(site)
    if site.is_constant(place) and (array := site.value(place).array()) is not None and array.dtype != object:
        if isinstance(size, Open):
            if (array < 0).any():
                raise Unsayable("it counts from the end of an axis of no certain size")
            return of.constant(array)
        if array.size and not -size <= array.min() <= array.max() < size:
            raise ValueError(f"takes place {array.min()} to {array.max()} of {size}")
        return of.constant(np.where(array < 0, array + size, array))
    index = site.tensor(place)
    (size,) = certain([size], "the size of the axis that it takes from")
    return of.add(index, of.line(of.is_("less", index, 0.0), float(size)))


def _cut(site: Site, x: Value, index: Value, axis: int) -> Value:
    """Return what of a tensor an index may reach, which has none of the others of its places along further axes."""
    for other in range(x.rank):
        size, wanted = x.dims[other], index.dims[other]
        if other == axis or size == wanted or isinstance(size, Open) or isinstance(wanted, Open):
            continue
        x = part(site, x, other, 0, int(wanted))
    return x


def gather_elements(site: Site) -> list[Value]:
    """Read a GatherElements."""
    axis = site.axis(0)
    if not site.has(1) or site.value(1).rank != site.x.rank:
        raise ValueError("has not as many axes in what it takes as in what says where")
    index = _places(site, 1, site.x.dims[axis])
    return site.add(L.TakeAlong(axis=axis), _cut(site, site.x, index, axis), index)


def scatter_elements(site: Site) -> list[Value]:
    """Read a ScatterElements, or the Scatter that was before it."""
    x, axis, how = site.x, site.axis(0), site.get("reduction", "none")
    index, values = _places(site, 1, x.dims[axis]), site.tensor(2)
    if how not in JOINS:
        raise ValueError(f"joins values by {how!r}")
    layer = L.PutAlong(axis=axis, how=JOINS[how])
    if all(each == axis or x.dims[each] == index.dims[each] for each in range(x.rank)):
        return site.add(layer, x, index, values)
    return _put_into_part(site, layer, index, values)


def _put_into_part(site: Site, layer: L.PutAlong, index: Value, values: Value) -> list[Value]:
    """Put values where the index is of less than the tensor along further axes: all there, among what stays."""
    raise Unsayable("what says where is of less than the tensor along further axes")


def _tuples(site: Site, index: Value, sizes: tuple[int, ...]) -> Value:
    """Return places in the first axes together, where the last axis of an index says one for each of them."""
    of = Terms(site)
    steps = [prod(sizes[place + 1 :]) for place in range(len(sizes))]
    if site.is_constant(1) and (array := site.value(1).array()) is not None and array.dtype != object:
        counted = np.where(array < 0, array + np.array(sizes), array)
        if ((counted < 0) | (counted >= np.array(sizes))).any():
            raise ValueError(f"has places beyond those of {sizes}")
        return of.constant((counted * np.array(steps)).sum(-1))
    whole = of.constant(np.array(sizes))
    below = of.is_("less", index, 0.0)
    front = of.add(index, site.layer(L.ScaleBy(axis=index.rank - 1), below, whole))
    return of.total(site.layer(L.ScaleBy(axis=index.rank - 1), front, of.constant(np.array(steps))))


def _flat(site: Site, x: Value, first: int, count: int) -> tuple[Value, tuple[int, ...], int]:
    """Return a tensor as rows, of all places along some axes: with their sizes, and the length of a row."""
    sizes = certain(x.dims[first : first + count], "a size that it takes from")
    length = prod(certain(x.dims[first + count :], "a size of what it takes"))
    ahead = [0] * first
    return Terms(site).reshape(x, *ahead, prod(sizes), length), sizes, length


def gather_nd(site: Site) -> list[Value]:
    """Read a GatherND: what stands at places that are said by a number for each of the first axes, in each batch."""
    x, index, batches = site.x, site.tensor(1), site.get("batch_dims", 0)
    (count,) = certain(index.dims[-1:], "the number of axes that it picks from")
    if batches > 1 or not 0 < count <= x.rank - batches or index.rank <= batches:
        raise Unsayable(f"it picks from {count} axes behind {batches}")
    of = Terms(site)
    rows, sizes, length = _flat(site, x, batches, count)
    places = _tuples(site, index, sizes)
    shape = [*certain(index.dims[batches:-1], "how many it picks"), *certain(x.dims[batches + count :])]
    if not batches:
        flat = of.reshape(places, prod(certain(places.dims)))
        found = site.layer(L.BatchReindex(), rows, flat)
        return [Terms(site).typed(of.reshape(found, *shape), x.dtype)]
    wide = of.column(of.reshape(places, 0, prod(certain(places.dims[1:]))))
    wide = site.layer(L.Tile(axis=2, times=length), wide) if length > 1 else wide
    return [of.typed(of.reshape(site.layer(L.TakeAlong(axis=1), rows, wide), 0, *shape), x.dtype)]


def _in_their_places(site: Site, rows: Value, values: Value, places: np.ndarray[Any, Any]) -> Value:
    """Put rows to places that are known: of all rows, old and new, those are picked that are there then."""
    count = int(certain(rows.dims[:1])[0])
    bounded(count)
    order = counted(count)
    order[places.astype(np.int64).ravel()] = count + np.arange(places.size)
    every = site.layer(L.Concat(axis=0), rows, values)
    if np.count_nonzero(np.diff(order) != 1) < FEW:
        return pieces(site, every, 0, [int(each) for each in order])
    return site.layer(L.BatchReindex(), every, Terms(site).constant(order))


def _box(index: Value, sizes: tuple[int, ...]) -> list[tuple[int, int]] | None:
    """Return where along each axis places start and stop that are one box in a tensor, in its order; None if not.

    The last axis of the index says a number for each axis.
    """
    if index.tensor is None or not 0 < index.tensor.size <= MANY:
        return None
    array = index.tensor.numpy().astype(np.int64).reshape(-1, len(sizes))
    places = np.where(array < 0, array + np.array(sizes), array)
    spans = [(int(start), int(last) + 1) for start, last in zip(places[0], places[-1], strict=True)]
    if any(not 0 <= start < stop <= size for (start, stop), size in zip(spans, sizes, strict=True)):
        return None
    if prod(stop - start for start, stop in spans) != len(places):
        return None
    every = np.indices([stop - start for start, stop in spans]).reshape(len(sizes), -1).T
    return spans if np.array_equal(every + places[0], places) else None


def _in_a_box(site: Site, x: Value, values: Value, spans: list[tuple[int, int]], axis: int = 0) -> Value:
    """Put values into the part of a tensor between places along its first axes."""
    if axis == len(spans):
        return values
    start, stop = spans[axis]
    (size,) = certain(x.dims[axis : axis + 1])
    points = [point for point in (start, stop) if 0 < point < size]
    if not points:
        return _in_a_box(site, x, values, spans, axis + 1)
    parts = site.add(L.Slice(axis=axis, points=points, pieces=len(points) + 1), x)
    parts[bool(start)] = _in_a_box(site, parts[bool(start)], values, spans, axis + 1)
    return site.layer(L.Concat(axis=axis), *parts)


def scatter_nd(site: Site) -> list[Value]:
    """Read a ScatterND: rows go where a number for each of the first axes says."""
    x, index, values = site.x, site.tensor(1), site.tensor(2)
    how = site.get("reduction", "none")
    (count,) = certain(index.dims[-1:], "the number of axes that it puts into")
    if how not in JOINS or not 0 < count <= x.rank:
        raise ValueError(f"puts into {count} axes, and joins by {how!r}")
    of = Terms(site)
    spans = _box(site.value(1), certain(x.dims[:count], "a size that it puts into")) if how == "none" else None
    if spans is not None:
        box = of.reshape(values, *(stop - start for start, stop in spans), *certain(x.dims[count:]))
        return [of.typed(_in_a_box(site, x, box, spans), x.dtype)]
    rows, sizes, length = _flat(site, x, 0, count)
    places = _tuples(site, index, sizes)
    many = prod(certain(places.dims, "how many it puts"))
    if how == "none" and places.tensor is not None and places.tensor.size <= SMALL:
        moved = _in_their_places(site, rows, of.reshape(values, many, length), places.tensor.numpy())
        return [of.typed(of.reshape(moved, *certain(x.dims)), x.dtype)]
    wide = of.reshape(places, many, 1)
    wide = site.layer(L.Tile(axis=1, times=length), wide) if length > 1 else wide
    found = site.layer(L.PutAlong(axis=0, how=JOINS[how]), rows, wide, of.reshape(values, many, length))
    return [of.typed(of.reshape(found, *certain(x.dims)), x.dtype)]


MODES = {"linear": "linear", "bilinear": "linear", "nearest": "nearest", "cubic": "cubic", "bicubic": "cubic"}
BORDERS = {"zeros": "zeros", "border": "edge", "reflection": "mirror"}


def grid_sample(site: Site) -> list[Value]:
    """Read a GridSample of an image or a volume."""
    mode, border = site.get("mode", "linear"), site.get("padding_mode", "zeros")
    if mode not in MODES or border not in BORDERS:
        raise ValueError(f"has the mode {mode!r}, and {border!r} beyond the border")
    if site.x.rank not in (4, 5):
        raise Unsayable(f"it takes from {site.x.rank} axes")
    layer: Any = L.GridSample2D if site.x.rank == 4 else L.GridSample3D
    facts = {"mode": MODES[mode], "border": BORDERS[border], "corners": bool(site.get("align_corners", 0))}
    return site.add(layer(**facts), site.x, site.tensor(1))


def reverse_sequence(site: Site) -> list[Value]:
    """Read a ReverseSequence: of each item the first steps are turned round, as many as is said for it."""
    x = site.x
    batch, time = site.get("batch_axis", 1), site.get("time_axis", 0)
    if sorted((batch, time)) != [0, 1] or x.rank < 2:
        raise ValueError(f"has the batch in axis {batch}, and the steps in {time}")
    (steps,) = certain(x.dims[time : time + 1], "the number of steps")
    if site.value(1).fill == steps:
        return site.add(L.Reverse(axis=time), x)
    lengths = site.tensor(1)
    rest = prod(certain(x.dims[2:]))
    of = Terms(site)
    turned = of.permute(x, (1, 0, *range(2, x.rank))) if time == 0 else x
    forwards = of.constant(counted(steps)[None])
    column = of.column(lengths)
    from_behind = of.subtract(of.line(column, 1.0, -1.0), forwards)
    index = of.select(of.is_("less", from_behind, 0.0), forwards, from_behind)
    rows = site.layer(L.Flatten(axis=2), turned) if x.rank > 3 else turned if x.rank == 3 else of.column(turned)
    wide = of.column(index)
    wide = site.layer(L.Tile(axis=2, times=rest), wide) if rest > 1 else wide
    found = site.layer(L.TakeAlong(axis=1), rows, wide)
    found = of.reshape(found, 0, steps, *certain(x.dims[2:])) if x.rank != 3 else found
    return [of.typed(of.permute(found, (1, 0, *range(2, x.rank))) if time == 0 else found, x.dtype)]


def unpool(site: Site) -> list[Value]:
    """Read a MaxUnpool: each value goes back to where it stood in the whole tensor before a pooling."""
    x, index = site.x, site.tensor(1)
    rank = x.rank - 2
    kernel, strides = list(site.get("kernel_shape") or ()), list(site.get("strides") or [1] * rank)
    pads = list(site.get("pads") or [0] * 2 * rank)
    if rank < 1 or len(kernel) != rank or len(strides) != rank or len(pads) != 2 * rank:
        raise ValueError(f"goes back to windows of {kernel} in {x.rank} axes")
    each = zip(certain(x.dims[2:]), kernel, strides, pads[:rank], pads[rank:], strict=True)
    least = [(size - 1) * step + width - before - after for size, width, step, before, after in each]
    images = certain(x.dims[:2], "the number of images")
    shape = list(site.wholes("output_shape", 2) or [*images, *least])
    of, planes = Terms(site), [*images, *least]
    if prod(shape) > 1 << 24 or min(shape, default=1) < 1:
        raise Unsayable(f"it gives a tensor of the shape {shape}")
    flat = of.reshape(index, prod(certain(index.dims)))
    if shape != planes:
        # The places are counted in the tensor that the windows cover, which stands at the front of the larger one.
        parts, rest = [], flat
        for step in (prod(planes[place + 1 :]) for place in range(len(planes))):
            whole = of.floor(of.by(rest, float(step)))
            rest = of.add(rest, of.line(whole, -float(step)))
            parts.append(whole)
        steps = [float(prod(shape[place + 1 :])) for place in range(len(shape))]
        flat = site.layer(L.Add(coefficients=steps), *parts)
    empty = of.constant(np.zeros(prod(shape), np.float32))
    found = site.layer(L.PutAlong(axis=0), empty, flat, of.reshape(x, prod(certain(x.dims))))
    return [of.reshape(found, *shape)]


def tensor_scatter(site: Site) -> list[Value]:
    """Read a TensorScatter: steps go into a cache from a place on that is said for each item."""
    of, cache, update = Terms(site), site.x, site.tensor(1)
    axis = site.axis(-2)
    size, steps = certain((cache.dims[axis], update.dims[axis]), "the length of its cache")
    site.only("mode", "linear", "circular")
    places = of.constant(counted(steps).reshape(-1, *(1,) * (update.rank - axis - 1)))
    if site.has(2):
        places = of.add(of.reshape(site.tensor(2), -1, *(1,) * (update.rank - 1)), places)
    if site.get("mode", "linear") == "circular":
        turns = of.floor(of.by(places, float(size)))
        places = of.add(places, of.line(turns, -float(size)))
    index = of.add(of.line(update, 0.0), places)
    return site.add(L.PutAlong(axis=axis), cache, index, update)


def compress(site: Site) -> list[Value]:
    """Read a Compress by truths that are known: what they choose."""
    of, x = Terms(site), site.x
    chosen = [int(each) for each in np.flatnonzero(site.numbers(1))]
    if site.get("axis") is None:
        x = of.reshape(x, prod(certain(x.dims)))
    axis = 0 if site.get("axis") is None else site.axis(0)
    (size,) = certain(x.dims[axis : axis + 1])
    if not chosen or chosen[-1] >= size:
        raise Unsayable(f"it chooses {len(chosen)} of {size}")
    return [of.typed(pieces(site, x, axis, chosen), x.dtype)]


READERS = {
    "TensorScatter": tensor_scatter,
    "Compress": compress,
    "GatherElements": gather_elements,
    "ScatterElements": scatter_elements,
    "Scatter": scatter_elements,
    "GatherND": gather_nd,
    "ScatterND": scatter_nd,
    "GridSample": grid_sample,
    "ReverseSequence": reverse_sequence,
    "MaxUnpool": unpool,
}
