"""Cells of several lines around the middle of their rows, where no rules part these: each line goes to its own row.

Of an even number of lines none stands on the line of its row, which tells such cells from those that go on below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.pages.page import Line, segments
from extract.structure.wrapping import shares

NEAR = 0.2
"""How far the middle of a cell is from the line of its row at most, as a share of the type's size."""
Ends = tuple[float, float]


def with_even_cells(lines: Sequence[Line], rules: Sequence[float]) -> list[Line]:
    """Return the lines of a table, each such cell as one text with a line for each in the line of its row.

    `rules` are the heights of those within the table: below the header there is none but the last.
    """
    if not lines or sum(lines[0].base < y < lines[-1].base for y in rules) > 1:
        return [*lines]
    body = [*lines[1:]]
    loose = [line for line in body if len(segments(line)) == 1 and not _is_first(line, lines[0])]
    named = [line for line in body if line not in loose]
    firsts = [segments(line)[0] for line in named]
    if any(not _is_first(part, lines[0]) or shares(part, line) for part in firsts for line in loose):
        return [*lines]
    found = {id(line): line for line in named}
    for column in _columns(loose):
        cells = [part for line in body for part in segments(line) if _stands_in(part, column)]
        groups = _around(cells, named)
        if groups is None:
            return [*lines]
        for line, group in zip(named, groups, strict=True):
            if group:
                found[id(line)] = _with_cell(found[id(line)], group)
    return [lines[0], *(found[id(line)] for line in named)] if loose else [*lines]


def _is_first(line: Line, header: Line) -> bool:
    """Tell a line, or a part of one, that stands in the first column."""
    parts = segments(header)
    return len(parts) < 2 or line.x1 < parts[1].x0


def _columns(loose: Sequence[Line]) -> list[Ends]:
    """Return where lines that stand below each other begin and end."""
    found: list[Ends] = []
    for line in sorted(loose, key=lambda each: each.x0):
        if found and line.x0 < found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], line.x1)
        else:
            found.append((line.x0, line.x1))
    return found


def _stands_in(part: Line, column: Ends) -> bool:
    return part.x0 < column[1] and part.x1 > column[0]


def _around(cells: Sequence[Line], named: Sequence[Line]) -> list[list[Line]] | None:
    """Return which lines stand around that of each row, if all do, and of one an even number; else nothing."""
    left = sorted(cells, key=lambda each: each.base)
    groups: list[list[Line]] = []
    for line in named:
        near = NEAR * line.size
        count = 0
        if left and left[0].base < line.base + near:
            end = 2 * line.base - left[0].base
            count = next((i for i, each in enumerate(left, 1) if abs(each.base - end) < near), 0)
            if not count:
                return None
        groups.append(left[:count])
        left = left[count:]
    return groups if not left and any(group and len(group) % 2 == 0 for group in groups) else None


def _with_cell(line: Line, cell: Sequence[Line]) -> Line:
    """Return the line of a row with a cell in it, whose own words it may have."""
    own = {id(word) for part in cell for word in part.words}
    text = "\n".join(part.text for part in cell)
    whole = replace(cell[0].words[0], text=text, x0=min(part.x0 for part in cell), x1=max(part.x1 for part in cell))
    words = [word for word in line.words if id(word) not in own]
    return Line(tuple(sorted([*words, replace(whole, base=line.base)], key=lambda word: word.x0)))
