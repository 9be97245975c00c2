"""Frames that are drawn in dashes or dots: rows of small marks, two level and two upright, that close an area in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np

from extract.drawings.arrows import Box
from extract.raster.ink import LETTER
from extract.raster.spots import Mask, spots_of

WIDE, LONGEST = 8, 60
"""Pixels of a dash at most, across and along."""
FULL, SLENDER = 0.5, 0.8
"""The share of the box around it at least that a dash fills, and how much longer than wide it is at least."""
LEVEL = 2
"""Pixels by which dashes of a row stand aside of each other, or differ in width, at most."""
GAP = 5.2
"""How far from each other dashes are at most, as a share of what is usual: lines that cross may hide two of them."""
FEWEST = 3
"""Dashes of a side at least."""
CORNER = 2.0
"""How far a side ends from the next one at most, as a share of dash and gap: a corner may be round."""
MOST = 60
"""Rows of dashes at most among which frames are looked for."""


@dataclass(frozen=True)
class _Row:
    """A row of dashes: where it is across, where it begins and ends, and how far that may be from a corner."""

    at: float
    start: float
    end: float
    slack: float

    def closes(self, first: float, last: float) -> bool:
        """Tell a row that goes from one place to another and ends at one of these, or both."""
        spans = self.start - self.slack <= first and last <= self.end + self.slack
        return spans and min(abs(self.start - first), abs(self.end - last)) <= self.slack


def dashed_frames(dark: Mask) -> list[Box]:
    """Return the areas that dashes close in, in pixels: the middles of their borders."""
    spots = spots_of(dark)
    is_small = (spots.boxes[:, 2:].max(1, initial=0) <= LONGEST) & (spots.boxes[:, 2:].min(1, initial=WIDE) <= WIDE)
    boxes = spots.boxes[is_small & (spots.areas >= FULL * spots.boxes[:, 2] * spots.boxes[:, 3])].astype(float)
    level, upright = list(_rows(boxes)), list(_rows(boxes[:, [1, 0, 3, 2]]))
    if max(len(level), len(upright)) > MOST:
        return []
    return [
        (left.at, top.at, right.at, bottom.at)
        for (top, bottom), (left, right) in product(_apart(level), _apart(upright))
        if all(each.closes(left.at, right.at) for each in (top, bottom))
        and all(each.closes(top.at, bottom.at) for each in (left, right))
    ]


def frames_around(boxes: Sequence[Box], dark: Mask) -> list[Box]:
    """Return the frames of dashes in which one of some boxes stands."""
    return [
        each
        for each in dashed_frames(dark)
        if any(each[0] < x0 and each[1] < y0 and x1 < each[2] and y1 < each[3] for x0, y0, x1, y1 in boxes)
    ]


def _apart(rows: Sequence[_Row]) -> list[tuple[_Row, _Row]]:
    """Return the pairs of rows between which a letter is."""
    return [(a, b) for a, b in product(rows, rows) if b.at - a.at > LETTER]


def _rows(boxes: Any) -> Iterator[_Row]:
    """Yield the rows that marks (number, 4) make from the left to the right."""
    boxes = boxes[boxes[:, 2] >= SLENDER * boxes[:, 3]]
    boxes = boxes[np.argsort(boxes[:, 0], kind="stable")]
    middles = boxes[:, 1] + boxes[:, 3] / 2
    is_left = np.ones(len(boxes), bool)
    for first in range(len(boxes)):
        if is_left[first]:
            alike = abs(middles - middles[first]) <= LEVEL
            own = is_left & alike & (abs(boxes[:, 3] - boxes[first, 3]) <= LEVEL)
            is_left &= ~own
            for row in _runs(boxes[own]):
                step = (row[-1, 0] - row[0, 0]) / (len(row) - 1)
                yield _Row(float(middles[first]), float(row[0, 0]), float(row[-1, 0] + row[-1, 2]), CORNER * step)


def _runs(boxes: Any) -> Iterator[Any]:
    """Yield the marks in a row that follow each other without large gaps, where they are enough."""
    gaps = boxes[1:, 0] - boxes[:-1, 0] - boxes[:-1, 2]
    breaks = np.flatnonzero(gaps > GAP * max(float(np.median(boxes[:, 2])), 2.0)) + 1
    for first, last in pairwise([0, *breaks.tolist(), len(boxes)]):
        if last - first >= FEWEST:
            yield boxes[first:last]


def with_dashed_boxes(dark: Mask) -> Mask:
    """Return marks with lines along the frames of dashes in which nothing but letters is."""
    import cv2

    found = dark.copy()
    for frame in dashed_frames(dark):
        x0, y0, x1, y1 = (round(each) for each in frame)
        marks = spots_of(np.ascontiguousarray(dark[y0 + WIDE : y1 - WIDE, x0 + WIDE : x1 - WIDE])).boxes
        if len(marks) and (marks[:, 2:] < (4 * LETTER, 2 * LETTER)).all():
            cv2.rectangle(found, (x0, y0), (x1, y1), (1,), 2)
    return found


def without_dashes(dark: Mask, frames: Sequence[Box]) -> Mask:
    """Return marks without the small ones that stand on the borders of frames."""
    if not frames:
        return dark
    spots = spots_of(dark)
    starts, ends = spots.boxes[:, :2], spots.boxes[:, :2] + spots.boxes[:, 2:]
    on = np.zeros(len(spots.outlines), bool)
    for x0, y0, x1, y1 in frames:
        is_within = (starts > (x0 - WIDE, y0 - WIDE)).all(1) & (ends < (x1 + WIDE, y1 + WIDE)).all(1)
        on |= is_within & ((ends < (x0 + WIDE, y0 + WIDE)) | (starts > (x1 - WIDE, y1 - WIDE))).any(1)
    return np.asarray(dark - spots.drawn(on, dark), np.uint8)
