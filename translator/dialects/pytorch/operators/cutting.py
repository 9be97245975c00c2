"""Operators that cut tensors, and arrays that the program holds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from operator import itemgetter

from ir import layers as L
from ir.shapes import axis_of, runs
from ir.weights import Tensor
from translator.dialects.pytorch.exported import names_in
from translator.dialects.pytorch.reading import Site, certain
from translator.dialects.pytorch.values import Value
from translator.gathering import of_rank
from translator.mapping import Unsayable


def without(site: Site, x: Value, axes: list[int]) -> Value:
    """Return a tensor without some axes, each of size 1."""
    if x.ref is None and x.tensor is not None:
        ahead = x.rank - len(x.tensor.shape)
        tensor = x.tensor.reshaped([size for axis, size in enumerate(x.tensor.shape, ahead) if axis not in axes])
        kept = [axis for axis in range(x.rank) if axis not in axes]
        return Value(tuple(x.shape[i] for i in kept), tuple(x.dims[i] for i in kept), x.dtype, tensor=tensor)
    x = site.builder.as_tensor(x)
    for first, count in reversed(runs(axes)):
        while count == 1 and first + 1 < x.rank and x.dims[first + 1] == 1:
            first += 1  # Of several axes of size 1 it does not matter which one goes.
        x = site.layer(L.Reshape(sizes=(), axis=first, count=count), x)
    return x


def split(site: Site) -> list[Value]:
    """Read a split into pieces of one size or of several, a chunk, or an unbind."""
    x = site.first
    axis = site.axis("dim", 0, x.rank)
    (size,) = certain([x.dims[axis]], "the size of the axis that it cuts")
    if site.kind == "unbind":
        lengths = [1] * size
    elif site.kind == "chunk":
        each = max(1, -(-size // max(1, site.whole("chunks"))))
        lengths = _equal(size, each)
    elif site.kind == "tensor_split":
        lengths = _even(site, size)
    else:
        named = site.wholes("split_sizes" if site.has("split_sizes") else "split_size")
        one = len(named) == 1 and site.kind == "split"
        lengths = _equal(size, named[0]) if one and named[0] > 0 else named
    if sum(lengths) != size or min(lengths, default=0) < 1 or len(lengths) != len(site.operator.outputs):
        raise ValueError(f"cuts {size} into {len(site.operator.outputs)} pieces of {lengths[:9]}")
    pieces = _pieces(site, x, axis, lengths)
    if site.kind == "unbind":
        wanted = [site.is_wanted(place) for place in range(len(pieces))]
        pieces = [without(site, each, [axis]) if want else each for each, want in zip(pieces, wanted, strict=True)]
        pieces = [each if want else pieces[wanted.index(True)] for each, want in zip(pieces, wanted, strict=True)]
    return pieces


def _even(site: Site, size: int) -> list[int]:
    """Return the lengths of pieces between points, or of so many that the first are longer by one at most."""
    if site.has("indices"):
        points = [0, *(min(size, point + size if point < 0 else point) for point in site.wholes("indices")), size]
        return [stop - start for start, stop in pairwise(points)]
    count = site.whole("sections")
    if not 0 < count <= size or count != len(site.operator.outputs):
        raise ValueError(f"cuts {size} into {count} pieces")
    return [size // count + (place < size % count) for place in range(count)]


def _equal(size: int, each: int) -> list[int]:
    """Return the lengths of pieces of one size, of which the last may be shorter."""
    if -(-size // each) > 1 << 16:
        raise ValueError(f"cuts {size} into pieces of {each}")
    return [each] * (size // each) + ([size % each] if size % each else [])


def _pieces(site: Site, x: Value, axis: int, lengths: list[int]) -> list[Value]:
    if len(lengths) == 1:
        return [x]
    if x.ref is None and x.tensor is not None:
        return _pieces_of_array(x, x.tensor, axis, lengths)
    x = site.builder.as_tensor(x)
    if len(set(lengths)) == 1:
        return site.add(L.Slice(axis=axis, pieces=len(lengths)), x)
    points = [sum(lengths[:i]) for i in range(1, len(lengths))]
    return site.add(L.Slice(axis=axis, points=points, pieces=len(lengths)), x)


def _pieces_of_array(x: Value, tensor: Tensor, axis: int, lengths: list[int]) -> list[Value]:
    """Cut an array that the program holds, which may be stretched along the axis."""
    place = axis - (x.rank - len(tensor.shape))
    found = []
    for i, length in enumerate(lengths):
        dims = (*x.dims[:axis], length, *x.dims[axis + 1 :])
        shape = (*x.shape[:axis], length, *x.shape[axis + 1 :])
        piece = tensor
        if place >= 0 and tensor.shape[place] > 1:
            start = sum(lengths[:i])
            index = (*[slice(None)] * place, slice(start, start + length))
            piece = tensor.map(itemgetter(index), (*tensor.shape[:place], length, *tensor.shape[place + 1 :]))
        found.append(Value(shape, dims, x.dtype, tensor=piece))
    return found


def part(site: Site, x: Value, axis: int, start: int, stop: int) -> Value:
    """Return a part of a tensor along an axis of known size."""
    (size,) = certain([x.dims[axis]], "the size of the axis that it cuts")
    if not 0 <= start < stop <= size:
        raise Unsayable("it leaves nothing")
    lengths = [length for length in (start, stop - start, size - stop) if length]
    return _pieces(site, x, axis, lengths)[1 if start else 0]


def cut(site: Site) -> list[Value]:
    """Read a slice along an axis, or a narrow."""
    x, axis = site.x, site.axis("dim", 0)
    start = site.sizes("start", [0])[0]
    if site.kind == "narrow":
        (start,) = certain([start])
        return [part(site, x, axis, start, start + site.whole("length"))]
    end, step, size = site.sizes("end", [1 << 62])[0], site.whole("step", 1), x.dims[axis]
    whole = end == size or (isinstance(end, int) and end >= (size if isinstance(size, int) else 1 << 31))
    if start == 0 and step == 1 and whole:
        return [x]
    (size,) = certain([size], "the size of the axis that it cuts")
    start, end = certain([start, end], "where it cuts")
    chosen = range(size)[start : end : max(1, step)]
    if step < 1 or not chosen:
        raise Unsayable("it leaves nothing")
    if step == 1:
        return [part(site, x, axis, chosen[0], chosen[-1] + 1)]
    return [_thinned(site, x, axis, chosen)]


def _thinned(site: Site, x: Value, axis: int, chosen: range) -> Value:
    """Keep one of each so many parts along an axis: a pooling over windows of one, or one place in each row of them."""
    (size,), step = certain([x.dims[axis]]), chosen.step
    if axis >= 2 and 3 <= x.rank <= 5:
        strides = [step if place == axis else 1 for place in range(2, x.rank)]
        x = part(site, x, axis, chosen[0], chosen[-1] + 1)
        return site.layer(of_rank("MaxPool", x.rank - 2)(kernel=1, stride=strides), x)
    first, last = chosen[0], chosen[-1]
    count = len(chosen) if last + step <= size else len(chosen) - 1
    start = 0 if count * step == size else first
    rows = part(site, x, axis, start, start + count * step)
    rows = site.layer(L.Reshape(sizes=(count, step), axis=axis, count=1), rows)
    found = without(site, part(site, rows, axis + 1, first - start, first - start + 1), [axis + 1])
    if count == len(chosen):
        return found
    return site.layer(L.Concat(axis=axis), found, part(site, x, axis, last, last + 1))


def picked(site: Site, x: Value, axis: int, place: int) -> Value:
    """Return one part along an axis, which goes; `place` is negative where it is counted from the end."""
    size = x.dims[axis]
    found = _remembered(site, x, axis, place if place < 0 or not isinstance(size, int) else place - size)
    if found is not None:
        return found
    (size,) = certain([size], "the size of the axis that it picks along")
    place = place + size if place < 0 else place
    if not 0 <= place < size:
        raise ValueError(f"picks {place} of {size}")
    return without(site, part(site, x, axis, place, place + 1), [axis])


def _remembered(site: Site, x: Value, axis: int, place: int) -> Value | None:
    """Return what a tensor is known to have at a place, counted from the end."""
    parts = site.builder.parts.get(x.ref) if x.ref else None
    if parts is None or parts.axis != axis or place not in parts.places:
        return None
    return site.layer(L.Identity(), parts.places[place]) if parts.of_many else parts.places[place]


def select(site: Site) -> list[Value]:
    """Read a select: one part along an axis, which goes."""
    return [picked(site, site.x, site.axis(), site.whole("index"))]


def put_into(site: Site, root: str, name: str, result: Value) -> Value | None:
    """Return a tensor in a part of which another was written; None where it is no part that is known.

    `name` is the part, cut out of the tensor `root` in one or more steps, and `result` what stands there now.
    """
    makers, values = site.builder.makers, site.builder.values
    while name != root:
        maker = makers.get(name)
        name = next(iter(names_in(next(iter(maker.arguments.values()), None))), "") if maker else ""
        whole = values.get(name)
        if maker is None or whole is None or maker.kind not in ("slice", "select"):
            return None
        result = _put(site, Site(site.builder, maker), whole, result)
    return result


def _put(site: Site, by: Site, whole: Value, result: Value) -> Value:
    """Return a tensor with another one in the part of it that a slice or a select names."""
    axis = axis_of(by.whole("dim", 0), whole.rank)
    if not by.kind.startswith("select"):
        end = by.sizes("end", [1 << 62])[0]
        if by.whole("start", 0) == 0 and by.whole("step", 1) == 1 and (end == whole.dims[axis] or _is_beyond(end)):
            return result
    (size,) = certain([whole.dims[axis]], "the size of the axis that it cuts")
    if by.kind.startswith("select"):
        start = by.whole("index") % size
        stop, step = start + 1, 1
        result = site.layer(L.Reshape(sizes=(1,), axis=axis, count=0), site.builder.as_tensor(result))
    else:
        (end,) = certain([end], "where it cuts")
        start, stop, step = slice(by.whole("start", 0), end, by.whole("step", 1)).indices(size)
    if step != 1 or stop <= start:
        raise Unsayable("it writes here and there, or nowhere")
    rest = [_stays(site, whole, axis, *ends) for ends in ((0, start), (stop, size)) if ends[0] < ends[1]]
    pieces = [*rest[: bool(start)], site.builder.as_tensor(result), *rest[bool(start) :]]
    return pieces[0] if len(pieces) == 1 else site.layer(L.Concat(axis=axis), *pieces)


def _is_beyond(end: object) -> bool:
    return isinstance(end, int) and end >= 1 << 31


def scattered(site: Site) -> list[Value]:
    """Read a slice_scatter or a select_scatter: a tensor with another one in a part of it."""
    return [_put(site, site, site.value("self"), site.tensor("src"))]


def _stays(site: Site, whole: Value, axis: int, start: int, stop: int) -> Value:
    """Return the part of a tensor, or of one number everywhere, that was not written into."""
    if whole.fill is None or whole.ref is not None:
        return site.builder.as_tensor(part(site, whole, axis, start, stop))
    shape = (*whole.shape[:axis], stop - start, *whole.shape[axis + 1 :])
    dims = (*whole.dims[:axis], stop - start, *whole.dims[axis + 1 :])
    return site.builder.as_tensor(replace(whole, shape=shape, dims=dims))


READERS = {
    **dict.fromkeys(["split", "split_with_sizes", "chunk", "tensor_split", "unbind"], split),
    **dict.fromkeys(["slice", "narrow"], cut),
    "select": select,
    **dict.fromkeys(["slice_scatter", "select_scatter"], scattered),
}

__all__ = ["READERS", "part", "picked", "put_into", "without"]
