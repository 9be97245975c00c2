"""Text that runs up or down in a box: which it is, and where its lines are in the picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from extract.drawings.arrows import Box
from extract.raster.ink import LETTER
from extract.raster.spots import Mask

GAP = 5
"""Pixels between the letters of a word at most."""
FEWEST = 3
"""Letters at least by which it is told how a text runs."""
LEAST = 0.3
"""How high or wide a letter is at least, as a share of a capital one."""
JOINED = 0.75
"""How many parts a text falls into at most along its lines, as a share of those across them."""
UP, DOWN = 1, -1
"""How a text runs, as the quarters with the clock that its picture is turned by for it to be read."""


def is_turned(letters: Mask) -> bool:
    """Tell letters that stand closer to those above and below them than to those beside: taller than wide, in all."""
    import cv2

    rows, columns = np.flatnonzero(letters.any(1)), np.flatnonzero(letters.any(0))
    if not len(rows) or np.ptp(rows) <= np.ptp(columns):
        return False
    _, _, stats, _ = cv2.connectedComponentsWithStats(letters, connectivity=8)
    kept = sum(max(wide, high) >= LEAST * LETTER for _, _, wide, high, _ in stats[1:].tolist())
    if kept < FEWEST:
        return False
    level, upright = (
        cv2.connectedComponents(cv2.dilate(letters, np.ones(shape, np.uint8)))[0] - 1 for shape in ((1, GAP), (GAP, 1))
    )
    return bool(upright < JOINED * level)


def turned(pixels: Any, way: int) -> Any:
    """Return a picture turned by quarters with the clock."""
    return np.ascontiguousarray(np.rot90(pixels, -way))


def turned_back(box: Box, way: int, shape: tuple[int, ...]) -> Box:
    """Return where a box of a picture that was turned is in the picture, of a shape, before that.

    >>> turned_back((0, 0, 2, 1), UP, (10, 4)), turned_back((0, 0, 2, 1), DOWN, (10, 4))
    ((0, 8, 1, 10), (3, 0, 4, 2))
    """
    x0, y0, x1, y1 = box
    high, wide = shape
    if not way:
        return box
    return (y0, high - x1, y1, high - x0) if way == UP else (wide - y1, x0, wide - y0, x1)
