"""What the rows of tables say that speak of one layer in several cells, or of several in one."""

from __future__ import annotations

import pytest

from extract.cells import read_cell
from extract.grids import plain_grid
from extract.layouts import designs_of
from extract.reading import Reading
from extract.table_design import TableDesign


def designs(head: str, *rows: str, caption: str = "") -> list[TableDesign]:
    """Return the designs of a table of the columns between the bars."""
    return designs_of(plain_grid([row.split(" | ") for row in (head, *rows)]), caption)


def layers(head: str, *rows: str, caption: str = "") -> tuple[Reading, ...]:
    """Return the layers of the only design of a table."""
    (found,) = designs(head, *rows, caption=caption)
    return found.readings


def test_designs_beside_each_other_whose_columns_are_alike() -> None:
    first, second = designs(
        "Layer Type | TinyNet_1 | TinyNet_2",
        "Input | 20x20x1 | 20x20x1",
        "Conv Block 1 | 3x3 (6) -> 3x3 (12) | 3x3 (6) -> BN -> Drop -> 3x3 (12)",
        "MaxPool | 2x2 | 2x2",
        "Conv Block 2 | 3x3 (12) -> 1x1 (7) | 3x3 (14) -> BN -> Drop",
        "Final Block | 5x5 (7) | GAP -> 1x1 (7)",
        "Output | 7 classes | 7 classes",
    )
    assert [first.config, second.config] == ["TinyNet_1", "TinyNet_2"]
    said = [(each.kind, each.params.get("filters")) for each in first.readings]
    assert said == [
        ("input", None),
        ("conv", 6),
        ("conv", 12),
        ("maxpool", None),
        ("conv", 12),
        ("conv", 7),
        ("conv", 7),
    ]
    kinds = [each.kind for each in second.readings]
    middle = ["conv", "bn", "dropout", "conv", "maxpool", "conv", "bn", "dropout"]
    assert kinds == ["input", *middle, "gavgpool", "conv"]


def test_names_without_a_header_beside_types_that_say_more() -> None:
    found = layers(
        " | Filters | Filter size | Activation | Type",
        "Conv_1 | 24 | 3x3 | Tanh | 2D",
        "BN_1 | - | - | - | -",
        "Pooling_1 | - | - | - | Max pooling",
        "Conv_2 | 36 | 5x5 | ReLU | 2D",
        "BN_2 | - | - | - | -",
        "Pooling_2 | - | - | - | Max pooling",
        "Fully_1 | 90 | - | ReLU | -",
        "Output | 6 | - | Softmax | -",
    )
    kinds = [each.kind for each in found]
    assert kinds == ["conv", "bn", "maxpool", "conv", "bn", "maxpool", "dense", "dense"]
    assert [each.params["units"] for each in found[-2:]] == [90, 6]


def test_shapes_of_weights_beside_those_of_outputs() -> None:
    found = layers(
        "Layer | Shape | Output",
        "Conv1 | (12, 1, 3, 3) | (12, 18, 18)",
        "Conv2 | (20, 12, 3, 3) | (20, 16, 16)",
        "MaxPool | 2x2 | (20, 8, 8)",
        "FC | (1280, 9) | (9,)",
        caption="The CNN that is run (stride 1, no padding, 8 bits).",
    )
    wanted = {"kernel": (3, 3), "stride": (1, 1), "pad": "valid"}
    assert all(wanted.items() <= each.params.items() for each in found[:2])
    assert [each.params.get("filters") for each in found[:2]] == [12, 20]
    assert found[2].params["kernel"] == (2, 2)
    assert found[3].params["units"] == 9


def test_the_size_of_batches_in_front_of_all_sizes() -> None:
    found = layers(
        "Layer type | Size | Output shape",
        "convolution | 24 3x3 filters | (64, 24, 60, 60)",
        "max pooling | 3x3, stride 2 | (64, 24, 29, 29)",
        "convolution | 48 3x3 filters | (64, 48, 29, 29)",
        "max pooling | 3x3, stride 2 | (64, 48, 14, 14)",
        "fully connected | 96 units | (64, 96)",
        "fully connected | 5 units | (64, 5)",
    )
    assert [each.params["output"] for each in found[:2]] == [(60, 60, 24), (29, 29, 24)]
    assert [each.params["output"] for each in found[-2:]] == [(96,), (5,)]


def test_what_is_printed_of_a_dense_is_how_many_units_it_has() -> None:
    found = layers(
        "Layer (Type) | Output Shape | Param #",
        "Input | (40, 40, 3) | 0",
        "Conv2D + ReLU | (38, 38, 12) | ≈336",
        "Flatten | (17328) | 0",
        "Dense + ReLU | (50) | ≈866K",
        "Dense (Output) | (1) | 51",
    )
    assert [each.params["units"] for each in found if each.kind == "dense"] == [50, 1]
    assert found[-1].params["count"] == 51


def test_a_number_alone_beside_a_dense_is_of_its_units() -> None:
    found = layers(
        "Layer | Input | Filter size | Stride | Number of filters | Output",
        "Convolution 1 | 40×40×4 | 8×8 | 4 | 16 | 9×9×16",
        "Convolution 2 | 9×9×16 | 3×3 | 1 | 24 | 7×7×24",
        "Dense | 200 |  |  |  | ",
    )
    assert found[-1].params == {"units": 200}


@pytest.mark.parametrize("name", ["Path 1", "RSSI", "branch B"])
def test_what_tells_in_brackets_which_layer_it_is(name: str) -> None:
    (found,) = read_cell(f"Conv1D ({name})")
    assert (found.kind, found.params) == ("conv", {"axes": 1})


def test_what_is_called_and_known_to_nobody_is_a_layer_of_its_own() -> None:
    found = read_cell("Conv2D(8→16, k=3) + Gate(16, r=4) + BN")
    assert [each.kind for each in found] == ["conv", "Gate", "bn"]
