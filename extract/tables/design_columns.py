"""Several designs of one list of layers: for each a column of its widths or windows, or of how often layers come."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace
from itertools import pairwise

from extract.columns.grids import Grid
from extract.columns.header_rows import under_titles
from extract.columns.headers import COUNT, role_of
from extract.columns.layer_names import LAYERS, names_layer
from extract.columns.numbers import bare
from extract.columns.roles import Columns
from extract.columns.table_design import TableDesign
from extract.tables.rows import layers_by_rows
from extract.tables.ways import as_one, names_ways, over_ways, with_own_cells
from extract.words.cells import read_attributes, read_cell
from extract.words.lexicon import kind_of
from extract.words.spellings import normalized

_COUNTED = re.compile(r"\b(?:filters?|units?|neurons?|kernels?|maps?|channels?|strides?|pad(?:ding)?)\b")
"""What the numbers of layers are of."""
_NUMBERS = re.compile(r"no\.?|nr\.?|index|idx|id", re.IGNORECASE)
"""The header of a column that numbers layers."""


def columns_of_widths(grid: Grid, columns: Columns) -> list[int]:
    """Return the columns, each of a design of its own, of nothing but how many filters each layer has."""
    if "type" not in columns.roles:
        return []
    found = []
    for column, role in enumerate(columns.roles):
        texts = [line for cell in grid.column(column, columns.start) for line in cell.text.split("\n")]
        whole = sum(bare(text).isdecimal() for text in texts)
        titled = re.search(r"[A-Za-z0-9]", columns.headers[column]) and not _NUMBERS.fullmatch(columns.headers[column])
        counts = COUNT.fullmatch(columns.headers[column].lower().strip())
        if role in ("", "filters") and titled and not counts and whole >= max(3, 0.75 * len(texts)):
            found.append(column)
    letters = [columns.headers[i].strip().upper() for i in found]
    signs = all(re.fullmatch(r"[A-Z](?:[ _][A-Z\d])?", each) for each in letters)
    if signs and any(len(b) > 1 or ord(b) - ord(a[0]) != 1 for a, b in pairwise(letters)):
        return []  # No designs that are counted by letters, but signs of quantities.
    said = [column for column in found if role_of(columns.headers[column]) == "filters"]
    if 0 < len(said) < len(found):
        found = [column for column in found if column not in said]  # Which say of all layers how wide they are.
    return found if len(found) > 1 else [] if said else _alike(grid, columns)


def _alike(grid: Grid, columns: Columns) -> list[int]:
    """Return the columns, each of a design of its own, of sizes alone: in each row those of the same kind."""
    names = [i for i, role in enumerate(columns.roles) if role == "type"]
    places = [i for i, role in enumerate(columns.roles) if i > names[0] and role in ("", "type", "filters")]
    rows = [
        [cell.text if (cell := grid.at(i, place)) else "" for place in places]
        for i in range(columns.start, len(grid.rows))
    ]
    forms = [[re.sub(r"\d+", "0", normalized(text)) for text in row] for row in rows]
    sizes = sum(bool(re.search(r"0 ?[×@]", row[0])) for row in forms if row)
    bare = all(re.fullmatch(r"[0 ×@.%/();,✓✔✗✘-]*", _COUNTED.sub("", text)) for row in forms for text in row)
    joined = names_ways(columns.headers) == places
    same = sum(len(set(row)) == 1 or (joined and sum(map(bool, row)) == 1) for row in forms)
    alone = len(places) == grid.width - 1 and len({columns.headers[i] for i in places}) == len(places) > 1
    return places if alone and bare and sizes >= LEAST_SIZED and same >= 0.75 * len(forms) else []


LEAST_SIZED = 2
"""Rows of windows at least of which each column says those of a design of its own."""


_STREAM = re.compile(r"\b(?:streams?|branch|pathway|tower)\b", re.IGNORECASE)
"""The header of a column of one of several networks that are made alike."""


def columns_alike(grid: Grid, columns: Columns) -> list[int]:
    """Return the columns, each of a design of its own, whose cells are alike in most rows, whole layers in some.

    In a row two cells are alike that say other numbers of the same, or layers both.
    """
    names = [i for i, role in enumerate(columns.roles) if role == "type"]
    places = [i for i, role in enumerate(columns.roles) if names and i > names[0] and role in ("", "type")]
    if len(places) < 2 or len(names) + len(places) > grid.width or any(role_of(columns.headers[i]) for i in places):
        return []
    if {columns.roles[i] for i in range(grid.width) if i not in places} - {"type", "ignored", "count", "counter"}:
        return []
    rows = [
        [cell.text if (cell := grid.at(i, place)) else "" for place in places]
        for i in range(columns.start, len(grid.rows))
    ]
    forms = [{re.sub(r"\d+", "0", normalized(text)) for text in row} for row in rows]
    said = [[sum(each.kind in LAYERS for each in read_cell(text)) for text in row] for row in rows]
    listed = [
        all(many > 1 or names_layer(text) for text, many in zip(*each, strict=True))
        for each in zip(rows, said, strict=True)
    ]
    several = sum(max(row) > 1 for row in said)
    alike = sum(len(form) == 1 or whole for form, whole in zip(forms, listed, strict=True))
    titled = len({columns.headers[i] for i in places} - {""}) == len(places)
    if titled and _says_otherwise(grid, columns, names[0], rows):
        return places
    same = all(len({*row}) == 1 for row in rows)
    kin = all(_STREAM.search(columns.headers[i]) for i in places)
    if titled and kin and not same and sum(len(form) == 1 for form in forms) >= 0.75 * len(rows) > 2:
        return places
    return places if titled and not same and several > 1 and alike >= 0.75 * len(rows) > 2 else []


def _says_otherwise(grid: Grid, columns: Columns, name: int, rows: Sequence[Sequence[str]]) -> bool:
    """Tell columns of which each says of the same layers other numbers of the same: 6 filters | 32 filters."""
    names = [cell.text if (cell := grid.at(i, name)) else "" for i in range(columns.start, len(grid.rows))]
    told = [(kind_of(each), [*filter(_tells, row)]) for each, row in zip(names, rows, strict=True)]
    worded = [(kind, [text for text in row if re.search("[A-Za-z]{3}", text)]) for kind, row in told if kind]
    said = [[read_attributes(text, kind) for text in texts] for kind, texts in worded if len(texts) > 1]
    apart = [
        any(one[key] != other[key] for one, other in pairwise(each) for key in one.keys() & other.keys())
        for each in said
    ]
    return sum(apart) >= max(LEAST_APART, HALF * len(said))


LEAST_APART = 2
"""Rows at least of which columns say different numbers of the same."""
HALF = 0.5


def _tells(text: str) -> bool:
    return bool(text.strip(" -\u2013\u2014")) and not re.fullmatch(r"none|no|n/?a|[✗×]", text.strip(), re.IGNORECASE)


def design_alone(grid: Grid, columns: Columns, column: int, places: Sequence[int]) -> TableDesign:
    """Return the design of a column as a table reads that has no other, without the rows that only others have."""
    others = {*places} - {column}
    rows = tuple(
        tuple(cell for cell in row if cell.first not in others or cell.last > cell.first)
        for row in _without_others(grid, columns, column, others).rows
    )
    roles = ["" if i == column else "ignored" if i in others else role for i, role in enumerate(columns.roles)]
    readings, cells = layers_by_rows(Grid(rows, grid.width), replace(columns, roles=tuple(roles)))
    return TableDesign(columns.headers[column], "rows", tuple(readings), tuple(cells))


def _without_others(grid: Grid, columns: Columns, column: int, others: Set[int]) -> Grid:
    """Return a table without the rows of layers that only other designs have than that of a column."""
    kept = (i < columns.start or not _is_of_others(grid, i, column, others) for i in range(len(grid.rows)))
    return Grid(tuple(row for row, own in zip(grid.rows, kept, strict=True) if own), grid.width)


def _is_of_others(grid: Grid, row: int, column: int, others: Set[int]) -> bool:
    """Tell a row of a layer that a design has not, where another says something of it."""
    own = grid.at(row, column)
    told = [cell for each in others if (cell := grid.at(row, each)) and _tells(cell.text)]
    return own is not None and not _tells(own.text) and any(re.search(r"[\d✓✔]", cell.text) for cell in told)


def columns_of_sizes(grid: Grid, columns: Columns) -> list[int]:
    """Return the columns, each of a design of its own, of windows beside the names of layers: no header says a use."""
    others = {role for i, role in enumerate(columns.roles) if role_of(columns.headers[i])}
    if "type" not in columns.roles or others - {"", "type", "ignored", "count", "counter"}:
        return []
    found: list[int] = []
    fewer: list[int] = []
    for column, head in enumerate(columns.headers):
        texts = [normalized(cell.text) for cell in grid.column(column, columns.start)]
        bare = all(re.fullmatch(r"(?:\w: ?)?[\d ×,/;-]+(?:\w: ?[\d ×]+)*", text) for text in texts)
        sizes = sum("×" in text for text in texts)
        if head and not role_of(head) and bare and columns.roles[column] != "type" and sizes:
            (found if sizes > max(2, 0.5 * len(texts)) else fewer).append(column)
    return sorted([*found, *fewer]) if found else []  # A smaller one beside others has fewer.


def design_by_widths(grid: Grid, columns: Columns, width: int, places: Sequence[int]) -> TableDesign:
    """Return the design of which a column says the widths; its name is the last line of that column's header."""
    own = _without_others(grid, columns, width, {*places} - {width})
    readings, cells = layers_by_rows(own, columns, width)
    lines = [cell.text for row in grid.rows[: columns.start] for cell in row if cell.first == cell.last == width]
    title = lines[-1].split("\n")[-1]
    name = title if re.search(r"\d", title) else " ".join(lines[-1].split())
    return TableDesign(name, "rows", tuple(readings), tuple(cells))


def designs_by_widths(grid: Grid, columns: Columns, widths: Sequence[int]) -> list[TableDesign]:
    """Return the designs of which columns say the widths, or the one whose branches these columns are."""
    joined = names_ways(columns.headers) == [*widths]
    grid = over_ways(grid, columns.start, widths) if joined else grid
    found = [design_by_widths(grid, columns, width, widths) for width in widths]
    return as_one([with_own_cells(each, grid, i) for each, i in zip(found, widths, strict=True)]) if joined else found


def design_by_repeats(grid: Grid, columns: Columns, column: int, places: Sequence[int]) -> TableDesign:
    """Return the design of which a column says how often its layers come."""
    roles = ["repeat" if i == column else "ignored" if i in places else role for i, role in enumerate(columns.roles)]
    widths = [i for i in under_titles(grid, columns.headers, columns.start, "filters") if i not in places]
    own = [i for i in widths if columns.headers[i] == columns.headers[column]]
    for i in widths if own else ():
        roles[i] = "filters" if i in own else "ignored"
    readings, cells = layers_by_rows(grid, replace(columns, roles=tuple(roles)))
    return TableDesign(columns.headers[column], "rows", tuple(readings), tuple(cells))
