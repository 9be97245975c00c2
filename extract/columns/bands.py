"""Tables too wide for a page: a layer a column, whose columns go on in further bands below with the same names of rows.

Source: vl_simplenn_display of MatConvNet, which prints nets so.
"""

from __future__ import annotations

from dataclasses import replace

from extract.columns.grids import Cell, Grid

LEAST = 3
"""Rows of a band at least."""


def with_bands_joined(grid: Grid) -> Grid:
    """Return a table with its bands beside each other, where the columns are counted through all of them."""
    names = [row[0].text.strip().lower() if row and row[0].first == row[0].last == 0 else "" for row in grid.rows]
    high = next((i for i, name in enumerate(names) if i >= LEAST and name == names[0]), 0)
    if not high or not all(names[:high]) or len({*names[:high]}) < high or names != names[:high] * (len(names) // high):
        return grid
    bands = [grid.rows[i : i + high] for i in range(0, len(names), high)]
    counts = [cell.text.strip() for band in bands for cell in band[0][1:] if cell.tells]
    if not all(map(str.isdecimal, counts)) or [*map(int, counts)] != [
        *range(int(counts[0]), int(counts[0]) + len(counts))
    ]:
        return grid
    wide, rows = 1, [list(row[:1]) for row in bands[0]]
    for band in bands:
        filled = max((cell.last for cell in band[0] if cell.tells), default=0)
        for row, own in zip(rows, band, strict=True):
            row += [_moved(cell, wide - 1) for cell in own[1:] if cell.last <= filled]
        wide += filled
    return Grid(tuple(map(tuple, rows)), wide)


def _moved(cell: Cell, by: int) -> Cell:
    return replace(cell, first=cell.first + by, last=cell.last + by)
