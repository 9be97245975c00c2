"""Two designs in one table that differ in what comes in: each cell says both sizes, `28×28×1 / 32×32×3`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from extract.columns.grids import Cell, Grid
from extract.words.lexicon import kind_of
from extract.words.spellings import normalized

_APART = re.compile(r"\s+(?:/|or)\s+")
_SIZES = re.compile(r"\(?\d+(?: ?[×x,] ?\d+){2}\)?")
_NUMBER = re.compile(r"\d+(?:,\d{3})*|" + _SIZES.pattern)
_NAMED = re.compile(r"\(([^()/]*?)\s+/\s+([^()/]*?)\)")
"""Which two designs a header names: `Output (28px / 32px input)`."""
_SIDES = re.compile(
    r"in(?:put)?|out(?:put)?|before|after|train\w*|test\w*|kernel|filters?|strides?|pad\w*", re.IGNORECASE
)


def alternatives(grid: Grid) -> Iterator[tuple[str, Grid]]:
    """Yield both designs of a table, each with its name, none where no cells say the sizes of two."""
    pairs = [_parted(row) for row in grid.rows[1:]]
    sizes = [both for row in pairs for both in row if all(map(_SIZES.fullmatch, both))]
    if not sizes or any(_follows(one, two) for one, two in pairwise(sizes)) or all(one == two for one, two in sizes):
        return
    names = _names(grid)
    for i, name in enumerate(names):
        head = tuple(replace(cell, text=_NAMED.sub("", cell.text).strip()) for cell in grid.rows[0])
        rows = [tuple(_of_one(cell, i) for cell in row) for row in grid.rows[1:]]
        yield name, Grid((head, *rows), grid.width)


def _halves(cell: Cell) -> list[str]:
    """Return the two sizes or numbers that a cell says, none where it says no two."""
    halves = _APART.split(normalized(cell.text).strip())
    return halves if len(halves) == 2 and all(map(_NUMBER.fullmatch, halves)) else []


def _parted(row: Sequence[Cell]) -> list[tuple[str, str]]:
    return [(both[0], both[1]) for cell in row if (both := _halves(cell))]


def _of_one(cell: Cell, place: int) -> Cell:
    both = _halves(cell)
    return replace(cell, text=both[place]) if both else cell


def _follows(one: tuple[str, str], two: tuple[str, str]) -> bool:
    """Tell sizes of what comes in and goes out, of which the first is what the row above gives."""
    return one[0] != one[1] and one[1] == two[0]


def _names(grid: Grid) -> list[str]:
    """Return what the two designs are called: by a header, or by a cell of two names; else by their order."""
    heads = [found for cell in grid.rows[0] if (found := _NAMED.search(cell.text))]
    if heads:
        return [heads[0][1].strip(), heads[0][2].strip().split()[0]]
    named = [_APART.split(cell.text.strip()) for row in grid.rows for cell in row]
    return next((both for both in named if len(both) == 2 and all(map(_is_name, both))), ["first", "second"])


def _is_name(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z][\w-]+", text)) and not (kind_of(text) or _SIDES.fullmatch(text))
