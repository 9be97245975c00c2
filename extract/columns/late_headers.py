"""Headers that stand below what comes in, or below a title over all columns: they are brought above both."""

from __future__ import annotations

import re

from extract.columns.grids import Cell, Grid
from extract.columns.headers import is_header, role_of
from extract.words.lexicon import kind_of

_SETTINGS = re.compile(r"hyper-?param|settings?$|details?$", re.IGNORECASE)
"""The header of how layers are made, which says no more."""
MOST = 3
"""Rows above headers at most."""


def with_headers_above(grid: Grid) -> Grid:
    """Return a table whose headers stand above the row of what comes in: `Input | 8 × 8 × 1` over `Layer | Output`."""
    for i, row in enumerate(grid.rows[: MOST + 1]):
        if not i:
            if row and not _is_above(row, grid.width):
                return grid
        elif _are_headers(row, grid.width):
            kept = [each for each in grid.rows[:i] if len(each) > 1 or _comes_in(each[0].text)]
            return Grid((row, *kept, *grid.rows[i + 1 :]), grid.width) if kept else grid
        elif not _is_above(row, grid.width):
            return grid
    return grid


def _is_above(row: tuple[Cell, ...], width: int) -> bool:
    """Tell what may stand above headers: what comes in with its size, or a title over all columns."""
    title = len(row) == 1 and row[0].last - row[0].first == width - 1
    sized = any(re.search(r"\d", cell.text) for cell in row[1:])
    return bool(row) and (title or (kind_of(row[0].text) == "input" and sized))


def _comes_in(text: str) -> bool:
    """Tell a title that says what comes in, and how much: `59049 samples as input`."""
    return kind_of(text) == "input" and bool(re.search(r"\d", text))


def _are_headers(row: tuple[Cell, ...], width: int) -> bool:
    """Tell headers over all columns, the first of layers and one of how these are made."""
    told = [cell.text for cell in row if cell.tells]
    covered = len(told) == len(row) > 1 and row[0].first == 0 and row[-1].last == width - 1
    roles = [role_of(text) for text in told]
    return (
        covered
        and roles[0] == "type"
        and all(is_header(text) or _SETTINGS.match(text) for text in told)
        and not re.search(r"\d", " ".join(told))
    )
