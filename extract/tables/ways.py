"""Ways through one network that stand side by side in a table: columns under names of branches, with a common end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from extract.columns.grids import Cell, Grid
from extract.columns.table_design import TableDesign
from extract.designs.joining import INTO
from extract.words.reading import Reading

WAY = r"branch|stream|path(?:way)?|tower"
"""What a way through a network is called."""
_WAY = re.compile(rf"\b(?:(?:sub-?)net(?:work)?|{WAY}|modality|input)(?:es|s)?(?: ?(?:\d+|[A-Z]))?$", re.IGNORECASE)
"""What a part of a network is called that is beside others."""


def as_one(designs: Sequence[TableDesign]) -> list[TableDesign]:
    """Return designs, as one those that are branches by their names and end in the same cells.

    What a branch takes that no cell is in front of is asked for where it is built.
    """
    ways = [list(zip(each.readings, each.cells, strict=False)) for each in designs]
    whole = all(len(each.readings) == len(each.cells) for each in designs)
    if len(designs) < 2 or not whole or not all(_WAY.search(each.config.strip()) for each in designs):
        return list(designs)
    first = _shared(ways)
    last = _shared([way[first:][::-1] for way in ways])
    own = [way[first : len(way) - last] for way in ways]
    if not last or not all(own):
        return list(designs)
    stem, end = ways[0][:first], ways[0][len(ways[0]) - last :]
    names = [f"end of {each.config.strip()}" for each in designs]
    start = "start of all"
    found = [(_named(reading, start) if i + 1 == first else reading, cell) for i, (reading, cell) in enumerate(stem)]
    for i, (design, way) in enumerate(zip(designs, own, strict=True)):
        given = start if stem else f"{INTO}{design.config.strip()}"
        taken = [_taking(way[0][0], (given,)) if i else way[0][0], *(reading for reading, _ in way[1:])]
        taken[-1] = _named(taken[-1], names[i])
        found += zip(taken, (cell for _, cell in way), strict=True)
    found += [(_taking(reading, tuple(names)) if i == 0 else reading, cell) for i, (reading, cell) in enumerate(end)]
    readings, cells = zip(*found, strict=True)
    return [replace(designs[0], config="", readings=readings, cells=cells)]


def _shared(ways: Sequence[Sequence[tuple[Reading, Cell]]]) -> int:
    """Return in how many cells all begin alike."""
    return sum(1 for _ in takewhile(lambda each: all(cell is each[0][1] for _, cell in each), zip(*ways, strict=False)))


def names_ways(headers: Sequence[str]) -> list[int]:
    """Return the columns whose headers name branches: several, or none."""
    found = [i for i, head in enumerate(headers) if _WAY.search(head.strip())]
    return found if len(found) > 1 else []


def end_together(grid: Grid, places: Sequence[int]) -> bool:
    """Tell columns of branches below which a last cell stands over all of them."""
    last = [cell for cell in grid.rows[-1] if cell.last >= places[0]] if places and grid.rows else []
    return len(last) == 1


def over_ways(grid: Grid, start: int, places: Sequence[int]) -> Grid:
    """Return a table in which what stands alone in a row below the names of branches stands over all of them."""

    def spread(row: Sequence[Cell]) -> tuple[Cell, ...]:
        inside = [cell for cell in row if cell.first in places and cell.text.strip()]
        alone = inside[0] if len(inside) == 1 else None
        return tuple(replace(c, first=places[0], last=places[-1]) if c is alone else c for c in row)

    return Grid((*grid.rows[:start], *map(spread, grid.rows[start:])), grid.width)


def with_own_cells(design: TableDesign, grid: Grid, column: int) -> TableDesign:
    """Return the design of a branch whose layers its column says more of, each by its cell there if that is its own."""
    rows = {id(cell): row for row in grid.rows for cell in row}
    own = {key: [c for c in row if c.first == c.last == column] for key, row in rows.items()}
    cells = tuple(next(iter(own.get(id(cell), ())), cell) for cell in design.cells)
    return replace(design, cells=cells)


def _named(reading: Reading, name: str) -> Reading:
    return replace(reading, names=(*reading.names, name))


def _taking(reading: Reading, names: tuple[str, ...]) -> Reading:
    return replace(reading, params={**reading.params, "taken": names})
