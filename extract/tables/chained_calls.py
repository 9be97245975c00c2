"""Convolutions called with two numbers, of which each takes what the one above gives: `conv(8, 14)`, `conv(14, 20)`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extract.columns.grids import Cell, Grid

_CALL = re.compile(r"\b((?:de|up)?conv\w*) ?\( ?(\d+) ?, ?(\d+) ?\)", re.IGNORECASE)
LEAST = 3
"""Convolutions of a chain at least."""


def with_widths(grid: Grid) -> Grid:
    """Return a table whose convolutions say what their numbers are: how many channels they take and give."""
    chained = {i for i in range(grid.width) if _is_chain(grid.texts(i))}
    if not chained:
        return grid

    def said(cell: Cell) -> str:
        own = cell.first == cell.last and cell.first in chained
        return _CALL.sub(r"\1(in channels=\2, filters=\3)", cell.text) if own else cell.text

    return grid.retold(said)


def _is_chain(texts: Sequence[str]) -> bool:
    """Tell convolutions of which each takes as many channels as the one before it gives, and gives others."""
    calls = [(int(match[2]), int(match[3])) for text in texts for match in _CALL.finditer(text)]
    passed = all(before[1] == after[0] for before, after in pairwise(calls))
    return len(calls) >= LEAST and passed and any(taken != given for taken, given in calls)
