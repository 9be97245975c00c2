"""A design in the notation to a model."""

from __future__ import annotations

from pathlib import Path

import ir.layers  # noqa: F401  (fills the catalogue)
from grammars.check import check_grammar, grammar
from ir.diagnostics import Report
from ir.graph import Model
from translator.bounds import decoded, read_text
from translator.dialects.notation.builder import build_graph
from translator.dialects.notation.syntax import parse
from translator.installed import load_installed
from translator.options import ReadOptions


def read(path: Path, data: bytes | None, options: ReadOptions, report: Report) -> Model:
    """Read a design; what the grammar of layers does not allow is reported at the layer (`grammar`)."""
    source = decoded(str(path), read_text(path, data, report), report)
    report.stop_on_errors()
    paths = parse(source.text, source, report)
    report.stop_on_errors()
    load_installed(report)
    graph, said = build_graph(paths, source, options, report)
    report.stop_on_errors()
    check_grammar(graph, grammar(), report, said)
    report.stop_on_errors()
    return Model(graph)
