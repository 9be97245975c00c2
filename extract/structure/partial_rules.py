"""Rules under some columns of a table alone: what stands in front of them, above and below, is one cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extract.columns.grids import Cell
from extract.pages.borders import Rule
from extract.pages.sheets import Box
from extract.words.lexicon import posts_of

Row = tuple[Cell, ...]
NEAR = 2.0
"""Points that a rule is within the letters beside it at most."""
CLOSE = 2.2
"""How far apart the tops of two lines of a cell are at most, as a share of how high one is."""


def with_whole_labels(rows: Sequence[Row], rules: Sequence[Rule]) -> list[Row]:
    """Return rows, as one a cell of two lines whose rows a rule behind it parts: a layer's name beside its settings.

    The rules are their heights and ends. That under a title of the header has no cells beside it in both rows.
    """
    found = list(rows)
    for i, (above, below) in enumerate(pairwise(rows)):
        start = _begin(above, below, rules)
        for cell in below if start is not None and i else ():
            over = next((each for each in found[i] if (each.first, each.last) == (cell.first, cell.last)), None)
            if over is None or not _are_one(over.box, cell.box, start):
                continue
            whole = replace(over, text=f"{over.text}\n{cell.text}", box=_around(over.box, cell.box))
            found[i] = tuple(whole if each is over else each for each in found[i])
            found[i + 1] = tuple(each for each in found[i + 1] if each is not cell)
    return [row for row in found if row]


def with_shared_activations(rows: Sequence[Row], rules: Sequence[Rule]) -> list[Row]:
    """Return rows, an activation that rules between them end in front of in each: one cell beside all of them."""
    found = list(rows)
    for i, row in enumerate(rows):
        for cell in row:
            if not cell.first or cell.box is None or not posts_of(cell.text) or re.search(r"\d", cell.text):
                continue
            for way in (1, -1):
                k = i + way
                while 0 <= k < len(rows) and _is_beside(rows[min(k, k - way)], rows[max(k, k - way)], cell, rules):
                    if any(each.covers(cell.first) for each in rows[k]):
                        break
                    found[k] = tuple(sorted((*found[k], cell), key=lambda each: each.first))
                    k += way
    return found


def _is_beside(above: Row, below: Row, cell: Cell, rules: Sequence[Rule]) -> bool:
    """Tell a cell that a rule between two rows ends in front of."""
    tops, bottoms = [each.box[1] for each in below if each.box], [each.box[3] for each in above if each.box]
    if not tops or not bottoms or cell.box is None:
        return False
    ends = [x1 for y, _, x1 in rules if min(bottoms) - NEAR < y < max(tops) + NEAR]
    return bool(ends) and max(ends) < cell.box[0] + NEAR


def _begin(above: Row, below: Row, rules: Sequence[Rule]) -> float | None:
    """Return where the rule between two rows begins, nothing where there is none, or one in front of all."""
    tops, bottoms = [each.box[1] for each in below if each.box], [each.box[3] for each in above if each.box]
    lefts = [each.box[0] for each in (*above, *below) if each.box]
    if not tops or not bottoms:
        return None
    here = [x0 for y, x0, _ in rules if min(bottoms) - NEAR < y < max(tops) + NEAR and min(tops) - NEAR <= y + NEAR]
    return min(here) if here and min(here) > min(lefts) + NEAR else None


def _are_one(over: Box | None, under: Box | None, start: float | None) -> bool:
    """Tell two single lines in front of the rule between them, as close as the lines of one text are."""
    if over is None or under is None or start is None or max(over[2], under[2]) > start + NEAR:
        return False
    high = over[3] - over[1]
    return abs((under[3] - under[1]) - high) < NEAR and under[1] - over[1] < CLOSE * high


def _around(one: Box | None, two: Box | None) -> Box | None:
    if one is None or two is None:
        return one or two
    return min(one[0], two[0]), min(one[1], two[1]), max(one[2], two[2]), max(one[3], two[3])
