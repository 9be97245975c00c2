"""Find captions, and from them the places of tables: what stands between a caption and the running text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from statistics import median

from extract.page import Line, Page

CAPTION = re.compile(r"^(Table|TABLE|Figure|FIGURE|Fig\.?|FIG\.?)\s*(\d+|[IVX]+)\s*[.:|]?(?=\s|$)")


@dataclass(frozen=True)
class Caption:
    """A caption: its label ("Table 1"), its text, and its lines."""

    label: str
    text: str
    lines: tuple[Line, ...]
    column: tuple[float, float]


@dataclass(frozen=True)
class Region:
    """The place of a table or figure with the lines in it."""

    page: int
    label: str
    caption: str
    box: tuple[float, float, float, float]
    lines: tuple[Line, ...]


def columns_of(page: Page) -> list[tuple[float, float]]:
    """Return the columns of a page's running text: one, or two where the middle is mostly free."""
    middle = page.width / 2
    whole = apart = 0
    for line in page.lines():
        left = [word for word in line.words if word.x0 < middle]
        right = [word for word in line.words if word.x0 >= middle]
        if len(left) >= 3 and len(right) >= 3:
            whole += 1
            apart += right[0].x0 - max(word.x1 for word in left) > 8 and abs(right[0].x0 - middle) < 0.06 * page.width
    if whole >= 5 and apart >= 0.5 * whole:
        return [(0.0, middle), (middle, page.width)]
    return [(0.0, page.width)]


def captions(page: Page) -> list[Caption]:
    """Return the captions of a page, from its columns and its whole width."""
    found: list[Caption] = []
    for left, right in columns_of(page):
        lines = page.lines(left, right)
        for i, line in enumerate(lines):
            match = CAPTION.match(line.text)
            if match and _is_start(lines, i, match):
                text = _lines_of_caption(*_across(page, lines, i, (left, right)))
                label = f"{'Table' if match[1].lower().startswith('tab') else 'Figure'} {match[2]}"
                found.append(Caption(label, " ".join(each.text for each in text), tuple(text), (left, right)))
    return found


def _across(page: Page, lines: list[Line], place: int, column: tuple[float, float]) -> tuple[list[Line], int]:
    """Return the lines around a caption, and its place in them: of the whole page where it goes across columns."""
    draft = Caption("", "", (lines[place],), column)
    (left, right), *_ = _widths(page, draft)
    if (left, right) == column:
        return lines, place
    whole = page.lines(left, right)
    near = min(range(len(whole)), key=lambda i: abs(whole[i].base - lines[place].base))
    return whole, near


def _is_start(lines: list[Line], place: int, match: re.Match[str]) -> bool:
    """Tell a caption from a sentence of the running text that begins with a label."""
    line = lines[place]
    if re.search(r"[.:|]\s*$", match[0]) or line.words[0].bold or match[0].strip().isupper():
        return True
    before = lines[place - 1] if place else None
    gap = line.top - before.bottom if before else 99.0
    return gap > 0.8 * line.size


def _lines_of_caption(lines: list[Line], place: int) -> list[Line]:
    """Return a caption's lines: those that follow without a gap, in its size."""
    found = [lines[place]]
    for line in lines[place + 1 : place + 12]:
        last = found[-1]
        gap = line.top - last.bottom > 0.45 * last.size or abs(line.size - last.size) > 0.6
        if gap or len(segments(line, 1.2)) > 1:
            break
        found.append(line)
    return found


def table_regions(page: Page, found: Sequence[Caption]) -> list[Region]:
    """Return the tables of a page's captions: of what stands above and below each, so much that none is taken twice."""
    choices = [[None, *_candidates(page, each)] for each in found if each.label.startswith("Table")][:MOST_TABLES]
    best: tuple[float, tuple[tuple[float, Region] | None, ...]] = (0.0, ())
    for taken in product(*choices):
        regions = [each for each in taken if each is not None]
        score = sum(each[0] for each in regions)
        apart = all(not _overlap(a[1], b[1]) for a, b in combinations(regions, 2))
        if apart and score > best[0]:
            best = score, taken
    return [each[1] for each in best[1] if each is not None]


MOST_TABLES = 6
"""Tables of a page at most."""


def _overlap(a: Region, b: Region) -> bool:
    across = a.box[0] < b.box[2] and b.box[0] < a.box[2]
    return across and a.box[1] < b.box[3] and b.box[1] < a.box[3]


def _candidates(page: Page, caption: Caption) -> list[tuple[float, Region]]:
    """Return what may be the table of a caption, above and below it up to the running text, and how likely it is."""
    columns = columns_of(page)
    choices = []
    for left, right in _widths(page, caption):
        lines = page.lines(left, right)
        start, end = caption.lines[0].top, caption.lines[-1].bottom
        width = right - left
        below = _run([line for line in lines if line.top >= end - 1], end, width, columns)
        above = _run([line for line in reversed(lines) if line.bottom <= start + 1], start, width, columns)
        # Between two captions a table is rather that of the upper one.
        for run, weight in ((below, 1.2), (sorted(above, key=lambda line: line.top), 1.0)):
            score = weight * _tabular(run)
            if len(run) >= 2 and score >= 3:
                box = (min(line.x0 for line in run), run[0].top, max(line.x1 for line in run), run[-1].bottom)
                choices.append((score, Region(page.number, caption.label, caption.text, box, tuple(run))))
    return choices


def _widths(page: Page, caption: Caption) -> list[tuple[float, float]]:
    """Return the part of the page that a caption is for: its column, or all of it where the caption goes across."""
    whole = (0.0, page.width)
    left, right = caption.column
    first = caption.lines[0]
    beside = page.lines(0, page.width, first.top - 1, first.bottom + 1)
    for line in beside:
        inside = [i for i, word in enumerate(line.words) if left - 1 <= word.x0 and word.x1 <= right + 1]
        if not inside:
            continue
        for i, j in ((inside[0] - 1, inside[0]), (inside[-1], inside[-1] + 1)):
            if i >= 0 and j < len(line.words) and line.words[j].x0 - line.words[i].x1 < 0.9 * first.size:
                return [whole]
    return [caption.column]


def _parts(line: Line, width: float, columns: list[tuple[float, float]]) -> list[tuple[Line, tuple[float, float]]]:
    """Return a line in each column that it is in, with the column's ends; all of it where it is in one alone."""
    if len(columns) < 2 or width < columns[-1][1] - 1:
        return [(line, (0.0, width))]
    parts = [(tuple(word for word in line.words if left <= word.x0 < right), (left, right)) for left, right in columns]
    return [(Line(words), column) for words, column in parts if words]


def _run(lines: list[Line], start: float, width: float, columns: list[tuple[float, float]]) -> list[Line]:
    """Return the lines from a caption on, until a wide gap or running text."""
    found: list[Line] = []
    edge = start
    for line in lines:
        prose = any(is_prose(part, right - left) for part, (left, right) in _parts(line, width, columns))
        gap = line.top - edge if line.top >= edge else edge - line.bottom
        wide = 3.2 if not found else 2.4
        if gap > wide * line.size or prose or CAPTION.match(line.text):
            break
        found.append(line)
        edge = line.bottom if line.top >= edge else line.top
    return found


def is_prose(line: Line, width: float) -> bool:
    """Tell running text: a line of many words without gaps, nearly as wide as its column."""
    gaps = [b.x0 - a.x1 for a, b in zip(line.words, line.words[1:], strict=False)]
    return (
        len(line.words) >= 6
        and line.x1 - line.x0 > 0.72 * width * 0.86
        and max(gaps, default=0.0) < 1.1 * line.size
        and median(gaps or [0.0]) < 0.6 * line.size
    )


def _tabular(lines: list[Line]) -> float:
    """Return how much lines look like a table: how many have gaps between their words."""
    return sum(len(segments(line)) > 1 for line in lines) + 0.1 * len(lines)


def segments(line: Line, least: float = 0.75) -> list[Line]:
    """Return the parts of a line between its gaps, which are wider than a share of its size."""
    parts: list[list[object]] = [[line.words[0]]]
    for before, word in zip(line.words, line.words[1:], strict=False):
        if word.x0 - before.x1 > least * max(word.size, before.size):
            parts.append([])
        parts[-1].append(word)
    return [Line(tuple(part)) for part in parts]  # type: ignore[arg-type]
