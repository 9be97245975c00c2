"""A model to Graphviz's dot language. Source: https://graphviz.org/doc/info/lang.html."""

from __future__ import annotations

from ir.diagnostics import Report
from ir.graph import Model
from ir.validate import Shapes
from translator.dialect import Output, Target
from translator.dialects.pictures.caption import arrows, boxes
from translator.options import WriteOptions


def target(options: WriteOptions) -> Target:
    """Return that a picture shows all there is."""
    return Target(None, None)


def write(model: Model, shapes: Shapes, options: WriteOptions, report: Report) -> Output:
    """Return the graph in the dot language."""
    lines = [f"digraph {_quoted([model.graph.name or 'model'])} {{", "  node [shape=box, fontname=Helvetica];"]
    lines += [
        f"  {key} [label={_quoted(text)}{', style=rounded' * (key[0] == 'i')}];"
        for key, text in boxes(model.graph, shapes)
    ]
    lines += [f"  {start} -> {end};" for start, end in arrows(model.graph)]
    return Output("\n".join([*lines, "}"]) + "\n")


_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"'} | dict.fromkeys(range(32), " "))


def _quoted(lines: list[str]) -> str:
    # In a quoted label Graphviz still reads character entities, which `&amp;` keeps as they are written.
    return '"' + "\\n".join(line.translate(_ESCAPES).replace("&", "&amp;") for line in lines) + '"'
