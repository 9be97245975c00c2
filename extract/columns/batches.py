"""How many samples come at once, in front of sizes that a table prints, and no size of any layer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from extract.columns.grids import Cell
from extract.columns.roles import Columns
from extract.words.spellings import normalized

_LETTER = re.compile(r"(\W*)[NB] ?[×,] ?(?=\S)", re.IGNORECASE)
"""The letter of how many come at once, in front of sizes."""
_LISTED = re.compile(r"([(\[])(\d+), ?(\d+(?:, ?\d+){,3}[)\]])")
"""Sizes in brackets, parted by commas: (128, 32, 95, 95)."""
_ONE = re.compile(r"()(1) ?× ?(\d+(?: ?× ?\d+){,3})")
"""Sizes of one sample: 1×64×56×56."""
MOSTLY = 0.8
"""The share of sizes that begin with the same number, at least."""
LEAST = 4
"""Sizes that tell it, at least."""


def without_batches(rows: list[tuple[Cell, ...]], columns: Columns) -> list[tuple[Cell, ...]]:
    """Return rows without the letter, or the number, in front of their sizes that those of most rows have."""
    for column, role in enumerate(columns.roles):
        if role in ("input", "output"):
            cells = [cell for row in rows for cell in row if cell.first == cell.last == column]
            cut = _after_letters(cells) or _after_numbers(cells)
            rows = [tuple(replace(cell, text=cut.get(cell, cell.text)) for cell in row) for row in rows]
    return rows


def _after_letters(cells: Sequence[Cell]) -> dict[Cell, str]:
    """Return what stands behind the letter in front of sizes, where most have one."""
    texts = {cell: normalized(cell.text) for cell in cells if re.search(r"[×,]", normalized(cell.text))}
    found = {cell: _LETTER.sub(r"\1", text, count=1) for cell, text in texts.items() if _LETTER.match(text)}
    return found if 2 * len(found) > len(texts) else {}


def _after_numbers(cells: Sequence[Cell]) -> dict[Cell, str]:
    """Return what stands behind the number that sizes begin with whatever they are of: images have three, a vector one.

    Some may begin with another number, where what a batch holds is parted or brought together.
    """
    texts = {cell: normalized(cell.text) for cell in cells}
    found = {cell: match for cell in cells if (match := _LISTED.fullmatch(texts[cell]) or _ONE.fullmatch(texts[cell]))}
    if sum(cell in found for cell in cells) < max(LEAST, MOSTLY * len(cells)):
        return {}
    often, many = Counter(match[2] for match in found.values()).most_common(1)[0]
    batched = [match[3] for match in found.values() if match[2] == often]
    lengths = {len(re.findall(r"\d+", rest)) for rest in batched}
    varied = len({*batched}) > 1 and many >= MOSTLY * len(found)
    return {cell: match[1] + match[3] for cell, match in found.items()} if varied and lengths in _RANKS else {}


_RANKS = ({3}, {1, 3}, {1, 2}, {1, 2, 3})
"""How many sizes may stand behind how many come at once: those of images and vectors, of sequences and vectors."""
