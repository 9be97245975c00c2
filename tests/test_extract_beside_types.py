"""What other columns say of layers that one names: windows of poolings, words of other languages, what is open."""

from __future__ import annotations

import pytest

from extract.columns.grids import plain_grid
from extract.tables.layouts import designs_of
from extract.words.cells import read_attributes, read_cell
from ir import layers as L
from tests.test_extract_asked import asked
from tests.test_extract_families import model_of
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
