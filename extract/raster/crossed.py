"""Circles with a sum or a product in them whose lines reach the circle, so that it falls into four parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from extract.raster.ink import LETTER
from extract.raster.spots import Contour, Mask, spots_of

LEAST, LARGEST = 12, 2.5 * LETTER**2
"""Pixels of a part of a circle at least, and at most."""
WHOLE = 0.5
"""The share of a circle at least that is no line; of the holes of letters that stand together it is less."""
GAP = 3
"""Pixels of a gap in a ring at most."""
ALIKE = 0.6
"""How large the smallest of the four parts is at least, as a share of the largest."""
ROUND = 0.75
"""How wide and high a circle is at least, the lesser of it by the greater."""
MOST = 400
"""Holes of a picture at most among which such circles are looked for."""


def crossed(dark: Mask) -> Iterator[Contour]:
    """Yield the outlines of the circles that a sign cuts into four; a thin ring may have gaps of a few pixels."""
    import cv2

    dark = np.asarray(cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((GAP, GAP), np.uint8)), np.uint8)
    holes = [each for each in spots_of(dark).holes if LEAST <= cv2.contourArea(each) <= LARGEST]
    if len(holes) > MOST:
        return
    middles = np.array([each.reshape(-1, 2).mean(0) for each in holes]).reshape(-1, 2)
    areas = np.array([cv2.contourArea(each) for each in holes])
    taken: set[int] = set()
    for i in range(len(holes)):
        near = np.abs(middles - middles[i]).max(1) < 2.5 * areas[i] ** 0.5
        like = (areas > ALIKE * areas[i]) & (areas * ALIKE < areas[i])
        others = [j for j in np.flatnonzero(near & like).tolist() if j > i and j not in taken]
        for three in combinations(others[:8], 3) if i not in taken else ():
            if (outline := _circle([holes[j] for j in (i, *three)])) is not None:
                taken |= {i, *three}
                yield outline
                break


def _circle(parts: Sequence[Contour]) -> Contour | None:
    """Return the outline around four parts, where they fill a circle but for the lines between them."""
    import cv2

    outline = cv2.convexHull(np.concatenate(parts))
    _, _, wide, high = cv2.boundingRect(outline)
    inside = sum(cv2.contourArea(each) for each in parts)
    middle = outline.reshape(-1, 2).mean(0)
    held = [cv2.pointPolygonTest(each, (float(middle[0]), float(middle[1])), False) >= 0 for each in parts]
    is_round = min(wide, high) > ROUND * max(wide, high) and min(wide, high) > 0.6 * LETTER
    is_whole = inside > WHOLE * cv2.contourArea(outline) and not any(held)
    return np.asarray(outline, np.int32) if is_round and is_whole else None
