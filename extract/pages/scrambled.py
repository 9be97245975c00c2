"""Fonts whose tables tell other characters than they draw, as those of figures that office programs print on a Mac."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

NARROW = 0.3
"""A sign that is less wide than this share of its size is a space, where the sign that it is told to be is wider.

Digits and the like take 0.4 (Arial Narrow) to 0.6 of their size in any face of text, and a space 0.2 to 0.28.
"""
WIDE = 0.4
"""A stop that is wider than this share of its size is none, but a ligature: a stop takes 0.2 to 0.28."""
_BROAD = frozenset("0123456789#$%&+<=>?@")
_STOPS = frozenset(".,:;")
_ENDS = re.compile(r"[a-z]")


def legible(chars: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return characters, with spaces and ligatures in place of those that a font is wrong about.

    The widths of a font are right where its table of characters is not, so what contradicts them is none of it: a
    narrow digit is a space, and a wide stop between small letters is `ti`, the ligature that Calibri and Cambria have
    and Unicode has not.
    """
    spaces = {(char["fontname"], char["text"]) for char in _upright(chars, _BROAD) if _share(char) < NARROW}
    ligatures = {(char["fontname"], char["text"]) for char in _upright(chars, _STOPS) if _share(char) > WIDE}
    spaces = {(font, text) for font, text in spaces if _is_of_text(chars, font)}
    if not spaces and not ligatures:
        return list(chars)
    found = []
    for i, char in enumerate(chars):
        kind = (char["fontname"], char["text"])
        if kind in spaces:
            found.append({**char, "text": " "})
        elif kind in ligatures and all(
            _ENDS.fullmatch(str(each["text"])) for each in (*chars[i - 1 : i], *chars[i + 1 : i + 2])
        ):
            found.append({**char, "text": "ti"})
        else:
            found.append(char)
    return found


def _upright(chars: Iterable[dict[str, Any]], signs: frozenset[str]) -> Iterable[dict[str, Any]]:
    return (char for char in chars if char["text"] in signs and char.get("upright", True) and char["size"] > 0)


def _share(char: dict[str, Any]) -> float:
    """Return how far a character advances the pen, as a share of its size."""
    return float(char["x1"] - char["x0"]) / float(char["size"])


def _is_of_text(chars: Sequence[dict[str, Any]], font: str) -> bool:
    """Tell a font of words from one of signs of mathematics."""
    small = [char for char in chars if char["fontname"] == font and _ENDS.fullmatch(str(char["text"]))]
    return len(small) > 2
