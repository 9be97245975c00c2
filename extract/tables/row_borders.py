"""The borders that a row says its layer has, and what is cut off."""

from __future__ import annotations

import re
from typing import Any

from extract.columns.grids import Cell
from extract.tables.one_row import OneRow
from extract.tables.row_behind import says_yes
from extract.words.cells import read_attributes
from extract.words.families import FILTERED, WINDOWED
from extract.words.lexicon import mode_of

_LISTED = re.compile(r"(?<=\d) ?, ?(?=\d)")


def take_borders(row: OneRow, kind: str, found: dict[str, Any]) -> None:
    """Take what a column says of the border of a layer: how wide it is, that there is one or none, what it holds."""
    for cell in row.said.get("padding", ()):
        plain = re.sub(r" ?\(same\)", "", cell.text).strip("() ")
        sides = tuple(map(int, re.findall(r"\d+", plain)))
        if sides and (word := re.search(r"[A-Za-z]{4,}", plain)) and (mode := mode_of(f"{word[0]} padding")):
            found |= {"border": mode, "pad": sides[0]} if len({*sides}) == 1 else {"border": mode}
        if len(sides) == len("tblr") and len({*sides}) == 1:
            found["pad"] = sides[0]
        elif kind in WINDOWED and not says_yes(cell) and re.search(r"(?!na$)\w|[✗×✘]", cell.text.lower()):
            found["pad"] = "valid"  # That there is none, not that nothing is said of it.
        elif len(sides) == len("tblr"):  # Each by itself: that these are meant, the printed size tells.
            found["pad" if row.said.get("output") else "borders"] = sides[:2], sides[2:]
        elif len(sides) < len("tblr"):
            found |= read_attributes(f"pad {re.sub(_LISTED, '×', plain)}", kind)
        if kind in FILTERED and plain in ("-", "–", "—"):
            found.setdefault("pad", 0)  # It has none, where a column says those of others.


def cut_off(row: OneRow) -> tuple[int, ...]:
    """Return how much is cut off in front of and behind each axis: `((70, 25), (0, 0))`, `top 70, bottom 25`."""
    said = " ".join(cell.text for cell in row.cells if _is_setting(row, cell))
    if pairs := re.search(r"\(? ?\((\d+), ?(\d+)\), ?\((\d+), ?(\d+)\) ?\)?", said):
        return tuple(map(int, pairs.groups()))
    named = {word.lower(): int(number) for word, number in _EDGE.findall(said)}
    named |= {word.lower(): int(number) for number, word in _EDGE_BEHIND.findall(said)} if not named else {}
    return tuple(named.get(edge, 0) for edge in ("top", "bottom", "left", "right")) if named else ()


def _is_setting(row: OneRow, cell: Cell) -> bool:
    """Tell a cell that says no size of what comes in or goes out."""
    return row.columns.roles[cell.first] not in ("input", "output", "count")


_EDGE = re.compile(r"\b(top|bottom|left|right)\W{1,3}(\d+)\b", re.IGNORECASE)
_EDGE_BEHIND = re.compile(r"\b(\d+) ?(?:px|pixels|rows)? ?(?:from |off |at )?(?:the )?(top|bottom|left|right)\b", re.I)
