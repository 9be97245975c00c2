"""Fractions within running text: small numbers above and below a short bar."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

from extract.pages.borders import Rule
from extract.pages.brackets import Box

LONGEST_BAR = 40.0
"""Points of the bar of a fraction at most."""


Letter = dict[str, Any]
"""A character, as pdfplumber has it."""


def fractions_of(chars: Sequence[Letter], rules: Sequence[Rule], small: float) -> list[Box]:
    """Return the boxes of fractions: letters that are `small` above a short bar, and below it."""
    bars = [each for each in rules if each[2] - each[1] <= LONGEST_BAR]
    tiny = sorted(_middle(each)[::-1] for each in chars if float(each["size"]) <= small) if bars else []
    found = []
    for height, x0, x1 in bars:
        near = tiny[bisect_left(tiny, (height - small, 0.0)) : bisect_right(tiny, (height + small, 0.0))]
        sides = {y < height for y, x in near if x0 - 1 < x < x1 + 1 and y != height}
        if len(sides) == 2:
            found.append((x0 - 1, height - small, x1 + 1, height + small))
    return found


def is_within(char: Letter, boxes: Sequence[Box]) -> bool:
    """Tell whether a letter stands in one of some boxes."""
    x, y = _middle(char)
    return any(x0 < x < x1 and top < y < bottom for x0, top, x1, bottom in boxes)


def _middle(char: Letter) -> tuple[float, float]:
    return (float(char["x0"]) + float(char["x1"])) / 2, (float(char["top"]) + float(char["bottom"])) / 2
