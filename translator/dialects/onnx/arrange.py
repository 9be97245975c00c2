"""Layers that rearrange, cut, reduce or search tensors; see `pointwise.py`."""

from __future__ import annotations

from typing import Any

from ir import layers as L
from ir.shapes import Shape, axis_of
from translator.dialects.onnx.emission import Site
from translator.mapping import At, Unsayable


def reshape(site: Site) -> list[str]:
    """Reshape, or flatten where that says it."""
    layer = site.layer
    ends = [axis_of(axis, site.rank) for axis in (layer.axis, layer.end_axis)] if isinstance(layer, L.Flatten) else []
    if ends == [1, site.rank - 1]:
        return [site.op("Flatten", site.x)]
    sizes = _sizes(layer, site.shapes[0], site.results[0])
    return [site.op("Reshape", site.x, site.constant(sizes, "shape", "int64"))]


def sayable_sizes(layer: Any, at: At) -> None:
    """Require that at most one size of the result is neither known nor one that stays in its place."""
    if at.outputs:
        _sizes(layer, at.inputs[0], at.outputs[0])


def _sizes(layer: L.Flatten | L.Reshape, x: Shape, result: Shape) -> list[int]:
    """Return the shape as ONNX has it: 0 for a size that stays in its place, one -1 for what is left."""
    rank = len(x)
    if isinstance(layer, L.Flatten):
        start, stop = axis_of(layer.axis, rank), axis_of(layer.end_axis, rank) + 1
        asked = [-1]
    else:
        start = layer.axis if layer.axis >= 0 else layer.axis + rank + 1
        stop = rank if layer.count == -1 else start + layer.count
        asked = list(layer.sizes)
    behind = 0 if rank == len(result) else None
    whole = [*[0] * start, *asked, *[behind] * (rank - stop)]
    sizes = [known if size is None else size for size, known in zip(whole, result, strict=True)]
    if None in sizes:
        # Where the size that was to be worked out is known, another can be.
        sizes = [known if size == -1 else size for size, known in zip(sizes, result, strict=True)]
    found = [-1 if size is None else size for size in sizes]
    if found.count(-1) > 1:
        raise Unsayable("two sizes of the result are known only at run time")
    return found


def split(site: Site) -> list[str]:
    """Cut into pieces of given lengths."""
    axis = axis_of(site.layer.axis, site.rank)
    lengths = list(site.layer.lengths(site.shapes[0]))
    return site.ops_of("Split", site.x, results=site.layer.pieces, axis=axis, split=lengths)


def crop(site: Site) -> list[str]:
    """Cut to a size that is known, or to that of the second input at run time."""
    layer = site.layer
    axis = axis_of(layer.axis, site.rank)
    axes = list(range(axis, site.rank))
    starts = list(layer.offsets(site.rank))
    wanted = site.shapes[1][axis:]
    if None not in wanted:
        ends = [start + (size or 0) for start, size in zip(starts, wanted, strict=True)]
        return [site.op("Slice", site.x, starts=starts, ends=ends, axes=axes)]
    size = site.op("Slice", site.op("Shape", site.inputs[1]), starts=[axis], ends=[site.rank], axes=[0])
    first = site.constant(starts, "starts", "int64")
    ends_at_run_time = site.op("Add", size, first)
    return [site.op("Slice", site.x, first, ends_at_run_time, site.constant(axes, "axes", "int64"))]


def known_cut(layer: Any, at: At) -> None:
    """Require that the size is known: before operator set 10 a cut is where the file says."""
    if None in at.inputs[1][axis_of(layer.axis, len(at.inputs[0])) :]:
        raise Unsayable("before operator set 10 a size to cut to must be known")


def tile(site: Site) -> list[str]:
    """Repeat along one axis."""
    axis = axis_of(site.layer.axis, site.rank)
    times = [site.layer.times if i == axis else 1 for i in range(site.rank)]
    return [site.op("Tile", site.x, site.constant(times, "times", "int64"))]


def reduction(site: Site) -> list[str]:
    """Reduce all axes from one on."""
    kinds = {"sum": "ReduceSum", "abs_sum": "ReduceL1", "square_sum": "ReduceSumSquare", "mean": "ReduceMean"}
    kinds |= {"max": "ReduceMax", "min": "ReduceMin", "product": "ReduceProd"}
    axes = list(range(axis_of(site.layer.axis, site.rank), site.rank))
    reduced = site.op(kinds[site.layer.function], site.x, axes=axes, keepdims=0)
    if site.layer.coefficient == 1:
        return [reduced]
    return [site.op("Mul", reduced, site.constant(site.layer.coefficient, "coefficient"))]


def mean(site: Site) -> list[str]:
    """Take the mean over some axes, which stay."""
    axes = sorted({axis_of(axis, site.rank) for axis in site.layer.axes})
    return [site.op("ReduceMean", site.x, axes=axes, keepdims=1)]


def known_length(layer: Any, at: At) -> None:
    """Require the length: before operator set 10 a Slice goes forwards alone."""
    if at.inputs[0][axis_of(layer.axis, len(at.inputs[0]))] is None:
        raise Unsayable("before operator set 10 the length that is turned round must be known")


def reverse(site: Site) -> list[str]:
    """Turn the order along an axis round."""
    axis = axis_of(site.layer.axis, site.rank)
    length = site.shapes[0][axis]
    if length is not None:
        backwards = site.constant(range(length - 1, -1, -1), "backwards", "int64")
        return [site.op("Gather", site.x, backwards, axis=axis)]
    bounds = {"starts": [-1], "ends": [-(2**63)], "axes": [axis], "steps": [-1]}
    return [site.op("Slice", site.x, *(site.constant(value, name, "int64") for name, value in bounds.items()))]


def batch_reindex(site: Site) -> list[str]:
    """Pick items by numbers that come as floats."""
    index = site.cast(site.inputs[1], "int64")
    if len(site.shapes[1]) != 1:
        index = site.op("Reshape", index, site.constant([-1], "items", "int64"))
    return [site.op("Gather", site.x, index, axis=0)]


def softmax(site: Site, axis: int = -1) -> list[str]:
    """Normalise along one axis; before operator set 13 that was along all that follow, too."""
    axis = axis_of(axis, site.rank)
    if site.opset >= 13 or all(size == 1 for size in site.shapes[0][axis + 1 :]):
        return [site.op("Softmax", site.x, axis=axis)]
    last = site.rank - 1
    order = list(range(site.rank))
    order[axis], order[last] = last, axis
    turned = site.op("Transpose", site.x, perm=order)
    return [site.op("Transpose", site.op("Softmax", turned, axis=last), perm=order)]


def known_scores(layer: Any, at: At) -> None:
    """Require the number of scores."""
    shape = at.inputs[0]
    if layer.axis is None:
        raise Unsayable("all axes together")
    if shape[axis_of(layer.axis, len(shape))] is None:
        raise Unsayable("the number of scores is not known")


def arg_max(site: Site) -> list[str]:
    """Find the largest; of equal ones the last comes first, as in Caffe.

    Caffe sorts pairs of value and index downwards, and TopK prefers the first of equal values, so it searches the
    scores in reverse. https://github.com/BVLC/caffe/blob/master/src/caffe/layers/argmax_layer.cpp
    """
    layer, x = site.layer, site.x
    axis = axis_of(layer.axis, site.rank)
    count = site.shapes[0][axis]
    assert count
    if site.opset >= 12 and layer.top == 1 and not layer.values:
        found = site.op("ArgMax", x, axis=axis, keepdims=1, select_last_index=1)
        return [site.cast(found, "float32")]
    backwards = site.constant(range(count - 1, -1, -1), "backwards", "int64")
    reverse = site.op("Gather", x, backwards, axis=axis)
    values, from_end = site.ops_of("TopK", reverse, results=2, axis=axis, k=layer.top)
    if layer.values:
        return [values]
    return [site.cast(site.op("Sub", site.constant(count - 1, "last", "int64"), from_end), "float32")]
