"""Rows of outputs, rows that are left out, and what printed sizes tell: of an input, of filters, of volumes."""

from __future__ import annotations

import pytest

from extract.counted import named_in
from extract.volumes import before_window
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
