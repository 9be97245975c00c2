"""Layers as frameworks call them, with what their arguments say."""

from __future__ import annotations

from typing import Any

import pytest

from extract.words.cells import read_cell
from ir import Graph, Report
from ir import layers as L
from tests.questions import questions
from tests.test_extract_typeset import model_of


@pytest.mark.parametrize(
    ("call", "kind", "params"),
    [
        ("Softmax(dim=1)", "softmax", {}),
        ("Upsample(scale_factor=4.0, mode='nearest')", "upsample", {"kernel": (4, 4)}),
        ("UpSampling2D((4, 4))", "upsample", {"kernel": (4, 4)}),
        ("PixelShuffle(upscale_factor=3)", "subpixel", {"kernel": (3, 3)}),
        ("nn.PixelShuffle(3)", "subpixel", {"kernel": (3, 3)}),
        ("Bidirectional(LSTM(64, return_sequences=True))", "bilstm", {"units": 64}),
        ("TimeDistributed(Dense(10))", "dense", {"units": 10}),
        ("AdaptiveMaxPool2d(output_size=1)", "gmaxpool", {"kernel": (1, 1)}),
        ("MaxPool2d(3, 2, ceil_mode=True)", "maxpool", {"kernel": (3, 3), "stride": (2, 2), "rounding": "ceil"}),
        ("MaxPool2d(3, 2, ceil_mode=False)", "maxpool", {"kernel": (3, 3), "stride": (2, 2)}),
        ("Embedding(1000, dim=64)", "embedding", {"vocabulary": 1000, "units": 64}),
        ("Dropout(rate=p)", "dropout", {}),
        ("Unflatten(dim=1, unflattened_size=(8, 4, 4))", "reshape", {}),
    ],
)
def test_arguments_of_calls(call: str, kind: str, params: dict[str, Any]) -> None:
    (found,) = read_cell(call)
    assert (found.kind, found.params) == (kind, params)


def _model(*layers: str) -> tuple[Graph, list[str]]:
    report = Report()
    rows = "".join(f"| {layer} |\n" for layer in layers)
    graph = model_of(f"A net. The input is 32x32x3.\n\n| Layer |\n|---|\n{rows}", report=report)
    return graph, questions(report)


def test_layers_without_a_bias() -> None:
    graph, asked = _model("Conv2d(3, 8, 3, padding=1, bias=False)", "ReLU()", "Linear(8192, 10, bias=False)")
    assert [each.layer.bias for each in graph.nodes if isinstance(each.layer, L.Conv2D | L.Dense)] == [False, False]
    assert not asked


def test_poolings_that_say_how_large_the_image_is_behind_them() -> None:
    graph, asked = _model("Conv2d(3, 8, 3, padding=1)", "AdaptiveAvgPool2d(output_size=(4, 4))", "Linear(128, 10)")
    (pool,) = (each.layer for each in graph.nodes if isinstance(each.layer, L.AvgPool2D))
    assert (pool.kernel, pool.stride) == ((8, 8), (8, 8))
    assert not asked
    _, asked = _model("Conv2d(3, 8, 3, padding=1)", "AdaptiveAvgPool2d(output_size=(5, 5))", "Linear(200, 10)")
    assert ["of which windows?" in each for each in asked] == [True]


def test_what_is_added_behind_a_transposed_convolution() -> None:
    said = "ConvTranspose2d(3, 8, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), output_padding=(1, 1))"
    graph, asked = _model(said, "ReLU()", "Conv2d(8, 3, 3, padding=1)", "Tanh()")
    first = graph.nodes[0].layer
    assert isinstance(first, L.Conv2DTranspose)
    assert (first.pad, first.output_pad) == (((1, 1), (1, 1)), (1, 1))
    assert not asked


@pytest.mark.parametrize(("said", "both"), [("bidirectional=True", True), ("bidirectional=False", False)])
def test_which_ways_a_sequence_is_gone_over(said: str, both: bool) -> None:
    report = Report()
    rows = f"| Embedding(100, 8) |\n| GRU(8, 16, {said}) |\n| Linear({32 if both else 16}, 2) |\n"
    graph = model_of(f"A net for sequences of 20 words.\n\n| Layer |\n|---|\n{rows}", report=report)
    assert sum(isinstance(each.layer, L.GRU) for each in graph.nodes) == 1 + both
