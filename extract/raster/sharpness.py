"""How sharp a picture is, and making one sharper that is blurred."""

from __future__ import annotations

from typing import Any

import numpy as np

from extract.raster.picture import Gray

ACROSS = 9
"""Pixels across which the light of a side of a mark changes at most."""
CLEAR = 120
"""Shades that such a change has at least."""
ROWS = 4
"""One of so many rows is looked at."""
SHARP = 0.7
"""The share of such a change that is between two pixels, in a picture that is sharp: less is blurred."""
SPREAD = 0.5
"""What that share is by how many pixels a point is spread (the standard deviation of a Gaussian)."""
WIDEST = 3.0
"""Pixels by which a picture is taken to be blurred at most."""
TIMES = 10
"""How often what a picture lacks is added to it."""


def sharpened(gray: Gray) -> Gray:
    """Return a picture that is blurred as it was before, about, and one that is sharp as it is.

    Source: Van Cittert, Zum Einfluss der Spaltbreite auf die Intensitaetsverteilung in Spektrallinien II, 1931.
    """
    import cv2

    share = _steepness(gray)
    if not 0 < share < SHARP:
        return gray
    spread = min(SPREAD / share, WIDEST)
    wanted = gray.astype(np.float32)
    found = wanted.copy()
    for _ in range(TIMES):
        found += wanted - cv2.GaussianBlur(found, (0, 0), spread)
        np.clip(found, 0, 255, out=found)
    return np.rint(found).astype(np.uint8)


def _steepness(gray: Gray) -> float:
    """Return which share of a clear change of light along rows is between two pixels, where most is: 0 for none."""
    import cv2

    rows = np.ascontiguousarray(gray[::ROWS])
    near: Any = np.ones((1, ACROSS), np.uint8)
    change = cv2.subtract(cv2.dilate(rows, near), cv2.erode(rows, near))[:, 1:]
    step = cv2.dilate(cv2.absdiff(rows[:, 1:], rows[:, :-1]), near)
    is_clear = change > CLEAR
    return float(np.percentile(step[is_clear] / change[is_clear], 90)) if is_clear.any() else 0.0
