"""Drawings as SVG: what paints and turns elements, curves and arcs, the heads that markers draw, and texts."""

from __future__ import annotations

import pytest

from extract.designs.hand_drawn import said
from extract.drawings.boxes_and_arrows import diagram_of
from extract.drawings.diagrams import Diagram
from extract.drawings.drawing import Drawing, DrawingError, of_svg
from extract.drawings.drawn import is_by_hand
from ir import Report
from ir import layers as L
from translator import read as read_model

HEAD = '<marker id="head" markerWidth="8" markerHeight="8" refX="{at}" refY="4" orient="{turn}">{drawn}</marker>'
TRIANGLE = '<path d="M0,0 L8,4 L0,8 Z"/>'
BOX = '<rect x="{x}" y="{y}" width="90" height="30" fill="#eef" stroke="#448"/>'
SAID = '<text x="{x}" y="{y}" font-size="12" text-anchor="middle">{text}</text>'


def svg(*parts: str) -> Drawing:
    return of_svg(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 300">{"".join(parts)}</svg>')


def box(x: float, y: float, text: str) -> str:
    return BOX.format(x=x, y=y) + SAID.format(x=x + 45, y=y + 19, text=text)


def pairs(diagram: Diagram) -> set[tuple[str, str]]:
    texts = [" ".join(each.texts) for each in diagram.shapes]
    return {(texts[each.start], texts[each.end]) for each in diagram.links}


@pytest.mark.parametrize("at", [0, 6, 8])
def test_a_marker_at_the_end_of_a_line_is_the_head_of_an_arrow(at: int) -> None:
    marker = "<defs>" + HEAD.format(at=at, turn="auto", drawn=TRIANGLE) + "</defs>"
    gap = 40 + 8 - at
    line = f'<line x1="100" y1="25" x2="{190 - gap + 40}" y2="25" stroke="#448" marker-end="url(#head)"/>'
    found = diagram_of(svg(marker, box(10, 10, "conv 3x3"), box(190, 10, "max pool"), line))
    assert pairs(found) == {("conv 3x3", "max pool")}


def test_a_marker_at_the_start_leads_back_where_it_is_turned() -> None:
    marker = HEAD.format(at=8, turn="auto-start-reverse", drawn=TRIANGLE)
    line = '<path d="M 100 25 H 190" fill="none" stroke="#448" marker-start="url(#head)"/>'
    assert pairs(diagram_of(svg(marker, box(10, 10, "dense 10"), box(190, 10, "dense 64"), line))) == {
        ("dense 64", "dense 10")
    }


def test_a_dot_at_the_end_of_a_line_is_no_head() -> None:
    marker = HEAD.format(at=4, turn="auto", drawn='<circle cx="4" cy="4" r="4"/>')
    assert len(svg(marker, '<line x1="0" y1="0" x2="50" y2="0" stroke="red" marker-end="url(#head)"/>').paths) == 1


def test_what_a_group_or_a_style_sheet_paints_is_painted() -> None:
    drawn = svg(
        "<style>.box rect { fill: #ff0000; stroke: none } #last { stroke: blue }</style>",
        '<g class="box"><rect x="0" y="0" width="9" height="9"/></g>',
        '<g fill="none" stroke="#00ff00"><rect x="20" y="0" width="9" height="9"/></g>',
        '<rect id="last" x="40" y="0" width="9" height="9" style="fill: none"/>',
    )
    assert [(each.filled, each.stroked, each.colour) for each in drawn.paths] == [
        (True, False, (1.0, 0.0, 0.0)),
        (False, True, (0.0, 1.0, 0.0)),
        (False, True, (0.0, 0.0, 1.0)),
    ]


def test_what_is_hidden_or_only_defined_is_not_drawn() -> None:
    shape = '<rect width="9" height="9"/>'
    drawn = svg(f"<defs>{shape}</defs>", f'<g display="none">{shape}</g>', f'<g style="opacity: 0">{shape}</g>')
    assert drawn.paths == ()


def test_elements_that_are_referred_to_are_drawn_in_their_place() -> None:
    drawn = svg('<defs><rect id="a" width="9" height="9"/></defs>', '<use href="#a" x="30" y="40"/>')
    assert drawn.paths[0].box == (30, 40, 39, 49)


def test_an_element_that_refers_to_itself_is_drawn_once() -> None:
    drawn = svg('<g id="a"><rect width="9" height="9"/><use href="#a"/></g>')
    assert len(drawn.paths) == 1


def test_curves_and_arcs_end_where_they_lead() -> None:
    (path,) = svg('<path d="M0 0 Q 10 20 20 0 T 40 0 S 60 20 60 0 A 10 10 0 0 1 80 0" stroke="red" fill="none"/>').paths
    assert path.points[-1] == (80, 0)
    assert path.box[1] == pytest.approx(-10, abs=0.5)
    assert path.box[3] == pytest.approx(10, abs=0.5)


def test_a_path_that_moves_on_draws_several_lines() -> None:
    drawn = svg('<path d="M0 0 h10 M0 20 h10 m5 5 l5 5" stroke="red" fill="none"/>')
    assert [each.box for each in drawn.paths] == [(0, 0, 10, 0), (0, 20, 10, 20), (15, 25, 20, 30)]


def test_turned_groups_turn_what_is_in_them() -> None:
    drawn = svg('<g transform="translate(100 0) rotate(90)"><rect x="0" y="0" width="30" height="10"/></g>')
    assert drawn.paths[0].box == pytest.approx((90, 0, 100, 30))


def test_parts_of_a_text_with_places_of_their_own_are_lines() -> None:
    words = svg('<text x="50" y="20" font-size="10">Conv<tspan x="50" dy="1.2em">3x3, <tspan>64</tspan></tspan></text>')
    assert [(each.text, each.base) for each in words.words] == [("Conv", 20), ("3x3, 64", 32)]


def test_a_text_about_a_middle_stands_lower() -> None:
    (word,) = svg('<text x="0" y="50" font-size="20" dominant-baseline="middle">Conv</text>').words
    assert word.base == 57


def test_a_turned_text_stands_on_its_side() -> None:
    (word,) = svg('<text x="10" y="50" font-size="10" transform="rotate(-90 10 50)">max pool</text>').words
    assert (word.turned, word.x1 - word.x0 < word.bottom - word.top) == (1, True)


def test_texts_in_html_are_read_by_their_lines() -> None:
    drawn = svg(
        '<foreignObject x="10" y="10" width="90" height="30"><div xmlns="http://www.w3.org/1999/xhtml">Conv<br/>3x3</div>'
        "</foreignObject>"
    )
    assert [(each.text, (each.x0 + each.x1) / 2) for each in drawn.words] == [("Conv", 55), ("3x3", 55)]


def test_elements_that_are_too_deep_are_an_error() -> None:
    with pytest.raises(DrawingError, match="too deep"):
        svg("<g>" * 100, "</g>" * 100)


def test_a_text_wider_than_a_box_is_not_in_it() -> None:
    title = SAID.format(x=55, y=22, text="A block of our network with a way around it")
    found = diagram_of(svg(title, box(10, 10, "conv"), box(10, 80, "add"), '<path d="M55 40 V80" stroke="#000"/>'))
    assert [each.texts for each in found.shapes] == [("conv",), ("add",)]


def test_lines_without_heads_branch_off_each_other_and_begin_at_texts() -> None:
    lines = (
        '<path d="M55 30 V50 M55 80 V120" stroke="#000"/><path d="M55 40 H150 V135 H100" stroke="#000" fill="none"/>'
    )
    found = diagram_of(svg(SAID.format(x=55, y=25, text="x"), box(10, 50, "conv 3x3"), box(10, 120, "add"), lines))
    assert pairs(found) == {("x", "conv 3x3"), ("conv 3x3", "add"), ("x", "add")}


def test_one_text_in_the_form_of_keras_makes_no_drawing_of_keras() -> None:
    texts = ["Input (Keras)", "conv 3x3, 8", "max pool 2x2", "conv 3x3, 16", "dense 10"]
    lines = "".join(f'<path d="M55 {40 + 60 * i} V{70 + 60 * i}" stroke="#000"/>' for i in range(4))
    data = "".join(box(10, 10 + 60 * i, each) for i, each in enumerate(texts)) + lines
    graph = read_model("net.svg", data=f"<svg>{data}</svg>".encode(), format="figure", report=Report()).graph
    assert [each.layer.filters for each in graph.nodes if isinstance(each.layer, L.Conv2D)] == [8, 16]


def test_numbers_of_maps_are_no_poolings() -> None:
    line = '<path d="M55 40 V80" stroke="#000"/>'
    data = f"<svg>{box(10, 10, 'conv 3x3')}{box(10, 80, 'P3')}{line}</svg>".encode()
    graph = read_model("net.svg", data=data, format="figure", report=Report()).graph
    assert not any("Pool" in type(each.layer).__name__ for each in graph.nodes)


def open_head(x: float, y: float) -> str:
    lower = f"C {x - 1} {y} {x - 3} {y + 2} {x - 4} {y + 4}"
    return f'<path d="M{x - 4} {y - 4} C {x - 3} {y - 2} {x - 1} {y} {x} {y} {lower}"'


def test_two_lines_from_a_tip_are_the_head_of_an_arrow() -> None:
    heads = f'{open_head(200, 25)} fill="none" stroke="#000"/>{open_head(350, 25)} fill="none" stroke="#000"/>'
    boxes = box(10, 10, "conv 3x3") + box(200, 10, "add") + box(350, 10, "ReLU")
    lines = '<path d="M350 25 H290 M200 25 H100" stroke="#000" fill="none"/>'
    assert pairs(diagram_of(svg(boxes, lines, heads))) == {("conv 3x3", "add"), ("add", "ReLU")}


def test_a_box_that_is_not_known_takes_what_all_arrows_to_it_bring() -> None:
    heads = "".join(f'<path d="M{x} 100 l-4 -8 h8 z"/>' for x in (80, 130))
    lines = '<path d="M55 40 L80 92 M200 40 L130 92" stroke="#000" fill="none"/>'
    data = box(10, 10, "conv 3x3") + box(170, 10, "conv 5x5") + box(60, 100, "Our mixer") + box(60, 170, "conv 1x1")
    data += lines + heads + '<path d="M105 130 V170" stroke="#000"/>'
    report = Report()
    graph = read_model("net.svg", data=f"<svg>{data}</svg>".encode(), format="figure", report=report).graph
    (mixer,) = (each for each in graph.nodes if isinstance(each.layer, L.Custom))
    assert len(mixer.inputs) == 2
    assert any("'Our mixer' is not known" in each.message for each in report if each.code == "question")


def test_a_recurrent_layer_in_front_of_another_gives_every_step() -> None:
    heads = "".join(f'<path d="M55 {y} l-4 -8 h8 z"/>' for y in (80, 150))
    lines = '<path d="M55 40 V72 M55 110 V142" stroke="#000" fill="none"/>'
    data = box(10, 10, "Embedding 64") + box(10, 80, "GRU 32 units") + box(10, 150, "GRU 16 units") + lines + heads
    graph = read_model("net.svg", data=f"<svg>{data}</svg>".encode(), format="figure", report=Report()).graph
    assert [each.layer.sequences for each in graph.nodes if isinstance(each.layer, L.GRU)] == [True, False]


def test_boxes_closely_over_each_other_follow_without_an_arrow() -> None:
    drawn = box(10, 10, "Dense 64") + box(10, 46, "BatchNorm") + box(10, 82, "ReLU") + box(10, 160, "Dense 10")
    head = '<polygon points="55,160 51,152 59,152"/><path d="M55 112 V152" stroke="#000"/>'
    found = diagram_of(svg(drawn, head))
    assert ("Dense 64", "BatchNorm") in pairs(found)
    assert ("BatchNorm", "ReLU") in pairs(found)


def test_a_box_with_nothing_but_sizes_passes_on_what_comes() -> None:
    lines = '<path d="M55 40 V80 M55 110 V150" stroke="#000"/>'
    data = box(10, 10, "conv 3x3, 8") + box(10, 80, "[N, W=28, H=28, C=8]") + box(10, 150, "conv 3x3, 16") + lines
    graph = read_model("net.svg", data=f"<svg>{data}</svg>".encode(), format="figure", report=Report()).graph
    assert [each.layer.filters for each in graph.nodes if isinstance(each.layer, L.Conv2D)] == [8, 16]
    assert not any(isinstance(each.layer, L.Custom) for each in graph.nodes)


def test_a_softmax_of_so_many_classes_has_as_many_units_in_front_of_it() -> None:
    line = '<path d="M55 40 V80" stroke="#000"/>'
    data = box(10, 10, "Dense 64") + box(10, 80, "10-way softmax") + line
    graph = read_model("net.svg", data=f"<svg>{data}</svg>".encode(), format="figure", report=Report()).graph
    assert [each.layer.units for each in graph.nodes if isinstance(each.layer, L.Dense)] == [64, 10]


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("Conv2D 1 [In=1, Out=6, K=5]", {"kernel": (5, 5), "filters": 6, "in_channels": 1}),
        ("Linear1 [120, 84]", {"units": 84}),
        ("Hidden 4 Linear(128→64)", {"in_features": 128, "units": 64}),
        ("FC 5 (grades)", {"units": 5}),
        ("Conv Layer 1 (find edges)", {}),
    ],
)
def test_settings_in_brackets_are_read_and_remarks_are_not(text: str, params: dict[str, object]) -> None:
    assert said(text)[0].params == params


def test_remarks_in_brackets_make_no_drawing_of_keras() -> None:
    assert is_by_hand([["Conv Layer 1", "(Find Edges)"], ["Pool (Make Smaller)"], ["Dense"]])
    assert not is_by_hand([["conv1 (Convolution)"], ["pool1 (MAX Pooling)"], ["data"]])


def chain(*texts: str) -> str:
    lines = "".join(f'<path d="M55 {40 + 60 * i} V{70 + 60 * i}" stroke="#000"/>' for i in range(len(texts) - 1))
    return "".join(box(10, 10 + 60 * i, each) for i, each in enumerate(texts)) + lines


def test_layers_along_a_sequence_take_one() -> None:
    data = chain("Input 23 x 4", "Conv1D 64, k=3", "MaxPool k=2", "GRU 32 units", "Dense 2")
    graph = read_model("net.svg", data=f"<svg>{data}</svg>".encode(), format="figure", report=Report()).graph
    assert graph.inputs[0].shape == (None, 23, 4)
    kinds = [type(each.layer).__name__ for each in graph.nodes]
    assert kinds == ["Permute", "Conv1D", "MaxPool1D", "Permute", "GRU", "Dense"]


def test_a_sequence_whose_length_has_to_be_known_is_asked_about() -> None:
    report = Report()
    data = chain("Input: (N, 1)", "Conv1D: 16 filters, k=7", "Flatten", "Dense 2")
    graph = read_model("net.svg", data=f"<svg>{data}</svg>".encode(), format="figure", report=report).graph
    assert any("how long is the sequence" in each.message for each in report if each.code == "question")
    assert not any(isinstance(each.layer, L.Custom) for each in graph.nodes)
