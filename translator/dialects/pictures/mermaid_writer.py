"""A model to a Mermaid flowchart. Source: https://mermaid.js.org/syntax/flowchart.html."""

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
    """Return the graph as a flowchart."""
    lines = ["flowchart TD"]
    for key, text in boxes(model.graph, shapes):
        label = "<br/>".join(_escaped(line) for line in text)
        lines.append(f'  {key}(["{label}"])' if key[0] == "i" else f'  {key}["{label}"]')
    lines += [f"  {start} --> {end}" for start, end in arrows(model.graph)]
    return Output("\n".join(lines) + "\n")


_ESCAPES = str.maketrans({each: f"#{ord(each)};" for each in '#&"<>`\\'} | dict.fromkeys(range(32), " "))


def _escaped(line: str) -> str:
    """Return a text in which nothing is markup: Mermaid writes a character as `#34;`."""
    return line.translate(_ESCAPES)
