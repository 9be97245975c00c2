"""What of a table is a sum: a row whose numbers are those above it together, and how one is worked out."""

from __future__ import annotations

import re

from extract.columns.grids import Cell, Grid
from extract.columns.layer_names import names_layer
from extract.words.spellings import normalized

LEAST = 3
"""Numbers of which a sum is made at least."""
SMALLEST = 1000
"""A sum of weights at least; smaller ones may be how wide a layer is that follows narrower ones."""
_WHOLE = re.compile(r"\d{1,3}(?:[,.]\d{3})+|\d+")
_WORKED_OUT = re.compile(
    r"(?!\(\d+(?: ?\+ ?\d+)+\) ?× ?\d+ ?× ?\d+$)"
    r"(?:\d+ ?× ?)?\(\d[\d ×]*\+[\d ×+]+\) ?×[\d ×+=(),.]+|\d+(?: ?× ?\d+){2,} ?\+ ?\d+(?: ?= ?[\d,.]+)?"
)
"""How many weights a layer has, (3 × 3 × 3 + 1) × 32, and no sizes of what is brought together: (96 + 96) × 8 × 8."""


def is_total(grid: Grid, place: int) -> bool:
    """Tell a row of no layer with the sum of the numbers above, beside others that are larger than all above them."""
    if any(names_layer(row[0].text) for row in grid.rows[place:] if row):
        return False
    totals = [(number, _above(grid, place, cell)) for cell in grid.rows[place][1:] if (number := _number(cell.text))]
    sums = [total == sum(numbers) >= SMALLEST for total, numbers in totals if len(numbers) >= LEAST]
    return any(sums) and all(total > max(numbers, default=0) for total, numbers in totals)


def _above(grid: Grid, place: int, cell: Cell) -> list[int]:
    """Return the numbers above a cell."""
    others = [other for row in grid.rows[1:place] for other in row if other.last == cell.last]
    return [number for each in others if (number := _number(each.text))]


def _number(text: str) -> int:
    plain = text.strip()
    return int(re.sub(r"\D", "", plain)) if _WHOLE.fullmatch(plain) else 0


def without_what_is_worked_out(grid: Grid) -> Grid:
    """Return a table without the cells that say how a number of weights comes about."""
    return grid.retold(lambda cell: "" if _WORKED_OUT.fullmatch(normalized(cell.text)) else cell.text)


_VECTOR = re.compile(r"([(\[] ?)(\d{1,3}(?:,\d{3})+)(?= ?[)\]]$)")
"""A number with a comma between thousands, alone in brackets: (16,384)."""


def with_plain_thousands(grid: Grid) -> Grid:
    """Return a table without the marks between thousands, where they are these: 16.515.584, (16,384) beside (8, 8)."""
    listed = [i for i in range(grid.width) if any(re.search(r"\d, \d", cell.text) for cell in grid.column(i, 1))]

    def said(cell: Cell) -> str:
        return _VECTOR.sub(lambda found: found[0].replace(",", ""), cell.text) if cell.last in listed else cell.text

    return _without_points(_without_blanks(grid.retold(said)))


def _without_blanks(grid: Grid) -> Grid:
    """Return a table, the blanks between thousands left out of columns of nothing but whole numbers: `10 304`."""
    columns = {i: [cell.text.strip() for cell in grid.column(i, 1) if cell.tells] for i in range(grid.width)}
    parted = {i for i, texts in columns.items() if any(map(_BLANKS.fullmatch, texts)) and all(map(_LARGE.match, texts))}
    own = {cell for i in parted for cell in grid.column(i, 1)}
    return grid.retold(
        lambda cell: re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3})", "", cell.text) if cell in own else cell.text
    )


_BLANKS = re.compile(r"[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3})+")
_LARGE = re.compile(rf"\W*(?:{_BLANKS.pattern}|\d+)\W*$")


def _without_points(grid: Grid) -> Grid:
    """Return a table, the points between thousands left out of columns in which a number has two."""
    parted = [i for i in range(grid.width) if _are_parted([cell.text.strip() for cell in grid.column(i, 1)])]

    def said(cell: Cell) -> str:
        pointed = cell.last in parted and _POINTS.fullmatch(cell.text.strip())
        return cell.text.replace(".", "") if pointed else cell.text

    return grid.retold(said)


_POINTS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")


def _are_parted(texts: list[str]) -> bool:
    """Tell numbers with points between thousands from broken ones."""
    numbers = [text for text in texts if re.fullmatch(r"[\d.]*\d[\d.]*", text)]
    whole = all(_POINTS.fullmatch(text) or text.isdecimal() for text in numbers)
    return whole and any(text.count(".") > 1 for text in numbers)
