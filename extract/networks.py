"""Networks below each other in one table, each behind a row that names it: generator and discriminator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extract.grids import Cell, Grid
from extract.lexicon import kind_of
from extract.roles import Columns

_OWN = re.compile(
    r"\b(?:generators?|discriminators?|critics?|actors?|students?|teachers?|policy|value net\w*)\b"
    r"|^\W*[A-Z]\w{0,2}(?: ?[a-z])? ?\([a-z]\w?(?:, ?[a-z]\w?)*\)"
)
"""The title of a network that is one by itself: `Generator`, `D(x)`."""
_PART = re.compile(r"\b(?:encoders?|decoders?|networks?|(?:sub-?)?nets?)\b", re.IGNORECASE)
"""That of a part of a network, or of one by itself where what comes in is said of each."""
_INPUT = re.compile(r"\binput\b", re.IGNORECASE)


def networks_of(grid: Grid, columns: Columns) -> Iterator[tuple[str, Grid, Columns]]:
    """Yield the networks of a table with their titles: several, where each stands below one, or all of it."""
    start = next((i for i in range(1, columns.start) if _title(grid.rows[i])), columns.start)
    rows = grid.rows[start:]
    titles = [i for i, row in enumerate(rows) if _title(row)]
    ends = [*titles[1:], len(rows)]
    parts = [rows[first:end] for first, end in zip(titles, ends, strict=True)] if titles else []
    own = any(_OWN.search(part[0][0].text) for part in parts) or all(map(_says_input, parts))
    if len(parts) < 2 or titles[0] or not own or any(len(part) < 2 for part in parts):
        yield "", grid, columns
        return
    for part in parts:
        name = re.split(r"\s[-–—:]\s|[:,;]|\s\[", part[0][0].text.replace("\n", " "))[0].strip()
        yield name, Grid((*grid.rows[:start], *part), grid.width), replace(columns, start=start)


def _title(row: Sequence[Cell]) -> bool:
    """Tell a row that names a network, and may say the size of what comes into it."""
    filled = [cell for cell in row if cell.text.strip(" -–—")]
    alone = len(filled) == 1 or (len(filled) == 2 and re.fullmatch(r"[\d\s×xX*,()]+", filled[1].text))
    named = bool(filled) and bool(_OWN.search(filled[0].text) or _PART.search(filled[0].text))
    return bool(alone) and named and row[0] is filled[0] and kind_of(filled[0].text) in ("", "input")


def _says_input(part: Sequence[Sequence[Cell]]) -> bool:
    """Tell a network of which its title, or the row below, says what comes in."""
    title, first = part[0], part[1] if len(part) > 1 else part[0]
    sized = any(re.search(r"\d", cell.text) for cell in title)
    return sized or any(_INPUT.search(cell.text) for cell in (*title, *first[:2]))
