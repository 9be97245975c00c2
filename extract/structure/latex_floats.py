"""What LaTeX keeps together with a table: the float that it stands in, with its caption, and a part of one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

Span = tuple[int, int]
TABULAR = r"tabular[xy*]?|tabu|longtabu|longtable|supertabular|xltabular|(?:long)?tblr|NiceTabular[X*]?"
"""The environments that set tables."""
_FLOAT = re.compile(
    r"\\(begin|end)\{(table\*?|figure\*?|wrap(?:table|figure)|sideways(?:table|figure)\*?|SC(?:table|figure)|margintable"
    r"|sub(?:table|figure)|minipage|threeparttable|frame)\}"
)
_PART = re.compile(r"\\(?:subfloat|subcaptionbox|subtable)\*?(?=[\[{])")


def floats_of(text: str) -> list[Span]:
    """Return where floats begin and end, and parts of them, the larger ones first."""
    found: list[Span] = []
    opened: list[tuple[str, int]] = []
    for mark in _FLOAT.finditer(text):
        if mark[1] == "begin":
            opened.append((mark[2], mark.start()))
        elif places := [i for i, (name, _) in enumerate(opened) if name == mark[2]]:
            found.append((opened[places[-1]][1], mark.end()))
            del opened[places[-1] :]  # And what was opened within it, and never ended.
    return sorted([*found, *_parts(text)], key=lambda each: each[0] - each[1])


def _parts(text: str) -> Iterator[Span]:
    r"""Yield where parts of floats are that a command sets: \subfloat[caption]{table}."""
    for mark in _PART.finditer(text):
        place = mark.end()
        while place < len(text) and text[place] in "[{":
            place = _closed(text, place)
        yield mark.start(), place


def _closed(text: str, place: int) -> int:
    """Return where a bracket that opens at a place is closed."""
    ends = {"[": "]", "{": "}"}[text[place]]
    deep = 0
    for mark in re.compile(r"\\.|[{}\[\]]", re.DOTALL).finditer(text, place):
        deep += (mark[0] == text[place]) - (mark[0] == ends)
        if not deep and mark[0] == ends:
            return mark.end()
    return len(text)


def holds(outer: Span, inner: Span) -> bool:
    """Tell whether one stands within the other."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def around(own: Span, floats: Sequence[Span]) -> Span:
    """Return the largest float that holds a table, or where the table is."""
    return next((each for each in floats if holds(each, own)), own)


def beside(other: Span, own: Span, floats: Sequence[Span]) -> Span:
    """Return the largest float that holds another table, and not this one, or where the other is."""
    return next((each for each in floats if holds(each, other) and not holds(each, own)), other)
