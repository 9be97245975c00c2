"""Figures as papers set them: signs of mathematics on their side, arrows of two heads, neurons with faint lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pytest

from extract.drawings.drawing import of_svg
from extract.pages.upright import aligned
from extract.raster.digits import with_digits
from extract.raster.figure import diagram_of_picture
from extract.raster.ink import LETTER, ink_of
from extract.raster.short_arrows import with_short_arrows
from extract.raster.signs import signed
from extract.raster.spelling import mended
from extract.spatial.neurons import wired
from tests.test_extract_frames import node
from tests.test_extract_pictures_of_papers import box, line, named
from tests.test_extract_screens import arrow, links_of, page, texts_of, word


def on_its_side(text: str, base: float, depth: float, way: int = 1) -> dict[str, Any]:
    """A letter of size 8, read up or down, whose box reaches so deep below its base line."""
    x1 = base + depth if way > 0 else base - depth + 8
    matrix = (0.0, float(way), float(-way), 0.0, base, 50.0)
    return {"text": text, "upright": False, "matrix": matrix, "x0": x1 - 8, "x1": x1}


@pytest.mark.parametrize("way", [1, -1])
def test_signs_of_other_fonts_stand_on_the_line_of_the_word_on_its_side(way: int) -> None:
    level = {"text": "a", "upright": True, "matrix": (1.0, 0.0, 0.0, 1.0, 9.0, 9.0), "x0": 9.0, "x1": 13.0}
    chars = [level, *(on_its_side(text, 60, 2, way) for text in "113"), on_its_side("×", 60, 6, way)]
    found = aligned(chars)
    assert found[0] is level
    assert {(each["x0"], each["x1"]) for each in found[1:]} == {(chars[1]["x0"], chars[1]["x1"])}


def test_a_line_with_heads_at_both_ends_leads_nowhere() -> None:
    gray = page(420, 620)
    for top in (20, 300):
        box(gray, "image", (20, top))
        box(gray, "3x3 conv", (360, top), 200)
        arrow(gray, (212, top + 30), (359, top + 30), 16)
    line(gray, (460, 120), (460, 260))
    arrow(gray, (460, 200), (460, 83), 16)
    arrow(gray, (460, 180), (460, 299), 16)
    assert named(gray) == {("image", "3x3 conv")}
    found = diagram_of_picture(gray)
    assert len(found.links) == 2
    assert any("an arrow with two heads joins '3x3 conv' and '3x3 conv'" in each for each in found.asked)


def test_a_short_arrow_between_boxes_is_no_plain_line_too() -> None:
    gray = page(420, 260)
    for top, text in ((20, "softmax"), (112, "3x3 conv"), (204, "image")):
        box(gray, text, (20, top), 200)
    for top in (82, 174):
        arrow(gray, (120, top + 29), (120, top + 1), 16)
    assert named(gray) == {("image", "3x3 conv"), ("3x3 conv", "softmax")}
    assert len(diagram_of_picture(gray).links) == 2


def test_names_that_count_are_known_by_large_and_small_letters() -> None:
    without = []

    def read(numbers: Sequence[int], scale: float, signs: str) -> list[str]:
        without.append(signs)
        return ["C5" for _ in numbers]

    assert with_digits(["C2", "C3", "c4", "cs"], read) == ["C2", "C3", "c4", "C5"]
    assert {*without[0]} == {"s", "S"}


def test_a_letter_may_hang_close_to_the_border_of_its_box() -> None:
    gray = page(200, 620)
    box(gray, "image", (20, 60))
    cv2.rectangle(gray, (360, 60), (590, 105), 0, 2)
    word(gray, "2x up", (384, 93))
    arrow(gray, (212, 80), (359, 80), 16)
    assert texts_of(gray) == ["image", "2x up"]


def neurons(counts: Sequence[int]) -> list[list[tuple[int, int]]]:
    return [[(40 + 120 * i, round(160 + 44 * (j - (n - 1) / 2))) for j in range(n)] for i, n in enumerate(counts)]


def test_circles_do_not_tell_how_high_letters_are() -> None:
    gray = page(340, 520)
    cv2.putText(gray, "Input layer, hidden layers", (40, 320), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 0, 1, cv2.LINE_AA)
    for x, y in (place for column in neurons((5, 6, 6, 5)) for place in column):
        cv2.circle(gray, (x, y), 17, 0, 2)
    assert ink_of(gray).scale == pytest.approx(LETTER / 11, rel=0.15)


def test_small_circles_that_crossing_lines_close_in_are_no_neurons() -> None:
    columns = neurons((3, 4, 2))
    pairs = [(a, b) for first, last in pairwise(columns) for a in first for b in last]
    lines = [f'<line x1="{a}" y1="{b}" x2="{c}" y2="{d}" stroke="#000"/>' for (a, b), (c, d) in pairs]
    dots = [f'<circle cx="{x}" cy="{y}" r="16" fill="#fff" stroke="#000"/>' for each in columns for x, y in each]
    small = [f'<circle cx="{x}" cy="160" r="4" fill="#fff" stroke="#000"/>' for x in (95, 105, 215, 225)]
    found = wired(of_svg(f"<svg>{''.join((*lines, *dots, *small))}</svg>"))
    assert found is not None
    assert [shape.shows[0].params for shape in found.shapes] == [{"shape": (3,)}, {"units": 4}, {"units": 2}]


@pytest.mark.parametrize(("shade", "wide"), [(110, 1), (130, 1), (60, 1), (110, 2)])
def test_neurons_are_told_though_lines_are_taken_for_arrows_between_them(shade: int, wide: int) -> None:
    gray = page(330, 360)
    columns = neurons((3, 5, 2))
    for first, last in pairwise(columns):
        for a in first:
            for b in last:
                cv2.line(gray, a, b, shade, wide, cv2.LINE_AA)
    for x, y in (place for column in columns for place in column):
        cv2.circle(gray, (x, y), 16, 200, -1, cv2.LINE_AA)
        cv2.circle(gray, (x, y), 16, 0, 2, cv2.LINE_AA)
    for i, text in enumerate(("Input", "Hidden", "Output")):
        cv2.putText(gray, text, (12 + 120 * i, 310), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 0, 1, cv2.LINE_AA)
    found = diagram_of_picture(np.asarray(gray))
    assert [each.params for shape in found.shapes for each in shape.shows] == [
        {"shape": (3,)},
        {"units": 5},
        {"units": 2},
    ]


def short_arrow(gray: Any, start: tuple[int, int], end: tuple[int, int], size: int, style: str) -> None:
    way = np.subtract(end, start) / np.hypot(*np.subtract(end, start))
    base, aside = np.array(end) - size * way, 0.45 * size * np.array([-way[1], way[0]])
    corners = {
        "full": [end, base + aside, base - aside],
        "barbed": [end, base + aside, base + 0.3 * size * way, base - aside],
        "open": [end, base + aside, end, base - aside],
    }[style]
    stop = end if style == "open" else tuple(np.rint(base).astype(int).tolist())
    cv2.line(gray, start, stop, 0, 2)
    points = [np.rint(corners).astype(np.int32)]
    if style == "open":
        cv2.polylines(gray, points, True, 0, 2, cv2.LINE_AA)
    else:
        cv2.fillPoly(gray, points, 0, cv2.LINE_AA)


@pytest.mark.parametrize("style", ["full", "barbed", "open"])
@pytest.mark.parametrize(("gap", "size"), [(18, 8), (24, 12), (30, 12), (36, 16)])
@pytest.mark.parametrize("down", [True, False])
def test_a_short_arrow_points_where_its_head_gets_thinner(down: bool, gap: int, size: int, style: str) -> None:
    gray = page(460, 240)
    for k, text in enumerate(("softmax", "conv", "image")):
        box(gray, text, (20, 20 + (62 + gap) * k), 160)
    for top in (82, 144 + gap):
        ends = (110, top), (110, top + gap - 1)
        short_arrow(gray, *(ends if down else ends[::-1]), size, style)
    assert set(links_of(gray)) == ({(0, 1), (1, 2)} if down else {(1, 0), (2, 1)})


@pytest.mark.parametrize(("gap", "size"), [(18, 12), (30, 8), (36, 12)])
@pytest.mark.parametrize("right", [True, False])
def test_a_short_arrow_across_points_where_its_head_gets_thinner(right: bool, gap: int, size: int) -> None:
    gray = page(160, 620)
    for k, text in enumerate(("softmax", "conv", "image")):
        box(gray, text, (20 + (162 + gap) * k, 50), 160)
    for left in (182, 344 + gap):
        ends = (left, 80), (left + gap - 1, 80)
        short_arrow(gray, *(ends if right else ends[::-1]), size, "full")
    assert set(links_of(gray)) == ({(0, 1), (1, 2)} if right else {(1, 0), (2, 1)})


def test_two_letters_may_run_up_in_a_tall_box() -> None:
    gray = page(360, 420)
    for left, text in ((20, "image"), (200, "BN"), (310, "softmax")):
        upright = page(64, 240)
        word(upright, text, (100 if text == "BN" else 60, 44))
        gray[60:300, left : left + 64] = np.rot90(upright)
        cv2.rectangle(gray, (left, 60), (left + 64, 300), 0, 2)
    arrow(gray, (86, 180), (199, 180), 16)
    arrow(gray, (266, 180), (309, 180), 16)
    assert texts_of(gray) == ["image", "BN", "softmax"]


def test_the_letter_of_a_sigmoid_is_a_ring_with_a_stroke() -> None:
    dark = np.zeros((60, 90), np.uint8)
    cv2.rectangle(dark, (1, 1), (88, 58), 1, 2)
    cv2.circle(dark, (40, 32), 8, 1, 3)
    assert signed(("o",), dark, (0, 0, 90, 60)) == ("o",)
    cv2.line(dark, (40, 24), (56, 24), 1, 3)
    assert signed(("o",), dark, (0, 0, 90, 60)) == ("\u03c3",)
    assert signed(("pool",), dark, (0, 0, 90, 60)) == ("pool",)


def test_a_sum_of_faint_lines_is_one() -> None:
    gray = np.full((60, 60), 255, np.uint8)
    cv2.circle(gray, (30, 30), 26, 0, 3)
    cv2.line(gray, (18, 30), (42, 30), 170, 2)
    cv2.line(gray, (30, 18), (30, 42), 170, 2)
    dark = (gray < 150).astype(np.uint8)
    assert signed(("4",), dark, (2, 2, 58, 58), gray) == ("+",)
    assert signed(("4",), dark, (2, 2, 58, 58)) == ("4",)


@pytest.mark.parametrize(
    ("read", "meant"), [("1x]", "1x1"), ("3x] conv", "3x1 conv"), ("[1x1]", "[1x1]"), ("(1x1]", "(1x1]")]
)
def test_a_bracket_that_nothing_opens_is_a_one_beside_a_sign_of_times(read: str, meant: str) -> None:
    assert mended(read) == meant


@pytest.mark.parametrize(("left", "top", "leads"), [(200, 152, True), (200, 163, False), (100, 152, False)])
def test_what_comes_into_a_narrow_gap_from_aside_is_no_short_arrow(left: int, top: int, leads: bool) -> None:
    dark = np.zeros((340, 400), np.uint8)
    cv2.line(dark, (left, top), (left, 178), 1, 3)
    cv2.fillPoly(dark, [np.array([(left, 189), (left - 5, 178), (left + 5, 178)], np.int32)], 1)
    nodes = [node((100, 100, 300, 150)), node((100, 190, 300, 240))]
    assert [each.boxes for each in with_short_arrows([], dark, nodes)] == ([[0, 1]] if leads else [])
