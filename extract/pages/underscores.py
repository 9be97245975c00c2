"""Underscores that are drawn: where a font has none, TeX sets a short rule on the base line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from extract.pages.borders import Rule

SHORTEST, LONGEST = 0.2, 0.8
"""How wide an underscore is, as shares of the type's size; 0.3 in plain TeX (`\\_`)."""
BESIDE = 0.2
"""How far it is at most from the characters on both sides of it."""
BELOW = 0.25
"""How far below their base line it is at most."""


def underscores_of(chars: Sequence[dict[str, Any]], rules: Iterable[Rule], height: float) -> list[dict[str, Any]]:
    """Return underscores, as characters, for the short rules that stand between two characters on their base line.

    `rules` are heights and ends; `height` is that of the page, as characters count theirs from its foot.
    """
    near: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for char in chars:
        if char.get("upright", True) and not str(char["text"]).isspace():
            near[int((height - float(char["matrix"][5])) // 4)].append(char)
    found = []
    for y, x0, x1 in rules:
        level = [
            char
            for slot in (-1, 0, 1)
            for char in near[int(y // 4) + slot]
            if SHORTEST * char["size"] < x1 - x0 < LONGEST * char["size"]
            and -0.1 * char["size"] < y - (height - float(char["matrix"][5])) < BELOW * char["size"]
        ]
        before = [char for char in level if abs(x0 - char["x1"]) < BESIDE * char["size"]]
        behind = [char for char in level if abs(char["x0"] - x1) < BESIDE * char["size"]]
        if before and behind:
            found.append({**before[0], "text": "_", "x0": before[0]["x1"], "x1": behind[0]["x0"]})
    return found
