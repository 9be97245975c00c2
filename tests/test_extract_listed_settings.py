"""Networks of which a table says but the settings, and rows of parts that stand between rules."""

from __future__ import annotations

import pytest

from extract.structure.texts import grids_of
from extract.tables.listed_settings import designs_by_settings
from ir import Report
from ir import layers as L
from ir.validate import infer
from tests.pdf_pages import rows
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds, model, page
from tests.test_extract_unseen import table

LISTED = table(
    "Hyperparameter | Specification",
    *("Input dimension | 2 (t, x)", "Hidden Layers | 3 Dense Layers (64, 64, 32 units)", "Activation Function | Tanh"),
    *("Output dimension | 1 (u) + 1 (v)", "Optimizer | Adam (lr = 0.001)", "Epochs | 500"),
)
COUNTED = table(
    "Component | Value",
    *("Input size | 12", "Number of hidden layers | 3", "Hidden units | 20", "Activation | ReLU"),
    *("Normalization | LayerNorm", "Output size | 4", "Output activation | Softmax", "Learning rate | 0.01"),
)
RECURRENT = table(
    "Parameter | Value | Description",
    *("LSTM hidden units | 32 | how many neurons each has", "LSTM layers | 2 | that are stacked"),
    *("Dropout rate | 0.1 | between layers", "Output size | 1 | the next value", "Batch size | 8 | of sequences"),
)
CODED = table(
    "Parameter | Value",
    *("Latent Dimension | 8", "Encoder layers | 50 → 20 → 8", "Decoder layers | 8 → 20 → 50"),
    *("Hidden Activations | ReLU", "Output Activation | Sigmoid", "Epochs | 10"),
)


@pytest.mark.parametrize(
    ("text", "units", "last"),
    [(LISTED, [64, 64, 32, 2], "Dense"), (COUNTED, [20, 20, 20, 4], "Softmax"), (CODED, [20, 8, 20, 50], "Sigmoid")],
)
def test_layers_by_how_many_there_are_and_how_wide(text: str, units: list[int], last: str) -> None:
    graph = model_of(text)
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)] == units
    assert kinds(graph)[-1] == last


def test_layers_that_recur_and_what_is_dropped_somewhere() -> None:
    report = Report()
    graph = model_of(RECURRENT, report=report)
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.LSTM)] == [32, 32]
    assert infer(graph, Report())[graph.outputs[0]][-1] == 1
    assert any("dropout 0.1" in each.message for each in report if each.code == "question")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("0.3, applied after the first hidden layer", ["Dense", "ReLU", "Dropout", "Dense", "ReLU", "Dense"]),
        ("30% after each hidden layer", ["Dense", "ReLU", "Dropout", "Dense", "ReLU", "Dropout", "Dense"]),
        ("0.3", ["Dense", "ReLU", "Dense", "ReLU", "Dropout", "Dense"]),
    ],
)
def test_hidden_layers_by_their_numbers_and_where_something_is_dropped(place: str, expected: list[str]) -> None:
    report = Report()
    lines = (
        "Input features | 20",
        "Hidden layer 1 | 128 neurons",
        "Hidden layer 2 | 64 neurons",
        "Output layer | 6 neurons (one per class) left",
    )
    text = table(
        "Hyperparameter | Value", *lines, f"Dropout rate | {place}", "Activation | ReLU after each hidden layer"
    )
    graph = model_of(text, report=report)
    assert kinds(graph) == expected, report
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)] == [128, 64, 6]
    assert any("dropout 0.3" in each.message for each in report if each.code == "question") == (place == "0.3")


def test_sizes_of_layers_under_their_names() -> None:
    graph = model_of(table("Input Neurons | Hidden Layer 1 | Output Neurons", "2 | 5 | 4"))
    assert graph.nodes[0].layer == L.Dense(units=5)
    assert infer(graph, Report())[graph.outputs[0]][-1] == 4


@pytest.mark.parametrize(
    "lines",
    [
        ("Number of layers | 6", "Hidden size | 512", "Attention heads | 8"),
        ("Learning rate | 0.01", "Batch size | 32", "Epochs | 100"),
        ("Hidden size | 64 or 128", "Dropout | 0.1 to 0.5", "Batch size | 32"),
    ],
)
def test_settings_that_say_no_network(lines: tuple[str, ...]) -> None:
    assert not [
        each for grid in grids_of(table("Parameter | Value", *lines), ".md") for each in designs_by_settings(grid)
    ]


def test_rows_between_the_rules_of_parts() -> None:
    cells = [
        ("Stage", "Layer", "Kernel", "Filters"),
        ("Input branch", "", "", ""),
        ("Encoder", "Conv2D", "3×3", "8"),
        ("", "ReLU", "-", "-"),
        ("Pooling", "MaxPool", "2×2", "-"),
        ("Output branch", "", "", ""),
        ("Encoder", "Conv2D", "3×3", "16"),
        ("", "ReLU", "-", "-"),
        ("Pooling", "Global Avg Pool", "-", "-"),
    ]
    rules = [(y, 70.0, 400.0) for y in (161.0, 174.0, 222.0, 270.0)]
    graph, _ = model(page("Table 1: The layers of the network.", rows(170, (72, 150, 260, 330), cells), rules))
    assert kinds(graph) == ["Conv2D", "ReLU", "MaxPool2D", "Conv2D", "ReLU", "GlobalAvgPool2D"]
