"""What a table says: a layer a row, a layer a column, or several designs side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extract.abbreviations import as_explained, spelt_out
from extract.along import with_channels
from extract.attaching import attached
from extract.captioned import as_captioned
from extract.cells import read_cell
from extract.grids import Cell, Grid
from extract.halves import unfolded, with_lines_apart
from extract.judging import HALF, is_design, is_stacked, learns, says_sizes
from extract.lexicon import kind_of, posts_of
from extract.network_rows import models_of, says_products
from extract.networks import are_chained, networks_of
from extract.numbers import bare
from extract.reading import Reading
from extract.roles import (
    COUNT,
    LAYERS,
    SIZED,
    Columns,
    columns_of,
    header,
    names_layer,
    role_of,
    says_fact,
    under_titles,
)
from extract.rows import layers_by_rows
from extract.spellings import normalized
from extract.stacked import channels_last, with_sizes
from extract.table_design import TableDesign
from extract.titles import side_tables, spread, with_settings
from extract.variants import RESIZING, side_by_side, variant
from extract.whereabouts import without_places


def designs_of(grid: Grid, caption: str = "") -> list[TableDesign]:
    """Return the designs of a table, none where it holds none; the caption may say what its headers stand for."""
    grid = with_settings(spread(_without_marks(grid)))
    if parts := list(side_tables(grid)):
        return [replace(each, config=title) for title, part in parts for each in designs_of(part, caption)]
    grid = spelt_out(grid, caption)
    grid, remarks = _without_facts(attached(unfolded(without_places(_without_prose(grid))), caption))
    found = [] if _is_results(grid) else [replace(each, remarks=remarks) for each in _designs(grid, caption)]
    return [replace(each, readings=as_captioned(each.readings, caption)) for each in found]


def _without_marks(grid: Grid) -> Grid:
    """Return a table without the marks of footnotes behind what its cells say: conv1†, FC*."""
    rows = [tuple(replace(cell, text=_MARK.sub("", cell.text)) for cell in row) for row in grid.rows]
    return Grid(tuple(rows), grid.width)


_MARK = re.compile(r"(?<=[\w)\]]) ?(?:[†‡§¶\u00b9\u00b3]+|\^ ?[13-9](?!\w)|(?<=[A-Za-z)\]])\*{1,3})$")


def _without_prose(grid: Grid) -> Grid:
    """Return a table without the lines of its caption that came with it: sentences above all columns."""
    start = next((i for i, row in enumerate(grid.rows) if len(row) > 1), 0)
    kept = [row for row in grid.rows[:start] if len(row[0].text) < SENTENCE and not row[0].text.endswith(".")]
    return Grid((*kept, *grid.rows[start:]), grid.width)


SENTENCE = 45
"""Letters of what is no title from."""


def _is_results(grid: Grid) -> bool:
    """Tell a table of measurements: many of its numbers are broken ones."""
    roles = columns_of(grid).roles
    texts = [
        cell.text.strip()
        for row in grid.rows[1:]
        for cell in row[1:]
        if roles[cell.first] not in ("ignored", "counter")
    ]
    return sum(bool(re.fullmatch(r"\W{0,2}\d+\.\d+\W{0,2}", text)) for text in texts) >= 0.4 * len(texts) > 0


def _designs(grid: Grid, caption: str) -> list[TableDesign]:
    if models := models_of(grid):
        found = [_by_rows(*each) for each in models]
        if says_products(grid):
            found = [replace(each, readings=tuple(map(_doubted, each.readings))) for each in found]
        return found if all(map(learns, found)) else []
    if _is_layer_a_column(grid):
        if not _has_attributes_down(grid):
            return _by_columns(grid)
        grid = _with_windows(grid.turned())
    columns = columns_of(grid)
    grid = with_sizes(grid, columns)
    designs = side_by_side(grid, columns)
    if designs:
        found = [variant(grid, column, designs, columns) for column in designs]
    elif often := under_titles(grid, columns.headers, columns.start, "repeat"):
        made = [_often(grid, columns, column, often) for column in often]
        return [_in_order(each) for each in made] if any(map(is_design, made)) else []
    elif len(widths := _widths(grid, columns)) > 1:
        found = [_wide(grid, columns, width) for width in widths]
    elif len(places := _unnamed_sizes(grid, columns)) > 1:
        roles = tuple("" if i in places else role for i, role in enumerate(columns.roles))
        parts = [(with_lines_apart(grid, i, columns.start), i) for i in places]
        found = [_wide(part, replace(columns, roles=roles), i) for part, i in parts]
    else:
        found = [_by_rows(*each) for each in networks_of(grid, columns)]
        if len(found) > 1:
            return found if all(map(learns, found)) else []
    found = [replace(each, readings=as_explained(each.readings, caption)) for each in found]
    clear, chained = [each for each in found if is_design(each)], are_chained(grid, columns)
    rest = [each for each in found if each not in clear]
    kept = [each for each in rest if (chained and learns(each)) or (len(clear) > 1 and is_design(each, HALF))]
    found = [each for each in found if each in clear or each in kept]
    sized = bool(SIZED & set(columns.roles)) or any(says_sizes(each) or is_stacked(each) for each in found)
    return [_softened(_in_order(each)) for each in found if sized]


def _doubted(reading: Reading) -> Reading:
    return replace(reading, unclear=reading.unclear or reading.kind == "conv")


def _by_rows(title: str, grid: Grid, columns: Columns) -> TableDesign:
    readings, cells = layers_by_rows(grid, columns)
    return TableDesign(title, "rows", tuple(with_channels(channels_last(readings))), tuple(cells))


def _widths(grid: Grid, columns: Columns) -> list[int]:
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
    return found if len(found) > 1 else _alike(grid, columns)


def _alike(grid: Grid, columns: Columns) -> list[int]:
    """Return the columns, each of a design of its own, of sizes alone: in each row those of the same kind."""
    names = [i for i, role in enumerate(columns.roles) if role == "type"]
    places = [i for i, role in enumerate(columns.roles) if i > names[0] and role in ("", "type", "filters")]
    rows = [
        [cell.text if (cell := grid.at(i, place)) else "" for place in places]
        for i in range(columns.start, len(grid.rows))
    ]
    forms = [[re.sub(r"\d+", "0", normalized(text)) for text in row] for row in rows]
    sizes = sum(bool(re.search(r"0 ?×", row[0])) for row in forms if row)
    bare = all(re.fullmatch(r"[0 ×.%/();,-]*", _COUNTED.sub("", text)) for row in forms for text in row)
    same = sum(len(set(row)) == 1 for row in forms)
    alone = len(places) == grid.width - 1 and len({columns.headers[i] for i in places}) == len(places) > 1
    return places if alone and bare and sizes > 2 and same >= 0.75 * len(forms) else []


def _unnamed_sizes(grid: Grid, columns: Columns) -> list[int]:
    """Return the columns, each of a design of its own, of windows beside the names of layers: no header says a use."""
    others = {role for i, role in enumerate(columns.roles) if role_of(columns.headers[i])}
    if "type" not in columns.roles or others - {"", "type", "ignored", "count", "counter"}:
        return []
    found = []
    for column, head in enumerate(columns.headers):
        texts = [normalized(cell.text) for cell in grid.column(column, columns.start)]
        bare = all(re.fullmatch(r"(?:\w: ?)?[\d ×,/;-]+(?:\w: ?[\d ×]+)*", text) for text in texts)
        sizes = sum("×" in text for text in texts)
        if head and not role_of(head) and bare and columns.roles[column] != "type" and sizes > max(2, 0.5 * len(texts)):
            found.append(column)
    return found


_COUNTED = re.compile(r"\b(?:filters?|units?|neurons?|kernels?|maps?|channels?|strides?|pad(?:ding)?)\b")
"""What the numbers of layers are of."""
_NUMBERS = re.compile(r"no\.?|nr\.?|index|idx|id", re.IGNORECASE)
"""The header of a column that numbers layers."""


def _wide(grid: Grid, columns: Columns, width: int) -> TableDesign:
    """Return the design of which a column says the widths; its name is the last line of that column's header."""
    readings, cells = layers_by_rows(grid, columns, width)
    lines = [cell.text for row in grid.rows[: columns.start] for cell in row if cell.first == cell.last == width]
    title = lines[-1].split("\n")[-1]
    name = title if re.search(r"\d", title) else " ".join(lines[-1].split())
    return TableDesign(name, "rows", tuple(readings), tuple(cells))


def _often(grid: Grid, columns: Columns, column: int, places: Sequence[int]) -> TableDesign:
    """Return the design of which a column says how often its layers come."""
    roles = ["repeat" if i == column else "ignored" if i in places else role for i, role in enumerate(columns.roles)]
    readings, cells = layers_by_rows(grid, replace(columns, roles=tuple(roles)))
    return TableDesign(columns.headers[column], "rows", tuple(readings), tuple(cells))


def _without_facts(grid: Grid) -> tuple[Grid, str]:
    """Return a table without the rows that say something of whole designs, and of no layer, and what these say."""
    across = _is_layer_a_column(grid)
    facts = [
        row
        for i, row in enumerate(grid.rows)
        if i and row and (_is_fact(grid, i) or _is_note(row)) and not (across and role_of(row[0].text) == "depth")
    ]
    told = "; ".join(" ".join(cell.text for cell in row) for row in facts)
    return Grid(tuple(row for row in grid.rows if row not in facts), grid.width), told


def _is_fact(grid: Grid, place: int) -> bool:
    """Tell a row that says something of the whole; of normalisation that is only what stands behind all layers."""
    name = grid.rows[place][0].text
    between = posts_of(name) and any(row and names_layer(row[0].text) for row in grid.rows[place + 1 :])
    return says_fact(name) and not between


def _is_note(row: Sequence[Cell]) -> bool:
    """Tell a note below a table: one cell behind the sign of a footnote."""
    return 0 < len(row) < 3 and bool(re.match(r"\s*(?:[*∗†‡§¶]|[Nn]otes?\b:)", row[0].text))


def _is_layer_a_column(grid: Grid) -> bool:
    """Tell whether the first row names layers: conv1, conv2, pool ..."""
    first = [cell.text.lower().strip() for cell in grid.rows[0][1:]] if grid.rows else []
    codes = "|c|s|p|f" if _has_attributes_down(grid) else ""
    named = [text for text in first if re.fullmatch(rf"(?:conv|fc|full|pool|layer{codes})\W*\d+\w?", text)]
    kinds = sum(bool(kind_of(text) or posts_of(text)) for text in first)
    if kinds >= max(3, 0.7 * len(first)) and _has_attributes_down(grid):
        return True
    counted = first == [str(i) for i in range(1, len(first) + 1)] and len(first) > 2 and _has_attributes_down(grid)
    return counted or (len(named) >= 3 and len(named) >= 0.7 * len(first)) or _says_types_down(grid)


def _says_types_down(grid: Grid) -> bool:
    """Tell whether a row that is called a type names a layer in each column."""
    for row in grid.rows[1:]:
        kinds = [bool(kind_of(cell.text) or posts_of(cell.text)) for cell in row[1:]]
        if role_of(row[0].text if row else "") == "type" and sum(kinds) >= max(3, 0.8 * len(kinds)):
            return _has_attributes_down(grid)
    return False


def _is_told_down(grid: Grid) -> bool:
    """Tell whether a row says what kinds of layer those are that the first row numbers, and another their sizes."""
    heads = [role_of(row[0].text) for row in grid.rows[1:] if row and row[0].first == 0]
    said = dict(zip(heads, grid.rows[1:], strict=False))
    kinds = [bool(kind_of(cell.text)) for cell in said.get("type", ())[1:]]
    return sum(kinds) >= max(3, 0.7 * len(kinds)) and bool(SIZED & {*heads})


_MAP = re.compile(r"(?:map size\W*)?(\d+) × (\d+)$|\W*$|map size")
"""A line that says the size of what the layers of its cell give, or nothing."""


def _has_attributes_down(grid: Grid) -> bool:
    """Tell whether the rows of a table with a layer a column are windows, strides and so on, and no designs."""
    heads = [normalized(row[0].text) for row in grid.rows[1:] if row and row[0].first == 0]
    said = SIZED | {"dilation", "padding", "activation", "count", "dropout"}
    many = sum(role_of(head) in said or bool(_WINDOWS.fullmatch(head)) for head in heads)
    return many >= 2 or _is_told_down(grid)


_WINDOWS = re.compile(r"conv(?:olution)?s?", re.IGNORECASE)
"""What stands in front of windows in a table with a layer a column."""


def _with_windows(grid: Grid) -> Grid:
    """Return a turned table whose header of windows says so."""
    heads = tuple(
        replace(cell, text=f"{cell.text} kernel") if _WINDOWS.fullmatch(cell.text.strip()) else cell
        for cell in grid.rows[0]
    )
    return Grid((heads, *grid.rows[1:]), grid.width)


def _by_columns(grid: Grid) -> list[TableDesign]:
    """Return the designs of a table with a layer a column, each row a design; the lines of a cell follow each other."""
    found = []
    for row in grid.rows[1:]:
        name = next((cell.text.replace("\n", " ") for cell in row if cell.covers(0)), "")
        readings: list[Reading] = []
        cells: list[Cell] = []
        for column in range(1, grid.width):
            title = header(grid, column, 1)
            text = next((cell.text for cell in row if cell.first == column), "")
            lines = [line for line in text.split("\n") if not _MAP.match(normalized(line))]
            layers = []
            lines = _joined(lines)
            for i, line in enumerate(lines):
                said = f"{title.rstrip('0123456789 ')}, {line}" if i == 0 else line
                layers += [each for each in read_cell(said) if each.kind in LAYERS]
            readings += _mapped(layers, text)
            cells += [Cell(title, column, column)] * len(layers)
        found.append(TableDesign(name, "columns", tuple(readings), tuple(cells)))
    return [each for each in found if is_design(each)]


def _joined(lines: Sequence[str]) -> list[str]:
    """Return lines, those that name no layer behind the one above, which they say more of."""
    found: list[str] = []
    for line in lines:
        if found and re.match(r"\W*(?:st|str|stride|pad)\b", line, re.IGNORECASE):
            found[-1] += f", {line}"
        elif found and found[-1].endswith("-"):
            found[-1] = found[-1][:-1] + line  # A word that two lines share.
        else:
            found.append(line)
    return found


def _mapped(layers: list[Reading], text: str) -> list[Reading]:
    """Return the layers of a cell, the last that may change an image's size with the size that the cell prints."""
    maps = [match for line in text.split("\n") if (match := _MAP.match(normalized(line))) and match[1]]
    places = [i for i, each in enumerate(layers) if each.kind in RESIZING]
    if maps and places:
        last = layers[places[-1]]
        layers[places[-1]] = replace(last, params={**last.params, "output": (int(maps[0][1]), int(maps[0][2]))})
    return layers


def _softened(design: TableDesign) -> TableDesign:
    """Return a design without the Dense of a softmax of so many ways behind a Dense of as many units: `dense 10`."""
    doubles = {
        i
        for i, (before, each) in enumerate(pairwise(design.readings), 1)
        if before.kind == each.kind == "dense"
        and not before.posts
        and re.search(r"soft-?max", each.text, re.IGNORECASE)
        if each.params == {"units": before.params.get("units")}
    }
    kept = [i for i in range(len(design.readings)) if i not in doubles]
    cells = tuple(design.cells[i] for i in kept if i < len(design.cells))
    return replace(design, readings=tuple(design.readings[i] for i in kept), cells=cells)


def _in_order(design: TableDesign) -> TableDesign:
    """Return a design from its input on: some tables print the output first."""
    kinds = [each.kind for each in design.readings]
    if "input" in kinds and kinds.index("input") > len(kinds) / 2:
        return replace(design, readings=design.readings[::-1], cells=design.cells[::-1])
    return design
