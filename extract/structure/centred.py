"""Cells of three lines around the middle of their rows: one above the line that holds the others, and one below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.columns.layer_names import names_layer
from extract.pages.page import Line, segments
from extract.structure.wrapping import are_one, shares
from extract.words.hyphens import unbroken

NEAR = 0.15
"""How much farther one of the lines is away than the other at most, as a share of the type's size."""
NEARER = 0.9
"""How near another row is at least, as a share of how far those lines are."""
NEXT = 1.4
"""How far lines of a cell are apart at most, as a share of the type's size."""
ALIGNED = 2.0
"""Points that they begin beside each other at most, or have their middles."""
APART = 1.15
"""How many times farther away another row is at least, where the lines of each are set closer."""
_BARE = re.compile(r"[A-Za-z][A-Za-z\d -]*")
"""The name of a layer, of which nothing else is said."""


def with_middle_cells(lines: Sequence[Line], rules: Sequence[float]) -> list[Line]:
    """Return the lines of a table, cells of three lines as one word in the middle one.

    That they stand around the middle of their rows, and do not go on from those above, one of them has to tell: below a
    rule (`rules` are their heights), below a row without such a cell, or farther from the row above it.
    """
    middles = [(k, own) for k in range(1, len(lines) - 1) if (own := _own(lines, k)) is not None]
    cells = [(k, (lines[k - 1], own, lines[k + 1])) for k, own in middles]
    cells = [(k, cell) for k, cell in cells if not _parted(cell, rules)]
    if not any(_begins(lines, k, rules) for k, _ in cells):
        return list(lines)
    gone: set[int] = set()
    found = list(lines)
    for k, cell in cells:
        if not gone & {k - 1, k, k + 1}:
            gone |= {k - 1, k + 1}
            found[k] = _with_one(lines[k], cell)
    return [line for i, line in enumerate(found) if i not in gone]


def _own(lines: Sequence[Line], k: int) -> Line | None:
    """Return the part of a line of several that one text alone stands above, and one below, as far away."""
    above, here, below = (segments(line) for line in lines[k - 1 : k + 2])
    if len(above) != 1 or len(below) != 1 or len(here) < 2:
        return None
    up, down, size = here[0].base - above[0].base, below[0].base - here[0].base, here[0].size
    if abs(up - down) > NEAR * size or up > NEXT * size or not up > 0 < down:
        return None
    others = [abs(lines[i].base - lines[j].base) for i, j in ((k - 2, k - 1), (k + 2, k + 1)) if 0 <= i < len(lines)]
    if any(each < NEARER * up for each in others):
        return None  # It is of the row above it, or below it, whose middle is nearer.
    own = [part for part in here if _aligned(part, above[0]) and _aligned(part, below[0])]
    crossed = [part for part in here if any(shares(part, each) for each in (above[0], below[0]))]
    return own[0] if len(own) == 1 and crossed == own else None


def _parted(cell: Sequence[Line], rules: Sequence[float]) -> bool:
    """Tell lines with a rule between them, or that are all layers: these are rows of their own."""
    layers = all(_BARE.fullmatch(each.text) and names_layer(each.text) for each in cell)
    return layers or any(cell[0].base < y < cell[-1].top for y in rules)


def _begins(lines: Sequence[Line], k: int, rules: Sequence[float]) -> bool:
    """Tell a text above the line of its row that cannot go on from the row above."""
    if k < 2:
        return False
    over, above, here = lines[k - 2 : k + 1]
    ruled = any(over.base < y < above.base for y in rules)
    farther = above.base - over.base > APART * (here.base - above.base)
    bare = len(segments(over)) > 1 and not any(shares(part, above) for part in segments(over))
    return ruled or farther or bare


def _with_one(line: Line, cell: Sequence[Line]) -> Line:
    """Return the middle line of a cell, with all its texts as one word."""
    above, own, below = cell
    text = above.text
    for more in (own.text, below.text):
        text = " ".join(unbroken([text, more])) if are_one(text.split("\n")[-1], more) else f"{text}\n{more}"
    x0, x1 = min(each.x0 for each in cell), max(each.x1 for each in cell)
    whole = replace(own.words[0], text=text, x0=x0, x1=x1)
    return Line(tuple(whole if word == own.words[0] else word for word in line.words if word not in own.words[1:]))


def _aligned(one: Line, two: Line) -> bool:
    return min(abs(one.x0 - two.x0), abs(one.x0 + one.x1 - two.x0 - two.x1) / 2) < ALIGNED
