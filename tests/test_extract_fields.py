"""Tables of networks from many fields, in the plain words of their authors: what all layers have, sizes, steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.paper import Found, texts_of
from extract.words.reading import Reading
from tests.test_extract_asked import asked
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def designs(text: str) -> list[Found]:
    """Return the designs of the tables in a text."""
    return texts_of(Path("net.md"), text.encode())


def layers(head: str, *lines: str) -> tuple[Reading, ...]:
    """Return the layers of the one design of a table."""
    (found,) = designs(table(head, *lines))
    return tuple(found.design.readings)


def test_what_all_blocks_are_made_of_stands_behind_each_convolution() -> None:
    said = "- Input: 40×40×1 pictures\n- Architecture: 2-layer CNN (Conv→BN→ReLU blocks)\n- Output: 3 classes\n\n"
    graph = model_of(
        said + table("Layer | Output", "Conv2D (8, 3×3, s=2) | 20×20×8", "GlobalAvgPool | 8", "Dense (3) | 3")
    )
    assert kinds(graph)[:3] == ["Conv2D", "BatchNorm", "ReLU"]


def test_widths_that_a_cell_chains_among_other_settings_are_those_of_each_layer() -> None:
    head = "Part | Layer | Detail"
    first, second, third, *others = layers(
        head, "Encoder | Conv1D × 3 | Filters: 24→12→6, kernel=3, ReLU", "Code | Dense | 5 units", "Out | Dense | 7"
    )
    assert [each.params["filters"] for each in (first, second, third)] == [24, 12, 6]
    assert [each.kind for each in others] == ["dense", "dense"]
    *_, last = layers(
        head, "Code | Dense | 5 units", "Mid | Dense | 9", "Decoder | Conv1DTranspose × 3 | 6→12→24→all of it"
    )
    assert last.unclear


@pytest.mark.parametrize(("name", "size"), [("Conv1d(6→8, k=9, s=2)", 400), ("Conv1d(6→8, k=9, s=2, padding=0)", 408)])
def test_calls_that_leave_out_borders_leave_out_that_of_the_first_too(name: str, size: int) -> None:
    second = "Conv1d(8→8, k=5, s=2)"
    text = table("Layer | Type | Output", f"a | {name} | (B, 8, 200)", f"b | {second} | (B, 8, 100)")
    assert model_of(text).inputs[0].shape == (None, 6, size)


def test_the_stride_of_the_first_layer_that_no_size_tells_is_asked() -> None:
    rows = ("conv2d | (None, 31, 98, 24) | 1,824", "conv2d_1 | (None, 14, 47, 36) | 21,636", "flatten | (None, 23688)")
    (question,) = [each for each in asked(table("Layer | Output Shape | Param #", *rows)) if "stride" in each]
    assert "conv2d" in question


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        (
            "Parameter | Value",
            (
                "Points | 4096",
                "Episode length | 300",
                "MLP layers of the policy | 3",
                "Units of all MLP layers | 256",
                "Batch size | 32",
                "Optimizer | SGD",
                "Learning rate | 0.1",
            ),
        ),
        (
            "Model | Parameter | Value",
            (
                "SVM | kernel | rbf",
                "- | gamma | scale",
                "DNN | hidden\\_size\\_1 | 96",
                "- | activation | ReLU",
                "- | dropout | 0.3",
                "- | learning\\_rate | 0.01",
                "- | batch\\_size | 8",
                "MLP | hidden\\_size | 24",
            ),
        ),
    ],
)
def test_settings_of_training_are_no_layers(head: str, lines: tuple[str, ...]) -> None:
    assert designs(table(head, *lines)) == []
