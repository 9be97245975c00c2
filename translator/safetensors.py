"""The safetensors format: a JSON header that says where each tensor lies, and the tensors.

Writing takes tensors one at a time, behind a header made from their declared shapes; reading maps the file, checks
every declared place, and gives lazy tensors. Format: https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

from ir.weights import Tensor
from translator.bounds import is_json_too_long, mapped

DTYPES = {
    "F64": ("float64", 8),
    "I64": ("int64", 8),
    "U64": ("uint64", 8),
    "F32": ("float32", 4),
    "I32": ("int32", 4),
    "U32": ("uint32", 4),
    "F16": ("float16", 2),
    "BF16": ("float32", 2),
    "I16": ("int16", 2),
    "U16": ("uint16", 2),
    "I8": ("int8", 1),
    "U8": ("uint8", 1),
    "BOOL": ("bool", 1),
}
"""The format's types: numpy's name, and bytes for an element. A bfloat16 is widened, as numpy has none."""

_CODES = {name: code for code, (name, _) in DTYPES.items() if code != "BF16"}

MAX_HEADER = 100_000_000
"""Largest header in bytes, as in the reference implementation."""


class SafetensorsError(ValueError):
    """A file is not sound safetensors; the message says why."""


def save(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None) -> None:
    """Write tensors to a file, each loaded when its turn comes and then let go.

    Wide types come first, so that every tensor lies where its type wants it. Raises ValueError where a tensor's type
    has no place in the format, or its numbers are not of the declared shape.
    """
    for name, tensor in tensors.items():
        if tensor.dtype not in _CODES:
            raise ValueError(f"safetensors has no type for {name}, which is {tensor.dtype}")
    ordered = sorted(tensors.items(), key=lambda item: -DTYPES[_CODES[item[1].dtype]][1])
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    at = 0
    for name, tensor in ordered:
        code = _CODES[tensor.dtype]
        size = tensor.size * DTYPES[code][1]
        header[name] = {"dtype": code, "shape": list(tensor.shape), "data_offsets": [at, at + size]}
        at += size
    head = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    head += b" " * (-len(head) % 8)
    with path.open("wb") as file:
        file.write(len(head).to_bytes(8, "little"))
        file.write(head)
        for name, tensor in ordered:
            if tensor.size:
                data = tensor.bytes()
                if len(data) != tensor.size * DTYPES[_CODES[tensor.dtype]][1]:
                    raise ValueError(f"{name} is not of its declared shape {tensor.shape}")
                file.write(data)


def load(path: Path) -> dict[str, Tensor]:
    """Return a file's tensors by name, in the order in which they lie; their numbers stay on disk until asked for.

    Raises SafetensorsError where the file is not what its header says, and OSError where it cannot be read.
    """
    data = mapped(path)
    if len(data) < 8:
        raise SafetensorsError("is too short to be safetensors")
    length = int.from_bytes(data[:8], "little")
    if length > min(MAX_HEADER, len(data) - 8):
        raise SafetensorsError(f"says its header has {length} bytes, but the file has {len(data)}")
    header = _header(bytes(data[8 : 8 + length]))
    start = 8 + length
    room = len(data) - start
    found = [(*_place(name, entry, room), name) for name, entry in header.items() if name != "__metadata__"]
    at = 0
    for begin, end, _, _, name in sorted(found, key=lambda each: each[:2]):
        if begin != at:
            raise SafetensorsError(f"has {name!r} at byte {begin}, but what is before it ends at {at}")
        at = end
    if at != room:
        raise SafetensorsError(f"says its tensors have {at} bytes, but {room} are there")
    found.sort(key=lambda each: each[:2])
    return {name: _tensor(data, start + begin, code, shape) for begin, _, code, shape, name in found}


def _header(raw: bytes) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise SafetensorsError("names a thing twice in its header")
        return made

    if is_json_too_long(raw):
        raise SafetensorsError("has a header of more tensors than a model has")
    try:
        header = json.loads(raw.decode(), object_pairs_hook=once)
    except SafetensorsError:
        raise
    except (ValueError, RecursionError):
        raise SafetensorsError("has a header that is not JSON") from None
    if not isinstance(header, dict):
        raise SafetensorsError("has a header that is not a JSON object")
    return header


def _place(name: str, entry: Any, room: int) -> tuple[int, int, str, tuple[int, ...]]:
    """Check what the header says of a tensor; return where it begins and ends, its type and its shape."""
    if not isinstance(entry, dict):
        raise SafetensorsError(f"does not say what {name!r} is")
    code: Any = entry.get("dtype")
    shape: Any = entry.get("shape")
    offsets: Any = entry.get("data_offsets")
    if not isinstance(code, str) or code not in DTYPES:
        raise SafetensorsError(f"has {name!r} of the type {code!r}, which cannot be read")
    if not _is_sizes(shape):
        raise SafetensorsError(f"gives {name!r} the shape {shape!r}")
    if not _is_sizes(offsets) or len(offsets) != 2 or not offsets[0] <= offsets[1] <= room:
        raise SafetensorsError(f"puts {name!r} at {offsets!r}, but has {room} bytes of tensors")
    size = prod(shape) * DTYPES[code][1]
    if size != offsets[1] - offsets[0]:
        raise SafetensorsError(f"gives {name!r} {offsets[1] - offsets[0]} bytes, but its shape takes {size}")
    return offsets[0], offsets[1], code, tuple(shape)


def _is_sizes(value: Any) -> bool:
    return isinstance(value, list) and all(type(each) is int and each >= 0 for each in value)


def _tensor(data: memoryview, start: int, code: str, shape: tuple[int, ...]) -> Tensor:
    dtype, _ = DTYPES[code]

    def read() -> Any:
        import numpy as np

        stored = "<u2" if code == "BF16" else np.dtype(dtype).newbyteorder("<")
        array: Any = np.frombuffer(data, stored, prod(shape), start) if prod(shape) else np.zeros(0, stored)
        if code == "BF16":
            array = (array.astype("<u4") << 16).view("<f4")
        return array.reshape(shape)

    return Tensor(shape, read, dtype)


__all__ = ["SafetensorsError", "load", "save"]
