"""Tables of two columns, names and what they are made of, in which either may say which layers there are."""

from __future__ import annotations

from extract.columns.grids import plain_grid
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell
from extract.words.reading import Reading


def layers(head: str, *rows: str) -> tuple[Reading, ...]:
    """Return the layers of the only design of a table of the columns between the bars."""
    (found,) = designs_of(plain_grid([row.split(" | ") for row in (head, *rows)]), "")
    return found.readings


def test_blocks_in_one_column_and_names_of_layers_in_the_other() -> None:
    found = layers(
        "Layer | Detail",
        "Conv Block 1 | Conv1d(1→12, kernel=7) + BatchNorm + ReLU + MaxPool(2) → length 600",
        "Conv Block 2 | Conv1d(12→24, kernel=7) + BatchNorm + ReLU + MaxPool(2) → length 300",
        "LSTM | 2-layer, hidden=40, batch_first=True",
        "Classifier | Dropout(0.3) → Linear(40→20) → ReLU → Linear(20→1)",
    )
    kinds = [each.kind for each in found]
    assert kinds[:5] == ["conv", "maxpool", "conv", "maxpool", "lstm"]
    assert [each.params["filters"] for each in found if each.kind == "conv"] == [12, 24]
    assert (found[4].params["units"], found[4].times) == (40, 2)
    assert [each.params["units"] for each in found if each.kind == "dense"] == [20, 1]


def test_a_layer_by_its_name_of_which_the_details_say_how_wide_it_is() -> None:
    found = layers(
        "Block | Layers | Output Shape",
        "Input | 40×40 grayscale | (40, 40, 1)",
        "Conv Block 1 | Conv2D(12) → MaxPool → Dropout(0.25) | (20, 20, 12)",
        "Conv Block 2 | Conv2D(24) → MaxPool → Dropout(0.25) | (10, 10, 24)",
        "Flatten | - | 2400",
        "Dense | 90 units + ReLU → Dropout(0.5) | 90",
        "Output | 7 units + Softmax | 7",
    )
    kinds = [each.kind for each in found if each.kind not in ("relu", "softmax")]
    block = ["conv", "maxpool", "dropout"]
    assert kinds == ["input", *block, *block, "flatten", "dense", "dropout", "dense"]
    assert [each.params["units"] for each in found if each.kind == "dense"] == [90, 7]


def test_layers_that_are_called_one_behind_the_other() -> None:
    found = read_cell("Conv2d(1→12, k=3), Conv2d(12→24, k=3), MaxPool2d(2×2)")
    assert [each.kind for each in found] == ["conv", "conv", "maxpool"]
    assert [each.params["filters"] for each in found[:2]] == [12, 24]


def test_units_of_recurrent_layers_by_what_each_step_gives() -> None:
    found = layers(
        "Layer | Output Shape | Parameters",
        "LSTM 1 | (None, 20, 48) | 11,136",
        "Dropout 1 | (None, 20, 48) | 0",
        "LSTM 2 | (None, 24) | 7,008",
        "Dense | (None, 3) | 75",
    )
    assert [each.params["units"] for each in found if "units" in each.params] == [48, 24, 3]


def test_units_and_rates_are_no_results() -> None:
    found = layers("Layer | Units | Dropout", *(f"LSTM {i} | {i}0 | 0.{i}" for i in (1, 2, 3)), "Dense output | 1 | -")
    assert [each.kind for each in found] == ["lstm", "dropout"] * 3 + ["dense"]


def test_a_letter_that_is_of_the_window_as_the_output_tells() -> None:
    found = layers(
        " | Activation shape | Activation size | Number of parameters",
        "Input | (32, 32, 3) | 3072 | 0",
        "CONV1(f=5, s=1) | (28, 28, 8) | 6272 | 608",
        "POOL1 | (14, 14, 8) | 1568 | 0",
        "FC3 | (60, 1) | 60 | 94140",
        "Softmax | (10, 1) | 10 | 610",
    )
    assert found[0].params["output"] == (32, 32, 3)
    assert (found[1].params["kernel"], found[1].params["filters"]) == ((5, 5), 8)
    assert [each.params["units"] for each in found if each.kind == "dense"] == [60, 10]


def test_ways_behind_a_dropout_and_features_that_come_in() -> None:
    found = layers(
        "Layer | Size | Activation",
        "Input | 20 features | -",
        "Dense 1 | 90 | BatchNorm + ReLU + Dropout 0.3",
        "Dense 2 | 40 | BatchNorm + ReLU + Dropout 0.2",
        "Output | 6 classes | Softmax",
    )
    assert [each.kind for each in found] == ["input", "dense", "dropout", "dense", "dropout", "dense", "softmax"]
    assert found[0].params["output"] == (20,)
    assert found[-2].params["units"] == 6
