"""Arrows that stand between the letters of a line, as in `64 → 128`: Tesseract reads digits for them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extract.raster.ink import LETTER
from extract.raster.spots import Mask

LONG, LOW = 0.5 * LETTER, LETTER
"""Pixels across of an arrow at least, and down at most."""
SHAFT = 0.25 * LETTER
"""Pixels that its line is thick at most."""
TALL = 1.8
"""How much higher than its line its head is at least."""
BEHIND = 0.4
"""The share of an arrow that is line alone at least."""
STRAIGHT, MIDDLE = 0.8, 0.15
"""The shares of it along which its line goes at least, and by which that is off its middle at most."""
EVEN = 0.75
"""The share of a sign that is the same from the right at least, but for two pixels, that is no arrow, as of a sum."""


def arrows_in(letters: Mask) -> Iterator[tuple[int, int]]:
    """Yield the first column of each arrow to the right in a line of letters, and the one behind it."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(letters, connectivity=8)
    for label, (x, y, wide, high, _) in enumerate(stats.tolist()):
        fits = label and wide >= LONG and high <= LOW and wide > high
        if fits and _is_arrow((labels[y : y + high, x : x + wide] == label).astype(np.uint8)):
            yield x, x + wide


def _is_arrow(mark: Mask) -> bool:
    """Tell a line with a head at its right end, alike above and below."""
    high, wide = mark.shape
    heights = mark.sum(axis=0, dtype=int)
    along = mark.sum(axis=1, dtype=int)
    shaft = float(np.median(heights[: round(BEHIND * wide)]))
    row = float(np.flatnonzero(along >= STRAIGHT * wide).mean()) if (along >= STRAIGHT * wide).any() else -1.0
    is_line = 0 < shaft <= SHAFT and heights[: round(BEHIND * wide)].max() <= shaft + 1
    spans = [np.ptp(np.flatnonzero(column)) + 1 if column.any() else 0 for column in mark.T]
    has_head = max(spans[round(BEHIND * wide) :]) >= max(TALL * shaft, shaft + 3)
    is_even = any(_is_same(mark, np.roll(mark[:, ::-1], step, axis=1)) for step in range(-2, 3))
    return bool(is_line and has_head and not is_even and abs(row - (high - 1) / 2) <= MIDDLE * high + 0.5)


def _is_same(mark: Mask, other: Mask) -> bool:
    return int((mark & other).sum()) > EVEN * int((mark | other).sum())
