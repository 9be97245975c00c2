"""Mend files in which a model stands as it is, designs and notations; others would lose what else they say."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ir.diagnostics import Report, TranslationError
from ir.graph import Graph, Model
from translator.checking.lints import FIXES, mended
from translator.checking.settings import Settings
from translator.convert import dialect_of, read, write
from translator.options import ReadOptions, WriteOptions

MENDED = ("design", "notation")
"""Formats that are written as they were read, but for comments and line breaks."""


def fix(path: Path, format: str | None, options: ReadOptions, settings: Settings) -> int:
    """Mend a file in place; return how many layers changed or went. What cannot be read stays as it is."""
    codes = {code for code in FIXES if settings.looks_at(code, str(path))}
    with suppress(TranslationError):
        dialect = dialect_of(path, format, None, Report())
        if dialect.name not in MENDED or not codes:
            return 0
        model = read(path, format=dialect.name, options=options)
        better = mended(model, codes)
        changes = _changes(model.graph, better.graph)
        if changes:
            write(Model(better.graph), dialect.name, path, options=WriteOptions(weights=False))
        return changes
    return 0


def _changes(before: Graph, after: Graph) -> int:
    left = {node.name: node.layer for node in after.nodes}
    return sum(left.get(node.name) != node.layer for node in before.nodes)
