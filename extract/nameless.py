"""Tables in which no column names layers: they are counted under a name, or say but windows and widths."""

from __future__ import annotations

import re
from dataclasses import replace

from extract.families import FILTERED, RECURRENT
from extract.grids import Cell, Grid
from extract.lexicon import kind_of
from extract.roles import columns_of

_MADE = frozenset(("kernel", "filters"))
_BESIDE = frozenset(("stride", "padding", "dilation", "activation", "output", "input", "pool", "norm", "dropout"))
_APART = frozenset(("counter", "count", "ignored"))
_LAYERS = (*FILTERED, *RECURRENT, "dense")
LEAST = 2


def with_names(grid: Grid) -> Grid:
    """Return a table whose rows have names: that of their first column, or of convolutions where none has one."""
    return _numbered(grid) or _made(grid)


def _numbered(grid: Grid) -> Grid | None:
    """Return a table whose first column is of numbers under the name of a layer with that name in front: Conv | 1."""
    head = grid.rows[0][0] if grid.rows and grid.rows[0] else None
    texts = [row[0].text.strip() if row else "" for row in grid.rows[1:]]
    if head is None or kind_of(head.text) not in _LAYERS or len(texts) < LEAST:
        return None
    if not re.fullmatch(r"[A-Za-z -]+", head.text.strip()) or [_count(text) for text in texts] != [
        *range(1, len(texts) + 1)
    ]:
        return None
    rows = [(replace(row[0], text=f"{head.text.strip()} {_count(row[0].text)}"), *row[1:]) for row in grid.rows[1:]]
    return Grid(((replace(head, text="Layer"), *grid.rows[0][1:]), *rows), grid.width)


def _count(text: str) -> int:
    """Return the number that a cell begins with, maybe with a word of what it is behind it: 5 bottleneck."""
    found = re.fullmatch(r"#?(\d{1,2})(?: [A-Za-z][A-Za-z -]*)?", text.strip())
    return int(found[1]) if found else 0


def _made(grid: Grid) -> Grid:
    """Return a table with a column in front that names convolutions, where all columns say how such are made."""
    columns = columns_of(grid)
    roles = {*columns.roles}
    rows = grid.rows[columns.start :]
    if not roles >= _MADE or not roles & _BESIDE or roles - _MADE - _BESIDE - _APART or len(rows) < LEAST:
        return grid
    made = [i for i, role in enumerate(columns.roles) if role in _MADE]
    if not all(any(cell.tells for cell in row if cell.covers(i)) for row in rows for i in made):
        return grid
    moved = [tuple(replace(cell, first=cell.first + 1, last=cell.last + 1) for cell in row) for row in grid.rows]
    names = ["Layer"] * columns.start + ["Conv"] * len(rows)
    named = [(Cell(name, 0, 0), *row) for name, row in zip(names, moved, strict=True)]
    return Grid(tuple(named), grid.width + 1)
