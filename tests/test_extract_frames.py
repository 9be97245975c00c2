"""Pictures whose boxes stand in frames, close upon each other, or hold signs: what the arrows through them join."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from extract.raster.cells import Cell
from extract.raster.frames import without_frames
from extract.raster.heads import Lines
from extract.raster.regions import Node
from extract.raster.signs import bridges, sign_in
from extract.raster.tracing import arrows_of

cv2 = pytest.importorskip("cv2")
Box = tuple[int, int, int, int]
BOXES: tuple[Box, ...] = ((200, 100, 400, 150), (200, 300, 400, 350))


def canvas(high: int = 600, wide: int = 600) -> Any:
    return np.zeros((high, wide), np.uint8)


def framed(*, closed: bool = True) -> Any:
    """Return a frame around two boxes, with a line that goes up through it between them and on both sides."""
    dark = canvas()
    for start, end in (((120, 60), (480, 60)), ((480, 60), (480, 420)), ((120, 420), (480, 420))):
        cv2.line(dark, start, end, 1, 4)
    if closed:
        cv2.line(dark, (120, 60), (120, 420), 1, 4)
    cv2.line(dark, (300, 520), (300, 350), 1, 4)
    cv2.line(dark, (300, 100), (300, 20), 1, 4)
    return dark


def test_a_frame_is_taken_away_and_what_goes_through_it_is_left() -> None:
    left = without_frames(framed(), BOXES)
    assert not left[:, 100:140].any()
    assert not left[55:65, 130:280].any()
    assert left[416:424, 298:302].all()
    assert left[56:64, 298:302].all()


def test_what_is_no_frame_is_left() -> None:
    opened, empty = framed(closed=False), framed()
    assert (without_frames(opened, BOXES) == opened).all()
    assert (without_frames(empty, BOXES[:1]) == empty).all()


@pytest.mark.parametrize(
    ("lines", "sign"),
    [
        ((((20, 30), (40, 30)), ((30, 20), (30, 40))), "+"),
        ((((22, 22), (38, 38)), ((22, 38), (38, 22))), "×"),
        ((((20, 30), (40, 30)),), ""),
    ],
)
def test_signs_in_circles(lines: Any, sign: str) -> None:
    dark = canvas(60, 60)
    cv2.circle(dark, (30, 30), 16, 1, 3)
    for start, end in lines:
        cv2.line(dark, start, end, 1, 3)
    assert sign_in(dark, (14, 14, 47, 47)) == sign


def node(box: Box) -> Node:
    left, top, right, bottom = box
    outline: Any = np.array([[[left, top]], [[right, top]], [[right, bottom]], [[left, bottom]]], np.int32)
    return Node(box, (Cell(box, outline),))


def test_boxes_that_stand_close_are_joined_by_a_short_line() -> None:
    nodes = [node((100, 100, 300, 150)), node((100, 162, 300, 212)), node((100, 224, 300, 274))]
    dark = canvas()
    cv2.line(dark, (200, 150), (200, 162), 1, 4)
    assert [each.boxes for each in bridges(dark, nodes)] == [[0, 1]]
    cv2.line(dark, (120, 150), (120, 162), 1, 4)
    assert not bridges(dark, nodes)


def traced(strokes: Any, boxes: tuple[Box, ...], heads: tuple[Box, ...] = ()) -> set[tuple[int | None, ...]]:
    zones, labels = np.zeros(strokes.shape, np.int32), np.zeros(strokes.shape, np.int32)
    for i, (x0, y0, x1, y1) in enumerate(boxes, 1):
        zones[y0:y1, x0:x1] = i
    for i, (x0, y0, x1, y1) in enumerate(heads, 1):
        for y in range(y0, y1):  # A head that points up.
            half = (x1 - x0) * (y - y0) // (2 * (y1 - y0))
            labels[y, (x0 + x1) // 2 - half : (x0 + x1) // 2 + half + 1] = i
    strokes[(labels > 0) | (zones > 0)] = 0
    return {tuple(each.boxes) for each in arrows_of(Lines(strokes, labels, np.zeros_like(strokes), 2.0), zones)}


def test_a_line_without_a_head_joins_two_boxes() -> None:
    strokes = canvas()
    cv2.line(strokes, (300, 150), (300, 300), 1, 2)
    assert traced(strokes, BOXES) == {(0, 1)}


def test_an_arrow_that_is_hardly_more_than_its_head() -> None:
    assert traced(canvas(), ((200, 100, 400, 150), (200, 172, 400, 222)), ((293, 153, 307, 168),)) == {(1, 0)}


def test_an_arrow_may_come_from_no_box() -> None:
    strokes = canvas()
    cv2.line(strokes, (300, 450), (300, 360), 1, 2)
    assert traced(strokes, BOXES, ((293, 354, 307, 368),)) == {(None, 1)}
