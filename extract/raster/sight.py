"""What is nearest to a place in a picture, and what lies straight ahead of it."""

from __future__ import annotations

import numpy as np

from extract.raster.regions import Labels

AHEAD = 32
"""Pixels straight ahead of a head, or of a line that ends before a box, at most, to that: people leave a gap there."""


def ahead(labels: Labels, place: tuple[int, int], way: tuple[float, float], reach: int = AHEAD) -> int:
    """Return the first label straight ahead of a place, or 0."""
    for step in range(reach):
        x, y = round(place[0] + step * way[0]), round(place[1] + step * way[1])
        if not (0 <= y < labels.shape[0] and 0 <= x < labels.shape[1]):
            return 0
        if labels[y, x]:
            return int(labels[y, x])
    return 0


def near(labels: Labels, place: tuple[int, int], reach: int) -> int:
    """Return the label nearest to a pixel, or 0."""
    x, y = place
    left, top = max(0, x - reach), max(0, y - reach)
    part = labels[top : y + reach + 1, left : x + reach + 1]
    rows, columns = np.nonzero(part)
    if not len(rows):
        return 0
    best = int(np.argmin((rows + top - y) ** 2 + (columns + left - x) ** 2))
    return int(part[rows[best], columns[best]])
