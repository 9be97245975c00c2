"""What would be lost without a word: convolutions of kinds of their own, settings that a layer cannot have."""

from __future__ import annotations

import pytest

from extract.columns.grids import plain_grid
from extract.tables.layouts import designs_of
from ir import Report
from ir import layers as L
from tests.pdf_pages import rows
from tests.questions import questions
from tests.test_extract_families import model_of
from tests.test_extract_tables import model, page

HEAD = "| Layer | Kernel | Stride | Filters | SE |\n|---|---|---|---|---|\n| Input | | | 32x32x3 | |\n"


def asked(table: str) -> tuple[list[str], list[str]]:
    """Return the kinds of layers that a table is taken for, and what is asked of it."""
    report = Report()
    graph = model_of(table, report=report)
    kinds = [type(node.layer).__name__ for node in graph.nodes]
    return kinds, questions(report)


@pytest.mark.parametrize(
    "name",
    [
        "PConv",
        "Gated convolution",
        "Octave conv",
        "CondConv",
        "Steerable 2D conv",
        "ConvLSTM",
        "Conv block",
        "GeM pooling",
    ],
)
def test_a_convolution_of_a_kind_of_its_own_is_asked_about(name: str) -> None:
    _, questions = asked(f"{HEAD}| {name} | 3x3 | 1 | 16 | |\n| FC | | | 10 | |\n")
    assert [each for each in questions if name in each]


@pytest.mark.parametrize("name", ["Conv", "Initial conv", "Strided convolution", "ReLUConv", "Stem conv", "conv2d_1"])
def test_what_says_where_a_convolution_is_leaves_it_plain(name: str) -> None:
    kinds, questions = asked(f"{HEAD}| {name} | 3x3 | 1 | 16 | |\n| FC | | | 10 | |\n")
    assert kinds[0] == "Conv2D"
    assert not questions


@pytest.mark.parametrize("name", ["Fractionally-strided convolution", "FCONV", "FS-Conv", "Frac. strided conv"])
def test_a_fractional_stride_makes_images_larger(name: str) -> None:
    kinds, _ = asked(f"{HEAD}| {name} | 4x4 | 2 | 16 | |\n| Conv | 3x3 | 1 | 3 | |\n")
    assert kinds[0] == "Conv2DTranspose"


def test_a_squeeze_and_excitation_between_both_parts_of_a_separable_convolution() -> None:
    kinds, _ = asked(f"{HEAD}| DepthSepConv | 3x3 | 2 | 16 | ✓ |\n| FC | | | 10 | - |\n")
    assert kinds[:2] == ["Conv2D", "GlobalAvgPool2D"]
    assert kinds.index("ScaleBy") < len(kinds) - 1 - kinds[::-1].index("Conv2D")


@pytest.mark.parametrize(
    ("row", "wanted"),
    [("| ReLU | | 2 | | |", "stride"), ("| Conv | 3x3 | 1 | 16 | ✓ |", "squeeze-and-excitation")],
)
def test_what_a_layer_of_its_kind_cannot_have_is_asked_about(row: str, wanted: str) -> None:
    _, questions = asked(f"{HEAD}| Conv | 3x3 | 1 | 8 | - |\n{row}\n| FC | | | 10 | |\n")
    assert [each for each in questions if wanted in each]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("conv2, 3", 2), ("Conv 2 – 4", 3), ("conv2_1, conv2_2", 2), ("Conv2 and 3", 2), ("conv2-2", 1), ("conv2, 64", 1)],
)
def test_a_name_may_count_several_layers(name: str, wanted: int) -> None:
    kinds, _ = asked(f"{HEAD}| conv1 | 3x3 | 1 | 16 | |\n| {name} | 3x3 | 1 | 16 | |\n| FC | | | 10 | |\n")
    assert kinds.count("Conv2D") == 1 + wanted


def test_a_size_in_a_list_with_a_stride_is_that_of_the_window() -> None:
    head = "| Type | Kernel [size, stride] | Out channels |\n|---|---|---|\n| Input | | 32x32x3 |\n"
    table = f"{head}| conv | [3, 1] | 16 |\n| max pool | [(2, 1), (2, 1)] | |\n| conv | [5, 2] | 8 |\n"
    graph = model_of(table)
    first, pool, last = (node.layer for node in graph.nodes)
    assert isinstance(first, L.Conv2D)
    assert isinstance(pool, L.MaxPool2D)
    assert isinstance(last, L.Conv2D)
    assert (first.kernel, first.stride, last.kernel, last.stride) == ((3, 3), (1, 1), (5, 5), (2, 2))
    assert (pool.kernel, pool.stride) == ((2, 1), (2, 1))


def test_lines_between_two_rules_are_rows_where_each_has_the_name_of_a_layer() -> None:
    head = [("Layer", "Size", "Stride", "Filters", "Output")]
    cells = [
        *(("conv1", "3x3", "1", "16", ""), ("conv2", "3x3", "2", "32", ""), ("pool2", "2x2", "2", "", "8 x 8")),
        *(("conv3", "3x3", "1", "64", ""), ("pool3", "2x2", "2", "", "4 x 4"), ("fc4", "", "", "10", "10")),
    ]
    table = rows(170, (80, 160, 240, 320, 400), [*head, *cells])
    rules = [(y, 70.0, 460.0) for y in (160.0, 173.0, 209.0, 233.0, 247.0)]
    graph, _ = model(page("Table 1: The network takes 32 x 32 x 3 images.", table, rules))
    kinds = [type(node.layer).__name__ for node in graph.nodes]
    assert kinds[:5] == ["Conv2D", "Conv2D", "MaxPool2D", "Conv2D", "MaxPool2D"]


def test_numbers_that_go_in_and_out_beside_windows_are_channels() -> None:
    rows_of = "".join(
        f"| CONV | {kw} | {dw} | {a} | {b} |\n" for kw, dw, a, b in ((25, 2, 1, 16), (7, 1, 16, 16), (1, 1, 16, 5))
    )
    head = "Layers are 1D convolutions.\n\n| Layer | kw | dw | Input dim. | Output dim. |\n|---|---|---|---|---|\n"
    made = [node.layer for node in model_of(head + rows_of).nodes]
    assert [(each.filters, each.kernel, each.stride) for each in made if isinstance(each, L.Conv1D)] == [
        (16, (25,), (2,)),
        (16, (7,), (1,)),
        (5, (1,), (1,)),
    ]


def test_a_normalisation_of_no_kind_is_asked_about() -> None:
    _, questions = asked(f"{HEAD}| Normalization | | | | |\n| Conv | 3x3 | 1 | 16 | |\n| FC | | | 10 | |\n")
    assert [each for each in questions if "Normalization" in each]


def test_a_softmax_of_other_ways_than_come_in_has_a_dense_in_front() -> None:
    table = f"{HEAD}| Conv | 3x3 | 1 | 16 | |\n| Flatten | | | | |\n| Softmax | | | 5 | |\n"
    assert asked(table) == (["Conv2D", "Flatten", "Dense", "Softmax"], [])
    kinds, _ = asked(table.replace("| Softmax", "| FC | | | 5 | |\n| Softmax"))
    assert kinds == ["Conv2D", "Flatten", "Dense", "Softmax"]


def test_an_even_window_along_a_signal_keeps_its_length() -> None:
    rows_of = "| Conv1D | 8 / 1 | 16 | 62×16 |\n| Conv1D | 4 / 2 | 16 | 31×16 |\n"
    table = f"| Layer | Kernel / stride | Channels | Output |\n|---|---|---|---|\n| Input | | | 62×1 |\n{rows_of}"
    report = Report()
    made = [node.layer for node in model_of(table, report=report).nodes]
    assert [(each.kernel, each.stride) for each in made if isinstance(each, L.Conv1D)] == [((8,), (1,)), ((4,), (2,))]
    assert not [each for each in report if "is printed" in each.message]


def test_a_part_of_a_net_is_called_as_a_layer() -> None:
    table = "| Block | Layers | Output size |\n|---|---|---|\n| Input | - | 32×32×1 |\n"
    table += (
        "| Block 1 | Conv 3×3, 8 | 32×32×8 |\n|  | MaxPool 2×2 | 16×16×8 |\n| Bottleneck | Conv 3×3, 16 | 16×16×16 |\n"
    )
    kinds, _ = asked(table)
    assert [each for each in kinds if each != "ReLU"] == ["Conv2D", "MaxPool2D", "Conv2D"]


def test_cells_of_one_width_below_each_other_are_no_running_text() -> None:
    layers = [(f"4x4 deconv, {each}, stride 2, BN", f"4x4 conv, {each}, stride 2, BN") for each in (512, 256, 128)]
    table = rows(170, (110, 320), [("Generator", "Discriminator"), *layers], step=11)
    _, found = model(page("Table 1: The generator and the discriminator for 64 x 64 images.", table), "Discriminator")
    assert not [each for each in found if each.severity == "error"]


def test_a_mode_is_the_border_of_a_window() -> None:
    table = "| Layer | # filters | size | Options |\n|---|---|---|---|\n| Input | | 1×28×28 | |\n"
    graph = model_of(f"{table}| Conv2D | 8 | (5, 5) | mode = same, max norm = 2 |\n| Dense | 5 | | |\n")
    layer = graph.nodes[0].layer
    assert isinstance(layer, L.Conv2D)
    assert layer.shape((None, 1, 28, 28)) == (None, 8, 28, 28)


def test_networks_whose_nodes_are_counted_are_no_layers() -> None:
    head = ["Dataset", "Type", "Nodes", "Edges", "Classes"]
    lines = [
        ["Papers", "Citation network", "3,327", "4,732", "6"],
        ["Facts", "Knowledge graph", "65,755", "266,144", "210"],
    ]
    grid = plain_grid([head, *lines, ["More", "Citation network", "19,717", "44,338", "3"]])
    assert not designs_of(grid, "Dataset statistics.")
