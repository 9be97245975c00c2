"""Phrases of a drawing: the parts of its lines between wide gaps, raised and lowered words with what they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from extract.pages.page import Line, Word, lines_of, segments

SMALL = 0.85
"""The size of raised and lowered type at most, as a share of that which it belongs to."""
RAISED, LOWERED = 0.7, 0.5
"""How far it stands above and below the line at most, as shares of the line's size."""
BEHIND = 0.4
"""How far behind a word it begins at most, as such a share."""
WIDE = 0.9
"""How wide a gap is that parts a line, as a share of its size."""
DOTS = {".", "\u00b7", "\u2022"}
"""Dots, of which three below each other stand for more."""
ODD, FAR = 0.5, 2.5
"""How wide it is at least in a line of several gaps, as such a share, and as a multiple of what they mostly are."""


def phrases_of(words: Iterable[Word]) -> list[Line]:
    """Return the phrases that words make, from the top down."""
    levelled = list(_levelled(_dotted(words)))
    return [part for line in (lines_of(levelled) if levelled else ()) for part in segments(line, _least_gap(line))]


def _least_gap(line: Line) -> float:
    """Return how wide a gap is that parts a line: of one with several gaps, wider by far than they mostly are."""
    gaps = [(b.x0 - a.x1) / max(a.size, b.size) for a, b in pairwise(line.words)]
    return min(WIDE, max(ODD, FAR * median(gaps))) if len(gaps) > 3 else WIDE


def _dotted(words: Iterable[Word]) -> Iterator[Word]:
    """Yield words, dots closely below each other as the one sign that they are."""
    column: list[Word] = []
    for word in sorted(words, key=lambda each: (each.text not in DOTS, round(each.x0), each.base)):
        if column and not _is_below(word, column[-1]):
            yield from _column(column)
            column = []
        column.append(word)
    yield from _column(column)


def _is_below(word: Word, other: Word) -> bool:
    """Tell a dot that stands closely below another one."""
    away = word.base - other.base
    return {word.text, other.text} <= DOTS and abs(word.x0 - other.x0) < 1 and 0 < away < word.size


def _column(words: Sequence[Word]) -> Sequence[Word]:
    """Return dots below each other as one sign, or the words as they are, if they are none."""
    if len(words) < 3:
        return words
    top, bottom = words[0].top, words[-1].bottom
    middle = words[len(words) // 2]
    return [replace(middle, text="\u22ee", top=top, bottom=bottom)]


def _levelled(words: Iterable[Word]) -> Iterator[Word]:
    """Yield words, those that are raised or lowered on the line of the one in front of them."""
    for word, host in with_hosts(words):
        yield word if host is word else replace(word, base=host.base)


def with_hosts(words: Iterable[Word]) -> Iterator[tuple[Word, Word]]:
    """Yield words with those that they are raised or lowered behind; others with themselves."""
    seen: list[tuple[Word, Word]] = []
    for word in sorted(words, key=lambda each: (round(each.x0), each.top)):
        host = next((own for each, own in reversed(seen) if _goes_with(word, each, own)), word)
        seen.append((word, host))
        yield word, host


def _goes_with(word: Word, before: Word, host: Word) -> bool:
    """Tell a small word that goes with one in front of it, or with what that one goes with."""
    if word.turned or before.turned or word.slanted or word.size > SMALL * host.size:
        return False
    is_script = before is not host and abs(before.base - word.base) < 0.2 * word.size
    off = (host.base - word.base) / host.size
    level = is_script or -LOWERED < off < RAISED
    return level and before.x0 - 1 < word.x0 < before.x1 + BEHIND * host.size
