"""Where in a network a block stands, as brackets behind its name say: `Odd Block (Encoder-1)`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from extract.columns.grids import Cell, Grid
from extract.words.lexicon import kind_of, posts_of

_PLACED = re.compile(
    r"(?P<name>[A-Za-z][\w -]*?) ?\((?:(?:(?:en|de)coder|stage|level|scale)[-_ ]?\d*|bottleneck|middle|bottom)\)",
    re.IGNORECASE,
)
LEAST = 3
"""Rows that name a block with a place behind it, at least."""


def without_places(grid: Grid) -> Grid:
    """Return a table whose names of blocks have no places behind them, where several rows name one with such."""
    found = [match for row in grid.rows for match in _matches(row)]
    names = Counter(match["name"].lower() for match in found)
    told = {match[0]: match["name"] for match in found if names[match["name"].lower()] >= LEAST}
    return grid.retold(lambda cell: told.get(cell.text.strip(), cell.text))


def _matches(row: Sequence[Cell]) -> list[re.Match[str]]:
    return [match for cell in row[:2] if (match := _PLACED.fullmatch(cell.text.strip()))]


_LABELLED = re.compile(r"([A-Za-z][\w-]{0,20})(?:: ?|\n)(?=\S)(.+)", re.DOTALL)
"""The name of a layer, and behind it what that is, as MATLAB lists both: `conv1: 8 3×3 convolutions`."""
LEAST_LABELS = 3
"""Cells at least that have names in front, where a column is one of such."""


def without_labels(grid: Grid) -> Grid:
    """Return a table in whose column of types stands what layers are, where it stood behind their names."""
    for column in range(grid.width - 1):
        found = {id(cell): each for cell in grid.column(column, 1) if (each := _LABELLED.fullmatch(cell.text.strip()))}
        told = [each for each in found.values() if re.search(r"\d ?[×x] ?\d", each[2]) and kind_of(each[2])]
        typed = ["\n" not in text and bool(kind_of(text) or posts_of(text)) for text in grid.texts(column + 1, 1)]
        if len(found) >= LEAST_LABELS and len(told) > 1 and sum(typed) > len(typed) // 2:
            return Grid(tuple(_apart(row, column, found) for row in grid.rows), grid.width)
    return grid


def _apart(row: Sequence[Cell], column: int, found: Mapping[int, re.Match[str]]) -> tuple[Cell, ...]:
    """Return a row with the name of its layer alone, and what that is in place of its type."""
    own = next((found[id(cell)] for cell in row if id(cell) in found), None)
    if own is None:
        return tuple(row)
    texts = {column: own[1], column + 1: own[2]} if kind_of(own[2]) or posts_of(own[2]) else {column: own[1]}
    return tuple(replace(cell, text=texts.get(cell.first, cell.text)) for cell in row)
