"""Tables with a layer a column: the first row names layers, and the others are designs, or say windows and strides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.columns.grids import Cell, Grid
from extract.columns.header_rows import header
from extract.columns.headers import SIZED, role_of
from extract.columns.layer_names import layers_in
from extract.columns.stacked import Row
from extract.columns.table_design import TableDesign
from extract.tables.judging import is_design
from extract.tables.variants import RESIZING
from extract.words.lexicon import kind_of, posts_of
from extract.words.reading import Reading
from extract.words.spellings import normalized

_MAP = re.compile(r"(?:map size\W*)?(\d+) × (\d+)$|\W*$|map size")
"""A line that says the size of what the layers of its cell give, or nothing."""
_SAID = SIZED | {"dilation", "padding", "activation", "count", "dropout"}
"""What rows say of the layers of a table with a layer a column."""
_WINDOWS = re.compile(r"conv(?:olution)?s?", re.IGNORECASE)
"""What stands in front of windows in a table with a layer a column."""


def below_title(grid: Grid) -> Grid:
    """Return a table without a title over the numbers of its columns: `Parameter | Layer` over `(Option) | 1 | 2`.

    So it is without the stages that several layers are of, where a network a row says their windows.
    """
    if len(grid.rows) < 3:
        return grid
    staged = [cell.text for cell in grid.rows[0] if cell.tells]
    if len(staged) > 1 and all(map(_STAGE.fullmatch, staged)) and _are_networks_down(Grid(grid.rows[1:], grid.width)):
        return Grid(grid.rows[1:], grid.width)
    over, numbers = grid.rows[0], [cell.text.strip() for cell in grid.rows[1] if cell.first]
    counted = numbers == [str(i) for i in range(1, grid.width)] and len(numbers) > 2
    titled = any(cell.last - cell.first == grid.width - 2 for cell in over) or len([c for c in over if c.first]) == 1
    return Grid(grid.rows[1:], grid.width) if counted and titled else grid


_STAGE = re.compile(r"(?:stage|block|group)\W*\d{1,2}", re.IGNORECASE)
_WINDOW = re.compile(r"\d ?× ?\d|\(\d{1,2}, ?\d+\)")
"""What a cell says of a convolution: its window, or how long the side of that is and how many filters there are."""


def _are_networks_down(grid: Grid) -> bool:
    """Tell networks that have a row each below the kinds of their layers: `conv | pool | conv | FC`."""
    heads = {cell.first: kind_of(cell.text) for row in grid.rows[:1] for cell in row[1:]}
    below = [cell for row in grid.rows[1:] for cell in row if heads.get(cell.first) == "conv" and cell.tells]
    return len(heads) > 2 and all(heads.values()) and bool(below) and all(_WINDOW.search(each.text) for each in below)


def is_layer_a_column(grid: Grid) -> bool:
    """Tell whether the first row names layers: conv1, conv2, pool ..."""
    first = [cell.text.lower().strip() for cell in grid.rows[0][1:]] if grid.rows else []
    down = has_attributes_down(grid)
    codes = "|c|s|p|f" if down else ""
    named = [text for text in first if re.fullmatch(rf"(?:conv|fc|full|pool|layer{codes})\W*\d+\w?", text)]
    kinds = sum(bool(kind_of(text) or posts_of(text)) for text in first)
    if kinds >= max(3, 0.7 * len(first)) and down:
        return True
    counted = first == [str(i) for i in range(1, len(first) + 1)] and len(first) > 2 and down
    if (
        are_units_down(grid)
        or _are_networks_down(grid)
        or counted
        or (len(named) >= 3 and len(named) >= 0.7 * len(first))
        or (down and _says_types_down(grid))
    ):
        return True
    return _is_headed_down(grid) and (kinds > 1 or _says_windows_down(grid))


def _says_windows_down(grid: Grid) -> bool:
    """Tell rows of windows and of how many filters there are, which say what the columns are, whatever their names."""
    roles = {role_of(row[0].text) for row in grid.rows[1:] if row and row[0].first == 0}
    return {"kernel", "filters"} <= roles and len(grid.rows[0]) > 3


def _is_headed_down(grid: Grid) -> bool:
    """Tell a first column of headers: what it begins with stands beside layers, the rest beside their sizes."""
    heads = [normalized(row[0].text) for row in grid.rows if row and row[0].first == 0]
    if not heads:
        return False
    roles = [role_of(head) for head in heads[1:]]
    told = [role for role in roles if role in _SAID]
    over = [role_of(cell.text) for cell in grid.rows[0][1:]]
    least = 2 if _says_windows_down(grid) else 3
    return role_of(heads[0]) == "type" and len(told) >= max(least, 0.75 * len(roles)) and not any(over)


def _says_types_down(grid: Grid) -> bool:
    """Tell whether a row that is called a type names a layer in each column."""
    for row in grid.rows[1:]:
        kinds = [bool(kind_of(cell.text) or posts_of(cell.text)) for cell in row[1:]]
        if role_of(row[0].text if row else "") == "type" and sum(kinds) >= max(3, 0.8 * len(kinds)):
            return True
    return False


def has_attributes_down(grid: Grid) -> bool:
    """Tell whether the rows of a table with a layer a column are windows, strides and so on, and no designs."""
    heads = [normalized(row[0].text) for row in grid.rows[1:] if row and row[0].first == 0]
    many = sum(role_of(head) in _SAID or bool(_WINDOWS.fullmatch(head)) for head in heads)
    return many >= 2 or _is_told_down(grid) or are_units_down(grid)


def are_units_down(grid: Grid) -> bool:
    """Tell a row that names a unit of each column, and others of nothing but its numbers: `Block | RSU-7 | RSU-6`."""
    named = [row for row in grid.rows[1:] if row and row[0].first == 0 and role_of(row[0].text) == "type"]
    others = [row for row in grid.rows[1:] if row not in named]
    each_one = len(named) == 1 and [cell.first for cell in named[0]] == [*range(grid.width)]
    units = each_one and all(_UNIT.fullmatch(cell.text.strip()) for cell in named[0][1:])
    counted = all(cell.text.strip(" -–").isdecimal() or not cell.tells for row in others for cell in row[1:])
    return units and counted and len(others) > 1 and grid.width > len(others)


_UNIT = re.compile(r"(?=.*[A-Z])[A-Za-z]{2,}(?:[ _-]?[A-Za-z]*\d*)?")
"""The name of a unit, maybe with a number: RSU-7."""


def _is_told_down(grid: Grid) -> bool:
    """Tell whether a row says what kinds of layer those are that the first row numbers, and another their sizes."""
    heads = [role_of(row[0].text) for row in grid.rows[1:] if row and row[0].first == 0]
    said = dict(zip(heads, grid.rows[1:], strict=False))
    kinds = [bool(kind_of(cell.text)) for cell in said.get("type", ())[1:]]
    return sum(kinds) >= max(3, 0.7 * len(kinds)) and bool(SIZED & {*heads})


def with_windows(grid: Grid) -> Grid:
    """Return a turned table whose header of windows says so."""
    heads = tuple(
        replace(cell, text=f"{cell.text} kernel") if _WINDOWS.fullmatch(cell.text.strip()) else cell
        for cell in grid.rows[0]
    )
    return Grid((heads, *grid.rows[1:]), grid.width)


def designs_by_columns(grid: Grid) -> list[TableDesign]:
    """Return the designs of a table with a layer a column, each row a design; the lines of a cell follow each other."""
    found = []
    for row in _whole_rows(grid.rows[1:]):
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
                layers += layers_in(said)
            readings += _mapped(layers, text)
            cells += [Cell(title, column, column)] * len(layers)
        found.append(TableDesign(name, "columns", tuple(readings), tuple(cells)))
    return [each for each in found if is_design(each)]


def _whole_rows(rows: Sequence[Row]) -> list[Row]:
    """Return rows, those below a design's name that have none as further lines of its cells."""
    found: list[Row] = []
    for row in rows:
        if not found or any(cell.tells for cell in row if cell.covers(0)):
            found.append(row)
            continue
        below = {cell.first: cell.text for cell in row if cell.tells}
        joined = (replace(cell, text=f"{cell.text}\n{below.get(cell.first, '')}".strip()) for cell in found[-1])
        found[-1] = tuple(joined)
    return found


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
