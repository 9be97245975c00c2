"""What drawings of people say besides boxes and arrows: loops, braces, exponents, dashes, how often a part comes."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from extract.designs.loops import leading_back
from extract.drawings.boxes_and_arrows import diagram_of
from extract.drawings.drawing import Drawing, Path, Point
from extract.drawings.scripts import phrases_of
from extract.drawings.strokes import is_brace
from extract.drawings.svg_outlines import curve
from extract.pages.page import Word
from extract.raster.dashes import closed_up
from tests.test_extract_diagrams import arrows, box, design, down, head, line, read, said
from tests.test_extract_people import arrow, paper
from tests.test_extract_people import box as drawn_box
from tests.test_extract_people import read as read_picture


@pytest.mark.parametrize(
    ("edges", "back"),
    [
        ([(0, 1), (1, 2)], []),
        ([(0, 1), (1, 2), (2, 0)], [(2, 0)]),
        ([(0, 1), (1, 2), (2, 1), (2, 3)], [(2, 1)]),
        ([(0, 1), (0, 2), (1, 3), (2, 3)], []),
        ([(0, 1), (1, 1)], [(1, 1)]),
    ],
)
def test_the_last_arrow_of_a_circle_leads_back(edges: list[tuple[int, int]], back: list[tuple[int, int]]) -> None:
    assert leading_back(4, edges) == back


def test_an_arrow_back_is_asked_about_and_left_out() -> None:
    back = line((180, 312), (260, 312), (260, 212), (188, 212)) + '<polygon points="180,212 188,208 188,216"/>'
    graph, asked = design(down("image 3x8x8", "conv 3x3, 4", "conv 3x3, 4"), back)
    assert [type(node.layer).__name__ for node in graph.nodes].count("Conv2D") == 2
    assert sum("leads back" in each for each in asked) == 1


@pytest.mark.parametrize("text", ["N\u00d7", "\u00d76", "6 x", "Encoder \u00d7 N", "Encoder x 4"])
def test_how_often_a_part_comes_is_asked(text: str) -> None:
    assert read(down("conv", "relu"), said(20, 160, text)).asked == (
        f"{text!r} stands beside boxes: what comes so often? it is built once",
    )


@pytest.mark.parametrize("text", ["shared weights", "weight sharing", "tied parameters"])
def test_weights_that_are_shared_are_asked(text: str) -> None:
    assert read(down("conv", "relu"), said(20, 160, text)).asked == (
        f"{text!r} is written beside boxes: which share their weights? each has its own",
    )


def brace(long: float, high: float) -> Path:
    r = high / 2
    ends: list[tuple[Point, Point, Point]] = [
        ((0, -r / 2), (r / 2, -r), (r, -r)),
        ((long / 2 - r, -r), (long / 2 - r, -r), (long / 2 - r, -r)),
        ((long / 2 - r / 2, -r), (long / 2, -1.5 * r), (long / 2, -2 * r)),
        ((long / 2, -1.5 * r), (long / 2 + r / 2, -r), (long / 2 + r, -r)),
        ((long - r, -r), (long - r, -r), (long - r, -r)),
        ((long - r / 2, -r), (long, -r / 2), (long, 0)),
    ]
    points: list[Point] = [(0.0, 0.0)]
    for each in ends:
        points += curve(points[-1], *each)
    return Path(tuple(points), False, False, True, 7)


def test_a_brace_is_no_line() -> None:
    assert is_brace(brace(120, 14))
    arc = Path(((0, 0), *curve((0, 0), (30, -30), (90, -30), (120, 0))), False, False, True, 7)
    assert not is_brace(arc)
    bent = Path(((0, 0), (0, -20), (50, -20), (120, -20), (120, 0), (120, 10)), False, False, True, 6)
    assert not is_brace(bent)


def word(text: str, x: float, base: float, size: float = 10.0) -> Word:
    return Word(text, x, base - 0.7 * size, x + 0.5 * size * len(text), base, size, base)


def test_exponents_and_indices_stand_behind_what_they_belong_to() -> None:
    words = [word("W", 0, 100), word("(1)", 6, 95, 7), word("2,3", 6, 103, 7), word("x", 20, 100)]
    assert [each.text for each in phrases_of(words)] == ["W (1) 2,3 x"]


def test_small_type_on_lines_of_its_own_stays_there() -> None:
    words = [word("Conv", 0, 100), word("3x3", 0, 109, 8)]
    assert [each.text for each in phrases_of(words)] == ["Conv", "3x3"]


def test_lines_without_heads_branch_where_others_have_heads() -> None:
    found = read(
        *(box(20, 100, "input"), box(200, 100, "lstm"), box(200, 200, "gru"), box(400, 100, "add")),
        *(line((100, 112), (200, 112)), line((150, 112), (150, 212), (200, 212))),
        *(line((280, 112), (392, 112)), '<polygon points="400,112 392,108 392,116"/>'),
    )
    assert arrows(found) == {("input", "lstm"), ("input", "gru"), ("lstm", "add")}


def test_lines_without_heads_lead_to_the_right_where_arrows_lead_up() -> None:
    plain = line((100, 112), (200, 112)) + line((280, 113), (400, 113))
    up = line((240, 200), (240, 132)) + '<polygon points="240,124 236,132 244,132"/>'
    found = read(box(20, 100, "c1"), box(200, 100, "mix"), box(400, 101, "c2"), box(200, 200, "gate"), plain, up)
    assert arrows(found) == {("c1", "mix"), ("mix", "c2"), ("gate", "mix")}


def test_a_drawing_of_words_alone_is_a_diagram_without_boxes() -> None:
    assert not diagram_of(Drawing((), (word("x", 0, 100),))).shapes


def dashed(*points: tuple[int, int], width: int = 2) -> np.ndarray:
    """Draw a dashed line of level and upright parts."""
    dark = np.zeros((160, 240), np.uint8)
    for (x0, y0), (x1, y1) in pairwise(points):
        long = abs(x1 - x0) + abs(y1 - y0)
        for start in range(0, long - 10, 20):
            ends = (start / long, (start + 10) / long)
            a, b = ((round(x0 + t * (x1 - x0)), round(y0 + t * (y1 - y0))) for t in ends)
            cv2.line(dark, a, b, (1,), width)
    return dark


def zones(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    found = np.zeros((160, 240), np.uint8)
    for x0, y0, x1, y1 in boxes:
        found[y0:y1, x0:x1] = 1
    return found


@pytest.mark.parametrize("width", [2, 3, 5])
def test_the_gaps_of_dashed_lines_between_boxes_are_closed(width: int) -> None:
    dark = dashed((30, 30), (170, 30), (170, 110), width=width)
    closed = closed_up(dark, np.zeros_like(dark), zones((5, 10, 25, 50), (150, 115, 190, 140)))
    assert cv2.connectedComponents(dark)[0] > 5
    assert cv2.connectedComponents(closed)[0] == 2


def test_dashed_frames_and_what_leads_to_nothing_stay_dashed() -> None:
    frame = dashed((20, 20), (220, 20), (220, 140), (20, 140), (20, 20))
    alone = dashed((20, 60), (220, 60))
    for dark in (frame, alone):
        assert (closed_up(dark, np.zeros_like(dark), zones()) == dark).all()


def test_letters_are_no_dashes() -> None:
    dark = np.zeros((60, 300), np.uint8)
    cv2.putText(dark, "ill - I l 1 i", (10, 40), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (1,), 2)
    assert (closed_up(dark, np.zeros_like(dark), np.zeros_like(dark)) == dark).all()


def test_dashed_arrows_of_a_picture_lead_from_box_to_box() -> None:
    gray = paper(640)
    for x, y, text in ((20, 20, "3x3 conv"), (20, 200, "max pool"), (360, 200, "softmax")):
        drawn_box(gray, x, y, text)
    arrow(gray, (130, 80), (130, 199))
    for x in range(250, 330, 20):
        cv2.line(gray, (x, 230), (x + 10, 230), (0,), 2)
    arrow(gray, (330, 230), (359, 230))
    assert read_picture(gray) == {("3x3 conv", "max pool"), ("max pool", "softmax")}


def test_lines_that_stand_upright_on_another_lead_where_it_leads() -> None:
    gray = paper(760)
    for x, y, text in ((20, 20, "3x3 conv"), (20, 320, "5x5 conv"), (460, 170, "concat")):
        drawn_box(gray, x, y, text)
    for y in (50, 350):
        cv2.polylines(gray, [np.array([(241, y), (340, y), (340, 200)], np.int32)], False, (0,), 2)
    arrow(gray, (340, 200), (459, 200))
    assert read_picture(gray) == {("3x3 conv", "concat"), ("5x5 conv", "concat")}


def test_lines_that_end_on_a_trunk_lead_where_it_leads() -> None:
    tops = [box(20 + 120 * i, 100, text) for i, text in enumerate(("a", "b", "c", "d"))]
    ways = [line((60 + 120 * i, 124), (60 + 120 * i, 160)) for i in range(4)]
    trunk = line((60, 160), (420, 160)) + line((240, 160), (240, 192)) + head(240, 200)
    found = read(*tops, *ways, trunk, box(200, 200, "concat"))
    assert arrows(found) == {(each, "concat") for each in "abcd"}


def test_what_a_trunk_parts_into_is_not_led_to_each_other() -> None:
    below = [box(20 + 120 * i, 200, text) for i, text in enumerate(("a", "b", "c"))]
    ways = [line((60 + 120 * i, 160), (60 + 120 * i, 192)) + head(60 + 120 * i, 200) for i in range(3)]
    found = read(box(140, 100, "input"), line((180, 124), (180, 160)), line((60, 160), (300, 160)), *ways, *below)
    assert arrows(found) == {("input", each) for each in "abc"}


def test_lines_without_heads_go_from_what_comes_in_to_what_comes_out() -> None:
    boxes = [box(100, 100 + 100 * i, text) for i, text in enumerate(("Logistic Loss", "ReLU (256)", "Features"))]
    found = read(*boxes, line((140, 124), (140, 200)), line((140, 224), (140, 300)))
    assert arrows(found) == {("Features", "ReLU (256)"), ("ReLU (256)", "Logistic Loss")}


def test_lines_without_heads_go_up_where_arrows_do_though_others_go_across() -> None:
    upright = [box(100, 400 - 100 * i, text) for i, text in enumerate(("conv", "pool", "fc"))]
    ways = line((140, 400), (140, 324)), line((140, 300), (140, 232)), '<polygon points="140,224 136,232 144,232"/>'
    level = [box(250 + 120 * i, 50, text) for i, text in enumerate(("a", "b", "c"))]
    across = [line((330 + 120 * i, 62), (362 + 120 * i, 62)) for i in range(2)]
    heads = [f'<polygon points="{370 + 120 * i},62 {362 + 120 * i},58 {362 + 120 * i},66"/>' for i in range(2)]
    found = read(*upright, *ways, *level, *across, *heads)
    assert arrows(found) == {("conv", "pool"), ("pool", "fc"), ("a", "b"), ("b", "c")}


def test_two_lines_may_end_in_one_head() -> None:
    bent = line((260, 312), (280, 312), (280, 160), (140, 160), (140, 133))
    found = read(
        *(box(100, 100, "add"), box(100, 200, "conv"), box(180, 300, "input"), bent, line((140, 200), (140, 133))),
        '<polygon points="140,124 136,132 144,132"/>',
    )
    assert arrows(found) == {("conv", "add"), ("input", "add")}


def test_the_outline_of_a_box_may_be_drawn_as_an_area() -> None:
    def framed(x: float, y: float, text: str) -> str:
        points = f"{x},{y} {x + 80},{y} {x + 80},{y + 24} {x},{y + 24} {x},{y} {x + 1},{y + 1} "
        points += f"{x + 1},{y + 23} {x + 79},{y + 23} {x + 79},{y + 1} {x + 1},{y + 1}"
        return f'<polygon points="{points}" fill="black"/>' + said(x + 6, y + 17, text)

    found = read(framed(100, 100, "conv"), line((140, 124), (140, 192)), head(140, 200), framed(100, 200, "relu"))
    assert arrows(found) == {("conv", "relu")}


def test_between_boxes_of_no_text_the_text_at_an_arrow_is_what_is_done() -> None:
    boxes = [box(20 + 180 * i, 100) for i in range(3)]
    ways = [line((100 + 180 * i, 112), (192 + 180 * i, 112)) for i in range(2)]
    heads = [f'<polygon points="{200 + 180 * i},112 {192 + 180 * i},108 {192 + 180 * i},116"/>' for i in range(2)]
    found = read(*boxes, *ways, *heads, said(115, 104, "Block1"), said(295, 104, "Block2"))
    assert ("", "Block1") in arrows(found)
    assert ("Block2", "") in arrows(found)


def test_a_title_below_a_circle_is_no_name_of_it() -> None:
    circle = '<circle cx="140" cy="208" r="8" fill="none" stroke="black"/>'
    ways = line((140, 200), (140, 132)) + '<polygon points="140,124 136,132 144,132"/>'
    title = '<text x="75" y="232" font-size="14" textLength="130">stride=2 bottleneck</text>'
    found = read(box(100, 100, "conv"), ways, circle, title)
    assert "stride=2 bottleneck" not in {" ".join(each.texts) for each in found.shapes}


def test_a_gap_much_wider_than_the_others_of_its_line_parts_two_texts() -> None:
    ends = [(0, 50), (53, 80), (83, 120), (128, 178), (181, 210), (213, 250)]
    names = ("embedded", "video", "watches", "embedded", "search", "tokens")
    words = [Word(name, a, 93, b, 100, 10, 100) for name, (a, b) in zip(names, ends, strict=True)]
    assert [each.text for each in phrases_of(words)] == ["embedded video watches", "embedded search tokens"]


def test_what_leads_on_from_the_end_of_a_trunk_does_not_go_back_along_it() -> None:
    """A layer leads to two others over one line, which goes on past them; one of the two joins it behind them."""

    def way(*points: tuple[int, int]) -> str:
        places = " ".join(f"{x},{y}" for x, y in points)
        return f'<polyline fill="none" stroke="black" points="{places}"/>'

    found = read(
        *(box(60, 60, "conv"), box(60, 200, "pool"), box(360, 200, "relu"), box(60, 340, "concat")),
        *(way((140, 72), (240, 84), (290, 110), (300, 150)), way((300, 150), (300, 290))),
        *(way((300, 150), (290, 170), (140, 180), (100, 192)), head(100, 200)),
        *(way((300, 150), (310, 170), (380, 180), (400, 192)), head(400, 200)),
        way((400, 224), (320, 250), (305, 270), (300, 290)),
        *(way((300, 290), (290, 310), (140, 320), (100, 332)), head(100, 340)),
    )
    assert arrows(found) == {("conv", "pool"), ("conv", "relu"), ("conv", "concat"), ("relu", "concat")}
