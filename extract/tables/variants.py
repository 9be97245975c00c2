"""Designs side by side in a table, each in a column of its own: VGG's configurations, the depths of a ResNet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from extract.columns.grids import Cell, Grid
from extract.columns.layer_names import LAYERS, is_layer, layers_in
from extract.columns.numbers import shapes, whole
from extract.columns.roles import Columns
from extract.columns.table_design import TableDesign
from extract.tables.network_rows import OWN
from extract.tables.repeated_names import as_often
from extract.tables.row_completion import told_by_size
from extract.tables.row_outputs import head_of
from extract.tables.together import with_ways
from extract.tables.variant_names import heard_beside, named_alone, named_beside, set_beside, with_posts
from extract.words.cells import read_attributes, read_cell
from extract.words.families import FILTERED, LOCAL_POOLS
from extract.words.lexicon import kind_of
from extract.words.reading import Reading
from extract.words.spellings import normalized
from extract.words.strangers import ANY, is_set, settings_of, stranger_called

_CODER = re.compile(r"\b(?:en|de)coders?\b", re.IGNORECASE)
"""The name of half an autoencoder, which has no layer in common with the other half."""
RESIZING = frozenset((*FILTERED, "dwconv", *LOCAL_POOLS, "upsample"))
"""Kinds of layer that give another size of an image than they take, or may."""

NEAR = 3.0
"""Points that a cell stands from the middle of all designs at most, where it belongs to each of them."""


def variant(grid: Grid, column: int, designs: Sequence[int], columns: Columns) -> TableDesign:
    """Return the design of one column; what stands in the middle of all of them belongs to each."""
    found = _Variant(grid, column, designs, columns)
    for row in grid.rows[columns.start :]:
        for cell in found.cells_of(row):
            if not found.goes_on(row, cell):
                found.take(row, cell)
        found.begin(row)
    return found.design()


class _Variant:
    """The layers of one of several columns with a design each, as they are read row by row."""

    def __init__(self, grid: Grid, column: int, designs: Sequence[int], columns: Columns) -> None:
        self.grid, self.column, self.designs, self.columns = grid, column, designs, columns
        self.roles = _own_roles(columns.roles, column, designs)
        self.readings: list[Reading] = []
        self.cells: list[Cell] = []
        heads = [columns.headers[i] for i in designs]
        self.apart = all(OWN.search(each) or _CODER.search(each) for each in heads)

    def cells_of(self, row: Sequence[Cell]) -> list[Cell]:
        """Return the cells of a row that say something of this design, from the top down."""
        inside = [cell for cell in _between(row, self.designs) if not self.apart or cell.covers(self.column)]
        own = [cell for cell in inside if cell.covers(self.column)]
        if _is_of_all(row, inside, self.designs, self.roles):
            own = [next(cell for cell in inside if cell.tells)]
        if len(inside) == 1 and (
            _is_of_one(inside[0], self.grid, self.columns.start, self.designs) or self._is_of_others(inside[0])
        ):
            inside = []
        return sorted(own or (inside if len(inside) == 1 else ()), key=lambda each: each.box[1] if each.box else 0)

    def _is_of_others(self, cell: Cell) -> bool:
        """Tell a cell over several designs, but not over this one, that stands in their middle, and not in that of all.

        Without bars the middle of a cell over all of them may seem to lie over fewer.
        """
        if cell.covers(self.column) or cell.first == cell.last:
            return False
        start, covered = self.columns.start, [each for each in self.designs if cell.covers(each)]
        own, whole = _middle(self.grid, start, covered), _middle(self.grid, start, self.designs)
        if cell.box is None or own is None or whole is None:
            return True
        here = (cell.box[0] + cell.box[2]) / 2
        return abs(here - own) < abs(here - whole)

    def goes_on(self, row: Sequence[Cell], cell: Cell) -> bool:
        """Take a cell that says what comes in, or more of the layer above it; tell whether it does."""
        taken_in = any(kind_of(each.text) == "input" for each in row if self.roles[each.first] == "type")
        if taken_in and not kind_of(cell.text):  # How what comes in is cut out of what there is.
            wide = tuple(int(each) for each in re.findall(r"\d+", cell.text) if "×" not in normalized(cell.text))
            comes_in = _sizes(row, self.roles).get("output") or (wide if len(wide) == 1 else ())
            if not self.readings and comes_in:
                self._add([Reading("input", {"output": comes_in}, text=row[0].text)], row[0])
            return True
        if not self.readings:
            return False
        above, plain = self.readings[-1], normalized(cell.text)
        more: dict[str, Any] | None = None
        if _MORE_OF_IT.match(cell.text) and not kind_of(cell.text):
            more = read_attributes(cell.text, above.kind)  # Of which it says more.
        elif cell.first == cell.last and _is_said_alone(row, self.roles, cell):
            more = settings_of(plain)
        elif above.kind == "input" and not kind_of(cell.text) and (size := _PLAIN.fullmatch(plain)):
            above, more = replace(above, params={}), {"shape": (int(size[1]), int(size[2]))}
        if more is not None:
            self.readings[-1] = replace(above, params=above.params | more)
        return more is not None

    def take(self, row: Sequence[Cell], cell: Cell) -> None:
        """Take the layers that a cell says, with what the cells beside it say of them."""
        alone = not any(each.tells for each in _between(row, self.designs))
        found = named_alone(row, self.roles) if alone else named_beside(row, self.roles, cell) or _layers_of(cell.text)
        found = (
            set_beside(row, self.roles, cell, found)
            or heard_beside(row, self.roles, cell)
            or _unknown(cell, self.column, self.readings)
        )
        found = with_posts(row, self.roles, found)
        names = [each.text for each in row if self.roles[each.first] == "type" and each is not cell]
        found = as_often(found, names[0], cell.text) if len(names) == 1 else found
        if width := whole([each for each in row if self.roles[each.first] == "filters"]):
            found = [_widened(each, width) for each in found]
        found = self._sized(row, found)
        if found and (head := head_of(row)):
            found[0] = replace(found[0], params=found[0].params | head)
        self._add(found, cell)

    def _sized(self, row: Sequence[Cell], found: list[Reading]) -> list[Reading]:
        """Return layers with the sizes that are printed beside them: each its own, or the last what it gives."""
        if len(each_one := _each_size(row, self.roles)) == len(found) > 1:
            return [_with_size(each, size) for each, size in zip(found, each_one, strict=True)]
        if not found or not (sizes := _sizes(row, self.roles)):
            return found
        taken = {"input": sizes.pop("input")} if "input" in sizes else {}
        found[0] = replace(found[0], params={**taken, **found[0].params})
        giving = _GIVING | ({"dense"} if len(sizes.get("output", ())) == 1 else set())
        last = max((i for i, each in enumerate(found) if each.block or each.kind in giving), default=0)
        params = {**sizes, **found[last].params}
        inferred = told_by_size(found[last].kind, params) if "output" in sizes else ()
        found[last] = replace(found[last], params=params, inferred=inferred)
        return found

    def begin(self, row: Sequence[Cell]) -> None:
        """Take what comes in by another name, where the first row says but its size."""
        given = _sizes(row, self.roles).get("output", ()) if not self.readings else ()
        if len(given) > 1 and not any(cell.tells for cell in _between(row, self.designs)):
            self._add([Reading("input", {"output": given}, text=row[0].text)], row[0])

    def _add(self, found: Sequence[Reading], cell: Cell) -> None:
        self.readings += found
        self.cells += [cell] * len(found)

    def design(self) -> TableDesign:
        """Return the design."""
        name = re.split(r"\s(?=\d+ weight)", self.columns.headers[self.column])[0].strip()
        readings, cells = with_ways(self.readings, self.cells)
        return TableDesign(name, "variants", tuple(readings), tuple(cells))


def _own_roles(roles: Sequence[str], column: int, designs: Sequence[int]) -> Sequence[str]:
    """Return what columns are for, those of other designs' sizes left out where each stands behind its own."""
    sized = [i for i, role in enumerate(roles) if role == "output"]
    apart = len(sized) == len(designs) > 1 and all(a < b for a, b in zip(sized, designs, strict=True))
    own = apart and all(a < b for a, b in zip(designs, sized[1:], strict=False))
    other = {*sized} - {sized[list(designs).index(column)]} if own else set()
    return ["ignored" if i in other else "" if i in designs else role for i, role in enumerate(roles)]


def _is_said_alone(row: Sequence[Cell], roles: Sequence[str], cell: Cell) -> bool:
    """Tell what is but set, in a row without a name: of the unit that the row above names."""
    named = any(roles[each.first] == "type" and each.tells for each in row)
    return not named and is_set(normalized(cell.text)) and "[" not in cell.text


def _between(row: Sequence[Cell], designs: Sequence[int]) -> list[Cell]:
    """Return the cells of a row from the first to the last of the columns with designs."""
    return [cell for cell in row if designs[0] <= cell.last and cell.first <= designs[-1]]


def _is_of_all(row: Sequence[Cell], inside: Sequence[Cell], designs: Sequence[int], roles: Sequence[str]) -> bool:
    """Tell a row of a text without spans whose only cell, the first, belongs to each design.

    A convolution may as well be one that the others lack, unless the row says what size all of them give.
    """
    filled = [cell for cell in inside if cell.tells]
    if len(filled) != 1 or filled[0].first != designs[0] or filled[0].box is not None or len(inside) < len(designs):
        return False
    sized = any(roles[cell.first] == "output" and cell.text.strip() for cell in row)
    return sized or _is_shared(filled[0])


def _is_shared(cell: Cell) -> bool:
    """Tell what designs of several depths have in common: a pooling, a classifier, and no convolution."""
    return kind_of(cell.text) not in ("", "conv", "dwconv")


def _middle(grid: Grid, start: int, designs: Sequence[int]) -> float | None:
    """Return the place of the middle of all designs, where they are known."""
    rows = [_between(row, designs) for row in grid.rows[start:]]
    inside = [each for row in rows for each in row if designs[0] <= each.first and each.last <= designs[-1]]
    boxes = [each.box for each in inside if each.box is not None]
    return (min(box[0] for box in boxes) + max(box[2] for box in boxes)) / 2 if boxes else None


def _is_of_one(cell: Cell, grid: Grid, start: int, designs: Sequence[int]) -> bool:
    """Tell a cell that stands alone in its row, but in line with those of its column.

    In the column in the middle it is one of as many filters as the layer above it, which others have too. In the first
    one it may begin the cell of all of them.
    """
    if cell.first != cell.last:
        return False
    if cell.box is None:
        return cell.first != designs[0]  # Where all have it, the first one would.
    if cell.first == designs[0] and _is_shared(cell) and not _follows_own(cell, grid, start, designs):
        return False
    if cell.first == (designs[0] + designs[-1]) / 2:
        return _goes_on(cell, grid, start, designs)
    left, _, right, _ = cell.box
    middle = _middle(grid, start, designs)
    whole = [each for row in grid.rows[start:] for each in row if each.first <= designs[0] < designs[-1] <= each.last]
    if len(whole) < 2 and middle is not None and abs((left + right) / 2 - middle) < NEAR:
        return False
    boxes = [each.box for each in grid.column(cell.first, start) if each is not cell and each.first == each.last]
    known = [box for box in boxes if box is not None]
    lefts, middles = (
        sum(abs(box[0] - left) < 1.5 for box in known),
        sum(abs(box[0] + box[2] - left - right) < 3 for box in known),
    )
    return max(lefts, middles) >= 0.5 * len(known) > 0


def _follows_own(cell: Cell, grid: Grid, start: int, designs: Sequence[int]) -> bool:
    """Tell what stands behind a convolution that the others lack: the deepest design may be the first."""
    rows = [_between(row, designs) for row in grid.rows[start:]]
    at = next(i for i, row in enumerate(rows) if any(each is cell for each in row))
    above = rows[at - 1] if at else []
    return len(above) == 1 and above[0].first == above[0].last == cell.first and not _is_shared(above[0])


def _goes_on(cell: Cell, grid: Grid, start: int, designs: Sequence[int]) -> bool:
    """Tell a layer of as many filters as that above it in its column, which stands beside others, or goes on itself."""
    rows = [_between(row, designs) for row in grid.rows[start:]]
    at = next(i for i, row in enumerate(rows) if any(each is cell for each in row))
    above = [each for each in rows[at - 1] if each.first == each.last == cell.first] if at else []
    said = [[(each.kind, each.params.get("filters")) for each in read_cell(one.text)] for one in (cell, *above)]
    if len(said) < 2 or said[0] != said[1] or not said[0] or None in said[0][0]:
        return False
    return len(rows[at - 1]) > 1 or _goes_on(above[0], grid, start, designs)


def _unknown(cell: Cell, column: int, before: Sequence[Reading]) -> list[Reading]:
    """Return what a cell says that nobody knows, behind the first layer of its design."""
    plain = normalized(cell.text)
    words = re.findall(r"[A-Za-z]{3,}", plain)
    scaled = bool(_SCALED.fullmatch(plain))
    own = scaled or (bool(before) and not _ends(before[-1]))
    own &= scaled or cell.first == cell.last == column or bool(re.search(r"[a-zσ] ?= ?[.\d]", plain))  # And no title.
    often = re.fullmatch(r"(.*[^\s×]) ?× ?(\d{1,2})", plain)
    name, times = (often[1], int(often[2])) if often else (plain, 1)
    return [Reading(name, text=plain, times=times)] if own and words and len(plain) < 60 else []


_SCALED = re.compile(r"[A-Z][a-z]+(?: [A-Z]?[a-z]+)* ?[↓↑] ?\d{1,2}")
"""A unit with how many times smaller or larger it makes an image: Patch Embedding ↓ 4."""
_MORE_OF_IT = re.compile(r"\s*(?:with |and )?(?:stride|pad|dilation|zero[- ]pad)", re.IGNORECASE)


_PLAIN = re.compile(r"(\d+) ?× ?(\d+)(?: [a-z ]+)?")
"""The size of what comes in, in a line of its own."""


def _ends(last: Reading) -> bool:
    """Tell a layer behind which a design has no other that nobody knows."""
    return last.kind == "softmax" or "softmax" in last.posts


_GIVING = RESIZING | {"stage"}


_SIZE = re.compile(r"\d+(?: ?× ?\d+)+(?:, ?\d+)?")


def _last(text: str) -> str:
    """Return the last of several sizes below each other."""
    lines = text.split("\n")
    return lines[-1] if all(_SIZE.fullmatch(normalized(line)) for line in lines) else text


def _each_size(row: Sequence[Cell], roles: Sequence[str]) -> list[tuple[int, ...]]:
    """Return the sizes that stand below each other in a row's cell of them, where there are several."""
    lines = [cell.text.split("\n") for cell in row if roles[cell.first] == "output"]
    several = len(lines) == 1 and len(lines[0]) > 1 and all(_SIZE.fullmatch(normalized(line)) for line in lines[0])
    return [tuple(map(int, re.findall(r"\d+", line))) for line in lines[0]] if several else []


def _widened(reading: Reading, width: int) -> Reading:
    """Return a convolution with as many filters as its row says that those of each design have."""
    own = reading.kind in FILTERED and not reading.block
    return replace(reading, params={"filters": width, **reading.params}) if own else reading


def _with_size(reading: Reading, size: tuple[int, ...]) -> Reading:
    params = {"output": size, **reading.params}
    return replace(reading, params=params, inferred=told_by_size(reading.kind, params))


def _sizes(row: Sequence[Cell], roles: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return the sizes beside the designs of a row, of what it gives and takes; a single one is of a square."""
    plain = [each for each in row if re.fullmatch(r"\d+(?: ?× ?\d+)*", normalized(each.text))]
    found = shapes(
        [replace(each, text=_last(each.text)) for each in row if roles[each.first] == "output"],
        [each for each in plain if roles[each.first] == "input"],
    )
    return {name: size * 2 if name == "input" and len(size) == 1 else size for name, size in found.items()}


def _layers_of(text: str) -> list[Reading]:
    """Return the layers of a cell: those of its lines, one below the other, or of all of it where that is one."""
    if "[" in text or [each.kind for each in read_cell(text)] == [ANY]:
        return read_cell(text)
    text = re.sub(r"\n(?=\s*→)|(?<=→)\s*\n", " ", text)  # A chain goes on.
    found = [each for line in text.split("\n") for each in _called(line) or read_cell(line) if _is_heard(each)]
    whole = layers_in(text.replace("\n", " "))
    if len(whole) == 1 and len(found) == 1:
        return max(found, whole, key=lambda each: len(each[0].params))  # A line may say more of the one above.
    return whole if len(whole) == 1 and len(text) < 40 and not _is_list(text) else found


def _called(line: str) -> list[Reading]:
    """Return the unit that nobody knows which a line calls with what it is made with: `HarDBlk (k = 14)`."""
    plain = normalized(line)
    often = _OFTEN.fullmatch(plain)
    plain, times = (often[1], int(often[2])) if often else (plain, 1)
    name = stranger_called(plain)
    return [Reading(name, settings_of(plain), text=line, times=times)] if name else []


_OFTEN = re.compile(r"(.*\)) ?× ?(\d{1,2})")
"""What is called, and how often it comes: GF Block(64) × 3."""


def _is_heard(reading: Reading) -> bool:
    return reading.kind in LAYERS or bool(_called(reading.text))


def _is_list(text: str) -> bool:
    return all(is_layer(line) for line in text.split("\n"))
