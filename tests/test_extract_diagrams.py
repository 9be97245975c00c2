"""Boxes and arrows of drawings as people make them: heads as areas, lines as areas, branches, signs and frames."""

from __future__ import annotations

import pytest

from extract.diagrams import Diagram, diagram_of
from extract.drawing import of_svg

STYLE = 'fill="none" stroke="black"'


def box(x: float, y: float, text: str = "", wide: float = 80) -> str:
    drawn = f'<rect x="{x}" y="{y}" width="{wide}" height="24" {STYLE}/>'
    return drawn + said(x + 6, y + 17, text)


def said(x: float, y: float, text: str) -> str:
    return f'<text x="{x}" y="{y}" font-size="14" textLength="{7 * len(text)}">{text}</text>' if text else ""


def line(*points: tuple[float, float]) -> str:
    return f'<polyline points="{" ".join(f"{x},{y}" for x, y in points)}" {STYLE}/>'


def head(x: float, y: float) -> str:
    """Draw the head of an arrow that points down."""
    return f'<polygon points="{x},{y} {x - 4},{y - 8} {x + 4},{y - 8}" fill="black"/>'


def read(*parts: str) -> Diagram:
    drawn = "".join(parts)
    return diagram_of(of_svg(f'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600">{drawn}</svg>'))


def arrows(found: Diagram) -> set[tuple[str, str]]:
    texts = [" ".join(each.texts) for each in found.shapes]
    return {(texts[each.start], texts[each.end]) for each in found.links}


def test_a_line_with_a_head_leads_to_the_box_at_its_tip() -> None:
    found = read(box(100, 100, "conv"), line((140, 124), (140, 192)), head(140, 200), box(100, 200, "relu"))
    assert arrows(found) == {("conv", "relu")}


def test_the_shaft_of_an_arrow_may_be_a_thin_area() -> None:
    shaft = '<polygon points="139.5,124 140.5,124 140.5,192 139.5,192" fill="black"/>'
    found = read(box(100, 100, "conv"), shaft, head(140, 200), box(100, 200, "relu"))
    assert arrows(found) == {("conv", "relu")}


def test_a_line_branches_off_another() -> None:
    found = read(
        *(box(100, 100, "conv"), box(100, 200, "left"), box(300, 200, "right")),
        *(line((140, 124), (140, 192)), head(140, 200)),
        *(line((140, 150), (340, 150), (340, 192)), head(340, 200)),
    )
    assert arrows(found) == {("conv", "left"), ("conv", "right")}


def test_a_head_on_a_line_leads_where_the_line_leads() -> None:
    found = read(
        *(box(100, 100, "fire2"), box(100, 200, "fire3"), box(100, 300, "fire4")),
        *(line((140, 124), (140, 192)), head(140, 200), line((140, 224), (140, 292)), head(140, 300)),
        *(line((140, 150), (60, 150), (60, 250), (132, 250)), '<polygon points="140,250 132,246 132,254"/>'),
    )
    assert arrows(found) == {("fire2", "fire3"), ("fire3", "fire4"), ("fire2", "fire4")}


def test_a_number_beside_a_line_is_its_width_and_a_text_at_its_end_a_box() -> None:
    found = read(
        *(box(100, 100, "conv"), line((140, 124), (140, 152)), head(140, 160), said(150, 145, "96")),
        *(said(115, 176, "maxpool"), line((140, 180), (140, 232)), head(140, 240), box(100, 240, "fire2")),
    )
    assert arrows(found) == {("conv", "maxpool"), ("maxpool", "fire2")}
    assert {each.text for each in found.links} == {"96", ""}


def test_two_lines_across_a_circle_are_a_sum() -> None:
    circle = f'<circle cx="140" cy="210" r="10" {STYLE}/>'
    plus = line((132, 210), (148, 210)) + line((140, 202), (140, 218))
    found = read(box(100, 100, "conv"), line((140, 124), (140, 192)), head(140, 200), circle, plus)
    assert arrows(found) == {("conv", "+")}


def test_a_frame_around_boxes_that_stand_apart_is_no_box() -> None:
    frame = f'<rect x="80" y="80" width="120" height="180" {STYLE}/>'
    found = read(frame, box(100, 100, "conv"), line((140, 124), (140, 192)), head(140, 200), box(100, 200, "relu"))
    assert arrows(found) == {("conv", "relu")}
    assert len(found.shapes) == 2


def test_what_is_said_beside_an_arrow_is_done_on_the_way() -> None:
    found = read(
        *(box(100, 100, "conv"), line((140, 124), (140, 192)), head(140, 200), box(100, 200, "conv2")),
        said(146, 164, "BN, ReLU"),
    )
    assert arrows(found) == {("conv", "BN, ReLU"), ("BN, ReLU", "conv2")}


@pytest.mark.parametrize("across", [False, True])
def test_lines_without_heads_lead_the_way_of_the_others(across: bool) -> None:
    if across:
        found = read(
            *(box(20, 100, "a", 40), line((60, 112), (92, 112)), '<polygon points="100,112 92,108 92,116"/>'),
            *(box(100, 100, "b", 40), line((140, 112), (180, 112)), box(180, 100, "c", 40)),
        )
    else:
        found = read(
            *(box(100, 20, "a"), line((140, 44), (140, 100)), box(100, 100, "b")),
            *(line((140, 124), (140, 192)), head(140, 200), box(100, 200, "c")),
        )
    assert arrows(found) == {("a", "b"), ("b", "c")}


def test_a_figure_shows_as_many_designs_as_no_arrow_joins() -> None:
    found = read(
        *(box(100, 100, "conv"), line((140, 124), (140, 192)), head(140, 200), box(100, 200, "relu")),
        *(box(300, 100, "pool"), line((340, 124), (340, 192)), head(340, 200), box(300, 200, "fc")),
        box(500, 100, "alone", 60),
    )
    assert [arrows(part) for part in found.parts()] == [{("conv", "relu")}, {("pool", "fc")}]
