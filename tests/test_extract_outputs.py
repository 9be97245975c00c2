"""Rows of outputs, rows that are left out, and what printed sizes tell: of an input, of filters, of volumes."""

from __future__ import annotations

import pytest

from extract.columns.grids import Cell, Grid, plain_grid
from extract.designs.before_first import before_window
from extract.tables.layouts import designs_of
from extract.words.counted import named_in
from ir import Report
from ir import layers as L
from ir.validate import infer
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


@pytest.mark.parametrize(
    ("output", "units", "asked"), [("Sigmoid (binary)", 1, False), ("Softmax", 1000, True), ("Sigmoid", 1000, True)]
)
def test_an_output_that_says_but_its_activation_is_a_dense(output: str, units: int, asked: bool) -> None:
    text = table(
        "Layer | Type | Details",
        *("1 | Input | 20 × 20 × 3", "2 | Conv2D | 12 filters, 3x3, ReLU", "3 | Flatten | Converts to 1D"),
        *("4 | Dense | 30 units, ReLU", f"5 | Output | {output}"),
    )
    report = Report()
    graph = model_of(text, report=report)
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)] == [30, units]
    assert any("how many units" in each.message for each in report) == asked


def test_an_output_behind_a_dense_without_an_activation_is_none() -> None:
    text = table("Layer | Units | Details", "Input | 9 |", "Dense | 8 | ReLU", "Dense | 4 |", "Output | | Softmax")
    assert kinds(model_of(text)) == ["Dense", "ReLU", "Dense", "Softmax"]


def test_parameters_that_are_printed_of_a_softmax_are_of_the_dense_in_front_of_it() -> None:
    report = Report()
    text = table("Layer | Units | Parameters", "Input | 9 | 0", "Dense | 8 | 80", "Softmax | 4 | 36")
    assert kinds(model_of(text, report=report)) == ["Dense", "Dense", "Softmax"]
    assert not any("are printed" in each.message for each in report)
    model_of(text.replace("36", "37"), report=report)
    assert any("37 are printed" in each.message for each in report)


def test_rows_that_are_left_out_are_asked_about() -> None:
    text = table(
        "Layer | Kernel | Stride | Output Shape",
        *(
            "Input | - | - | (400,1)",
            "Conv1D (8) | 5 | 2 | (200,8)",
            "MaxPool | 2 | 2 | (100,8)",
            "... | ... | ... | ...",
        ),
        "Dense (1) | - | - | (1)",
    )
    report = Report()
    model_of(text, report=report)
    assert any("'...' is not known" in each.message for each in report)


def test_volumes_that_are_widened() -> None:
    text = table(
        "Layer | Kernel | Stride | Out channels | Out shape",
        *("Input | - | - | 32 | 2, 6, 7", "upconv_1 | 4×4×4 | (2, 2, 2) | 24 | 4, 12, 14"),
        *("upconv_2 | 4×4×4 | (1, 2, 2) | 16 | 4, 24, 28", "conv_out | 1×1×1 | 1 | 1 | 4, 24, 28"),
    )
    layers = [node.layer for node in model_of(text).nodes]
    assert [type(each).__name__ for each in layers] == ["Conv3DTranspose", "Conv3DTranspose", "Conv3D"]
    assert [each.filters for each in layers if isinstance(each, L.Conv3DTranspose | L.Conv3D)] == [24, 16, 1]


def test_sizes_with_remarks_and_inputs_under_units() -> None:
    text = table(
        "Layer | Input Size | Output Size | Details",
        *("LSTM Layer 1 | 5 (signs) | 36 (hidden) | batch_first=True", "FC Layer 1 | 36 | 8 | Linear + ReLU"),
        "FC Layer 2 | 8 | 1 | Linear",
    )
    assert [node.layer.units for node in model_of(text).nodes if isinstance(node.layer, L.LSTM)] == [36]
    text = table("Layer | Units | Dropout", "Input | (30, 5) | —", "LSTM | 24 | 0.2", "Dense | 3 | —")
    assert model_of(text).inputs[0].shape == (None, 30, 5)


def test_bottlenecks_of_two_widths() -> None:
    text = table(
        "Stage | Output Size | Building Block | Blocks",
        *("conv1 | 56×56 | 7×7, 32, stride 2 | 1", "conv2_x | 56×56 | Bottleneck(32, 128) | 2"),
        *("avg pool | 1×1 | global avg pool | 1", "fc | 9 | 9-d fc, softmax | 1"),
    )
    graph = model_of(text)
    found = [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert kinds(graph).count("Add") == 2
    assert sorted(found) == sorted([32, 32, 32, 128, 128, 32, 32, 128])


def test_what_a_window_without_a_border_takes() -> None:
    assert before_window((28, 28), (1, 1), 5) == (32, 32)
    text = table(
        "Stage | Layer | Output",
        *("Encoder | conv 16, 4×4, ReLU | 31×31×16", " | conv 24, 4×4, ReLU | 14×14×24"),
        *(" | conv 32, 4×4, ReLU | 6×6×32 → flatten 1152", "Latent | dense 20 | 20"),
    )
    graph = model_of(f"Table 1. All convolutions use stride 2 and no padding.\n\n{text}")
    assert graph.inputs[0].shape == (None, 3, 64, 64)
    assert infer(graph, Report())[graph.outputs[0]] == (None, 20)
    assert kinds(graph)[-2:] == ["Flatten", "Dense"]


def test_names_that_count_down() -> None:
    assert [named_in(each)[1] for each in ("Up6 ~ 2", "Up2 ~ 6", "conv 3 – 1")] == [5, 5, 1]


def test_names_and_values_with_what_is_set_of_training() -> None:
    text = table(
        "Parameter | Value",
        *("Lookback window | 40 samples", "LSTM Layer 1 | 48 units, return_sequences=True + Dropout(0.3)"),
        *("LSTM Layer 2 | 20 units + Dropout(0.3)", "Output | 1 neuron, Sigmoid", "Optimizer | RMSprop"),
        *("Metric | Mean Absolute Error", "Batch size | 64"),
    )
    graph = model_of(text)
    assert kinds(graph) == ["LSTM", "Dropout", "LSTM", "Dropout", "Dense", "Sigmoid"]
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)] == [1]


def test_a_dropout_behind_the_output_is_asked_about() -> None:
    text = table("Parameter | Value", "LSTM | 24 units", "Output | 4 units, Softmax", "Dropout | 0.3 (all layers)")
    report = Report()
    model_of(text, report=report)
    assert any("'Dropout' not all is understood" in each.message for each in report)


def test_blocks_by_their_number_and_units_behind_them() -> None:
    text = table(
        "Stage | Output Size | Blocks",
        *("Conv1 | 56×56 | 7×7 Conv, 32", "Conv2_x | 28×28 | 2 Residual Blocks", "Conv3_x | 14×14 | 3 Odd Blocks"),
        *("Average Pool | 1×1 | Global Average Pooling", "FC | 9 | Dense Layer"),
    )
    report = Report()
    model_of(text, report=report)
    asked = [each.message for each in report]
    assert sum("'3 Odd Blocks' is not known" in each for each in asked) == 3
    stack = table(
        "Stage | Output Size | Layers",
        *("conv1 | 56×56 | 7×7, 32, stride 2", "conv2_x | 28×28 | [1×1, 16; 3×3, 16; 1×1, 64] × 2 + Odd Attention"),
        "pool | 1×1 | global average pool, 9-d fc, softmax",
    )
    report = Report()
    graph = model_of(stack, report=report)
    assert [node.layer.type for node in graph.nodes if isinstance(node.layer, L.Custom)] == ["Odd Attention"]


def test_one_name_of_several_layers_with_the_width_of_each() -> None:
    text = table(
        "Block | Layers | Channels | Activation",
        *("Encoder | Conv2d ×3 (stride=2) | 3 → 16 → 24 → 32 | ReLU", "Bottleneck | Conv2d ×1 | 32 → 32 | ReLU"),
        "Decoder | ConvTranspose2d ×2 (stride=2) | 32 → 16 → 3 | ReLU",
    )
    layers = [node.layer for node in model_of(text).nodes if hasattr(node.layer, "filters")]
    assert [(each.filters, each.stride[0]) for each in layers if isinstance(each, L.Conv2D | L.Conv2DTranspose)] == [
        *[(16, 2), (24, 2), (32, 2)],
        *[(32, 1), (16, 2), (3, 2)],
    ]


def test_a_heading_below_a_table_is_no_layer() -> None:
    rows = [
        *("Layer|Operation|Kernel Size|Stride|Padding|Output Size", "1|Conv2d|3x3|1|0|26x26", "2|Conv2d|3x3|1|0|24x24"),
        *("3|MaxPool|2x2|2|0|12x12", "4|AvgPool|6x6|1|0|7x7"),
    ]
    body = plain_grid([row.split("|") for row in rows]).rows
    heading = Cell("1", 0, 0), Cell("Introduction", 1, 4)
    (found,) = designs_of(Grid((*body, heading), 6))
    assert [each.kind for each in found.readings] == ["conv", "conv", "maxpool", "avgpool"]


def test_logits_are_units() -> None:
    rows = "Hidden layer 1 | 16 units, ReLU", "Hidden layer 2 | 8 units, ReLU", "Output | 1 logit (sigmoid)"
    made = model_of(table("Input features | 11", *rows))
    assert [node.layer.units for node in made.nodes if isinstance(node.layer, L.Dense)] == [16, 8, 1]


def test_rows_of_chains_are_no_header() -> None:
    text = table(
        "Layer | Type | Details",
        *("Conv Block 1 | Conv2d → ReLU → MaxPool | 3 → 8, kernel 3×3", "FC1 | Linear → ReLU → Dropout | 4096 → 100"),
        "FC2 | Linear | 100 → 2",
    )
    assert kinds(model_of(text))[:3] == ["Conv2D", "ReLU", "MaxPool2D"]


def test_how_many_with_a_remark_of_what_they_are() -> None:
    rows = "Input | 784 (28×28 pixels) | —", "Hidden 1 | 128 | ReLU", "Dropout | — | (rate 0.2)", "Hidden 2 | 64 | ReLU"
    made = model_of(table("Layer | Size | Activation", *rows, "Output | 10 (digits 0–9) | Softmax"))
    assert [node.layer.units for node in made.nodes if isinstance(node.layer, L.Dense)] == [128, 64, 10]
    assert [node.layer.rate for node in made.nodes if isinstance(node.layer, L.Dropout)] == [0.2]
    assert not any(isinstance(node.layer, L.Custom) for node in made.nodes)


def test_a_pooling_that_says_how_large_its_output_is() -> None:
    text = table(
        "Layer | Details",
        *("Input | 32×32×3", "Block 1 | Conv2d(3→8, 3×3) + ReLU + MaxPool", "Block 2 | AdaptiveAvgPool(4×4)"),
        "Head | Linear(128→6)",
    )
    report = Report()
    graph = model_of(text, report=report)
    (pool,) = (node.layer for node in graph.nodes if isinstance(node.layer, L.AvgPool2D))
    assert (pool.kernel, pool.stride) == ((6, 6), (3, 3))
    assert not any("takes 128" in each for each in map(str, report.diagnostics))
    assert any("gives 4 x 4" in each for each in map(str, report.diagnostics))
