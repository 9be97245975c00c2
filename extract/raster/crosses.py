"""Signs of times between the letters of a line, as in `28 × 28`: in small type Tesseract passes over them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extract.raster.ink import LETTER
from extract.raster.spots import Mask

LEAST, LARGEST = 0.3 * LETTER, 0.8 * LETTER
"""Pixels of a sign at least and at most, across and down."""
SQUARE = 0.7
"""How long the shorter of its sides is at least, as a share of the other."""
SIDE = 11
"""Pixels of a side to which a sign is brought to be compared."""
ALIKE = 0.6
"""The share of both together that a sign and two strokes from corner to corner have in common at least."""


def crosses_in(letters: Mask) -> Iterator[tuple[int, int]]:
    """Yield the first column of each sign of two strokes that cross askew, and the one behind it, from the left."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(letters, connectivity=8)
    for label, (x, y, wide, high, _) in sorted(enumerate(stats.tolist()), key=lambda each: each[1][0]):
        short, long = sorted((wide, high))
        if label and short >= max(LEAST, SQUARE * long) and long <= LARGEST:
            mark = (labels[y : y + high, x : x + wide] == label).astype(np.float32)
            if _is_cross(cv2.resize(mark, (SIDE, SIDE), interpolation=cv2.INTER_AREA) > 0.5):
                yield x, x + wide


def _is_cross(mark: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> bool:
    """Tell two strokes from corner to corner, as thick as suits the mark, alike from the left and the right."""
    rows, columns = np.indices(mark.shape)
    off = np.minimum(abs(rows - columns), abs(rows + columns - SIDE + 1))
    shares = ((mark & (off <= thick)).sum() / (mark | (off <= thick)).sum() for thick in (1, 2))
    other = mark[:, ::-1]
    return bool(max(shares) >= ALIKE and (mark & other).sum() >= ALIKE * (mark | other).sum())
