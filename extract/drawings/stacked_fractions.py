"""Fractions in the texts of a drawing: what stands above a bar and below it is read as one word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extract.drawings.drawing import Drawing, Path
from extract.pages.page import Word

FLAT = 0.8
"""Points by which a bar is out of level at most."""
FITS = 0.7
"""How much longer a bar is than the longer of what stands above and below it at most, as a share of its size."""
CLOSE = 0.6
"""How far what stands above or below is from a bar at most, as such a share."""
BESIDE = 1.5
"""How far the line that a fraction stands in is from it at most, as a share of the line's size."""


def with_fractions(drawing: Drawing) -> Drawing:
    """Return a drawing whose fractions are words, on the line beside them, and their bars no lines."""
    words = list(drawing.words)
    bars = []
    for path in drawing.paths:
        _, top, _, bottom = path.box
        if bottom - top > FLAT or not words:
            continue
        above = [each for each in words if _is_at(each, path, top - each.bottom)]
        below = [each for each in words if _is_at(each, path, each.top - bottom)]
        if above and below and _fits(path, [above, below]):
            bars.append(path)
            words = [each for each in words if each not in above and each not in below]
            words.append(_fraction(above, below, (top + bottom) / 2, words))
    kept = tuple(each for each in drawing.paths if each not in bars)
    return replace(drawing, paths=kept, words=tuple(words)) if bars else drawing


def _is_at(word: Word, bar: Path, gap: float) -> bool:
    """Tell a word that stands over or under a bar, so far from it."""
    middle = word.centre
    return not word.turned and bar.box[0] - 1 < middle < bar.box[2] + 1 and -CLOSE < gap / word.size < CLOSE


def _fits(bar: Path, sides: Sequence[Sequence[Word]]) -> bool:
    """Tell a bar that is as long as the longer of its sides, both of which stand about its middle."""
    left, _, right, _ = bar.box
    ends = [(min(each.x0 for each in side), max(each.x1 for each in side)) for side in sides]
    slack = FITS * max(each.size for side in sides for each in side)
    centred = all(abs(x0 + x1 - left - right) < slack for x0, x1 in ends)
    return centred and abs(right - left - max(x1 - x0 for x0, x1 in ends)) < slack


def _fraction(above: Sequence[Word], below: Sequence[Word], height: float, others: Sequence[Word]) -> Word:
    """Return a fraction as a word of the line whose letters it stands beside."""
    parts = (" ".join(each.text for each in sorted(side, key=lambda each: each.x0)) for side in (above, below))
    both = [*above, *below]
    x0, x1 = min(each.x0 for each in both), max(each.x1 for each in both)
    line = min(_beside(x0, x1, height, others), key=lambda each: max(x0 - each.x1, each.x0 - x1), default=None)
    size = line.size if line else max(each.size for each in both)
    base = line.base if line else height + size / 4
    top, bottom = min(each.top for each in both), max(each.bottom for each in both)
    return replace(both[0], text="/".join(parts), x0=x0, x1=x1, top=top, bottom=bottom, size=size, base=base)


def _beside(x0: float, x1: float, height: float, words: Sequence[Word]) -> Iterator[Word]:
    """Yield the words beside a place, whose letters are at a height."""
    for each in words:
        level = not each.turned and each.base - each.size < height < each.base
        if level and max(x0 - each.x1, each.x0 - x1) < BESIDE * each.size:
            yield each
