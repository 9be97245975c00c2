"""Tables as the sources of theses and reports set them: stacked cells, halves side by side, sizes of sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from extract.columns.grids import Cell, Grid
from extract.columns.roles import columns_of
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell
from ir import Report
from ir import layers as L
from tests.pdf_pages import Text, rows
from tests.test_extract_families import conv, learned, model_of
from tests.test_extract_tables import kinds, model, page
from tests.test_extract_unseen import dense, table


def grid(*lines: str) -> Grid:
    """Return the grid of lines whose cells stand between bars."""
    found = [tuple(Cell(text.strip(), i, i) for i, text in enumerate(line.split("|"))) for line in lines]
    return Grid(tuple(found), max(map(len, found)))


@pytest.mark.parametrize(
    ("text", "kind", "unclear"),
    [
        ("Conv 1D Transpose", "deconv", False),
        ("Conv 2D Transposed", "deconv", False),
        ("Conv 2D LSTM", "conv", True),
        ("Up Sampling 2D", "upsample", False),
    ],
)
def test_how_many_axes_may_stand_within_a_name(text: str, kind: str, unclear: bool) -> None:
    (found,) = read_cell(text)
    assert (found.kind, found.unclear) == (kind, unclear)


def test_a_cell_that_begins_above_its_row() -> None:
    heads: list[Text] = rows(170, (100, 200, 320), [("Layer", "Parameters", "Shape")])
    body: list[Text] = [
        *rows(187, (100, 320), [("Input", "(64, 16)")]),
        (200, 200, "Filters, kernel, stride"),
        *rows(211, (100, 220, 320), [("Conv1D", "(32, 5, 2)", "(32, 32)")]),
        *rows(228, (100, 200, 320), [("Batch Norm", "32", "(32, 32)")]),
        (200, 241, "Filters, kernel, stride"),
        *rows(252, (100, 220, 320), [("Conv1D", "(16, 3, 1)", "(32, 16)")]),
    ]
    graph, _ = model(page("Table 1: The layers of the encoder.", [*heads, *body]))
    windows = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv1D)]
    assert [(each.filters, each.kernel, each.stride) for each in windows] == [(32, (5,), (2,)), (16, (3,), (1,))]


def test_halves_side_by_side_whose_rules_are_close() -> None:
    cells = [
        ("layer", "k", "s", "chns", "layer", "k", "s", "chns"),
        ("conv1", "3", "1", "3/16", "up1", "3", "1", "32/16"),
        ("conv2", "3", "2", "16/32", "up2", "3", "1", "16/8"),
        ("conv3", "3", "1", "32/64", "out", "3", "1", "8/1"),
    ]
    text: list[Text] = rows(172, (100, 160, 180, 200, 258, 320, 340, 360), cells, step=16)
    rules = [(y, x0, x1) for y in (160.0, 177.0, 226.0) for x0, x1 in ((96.0, 250.0), (254.0, 400.0))]
    graph, _ = model(page("Table 1: The network.", text, rules), "part 1")
    assert learned(graph) == conv(3, 3, 16) + conv(3, 16, 32) + conv(3, 32, 64)


def test_numbers_that_come_in_and_go_out_are_channels() -> None:
    text = table("operator | in | out | k | s | p", "conv2d | 3 | 16 | 3 | 1 | 1", "maxpooling | - | - | 2 | 2 | 0",
                 "conv2d | 16 | 32 | 3 | 1 | 1", "conv2d | 32 | 1 | 1 | 1 | 0")  # fmt: skip
    assert learned(model_of(text)) == conv(3, 3, 16) + conv(3, 16, 32) + conv(1, 32, 1)


def test_how_many_channels_go_out_of_how_many() -> None:
    lines = (("name", "k", "wide"), ("conv1", "3", "3/16"), ("conv2", "3", "16/16"), ("conv3", "5", "16/32"))
    grid = Grid(tuple(tuple(Cell(text, i, i) for i, text in enumerate(line)) for line in lines), 3)
    assert columns_of(grid).roles == ("type", "kernel", "filters")


def test_a_dense_at_each_step() -> None:
    graph = model_of(table("Layer | Shape", "LSTM | (50, 64)", "LSTM | (50, 64)", "Dense | (50, 10)"))
    last = next(node.layer for node in reversed(graph.nodes) if isinstance(node.layer, L.Dense))
    assert last.units == 10
    assert "Flatten" not in kinds(graph)


def test_a_vector_with_a_batch_of_one_is_no_matrix_of_weights() -> None:
    report = Report()
    text = table("Layer | Shape", "Input | (8, 8, 3)", "Conv 3x3 | (8, 8, 16)", "Dense | (1, 32)", "Dense | (1, 10)")
    assert learned(model_of(text, report=report)) == conv(3, 3, 16) + dense(8 * 8 * 16, 32) + dense(32, 10)
    assert not any("takes" in each.message for each in report)


@pytest.mark.parametrize(
    ("caption", "wanted"),
    [
        (
            "All filters have size 5×5 with Padding=2 and Stride=1.",
            {"kernel": (5, 5), "pad": ((2, 2), (2, 2)), "stride": (1, 1)},
        ),
        ("All convolutions use kernel size = 7, padding = 3.", {"kernel": (7, 7), "pad": ((3, 3), (3, 3))}),
    ],
)
def test_what_is_set_of_all_beside_what_is_said(caption: str, wanted: dict[str, Any]) -> None:
    cells = [("Layer", "Filters"), ("Conv2D", "8"), ("Conv2D", "16"), ("Conv2D", "32"), ("Flatten", "-"), ("FC", "10")]
    graph, _ = model(page(f"Table 1: {caption}", rows(170, (150, 300), cells)))
    first = next(node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D))
    assert {key: getattr(first, key) for key in wanted} == wanted


def test_members_of_a_list_that_the_caption_sets() -> None:
    layers = [("Conv2d", "16", "3"), ("Conv2d", "out_channels[0]", "3"), ("Conv2d", "out_channels[1]", "3")]
    cells = [("Layer Type", "Filters", "Kernel"), *(each for one in layers for each in (one, ("ReLU", "-", "-")))]
    graph, _ = model(
        page("Table 1: The backbone with out channels = [32, 24].", rows(170, (150, 250, 400), cells)),
    )
    assert learned(graph) == conv(3, 3, 16) + conv(3, 16, 32) + conv(3, 32, 24)


@pytest.mark.parametrize(
    ("text", "kind", "params"),
    [
        ("Linear - (400, 256)", "dense", {"in_features": 400, "units": 256}),
        ("Linear(64 + 32, 10)", "dense", {"in_features": 96, "units": 10}),
        ("Conv2d: (3, 16, 3)", "conv", {"in_channels": 3, "filters": 16, "kernel": (3, 3)}),
    ],
)
def test_what_a_layer_is_made_with(text: str, kind: str, params: dict[str, Any]) -> None:
    (design,) = designs_of(grid("Network", text, "ReLU", "Linear(20, 10)"), "")
    assert design.readings[0].kind == kind
    assert {key: design.readings[0].params[key] for key in params} == params


def test_a_unit_that_nobody_knows_alone_in_its_row_is_asked_for() -> None:
    lines = ("Linear - (300, 512)", "Maxout - (512, 512)", "Dropout - 0.5", "Linear - (512, 23)")
    (design,) = designs_of(grid("Subnet", *lines), "")
    assert [each.kind for each in design.readings] == ["dense", "Maxout", "dropout", "dense"]


def test_two_capitals_that_nobody_knows_are_no_clear_convolution() -> None:
    text = table("Layer | Kernel | Stride | Channels", "Conv | 4x4 | 1 | 64", "QX | 4x4 | 2 | 32", "Conv | 3x3 | 1 | 3")
    report = Report()
    model_of(text, report=report)
    assert any("QX" in each.message for each in report)


def test_whole_percentages_of_accuracy_are_results() -> None:
    lines = ("Conv net | 20k | 91 %", "Dense net | 30k | 88 %", "Transformer | 90k | 93 %")
    assert not designs_of(grid("Model | Parameters | Accuracy", *lines), "")


BRANCHES = Grid(
    (
        (Cell("Audio Subnet", 0, 0), Cell("Video Subnet", 1, 1)),
        (Cell("Conv2d(1, 32, 3)", 0, 0), Cell("Linear(784, 128)", 1, 1)),
        (Cell("ReLU", 0, 0), Cell("Linear(128, 64)", 1, 1)),
        (Cell("Linear(4800, 128)", 0, 0), Cell("ReLU", 1, 1)),
        (Cell("Linear(128 + 64, 64)", 0, 1),),
        (Cell("Linear(64, 10)", 0, 1),),
    ),
    2,
)


def test_columns_of_branches_with_a_shared_end_are_one_network() -> None:
    (design,) = designs_of(BRANCHES, "")
    kinds_ = [each.kind for each in design.readings]
    assert kinds_ == ["conv", "relu", "dense", "dense", "dense", "relu", "dense", "dense"]
    assert design.readings[6].params["taken"] == (design.readings[2].names[-1], design.readings[5].names[-1])


def test_columns_of_networks_that_share_an_end_stay_designs_of_their_own() -> None:
    head = (Cell("Net-A", 0, 0), Cell("Net-B", 1, 1))
    assert len(designs_of(Grid((head, *BRANCHES.rows[1:]), 2), "")) == 2


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("FC 128, FC 10", ["dense 128", "dense 10"]),
        ("conv 32, conv 64, fc 10", ["conv 32", "conv 64", "dense 10"]),
        ("Conv32-Conv64-FC10", ["conv 32", "conv 64", "dense 10"]),
        ("Conv(32,3x3)-MaxPool-Conv(64,3x3)", ["conv 32", "maxpool", "conv 64"]),
        ("Linear(128→64)-ReLU-Linear(64→10)", ["dense 64", "dense 10"]),
        ("fc 256-fc 10", ["dense 256", "dense 10"]),
        ("Conv 3x3, 64", ["conv 64"]),
        ("Flatten (192 units) → 120 → 84 → Output", ["flatten", "dense 120", "dense 84", "dense"]),
        ("2 Conv Blocks:\n1. 16 filters (7×7), MP(2)\n2. 32 filters (5×5)", ["conv 16", "maxpool", "conv 32"]),
    ],
)
def test_layers_that_a_cell_lists(text: str, wanted: list[str]) -> None:
    said = [(each.kind, each.params.get("units", each.params.get("filters", ""))) for each in read_cell(text)]
    assert [f"{kind} {width}".strip() for kind, width in said] == wanted


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (("784-128-10", "784-256-64-10"), [[784, 128, 10], [784, 256, 64, 10]]),
        (("8 → 4 → 2", "8 → 6 → 4 → 2"), [[8, 4, 2], [8, 6, 4, 2]]),
        (("Encoder: 9 → 4\nDecoder: 4 → 9", "Same structure as Net 1"), [[9, 4, 9], [9, 4, 9]]),
    ],
)
def test_networks_told_by_how_wide_their_layers_are(lines: Sequence[str], wanted: list[list[int]]) -> None:
    found = designs_of(grid("Model | Layer sizes", *(f"Net {i} | {line}" for i, line in enumerate(lines, 1))), "")
    widths = [[each.params.get("units", each.params.get("filters")) for each in one.readings] for one in found]
    assert widths == wanted
    assert all(one.readings[0].kind == "input" for one in found)


def test_networks_of_data_sets_with_a_row_each() -> None:
    lines = ("A | Conv 32 3x3, ReLU, MaxPool 2x2, FC 10", "B | Conv 64 3x3, ReLU, MaxPool 2x2, FC 20")
    found = designs_of(grid("Dataset | Network", *lines), "")
    assert [each.config for each in found] == ["A", "B"]


def test_what_holds_layers_is_no_layer() -> None:
    lines = ("(0): | Linear(8, 4) | 36", "(Body): | Sequential( |", "(0): | Linear(4, 2) | 10", "(1): | Tanh() | 0")
    (design,) = designs_of(grid("Name | Layer | Parameters", *lines), "")
    assert [each.kind for each in design.readings] == ["dense", "dense", "tanh"]


def test_a_header_that_comes_again_for_other_layers() -> None:
    lines = (
        "Conv 1 | 1 | 8 | 5",
        "MaxPool2D 1 | - | - | 2",
        "Layer | In features | Out features | -",
        "FC 2 | * | 10 | -",
    )
    (design,) = designs_of(grid("Layer | In channels | Out channels | Kernel size", *lines), "")
    assert [each.kind for each in design.readings] == ["conv", "maxpool", "dense"]
    assert design.readings[1].params["kernel"] == (2, 2)


def test_spaces_are_sizes_and_no_marks_of_footnotes() -> None:
    lines = ("Dense | R^6 → R^16", "Dense | R^16 → R^8", "Dense | R^8 → R^1")
    (design,) = designs_of(grid("Layer | Input → Output", *lines), "")
    assert [each.params["units"] for each in design.readings] == [16, 8, 1]


def test_a_design_that_is_called_by_how_it_pools() -> None:
    lines = ("FC(8, ReLU) | max | Dropout(0.5)", "FC(8, ReLU) | Dropout(0.5) | FC(8, ReLU)", "FC(4) | FC(4) | FC(4)")
    lines = (*lines, "FC(2) | FC(2) | FC(2)")
    found = designs_of(grid("Plain | Pooling | Deep", *lines), "")
    assert [each.config for each in found] == ["Plain", "Pooling", "Deep"]


def test_numbers_behind_widths_are_how_often_layers_recur() -> None:
    lines = ("Input | 8 × 8 × 3", "Conv 16 × 2 | 8 × 8 × 16", "Pool | 4 × 4 × 16", "Conv 32 × 3 | 4 × 4 × 32")
    (design,) = designs_of(grid("Stage | Output", *lines, "FC | 10"), "")
    convs = [(each.params["filters"], each.times) for each in design.readings if each.kind == "conv"]
    assert convs == [(16, 2), (32, 3)]
    assert all("kernel" not in each.params for each in design.readings)
    (called, *_) = read_cell("Conv(16) × 2 + BN")
    assert (called.times, called.params) == (2, {"filters": 16})


@pytest.mark.parametrize(
    ("text", "times", "unclear"),
    [
        ("two 3 × 3 conv, 64 filters", 2, False),
        ("Three fully connected layers", 3, False),
        ("two conv layers, 64 and 128 filters", 2, True),
        ("Two conv layers, max pooling", 2, True),
    ],
)
def test_layers_are_counted_in_words(text: str, times: int, unclear: bool) -> None:
    first = read_cell(text)[0]
    assert (first.times, first.unclear) == (times, unclear)


def test_what_is_called_by_its_class_and_comes_often() -> None:
    lines = (
        "stem | Conv2d(3→8, 3×3), ReLU | 8×8×8",
        "layer1 | 2× WideUnit(8→16, stride=2) | 16×4×4",
        "layer2 | 2× WideUnit(16→32, stride=2) | 32×2×2",
        "head | AdaptiveAvgPool → FC(32→10) | 10",
    )
    (design,) = designs_of(grid("Stage | Layers | Output Shape", *lines), "")
    unit = design.readings[2]
    assert (unit.kind, unit.times, unit.params["filters"], unit.params["stride"]) == ("WideUnit", 2, 32, (2, 2))


def test_the_first_row_of_the_body_holds_what_no_header_says() -> None:
    lines = (
        "MobileNetV2 Backbone | Feature extractor | 8×8×3 → 64 | 2,257,984",
        "Linear 1 | Fully connected | 64 → 32 | 2,080",
        "ReLU | Activation | 32 | 0",
        "Linear 2 (Head) | Fully connected | 32 → 2 | 66",
    )
    (design,) = designs_of(grid("Component | Type | Dimensionality | Parameters", *lines), "")
    assert [each.kind for each in design.readings] == ["MobileNetV2 Backbone", "dense", "relu", "dense"]


def test_labels_beside_cells_that_say_which_layers_stand_there() -> None:
    lines = (
        "Encoder | DoubleConv | (B, C_in, 32, 32) | (B, 8, 32, 32) | 3×3, padding=1",
        "Encoder | MaxPool2d | (B, 8, 32, 32) | (B, 8, 16, 16) | kernel=2",
        "Bottleneck | DoubleConv | (B, 8, 16, 16) | (B, 16, 16, 16) | 3×3, padding=1",
        "Salida | Conv2d | (B, 16, 16, 16) | (B, 4, 16, 16) | 1×1",
    )
    (design,) = designs_of(grid("Bloque | Capa | Entrada | Salida | Parámetros clave", *lines), "")
    made = [(each.kind, each.times, each.params.get("filters")) for each in design.readings]
    assert made == [("conv", 2, 8), ("maxpool", 1, None), ("conv", 2, 16), ("conv", 1, 4)]


def test_a_pooling_of_both_kinds_is_no_plain_one() -> None:
    assert [each.unclear for each in read_cell("Avg2MaxPool")] == [True]
