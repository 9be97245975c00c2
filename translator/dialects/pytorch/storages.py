"""Tensors of PyTorch as lazy ones: a run of bytes, and how the elements lie in it."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ir.kinds import MAX_RANK, short
from ir.weights import Tensor
from translator.dialects.pytorch.exported import Flaw

SCALAR_TYPES = {
    1: "uint8",
    2: "int8",
    3: "int16",
    4: "int32",
    5: "int64",
    6: "float16",
    7: "float32",
    8: "float64",
    12: "bool",
    13: "bfloat16",
    28: "uint16",
    34: "uint32",
    35: "uint64",
}
"""torch._export.serde.schema.ScalarType, of what numpy has, and bfloat16: the upper half of a float."""
LARGEST = 1 << 40
"""Elements of a tensor at most."""


def width(dtype: str) -> int:
    """Return how many bytes an element takes."""
    return 2 if dtype == "bfloat16" else np.dtype(dtype).itemsize


def is_real(dtype: str) -> bool:
    """Tell whether a type is of floats."""
    return "float" in dtype


def strided(
    name: str, data: memoryview, dtype: str, shape: Sequence[int], strides: Sequence[int], offset: int
) -> Tensor:
    """Return the tensor that lies in some bytes; raise Flaw where it does not fit into them.

    `strides` and `offset` count elements. Sizes are checked before anything is read.
    """
    if len(shape) != len(strides) or len(shape) > MAX_RANK:
        raise Flaw(f"has an array {short(name)} of {len(shape)} sizes and {len(strides)} strides")
    if min((*shape, *strides, offset), default=0) < 0 or prod(shape) > LARGEST:
        raise Flaw(f"has an array {short(name)} of the shape {short(tuple(shape))}")
    room = len(data) // width(dtype)
    reach = offset + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True)) + 1
    if prod(shape) and reach > room:
        raise Flaw(f"has an array {short(name)} that reaches to element {reach}, but {room} are there")
    if prod(shape) > max(room, 1):
        raise Flaw(f"has an array {short(name)} of {prod(shape)} elements, of which {room} are there")

    def load() -> Any:
        stored = np.dtype("uint16" if dtype == "bfloat16" else dtype).newbyteorder("<")
        if not prod(shape):
            return np.zeros(shape, "float32" if dtype == "bfloat16" else stored)
        flat = np.frombuffer(data, stored, room)[offset:]
        steps = [stride * stored.itemsize if size > 1 else 0 for size, stride in zip(shape, strides, strict=True)]
        found = np.lib.stride_tricks.as_strided(flat, tuple(shape), steps, writeable=False)
        return (found.astype(np.uint32) << 16).view(np.float32) if dtype == "bfloat16" else found

    return Tensor(tuple(shape), load, "float32" if dtype == "bfloat16" else dtype)


def side_by_side(shape: Sequence[int]) -> tuple[int, ...]:
    """Return the strides of a tensor whose elements lie in their order."""
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))


__all__ = ["SCALAR_TYPES", "is_real", "side_by_side", "strided", "width"]
