"""Cells of justified text: their full lines end at one place, with gaps that are stretched alike, and go on below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from extract.pages.page import Line, Word
from extract.structure.ruling import Ends
from extract.structure.wrapping import hangs
from extract.words.hyphens import unbroken

SAME = 0.6
"""Points that ends of such lines are apart at most."""
NATURAL = 0.33
"""How wide a gap between words is where nothing stretches it, as a share of the type's size."""
STRETCHED = 1.2
"""How many times wider it is at least where it is stretched."""
WIDE = 1.6
"""How many times wider it is at least in front of another column."""
ALIKE = 1.4
"""How many times wider than another one in a line at most: behind a comma TeX stretches it more."""
NEXT = 1.7
"""How far the base line of the next line is below at most, as a share of the type's size."""
FAR = 3.0
"""How many times wider it is in front of numbers that all end at one place."""
COMMON = 2
"""Words that begin at one place at most where no column does."""
BEGINS = 0.3
"""The share of the lines that have a word there at most; of a word that ends lines several begin at one place."""


def with_whole_cells(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a table, the justified lines of a cell as one word in the first of them."""
    found = [*lines]
    columns = sorted({*_columns(lines)})
    for i in range(len(lines) - 1, 0, -1):
        held = _widest([each for each in columns if _goes_on(found[i - 1], found[i], each)])
        words = {word for each in held for word in _inside(found[i], each)}
        if found[i].text == found[i - 1].text:
            continue  # The same again is a row of its own.
        if not held or words != {*found[i].words} or found[i].base - found[i - 1].base > NEXT * found[i].size:
            continue
        above = list(found[i - 1].words)
        for each in held:
            first, *rest = _inside(found[i - 1], each)
            texts = [" ".join(word.text for word in part) for part in ((first, *rest), _inside(found[i], each))]
            whole = replace(first, text=" ".join(unbroken(texts)), x0=each[0], x1=each[1])
            above = [whole if word == first else word for word in above if word not in rest]
        found[i - 1] = Line(tuple(above))
        del found[i]
    return found


def _widest(columns: Sequence[Ends]) -> list[Ends]:
    """Return columns without those within others: what stands between them belongs to the same text."""
    return [
        each
        for each in columns
        if not any(other != each and other[0] < each[0] + SAME and each[1] < other[1] + SAME for other in columns)
    ]


def _columns(lines: Sequence[Line]) -> Iterator[Ends]:
    """Yield the ends of columns in which lines are justified, and go on in the next line."""
    natural = _natural(lines)
    most = max(COMMON, BEGINS * len(lines))
    starts = [line.words[0].x0 for line in lines]
    apart = [b for line in lines for a, b in pairwise(line.words) if b.x0 - a.x1 > WIDE * natural]
    starts += [each.x0 for each in apart]
    centres = [each.centre for each in apart]
    far = [b.x1 for line in lines for a, b in pairwise(line.words) if b.x0 - a.x1 > FAR * natural]
    for line, after in pairwise(lines):
        for i, first in enumerate(line.words):
            below = next((word for word in after.words if abs(word.x0 - first.x0) < SAME), None)
            if below is None or _shared(first.x0, starts) <= COMMON:
                continue
            for j in range(len(line.words) - 1, i, -1):
                run = line.words[i : j + 1]
                beside = line.words[j + 1].x0 if j + 1 < len(line.words) else None
                ended = beside is None or _shared(beside, starts) > COMMON
                room = sum(b.x0 - a.x1 - natural for a, b in pairwise(run)) - natural
                stretched = ended and room < below.x1 - below.x0 and _is_stretched(run, natural, starts, most)
                stretched &= all(_shared(word.centre, centres) <= most for word in run[1:])
                stretched &= _shared(run[-1].x1, far) <= most
                if stretched and _is_crossed(run, lines[1:]) and _ends(below, after, run[-1].x1, beside):
                    yield first.x0, run[-1].x1
                    break


def _shared(x0: float, starts: Sequence[float]) -> int:
    """Return how many words begin at a place."""
    return sum(abs(each - x0) < SAME for each in starts)


def _natural(lines: Sequence[Line]) -> float:
    gaps = [b.x0 - a.x1 for line in lines for a, b in pairwise(line.words)]
    size = median(line.size for line in lines)
    return median([each for each in gaps if 0.2 * size < each < 0.5 * size] or [NATURAL * size])


def _is_stretched(run: Sequence[Word], natural: float, starts: Sequence[float], most: float) -> bool:
    """Tell words with gaps between them that are alike and wider than usual, of which none begins a column."""
    gaps = [b.x0 - a.x1 for a, b in pairwise(run)]
    if min(gaps) < STRETCHED * natural or max(gaps) > ALIKE * min(gaps):
        return False
    return all(_shared(word.x0, starts) <= most for word in run[1:])


def _is_crossed(run: Sequence[Word], lines: Sequence[Line]) -> bool:
    """Tell words with others of other lines at the middle of half of their gaps: no alleys part columns there."""
    middles = [(a.x1 + b.x0) / 2 for a, b in pairwise(run)]
    crossed = [any(word.x0 < at < word.x1 for line in lines for word in line.words) for at in middles]
    return 2 * sum(crossed) >= len(crossed)


def _ends(below: Word, after: Line, right: float, beside: float | None) -> bool:
    """Tell a line whose words from one on end within a column, in front of what stands beside it."""
    own = [word for word in after.words if word.x0 >= below.x0 - SAME and (beside is None or word.x0 < beside - SAME)]
    return all(word.x1 < right + SAME for word in own)


def _inside(line: Line, column: Ends) -> list[Word]:
    return [word for word in line.words if word.x0 > column[0] - SAME and word.x1 < column[1] + SAME]


def _goes_on(above: Line, line: Line, column: Ends) -> bool:
    """Tell a line with words from one end of a column to the other, or without room for those that have to follow."""
    own, after = _inside(above, column), _inside(line, column)
    if not own or not after or abs(own[0].x0 - column[0]) > SAME:
        return False
    room = column[1] - own[-1].x1 - NATURAL * line.size
    torn = after[0].x1 - after[0].x0 > room and hangs(Line(tuple(own)).text, Line(tuple(after)).text)
    return torn or abs(own[-1].x1 - column[1]) < SAME
