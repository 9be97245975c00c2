"""The lines of text in the cells of a picture's boxes, cut out for reading: dark letters on white."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from extract.drawings.arrows import Box
from extract.drawings.drawing import DrawingError
from extract.pages.sheets import runs_of
from extract.raster.arrow_signs import arrows_in
from extract.raster.cells import Cell
from extract.raster.crosses import crosses_in
from extract.raster.faint import faint_text
from extract.raster.ink import LETTER, Ink, marks
from extract.raster.picture import Gray
from extract.raster.scripts import levelled
from extract.raster.spots import Mask, spots_of
from extract.raster.turned import UP, is_turned, turned, turned_back

MOST_BESIDE = 2_000
"""Texts beside boxes at most."""
BORDER = 12
"""White pixels around a line that is to be read."""
GAP = 2
"""Rows without letters between two lines at least."""
PITCH = 1.55 * LETTER
"""Pixels from line to line in a cell of several, about."""
BETWEEN = 0.5
"""The share of what rows have of marks, at most, that a row between two lines has: letters of a larger type are one."""
LEAST, LARGEST = 0.45, 1.5
"""How large the sides of a letter are at least and at most, in heights of capital letters, that is no part of a border.
"""
DOT = 6
"""Pixels that a line is high at least: less are dots, or what hangs below."""


@dataclass(frozen=True)
class Strip:
    """One line of text: where it is, its letters, dark on white, and where underscores, arrows and signs of times are.

    Indices and exponents are set on the line; `turned` tells by how many quarters with the clock it was turned.
    `letters` has its marks in its box, and `inverted` tells whether they are light in the picture.
    """

    box: Box
    image: Gray
    letters: Mask
    underscores: tuple[float, ...] = ()
    inverted: bool = False
    arrows: tuple[tuple[float, float], ...] = ()
    crosses: tuple[tuple[float, float], ...] = ()
    turned: int = 0
    faint: bool = False

    def scaled(self, by: float) -> Strip:
        """Return the line with its picture larger by a factor."""
        import cv2

        if by == 1:
            return self
        how = cv2.INTER_CUBIC if by > 1 else cv2.INTER_AREA
        image = np.asarray(cv2.resize(self.image, None, fx=by, fy=by, interpolation=how), np.uint8)
        arrows, crosses = (tuple((by * a, by * b) for a, b in signs) for signs in (self.arrows, self.crosses))
        below = tuple(by * each for each in self.underscores)
        return replace(self, image=image, underscores=below, arrows=arrows, crosses=crosses)


def strips_of(cell: Cell, ink: Ink, way: int = UP, *, sure: bool = False) -> Iterator[Strip]:
    """Yield the lines of text in a cell from the first to the last; those that run up or down turned that way.

    Whether they do is told by their letters, where it is not `sure`.
    """
    import cv2

    x0, y0, x1, y1 = (int(each) for each in cell.box)
    gray = ink.gray[y0:y1, x0:x1]
    inside = np.zeros(gray.shape, np.uint8)
    cv2.drawContours(inside, [cell.outline - (x0, y0)], -1, 1, -1)
    inside = np.asarray(cv2.erode(inside, np.ones((3, 3), np.uint8)), np.uint8)
    if cell.inverted:
        gray = _darkened(gray, inside)
        letters = marks(gray) & inside
    else:
        letters = ink.dark[y0:y1, x0:x1] & inside
    letters = _in_cell(letters, inside)
    way = way if sure or is_turned(letters) else 0
    found = list(_strips(turned(gray, way), turned(letters, way), (0, 0)))
    if not way and (faint := faint_text(ink.gray[y0:y1, x0:x1], inside, letters)) is not None:
        more = (replace(each, faint=True) for each in _strips(*faint, (0, 0)))
        found = sorted((*found, *more), key=lambda each: each.box[1])
    for strip in found:
        left, top, right, bottom = turned_back(strip.box, way, gray.shape)
        box = (left + x0, top + y0, right + x0, bottom + y0)
        yield replace(strip, box=box, inverted=cell.inverted, turned=way)


def _darkened(gray: Gray, inside: Mask) -> Gray:
    """Return letters that are lighter than their ground as black ones on white."""
    own = gray[inside > 0]
    if not own.size:
        return gray
    ground, light = float(np.median(own)), float(own.max())
    return np.asarray(np.clip(255 * (light - gray) / max(light - ground, 1.0), 0, 255), np.uint8)


def strips_beside(gray: Gray, letters: Mask) -> Iterator[Strip]:
    """Yield the lines of text that stand outside of boxes. Raises DrawingError where there are too many."""
    import cv2

    across = round(0.8 * LETTER)
    boxes = spots_of(np.asarray(cv2.dilate(letters, np.ones((3, across), np.uint8)), np.uint8)).boxes
    tall = boxes[boxes[:, 3] > 0.6 * LETTER]
    if len(tall) > MOST_BESIDE:
        raise DrawingError(f"has more than {MOST_BESIDE} texts beside its boxes")
    for x, y, wide, high in sorted(tall.tolist(), key=lambda each: (each[1], each[0])):
        part = slice(y, y + high), slice(x, x + wide)
        yield from _strips(gray[part], letters[part], (x, y))


def _in_cell(letters: Mask, inside: Mask) -> Mask:
    """Return the marks of a cell without those of its border, which go to its ends or all along its outline.

    What is as large as a letter is of the border where it touches that.
    """
    import cv2

    high, wide = letters.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats(letters, connectivity=8)
    ends = (stats[:, 0] < 4) | (stats[:, 1] < 4)
    ends |= (stats[:, 0] + stats[:, 2] > wide - 4) | (stats[:, 1] + stats[:, 3] > high - 4)
    sides = stats[:, 2:4]
    ends &= (sides.min(1) < LEAST * LETTER) | (sides.max(1) > LARGEST * LETTER)  # A letter may come close to them.
    ends[np.unique(labels[cv2.erode(inside, np.ones((3, 3), np.uint8)) == 0])] = True
    kept = (1 - ends.astype(np.uint8)) if count > 1 else np.zeros(count, np.uint8)
    kept[0] = 0
    return np.asarray(kept[labels], np.uint8)


def _strips(gray: Gray, letters: Mask, corner: tuple[int, int]) -> Iterator[Strip]:
    runs = runs_of(letters.any(1), GAP)
    if not runs:
        return
    for part in _by_line(letters, list(_apart(_whole(runs), letters))):
        x0, y0, x1, y1 = _around(part)
        box = (x0 + corner[0], y0 + corner[1], x1 + corner[0], y1 + corner[1])
        part = part[y0:y1, x0:x1]
        image, moves = levelled(_on_white(gray[y0:y1, x0:x1], part), part)

        def moved(column: float, moves: Sequence[tuple[int, int]] = moves) -> float:
            return column + BORDER + next((by for start, by in reversed(moves) if column >= start), 0)

        image = np.asarray(np.pad(image, BORDER, constant_values=255))
        found = sorted(arrows_in(part)), crosses_in(part)
        arrows, crosses = (tuple((moved(first), moved(last)) for first, last in signs) for signs in found)
        below = tuple(moved(each) for each in _underscores(part))
        yield Strip(box, image, part, below, arrows=arrows, crosses=crosses)


def _around(letters: Mask) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(letters.any(1)), np.flatnonzero(letters.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _by_line(letters: Mask, lines: list[tuple[int, int]]) -> Iterator[Mask]:
    """Yield the marks of each line from the top down."""
    rows = np.zeros(letters.shape, np.int32)
    for number, (top, bottom) in enumerate(lines, 1):
        rows[top:bottom] = number
    for number, (top, _) in enumerate(lines[1:], 1):
        for place, is_above in _astride(letters, top):
            rows[place] = number if is_above else number + 1
    for number in range(1, len(lines) + 1):
        part = np.where(rows == number, letters, 0).astype(np.uint8)
        if part.any():
            yield part


def _astride(letters: Mask, top: int) -> Iterator[tuple[Any, bool]]:
    """Yield the marks about the top of a line that are of one line, and whether that is the one above.

    Those are what hangs over a little, and flat and wide marks at the top: underscores of the line above.
    """
    import cv2

    band = slice(max(0, top - round(LETTER)), top + round(LETTER))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(letters[band], connectivity=8)
    for label, (_, y, wide, high, _) in enumerate(stats.tolist()):
        over, under = top - band.start - y, y + high - (top - band.start)
        is_flat = under > 0 and -over < LETTER / 4 and high < LETTER / 3 and wide > LETTER / 2
        if label and (is_flat or (over > 0 and under > 0 and min(over, under) < LETTER / 3)):
            place = np.zeros(letters.shape, bool)
            place[band] = labels == label
            yield place, is_flat or over > under


def _underscores(letters: Mask) -> Iterator[float]:
    """Yield the middles of flat marks below the letters, which Tesseract often takes for a space."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(letters, connectivity=8)
    bottoms = [y + high for _, y, _, high, _ in stats[1:].tolist() if high > 0.4 * LETTER]
    below = int(np.median(bottoms)) + 1 if bottoms else len(letters)
    if below >= len(letters):
        return
    flat = cv2.morphologyEx(letters[below:], cv2.MORPH_OPEN, np.ones((1, round(0.6 * LETTER)), np.uint8))
    for x, _, wide, high, _ in cv2.connectedComponentsWithStats(flat, connectivity=8)[2][1:].tolist():
        if high < LETTER / 4 and wide < 1.5 * LETTER:
            yield x + wide / 2


def _whole(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the lines, with dots and what hangs below as parts of those that they are nearest to."""
    found: list[tuple[int, int]] = []
    for top, bottom in runs:
        if found and (bottom - top < DOT or found[-1][1] - found[-1][0] < DOT):
            found[-1] = (found[-1][0], bottom)
        else:
            found.append((top, bottom))
    return found


def _apart(lines: list[tuple[int, int]], letters: Mask) -> Iterator[tuple[int, int]]:
    """Yield the lines, those that touch each other parted where the fewest marks are."""
    for top, bottom in lines:
        count = max(1, round((bottom - top + PITCH - LETTER) / PITCH))
        ink = letters[top:bottom].sum(1, dtype=np.int64)
        cuts = [0]
        for i in range(1, count):
            about = round(i * (bottom - top) / count)
            first = max(about - DOT, cuts[-1] + 1)
            last = about + DOT - 1
            cut = last - int(ink[last : first - 1 : -1].argmin())
            if ink[cut] < BETWEEN * ink.mean():
                cuts.append(cut)
        cuts.append(bottom - top)
        yield from ((top + a, top + b) for a, b in pairwise(cuts) if letters[top + a : top + b].any())


def _on_white(gray: Gray, letters: Mask) -> Gray:
    """Return letters with the ground made white and what is not near a letter too."""
    import cv2

    near = cv2.dilate(letters, np.ones((5, 5), np.uint8)) > 0
    ground = float(np.median(gray[~near])) if (~near).any() else 255.0
    lighter = np.clip(gray * (255.0 / max(ground, 1.0)), 0, 255).astype(np.uint8)
    return np.where(near, lighter, 255).astype(np.uint8)
