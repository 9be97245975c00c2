"""What the pipeline knows of a format: its names and suffixes, and where its reader and writer are.

Each folder of `translator/dialects` declares its formats in `DIALECTS`; nothing else lists them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

from ir.diagnostics import Report
from ir.graph import Layout, Model
from ir.validate import Shapes
from translator.mapping import Rules
from translator.options import ReadOptions, WriteOptions

Save = Callable[[Path], None]
"""Writes a file at a path."""


@dataclass(frozen=True)
class Output:
    """What a writer gives: a text or a file, and the files that go with it, by their suffix."""

    text: str | None = None
    save: Save | None = None
    companions: dict[str, Save] = field(default_factory=dict)


class Reader(Protocol):
    """The module of a format's reader."""

    def read(self, path: Path, data: bytes | None, options: ReadOptions, report: Report) -> Model:
        """Read a file; `data` holds its bytes where it is no file (stdin)."""


class ObjectReader(Protocol):
    """The module of a reader that takes a framework's own objects."""

    def read_object(self, found: Any, inputs: Any, dynamic_shapes: Any, options: ReadOptions, report: Report) -> Model:
        """Read an object; `inputs` are examples of what it takes, and `dynamic_shapes` tell their open axes."""


class Writer(Protocol):
    """The module of a format's writer."""

    def target(self, options: WriteOptions) -> Target:
        """Return what the format can say."""

    def write(self, model: Model, shapes: Shapes, options: WriteOptions, report: Report) -> Output:
        """Write a model that has been brought to what the format can say."""


@dataclass(frozen=True)
class Target:
    """What a format can say: its rules (None for all there is), its layout, and what it likes joined.

    Borders are joined with the windows behind them: never, those that are even, or all. Parts of layers that people
    would name are joined, but where the format has the parts; factors and lines, where its layers have their own.
    """

    rules: Rules | None = None
    layout: Layout | None = "channels_first"
    joins_scale: bool = True
    joins_borders: Literal["never", "even", "all"] = "even"
    joins_parts: bool = True
    joins_lines: bool = False


@dataclass(frozen=True)
class Dialect:
    """One format; with `objects` its reader takes what is in memory too (`read_object`).

    Of its suffixes those in `read_only` are of files that it reads, but would not be taken to write.
    """

    name: str
    title: str
    folder: str
    suffixes: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    reads: bool = False
    writes: bool = True
    objects: bool = False
    extra: str = ""
    sniff: Callable[[bytes], bool] | None = field(default=None, compare=False)

    @property
    def written(self) -> tuple[str, ...]:
        """The suffixes of the files that it writes."""
        return tuple(suffix for suffix in self.suffixes if self.writes and suffix not in self.read_only)

    def reader(self) -> Reader:
        """Import the reader."""
        reader: Reader = _module(self.folder, "reader")
        return reader

    def object_reader(self) -> ObjectReader:
        """Import the reader of objects."""
        reader: ObjectReader = _module(self.folder, "reader")
        return reader

    def writer(self) -> Writer:
        """Import the writer; `keras-json` and its like have one of their own."""
        part = self.name.removeprefix(self.folder).lstrip("-")
        writer: Writer = _module(self.folder, f"{part}_writer" if part else "writer")
        return writer


def _module(folder: str, name: str) -> Any:
    return importlib.import_module(f"translator.dialects.{folder}.{name}")


@cache
def dialects() -> dict[str, Dialect]:
    """Return every format by its name."""
    import translator.dialects as package

    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        for each in importlib.import_module(f"translator.dialects.{module.name}").DIALECTS:
            found[each.name] = each
    return found


def by_suffix(path: Path, *, writing: bool = False) -> list[Dialect]:
    """Return the formats that a file's suffix may stand for."""
    name = path.name.lower()
    return [
        each
        for each in dialects().values()
        if (writing or each.reads) and name.endswith(each.written if writing else each.suffixes)
    ]


def by_content(head: bytes) -> list[Dialect]:
    """Return the readable formats that a file's first bytes may be of."""
    return [each for each in dialects().values() if each.reads and each.sniff and each.sniff(head)]


__all__ = [
    "Dialect",
    "ObjectReader",
    "Output",
    "Reader",
    "Save",
    "Target",
    "Writer",
    "by_content",
    "by_suffix",
    "dialects",
]
