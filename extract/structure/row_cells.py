"""The cells of a row on a page: what stands in the same columns, and between the same rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from extract.columns.grids import Cell
from extract.pages.borders import Bar
from extract.pages.page import Line
from extract.structure.ruling import Ends, columns_under
from extract.structure.wrapping import whole_lines

NEAR = 0.75
"""How far the lines of a row are apart at most, as a share of the type's size: one stands beside the middle of two."""
BESIDE = 3.0
"""Points that a column reaches over the rule beside it at most."""


def _spanned(part: Line, columns: Sequence[Ends], bars: Sequence[Bar]) -> list[int]:
    """Return the columns between the vertical rules on both sides of a part, where other rows have rules in between."""
    middle = part.base - 0.25 * part.size
    here = [x for x, top, bottom in bars if top - 1 <= middle <= bottom + 1]
    left = max((x for x in here if x <= part.x0 + 2), default=float("-inf"))
    right = min((x for x in here if x >= part.x1 - 2), default=float("inf"))
    inside = [i for i, (x0, x1) in enumerate(columns) if left < (x0 + x1) / 2 < right]
    ruled = all(
        any(columns[i][1] - BESIDE < x < columns[j][0] + BESIDE for x, _, _ in bars) for i, j in pairwise(inside)
    )
    return inside if here and len(inside) > 1 and ruled else []


def cells_of(
    lines: Sequence[Sequence[Line]], columns: Sequence[Ends], bars: Sequence[Bar], titles: Sequence[Line]
) -> tuple[Cell, ...]:
    """Return the cells of a row: what stands in the same columns, the lines below each other; titles go over all."""
    lines = [going_on(parts, columns, bars) for parts in lines]
    whole = columns_under([part for parts in lines for part in parts], columns)
    held: dict[tuple[int, int], list[Line]] = {}
    for parts in lines:
        for part in parts:
            over = [i for i, (x0, x1) in enumerate(columns) if part.x0 < x1 - 1 and part.x1 > x0 + 1]
            if not over and columns:  # A title between two columns.
                over = [min(range(len(columns)), key=lambda i: abs(sum(columns[i]) - part.x0 - part.x1))]
            wide = [*range(len(columns))] if part in titles else _spanned(part, columns, bars)
            if set(over) <= set(wide) and not (set(wide) - set(over)) & whole:
                over = wide  # As far as the rules beside it are apart.
            if over:
                held.setdefault((over[0], over[-1]), []).append(part)
    cells = []
    for (first, last), parts in sorted(held.items()):
        beside = any(
            len(each) == len(parts) and all(map(_is_size, each)) for each in held.values() if each is not parts
        )
        own = parts if beside else whole_lines(parts, columns[last][1] - columns[first][0])
        text = own[0].text
        for before, part in pairwise(own):
            text += (" " if abs(part.base - before.base) < NEAR / 2 * part.size else "\n") + part.text
        box = (
            min(part.x0 for part in own),
            min(part.top for part in own),
            max(part.x1 for part in own),
            max(part.bottom for part in own),
        )
        cells.append(Cell(_bracketed(text), first, last, box))
    return tuple(_whole_sizes([each for cell in cells for each in _apart(cell)]))


_CUT = re.compile(r"([a-z]\w* \([A-Z]\w*) ?(\((?:None|-1|\?),.*\))")
"""A class that Keras cut off where its column ends, and the size behind it: `pool (MaxPooling2 (None, 13, 13, 32)`."""


def _apart(cell: Cell) -> Iterator[Cell]:
    """Yield a cell, or both of which the first is cut off so close to the second that they are one part."""
    cut = _CUT.fullmatch(cell.text) if cell.first < cell.last else None
    if cut is None:
        yield cell
    else:
        yield from (replace(cell, text=cut[1], last=cell.first), replace(cell, text=cut[2], first=cell.last))


def _is_size(part: Line) -> bool:
    """Tell a size or a number, beside which each line of another cell is one by itself."""
    plain = part.text.strip()
    return bool(re.fullmatch(r"[(\[]?\d+(?: ?[×x,] ?\d+)*[)\]]?|\d*\.\d+|yes|no|true|false|none", plain, re.IGNORECASE))


def going_on(parts: Sequence[Line], columns: Sequence[Ends], bars: Sequence[Bar]) -> list[Line]:
    """Return the parts of a line, as one what goes on behind a comma or the like, with no rule in between as elsewhere.

    So stands in the middle of several columns what is the same in all of them: `P = 4;  C = 64`.
    """
    found: list[Line] = []
    for part in parts:
        spanned = _spanned(part, columns, bars)
        if found and found[-1].text.endswith((";", ",")) and spanned and spanned == _spanned(found[-1], columns, bars):
            found[-1] = Line((*found[-1].words, *part.words))
        else:
            found.append(part)
    return found


def _whole_sizes(cells: Sequence[Cell]) -> Iterator[Cell]:
    """Yield the cells of a row, a size as one that goes on behind a sign of multiplication: `512 ×`, `1024`, `× 3`."""
    held: Cell | None = None
    for cell in cells:
        open_ = held is not None and re.fullmatch(r"\d+ ×", held.text) and cell.text.isdecimal()
        on = held is not None and " × " in held.text and re.fullmatch(r"× ?\d+", cell.text) and held.last > held.first
        if held is not None and (open_ or on):
            held = Cell(f"{held.text} {cell.text}", held.first, cell.last, held.box)
            continue
        if held is not None:
            yield held
        held = cell
    if held is not None:
        yield held


_REPEAT = re.compile(r"(?:(?<=[A-Za-z\])])|(?<=, \d)|(?<=, \d\d)|(?<=, \d\d\d)|(?<=, \d\d\d\d)|^)\s*×\s*(\d+)$")


def _bracketed(text: str) -> str:
    """Return a cell whose brackets came out as loose glyphs, or not at all, with `× N` of one line for all of them."""
    lines = [line for line in text.split("\n") if line]
    alone = [line for line in lines if "stride" in line or re.match(r"\(.*\)", line) or _ends_in_window(line)]
    times = [match[1] for line in lines if line not in alone and (match := _REPEAT.search(line))]
    if len(times) != 1 or "[" in text or len(lines) < 2:
        return text
    inner = [kept for line in lines if (kept := _REPEAT.sub("", line).strip())]
    return f"[{'; '.join(inner)}] × {times[0]}" if len(inner) > 1 else text


def _ends_in_window(line: str) -> bool:
    """Tell a line whose only window stands behind a comma: `pool, 7 × 7`, and not `3 × 3, 8 × 2`."""
    window = re.search(r", (\d+) ?× ?(\d+)$", line)
    return window is not None and window[1] == window[2] and line.count("×") == 1
