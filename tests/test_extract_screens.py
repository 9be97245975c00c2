"""Pictures as people draw and publish them: light borders, fills, gaps before boxes, small heads, signs in circles."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from extract.raster.figure import diagram_of_picture, seen_of
from extract.raster.picture import decoded
from extract.raster.spelling import mended


def page(high: int = 340, wide: int = 300) -> Any:
    return np.full((high, wide), 255, np.uint8)


def word(gray: Any, text: str, place: tuple[int, int], shade: int = 0) -> None:
    cv2.putText(gray, text, place, cv2.FONT_HERSHEY_SIMPLEX, 1.0, shade, 2, cv2.LINE_AA)


def links_of(gray: Any) -> list[tuple[int, int]]:
    return [(each.start, each.end) for each in diagram_of_picture(gray).links]


def texts_of(gray: Any) -> list[str]:
    return [" ".join(each.texts) for each in diagram_of_picture(gray).shapes]


def arrow(gray: Any, start: tuple[int, int], end: tuple[int, int], size: int = 9) -> None:
    """Draw an arrow with a full head, twice as long as it is wide."""
    way = np.subtract(end, start) / np.hypot(*np.subtract(end, start))
    aside, base = size / 2 * np.array([-way[1], way[0]]), np.array(end) - size * way
    cv2.line(gray, start, tuple(int(each) for each in np.rint(base)), 0, 2)
    cv2.fillPoly(gray, [np.rint([end, base + aside, base - aside]).astype(np.int32)], 0)


@pytest.mark.parametrize(("fill", "border"), [(255, 215), (225, 225), (225, 190), (90, 60), (35, 35)])
def test_a_box_is_told_by_its_shade_or_a_light_border_on_a_light_panel(fill: int, border: int) -> None:
    gray = page()
    cv2.rectangle(gray, (10, 10), (290, 330), 245, -1)
    for top, text in ((30, "dropout"), (230, "softmax")):
        cv2.rectangle(gray, (30, top), (260, top + 70), fill, -1)
        cv2.rectangle(gray, (30, top), (260, top + 70), border, 3)
        word(gray, text, (55, top + 45), 255 if fill < 100 else 0)
    arrow(gray, (145, 106), (145, 222), 16)
    assert (texts_of(gray), links_of(gray)) == (["dropout", "softmax"], [(0, 1)])


def test_an_area_that_lines_close_in_is_no_box() -> None:
    gray = page()
    for top, text in ((20, "3x3 conv"), (240, "softmax")):
        cv2.rectangle(gray, (20, top), (240, top + 60), 0, 2)
        word(gray, text, (40, top + 40))
    for x in (60, 200):
        arrow(gray, (x, 82), (x, 238), 16)
    assert len(seen_of(gray).boxes.nodes) == 2


@pytest.mark.parametrize("gap", [8, 16, 24])
def test_arrows_lead_over_the_gaps_that_people_leave_before_boxes(gap: int) -> None:
    gray = page()
    for top, text in ((20, "3x3 conv"), (240, "softmax")):
        cv2.rectangle(gray, (20, top), (240, top + 60), 0, 2)
        word(gray, text, (40, top + 40))
    arrow(gray, (130, 81 + gap), (130, 240 - gap), 16)
    assert links_of(gray) == [(0, 1)]


def test_a_short_arrow_that_touches_no_box_is_no_letter() -> None:
    gray = page(280)
    for top, text in ((20, "3x3 conv"), (180, "softmax")):
        cv2.rectangle(gray, (20, top), (240, top + 60), 0, 2)
        word(gray, text, (40, top + 40))
    arrow(gray, (130, 112), (130, 148), 16)
    assert links_of(gray) == [(0, 1)]


@pytest.mark.parametrize("end", [(130, 239), (190, 239), (80, 239)])
def test_a_line_that_widens_at_its_end_has_its_head_there(end: tuple[int, int]) -> None:
    gray = page()
    for top, text in ((20, "3x3 conv"), (240, "softmax")):
        cv2.rectangle(gray, (20, top), (240, top + 60), 0, 2)
        word(gray, text, (40, top + 40))
    way = np.subtract((130, 82), end) / np.hypot(*np.subtract((130, 82), end))
    cv2.line(gray, (130, 82), end, 0, 1, cv2.LINE_AA)
    for side in (-1, 1):
        barb = np.array(end) + 10 * way + side * 5 * np.array([-way[1], way[0]])
        cv2.line(gray, end, tuple(int(each) for each in np.rint(barb)), 0, 1, cv2.LINE_AA)
    found = diagram_of_picture(gray).links
    assert [(each.start, each.end, each.headed) for each in found] == [(0, 1, True)]


def test_round_boxes_side_by_side_are_boxes_of_their_own() -> None:
    gray = page(120, 460)
    for left, text in ((10, "linear"), (229, "pooling")):
        part = np.full((80, 220), 255, np.uint8)
        cv2.rectangle(part, (9, 1), (210, 78), 0, 2)
        cv2.rectangle(part, (1, 9), (218, 70), 0, 2)
        cv2.rectangle(part, (4, 4), (215, 75), 0, 2)
        cv2.rectangle(part, (5, 5), (214, 74), 255, -1)
        part[:4, :4] = part[:4, -4:] = part[-4:, :4] = part[-4:, -4:] = 255
        gray[20:100, left : left + 220] = np.minimum(gray[20:100, left : left + 220], part)
        word(gray, text, (left + 45, 70))
    assert texts_of(gray) == ["linear", "pooling"]


@pytest.mark.parametrize("sign", ["+", "\u2299", ""])
def test_a_circle_is_a_box_whatever_sign_is_in_it(sign: str) -> None:
    gray = page(460)
    for top, text in ((20, "3x3 conv"), (360, "softmax")):
        cv2.rectangle(gray, (20, top), (240, top + 60), 0, 2)
        word(gray, text, (40, top + 40))
    cv2.circle(gray, (130, 220), 30, 0, 2, cv2.LINE_AA)
    if sign == "+":
        cv2.line(gray, (119, 220), (141, 220), 0, 2)
        cv2.line(gray, (130, 209), (130, 231), 0, 2)
    elif sign:
        cv2.circle(gray, (130, 220), 14, 0, 2, cv2.LINE_AA)
        cv2.circle(gray, (130, 220), 2, 0, -1)
    arrow(gray, (130, 81), (130, 188), 16)
    arrow(gray, (130, 252), (130, 358), 16)
    assert (texts_of(gray), links_of(gray)) == (["3x3 conv", sign, "softmax"], [(0, 1), (1, 2)])


def test_between_white_letters_an_area_in_colour_is_as_dark_as_elsewhere() -> None:
    pixels = np.full((100, 260, 3), 255, np.uint8)
    cv2.rectangle(pixels, (10, 10), (250, 90), (60, 20, 220), -1)
    word(pixels, "MMMMM", (60, 62), (255, 255, 255))  # type: ignore[arg-type]
    gray = decoded(cv2.imencode(".png", pixels)[1].tobytes())
    assert len(np.unique(gray[12:40, 12:248])) == 1


def test_the_corner_of_a_dashed_line_may_be_near_its_end() -> None:
    gray = page()
    for top, text in ((20, "3x3 conv"), (240, "softmax")):
        cv2.rectangle(gray, (20, top), (220, top + 60), 0, 2)
        word(gray, text, (35, top + 40))
    for left in (232, 256):
        cv2.line(gray, (left, 50), (left + 12, 50), 0, 2)
    for top in range(54, 260, 24):
        cv2.line(gray, (270, top), (270, top + 12), 0, 2)
    arrow(gray, (271, 270), (258, 270), 0)
    arrow(gray, (246, 270), (222, 270), 16)
    assert links_of(gray) == [(0, 1)]


def test_a_name_without_a_dimension_is_given_none() -> None:
    assert mended("ConvTranspose + BN") == "ConvTranspose + BN"


@pytest.mark.parametrize("shade", [165, 190])
def test_arrows_in_light_grey_lead_as_dark_ones(shade: int) -> None:
    gray = page()
    for top, text in ((20, "dropout"), (240, "softmax")):
        cv2.rectangle(gray, (20, top), (240, top + 60), 0, 2)
        word(gray, text, (40, top + 40))
    part = page()
    arrow(part, (130, 86), (130, 236), 16)
    gray[part < 128] = shade
    assert links_of(gray) == [(0, 1)]


def test_a_shaded_box_at_the_edge_of_a_picture_is_one() -> None:
    gray = page(300, 230)
    for top, text in ((0, "dropout"), (220, "softmax")):
        cv2.rectangle(gray, (0, top), (229, top + 79), 210, -1)
        word(gray, text, (30, top + 50))
    arrow(gray, (115, 86), (115, 214), 16)
    assert (texts_of(gray), links_of(gray)) == (["dropout", "softmax"], [(0, 1)])


def arrowed(gray: Any, left: int, base: int) -> None:
    cv2.line(gray, (left, base), (left + 30, base), 0, 2)
    for side in (-7, 7):
        cv2.line(gray, (left + 30, base), (left + 22, base + side), 0, 2)


def test_an_arrow_between_numbers_is_no_digit() -> None:
    gray = page(300, 340)
    for top in (20, 200):
        cv2.rectangle(gray, (20, top), (320, top + 70), 0, 2)
    word(gray, "linear 64", (35, 65))
    arrowed(gray, 192, 55)
    word(gray, "128", (232, 65))
    word(gray, "3 + 4 - 2", (60, 245))
    arrow(gray, (160, 91), (160, 198), 16)
    assert [each.replace(" ", "") for each in texts_of(gray)] == ["linear64\u2192128", "3+4-2"]


def test_the_inside_of_a_large_light_letter_on_black_is_no_box() -> None:
    gray = page(200, 520)
    cv2.rectangle(gray, (20, 20), (500, 140), 0, -1)
    cv2.ellipse(gray, (80, 80), (26, 33), 0, 0, 360, 255, 5, cv2.LINE_AA)
    cv2.putText(gray, "utput", (120, 110), cv2.FONT_HERSHEY_SIMPLEX, 3.0, 255, 5, cv2.LINE_AA)
    for left, text in ((30, "softmax"), (180, "dropout"), (330, "pooling")):
        cv2.putText(gray, text, (left, 180), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 1, cv2.LINE_AA)
    assert [each.inverted for node in seen_of(gray).boxes.nodes for each in node.cells] == [True]


@pytest.mark.parametrize("shade", [190, 255], ids=["light", "open"])
def test_a_border_is_closed_where_it_is_lighter_or_open_by_a_pixel(shade: int) -> None:
    gray = page()
    for top, text in ((20, "pooling"), (240, "softmax")):
        cv2.rectangle(gray, (20, top), (260, top + 70), 0, 1)
        for x, y in ((20, top + 12), (260, top + 50), (140, top), (60, top + 70)):
            gray[y : y + 1 + (shade < 255), x : x + 1 + (shade < 255)] = shade
        word(gray, text, (45, top + 45))
    arrow(gray, (190, 92), (190, 238), 16)
    nodes = seen_of(gray).boxes.nodes
    assert [cell.border for node in nodes for cell in node.cells] == [0, 0]  # Told by their borders, not by a shade.
    assert (texts_of(gray), links_of(gray)) == (["pooling", "softmax"], [(0, 1)])


def test_areas_of_one_shade_are_boxes_where_more_arrows_lead_with_them() -> None:
    gray = page(340, 760)
    for left, text in ((20, "pooling"), (270, "3x3 conv"), (520, "softmax")):
        cv2.rectangle(gray, (left, 120), (left + 200, 190), 205, -1)
        word(gray, text, (left + 25, 165))
        for top in (20, 260):
            cv2.rectangle(gray, (left, top), (left + 200, top + 50), 225, -1)
            word(gray, "legend", (left + 40, top + 36))
    arrow(gray, (222, 155), (268, 155), 16)
    arrow(gray, (472, 155), (518, 155), 16)
    found = texts_of(gray)
    told = [(found[start], found[end]) for start, end in links_of(gray)]
    assert told == [("pooling", "3x3 conv"), ("3x3 conv", "softmax")]
