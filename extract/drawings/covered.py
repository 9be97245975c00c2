"""Letters of a page that cannot be seen: an area was drawn over them, and other letters on that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from extract.drawings.drawing import box_of
from extract.drawings.line_index import BoxIndex
from extract.pages.sheets import Box

OVER = 0.3
"""The share of a letter's box at least that lies under another letter where one of the two cannot be seen."""
LEAST = 4.0
"""Points of the sides of an area at least that covers letters."""
MOST_AREAS = 1500
"""Areas of a figure at most that are looked at; more are a plot or a map."""
DRAWN = "drawn"
"""What tells when a thing on a page was drawn."""


def in_order(page: Any) -> None:
    """Tell of all that is on a page of pdfplumber's when it was drawn: it keeps letters and paths apart."""
    if any(DRAWN in each for kind in page.objects.values() for each in kind[:1]):
        return
    counts: Counter[str] = Counter()
    for when, each in enumerate(_leaves(page.layout)):
        kind = type(each).__name__.removeprefix("LT").lower()
        same = page.objects.get(kind, ())
        if counts[kind] < len(same):
            same[counts[kind]][DRAWN] = when
        counts[kind] += 1


def _leaves(container: Iterable[Any]) -> Iterator[Any]:
    for each in container:
        if isinstance(each, Iterable):
            yield from _leaves(each)
        else:
            yield each


def without_covered(page: Any) -> Any:
    """Return a part of a page, of which it is told `in_order`, without letters under an area that others stand on.

    How far an area lets through what is under it is not known: letters alone under one are taken to be seen.
    """
    hidden = {id(each) for each in _hidden(page)}
    return page.filter(lambda each: id(each) not in hidden) if hidden else page


def _hidden(page: Any) -> Iterator[dict[str, Any]]:
    areas = [each for each in (*page.rects, *page.curves) if each.get("fill")]
    letters = page.chars
    index = BoxIndex([box_of(each) for each in letters])
    for area in areas if len(areas) <= MOST_AREAS else ():
        box = box_of(area)
        if min(box[2] - box[0], box[3] - box[1]) < LEAST:
            continue
        inside = [letters[i] for i in index.touching(box) if _is_in(letters[i], box)]
        under = [each for each in inside if each.get(DRAWN, 0) < area.get(DRAWN, 0)]
        above = [box_of(each) for each in inside if each.get(DRAWN, 0) > area.get(DRAWN, 0)] if under else []
        if any(_lies_under(box_of(each), other) for each in under for other in above):
            yield from under


def _is_in(char: dict[str, Any], box: Box) -> bool:
    left, top, right, bottom = box_of(char)
    return box[0] < (left + right) / 2 < box[2] and box[1] < (top + bottom) / 2 < box[3]


def _lies_under(a: Box, b: Box) -> bool:
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return min(wide, high) > 0 and wide * high > OVER * (a[2] - a[0]) * (a[3] - a[1])
