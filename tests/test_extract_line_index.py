"""Lines and boxes are found by where they are, as if all were looked at."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from extract.drawings.arrows import Arrow, apart, to_segment
from extract.drawings.line_index import ON, BoxIndex, LineIndex


@pytest.fixture
def arrows() -> list[Arrow]:
    """Lines of two points and of many, some of which end on others."""
    rng = np.random.default_rng(4)
    found = [Arrow([(float(x), float(y)) for x, y in rng.uniform(0, 60, (count, 2))]) for count in [2] * 30 + [40] * 5]
    return found + [Arrow([each.points[0], (70.0, 70.0 + i)]) for i, each in enumerate(found[:10])]


def test_a_line_of_many_parts_is_as_far_away_as_the_nearest_of_them(arrows: list[Arrow]) -> None:
    for arrow in arrows:
        for point in ((0.0, 0.0), (31.0, 17.5), arrow.points[1]):
            nearest = min(to_segment(point, a, b) for a, b in pairwise(arrow.points))
            assert arrow.away(point) == pytest.approx(nearest, abs=1e-9)


def test_a_part_of_no_length_is_a_point() -> None:
    assert Arrow([(3.0, 4.0)] * 20).away((0.0, 0.0)) == pytest.approx(5.0)


def test_lines_under_a_point_and_ends_on_a_line_are_those_of_all_that_are_near(arrows: list[Arrow]) -> None:
    lines = LineIndex(arrows)
    for arrow in arrows:
        for at in (0, 1):
            point = arrow.end(at)
            assert lines.at(point) == [each for each in arrows if each.away(point) <= ON]
            ends = [(each, end) for each in arrows for end in (0, 1) if apart(each.end(end), point) <= ON]
            assert lines.ends_at(point) == ends
        ends = [(each, at) for each in arrows if each is not arrow for at in (0, 1) if arrow.away(each.end(at)) <= ON]
        assert lines.ending_on(arrow) == ends


def test_boxes_touch_what_is_so_near() -> None:
    boxes = BoxIndex([(0, 0, 10, 10), (20, 0, 30, 10), (0, 20, 10, 30)])
    assert boxes.touching((9, 9, 12, 12)) == [0]
    assert boxes.touching((9, 9, 12, 12), 8.0) == [0, 1, 2]
    assert BoxIndex([]).touching((0, 0, 1, 1)) == []
