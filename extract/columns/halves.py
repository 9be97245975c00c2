"""Tables that are folded: the lower half of a long one beside the upper, and lines of a cell that are rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extract.columns.grids import Cell, Grid
from extract.columns.headers import role_of
from extract.columns.layer_names import names_layer
from extract.words.lexicon import kind_of


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
    return [tuple(cell.moved(first) for cell in row) for row in own if row]


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


def with_rows_apart(grid: Grid) -> Grid:
    """Return a table in which a row of as many lines in each of its cells, a layer in each of one, is as many rows."""
    return Grid(tuple(each for row in grid.rows for each in _apart(row)), grid.width)


def _apart(row: Sequence[Cell]) -> Iterator[tuple[Cell, ...]]:
    lines = [cell.text.split("\n") for cell in row if cell.tells]
    many = len(lines[0]) if lines else 0
    sized = sum(bool(_SIZE.fullmatch(line.strip())) for each in lines for line in each) >= many
    if many < 2 or any(len(each) != many for each in lines) or not sized:
        yield tuple(row)
        return
    if not any(all(map(names_layer, each)) for each in lines) or any(re.search(r"[\[\]]", cell.text) for cell in row):
        yield tuple(row)
        return
    for i in range(many):
        yield tuple(_line(cell, i, many) if cell.tells else cell for cell in row)


_SIZE = re.compile(r"[(\[]?\d+(?: ?[×x*,@] ?\d+)*[)\]]?")


def _line(cell: Cell, i: int, many: int) -> Cell:
    """Return a line of a cell as a cell of its own, where it stands."""
    box = cell.box
    if box is not None:
        high = (box[3] - box[1]) / many
        box = (box[0], box[1] + i * high, box[2], box[1] + (i + 1) * high)
    return replace(cell, text=cell.text.split("\n")[i], box=box)
