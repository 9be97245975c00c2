"""Columns that say two things, as their headers do: Activation / dropout, with ReLU / 0.3 in a cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.columns.grids import Cell, Grid
from extract.columns.headers import RELU, role_of

_PARTED = frozenset(("activation", "norm", "dropout"))
"""What is said of a layer by a column of its own, or with another in one."""
_BETWEEN = re.compile(r" ?[/|,;+&] ?")


def with_one_each(grid: Grid) -> Grid:
    """Return a table, each column whose header and cells say two things of what stands behind a layer as two."""
    for cell in reversed(grid.rows[0] if grid.rows else ()):
        if cell.first == cell.last and _is_double(grid, cell):
            grid = Grid(tuple(_parted(row, cell.first) for row in grid.rows), grid.width + 1)
    return grid


def _is_double(grid: Grid, head: Cell) -> bool:
    names = _BETWEEN.split(head.text.strip())
    roles = [role_of(name.strip()) or ("activation" if RELU.fullmatch(name.strip()) else "") for name in names]
    told = [cell.text for cell in grid.column(head.first, 1) if cell.tells]
    spans = any(cell.first < cell.last and cell.covers(head.first) for row in grid.rows for cell in row)
    two = [len(_BETWEEN.split(text.strip())) == len(roles) for text in told]
    return len({*roles}) == len(roles) == len("ab") and {*roles} <= _PARTED and not spans and sum(two) > len(two) / 2


def _parted(row: Sequence[Cell], place: int) -> tuple[Cell, ...]:
    """Return a row, the cell in a column as two, or with nothing behind it where it says but one thing."""
    found: list[Cell] = []
    for cell in row:
        if cell.first == place:
            parts = [*_BETWEEN.split(cell.text.strip(), maxsplit=1), ""][: len("ab")]
            found += [replace(cell, text=text, first=place + i, last=place + i) for i, text in enumerate(parts)]
        else:
            moved = cell.first > place
            found.append(replace(cell, first=cell.first + moved, last=cell.last + moved))
    return tuple(found)
