"""Images of a size that nothing says: by how many numbers come into the first Dense."""

from __future__ import annotations

import pytest

from ir import Report
from ir import layers as L
from tests.test_extract_families import model_of

CALLS = """
| Layer | In | Out | Kernel | Stride | Padding |
|---|---|---|---|---|---|
| Conv2d | 1 | 16 | 3 | 1 | 1 |
| MaxPool2d | | | 2 | 2 | |
| Conv2d | 16 | 32 | 3 | 1 | 1 |
| MaxPool2d | | | 2 | 2 | |
| Flatten | | | | | |
| Linear | 1568 | 10 | | | |
"""
PARAMETERS = """
| Layer | Filters | Kernel | Params |
|---|---|---|---|
| Conv2D | 32 | 3×3 | 896 |
| MaxPool | - | 2×2 | 0 |
| Conv2D | 64 | 3×3 | 18,496 |
| MaxPool | - | 2×2 | 0 |
| Dense | 128 | - | 524,416 |
| Dense | 10 | - | 1,290 |
"""
FLAT = """
| Layer | Filters | Kernel | Output |
|---|---|---|---|
| Conv2D | 8 | 3×3 | |
| Flatten | - | - | 2048 |
| Dense | 10 | - | 10 |
"""


@pytest.mark.parametrize(
    ("table", "shape", "sides"),
    [(CALLS, (1, 28, 28), "28 to 31"), (PARAMETERS, (3, 32, 32), "32 to 35"), (FLAT, (3, 16, 16), "")],
)
def test_an_image_by_what_comes_into_the_first_dense(table: str, shape: tuple[int, ...], sides: str) -> None:
    report = Report()
    graph = model_of(table, report=report)
    assert graph.inputs[0].shape == (None, *shape)
    asked = [each.message for each in report if each.code == "question" and "on a side: which is it?" in each.message]
    assert (sides in asked[0]) if sides else not asked


def test_a_size_that_no_image_has_is_asked() -> None:
    report = Report()
    model_of(FLAT.replace("2048", "2047"), report=report)
    assert any("what is the shape of the input?" in each.message for each in report)


def test_channels_that_come_in_are_held_to_those_that_do() -> None:
    report = Report()
    model_of(CALLS.replace("| 16 | 32 |", "| 24 | 32 |"), report=report)
    assert any("takes 24 channels, but 16 come in" in each.message for each in report)


def test_of_repeats_that_step_the_first_alone_does_and_it_is_asked() -> None:
    rows = "| Conv 3×3 | 8 | 1 | 1 |\n| Conv 3×3 | 16 | 2 | 2 |\n| GAP | | 1 | |\n| FC | 10 | 1 | |\n"
    report = Report()
    head = "The input is 32×32×3.\n\n| Layer | Channels | Repeat | Stride |\n|---|---|---|---|\n"
    graph = model_of(head + rows, report=report)
    assert [each.layer.stride for each in graph.nodes if isinstance(each.layer, L.Conv2D)] == [(1, 1), (2, 2), (1, 1)]
    assert any("comes 2 times: does each step?" in each.message for each in report)


def test_no_padding_in_a_sentence_of_a_cell() -> None:
    rows = "| Input | 1 × 28 × 28 image |\n| Convolution | 20 filters of size 5 × 5, stride 1, no padding |\n"
    graph = model_of(f"| Layer | Configuration |\n|---|---|\n{rows}| Fully connected | 10 neurons |\n")
    assert graph.nodes[0].layer == L.Conv2D(filters=20, kernel=5)


def test_both_ways_of_a_layer_in_a_column_of_units_are_asked() -> None:
    report = Report()
    graph = model_of("| Layer | Units |\n|---|---|\n| BiLSTM | 2×64 |\n| Dense | 64 |\n| Dense | 5 |\n", report=report)
    assert sum(isinstance(each.layer, L.LSTM) for each in graph.nodes) == 2
    assert any("'BiLSTM' not all is understood" in each.message for each in report)


def test_branches_without_an_input_in_front_of_them_take_the_first() -> None:
    rows = "| Conv1D 8, 50, s2 | Conv1D 8, 400, s2 |\n| Conv1D 16, 8 | Conv1D 16, 6 |\n| Concatenate | |\n| FC 5 | |\n"
    html = rows.replace("| Concatenate | |", "| Concatenate ||").replace("| FC 5 | |", "| FC 5 ||")
    report = Report()
    graph = model_of(f"| Branch 1 | Branch 2 |\n|---|---|\n{html}", report=report)
    convs = [each for each in graph.nodes if isinstance(each.layer, L.Conv1D)]
    assert [each.layer.kernel[0] for each in convs] == [50, 8, 400, 6]
    assert convs[0].inputs == convs[2].inputs
    assert any("has it an input of its own?" in each.message for each in report)
