"""Sizes that tables print as shares of what comes in, and letters that captions set."""

from __future__ import annotations

import pytest

from extract.columns.grids import plain_grid
from extract.columns.named_values import with_settings_of
from extract.columns.shares import without_shares
from ir import Report
from ir import layers as L
from tests.questions import questions
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def column(*texts: str, caption: str = "") -> list[str]:
    return [row[0].text for row in without_shares(plain_grid([[each] for each in texts]), caption).grid.rows]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("Output", "H × W × 3", "H/2 × W/2 × 8"), ["Output", "H × W × 3", "H/2 × W/2 × 8"]),
        (
            ("Output", "H × W × 3", "H/2 × W/2 × 8", "H/4 x W/4 x 8"),
            ["Output", "224 × 224 × 3", "112 × 112 × 8", "56 x 56 x 8"],
        ),
        (("Output", "1/2H × 1/2W × 8", "¼H×¼W×8"), ["Output", "112 × 112 × 8", "56×56×8"]),
        (("Output", "(h, w, 4) → (h/2, w/2, 8)", "(h/2, w/2, 8) → (h/4, w/4, C)"),
         ["Output", "(224, 224, 4) → (112, 112, 8)", "(112, 112, 8) → (56, 56)"]),
        (("Output", "L/2 × 28 × 28", "L/4 × 14 × 14"), ["Output", "8 × 28 × 28", "4 × 14 × 14"]),
        (("Output", "L/2 × 8", "L/4 × 8"), ["Output", "512 × 8", "256 × 8"]),
        (("Scale", "1/2", "1/4"), ["Scale", "112 × 112", "56 × 56"]),
        (("Stride", "1/2", "1/4"), ["Stride", "1/2", "1/4"]),
        (("Filters", "2N", "4N"), ["Filters", "2N", "4N"]),
    ],
)  # fmt: skip
def test_shares_in_numbers(texts: tuple[str, ...], expected: list[str]) -> None:
    assert column(*texts) == expected


def test_what_the_caption_sets_is_no_question() -> None:
    grid = plain_grid([["Output"], ["H/2 × W/2 × 8"], ["H/64 × W/64 × 8"]])
    asked = without_shares(grid, "Here H = 128 and W = 64.")
    assert [row[0].text for row in asked.grid.rows][1:] == ["64 × 32 × 8", "2 × 1 × 8"]
    assert (asked.asked, asked.side) == ("", (128, 64))
    assert "256 x 256" in without_shares(grid, "").asked  # Of 224 one is no whole number.


def test_shares_tell_strides() -> None:
    lines = ("conv1 | 3×3, 16 | H/2 × W/2 × 16", "conv2 | 3×3, 16 | H/2 × W/2 × 16", "conv3 | 3×3, 32 | H/4 × W/4 × 32")
    report = Report()
    graph = model_of(table("Layer | Kernel | Output", *lines), report=report)
    assert [each.stride for node in graph.nodes if isinstance(each := node.layer, L.Conv2D)] == [(2, 2), (1, 1), (2, 2)]
    assert graph.inputs[0].shape == (None, 3, 224, 224)
    assert sum("shares of the input" in each.message for each in report) == 1


def test_letters_that_the_caption_sets() -> None:
    grid = plain_grid([["Layer", "size", "Output"], ["Conv2D", "(C, 1)", "(D * F1, 1, T // 4)"], ["F1", "N", "k×C"]])
    found = with_settings_of(grid, "where C = 6, T = 100, F1 = 8 and D = 2.")
    assert [[cell.text for cell in row] for row in found.rows][1:] == [
        ["Conv2D", "(6, 1)", "(16, 1, 25)"],
        ["8", "N", "k×C"],
    ]


def test_a_letter_of_two_values_stays() -> None:
    grid = plain_grid([["Layer", "Output"], ["dense", "(M, M, 8)"]])
    assert with_settings_of(grid, "M = 4 for CIFAR and M = 6 for STL").rows[1][1].text == "(M, M, 8)"


def test_weights_tell_what_shares_are_of() -> None:
    lines = ("conv1 | 3×3, 16 | H × W × 16 | 448", "pool1 | 2×2 | H/2 × W/2 × 16 | 0",
             "conv2 | 3×3, 16 | H/2 × W/2 × 16 | 2,320", "pool2 | 2×2 | H/4 × W/4 × 16 | 0",
             "fc | 10 | 10 | 7,850")  # fmt: skip
    graph = model_of(table("Layer | Kernel | Output | Params", "input | | H × W × 3 | 0", *lines))
    assert graph.inputs[0].shape == (None, 3, 28, 28)


def test_what_says_its_own_step_is_not_held_to_shares() -> None:
    lines = ("conv1 | k=7 × 7, s=1, p=0, f=16 | H × W × 16", "pool1 | k=3 × 3, s=2 | H/2 × W/2 × 16",
             "GAP | - | H/2 × W/2 × 16", "FC | units=10 | 10")  # fmt: skip
    report = Report()
    graph = model_of(table("Layer | Description | Output", *lines), report=report)
    assert isinstance(conv := graph.nodes[0].layer, L.Conv2D)
    assert (conv.pad, len(questions(report))) == (((0, 0), (0, 0)), 1)


def test_sizes_with_channels_in_front_and_arrows_between() -> None:
    lines = ("conv1 | 3×3 Conv2d, 8, stride 1, pad valid | 1@28×18 → 8@26×16",
             "pool1 | 2×2 MaxPool2d | 8@26×16 → 8@13×8", "fc1 | Linear 10 | 8@13×8 → 10")  # fmt: skip
    graph = model_of(table("Layers | Layer description | Input/Output", *lines))
    assert graph.inputs[0].shape == (None, 1, 28, 18)


@pytest.mark.parametrize("share", ["1/0", "H/0 × W/0 × 16", f"H/{'9' * 5000} × W/2 × 16", f"{'9' * 5000} (8 × 8)"])
def test_shares_that_are_no_numbers(share: str) -> None:
    lines = ("conv1 | 3×3, 16 | 1/2", f"conv2 | 3×3, 16 | {share}", "conv3 | 3×3, 16 | H/2 × W/2 × 16", "fc | 10 | 10")
    assert "Conv2D" in kinds(model_of(table("Layer | Kernel | Output", *lines)))


def test_letters_that_are_set_to_no_numbers() -> None:
    lines = ("conv1 | 3×3, 16 | F * F * F", "conv2 | 3×3, 16 | 8×8×16", "fc | 10 | 10")
    text = f"where F = {'9' * 5000}\n\n{table('Layer | Kernel | Output', *lines)}"
    assert kinds(model_of(text)).count("Conv2D") == 2
