"""Borders: layers of their own, what is said of a convolution's, and what a caption says of all."""

from __future__ import annotations

from typing import Any

import pytest

from extract.words.cells import read_cell
from ir import Graph, Report
from ir import layers as L
from tests.questions import questions
from tests.test_extract_typeset import model_of

CAPTION = "Architecture. The input is 32x32x3.\n\n"


def _borders(graph: Graph) -> list[tuple[Any, str]]:
    """Return the widths, before each axis, and the modes of the borders that are layers."""
    return [
        (tuple(a for a, _ in each.layer.pad), each.layer.mode)
        for each in graph.nodes
        if isinstance(each.layer, L.Pad2D)
    ]


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("ReflectionPad2d(3)", "reflect"),
        ("nn.ReplicationPad2d(3)", "edge"),
        ("ZeroPadding2D((3, 3))", "constant"),
        ("Reflection padding (3 × 3)", "reflect"),
        ("zero-padding 3", "constant"),
        ("Circular pad, 3", "wrap"),
    ],
)
def test_a_layer_that_adds_a_border(name: str, mode: str) -> None:
    report = Report()
    graph = model_of(f"{CAPTION}| Layer |\n|---|\n| {name} |\n| 7×7 conv, 16 |\n| ReLU |\n| FC 10 |\n", report=report)
    assert _borders(graph) == [((3, 3), mode)]
    (first,) = (each.layer for each in graph.nodes if isinstance(each.layer, L.Conv2D))
    assert first.pad == ((0, 0), (0, 0))  # Behind a border it has none of its own.
    assert not questions(report)


def test_the_printed_size_tells_how_wide_a_border_is() -> None:
    rows = "| zero_padding2d_1 (ZeroPadding2D) | 35×35×3 |\n| conv1 (Conv2D) | 33×33×8 |\n| fc (Dense) | 10 |\n"
    graph = model_of(f"{CAPTION}| Layer (type) | Output shape |\n|---|---|\n{rows}")
    assert [each.layer.pad for each in graph.nodes if isinstance(each.layer, L.Pad2D)] == [((1, 2), (1, 2))]


def test_a_border_of_which_nothing_is_said_is_asked() -> None:
    report = Report()
    model_of(f"{CAPTION}| Layer |\n|---|\n| Zero padding |\n| 3×3 conv, 16 |\n| FC 10 |\n", report=report)
    assert any("how wide is the border?" in each.message for each in report)


@pytest.mark.parametrize(
    "said", ["3×3 conv, 16, reflection padding", "Conv2D(16, 3, padding='reflect')", "conv 3×3, 16; reflect pad 1"]
)
def test_what_is_said_of_the_border_of_a_convolution(said: str) -> None:
    graph = model_of(f"{CAPTION}| Layer | Size |\n|---|---|\n| {said} | 32×32 |\n| ReLU | 32×32 |\n| FC 10 | |\n")
    assert _borders(graph) == [((1, 1), "reflect")]


def test_a_caption_says_of_all_convolutions_what_their_borders_hold() -> None:
    rows = "| 3×3 conv, 16 |\n| 3×3 conv, 32 |\n| FC 10 |\n"
    graph = model_of(f"Architecture. The input is 32x32x3. Reflection padding was used.\n\n| Layer |\n|---|\n{rows}")
    assert _borders(graph) == [((1, 1), "reflect")] * 2


@pytest.mark.parametrize(
    ("said", "params"),
    [
        ("3x3 conv, 64; stride 2; padding 0", {"kernel": (3, 3), "filters": 64, "stride": (2, 2), "pad": 0}),
        ("conv 5x5; 64 filters; zero padding 2", {"kernel": (5, 5), "filters": 64, "pad": 2}),
        ("Convolution; kernel 3x3; filters 8; stride 2", {"kernel": (3, 3), "filters": 8, "stride": (2, 2)}),
    ],
)
def test_what_is_but_set_behind_a_semicolon_is_of_the_layer_before_it(said: str, params: dict[str, Any]) -> None:
    (found,) = read_cell(said)
    assert found.params.items() >= params.items()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("bn_conv1 (BatchNormalization)", "bn"),
        ("expanded_conv_project_BN (BatchNormalization)", "bn"),
        ("conv_dw_1_relu (ReLU)", "relu"),
        ("conv1_relu (Activation)", "relu"),
        ("activation_1 (Activation)", "activation"),
        ("Conv1_pad (ZeroPadding2D)", "pad"),
        ("Conv_1 (Conv2D)", "conv"),
    ],
)
def test_a_class_in_brackets_tells_what_a_layer_is_and_not_its_own_name(name: str, kind: str) -> None:
    (found,) = read_cell(name)
    assert (found.kind, found.posts) == (kind, ())
