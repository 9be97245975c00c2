"""Mend files in place: designs and notations are written anew, and of a Caffe net the text of a layer is taken out."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from ir.diagnostics import Report, TranslationError
from ir.graph import Graph, Model, Node
from translator.checking.lints import FIXES, mended
from translator.checking.settings import Settings
from translator.convert import dialect_of, read, save, write
from translator.dialect import Output
from translator.options import ReadOptions, WriteOptions

_COMMENT = re.compile(r'^(?:[^"#]|"(?:[^"\\]|\\.)*")*#', re.MULTILINE)
_MARK = re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\#[^\n]*|[{}]""")


def fix(path: Path, format: str | None, options: ReadOptions, settings: Settings) -> int:
    """Mend a file in place; return how many layers changed or went. What cannot be mended stays as it is."""
    codes = {code for code in FIXES if settings.looks_at(code, str(path))}
    with suppress(TranslationError, UnicodeDecodeError):
        dialect = dialect_of(path, format, None, Report())
        if not codes or dialect.name not in ("design", "notation", "caffe"):
            return 0
        model = read(path, format=dialect.name, options=options)
        if dialect.name == "caffe":
            return _take_out(path, model) if "repeated-activation" in codes else 0
        better = mended(model, codes)
        changes = _changes(model.graph, better.graph)
        # Comments would be lost: such a file is for its author to mend.
        if changes and not (dialect.name == "notation" and _COMMENT.search(path.read_text("utf-8"))):
            write(Model(better.graph), dialect.name, path, options=WriteOptions(weights=False))
            return changes
    return 0


def _changes(before: Graph, after: Graph) -> int:
    left = {node.name: node.layer for node in after.nodes}
    return sum(left.get(node.name) != node.layer for node in before.nodes)


def _take_out(path: Path, model: Model) -> int:
    """Take layers that work in place, and change nothing, out of a prototxt."""
    left = {node.name for node in mended(model, {"repeated-activation"}).graph.nodes}
    nodes = {node.name: node for node in model.graph.nodes}
    gone = [node for node in model.graph.nodes if node.name not in left and _is_in_place(node, nodes)]
    text = path.read_bytes().decode("utf-8")
    for node in reversed(gone):
        assert node.origin
        if (end := _end(text, node.origin.offset or 0)) is None or text[end:].lstrip(" \t")[:1] not in ("\n", "\r", ""):
            return 0
        text = text[: node.origin.offset] + text[end:].lstrip(" \t").removeprefix("\r").removeprefix("\n")
    if gone:
        save(path, Output(text), Report())
    return len(gone)


def _is_in_place(node: Node, nodes: dict[str, Node]) -> bool:
    before = nodes.get(node.inputs[0].node)
    placed = node.origin is not None and node.origin.offset is not None
    return placed and before is not None and before.label(node.inputs[0].index) == node.label()


def _end(text: str, start: int) -> int | None:
    """Return where the message ends that starts at some place, or nothing where that cannot be told."""
    depth = 0
    for mark in _MARK.finditer(text, start):
        depth += (mark[0] == "{") - (mark[0] == "}")
        if mark[0] == "}" and depth == 0:
            return mark.end()
    return None
