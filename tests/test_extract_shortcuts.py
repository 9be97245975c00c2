"""Shortcuts beside a column of boxes: drawn as dashes one by one, and joined where one ends and the next begins."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import hypot

import pytest

from extract.drawings.dash_rows import rows_joined
from extract.drawings.drawing import Path, Point
from tests.test_extract_diagrams import arrows, design, down, line, read

CORNERS = ((140.0, 160.0), (240.0, 160.0), (240.0, 350.0), (146.0, 350.0))
TIP = '<polygon points="140,{y} 148,{over} 148,{under}" fill="black"/>'


def tip(y: float) -> str:
    """Draw the head of an arrow that points to the left, to the middle of the boxes."""
    return TIP.format(y=y, over=y - 4, under=y + 4)


def marks(*corners: Point, long: float = 6, every: float = 9, wide: float = 2) -> list[list[Point]]:
    """Return the corners of dashes along a line of several parts, each an area by itself."""
    found = []
    for (x0, y0), (x1, y1) in pairwise(corners):
        whole = hypot(x1 - x0, y1 - y0)
        dx, dy = (x1 - x0) / whole, (y1 - y0) / whole
        ax, ay = -dy * wide / 2, dx * wide / 2
        for i in range(int((whole - long) / every) + 1):
            a = x0 + dx * i * every, y0 + dy * i * every
            b = a[0] + dx * long, a[1] + dy * long
            ring = [(a[0] + ax, a[1] + ay), (b[0] + ax, b[1] + ay), (b[0] - ax, b[1] - ay), (a[0] - ax, a[1] - ay)]
            found.append(ring)
    return found


def areas(rings: list[list[Point]]) -> list[Path]:
    return [Path((*ring, ring[0]), True, True, False, 4) for ring in rings]


def dashed(*corners: Point) -> str:
    """Draw dashes along a line, one behind the other."""
    points = [" ".join(f"{x},{y}" for x, y in ring) for ring in marks(*corners)]
    return "".join(f'<polygon points="{each}" fill="black"/>' for each in points)


def test_a_row_of_dashes_is_one_line_from_its_first_to_a_gap_behind_its_last() -> None:
    (found,) = rows_joined(areas(marks(*CORNERS)))
    assert not found.closed
    assert found.points[0] == pytest.approx((140, 160), abs=1.5)
    assert found.points[-1] == pytest.approx((148, 350), abs=3)
    assert found.box == pytest.approx((148, 160, 240, 350), abs=9)


def test_short_lines_that_are_drawn_one_by_one_are_a_row_too() -> None:
    dashes = [Path(((10.0 * i, 0.0), (10.0 * i + 6, 0.0)), False, False, True, 2) for i in range(12)]
    (found,) = rows_joined(dashes)
    assert found.box == pytest.approx((0, 0, 120, 0))


@pytest.mark.parametrize(
    "paths",
    [
        areas(marks((0, 0), (30, 0))),
        areas(marks((0, 0), (90, 0), (90, 90), (0, 90), (0, 0))),
        areas(marks((0, 0), (90, 0), long=2.4)),
        [Path(((9.0 * i, 0.0), (9.0 * i, 6.0)), False, False, True, 2) for i in range(12)],
        areas(marks((0, 0), (400, 0), long=30, every=40)),
        [Path(((0.0, 22.0 * i), (0.0, 22.0 * i + 8)), False, False, True, 2) for i in range(12)],
    ],
    ids=["few", "ring", "dots", "ticks", "bars", "ways"],
)
def test_what_is_no_row_of_dashes_stays(paths: list[Path]) -> None:
    assert list(rows_joined(paths)) == paths


def test_a_dashed_arrow_leads_where_it_points() -> None:
    found = read(down("image", "conv", "conv", "fc"), dashed((140, 150), (240, 150), (240, 350), (146, 350)), tip(350))
    assert arrows(found) == {("image", "conv"), ("conv", "conv"), ("conv", "fc"), ("image", "fc")}


def test_what_is_joined_where_a_shortcut_ends_is_joined_once() -> None:
    texts = ["image 16x16x8", *["3x3 conv, 8"] * 6]
    ways = [line((140, y + 6), (240, y + 6), (240, y + 200), (146, y + 200)) + tip(y + 200) for y in (150, 350)]
    graph, asked = design(down(*texts), *ways)
    assert not asked
    joined = [node for node in graph.nodes if type(node.layer).__name__ == "Add"]
    assert [len(node.inputs) for node in joined] == [2, 2]
    assert joined[0].name in {each.node for each in joined[1].inputs}


def test_a_shortcut_of_another_size_is_asked_about_and_takes_a_convolution() -> None:
    texts = ["image 16x16x8", "3x3 conv, 16, /2", "3x3 conv, 16", "3x3 conv, 16"]
    graph, asked = design(down(*texts), dashed((140, 150), (240, 150), (240, 350), (146, 350)), tip(350))
    assert Counter(type(node.layer).__name__ for node in graph.nodes)["Conv2D"] == 4
    (question,) = asked
    assert "16 x 8 x 8 and 8 x 16 x 16: how are they joined?" in question
