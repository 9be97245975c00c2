"""Tables as MATLAB lists layers, and columns as papers on its networks call them."""

from __future__ import annotations

import pytest

from extract.words.cells import read_cell
from ir import Report
from ir import layers as L
from tests.questions import questions
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("8 7×7×3 convolutions with stride [4 4] and padding [0 0 0 0]",
         {"filters": 8, "kernel": (7, 7), "in_channels": 3, "stride": (4, 4), "pad": 0}),
        ("8 3×3 convolutions with stride [1  2] and padding 'same'",
         {"filters": 8, "kernel": (3, 3), "stride": (1, 2), "pad": "same"}),
        ("8 3×3 convolutions with stride\n[2 2] and padding ’same’",
         {"filters": 8, "kernel": (3, 3), "stride": (2, 2), "pad": "same"}),
        ("8 3×3 convolutions with stride [2 2]\nand padding [1 1\n1 1]",
         {"filters": 8, "kernel": (3, 3), "stride": (2, 2), "pad": 1}),
        ("2 groups of 8 5×5×4 convolutions with stride [1 1] and padding [2 2 2 2]",
         {"filters": 16, "groups": 2, "in_channels": 4, "pad": 2}),
    ],
)  # fmt: skip
def test_cells(text: str, params: dict[str, object]) -> None:
    (found,) = read_cell(text)
    assert found.kind == "conv"
    assert {key: found.params.get(key) for key in params} == params


def test_names_in_front_of_what_layers_are() -> None:
    lines = (
        "1 | data: 67×67×3 images with 'zerocenter' normalization | Image Input | 67×67×3",
        "2 | conv1: 8 7×7×3 convolutions with stride [4 4] and padding [0 0 0 0] | Convolution | 16×16×8",
        "3 | norm1: cross channel normalization with 5 channels per element | Cross Channel Normalization | 16×16×8",
        "4 | pool1: 2×2 max pooling with stride [2 2] and padding [0 0 0 0] | Max Pooling | 8×8×8",
        "5 | fc: 10 fully connected layer | Fully Connected | 1×1×10",
        "6 | prob: softmax | Softmax | 1×1×10",
        "7 | output: crossentropyex | Classification Output | -",
    )
    report = Report()
    graph = model_of(table("# | Name | Type | Activations", *lines), report=report)
    assert kinds(graph) == ["Conv2D", "LRN", "MaxPool2D", "Flatten", "Dense", "Softmax"]
    assert isinstance(conv := graph.nodes[0].layer, L.Conv2D)
    assert (conv.kernel, conv.stride, conv.filters) == ((7, 7), (4, 4), 8)
    assert not questions(report)


def test_headers_of_sizes_and_numbers() -> None:
    head = "Layer | Type | Number of filters | Size of feature map | Size of kernel | Number of strides"
    head += " | Number of padding"
    lines = (" | Image input layer | | 32 × 32 × 3 | | |", "1 | Conv1-1 | 8 | 32 × 32 × 8 | 3 × 3 | 1 × 1 | 1 × 1",
             " | Pool1 | 1 | 16 × 16 × 8 | 2 × 2 | 2 × 2 | 0 × 0",
             "2 | Conv2-1 | 4 | 16 × 16 × 4 | 3 × 3 | 1 × 1 | 1 × 1",
             " | FC1 | | 12 × 1 | | |", " | FC2 | | 5 × 1 | | |")  # fmt: skip
    graph = model_of(table(head, *lines))
    assert kinds(graph) == ["Conv2D", "MaxPool2D", "Conv2D", "Flatten", "Dense", "Dense"]
    assert [each.units for node in graph.nodes if isinstance(each := node.layer, L.Dense)] == [12, 5]


def test_chains_of_letters_with_means() -> None:
    assert [each.kind for each in read_cell("8C3-AP2-16C3-AP2-FC32-FC11")] == [
        *("conv", "avgpool", "conv", "avgpool", "dense", "dense")
    ]
