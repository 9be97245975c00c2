"""Tables that go on over the end of a page: their rows on the other page, moved to where they follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from extract.pages.page import Line, Page, segments
from extract.pages.sheets import Box
from extract.structure.ruling import Ends, bars_in, columns_of, columns_under

NEAR_END = 0.2
"""The share of a page's height from its ends within which a table ends that may go on."""
BESIDE = 4.0
"""Points by which a row reaches over the outer columns at most."""
APART = 1.5
"""How far lines of a table are apart at most on the other page, as multiples of what they are on its own."""
ROOM = 1.25
"""How far the line behind a table's last row is from it at least, as a multiple of what the lines of the table are."""
FEWEST = 3
"""Lines of a table at least whose columns are known."""


def is_near_end(height: float, box: Box, way: int) -> bool:
    """Tell whether a table ends near the foot (1) or the head (-1) of a page."""
    return box[3] > (1 - NEAR_END) * height if way > 0 else box[1] < NEAR_END * height


def may_go_on(page: Page, box: Box, way: int) -> bool:
    """Tell whether nothing stands beyond a table at the foot (1) or the head (-1) of its page, but for one line."""
    return len(page.lines(top=box[3] + 1) if way > 0 else page.lines(bottom=box[1] - 1)) <= 1


def with_rows_of(page: Page, box: Box, other: Page, taken: Sequence[Box], way: int) -> tuple[Page, Box, Box] | None:
    """Return a page with the rows of its table that the next one (1) or the one before it (-1) begins or ends with.

    With it come the box of the whole table, and that of its rows on the other page. `taken` are the boxes of that
    page's own figures and tables. Rows stand in the columns of the table; those that are its first ones again, as
    headers that are repeated, are left out.
    """
    own = page.lines(box[0], box[2], box[1], box[3])
    if len(own) < FEWEST:
        return None
    columns = columns_of([segments(line) for line in own], bars_in(page, box), [[i] for i in range(len(own))])
    steps = [below.base - above.base for above, below in pairwise(own)]
    rows = _rows(other, way, columns, steps, taken)
    heads = [line.text for line in own] if way > 0 else []
    rest = [line for i, line in enumerate(rows) if not (i < len(heads) and line.text == heads[i])]
    if not any(len(segments(line)) > 1 for line in rest):
        return None
    gap = median(steps) / 3
    top, bottom = rest[0].top - gap, rest[-1].bottom + gap
    down = box[3] - top if way > 0 else box[1] - bottom
    ends = (box[1], bottom + down) if way > 0 else (top + down, box[3])
    return (
        _together(page, other, (top, bottom), down),
        (box[0], ends[0], box[2], ends[1]),
        (box[0], top, box[2], bottom),
    )


def _rows(other: Page, way: int, columns: Sequence[Ends], steps: Sequence[float], taken: Sequence[Box]) -> list[Line]:
    """Return the lines from an end of a page on that are rows of a table, but for one in front of them.

    Rows end at a rule, or with room behind them: lines that go on into others as close are running text.
    """
    found: list[Line] = []
    for i, line in enumerate(other.lines()[::way]):
        away = abs(line.base - found[-1].base) if found else 0.0
        if away > APART * max(steps) or any(top < line.base < bottom for _, top, _, bottom in taken):
            break
        if all(_is_in_one(part, columns) for part in segments(line)):
            found.append(line)
        elif found and away < ROOM * median(steps) and not _is_ruled_off(other, *sorted((found[-1].base, line.base))):
            return []
        elif found or i:
            break
    return found[::way]


def _is_ruled_off(page: Page, top: float, bottom: float) -> bool:
    return any(top < y < bottom for y, _, _ in page.rules)


def _is_in_one(part: Line, columns: Sequence[Ends]) -> bool:
    inside = columns[0][0] - BESIDE < part.x0 and part.x1 < columns[-1][1] + BESIDE
    return inside and len(columns_under([part], columns)) == 1


def _together(page: Page, other: Page, ends: tuple[float, float], down: float) -> Page:
    """Return a page with a part of another one, between two heights, so much further down on it."""
    top, bottom = ends
    words = [
        replace(word, top=word.top + down, bottom=word.bottom + down, base=word.base + down)
        for word in other.words
        if top <= word.middle <= bottom
    ]
    rules = [(y + down, x0, x1) for y, x0, x1 in other.rules if top - 1 < y < bottom + 1]
    bars = [(x, max(y0, top) + down, min(y1, bottom) + down) for x, y0, y1 in other.bars if y0 < bottom and y1 > top]
    stacks = [(x0, y0 + down, x1, y1 + down) for x0, y0, x1, y1 in other.stacks if top < (y0 + y1) / 2 < bottom]
    bands = [(x0, y0 + down, x1, y1 + down) for x0, y0, x1, y1 in other.bands if top < (y0 + y1) / 2 < bottom]
    return replace(
        page,
        bands=(*page.bands, *bands),
        words=(*page.words, *words),
        rules=(*page.rules, *rules),
        bars=(*page.bars, *bars),
        stacks=(*page.stacks, *stacks),
    )
