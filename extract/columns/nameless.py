"""Tables in which no column names layers: they are counted under a name, or say but windows and widths."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.columns.grids import Cell, Grid
from extract.columns.roles import Columns, columns_of
from extract.words.families import FILTERED, RECURRENT
from extract.words.lexicon import kind_of, posts_of

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
    """Return a table with a column in front that names convolutions, where all columns say how such are made.

    Rows that take no image are of Dense, where others have windows and they have none.
    """
    columns = columns_of(grid)
    labels = [i for i, role in enumerate(columns.roles) if role in ("type", "") and _are_labels(grid, columns, i)]
    roles = {role for i, role in enumerate(columns.roles) if i not in labels}
    rows = grid.rows[columns.start :]
    if not roles >= _MADE or not roles & _BESIDE or roles - _MADE - _BESIDE - _APART or len(rows) < LEAST:
        return grid
    told = [{role for role in _MADE if _tells(row, columns, role)} for row in rows]
    dense = [each == {"filters"} and "input" in roles for each in told]
    if not all(each == _MADE or is_dense for each, is_dense in zip(told, dense, strict=True)) or all(dense):
        return grid
    kept = [tuple(cell for cell in row if cell.first not in labels) for row in grid.rows]
    moved = [tuple(replace(cell, first=cell.first + 1, last=cell.last + 1) for cell in row) for row in kept]
    names = ["Layer"] * columns.start + ["Fully connected" if each else "Conv" for each in dense]
    named = [(Cell(name, 0, 0), *row) for name, row in zip(names, moved, strict=True)]
    return Grid(tuple(named), grid.width + 1)


def _tells(row: Sequence[Cell], columns: Columns, role: str) -> bool:
    return any(cell.tells for cell in row if columns.roles[cell.first] == role)


def _are_labels(grid: Grid, columns: Columns, column: int) -> bool:
    """Tell the names of parts of a network, each beside several rows, and none of a layer."""
    texts = grid.texts(column, columns.start)
    few = 0 < len(texts) <= FEW * (len(grid.rows) - columns.start)
    named = (text for text in texts if kind_of(text) not in ("", "input") or posts_of(text) or re.search(r"\d", text))
    return few and not any(named)


FEW = 0.4
"""The share of rows that have a label at most, where one is beside several."""
