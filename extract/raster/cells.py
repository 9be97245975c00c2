"""Cells of the boxes of a picture, and which of them are of one box: those that a single line parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from extract.drawings.arrows import Box
from extract.raster.spots import Contour, Mask

WALL = 14
"""Pixels of the border between two cells of one box at most."""
THIN = 3
"""Pixels of a line between two cells at least, and of its ends in the border around both."""


@dataclass(frozen=True)
class Cell:
    """A part of a box: where it is, its outline, whether its letters are lighter, and how wide its border may be."""

    box: Box
    outline: Contour
    inverted: bool = False
    border: int = 0


def grouped(cells: Sequence[Cell], dark: Mask) -> list[list[Cell]]:
    """Return the cells by boxes: those that a border alone parts are of one."""
    parent = list(range(len(cells)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    cells = sorted(cells, key=lambda cell: cell.box[1])
    for i, a in enumerate(cells):
        for j in range(i + 1, len(cells)):
            b = cells[j]
            if b.box[1] - a.box[3] > WALL:
                break
            if a.box[0] - b.box[2] <= WALL and b.box[0] - a.box[2] <= WALL and _is_wall(a.box, b.box, dark):
                parent[root(i)] = root(j)
    groups: dict[int, list[Cell]] = {}
    for i, cell in enumerate(cells):
        groups.setdefault(root(i), []).append(cell)
    for group in groups.values():
        group.sort(key=lambda cell: (cell.box[1], cell.box[0]))
    return sorted(groups.values(), key=lambda group: (group[0].box[1], group[0].box[0]))


def _is_wall(a: Box, b: Box, dark: Mask) -> bool:
    """Tell cells that one line parts from boxes of their own: light is between those, or beside their round corners."""
    gaps = [(round(min(a[k + 2], b[k + 2])), round(max(a[k], b[k]))) for k in (0, 1)]
    axis = 0 if gaps[0][1] - gaps[0][0] > gaps[1][1] - gaps[1][0] else 1
    if gaps[axis][1] - gaps[axis][0] <= THIN:
        return True
    marks = dark if axis == 0 else dark.T
    middle = sum(gaps[axis]) // 2
    last, first = gaps[1 - axis]
    aside = round(a[axis] + a[axis + 2]) // 2
    above, below = (_thickness(marks[:, aside], at, by) for at, by in ((first, -1), (last - 1, 1)))
    return bool(marks[first - above : last + below, max(0, middle - 1) : middle + 2].any(axis=1).all())


def _thickness(marks: Any, at: int, by: int) -> int:
    """Return how many pixels of a border follow a place of a cell in a row of marks, but for the outermost."""
    light = np.flatnonzero(marks[at + by : at + WALL * by : by] == 0)
    dark = np.flatnonzero(marks[at + by : at + WALL * by : by])
    after = light[light > dark[0]] if len(dark) else light[:0]
    return max(0, int(after[0]) - 1) if len(after) else 0
