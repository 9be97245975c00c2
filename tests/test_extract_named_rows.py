"""Which layers rows are: without a column of names, under headers that nobody knows, units beside layers, titles."""

from __future__ import annotations

import pytest

from extract.words.cells import read_cell
from ir import Report
from ir import layers as L
from tests.test_extract_families import model_of
from tests.test_extract_readmes import designs
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def test_windows_and_widths_without_names_are_convolutions() -> None:
    text = table("kernel size | depth | strides | activation", "9*9 | 12 | 2*4 | relu", "5*5 | 24 | 2*2 | relu")
    (found,) = designs(text)
    assert [(each.kind, each.posts) for each in found.design.readings] == [("conv", ("relu",))] * 2
    assert found.design.readings[0].params == {"kernel": (9, 9), "filters": 12, "stride": (2, 4)}
    assert designs(table("kernel size | filters | accuracy", "3×3 | 16 | 71", "5×5 | 32 | 74")) == []


def test_names_under_headers_that_nobody_knows_and_a_batch_of_one() -> None:
    text = table(
        "id | chunk | role | shape",
        *("0 | conv1 | stem conv | 1x3x32x32 -> 1x8x32x32", "1 | relu | stem activation | 1x8x32x32 -> 1x8x32x32"),
        *(f"{i} | part{i} | OddBlock | 1x8x32x32 -> 1x8x32x32" for i in (2, 3)),
        *("4 | avgpool | global average pool | 1x8x32x32 -> 1x8x1x1", "5 | fc | linear head | 1x8x1x1 -> 1x5"),
    )
    (found,) = designs(text)
    assert [each.kind for each in found.design.readings] == [
        "conv",
        "relu",
        "OddBlock",
        "OddBlock",
        "gavgpool",
        "dense",
    ]
    assert found.design.readings[0].params["output"] == (32, 32, 8)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("LSTM + Attention", ["lstm", "Attention"]),
        ("Conv + Squeeze Unit + Pool", ["conv", "Squeeze Unit", "pool"]),
        ("Dense + L2", ["dense"]),
        ("Dense / Softmax (9)", ["dense", "softmax"]),
    ],
)
def test_units_that_nobody_knows_are_layers_beside_others(text: str, wanted: list[str]) -> None:
    assert [each.kind for each in read_cell(text)] == wanted


@pytest.mark.parametrize("text", ["DoubleConvBlock", "Double Conv", "dual conv layer"])
def test_double_convolutions_are_two(text: str) -> None:
    (found,) = read_cell(text)
    assert (found.kind, found.times) == ("conv", 2)


@pytest.mark.parametrize(
    "text",
    ["input size 48, output size 12", "input: 48, output: 12", "input features 48, output features 12"],
)
def test_sizes_that_come_in_and_go_out_in_words(text: str) -> None:
    (found,) = designs(table("Layer | Description", "Flatten | gives 48", f"Fully connected | {text}", "Softmax | "))
    (dense,) = [each for each in found.design.readings if each.kind == "dense"]
    assert dense.params == {"in_features": 48, "units": 12}


def test_u_nets_take_what_the_encoder_gives_as_printed_and_no_title_is_a_layer() -> None:
    text = table(
        "Layer | Type | Input Size | Output Size",
        *("**ENCODER** |||", "enc1 | DoubleConv | 16×16×3 | 16×16×8", "pool1 | MaxPool2d(2,2) | 16×16×8 | 8×8×8"),
        *("**BOTTLENECK** |||", "middle | DoubleConv | 8×8×8 | 8×8×16"),
        *("**DECODER** |||", "up1 | ConvTranspose2d | 8×8×16 | 16×16×8", "dec1 | DoubleConv | 16×16×16 | 16×16×8"),
        *("**OUTPUT** |||", "last | Conv2d(1×1) | 16×16×8 | 16×16×3"),
    )
    graph = model_of(text)
    (join,) = (node for node in graph.nodes if isinstance(node.layer, L.Concat))
    assert [ref.node for ref in join.inputs] == ["deconv1", "conv2"]
    assert kinds(graph).count("Conv2D") == 7


def test_what_comes_in_otherwise_than_printed_is_asked() -> None:
    report = Report()
    lines = ("Input | 16×16×3 | 16×16×3", "Conv2D | 16×16×3 | 16×16×8", "Conv2D | 16×16×9 | 16×16×8")
    model_of(table("Layer | Input | Output", *lines), report=report)
    assert any("takes 16 x 16 x 9, but 16 x 16 x 8 comes in" in each.message for each in report)


def test_totals_behind_an_empty_counter_are_no_layer() -> None:
    lines = (
        "1 | a | Dense(8) | 72",
        "2 | b | BatchNorm1d(8) | 16",
        "3 | c | Dense(2) | 18",
        " | **TOTAL** | | **106**",
    )
    (found,) = designs(table("# | Layer | Type | Parameters", *lines))
    assert [each.kind for each in found.design.readings] == ["dense", "bn", "dense"]


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("# | input n | kernel k | stride s | layer type", [f"{i} | {i * 9} | 3 | 1 | conv" for i in range(1, 6)]),
        ("Section | Operations | Lines | Verdict", [f"Conv{i}D | conv{i}d | {i}-{i + 9} | OK" for i in (1, 2, 3)]),
        ("Component | Tests | Notes", ["BatchNorm1d | 7 | all", "Conv2d | 8 | stride, 1×1", "Linear | 6 | bias"]),
        ("Layer | Kernel | Calculation", [f"Conv{i} | 3x3 | RF = {2 * i - 1} + (3 - 1)" for i in range(1, 5)]),
        (
            "Head | Input | Layer Detail | Output",
            [f"{each} | P3/P4/P5 | Conv3x3 -> SiLU -> Linear | 2 numbers" for each in ("Class", "Box", "Mask")],
        ),
    ],
)
def test_rows_that_stand_beside_each_other_are_no_design(head: str, lines: list[str]) -> None:
    assert designs(table(head, *lines)) == []


def test_numbers_under_the_name_of_a_layer_count_layers_of_it() -> None:
    lines = ("1 | 8 | 3×3 | 2 | ReLU", "2 middle | 16 | 3×3 | 1 | ReLU", "3 | 3 | 3×3 | 1 | Linear")
    (found,) = designs(table("Conv | Filters | Kernel | Stride | Activation", *lines))
    assert [(each.kind, each.params["filters"]) for each in found.design.readings] == [
        ("conv", 8),
        ("conv", 16),
        ("conv", 3),
    ]


def test_thousands_alone_in_brackets_beside_sizes() -> None:
    lines = ("Conv2D | (64, 64, 4)", "Flatten | (16,384)", "Dense | (32)")
    (found,) = designs(table("Layer | Output Shape", *lines))
    assert found.design.readings[1].params["output"] == (16384,)


def test_a_row_with_but_an_activation_is_asked_behind_convolutions() -> None:
    lines = ("1 | 16 | 5×5 | ReLU", "2 | 32 | 3×3 | ReLU", "3 | - | - | Sigmoid")
    (found,) = designs(table("Layer | Filters | Kernel Size | Activation", *lines))
    last = found.design.readings[-1]
    assert (last.kind, last.posts, last.unclear) == ("dense", ("sigmoid",), True)


def test_values_of_variables_stand_beside_the_table() -> None:
    text = table(
        "Layer | Configuration",
        "LSTM | hidden_size units, num_layers stacked",
        "Dropout | 0.2",
        "Dense | Linear(hidden_size → 3)",
    )
    first, _, second = designs(f"{text}\nDefaults: hidden_size=48, num_layers=2.\n")[0].design.readings
    assert (first.params["units"], first.times) == (48, 2)
    assert second.params["units"] == 3


@pytest.mark.parametrize("text", ["64 units, 3 layers", "64 hidden units, 3 stacked layers", "3 layers, 64 units"])
def test_layers_of_what_recurs_are_no_units(text: str) -> None:
    (found,) = read_cell(f"LSTM {text}")
    assert (found.params, found.times) == ({"units": 64}, 3)


def test_a_network_that_says_its_ends_alone() -> None:
    lines = ("Conv2D + MaxPooling | of edges", "Conv2D + MaxPooling | of parts", "Flatten | to a vector")
    (found,) = designs(
        table("Layer Type | Description", *lines, "Dense (32) | learns", "Dense (Softmax - 5 units) | class")
    )
    assert [each.kind for each in found.design.readings] == ["conv", "maxpool"] * 2 + [
        *("flatten", "dense", "dense", "softmax")
    ]
    lines = ("Conv1 | 2×5×5×1×6×28×28 | 9", "AvgPool | 2×2×6×14×14 | 4", "Linear | 2×120×84 | 2")
    assert designs(table("Layer | worked out | FLOPs", *lines)) == []


def test_numbers_of_weights_with_remarks_are_no_widths() -> None:
    lines = (
        "Flatten | 20000 | 0",
        "Dense(16) | 16 | ~320,016 (most)",
        "Dropout | 16 | 0 (rate: 0.3)",
        "Dense(1) | 1 | 17",
    )
    (found,) = designs(table("Layer | Output Shape | Parameters", *lines))
    readings = found.design.readings
    assert [each.params.get("units") for each in readings] == [None, 16, None, 1]
    assert readings[2].params["rate"] == 0.3
