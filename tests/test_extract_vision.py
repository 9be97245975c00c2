"""Tables as papers on vision print them: what rows take by names, units of their own, cells over several designs."""

from __future__ import annotations

import pytest

from extract.columns.abbreviations import meaning_of
from extract.columns.grids import Grid, plain_grid
from extract.columns.numbers import channels_of
from extract.designs.assemble import assemble
from extract.designs.joining import names_among
from extract.pages.page import Line, Word
from extract.structure.row_cells import going_on
from extract.tables.captioned import as_captioned
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell
from extract.words.reading import Reading
from extract.words.remarks import larger_by
from ir import Report
from ir import layers as L
from ir.graph import Graph
from ir.origin import Origin
from tests.questions import questions
from tests.test_extract_tables import kinds

DECODER = [
    ["layer", "k", "s", "chns", "res", "input", "activation"],
    ["upconv2", "3", "1", "32", "4", "image1", "ELU"],
    ["iconv2", "3", "1", "32", "2", "↑upconv2", "ELU"],
    ["disp2", "3", "1", "1", "1", "iconv2", "Sigmoid"],
    ["upconv1", "3", "1", "16", "2", "iconv2", "ELU"],
    ["iconv1", "3", "1", "16", "1", "↑upconv1, econv1", "ELU"],
    ["disp1", "3", "1", "1", "1", "iconv1", "Sigmoid"],
]
TOLD = (
    "Here k is the kernel size, s the stride, chns the number of output channels for each layer, res is the "
    "downscaling factor for each layer relative to the input image, and input corresponds to "
    "the input of each layer where ↑ is a 2× nearest-neighbor upsampling of the layer."
)


def built(table: list[list[str]], caption: str) -> tuple[Graph, list[str]]:
    """Return the graph of the only design of a table, and what is asked of it."""
    (design,) = designs_of(plain_grid(table), caption)
    report = Report()
    graph = assemble(design, caption, "net", Origin("table"), report)
    return graph, questions(report)


def test_a_decoder_whose_rows_take_others_by_their_names() -> None:
    graph, asked = built(DECODER, TOLD)
    assert kinds(graph).count("Conv2D") + kinds(graph).count("Conv2DTranspose") == 6  # Those of disparities among them.
    assert [node.layer for node in graph.nodes if isinstance(node.layer, L.Upsample2D)] == [
        L.Upsample2D(scale=(2, 2))
    ] * 2
    assert [each for each in asked if "takes" in each] == [
        "'iconv1' takes econv1, which is not here: it goes on from ↑upconv1"
    ]


def test_what_a_sign_beside_a_name_says_is_asked_where_the_caption_does_not_say_it() -> None:
    assert names_among(plain_grid([["↑upconv5, econv4"]]).rows[0]) == ("↑upconv5", "econv4")
    assert names_among(plain_grid([["upconv6 + disp7*"]]).rows[0]) == ("upconv6", "disp7*")
    assert names_among(plain_grid([["output of conv1"]]).rows[0]) == ()
    assert larger_by(TOLD) == {"↑": 2}
    _, asked = built(DECODER, TOLD.partition(" where ")[0])
    assert any("what does '↑' beside a name say?" in each for each in asked)


def test_a_unit_with_a_name_of_its_own_is_no_convolution() -> None:
    table = [row if row[0] != "disp2" else ["MixBlock", *row[1:]] for row in DECODER]
    _, asked = built(table, TOLD)
    assert any("'MixBlock' is not known here" in each for each in asked)


def test_channels_by_the_words_of_a_caption() -> None:
    assert meaning_of("chns", TOLD) == "channels"
    assert meaning_of("res", TOLD) == ""


def test_units_of_point_clouds_below_a_header() -> None:
    table = [
        ["layer name", "input layer", "type", "output size", "layer params"],
        ["sa1", "point cloud (xyz)", "SA", "(2048,3+128)", "(2048,0.2,[64,64,128])"],
        ["sa2", "sa1", "SA", "(1024,3+256)", "(1024,0.4,[128,128,256])"],
        ["sa3", "sa2", "SA", "(512,3+256)", "(512,0.8,[128,128,256])"],
        ["fp1", "sa2, sa3", "FP", "(1024,3+256)", "[256,256]"],
    ]
    (design,) = designs_of(plain_grid(table))
    assert [each.kind for each in design.readings] == ["SA", "SA", "SA", "FP"]


@pytest.mark.parametrize(
    ("text", "times", "inner"),
    [
        ("Residual: Conv, ReLU, Conv\n· · · (×10)", 10, ["conv", "conv"]),
        ("Conv, BN, ReLU, Conv, BN (x4)", 4, ["conv", "conv"]),
    ],
)
def test_how_often_all_of_a_list_comes(text: str, times: int, inner: list[str]) -> None:
    (block,) = read_cell(text)
    assert (block.times, [each.kind for each in block.block]) == (times, inner)


def test_how_many_filters_one_layer_has_in_brackets() -> None:
    (found,) = read_cell("Conv, BN, ReLU (×64)")
    assert (found.times, found.params) == (1, {"filters": 64})


def test_a_window_of_all_and_what_is_counted_behind_it() -> None:
    (found,) = as_captioned([Reading("conv")], "We use 3×3 convolution kernels, 10 residual blocks and RGB images.")
    assert found.params == {"kernel": (3, 3)}


@pytest.mark.parametrize(("text", "channels"), [("2w × 2h × 64", 64), ("4W × 4H × 3", 3), ("4m × 480", None)])
def test_channels_beside_sides_that_are_so_many_times_as_large(text: str, channels: int | None) -> None:
    (cells,) = plain_grid([[text]]).rows
    assert channels_of(cells) == channels


def test_what_goes_on_in_a_cell_over_several_columns() -> None:
    def part(text: str, x0: float) -> Line:
        return Line((Word(text, x0, 92, x0 + 30, 102, 9, 100),))

    columns, here = [(40.0, 90.0), (105.0, 140.0), (152.0, 190.0)], [part("P = 4;", 110), part("C = 64", 155)]
    ruled = [(98.0, 80.0, 120.0), (200.0, 80.0, 120.0), (146.0, 120.0, 160.0)]
    assert [each.text for each in going_on(here, columns, ruled)] == ["P = 4; C = 64"]
    assert len(going_on(here, columns, [*ruled, (146.0, 80.0, 120.0)])) == 2
    assert len(going_on([part("P = 4", 110), part("C = 64", 155)], columns, ruled)) == 2


def test_widths_of_designs_beside_those_of_all() -> None:
    grid = plain_grid(
        [
            ["Layer", "Kernel", "Channels", "Small", "Large"],
            ["conv1", "3×3", "64", "32", "48"],
            ["conv2", "3×3", "64", "64", "96"],
            ["conv3", "3×3", "128", "128", "160"],
            ["conv4", "3×3", "128", "160", "256"],
        ]
    )
    assert [each.config for each in designs_of(grid)] == ["Small", "Large"]
    without = Grid(tuple(tuple(cell for cell in row if cell.first < 4) for row in grid.rows), 4)
    assert len(designs_of(without)) == 1
