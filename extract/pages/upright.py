"""Letters on their side, of several fonts: each font tells otherwise how deep they reach."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

Char = dict[str, Any]


def aligned(chars: Sequence[Char]) -> list[Char]:
    """Return characters of which those on their side have boxes as far from their base lines as most of them have.

    Fonts of mathematics tell another depth than those of text, and so their signs, as a multiplication, have boxes
    beside the word that they stand in.
    """
    ways = {(way, _depth(char)) for char in chars if (way := _way(char))}
    if len({round(depth, 2) for _, depth in ways}) < 2:
        return list(chars)
    usual = {
        way: median(_depth(char) for char in chars if _way(char) == way)
        for way in (1, -1)
        if any(w == way for w, _ in ways)
    }
    return [_moved(char, usual[way]) if (way := _way(char)) else char for char in chars]


def _way(char: Char) -> int:
    """Return 1 for a letter on its side that is read up, -1 for one that is read down, and 0 for any other."""
    if char.get("upright", True) or "matrix" not in char or float(char["x1"]) <= float(char["x0"]):
        return 0
    a, b, *_ = char["matrix"]
    return (1 if b > 0 else -1) if abs(b) > 9 * abs(a) else 0


def _depth(char: Char) -> float:
    """Return how far a letter on its side reaches below its base line, as a share of its size."""
    wide = float(char["x1"]) - float(char["x0"])
    base = float(char["matrix"][4])
    return (float(char["x1"]) - base) / wide if _way(char) > 0 else (base - float(char["x0"])) / wide


def _moved(char: Char, depth: float) -> Char:
    by = (depth - _depth(char)) * (float(char["x1"]) - float(char["x0"])) * _way(char)
    return {**char, "x0": char["x0"] + by, "x1": char["x1"] + by} if by else char
