"""The marks of a picture that hang together, by their outlines: most of a picture is ground, which costs little so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from extract.drawings.drawing import DrawingError

MOST_EDGES = 4_000_000
"""Changes from ground to mark and back along the rows of a picture at most: each mark has two at least."""
Contour = np.ndarray[Any, np.dtype[np.int32]]
"""The pixels along the side of a mark (number, 1, 2), as column and row."""
Mask = np.ndarray[Any, np.dtype[np.uint8]]
"""Which pixels are meant (height, width): 1 or 0."""


@dataclass(frozen=True)
class Spots:
    """Marks that hang together, corners too: their outlines, their boxes and how many pixels each has.

    `boxes` has first column and row, width and height of each (number, 4). `holes` are the outlines of what they close
    in, along their own pixels.
    """

    outlines: list[Contour]
    boxes: Any
    areas: Any
    holes: list[Contour]

    def drawn(self, chosen: Any, mask: Mask) -> Mask:
        """Return a mask of what is within the outlines of the chosen ones (number), as large as another and in it."""
        import cv2

        outlines = [self.outlines[i] for i in np.flatnonzero(chosen).tolist()]
        return np.asarray(cv2.bitwise_and(cv2.drawContours(np.zeros_like(mask), outlines, -1, 1, -1), mask), np.uint8)


def spots_of(mask: Mask) -> Spots:
    """Return the marks of a mask. Raises DrawingError where there are more than a drawing has."""
    import cv2

    full = 2 * cv2.countNonZero(mask) > MOST_EDGES
    if full and cv2.countNonZero(cv2.absdiff(mask[:, 1:], mask[:, :-1])) > MOST_EDGES:
        raise DrawingError("is too full of marks")
    found, nesting = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outlines = [np.asarray(each, np.int32) for each in found]
    around = np.array(nesting, np.int64).reshape(-1, 4)[:, 3] if found else np.zeros(0, np.int64)
    whole = np.array([cv2.contourArea(each) for each in outlines])
    along = np.array([len(each) if len(each) > 1 else 0 for each in outlines]) / 2
    # Pick's theorem tells the pixels within an outline, and with it, by its area and those along it.
    areas = np.where(around < 0, whole + along + 1, 0.0)
    np.subtract.at(areas, around[around >= 0], (whole - along + 1)[around >= 0])
    outer = [each for each, holder in zip(outlines, around, strict=True) if holder < 0]
    holes = [each for each, holder in zip(outlines, around, strict=True) if holder >= 0]
    boxes = np.array([cv2.boundingRect(each) for each in outer], np.int32).reshape(-1, 4)
    return Spots(outer, boxes, areas[around < 0], holes)
