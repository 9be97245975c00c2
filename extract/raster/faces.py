"""The areas of a picture that lines close in, as paths: the faces of what is drawn in perspective, bars, and boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from math import hypot, pi

import numpy as np

from extract.drawings.drawing import Drawing, Path
from extract.pages.page import Line, Word
from extract.raster.ink import Ink
from extract.raster.spots import Contour, Mask, spots_of

SMALLEST = 60
"""Pixels of a face at least, at the scale of `Ink`."""
MOST = 3_000
"""Faces of a picture at most; more are a photograph, or letters."""
BENT = 2.5
"""Pixels by which a side of a face may bend."""
NEARLY = 0.08
"""By how much the area between four corners differs from that of a face which has no more."""
MOST_CORNERS = 8
"""Corners of a face at most."""
SMALL_CIRCLE, MOST_CIRCLES = 16, 120
"""Pixels across a circle at least, at the scale of `Ink`, and circles of a plot of neurons at most."""
COUNTER = 0.78
"""How high what a letter closes in is at most, as a share of the letter: less than a circle that is taken for an O."""
STEPS, DRAWN = 40, 0.9
"""Places of a line that are looked at, and the share of them that are dark at least."""
CAPITALS = 0.72
"""How high capital letters are, as a share of the size of their type."""


def faces_of(ink: Ink, width: float) -> list[Path]:
    """Return the areas that lines of a width close in, with straight sides, in the pixels of the picture's file."""
    import cv2

    holes = [each for each in spots_of(ink.dark).holes if cv2.contourArea(each) >= SMALLEST]
    if len(holes) > MOST:
        return []
    grown = np.ones((round(width) | 1,) * 2, np.uint8)
    found = []
    for hole in holes:
        x, y, wide, high = cv2.boundingRect(hole)
        edge = len(grown)
        inside = np.zeros((high + 2 * edge, wide + 2 * edge), np.uint8)
        cv2.drawContours(inside, [hole - (x - edge, y - edge)], -1, 1, -1)
        shade = ink.gray[y : y + high, x : x + wide][inside[edge:-edge, edge:-edge] > 0]
        outlines, _ = cv2.findContours(cv2.dilate(inside, grown), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        outline = np.asarray(max(outlines, key=cv2.contourArea), np.int32)
        corners = outline.reshape(-1, 2)[::2] if _is_circle(outline) else _corners(outline)
        if 3 < len(corners) <= MOST_CORNERS or _is_circle(outline):
            placed = np.add(corners, (x - edge, y - edge)) @ ink.back[:, :2].T + ink.back[:, 2]
            points = tuple((float(a), float(b)) for a, b in placed)
            gray = float(np.median(shade)) / 255
            found.append(Path((*points, points[0]), True, True, True, len(points) + 1, (gray, gray, gray)))
    return found


def _is_circle(outline: Contour) -> bool:
    """Tell a neuron: as wide as high, and as full as a circle is."""
    import cv2

    _, _, wide, high = cv2.boundingRect(outline)
    even = min(wide, high) >= SMALL_CIRCLE and abs(wide - high) < 0.12 * wide
    return even and abs(cv2.contourArea(outline) / (wide * high) - pi / 4) < 0.05


def wires_of(ink: Ink, faces: Sequence[Path]) -> list[Path]:
    """Return the straight lines between circles, in the pixels of the picture's file: dark all the way, or nearly."""
    circles = [each for each in faces if each.corners > MOST_CORNERS + 1]
    if len(circles) > MOST_CIRCLES:
        return []
    dark = _grown(ink.dark)
    ahead = np.linalg.inv(np.vstack([ink.back, (0.0, 0.0, 1.0)]))[:2]
    found = []
    for a, b in combinations(circles, 2):
        (x0, y0, radius), (x1, y1, _) = _round(a), _round(b)
        far = hypot(x1 - x0, y1 - y0)
        if far < 2.5 * radius:
            continue
        share = np.linspace(1.2 * radius / far, 1 - 1.2 * radius / far, STEPS)
        xs, ys = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
        columns, rows = np.rint(ahead @ np.vstack([xs, ys, np.ones(STEPS)])).astype(int)
        if dark[rows.clip(0, dark.shape[0] - 1), columns.clip(0, dark.shape[1] - 1)].mean() > DRAWN:
            found.append(Path(((x0, y0), (x1, y1)), False, False, True, 2))
    return found


def _grown(dark: Mask) -> Mask:
    import cv2

    return np.asarray(cv2.dilate(dark, np.ones((3, 3), np.uint8)), np.uint8)


def _round(circle: Path) -> tuple[float, float, float]:
    left, top, right, bottom = circle.box
    return (left + right) / 2, (top + bottom) / 2, (right - left) / 2


def _corners(outline: Contour) -> Contour:
    """Return the corners of an outline: four, where straight lines between as many are nearly it."""
    import cv2

    whole = cv2.contourArea(outline)
    for bent in (BENT, 1.5 * BENT, 2 * BENT):
        found = cv2.approxPolyDP(outline, bent, True).reshape(-1, 2)
        if len(found) == 4 and abs(cv2.contourArea(found) - whole) < NEARLY * whole:
            return np.asarray(found, np.int32)
    return np.asarray(cv2.approxPolyDP(outline, BENT, True).reshape(-1, 2), np.int32)


def drawing_of(ink: Ink, width: float, lines: Sequence[Line]) -> Drawing:
    """Return what a picture shows as a drawing: its faces, and what was read of it."""
    words = tuple(replace(word, size=word.size / CAPITALS) for line in lines for word in line.words)
    faces = [each for each in faces_of(ink, width) if not any(_is_letter(each, word) for word in words)]
    return Drawing((*faces, *wires_of(ink, faces)), words)


def _is_letter(face: Path, word: Word) -> bool:
    """Tell what a letter closes in."""
    left, top, right, bottom = face.box
    x, y = (left + right) / 2, (top + bottom) / 2
    return (
        word.x0 <= x <= word.x1 and word.top <= y <= word.bottom and bottom - top < COUNTER * (word.bottom - word.top)
    )
