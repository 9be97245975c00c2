"""Widths with how often a layer recurs: `Conv 64 × 2`, which says no window where another of them can be none."""

from __future__ import annotations

import re

from extract.columns.grids import Grid

_WIDE = re.compile(r"(conv\w*)[ -](\d{2,4}) ?[×x] ?([2-9])", re.IGNORECASE)


def as_often(grid: Grid) -> Grid:
    """Return a table with `Conv 64 × 3` as three of them, where one of those beside it would have a window of 2 × 2.

    Windows of convolutions have a middle, with few exceptions; what has none is how often they recur.

    Source: Goodfellow et al., Deep Learning, chapter 9; Simonyan and Zisserman, 2015, table 1, on layers in a row.
    """
    told = [found for row in grid.rows for cell in row if (found := _WIDE.fullmatch(cell.text.strip()))]
    if not any(found[3] == "2" for found in told) or any(int(found[3]) > 4 for found in told):
        return grid
    return grid.retold(lambda cell: _apart(cell.text))


def _apart(text: str) -> str:
    found = _WIDE.fullmatch(text.strip())
    return f"{found[3]} × {found[1]} {found[2]}" if found else text
