"""Tables as people write them beside their programs: layers among settings, versions beside each other, own words."""

from __future__ import annotations

from typing import Any

import pytest

from extract.columns.grids import plain_grid
from extract.structure.texts import grids_of
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell
from ir import Report
from ir import layers as L
from ir.graph import Graph
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def read(*lines: str, said: str = "", variant: str = "") -> tuple[Graph, list[str]]:
    """Return the design of a table in Markdown below a text, and what is asked about it."""
    report = Report()
    graph = model_of(f"{said}\n\n{table(*lines)}", variant=variant, report=report)
    return graph, [each.message for each in report if each.code == "question"]


def made(graph: Graph, kind: type[Any]) -> list[Any]:
    return [node.layer for node in graph.nodes if isinstance(node.layer, kind)]


def test_recurrent_layers_by_their_numbers_among_settings() -> None:
    lines = ("Words kept | 9,000", "Embedding size | 48", "LSTM layer 1 | 72 units", "LSTM layer 2 | 36 units",
             "Dropout | 0.3", "Batch size | 16", "Epochs | 12", "Token limit | 500,000")  # fmt: skip
    graph, _ = read("Setting | Value", *lines)
    assert [layer.units for layer in made(graph, L.LSTM)] == [72, 36]
    assert not made(graph, L.Dense)


def test_how_wide_a_recurrent_layer_is_by_a_sign_and_what_is_dropped_behind_it() -> None:
    lines = (
        r"Input shape | $(48,\; 6)$ - 48 h × 6 features",
        "LSTM layer 1 | Hidden dimension $d = 40$, dropout $p = 0.1$",
        "LSTM layer 2 | hidden=20, dropout=0.4",
        "Dense | units=1",
    )
    graph, _ = read("Component | Specification", *lines)
    assert kinds(graph) == ["LSTM", "Dropout", "LSTM", "Dropout", "Dense"]
    assert [layer.units for layer in made(graph, L.LSTM)] == [40, 20]
    assert [layer.rate for layer in made(graph, L.Dropout)] == [0.1, 0.4]
    assert graph.inputs[0].shape == (None, 48, 6)


def test_layers_of_a_call_of_pytorch() -> None:
    found = read_cell("nn.LSTM(12, 40, 3)")[0]
    assert (found.params["units"], found.times) == (40, 3)


def test_signs_that_markdown_and_latex_need() -> None:
    text = "| a | b |\n|---|---|\n| \\[batch, 9\\] | $(16,\\; 4)$, $2\\,000$ |\n"
    assert grids_of(text, ".md")[0].texts(0, 1) == ["[batch, 9]"]
    assert grids_of(text, ".md")[0].texts(1, 1) == ["(16, 4), 2000"]


def test_a_normalisation_in_a_row_of_its_own_behind_each_convolution() -> None:
    lines = ("Input | 32x32x3", "Conv 1 | 8 filters, 3x3, padding 1", "Batch Normalization | after each conv layer",
             "Max Pooling | 2x2", "Conv 2 | 16 filters, 3x3, padding 1", "Flatten |", "Dense | 4")  # fmt: skip
    graph, _ = read("Layer | Details", *lines)
    assert kinds(graph)[:5] == ["Conv2D", "BatchNorm", "MaxPool2D", "Conv2D", "BatchNorm"]


def test_marks_of_no_border() -> None:
    lines = ("Input | | | 28x28x1", "Convolution | ✗ | 5x5 | 6", "Max pooling | ✗ | 2x2 |", "Fully connected | | | 10")
    graph, _ = read("Layer Type | Padding | Kernel Size | Filters", *[line.replace("28x28x1", "") for line in lines])
    assert made(graph, L.Conv2D)[0].pad == ((0, 0), (0, 0))


def test_a_dense_as_wide_as_what_comes_in_is_asked() -> None:
    lines = (
        "Input | 12x12x1",
        "Convolution 5x5 | valid padding, outputs 8x8x4",
        "Max pooling | 2x2 stride, outputs 4x4x4",
        "Fully connected | outputs 64",
        "Fully connected | outputs 7",
    )
    _, asked = read("Layer | Description", *lines)
    assert any("is it but a Flatten" in each for each in asked)


@pytest.mark.parametrize(
    ("size", "wanted"), [("4x84x84", (4, 84, 84)), ("84x84x4", (4, 84, 84)), ("64x96x96", (96, 64, 96))]
)
def test_frames_on_top_of_each_other_come_first(size: str, wanted: tuple[int, ...]) -> None:
    graph, _ = read("Layer | Params", f"Input | {size}", "Conv | 8 filters, 3x3, stride 2", "Linear | 6")
    assert graph.inputs[0].shape == (None, *wanted)


def test_what_each_step_gives_of_a_sequence_of_any_length() -> None:
    lines = (
        "Embedding | nn.Embedding | (batch, seq, 24)",
        "LSTM | nn.LSTM | (batch, seq, 32)",
        "Out | nn.Linear | (batch, seq, 9)",
    )
    graph, asked = read("Layer | Type | Output Shape", *lines)
    assert [layer.units for layer in made(graph, L.Dense)] == [9]
    assert "Flatten" not in kinds(graph)
    assert not any("how many units" in each for each in asked)


def test_names_in_front_of_types_join_and_what_stands_behind_a_join() -> None:
    lines = ("conv1 Conv | 8 | 3x3 | ReLU |", "fc1 FC | 12 | - | - | conv1", "fc2 FC | 12 | - | - | conv1",
             "add1 Add | - | - | ReLU | fc1, fc2", "fc3 FC | 5 | - | Softmax | add1")  # fmt: skip
    graph, asked = read("Layer Type | Channels | Filter Size | Activation | Connected to", *lines)
    added = next(node for node in graph.nodes if isinstance(node.layer, L.Add))
    assert len(added.inputs) == 2
    assert kinds(graph)[-4:] == ["Add", "ReLU", "Dense", "Softmax"]
    assert not any("not all of which" in each for each in asked)


VERSIONS = ("Component | Original | Improved", "Conv Layer 1 | 3 → 4 filters | 3 → 16 filters (5×5, padding=2)",
            "Conv Layer 2 | 4 → 8 filters | 16 → 32 filters (5×5, padding=2)",
            "Conv Layer 3 | — | 32 → 48 filters (3×3, padding=1)",
            "FC Layers | 2 layers | 3 layers (768→64→32→10)")  # fmt: skip


def test_versions_beside_each_other_are_networks_each() -> None:
    graph, _ = read(*VERSIONS, variant="Improved")
    assert [layer.filters for layer in made(graph, L.Conv2D)] == [16, 32, 48]
    assert [layer.units for layer in made(graph, L.Dense)] == [64, 32, 10]
    graph, asked = read(*VERSIONS, variant="Original")
    assert [layer.filters for layer in made(graph, L.Conv2D)] == [4, 8]
    assert any("FC Layers" in each for each in asked)


def test_a_border_that_the_printed_sizes_deny_is_asked() -> None:
    lines = (
        "Input | 32x32x1",
        "Convolution 5x5 | 1x1 stride, same padding, outputs 28x28x6",
        "Flatten | outputs 4704",
        "Dense | 7",
    )
    graph, asked = read("Layer | Description", *lines)
    assert made(graph, L.Conv2D)[0].pad == ((0, 0), (0, 0))
    assert any("printed with the border same" in each for each in asked)


def test_a_width_beside_its_window_in_the_column_of_another() -> None:
    rows = [
        ("Layer Type", "Channels", "Filter Size", "Stride", "Activation"),
        ("Conv", "16", "3×3", "1", "ReLU"),
        ("Conv", "16 3×3", "1", "ReLU", ""),
        ("MaxPool", "16", "2×2", "2", "-"),
        ("FC", "9", "-", "-", "Softmax"),
    ]
    assert [each.unclear for each in designs_of(plain_grid(rows))[0].readings][:2] == [False, True]


def test_sizes_that_never_grow_and_no_steps_leave_channels_open() -> None:
    lines = ("Conv1d | 32x41 | 41 | ELU", "Conv1d | 32x41 | 41 | ELU", "Conv1d | 6x41 | 41 | ELU")
    _, asked = read("Layer | Output size | Kernel size | Activation", *lines)
    assert any("not all is understood" in each for each in asked)
