"""Tables that stand side by side or below each other under one caption: each by itself, with what names it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extract.columns.layer_names import names_layer
from extract.pages.page import Line, Page, Word, lines_of
from extract.pages.sheets import Box
from extract.words.hyphens import whole_words

ALLEY = 2.0
"""Points of white between two tables at least, which all rules of both end at."""
SHORT = 16.0
"""Points of a rule at most that is none of a table."""
_TITLE = re.compile(r"\(([a-z])\)\s+(\S.*)")


@dataclass(frozen=True)
class Part:
    """A table of several: its name, its box, and the lines in it."""

    name: str
    box: Box
    lines: tuple[Line, ...]


def parts_of(page: Page, box: Box, words: Sequence[Word]) -> list[Part]:
    """Return the tables in a box: several, where an alley that no word and no rule crosses parts what has rules."""
    left, top, right, bottom = box
    drawn = [
        each
        for each in page.rules
        if top - 2 < each[0] < bottom + 2 and each[1] < right and each[2] > left and each[2] - each[1] > SHORT
    ]
    rules = [(x0, x1) for _, x0, x1 in drawn]
    ruled = _joined(rules)
    if len(ruled) < 2 or any(sum(x0 <= a and b <= x1 for a, b in rules) < 3 for x0, x1 in ruled):
        return _below_each_other(box, lines_of(words))
    gaps = [_gap(a, b, words) for (_, a), (b, _) in pairwise(ruled)]
    alleys = [x for x in gaps if x is not None]
    if len(alleys) < len(gaps):
        return _below_each_other(box, lines_of(words))
    ends = [left - 2, *alleys, right + 2]
    found = []
    for x0, x1 in pairwise(ends):
        lines = lines_of([word for word in words if x0 <= word.centre < x1])
        name, rest = _named(lines, min(height for height, a, b in drawn if x0 <= a and b <= x1))
        if rest:
            found.append(Part(name, (max(x0, left), top, min(x1, right), bottom), tuple(rest)))
    return found


def _gap(start: float, end: float, words: Sequence[Word]) -> float | None:
    """Return where no word stands between two places: in their middle, or beside what is below and wider."""
    middle = (start + end) / 2
    clear = [
        x
        for x in (middle, *(word.x0 - 2 for word in words))
        if start < x < end and not any(word.x0 < x - 1 and x + 1 < word.x1 for word in words)
    ]
    return min(clear, key=lambda x: abs(x - middle), default=None)


def _below_each_other(box: Box, lines: Sequence[Line]) -> list[Part]:
    """Return the tables in a box below each other: where the header comes again, but for the name in front of it.

    A header has no numbers, and its name is that of no layer.
    """
    heads = [[word.text for word in line.words] for line in lines]
    first = heads[0] if heads else []
    headed = len(first) > 3 and not re.search(r"\d", " ".join(first[1:])) and not names_layer(first[0])
    again = [i for i, head in enumerate(heads) if headed and i and head[1:] == first[1:] and head != first]
    left, top, right, bottom = box
    ends = [top, *((lines[i - 1].bottom + lines[i].top) / 2 for i in again), bottom]
    places = [0, *again, len(lines)]
    return [
        Part(heads[i][0] if again else "", (left, y0, right, y1), tuple(lines[i:j]))
        for (i, j), (y0, y1) in zip(pairwise(places), pairwise(ends), strict=True)
    ]


def _joined(rules: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return how far rules reach across, those together that are less than an alley apart."""
    found: list[tuple[float, float]] = []
    for x0, x1 in sorted(rules):
        if found and x0 - found[-1][1] < ALLEY:
            found[-1] = found[-1][0], max(found[-1][1], x1)
        else:
            found.append((x0, x1))
    return found


def _named(lines: Sequence[Line], start: float) -> tuple[str, list[Line]]:
    """Return what the last or first lines call a table, `(a) Generator`, and the other lines.

    What goes on below the first of them is of it too, down to the rule that the table starts with.
    """
    for i, line in enumerate(lines):
        if match := _TITLE.match(line.text):
            above = i <= len(lines) / 2
            end = next((j for j in range(i + 1, len(lines)) if above and lines[j].bottom > start), i + 1)
            end = end if above else len(lines)
            whole = whole_words(" ".join([match[2], *(each.text for each in lines[i + 1 : end])]))
            name = re.split(r"[,.:;(]", whole)[0].strip()
            return name, list(lines[end:]) if above else list(lines[:i])
    return "", list(lines)


def named(parts: Sequence[Part]) -> Iterator[Part]:
    """Yield tables with names of their own: what nothing names is numbered from the left."""
    for i, part in enumerate(parts, 1):
        yield part if part.name or len(parts) == 1 else Part(f"part {i}", part.box, part.lines)
