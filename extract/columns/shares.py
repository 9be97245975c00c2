"""Sizes that are shares of what comes in, `H/2 × W/2 × 32` or `1/4`, in numbers of which the strides follow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from extract.columns.grids import Cell, Grid

_SIDE = re.compile(
    r"(?:(\d+) ?/ ?([1-9]\d*) ?·? ?)?(\d+)? ?([HWDLTMNhwdltmn])['′]?(?: ?//? ?([1-9]\d*))?"  # 1/2 H, 2H, H/2
)
_SHARE = re.compile(r"1(?: ?/ ?([1-9]\d*))?")
_ELSE = re.compile(r"\d+|[A-Z]|C_?\d|none|-1", re.IGNORECASE)
"""What else stands among sides: numbers, and letters for channels or a batch."""
_BETWEEN = re.compile(r"( ?[×,*] ?| ?→ ?| x |(?<=[\dA-Za-z])[xX](?=[\dA-Z]))")
_NO_NUMBER = re.compile(r" ?[×,] ?[CFKck](?=[)\]]?$)|(?<=^)[CFKck] ?[×,] ?")
"""Channels that are but a letter: `H/4 × W/4 × C`."""
_HALVES = str.maketrans({"½": "1/2", "¼": "1/4", "⅛": "1/8"})
_OTHER = re.compile(r"(?:stride|rate|step|factor|scale of)", re.IGNORECASE)
"""The header of shares that are no sizes."""
USUAL = {1: (1024, 4096), 2: (224, 256, 512, 1024), 3: (64, 128, 256)}
"""Sides that are taken, by how many of them there are; the first that all shares are whole numbers of."""
_FRAMES = (16, 32, 64)
"""Frames that are taken beside sides in numbers."""


@dataclass(frozen=True)
class Shares:
    """A table in which shares are numbers, what is asked of them, and the size of what comes in."""

    grid: Grid
    asked: str = ""
    side: tuple[int, ...] = ()


def without_shares(grid: Grid, caption: str, side: int = 0) -> Shares:
    """Return a table with numbers for the shares of a column that has several.

    How large what comes in is, the caption says, or `side`, or what is usual is taken, and asked.
    """
    for column in range(grid.width):
        cells = [cell for row in grid.rows for cell in row if cell.first == cell.last == column]
        letters = _letters(cells)
        if not letters and not _are_bare(cells):
            continue
        many = len(letters) or len("hw")
        sizes = _FRAMES if many == 1 and _has_two_numbers(cells) else USUAL.get(many, ())
        sizes = (side, *sizes) if side else sizes
        told = {letter: _told(letter, caption) for letter in letters}
        for size in sizes:
            known = {letter: told[letter] or size for letter in letters}
            texts = {id(cell): _in_numbers(cell.text, known, size) for cell in cells}
            if all(text is not None for text in texts.values()):
                rows = [tuple(replace(c, text=texts.get(id(c)) or c.text) for c in row) for row in grid.rows]
                sides = tuple(known.get(letter, size) for letter in _ORDER if letter in known) or (size, size)
                asked = "" if letters and all(told.values()) else _QUESTION.format(" x ".join(map(str, sides)))
                return Shares(Grid(tuple(rows), grid.width), asked, sides if many == len("hw") else ())
    return Shares(grid)


_QUESTION = "sizes are printed as shares of the input: how large is that? {} is taken"
_ORDER = "DTLHWMN"


def _letters(cells: Sequence[Cell]) -> set[str]:
    """Return the letters that stand for sides in cells of which several hold shares of them."""
    shares = [_shared(cell.text) for cell in cells]
    return set.union(*shares) if sum(map(bool, shares)) > 1 else set()


def _shared(text: str) -> set[str]:
    found: set[str] = set()
    for part in _parts(text):
        side = _SIDE.fullmatch(part)
        if side is None and not _ELSE.fullmatch(part):
            return set()
        if side and (side[2] or side[3] or side[5]):
            found.add(side[4].upper())
    return found if len(_parts(text)) > 1 else set()


def _parts(text: str) -> list[str]:
    plain = text.translate(_HALVES).strip().strip("()[] ")
    return [part.strip("()[] ") for part in _BETWEEN.split(plain)[::2]]


def _are_bare(cells: Sequence[Cell]) -> bool:
    """Tell a column of shares alone: 1/2, 1/4, 1/8."""
    head, *others = [cell.text.translate(_HALVES).strip() for cell in cells] or [""]
    told = [share for text in others if (share := _SHARE.fullmatch(text))]
    parts = {share[1] for share in told if share[1]}
    return len(told) == len([text for text in others if text]) and len(parts) > 1 and not _OTHER.search(head)


def _has_two_numbers(cells: Sequence[Cell]) -> bool:
    """Tell sizes of three, of which but one is a letter: `L/2 × 28 × 28`."""
    sized = [_parts(cell.text) for cell in cells if _shared(cell.text)]
    return all(sum(part.isdecimal() for part in parts) > 1 for parts in sized)


def _told(letter: str, caption: str) -> int:
    found = re.search(rf"(?<![A-Za-z]){letter} ?= ?(\d{{2,4}})\b", caption)
    return int(found[1]) if found else 0


def _in_numbers(text: str, known: dict[str, int], size: int) -> str | None:
    """Return a text with numbers for shares, itself where it has none, and nothing where these are not whole."""
    plain = text.translate(_HALVES)
    if not known:
        share = _SHARE.fullmatch(plain.strip())
        whole = Fraction(size, int(share[1] or 1)) if share else Fraction(0)
        return text if share is None else f"{whole} × {whole}" if whole.denominator == 1 else None
    parts = _parts(text)
    if len(parts) < len("hw") or not all(_SIDE.fullmatch(part) or _ELSE.fullmatch(part) for part in parts):
        return text
    found = ""
    plain = _NO_NUMBER.sub("", plain)
    for i, piece in enumerate(_BETWEEN.split(plain)):
        bare = piece.strip("()[] ")
        side = _SIDE.fullmatch(bare) if i % 2 == 0 else None
        if side is None or side[4].upper() not in known:
            found += piece
            continue
        many, by, times, letter, over = side.groups()
        value = Fraction(known[letter.upper()] * int(many or 1) * int(times or 1), int(by or 1) * int(over or 1))
        if value.denominator != 1 or value < 1:
            return None
        found += piece.replace(bare, str(value))
    return found
