"""Caffe's layers that rearrange, cut, join or reduce, each as its .cpp file has it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod

import numpy as np

from tests.caffe_reference.setting import Array, Setting, axis_of, check, computes

computes("Split")(lambda layer, x: (x,) * layer.top_count)


@computes("ArgMax")
def arg_max(layer: Setting, x: Array) -> Array:
    param = layer.group("argmax_param")
    count, values = param.get("top_k", 1), param.get("out_max_val", False)
    axis = axis_of(param["axis"], x.ndim) if "axis" in param else None
    lines = x.reshape(len(x), -1) if axis is None else np.moveaxis(x, axis, -1)
    check(1 <= count <= lines.shape[-1], "top_k is at most the number of scores")
    found = np.zeros((*lines.shape[:-1], 2, count))
    for place in np.ndindex(*lines.shape[:-1]):
        # std::greater on pairs: of equal values the one with the larger index comes first.
        pairs = sorted(((value, index) for index, value in enumerate(lines[place])), reverse=True)[:count]
        found[place] = [[index for _, index in pairs], [value for value, _ in pairs]]
    if axis is not None:
        return np.moveaxis(found[..., 1 if values else 0, :], -1, axis)
    found = found if values else found[:, :1]
    return found.reshape(*found.shape, *(1,) * (x.ndim - 3))


@computes("Concat")
def concat(layer: Setting, *xs: Array) -> Array:
    param = layer.group("concat_param")
    check(not ("axis" in param and "concat_dim" in param), "axis or concat_dim")
    axis = axis_of(param.get("axis", param.get("concat_dim", 1)), xs[0].ndim)
    rest = [each.shape[:axis] + each.shape[axis + 1 :] for each in xs]
    check(all(each == rest[0] for each in rest), "all inputs have the same shape, but for the axis")
    return np.concatenate(xs, axis)


@computes("Slice")
def cut(layer: Setting, x: Array) -> tuple[Array, ...]:
    param, count = layer.group("slice_param"), layer.top_count
    check(not ("axis" in param and "slice_dim" in param), "axis or slice_dim")
    axis = axis_of(param.get("axis", param.get("slice_dim", 1)), x.ndim)
    points: Sequence[int] = param.repeated("slice_point")
    if points:
        check(len(points) == count - 1 and list(points) == sorted(set(points)), "slice points rise, one for each cut")
    else:
        check(x.shape[axis] % count == 0, "the axis splits into equal pieces")
        points = [i * x.shape[axis] // count for i in range(1, count)]
    bounds = [0, *points, x.shape[axis]]
    return tuple(np.take(x, range(a, b), axis) for a, b in pairwise(bounds))


@computes("Flatten")
def flatten(layer: Setting, x: Array) -> Array:
    param = layer.group("flatten_param")
    start, end = axis_of(param.get("axis", 1), x.ndim), axis_of(param.get("end_axis", -1), x.ndim)
    return x.reshape(*x.shape[:start], prod(x.shape[start : end + 1]), *x.shape[end + 1 :])


@computes("Reshape")
def reshape(layer: Setting, x: Array) -> Array:
    param = layer.group("reshape_param")
    start, count = param.get("axis", 0), param.get("num_axes", -1)
    start = start if start >= 0 else x.ndim + start + 1
    end = x.ndim if count == -1 else start + count
    check(0 <= start <= end <= x.ndim, "the axes are some of the input's")
    sizes = param.message("shape").repeated("dim")
    sizes = [x.shape[start + i] if size == 0 else size for i, size in enumerate(sizes)]
    return x.reshape(*x.shape[:start], *sizes, *x.shape[end:])


@computes("Crop")
def crop(layer: Setting, x: Array, like: Array) -> Array:
    param = layer.group("crop_param")
    start, offsets = axis_of(param.get("axis", 2), x.ndim), param.repeated("offset") or (0,)
    check(len(offsets) in (1, x.ndim - start), "one offset, or one for each axis")
    for i in range(start, x.ndim):
        offset = offsets[0] if len(offsets) == 1 else offsets[i - start]
        check(x.shape[i] - offset >= like.shape[i], f"the crop for axis {i} is out of bounds")
        x = np.take(x, range(offset, offset + like.shape[i]), i)
    return x


@computes("Tile")
def tile(layer: Setting, x: Array) -> Array:
    param = layer.group("tile_param")
    return np.concatenate([x] * param["tiles"], axis_of(param.get("axis", 1), x.ndim))


@computes("Reduction")
def reduction(layer: Setting, x: Array) -> Array:
    param = layer.group("reduction_param")
    axis, operation = axis_of(param.get("axis", 0), x.ndim), param.get("operation", "SUM")
    taken = {"SUM": x, "ASUM": np.abs(x), "SUMSQ": x**2, "MEAN": x / prod(x.shape[axis:])}[operation]
    return np.asarray(taken.reshape(*x.shape[:axis], -1).sum(-1) * param.get("coeff", 1.0))


@computes("BatchReindex")
def batch_reindex(layer: Setting, x: Array, index: Array) -> Array:
    check(index.ndim == 1, "indices have one axis")
    return np.stack([x[int(each)] for each in index])


@computes("Parameter")
def parameter(layer: Setting) -> Array:
    return layer.blob(layer.group("parameter_param").message("shape").repeated("dim"), "shift")
