"""Tables whose headings stand at the side, come again, or name parts of one network; and names that are left out."""

from __future__ import annotations

import pytest

from extract.words.cells import read_cell
from extract.words.lexicon import posts_of
from ir import Report
from ir import layers as L
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def test_headings_at_the_side() -> None:
    text = table(
        "Layer | LSTM | XYZ 1 | XYZ 2 | Dense",
        *("Input | 2*90*s | 90*s | 48*s | 24*s", "Number of hidden units | 3 | 48 | 24 | 2"),
        *("Activation | tanh | tanh | tanh | sigmoid", "Output | 3*90*s | 48*s | 24*s | 2"),
    )
    report = Report()
    graph = model_of(text, report=report)
    assert kinds(graph)[0] == "LSTM"
    assert [node.layer.type for node in graph.nodes if isinstance(node.layer, L.Custom)] == ["XYZ 1", "XYZ 2"]
    assert sum("what is it made of" in each.message for each in report) == 2
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)] == [2]


def test_headings_that_come_again_and_titles_of_parts() -> None:
    text = table(
        "Layer | Params | Details",
        *("Input | Shape | (60, 1)", "Conv1D | f = 8 | k = 3, pad = same", "ReLU+BN+Pool | p = 2 | -"),
        *("GlobalAvgPool | - | -", "Dense Layers | |", "Layer | Params | Details", "Dense | u = 24 | ReLU"),
        "Dense (Out) | u = 7 | Softmax",
    )
    graph = model_of(text)
    assert graph.inputs[0].shape == (None, 1, 60)
    pools = [node.layer for node in graph.nodes if isinstance(node.layer, L.MaxPool1D)]
    assert [each.kernel for each in pools] == [(2,)]
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)] == [24, 7]


def test_rows_with_a_dash_for_a_name() -> None:
    text = table(
        "Layer | Op | Output shape",
        *("Conv1 | 3x3 conv, 1→4 channels, stride 1, padding 1 | (B, 4, 20, 20)", "— | ReLU | same"),
        *("— | 2x2 max pool, stride 2 | (B, 4, 10, 10)", "— | flatten | (B, 400)"),
        "Linear | fully connected → 5 classes | (B, 5)",
    )
    assert kinds(model_of(text)) == ["Conv2D", "ReLU", "MaxPool2D", "Flatten", "Dense"]


def test_sizes_without_brackets_and_channels_that_a_pooling_keeps() -> None:
    text = table(
        "Layer type | Output shape | Param #",
        *("Lambda | 30, 90, 3 | 0", "Convolution2D | 13, 43, 18 | 1368", "MaxPooling2D | 6, 21, 18 | 0"),
        *("Convolution2D | 2, 17, 22 | 9922", "Flatten | 748 | 0", "Dense | 4 | 2996"),
    )
    convolutions = [node.layer for node in model_of(text).nodes if isinstance(node.layer, L.Conv2D)]
    assert [(each.filters, each.kernel) for each in convolutions] == [(18, (5, 5)), (22, (5, 5))]


def test_widths_on_either_side_beside_a_window() -> None:
    text = table(
        "Layer | Details",
        *("Conv1 | 3x24, kernel 5, padding 2 -> ReLU -> MaxPool 2x2", "Conv2 | 24x36, kernel 3, padding 1 -> ReLU"),
        *("Pool | AdaptiveAvgPool 1x1", "FC | 36 -> 10"),
    )
    convolutions = [node.layer for node in model_of(text).nodes if isinstance(node.layer, L.Conv2D)]
    assert [(each.filters, each.kernel) for each in convolutions] == [(24, (5, 5)), (36, (3, 3))]


@pytest.mark.parametrize(
    ("text", "kinds_of"), [("output (Dense, Softmax)", ["dense", "softmax"]), ("input(InputLayer)", ["input"])]
)
def test_names_with_their_types_behind_them(text: str, kinds_of: list[str]) -> None:
    said = read_cell(text)
    assert [kind for each in said for kind in (each.kind, *each.posts)] == kinds_of


def test_activations_of_several_layers() -> None:
    found = [
        posts_of(each) for each in ("h-swish", "hard sigmoid", "SELU", "Mish", "exponential linear", "exponential")
    ]
    assert found == [["hswish"], ["hsigmoid"], ["selu"], ["mish"], [], ["exp"]]
    text = table("Layer | Units | Activation", "Input | 6 |", "Dense | 9 | SELU", "Dense | 8 | Mish", "Dense | 1 | -")
    assert kinds(model_of(text)) == ["Dense", "ELU", "Power", "Dense", "Softplus", "Tanh", "Multiply", "Dense"]
