"""Which columns of a table hold designs of their own, side by side: their cells are layers with their sizes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extract.columns.grids import Cell, Grid
from extract.columns.headers import role_of
from extract.columns.layer_names import LAYERS, names_layer
from extract.columns.roles import Columns
from extract.tables.ways import names_ways
from extract.words.cells import read_cell
from extract.words.lexicon import kind_of, posts_of
from extract.words.spellings import normalized
from extract.words.strangers import ANY, is_set, names_another, stranger_called


def side_by_side(grid: Grid, columns: Columns) -> list[int]:
    """Return the columns that hold designs of their own: most of their cells are layers with their sizes."""
    ways = names_ways(columns.headers)
    held = [[cell for cell in grid.column(i, columns.start) if cell.first == cell.last] for i in ways]
    if ways and all(cells and all(names_layer(cell.text) for cell in cells) for cells in held):
        return ways
    found: list[int] = []
    fewer: list[int] = []
    places = range(len(columns.roles))
    set_ = [i for i in places if any(map(_is_set, grid.column(i, columns.start)))]
    set_ = set_ if len(set_) > 1 else []  # In one alone they say more of the rows' own layers.
    for column, role in enumerate(columns.roles):
        cells = [
            cell for cell in grid.column(column, columns.start) if cell.first == cell.last == column and cell.tells
        ]
        settings = [cell.text for cell in cells if column in set_ and _is_set(cell)]
        layers = [cell.text for cell in cells if names_layer(cell.text) or _is_stacked(cell.text)] + settings
        telling = [text for text in layers if not _is_counted(text, len(cells))]
        said = [each for text in telling for each in read_cell(text)]
        rich = sum(bool(each.params or each.block or each.kind == ANY) for each in said) + len(settings)
        rich += sum(bool(stranger_called(_once(text))) for text in telling)
        bare = role in ("", "type", "depth") and cells and (columns.headers[column] or not any(columns.headers))
        if bare and len(layers) >= 0.6 * len(cells) and len(cells) >= 2 and rich >= 0.5 * len(cells):
            found.append(column)
        elif bare and role == "" and len(layers) >= 0.5 * len(cells) and rich >= 0.5 * len(cells):
            fewer.append(column)
    stems = {_stem(columns.headers[i]) for i in found}
    fewer = [i for i in fewer if len(grid.texts(i, columns.start)) > FEW or _stem(columns.headers[i]) in stems]
    found = sorted([*found, *fewer]) if len(found) > 1 else found  # Beside several designs with more of them.
    found = _with_short(grid, columns, found) if len(found) > 1 else found
    if len(found) == 1 and (shared := _of_shared_cells(grid, columns)):
        return shared
    heads = [role_of(head) for head in columns.headers]
    unnamed = [
        i for i in found if columns.roles[i] != "type" or (not heads[i] and columns.headers[i] and len(found) > 1)
    ]
    sized = {"stride", "kernel", "repeat", "filters"} & {*columns.roles}
    if len(unnamed) == 1 and len(found) <= 2 and set(columns.roles[: unnamed[0]]) <= _BESIDE and not sized:
        types = [i for i, role in enumerate(columns.roles) if role == "type"]
        if types and unnamed[0] < types[0] and types[0] not in found:
            return []  # Labels of several rows, in front of the names of layers.
        names = [cell.text for i in types for cell in grid.column(i, columns.start)]
        named = [text for text in names if kind_of(text) or posts_of(text)]
        plain = sum(not re.search(r"\d(?!-?[dD]\b)", text) for text in named)
        beside = [cell.text for cell in grid.column(unnamed[0], columns.start)]
        own = sum(bool(kind_of(text)) for text in beside)
        if plain >= 0.6 * len(beside) and own < 0.8 * len(beside) and not any(map(_is_stacked, beside)):
            return []  # What the other column says more of.
        return unnamed if _says_kinds(grid.column(unnamed[0], columns.start)) else []
    return unnamed if len(unnamed) > 1 else found if len(found) > 1 else _of_shared_cells(grid, columns)


FEW = 4
"""Cells of a design at most that say too little by themselves, but for one that is called like others."""


def _stem(name: str) -> str:
    """Return what designs that are numbered have in common."""
    return re.split(r"\d", name)[0].strip(" -_").lower()


def _with_short(grid: Grid, columns: Columns, found: Sequence[int]) -> list[int]:
    """Return the columns of designs with those beside them that hold nothing but layers, however few of their own."""
    places = set(found)
    for column, role in enumerate(columns.roles):
        own = [cell for cell in grid.column(column, columns.start) if cell.first == cell.last == column]
        beside = any(abs(column - each) <= len(columns.roles) - len(found) for each in found)
        layers = sum(bool(names_layer(cell.text) or stranger_called(cell.text)) for cell in own)
        named = role in ("", "pool") and columns.headers[column]  # A design may be called by how it pools.
        if named and beside and own and layers >= (0.75 if role else 1) * len(own):
            places.add(column)
    return sorted(places)


def _of_shared_cells(grid: Grid, columns: Columns) -> list[int]:
    """Return the columns of designs that have most of their layers in common, each in a cell over all of them."""
    places = [i for i, role in enumerate(columns.roles) if not role and columns.headers[i]]
    rows = grid.rows[columns.start :]
    shared = [cell.text for row in rows for cell in row if places and cell.first == places[0] < cell.last == places[-1]]
    own = [cell.text for row in rows for cell in row if cell.first == cell.last in places and cell.tells]
    layers = sum(names_layer(text) or _is_stacked(text) for text in shared)
    worded = bool(own) and all(re.search(r"[A-Za-z]{2}", text) for text in own)
    adjacent = places == [*range(places[0], places[-1] + 1)] if places else False
    return places if adjacent and len(places) > 1 and worded and layers >= 0.4 * len(rows) else []


def _once(text: str) -> str:
    """Return what is called without how often it comes."""
    return re.sub(r"(?<=\)) ?× ?\d{1,2}$", "", normalized(text))


def _is_stacked(text: str) -> bool:
    """Tell a cell of layers in brackets, or of units that nobody knows, or so many of a width: `4 × (128a)`."""
    plain = normalized(text)
    bracketed = "[" in text or re.match(r"\d+ ?× ?\(", plain)
    if (re.search(r"\d ?×", plain) and names_another(plain)) or stranger_called(_once(plain)):
        return True
    return bool(bracketed) and any(each.block or each.kind not in LAYERS for each in read_cell(text))


_COUNTED = re.compile(r"[A-Za-z][A-Za-z _-]*?[ _-]?(?:[123]-?[dD][ _-]?)?\d{1,2}[a-z]?")
"""The name of a layer with a number that tells which one it is."""


def _is_counted(text: str, many: int) -> bool:
    """Tell the name of a layer with which one it is, of so many: conv 16 of six says how many filters there are."""
    counted = _COUNTED.fullmatch(text.strip())
    return counted is not None and int(re.findall(r"\d+", text)[-1]) <= max(many, LARGEST_COUNTER)


LARGEST_COUNTER = 15
"""Which one a layer is at most, where there are not as many."""


def _is_set(cell: Cell) -> bool:
    """Tell a cell of settings alone from one of a name with a number that counts."""
    return is_set(normalized(cell.text)) and not _COUNTED.fullmatch(cell.text.strip())


def _says_kinds(cells: Iterable[Cell]) -> bool:
    """Tell whether a column says what its layers are, and not their sizes, or what is dropped of them, alone."""
    texts = [cell.text for cell in cells]
    kinds = [kind_of(re.sub(r"drop-?out", "", text, flags=re.IGNORECASE)) for text in texts]
    return sum("[" in text or bool(kind) for text, kind in zip(texts, kinds, strict=True)) >= 0.3 * len(texts)


_BESIDE = frozenset(("type", "output", "ignored", "counter", "count", "input", ""))
"""What columns are for that stand in front of one of whole layers."""
