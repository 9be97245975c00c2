"""Cells that hold a paragraph, between rules or below a header: what goes on from line to line is one text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from extract.pages.borders import Bar, Rule
from extract.pages.page import Line, Word, segments
from extract.structure.ruling import Ends
from extract.structure.wrapping import SPACE, lacks_more
from extract.words.hyphens import unbroken

SAME = 0.6
"""Points that the beginnings of such lines are apart at most."""
SEVERAL = 2
"""Cells of a column with more than one line from which on half of them tell that it is one of paragraphs."""


def with_paragraphs(lines: Sequence[Line], bars: Sequence[Bar], rules: Sequence[Rule]) -> list[Line]:
    """Return the lines of a table, a row of which cells hold paragraphs as one line, each paragraph as a word.

    A column of paragraphs stands between two vertical rules, or begins where its header does, if there are none. All
    of its lines begin at one place, each is broken where the next word had no room, and half of them at least where
    what is said goes on.
    """
    places = sorted({round(bar[0], 1) for bar in bars})
    columns = [(a, b) for a, b in pairwise(places) if b - a > SAME] or _under_headers(lines)
    if not columns:
        return [*lines]
    across = sorted(y for y, x0, x1 in rules if x0 < columns[0][0] + 2 and x1 > columns[-1][1] - 2)
    rows = (
        [list(_between(lines, top, bottom)) for top, bottom in pairwise(across)] if places else _named(lines, columns)
    )
    held = [each for each in columns if _holds_paragraphs(each, rows)]
    merged: dict[Line, Line | None] = {}
    for row in rows:
        others = [line for line in row if any(not _inside(word, held) for word in line.words)]
        if len(row) > 1 and len(others) < 2 and held:
            merged |= {**dict.fromkeys(row), row[0]: _as_one(row, held)}
    whole = [merged.get(line, line) for line in lines]
    return [line for line in whole if line is not None]


def _under_headers(lines: Sequence[Line]) -> list[Ends]:
    """Return the columns of a table without vertical rules, each from where its header begins to the next."""
    starts = [part.x0 - SAME for part in segments(lines[0])] if lines else []
    right = max((line.x1 for line in lines), default=0.0) + SAME
    return [*pairwise([*starts, right])] if len(starts) > 1 else []


def _named(lines: Sequence[Line], columns: Sequence[Ends]) -> list[list[Line]]:
    """Return the rows of a table, each from a line with something in the first column on."""
    rows: list[list[Line]] = []
    for line in lines:
        if not rows or _inside(line.words[0], columns[:1]):
            rows.append([])
        rows[-1].append(line)
    return rows


def _between(lines: Sequence[Line], top: float, bottom: float) -> Iterator[Line]:
    return (line for line in lines if top < line.base - 0.3 * line.size < bottom)


def _inside(word: Word, columns: Sequence[Ends]) -> bool:
    return any(a < word.centre < b for a, b in columns)


def _of(column: Ends, row: Sequence[Line]) -> list[Line]:
    """Return what stands of a row's lines in a column, line by line."""
    found = [tuple(word for word in line.words if _inside(word, [column])) for line in row]
    return [Line(words) for words in found if words]


def _holds_paragraphs(column: Ends, rows: Sequence[Sequence[Line]]) -> bool:
    """Tell a column whose lines all begin at one place, of which several go on, as they are full."""
    cells = [cell for row in rows[1:] if (cell := _of(column, row))]
    starts = [line.x0 for cell in cells for line in cell]
    going_on = [cell for cell in cells if len(cell) > 1]
    if not going_on or max(starts) - min(starts) > SAME:
        return False
    right = max(line.x1 for cell in cells for line in cell)
    breaks = [each for cell in going_on for each in pairwise(cell)]
    torn = sum(lacks_more(above.text, below.text) or below.text[:1].islower() for above, below in breaks)
    least = len(breaks) if len(going_on) < SEVERAL else len(breaks) / 2
    return all(_is_full(above, below, right) for above, below in breaks) and torn >= least


def _is_full(above: Line, below: Line, right: float) -> bool:
    """Tell a line that had no room for the first word of the next, or for so much of it as could be parted off."""
    first, last = below.words[0], above.words[-1]
    return first.x1 - first.x0 > right - last.x1 - SPACE * last.size


def _as_one(row: Sequence[Line], columns: Sequence[Ends]) -> Line:
    """Return a row as one line, what stands in each of the columns as one word."""
    words = [word for line in row for word in line.words if not _inside(word, columns)]
    for column in columns:
        if cell := _of(column, row):
            text = " ".join(unbroken([line.text for line in cell]))
            words.append(replace(cell[0].words[0], text=text, x1=max(line.x1 for line in cell)))
    return Line(tuple(sorted(words, key=lambda each: each.x0)))
