"""Digits that were read as letters: the line is read again without the signs that were taken for them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extract.raster.digits import with_digits

NAMES = ["drop1 (Dropout)", "drop2 (Dropout)", "Output shape: (None, 4)"]


def reader(*takes: str) -> tuple[list[str], object]:
    """Return the signs that were left out, and what reads a line as the first of `takes` that has none of them."""
    left_out: list[str] = []

    def read(numbers: Sequence[int], scale: float, without: str) -> list[str]:
        left_out.append(without)
        return [next((each for each in takes if not set(each) & set(without)), "") for _ in numbers]

    return left_out, read


@pytest.mark.parametrize(
    ("text", "takes", "wanted"),
    [
        ("dropg (Dropout)", ("drops (Dropout)", "drop8 (Dropout)"), "drop8 (Dropout)"),
        ("dropZ] (Dropout)", ("drop7 (Dropout)",), "drop7 (Dropout)"),
        ("dropsg (Dropout)", ("drop8 (Dropout)",), "drop8 (Dropout)"),
        ("Output shape: (None, 2])", ("Output shape: (None, 23)",), "Output shape: (None, 23)"),
        ("dropout (Dropout)", ("drop0 (Dropout)",), "dropout (Dropout)"),
        ("drops (Dropout)", ("dropq (Dropout)", "dropa (Dropout)"), "drops (Dropout)"),
    ],
)
def test_a_letter_in_the_place_of_a_digit(text: str, takes: tuple[str, ...], wanted: str) -> None:
    left_out, read = reader(*takes)
    assert with_digits([*NAMES, text], read)[3] == wanted  # type: ignore[arg-type]
    assert bool(left_out) == (text != "dropout (Dropout)")


def test_a_name_that_also_comes_without_a_digit_is_a_name() -> None:
    left_out, read = reader("conv1 (Conv2D)")
    texts = ["conv1 (Conv2D)", "conv2 (Conv2D)", "conv (Conv2D)", "convl (Conv2D)"]
    assert with_digits(texts, read) == texts  # type: ignore[arg-type]
    assert not left_out
