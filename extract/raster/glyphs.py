"""The marks of lines of text, cut out of a picture, and which of them are drawn alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from extract.raster.ink import LETTER, Ink
from extract.raster.letters import Strip
from extract.raster.picture import DARK
from extract.raster.turned import turned

MOST_GLYPHS, MOST_KINDS = 20_000, 1_000
"""Marks of a picture that are compared at most, and kinds of them: 2,000 lines have 20,000."""
MOST_VALUES = 30_000_000
"""Pixels of all marks that are compared at most: 4 bytes each."""
MOST_ASKED = 300
"""Marks that tell how much those differ that are drawn alike."""
ABOVE, BELOW = 1.5, 0.6
"""How far marks are compared over and under the line that they stand on, in heights of capital letters."""
ALIKE = (0.03, 0.16)
"""Share of its ink by which a mark differs from one that is drawn alike: at least, and at most as pictures are poor."""
HALVES = 0.3
"""Share of the ink of one half of a mark by which the other half differs at most where both are the same sign."""
Image = np.ndarray[Any, np.dtype[np.float32]]
"""How much of each pixel a mark covers (height, width), from 0 to 1."""


@dataclass(frozen=True)
class Glyph:
    """A mark of a line: its columns, about the line that it stands on.

    Its width, how far it stands over that line and hangs under it, and how much ground is in front of it, all in
    heights of capital letters.
    """

    image: Image
    wide: float
    over: float
    under: float
    gap: float

    @property
    def is_double(self) -> bool:
        """Tell whether its right half is drawn as its left one is, up to a pixel to each side."""
        half = (self.image.shape[1] - 2) // 2
        left = self.image[:, 1 : 1 + half]
        rights = [self.image[:, start : start + half] for start in range(half, half + 4)]
        apart = [float(((left - right) ** 2).sum()) for right in rights if right.shape == left.shape]
        return min(apart, default=0.0) <= HALVES * float((left**2).sum())

    def looks_like(self, other: Glyph, share: float) -> bool:
        """Tell whether its sides are where those of another one are, up to a share of a capital letter's height."""
        pairs = (self.wide, other.wide), (self.over, other.over), (self.under, other.under)
        return all(abs(a - b) <= share for a, b in pairs)


@dataclass(frozen=True)
class Kinds:
    """The kinds of a picture's marks: that of each mark, and the ground before it, by lines; the first mark of each."""

    lines: list[list[int]]
    gaps: list[list[float]]
    shown: dict[int, Glyph]

    def alike(self) -> list[int]:
        """Return for each line the number of the first one that has the same marks."""
        first: dict[tuple[int, ...], int] = {}
        return [first.setdefault(tuple(line) or (-1 - i,), i) for i, line in enumerate(self.lines)]

    def fonts(self, space: float) -> dict[int, int]:
        """Return for each kind the number of its font: kinds in one word, with no ground as wide between, have one."""
        fonts = {kind: kind for kind in self.shown}
        for line, gaps in zip(self.lines, self.gaps, strict=True):
            for (before, kind), gap in zip(pairwise(line), gaps[1:], strict=True):
                if gap <= space and fonts[before] != fonts[kind]:
                    old, new = fonts[kind], fonts[before]
                    fonts = {each: new if font == old else font for each, font in fonts.items()}
        return fonts


def kinds_of(lines: Sequence[Sequence[Glyph]]) -> Kinds:
    """Return the kinds of marks: each is of that of the first one which is drawn alike.

    Where there are more than `MOST_GLYPHS`, each is of its own.
    """
    glyphs = [glyph for line in lines for glyph in line]
    found = list(range(len(glyphs))) if len(glyphs) > MOST_GLYPHS or not glyphs else _found(glyphs)
    numbers = iter(found)
    first = dict(zip(reversed(found), reversed(glyphs), strict=True))
    gaps = [[glyph.gap for glyph in line] for line in lines]
    return Kinds([[next(numbers) for _ in line] for line in lines], gaps, first)


def _found(glyphs: Sequence[Glyph]) -> list[int]:
    """Return the number of each mark's kind. Those too wide to be compared, and those of too many kinds, are alone."""
    rows = max(glyph.image.shape[0] for glyph in glyphs)
    wide = max(1, min(max(glyph.image.shape[1] for glyph in glyphs), MOST_VALUES // (rows * len(glyphs))))
    flat = np.stack([windowed(glyph.image, wide).reshape(-1) for glyph in glyphs])
    weights = (flat * flat).sum(1)
    usual = float(np.median(weights))
    limit = _limit(flat, weights, usual)
    shown, weighed = np.empty((MOST_KINDS, flat.shape[1]), np.float32), np.empty(MOST_KINDS, np.float32)
    count, found = 0, []
    for number, (image, weight) in enumerate(zip(flat, weights, strict=True)):
        kind = MOST_KINDS + number
        if glyphs[number].image.shape[1] <= wide:
            shifts = image[None] if limit <= ALIKE[0] else _shifted(image.reshape(-1, wide))
            away = _away(shifts, weight, shown[:count], weighed[:count], usual).min(0)
            best = int(away.argmin()) if count else 0
            if count and away[best] <= limit:
                kind = best
            elif count < MOST_KINDS:
                shown[count], weighed[count] = image, weight
                kind, count = count, count + 1
        found.append(kind)
    return found


def windowed(image: Image, wide: int) -> Image:
    """Return the first columns of a mark, with ground behind it where it is narrower."""
    return np.pad(image[:, :wide], ((0, 0), (0, max(0, wide - image.shape[1]))))


def _limit(flat: Any, weights: Any, usual: float) -> float:
    """Return by how much marks differ that are drawn alike: twice as much as most do from the nearest other."""
    some = np.linspace(0, len(flat) - 1, min(len(flat), MOST_ASKED)).astype(int)
    each = _away(flat[some], weights[some, None], flat, weights, usual)
    each[np.arange(len(some)), some] = np.inf
    return float(np.clip(2 * np.median(each.min(1)), *ALIKE))


def _away(images: Any, weight: Any, others: Any, weights: Any, usual: float) -> Any:
    """Return by which share of their ink marks differ, in squares (images, others), or of that of a usual mark."""
    apart = weight + weights - 2 * (images @ others.T)
    return apart / np.maximum(weight, weights).clip(1e-6, usual)


def _shifted(image: Image) -> Any:
    """Return a mark as it looks a pixel to each side."""
    padded = np.pad(image, 1)
    high, wide = image.shape
    return np.stack([padded[y : y + high, x : x + wide].reshape(-1) for y in range(3) for x in range(3)])


def glyphs_of(strip: Strip, ink: Ink) -> Iterator[Glyph]:
    """Yield the marks of a line from the left, in the pixels of the file: parts above each other are one mark."""
    import cv2

    cover = _covered(strip, ink)
    _, labels, stats, _ = cv2.connectedComponentsWithStats((cover > 1 - DARK).astype(np.uint8), connectivity=8)
    capital = LETTER / ink.scale
    bottoms = [int(y + high) for _, y, _, high, _ in stats[1:] if high > 0.4 * capital]
    line = sorted(bottoms)[len(bottoms) // 4] if bottoms else len(cover)
    above, below = (round(each * capital) for each in (ABOVE, BELOW))
    around = (above, below), (1, 1)
    rows, owners = (np.pad(each, around)[line : line + above + below] for each in (cover, labels))
    last = 0
    for left, right, parts in _columns(stats):
        part = slice(left, right + 2)
        own = np.isin(owners[:, part], parts).astype(np.uint8)
        near = (cv2.dilate(own, np.ones((3, 3), np.uint8)) > 0) & ((owners[:, part] == 0) | (own > 0))
        image = np.where(near, rows[:, part], 0).astype(np.float32)
        high = np.flatnonzero(own.any(1))
        over, under = (above - high[0], high[-1] + 1 - above) if len(high) else (0, 0)
        yield Glyph(image, *(float(each) / capital for each in (right - left, over, under, left - last)))
        last = right


def _columns(stats: Any) -> list[tuple[int, int, list[int]]]:
    """Return the parts of a line that are above each other: first and last column, and their numbers."""
    found: list[tuple[int, int, list[int]]] = []
    order = sorted(range(1, len(stats)), key=lambda each: int(stats[each, 0]))
    for number in order:
        left, right = int(stats[number, 0]), int(stats[number, 0] + stats[number, 2])
        if found:
            first, last, parts = found[-1]
            if min(last, right) - max(first, left) > 0.5 * min(last - first, right - left):
                found[-1] = (first, max(last, right), [*parts, number])
                continue
        found.append((left, right, [number]))
    return found


def _covered(strip: Strip, ink: Ink) -> Image:
    """Return how much of each pixel of a line its letters cover, in the pixels of the file."""
    import cv2

    x0, y0, x1, y1 = strip.box
    left, top = max(0, int(x0 / ink.scale) - 1), max(0, int(y0 / ink.scale) - 1)
    gray = ink.source[top : int(y1 / ink.scale) + 2, left : int(x1 / ink.scale) + 2].astype(np.float32)
    gray = 255 - gray if strip.inverted else gray
    move = np.array([[1 / ink.scale, 0, x0 / ink.scale - left], [0, 1 / ink.scale, y0 / ink.scale - top]])
    grown = cv2.dilate(np.pad(turned(strip.letters, -strip.turned), 3), np.ones((5, 5), np.uint8)).astype(np.float32)
    move[:, 2] -= 3 / ink.scale
    near = np.asarray(cv2.warpAffine(grown, move, gray.shape[::-1])) > 0.5
    ground = float(np.median(gray[~near])) if (~near).any() else 255.0
    cover = np.where(near, np.clip(1 - gray / max(ground, 1.0), 0, 1), 0)
    return np.asarray(turned(cover, strip.turned), np.float32)
