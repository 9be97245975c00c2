"""Read a text from outside, of no more than a size that a model's text can have."""

from __future__ import annotations

from pathlib import Path

from ir.diagnostics import Report, TranslationError
from ir.origin import Origin, Source

LAYERS = 1 << 17
"""Layers of a model at most, and fields of one message."""
VALUES = 1 << 21
"""Values of a model at most, beside its weights: a layer has 20, and few have more."""
LARGEST = 64 << 20
"""Bytes of a text at most: a net of 100,000 layers has a third of that."""


def checked(size: int, name: str, report: Report) -> None:
    """Raise TranslationError (`file`) where a text is too large to be read."""
    if size > LARGEST:
        told = f"is a text of {size >> 20} MiB; a model's has at most {LARGEST >> 20}"
        report.add("file", told, Origin(Source(name)))
        raise TranslationError(report)


def read_bytes(path: Path, data: bytes | None, report: Report) -> bytes:
    """Return the bytes of a text, those at hand or the file's; raise TranslationError where they are too many."""
    checked(path.stat().st_size if data is None else len(data), str(path), report)
    return path.read_bytes() if data is None else data
