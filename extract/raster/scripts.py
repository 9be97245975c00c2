"""Indices and exponents in a line of letters, as `t` in `x_t`: smaller than these, and lower or higher.

Tesseract reads what stands on one line, so they are set on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from extract.raster.ink import LETTER
from extract.raster.picture import Gray
from extract.raster.spots import Mask

LOWERED, RAISED = 0.1, 0.3
"""How far the lower side of an index is under the line, and that of an exponent over it, at least.

All measures are in heights of capital letters.
"""
BELOW, ABOVE = 0.88, 1.08
"""How high an index reaches over the line at most, as a share of small letters, for those that hang under it reach as
high, and an exponent at least, for parts of broken letters reach no higher than these."""
LEAST, FULL, LARGEST = 0.3, 0.42, 0.85
"""How high an index is at least, one that is narrow, and at most: lower are signs and quotation marks."""
NARROW = 0.3
"""How wide that is at most which is narrow."""
COMMA = (0.32, 0.38)
"""How high a comma reaches over the line at most, and how wide it is."""
STANDS = 0.5
"""How high a mark is at least that stands on the line, by which that is known."""
HIGHEST = 1.6
"""How high a mark is at most that is a letter, or a bracket, and no part of a line of the drawing."""
SLACK = 0.08
"""By how much marks on one line end higher or lower."""
SMALL, FEW = 0.63, 3
"""How high small letters are, and marks of a line at most of which all may be such."""
CLOSE = 0.4
"""How far a sign is from an index at most that is of it, as the one in `t-1`."""
MOST = 8
"""Indices and exponents of a line at most: more are dashes, or a pattern."""
LARGER = 1.4
"""How much larger they are set, which are as much smaller than the line they stand in."""
SPACE = 0.35
"""How wide the ground is that is left before an exponent, for it to be no part of a number."""


@dataclass(frozen=True)
class Script:
    """An index or an exponent: its first column and the one behind it, the row it stands on, and whether it is high."""

    left: int
    right: int
    base: int
    is_raised: bool


@dataclass(frozen=True)
class _Mark:
    left: int
    right: int
    top: int
    bottom: int

    @property
    def high(self) -> int:
        return self.bottom - self.top


@dataclass(frozen=True)
class Line:
    """What letters of a line stand on, a row, and how high capitals and small letters are."""

    base: int
    capital: float
    small: float


def scripts_in(letters: Mask) -> tuple[Line | None, list[Script]]:
    """Return the indices and exponents in a line of letters, from the left, and what the others stand on."""
    marks = list(_marks(letters))
    line = _line_of(marks)
    if line is None:
        return None, []
    sure = [_level(each, line) for each in marks]
    side = [_side(each, line) for each in marks]
    found, first = [], 0
    while first < len(marks):
        last = first
        while last + 1 < len(marks) and side[first] == side[last + 1] and _are_close(marks[last : last + 2], line):
            last += 1
        if side[first] and side[first] in sure[first : last + 1]:
            own = marks[first : last + 1]
            bottoms = sorted(each.bottom for each, level in zip(own, sure[first:], strict=False) if level)
            found.append(Script(own[0].left, own[-1].right, bottoms[(len(bottoms) - 1) // 2], side[first] > 0))
        first = last + 1
    return line, found if len(found) <= MOST else []


def levelled(image: Gray, letters: Mask) -> tuple[Gray, list[tuple[int, int]]]:
    """Return the picture of a line with its indices and exponents set on it, and by how much what is behind moved.

    The latter as columns, and by how many pixels what is from there on is farther to the right.
    """
    import cv2

    line, scripts = scripts_in(letters)
    if line is None or not scripts:
        return image, []
    above = max(line.base, *(round(LARGER * each.base) for each in scripts))
    high = round(LARGER * len(image))
    below = max(len(image) - line.base, *(high - round(LARGER * each.base) for each in scripts))
    parts, moves, end, moved = [], [], 0, 0
    for each in scripts:
        parts.append(_set(image[:, end : each.left], line.base, above, below))
        if each.is_raised:
            parts.append(np.full((above + below, round(SPACE * line.capital)), 255, np.uint8))
        wide = round(LARGER * (each.right - each.left))
        own = cv2.resize(image[:, each.left : each.right], (wide, high), interpolation=cv2.INTER_CUBIC)
        parts.append(_set(np.asarray(own, np.uint8), round(LARGER * each.base), above, below))
        end = each.right
        moved = sum(part.shape[1] for part in parts) - end
        moves.append((end, moved))
    parts.append(_set(image[:, end:], line.base, above, below))
    return np.hstack(parts), moves


def _set(part: Gray, base: int, above: int, below: int) -> Gray:
    """Return a part of a picture with so many rows over and under the one that it stands on."""
    return np.pad(part, ((above - base, below - (len(part) - base)), (0, 0)), constant_values=255)


def _marks(letters: Mask) -> Iterator[_Mark]:
    """Yield the marks of a line from the left: parts above each other are one."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(letters, connectivity=8)
    found: list[_Mark] = []
    for left, top, wide, high, _ in sorted(stats[1:].tolist()):
        each = _Mark(left, left + wide, top, top + high)
        if found and min(found[-1].right, each.right) - left > 0.5 * min(found[-1].right - found[-1].left, wide):
            last = found.pop()
            top, bottom = min(last.top, each.top), max(last.bottom, each.bottom)
            each = _Mark(last.left, max(last.right, each.right), top, bottom)
        found.append(each)
    yield from found


def _line_of(marks: Sequence[_Mark]) -> Line | None:
    """Return what the letters of a line stand on, or None where there is one letter at most."""
    marks = [each for each in marks if each.high <= HIGHEST * LETTER]
    if len(marks) < 2:
        return None
    most = max(each.high for each in marks)
    standing = [each for each in marks if each.high >= STANDS * min(most, LETTER)]
    bottoms = np.array([each.bottom for each in standing if each.high >= LARGEST * min(most, LETTER)])
    votes = (np.abs(bottoms[:, None] - bottoms) <= SLACK * LETTER).sum(axis=1)
    base = int(bottoms[int(votes.argmax())])
    heights = [each.high for each in standing if abs(each.bottom - base) <= SLACK * LETTER]
    capital = float(max(heights))
    if capital < (SMALL + 1) / 2 * LETTER and len(marks) <= FEW:
        return Line(base, capital / SMALL, capital)
    small = [each for each in heights if each < (SMALL + 1) / 2 * capital]
    return Line(base, capital, float(min(small)) if len(small) > 1 else SMALL * capital)


def _level(mark: _Mark, line: Line) -> int:
    """Tell an index (-1) and an exponent (1) from what is none for sure (0)."""
    wide = mark.right - mark.left
    least = FULL if wide < NARROW * line.capital else LEAST
    if not least * line.capital <= mark.high <= LARGEST * line.capital:
        return 0
    reach = line.base - mark.top
    if mark.bottom < line.base - RAISED * line.capital:
        return int(mark.high >= FULL * line.capital and reach > ABOVE * line.capital)
    is_comma = reach < COMMA[0] * line.capital and wide < COMMA[1] * line.capital
    is_low = mark.bottom > line.base + LOWERED * line.capital and reach < BELOW * line.small
    return -1 if is_low and not is_comma else 0


def _side(mark: _Mark, line: Line) -> int:
    """Tell what may be of an index (-1) or of an exponent (1) from what stands on the line (0)."""
    if mark.bottom > line.base + LOWERED * line.capital / 2 and line.base - mark.top < BELOW * line.small:
        return -1
    middle = line.base - (mark.top + mark.bottom) / 2
    return int(mark.bottom < line.base - RAISED * line.capital and middle > (ABOVE + RAISED) / 2 * line.capital)


def _are_close(pair: Sequence[_Mark], line: Line) -> bool:
    return pair[1].left - pair[0].right < CLOSE * line.capital
