"""Lines of one pixel's width out of marks: thinning, and the pieces between the points where lines meet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import hypot
from typing import Any

import numpy as np

from extract.raster.spots import Mask, spots_of

BENT = 4
"""Pixels at the end of a thinned line that may be bent."""
Pixel = tuple[int, int]
"""A place as column and row."""


@cache
def _removable() -> tuple[Any, ...]:
    """Return, for each of the surroundings of a pixel, whether it goes: in both halves of a step, and at the end.

    Source: Guo and Hall, Parallel thinning with two-subiteration algorithms, 1989; at the end what the connectivity
    number of Yokoi et al., 1973, calls simple.
    """
    tables = np.zeros((3, 256), np.uint8)
    for code in range(256):
        # Clockwise from north: N, NE, E, SE, S, SW, W, NW.
        n = [code >> bit & 1 for bit in (1, 2, 3, 4, 5, 6, 7, 0)]
        parts = sum(not n[i] and (n[i + 1] or n[(i + 2) % 8]) for i in (0, 2, 4, 6))
        count = min(sum(n[i - 1] or n[i] for i in (0, 2, 4, 6)), sum(n[i] or n[i + 1] for i in (0, 2, 4, 6)))
        if parts == 1 and 2 <= count <= 3:
            tables[0, code] = not ((n[4] or n[5] or not n[7]) and n[6])
            tables[1, code] = not ((n[0] or n[1] or not n[3]) and n[2])
        empty = [not each for each in n]
        apart = sum(empty[i] - (empty[i] and empty[i + 1] and empty[(i + 2) % 8]) for i in (0, 2, 4, 6))
        tables[2, code] = sum(n) >= 2 and apart == 1
    return tuple(tables)


def thinned(marks: Mask) -> Mask:
    """Return the middle lines of marks, no wider than their connections need."""
    first, second, last = _removable()
    thin = np.pad(marks, 1)
    flat, wide = thin.reshape(-1), thin.shape[1]
    columns, rows = _places(thin)
    places = rows * wide + columns
    stands = np.zeros(len(flat), np.int32)

    def removed(table: Any, here: Any) -> Any:
        gone = here[table[_surroundings(flat, here, wide)] > 0]
        flat[gone] = 0
        return gone

    def left(parts: list[Any]) -> Any:
        """Return the places that are left of some, each once."""
        several = np.concatenate(parts)
        several = several[flat[several] > 0]
        numbers = np.arange(len(several), dtype=np.int32)
        stands[several] = numbers
        return several[stands[several] == numbers]

    changed = [[places], [places]]  # By half of a step: where the surroundings are others than when it was last done.
    while any(len(each) for half in changed for each in half):
        for half, table in enumerate((first, second)):
            gone, changed[half] = removed(table, left(changed[half])), []
            for each in changed:
                each.append((gone[:, None] + _around(wide)).ravel())
    places = left([places])
    for row in (0, 1):
        for column in (0, 1):
            removed(last, places[(places // wide % 2 == row) & (places % wide % 2 == column)])
            places = places[flat[places] > 0]
    return np.asarray(thin[1:-1, 1:-1])


def _places(marks: Mask) -> Any:
    """Return the columns and rows of marks."""
    import cv2

    places = cv2.findNonZero(marks)
    return np.zeros((2, 0), np.int64) if places is None else places.reshape(-1, 2).T.astype(np.int64)


def _surroundings(flat: Any, places: Any, wide: int) -> Any:
    """Return the number of each place's surroundings: what its neighbours count, clockwise from the upper left."""
    codes = np.zeros(len(places), np.uint8)
    for bit, step in enumerate(_around(wide)):
        codes |= flat[places + step] << bit
    return codes


def _around(wide: int) -> tuple[int, ...]:
    """Return the steps to a place's neighbours, clockwise from the upper left."""
    return -wide - 1, -wide, -wide + 1, 1, wide + 1, wide, wide - 1, -1


@dataclass
class Piece:
    """A line between two ends: its pixels in order."""

    pixels: list[Pixel]

    def end(self, at: int) -> Pixel:
        """Return the pixel at the start (0) or at the end (1)."""
        return self.pixels[-at]

    def direction(self, at: int, reach: int) -> tuple[float, float]:
        """Return the way in which the line leaves an end, over some pixels, as a vector of length one."""
        count, side = len(self.pixels), -1 if at else 1
        first = min(BENT, max(0, count - reach))
        (x0, y0), (x1, y1) = (self.pixels[side * each - at] for each in (first, min(first + reach, count - 1)))
        length = hypot(x1 - x0, y1 - y0) or 1.0
        return (x1 - x0) / length, (y1 - y0) / length


def pieces_of(thin: Mask) -> tuple[list[Piece], Any]:
    """Return the lines between the points where lines meet or end, and the labels of those points (0 elsewhere)."""
    columns, rows = _places(thin)
    padded = np.pad(thin, 1)
    around = sum(padded[rows + y, columns + x] for y in range(3) for x in range(3))
    meets = np.zeros_like(thin)
    meets[rows[around > 3], columns[around > 3]] = 1
    points = np.zeros(thin.shape, np.int32)
    for number, point in enumerate(spots_of(meets).outlines, 1):
        points[point[:, 0, 1], point[:, 0, 0]] = number
    alone = around <= 3
    left = dict.fromkeys(zip(columns[alone].tolist(), rows[alone].tolist(), strict=True))
    found: list[Piece] = []
    for first in list(left):
        if first in left:
            del left[first]
            ahead = _walk(first, left)
            behind = _walk(first, left)
            found.append(Piece([*reversed(behind), first, *ahead]))
    return found, points


def _walk(start: Pixel, left: dict[Pixel, None]) -> list[Pixel]:
    """Return the pixels that follow one, and take them away; straight neighbours come before slanted ones."""
    found = []
    x, y = start
    while True:
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1)):
            if (x + dx, y + dy) in left:
                x, y = x + dx, y + dy
                del left[x, y]
                found.append((x, y))
                break
        else:
            return found
