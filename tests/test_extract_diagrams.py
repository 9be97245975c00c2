"""Boxes and arrows of drawings as people make them: heads as areas, lines as areas, branches, signs and frames."""

from __future__ import annotations

import pytest

from extract.drawings.boxes_and_arrows import diagram_of
from extract.drawings.diagrams import Diagram, Link, Shape
from extract.drawings.drawing import of_svg
from extract.figure_diagrams import _told
from ir import Report
from ir.graph import Graph
from tests.questions import questions
from translator import read as read_model

STYLE = 'fill="none" stroke="black"'


def box(x: float, y: float, text: str = "", wide: float = 80) -> str:
    drawn = f'<rect x="{x}" y="{y}" width="{wide}" height="24" {STYLE}/>'
    return drawn + said(x + 6, y + 17, text)


def said(x: float, y: float, text: str) -> str:
    return f'<text x="{x}" y="{y}" font-size="14" textLength="{min(7 * len(text), 68)}">{text}</text>' if text else ""


def line(*points: tuple[float, float]) -> str:
    return f'<polyline points="{" ".join(f"{x},{y}" for x, y in points)}" {STYLE}/>'


def head(x: float, y: float) -> str:
    """Draw the head of an arrow that points down."""
    return f'<polygon points="{x},{y} {x - 4},{y - 8} {x + 4},{y - 8}" fill="black"/>'


def drawing(*parts: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600">{"".join(parts)}</svg>'


def read(*parts: str) -> Diagram:
    return diagram_of(of_svg(drawing(*parts)))


def down(*texts: str, x: float = 100, top: float = 100) -> str:
    """Draw boxes below each other, and arrows between them."""
    drawn = "".join(box(x, top + 100 * i, text) for i, text in enumerate(texts))
    middle = x + 40
    ways = [top + 100 * i for i in range(1, len(texts))]
    return drawn + "".join(line((middle, y - 76), (middle, y - 8)) + head(middle, y) for y in ways)


def design(*parts: str) -> tuple[Graph, list[str]]:
    """Return the design of a drawing, and what is asked."""
    report = Report()
    graph = read_model("net.svg", data=drawing(*parts).encode(), report=report).graph
    return graph, questions(report)


def layers(graph: Graph) -> list[str]:
    return [str(node.layer) for node in graph.nodes]


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


def test_designs_beside_each_other_are_read_from_the_left() -> None:
    found = read(
        *(box(300, 90, "pool"), line((340, 114), (340, 192)), head(340, 200), box(300, 200, "fc")),
        *(box(100, 100, "conv"), line((140, 124), (140, 192)), head(140, 200), box(100, 200, "relu")),
        *(box(100, 400, "add"), line((140, 424), (140, 492)), head(140, 500), box(100, 500, "lrn")),
    )
    assert [arrows(part) for part in found.parts()] == [{("conv", "relu")}, {("pool", "fc")}, {("add", "lrn")}]


def test_a_figure_shows_as_many_designs_as_no_arrow_joins() -> None:
    found = read(
        *(box(100, 100, "conv"), line((140, 124), (140, 192)), head(140, 200), box(100, 200, "relu")),
        *(box(300, 100, "pool"), line((340, 124), (340, 192)), head(340, 200), box(300, 200, "fc")),
        box(500, 100, "alone", 60),
    )
    assert [arrows(part) for part in found.parts()] == [{("conv", "relu")}, {("pool", "fc")}]


def test_a_block_of_a_residual_net_is_a_design() -> None:
    around = line((140, 150), (60, 150), (60, 412), (122, 412)) + '<polygon points="130,412 122,408 122,416"/>'
    sign = f'<circle cx="140" cy="412" r="12" {STYLE}/>' + line((132, 412), (148, 412)) + line((140, 404), (140, 420))
    chain = down("64-d", "3x3, 64", "3x3, 64") + line((140, 324), (140, 392)) + head(140, 400)
    graph, asked = design(chain, around, sign, said(146, 264, "relu"))
    assert layers(graph) == [
        "Conv2D(filters=64, kernel=(3, 3), pad=((1, 1), (1, 1)))",
        "ReLU()",
        "Conv2D(filters=64, kernel=(3, 3), pad=((1, 1), (1, 1)))",
        "Add()",
    ]
    assert {ref.node for ref in graph.nodes[-1].inputs} == {"conv2", graph.inputs[0].name}
    assert graph.inputs[0].shape == (None, 64, None, None)
    assert len(asked) == 1


def test_poolings_keep_the_size_that_a_join_needs() -> None:
    ways = line((180, 112), (340, 112), (340, 192)) + head(340, 200)
    back = line((340, 224), (340, 312), (188, 312)) + '<polygon points="180,312 188,308 188,316"/>'
    graph, asked = design(down("Base", "1x1, 8", "Filter concat"), box(300, 200, "3x3 pool"), ways, back)
    assert layers(graph) == [
        "Conv2D(filters=8, kernel=(1, 1))",
        "MaxPool2D(kernel=(3, 3), pad=((1, 1), (1, 1)))",
        "Concat()",
    ]
    assert [ref.node for ref in graph.nodes[-1].inputs] == ["conv1", "pool1"]
    assert asked == ["net: what is the shape of 'Base'? 64 x 56 x 56 is taken"]


def test_gates_scale_the_channels_of_an_image() -> None:
    beside = line((180, 212), (340, 212), (340, 292)) + head(340, 300)
    side = box(300, 300, "Global pool") + down("FC", "Sigmoid", x=300, top=400)
    side += line((340, 324), (340, 392)) + head(340, 400)
    back = line((340, 524), (340, 612), (188, 612)) + '<polygon points="180,612 188,608 188,616"/>'
    main = down("3x8x8", "3x3 conv, 6") + line((140, 224), (140, 592)) + head(140, 600) + box(100, 600, "Scale")
    graph, asked = design(main, beside, side, back)
    assert [type(node.layer).__name__ for node in graph.nodes][-1] == "ScaleBy"
    assert len(asked) == 1
    assert "how many units? as many as channels come in, 6" in asked[0]


def test_what_a_drawing_does_not_say_stays_a_layer_by_its_name() -> None:
    graph, asked = design(down("8x8x3", "Inception", "FC 10"))
    assert [type(node.layer).__name__ for node in graph.nodes] == ["Custom", "Flatten", "Dense"]
    assert "whose branches the table does not say" in asked[0]


def test_windows_steps_and_borders_in_one_word() -> None:
    graph, asked = design(down("input", "Conv 7x7+2(S)", "LocalRespNorm", "AveragePool 7x7+1(V)"))
    assert layers(graph) == [
        "Conv2D(filters=64, kernel=(7, 7), stride=(2, 2), pad=((3, 3), (3, 3)))",
        "LRN()",
        "AvgPool2D(kernel=(7, 7))",
    ]
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3x3 Conv (32 stride 2 V)", ["Conv2D(filters=32, kernel=(3, 3), stride=(2, 2))"]),
        ("1x1 Conv (96)", ["Conv2D(filters=96, kernel=(1, 1))"]),
        ("BN-ReLU-Conv 3x3, 8", ["BatchNorm()", "ReLU()", "Conv2D(filters=8, kernel=(3, 3), pad=((1, 1), (1, 1)))"]),
        ("Layer Norm", ["Permute(order=(0, 2, 3, 1))", "LayerNorm()", "Permute(order=(0, 3, 1, 2))"]),
        ("2x2 up-conv 16", ["Conv2DTranspose(filters=16, kernel=(2, 2), stride=(2, 2))"]),
        ("Upsample", ["Upsample2D()"]),
        (
            "SeparableConv 728, 3x3",
            [
                "Conv2D(filters=3, kernel=(3, 3), pad=((1, 1), (1, 1)), groups=3, bias=False)",
                "Conv2D(filters=728, kernel=(1, 1))",
            ],
        ),
    ],
)
def test_what_boxes_say(text: str, wanted: list[str]) -> None:
    graph, asked = design(down("8x8x3", text, "output"))
    assert layers(graph) == wanted
    assert not asked


def test_boxes_whose_letters_are_outlines_get_the_texts_that_are_seen() -> None:
    drawn = Diagram((Shape((0, 0, 50, 20), ()), Shape((0, 40, 50, 60), ())), (Link(0, 1),))
    seen = Diagram((Shape((2, 2, 48, 18), ("conv",)), Shape((1, 41, 50, 59), ("BN", "ReLU"))), ())
    found = _told(drawn, seen)
    assert found is not None
    assert [each.texts for each in found.shapes] == [("conv",), ("BN", "ReLU")]
    assert found.links == drawn.links
    assert _told(None, seen) == seen
    assert _told(drawn, None) == drawn


def test_a_text_of_two_lines_at_an_arrow_is_one_box() -> None:
    found = read(
        *(box(100, 100, "conv"), line((140, 124), (140, 192)), head(140, 200)),
        *(said(112, 212, "Outputs"), said(98, 228, "(shifted right)")),
    )
    assert arrows(found) == {("conv", "Outputs (shifted right)")}


def test_an_example_that_comes_out_is_no_box() -> None:
    found = read(down("conv", "softmax"), line((140, 224), (140, 292)), head(140, 300), said(112, 312, '"a cat"'))
    assert arrows(found) == {("conv", "softmax")}


def test_a_pooling_of_a_vector_is_told_and_no_crash() -> None:
    _, asked = design(down("Input 64", "Dense 128", "Pooling + classifier"))
    assert any("Pooling + classifier" in each for each in asked)


def test_boxes_with_words_that_arrows_lead_between_are_no_volumes() -> None:
    assert read(down("conv", "relu", "fc")).is_told
    assert not read(down("conv", "", "fc")).is_told
    assert not read(box(100, 100, "conv"), line((140, 124), (140, 200)), box(100, 200, "fc")).is_told
