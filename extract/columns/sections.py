"""Rows between those of a table's layers that say none: headers that come again, titles, and what holds others."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.columns.grids import Cell, Grid, filled, said
from extract.columns.headers import role_of
from extract.words.lexicon import kind_of

_LAYERS = re.compile(r"[^\d(]*\b(?:layers|part|section|blocks?|branch|path(?:way)?|stream|heads)", re.IGNORECASE)
"""What layers of a kind are called together: `Dense Layers`."""


def is_of_layers(text: str) -> bool:
    """Tell what all layers of a kind are called together: `Dense Layers`."""
    return bool(kind_of(text) and re.fullmatch(r"[^\d(]*\blayers", text.strip(), re.IGNORECASE))


def without_sections(grid: Grid) -> Grid:
    """Return a table without the titles of parts of one network, and without its header where that comes again."""
    first = next((i for i, row in enumerate(grid.rows[:3]) if len(filled(row)) > 1), len(grid.rows))
    head = said(grid.rows[first]) if first < len(grid.rows) else ()
    headed = len(head) > 1 and sum(bool(role_of(text)) for text in head) >= 0.5 * len(head)
    again = [i for i, row in enumerate(grid.rows) if i > first and headed and _is_head(said(row), head)]
    wide = sum(len(filled(row)) > WIDE for row in grid.rows) > 0.5 * len(grid.rows)
    titles = [
        i
        for i, row in enumerate(grid.rows[:-1])
        if i > first and (_is_title(row, grid.width) or (wide and _names_part(row)))
    ]
    opened = [i for i, row in enumerate(grid.rows[:-1]) if i > first and _opens(row)]
    gone = {*again, *titles, *opened}
    return Grid(tuple(row for i, row in enumerate(grid.rows) if i not in gone), grid.width) if gone else grid


def _is_head(row: Sequence[str], head: Sequence[str]) -> bool:
    """Tell the header where it comes again, or one that says the same of other layers: `Layer | In features | -`."""
    like = row[:1] == head[:1] and len(row) == len(head) and not any(re.search(r"\d", text) for text in row)
    roles = [role_of(text) for text in row[1:] if re.search(r"\w", text)]
    same = [role_of(text) for text, other in zip(head[1:], row[1:], strict=False) if re.search(r"\w", other)]
    return tuple(row) == tuple(head) or (like and len(roles) > 1 and all(roles) and roles == same)


_OPENS = re.compile(r"[A-Z]\w* ?\(")
"""How a framework prints what holds the layers that follow: `Sequential(`."""


def _opens(row: Sequence[Cell]) -> bool:
    """Tell the row of what holds layers, which have rows of their own."""
    texts = [cell.text.strip() for cell in filled(row)]
    return any(map(_OPENS.fullmatch, texts)) and all(
        _OPENS.fullmatch(text) or re.fullmatch(r"0|\(.*\):?", text) for text in texts
    )


WIDE = 2
"""Cells that say something in a row of a layer, where one alone says none, at most."""


def _names_part(row: Sequence[Cell]) -> bool:
    """Tell the title of the middle of a network, which alone in its row is no block."""
    cells = filled(row)
    return len(cells) == 1 and kind_of(cells[0].text) == "bottleneck" and not re.search(r"\d", cells[0].text)


def _is_title(row: Sequence[Cell], width: int) -> bool:
    """Tell the title of several layers of a kind, over all columns or alone in its row, from a layer."""
    cells = filled(row)
    alone = len(cells) == 1 and width > 1
    return alone and bool(_LAYERS.fullmatch(cells[0].text.strip())) and kind_of(cells[0].text) != "input"
