"""Layers as they are written: in front of what they stand, by the numbers in their names, as captions define them."""

from __future__ import annotations

import pytest

from extract.designs.told import behind_all, unplaced
from extract.words.cells import read_cell
from extract.words.lexicon import kind_of
from extract.words.reading import Reading
from ir import Report
from ir import layers as L
from tests.pdf_pages import rows
from tests.questions import questions
from tests.test_extract_families import model_of
from tests.test_extract_tables import model, page


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("BN-ReLU-Conv 3x3, 64", ["bn relu", "conv"]),
        ("ReLU-Conv(3x3)", ["relu", "conv"]),
        ("LReLU 4x4 conv. 64 stride 2", ["leakyrelu", "conv"]),
        ("lReLU 8 x 1, stride=8 conv transpose 256", ["leakyrelu", "deconv"]),
        ("BN-ReLU-Conv 1x1-BN-ReLU-Conv 3x3", ["bn relu", "conv bn relu", "conv"]),
        ("3x3 Conv-BN-ReLU, 64", ["conv bn relu"]),
        ("relu conv 3x3, 64", ["conv relu"]),
    ],
)
def test_what_is_written_in_front_of_a_layer_stands_in_front_of_it(text: str, wanted: list[str]) -> None:
    assert [" ".join((each.kind, *each.posts)) for each in read_cell(text)] == wanted


@pytest.mark.parametrize("name", ["Conv Transpose 64", "Conv2D transpose", "conv trans", "ConvTranspose2d"])
def test_transposed_convolutions_by_their_names(name: str) -> None:
    assert kind_of(name) == "deconv"


def test_numbers_of_a_name_by_what_the_caption_says_they_are() -> None:
    (found,) = read_cell("conv3-64-2")
    assert found.unclear
    told = 'Layers are "conv-(kernel size)-(number of filters)-(dilation rate)".'
    table = "| A | B |\n|---|---|\n| conv3-8-1 | conv3-8-1 |\n| conv3-8-2 | conv3-8-4 |\n| conv1-1-1 | conv1-1-1 |\n"
    first, *others = (node.layer for node in model_of(f"{told}\n\n{table}", variant="B").nodes)
    assert isinstance(first, L.Conv2D)
    assert [each.dilation for each in (first, *others) if isinstance(each, L.Conv2D)] == [(1, 1), (4, 4), (1, 1)]


def test_numbers_of_a_name_beside_its_window_count_layers() -> None:
    table = "| Type / Stride | Filter Shape | Input Size |\n|---|---|---|\n"
    table += "| Conv12-1 / s1 | 1 x 1 x 51 | 4 x 4 |\n| Conv12-2 / s2 | 3 x 3 x 46 | 4 x 4 |\n"
    found = [node.layer for node in model_of(table).nodes if isinstance(node.layer, L.Conv2D)]
    assert [(each.filters, each.kernel, each.stride) for each in found] == [
        (51, (1, 1), (1, 1)),
        (46, (3, 3), (2, 2)),
    ]


def test_titles_of_designs_are_no_numbers_of_filters() -> None:
    cells = [
        *rows(170, (230,), [("Configurations of the network",)]),
        *rows(182, (100, 260, 420), [("A", "B", "C")]),
        *rows(194, (100, 260, 420), [("conv3-8", "conv3-16", "conv3-32"), ("conv3-8", "conv3-16", "conv3-32")]),
        *rows(218, (240,), [("max-pooling",)]),
        *rows(230, (100, 260, 420), [("conv3-8", "conv3-16", "conv3-32"), ("FC-10", "FC-10", "FC-10")]),
    ]
    graph, _ = model(page("Table 1: The designs.", cells), "C")
    assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [32, 32, 32]


def test_networks_whose_names_stand_in_headers_that_come_again() -> None:
    table = "| G | Configuration |\n|---|---|\n| 1 | CONV-(N16, K4, S2, P1), ReLU |\n| 2 | CONV-(N3, K3, S1, P1) |\n"
    table += "| D | Configuration |\n| 1 | CONV-(N8, K4, S2, P1), ReLU |\n| 2 | CONV-(N1, K4, S2, P1), Sigmoid |\n"
    for variant, filters in (("G", [16, 3]), ("D", [8, 1])):
        graph = model_of(table, variant=variant)
        assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == filters


def test_a_size_over_several_columns_is_one() -> None:
    cells = [
        *rows(170, (80, 200, 280, 360), [("Layer", "k", "c", "s")]),
        *rows(182, (80, 200, 280, 360), [("Input", "64 ×", "128", "× 3")]),
        *rows(194, (80, 200, 280, 360), [("Conv2d", "3", "8", "2"), ("Conv2d", "3", "16", "1")]),
    ]
    graph, _ = model(page("Table 1: The network; k is the kernel size, c the channels, s the stride.", cells))
    assert graph.inputs[0].shape == (None, 3, 64, 128)


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("Conv2d means a convolution, followed by batch normalization and ReLU.", ["conv"]),
        ("Here conv denotes Conv-BN-ReLU.", ["conv"]),
        ("BN and ReLU are omitted for brevity.", ["conv", "dense"]),
    ],
)
def test_what_a_caption_defines_stands_behind_each(said: str, kinds: list[str]) -> None:
    found = behind_all(said)
    assert {post for each in found for post in each.posts} == {"bn", "relu"}
    assert {kind for each in found for kind in each.kinds} & {"conv", "dense"} == {*kinds}
    assert not behind_all("conv5 is followed by ReLU.")


def test_what_a_caption_names_and_no_layer_has_is_asked_about() -> None:
    layers = [Reading("conv", posts=("relu",)), Reading("dense")]
    assert unplaced("The network with batch normalization.", layers) == ["bn"]
    assert unplaced("The network without batch normalization.", layers) == []
    report = Report()
    table = "| Layer | Kernel | Filters |\n|---|---|---|\n| conv1 | 3x3 | 8 |\n| conv2 | 3x3 | 4 |\n| FC | | 10 |\n"
    model_of(f"The network with layer normalization.\n\n{table}", report=report)
    assert any("'ln' is said beside the table" in each.message for each in report)


def test_layers_under_the_header_of_networks_are_one() -> None:
    table = "| Network | Output |\n|---|---|\n| Input | (8, 8, 1) |\n| Conv2d 3x3, 4, pad 1 | (8, 8, 4) |\n"
    graph = model_of(f"{table}| ReLU | (8, 8, 4) |\n| Linear 2 | (2,) |\n")
    assert [type(node.layer).__name__ for node in graph.nodes][:2] == ["Conv2D", "ReLU"]


def test_a_sign_of_multiplication_heads_how_often_a_layer_comes() -> None:
    table = "| Layer | K | × | C | P |\n|---|---|---|---|---|\n| Input | | | 3 | |\n"
    table += "| conv1 | 3 | 1 | 8 | 1 |\n| conv2 | 3 | 2 | 16 | 0 |\n"
    graph = model_of(f"{table}| | | | | |\n| FC | | | 10 | |\n")
    found = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert [(each.filters, each.pad[0]) for each in found] == [(8, (1, 1)), (16, (0, 0)), (16, (0, 0))]
    assert not any("..." in node.name for node in graph.nodes)


def test_lengths_behind_an_open_batch_are_no_three_sizes() -> None:
    table = "| Type | Specification | Shape |\n|---|---|---|\n| Conv1d | f: 8, k: 3, p: 1 | (-1, 8, 256) |\n"
    table += "| MaxPool1d | k: 2, s: 2 | (-1, 8, 128) |\n| Conv1d | f: 16, k: 3, p: 1 | (-1, 16, 128) |\n"
    report = Report()
    graph = model_of(f"{table}| Linear | 4 | (-1, 4) |\n", report=report)
    assert graph.inputs[0].shape == (None, 1, 256)
    assert not any("is printed" in each.message for each in report)


def test_how_much_is_dropped_under_a_short_header() -> None:
    table = "| Layer | Filters/Units | Drop | Dimensions |\n|---|---|---|---|\n| Input | | - | 64 |\n"
    table += "| Dense (ReLU) | 32 | 0.2 | 32 |\n| Dense | 8 | - | 8 |\n"
    assert [type(node.layer).__name__ for node in model_of(table).nodes] == ["Dense", "ReLU", "Dropout", "Dense"]


def test_a_third_size_of_a_window_with_filters_behind_it_is_what_comes_in() -> None:
    (found,) = read_cell("Conv 1x1x16, 32 kernels, ReLU")
    assert (found.params["in_channels"], found.params["filters"]) == (16, 32)
    assert read_cell("Conv 3x3x64, 2")[0].params["filters"] == 64


@pytest.mark.parametrize("said", ["TLU", "SReLU", "hard tanh", "snake"])
def test_activations_that_are_not_known_are_not_lost(said: str) -> None:
    assert read_cell(f"Conv 3x3, 8, {said}")[0].unclear
    assert not read_cell("Conv 3x3, 8, PReLU")[0].unclear


def test_kernels_of_volumes_by_sizes_and_numbers_of_parameters() -> None:
    table = "| Layer (type) | Output Shape | Param # |\n|---|---|---|\n| input_1 (InputLayer) | (9, 9, 12, 1) | 0 |\n"
    table += "| conv3d_1 (Conv3D) | (7, 7, 6, 8) | 512 |\n| elu (ELU) | (7, 7, 6, 8) | 0 |\n"
    table += "| conv3d_2 (Conv3D) | (5, 5, 2, 4) | 1444 |\n"
    table += (
        "| re_lu_1 (ReLU) | (5, 5, 2, 4) | 0 |\n| flatten_1 (Flatten) | (200) | 0 |\n| dense_1 (Dense) | (3) | 603 |\n"
    )
    report = Report()
    graph = model_of(table, report=report)
    found = [node.layer.kernel for node in graph.nodes if isinstance(node.layer, L.Conv3D)]
    assert found == [(3, 3, 7), (3, 3, 5)]
    assert not questions(report)


def test_channels_of_a_volume_in_a_column_of_theirs() -> None:
    table = "| Layer | Kernel | Channels | Output |\n|---|---|---|---|\n| Input | - | 1 | 16x16x16 |\n"
    table += "| Conv1 | 3x3x3 | 8 | 16x16x16 |\n| Conv2 | 3x3x3 | 16 | 16x16x16 |\n"
    assert model_of(table).inputs[0].shape == (None, 1, 16, 16, 16)
