"""Pictures as people draw them: small heads, texts without boxes, lines that fan out or branch, sums in circles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import pytest

from extract.drawings.diagrams import Diagram
from extract.raster.crossed import crossed
from extract.raster.figure import diagram_of_picture
from extract.raster.signs import signed
from extract.raster.spelling import mended

Pixel = tuple[int, int]


def paper(wide: int = 560, high: int = 460) -> Any:
    return np.full((high, wide), 255, np.uint8)


def say(gray: Any, x: int, y: int, text: str, size: float = 1.0) -> None:
    cv2.putText(gray, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, 0, 2, cv2.LINE_AA)


def box(gray: Any, x: int, y: int, text: str) -> None:
    cv2.rectangle(gray, (x, y), (x + 220, y + 60), 0, 2)
    say(gray, x + 20, y + 40, text)


def arrow(gray: Any, *points: Pixel, long: int = 16, wide: int = 7) -> None:
    """Draw a line with a head at its end that is less high than a letter."""
    (x0, y0), tip = points[-2:]
    way = np.array([x0 - tip[0], y0 - tip[1]], float) / np.hypot(x0 - tip[0], y0 - tip[1])
    aside, base = wide * np.array([-way[1], way[0]]), tip + long * way
    cv2.polylines(gray, [np.array([*points[:-1], base.round()], np.int32)], False, 0, 2)
    cv2.fillPoly(gray, [np.round([tip, base + aside, base - aside]).astype(np.int32)], 0)


def arrows(found: Diagram) -> set[tuple[str, str]]:
    texts = [" ".join(each.texts) for each in found.shapes]
    return {(texts[each.start], texts[each.end]) for each in found.links}


def read(gray: Any) -> set[tuple[str, str]]:
    return arrows(diagram_of_picture(gray))


def test_heads_less_high_than_letters_are_heads() -> None:
    gray = paper()
    for y, text in ((20, "3x3 conv"), (140, "max pool"), (260, "softmax")):
        box(gray, 20, y, text)
    for y in (80, 200):
        arrow(gray, (130, y), (130, y + 59))
    assert read(gray) == {("3x3 conv", "max pool"), ("max pool", "softmax")}


def test_lines_that_fan_out_from_a_box_end_at_none_there() -> None:
    gray = paper(640)
    box(gray, 20, 200, "pooling")
    for y, text in ((20, "1x1 conv"), (200, "3x3 conv"), (380, "5x5 conv")):
        box(gray, 400, y, text)
        arrow(gray, (241, 230), (399, y + 30))
    assert read(gray) == {("pooling", "1x1 conv"), ("pooling", "3x3 conv"), ("pooling", "5x5 conv")}


def test_a_line_from_a_text_that_branches_leads_from_it_twice() -> None:
    gray = paper()
    say(gray, 80, 440, "Input")
    box(gray, 20, 260, "3x3 conv")
    box(gray, 20, 100, "Add")
    arrow(gray, (130, 412), (130, 321))
    arrow(gray, (130, 260), (130, 161))
    arrow(gray, (130, 370), (330, 370), (330, 130), (241, 130))
    assert read(gray) == {("Input", "3x3 conv"), ("3x3 conv", "Add"), ("Input", "Add")}


def test_arrows_join_texts_without_boxes() -> None:
    gray = paper()
    for y, text in ((60, "Input"), (180, "3x3 conv"), (300, "max pool"), (420, "softmax")):
        say(gray, 60, y, text)
    for y in (70, 190, 310):
        arrow(gray, (120, y), (120, y + 74))
    assert read(gray) == {("Input", "3x3 conv"), ("3x3 conv", "max pool"), ("max pool", "softmax")}


def test_words_of_a_line_outside_of_boxes_are_one_text() -> None:
    gray = paper()
    say(gray, 20, 440, "Token", 1.3)
    say(gray, 156, 440, "embedded", 1.3)
    for y, text in ((20, "Layer Norm"), (140, "Linear"), (260, "Dropout")):
        box(gray, 60, y, text)
    for y in (80, 200):
        arrow(gray, (170, y), (170, y + 59))
    arrow(gray, (170, 405), (170, 321))
    assert ("Token embedded", "Dropout") in read(gray)


def circle(gray: Any, middle: Pixel, radius: int, ends: Sequence[Pixel]) -> None:
    cv2.circle(gray, middle, radius, 1, 2)
    for x, y in ends:
        cv2.line(gray, (middle[0] - x, middle[1] - y), (middle[0] + x, middle[1] + y), 1, 2)


@pytest.mark.parametrize(
    ("ends", "count"), [(((16, 0), (0, 16)), 1), (((11, 11), (11, -11)), 1), (((16, 0),), 0), ((), 0)]
)
def test_a_circle_that_a_sign_cuts_into_four_is_one(ends: Sequence[Pixel], count: int) -> None:
    dark = np.zeros((80, 80), np.uint8)
    circle(dark, (40, 40), 16, ends)
    assert len(list(crossed(dark))) == count


def test_a_ring_around_a_sum_may_have_a_gap() -> None:
    dark = np.zeros((80, 80), np.uint8)
    circle(dark, (40, 40), 16, ((16, 0), (0, 16)))
    dark[31, 46:58] = 0
    assert len(list(crossed(dark))) == 1


def test_holes_of_letters_are_no_circle() -> None:
    dark = np.zeros((120, 200), np.uint8)
    for y in (50, 90):
        cv2.putText(dark, "88 oo", (10, y), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 1, 2)
    assert not list(crossed(dark))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1x1 convolutions", "1x1 convolutions"),
        ("lxl conv", "1x1 conv"),
        ("Conv 1lxl, BN", "Conv 1x1, BN"),
        ("7xl", "7x1"),
    ],
)
def test_plurals_stay_and_windows_have_ones(text: str, wanted: str) -> None:
    assert mended(text) == wanted


@pytest.mark.parametrize(
    ("texts", "side", "wanted"),
    [(("|",), 30, ("+",)), (("+-",), 30, ("+",)), (("|",), 200, ("|",)), (("Add",), 30, ("Add",)), ((), 30, ())],
)
def test_half_a_sum_in_a_circle_is_a_sum(texts: tuple[str, ...], side: int, wanted: tuple[str, ...]) -> None:
    assert signed(texts, np.zeros((220, 220), np.uint8), (5, 5, 5 + side, 5 + side)) == wanted


def test_small_words_stay_as_they_are() -> None:
    assert mended("256-d in") == "256-d in"
