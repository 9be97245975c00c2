"""Tables in new combinations of forms that are each known: sizes in brackets, calls, captions, columns of any name."""

from __future__ import annotations

from typing import Any

import pytest

from extract.designs.told import behind_all
from extract.designs.told_inputs import taken_in
from extract.words.cells import read_attributes, read_cell
from extract.words.spellings import normalized
from ir import Report
from ir import layers as L
from tests.questions import questions
from tests.test_extract_families import conv, learned, model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import dense, table


@pytest.mark.parametrize(
    "text",
    [
        "(3, 3), 64, stride 2, pad 1",
        "64 filters, (3,3), stride (2, 2), 1 padding",
        "64 (3, 3) filters, stride 2, padding 1",
        "64@(3, 3), stride 2x2, 1 pad",
        "(3, 3)/2, 64, pad 1",
        "(3, 3)×64, stride 2, padding 1",
        "3×3 kernel, 64 channels, stride 2, padding 1",
        "64 filters, 3 × 3 kernel, Stride (2, 2), Padding 1",
        "32 → 64, [3, 3], stride 2, padding 1",
    ],
)
def test_orders_in_which_sizes_are_said(text: str) -> None:
    wanted = {"kernel": (3, 3), "filters": 64, "stride": (2, 2), "pad": 1}
    assert wanted.items() <= read_attributes(text, "conv").items()
    (found,) = read_cell(f"Conv2D {text}")
    assert wanted.items() <= found.params.items()


@pytest.mark.parametrize(
    ("text", "kind", "params"),
    [
        ("ConvTranspose2d(32, 16, 4, 2, 1) + BatchNorm2d", "deconv", {"filters": 16, "kernel": (4, 4), "pad": 1}),
        ("Conv2DTranspose(8, (4, 4), strides=2, padding='same')", "deconv", {"filters": 8, "pad": "same"}),
        ("Conv2d ((5, 5), 32, pad 0)", "conv", {"kernel": (5, 5), "filters": 32, "pad": 0}),
        ("Linear (100)", "dense", {"units": 100}),
        ("GRU(64)", "gru", {"units": 64}),
        ("Embedding 5000 × 100", "embedding", {"vocabulary": 5000, "units": 100}),
        ("Input (200)", "input", {"output": (200,)}),
        ("dwconv2 3×3", "dwconv", {"kernel": (3, 3)}),
    ],
)
def test_what_a_cell_says(text: str, kind: str, params: dict[str, Any]) -> None:
    (found,) = read_cell(text)
    assert found.kind == kind
    assert params.items() <= found.params.items()


def test_commas_between_thousands() -> None:
    said = ("1 x 1 x 1,000", "2,048 × 1", "64 × 2,048", "8,192 neurons", "3×3,256", "(32,128)", "conv 3x3x3,128")
    plain = ["1 × 1 × 1000", "2048 × 1", "64 × 2048", "8192 neurons", "3×3,256", "(32,128)", "conv 3×3×3,128"]
    assert [normalized(each) for each in said] == plain


@pytest.mark.parametrize(
    ("said", "posts", "kinds", "hidden"),
    [
        ("BN and ReLU are applied after every convolutional layer.", ("bn", "relu"), {"conv", "deconv"}, False),
        ("Each conv and FC layer but the last is followed by tanh.", ("tanh",), {"conv", "dense"}, True),
        ("All hidden layers use ELU activations.", ("elu",), {"conv", "dense"}, True),
    ],
)
def test_what_captions_say_of_all_layers(said: str, posts: tuple[str, ...], kinds: set[str], hidden: bool) -> None:
    (found,) = behind_all(f"Details of the net. {said} The slope of the leaky ReLU is 0.2.")
    assert (found.posts, found.hidden) == (posts, hidden)
    assert kinds <= {*found.kinds}


def test_what_captions_say_of_other_layers() -> None:
    assert not behind_all("The last layer uses a sigmoid. No batch normalization is used in any layer.")
    assert not behind_all("All layers of the generator use ReLU.", "Discriminator")


def test_what_captions_say_that_comes_in() -> None:
    said = (
        "The input size is 32x32x3.",
        "The net takes (28, 28, 1) images",
        "A vector of 3x3 filters",
        "for 64×64 inputs",
    )
    assert [taken_in(each) for each in said] == [(32, 32, 3), (28, 28, 1), (), (64, 64)]


LINES = ("Conv2d | 8@5x5, padding 2", "MaxPool2d | 2x2, stride 2", "Linear | 16", "Linear + Softmax | 10")


def test_a_caption_says_what_comes_in_and_what_follows() -> None:
    said = "A net. The input is of size 16 x 16 x 1. Each convolution is followed by BN and ELU."
    report = Report()
    graph = model_of(f"{said}\n\n{table('Layer | Configuration', *LINES)}", report=report)
    assert graph.inputs[0].shape == (None, 1, 16, 16)
    assert kinds(graph) == ["Conv2D", "BatchNorm", "ELU", "MaxPool2D", "Flatten", "Dense", "Dense", "Softmax"]
    assert not questions(report)


def test_columns_whose_headers_say_nothing_here() -> None:
    lines = (
        "Conv | 1 | 8 | 5 | 12×12×8",
        "Conv | 2 | 16 | 3 | 5×5×16",
        "Conv | 1 | 24 | 3 | 3×3×24",
        "FC | | 10 | | 10",
    )
    graph = model_of(table("Layer | Hop | Breadth | Kernel size | Extent", "Input | | | | 16×16×3", *lines))
    assert learned(graph) == conv(5, 3, 8) + conv(3, 8, 16) + conv(3, 16, 24) + dense(216, 10)


def test_names_count_layers_and_another_column_says_their_kind() -> None:
    lines = ("conv1 | Conv 3×3, 8 | 8×8×8", "relu6 | ReLU | 8×8×8", "pool1 | AvgPool2d 2×2 | 4×4×8", "bn1 | BN | 4×4×8")
    graph = model_of(table("Layer | Layer description | Output", "Input | | 8×8×3", *lines, "fc7 | FC 5 | 5"))
    assert kinds(graph) == ["Conv2D", "ReLU", "AvgPool2D", "BatchNorm", "Flatten", "Dense"]
    assert next(each.layer.maximum for each in graph.nodes if isinstance(each.layer, L.ReLU)) is None


def test_layers_side_by_side_with_what_is_said_of_them_below() -> None:
    text = table("Name | conv1_1 | conv2_1 | flatten1 | fc1", "Window | 3×3 | 3×3 | - | -", "Filters | 8 | 16 | - | 10",
                 "Step | 2 | 2 | - | -", "Input | 16×16×1 | 8×8×8 | 4×4×16 | 256")  # fmt: skip
    graph = model_of(text)
    assert learned(graph) == conv(3, 1, 8) + conv(3, 8, 16) + dense(256, 10)


def test_an_activation_stands_behind_the_layer_that_learns() -> None:
    lines = ("Conv2D + MaxPool2D | 8 | 3×3 | ReLU | 8×8×8", "Conv2D + MaxPool2D | 16 | 3×3 | ReLU | 4×4×16")
    graph = model_of(table("Type | Filters | Kernel | Activation | Output", "Input | | | | 16×16×3", *lines))
    assert kinds(graph) == ["Conv2D", "ReLU", "MaxPool2D"] * 2


def test_networks_below_each_other_with_capitals() -> None:
    lines = (
        "Generator | | ",
        "Input | | 64",
        "FC | 8192 | 8,192",
        "Discriminator | |",
        "Input | | 8×8×1",
        "Conv | 4 | 8×8×4",
    )
    text = table("Layer | Filters | Output", *lines, "FC | 1 | 1")
    assert learned(model_of(text, variant="Generator")) == dense(64, 8192)


def test_rows_of_a_text_that_are_of_all_designs() -> None:
    lines = (
        "input (16x16 RGB image) | ",
        "3×3 conv, 8 | 3×3 conv, 8",
        "1×1 conv, 8 | ",
        "maxpool | ",
        "3×3 conv, 16 | 3×3 conv, 16",
        "FC-10 | ",
    )
    graph = model_of(table("Small | Large", *lines), variant="Large")
    assert graph.inputs[0].shape == (None, 3, 16, 16)
    assert kinds(graph) == ["Conv2D", "MaxPool2D", "Conv2D", "Flatten", "Dense"]


def test_signs_of_latex() -> None:
    text = r"""
\caption{A net for 8$\times$8$\times$1 images.}
\begin{tabular}{llll}
Layer & Filter shape & BN & Activation \\
Conv & 3$\times$3, 4 & \checkmark & ReLU \\
Conv & 3$\times$3, 4 & \xmark & ReLU \\
FC & 2 & -- & -- \\
\end{tabular}
"""
    graph = model_of(text, ".tex")
    assert graph.inputs[0].shape == (None, 1, 8, 8)
    assert kinds(graph) == ["Conv2D", "BatchNorm", "ReLU", "Conv2D", "ReLU", "Flatten", "Dense"]
