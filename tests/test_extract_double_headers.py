"""Columns and cells that say two things or several layers: none of them is lost without a word."""

from __future__ import annotations

from typing import Any

import pytest

from extract.words.cells import read_cell
from ir import layers as L
from tests.test_extract_asked import asked
from tests.test_extract_families import model_of
from tests.test_extract_fields import layers
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def test_what_stands_behind_layers_in_one_column_is_told_apart() -> None:
    rows = (
        "Input | 64 | -",
        "Hidden layer 1 | 32 | ReLU / 0.3",
        "Hidden layer 2 | 16 | tanh / 0.2",
        "Output | 1 | linear",
    )
    graph = model_of(table("Layer | No. of nodes | Activation function / dropout", *rows))
    assert kinds(graph) == ["Dense", "ReLU", "Dropout", "Dense", "Tanh", "Dropout", "Dense"]
    assert [node.layer.rate for node in graph.nodes if isinstance(node.layer, L.Dropout)] == [0.3, 0.2]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Conv2d(8→16, k3, pad0)", [{"filters": 16, "kernel": (3, 3), "pad": 0}]),
        ("Conv2d (1→16 channels, 3×3 kernel)", [{"in_channels": 1, "filters": 16, "kernel": (3, 3)}]),
        ("FC (576 → 10 classes)", [{"in_features": 576, "units": 10}]),
        ("MaxPool (3×3 window)", [{"kernel": (3, 3)}]),
        ("Conv 3x3 → 64", [{"kernel": (3, 3), "filters": 64}]),
        ("SeparableConv2D(64, 3)", [{"filters": 64, "kernel": (3, 3)}]),
        ("Dense 128 PReLU → 64 PReLU", [{"units": 128}, {"units": 64}]),
        ("Dense 48 ReLU, 24 ReLU", [{"units": 48}, {"units": 24}]),
        ("Dense, 64, Dense, 10", [{"units": 64}, {"units": 10}]),
        ("dense layer, 64 units, dense layer, 10 units", [{"units": 64}, {"units": 10}]),
        ("LSTM, 64 units, LSTM, 32 units", [{"units": 64}, {"units": 32}]),
        ("Conv, 3×3, 8, Conv, 5×5, 16", [{"kernel": (3, 3), "filters": 8}, {"kernel": (5, 5), "filters": 16}]),
        ("Conv2D, ReLU, 64 filters, 3×3", [{"kernel": (3, 3), "filters": 64}]),
        ("MaxPool(2) → length 250", [{"kernel": (2, 2), "output": (250,)}]),
    ],
)
def test_every_layer_of_a_cell_is_kept_with_what_is_said_of_it(text: str, wanted: list[dict[str, Any]]) -> None:
    found = read_cell(text)
    assert len(found) == len(wanted)
    assert all(params.items() <= each.params.items() for each, params in zip(found, wanted, strict=True))


def test_a_softmax_behind_the_name_of_a_convolution_is_that_of_its_channels() -> None:
    rows = ("1 | conv 2D relu | 3x3 | 1 | 16", "2 | decoder | 3x3 | 1 | 8", "out | conv 2D softmax | 1x1 | 1 | 3")
    text = table("Layer | Type | Kernel | Stride | Filters", *rows)
    found = kinds(model_of(text))
    assert (found[-2:], found.count("Custom")) == (["Conv2D", "Softmax"], 1)
    assert [each for each in asked(text) if "decoder" in each]


def test_a_block_is_made_of_what_a_cell_lists() -> None:
    rows = ("Input | 32×32 grayscale", "Conv Block 1 | 2× Conv2D(8) + BN + MaxPool", "Output | 3 units, Softmax")
    conv, norm, pool, *_ = layers("Layer | Details", *rows)[1:]
    assert (conv.kind, conv.times, conv.params["filters"]) == ("conv", 2, 8)
    assert (norm.kind, pool.kind) == ("bn", "maxpool")


def test_lengths_behind_layers_tell_their_borders() -> None:
    rows = (
        "Input | `(batch, 1, 800)` — one lead, 8 seconds",
        "Conv Block 1 | Conv1d(1→8, kernel=7) + ReLU + MaxPool(2) → length 400",
        "Conv Block 2 | Conv1d(8→16, kernel=5) + ReLU + MaxPool(2) → length 200",
        "Classifier | Linear(3200→2)",
    )
    graph = model_of(table("Layer | Detail", *rows))
    assert graph.inputs[0].shape == (None, 1, 800)
    assert [node.layer.pad for node in graph.nodes if isinstance(node.layer, L.Conv1D)] == [((3, 3),), ((2, 2),)]


def test_convolutions_without_windows_go_along_the_axes_that_the_text_says() -> None:
    said = "A 3D convolutional network for volumes.\n\n"
    rows = ("Conv Block 1 | 1 → 8", "Conv Block 2 | 8 → 16", "Global Avg Pool + FC | 16 → 1")
    assert kinds(model_of(said + table("Layer | Channels", *rows)))[0] == "Conv3D"


def test_a_column_of_windows_and_other_settings_is_heard() -> None:
    rows = (
        "conv1 | Conv2d | 3 | 8 | 3x3, padding=1 | 16x16",
        "up1 | ConvTranspose2d | 8 | 4 | 2x2, stride=2 | 32x32",
        "outc | Conv2d | 4 | 1 | 1x1 | 32x32",
    )
    graph = model_of(table("Layer | Type | In Channels | Out Channels | Kernel/Params | Output Size", *rows))
    (last,) = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D)][1:]
    assert last.kernel == (1, 1)


def test_what_a_layer_is_for_does_not_name_it() -> None:
    rows = (
        "Input | 4 | — | Takes what was measured",
        "Hidden | 8 | ReLU | Learns combinations of input features",
        "Output | 3 | Softmax | Gives probabilities",
    )
    graph = model_of(table("Layer | Neurons | Activation | Purpose", *rows))
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)] == [8, 3]


def test_an_activation_behind_the_input_is_asked_about() -> None:
    rows = ("Input Layer | 100 | ReLU", "Hidden Layer 1 | 50 | ReLU", "Output Layer | 1 | Sigmoid")
    assert [each for each in asked(table("Layer | Neurons | Activation", *rows)) if "is it a layer?" in each]


def test_words_of_other_languages_for_widths() -> None:
    rows = (
        "Conv1 | Conv2d + ReLU + MaxPool | 8 filtros 3×3, stride 2",
        "FC2 | Linear + ReLU | 64 neurônios",
        "FC3 | Linear | 10 saídas",
    )
    conv, _, dense, last = layers("Camada | Tipo | Detalhe", *rows)
    assert (conv.params["filters"], conv.params["stride"]) == (8, (2, 2))
    assert (dense.params["units"], last.params["units"]) == (64, 10)
