"""Plots of neurons: circles of one size in columns or rows, with lines from each of one to all of the next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot, pi
from statistics import median

from extract.drawings.arrows import Box
from extract.drawings.diagrams import Diagram, Link, Shape
from extract.drawings.drawing import Drawing, Path, Point
from extract.drawings.strokes import area
from extract.spatial.notes import Note, notes_of
from extract.spatial.solids import around, scaled, solids_of
from extract.words.lexicon import kind_of, posts_of
from extract.words.reading import Reading

LEAST, MOST = 4, 400
"""Circles of a plot at least and at most."""
MOST_LINES = 4_000
"""Lines of a plot at most."""
ROUND = 0.06
"""By how much the share of the box around it that a circle fills differs from what a circle does."""
SIZES = 1.7
"""How much larger or smaller than most a neuron is at most."""
FULL = 0.7
"""The share of lines between two columns that are drawn at least where each leads to all."""
UNEVEN = 1.6
"""How much farther than others neurons are from each other where some are left out between them."""

_NAME = re.compile(r"[A-Za-z]{4,}")


@dataclass
class _Column:
    places: list[Box]
    titles: list[Note]

    @property
    def middle(self) -> Point:
        left, top, right, bottom = around(self.places)
        return (left + right) / 2, (top + bottom) / 2


def wired(drawing: Drawing) -> Diagram | None:
    """Return the fully connected layers of a plot of neurons, or None where a drawing shows none."""
    at_scale = scaled(drawing)
    if at_scale is None:
        return None
    plain, scale = at_scale
    circles = _of_one_size(list(dict.fromkeys(_rounded(each.box) for each in plain.paths if _is_circle(each))))
    lines = [(each.points[0], each.points[-1]) for each in plain.paths if not each.closed and each.stroked]
    if not LEAST <= len(circles) <= MOST or not len(circles) <= len(lines) <= MOST_LINES:
        return None
    notes = notes_of(plain.words)
    if sum(any(note.is_in(each.box) for note in notes) for each in solids_of(plain.paths)) > 1:
        return None  # A part of a figure of boxes.
    if sum(any(_NAME.search(note.text) and note.is_in(box) for note in notes) for box in circles) > 1:
        return None  # What has a name of its own is no neuron.
    for axis in (0, 1):
        columns = _columns(circles, axis)
        counts = [len(each.places) for each in columns]
        if 2 <= len(columns) <= max(counts) * len(columns) // 2 and _are_wired(columns, lines):
            return _diagram(_titled(columns, notes, axis), notes, axis).scaled(scale)
    return None


def _of_one_size(circles: Sequence[Box]) -> list[Box]:
    """Return circles without those much smaller or larger than most, as lines that cross close some in."""
    usual = median(right - left for left, _, right, _ in circles) if circles else 0.0
    return [each for each in circles if 1 / SIZES < (each[2] - each[0]) / usual < SIZES]


def _rounded(box: Box) -> Box:
    return tuple(round(each, 1) for each in box)  # type: ignore[return-value]


def _is_circle(path: Path) -> bool:
    left, top, right, bottom = path.box
    wide, high = right - left, bottom - top
    if not path.closed or not 3 < wide < 120 or abs(wide - high) > 0.1 * wide:
        return False
    share = area(path.points) / (wide * high)
    # A circle of SVG has its four outermost points alone.
    return abs(share - pi / 4) < ROUND or (len(path.points) == 5 and abs(share - 0.5) < ROUND)


def _columns(circles: Sequence[Box], axis: int) -> list[_Column]:
    """Return circles by columns from left to right (0), or rows from the top (1)."""
    found: list[list[Box]] = []
    for box in sorted(circles, key=lambda each: each[axis] + each[axis + 2]):
        wide = box[2] - box[0]
        if found and abs(found[-1][0][axis] + found[-1][0][axis + 2] - box[axis] - box[axis + 2]) < wide:
            found[-1].append(box)
        else:
            found.append([box])
    return [_Column(sorted(each, key=lambda box: box[1 - axis]), []) for each in found]


def _are_wired(columns: Sequence[_Column], lines: Sequence[tuple[Point, Point]]) -> bool:
    """Tell columns of which nearly each neuron leads to nearly all of the next."""
    return all(_share(a.places, b.places, lines) >= FULL for a, b in pairwise(columns))


def _share(a: Sequence[Box], b: Sequence[Box], lines: Sequence[tuple[Point, Point]]) -> float:
    joined = set()
    for start, end in lines:
        for first, last in ((start, end), (end, start)):
            i, j = _at(first, a), _at(last, b)
            if i is not None and j is not None:
                joined.add((i, j))
    return len(joined) / (len(a) * len(b))


def _at(point: Point, places: Sequence[Box]) -> int | None:
    """Return the circle that a line ends in, or at."""
    for i, (left, top, right, bottom) in enumerate(places):
        if hypot(point[0] - (left + right) / 2, point[1] - (top + bottom) / 2) < 0.75 * (right - left):
            return i
    return None


def _titled(columns: list[_Column], notes: Sequence[Note], axis: int) -> list[_Column]:
    """Give columns the texts at their heads, or feet: what stands among the lines between two is of neither."""
    hull = around([box for each in columns for box in each.places])
    for note in notes:
        best = min(columns, key=lambda each: abs(each.middle[axis] - note.middle[axis]))
        left, top, right, bottom = around(best.places)
        inside = left < note.middle[0] < right and top < note.middle[1] < bottom
        wide = best.places[0][2] - best.places[0][0]
        is_among = hull[0] < note.middle[0] < hull[2] and hull[1] < note.middle[1] < hull[3]
        if not inside and abs(best.middle[axis] - note.middle[axis]) < (0.5 if is_among else 2) * wide:
            best.titles.append(note)
    return columns


def _diagram(columns: Sequence[_Column], notes: Sequence[Note], axis: int) -> Diagram:
    asked = []
    shapes = []
    for i, column in enumerate(columns):
        text = " ".join(each.text for each in column.titles) or f"{len(column.places)} neurons"
        units = len(column.places)
        told = next((count for each in column.titles if (count := each.number or each.units or _many(each.text))), None)
        if told is not None and told > units:
            units = told  # Of so many, some are drawn.
        elif _has_gap(column, notes, axis):
            asked.append(
                f"{text!r}: how many neurons are there? some are left out, and the {units} that are drawn taken"
            )
        posts = tuple(posts_of(text))
        reading = Reading("dense", {"units": units}, posts, text=text) if i else Reading("input", {"shape": (units,)})
        ends = (Reading("softmax", text=text),) if i and kind_of(text) == "softmax" else ()
        shapes.append(Shape(around(column.places), (text,), (reading, *ends)))
    return Diagram(tuple(shapes), tuple(Link(i, i + 1) for i in range(len(shapes) - 1)), tuple(asked))


def _many(title: str) -> int:
    """Return how many neurons a title says in brackets, or behind a colon: `Hidden 1 (64, ReLU)`."""
    found = re.search(r"[(:] ?(\d+)\b(?! ?[x×.])", title)
    return int(found[1]) if found else 0


def _has_gap(column: _Column, notes: Sequence[Note], axis: int) -> bool:
    """Tell a column of which some neurons are left out: dots stand there, or two are far apart."""
    along = 1 - axis
    steps = [b[along] - a[along] for a, b in pairwise(column.places)]
    left, top, right, bottom = around(column.places)
    dots = any(
        re.fullmatch(r"[.\u00b7\u2022\u22ee\u22ef\u2026: ]+", note.text)
        and left < note.middle[0] < right
        and top < note.middle[1] < bottom
        for note in notes
    )
    return dots or (len(steps) > 1 and max(steps) > UNEVEN * min(steps))
