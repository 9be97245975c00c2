"""What of a page cannot be seen is no part of it: what has no opacity, or is outside of what it is clipped to."""

from __future__ import annotations

import io
from typing import Any

import pdfplumber
import pytest

from extract.pages.visible import SHADED, seen
from tests.pdf_pages import pdf

STATES = "/ExtGState << /None << /ca 0 /CA 0 >> /Fill << /ca 0 /CA 1 >> /All << /ca 1 /CA 1 >> /Odd << /ca /x >> >>"
BOX = "10 700 40 20 re"


def _page(drawn: str, *, resources: str = STATES, more: str = "") -> Any:
    with pdfplumber.open(io.BytesIO(pdf(([], [], drawn), resources=resources, more=[more]))) as opened:
        page = seen(opened.pages[0])
        assert page.objects is not None
        return page


@pytest.mark.parametrize(
    ("drawn", "boxes"),
    [
        (f"{BOX} f", 1),
        (f"/None gs {BOX} f", 0),
        (f"/None gs {BOX} B", 0),
        (f"/Fill gs {BOX} f", 0),
        (f"/Fill gs {BOX} S", 1),
        (f"/Fill gs {BOX} B", 1),
        (f"q /None gs Q {BOX} f", 1),
        (f"q /None gs q /All gs {BOX} f Q {BOX} f Q", 1),
        (f"/Odd gs {BOX} f", 1),
        (f"/Unknown gs {BOX} f", 1),
        (f"q 0 600 100 200 re W n {BOX} f Q", 1),
        (f"q 100 600 100 150 re W n {BOX} f Q", 0),
        (f"q 100 600 100 150 re W n Q {BOX} f", 1),
        (f"q 0 600 100 200 re W n 100 600 100 150 re W* n {BOX} f Q", 0),
        (f"q W n {BOX} f Q", 1),
        (f"q 1 0 0 1 100 0 cm 0 600 60 150 re W n 1 0 0 1 -100 0 cm {BOX} f Q", 0),
    ],
)
def test_paths_that_cannot_be_seen_are_left_out(drawn: str, boxes: int) -> None:
    assert len(_page(drawn).rects) == boxes


def test_letters_outside_of_the_clip_are_left_out() -> None:
    letters = "BT /F1 9 Tf 1 0 0 1 {} 700 Tm (Conv) Tj ET"
    page = _page(f"q 0 600 100 200 re W n {letters.format(10)} {letters.format(200)} Q")
    assert [(char["text"], char["x0"] < 100) for char in page.chars] == [(each, True) for each in "Conv"]


def test_a_shading_fills_what_it_is_clipped_to() -> None:
    (box,) = _page(f"q {BOX} W n 0.1 0 0 0.1 3 4 cm /Sh1 sh Q").rects
    assert (box["x0"], box["x1"], box["top"], box["bottom"]) == (10, 50, 72, 92)
    assert (box["fill"], box["stroke"], box["non_stroking_color"]) == (True, False, SHADED)


def test_a_shading_of_the_whole_page_has_no_box() -> None:
    assert _page("/Sh1 sh").rects == []


@pytest.mark.parametrize(("left", "boxes"), [(5, 1), (45, 1), (60, 0)])
def test_a_form_shows_what_is_in_its_box(left: int, boxes: int) -> None:
    form = f"<< /Type /XObject /Subtype /Form /BBox [{left} 650 {left + 100} 720] /Length {len(BOX) + 2} >>"
    more = f"{form}\nstream\n{BOX} f\nendstream"
    page = _page("q 1 0 0 1 7 0 cm /X Do Q", resources="/XObject << /X 6 0 R >>", more=more)
    assert [box["x0"] for box in page.rects] == [17] * boxes


def test_a_form_has_the_opacity_of_what_is_around_it() -> None:
    form = f"<< /Type /XObject /Subtype /Form /BBox [0 0 612 792] /Length {len(BOX) + 2} >>"
    more = f"{form}\nstream\n{BOX} f\nendstream"
    assert _page("/None gs /X Do", resources=f"{STATES} /XObject << /X 6 0 R >>", more=more).rects == []
