"""Rows of stages that name a unit of residual nets, and how often it comes: `Conv3_x | Bottleneck × 4 | 512`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from extract.columns.grids import Cell
from extract.tables.one_row import OneRow
from extract.words.cells import read_cell
from extract.words.reading import Reading
from extract.words.spellings import normalized

_STAGE = re.compile(r"(?:conv|stage|layer|block)[ _-]?\d+(?:[._]?x)?", re.IGNORECASE)
"""What a stage is called by the number that it has."""
_UNITS = ("bottleneck", "resblock")


def units_of_stage(row: OneRow) -> list[Reading]:
    """Return the unit that a cell beside the name of a stage says comes so often, with what pools in front of it."""
    if not _STAGE.fullmatch(row.cells[0].text.strip(" *")):
        return []
    for cell in (each for each in row.said.get("type", ()) if each is not row.cells[0]):
        if found := _units(cell):
            row.leave_out(cell)
            row.is_told = row.is_of_last = row.says_often = True
            return found
    return []


def _units(cell: Cell) -> list[Reading]:
    """Return the unit of a cell that says no more than how often it comes, or also what pools in front of it."""
    *ahead, last = read_cell(cell.text) or [Reading("")]
    pools = [each.kind for each in ahead] in ([], ["maxpool"])
    often = re.search(r"× ?\d+$", normalized(cell.text))
    return [*ahead, last] if pools and often and last.kind in _UNITS and not last.params else []


def as_large(ahead: Sequence[Reading], sizes: Mapping[str, Any]) -> list[Reading]:
    """Return what pools in front of units, which gives what they give: it is the step of their stage."""
    given = {"output": sizes["output"]} if "output" in sizes else {}
    return [replace(each, params={**each.params, **given}) for each in ahead]
