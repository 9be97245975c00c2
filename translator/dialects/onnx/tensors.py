"""TensorProto as lazy tensors over the file, or over the files beside it that hold external data.

Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, TensorProto
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ir.kinds import MAX_RANK
from ir.weights import Tensor
from translator import bounds, wire
from translator.dialects.onnx import narrow
from translator.wire import WireError

TYPES = {
    1: "float32",
    2: "uint8",
    3: "int8",
    4: "uint16",
    5: "int16",
    6: "int32",
    7: "int64",
    9: "bool",
    10: "float16",
    11: "float64",
    12: "uint32",
    13: "uint64",
    16: "bfloat16",
    17: "float8e4m3fn",
    18: "float8e4m3fnuz",
    19: "float8e5m2",
    20: "float8e5m2fnuz",
    21: "uint4",
    22: "int4",
    23: "float4e2m1",
    24: "float8e8m0",
    25: "uint2",
    26: "int2",
}
"""TensorProto.DataType, of what numpy has, bfloat16, whose bits are the upper half of a float's, and narrow types."""
CODES = {name: code for code, name in TYPES.items()}
"""The same, by name."""
_FIELDS = {4: "<f4", 5: "varint", 7: "varint", 10: "<f8", 11: "varint"}
"""The typed fields: how their numbers stand on the wire."""
LARGEST = 1 << 29
"""Numbers of an array at most that takes no bytes of the file."""


def text(value: int | memoryview) -> str:
    """Return a field's bytes as text."""
    if isinstance(value, int):
        raise WireError("has a number where a text should be")
    return str(value, "utf-8", "replace")


def is_real(dtype: str) -> bool:
    """Tell whether a type is of floats."""
    return "float" in dtype


class Arrays:
    """Decodes TensorProto, and keeps the maps of the files with external data, and of which type an array is."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.maps: dict[str, memoryview] = {}
        self.types: dict[str, str] = {}

    def tensor(self, data: int | memoryview) -> tuple[str, Tensor]:
        """Return an array's name, and the array; raise WireError where its bytes do not fit what it says it is."""
        if isinstance(data, int):
            raise WireError("has a number where an array should be")
        name, code, dims, outside = "", 0, list[int](), dict[str, str]()
        raw: memoryview | None = None
        typed: dict[int, list[int | memoryview]] = {}
        for number, _, value in wire.fields(data):
            if number == 1:
                dims += [value] if isinstance(value, int) else wire.varints(value)
            elif number == 2 and isinstance(value, int):
                code = value
            elif number == 8:
                name = text(value)
            elif number == 9 and not isinstance(value, int):
                raw = value
            elif number == 13 and not isinstance(value, int):
                pair = {place: text(each) for place, _, each in wire.fields(value)}
                outside[pair.get(1, "")] = pair.get(2, "")
            elif number in _FIELDS:
                typed.setdefault(number, []).append(value)
            if len(dims) > MAX_RANK:
                raise WireError(f"has an array {name!r} of more than {MAX_RANK} axes")
        if code not in TYPES:
            raise WireError(f"has an array {name!r} of the type {code}, which is not read")
        shape = tuple(map(wire.signed, dims))
        if any(size < 0 for size in shape):
            raise WireError(f"has an array {name!r} with a negative size")
        if outside:
            raw = self._outside(name, outside)
        load = _raw(raw, code) if raw is not None else _typed(typed, code)
        bits = narrow.BITS.get(TYPES[code], 0)
        if load.count != (-(-math.prod(shape) * bits // 8) if bits else math.prod(shape)):
            raise WireError(f"has an array {name!r} of {math.prod(shape)} numbers, but holds {load.count} of them")
        self.types[name] = TYPES[code]
        return name, _lazy(load.values, shape, code)

    def _outside(self, name: str, entries: dict[str, str]) -> memoryview:
        """Return the bytes that lie in another file, which must be in the model's folder."""
        location = entries.get("location", "")
        if self.folder is None:
            raise WireError(f"has its array {name!r} in another file, {location!r}, and no folder to look for it")
        folder = self.folder.resolve()
        path = (folder / location).resolve()
        if not path.is_relative_to(folder) or "\0" in location:
            raise WireError(f"has its array {name!r} outside its folder, in {location!r}")
        if location not in self.maps:
            self.maps[location] = bounds.mapped(path)
        whole = self.maps[location]
        start = int(entries.get("offset", "0") or 0)
        length = int(entries.get("length", "0") or 0) if "length" in entries else len(whole) - start
        if start < 0 or length < 0 or start + length > len(whole):
            raise WireError(f"has its array {name!r} at {start} to {start + length} of {location!r}, which is shorter")
        return whole[start : start + length]


class _Numbers:
    """How many numbers there are, and a function that reads them."""

    def __init__(self, count: int, values: Callable[[], np.ndarray[Any, Any]]) -> None:
        self.count = count
        self.values = values


def _stored(code: int) -> np.dtype[Any]:
    """Return the type of a number as its bits are stored."""
    name = TYPES[code]
    return np.dtype({"bfloat16": "uint16"}.get(name, "uint8" if name in narrow.BITS else name)).newbyteorder("<")


def _raw(data: memoryview, code: int) -> _Numbers:
    dtype = _stored(code)
    if len(data) % dtype.itemsize:
        raise WireError(f"has an array of {len(data)} bytes, of which {dtype.itemsize} make a number")
    return _Numbers(len(data) // dtype.itemsize, lambda: np.frombuffer(data, dtype))


def _typed(fields: dict[int, list[int | memoryview]], code: int) -> _Numbers:
    """Return the numbers of a field of their own type; bits of half floats are whole numbers."""
    if not fields:
        return _Numbers(0, lambda: np.zeros(0, _stored(code)))
    number, parts = next(iter(fields.items()))
    form = _FIELDS[number]
    if form != "varint":
        if TYPES[code] != np.dtype(form).name:
            raise WireError(f"has an array of the type {TYPES[code]} whose numbers stand as {np.dtype(form).name}")
        views = [part for part in parts if not isinstance(part, int)]
        size = np.dtype(form).itemsize
        count = sum(len(view) // size for view in views)
        return _Numbers(
            count,
            lambda: np.concatenate([np.frombuffer(view[: len(view) // size * size], form) for view in views]),
        )
    count = sum(1 if isinstance(part, int) else _ends(part) for part in parts)

    def values() -> np.ndarray[Any, Any]:
        found: list[int] = []
        for part in parts:
            found += [part] if isinstance(part, int) else wire.varints(part)
        whole = np.array(found, np.uint64).view(np.int64)
        if TYPES[code] == "float16":
            return whole.astype(np.uint16).view(np.float16)
        return whole.astype(_stored(code))

    return _Numbers(count, values)


def _ends(data: memoryview) -> int:
    """Count the varints of a packed field."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) < 0x80))


def _lazy(values: Callable[[], np.ndarray[Any, Any]], shape: tuple[int, ...], code: int) -> Tensor:
    dtype = TYPES[code]
    if dtype in narrow.BITS:
        count = math.prod(shape)
        return Tensor(shape, lambda: narrow.unpacked(values(), dtype, count).reshape(shape), narrow.kept(dtype))
    if dtype != "bfloat16":
        return Tensor(shape, lambda: values().reshape(shape), TYPES[code])

    def widened() -> np.ndarray[Any, Any]:
        return (values().astype(np.uint32) << 16).view(np.float32).reshape(shape)

    return Tensor(shape, widened, "float32")


def filled(shape: tuple[int, ...], value: Any, dtype: str) -> Tensor:
    """Return an array with one value everywhere; raise ValueError where it is larger than a weight is."""
    if math.prod(shape) > LARGEST or len(shape) > MAX_RANK or any(size < 0 for size in shape):
        raise ValueError(f"makes an array of the shape {shape}, which no weight has")
    return Tensor(shape, lambda: np.broadcast_to(np.array(value, dtype), shape), dtype)
