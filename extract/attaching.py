"""Columns that belong to others: how often what stands beside them comes, and groups of windows."""

from __future__ import annotations

import re
from dataclasses import replace

from extract.cells import normalized
from extract.grids import Cell, Grid

_BESIDE_CELL = re.compile(r"×\s*(?P<times>\d+)|[CGg]\s*=\s*(?P<groups>\d+)")
_BRACE = re.compile(r"(?:(?:^|\n)\s*\d+\s*[×xX]\s*)+")


def _with_braces(grid: Grid) -> Grid:
    """Return a grid in which a first column of `N ×`, the numbers of braces, belongs to the cells behind it."""
    first = [cell.text for cell in grid.column(0, 1) if cell.first == cell.last]
    if len(first) < 2 or not all(map(_BRACE.fullmatch, first)):
        return grid
    rows = []
    for row in grid.rows:
        brace = next((cell.text for cell in row if cell.last == 0 and cell.text), "")
        kept = [replace(cell, first=max(0, cell.first - 1), last=cell.last - 1) for cell in row if cell.last > 0]
        if kept and _BRACE.fullmatch(brace):
            kept[0] = replace(kept[0], text=f"{normalized(brace + '1')[:-1]}\n{kept[0].text}")
        if kept:
            rows.append(tuple(kept))
    return Grid(tuple(rows), grid.width - 1)


def attached(grid: Grid) -> Grid:
    """Return a grid in which columns of `× N` or `C = N` belong to the cells before them, and of `N ×` behind them."""
    grid = _with_braces(grid)
    gone = [
        column
        for column in range(1, grid.width)
        if (texts := [cell.text for cell in grid.column(column) if cell.first == cell.last])
        and all(map(_BESIDE_CELL.fullmatch, texts))
    ]
    if not gone:
        return grid
    place = {column: column - sum(each < column for each in gone) for column in range(grid.width)}
    rows = []
    for row in grid.rows:
        cells: list[Cell] = []
        for cell in row:
            if cell.first == cell.last and cell.first in gone:
                if cells and cell.text:
                    cells[-1] = replace(cells[-1], text=_with_beside(cells[-1].text, cell.text))
                continue
            last = max(place[each] for each in range(cell.first, cell.last + 1) if each not in gone)
            first = next(place[each] for each in range(cell.first, cell.last + 1) if each not in gone)
            cells.append(replace(cell, first=first, last=max(first, last)))
        rows.append(tuple(cells))
    return Grid(tuple(rows), grid.width - len(gone))


def _with_beside(text: str, beside: str) -> str:
    """Return a cell's text with what stands beside it: how often it comes, or the groups of its widest window."""
    found = _BESIDE_CELL.fullmatch(beside)
    assert found is not None
    if found["times"]:
        return f"[{text.replace(chr(10), '; ')}] × {found['times']}"
    lines = text.split("\n")
    windows = [int(match[1]) if (match := re.search(r"(\d+)\s*[x×]\s*\d", line)) else 0 for line in lines]
    lines[windows.index(max(windows))] += f", C = {found['groups']}"
    return "\n".join(lines)
