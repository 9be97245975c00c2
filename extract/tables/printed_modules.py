"""What PyTorch prints of a module: the layers that it holds, one below the other, and those within others set in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from extract.columns.grids import Cell
from extract.columns.table_design import TableDesign
from extract.words.cells import read_cell
from extract.words.reading import Reading

_ROOT = re.compile(r"[ \t]*([A-Za-z_]\w*)\([ \t]*")
_HELD = re.compile(r"\s*\(([\w.-]+)\): (?:(\d+) x )?([A-Za-z_]\w*)\((.*)")
_CHAINS = ("Sequential", "ModuleList")
MOST_LINES = 10_000
MOST_TIMES = 512


def printed_modules(text: str) -> Iterator[tuple[TableDesign, tuple[int, int]]]:
    """Yield the designs of the modules that are printed in a text, and the places of their ends."""
    place, lines = 0, text.split("\n")
    starts = []
    for line in lines:
        starts.append(place)
        place += len(line) + 1
    i = 0
    while i + 1 < len(lines):
        root = _ROOT.fullmatch(lines[i])
        if root is None or _HELD.match(lines[i + 1]) is None:
            i += 1
            continue
        readings, opened, end = _held(lines, i + 1)
        open_ = dict.fromkeys([root[1], *opened])
        asked = tuple(
            f"how the modules of {name} are joined is not printed: one behind the other is taken, with nothing between"
            for name in open_
            if name not in _CHAINS
        )
        if readings:
            cells = tuple(Cell(each.text, 0, 0) for each in readings)
            span = starts[i], starts[end - 1] + len(lines[end - 1])
            yield TableDesign(root[1], "rows", tuple(readings), cells, questions=asked), span
        i = end


def _held(lines: list[str], start: int) -> tuple[list[Reading], list[str], int]:
    """Return the layers from a line on, the classes that hold some of them, and the line behind their end."""
    readings: list[Reading] = []
    opened: list[str] = []
    depth, i = 1, start
    while i < min(len(lines), start + MOST_LINES) and depth:
        held = _HELD.fullmatch(lines[i])
        if held is None:
            depth -= lines[i].strip() == ")"
        elif held[4].strip():
            said = f"{held[3]}({held[4].strip()}"
            found = read_cell(said) or [Reading(held[3], text=said)]
            times = min(int(held[2] or 1), MOST_TIMES)
            readings += [replace(each, times=each.times * times) for each in found]
        else:
            opened.append(held[3])
            depth += 1
        i += 1
    return readings, opened, i
