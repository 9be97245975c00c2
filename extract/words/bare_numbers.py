"""What bare numbers of a phrase mean, by the kind of its layer: a window, filters, a stride, how often it comes."""

from __future__ import annotations

import re
from typing import Any

from extract.words.described import SMALL, Described, dropped
from extract.words.families import FILTERED, POOLS, UNITS, WINDOWED
from extract.words.lexicon import axes_of
from extract.words.signatures import LARGEST_KERNEL

LEAST_WIDTH = 32
"""Filters of a block at least that a number alone says; less may be which one it is."""


def take_numbers(layer: Described, numbers: list[int]) -> None:
    """Give the bare numbers of a layer their meaning."""
    if layer.kind in POOLS and numbers and numbers[0] <= LARGEST_KERNEL:
        # Behind a window stands its stride.
        key = "stride" if "kernel" in layer.params and numbers[0] <= max(layer.params["kernel"]) else "kernel"
        layer.params.setdefault(key, (numbers[0],) * 2)
        if key == "kernel" and len(numbers) == 2 and numbers[1] <= numbers[0]:
            layer.params.setdefault("stride", (numbers[1],) * 2)
    elif layer.kind == "spp" and (numbers or layer.sizes):
        layer.params["levels"] = tuple(numbers) or tuple(size[0] for size in layer.sizes)
    elif layer.kind in UNITS and numbers:
        layer.params.setdefault("units", numbers[0 if layer.kind == "softmax" else -1])
    elif layer.kind == "flatten" and len(numbers) == 1:
        layer.params.setdefault("output", (numbers[0],))
    elif layer.kind == "dropout" and layer.numbers and layer.numbers[0] < 1:
        layer.params.setdefault("rate", dropped(layer.numbers[0], layer.said))
    elif layer.kind in WINDOWED:
        _take_of_convolution(layer, numbers)
    else:
        _take_of_block(layer, numbers)


def _take_of_convolution(layer: Described, numbers: list[int]) -> None:
    """Give the bare numbers of a convolution their meaning."""
    if layer.kind in FILTERED and "filters" in layer.params and counts(layer, numbers):
        # Of a window's three sizes the last is then how many channels come in, or the window is one of a volume.
        layer.params |= {"in_channels": layer.params["filters"], "filters": numbers[-1]}
    elif _is_along_time(layer) and len(numbers) == 2 and not {"kernel", "filters"} & {*layer.params}:
        many, side = numbers if _is_width(numbers[0]) or not _is_width(numbers[1]) else numbers[::-1]
        layer.params |= {"filters": many, "kernel": (side,) * 2}  # A window over time may be long.
    elif (
        layer.kind in FILTERED
        and len(numbers) == 2
        and not {"kernel", "filters"} & {*layer.params}
        and _are_apart(numbers)
    ):
        layer.params |= {"kernel": (min(numbers),) * 2, "filters": max(numbers)}
    elif layer.kind in FILTERED and not {"stride", "filters"} & {*layer.params} and (steps := _listed(layer, numbers)):
        layer.params |= steps
    elif layer.kind in WINDOWED and layer.kind not in POOLS and numbers:
        layer.params.setdefault("filters", numbers[-1])


def _take_of_block(layer: Described, numbers: list[int]) -> None:
    """Give the bare numbers of a block their meaning: how wide it is, or which one."""
    if layer.kind == "resblock" and layer.wider and numbers:
        layer.params["filters"] = numbers[-1]
    elif layer.kind == "resblock" and (width := re.search(r"(\d+) (?:filter|channel|map|feature)s", layer.said)):
        layer.params["filters"] = int(width[1])
    elif layer.kind == "resblock" and numbers and numbers[-1] >= LEAST_WIDTH:
        layer.params["filters"] = numbers[-1]  # Which one it is would be less: ResBlock up 256.
    elif layer.kind in ("fire", "inception", "dense_block", "transition", "bottleneck", "resblock"):
        layer.params |= {"number": numbers[0]} if numbers and "number" not in layer.params else {}


def _listed(layer: Described, numbers: list[int]) -> dict[str, Any]:
    """Return what a list of bare numbers says, of which the last are a step and a border: `64, 3, 2`.

    >>> _listed(Described("", params={"kernel": (3, 3)}), [64, 2]), _listed(Described(""), [64, 3, 1, 1])
    ({'filters': 64, 'stride': (2, 2)}, {'kernel': (3, 3), 'filters': 64, 'stride': (1, 1), 'pad': 1})
    """
    if "kernel" not in layer.params and len(numbers) > 2 and numbers[0] <= LARGEST_KERNEL < numbers[1]:
        numbers = [numbers[1], numbers[0], *numbers[2:]]  # Its window stands in front.
    window, (many, *rest) = {}, numbers or [0]
    if "kernel" not in layer.params and rest:
        window = {"kernel": (rest.pop(0),) * 2}
    side = layer.params.get("kernel", window.get("kernel", (0,)))[0]
    if not (rest and len(rest) <= 2 and many > LARGEST_KERNEL >= side and 0 < rest[0] <= min(side, SMALL - 1)):
        return {}
    border = {"pad": rest[1]} if rest[1:] else {}
    return {**window, "filters": many, "stride": (rest[0],) * 2, **border}


def _is_along_time(layer: Described) -> bool:
    return layer.kind in FILTERED and axes_of(layer.said) == 1


def _is_width(number: int) -> bool:
    """Tell how many filters there may be: a power of two, or three times one.

    >>> [_is_width(each) for each in (64, 96, 50, 4)]
    [True, True, False, False]
    """
    part = number // 3 if number % 3 == 0 else number
    return number >= SMALL + 3 and part & (part - 1) == 0


def _are_apart(numbers: list[int]) -> bool:
    """Tell a number that is the side of a window from one that is no such: `conv 64, 3`."""
    return 1 < min(numbers) <= LARGEST_KERNEL < max(numbers)


def counts(layer: Described, numbers: list[int]) -> bool:
    """Tell a number behind a window of three sizes that is how many filters there are: `3×3×3, 64`."""
    deep = [size for size in layer.sizes if len(size) == 3 and max(size[:2]) <= LARGEST_KERNEL]
    if not deep or not numbers:
        return False
    most = SMALL if deep[0][2] > LARGEST_KERNEL else max(SMALL, deep[0][2])
    return axes_of(layer.said) == 3 or numbers[-1] > most
