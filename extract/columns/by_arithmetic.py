"""What columns under signs of quantities are for, as their numbers fit together: `H | R | E | C | M | U`.

What a convolution gives is as large as what comes in, less its window, over its stride; what comes in is as deep as the
layer above is wide. Where one assignment of the columns alone fits, it is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations

from extract.columns.grids import Grid
from extract.words.lexicon import kind_of
from extract.words.signatures import LARGEST_KERNEL

LEAST_SIGNS = 4
"""Columns under signs at least that are told by their numbers."""
MOST_SIGNS = 8
LEAST_ROWS = 4
MOSTLY = 0.8
"""The share of rows that fit, at least."""

Row = dict[int, int]


def tell_signs(grid: Grid, start: int, headers: Sequence[str], roles: list[str]) -> None:
    """Tell what columns with one letter for a header are for, where their numbers fit together in one way alone."""
    signs = [i for i, head in enumerate(headers) if len(head) == 1 and head.isalpha() and grid.counts(i, start)]
    names = [i for i, role in enumerate(roles) if role == "type"]
    if not (LEAST_SIGNS <= len(signs) <= MOST_SIGNS and names):
        return
    rows: list[Row] = []
    for i in range(start, len(grid.rows)):
        name, cells = grid.at(i, names[0]), {place: grid.at(i, place) for place in signs}
        if name is not None and kind_of(name.text) == "conv":
            rows.append(
                {place: int(cell.text) for place, cell in cells.items() if cell and cell.text.strip().isdecimal()}
            )
    if len(rows) < LEAST_ROWS or any(len(row) < len(signs) for row in rows):
        return
    found = [(fit, wide) for fit in _fits(rows, signs) for wide in _widths(rows, [i for i in signs if i not in fit])]
    if len(found) == 1:
        (_, kernel, _, stride), (_, filters) = found[0]
        for place in signs:
            roles[place] = {kernel: "kernel", stride: "stride", filters: "filters"}.get(place, "ignored")


def _fits(rows: Sequence[Row], signs: Sequence[int]) -> list[tuple[int, ...]]:
    """Return which columns may be what comes in, the window, what is given and the stride."""
    found: list[tuple[int, ...]] = []
    for places in permutations(signs, 4):
        taken, kernel, given, stride = ([row[place] for row in rows] for place in places)
        windows = all(1 <= side <= LARGEST_KERNEL for side in kernel) and len({*taken}) > 1
        if windows and min(stride) > 0 and max(stride) <= LEAST_ROWS and max(kernel) > 1:
            fits = map(_gives, taken, kernel, given, stride)
            found += [places] if sum(fits) >= MOSTLY * len(rows) else []
    return found


def _gives(taken: int, kernel: int, given: int, stride: int) -> bool:
    """Tell whether so large an output follows, without a border or with one that keeps the size."""
    return any((taken + 2 * pad - kernel) // stride + 1 == given for pad in (0, (kernel - 1) // 2))


def _widths(rows: Sequence[Row], signs: Sequence[int]) -> list[tuple[int, int]]:
    """Return which columns may be how many channels come in and go out: as deep as wide, or half for two groups."""
    found = []
    for before, after in permutations(signs, 2):
        passed = [two[before] in (one[after], one[after] // 2) for one, two in pairwise(rows)]
        found += [(before, after)] if sum(passed) >= MOSTLY * len(passed) else []
    return found
