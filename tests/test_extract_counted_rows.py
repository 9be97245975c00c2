"""Rows, names and cells that stand for several layers, and what stands behind each of these."""

from __future__ import annotations

import pytest

from extract.structure.texts import grids_of
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell
from extract.words.counted import named_in
from ir import Report
from ir import layers as L
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


@pytest.mark.parametrize("row", ["2–4", "2 ~ 4", "2-4", "2 to 4"])
def test_rows_that_stand_for_several(row: str) -> None:
    lines = ("1 | Conv + ReLU | 3×3 | 8", f"{row} | Conv + BN + ReLU | 3×3 | 8", "5 | Conv | 3×3 | 1")
    found = kinds(model_of(table("Layer | Operation | Kernel | Filters", *lines)))
    assert found == ["Conv2D", "ReLU", *["Conv2D", "BatchNorm", "ReLU"] * 3, "Conv2D"]


def test_a_row_that_says_itself_how_often() -> None:
    lines = ("1 | Conv | 3×3 | 8", "2-4 | 3 × Conv | 3×3 | 8", "5 | Conv | 3×3 | 1")
    assert kinds(model_of(table("Layer | Type | Kernel | Filters", *lines))) == ["Conv2D"] * 5


def test_names_that_stand_for_several() -> None:
    lines = ("Conv1-Conv3 | 8 | 3×3", "Pool1 | - | 2×2", "FC1, FC2 | 12 | -", "Output | 5 | -")
    graph = model_of(table("Layer | Filters | Kernel", *lines))
    assert kinds(graph) == ["Conv2D"] * 3 + ["MaxPool2D", "Flatten", "Dense", "Dense", "Dense"]
    assert [each.units for node in graph.nodes if isinstance(each := node.layer, L.Dense)] == [12, 12, 5]
    assert named_in("C1-C2") == ("C", 1)  # Blocks of their own.


@pytest.mark.parametrize(
    "text",
    [
        "2 × Conv 3×3, 8 + BN + ReLU",
        "Conv 3×3, 8 + BN + ReLU × 2",
        "2x Conv3x3-BN-ReLU (8)",
        "Conv(8, 3×3) × 2, BN, ReLU",
    ],
)
def test_what_stands_behind_each_of_several(text: str) -> None:
    (found,) = read_cell(text)
    assert (found.kind, found.times, found.posts, found.params.get("filters", 8)) == ("conv", 2, ("bn", "relu"), 8)


@pytest.mark.parametrize(
    ("text", "units", "unclear"),
    [
        ("FC 64-32, ReLU, FC 32-8", [32, 8], False),
        ("FC 64→32, ReLU, FC 32→8", [32, 8], False),
        ("FC 512-256", [512], True),
    ],
)
def test_two_widths_of_a_dense(text: str, units: list[int], unclear: bool) -> None:
    found = read_cell(text)
    assert [each.params["units"] for each in found] == units
    assert any(each.unclear for each in found) is unclear


def test_a_list_of_widths_that_ends_in_a_letter() -> None:
    report = Report()
    graph = model_of(table("Layer | Size", "Input | 6", "MLP | (16, 12)", "FC | (8, 4, k)"), report=report)
    assert [each.units for node in graph.nodes if isinstance(each := node.layer, L.Dense)] == [16, 12, 8, 4, 1000]
    assert any("how many units" in each.message for each in report)


def test_a_small_number_in_front_of_a_large_one_is_no_number_of_filters() -> None:
    (found,) = read_cell("Conv(3, 32)")
    assert (found.params["filters"], found.unclear) == (32, True)
    assert read_cell("Conv2D(3, 64)")[0].params["filters"] == 64


def test_the_headers_of_type_and_kernel_in_one() -> None:
    lines = ("1 | Conv/5×5/1 | 28×28×6", "2 | AvgPool/2×2/2 | 14×14×6", "3 | FC | 10")
    assert kinds(model_of(table("Layer | Type/Kernel/Stride | Output", *lines))) == [
        *("Conv2D", "AvgPool2D", "Flatten", "Dense")
    ]


def test_titles_beside_nothing() -> None:
    text = table("Encoder | | Decoder | ", "Layer | Output | Layer | Output", "conv 3×3, 8 | 16×16 | upsample | 16×16",
                 "maxpool | 8×8 | conv 3×3, 3 | 16×16")  # fmt: skip
    assert kinds(model_of(text, variant="Encoder")) == ["Conv2D", "MaxPool2D"]


def test_branches_below_each_other() -> None:
    lines = ("Image branch | Conv2D | 8, 3×3, ReLU", " | MaxPool2D | 2×2", " | Flatten | ",
             "Text branch | Dense | 16, ReLU", "Fusion | Concatenate | ", " | Dense | 1, Sigmoid")  # fmt: skip
    report = Report()
    graph = model_of(table("Branch | Layer | Parameters", *lines), report=report)
    joined = next(node for node in graph.nodes if node.layer == L.Concat())
    assert len(joined.inputs) == 2
    assert any("has it an input of its own" in each.message for each in report)


def test_residual_blocks_along_one_axis() -> None:
    lines = ("Input | - | - | - | 1 × 500", "Conv1D, BN, ReLU | 16 | 2 | 8 | 8 × 250",
             "ResBlock | 16 | 2 | 12 | 12 × 125", "GAP | - | - | - | 12", "FC | - | - | - | 5")  # fmt: skip
    graph = model_of(table("Layer | Kernel | Stride | Filters | Output", *lines))
    assert kinds(graph).count("Conv1D") == 4
    assert kinds(graph)[-4:] == ["Add", "GlobalAvgPool1D", "Flatten", "Dense"]


def test_blocks_along_one_axis_tell_the_others() -> None:
    lines = ("conv1 | 7, 16, stride 2 | 500 × 16", "pool1 | 3 max pool, stride 2 | 250 × 16",
             "res2 | [3, 16; 3, 16] × 2 | 250 × 16", "gap | global average pool | 16",
             "fc | 5-d fc, softmax | 5")  # fmt: skip
    found = kinds(model_of(table("Stage | Layers | Output", *lines)))
    assert (found.count("Conv1D"), found.count("MaxPool1D"), found.count("Add")) == (5, 1, 2)


def test_an_embedding_behind_layers_is_asked() -> None:
    lines = ("Encoder | Embedding | 8", " | GRU | 6", "Decoder | Embedding | 8", " | GRU | 6")
    report = Report()
    model_of(table("Component | Layer | Units", *lines), report=report)
    assert any("does another net begin there" in each.message for each in report)


@pytest.mark.parametrize(
    ("text", "kinds_read"),
    [
        ("MaxPool, Conv3×3-BN-ReLU ×2", ["maxpool", "conv"]),
        ("MaxPool 2×2, (Conv 3×3 + BN + ReLU) × 2", ["maxpool", "conv"]),
        ("UpConv2×2, 8", ["deconv"]),
        ("Upsample, Attention gate, Conv 3×3", ["upsample", "Attention gate", "conv"]),
        ("Conv, SE block, Conv", ["conv", "SE block", "conv"]),
    ],
)
def test_lists_of_layers(text: str, kinds_read: list[str]) -> None:
    found = read_cell(text)
    assert [each.kind for each in found] == kinds_read
    assert found[-1].times == (2 if text.endswith("2") else 1)


def test_of_which_of_several_a_number_speaks_is_asked() -> None:
    found = read_cell("Conv 5×5, 8, Conv 3×3 + BN + ReLU × 2")
    assert (found[-1].times, found[-1].unclear) == (2, True)


def test_how_often_in_words_and_drops_in_hundredths() -> None:
    lines = ("Conv + ReLU | 3×3 | 8 | twice | -", "Conv + ReLU | 3×3 | 8 | 3 times | -", "FC | - | 12 | once | 20")
    graph = model_of(table("Layer | Kernel | Filters | Repeated | Dropout (%)", *lines, "FC | - | 10 | once | -"))
    assert kinds(graph) == [*["Conv2D", "ReLU"] * 5, "Flatten", "Dense", "Dropout", "Dense"]
    assert [each.rate for node in graph.nodes if isinstance(each := node.layer, L.Dropout)] == [0.2]


def test_rows_that_are_counted_from_the_first_have_no_header() -> None:
    rows = ("Layer 1 & FC, 12 units", "Layer 2 & FC, 8 units", "Layer 3 & Dropout 0.5", "Layer 4 & FC, 10 units")
    text = "\\begin{tabular}{ll}\n" + " \\\\\n".join(rows) + "\n\\end{tabular}"
    (found,) = designs_of(grids_of(text, ".tex")[0])
    assert [each.params.get("units") for each in found.readings] == [12, 8, None, 10]


def test_no_stride_is_more_than_its_window() -> None:
    lines = ("Conv | 3×3, 8", "Conv | 3×3, 2", "FC | 10")
    graph = model_of(table("Layer | Kernel", "Input | 32×32×3", *lines))
    found = [each for node in graph.nodes if isinstance(each := node.layer, L.Conv2D)]
    assert (found[0].filters, found[0].stride, found[1].stride) == (8, (1, 1), (2, 2))
