"""Rows that stand for several, as the column that counts them says: `2–19` between 1 and 20."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extract.columns.grids import Cell, Grid
from extract.words.lexicon import kind_of
from extract.words.spellings import normalized

Row = tuple[Cell, ...]

_RANGE = re.compile(r"(\d{1,3})(?: ?(?:[-–—~∼～]|to|\.{2,3}|…) ?(\d{1,3}))?")
MOST = 64
"""Rows that one stands for at most."""


def with_all_rows(grid: Grid) -> Grid:
    """Return a table whose rows count layers, with each of those that stand for several as often as it does."""
    counted = [_range(row[0]) for row in grid.rows]
    told = [each for each in counted if each]
    several = any(first < last < first + MOST for first, last in told)
    if not several or len(told) < len("abc") or any(b[0] != a[1] + 1 for a, b in pairwise(told)):
        return grid
    rows = [
        row
        for row, each in zip(grid.rows, counted, strict=True)
        for _ in range(1 if each is None or _says(row, each[1] - each[0] + 1) else min(each[1] - each[0] + 1, MOST))
    ]
    return Grid(tuple(rows), grid.width)


def _range(cell: Cell) -> tuple[int, int] | None:
    found = _RANGE.fullmatch(cell.text.strip()) if cell.first == cell.last == 0 else None
    return (int(found[1]), int(found[2] or found[1])) if found else None


def _says(row: tuple[Cell, ...], many: int) -> bool:
    """Tell a row that says itself how often its layer comes: `3-7 | 5 × block`."""
    often = rf"(?<![\d×x]){many} ?[×x] ?(?!\d)|(?<!\d)(?<!\d )[×x] ?{many}(?!\d)|repeat"
    return any(re.search(often, cell.text) for cell in row[1:])


_OFTEN = re.compile(r"\d{1,2} ?[×x]")
"""How often the rows of a block come, in front of its first one, or of each: `8×`."""


def with_counted_blocks(grid: Grid) -> Grid:
    """Return a table in which the rows of a residual block that are counted together are lines of one: `8× | ...`."""
    rows: list[Row] = []
    block: list[Row] = []
    for row in grid.rows:
        label, name = (row[0].text.strip(), row[1].text) if len(row) > 1 else ("", "")
        begins = bool(_OFTEN.fullmatch(normalized(label))) and row[0].first == row[0].last == 0
        if block and row and (row[0].first > 0 or label in ("", block[0][0].text.strip())):
            name = name if row[0].first == 0 else row[0].text
            block.append(row)
            if kind_of(name) == "shortcut":
                rows.append(_as_lines(block))
                block = []
            elif kind_of(name) != "conv":
                rows, block = [*rows, *block], []
            continue
        rows, block = [*rows, *block], []
        if begins and kind_of(name) == "conv" and "\n" not in name:
            block = [row]
        else:
            rows.append(row)
    return Grid((*rows, *block), grid.width)


def _as_lines(block: Sequence[Row]) -> Row:
    """Return one row with the lines of several, but for how often they come."""
    places = sorted({(cell.first, cell.last) for row in block for cell in row} - {(0, 0)})
    texts = [
        "\n".join(next((cell.text for cell in row if (cell.first, cell.last) == place), "") for row in block)
        for place in places
    ]
    return (
        block[0][0],
        *(Cell(text.strip("\n"), *place) for text, place in zip(texts, places, strict=True)),
    )
