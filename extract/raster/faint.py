"""Text in a box that is hardly darker or lighter than its ground, beside what is seen without looking for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from extract.pages.sheets import runs_of
from extract.raster.ink import LETTER
from extract.raster.picture import Gray
from extract.raster.spots import Mask

LEAST, TIMES = 12, 5
"""By how many shades what is drawn differs from the ground at least, and by how many times as much as that does."""
HALF = 0.4
"""The share of the strongest difference in a row of letters from which on a pixel is of one."""
HIGH, LOW = 1.4, 0.35
"""How high letters are at most and at least, in heights of capital ones."""
FEWEST, MOSTLY = 3, 0.7
"""Letters of a text at least, and the share of what is drawn in its rows that they are."""
EDGE = 9
"""Twice the pixels beside a border in which that is blurred, and one."""
NEAR = 3
"""Rows over and under a line of text that is seen, which belong to it."""


def faint_text(gray: Gray, inside: Mask, seen: Mask) -> tuple[Gray, Mask] | None:
    """Return letters in a cell in the rows in which none are seen, dark on white, and where they are, or None."""
    import cv2

    inside = np.asarray(cv2.erode(inside, np.ones((EDGE, EDGE), np.uint8)), np.uint8)
    own = gray[inside > 0]
    if not own.size:
        return None
    ground = float(np.median(own))
    away = np.where(inside > 0, np.abs(gray.astype(np.float32) - ground), 0)
    rows = np.flatnonzero(seen.any(1))
    for row in rows.tolist():
        away[max(0, row - NEAR) : row + NEAR + 1] = 0
    still = np.abs(own.astype(np.float32) - ground)
    least = max(LEAST, TIMES * float(np.median(still)))
    away[_of_border((away > least).astype(np.uint8), inside)] = 0
    letters = np.zeros_like(inside)
    for first, last in runs_of((away > least).any(1)):
        part = away[first:last]
        marks = (part > max(least, HALF * float(part.max()))).astype(np.uint8)
        if _is_text(marks):
            letters[first:last] = marks
            away[first:last] *= 255 / float(part.max())
    return (255 - np.clip(away, 0, 255).astype(np.uint8), letters) if letters.any() else None


def _of_border(marks: Mask, inside: Mask) -> Any:
    """Return which pixels are of marks at the edge of a cell: parts of its border, or of what goes through."""
    import cv2

    _, labels = cv2.connectedComponents(marks, connectivity=8)
    edge = cv2.subtract(inside, cv2.erode(np.pad(inside, 1), np.ones((3, 3), np.uint8))[1:-1, 1:-1])
    at_edge = np.unique(labels[edge > 0])
    return np.isin(labels, at_edge[at_edge > 0])


def _is_text(marks: Mask) -> bool:
    """Tell letters from a shade that changes, or a picture: several marks of their height."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(marks, connectivity=8)
    wide, high, area = stats[1:, 2], stats[1:, 3], stats[1:, 4]
    fits = (high > LOW * LETTER) & (high < HIGH * LETTER) & (wide < 4 * LETTER)
    return bool(fits.sum() >= FEWEST and area[fits].sum() > MOSTLY * area.sum())
