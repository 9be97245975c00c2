"""Protobuf's wire format, read from a memory map and written as a stream.

Reading takes no copy: a length-delimited field is a slice of the file, so that weights stay on disk until they are
asked for, and a declared length is checked against what is there. Writing takes pieces whose sizes are known, so that
no message is ever whole in memory. Format: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_WIDTHS = {FIXED64: 8, FIXED32: 4}


class WireError(ValueError):
    """Bytes are not a message; the message says why and where."""


def read_varint(data: memoryview, at: int) -> tuple[int, int]:
    """Return a varint and the offset behind it."""
    value = shift = 0
    while True:
        if at >= len(data):
            raise WireError(f"ends within a number, at byte {at}")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at
        shift += 7
        if shift > 63:
            raise WireError(f"has a number of more than 10 bytes, at byte {at}")


def varints(data: memoryview) -> Iterator[int]:
    """Yield the varints of a packed field."""
    at = 0
    while at < len(data):
        value, at = read_varint(data, at)
        yield value


def fields(data: memoryview) -> Iterator[tuple[int, int, int | memoryview]]:
    """Yield each field of a message: its number, its wire type, and its value.

    A varint is a number; every other value is the bytes it stands in. Numbers of fixed width that follow each other
    under one key are yielded as one value, as if they were packed.
    """
    at = 0
    while at < len(data):
        start = at
        key, at = read_varint(data, at)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise WireError(f"has a field with the number 0, at byte {at}")
        if kind == VARINT:
            value, at = read_varint(data, at)
            yield number, kind, value
            continue
        if kind == BYTES:
            size, at = read_varint(data, at)
        elif kind in _WIDTHS:
            size = _WIDTHS[kind]
            run = _run_of(bytes(data[start:at]), size).match(data, start)
            if run and run.end() > at + size:
                yield number, kind, _joined(bytes(data[start : run.end()]), at - start, size)
                at = run.end()
                continue
        else:
            raise WireError(f"has a field of the unknown wire type {kind}, at byte {at}")
        if size > len(data) - at:
            raise WireError(f"says a field has {size} bytes where {len(data) - at} are left, at byte {at}")
        yield number, kind, data[at : at + size]
        at += size


@lru_cache(maxsize=64)
def _run_of(key: bytes, size: int) -> re.Pattern[bytes]:
    """Match numbers of one width that follow each other, each behind the same key."""
    return re.compile(rb"(?:%b.{%d})*+" % (re.escape(key), size), re.DOTALL)


def _joined(run: bytes, key: int, size: int) -> memoryview:
    """Return a run of numbers without their keys, of which each has so many bytes."""
    packed = bytearray(len(run) // (key + size) * size)
    for i in range(size):
        packed[i::size] = run[key + i :: key + size]
    return memoryview(packed)


def signed(value: int) -> int:
    """Return a varint as the signed 64-bit number that it stands for."""
    return value - (1 << 64) if value >= 1 << 63 else value


def varint(value: int) -> bytes:
    """Write a varint; a negative number takes ten bytes."""
    value &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def key(number: int, kind: int) -> bytes:
    """Write a field's number and wire type."""
    return varint(number << 3 | kind)


@dataclass(frozen=True)
class Stream:
    """Bytes of a known size that are made when they are written."""

    size: int
    chunks: Callable[[], Iterable[bytes | memoryview]]


Piece = bytes | Stream


class Pieces:
    """A message under construction."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.size = 0

    def add(self, piece: Piece) -> None:
        """Add bytes as they are."""
        self.pieces.append(piece)
        self.size += piece.size if isinstance(piece, Stream) else len(piece)

    def number(self, field: int, value: int) -> None:
        """Add a field with a whole number or a flag."""
        self.add(key(field, VARINT) + varint(value))

    def real(self, field: int, value: float) -> None:
        """Add a field with a 32-bit float."""
        self.add(key(field, FIXED32) + struct.pack("<f", value))

    def text(self, field: int, value: str | bytes) -> None:
        """Add a field with a text or bytes."""
        raw = value.encode() if isinstance(value, str) else value
        self.add(key(field, BYTES) + varint(len(raw)) + raw)

    def message(self, field: int, inner: Pieces) -> None:
        """Add a field with a message."""
        self.add(key(field, BYTES) + varint(inner.size))
        for piece in inner.pieces:
            self.add(piece)

    def stream(self, field: int, stream: Stream) -> None:
        """Add a field with bytes that are made later."""
        self.add(key(field, BYTES) + varint(stream.size))
        self.add(stream)

    def chunks(self) -> Iterator[bytes | memoryview]:
        """Yield the message's bytes, small pieces joined."""
        buffer = bytearray()
        for piece in self.pieces:
            if isinstance(piece, Stream):
                if buffer:
                    yield bytes(buffer)
                    buffer.clear()
                yield from piece.chunks()
            else:
                buffer += piece
        yield bytes(buffer)
