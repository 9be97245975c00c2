"""What the printed number of parameters of a convolution tells: how many channels come in, and its window."""

from __future__ import annotations

from math import prod
from typing import Any


def channels_of(params: dict[str, Any], axes: int = 2) -> int | None:
    """Return how many channels come in, as the printed number of parameters of a convolution tells, if it does.

    With a bias or without, and with what a normalisation behind it learns, or keeps.

    >>> channels_of({"count": 960, "filters": 32, "kernel": (3, 3)}), channels_of({"count": 7, "filters": 2})
    (3, None)
    """
    count, filters, kernel = params.get("count"), params.get("filters"), params.get("window", params.get("kernel"))
    if not count or not filters or not kernel:
        return None
    sides = prod(kernel) if len(kernel) == axes else kernel[0] ** axes
    rests = ((count - many * filters, sides * filters) for many in (1, 0, 3, 5, 2, 4))
    return next((rest // each for rest, each in rests if rest > 0 and rest % each == 0), None)


def kernel_of(params: dict[str, Any], channels: int | None, axes: int = 2) -> int | None:
    """Return the side of the kernel, equal along its axes, that makes the printed number of parameters, if one does.

    >>> kernel_of({"count": 18496, "filters": 64}, 32)
    3
    """
    count, filters = params.get("count"), params.get("filters")
    if not count or not filters or not channels:
        return None
    return next((side for rest in (count - filters, count) if (side := side_of(rest, filters * channels, axes))), None)


def side_of(weights: int, each: int, axes: int = 2) -> int:
    """Return the side of windows with so many weights in all, `each` at every place of theirs, and 0 where none is so.

    >>> side_of(18432, 64 * 32), side_of(18433, 64 * 32)
    (3, 0)
    """
    side = round((weights / each) ** (1 / axes)) if weights > 0 else 0
    return side if side**axes * each == weights else 0
