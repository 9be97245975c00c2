"""Forms of tables that were lost, or read as something else: calls, volumes, channels in front, letters for layers."""

from __future__ import annotations

import pytest

from extract.words.cells import read_cell
from ir import Report
from ir import layers as L
from tests.pdf_pages import rows
from tests.test_extract_families import model_of
from tests.test_extract_tables import model, page

HEAD = "| Layer | Kernel | Stride | Filters |\n|---|---|---|---|\n| Input | | | 32x32x3 |\n"


def kinds(table: str, report: Report | None = None) -> list[str]:
    """Return the kinds of the layers that a table is taken for."""
    return [type(node.layer).__name__ for node in model_of(table, report=report or Report()).nodes]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Conv(1, 32, 5)", {"in_channels": 1, "filters": 32, "kernel": (5, 5)}),
        ("Conv(16, 32, 3, 2)", {"in_channels": 16, "filters": 32, "kernel": (3, 3), "stride": (2, 2)}),
        ("Conv(32, 3, 2)", {"filters": 32, "kernel": (3, 3), "stride": (2, 2)}),
        ("Conv2D(32, 3, 2)", {"unpadded": True, "filters": 32, "kernel": (3, 3), "stride": (2, 2)}),
        ("Conv2D(32, 3, 3)", {"unpadded": True, "filters": 32, "kernel": (3, 3)}),
        ("inverted residual 5x5", {"kernel": (5, 5)}),
        ("Conv 32x4x4 (stride 2). ReLU.", {"filters": 32, "kernel": (4, 4), "stride": (2, 2)}),
        ("Conv 3x3 (stride 2), 64", {"filters": 64, "kernel": (3, 3), "stride": (2, 2)}),
        ("Conv 3x3 (64 filters)", {"filters": 64, "kernel": (3, 3)}),
        ("ResBlock up 256", {"filters": 256}),
    ],
)
def test_numbers_in_brackets_by_how_large_they_are(said: str, wanted: dict[str, object]) -> None:
    assert read_cell(said)[0].params == wanted


@pytest.mark.parametrize("name", ["Depth-wise convolution", "Depthwise conv", "Depth-wise separable convolution"])
def test_what_is_depth_wise_is_a_row(name: str) -> None:
    found = kinds(f"{HEAD}| {name} | 3x3 | 2 | 3 |\n| FC | | | 10 |\n")
    assert found.count("Conv2D") == 1 + ("separable" in name)


def test_letters_that_the_caption_says_stand_for_layers() -> None:
    said = "DS: depthwise separa- ble convolution; MX denotes a max pooling."
    table = f"Table 1: The network. {said}\n\n{HEAD}| DS 3x3 | | 1 | 16 |\n| MX | 2x2 | 2 | |\n| FC | | | 10 |\n"
    assert kinds(table) == ["Conv2D", "Conv2D", "MaxPool2D", "Flatten", "Dense"]


def test_windows_and_sizes_of_volumes() -> None:
    caption = "Table 1: The 3D CNN. All convolutions are 3×3×3 with stride 1 and padding 1."
    head = "| layer | output channels | output size (T×H×W) |\n|---|---|---|\n"
    rows = "| conv1a | 8 | 16×28×28 |\n| pool1 (1×2×2) | - | 16×14×14 |\n| conv2a | 16 | 16×14×14 |\n"
    report = Report()
    graph = model_of(f"{caption}\n\n{head}{rows}| fc3 | 10 | - |\n", report=report)
    first, second = (node.layer for node in graph.nodes if isinstance(node.layer, L.Conv3D))
    assert (first.kernel, first.filters, second.filters) == ((3, 3, 3), 8, 16)
    assert graph.inputs[0].shape == (None, 3, 16, 28, 28)
    assert not [each for each in report if "is printed" in each.message]


def test_an_input_with_its_channels_in_front_alone() -> None:
    rows = "| Input: 1×48×32 |\n| 3×3 conv, 8, ReLU |\n| 2×2 max pool |\n| 3×3 conv, 16, ReLU |\n| FC 10 |\n"
    graph = model_of(f"| Network |\n|---|\n{rows}")
    assert graph.inputs[0].shape == (None, 1, 48, 32)


def test_borders_have_values_and_transposed_convolutions_a_letter() -> None:
    table = HEAD.replace("Filters |\n|---", "Filters | Padding Value |\n|---|---").replace("32x32x3 |", "32x32x3 | |")
    graph = model_of(f"{table}| Conv | 5x5 | 1 | 8 | 2x2 |\n| TConv | 4x4 | 2 | 4 | 1x1 |\n")
    first, second = (node.layer for node in graph.nodes)
    assert isinstance(first, L.Conv2D)
    assert first.pad == ((2, 2), (2, 2))
    assert isinstance(second, L.Conv2DTranspose)


def test_a_window_of_four_sizes_over_a_volume() -> None:
    head = "The 3D CNN.\n\n| Layer | Kernel size | Output |\n|---|---|---|\n| Input | - | (N, 3, 16, 16, 16) |\n"
    graph = model_of(f"{head}| Conv | 5×5×5×8 | (N, 8, 16, 16, 16) |\n| FC | 2 | (N, 2) |\n")
    layer = graph.nodes[0].layer
    assert isinstance(layer, L.Conv3D)
    assert (layer.kernel, layer.filters) == ((5, 5, 5), 8)


NETWORKS = [
    ("Actor", "Input", "24", "-"),
    ("", "Hidden 1", "40", "ReLU"),
    ("", "Hidden 2", "30", "ReLU"),
    ("", "Output", "4", "tanh"),
    ("Critic", "Input", "28", "-"),
    ("", "Hidden 1", "50", "ReLU"),
    ("", "Output", "1", "linear"),
]


def test_networks_beside_their_names() -> None:
    head = ("Network", "Layer", "Number of neurons", "Activation")
    lines = "".join(f"| {' | '.join(each)} |\n" for each in (head, ("---",) * 4, *NETWORKS))
    actor, critic = (model_of(lines, variant=name) for name in ("Actor", "Critic"))
    assert (actor.inputs[0].shape, len(actor.nodes)) == ((None, 24), 6)
    assert (critic.inputs[0].shape, len(critic.nodes)) == ((None, 28), 3)


def test_networks_around_their_names() -> None:
    cells = [("", *each[1:]) for each in NETWORKS]
    table = [*rows(170, (80, 160, 260, 380), [("Network", "Layer", "Number of neurons", "Activation")])]
    table += [*rows(182, (80, 160, 260, 380), cells), (80, 200, "Actor"), (80, 242, "Critic")]
    graph, _ = model(page("Table 1: Structure of the networks.", table), "Critic")
    assert (graph.inputs[0].shape, len(graph.nodes)) == ((None, 28), 3)


def test_an_input_between_layers_is_asked_about() -> None:
    report = Report()
    lines = "".join(f"| {' | '.join(each[1:])} |\n" for each in (NETWORKS[0], ("", *("---",) * 3), *NETWORKS))
    model_of(f"| Layer | Number of neurons | Activation |\n{lines.partition(chr(10))[2]}", report=report)
    assert [each for each in report if each.code == "question" and "another net" in each.message]


def test_blocks_that_go_up_make_images_larger() -> None:
    rows_of = ("dense, 4×4×64", "ResBlock up 32", "ResBlock up 32", "BN, ReLU, 3×3 conv, 3, Tanh")
    graph = model_of("\n".join(("| z ∈ R^16 |", "|---|", *(f"| {each} |" for each in rows_of))))
    assert [each.layer.scale for each in graph.nodes if isinstance(each.layer, L.Upsample2D)] == [(2, 2), (2, 2)]


def test_images_of_a_data_set_and_borders_by_what_comes_into_a_dense() -> None:
    cells = [
        "| Conv(1, 32, 5) | Conv(3, 64, 5) |",
        "| MaxPool(2) | MaxPool(2) |",
        "| Conv(32, 64, 5) | Conv(64, 128, 5) |",
    ]
    more = ["| MaxPool(2) | MaxPool(2) |", "| Linear(1024, 10) | Linear(3200, 10) |"]
    table = "\n".join(["Networks for both.", "", "| MNIST | SVHN |", "|---|---|", *cells, *more])
    for name, shape in (("MNIST", (None, 1, 28, 28)), ("SVHN", (None, 3, 32, 32))):
        report = Report()
        graph = model_of(table, variant=name, report=report)
        assert graph.inputs[0].shape == shape
        assert not [each for each in report if "come in" in each.message]


def test_layers_take_what_their_row_names() -> None:
    head = "| layer | k | s | chns | input |\n|---|---|---|---|---|\n"
    rows_of = (
        *("conv1 | 3 | 2 | 3/8 | image", "conv2 | 3 | 2 | 8/16 | conv1", "upconv2 | 4 | 2 | 16/8 | conv2"),
        *("iconv2 | 3 | 1 | 16/8 | upconv2+conv1", "side1 conv | 3 | 1 | 8/1 | conv1", "conv3 | 3 | 1 | 8/4 | iconv2"),
    )
    table = head + "".join(f"| {each} |\n" for each in rows_of)
    graph = model_of(f"The input is 32×32×3.\n\n{table}")
    joined = next(node for node in graph.nodes if isinstance(node.layer, L.Concat))
    made = {node.name: node for node in graph.nodes}
    assert [type(made[each.node].layer).__name__ for each in joined.inputs] == ["Conv2DTranspose", "Conv2D"]
    assert len(graph.outputs) == 2


def test_tables_below_each_other_with_the_same_headers() -> None:
    head = "Layer | Kernel | Stride | Output | Activation"
    first = (
        "Linear | - | - | 4×4×64 | ReLU",
        "Deconv | 5×5 | 2 | 8×8×32 | BN, ReLU",
        "Deconv | 5×5 | 2 | 16×16×3 | Tanh",
    )
    second = ("Conv | 5×5 | 2 | 8×8×32 | LReLU", "Conv | 5×5 | 2 | 4×4×64 | LReLU", "Linear | - | - | 1 | Sigmoid")
    lines = ["Generator | | | |", "---|---|---|---|---", head, *first, "Discriminator | | | |", head, *second]
    table = "".join(f"| {each} |\n" for each in lines)
    assert type(model_of(table, variant="Discriminator").nodes[0].layer).__name__ == "Conv2D"
    assert type(model_of(table, variant="Generator").nodes[-1].layer).__name__ == "Tanh"


def test_neurons_and_channels_of_a_signal() -> None:
    head = "| Type | Number of neurons (output layer) | Kernel size for each output feature map | Stride |\n"
    head += "|---|---|---|---|\n"
    rows_of = ("Convolution | 58 × 5 | 3 | 1", "Max-pooling | 29 × 5 | 2 | 2", "Convolution | 26 × 10 | 4 | 1",
               "Max-pooling | 13 × 10 | 2 | 2", "Fully-connected | 4 | - | -")  # fmt: skip
    graph = model_of(head + "".join(f"| {each} |\n" for each in rows_of))
    made = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv1D)]
    assert [(each.filters, each.kernel) for each in made] == [(5, (3,)), (10, (4,))]
    assert graph.inputs[0].shape == (None, 1, 60)


def test_blocks_in_a_list_are_as_many_as_are_named() -> None:
    assert [each.kind for each in read_cell("Conv 3x3, ResBlock, ResBlock")] == ["conv", "resblock", "resblock"]
