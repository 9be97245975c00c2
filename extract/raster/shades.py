"""Areas of one shade in a picture: boxes whose border is as light as their ground, or that have none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from extract.raster.picture import Gray
from extract.raster.spots import Contour, Mask

EVEN = 8
"""By how much the shades of neighbours differ at most that are of one area."""
ACROSS = 5
"""Pixels across of a pixel's neighbours: over so many a sharp edge is spread where a picture was made larger."""
FEWEST, CLEAR = 12, 40
"""Pixels at least of what is drawn in an area, and by how much those differ from its shade."""
AWAY = 7
"""Pixels around an area in which its border is, at each side."""
OTHER = 10
"""By how much an empty area is darker or lighter than what is around it at least: else lines close it in."""
CONVEX, FULL, ROUND = 0.95, 0.7, 0.85
"""The shares of its hull, of the narrowest box around it, and of the circle, that a box, and a round one, fills."""
MOSTLY = 0.15
"""The share of the box around it at least that is of an area's shade: the rest is letters."""
SAME = 0.95
"""The share of what is around an empty box at least that is of one shade: a face of a volume stands beside others."""


def shades_of(gray: Gray, narrowest: int, lowest: int) -> Iterator[tuple[Contour, bool]]:
    """Yield the outlines of boxes of one shade, no smaller than that, and whether what is drawn in them is lighter.

    In a box something is drawn, or it is of another shade than what is around it.
    """
    gray = np.pad(gray, AWAY, constant_values=255)
    for own, even, (left, top) in _areas(gray, narrowest, lowest):
        high, wide = own.shape
        found = _read(own, even, gray[top : top + high, left : left + wide])
        if found is not None:
            yield np.add(found[0], (left - AWAY, top - AWAY)).astype(np.int32), found[1]


def areas_of(gray: Gray, narrowest: int, lowest: int) -> Iterator[Contour]:
    """Yield the outlines of areas of one shade, of whatever form, no smaller than that."""
    gray = np.pad(gray, AWAY, constant_values=255)
    for own, _, (left, top) in _areas(gray, narrowest, lowest):
        yield np.add(_outline(own)[1], (left - AWAY, top - AWAY)).astype(np.int32)


def _areas(gray: Gray, narrowest: int, lowest: int) -> Iterator[tuple[Mask, Mask, tuple[int, int]]]:
    """Yield each area of one shade in a part of a picture, what is even there, and the part's first column and row."""
    import cv2

    square = np.ones((ACROSS, ACROSS), np.uint8)
    even = (cv2.subtract(cv2.dilate(gray, square), cv2.erode(gray, square)) <= EVEN).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(even, connectivity=4)
    wide, high = stats[:, 2] + ACROSS - 1, stats[:, 3] + ACROSS - 1
    fits = (wide > narrowest) & (high > lowest) & (stats[:, 0] > 0) & (stats[:, 1] > 0)
    fits &= stats[:, 4] > MOSTLY * stats[:, 2] * stats[:, 3]
    for label in (np.flatnonzero(fits[1:]) + 1).tolist():
        x, y, across, down = stats[label, :4].tolist()
        left, top = max(0, x - 2 * AWAY), max(0, y - 2 * AWAY)
        place = slice(top, y + down + 2 * AWAY), slice(left, x + across + 2 * AWAY)
        yield (labels[place] == label).astype(np.uint8), even[place], (left, top)


def _outline(own: Mask) -> tuple[Mask, Contour]:
    """Return all within an area, with the edge that its letters are apart from, and its outline."""
    import cv2

    contours, _ = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    whole = cv2.drawContours(np.zeros_like(own), [max(contours, key=cv2.contourArea)], -1, 1, -1)
    whole = cv2.dilate(whole, np.ones((ACROSS, ACROSS), np.uint8))
    contours, _ = cv2.findContours(whole, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return np.asarray(whole, np.uint8), np.asarray(max(contours, key=cv2.contourArea), np.int32)


def _read(own: Mask, even: Mask, gray: Gray) -> tuple[Contour, bool] | None:
    """Return the outline of an area that is a box, and whether what is drawn in it is lighter than the area."""
    import cv2

    whole, outline = _outline(own)
    _, (wide, high), _ = cv2.minAreaRect(outline)
    area = cv2.contourArea(outline)
    if area < FULL * wide * high or area < CONVEX * cv2.contourArea(cv2.convexHull(outline)):
        return None
    shade = int(np.median(gray[own > 0]))
    border = np.ones((AWAY, AWAY), np.uint8)
    within = gray[cv2.erode(whole, border) > 0].astype(int)
    drawn = within[np.abs(within - shade) > CLEAR]
    if drawn.size > FEWEST:
        return np.asarray(outline, np.int32), is_lighter(drawn, shade)
    around = gray[(cv2.dilate(whole, np.ones((3 * AWAY,) * 2, np.uint8)) > cv2.dilate(whole, border)) & (even > 0)]
    ground = float(np.median(around)) if around.size else float(shade)
    is_alone = float((np.abs(around - ground) <= OTHER).mean()) >= SAME if around.size else False
    is_box = is_alone and (abs(ground - shade) > OTHER or _is_round(area, outline))
    return (np.asarray(outline, np.int32), False) if is_box else None


def is_lighter(drawn: Any, shade: int) -> bool:
    """Tell what is drawn on an area that is lighter than this from what is darker."""
    return bool(int(drawn.max()) - shade > shade - int(drawn.min()))


def _is_round(area: float, outline: Any) -> bool:
    """Tell a circle, as those that stand for what is done to tensors."""
    import cv2

    (_, _), radius = cv2.minEnclosingCircle(outline)
    return bool(area > ROUND * np.pi * radius * radius)
