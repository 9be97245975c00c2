"""The names of rows without the numbers that count them, and with what one of them says that all of its name are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.grids import Cell, Grid
from extract.lexicon import kind_of, posts_of

_NUMBERED = re.compile(r"\W?(\d{1,3}) ?[.):] ?(?=[A-Za-z])")
"""The number of a row in front of its name: `3. Conv`."""
_DEFINED = re.compile(r"(?P<name>[A-Za-z][A-Za-z -]*?)[ _-]?\d{1,2} ?\((?P<parts>[^()]*[+,→][^()]*)\)")
"""A block that is counted, with what it is made of in brackets: `ConvBlock 1 (Conv + BN + ReLU)`."""
_COUNTED = re.compile(r"(?P<name>[A-Za-z][A-Za-z -]*?)[ _-]?\d{1,2}")
LEAST = 3
"""Rows that are numbered, at least."""


def with_plain_names(grid: Grid) -> Grid:
    """Return a table whose rows are named by what they are."""
    return _defined(_unnumbered(grid))


def _unnumbered(grid: Grid) -> Grid:
    """Return a table without the numbers in front of names, where these count its rows."""
    for column in range(min(2, grid.width)):
        cells = [cell for cell in grid.column(column, 0) if cell.first == cell.last]
        found = {cell: match for cell in cells if (match := _NUMBERED.match(cell.text.strip()))}
        numbers = [int(match[1]) for match in found.values()]
        if len(numbers) >= LEAST and len(numbers) >= 0.8 * (len(cells) - 1) and numbers == sorted({*numbers}):
            plain = {cell: cell.text.strip()[match.end() :] for cell, match in found.items()}
            return _renamed(grid, plain)
    return grid


def _defined(grid: Grid) -> Grid:
    """Return a table in which blocks are named by what is in brackets behind the first of their name."""
    cells = [cell for row in grid.rows for cell in row[:2]]
    told = {match["name"].lower(): match["parts"] for cell in cells if (match := _definition(cell))}
    again = [match["name"].lower() for cell in cells if (match := _COUNTED.fullmatch(cell.text.strip()))]
    told = {name: parts for name, parts in told.items() if name in again}
    plain = {}
    for cell in cells:
        match = _definition(cell) or _COUNTED.fullmatch(cell.text.strip())
        if match and (parts := told.get(match["name"].lower())):
            plain[cell] = parts
    return _renamed(grid, plain)


def _definition(cell: Cell) -> re.Match[str] | None:
    """Return the name and the parts of a block, each of which is a layer."""
    found = _DEFINED.fullmatch(cell.text.strip())
    parts = re.split(r"[+,→]", found["parts"]) if found else []
    return found if all(kind_of(part) or posts_of(part) for part in parts) else None


def _renamed(grid: Grid, plain: dict[Cell, str]) -> Grid:
    """Return a table with other texts in some cells."""
    return Grid(tuple(_row(row, plain) for row in grid.rows), grid.width) if plain else grid


def _row(row: Sequence[Cell], plain: dict[Cell, str]) -> tuple[Cell, ...]:
    return tuple(replace(cell, text=plain[cell]) if cell in plain else cell for cell in row)
