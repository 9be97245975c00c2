"""Operators that rearrange, cut, join or search tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import mul
from typing import Any

import numpy as np

from ir import layers as L
from ir.shapes import axis_of, runs
from ir.weights import Tensor
from translator.dialects.onnx.operators.learned import part
from translator.dialects.onnx.pieces import lengths_of
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.values import Open, Size, Value, known
from translator.mapping import Unsayable
from translator.terms import for_each_item

LAST = 2**31 - 1
"""The end of an axis of any size."""


def reshape(site: Site) -> list[Value]:
    """Read a Reshape; of the sizes at most one may be known at run time alone, beside those that stay."""
    x = site.x
    sizes = site.sizes("shape", 1)
    if sizes is None:
        raise ValueError("has no shape")
    if site.get("allowzero", 0) and 0 in sizes:
        raise Unsayable("it makes an axis of no elements")
    asked = _asked(sizes, x)
    if asked.count(-1) > 1:
        asked = _asked(_settled(sizes, x), x)
    if any(size == 0 and place >= x.rank for place, size in enumerate(asked)):
        raise ValueError(f"keeps a size that is not there: {asked} of {x.rank} axes")
    if asked.count(-1) > 1:
        raise Unsayable("two sizes of its result are known at run time alone")
    return site.add(L.Reshape(sizes=asked), x)


def _asked(sizes: Sequence[Size], x: Value) -> list[int]:
    """Return sizes as a Reshape has them: 0 for one that stays, -1 for one that is open."""
    asked = []
    for place, size in enumerate(sizes):
        stays = place < x.rank and isinstance(size, Open) and size == x.dims[place]
        asked.append(0 if stays else -1 if isinstance(size, Open) else int(size))
    return asked


def _settled(sizes: Sequence[Size], x: Value) -> Sequence[Size]:
    """Return the sizes of a Reshape with the one that follows from the others, where it does."""
    kept = [x.dims[place] if size == 0 and place < x.rank else size for place, size in enumerate(sizes)]
    total, others = (reduce(mul, each, 1) for each in (x.dims, [size for size in kept if size != -1]))
    if list(sizes).count(-1) != 1 or not isinstance(others, Open):
        return sizes
    rest = total // others if isinstance(total, Open) else -1
    return sizes if isinstance(rest, Open) else [rest if size == -1 else size for size in sizes]


def flatten(site: Site) -> list[Value]:
    """Read a Flatten: always to two axes."""
    x = site.x
    axis = site.get("axis", 1)
    axis = axis + x.rank if axis < 0 else axis
    if not 0 <= axis <= x.rank or x.rank == 0:
        raise ValueError(f"flattens from axis {axis} on, of {x.rank}")
    if axis == x.rank:
        found = site.layer(L.Flatten(axis=0), x)
        return site.add(L.Reshape(sizes=(1,), axis=-1, count=0), found)
    found = site.layer(L.Flatten(axis=axis), x)
    if axis == 0:
        found = site.layer(L.Reshape(sizes=(1,), axis=0, count=0), found)
    elif axis > 1:
        found = site.layer(L.Flatten(axis=0, end_axis=axis - 1), found)
    return [found]


def transpose(site: Site) -> list[Value]:
    """Read a Transpose; without an order it turns that of the axes round."""
    return site.add(L.Permute(order=site.get("perm") or tuple(range(site.x.rank))[::-1]), site.x)


def squeeze(site: Site) -> list[Value]:
    """Read a Squeeze: axes of size 1 go."""
    x = site.x
    axes = site.wholes("axes", 1)
    if axes is None:
        axes = [axis for axis, size in enumerate(certain(x.dims)) if size == 1]
    return [without(site, x, [axis_of(axis, x.rank) for axis in axes])]


def without(site: Site, x: Value, axes: list[int]) -> Value:
    """Return a tensor without some axes, each of size 1."""
    if any(x.dims[axis] != 1 for axis in axes):
        raise Unsayable("an axis that goes is not known to have the size 1")
    for first, count in reversed(runs(axes)):
        x = site.layer(L.Reshape(sizes=(), axis=first, count=count), x)
    return x if axes else site.layer(L.Identity(), x)


def unsqueeze(site: Site) -> list[Value]:
    """Read an Unsqueeze: axes of size 1 come."""
    x = site.x
    axes = site.wholes("axes", 1)
    if axes is None:
        raise ValueError("has no axes")
    rank = x.rank + len(axes)
    for first, count in runs([axis_of(axis, rank) for axis in axes]):
        x = site.layer(L.Reshape(sizes=(1,) * count, axis=first, count=0), x)
    return [x]


def concat(site: Site) -> list[Value]:
    """Read a Concat."""
    given = [place for place, each in enumerate(site.inputs) if each and not _is_empty(site, each)]
    tensors = [site.tensor(place) for place in given or range(len(site.inputs))]
    if not tensors:
        raise ValueError("joins nothing")
    return site.add(L.Concat(axis=site.axis(1)), *tensors)


def _is_empty(site: Site, value: Value) -> bool:
    """Tell whether an array of the file holds nothing along the axis that is joined."""
    held = value.tensor is not None or value.fill is not None
    return held and value.rank > 0 and value.dims[site.axis(1, value.rank)] == 0


def split(site: Site) -> list[Value]:
    """Read a Split, into pieces of one length or of given ones."""
    x, axis, count = site.x, site.axis(0), len(site.operator.outputs)
    size = x.dims[axis]
    if isinstance(size, Open):
        raise Unsayable("it cuts an axis of no certain size")
    lengths = lengths_of(size, count, site.wholes("split", 1))
    if 0 in lengths:
        return _with_empty(site, x, axis, lengths)
    if len(set(lengths)) == 1:
        return site.add(L.Slice(axis=axis, pieces=count), x)
    points = [sum(lengths[:i]) for i in range(1, count)]
    return site.add(L.Slice(axis=axis, points=points, pieces=count), x)


def _with_empty(site: Site, x: Value, axis: int, lengths: list[int]) -> list[Value]:
    """Cut into pieces of which some hold nothing."""
    nothing = Value((*x.dims[:axis], 0, *x.dims[axis + 1 :]), x.dtype, fill=0.0)
    if None not in nothing.shape:
        nothing = known(np.zeros(certain(nothing.dims), np.float32), x.dtype)
    starts = [sum(lengths[:place]) for place in range(len(lengths))]
    pairs = zip(starts, lengths, strict=True)
    return [part(site, x, axis, start, start + length) if length else nothing for start, length in pairs]


def cut(site: Site) -> list[Value]:
    """Read a Slice: parts that follow each other, or all of an axis backwards."""
    x = site.x
    starts, stops = site.wholes("starts", 1), site.sizes("ends", 2)
    if starts is None or stops is None or len(starts) != len(stops):
        raise ValueError("has not as many ends as starts")
    axes = site.wholes("axes", 3) or list(range(len(starts)))
    steps = site.wholes("steps", 4) or [1] * len(starts)
    if not len(starts) == len(axes) == len(steps):
        raise ValueError("has not as many axes as starts")
    pairs = list(zip(stops, axes, strict=True))
    ends = [LAST if isinstance(end, Open) and end == x.dims[axis_of(axis, x.rank)] else end for end, axis in pairs]
    found = x
    for start, end, axis, step in zip(starts, certain(ends, "its end"), axes, steps, strict=True):
        found = _cut(site, found, axis_of(axis, x.rank), start, end, step)
    return [found if found is not x else site.layer(L.Identity(), x)]


def _cut(site: Site, x: Value, axis: int, start: int, end: int, step: int) -> Value:
    size = x.dims[axis]
    if isinstance(size, Open):
        if start == 0 and step == 1 and end >= LAST:
            return x
        if step == -1 and start == -1 and end < -(2**31) + 2:
            return site.layer(L.Reverse(axis=axis), x)
        raise Unsayable("it cuts an axis of no certain size")
    chosen = range(size)[slice(start, None if step < 0 and end < -size else end, step)]
    if step == -1 and len(chosen) == size:
        return site.layer(L.Reverse(axis=axis), x) if size > 1 else x
    if not chosen:
        raise Unsayable("it leaves nothing")
    if len(chosen) == size:
        return x
    if abs(step) != 1 and len(chosen) > 1:
        found = _thinned(site, x, axis, chosen if step > 0 else chosen[::-1])
    else:
        found = part(site, x, axis, min(chosen), max(chosen) + 1)
    return site.layer(L.Reverse(axis=axis), found) if step < 0 and len(chosen) > 1 else found


def _thinned(site: Site, x: Value, axis: int, chosen: Sequence[int]) -> Value:
    """Return each part of so many along an axis: the first of each row, where the axis is cut into such rows."""
    step, first, last = chosen[1] - chosen[0], chosen[0], chosen[-1]
    (size,) = certain(x.dims[axis : axis + 1])
    whole = last + step <= size
    count = len(chosen) if whole else len(chosen) - 1
    rows = part(site, x, axis, first, first + count * step)
    rows = site.layer(L.Reshape(sizes=(count, step), axis=axis, count=1), rows)
    found = without(site, part(site, rows, axis + 1, 0, 1), [axis + 1])
    return found if whole else site.layer(L.Concat(axis=axis), found, part(site, x, axis, last, last + 1))


def tile(site: Site) -> list[Value]:
    """Read a Tile, by given numbers."""
    x = site.x
    times = site.wholes("repeats", 1)
    if times is None or len(times) != x.rank or min(times, default=1) < 1:
        raise Unsayable(f"it repeats {times} times")
    return [_tiled(site, x, times)]


def _tiled(site: Site, x: Value, times: Any) -> Value:
    found = x
    for axis, count in enumerate(times):
        if count != 1:
            found = site.layer(L.Tile(axis=axis, times=count), found)
    return found if found is not x else site.layer(L.Identity(), x)


def expand(site: Site) -> list[Value]:
    """Read an Expand: sizes of 1 stretch."""
    x = site.x
    sizes: list[Any] = site.sizes("shape", 1) or []
    ahead = max(0, len(sizes) - x.rank)
    if ahead:
        x = site.layer(L.Reshape(sizes=(1,) * ahead, axis=0, count=0), x)
    sizes = [1] * (x.rank - len(sizes)) + sizes
    if site.x.tensor is not None and sizes and isinstance(sizes[0], Open) and x.dims[0] == 1:
        x = replace(of_batch(site, site.x.tensor, x.dims[1:], sizes[0]), dtype=site.x.dtype)
    times = []
    for old, new in zip(x.dims, sizes, strict=True):
        if new in (1, old):
            times.append(1)
        elif old == 1 and not isinstance(new, Open):
            times.append(int(new))
        else:
            raise Unsayable("a size that it stretches to is known at run time alone")
    return [_tiled(site, x, times)]


def of_batch(site: Site, tensor: Tensor, dims: Sequence[Size], batch: Open) -> Value:
    """Return an array, one of `dims`, for each item of a batch, whose size some tensor of the graph has."""
    known = (each for each in site.builder.values.values() if each.ref is not None and each.rank > 1)
    x = next((each for each in known if each.dims[0] == batch and None not in each.shape[1:]), None)
    if x is None or not dims:
        raise Unsayable("a size that it stretches to is known at run time alone")
    row = for_each_item(site, x, Tensor(tensor.shape, lambda: tensor.numpy().astype(np.float32)))
    return row if len(dims) == 1 else site.layer(L.Reshape(sizes=certain(dims), axis=1, count=1), row)


def softmax(site: Site) -> list[Value]:
    """Read a Softmax or a LogSoftmax; before operator set 13 it is over all axes from one on together."""
    x = site.x
    axis = site.axis(-1 if site.opset >= 13 else 1)
    if site.kind == "LogSoftmax":
        told = "its Softmax gives 0 where a share is below 1e-38, and the logarithm of that is not finite"
        site.builder.inexact.append((site.operator, told))
    behind = x.dims[axis + 1 :]
    joined = site.opset < 13 and any(size != 1 for size in behind)
    if joined:
        sizes = certain(x.dims[axis:], "a size that it is over")
        found = site.layer(L.Softmax(axis=axis), site.layer(L.Flatten(axis=axis), x))
        found = site.layer(L.Reshape(sizes=sizes, axis=axis, count=1), found)
    else:
        found = site.layer(L.Softmax(axis=axis), x)
    return [site.layer(L.Log(), found) if site.kind == "LogSoftmax" else found]


def arg_max(site: Site) -> list[Value]:
    """Read an ArgMax or an ArgMin: of equal values the catalogue takes the last, so the first are found from behind."""
    x, axis = site.x, site.axis(0)
    if site.kind == "ArgMin":
        x = site.layer(L.Power(scale=-1.0), x)
    size = x.dims[axis]
    if isinstance(size, Open):
        raise Unsayable("it searches an axis of no certain size")
    if site.get("select_last_index", 0):
        found = site.add(L.ArgMax(axis=axis), x, dtype="int64")[0]
    else:
        behind = site.layer(L.ArgMax(axis=axis), site.layer(L.Reverse(axis=axis), x))
        found = site.add(L.Power(scale=-1.0, shift=float(size - 1)), behind, dtype="int64")[0]
    return [found if site.get("keepdims", 1) else without(site, found, [axis])]


READERS = {
    "Reshape": reshape,
    "Flatten": flatten,
    "Transpose": transpose,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Concat": concat,
    "Split": split,
    "Slice": cut,
    "Tile": tile,
    "Expand": expand,
    "Softmax": softmax,
    "LogSoftmax": softmax,
    "ArgMax": arg_max,
    "ArgMin": arg_max,
}
