"""What other columns say of layers that one names: windows of poolings, words of other languages, what is open."""

from __future__ import annotations

import pytest

from extract.columns.grids import plain_grid
from extract.tables.layouts import designs_of
from extract.words.cells import read_attributes, read_cell
from ir import layers as L
from tests.test_extract_asked import asked
from tests.test_extract_families import model_of
from tests.test_extract_fields import layers
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def test_poolings_are_what_they_are_named_though_another_column_says_their_windows() -> None:
    rows = (
        "Input | Image | 32×32×1 | Grayscale, padded from 28×28",
        "C1 | Conv | 28×28×6 | 6 filters, 5×5, S=1, P=0, tanh · V=(32-5)/1+1=28",
        "S2 | Avg Pool | 14×14×6 | 2×2 window, S=2",
        "Flatten | — | 1176 | 14×14×6=1176",
        "Output | FC | 10 | 10 classes (digits 0-9), Softmax",
    )
    graph = model_of(table("Layer | Type | Output Shape | Details", *rows))
    assert graph.inputs[0].shape == (None, 1, 32, 32)
    assert kinds(graph) == ["Conv2D", "Tanh", "AvgPool2D", "Flatten", "Dense", "Softmax"]
    assert next(node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D)).filters == 6


def test_headers_of_other_languages_and_windows_in_the_name() -> None:
    rows = (
        "BatchNorm1d | `BatchNorm1d(1)` | `[B,1,800]`",
        "Conv1d k7 s2 p3 | `Conv1d(1,8,...)` | `[B,8,400]`",
        "AvgPool1d(2) | `AvgPool1d(2)` | `[B,8,200]`",
    )
    graph = model_of(table("层 | 代码 | 输出形状", *rows))
    assert graph.inputs[0].shape == (None, 1, 800)
    (conv,) = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv1D)]
    assert (conv.filters, conv.kernel, conv.stride, conv.pad) == (8, (7,), (2,), ((3, 3),))


def test_networks_that_each_learn_at_a_rate_of_their_own_are_no_layers() -> None:
    rows = [["Ventana", "Modelo Ganador", "Neuronas", "Dropout", "LR"]]
    rows += [["5", "GRU", "16", "0.1", "0.001"], ["10", "LSTM", "8", "0.0", "0.01"], ["30", "LSTM", "4", "0.3", "0.1"]]
    assert not designs_of(plain_grid(rows))


@pytest.mark.parametrize(
    ("text", "kernel", "stride"),
    [("3x3 stride-2 Conv, BN, ReLU", (3, 3), (2, 2)), ("5×5 strided-2 conv", (5, 5), (2, 2))],
)
def test_a_stride_between_a_window_and_its_layer(text: str, kernel: tuple[int, ...], stride: tuple[int, ...]) -> None:
    (conv,) = read_cell(text)
    assert (conv.kind, conv.params["kernel"], conv.params["stride"]) == ("conv", kernel, stride)


def test_sizes_that_are_worked_out_are_no_filters() -> None:
    assert read_attributes("6 filters, 5×5, S=1 · V=(32-5)/1+1=28", "conv")["filters"] == 6


def test_one_number_or_another_is_asked_about() -> None:
    rows = (
        "Input | Input | (28, 28, 1)",
        "Dense 1 | Dense | 64 units, ReLU",
        "Output | Dense | 10 or 26 units, Softmax",
    )
    assert [each for each in asked(table("Layer | Type | Specifications", *rows)) if "not all is understood" in each]


def test_activations_with_accents() -> None:
    (dense,) = read_cell("Dense 16, Sigmoïde")
    assert dense.posts == ("sigmoid",)


def test_what_stands_behind_activations_in_their_column_is_built() -> None:
    rows = (
        "Input | 8 | -",
        "Dense | 64 | ReLU + Dropout(0.2)",
        "Dense | 32 | ReLU",
        "Dense | 16 | ReLU",
        "Dense | 4 | softmax",
    )
    graph = model_of(table("Layer | Units | Activation", *rows))
    assert kinds(graph)[:4] == ["Dense", "ReLU", "Dropout", "Dense"]


def test_slopes_of_activations_in_a_column_in_spanish() -> None:
    rows = (
        "Conv2d, kernel 4, stride 2, padding 1 | 8 | 32×32 | LeakyReLU(0.2)",
        "Conv2d, kernel 4, stride 2, padding 1 | 16 | 16×16 | BatchNorm + LeakyReLU(0.2)",
        "Conv2d, kernel 4, stride 2, padding 1 | 32 | 8×8 | BatchNorm + LeakyReLU(0.2)",
        "Conv2d, kernel 8, stride 1, padding 0 | 1 | 1×1 | Logit sin sigmoid",
    )
    graph = model_of(table("Operación | Canales de salida | Resolución | Activación", *rows))
    assert kinds(graph) == ["Conv2D", "ReLU", *["Conv2D", "BatchNorm", "ReLU"] * 2, "Conv2D"]
    assert {node.layer.negative_slope for node in graph.nodes if isinstance(node.layer, L.ReLU)} == {0.2}


def test_an_output_of_which_sizes_and_an_activation_are_said_is_a_layer() -> None:
    rows = ("FC1 | 33 | 64 | ReLU", "FC2 | 64 | 48 | ReLU + BN", "FC3 | 48 | 24 | ReLU + BN", "Output | 24 | 12 | Tanh")
    graph = model_of(table("Layer | Input dim | Output dim | Activation", *rows))
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)] == [64, 48, 24, 12]


def test_how_often_each_kind_comes_is_no_network() -> None:
    rows = [["Layer Type", "Count", "Parameters", "Percentage"]]
    rows += [["Conv2D", "35", "2,125,536", "60%"], ["BatchNormalization", "52", "68,224", "2%"]]
    assert not designs_of(plain_grid([*rows, ["Dense", "1", "1,281,000", "36%"]]))


def test_units_of_both_ways_are_no_two_layers() -> None:
    rows = (
        "1 | Bidirectional LSTM | 16 x 2 | `return_sequences=True`",
        "2 | Dropout | — | 20% dropout",
        "3 | Dense | 8 | ReLU activation",
        "4 | Dense | 4 | Linear output",
    )
    lstm, _, dense, _ = layers("Layer | Type | Units | Details", *rows)
    assert (lstm.times, lstm.params["units"], dense.kind) == (1, 16, "dense")


def test_a_first_layer_has_no_border_where_others_have_none_by_their_weights() -> None:
    rows = (
        "1 | Conv2d (relu) | (None, 296, 296, 32) | 2,432",
        "2 | MaxPooling2D | (None, 148, 148, 32) | 0",
        "3 | Conv2D (relu) | (None, 146, 146, 64) | 18,496",
    )
    graph = model_of(table("Layer Number | Layer Name | Output Shape | Number of Parameters", *rows))
    assert graph.inputs[0].shape == (None, 3, 300, 300)


def test_a_flatten_in_front_of_all_says_how_large_the_vector_is() -> None:
    rows = ("Flatten | 30 | –", "Dense | 20 | ReLU", "Dense | 2 | Softmax")
    graph = model_of(table("Layer Type | Units | Activation", *rows))
    assert graph.inputs[0].shape == (None, 30)
    assert kinds(graph) == ["Dense", "ReLU", "Dense", "Softmax"]


def test_models_beside_layers_that_count_anew_are_networks_each() -> None:
    rows = [["Model", "Layer", "Layer Type", "Units", "Activation"], ["Model1", "1", "Dense", "512", "relu"]]
    rows += [["", "2", "Dense", "10", "softmax"], ["Model2", "1", "Dense", "256", "relu"]]
    rows += [["", "2", "Dense", "128", "relu"], ["", "3", "Dense", "10", "softmax"]]
    found = designs_of(plain_grid(rows))
    assert [each.config for each in found] == ["Model1", "Model2"]
    assert [[each.params.get("units") for each in design.readings] for design in found] == [[512, 10], [256, 128, 10]]
