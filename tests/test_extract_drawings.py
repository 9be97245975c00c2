"""Figures as people draw them: texts over the edges of boxes, dots below each other, arrows that go on from heads."""

from __future__ import annotations

import pytest

from extract.hyphens import unbroken
from extract.page import _spelt
from tests.test_extract_diagrams import STYLE, arrows, box, head, line, read, said


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


def test_a_text_that_runs_into_a_box_beside_it_is_not_in_it() -> None:
    size = wide(170, 117, ("28", 14), ("×", 8), ("28", 14), ("×", 8), ("64", 14))
    found = read(box(100, 100, "conv"), size, down(100), box(100, 160, "fc"))
    assert arrows(found) == {("conv", "fc")}


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
