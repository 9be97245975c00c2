"""Tables that are folded: the lower half of a long one beside the upper, and lines of a cell that are rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extract.grids import Cell, Grid
from extract.headers import role_of
from extract.lexicon import kind_of


def unfolded(grid: Grid) -> Grid:
    """Return a table whose headers come again beside each other with the parts below them one below the other."""
    heads = [cell.text.strip().lower() for cell in grid.rows[0]] if grid.rows else []
    for many in (2, 3):
        wide = len(heads) // many
        again = heads == heads[:wide] * many and len(heads) == grid.width
        if wide > 1 and again and "type" in map(role_of, heads[:wide]):
            parts = [_part(grid.rows[1:], i * wide, wide) for i in range(many)]
            if any(kind_of(rows[0][0].text) == "input" for rows in parts[1:] if rows):
                return grid  # A network by itself.
            return Grid((grid.rows[0][:wide], *(row for rows in parts for row in rows)), wide)
    return grid


def _part(rows: Sequence[Sequence[Cell]], first: int, wide: int) -> list[tuple[Cell, ...]]:
    """Return what stands in so many columns from one on, without empty rows."""
    inside = range(first, first + wide)
    own = [[cell for cell in row if cell.text and {cell.first, cell.last} <= {*inside}] for row in rows]
    return [tuple(_moved(cell, first) for cell in row) for row in own if row]


def _moved(cell: Cell, by: int) -> Cell:
    return replace(cell, first=cell.first - by, last=cell.last - by)


_LINE = re.compile(r"(?:[A-Za-z]\w? ?: ?)?(\d+ ?[×x] ?\d+ ?[×x] ?\d+)")
"""A window with how many filters it has, behind a letter that tells which of several it is: h: 1 × 3 × 48."""


def with_lines_apart(grid: Grid, column: int, start: int) -> Grid:
    """Return a table in which the windows that stand below each other in a column's cells have a row each."""
    return Grid((*grid.rows[:start], *(each for row in grid.rows[start:] for each in _lines(row, column))), grid.width)


def _lines(row: Sequence[Cell], column: int) -> Iterator[tuple[Cell, ...]]:
    own = next((cell for cell in row if cell.first == cell.last == column), None)
    found = [_LINE.fullmatch(line.strip()) for line in own.text.split("\n")] if own else []
    if own is None or len(found) < 2 or not all(found):
        yield tuple(row)
        return
    for match in found:
        yield tuple(replace(cell, text=match[1]) if cell is own and match else cell for cell in row)
