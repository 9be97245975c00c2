"""The lines of a picture and the heads of arrows among them: what is left where boxes and letters are taken away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from extract.arrows import Arrow
from extract.raster.frames import without_frames
from extract.raster.ink import LETTER, Ink, Mask
from extract.raster.regions import Boxes, Labels

NEAR = 3
"""Pixels up to which a line touches what it leads to."""

THICK = 4.0
"""Pixels of a thick line at least: one of 14 points' type has 2 to 3."""
LEAST, LARGEST = 85, 44
"""Pixels of a head at least, in all, and at most, across: one of 14 points' type has 200 in 20."""
SEVERAL = 1.5
"""How much larger than most heads a mark is at least that is put together of several."""


@dataclass(frozen=True)
class Lines:
    """The lines of a picture without their heads, those by number from 1, and what may be letters beside them."""

    strokes: Mask
    heads: Labels
    letters: Mask
    width: float

    def beside(self, arrows: Iterable[Arrow]) -> Mask:
        """Return what may be letters, those that touch a line too: what is left of it where arrows go is taken out."""
        import cv2

        left = self.strokes.copy()
        for arrow in arrows:
            way = np.array(arrow.points, np.int32).reshape(-1, 1, 2)
            cv2.polylines(left, [way], False, (0,), round(self.width) + 3)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(left, connectivity=8)
        high, wide = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_WIDTH]
        fits = (high > 0.6 * LETTER) & (high < 1.4 * LETTER) & (wide < 1.2 * LETTER) & (wide > 0.2 * LETTER)
        fits[0] = False
        return np.where(fits[labels], 1, self.letters).astype(np.uint8)


def lines_of(ink: Ink, boxes: Boxes) -> Lines:
    """Return what leads from box to box."""
    import cv2

    dark = without_frames(np.where(boxes.zones > 0, 0, ink.dark).astype(np.uint8), [each.box for each in boxes.nodes])
    outside = np.where(boxes.inside > 0, 0, np.where(boxes.zones > 0, ink.dark, dark)).astype(np.uint8)
    strokes, letters = _parted(dark, boxes.zones)
    width = _width(strokes)
    heads = _heads(outside, round(width) + 3, LEAST)
    if not heads.any() and width > THICK:
        # Of thick lines the heads are little wider, and grow back to what they were before they were cut.
        side = round(width) + 1
        cores = _heads(outside, side, side * side)
        grown = cv2.dilate(cores.astype(np.float32), np.ones((side, side), np.uint8)).astype(np.int32)
        heads = np.where(outside > 0, grown, 0).astype(np.int32)
    around = cv2.dilate((heads > 0).astype(np.uint8), np.ones((3, 3), np.uint8))
    return Lines(np.where(around > 0, 0, strokes).astype(np.uint8), heads, letters, width)


def _heads(outside: Mask, side: int, least: int) -> Labels:
    """Return what a square of so many pixels on a side fits into, outside of boxes, if it is as large as heads are."""
    import cv2

    solid = cv2.morphologyEx(outside, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    areas, sizes = stats[:, cv2.CC_STAT_AREA], stats[:, 2:4].max(1)
    is_head = (areas >= least) & (sizes < LARGEST)
    is_head[0] = False
    usual = float(np.median(areas[is_head])) if is_head.any() else np.inf
    found = np.where(is_head[labels], labels, 0).astype(np.int32)
    count = len(stats)
    is_large = (areas > SEVERAL * usual) & (sizes < 4 * LARGEST)
    for label in np.flatnonzero(is_large[1:]) + 1:
        x, y, wide, high, _ = stats[label].tolist()
        part = slice(y, y + high), slice(x, x + wide)
        parts = _apart((labels[part] == label).astype(np.uint8), side)
        found[part][parts > 0] = parts[parts > 0] + count
        count += int(parts.max())
    return found


def _apart(mark: Mask, side: int) -> Labels:
    """Return the heads, by number from 1, that a mark is put together of: what larger and larger squares part.

    What is far from them is the lines between them; a mark that cannot be parted has none.
    """
    import cv2

    mark = np.pad(mark, 1)
    for more in range(2, side):
        cores = cv2.erode(mark, np.ones((side + more,) * 2, np.uint8))
        count, _, stats, _ = cv2.connectedComponentsWithStats(cores, connectivity=8)
        if count > 2 or (count == 2 and max(mark.shape) > LARGEST > stats[1, 2:4].max() + side):
            away, nearest = cv2.distanceTransformWithLabels(1 - cores, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_CCOMP)
            return np.where((mark > 0) & (away < 2 * side), nearest, 0).astype(np.int32)[1:-1, 1:-1]
    return np.zeros_like(mark, np.int32)[1:-1, 1:-1]


def _parted(rest: Mask, zones: Labels) -> tuple[Mask, Mask]:
    """Return the marks that touch boxes, or are longer than letters, and the others."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=8)
    near = cv2.dilate((zones > 0).astype(np.uint8), np.ones((2 * NEAR + 1,) * 2, np.uint8))
    is_line = np.zeros(count, np.uint8)
    is_line[np.unique(labels[(near > 0) & (rest > 0)])] = 1
    is_line[(stats[:, cv2.CC_STAT_WIDTH] > 2 * LETTER) | (stats[:, cv2.CC_STAT_HEIGHT] > 2 * LETTER)] = 1
    is_line[0] = 0
    strokes = is_line[labels]
    return strokes, (rest - strokes).astype(np.uint8)


def _width(strokes: Mask) -> float:
    """Return how wide lines are: the pixels of all of them by those of their edges."""
    import cv2

    if not strokes.any():
        return 2.0
    away = cv2.distanceTransform(strokes, cv2.DIST_C, 3)
    ridge = (away > 0) & (away >= cv2.dilate(away, np.ones((3, 3), np.uint8)))
    return max(2.0, 2 * float(np.median(away[ridge])))
