"""Rows that stand for several, as the column that counts them says: `2–19` between 1 and 20."""

from __future__ import annotations

import re
from itertools import pairwise

from extract.columns.grids import Cell, Grid

_RANGE = re.compile(r"(\d{1,3})(?: ?(?:[-–—~∼～]|to|\.{2,3}|…) ?(\d{1,3}))?")
MOST = 64
"""Rows that one stands for at most."""


def with_all_rows(grid: Grid) -> Grid:
    """Return a table whose rows count layers, with each of those that stand for several as often as it does."""
    counted = [_range(row[0]) for row in grid.rows]
    told = [each for each in counted if each]
    several = any(first < last < first + MOST for first, last in told)
    if not several or len(told) < len("abc") or any(b[0] != a[1] + 1 for a, b in pairwise(told)):
        return grid
    rows = [
        row
        for row, each in zip(grid.rows, counted, strict=True)
        for _ in range(1 if each is None or _says(row, each[1] - each[0] + 1) else min(each[1] - each[0] + 1, MOST))
    ]
    return Grid(tuple(rows), grid.width)


def _range(cell: Cell) -> tuple[int, int] | None:
    found = _RANGE.fullmatch(cell.text.strip()) if cell.first == cell.last == 0 else None
    return (int(found[1]), int(found[2] or found[1])) if found else None


def _says(row: tuple[Cell, ...], many: int) -> bool:
    """Tell a row that says itself how often its layer comes: `3-7 | 5 × block`."""
    often = rf"(?<![\d×x]){many} ?[×x] ?(?!\d)|(?<!\d)(?<!\d )[×x] ?{many}(?!\d)|repeat"
    return any(re.search(often, cell.text) for cell in row[1:])
