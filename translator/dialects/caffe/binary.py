"""Caffe's binary files: a caffemodel to a net's tree, its blobs left in the file; and back."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import Any

from ir.diagnostics import Report
from ir.origin import Origin, Source
from ir.weights import Tensor
from translator import bounds, wire
from translator.attrs import Attrs
from translator.dialects.caffe.blobs import blob
from translator.dialects.caffe.schema import ENUMS, FieldSpec, enum_names, fields, fields_by_number

MAX_DEPTH = 16
_PACKED = {"float": (4, "f"), "double": (8, "d")}
_WHOLE = ("int32", "uint32", "int64", "bool")


def read_net(data: memoryview, name: str, report: Report) -> Attrs:
    """Decode a NetParameter; what is no message of Caffe's is reported (`syntax`), with all before it kept."""
    source = Source(name)
    try:
        return _Decoder(source).message(data, "NetParameter", 0)
    except wire.WireError as error:
        report.add("syntax", f"is not a caffemodel, or a damaged one: it {error}", Origin(source))
        return Attrs({}, source)


class _Decoder:
    """Decodes messages, of no more values together than a model has."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.left = bounds.VALUES

    def count(self, values: int) -> None:
        """Raise WireError where with some more values there are too many."""
        self.left -= values
        if values > bounds.LAYERS or self.left < 0:
            raise wire.WireError(f"holds more than {bounds.VALUES} values beside its arrays")

    def message(self, data: memoryview, name: str, depth: int) -> Attrs:
        if depth > MAX_DEPTH:
            raise wire.WireError("nests messages too deep")
        schema = fields_by_number(name)
        attrs = Attrs({}, self.source)
        many: dict[str, list[Any]] = {}
        for place, (number, kind, raw) in enumerate(wire.fields(data), 1):
            self.count(1)
            if place > bounds.LAYERS:
                raise wire.WireError(f"has a message of more than {bounds.LAYERS} fields")
            spec = schema.get(number)
            if spec is None:
                continue
            values = self.values(spec, kind, raw, depth)
            if spec.repeated:
                many.setdefault(spec.name, []).extend(values)
            else:
                attrs.update((spec.name, value) for value in values)
        attrs.update((field, tuple(values)) for field, values in many.items())
        return attrs

    def values(self, spec: FieldSpec, kind: int, raw: int | memoryview, depth: int) -> Iterable[Any]:
        """Return the values of one field on the wire: one, or several where they are packed."""
        if isinstance(raw, int):
            if spec.type not in _WHOLE and spec.type not in ENUMS:
                raise wire.WireError(f"has a {spec.name} that is a number")
            return (_whole(raw, spec),)
        if spec.type == "BlobProto":
            return (blob(raw),)
        if spec.type == "string":
            return (str(raw, "utf-8", "replace"),)
        if spec.type in _PACKED:
            width, letter = _PACKED[spec.type]
            self.count(len(raw) // width)
            numbers = struct.unpack(f"<{len(raw) // width}{letter}", raw[: len(raw) // width * width])
            return [_shortest(each) if letter == "f" else each for each in numbers]
        if spec.type in _WHOLE or spec.type in ENUMS:
            self.count(len(raw))
            return [_whole(each, spec) for each in wire.varints(raw)]
        if kind != wire.BYTES:
            raise wire.WireError(f"has a {spec.name} that is no message")
        return (self.message(raw, spec.type, depth + 1),)


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
