"""Tables as other papers print them: sizes beside each other, columns that say two things, titles of two columns."""

from __future__ import annotations

from typing import Any

import pytest

from extract.words.cells import read_cell
from extract.words.lexicon import kind_of, posts_of
from ir import Report
from ir import layers as L
from ir.validate import infer
from tests.pdf_pages import rows
from tests.test_extract_families import conv, learned, model_of
from tests.test_extract_tables import kinds, model, page, parameters


def dense(before: int, units: int) -> int:
    """Return the parameters of a Dense."""
    return (before + 1) * units


def table(head: str, *lines: str) -> str:
    """Return a table in Markdown."""
    return f"| {head} |\n{'|---' * (head.count('|') + 1)}|\n" + "".join(f"| {line} |\n" for line in lines)


@pytest.mark.parametrize(
    ("text", "kind", "params"),
    [
        ("41×1, stride=4 groups=16 conv 256", "conv", {"kernel": (41, 1), "filters": 256, "groups": 16}),
        ("conv, kernel size = (3, 5), strides = (2, 1)", "conv", {"kernel": (3, 5), "stride": (2, 1)}),
        ("max pooling, pool size = (2, 2)", "maxpool", {"kernel": (2, 2)}),
        ("5×5 Conv(pad-2, stride-2)-32-BN-ReLU", "conv", {"stride": (2, 2), "pad": 2, "filters": 32}),
        ("Layer 3 Conv. 3×3, 16", "conv", {"filters": 16, "kernel": (3, 3)}),
        ("FC 2×10", "dense", {"units": 20}),
        ("FC 128×10", "dense", {"units": 10}),
        ("3×3 conv, 64, ×5", "conv", {"filters": 64}),
    ],
)
def test_what_a_cell_says(text: str, kind: str, params: dict[str, Any]) -> None:
    (found,) = read_cell(text)
    assert found.kind == kind
    assert params.items() <= found.params.items()
    assert found.times == (5 if text.endswith("×5") else 1)


def test_names_with_numbers() -> None:
    assert [kind_of(each) for each in ("mpool1", "apool6", "drop1")] == ["maxpool", "avgpool", "dropout"]
    assert posts_of("relu1_2") == ["relu"]
    assert posts_of("max norm = 0.25") == []


def test_a_unit_within_a_block_that_says_nothing_here() -> None:
    (block,) = read_cell("[1×1, 128; SK[M=2, G=32, r=16], 128; 1×1, 256] × 3")
    assert [each.kind for each in block.block] == ["conv", "SK", "conv"]
    assert (block.times, block.block[1].params) == (3, {"M": 2, "G": 32, "r": 16, "filters": 128})


CW = table(
    "Layer Type | MNIST Model | CIFAR Model",
    *("Convolution + ReLU | 3×3×8 | 3×3×16", "Max Pooling | 2×2 | 2×2", "Convolution + ReLU | 3×3×8 | 3×3×32"),
    *("Fully Connected + ReLU | 20 | 30", "Softmax | 10 | 10"),
)
MAGNET = r"""
\begin{tabular}{ll|ll}
\multicolumn{2}{c|}{Detector I} & \multicolumn{2}{c}{Detector II} \\ \hline
Conv.Sigmoid & 3$\times$3$\times$3 & Conv.Sigmoid & 3$\times$3$\times$5 \\
AveragePooling & 2$\times$2 & Conv.Sigmoid & 3$\times$3$\times$1 \\
Conv.Sigmoid & 3$\times$3$\times$1 & Conv.Sigmoid & 3$\times$3$\times$1 \\
Upsampling & 2$\times$2 & & \\
Conv.Sigmoid & 3$\times$3$\times$1 & & \\
\end{tabular}
"""


@pytest.mark.parametrize(
    ("text", "suffix", "variant", "wanted"),
    [
        (CW, ".md", "CIFAR Model", [(3, 16), (3, 32), 30, 10]),
        (CW, ".md", "MNIST Model", [(3, 8), (3, 8), 20, 10]),
        (MAGNET, ".tex", "Detector I", [(3, 3), (3, 1), (3, 1)]),
        (MAGNET, ".tex", "Detector II", [(3, 5), (3, 1), (3, 1)]),
    ],
)
def test_sizes_beside_each_other(text: str, suffix: str, variant: str, wanted: list[Any]) -> None:
    layers = [node.layer for node in model_of(text, suffix, variant).nodes]
    found = [(each.kernel[0], each.filters) if isinstance(each, L.Conv2D) else each.units for each in layers
             if isinstance(each, L.Conv2D | L.Dense)]  # fmt: skip
    assert found == wanted


def test_columns_that_say_two_things() -> None:
    text = table(
        "Layer Type | Kernel Size/Stride | Kernel Number | Output Size",
        *("Input | | | 8×32×1", "Convolution1 | 5 × 1/2 × 1 | 16 | 4×32×16", "Pooling1 | 2 × 1/2 × 1 | 16 | 2×32×16"),
        *("Fully-connected | 100 | 1 | 100 × 1", "Softmax | 10 | 1 | 10"),
    )
    graph = model_of(text)
    first, pool = (node.layer for node in graph.nodes[:2])
    assert isinstance(first, L.Conv2D)
    assert (first.kernel, first.stride, first.filters) == ((5, 1), (2, 1), 16)
    assert isinstance(pool, L.MaxPool2D | L.AvgPool2D)
    assert pool.kernel == (2, 1)
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)] == [100, 10]


def test_windows_with_how_many_behind_them() -> None:
    text = table(
        "Layer Name | Kernel × Unit | Other layer parameters | Output",
        *("Conv1D | 9 × 16 | Activation = ReLU, Strides = 3 | 64 × 16", "LSTM | 24 | Return sequences = false | 24"),
        "Dense | 5 | Activation = Softmax | 5",
    )
    graph = model_of(text)
    first = graph.nodes[0].layer
    assert isinstance(first, L.Conv1D)
    assert (first.kernel, first.stride, first.filters) == ((9,), (3,), 16)
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.LSTM)] == [24]


def test_sizes_in_brackets_and_activations_in_rows_of_their_own() -> None:
    text = table(
        "Layer | # filters | size | # params | Output | Activation | Options",
        *("Input | | | | (1, 16, 32) | |", "Conv2D | 8 | (1, 5) | 48 | (8, 16, 32) | Linear | mode = same"),
        *("Activation | | | | (8, 16, 32) | ELU |", "AveragePool2D | | (1, 4) | | (8, 16, 8) | |"),
        *("Flatten | | | | (1024) | |", "Dense | 4 | | 4100 | 4 | Softmax | max norm = 0.25"),
    )
    graph = model_of(text)
    assert kinds(graph) == ["Conv2D", "ELU", "AvgPool2D", "Flatten", "Dense", "Softmax"]
    assert learned(graph) == 8 * 5 + 8 + dense(1024, 4)


def test_blocks_that_nobody_knows_with_all_their_sizes() -> None:
    text = table(
        "Stage | Input | # Blocks | Stride | Block Type | # Channels",
        *(
            "1 | 64×64 | 1 | 2 | Odd-Block | 16",
            "2 | 32×32 | 2 | 2 | Odd-Block | 32",
            "3 | 16×16 | 1 | 1 | AvgPool | -",
        ),
        "4 | 1×1 | 1 | 1 | Linear | 10",
    )
    assert kinds(model_of(text))[:3] == ["Custom"] * 3


def test_fully_connected_to_a_window() -> None:
    head = "Layer | Support | # filts. | Stride | Data size"
    lines = (
        "conv1 | 3×3 | 8 | 2×2 | 9×8",
        "fc6 | 9×1 | 16 | 1×1 | 1×8",
        "apool6 | 1×n | - | 1×1 | 1×1",
        "fc7 | 1×1 | 5 | 1×1 | 1×1",
    )
    graph = model_of(table(head, *lines))
    assert [node.layer.kernel for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [(3, 3), (9, 1)]


def test_a_mode_and_a_width_in_other_cells() -> None:
    text = table(
        "Layer name | Shape of output | Details",
        *("conv1 | 16×16×8 | filters: 8, kernel: 3×3, padding: same", "pool1 | 8×8×8 | max, kernel: 2×2, stride: 2"),
        *("fc1 | 32 | units: 32", "drop1 | 32 | rate: 0.5", "fc2 | 5 | units: 5, softmax"),
    )
    found = kinds(model_of(text))
    assert [each for each in found if each != "Flatten"] == [
        "Conv2D",
        "MaxPool2D",
        "Dense",
        "Dropout",
        "Dense",
        "Softmax",
    ]
    units = table("Input size | Operation | c | s", "32×32×3 | Conv 3×3 | 8 | 2", "16×16×8 | Conv 3×3 | 16 | 1",
                  "16×16×16 | Pooling, FC | 10 | -")  # fmt: skip
    assert infer(graph := model_of(units), Report())[graph.outputs[0]] == (None, 10)


def test_a_label_between_two_rows_of_its_own() -> None:
    head = rows(170, (140, 220, 420), [("Part", "Layer", "Output")])
    cells = [("Conv 3×3, stride 1, ELU", "16×16×8"), ("Conv 3×3, stride 2, ELU", "8×8×16"), ("FC", "10")]
    body = rows(184, (220, 420), [*cells, ("FC", "64")])
    label = [(140.0, 190.0, "Encoder"), (140.0, 214.0, "Decoder")]
    graph, _ = model(page("Table 1: An autoencoder.", [*head, *body, *label]))
    assert kinds(graph) == ["Conv2D", "ELU", "Conv2D", "ELU", "Flatten", "Dense", "Dense"]
    assert parameters(graph) == conv(3, 3, 8) + conv(3, 8, 16) + dense(8 * 8 * 16, 10) + dense(10, 64)


def test_what_stands_in_the_middle_of_all_designs_belongs_to_each() -> None:
    cells = [
        ("Output", "Small net", "A large net"),
        ("16×16", "Conv 3×3, 8", "Conv 5×5, 8"),
        ("16×16", "Conv 3×3, 4", "Conv 5×5, 4"),
    ]
    texts = [*rows(170, (140, 230, 330), cells[:1]), *rows(184, (140, 230, 330), [("32×32",)])]
    texts += [
        (264.0, 184.0, "Conv 7×7, 4, stride 2"),
        *rows(196, (140, 230, 330), [*cells[1:], ("", "FC 10", "FC 10")]),
    ]
    data = page("Table 1: Two nets.", texts)
    windows = [[node.layer.kernel for node in model(data, name)[0].nodes if isinstance(node.layer, L.Conv2D)]
               for name in ("Small net", "A large net")]  # fmt: skip
    assert windows == [[(7, 7), (3, 3), (3, 3)], [(7, 7), (5, 5), (5, 5)]]


def test_the_form_of_an_image_tells_its_channels() -> None:
    text = table(
        "Block | Operation | Kernel | Stride | Output",
        *("Initial | Conv + BN | 7×7 | 2 | 64×128×256", "Initial | Max pool | 3×3 | 2 | 64×64×128"),
        *("Enc | Conv | 3×3 | 2 | 96×32×64", "Dec | Full-conv | 2×2 | 2 | 19×64×128"),
    )
    graph = model_of(text)
    assert kinds(graph) == ["Conv2D", "BatchNorm", "MaxPool2D", "Conv2D", "Conv2DTranspose"]
    assert infer(graph, Report())[graph.outputs[0]] == (None, 19, 64, 128)


def test_names_of_designs_like_layers_with_numbers() -> None:
    lines = ("84×84 | input image | input image", "42×42 | 3×3 conv, 8, 2×2 max-pool | 3×3 conv, 16, 2×2 max-pool")
    text = table("Output size | Conv-4 | Conv-4-512", *lines, "21×21 | 3×3 conv, 8 | 3×3 conv, 32, 2×2 max-pool")
    layers = [node.layer for node in model_of(text, variant="Conv-4-512").nodes]
    assert [each.filters for each in layers if isinstance(each, L.Conv2D)] == [16, 32]


def test_depths_that_are_numbers_of_filters() -> None:
    head = "Layer | Patch size | Stride | Depth | Output size"
    lines = ("Input | - | - | 3 | 32×32", "Convolution | 5×5 | 1 | 16 | 32×32", "Max pooling | 2×2 | 2 | 16 | 16×16")
    graph = model_of(table(head, *lines, "Fully connected | - | - | 20 | 1×1", "Fully connected | - | - | 2 | 1×1"))
    assert learned(graph) == conv(5, 3, 16) + dense(16 * 16 * 16, 20) + dense(20, 2)


def test_the_largest_over_time() -> None:
    assert kind_of("GlobalMaxPooling1D") == "gmaxpool"
