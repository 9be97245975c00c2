"""A part of a line that goes over several columns, as its pieces: what stands in each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from extract.pages.page import Line, Word, segments
from extract.structure.ruling import EXACT, OFF, TIGHT, Ends, columns_under

OPEN = ("×", "=", "+", "/")
"""What no cell ends with."""
MOST_WORDS = 12
"""Words of titles that stand close to each other at most."""
EVEN = 0.06
"""How much wider one space is than another at most, as a share of the type's size, in words that are one text."""


def pieces(part: Line, columns: Sequence[Ends]) -> list[Line]:
    """Return a part that goes over several columns as its pieces, where each stands in one column of its own."""
    found = segments(part, TIGHT)
    over = [columns_under([each], columns) for each in found]
    alone = all(len(each) == 1 for each in over) and len(set.union(*over)) == len(over)
    return found if len(found) > 1 and alone else _between_columns(part, columns) or [part]


def _is_spaced_evenly(part: Line) -> bool:
    """Tell words with the same space between all of them: one title, and not several that stand close."""
    gaps = [(b.x0 - a.x1) / part.size for a, b in pairwise(part.words)]
    return max(gaps) - min(gaps) < EVEN


def _between_columns(part: Line, columns: Sequence[Ends]) -> list[Line]:
    """Return the pieces of a part of which each stands in the middle of a column, or begins with it, if it has such."""
    below = [each for each in columns if part.x0 < each[1] and part.x1 > each[0]]
    ways = _each_at_one(part.words, below, 0) if len(below) > 1 else ()
    if exact := max(ways, key=lambda way: sum(map(_fits, way, below)), default=[]):
        return exact
    many = len(part.words)
    if not 2 < len(below) < many <= MOST_WORDS or _is_spaced_evenly(part):
        return []

    def off(found: Sequence[Line]) -> float:
        pairs = list(zip(found, below, strict=True))
        middle = max(abs(each.x0 + each.x1 - x0 - x1) / 2 for each, (x0, x1) in pairs)
        return min(middle, max(abs(each.x0 - x0) for each, (x0, _) in pairs))

    ends = (pairwise((0, *each, many)) for each in combinations(range(1, many), len(below) - 1))
    parted = ([Line(part.words[start:end]) for start, end in each] for each in ends)
    whole = (way for way in parted if not any(each.text.endswith(OPEN) for each in way[:-1]))
    best = min(whole, key=off, default=[])
    return best if best and off(best) < OFF else []


def _each_at_one(words: Sequence[Word], columns: Sequence[Ends], place: int) -> Iterator[list[Line]]:
    """Yield the ways in which words are cells of the columns from a place on, each where its column has it."""
    last = place == len(columns) - 1
    for end in [len(words)] if last else range(1, len(words) - (len(columns) - place) + 2):
        cell = Line(tuple(words[:end]))
        if columns_under([cell], columns) != {place} or not _fits(cell, columns[place]):
            continue
        if last:
            yield [cell]
        elif not cell.text.endswith(OPEN):
            yield from ([cell, *rest] for rest in _each_at_one(words[end:], columns, place + 1))


def _fits(cell: Line, column: Ends) -> int:
    """Return in how many ways a cell stands as one in a column would: to its left, in its middle, to its right."""
    x0, x1 = column
    away = abs(cell.x0 - x0), abs(cell.centre - (x0 + x1) / 2), abs(cell.x1 - x1)
    return sum(each < EXACT for each in away)
