"""What a table says: a layer a row, a layer a column, or several designs side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from extract.cells import Reading, normalized, read_attributes, read_cell
from extract.grids import Cell, Grid

ROLES: tuple[tuple[str, str], ...] = (
    (
        "ignored",
        r"param|mult-?adds|\bops\b|flop|learned|channel-(?:shared|wise)|\bratio\b|sparsity|#?bits?|prun|complexity|\berror|top-",
    ),
    ("repeat", r"repeat|#\s*layers|^n$|number of (?:blocks|layers)"),
    ("branch", r"#\s?\d\s?×\s?\d|reduce|proj|squeeze|expand|\b[se]\d\s?×\s?\d"),
    ("output", r"output(?! channels)|map size"),
    ("input", r"^input|resolution|input size"),
    ("kernel", r"patch|k-?size|kernel|filter size|window"),
    ("stride", r"^stride"),
    ("filters", r"channel|#\s*(?:filters|maps|out)|filter shape|^size$|remarks|configuration|parameters|^filters?"),
    ("depth", r"^depth"),
    ("type", r"type|layer|name|operator|module|stage|block|model|arch"),
)
"""What a column is for, by the words of its header; the first that fits."""
LAYERS = frozenset(
    [
        "conv",
        "dwconv",
        "gconv",
        "sepconv",
        "deconv",
        "maxpool",
        "avgpool",
        "pool",
        "gavgpool",
        "gmaxpool",
        "dense",
        "softmax",
        "input",
        "mbconv",
        "bottleneck",
        "inception",
        "fire",
        "dense_block",
        "transition",
        "resblock",
        "lstm",
        "bilstm",
        "gru",
        "rnn",
        "embedding",
        "spp",
        "dropout",
        "flatten",
        "reshape",
        "upsample",
        "concat",
        "add",
        "shuffle",
        "block",
        "bn",
        "lrn",
        "relu",
    ]
)
"""The kinds of reading that are layers of a design."""


@dataclass(frozen=True)
class TableDesign:
    """A design that a table holds: the name of its configuration, the layout, and its layers with their cells."""

    config: str
    layout: str
    readings: tuple[Reading, ...]
    cells: tuple[Cell, ...] = field(default=(), compare=False)


def designs_of(grid: Grid) -> list[TableDesign]:
    """Return the designs of a table, none where it holds none."""
    grid = attached(grid)
    if _is_layer_a_column(grid):
        return _by_columns(grid)
    start = _body(grid)
    headers = [_header(grid, column, start) for column in range(grid.width)]
    roles = [_role(header) or _role_of_content(grid, i, start) for i, header in enumerate(headers)]
    designs = [column for column in _side_by_side(grid, roles, start) if headers[column] or not any(headers)]
    if len(designs) > 1:
        found = [_variant(grid, column, designs, start, headers[column], roles) for column in designs]
    elif set(roles) <= {"type", "ignored"} and len(roles) > 1:
        return []  # Costs of layers, which say nothing of what they are.
    else:
        found = [_by_rows(grid, roles, headers, start)]
    return [_in_order(each) for each in found if _is_design(each)]


_WEIGHTED = frozenset(
    [
        "conv",
        "dwconv",
        "gconv",
        "sepconv",
        "deconv",
        "dense",
        "lstm",
        "bilstm",
        "gru",
        "rnn",
        "mbconv",
        "inception",
        "fire",
    ]
)


def _is_design(design: TableDesign) -> bool:
    """Tell a design from a table of results, whose numbers may look like layers: most layers are named as such."""
    readings = [inner for each in design.readings for inner in (each.block or (each,))]
    named = [each for each in readings if re.search(r"[A-Za-z]{2}|×", each.text)]
    return len(named) >= max(3, 0.6 * len(readings)) and any(each.kind in _WEIGHTED for each in named)


def attached(grid: Grid) -> Grid:
    """Return a grid in which a column of `× N` belongs to the cells before it."""
    alone = re.compile(r"×\s*\d+")
    gone = [
        column
        for column in range(1, grid.width)
        if (texts := [cell.text for row in grid.rows for cell in row if cell.first == cell.last == column])
        and all(alone.fullmatch(text) for text in texts)
    ]
    if not gone:
        return grid
    place = {column: column - sum(each < column for each in gone) for column in range(grid.width)}
    rows = []
    for row in grid.rows:
        cells: list[Cell] = []
        for cell in row:
            if cell.first == cell.last and cell.first in gone:
                if cells:
                    inner = cells[-1].text.replace("\n", "; ")
                    cells[-1] = replace(cells[-1], text=f"[{inner}] {cell.text}")
                continue
            last = max(place[each] for each in range(cell.first, cell.last + 1) if each not in gone)
            first = next(place[each] for each in range(cell.first, cell.last + 1) if each not in gone)
            cells.append(replace(cell, first=first, last=max(first, last)))
        rows.append(tuple(cells))
    return Grid(tuple(rows), grid.width - len(gone))


def _is_layer(text: str) -> bool:
    return any(each.kind in LAYERS for each in read_cell(text))


def _is_header(text: str) -> bool:
    plain = normalized(text).lower()
    return any(re.search(pattern, plain) for _, pattern in ROLES) and len(plain) < 40


def _body(grid: Grid) -> int:
    """Return the first row that is no header."""
    for i, cells in enumerate(grid.rows[:6]):
        row = [cell for cell in cells if cell.text]
        layers = [cell for cell in row if _is_layer(cell.text)]
        heads = [cell for cell in row if _is_header(cell.text)]
        many = len(layers) >= 0.3 * len(row)
        if many and ((len(heads) < 0.5 * len(row) and (i > 0 or len(heads) < 2)) or (i and len(heads) <= 1)):
            return i
    return 1


def _header(grid: Grid, column: int, start: int) -> str:
    # What stands alone in its row is a title of all columns.
    rows = [row for row in grid.rows[:start] if len(row) > 1 or grid.width < 3]
    texts = [cell.text for row in rows for cell in row if cell.first == cell.last == column]
    return normalized(" ".join(texts).replace("\n", " "))


def _role(header: str) -> str:
    plain = header.lower().strip()
    return next((role for role, pattern in ROLES if plain and re.search(pattern, plain)), "")


def _role_of_content(grid: Grid, column: int, start: int) -> str:
    """Return what a column without a header of its own is for: one of sizes has those of outputs."""
    texts = [normalized(cell.text) for cell in grid.column(column, start) if cell.first == cell.last]
    sizes = [text for text in texts if re.fullmatch(r"\d+\s*×\s*\d+(?:\s*×\s*\d+)?", text)]
    return "output" if len(sizes) >= 3 and len(sizes) >= 0.8 * len(texts) else ""


def _side_by_side(grid: Grid, roles: Sequence[str], start: int) -> list[int]:
    """Return the columns that hold designs of their own: most of their cells are layers."""
    found = []
    for column in range(grid.width):
        cells = [cell for cell in grid.column(column, start) if cell.first == cell.last == column]
        layers = sum(_is_layer(cell.text) for cell in cells)
        rich = sum(bool(each.params or each.block) for cell in cells for each in read_cell(cell.text))
        bare = roles[column] in ("", "type", "depth") and cells
        if bare and layers >= 0.6 * len(cells) and len(cells) >= 2 and rich >= 0.5 * len(cells):
            found.append(column)
    unnamed = [column for column in found if roles[column] != "type"]
    return unnamed if len(unnamed) > 1 else found


def _variant(
    grid: Grid, column: int, designs: Sequence[int], start: int, header: str, roles: Sequence[str]
) -> TableDesign:
    """Return the design of one column; what stands in the middle of all of them belongs to each."""
    readings: list[Reading] = []
    cells: list[Cell] = []
    for row in grid.rows[start:]:
        inside = [cell for cell in row if designs[0] <= cell.last and cell.first <= designs[-1]]
        own = [cell for cell in inside if cell.covers(column)]
        for cell in sorted(
            own or (inside if len(inside) == 1 else ()), key=lambda each: each.box[1] if each.box else 0
        ):
            found = _layers_of(cell.text)
            if found and (sizes := _shapes([each for each in row if roles[each.first] == "output"], ())):
                found[0] = replace(found[0], params={**sizes, **found[0].params})
            readings += found
            cells += [cell] * len(found)
    name = re.split(r"\s(?=\d+ weight)", header)[0].strip()
    return TableDesign(name, "variants", tuple(readings), tuple(cells))


def _layers_of(text: str) -> list[Reading]:
    """Return the layers of a cell: those of its lines, one below the other, or of all of it where that is one."""
    if "[" in text:
        return [each for each in read_cell(text) if each.kind in LAYERS]
    found = [each for line in text.split("\n") for each in read_cell(line) if each.kind in LAYERS]
    whole = [each for each in read_cell(text.replace("\n", " ")) if each.kind in LAYERS]
    return whole if len(whole) == 1 and len(found) != 1 and len(text) < 40 and not _is_list(text) else found


def _is_list(text: str) -> bool:
    return all(_is_layer(line) for line in text.split("\n"))


def _by_rows(grid: Grid, roles: Sequence[str], headers: Sequence[str], start: int) -> TableDesign:
    """Return the design of a table with a layer a row, whose other columns say more of each."""
    readings: list[Reading] = []
    cells: list[Cell] = []
    for times, row in _single_rows(grid.rows[start:]):
        said = {role: [cell for cell in row if roles[cell.first] == role] for role in dict(ROLES).keys() | {""}}
        named = [*said["type"], *said[""]] or list(row[:1])
        found = _named(named)
        plain = [cell for cell in said[""] if said["type"]]
        attributes = " ; ".join(cell.text for cell in (*said["kernel"], *said["filters"], *plain) if cell.text)
        if not found:
            found = [each for each in read_cell(attributes) if each.kind in LAYERS]
        if not found:
            continue
        # The number in a name counts layers of its kind.
        own = {} if attributes and _NAME.fullmatch(normalized(named[0].text)) else found[0].params
        first = read_attributes(attributes, found[0].kind) | own
        if stride := next((int(cell.text) for cell in said["stride"] if cell.text.strip().isdigit()), 0):
            first["stride"] = (stride, stride)
        branch = {headers[cell.first]: int(cell.text) for cell in said["branch"] if cell.text.strip().isdigit()}
        first |= _shapes(said["output"], said["input"]) | branch
        repeat = next((int(cell.text) for cell in said["repeat"] if cell.text.strip().isdigit()), 1)
        inferred = _filled(found[0].kind, first)
        for i, each in enumerate(found):
            params = first if i == 0 else each.params
            said_not = inferred if i == 0 else ()
            readings.append(replace(each, params=params, times=each.times * repeat * times, inferred=said_not))
            cells.append(named[0])
    return TableDesign("", "rows", tuple(readings), tuple(cells))


def _filled(kind: str, params: dict[str, Any]) -> tuple[str, ...]:
    """Add what the size of an output tells; return the names of what was added."""
    output = params.get("output", ())
    if kind == "dense" and output and "units" not in params:
        params["units"] = output[-1]
        return ("units",)
    if kind in ("conv", "deconv", "gconv") and len(output) == 3 and "filters" not in params:
        params["filters"] = output[-1]
        return ("filters",)
    return ()


_NAME = re.compile(r"[A-Za-z_\s-]+[\d_\s.]*[a-z]?(?:\s*\(\w+\))?")


def _named(cells: Sequence[Cell]) -> list[Reading]:
    """Return the layers that the first of some cells names that names any."""
    for cell in cells:
        found = [each for each in read_cell(cell.text.replace("\n", " ")) if each.kind in LAYERS]
        if found:
            return found
    return []


def _single_rows(rows: Sequence[tuple[Cell, ...]]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """Yield rows, those that hold several layers below each other apart, with how often a brace repeats them."""
    for row in rows:
        split = [[line for line in cell.text.split("\n") if line] for cell in row]
        times = [int(match[1]) for lines in split for line in lines if (match := re.fullmatch(r"(\d+)\s*×", line))]
        lines = [[line for line in each if not re.fullmatch(r"\d+\s*×", line)] for each in split]
        many = len(lines[0]) if lines else 0
        alike = many > 1 and all(len(each) == many for each in lines) and all(map(_is_layer, lines[0]))
        if not alike:
            yield 1, row
            continue
        for i in range(many):
            part = tuple(replace(cell, text=each[i]) for cell, each in zip(row, lines, strict=True))
            yield times[0] if times else 1, part


def _shapes(outputs: Iterable[Cell], inputs: Iterable[Cell]) -> dict[str, tuple[int, ...]]:
    found = {}
    for name, cells in (("output", outputs), ("input", inputs)):
        for cell in cells:
            sizes = re.findall(r"\d+", normalized(cell.text))
            if sizes:
                found[name] = tuple(map(int, sizes))
    return found


def _is_layer_a_column(grid: Grid) -> bool:
    """Tell whether the first row names layers: conv1, conv2, pool ..."""
    first = [cell.text.lower().strip() for cell in grid.rows[0][1:]] if grid.rows else []
    named = [text for text in first if re.fullmatch(r"(?:conv|fc|pool|layer)\W*\d+\w?", text)]
    return len(named) >= 3 and len(named) >= 0.7 * len(first)


def _by_columns(grid: Grid) -> list[TableDesign]:
    """Return the designs of a table with a layer a column, each row a design; the lines of a cell follow each other."""
    found = []
    for row in grid.rows[1:]:
        name = next((cell.text.replace("\n", " ") for cell in row if cell.covers(0)), "")
        readings: list[Reading] = []
        cells: list[Cell] = []
        for column in range(1, grid.width):
            header = _header(grid, column, 1)
            text = next((cell.text for cell in row if cell.first == column), "")
            sizes = re.compile(r"map size|\W*$|\d+ × \d+$")
            lines = [line for line in text.split("\n") if not sizes.match(normalized(line))]
            for i, line in enumerate(lines):
                said = f"{header.rstrip('0123456789 ')}, {line}" if i == 0 else line.replace(",", ";")
                layers = [each for each in read_cell(said) if each.kind in LAYERS]
                readings += layers
                cells += [Cell(header, column, column)] * len(layers)
        found.append(TableDesign(name, "columns", tuple(readings), tuple(cells)))
    return [each for each in found if _is_design(each)]


def _in_order(design: TableDesign) -> TableDesign:
    """Return a design from its input on: some tables print the output first."""
    kinds = [each.kind for each in design.readings]
    if "input" in kinds and kinds.index("input") > len(kinds) / 2:
        return replace(design, readings=design.readings[::-1], cells=design.cells[::-1])
    return design
