"""Tables of LaTeX: tabular and what else sets rows of cells, an array of a formula among it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extract.columns.grids import Cell, Grid, plain_grid
from extract.structure.latex_cells import BREAK, latex_text, lined
from extract.structure.latex_floats import TABULAR
from extract.structure.latex_source import HELD
from extract.structure.printed import printed_tables
from extract.words.lexicon import posts_of

MOST_ROWS = 2000
"""Rows of a table at most, and columns of a cell that spans several."""
_MARK = re.compile(rf"\\(begin|end)\{{({TABULAR}|array)\}}")
_FORMAT = re.compile(rf"\s*(?:\[[^]]*\])?(?:\{{[^{{}}]*\}})?\s*\{{{HELD}\}}")
"""How wide a table is, where it stands, and how its columns are set."""
_WITHIN = re.compile(rf"\\begin\{{({TABULAR})\}}(.*?)\\end\{{\1\}}", re.DOTALL)
_LENGTH = r"\[-?[\d.]+ ?(?:ex|em|pt|mm|cm|in)\]"
"""How far below a line the next one begins."""
_RULE = re.compile(
    r"\\(?:hline|firsthline|lasthline|toprule|midrule|bottomrule|addlinespace|hdashline|morecmidrules|bigstrut"
    r"|c(?:mid|dash)?(?:line|rule)|specialrule|Xhline|hhline|noalign|arrayrulecolor|rule|(?:row|cell)?color"
    rf"|[vh]space\*?|label|cite\w*)(?![a-z])(?:\[[^]]*\]|\(\w*\))*(?:\{{{HELD}\}})*(?:\[[\w/]*\])?"
)
"""What draws rules and colours, or refers to other places."""
_ROW = re.compile(rf"(?:\\\\\*?|\\tabularnewline|\\cr(?![a-z]))(?:\[[^\]]*\]|\s*{_LENGTH})?")
_SEVERAL = re.compile(r"\\multirow(?:\[\w\])?\{(\d+)\}")
_ACROSS = re.compile(rf"\\multicolumn\s*\{{(\d+)\}}\s*\{{{HELD}\}}\s*\{{(.*)\}}", re.DOTALL)
_REPEATED = re.compile(r"(\\end(?:first)?head\b).*\\end(?:first|last)?(?:head|foot)\b", re.DOTALL)
"""What long tables set above and below each of their pages, behind the first header."""


def latex_tables(text: str) -> Iterator[tuple[Grid, tuple[int, int]]]:
    """Yield the tables of a text, and where each begins and ends."""
    for body, span in _tabulars(text, 0):
        if (printed := _printed(body)) is not None:
            yield printed, span
            continue
        body = _RULE.sub("", re.sub(r"\\end(?:first|last)?(?:head|foot)\b", " ", _REPEATED.sub(r"\1", body)))
        rows = [row for row in _ROW.split(lined(body)) if row.strip()][:MOST_ROWS]
        cells = [*_with_shared_activations(rows, [tuple(_row(row)) for row in rows])]
        yield Grid(tuple(cells), max((row[-1].last + 1 for row in cells if row), default=0)), span


def _printed(body: str) -> Grid | None:
    """Return the table that a program printed, whose lines are the rows of one column."""
    if re.search(r"(?<!\\)&", body):
        return None
    lines = re.sub(r"\\([_%#&])", r"\1", re.sub(r"\{([\[\]])\}", r"\1", body)).split("\\\\")
    rows = next((rows for rows, _ in printed_tables("\n".join(line.strip("\n") for line in lines))), None)
    return plain_grid(rows[:MOST_ROWS]) if rows else None


def _with_shared_activations(rows: Sequence[str], cells: Sequence[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    """Yield rows, an activation that is set beside several of them in each."""
    shared: dict[int, tuple[Cell, int]] = {}
    for row, own in zip(rows, cells, strict=True):
        shared = {place: (cell, left - 1) for place, (cell, left) in shared.items() if left}
        yield tuple(shared[each.first][0] if each.first in shared and not each.tells else each for each in own)
        for part, cell in zip(re.split(r"(?<!\\)&", row), own, strict=True):
            plain = cell.first and posts_of(cell.text) and not re.search(r"\d", cell.text)
            if plain and (many := _SEVERAL.search(part)):
                shared[cell.first] = cell, int(many[1]) - 1


def _tabulars(text: str, start: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the bodies of tables with their spans; one within another is the lines of a cell.

    Those that hold nothing but others set them beside each other. An array within a table is a part of a cell.
    """
    opened: list[tuple[str, int]] = []
    begin = 0
    for mark in _MARK.finditer(text):
        if opened and mark[2] == "array" and (mark[1] == "begin" or opened[-1][0] != "array"):
            opened += [("array", mark.end())] if mark[1] == "begin" else []
            continue
        if mark[1] == "begin":
            opened.append((mark[2], mark.end()))
            begin = mark.start() if len(opened) == 1 else begin
            continue
        inside = opened.pop()[1] if opened else None
        if inside is None or opened:
            continue
        held = text[inside : mark.start()]
        bare = _RULE.sub("", _WITHIN.sub("", _FORMAT.sub("", held, count=1)))
        if _WITHIN.search(held) and not re.search(r"[^\W_]", bare):
            yield from _tabulars(held, start + inside)
        else:
            yield _FORMAT.sub("", _with_lines(held), count=1), (start + begin, start + mark.end())


def _with_lines(body: str) -> str:
    """Return the body of a table in which those within its cells are the lines of these."""
    return _WITHIN.sub(lambda found: re.sub(r"\s*\\\\\s*", BREAK, _FORMAT.sub("", found[2], count=1)), body)


def _row(row: str) -> Iterator[Cell]:
    column = 0
    for part in re.split(r"(?<!\\)&", row):
        many = _ACROSS.search(part)
        span = min(int(many[1]), MOST_ROWS) if many and int(many[1]) else 1
        yield Cell(latex_text(many[2] if many else part), column, column + span - 1)
        column += span
