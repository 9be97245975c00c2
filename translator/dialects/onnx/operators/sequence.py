"""Sequences of tensors, of which it is known beforehand what they hold: nothing of them is left in the graph."""

from __future__ import annotations

import numpy as np

from ir import layers as L
from ir.shapes import axis_of
from translator.dialects.onnx.operators.arrange import without
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.values import Value, known
from translator.mapping import Unsayable

Items = tuple[Value, ...]
MOST = 1024
"""Tensors of a sequence at most."""


def _sequence(items: Items) -> list[Value]:
    if len(items) > MOST:
        raise Unsayable(f"it holds {len(items)} tensors")
    return [Value((), ref=None, items=items)]


def _items(site: Site) -> Items:
    items = site.value().items
    if items is None:
        raise Unsayable("it is not known what its sequence holds")
    return items


def _place(site: Site, place: int, count: int, default: int) -> int:
    """Return the number of a tensor, which is counted from the end below 0."""
    if not site.has(place):
        return default
    found = int(site.numbers(place).reshape(-1)[0])
    found = found + count if found < 0 else found
    if not 0 <= found < count + (default == count):
        raise ValueError(f"takes tensor {found} of {count}")
    return found


def construct(site: Site) -> list[Value]:
    """Read a SequenceConstruct, or a SequenceEmpty."""
    return _sequence(tuple(site.value(place) for place in range(len(site.inputs))))


def insert(site: Site) -> list[Value]:
    """Read a SequenceInsert."""
    items = _items(site)
    place = _place(site, 2, len(items), len(items))
    return _sequence((*items[:place], site.value(1), *items[place:]))


def erase(site: Site) -> list[Value]:
    """Read a SequenceErase."""
    items = _items(site)
    place = _place(site, 1, len(items), len(items) - 1)
    return _sequence((*items[:place], *items[place + 1 :]))


def at(site: Site) -> list[Value]:
    """Read a SequenceAt."""
    items = _items(site)
    found = items[_place(site, 1, len(items), 0)]
    return site.add(L.Identity(), site.builder.as_tensor(found), dtype=found.dtype) if found.ref else [found]


def length(site: Site) -> list[Value]:
    """Read a SequenceLength."""
    return [known(np.array(len(_items(site)), np.int64))]


def concat(site: Site) -> list[Value]:
    """Read a ConcatFromSequence, along an axis of theirs or a new one."""
    tensors = [site.builder.as_tensor(each) for each in _items(site)]
    if not tensors:
        raise Unsayable("it joins nothing")
    new = bool(site.get("new_axis", 0))
    axis = axis_of(site.get("axis", 0), tensors[0].rank + new)
    if new:
        tensors = [site.layer(L.Reshape(sizes=(1,), axis=axis, count=0), each) for each in tensors]
    return site.add(L.Concat(axis=axis), *tensors)


def split(site: Site) -> list[Value]:
    """Read a SplitToSequence: into pieces of one length, of given ones, or of one part each, whose axis may go."""
    x, axis = site.x, site.axis(0)
    (size,) = certain(x.dims[axis : axis + 1], "the size that it cuts")
    array = site.numbers(1) if site.has(1) else np.array(1)
    lengths = [int(number) for number in array.reshape(-1)]
    count = len(lengths) if array.ndim else -(-size // max(1, lengths[0]))
    if count > MOST or min(lengths, default=0) < 1:
        raise Unsayable(f"it cuts {size} into {count} pieces")
    if not array.ndim:
        lengths = [min(lengths[0], size - start) for start in range(0, size, lengths[0])]
    if sum(lengths) != size:
        raise ValueError(f"cuts {size} into pieces of {lengths}")
    points = [sum(lengths[:i]) for i in range(1, len(lengths))]
    pieces = site.add(L.Slice(axis=axis, points=points, pieces=len(lengths)), x) if points else [x]
    if not site.has(1) and not site.get("keepdims", 1):
        pieces = [without(site, piece, [axis]) for piece in pieces]
    found = site.builder.settle(site, pieces)
    site.pending.clear()
    return _sequence(tuple(found))


READERS = {
    "SequenceConstruct": construct,
    "SequenceEmpty": construct,
    "SequenceInsert": insert,
    "SequenceErase": erase,
    "SequenceAt": at,
    "SequenceLength": length,
    "ConcatFromSequence": concat,
    "SplitToSequence": split,
}
