"""Columns that belong to others: how often what stands beside them comes, and groups of windows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from extract.columns.fields import apart
from extract.columns.grids import Cell, Grid
from extract.words.signatures import LARGEST_KERNEL
from extract.words.spellings import normalized

_BESIDE_CELL = re.compile(r"×\s*(?P<times>\d+)|[CGg]\s*=\s*(?P<groups>\d+)")
_BRACE = re.compile(r"(?:(?:^|\n)\s*\d+\s*[×xX]\s*)+")


def _with_braces(grid: Grid) -> Grid:
    """Return a grid in which a first column of `N ×`, the numbers of braces, belongs to the cells behind it."""
    first = grid.texts(0, 1)
    if len(first) < 2 or not all(map(_BRACE.fullmatch, first)):
        return grid
    rows = []
    for row in grid.rows:
        brace = next((cell.text for cell in row if cell.last == 0 and cell.text), "")
        kept = [replace(cell, first=max(0, cell.first - 1), last=cell.last - 1) for cell in row if cell.last > 0]
        if kept and _BRACE.fullmatch(brace):
            kept[0] = replace(kept[0], text=f"{normalized(brace + '1')[:-1]}\n{kept[0].text}")
        if kept:
            rows.append(tuple(kept))
    return Grid(tuple(rows), grid.width - 1)


def _with_halves(grid: Grid) -> Grid:
    """Return a grid in which two columns below one header, of which each row fills one at most, are one."""
    for head in grid.rows[0] if grid.rows else ():
        both = [[cell for cell in row if head.first <= cell.first <= cell.last <= head.last] for row in grid.rows[1:]]
        narrow = head.last == head.first + 1 and all(len(cells) < 2 for cells in both)
        if narrow and all(any(cell.first == i for cells in both for cell in cells) for i in (head.first, head.last)):
            rows = [
                tuple(
                    replace(
                        cell, first=cell.first - (cell.first > head.first), last=cell.last - (cell.last > head.first)
                    )
                    for cell in row
                )
                for row in grid.rows
            ]
            return _with_halves(Grid(tuple(rows), grid.width - 1))
    return grid


_PAIRS = {("m", "r"): "kernel", ("p", "q"): "pooling size", ("h", "w"): "kernel", ("kh", "kw"): "kernel"}
"""What two columns say together: the sides of windows and poolings, as in papers on keywords in speech."""


def _with_pairs(grid: Grid) -> Grid:
    """Return a grid in which two columns of the sides of a window are one."""
    heads = {cell.first: cell.text.lower() for cell in (grid.rows[0] if grid.rows else ()) if cell.first == cell.last}
    for column in range(grid.width - 1):
        pair = heads.get(column, ""), heads.get(column + 1, "")
        if pair in _PAIRS:
            rows = [tuple(_joined_pair(row, column, "×")) for row in grid.rows[1:]]
            head = tuple(_joined_pair(grid.rows[0], column, _PAIRS[pair]))
            return _with_pairs(Grid((head, *rows), grid.width - 1))
    return grid


def _joined_pair(row: Sequence[Cell], column: int, said: str) -> Iterator[Cell]:
    """Yield the cells of a row, those of a column and the next as one: `a×b`, or what stands above both."""
    both = [cell for cell in row if cell.first == cell.last and cell.first in (column, column + 1)]
    texts = [cell.text.strip() for cell in both]
    joined = said if said != "×" else "×".join(texts) if len(texts) == 2 and all(map(str.isdecimal, texts)) else ""
    for cell in row:
        if cell in both and cell is not both[0]:
            continue
        moved = replace(cell, first=cell.first - (cell.first > column), last=cell.last - (cell.last > column))
        yield replace(moved, text=joined) if both and cell is both[0] else moved


_SIZE = r"(?:\d+|none|-1|\?|[a-z](?:/\d+)?)"
_SIZES = rf"[(\[]{_SIZE}(?: ?[×,@] ?{_SIZE})* ?,?[)\]]|{_SIZE}(?: ?[×@] ?{_SIZE})*"
_FLOW = re.compile(rf"({_SIZES}) ?→ ?({_SIZES})", re.IGNORECASE)
"""What comes in and what is given: 32×32×3 → 16×16×8."""


def _with_flows(grid: Grid) -> Grid:
    """Return a grid in which a column of what comes in and what is given is one of each."""
    for column in range(grid.width):
        cells = [cell for cell in grid.column(column) if cell.first == cell.last and re.search(r"\d", cell.text)]
        found = [match for cell in cells if (match := _FLOW.fullmatch(normalized(cell.text)))]
        sized = any(re.search(r"[×,@(\[]", match[0]) for match in found) or _are_vectors(grid, found)
        if sized and len(found) >= max(2, 0.6 * len(cells)):
            rows = [tuple(_flowing(row, column, first=i == 0)) for i, row in enumerate(grid.rows)]
            return Grid(tuple(rows), grid.width + 1)
    return grid


_PASSED = re.compile(r"[(\[]? ?(\d+) ?[/,:×-] ?(\d+) ?[)\]]?")
"""How many channels come in and go out: 64/128."""


def _with_widths(grid: Grid) -> Grid:
    """Return a grid in which how many channels come in and go out, `3/32`, `32/64`, has an arrow between."""
    for column in range(1, grid.width):
        cells = [cell for cell in grid.column(column, 1) if cell.first == cell.last and re.search(r"\d", cell.text)]
        found = [match for cell in cells if (match := _PASSED.fullmatch(normalized(cell.text)))]
        passed = [before[2] == after[1] for before, after in pairwise(found)]
        wide = (
            len({each[2] for each in found}) > 2 and max((int(each[2]) for each in found), default=0) > LARGEST_KERNEL
        )
        if wide and len(found) > LEAST_PASSED and len(found) == len(cells) and sum(passed) >= 0.75 * len(passed):
            told = {cell: f"{match[1]} → {match[2]}" for cell, match in zip(cells, found, strict=True)}
            rows = [tuple(replace(cell, text=told.get(cell, cell.text)) for cell in row) for row in grid.rows]
            return Grid(tuple(rows), grid.width)
    return grid


LEAST_PASSED = 3
"""Layers of which fewer tell nothing by what they pass on."""


def _are_vectors(grid: Grid, flows: Sequence[re.Match[str]]) -> bool:
    """Tell what goes from Dense to Dense: each takes what the one before it gives, and nothing is convolved."""
    chained = all(before[2] == after[1] for before, after in pairwise(flows))
    texts = [normalized(cell.text) for row in grid.rows for cell in row]
    return chained and not any(re.search(r"conv|pool|\d ?× ?\d", text, re.IGNORECASE) for text in texts)


def _flowing(row: Sequence[Cell], column: int, *, first: bool) -> Iterator[Cell]:
    for cell in row:
        if not cell.first == cell.last == column:
            yield replace(cell, first=cell.first + (cell.first > column), last=cell.last + (cell.last >= column))
            continue
        match = _FLOW.fullmatch(normalized(cell.text))
        heads = first and match is None
        # Of what comes in only one size is said.
        texts = ("Input size", "Output size") if heads else (match[1], match[2]) if match else ("", cell.text)
        yield from (replace(cell, text=text, first=column + i, last=column + i) for i, text in enumerate(texts))


def attached(grid: Grid, caption: str = "") -> Grid:
    """Return a grid in which columns of `× N` or `C = N` belong to the cells before them, and of `N ×` behind them."""
    grid = apart(_with_flows(_with_pairs(_with_widths(_with_halves(_with_braces(grid))))), caption)
    gone = [
        column
        for column in range(1, grid.width)
        if (texts := grid.texts(column)) and all(map(_BESIDE_CELL.fullmatch, texts))
    ]
    if not gone:
        return grid
    place = {column: column - sum(each < column for each in gone) for column in range(grid.width)}
    rows = []
    for row in grid.rows:
        cells: list[Cell] = []
        for cell in row:
            if cell.first == cell.last and cell.first in gone:
                if cells and cell.text:
                    cells[-1] = replace(cells[-1], text=_with_beside(cells[-1].text, cell.text))
                continue
            last = max(place[each] for each in range(cell.first, cell.last + 1) if each not in gone)
            first = next(place[each] for each in range(cell.first, cell.last + 1) if each not in gone)
            cells.append(replace(cell, first=first, last=max(first, last)))
        rows.append(tuple(cells))
    return Grid(tuple(rows), grid.width - len(gone))


def _with_beside(text: str, beside: str) -> str:
    """Return a cell's text with what stands beside it: how often it comes, or the groups of its widest window."""
    found = _BESIDE_CELL.fullmatch(beside)
    assert found is not None
    if found["times"]:
        return f"[{text.replace(chr(10), '; ')}] × {found['times']}"
    lines = text.split("\n")
    windows = [int(match[1]) if (match := re.search(r"(\d+)\s*[x×]\s*\d", line)) else 0 for line in lines]
    lines[windows.index(max(windows))] += f", C = {found['groups']}"
    return "\n".join(lines)
