"""Headers of the branches of modules that have no sign of a number: `1×1 | 3×3 reduce | 3×3 | pool`."""

from __future__ import annotations

import re
from dataclasses import replace

from extract.columns.grids import Grid
from extract.words.languages import in_english
from extract.words.spellings import normalized

_WINDOW = re.compile(r"(?:double )?\d ?× ?\d(?: ?(?:\(?reduc\w*\)?))?", re.IGNORECASE)
_REDUCED = re.compile(r"\d ?× ?\d ?\(?reduc", re.IGNORECASE)


def with_branches_counted(grid: Grid) -> Grid:
    """Return a table whose first row says windows, some of them reduced, with a sign of a number before each.

    It is then no row of layers, and what pools has a projection behind it.
    """
    first = grid.rows[0] if grid.rows else ()
    texts = [normalized(in_english(cell.text)) for cell in first]
    windows = [bool(_WINDOW.fullmatch(text)) for text in texts]
    if sum(windows) < LEAST or not any(map(_REDUCED.search, texts)):
        return grid
    row = tuple(
        replace(cell, text=_plain(text)) if is_window else
        replace(cell, text="pool proj") if text.lower() in ("pool", "pooling") else cell
        for cell, text, is_window in zip(first, texts, windows, strict=True)
    )  # fmt: skip
    return Grid((row, *grid.rows[1:]), grid.width)


def _plain(text: str) -> str:
    """Return a window with the sign, and the word for what makes it narrow.

    >>> _plain("1×1"), _plain("double 3×3 (reduction)")
    ('#1×1', 'double #3×3 reduce')
    """
    return re.sub(r" ?\(?reduc\w*\)?", " reduce", re.sub(r"(?=\d)", "#", text, count=1), flags=re.IGNORECASE)


LEAST = 3
"""Windows of branches, at least."""
