"""Caffe's binary files: a caffemodel to a net's tree, its blobs left in the file; and back.

A blob is a `Tensor` over the memory map. Both of Caffe's ways to say its shape are read (`shape`, and the four
numbers of old), and the types that it and its forks store (float, double, half).
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ir.diagnostics import Report
from ir.origin import Origin, Source
from ir.weights import Tensor
from translator import wire
from translator.attrs import Attrs
from translator.dialects.caffe.schema import ENUMS, FieldSpec, enum_names, fields, fields_by_number

if TYPE_CHECKING:
    import numpy as np

MAX_DEPTH = 16
MAX_FIELDS = 1 << 20
"""Fields of a message at most; a net has one for each layer."""
RAW_TYPES = {0: "<f8", 1: "<f4", 2: "<f2", 3: "<i4", 4: "<u4"}
"""How the numbers of `raw_data` are stored, by `raw_data_type`.

Source: https://github.com/NVIDIA/caffe/blob/caffe-0.17/src/caffe/proto/caffe.proto
"""
_PACKED = {"float": (4, "f"), "double": (8, "d")}


def map_file(path: Path) -> memoryview:
    """Return a file's bytes without reading them."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            return memoryview(b"")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def read_net(data: memoryview, name: str, report: Report) -> Attrs:
    """Decode a NetParameter; what is no message of Caffe's is reported (`syntax`), with all before it kept."""
    source = Source(name)
    try:
        return _message(data, "NetParameter", source, 0)
    except wire.WireError as error:
        report.add("syntax", f"is not a caffemodel, or a damaged one: it {error}", Origin(source))
        return Attrs({}, source)


def _message(data: memoryview, name: str, source: Source, depth: int) -> Attrs:
    if depth > MAX_DEPTH:
        raise wire.WireError("nests messages too deep")
    schema = fields_by_number(name)
    attrs = Attrs({}, source)
    many: dict[str, list[Any]] = {}
    for count, (number, kind, raw) in enumerate(wire.fields(data)):
        if count == MAX_FIELDS:
            raise wire.WireError(f"has a message of more than {MAX_FIELDS} fields")
        spec = schema.get(number)
        if spec is None:
            continue
        for value in _values(spec, kind, raw, source, depth):
            if spec.repeated:
                many.setdefault(spec.name, []).append(value)
            else:
                attrs[spec.name] = value
    attrs.update((field, tuple(values)) for field, values in many.items())
    return attrs


def _values(spec: FieldSpec, kind: int, raw: int | memoryview, source: Source, depth: int) -> Iterable[Any]:
    """Return the values of one field on the wire: one, or several where they are packed."""
    if spec.type == "BlobProto" and isinstance(raw, memoryview):
        return (blob(raw),)
    if isinstance(raw, int):
        if spec.type not in ("int32", "uint32", "int64", "bool") and spec.type not in ENUMS:
            raise wire.WireError(f"has a {spec.name} that is a number")
        return (_whole(raw, spec),)
    if spec.type == "string":
        return (str(raw, "utf-8", "replace"),)
    if spec.type in _PACKED:
        width, letter = _PACKED[spec.type]
        numbers = struct.unpack(f"<{len(raw) // width}{letter}", raw[: len(raw) // width * width])
        return [_shortest(each) if letter == "f" else each for each in numbers]
    if spec.type in ("int32", "uint32", "int64", "bool") or spec.type in ENUMS:
        return [_whole(each, spec) for each in _packed(raw)]
    if kind != wire.BYTES:
        raise wire.WireError(f"has a {spec.name} that is no message")
    return (_message(raw, spec.type, source, depth + 1),)


def _packed(raw: memoryview) -> Iterator[int]:
    at = 0
    while at < len(raw):
        value, at = wire.read_varint(raw, at)
        yield value


def _whole(value: int, spec: FieldSpec) -> Any:
    if spec.type == "bool":
        return bool(value)
    if spec.type in ENUMS:
        return enum_names(spec.type).get(value, str(value))
    value = wire.signed(value)
    return value & 0xFFFFFFFF if spec.type == "uint32" else value


def _shortest(value: float) -> float:
    """Return the shortest decimal that is this 32-bit float, as a person would have written it."""
    for digits in (6, 7, 8):
        short = float(f"{value:.{digits}g}")
        if struct.unpack("<f", struct.pack("<f", short))[0] == value:
            return short
    return value


def blob(raw: memoryview) -> Tensor:
    """Return a BlobProto as a tensor over the bytes it stands in; raise WireError where their number is wrong."""
    shape: tuple[int, ...] | None = None
    legacy = [1, 1, 1, 1]
    parts: dict[int, list[memoryview]] = {}
    raw_type = ""
    for number, _, value in wire.fields(raw):
        if number == 7 and isinstance(value, memoryview):
            shape = _dims(value)
        elif number <= 4 and isinstance(value, int):
            legacy[number - 1] = wire.signed(value)
            parts.setdefault(0, [])
        elif number in (5, 8, 12) and isinstance(value, memoryview):
            parts.setdefault(number, []).append(value)
        elif number == 10 and isinstance(value, int):
            raw_type = RAW_TYPES.get(value, "")
            if not raw_type:
                raise wire.WireError(f"has a blob of the unknown type {value}")
    shape = shape if shape is not None else tuple(legacy)
    number = next((each for each in (5, 8, 12) if each in parts), 5)
    dtype = {5: "<f4", 8: "<f8", 12: raw_type or "<f4"}[number]
    runs = parts.get(number, [])
    count = sum(map(len, runs)) // int(dtype[2])
    size = 1
    for each in shape:
        if each < 0:
            raise wire.WireError(f"has a blob of shape {shape}")
        size *= each
    if size != count:
        raise wire.WireError(f"has a blob of shape {shape} with {count} numbers")

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
            dims += map(wire.signed, _packed(value) if isinstance(value, memoryview) else [value])
    return tuple(dims)


def encode(attrs: Mapping[str, Any], message: str) -> wire.Pieces:
    """Return a message of Caffe's as pieces to write; blobs are streamed."""
    schema = fields(message)
    pieces = wire.Pieces()
    for field, value in attrs.items():
        spec = schema.get(field)
        if spec is None:
            continue
        for each in value if isinstance(value, tuple) else (value,):
            _add(pieces, spec, each)
    return pieces


def _add(pieces: wire.Pieces, spec: FieldSpec, value: Any) -> None:
    if isinstance(value, Tensor):
        pieces.message(spec.number, _blob_pieces(value))
    elif isinstance(value, Mapping):
        pieces.message(spec.number, encode(value, spec.type))
    elif spec.type == "string":
        pieces.text(spec.number, value)
    elif spec.type in ENUMS:
        pieces.number(spec.number, ENUMS[spec.type].get(value, 0))
    elif spec.type == "float":
        pieces.real(spec.number, value)
    else:
        pieces.number(spec.number, int(value))


def _blob_pieces(tensor: Tensor) -> wire.Pieces:
    pieces, shape = wire.Pieces(), wire.Pieces()
    if tensor.shape:
        shape.text(1, b"".join(map(wire.varint, tensor.shape)))
        pieces.message(7, shape)
    else:
        # A single number has no axes. OpenCV cannot read a shape without any; the four of old stand for it in both.
        for number in (1, 2, 3, 4):
            pieces.number(number, 1)
    pieces.stream(5, wire.Stream(4 * tensor.size, lambda: [tensor.bytes()]))
    return pieces
