"""Pictures as papers show them: trunks that branch, boxes and frames of dashes, arrows to texts."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pytest

from extract.raster.figure import diagram_of_picture
from extract.raster.pointing import between
from extract.raster.spelling import mended
from tests.test_extract_screens import arrow, links_of, page, texts_of, word


def box(gray: Any, text: str, place: tuple[int, int], wide: int = 190) -> None:
    left, top = place
    cv2.rectangle(gray, place, (left + wide, top + 60), 0, 2)
    word(gray, text, (left + 18, top + 40))


def line(gray: Any, *points: tuple[int, int]) -> None:
    for a, b in pairwise(points):
        cv2.line(gray, a, b, 0, 2)


def dashes(gray: Any, left: int, top: int, right: int, bottom: int, long: int = 12) -> None:
    """Draw a frame of dashes."""
    for x in range(left, right, 2 * long):
        line(gray, (x, top), (min(x + long, right), top))
        line(gray, (x, bottom), (min(x + long, right), bottom))
    for y in range(top, bottom, 2 * long):
        line(gray, (left, y), (left, min(y + long, bottom)))
        line(gray, (right, y), (right, min(y + long, bottom)))


def named(gray: Any) -> set[tuple[str, str]]:
    texts = texts_of(gray)
    return {(texts[a], texts[b]) for a, b in links_of(gray)}


def test_a_trunk_that_a_line_goes_through_branches_there() -> None:
    gray = page(420, 620)
    box(gray, "image", (20, 180))
    for top, text in ((20, "3x3 conv"), (180, "5x5 conv"), (340, "max pool")):
        box(gray, text, (400, top), 200)
        line(gray, (212, 210), (300, 210), (300, top + 30), (380, top + 30))
        arrow(gray, (370, top + 30), (399, top + 30), 16)
    assert named(gray) == {("image", "3x3 conv"), ("image", "5x5 conv"), ("image", "max pool")}


def test_what_runs_into_a_line_that_goes_through_is_led_on_with_it() -> None:
    gray = page(420, 660)
    box(gray, "concat", (440, 180))
    for top, text in ((20, "3x3 conv"), (180, "5x5 conv"), (340, "max pool")):
        box(gray, text, (20, top), 200)
        line(gray, (222, top + 30), (320, top + 30), (320, 210), (420, 210))
    arrow(gray, (400, 210), (439, 210), 16)
    assert named(gray) == {("3x3 conv", "concat"), ("5x5 conv", "concat"), ("max pool", "concat")}


def test_arrows_that_cross_stay_apart() -> None:
    gray = page(420, 640)
    for left, top, text in ((20, 180, "image"), (430, 180, "softmax"), (225, 20, "3x3 conv"), (225, 340, "max pool")):
        box(gray, text, (left, top), 200)
    arrow(gray, (222, 210), (429, 210), 16)
    arrow(gray, (325, 82), (325, 339), 16)
    assert named(gray) == {("image", "softmax"), ("3x3 conv", "max pool")}


def test_a_frame_of_dashes_with_a_text_is_a_box() -> None:
    gray = page(120, 760)
    for left, text in ((20, "3x3 conv"), (510, "softmax")):
        box(gray, text, (left, 30))
    dashes(gray, 270, 30, 450, 90, 6)
    word(gray, "dropout", (292, 70))
    arrow(gray, (212, 60), (269, 60), 16)
    arrow(gray, (452, 60), (509, 60), 16)
    assert named(gray) == {("3x3 conv", "dropout"), ("dropout", "softmax")}


@pytest.mark.parametrize("long", [8, 12])
def test_a_frame_of_dashes_around_boxes_leads_nowhere(long: int) -> None:
    gray = page(260, 1000)
    dashes(gray, 235, 40, 745, 220, long)
    texts = ("image", "3x3 conv", "5x5 conv", "softmax")
    for left, text in zip((20, 270, 520, 790), texts, strict=True):
        box(gray, text, (left, 100))
    for left, right in ((212, 269), (462, 519), (712, 789)):
        arrow(gray, (left, 130), (right, 130), 16)
    assert named(gray) == set(pairwise(texts))


def test_an_arrow_ends_at_the_tip_of_its_head_where_a_text_may_be() -> None:
    gray = page(330)
    box(gray, "softmax", (20, 20))
    arrow(gray, (115, 82), (115, 200), 30)
    word(gray, "class label", (20, 262))
    assert named(gray) == {("softmax", "class label")}


def test_letters_that_are_light_on_a_shade_leave_no_marks_between_them() -> None:
    gray = page(130, 560)
    for left, text in ((20, "FC 84"), (330, "softmax")):
        cv2.rectangle(gray, (left, 20), (left + 190, 110), 110, -1)
        cv2.rectangle(gray, (left, 20), (left + 190, 110), 85, 2)
        word(gray, text, (left + 25, 75), 255)
    arrow(gray, (212, 65), (329, 65), 16)
    assert named(gray) == {("FC 84", "softmax")}


@pytest.mark.parametrize("shade", [0, 165, 255])
@pytest.mark.parametrize("down", [False, True])
def test_block_arrows_lead_from_box_to_box(shade: int, down: bool) -> None:
    gray = page(300, 560)
    texts = ("max pool", "softmax")
    for at, text in zip(((180, 20), (180, 215)) if down else ((20, 100), (340, 100)), texts, strict=True):
        box(gray, text, at)
    corners = np.array([(0, 12), (60, 12), (60, 24), (86, 0), (60, -24), (60, -12), (0, -12)])
    corners = np.add(corners[:, ::-1] if down else corners, (275, 105) if down else (232, 130))
    cv2.fillPoly(gray, [corners], shade)
    cv2.polylines(gray, [corners], True, min(shade, 127), 2)
    assert named(gray) == {texts}


def test_what_lines_leave_of_a_panel_is_no_box() -> None:
    gray = page(420, 700)
    cv2.rectangle(gray, (200, 20), (480, 400), 235, -1)
    box(gray, "5x5 conv", (240, 60))
    cv2.circle(gray, (335, 270), 28, 0, 2, cv2.LINE_AA)
    line(gray, (322, 270), (348, 270))
    line(gray, (335, 257), (335, 283))
    box(gray, "image", (5, 240), 140)
    box(gray, "softmax", (520, 240), 170)
    arrow(gray, (335, 122), (335, 240), 16)
    arrow(gray, (147, 270), (305, 270), 16)
    arrow(gray, (364, 270), (519, 270), 16)
    assert named(gray) == {("5x5 conv", "+"), ("image", "+"), ("+", "softmax")}


def test_a_shortcut_may_begin_beside_the_line_that_it_leaves() -> None:
    gray = page(520, 420)
    for top, text in ((20, "image"), (190, "3x3 conv"), (420, "softmax")):
        box(gray, text, (20, top))
    arrow(gray, (115, 82), (115, 189), 16)
    arrow(gray, (115, 252), (115, 419), 16)
    line(gray, (124, 120), (330, 120), (330, 450), (240, 450))
    arrow(gray, (260, 450), (212, 450), 16)
    assert named(gray) == {("image", "3x3 conv"), ("3x3 conv", "softmax"), ("image", "softmax")}


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("1x1xl", "1x1x1"),
        ("lx1lxl", "1x1x1"),
        ("lx1x512", "1x1x512"),
        ("3x3x11", "3x3x11"),
        ("Dense (5, 50ftmax)", "Dense (5, softmax)"),
        ("(None, 28, lO)", "(None, 28, 10)"),
        ("Input 256*256x3", "Input 256x256x3"),
        ("Conv 4%4, 64", "Conv 4x4, 64"),
        ("32xX32x3", "32x32x3"),
    ],
)
def test_sizes_of_three_axes_and_words_in_brackets_are_mended(read: str, meant: str) -> None:
    assert mended(read) == meant


def test_a_line_goes_on_through_the_text_that_is_written_over_it() -> None:
    gray = page(120, 760)
    for left, text in ((20, "image"), (540, "softmax")):
        box(gray, text, (left, 30))
    arrow(gray, (212, 60), (539, 60), 16)
    cv2.rectangle(gray, (290, 40), (450, 80), 255, -1)
    word(gray, "64x64", (325, 72))
    assert named(gray) == {("image", "softmax")}


def test_a_diamond_is_a_box() -> None:
    gray = page(160, 860)
    for left, text in ((20, "image"), (640, "softmax")):
        box(gray, text, (left, 50))
    cv2.polylines(gray, [np.array([(280, 80), (425, 10), (570, 80), (425, 150)])], True, 0, 2, cv2.LINE_AA)
    word(gray, "score", (380, 90))
    arrow(gray, (212, 80), (279, 80), 16)
    arrow(gray, (572, 80), (639, 80), 16)
    assert named(gray) == {("image", "score"), ("score", "softmax")}


def test_a_dashed_curve_leads_from_box_to_box() -> None:
    gray = page(330, 700)
    for left, text in ((20, "image"), (255, "3x3 conv"), (490, "softmax")):
        box(gray, text, (left, 250))
    arrow(gray, (212, 280), (254, 280), 16)
    arrow(gray, (447, 280), (489, 280), 16)
    for start in np.radians(np.arange(180, 346, 6)):
        part = start + np.radians(np.linspace(0, 3, 6))
        points = np.stack([350 + 220 * np.cos(part), 242 + 60 * np.sin(part)], axis=1)
        cv2.polylines(gray, [np.rint(points).astype(np.int32)], False, 0, 2, cv2.LINE_AA)
    arrow(gray, (560, 230), (570, 249), 16)
    assert ("image", "softmax") in named(gray)


def test_an_arrow_reaches_the_text_right_ahead_of_it() -> None:
    gray = page(330)
    box(gray, "softmax", (20, 20))
    arrow(gray, (115, 82), (115, 190), 16)
    word(gray, "class label", (20, 272))
    assert named(gray) == {("softmax", "class label")}


def test_a_line_between_heads_that_goes_through_a_trunk_branches_off_it() -> None:
    gray = page(420, 960)
    for left, top, text in ((10, 180, "image"), (740, 180, "softmax")):
        box(gray, text, (left, top))
    for left, top, text in ((230, 20, "3x3 conv"), (480, 20, "max pool"), (480, 330, "5x5 conv")):
        box(gray, text, (left, top), 200)
    line(gray, (202, 210), (722, 210))
    arrow(gray, (700, 210), (739, 210), 16)
    arrow(gray, (330, 210), (330, 82), 16)
    arrow(gray, (580, 210), (580, 82), 16)
    arrow(gray, (580, 210), (580, 329), 16)
    assert named(gray) == {("image", each) for each in ("3x3 conv", "max pool", "5x5 conv", "softmax")}


def test_a_dash_may_go_around_a_corner() -> None:
    gray = page(420, 760)
    for left, top, text in ((20, 20, "image"), (540, 320, "softmax"), (20, 320, "3x3 conv")):
        box(gray, text, (left, top))
    arrow(gray, (115, 82), (115, 319), 16)
    arrow(gray, (212, 350), (539, 350), 16)
    for left in (232, 262, 292, 322, 352, 382, 412, 442, 472, 502, 532, 562, 592):
        line(gray, (left, 50), (left + 14, 50))
    line(gray, (622, 50), (635, 50), (635, 54))
    for top in (70, 100, 130, 160, 190, 220, 250):
        line(gray, (635, top), (635, top + 14))
    arrow(gray, (635, 280), (635, 319), 16)
    assert ("image", "softmax") in named(gray)


def test_a_few_letters_that_run_up_in_a_narrow_box_are_a_line() -> None:
    text = page(60, 240)
    cv2.putText(text, "F C  1 0 0", (10, 42), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2, cv2.LINE_AA)
    gray = page(320, 420)
    gray[30:270, 300:360] = np.rot90(text)
    cv2.rectangle(gray, (295, 25), (365, 275), 0, 2)
    box(gray, "image", (20, 120))
    arrow(gray, (212, 150), (294, 150), 16)
    assert named(gray) == {("image", "FC 100")}


def test_lines_without_heads_lead_the_way_in_which_most_of_them_go() -> None:
    gray = page(420, 760)
    for left, top, text in ((20, 20, "image A"), (20, 320, "image B"), (300, 170, "concat"), (540, 170, "softmax")):
        box(gray, text, (left, top))
    line(gray, (212, 60), (298, 180))
    line(gray, (212, 340), (298, 220))
    line(gray, (492, 200), (538, 200))
    assert named(gray) == {("image A", "concat"), ("image B", "concat"), ("concat", "softmax")}


def test_an_arrow_onto_another_one_leads_where_that_leads() -> None:
    gray = page(200, 780)
    for left, text in ((20, "image"), (290, "3x3 conv"), (560, "softmax")):
        box(gray, text, (left, 110), 170)
    arrow(gray, (192, 140), (289, 140), 16)
    arrow(gray, (462, 140), (559, 140), 16)
    line(gray, (230, 138), (230, 60), (500, 60), (500, 120))
    arrow(gray, (500, 100), (500, 134), 16)
    assert named(gray) == {("image", "3x3 conv"), ("3x3 conv", "softmax"), ("image", "softmax")}


def test_a_curve_goes_on_past_the_corner_of_a_box() -> None:
    gray = page(420, 420)
    for top, text, wide in ((10, "image", 220), (130, "3x3 conv", 220), (310, "softmax", 160)):
        box(gray, text, (20, top), wide)
    arrow(gray, (130, 72), (130, 129), 16)
    arrow(gray, (100, 192), (100, 309), 16)
    step = np.linspace(0, 1, 60)[:, None]
    through = (np.array(each) for each in ((130, 95), (330, 95), (350, 340), (210, 340)))
    curve = sum(
        many * (1 - step) ** (3 - i) * step**i * place
        for i, (many, place) in enumerate(zip((1, 3, 3, 1), through, strict=True))
    )
    cv2.polylines(gray, [np.rint(curve).astype(np.int32)], False, 0, 2, cv2.LINE_AA)
    cv2.rectangle(gray, (22, 132), (238, 188), 255, -1)
    word(gray, "3x3 conv", (38, 170))
    arrow(gray, (212, 340), (182, 340), 16)
    assert named(gray) == {("image", "3x3 conv"), ("3x3 conv", "softmax"), ("image", "softmax")}


def test_lines_to_two_heads_may_begin_at_one_place_of_a_box() -> None:
    gray = page(420, 640)
    box(gray, "image", (10, 170))
    for top, text in ((10, "flatten"), (330, "max pool")):
        box(gray, text, (430, top))
        arrow(gray, (203, 200), (429, top + 30), 16)
    assert named(gray) == {("image", "flatten"), ("image", "max pool")}


def test_an_arrow_that_is_hardly_more_than_a_head_leads_to_a_text() -> None:
    gray = page(120, 640)
    for left, text in ((10, "image"), (250, "softmax")):
        box(gray, text, (left, 30))
    arrow(gray, (202, 60), (249, 60), 16)
    arrow(gray, (442, 60), (462, 60), 16)
    word(gray, "label", (470, 70))
    assert named(gray) == {("image", "softmax"), ("softmax", "label")}


@pytest.mark.parametrize(("sideways", "leads"), [(0.0, True), (0.25, True), (0.8, False)])
def test_a_head_alone_leads_on_only_straight_away_from_its_box(sideways: float, leads: bool) -> None:
    zones = np.zeros((140, 200), np.int32)
    zones[80:130, 20:180] = 1
    up = (sideways, -((1 - sideways**2) ** 0.5))
    base, tip = ((100 + far * up[0], 66 + far * up[1]) for far in (-9, 11))
    corners = [tip, *((base[0] - side * up[1], base[1] + side * up[0]) for side in (-7, 7))]
    drawn = np.zeros((140, 200), np.uint8)
    cv2.fillPoly(drawn, [np.array(corners).round().astype(np.int32)], 255)
    rows, columns = np.nonzero(drawn)
    found = between((columns, rows), zones)
    assert ([found.boxes] if found else []) == ([[0, None]] if leads else [])


def test_letters_of_few_pixels_are_asked_about() -> None:
    gray = page(120, 480)
    for left, text in ((10, "image"), (270, "softmax")):
        box(gray, text, (left, 30))
    arrow(gray, (202, 60), (269, 60), 16)
    assert diagram_of_picture(gray).asked == ()
    small = cv2.resize(gray, None, fx=0.37, fy=0.37, interpolation=cv2.INTER_AREA)
    assert [each for each in diagram_of_picture(small).asked if "8 pixels high" in each]


def test_a_line_that_begins_right_behind_a_head_comes_from_where_the_head_does() -> None:
    gray = page(220, 800)
    for left, text in ((20, "image"), (290, "conv"), (580, "softmax")):
        box(gray, text, (left, 130))
    arrow(gray, (212, 160), (289, 160), 16)
    arrow(gray, (482, 160), (579, 160), 16)
    line(gray, (268, 160), (268, 60), (675, 60), (675, 100))
    arrow(gray, (675, 90), (675, 129), 16)
    assert named(gray) == {("image", "conv"), ("conv", "softmax"), ("image", "softmax")}
