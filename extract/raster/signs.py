"""What stands in a picture for itself: a sum or a product in a circle, and short lines between boxes that are close."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from extract.drawings.arrows import Arrow, Box
from extract.raster.ink import LETTER, WEAK
from extract.raster.picture import Gray
from extract.raster.regions import Node
from extract.raster.spots import Mask, spots_of

CROSSED = 0.85
"""The share of a line across a sign that is dark at least."""
LARGEST = round(3.5 * LETTER)
"""Pixels across of a sign at most."""
HALVES = frozenset(("|", "-", "\u2014", "+-", "-+"))
"""What Tesseract takes a sum for."""
MISREAD, FAINT, SMALLEST = 5, 0.1, 8
"""Letters at most that a sign is read for, how large a mark is by the largest at least, and a sign's pixels across."""
STROKE = 0.86
"""From which share of a sigma's width on it is its stroke alone."""
CLOSE = round(1.5 * LETTER)
"""Pixels between two boxes at most that a short line joins."""
NARROW = 0.3
"""The share of a gap's width that a line takes at most; more is no line."""


def signed(texts: tuple[str, ...], dark: Mask, box: Box, gray: Gray | None = None) -> tuple[str, ...]:
    """Return the texts of a box, or the sign in it where it has none, or one that is read for a sign.

    In its shades, where they are given, lines of the sign may be fainter than marks are.
    """
    if len("".join(texts)) <= MISREAD and (sign := _alone(dark, box) or _faint(gray, box)):
        return (sign,)
    if len("".join(texts)) == 1 and _is_sigma(dark, box):
        return ("\u03c3",)
    if len(texts) == 1 and texts[0] in HALVES and _is_small(box):
        return ("+",)
    return texts or tuple(filter(None, [sign_in(dark, box)]))


def _faint(gray: Gray | None, box: Box) -> str:
    """Return the sign of faint lines that is the one mark in a small box, or nothing."""
    if gray is None or not _is_small(box):
        return ""
    x0, y0, x1, y1 = (round(each) for each in box)
    part = gray[y0:y1, x0:x1]
    return _alone((part < WEAK * np.median(part)).astype(np.uint8), (0, 0, x1 - x0, y1 - y0))


def _alone(dark: Mask, box: Box) -> str:
    """Return the sum, or the product of all elements, that is the one mark in a box, or nothing."""
    x0, y0, x1, y1 = (round(each) for each in box)
    spots = spots_of(np.ascontiguousarray(dark[y0:y1, x0:x1]))
    left, top, wide, high = spots.boxes.T if len(spots.boxes) else np.zeros((4, 0), int)
    is_inner = (left > 3) & (top > 3) & (left + wide < x1 - x0 - 3) & (top + high < y1 - y0 - 3)
    is_inner &= spots.areas > FAINT * (spots.areas[is_inner].max() if is_inner.any() else 0)
    boxes = spots.boxes[is_inner]
    if not len(boxes):
        return ""
    (left, top), (right, bottom) = boxes[:, :2].min(0), (boxes[:, :2] + boxes[:, 2:]).max(0)
    across, down = right - left, bottom - top
    if min(across, down) < SMALLEST or not 0.8 < across / down < 1.25:
        return ""
    part = dark[y0 + top : y0 + bottom, x0 + left : x0 + right] > 0

    def around(share: float) -> list[bool]:
        """Return what is dark at a share of the way from the middle to the sides, in eighths from the right."""
        ways = np.arange(8) * np.pi / 4
        places = ((1 + share * np.stack([np.sin(ways), np.cos(ways)])) / 2 * ((down,), (across,))).astype(int).T
        return [bool(part[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2].any()) for y, x in places.tolist()]

    middle, inner, outer = (around(share) for share in (0.0, 0.5, 0.9))
    if all(middle) and inner == [True, False] * 4:
        return "+"
    return "\u2299" if all(middle) and all(outer) and not any(inner) else ""


def _is_sigma(dark: Mask, box: Box) -> bool:
    """Tell the letter of a sigmoid, which Tesseract does not know: a ring with a stroke from its top to the right."""
    x0, y0, x1, y1 = (round(each) for each in box)
    spots = spots_of(np.ascontiguousarray(dark[y0 + 4 : y1 - 4, x0 + 4 : x1 - 4]))
    inner = [i for i, high in enumerate(spots.boxes[:, 3].tolist()) if high > SMALLEST]
    if len(inner) != 1:
        return False
    left, top, wide, high = spots.boxes[inner[0]].tolist()
    holes = [each.reshape(-1, 2) for each in spots.holes if len(each) > SMALLEST]
    if len(holes) != 1 or not high < wide < 2 * high:
        return False
    across, down = (holes[0].min(0) + holes[0].max(0)) / 2 - (left, top)
    part = dark[y0 + 4 + top : y0 + 4 + top + high, x0 + 4 + left : x0 + 4 + left + wide] > 0
    stroke = part[:, round(STROKE * wide) :]
    return bool(
        across < 0.47 * wide and down > 0.45 * high and stroke[: high // 2].any() and not stroke[high // 2 :].any()
    )


def _is_small(box: Box) -> bool:
    """Tell a box as large as a circle with a sign in it."""
    wide, high = box[2] - box[0], box[3] - box[1]
    return 8 < wide < LARGEST and 8 < high < LARGEST and 0.7 < wide / high < 1.4


def sign_in(dark: Mask, box: Box) -> str:
    """Return the sign that two lines across make in a small box without letters: a sum, a product, or nothing."""
    x0, y0, x1, y1 = (round(each) for each in box)
    wide, high = x1 - x0, y1 - y0
    if not _is_small(box):
        return ""
    part = dark[y0:y1, x0:x1] > 0
    steps = np.linspace(0.25, 0.75, 25)
    rows, columns = (steps * (high - 1)).astype(int), (steps * (wide - 1)).astype(int)
    middle = np.full(len(steps), high // 2), np.full(len(steps), wide // 2)
    if min(_near(part, middle[0], columns), _near(part, rows, middle[1])) > CROSSED:
        return "+"
    slanted = (_near(part, rows, columns), _near(part, rows, columns[::-1]))
    return "×" if min(slanted) > CROSSED else ""


def _near(part: Any, rows: Any, columns: Any) -> float:
    """Return the share of places with a dark pixel at them, or one beside."""
    return float(
        np.mean([part[max(0, y - 2) : y + 3, max(0, x - 2) : x + 3].any() for y, x in zip(rows, columns, strict=True)])
    )


def bridges(dark: Mask, nodes: Sequence[Node]) -> list[Arrow]:
    """Return the lines without heads between boxes that stand so close that hardly anything of the lines is seen."""
    found = []
    boxes = np.array([each.box for each in nodes]).reshape(-1, 4)
    for i, upper in enumerate(nodes):
        gaps = boxes[:, 1] - upper.box[3]
        for j in np.flatnonzero((gaps > 2) & (gaps < CLOSE)).tolist():
            lower = nodes[j]
            if (at := _bridge(dark, upper.box, lower.box)) is not None:
                found.append(Arrow([(at, upper.box[3]), (at, lower.box[1])], [i, j]))
    return found


def _bridge(dark: Mask, upper: Box, lower: Box) -> float | None:
    """Return the column of the one narrow line that joins a box to the one below it, where there is one."""
    top, bottom = round(upper[3]), round(lower[1])
    left, right = round(max(upper[0], lower[0])), round(min(upper[2], lower[2]))
    if not 2 < bottom - top < CLOSE or right - left < LETTER:
        return None
    full = (dark[top:bottom, left:right] > 0).all(axis=0)
    edges = np.flatnonzero(np.diff(np.pad(full, 1).astype(np.int8)))
    inside = left + edges
    if len(inside) != 2 or inside[1] - inside[0] > NARROW * (right - left) or inside[0] <= left or inside[1] >= right:
        return None
    return float(inside.mean())
