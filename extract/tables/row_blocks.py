"""Blocks and stages of rows: what a cell beside the name says is in them, or which unit of its own they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.columns.grids import Cell
from extract.columns.layer_names import LAYERS
from extract.tables.column_cells import MOST_SIDE
from extract.tables.one_row import OneRow
from extract.words.cells import is_open, read_attributes, read_cell
from extract.words.families import POOLS, UNITED, WINDOWED
from extract.words.lexicon import kind_of
from extract.words.reading import Reading
from extract.words.spellings import normalized
from extract.words.strangers import settings_of, stranger_called

WORDS = re.compile(r"(?:(\d+) ?× ?)?([A-Za-z][\w +.-]{1,40}?(?: ?\([\w =.]+\))?)(?: ?× ?(\d+)| ?\(?\b(\d+) ?× ?\4\)?)?")
"""A name in words, maybe with how often it comes."""


def stacked(row: OneRow, named: Sequence[Reading]) -> list[Reading]:
    """Return the block that another cell holds in brackets, where the name says no more than `Conv2_x`."""
    bare = len(named) == 1 and named[0].kind in ("conv", "resblock") and not named[0].params.keys() - {"filters"}
    if bare and (told := _numbered_blocks(row)):
        return told
    said = read_cell(row.attributes) if bare and "[" in row.attributes else []
    return said if said and said[0].block and not any(each.block for each in said[1:]) else []


def _numbered_blocks(row: OneRow) -> list[Reading]:
    """Return the blocks that another cell counts: `Conv2_x | 3 Residual Blocks`."""
    for found in filter(None, (_COUNTED.fullmatch(normalized(cell.text)) for cell in row.cells)):
        name = f"{found[2]} block"
        return [Reading(kind_of(name) or name, text=found[0], times=int(found[1]))]
    return []


def listed_beside(row: OneRow, found: list[Reading], cell: Cell) -> list[Reading]:
    """Return the layer of a cell with what another names behind it: `Conv1 + BN + Pool` beside `Conv2D(3, 32)`."""
    if len(found) == 1 and (many := _times_beside(row, found[0], cell)) > 1:
        return [replace(found[0], times=many)]
    others = [each for each in row.said.get("type", ()) if each is not cell and "+" in each.text]
    said = next((read_cell(each.text) for each in others), [])
    if len(found) == 1 and not found[0].posts and said and said[0].kind == found[0].kind:
        return [replace(found[0], posts=said[0].posts), *said[1:]]
    if len(found) == 1 and [each.kind for each in said] in ([pool, found[0].kind] for pool in POOLS):
        row.is_of_last = True
        return [said[0], *found]  # `FC | avg pool + fc`.
    if _BLOCK.fullmatch(cell.text.strip()) and (inner := _within_block(row, cell)):
        row.is_told = True
        return [replace(inner[0], unclear=inner[0].unclear or is_open(row.attributes)), *inner[1:]]
    return found


def _times_beside(row: OneRow, found: Reading, cell: Cell) -> int:
    """Return how often other cells say a layer comes that they but name: `conv1 | DoubleConv`; they say no more."""
    others = [(each, read_cell(each.text)) for each in (*row.said.get("type", ()), *row.said.get("", ()))]
    again = [(each, said[0]) for each, said in others if each is not cell and len(said) == 1]
    again = [(each, one) for each, one in again if one.kind == found.kind and one.times > 1 and not one.params]
    if found.times > 1 or not again:
        return 1
    for each, _ in again:
        row.leave_out(each)
    return again[0][1].times


_BLOCK = re.compile(r"conv\w*[ _-]?blocks?[ _-]?\d*", re.IGNORECASE)
"""What says no more of layers than that they belong together."""


def _within_block(row: OneRow, cell: Cell) -> list[Reading]:
    """Return the layers that one other cell of a block lists, from a convolution that it says the size of on."""
    others = (*row.said.get("", ()), *row.said.get("type", ()), *row.said.get("filters", ()))
    told = [read_cell(each.text) for each in others if each is not cell]
    told = [each for each in told if each and each[0].kind == "conv" and (len(each) > 1 or each[0].times > 1)]
    told = [each for each in told if each[0].params]
    return told[0] if len(told) == 1 and all(each.kind in LAYERS for each in told[0]) else []


def narrowed(text: str) -> list[Reading]:
    """Return the layers of a bottleneck of two widths, four times apart. Source: He et al., ResNet, figure 5."""
    found = re.search(r"bottleneck ?\((\d+), ?(\d+)\)", normalized(text), re.IGNORECASE)
    inner, outer = (int(found[1]), int(found[2])) if found else (0, 1)
    made = read_cell(f"[1×1, {inner}; 3×3, {inner}; 1×1, {outer}]") if outer == 4 * inner else []
    return [replace(each, text=f"residual {text}") for each in made]


def within_stage(row: OneRow) -> list[Reading]:
    """Return the layers that another cell says of a stage, or the block that it names."""
    if told := _counted_block(row):
        return [told]
    typed = [cell.text for cell in row.said.get("type", ()) if row.is_typed(cell)]
    if (
        len(typed) == 1
        and kind_of(typed[0]) == ""
        and (name := WORDS.fullmatch(normalized(" ".join(typed[0].split()))))
    ):
        return [Reading(name[2], text=typed[0], times=min(int(name[1] or name[3] or 1), MOST_SIDE))]
    said = read_cell(row.attributes)
    said = [each for each in said if each.kind in LAYERS or (each.kind and said[0].kind in LAYERS)]
    return said if says_layers(row.attributes, said) else []


def says_layers(text: str, said: Sequence[Reading]) -> bool:
    """Tell whether a cell says layers by a word, as a block, or by a window with how many filters it has: [3×3, 64]."""
    return bool(kind_of(text) or any(each.block for each in said) or _BRACKETED.match(text))


_BRACKETED = re.compile(r"\[\d+ ?× ?\d+, ?\d+\]")


def _counted_block(row: OneRow) -> Reading | None:
    """Return the block that another cell of a stage names, with how often it comes: `3 × ResNeXt block (64-d)`."""
    for cell in row.cells:
        if found := re.match(r"(\d{1,2}) ?× ?([A-Za-z][\w-]*(?: [A-Za-z][\w-]*)*)", normalized(cell.text)):
            return Reading(found[2], text=normalized(cell.text), times=int(found[1]))
        plain = normalized(cell.text)
        if (found := re.fullmatch(r"(.*\)) ?× ?(\d{1,2})", plain)) and (called := stranger_called(found[1])):
            return Reading(called, settings_of(found[1]), text=plain, times=int(found[2]))
    return None


def typed_beside(row: OneRow, label: Cell) -> list[Reading]:
    """Return the layers of another cell of a row that says which they are."""
    others = [read_cell(cell.text) for cell in row.said.get("type", ()) if cell is not label]
    return next((each for each in others if each and all(one.kind in (*WINDOWED, *UNITED) for one in each)), [])


def called_often(row: OneRow) -> Reading | None:
    """Return the unit that a cell calls by its class, with how often it comes: `2 × BasicBlock(64→128, stride=2)`."""
    for cell in row.said.get("type", ()):
        found = _OFTEN_CALLED.fullmatch(normalized(cell.text))
        if found and (called := stranger_called(found[2])):
            said = read_attributes(found[3], "conv")
            params = {key: value for key, value in said.items() if key in ("filters", "stride", "dilation")}
            return Reading(called, params, text=normalized(cell.text), times=int(found[1]))
    return None


_OFTEN_CALLED = re.compile(r"(\d{1,2}) ?× ?([A-Z]\w+ ?\((.*)\))")
_COUNTED = re.compile(r"(\d{1,2})(?: ?×)? ([A-Za-z][A-Za-z -]*?) ?blocks?", re.IGNORECASE)
