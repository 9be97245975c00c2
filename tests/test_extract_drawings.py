"""Figures as people draw them: texts over the edges of boxes, dots below each other, arrows that go on from heads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extract.drawings.boxes_and_arrows import diagram_of
from extract.drawings.drawing import of_svg
from extract.pages.page import _spelt
from extract.words.hyphens import unbroken
from tests.test_extract_diagrams import STYLE, arrows, box, head, line, read, said
from tests.test_extract_diagrams import drawing as svg


def wide(x: float, y: float, *words: tuple[str, float]) -> str:
    """Draw words one behind the other, each as wide as is said."""
    drawn = ""
    for text, width in words:
        drawn += f'<text x="{x}" y="{y}" font-size="14" textLength="{width}">{text}</text>'
        x += width + 4
    return drawn


def down(y: float) -> str:
    """Draw an arrow from one box of a column to the next."""
    return line((140, y + 24), (140, y + 52)) + head(140, y + 60)


def test_a_text_that_runs_out_of_its_box_is_in_it() -> None:
    inside = wide(104, 117, ("conv", 30), ("BN", 20), ("avgpool", 60))
    found = read(box(100, 100), inside, down(100), box(100, 160, "fc"))
    assert arrows(found) == {("conv BN avgpool", "fc")}


def test_a_text_that_is_wider_than_its_box_is_in_it() -> None:
    inside = wide(52, 117, ("with", 40), ("batch", 36), ("norm", 36), ("and", 38), ("relu", 40))
    found = read(box(100, 100), inside, down(100), box(100, 160, "fc"))
    assert arrows(found) == {("with batch norm and relu", "fc")}


def test_a_text_that_runs_into_a_box_beside_it_is_not_in_it() -> None:
    size = wide(170, 117, ("28", 14), ("×", 8), ("28", 14), ("×", 8), ("64", 14))
    found = read(box(100, 100, "conv"), size, down(100), box(100, 160, "fc"))
    assert arrows(found) == {("conv", "fc")}


def test_what_fills_the_way_to_a_box_is_not_in_it() -> None:
    ways = line((180, 112), (192, 112)) + '<polygon points="200,112 192,108 192,116" fill="black"/>'
    label = f'<text x="181" y="117" font-size="9" textLength="18">n×64</text>{said(204, 117, "max pool")}'
    found = read(box(100, 100, "mlp"), ways, box(200, 100), label)
    assert arrows(found) == {("mlp", "max pool")}


def test_what_is_below_a_box_is_its_name_though_another_box_is_nearer_to_the_side() -> None:
    column = f'<rect x="100" y="80" width="24" height="80" {STYLE}/>'
    low = f'<rect x="150" y="105" width="24" height="30" {STYLE}/>'
    way = line((124, 120), (142, 120)) + '<polygon points="150,120 142,116 142,124" fill="black"/>'
    found = read(column, low, way, said(95, 175, "Input"), wide(129, 150, ("Output", 68)))
    assert arrows(found) == {("Input", "Output")}


def test_dots_below_each_other_stand_for_more() -> None:
    dots = "".join(wide(138, 172 + 6 * i, (".", 4)) for i in range(3))
    second = line((140, 190), (140, 212)) + head(140, 220)
    first = line((140, 124), (140, 152)) + head(140, 160)
    found = read(box(100, 100, "conv"), first, dots, second, box(100, 220, "fc"))
    assert arrows(found) == {("conv", "fc")}
    assert any("dots stand between 'conv' and 'fc'" in each for each in found.asked)


def test_an_arrow_leads_to_all_that_lines_lead_to_which_begin_at_its_head() -> None:
    first = line((140, 124), (140, 142)) + head(140, 150)
    second = line((140, 151), (140, 172)) + head(140, 180)
    around = line((140, 151), (240, 151), (240, 252), (188, 252)) + '<polygon points="180,252 188,248 188,256"/>'
    found = read(box(100, 100, "in"), first, second, around, box(100, 180, "conv"), down(180), box(100, 240, "add"))
    assert arrows(found) == {("in", "conv"), ("in", "add"), ("conv", "add")}


@pytest.mark.parametrize("gap", [0, 6])
def test_an_arrow_may_fall_short_of_where_others_begin(gap: float) -> None:
    first = line((180, 212), (200, 212)) + '<polygon points="208,212 200,208 200,216" fill="black"/>'
    ways = [
        line((208 + gap, 212), (292, y)) + f'<polygon points="300,{y} 292,{y - 4} 292,{y + 4}"/>' for y in (112, 312)
    ]
    found = read(box(100, 200, "split"), first, *ways, box(300, 100, "conv"), box(300, 300, "pool"))
    assert arrows(found) == {("split", "conv"), ("split", "pool")}


@pytest.mark.parametrize("text", ["224 × 224 × 3", "× 56 × 64"])
def test_a_size_does_not_tell_how_often_a_part_comes(text: str) -> None:
    found = read(box(100, 100, "conv"), down(100), box(100, 160, "fc"), wide(300, 117, (text, 90)))
    assert not found.asked


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["Layer Nor-", "malization"], ["Layer Normalization"]),
        (["Multi-", "Head Attention"], ["Multi-Head Attention"]),
        (["conv", "3 - 3", "64"], ["conv", "3 - 3", "64"]),
    ],
)
def test_a_word_that_is_broken_at_the_end_of_a_line_is_one(lines: list[str], wanted: list[str]) -> None:
    assert unbroken(lines) == wanted


def test_large_operators_of_tex_are_signs() -> None:
    assert _spelt("L", "abcdef+cmex10") == "⊕"
    assert _spelt("L", "abcdef+cmr10") == "L"


def test_a_line_leads_on_from_a_text_to_where_an_arrow_begins() -> None:
    first = said(120, 250, "input") + line((140, 236), (140, 210))
    second = line((140, 210), (140, 192)) + '<polygon points="140,184 136,192 144,192" fill="black"/>'
    around = line((140, 210), (240, 210), (240, 112), (188, 112)) + '<polygon points="180,112 188,108 188,116"/>'
    up = line((140, 160), (140, 132)) + '<polygon points="140,124 136,132 144,132" fill="black"/>'
    found = read(box(100, 100, "add"), box(100, 160, "conv"), first, second, around, up)
    assert arrows(found) == {("input", "conv"), ("input", "add"), ("conv", "add")}


def test_a_box_that_says_how_wide_it_is_has_the_name_beside_it() -> None:
    found = read(box(100, 100, "conv"), down(100), box(100, 160, "256-d"), said(186, 177, "embedding"))
    assert arrows(found) == {("conv", "embedding 256-d")}


def test_what_is_set_for_a_box_is_no_name_of_it() -> None:
    found = read(box(100, 100, "conv"), down(100), box(100, 160), said(186, 177, "rate = 2"))
    assert arrows(found) == {("conv", "")}


def test_the_one_box_without_a_name_in_a_column_has_its_title() -> None:
    titles = said(122, 40, "input") + wide(205, 40, ("projection", 70))
    ways = line((180, 112), (192, 112)) + '<polygon points="200,112 192,108 192,116" fill="black"/>'
    assert arrows(read(titles, box(100, 100, "w(t)"), ways, box(200, 100))) == {("w(t)", "projection")}
    two = read(titles, box(100, 100, "w(t)"), ways, box(200, 100), down(100), box(100, 160), box(200, 200))
    assert arrows(two) == {("w(t)", "projection"), ("w(t)", "input")}


def test_a_sentence_beside_an_arrow_is_no_layer() -> None:
    words = ("here", "a", "conv", "of", "1x1", "is", "used", "in", "the", "first", "block")
    told = wide(150, 145, *((each, 20.0) for each in words))
    assert arrows(read(box(100, 100, "pool"), down(100), box(100, 160, "fc"), told)) == {("pool", "fc")}


def test_an_arrow_leads_to_the_box_ahead_of_it_before_a_text_beside_it() -> None:
    ways = line((180, 112), (194, 112)) + '<polygon points="202,112 194,108 194,116" fill="black"/>'
    found = read(box(100, 100, "conv"), ways, said(184, 104, "stage"), box(210, 100, "pool"))
    assert arrows(found) == {("conv", "pool")}


def test_a_label_of_several_lines_is_of_the_arrow_below_it() -> None:
    ways = line((124, 150), (212, 150)) + '<polygon points="220,150 212,146 212,154" fill="black"/>'
    label = "".join(wide(150, 110 + 14 * i, (text, 34)) for i, text in enumerate(("Conv1", "+", "Pool1")))
    boxes = "".join(f'<rect x="{x}" y="130" width="24" height="40" {STYLE}/>' for x in (100, 220))
    found = read(boxes, ways, label, said(96, 185, "image"))
    assert arrows(found) == {("image", "Conv1 + Pool1"), ("Conv1 + Pool1", "")}


@pytest.mark.parametrize(("name", "wanted"), [("Image", {("Image", "conv")}), ("", set())])
def test_a_picture_with_a_name_is_what_comes_in(name: str, wanted: set[tuple[str, str]]) -> None:
    ways = line((60, 112), (92, 112)) + '<polygon points="100,112 92,108 92,116" fill="black"/>'
    drawing = of_svg(svg(box(100, 100, "conv"), ways, said(20, 145, name)))
    found = diagram_of(replace(drawing, pictures=((10.0, 90.0, 60.0, 130.0),)))
    assert arrows(found) == wanted
    assert len(found.shapes) == 1 + bool(name)


def test_what_goes_around_one_box_that_lines_lead_into_is_no_box() -> None:
    ring = f'<ellipse cx="140" cy="172" rx="110" ry="36" {STYLE}/>'
    column = box(100, 100, "conv"), down(100), box(100, 160, "pool"), down(160), box(100, 220, "fc")
    assert arrows(read(ring, *column)) == {("conv", "pool"), ("pool", "fc")}
    assert [each.texts for each in read(ring, *column).shapes] == [("conv",), ("pool",), ("fc",)]


def test_a_box_around_another_one_to_which_lines_lead_from_outside_is_one_with_it() -> None:
    outer = f'<rect x="70" y="140" width="140" height="64" {STYLE}/>'
    into = line((140, 80), (140, 132)) + head(140, 140)
    found = read(box(100, 56, "conv"), into, outer, box(100, 160, "pool"))
    assert arrows(found) == {("conv", "pool")}
    assert len(found.shapes) == 2


def test_what_arrows_from_boxes_without_a_name_lead_to_is_what_comes_out_of_them() -> None:
    up = '<polygon points="{x},{y} {under},{base} {over},{base}" fill="black"/>'
    parts = []
    for x, inside, outside in ((40, "A", "X"), (180, "B", "Y"), (320, "C", "Z")):
        parts += [box(x, 100), said(x + 37, 60, outside), said(x + 37, 180, inside)]
        for base, end in ((165, 132), (100, 72)):
            head_up = up.format(x=x + 40, y=end - 8, under=x + 36, over=x + 44, base=end)
            parts += [line((x + 40, base), (x + 40, end)), head_up]
    ways = [line((x, 112), (x + 52, 112)) for x in (120, 260)]
    ways += [f'<polygon points="{x + 60},112 {x + 52},108 {x + 52},116" fill="black"/>' for x in (120, 260)]
    found = read(*parts, *ways)
    assert arrows(found) == {("A", ""), ("B", ""), ("C", ""), ("", ""), ("", "X"), ("", "Y"), ("", "Z")}
    assert len(found.links) == 8


@pytest.mark.parametrize(("angle", "way"), [(-90, 1), (90, -1)])
def test_words_on_their_side_are_read_along_their_line(angle: int, way: int) -> None:
    def word(text: str, size: float, along: float, below: float) -> str:
        x, y = 112 + way * below, 160 - way * along
        return f'<text x="{x}" y="{y}" font-size="{size}" transform="rotate({angle} {x} {y})">{text}</text>'

    sub = word("conv", 10, 0, 0) + word("16", 6, 22, 2) + word("+", 10, 36, 0) + word("bias", 10, 46, 0)
    tall = '<rect x="100" y="80" width="24" height="160" fill="none" stroke="black"/>'
    (shape,) = read(tall, sub).shapes
    assert " ".join(shape.texts) == "conv 16 + bias"


def test_settings_below_the_name_of_what_an_arrow_does_are_its_own() -> None:
    def small(text: str, y: float) -> str:
        return f'<text x="220" y="{y}" font-size="10" text-anchor="middle">{text}</text>'

    words = small("Conv", 80) + small("11 × 11", 92) + small("s=4", 104)
    way = line((180, 112), (254, 112)) + '<polygon points="260,112 254,109 254,115" fill="black"/>'
    found = read(box(100, 100, "image"), words, way, box(260, 100, "55×55×96"))
    assert arrows(found) == {("image", "Conv 11 × 11 s=4"), ("Conv 11 × 11 s=4", "55×55×96")}
