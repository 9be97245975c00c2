"""The table in a region of a page, as a grid: columns from what stands below each other, rows from rules or lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extract.columns.grids import Cell, Grid
from extract.columns.layer_names import names_layer
from extract.columns.table_design import TableDesign
from extract.pages.borders import Rule
from extract.pages.page import Line, Page, Word, segments
from extract.pages.sheets import Box
from extract.structure.beside import Part, named, parts_of
from extract.structure.boxed import with_paragraphs
from extract.structure.centred import with_middle_cells
from extract.structure.even_cells import with_even_cells
from extract.structure.folding import folded
from extract.structure.justified import with_whole_cells
from extract.structure.line_rows import close_lines
from extract.structure.middle_headers import with_middle_headers
from extract.structure.partial_rules import with_shared_activations, with_whole_labels
from extract.structure.pieces import pieces
from extract.structure.row_cells import cells_of
from extract.structure.ruling import (
    Ends,
    bars_in,
    below_each_other,
    columns_of,
    columns_under,
    cut,
    joined,
    over_all,
    shared_starts,
)
from extract.structure.text_below import without_text_below
from extract.structure.tiling import around, tiled
from extract.structure.wrapping import is_one_row, unstretched, unwrapped
from extract.tables.going_on import gone_on
from extract.tables.layouts import designs_of
from extract.words.lexicon import kind_of


def designs_in(page: Page, box: Box, caption: str = "") -> list[TableDesign]:
    """Return the designs of the table in a part of a page, or of the tables that stand there side by side."""
    parts = list(named(parts_of(page, box, _words_in(page, box))))
    found = [(part, each) for part in parts for each in designs_of(grid_of(page, part), caption)]
    return gone_on([replace(each, config=" ".join(filter(None, (part.name, each.config)))) for part, each in found])


def _words_in(page: Page, box: Box) -> list[Word]:
    left, top, right, bottom = box
    lines = page.lines(left - 2, right + 2, top - 2, bottom + 2)
    return folded([word for line in lines for word in line.words], page)


def grid_of(page: Page, region: Part) -> Grid:
    """Return the grid of a table."""
    region = _with_labels_apart(without_text_below(region, _parting(page, region)))
    bars, ruled = bars_in(page, region.box), _parting(page, region)
    heights = [y for y, _, _ in ruled]
    even = with_even_cells(with_paragraphs(region.lines, bars, ruled), heights)
    whole = with_middle_cells(with_middle_headers(with_whole_cells(even), ruled), heights)
    region = replace(region, lines=tuple(whole))
    tight = [0] * len(region.lines) if bars else below_each_other(region.lines)
    starts = shared_starts(region.lines)
    lines = [cut(line, bars, many, starts) for line, many in zip(region.lines, tight, strict=True)]
    rows = _rows(page, region)
    columns = columns_of(lines, bars, rows)
    lines = [[piece for part in line for piece in pieces(part, columns)] for line in lines]
    lines, columns = unstretched(lines, columns)
    lines = unwrapped(lines, columns, _below_rules(page, region))
    rows = [kept for row in rows if (kept := [i for i in row if lines[i]])]
    parts = [_single(group, lines, columns) for group in rows]
    whole_rules = _below_rules(page, region, columns[0] if columns else None)
    groups = tiled([row for part in parts for row in part], lines, columns, whole_rules)
    groups = around(groups, lines, columns, whole_rules)
    columns = joined(columns, [[part for i in group for part in lines[i]] for group in groups], bars)
    over = over_all(lines)
    cells = {group[0]: cells_of([lines[i] for i in group], columns, bars, over) for group in groups}
    for part in parts:
        cells |= _labelled({row[0]: cells[row[0]] for row in part if row[0] in cells})
    beside = with_shared_activations(with_whole_labels([*filter(_says, cells.values())], ruled), ruled)
    return Grid(tuple(beside), len(columns))


def _with_labels_apart(region: Part) -> Part:
    """Return a table with what begins a line on a height of its own apart: a label of rows above and below it."""
    found: list[Line] = []
    for line in region.lines:
        first, *others = segments(line)
        bases = {round(word.base, 1) for part in others for word in part.words}
        apart = bases and min(abs(first.base - base) for base in bases) > APART * line.size
        parts = (first, Line(tuple(word for part in others for word in part.words))) if apart else (line,)
        found += sorted(parts, key=lambda each: each.base)
    return replace(region, lines=tuple(found))


APART = 0.12
"""How far the base lines of one line are apart at most, as a share of the type's size."""


def _says(row: Sequence[Cell]) -> bool:
    """Tell a row from one of loose primes, which stand beside the letters of another."""
    return any(re.search(r"[^\s\u2032']", cell.text) for cell in row)


def _parting(page: Page, region: Part) -> list[Rule]:
    """Return the rules within a table, with their ends."""
    left, top, right, bottom = region.box
    return [
        (y, x0, x1)
        for y, x0, x1 in page.rules
        if top - 2 < y < bottom + 2 and x0 < right and x1 > left and x1 - x0 > LEAST
    ]


def _labelled(rows: dict[int, tuple[Cell, ...]]) -> dict[int, tuple[Cell, ...]]:
    """Return the rows between two rules, a label of all of them that stands beside their middle in the first."""
    labels = [(i, cell) for i, row in rows.items() for cell in row if cell.first == cell.last == 0]
    start = min(rows, default=0)
    if len(rows) < 2 or len(labels) != 1 or labels[0][0] == start or len(rows[start]) < 2:
        return rows
    place, label = labels[0]
    rest = tuple(cell for cell in rows[place] if cell is not label)
    return {**rows, start: (label, *rows[start]), place: rest}


def _single(group: list[int], lines: Sequence[Sequence[Line]], columns: Sequence[Ends]) -> list[list[int]]:
    """Return the rows of what stands between two rules: each line where all of them have a name and more beside it."""
    filled = [columns_under(lines[row], columns) for row in group]
    if is_one_row([lines[row] for row in group], columns):
        return [group]
    if (between := _around_a_label(filled, [lines[row] for row in group])) is not None:
        return [[*group[:1], group[between]], *([row] for i, row in enumerate(group[1:], 1) if i != between)]
    if group[0] == 0 and len(group) > 1 and _is_above(lines[group[0]], columns, set.union(*filled[1:])):
        return [group[:1], group[1:]]
    if not any(filled):
        return [group]
    titled = len(group) > 2 and len(lines[group[0]]) == 1 and all(len(lines[row]) > 1 for row in group[1:])
    if titled and len(set.intersection(*filled[1:])) > 1:
        return [group[:1], *_single(group[1:], lines, columns)]  # Below the title of a part.
    shared = set.intersection(*filled)
    if group[0] > 0 and (apart := _beside_a_label(group, lines, columns)):
        return apart
    named = sum(min(set.union(*filled)) in each for each in filled)
    whole = len(shared) > 1 and named >= MOSTLY * len(group)
    kinds = sum(bool(kind_of(lines[row][0].text)) for row in group)
    whole |= named == len(group) and min(map(len, filled)) > 1 and kinds >= max(2, named - 1)
    whole &= group[0] > 0 or _counts([part.text for part in lines[group[0]]])
    whole &= len(columns) > 2 or _are_pairs([lines[row] for row in group], filled)
    return [[row] for row in group] if whole else [group]


def _counts(texts: Sequence[str]) -> bool:
    """Tell a first row that counts columns of layers from the lines of a header: `layer | 0 | 1 | 2 | 3`."""
    counts = texts[1:]
    plain = len(counts) > LEAST_COUNTED and all(map(str.isdecimal, counts))
    return plain and [*map(int, counts)] == [*range(int(counts[0]), int(counts[0]) + len(counts))]


LEAST_COUNTED = 3
"""Columns at most that may be counted by chance."""


def _is_above(line: Sequence[Line], columns: Sequence[Ends], filled: set[int]) -> bool:
    """Tell the first line of a header whose titles stand above columns that have headers of their own below."""
    over = [{i for i, (x0, x1) in enumerate(columns) if part.x0 < x1 - 1 and part.x1 > x0 + 1} for part in line]
    return any(len(each) > 1 and each <= filled for each in over) or _are_between(line, columns)


CENTRED = 3.0
"""Points that a title is beside the middle of its columns at most."""


def _are_between(line: Sequence[Line], columns: Sequence[Ends]) -> bool:
    """Tell several titles, each in the middle of as many columns and of none alone."""
    middles = [part.centre for part in line]
    alone = any(abs((x0 + x1) / 2 - at) < CENTRED for x0, x1 in columns for at in middles)
    ways = [
        {
            j - i
            for i, (x0, _) in enumerate(columns)
            for j, (_, x1) in enumerate(columns)
            if i < j and abs((x0 + x1) / 2 - at) < CENTRED
        }
        for at in middles
    ]
    return len(line) > 1 and not alone and bool(set.intersection(*ways))


def _beside_a_label(group: list[int], lines: Sequence[Sequence[Line]], columns: Sequence[Ends]) -> list[list[int]]:
    """Return a row for each line that names something and says several things of it, beside a label of all of them."""
    filled = {row: columns_under(lines[row], columns) for row in group}
    own = [row for row in group if filled[row] != {0}]
    shared = set.intersection(*(filled[row] for row in own)) if own else set()
    first = [next((part.text for part in lines[row] if 1 in columns_under([part], columns)), "") for row in own]
    several = all(len(lines[row]) > 2 for row in own) and shared >= {1, 2}
    several |= all(map(names_layer, first)) and len(shared) > 1 and 1 in shared
    if len(own) < 2 or not several or 0 in shared or not all(_NAME.match(text) or names_layer(text) for text in first):
        return []
    labels = [row for row in group if row not in own]
    return [[row, *(label for label in labels if label == row + 1)] for row in own] if group[0] in own else []


_NAME = re.compile(r"[A-Z][A-Za-z-]{2}(?![^()]*[\[\]])")
"""The name of a layer, and no window."""


def _are_pairs(lines: Sequence[Sequence[Line]], filled: Sequence[set[int]]) -> bool:
    """Tell lines of a name and of what is said of it, each of which begins anew, from such as go on."""
    return (
        len(lines) > 1 and all(len(each) == 2 for each in filled) and all(line[0].text[:1].isupper() for line in lines)
    )


MOSTLY = 0.6
"""The share of lines with something in the first column, at least, where each of them is a row."""


def _around_a_label(filled: Sequence[set[int]], lines: Sequence[Sequence[Line]]) -> int | None:
    """Return which line is but a label of several rows, in front of and between two layers with the same columns."""
    alone = [i for i, each in enumerate(filled) if 0 < i < len(filled) - 1 and each == {0}]
    others = [each for i, each in enumerate(filled) if i not in alone]
    alike = len(others) == 2 and others[0] == others[1] and 0 not in others[0] and len(others[0]) > 1
    named = [names_layer(line[0].text) for i, line in enumerate(lines) if i not in alone and line]
    return alone[0] if len(alone) == 1 and alike and all(named) else None


LEAST = 8.0
"""Points of a rule between rows at least; what is shorter belongs to a fraction."""


def _rules(page: Page, region: Part) -> list[float]:
    """Return the heights of the rules within a table."""
    left, top, right, bottom = region.box
    heights = sorted(height for height, _, _ in _parting(page, region))
    bands = [
        (y0, y1)
        for x0, y0, x1, y1 in page.bands
        if top - 2 < y0 and y1 < bottom + 2 and min(x1, right) - max(x0, left) > BANDED * (right - left)
    ]
    if len(bands) > 1:  # Every other row is set on one.
        heights = sorted([*heights, *(y for band in bands for y in band)])
    return [height for i, height in enumerate(heights) if i == 0 or height - heights[i - 1] > 2]


BANDED = 0.9
"""The share of a table's width that the ground of a row has at least."""


def _below_rules(page: Page, region: Part, through: Ends | None = None) -> set[int]:
    """Return the lines above which there is a rule, or one `through` a column."""
    rules = _rules(page, region)
    if through is not None:
        rules = [y for y, x0, x1 in _parting(page, region) if x0 < through[1] and through[0] < x1]
    bases = [line.base for line in region.lines]
    return {
        i
        for i, (a, b) in enumerate(pairwise(bases), 1)
        if any(a < rule < b - 0.25 * region.lines[i].size for rule in rules)
    }


def _rows(page: Page, region: Part) -> list[list[int]]:
    """Return which lines make each row: those between rules where there are rules between rows, or else each line."""
    rules = _rules(page, region)
    middles = [(line.top + line.bottom) / 2 for line in region.lines]
    groups: dict[int, list[int]] = {}
    for i, middle in enumerate(middles):
        groups.setdefault(sum(rule < middle for rule in rules), []).append(i)
    largest = max((len(group) for group in groups.values()), default=0)
    sizes = {len(group) for i, group in sorted(groups.items())[1:]}
    alike = len(groups) == 3 and len(sizes) == 1 and sizes != {1}
    if (len(groups) >= 4 or alike) and largest <= 0.5 * len(middles):
        return list(groups.values())
    return close_lines(region.lines)
