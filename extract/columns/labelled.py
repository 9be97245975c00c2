"""Tables of one column whose cells name a layer, and say behind a colon what it is."""

from __future__ import annotations

import re
from dataclasses import replace

from extract.columns.grids import Grid
from extract.words.lexicon import kind_of

_LABELLED = re.compile(r"\s*([^:\n]{2,40}?)\s*[::]\s*(\S.*)", re.DOTALL)
_NUMBER = re.compile(r"\s(?=\d+$)")
LEAST_ROWS = 3
MOST_OTHERS = 0.25
"""The share of cells at most that name no layer so."""


def with_names_of_cells(grid: Grid) -> Grid:
    """Return a table of one column without the colons behind names of layers: `conv1: (3 × 3, 64)`."""
    cells = [row[0] for row in grid.rows if row]
    found = [_LABELLED.fullmatch(cell.text) for cell in cells]
    named = [each for each in found if each and kind_of(re.sub(r"[\d_-]+$", "", each[1]).strip())]
    if grid.width > 1 or len(named) < LEAST_ROWS or len(cells) - len(named) > MOST_OTHERS * len(cells):
        return grid
    texts = [f"{_NUMBER.sub('', each[1])} {each[2]}" if each else "" for each in found]  # A number would be a setting.
    return Grid(tuple((replace(cell, text=text or cell.text),) for cell, text in zip(cells, texts, strict=True)), 1)
