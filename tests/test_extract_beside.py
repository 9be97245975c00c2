"""What stands beside boxes and lines: names, dots, remarks; and letters that other things are drawn over."""

from __future__ import annotations

import io

import pdfplumber
import pytest

from extract.drawings.diagrams import Diagram
from extract.drawings.figures import drawing_in
from ir import Report
from tests.pdf_pages import Text, column, pdf
from tests.test_extract_diagrams import arrows, box, design, down, head, line, read, said
from translator import read as read_model
from translator.options import ReadOptions


def circle(x: float, y: float) -> str:
    return f'<circle cx="{x}" cy="{y}" r="12" fill="none" stroke="black"/>'


def test_an_empty_box_is_named_by_what_stands_right_beside_it() -> None:
    found = read(
        box(100, 100, "conv"), line((140, 124), (140, 180)), head(140, 188), circle(140, 200), said(156, 205, "MatMul")
    )
    assert arrows(found) == {("conv", "MatMul")}


def test_a_box_with_words_has_no_name_beside_it() -> None:
    found = read(down("conv", "relu"), said(184, 117, "Note"))
    assert arrows(found) == {("conv", "relu")}


def test_what_a_part_of_a_figure_is_called_names_no_box() -> None:
    found = read(
        box(100, 100, "conv"), line((140, 124), (140, 180)), head(140, 188), circle(140, 200), said(130, 230, "(a)")
    )
    assert arrows(found) == {("conv", "")}


def test_a_line_without_a_head_that_says_whose_weights_are_shared_leads_nowhere() -> None:
    first, second = (down(f"image {i}", f"conv {i}", f"fc {i}", x=x) for i, x in ((1, 100), (2, 320)))
    tie = line((180, 212), (320, 212)) + said(206, 208, "shared weights")
    assert arrows(read(first, second, tie)) == arrows(read(first, second))


def test_an_arrow_from_the_sizes_below_a_name_comes_from_both() -> None:
    texts = said(20, 109, "In") + said(10, 123, "256×256")
    found = read(texts, line((66, 112), (92, 112)), side_head(100, 112), box(100, 100, "conv"))
    assert arrows(found) == {("In 256×256", "conv")}


def side_head(x: float, y: float) -> str:
    """Draw the head of an arrow that points to the right."""
    return f'<polygon points="{x},{y} {x - 8},{y - 4} {x - 8},{y + 4}" fill="black"/>'


def ways(text: str) -> Diagram:
    return read(
        *(box(100, 100, "lstm1"), box(100, 300, "lstm2"), said(134, 205, text)),
        *(line((140, 124), (140, 182)), head(140, 190), line((140, 210), (140, 292)), head(140, 300)),
    )


@pytest.mark.parametrize("text", ["...", "\u00b7\u00b7\u00b7", "\u22ef", ". . .", "\u2026"])
def test_dots_lead_on_and_are_asked_about(text: str) -> None:
    found = ways(text)
    assert arrows(found) == {("lstm1", "lstm2")}
    assert found.asked == ("dots stand between 'lstm1' and 'lstm2': what do they stand for? nothing is taken",)


def test_a_text_is_no_dots() -> None:
    assert arrows(ways("relu")) == {("lstm1", "relu"), ("relu", "lstm2")}


def test_several_arrows_that_begin_at_one_place_begin_at_the_text_there() -> None:
    found = read(
        *(box(100, 100, "left"), box(300, 100, "right"), said(100, 305, "x")),
        *(line((103, 290), (103, 132)), '<polygon points="103,124 99,132 107,132"/>'),
        *(line((103, 290), (103, 200), (340, 200), (340, 132)), '<polygon points="340,124 336,132 344,132"/>'),
    )
    assert arrows(found) == {("x", "left"), ("x", "right")}


@pytest.mark.parametrize(("text", "wanted"), [("max", 2), ("3x3 max", 3), ("Input Gate", 2), ("ReLU", 3)])
def test_what_a_box_says_already_is_not_done_once_more(text: str, wanted: int) -> None:
    found = read(down("conv", "max pooling"), said(146, 160, text))
    assert len(found.shapes) == wanted


def test_a_line_without_a_head_leads_into_what_joins() -> None:
    plus = circle(140, 212) + said(136, 217, "+")
    found = read(
        *(box(100, 100, "embed"), line((140, 124), (140, 192)), head(140, 200), plus, box(200, 200, "position")),
        *(line((200, 212), (152, 212)), line((140, 224), (140, 292)), head(140, 300), box(100, 300, "dense")),
    )
    assert arrows(found) == {("embed", "+"), ("position", "+"), ("+", "dense")}


def words(texts: list[Text], *drawn: str) -> list[str]:
    """Return the words of a page on which things were drawn over the texts, a text after each."""
    first, *rest = texts
    later = (
        f"{each}\nBT /F1 9 Tf 1 0 0 1 {text[0]} {792 - text[1]} Tm ({text[2]}) Tj ET"
        for each, text in zip(drawn, rest, strict=False)
    )
    with pdfplumber.open(io.BytesIO(pdf(([first], [], "\n".join([*later, *drawn[len(rest) :]]))))) as opened:
        return [each.text for each in drawing_in(opened.pages[0], (50, 50, 400, 400)).words]


AREA = "0.9 g 95 480 60 24 re B 0 g"


def test_letters_under_an_area_with_others_on_it_are_not_seen() -> None:
    assert words([(100, 300, "conv"), (102, 301, "output")], AREA) == ["output"]


def test_letters_under_an_area_alone_are_seen_as_it_may_let_them_through() -> None:
    assert words([(100, 300, "conv")], AREA) == ["conv"]


def test_letters_beside_others_on_an_area_are_seen() -> None:
    assert sorted(words([(100, 300, "conv"), (125, 300, "relu")], AREA)) == ["conv", "relu"]


def test_texts_of_drawings_whose_holders_have_no_size_have_their_own() -> None:
    drawn = (
        '<foreignObject width="100%" height="100%"><div style="width: 78px; padding-top: {y}px; margin-left: 101px;">'
        '<div style="font-size: 0; "><div style="font-size: 12px; ">{text}</div></div></div></foreignObject>'
    )
    parts = (drawn.format(y=y, text=text) for y, text in ((112, "conv 3x3, 8"), (212, "softmax")))
    graph, _ = design(down("", ""), *parts)
    assert [type(node.layer).__name__ for node in graph.nodes][-2:] == ["Conv2D", "Softmax"]


def test_boxes_of_people_that_touch_are_apart_where_arrows_part_them() -> None:
    touching = box(100, 100, "keys") + box(180, 100, "values")
    ways = (line((140, 124), (140, 192)), head(140, 200), line((220, 124), (220, 192)), head(220, 200))
    found = read(touching, *ways, box(100, 200, "linear", 70), box(190, 200, "embed", 70))
    assert arrows(found) == {("keys", "linear"), ("values", "embed")}


def test_boxes_that_touch_are_one_where_no_arrows_part_them() -> None:
    found = read(
        box(100, 100, "conv"), box(180, 100, "3x3"), line((180, 124), (180, 192)), head(180, 200), box(140, 200, "relu")
    )
    assert arrows(found) == {("conv 3x3", "relu")}


def test_an_arrow_between_boxes_that_are_close_leads_to_the_one_ahead() -> None:
    """The tip is as near to both of the boxes below."""
    way = line((300, 60), (183, 97)) + '<polygon points="176,98 184,93 186,100"/>'
    found = read(box(260, 36, "tree"), way, box(92, 100, "sample"), box(180, 100, "scan"), box(180, 200, "x"))
    assert arrows(found) == {("tree", "sample")}


def test_what_no_line_leads_to_has_no_name_beside_it() -> None:
    """As the swatches of a legend, which stand above each other."""
    swatches = box(300, 100, "", 20) + said(326, 117, "conv") + box(300, 130, "", 20) + said(326, 147, "pool")
    assert arrows(read(down("conv", "relu"), swatches)) == {("conv", "relu")}


def test_the_largest_drawing_of_a_figure_is_taken_and_it_is_asked() -> None:
    texts, drawn = column(["conv 3x3, 8", "max pool", "dense 10"], 100, 100)
    others, more = column(["conv 5x5, 4", "softmax"], 300, 100)
    caption = (100, 330, "Figure 1: Two networks.")
    report = Report()
    data = pdf(([*texts, *others, caption], [], f"{drawn}\n{more}"))
    graph = read_model("paper.pdf", data=data, report=report, options=ReadOptions(variant="Figure 1")).graph
    assert sum(type(node.layer).__name__ == "Conv2D" for node in graph.nodes) == 1
    assert any("2 drawings that no arrow joins" in each.message for each in report if each.code == "question")


def test_what_takes_several_tensors_is_no_name_of_what_comes_out() -> None:
    ways = line((140, 124), (240, 192)) + head(240, 200) + line((340, 124), (260, 192)) + head(260, 200)
    graph, _ = design(box(100, 100, "image 3x8x8"), box(300, 100, "mask 3x8x8"), ways, box(210, 200, "fusion"))
    assert [type(node.layer).__name__ for node in graph.nodes] == ["Custom"]
