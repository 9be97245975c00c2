"""Tables as LaTeX, Markdown, HTML and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """A cell: its text, and over how many columns and rows it goes."""

    text: str = ""
    wide: int = 1
    high: int = 1


Rows = Sequence[Sequence[Said | None]]
"""The rows of a table; None where a cell from the left or from above goes on."""


def turned(rows: Rows) -> list[list[Said | None]]:
    """Return a table with its columns for rows."""
    return [[row[i] for row in rows] for i in range(len(rows[0]))]


def text_of(rows: Rows, syntax: str, caption: str, *, headed: bool, rules: str) -> str:
    """Return a table in a syntax, with its caption where the syntax has room for one."""
    if syntax == "tex":
        return _latex(rows, caption, headed, rules)
    if syntax == "html":
        return _html(rows, caption, headed)
    if syntax == "md":
        return _markdown(rows, caption)
    out = io.StringIO()
    csv.writer(out).writerows([[each.text if each else "" for each in row] for row in rows])
    return out.getvalue()


_TEX = {"×": r"$\times$", "%": r"\%", "#": r"\#", "_": r"\_", "→": r"$\rightarrow$", "&": r"\&", "\n": " "}
_SIGNS = {"✓": r"\checkmark", "–": "--", "↑": r"$\uparrow$"}


def escaped(text: str) -> str:
    """Return a text as LaTeX writes it."""
    for sign, spelt in (_TEX | _SIGNS).items():
        text = text.replace(sign, spelt)
    return text


def in_fonts(rows: Rows, syntax: str) -> list[list[Said | None]]:
    """Return a table with its header in bold type."""
    forms = {"tex": r"\textbf{%s}", "md": "**%s**", "html": "<b>%s</b>"}
    form = forms.get(syntax, "%s")
    bold = [
        each and Said(form % (escaped(each.text) if syntax == "tex" else each.text), each.wide, each.high)
        for each in rows[0]
    ]
    return [bold, *map(list, rows[1:])]


def _latex(rows: Rows, caption: str, headed: bool, rules: str) -> str:
    between = r" \hline" if rules == "all" else ""
    top, middle, bottom = (r"\toprule", r"\midrule", r"\bottomrule") if rules == "book" else (r"\hline",) * 3
    lines = [] if rules == "none" else [top]
    for i, row in enumerate(rows):
        cells = []
        column = 0
        while column < len(row):
            each = row[column]
            text = escaped(each.text) if each and not each.text.startswith("\\") else each.text if each else ""
            if each and "\n" in each.text:
                text = r"\makecell{" + r" \\ ".join(map(escaped, each.text.split("\n"))) + "}"
            if each and each.high > 1:
                text = rf"\multirow{{{each.high}}}{{*}}{{{text}}}"
            wide = each.wide if each else 1
            cells.append(rf"\multicolumn{{{wide}}}{{c}}{{{text}}}" if wide > 1 else text)
            column += wide
        rule = f" {middle}" if headed and i == 0 and rules != "none" else between
        if cells[0].startswith("["):
            cells[0] = f"{{{cells[0]}}}"  # Or it would be an argument of the line's end before it.
        lines.append(f"{' & '.join(cells)} \\\\{rule}")
    lines += [] if rules == "none" else [bottom]
    sign = "|" if rules == "all" else ""
    places = sign + sign.join("l" * len(rows[0])) + sign
    body = "\n".join(lines)
    return (
        f"\\begin{{table}}\n\\caption{{{escaped(caption)}}}\n\\begin{{tabular}}{{{places}}}\n{body}\n"
        "\\end{tabular}\n\\end{table}\n"
    )


def _html(rows: Rows, caption: str, headed: bool) -> str:
    lines = []
    for i, row in enumerate(rows):
        tag = "th" if headed and i == 0 else "td"
        cells = []
        for each in row:
            if each is not None:
                spans = "".join(
                    f' {name}="{n}"' for name, n in (("colspan", each.wide), ("rowspan", each.high)) if n > 1
                )
                cells.append(f"<{tag}{spans}>{each.text.replace(chr(10), '<br>')}</{tag}>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f"<p>{caption}</p>\n<table>\n{chr(10).join(lines)}\n</table>\n"


def _markdown(rows: Rows, caption: str) -> str:
    lines = [
        "| " + " | ".join((each.text if each else "").replace("\n", "<br>").replace("|", r"\|") for each in row) + " |"
        for row in rows
    ]
    return "\n".join([caption, "", lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]) + "\n"
