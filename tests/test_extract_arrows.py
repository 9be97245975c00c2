"""Arrows as people draw them: blocks of colour, both ways, onto other lines, and what is written at their ends."""

from __future__ import annotations

import io
from dataclasses import replace

import pdfplumber
import pytest

from extract.drawings.arrows import Box
from extract.drawings.drawing import Path, Point
from extract.drawings.strokes import block_arrow
from extract.pages.page import page_of, sidewise
from tests.pdf_pages import Text, pdf
from tests.test_extract_diagrams import arrows, box, head, line, read, said


def block(x: float, y: float, wide: float, high: float) -> str:
    """Draw a block arrow that points to the right, from the middle of its tail."""
    neck, third = x + wide - high / 2, high / 4
    points = [(x, y - third), (neck, y - third), (neck, y - high / 2), (x + wide, y)]
    points += [(neck, y + high / 2), (neck, y + third), (x, y + third)]
    return f'<polygon points="{" ".join(f"{a},{b}" for a, b in points)}" fill="grey" stroke="black"/>'


def test_a_block_arrow_leads_from_the_box_behind_it_to_the_one_ahead() -> None:
    found = read(box(20, 100, "conv"), block(112, 112, 36, 20), box(160, 100, "pool"), block(250, 112, 40, 20))
    assert arrows(found) == {("conv", "pool")}
    assert len(found.shapes) == 2


@pytest.mark.parametrize(
    ("points", "is_arrow"),
    [
        ([(0, -2), (8, -2), (8, -5), (13, 0), (8, 5), (8, 2), (0, 2)], True),
        ([(-2, 0), (-2, 8), (-5, 8), (0, 13), (5, 8), (2, 8), (2, 0)], True),
        ([(0, -2), (8, -2), (8, -5), (13, 0), (8, 2), (4, 2), (0, 2)], False),
        ([(0, 0), (20, 0), (20, 10), (0, 10)], False),
        ([(0, 3), (2, 0), (6, 0), (8, 3), (7, 7), (4, 9), (1, 7)], False),
    ],
)
def test_a_block_arrow_has_a_tip_and_two_like_sides(points: list[Point], is_arrow: bool) -> None:
    found = block_arrow(Path((*points, points[0]), True, True, True, 7))
    assert (found is not None) == is_arrow


def test_an_arrow_with_two_heads_leads_nowhere() -> None:
    both = line((108, 112), (152, 112)) + '<polygon points="160,112 152,108 152,116"/>'
    both += '<polygon points="100,112 108,108 108,116"/>'
    found = read(box(20, 100, "left"), both, box(160, 100, "right"))
    assert not found.links


def test_a_sign_without_a_box_is_a_layer() -> None:
    sign = said(135, 213, "⊕")
    found = read(box(100, 100, "conv"), line((140, 124), (140, 190)), head(140, 198), sign, box(100, 300, "relu"))
    assert arrows(found) == {("conv", "⊕")}


@pytest.mark.parametrize("text", ["(a)", "(b) ours", '"a cat"'])
def test_what_a_part_of_a_figure_is_called_is_no_box(text: str) -> None:
    way = line((140, 224), (140, 292)) + head(140, 300) + said(120, 312, text)
    found = read(box(100, 100, "conv"), line((140, 124), (140, 192)), head(140, 200), box(100, 200, "relu"), way)
    assert arrows(found) == {("conv", "relu")}


def test_what_is_said_of_a_shortcut_is_done_nowhere() -> None:
    around = line((180, 112), (300, 112), (300, 212), (188, 212)) + '<polygon points="180,212 188,208 188,216"/>'
    found = read(box(100, 100, "conv"), around, said(306, 160, "identity"), box(100, 200, "add"))
    assert arrows(found) == {("conv", "add")}


def test_shortcuts_that_meet_on_a_line_lead_where_it_leads() -> None:
    """The second begins where the first one ends: it comes from the box before, as the line does."""
    rows = [box(100, 100 + 60 * i, text) for i, text in enumerate(("a", "b", "c", "d"))]
    down = [line((140, y + 24), (140, y + 52)) + head(140, y + 60) for y in (100, 160, 220)]
    arcs = [
        line((140, y), (220, y), (220, y + 60), (148, y + 60))
        + f'<polygon points="140,{y + 60} 148,{y + 56} 148,{y + 64}"/>'
        for y in (136, 196)
    ]
    found = read(*rows, *arcs, *down)
    assert arrows(found) == {("a", "b"), ("b", "c"), ("c", "d"), ("a", "c"), ("b", "d")}


def test_what_a_shortcut_leads_on_is_told_apart_from_what_arrows_show() -> None:
    """Each shortcut begins behind the end of the one before it: it takes what that brought, without an arrow of its."""
    rows = [box(100, 100 + 80 * i, text) for i, text in enumerate(("a", "b", "c", "d"))]
    down = [line((140, y + 24), (140, y + 72)) + head(140, y + 80) for y in (100, 180, 260)]
    arcs = [
        line((140, y + 44), (220, y + 44), (220, y + 110), (148, y + 110))
        + f'<polygon points="140,{y + 110} 148,{y + 106} 148,{y + 114}"/>'
        for y in (100, 180)
    ]
    found = read(*rows, *arcs, *down)
    shown = {("a", "b"), ("b", "c"), ("c", "d"), ("a", "c"), ("b", "d")}
    assert arrows(found) == shown | {("a", "d")}
    assert arrows(replace(found, links=found.drawn)) == shown


def words(*texts: Text) -> list[tuple[str, Box]]:
    with pdfplumber.open(io.BytesIO(pdf((texts, [])))) as found:
        return [
            (each.text, (each.x0, each.top, each.x1, each.bottom)) for each in sidewise(page_of(found.pages[0]).words)
        ]


@pytest.mark.parametrize("turn", [1, -1])
def test_words_on_their_side_are_one_text_as_it_is_read(turn: int) -> None:
    found = words((100, 300, "Elementwise Sum", 9, turn), (120, 300, "Conv", 9, turn))
    assert sorted(text for text, _ in found) == ["Conv", "Elementwise Sum"]


def test_words_that_stand_upright_stay_apart() -> None:
    assert [text for text, _ in words((100, 300, "max"), (100, 309, "pool"))] == ["max", "pool"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("classi(cid:28)er", "classifier"),
        ("(cid:28)lter", "filter"),
        ("PixelShu(cid:31)e", "PixelShuffle"),
        ("di(cid:11)erent", "different"),
        ("con\ufb01g", "config"),
        ("(cid:28)", ""),
        ("3(cid:30)3", "33"),
    ],
)
def test_ligatures_are_letters(text: str, wanted: str) -> None:
    from extract.pages.page import _spelt

    assert _spelt(text) == wanted


def test_a_line_may_go_on_into_its_head() -> None:
    """As TeX's equilateral triangles are drawn: the line ends near the tip, which lies ahead of it."""
    triangle = '<polygon points="140,200 136,193.07 144,193.07" fill="black" stroke="black"/>'
    found = read(box(100, 100, "conv"), line((140, 124), (140, 199.6)), triangle, box(100, 204, "relu"))
    assert arrows(found) == {("conv", "relu")}


def test_an_arrow_may_fall_short_of_its_box() -> None:
    found = read(box(100, 100, "conv"), line((140, 128), (140, 182)), head(140, 190), box(100, 200, "relu"))
    assert arrows(found) == {("conv", "relu")}


@pytest.mark.parametrize("wide", [0, 3])
def test_a_line_behind_boxes_leads_from_one_to_the_next(wide: int) -> None:
    """Presentations hold one line for a column of boxes, which are drawn over it; the head is at its end."""
    shaft = line((140, 112), (140, 292))
    if wide:
        shaft = f'<rect x="{140 - wide / 2}" y="112" width="{wide}" height="180" fill="black"/>'
    beside = line((60, 90), (60, 320))
    found = read(
        *(box(100, 100 + 100 * i, text) for i, text in enumerate(("conv", "relu", "pool"))),
        shaft,
        head(140, 300),
        beside,
    )
    assert arrows(found) == {("conv", "relu"), ("relu", "pool")}


def test_a_line_that_passes_the_side_of_a_box_goes_by() -> None:
    found = read(
        box(100, 100, "conv"), box(96, 200, "relu"), line((170, 124), (170, 292)), head(170, 300), box(100, 300, "add")
    )
    assert arrows(found) == {("conv", "add")}
