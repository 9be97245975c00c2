"""Where in a network a block stands, as brackets behind its name say: `Odd Block (Encoder-1)`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from extract.columns.grids import Cell, Grid

_PLACED = re.compile(
    r"(?P<name>[A-Za-z][\w -]*?) ?\((?:(?:(?:en|de)coder|stage|level|scale)[-_ ]?\d*|bottleneck|middle|bottom)\)",
    re.IGNORECASE,
)
LEAST = 3
"""Rows that name a block with a place behind it, at least."""


def without_places(grid: Grid) -> Grid:
    """Return a table whose names of blocks have no places behind them, where several rows name one with such."""
    found = [match for row in grid.rows for match in _matches(row)]
    names = Counter(match["name"].lower() for match in found)
    told = {match[0]: match["name"] for match in found if names[match["name"].lower()] >= LEAST}
    if not told:
        return grid
    rows = (tuple(replace(cell, text=told.get(cell.text.strip(), cell.text)) for cell in row) for row in grid.rows)
    return Grid(tuple(rows), grid.width)


def _matches(row: Sequence[Cell]) -> list[re.Match[str]]:
    return [match for cell in row[:2] if (match := _PLACED.fullmatch(cell.text.strip()))]
