"""Titles above several columns of a table: how far they reach, and the tables that stand below them side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, product
from math import prod

from extract.columns.grids import Cell, Grid
from extract.columns.headers import SIZED, role_of
from extract.columns.layer_names import names_layer, names_layers
from extract.words.lexicon import kind_of

OFF = 5.0
"""Points that the middle of a title is beside that of its columns at most."""
MOST_WAYS = 5000
"""Ways in which titles may reach over columns at most."""
_PAIR = (Cell("Layer", 0, 0), Cell("Configuration", 1, 1))
"""What would stand above two columns of which one names layers and the other says more of each."""


def spread(grid: Grid) -> Grid:
    """Return a table whose titles in the first row reach over the columns in whose middle they stand."""
    if len(grid.rows) < 3:
        return grid
    if above := _beside_nothing(grid):
        return Grid((above, *grid.rows[1:]), grid.width)
    if any(cell.box is None for row in grid.rows[:2] for cell in row):
        return grid
    if above := _over_alike(grid):
        return Grid((above, *grid.rows[1:]), grid.width)
    ends = _ends(grid)
    ways = [_ways(grid, cell, ends) for cell in grid.rows[0]]
    if prod(map(len, ways)) > MOST_WAYS:
        return grid
    apart = [each for each in product(*ways) if all(a[1] < b[0] for a, b in pairwise(each))]
    best = max(apart, key=lambda each: sum(last - first - 0.01 * off for first, last, off in each), default=())
    spans = zip(grid.rows[0], best, strict=False)
    head = tuple(replace(cell, first=first, last=last) for cell, (first, last, _) in spans)
    return Grid((head or grid.rows[0], *grid.rows[1:]), grid.width)


def with_titles_above(grid: Grid) -> Grid:
    """Return a table whose titles of groups of columns stand above these, and not in the cell of the one in the middle.

    So they come where no rule is between them and the headers of each group, which are the same again: `M | L | XL`.
    """
    head = grid.rows[0] if grid.rows else ()
    lines = [cell.text.strip().split("\n") for cell in head]
    if [cell.first for cell in head] != [*range(grid.width)] or not any(len(each) > 1 for each in lines):
        return grid
    for many, wide in product((2, 3), range(5, 1, -1)):
        first = grid.width - many * wide
        groups = [[*range(first + k * wide, first + (k + 1) * wide)] for k in range(many)] if first > 0 else []
        own = [[lines[i][-1] for i in group] for group in groups]
        held = [[i for i in group if len(lines[i]) == len("ab")] for group in groups]
        if own and all(each == own[0] for each in own) and len({*own[0]}) == wide and all(len(i) == 1 for i in held):
            over = [Cell(lines[i[0]][0], group[0], group[-1]) for i, group in zip(held, groups, strict=True)]
            heads = tuple(replace(cell, text=lines[cell.first][-1]) for cell in head[first:])
            return Grid(((*head[:first], *over), heads, *grid.rows[1:]), grid.width)
    return grid


def _over_alike(grid: Grid) -> tuple[Cell, ...]:
    """Return titles, each over as many columns, where the headers below them are the same again under each."""
    titles, heads = grid.rows[0], [cell.text.lower().strip() for cell in grid.rows[1]]
    wide, rest = divmod(grid.width, max(1, len(titles)))
    if rest or min(len(titles), wide) < 2 or heads != heads[:wide] * len(titles) or len({*heads[:wide]}) < wide:
        return ()
    spans = [(i * wide, (i + 1) * wide - 1) for i in range(len(titles))]
    if any(cell.first < first or last < cell.last for cell, (first, last) in zip(titles, spans, strict=True)):
        return ()
    return tuple(replace(cell, first=first, last=last) for cell, (first, last) in zip(titles, spans, strict=True))


def _beside_nothing(grid: Grid) -> tuple[Cell, ...]:
    """Return titles over as many columns each, with nothing beside them, below which the headers are the same again.

    So they come where cells cannot be joined: `Encoder | | Decoder |` over `Layer | Output | Layer | Output`.
    """
    titles = [cell for cell in grid.rows[0] if cell.tells]
    wide, rest = divmod(grid.width, len(titles) or 1)
    heads = [cell.text.strip().lower() for cell in grid.rows[1]]
    again = len(heads) == grid.width and heads[:wide] * len(titles) == heads and all(heads)
    if rest or wide < 2 or len(titles) < 2 or not again:
        return ()
    if [(cell.first, cell.last) for cell in titles] != [(i, i) for i in range(0, grid.width, wide)]:
        return ()
    return tuple(replace(cell, last=cell.first + wide - 1) for cell in titles)


def _ends(grid: Grid) -> list[tuple[float, float]]:
    """Return where the texts of each column begin and end."""
    found = []
    for column in range(grid.width):
        own = [cell.box for row in grid.rows[1:] for cell in row if cell.first == cell.last == column and cell.box]
        found.append((min((box[0] for box in own), default=0.0), max((box[2] for box in own), default=0.0)))
    return found


def _ways(grid: Grid, cell: Cell, ends: Sequence[tuple[float, float]]) -> list[tuple[int, int, float]]:
    """Return over which columns, each with a header of its own below, a title may reach, and how far it is off then."""
    assert cell.box is not None
    middle = (cell.box[0] + cell.box[2]) / 2
    single = {each.first for each in grid.rows[1] if each.first == each.last}
    found = [
        (first, last, abs((ends[first][0] + ends[last][1]) / 2 - middle))
        for first in range(cell.first + 1)
        for last in range(cell.last, grid.width)
        if last > first and {*range(first, last + 1)} <= single
    ]
    return [(cell.first, cell.last, OFF), *(each for each in found if each[2] < OFF)]


_SET = re.compile(r"[A-Za-z]\w? ?= ?\d+|[A-Za-z][a-z]+(?: [a-z]+)?: ?[\[(]?\d+(?: ?[,×x] ?\d+)*[\])]?")


def with_settings(grid: Grid) -> Grid:
    """Return a table in which columns of settings, `L = 2` and `D = 64`, are one where they share a title."""
    for title in grid.rows[0] if grid.rows else ():
        places = range(title.first, title.last + 1)
        texts = [text for i in places for text in grid.texts(i, 1)]
        if len(places) > 1 and sum(bool(_SET.fullmatch(text.strip())) for text in texts) >= 0.8 * len(texts) > 0:
            rows = [_as_one(row, title) for row in grid.rows]
            return with_settings(Grid(tuple(rows), grid.width - title.last + title.first))
    return grid


def _as_one(row: Sequence[Cell], title: Cell) -> tuple[Cell, ...]:
    """Return a row with what stands under a title as one cell."""
    own = [cell for cell in row if _is_under(cell, title)]
    joined = replace(own[0], text=", ".join(cell.text for cell in own), first=title.first) if own else None
    by = title.last - title.first
    kept = []
    for cell in row:
        if cell is (own[0] if own else None) and joined is not None:
            kept.append(replace(joined, last=title.first))
        elif cell not in own:
            kept.append(cell.moved(by) if cell.first > title.last else cell)
    return tuple(kept)


_AXES = re.compile(
    r"(?:height|width|length|depth|time|freq(?:uency)?|temporal|spectral|rows?|cols?|columns?|horizontal|vertical"
    r"|[hwdltfxyz])\.?",
    re.IGNORECASE,
)
"""What a header says of which axis its column is."""
_SIDED = {"stride": "Stride", "dilation": "Dilation", "padding": "Padding", "poolsize": "Pooling size",
          "poolstride": "Pooling stride", "output": "Output size", "input": "Input size"}  # fmt: skip
"""What columns of axes hold under titles for these; under any other title, the sides of windows."""


def along_axes(grid: Grid) -> Grid:
    """Return a grid in which the columns of the axes under one title, `Stride | time | freq`, are one."""
    titles = [title for title in grid.rows[0] if _is_of_axes(grid, title)] if len(grid.rows) > 2 else []
    if not titles:
        return grid
    rows = list(grid.rows)
    below = [cell for cell in rows[1] if not any(_is_under(cell, title) for title in titles)]
    named = {cell.first: cell for cell in (*rows[0], *below) if cell not in titles}
    for title in titles:
        said = _SIDED.get(role_of(title.text), "Kernel size")
        named[title.first] = replace(title, text=said)
    rows = [tuple(cell for _, cell in sorted(named.items())), *rows[2:]]
    for title in reversed(titles):
        letters = [cell.text.lower()[0] for cell in grid.rows[1] if _is_under(cell, title)]
        rows = [_over_axes(row, title, turned=letters == ["w", "h"]) for row in rows]
    return Grid(tuple(rows), grid.width - sum(title.last - title.first for title in titles))


def _is_of_axes(grid: Grid, title: Cell) -> bool:
    """Tell a title below which each column has the name of an axis, and none that of another."""
    below = [cell for cell in grid.rows[1] if _is_under(cell, title)]
    named = [cell.text.lower() for cell in below if _AXES.fullmatch(cell.text.strip())]
    return len({*named}) == len(below) == title.last - title.first + 1 > 1


def with_sides(grid: Grid) -> Grid:
    """Return a table whose columns of the height and of the width of windows are one."""
    heads = {cell.text.strip(): cell.first for cell in (grid.rows[0] if grid.rows else ()) if cell.first == cell.last}
    first, last = heads.get("kernel height", -1), heads.get("kernel width", -1)
    if first < 0 or last != first + 1:
        return grid
    title = Cell("kernel", first, last)
    head = tuple(cell if cell.first != first else replace(cell, text="kernel size") for cell in grid.rows[0])
    rows = [tuple(cell if cell.first <= first else cell.moved(1) for cell in head if cell.first != last)]
    rows += [_over_axes(row, title, turned=False) for row in grid.rows[1:]]
    return Grid(tuple(rows), grid.width - 1)


def _over_axes(row: Sequence[Cell], title: Cell, *, turned: bool) -> tuple[Cell, ...]:
    """Return a row with its sides along the axes under a title as one cell."""
    own = [cell for cell in row if _is_under(cell, title)]
    texts = [cell.text.strip() for cell in own if cell.tells][:: -1 if turned else 1]
    joined = "×".join(texts) if len(texts) in (1, title.last - title.first + 1) else ""
    by, found = title.last - title.first, []
    for cell in row:
        if cell not in own:
            found.append(cell.moved(by) if cell.first > title.last else cell)
        elif cell is own[0]:
            found.append(replace(cell, text=joined, first=title.first, last=title.first))
    return tuple(found)


def side_tables(grid: Grid) -> Iterator[tuple[str, Grid]]:
    """Yield the tables under the titles of one, with these: each has columns with headers of its own."""
    parts = list(_pairs(grid))
    yield from parts if len(parts) == grid.width / 2 > 1 else list(_alike(grid)) or _labelled(grid)


def _labelled(grid: Grid) -> Iterator[tuple[str, Grid]]:
    """Yield the halves of a table whose headers come again behind another first one: `Block | Layer | Path | Layer`."""
    start = next((i for i, row in enumerate(grid.rows[:2]) if len(row) > 1), 0)
    heads = [cell.text.strip().lower() for cell in grid.rows[start]] if len(grid.rows) > start + 2 else []
    wide = grid.width // 2
    again = len(heads) == grid.width == 2 * wide > 4 and heads[1:wide] == heads[wide + 1 :] and heads[0] != heads[wide]
    named = all(names_layers(Grid(grid.rows, grid.width), start + 1, place) for place in (0, wide))
    if not again or not ({*map(role_of, heads[1:wide])} & {"type", "kernel"} or named):
        return
    for first in (0, wide):
        rows = [[cell for cell in row if first <= cell.first <= cell.last < first + wide] for row in grid.rows[start:]]
        yield (
            grid.rows[start][first].text.strip(),
            Grid(tuple(tuple(cell.moved(first) for cell in row) for row in rows if row), wide),
        )


def _pairs(grid: Grid) -> Iterator[tuple[str, Grid]]:
    """Yield the parts of a table with two columns under each of its titles, the first of names of layers."""
    titles = grid.rows[0] if grid.rows else ()
    if len(titles) < 2 or [(each.first, each.last) for each in titles] != [(i, i + 1) for i in range(0, grid.width, 2)]:
        return
    for title in titles:
        places = range(title.first, title.last + 1)
        own = [[cell for cell in row if cell.text and {cell.first, cell.last} <= {*places}] for row in grid.rows[1:]]
        rows = [tuple(cell.moved(title.first) for cell in row) for row in own if row]
        if not all(row[0].first == 0 and names_layer(row[0].text) for row in rows):
            return
        yield title.text, Grid((_PAIR, *rows), 2)


def _alike(grid: Grid) -> Iterator[tuple[str, Grid]]:
    """Yield the parts of a table under titles below which most headers are the same; what is beside them is of each."""
    titles = [cell for cell in grid.rows[0] if cell.last > cell.first] if len(grid.rows) > 2 else []
    heads = [{cell.text.lower() for cell in grid.rows[1] if _is_under(cell, title)} for title in titles]
    headed = all(any(role_of(head) == "type" for head in each) for each in heads)
    if any(kind_of(title.text) for title in titles) and not headed:
        return  # A layer a column.
    if all(role_of(title.text) in SIZED for title in titles):
        return  # What is said of each layer, for several designs.
    if len(titles) < 2 or any(len(a & b) < max(2, 0.6 * min(len(a), len(b))) for a, b in pairwise(heads)):
        return
    shared = [i for i in range(grid.width) if not any(title.covers(i) for title in titles)]
    for title in titles:
        named = _is_text(grid, title.first)
        beside = [i for i in shared if not (named and role_of(_head(grid, i)) in ("type", ""))]
        places = sorted({*beside, *range(title.first, title.last + 1)})
        rows = []
        for i, row in enumerate(grid.rows[1:]):
            kept = tuple(
                replace(cell, first=places.index(cell.first), last=places.index(cell.first))
                for cell in row
                if cell.first == cell.last and cell.first in places
            )
            if i == 0 and named and not role_of(_head(grid, title.first)):
                kept = tuple(replace(cell, text="Operator") if cell.first == places.index(title.first) else cell
                             for cell in kept)  # fmt: skip
            if i == 0:  # What stands beside the titles has its header there.
                told = {cell.first for cell in kept}
                above = [cell for cell in grid.rows[0] if cell.first == cell.last and cell.first in places]
                places_of = [(places.index(cell.first), cell) for cell in above]
                lacking = [replace(cell, first=at, last=at) for at, cell in places_of if at not in told]
                kept = tuple(sorted((*kept, *lacking), key=lambda cell: cell.first))
            own = [cell for cell in row if cell.tells and any(_is_under(cell, each) for each in titles)]
            if not own or any(_is_under(cell, title) for cell in own):
                rows.append(kept)
        yield title.text.replace("\n", " "), Grid(tuple(rows), len(places))


def _is_under(cell: Cell, title: Cell) -> bool:
    return title.first <= cell.first <= cell.last <= title.last


def _head(grid: Grid, column: int) -> str:
    return " ".join(cell.text for row in grid.rows[:2] for cell in row if cell.first == cell.last == column)


def _is_text(grid: Grid, column: int) -> bool:
    """Tell a column of names, and not of numbers."""
    texts = [cell.text for cell in grid.column(column, 2)]
    return sum(bool(re.match(r"[A-Za-z]", text)) for text in texts) >= 0.8 * len(texts) > 0
