"""Cells that say how many numbers a layer gives by one word, as others of their column do: `output 1`."""

from __future__ import annotations

import re
from dataclasses import replace

from extract.columns.grids import Grid

_ONE = re.compile(r"(output)s? ?([1-9])\b(?! ?[x×*.])", re.IGNORECASE)
"""What alone would tell which one of several outputs a row is of."""
_MANY = re.compile(r"outputs? ?\d{2,}", re.IGNORECASE)


def with_outputs_said(grid: Grid) -> Grid:
    """Return a table whose cells of so few numbers are told from those that count outputs: `output = 1`.

    >>> from extract.columns.grids import plain_grid
    >>> rows = [["FC", "output 32"], ["FC", "output 1"], ["Output 1", "x"]]
    >>> [row[-1].text for row in with_outputs_said(plain_grid(rows)).rows]
    ['output 32', 'output = 1', 'x']
    """
    told = {cell.first for row in grid.rows for cell in row[1:] if _MANY.match(cell.text.strip())}
    rows = [
        tuple(
            replace(cell, text=_ONE.sub(r"\1 = \2", cell.text, 1))
            if cell.first in told and _ONE.match(cell.text.strip())
            else cell
            for cell in row
        )
        for row in grid.rows
    ]
    return Grid(tuple(rows), grid.width) if told else grid
