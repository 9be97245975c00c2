"""Tall brackets on a page, which hold lines below each other: where each pair of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

Box = tuple[float, float, float, float]

_GLYPHS = {
    (0, 16, 18, 32): "left", (2, 20, 34, 104): "left", (1, 17, 19, 33): "right", (3, 21, 35, 105): "right",
    (48, 50): "left top", (54, 66): "left middle", (52, 64): "left bottom",
    (49, 51): "right top", (55, 67): "right middle", (53, 65): "right bottom",
}  # fmt: skip
_CODES = {f"(cid:{code})": part for codes, part in _GLYPHS.items() for code in codes}
"""The round and square brackets of TeX's font of extensible signs, whose letters have no names in a PDF.

Source: Knuth, Computer Modern Typefaces, the table of cmex10.
"""
_HEIGHTS = {
    (0, 1, 2, 3): 1.2, (16, 17, 104, 105): 1.8, (18, 19, 20, 21): 2.4, (32, 33, 34, 35): 3.0,
    (48, 49, 50, 51, 52, 53, 64, 65): 1.8, (54, 55, 66, 67): 0.6,
}  # fmt: skip
_DEEP = {f"(cid:{code})": height for codes, height in _HEIGHTS.items() for code in codes}
"""How far these hang down from their base lines, as shares of the size of type. Source: as above."""
_NAMED = {
    "\uf8eb": "(cid:48)", "\uf8ec": "(cid:66)", "\uf8ed": "(cid:64)", "\uf8f6": "(cid:49)", "\uf8f7": "(cid:67)",
    "\uf8f8": "(cid:65)", "\uf8ee": "(cid:50)", "\uf8ef": "(cid:54)", "\uf8f0": "(cid:52)", "\uf8f9": "(cid:51)",
    "\uf8fa": "(cid:55)", "\uf8fb": "(cid:53)",
}  # fmt: skip
"""Those that have names. Source: Adobe Glyph List."""
APART = 2.0
"""Points by which the ends of the two brackets of a pair differ at most."""


@dataclass(frozen=True)
class _Bracket:
    side: str
    x0: float
    x1: float
    top: float
    bottom: float


def stacks_in(chars: Iterable[Any], height: float) -> tuple[Box, ...]:
    """Return the boxes of pairs of tall brackets, the inner ones first.

    `chars` are pdfplumber's; their base lines are counted from `height` up.
    """
    pairs = _pairs(_brackets(chars, height))
    return tuple((left.x0, left.top, right.x1, left.bottom) for left, right in pairs)


def _brackets(chars: Iterable[Any], height: float) -> list[_Bracket]:
    """Return the tall brackets, those of pieces put together from their upper ends down."""
    parts = []
    for char in chars:
        code = _NAMED.get(char["text"], char["text"])
        if code in _CODES and (code is not char["text"] or "EX" in _font(char)):
            top = height - float(char["matrix"][5])
            bottom = top + _DEEP[code] * float(char["size"])
            parts.append((_CODES[code], _Bracket(_CODES[code].split()[0], char["x0"], char["x1"], top, bottom)))
    whole = [each for part, each in parts if " " not in part]
    pieces = sorted((each for each in parts if " " in each[0]), key=lambda each: (each[1].side, each[1].top))
    for part, each in pieces:
        if part.endswith("top"):
            whole.append(each)
            continue
        over = [i for i, one in enumerate(whole) if one.side == each.side and _goes_on(one, each)]
        if over:
            whole[over[-1]] = replace(whole[over[-1]], bottom=each.bottom)
    return whole


def _font(char: Any) -> str:
    """Return the name of a letter's font, without what tells it from other parts of the same."""
    return str(char.get("fontname", "")).split("+")[-1].upper()


def _goes_on(upper: _Bracket, lower: _Bracket) -> bool:
    return abs(upper.x0 - lower.x0) < 1 and abs(upper.bottom - lower.top) < 0.25 * (lower.bottom - lower.top) + 1


def _pairs(brackets: Sequence[_Bracket]) -> list[tuple[_Bracket, _Bracket]]:
    """Return the pairs of brackets that face each other, the inner ones first."""
    found = []
    for left in brackets:
        facing = [
            each
            for each in brackets
            if each.side == "right" != left.side
            and each.x0 >= left.x1 - 1
            and abs(each.top - left.top) < APART
            and abs(each.bottom - left.bottom) < APART
        ]
        if facing:
            right = min(facing, key=lambda each: each.x0)
            nested = any(
                each.side == "left" and left.x0 < each.x0 < right.x0 and abs(each.top - left.top) < APART
                for each in brackets
            )
            if not nested:
                found.append((left, right))
    return sorted(found, key=lambda pair: pair[1].x1 - pair[0].x0)
