"""A BlobProto as a tensor over the bytes that it stands in.

Both of Caffe's ways to say a shape are read (`shape`, and the four numbers of old), and the types that it and its forks
store. What a fork has beside them (the scale of whole numbers, the mask of what was pruned) may change what the numbers
mean, so that such a blob is refused.
Source: https://github.com/NVIDIA/caffe/blob/caffe-0.17/src/caffe/proto/caffe.proto, and `Blob::FromProto` in blob.cpp
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any

from ir.kinds import MAX_RANK
from ir.shapes import show
from ir.weights import Tensor
from translator import wire

if TYPE_CHECKING:
    import numpy as np

DOUBLE_DATA, DATA, RAW_DATA = 8, 5, 12
RAW_TYPE, SHAPE = 10, 7
RAW_TYPES = {0: "<f8", 1: "<f4", 2: "<f2", 3: "<i4", 4: "<u4"}
"""How the numbers of `raw_data` are stored, by `raw_data_type`."""
_KINDS = {
    **dict.fromkeys((1, 2, 3, 4, RAW_TYPE, 11), (wire.VARINT,)),
    **dict.fromkeys((SHAPE, RAW_DATA, 13), (wire.BYTES,)),
    **dict.fromkeys((DATA, 6), (wire.BYTES, wire.FIXED32)),
    **dict.fromkeys((DOUBLE_DATA, 9), (wire.BYTES, wire.FIXED64)),
}
"""The fields of a blob, and how they may come; 6, 9, 11 and 13 hold its gradient."""


def blob(raw: memoryview) -> Tensor:
    """Return a BlobProto as a tensor; raise WireError where it is none, or holds other numbers than its shape says."""
    shape: tuple[int, ...] = ()
    legacy: dict[int, int] = {}
    runs: dict[int, list[memoryview]] = {}
    raw_type = None
    for number, kind, value in wire.fields(raw):
        if kind not in _KINDS.get(number, ()):
            raise wire.WireError(
                f"has a blob with a field {number} that only a fork knows, which may say how it is stored"
            )
        if isinstance(value, int):
            if number == RAW_TYPE:
                raw_type = value
            else:
                legacy[number] = wire.signed(value)
        elif number == SHAPE:
            shape = _dims(value)
        else:
            runs.setdefault(number, []).append(value)
    if not shape and legacy.keys() & {1, 2, 3, 4}:
        shape = tuple(legacy.get(number, 1) for number in (1, 2, 3, 4))
    # Of several ways the doubles come first, as in Caffe.
    number = next((each for each in (DOUBLE_DATA, DATA, RAW_DATA) if each in runs), DATA)
    return _tensor(shape, runs.get(number, []), _dtype(number, raw_type))


def _dtype(number: int, raw_type: int | None) -> str:
    if number != RAW_DATA:
        return "<f8" if number == DOUBLE_DATA else "<f4"
    if raw_type not in RAW_TYPES:
        raise wire.WireError(f"has a blob of {'no type' if raw_type is None else f'the unknown type {raw_type}'}")
    return RAW_TYPES[raw_type]


def _tensor(shape: tuple[int, ...], runs: list[memoryview], dtype: str) -> Tensor:
    size = sum(map(len, runs))
    if min(shape, default=0) < 0 or prod(shape) * int(dtype[2]) != size:
        raise wire.WireError(f"has a blob of shape {show(shape)} with {size / int(dtype[2]):g} numbers")

    def load() -> np.ndarray[Any, Any]:
        import numpy as np

        whole = runs[0] if len(runs) == 1 else b"".join(runs)
        return np.frombuffer(whole, dtype).reshape(shape)

    return Tensor(shape, load)


def _dims(raw: memoryview) -> tuple[int, ...]:
    """Return the sizes of a BlobShape."""
    dims: list[int] = []
    for number, _, value in wire.fields(raw):
        if number == 1:
            for each in _sizes(value):
                dims.append(each)
                if len(dims) > MAX_RANK:
                    raise wire.WireError(f"has a blob of more than {MAX_RANK} axes")
    return tuple(dims)


def _sizes(value: int | memoryview) -> Iterator[int]:
    if isinstance(value, int):
        yield wire.signed(value)
    else:
        yield from map(wire.signed, wire.varints(value))
