"""What a model's file from outside may be: a plain file, and of no more than a model has.

These are the limits that make the cost of any file known: a text takes at most a few times its size in memory to be
refused, and a few microseconds for each of its values to be read.
"""

from __future__ import annotations

import codecs
import errno
import mmap
import stat
from pathlib import Path
from typing import BinaryIO

from ir.diagnostics import Report, TranslationError
from ir.origin import Origin, Source

LAYERS = 1 << 17
"""Layers of a model at most, and fields of one message."""
VALUES = 1 << 21
"""Values of a model at most, beside its weights: a layer has 20, and few have more."""
LARGEST = 64 << 20
"""Bytes of a text at most: a net of 100,000 layers has a third of that."""


def opened(path: Path) -> BinaryIO:
    """Open a file to be read; raise OSError where it is none, for from a pipe or a device there may be no end."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a pipe" if stat.S_ISFIFO(mode) else "a device"
        raise OSError(errno.EINVAL, f"it is {kind}, not a file", str(path))
    return path.open("rb")


def mapped(path: Path) -> memoryview:
    """Return a file's bytes without reading them."""
    with opened(path) as file:
        if path.stat().st_size == 0:
            return memoryview(b"")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def checked(size: int, name: str, report: Report) -> None:
    """Raise TranslationError (`file`) where a text is too large to be read."""
    if size > LARGEST:
        told = f"is a text of {size >> 20} MiB; a model's has at most {LARGEST >> 20}"
        report.add("file", told, Origin(Source(name)))
        raise TranslationError(report)


def is_json_too_long(raw: bytes) -> bool:
    """Tell whether a JSON text may hold more values than a model has, before it is parsed."""
    return sum(map(raw.count, (b",", b"[", b"{"))) > VALUES


def read_text(path: Path, data: bytes | None, report: Report) -> bytes:
    """Return the bytes of a text, those at hand or the file's; raise TranslationError where they are too many."""
    if data is None:
        checked(path.stat().st_size, str(path), report)
        with opened(path) as file:
            data = file.read(LARGEST + 1)
    checked(len(data), str(path), report)
    return data


def unmarked(raw: bytes) -> bytes:
    """Return a text as UTF-8 without the mark that some editors put first, and PowerShell with it for UTF-16."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace").encode("utf-8", "replace")
    return raw.removeprefix(codecs.BOM_UTF8)


def decoded(name: str, raw: bytes, report: Report) -> Source:
    """Return a text as a source; where it is neither UTF-8 nor marked as UTF-16 that is reported (`syntax`)."""
    raw = unmarked(raw)
    try:
        return Source(name, raw.decode())
    except UnicodeDecodeError as error:
        source = Source(name, raw.decode(errors="replace"))
        report.add("syntax", "is not UTF-8 text", Origin(source, len(raw[: error.start].decode())))
        return source
