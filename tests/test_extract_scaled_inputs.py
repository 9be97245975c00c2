"""What stands in front of all layers: how pixels are scaled, what is cut off; and borders that only some layers say."""

from __future__ import annotations

import pytest

from extract.tables.repeated_names import often_named
from ir import Report
from ir import layers as L
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


@pytest.mark.parametrize("row", ["Normalization | x/127.5 - 1", "Lambda | lambda x: (x - 127.5) / 127.5"])
def test_scaled_pixels(row: str) -> None:
    graph = model_of(table("Layer | Details", "Input | 66x200x3", row, "Conv | 24 filters, 5x5", "FC | 10"))
    scale = graph.nodes[0].layer
    assert isinstance(scale, L.Power)
    assert (round(scale.scale, 6), scale.shift) == (0.007843, -1.0)


def test_a_normalisation_in_front_of_all_is_asked() -> None:
    report = Report()
    lines = ("Input | 66x200x3", "Normalization | ", "Conv | 24 filters, 5x5", "FC | 10")
    assert kinds(model_of(table("Layer | Details", *lines), report=report))[0] == "Conv2D"
    assert any("how are the numbers that come in scaled" in each.message for each in report)


@pytest.mark.parametrize(
    "row", ["Cropping2D | ((70, 25), (0, 0))", "Cropping | crop 70 pixels from the top and 25 from the bottom"]
)
def test_cropped_images(row: str) -> None:
    lines = ("Input | 160x320x3", row, "Conv | 24 filters, 5x5", "FC | 10")
    graph = model_of(table("Layer | Details", *lines))
    assert graph.nodes[0].layer == L.Pad2D(pad=[(-70, -25), (0, 0)])
    assert isinstance(conv := graph.nodes[1].layer, L.Conv2D)
    assert conv.pad == ((2, 2), (2, 2))  # What is cut off is no border.


def test_what_is_cut_off_by_the_printed_size_is_asked() -> None:
    report = Report()
    lines = ("Lambda | 160x320x3", "Cropping | 66x320x3", "Conv 5x5, stride 2, 24 | 31x158x24", "Dense | 1")
    graph = model_of(table("Layer | Output", *lines), report=report)
    assert graph.inputs[0].shape == (None, 3, 160, 320)
    assert any("how much is cut off at which side" in each.message for each in report)


def test_borders_that_only_some_layers_say() -> None:
    lines = ("Conv1 | 8 kernels of 11 × 11, stride 4", "Conv2 | 16 kernels of 5 × 5, padding 2", "FC | 10")
    graph = model_of(table("Layer | Description", "Input | 227 × 227 × 3", *lines))
    assert [each.pad for node in graph.nodes if isinstance(each := node.layer, L.Conv2D)] == [
        *(((0, 0), (0, 0)), ((2, 2), (2, 2)))
    ]


def test_dense_layers_in_one_row_each_with_its_dropout() -> None:
    lines = ("Conv1 | 8 kernels of 3 × 3, ReLU", "FC6–7 | 16 neurons, ReLU, dropout 0.5", "FC8 | 10 neurons, softmax")
    assert kinds(model_of(table("Layer | Description", *lines)))[2:] == [
        *("Flatten", "Dense", "ReLU", "Dropout", "Dense", "ReLU", "Dropout", "Dense", "Softmax")
    ]


def test_blocks_that_come_often() -> None:
    lines = ("Stem | Conv 7×7, 8, stride 2", "Block × 2 | Conv 3×3, 8 + BN + ReLU", "Head | GAP, FC 10")
    found = kinds(model_of(table("Block | Details", *lines)))
    assert found[:7] == ["Conv2D", *["Conv2D", "BatchNorm", "ReLU"] * 2]


def test_blocks_of_their_own_that_come_often() -> None:
    lines = ("Input embedding | 8", "Encoder block × 3 | Multi-head attention (2 heads), FFN 16, dropout 0.1",
             "Global average pooling | ", "Linear | 10")  # fmt: skip
    report = Report()
    found = kinds(model_of(table("Layer | Details", *lines), report=report))
    assert found.count("Custom") == 3
    assert "Dropout" not in found
    assert often_named("Max pool × 2") == ("", 1)
