"""Which of three printed sizes is how many channels there are: what other sizes, filters and poolings tell of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from extract.columns.grids import Cell
from extract.columns.roles import Columns
from extract.words.families import LOCAL_POOLS
from extract.words.lexicon import kind_of

Row = tuple[Cell, ...]


def evidence(rows: Sequence[Row], columns: Columns, sizes: dict[Cell, re.Match[str]]) -> tuple[int, int]:
    """Return how often the first and how often the last of three sizes is told to be that of channels."""
    told = _steady(sizes.values())
    told = told if any(told) else _kept(rows, columns, sizes)
    told = told if any(told) else _counted(rows, columns, sizes)
    return told if any(told) else _together(rows, columns, sizes)


def _together(rows: Sequence[Row], columns: Columns, sizes: dict[Cell, re.Match[str]]) -> tuple[int, int]:
    """Return between how many rows the last two of three sizes alone grow or shrink together, and the first two.

    An image that becomes lower becomes no wider.
    """
    given = [[int(sizes[cell][i]) for i in (2, 4, 6)] for row in rows for cell in row
             if cell in sizes and columns.roles[cell.first] == "output"]  # fmt: skip
    found = []
    for above, size in pairwise(given):
        change = [after - before for before, after in zip(above, size, strict=True)]
        found.append(
            (change[1] * change[2] > 0 > change[0] * change[1], change[0] * change[1] > 0 > change[1] * change[2])
        )
    return sum(a for a, _ in found), sum(b for _, b in found)


def _counted(rows: Sequence[Row], columns: Columns, sizes: dict[Cell, re.Match[str]]) -> tuple[int, int]:
    """Return in how many rows the first of three sizes is how many filters there are, and in how many the last.

    Where no column says how many there are, they are among the numbers of the row's other cells.
    """
    found = []
    for row in rows:
        others = [cell for cell in row if columns.roles[cell.first] not in _OTHERS]
        windows = [cell for cell in others if columns.roles[cell.first] == "kernel" and _SIDES.fullmatch(cell.text)]
        others = [cell for cell in others if cell not in windows]
        told = [cell for cell in others if columns.roles[cell.first] == "filters"] or others
        named = {found[1] or found[2] for cell in told for found in _FILTERS.finditer(cell.text)}
        texts = [_OTHERWISE.sub(" ", cell.text) for cell in told]
        widths = named or {number for text in texts for number in re.findall(r"\d+(?![dD])", text)}
        given = [sizes[cell] for cell in row if cell in sizes and columns.roles[cell.first] == "output"]
        found += [(match[2] in widths, match[6] in widths) for match in given]
    return sum(a and not b for a, b in found), sum(b and not a for a, b in found)


_OTHERS = ("input", "output", "count", "stride", "ignored")
"""What columns are for whose numbers are of no filters."""
_FILTERS = re.compile(r"\bfilters? ?[:=] ?(\d+)\b(?! ?[xX×,])|\b(\d+) filters\b", re.IGNORECASE)
"""How many filters there are, by name."""
_OTHERWISE = re.compile(
    r"\b(?:(?:filter|kernel|pool|stride|window) size|strides?|padding) ?[:=] ?[\[(]?[\d ,xX×]+", re.I
)
"""What else is said by its name."""
_SIDES = re.compile(r"\W*\d+ ?[xX×,] ?\d+\W*")
"""The sides of a window."""


def _kept(rows: Sequence[Row], columns: Columns, sizes: dict[Cell, re.Match[str]]) -> tuple[int, int]:
    """Return behind how many layers a pooling keeps the first of three sizes alone, and behind how many the last."""
    found = []
    for before, row in pairwise(rows):
        given = [[sizes[cell] for cell in each if cell in sizes and columns.roles[cell.first] == "output"]
                 for each in (before, row)]  # fmt: skip
        pools = any(kind_of(cell.text) in LOCAL_POOLS for cell in row if cell not in sizes)
        if pools and all(given):
            (above, *_), (match, *_) = given
            found.append((match[2] == above[2], match[6] == above[6]))
    return sum(a and not b for a, b in found), sum(b and not a for a, b in found)


def _steady(sizes: Iterable[re.Match[str]]) -> tuple[int, int]:
    """Return 1 and 0, or 0 and 1, as the last two or the first two of three sizes are those of images of one form."""
    found = [tuple(int(match[i]) for i in (2, 4, 6)) for match in sizes]
    known = [each for each in found if 0 not in each]
    forms = {(a / b, b / c) for a, b, c in known}
    many = len(known) > 3 and len(forms) > 2
    return int(many and len({b for _, b in forms}) == 1), int(many and len({a for a, _ in forms}) == 1)
