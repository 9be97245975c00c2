"""Tables as authors of small projects write them: columns of their own for what is dropped, widths in a chain."""

from __future__ import annotations

import pytest

from ir import Report
from ir import layers as L
from tests.test_extract_families import model_of
from tests.test_extract_readmes import designs
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def asked_of(text: str) -> tuple[list[str], list[str]]:
    """Return the layers of a table, and what is asked of them."""
    report = Report()
    graph = model_of(text, report=report)
    return kinds(graph), [each.message for each in report if each.code == "question"]


def test_rows_that_are_but_counted_have_units_and_a_column_of_what_regularises_them() -> None:
    graph = model_of(
        table(
            "Layer | Units | Activation | Regularization",
            *("Input | 6 | - | -", "1 | 12 | ReLU | BatchNorm + Dropout(0.2)", "2 | 5 | ReLU | L2(0.01)"),
            "Output | 1 | Sigmoid | -",
        )
    )
    assert kinds(graph) == ["Dense", "ReLU", "BatchNorm", "Dropout", "Dense", "ReLU", "Dense", "Sigmoid"]
    assert graph.nodes[3].layer == L.Dropout(rate=0.2)


def test_one_number_that_a_layer_gives_is_no_number_of_an_output() -> None:
    rows = ("Input | 12x12x1", "Fully connected | output 20", "Fully connected | output 1")
    graph = model_of(table("Layer | Description", *rows))
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)] == [20, 1]


@pytest.mark.parametrize("said", ["40 inputs, 7 outputs", "40 inputs to 7 outputs", "7 outputs"])
def test_an_output_layer_that_says_what_comes_in_and_goes_out(said: str) -> None:
    rows = ("Input | 12x12x1", "Fully connected | 40 units", "RELU", f"Output layer | {said}")
    (*_, last) = model_of(table("Layer | Description", *rows)).nodes
    assert last.layer == L.Dense(units=7)


def test_an_activation_behind_the_size_that_is_given() -> None:
    rows = ("Conv1 | 3x3 | 8 | 10x10x8", "FC2 | - | 30 | 30", "FC3 | - | 4 | 4 (softmax)")
    assert kinds(model_of(table("Layer | Kernel | Filters | Output size", *rows)))[-2:] == ["Dense", "Softmax"]


def test_a_function_in_front_of_all_layers_that_scales_in_words_is_asked_for() -> None:
    rows = ("Input | 20x40x3", "Lambda | Normalization and mean centering", "Conv 5x5 | 4 filters", "Dense | 1 unit")
    found, asked = asked_of(table("Layer | Description", *rows))
    assert found[0] == "Conv2D"
    assert any("scaled" in each for each in asked)


def test_networks_of_dense_with_what_is_behind_their_last_layers() -> None:
    text = table(
        "Component | Layout | Activations | Output",
        "Generator | 9 → 16 → 25 | LeakyReLU(0.3) | Tanh",
        "Critic | 25 → 16 → 8 → 1 | LeakyReLU(0.3) | a score (no sigmoid)",
    )
    first, second = designs(text)
    assert [each.posts for each in first.design.readings] == [(), ("leakyrelu",), ("tanh",)]
    assert [each.params.get("units") for each in second.design.readings[1:]] == [16, 8, 1]
    assert second.design.readings[-1].posts == ()
    assert second.design.readings[1].params["slope"] == 0.3


def test_steps_of_one_are_those_of_the_convolution_behind_what_makes_an_image_larger() -> None:
    graph = model_of(
        table(
            "Layer | Type | Input Channels | Output Channels | Kernel Size | Stride | Output Size",
            *("B1 | Conv2d + ReLU | 1 | 8 | 3x3 | 1 | 16x16", "Pool1 | MaxPool2d | 8 | 8 | 2x2 | 2 | 8x8"),
            *("Up1 | Upsample + Conv2d + ReLU | 8 | 8 | 3x3 | 1 | 16x16", "Out | Conv2d | 8 | 1 | 3x3 | 1 | 16x16"),
        )
    )
    assert kinds(graph) == ["Conv2D", "ReLU", "MaxPool2D", "Upsample2D", "Conv2D", "ReLU", "Conv2D"]


def test_what_an_image_without_a_width_becomes_is_a_step_for_each_of_its_rows() -> None:
    rows = ("input | (None, 12, 3)", "reshape_in | (None, 12, 1, 3)", "Conv2D 5 filters (3,1) | (None, 10, 1, 5)")
    more = (
        "reshape_squeeze | (None, 10, 5)",
        "lstm, 6 units, return sequences | (None, 10, 6)",
        "flatten | (None, 60)",
    )
    found, asked = asked_of(table("Layer | Output shape", *rows, *more, "Dense 2 softmax | (None, 2)"))
    assert "LSTM" in found
    assert not asked


@pytest.mark.parametrize(
    "text",
    [
        table("Version | Conv layers | FC layers | Layers in all", "A-9 | 7 | 2 | 9", "A-12 | 9 | 3 | 12"),
        table("RNN | Hidden Units | Parameters", "LSTM | 20 | ~9K", "GRU | 25 | ~9K", "tanh | 50 | ~10K"),
    ],
)
def test_counts_of_layers_and_cells_that_are_compared_are_no_designs(text: str) -> None:
    assert designs(text) == []


def test_thousands_of_one_size_are_parted_by_a_comma() -> None:
    rows = ("Input | (28, 28, 1)", "Conv2D(8, 3×3) | (26, 26, 8)", "Flatten | (5,408,)", "Dense(4) | (4,)")
    found, asked = asked_of(table("Layer | Output Shape", *rows))
    assert found[-1] == "Dense"
    assert not asked


def test_headers_that_stand_a_column_in_front_of_theirs_and_the_dropout_of_a_layer() -> None:
    text = (
        "|Layer|Maps|Size|Kernel|Stride|Activation||\n|-|-|-|-|-|-|-|\n"
        "|Input|Image|1|20x20|-|-|-|\n|1|Convolution|4|20x20|5x5|1|ReLU|\n|2|Max Pooling|4|10x10|2x2|2|-|\n"
        "|3|FC|-|30|-|-|ReLU|\n|4|FC Dropout(0.1)|-|30|-|-|-|\n|5|FC|-|3|-|-|Softmax|\n"
    )
    graph = model_of(text)
    assert kinds(graph) == ["Conv2D", "ReLU", "MaxPool2D", "Flatten", "Dense", "ReLU", "Dropout", "Dense", "Softmax"]
    assert graph.nodes[6].layer == L.Dropout(rate=0.1)


def test_a_pooling_as_keras_calls_it_has_a_window_of_two() -> None:
    rows = ("Conv2D(4, 3×3) | (61, 61, 4)", "MaxPooling2D | (30, 30, 4)", "Flatten | (3600,)", "Dense(2) | (2,)")
    _, asked = asked_of(table("Layer | Output Shape", "Input | (63, 63, 1)", *rows))
    assert not asked
