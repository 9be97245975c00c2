"""Frames around several boxes, through which arrows go: their lines lead nowhere, and are taken away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from extract.drawings.arrows import Box
from extract.raster.ink import LETTER
from extract.raster.spots import Mask

LONG = round(4 * LETTER)
"""Pixels of a straight side of a frame at least."""
ROUND = round(3 * LETTER)
"""Pixels of a rounded corner at most."""
SAME = 6
"""Pixels by which two sides of a frame may begin, or end, apart."""
FEWEST = 2
"""Boxes in a frame at least."""
MOST = 120
"""Straight lines at most among which frames are looked for."""


@dataclass(frozen=True)
class Side:
    """A straight line: where it begins and ends along its own axis, and its first and last pixel across."""

    start: int
    end: int
    first: int
    last: int


def without_frames(dark: Mask, boxes: Sequence[Box]) -> Mask:
    """Return the marks outside of boxes without the frames around several of these; lines that cross one are left."""
    level, upright = list(_sides(dark, 0)), list(_sides(dark, 1))
    if len(level) < 2 or len(upright) < 2 or max(len(level), len(upright)) > MOST:
        return dark
    left = dark.copy()
    for top in level:
        for bottom in level:
            if bottom.first > top.last + LONG and _are_same(top, bottom):
                sides = [_beside(top, bottom, upright, at) for at in (0, 1)]
                if all(sides) and _holds(top, bottom, boxes) >= FEWEST:
                    _erase(left, dark, top, bottom, [each for each in sides if each])
    return left


def _sides(dark: Mask, axis: int) -> Iterator[Side]:
    """Yield the level (0) or upright (1) straight lines that are long."""
    import cv2

    marks = dark if axis == 0 else np.ascontiguousarray(dark.T)
    straight = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((1, LONG), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(straight, connectivity=8)
    for x, y, wide, high in stats[1:, :4].tolist():
        if high < LETTER / 2:
            yield Side(x, x + wide, y, y + high)


def _are_same(a: Side, b: Side) -> bool:
    return abs(a.start - b.start) <= SAME and abs(a.end - b.end) <= SAME


def _beside(top: Side, bottom: Side, upright: Sequence[Side], at: int) -> Side | None:
    """Return the left (0) or right (1) side of a frame between its top and its bottom."""
    for side in upright:
        away = top.start - side.first if at == 0 else side.last - top.end
        gaps = side.start - top.last, bottom.first - side.end
        if -SAME <= away <= ROUND and all(-2 * SAME <= gap <= ROUND for gap in gaps):
            return side
    return None


def _holds(top: Side, bottom: Side, boxes: Sequence[Box]) -> int:
    """Return how many boxes stand between the top and the bottom of a frame."""
    return sum(
        top.start - ROUND < left and right < top.end + ROUND and top.last < above and below < bottom.first
        for left, above, right, below in boxes
    )


def _erase(left: Mask, dark: Mask, top: Side, bottom: Side, sides: Sequence[Side]) -> None:
    """Take away the four sides and the corners of a frame, but for where a line goes through."""
    for side in (top, bottom):
        _open(left, dark, side)
    for side in sides:
        _open(left.T, dark.T, side)
    first, last = sides
    for x0, x1 in ((first.first, top.start + SAME), (top.end - SAME, last.last)):
        for y0, y1 in ((top.first, sides[0].start + SAME), (sides[0].end - SAME, bottom.last)):
            left[max(0, y0) : y1, max(0, x0) : x1] = 0


def _open(left: Mask, dark: Mask, side: Side) -> None:
    """Take away a level line, but for where marks stand on both sides of it."""
    above = dark[max(0, side.first - 4) : max(1, side.first - 1), side.start : side.end].any(axis=0)
    below = dark[side.last + 1 : side.last + 4, side.start : side.end].any(axis=0)
    through = np.convolve((above & below).astype(np.uint8), np.ones(3, np.uint8), "same") > 0
    band = left[max(0, side.first - 1) : side.last + 1, side.start : side.end]
    band[:, ~through] = 0
