"""Columns of what is set and of its value as one, and the rows of one layer as one: `LSTM | units | 64`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extract.columns.grids import Cell, Grid
from extract.columns.headers import role_of
from extract.tables.facts import of_training
from extract.words.lexicon import kind_of, posts_of
from extract.words.signatures import KEYS

_SET = re.compile(
    r"(?:hyper-?)?param(?:eter)?s?(?: names?)?|attributes?|propert(?:y|ies)|settings?|arguments?|options?",
    re.IGNORECASE,
)
"""The header of a column of what is set."""
_VALUE = re.compile(r"(?:values?|settings?)(?: ?/ ?(?:values?|settings?))?|(?:selected |chosen |used )?values?", re.I)
"""That of a column of what it is set to."""
_BARE = re.compile(r"[\d.,×x*()→ %/-]*\d[\d.,×x*()→ %/-]*|same|valid|['\u2018\u2019\"]?[A-Za-z]+['\u2018\u2019\"]?")
"""One value, or several that are parted by slashes."""


def with_values(grid: Grid) -> Grid:
    """Return a table in which what is set and its value are one cell, and all that is set of a layer is in one row."""
    heads = {cell.first: cell for cell in grid.rows[0] if cell.first == cell.last} if grid.rows else {}
    places = [
        i
        for i, cell in heads.items()
        if i > 0
        and i + 1 in heads
        and _SET.fullmatch(cell.text.strip())
        and _VALUE.fullmatch(heads[i + 1].text.strip())
    ]
    if not places:
        return grid
    place = places[-1]  # Settings may stand behind parameters, with values of their own.
    rows: list[tuple[Cell, ...]] = []
    for row in _single(grid.rows[1:], place):
        if of_training(" ".join(cell.text for cell in row if cell.first == place)):
            continue
        joined = _joined(row, place)
        goes_on = bool(rows) and (row[0].first > 0 or row[0].text.strip() in ("", rows[-1][0].text.strip()))
        goes_on &= not any(kind_of(cell.text) or posts_of(cell.text) for cell in row if 0 < cell.first < place)
        rows[-1:] = [_both(rows[-1], joined, place)] if goes_on else [*rows[-1:], joined]
    head = tuple(replace(cell, text="Details") if cell.first == place else cell for cell in grid.rows[0])
    return Grid((tuple(cell for cell in head if cell.first != place + 1), *rows), grid.width)


def _single(rows: Sequence[tuple[Cell, ...]], place: int) -> Iterator[tuple[Cell, ...]]:
    """Yield rows, one for each line of what is set where there are as many lines of values."""
    for row in rows:
        lines = {cell.first: cell.text.split("\n") for cell in row}
        many = len(lines.get(place, ()))
        if many < 2 or len(lines.get(place + 1, ())) != many:
            yield row
            continue
        for i in range(many):
            yield tuple(
                replace(cell, text=lines[cell.first][i]) if cell.first >= place else cell
                for cell in row
                if i == 0 or cell.first >= place
            )


def value_tables(grid: Grid) -> Iterator[tuple[str, Grid]]:
    """Yield a table for each of the columns of values behind what is set of layers: `LSTM | state size | 200 | 300`."""
    heads = [cell for cell in grid.rows[0] if cell.first == cell.last] if grid.rows else []
    places = [cell.first for cell in heads if _SET.fullmatch(cell.text.strip())]
    if len(heads) != grid.width or len(places) != 1 or not 0 < places[0] < grid.width - 2:
        return
    place = places[0]
    if any(_VALUE.fullmatch(cell.text.strip()) or role_of(cell.text) for cell in heads[place + 1 :]):
        return
    head = "Value"
    for value in range(place + 1, grid.width):
        rows = [
            tuple(replace(cell, first=place + 1, last=place + 1) if cell.first == value else cell for cell in row
                  if cell.last <= place or cell.first == value)
            for row in grid.rows
        ]  # fmt: skip
        rows[0] = (*rows[0][: place + 1], replace(rows[0][-1], text=head))
        yield heads[value].text.strip(), Grid(tuple(rows), place + 2)


def are_settings(grid: Grid) -> bool:
    """Tell a list of what is set and to what, of no layer each: `Filters | 32 → 64`, `Kernel size | 3`."""
    heads = [cell.text.strip() for cell in grid.rows[0]] if grid.rows else []
    if grid.width not in (2, 3) or len(heads) < 2 or not (_SET.fullmatch(heads[0]) and _VALUE.fullmatch(heads[1])):
        return False
    names = [row[0].text.strip() for row in grid.rows[1:] if row]
    return any(_MADE.fullmatch(name) for name in names)


_MADE = re.compile(
    r"(?:(?:number|num|no)\.? of )?(?:filters?|kernels?|channels|strides?|padding|dilation|groups)(?: sizes?)?", re.I
)
"""What a layer is made with: where it is set by itself, no layer has a row."""


def _joined(row: Sequence[Cell], place: int) -> tuple[Cell, ...]:
    """Return a row with what is set and its value as one cell."""
    texts = {cell.first: cell.text.strip() for cell in row}
    said = _said(texts.get(place, ""), texts.get(place + 1, ""))
    kept = [replace(cell, text=said) if cell.first == place else cell for cell in row if cell.first != place + 1]
    return tuple(kept)


def _said(name: str, value: str) -> str:
    """Return what is set as a cell says it that stands beside the name of a layer.

    >>> _said("Filters/kernel", "64/3"), _said("Units", "64"), _said("Dense layers", "32 → 8")
    ('Filters=64, kernel=3', 'Units=64', 'Dense layers 32 → 8')
    """
    names, values = name.split("/"), value.split("/")
    worded = bool(re.fullmatch(r"\W?[A-Za-z]+\W?", value))  # Of what is set, and no layer.
    plain = [each for each in names if each.strip().lower() not in KEYS and not worded]
    if len(names) == len(values) and not any(kind_of(each) or posts_of(each) for each in plain):
        pairs = ((each.strip(), said.strip()) for each, said in zip(names, values, strict=True))
        return ", ".join(f"{each}={said}" if each and said else each or said for each, said in pairs)
    return f"{name} {value}".strip() if _BARE.fullmatch(value) else f"{name}, {value}".strip(", ")


def _both(above: Sequence[Cell], row: Sequence[Cell], place: int) -> tuple[Cell, ...]:
    """Return a row with what that below it says more of the same layer."""
    more = next((cell.text for cell in row if cell.first == place), "")
    return tuple(
        replace(cell, text=f"{cell.text}, {more}".strip(", ")) if cell.first == place else cell for cell in above
    )
