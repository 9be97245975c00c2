"""The names of layers that are given none: conv2d_1, conv2d_2, relu_1 ..."""

from __future__ import annotations

from collections.abc import Container


def automatic(stem: str, counts: dict[str, int], taken: Container[str]) -> str:
    """Return the next name for a layer type that is not taken; `counts` holds how far each type has come.

    >>> automatic("ReLU", {"relu": 1}, {"relu_2"})
    'relu_3'
    """
    stem = stem.lower()
    number = counts.get(stem, 0) + 1
    while f"{stem}_{number}" in taken:
        number += 1
    counts[stem] = number
    return f"{stem}_{number}"
