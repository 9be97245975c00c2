"""Where the channels stand among the sizes of layers that are read: they are brought behind the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from extract.words.reading import Reading

COLOURS = (1, 3)
"""Channels of what most pictures are."""


def channels_last(readings: Sequence[Reading]) -> list[Reading]:
    """Return layers, the channels of their sizes last where most print as many filters as they have in front."""
    found = list(readings)
    bare = any("window" in each.params or "axes" in each.params for each in readings)
    bare |= any(len(each.params.get("stride", ())) == len("dhw") for each in readings)
    for many in (2, 3, 4):
        sizes = list(_widths_of(readings))
        sized = [(filters, size) for filters, size in sizes if len(size) == many and filters is not None]
        known = [(filters, size) for filters, size in sized if size[0] != size[-1]]
        first = sum(filters == size[0] != size[-1] for filters, size in known)
        last = sum(filters == size[-1] != size[0] for filters, size in known)
        # Two sizes may be the sides of an image, one of which is as large by chance.
        sure = first > last and (many != 3 or not bare) and (many == 3 or first >= max(2, 0.75 * len(known)))
        found = [replace(each, params=dict(_turned(each.params, many))) for each in found] if sure else found
    return found


def colours_last(readings: Sequence[Reading]) -> list[Reading]:
    """Return layers, the channels last of an input alone whose first size is how many colours pictures have."""
    return [
        replace(each, params=dict(_turned(each.params, 3))) if _is_flat(each, readings) else each for each in readings
    ]


def _is_flat(reading: Reading, readings: Sequence[Reading]) -> bool:
    """Tell an input as high as a picture has colours, over which windows go that are higher: these stand in front."""
    size: tuple[int, ...] = next((reading.params[name] for name in ("output", "shape") if name in reading.params), ())
    first = next((each.params for each in readings if each.kind == "conv" and "kernel" in each.params), {})
    higher = min(first.get("kernel", (1,))) > 1 and not first.keys() & {"window", "axes"}
    return reading.kind == "input" and len(size) == 3 and size[0] in COLOURS and min(size[1:]) > 4 and higher


def _widths_of(readings: Sequence[Reading]) -> Iterator[tuple[int | None, tuple[int, ...]]]:
    """Yield what layers give with how many filters they have, poolings with those of the layer before them."""
    width = None
    for each in readings:
        width = each.params.get("filters", width if each.kind.endswith("pool") else None)
        yield width, each.params.get("output", ())


def _turned(params: dict[str, Any], many: int) -> Iterator[tuple[str, Any]]:
    for name, value in params.items():
        sized = name in ("input", "output", "shape") and len(value) == many
        yield name, (*value[1:], value[0]) if sized else value
