"""Cells that say what a layer gives in few numbers, as others of their column do: `output 1`, `6 maps of 5 × 5`."""

from __future__ import annotations

import re

from extract.columns.grids import Cell, Grid

_ONE = re.compile(r"(output)s? ?([1-9])\b(?! ?[x×*.])", re.IGNORECASE)
"""What alone would tell which one of several outputs a row is of."""
_MANY = re.compile(r"outputs? ?\d{2,}", re.IGNORECASE)

_MAPS = re.compile(r"(\d+) (?:feature )?maps of (\d+ ?[x×] ?\d+)", re.IGNORECASE)
_LARGE = 10
"""The side of maps that is that of no window."""


def with_outputs_said(grid: Grid) -> Grid:
    """Return a table whose cells of so few numbers are told from those that count outputs: `output = 1`.

    >>> from extract.columns.grids import plain_grid
    >>> rows = [["FC", "output 32"], ["FC", "output 1"], ["Output 1", "x"]]
    >>> [row[-1].text for row in with_outputs_said(plain_grid(rows)).rows]
    ['output 32', 'output = 1', 'x']
    """
    grid = _with_maps(grid)
    told = {cell.first for row in grid.rows for cell in row[1:] if _MANY.match(cell.text.strip())}

    def said(cell: Cell) -> str:
        is_one = cell.first in told and _ONE.match(cell.text.strip())
        return _ONE.sub(r"\1 = \2", cell.text, 1) if is_one else cell.text

    return grid.retold(said)


def _with_maps(grid: Grid) -> Grid:
    """Return a table whose small maps are those that layers give, as the larger ones of their column are."""
    found = {id(cell): maps for row in grid.rows for cell in row if (maps := _MAPS.fullmatch(cell.text.strip()))}
    sized = {cell.first for row in grid.rows for cell in row if id(cell) in found and _is_large(found[id(cell)])}

    def said(cell: Cell) -> str:
        held = found.get(id(cell)) if cell.first in sized else None
        return f"{held[1]}, gives {held[2]}" if held else cell.text

    return grid.retold(said)


def _is_large(said: re.Match[str]) -> bool:
    return max(map(int, re.findall(r"\d+", said[2]))) >= _LARGE
