"""What bare numbers and sizes of a phrase mean once all of it is known, and what a phrase without a name is."""

from __future__ import annotations

import re
from itertools import pairwise
from math import prod
from typing import Any

from extract.words.described import SMALL, Described, dropped
from extract.words.families import FILTERED, POOLS, RECURRENT, UNITS, UNSLOPED, WINDOWED
from extract.words.lexicon import RATIO, axes_of, mode_of
from extract.words.remarks import neighbours, norm_groups_of, pictured, several_windows, slope_of, vector
from extract.words.signatures import LARGEST_KERNEL
from extract.words.strangers import is_set, names_another
from extract.words.windows import take_size

LEAST_WIDTH = 32
"""Filters of a block at least that a number alone says; less may be which one it is."""
MOST_UNITS = 65_536
"""Units that a number alone says at most; more are weights."""


_WIDE = re.compile(r"\d+ ?(?:, ?[A-Za-z]+|\([A-Za-z]+\))")
"""So many units with what is behind them: 256, tanh."""
_SO_MANY = re.compile(
    r"\d (?:output |hidden |(?:leaky )?relu |tanh |sigmoid |linear )?(?:neuron|unit|node|logit)s?\b"
    r"|^(?:(?:\d(?:st|nd|rd|th)|first|second|third|last|final) )?hidden(?: layer)?\W+\d+\b(?! ?×)",
    re.IGNORECASE,
)
"""How many units a layer without another name has."""
_CONVOLVED = re.compile(r"[cn] ?[:=] ?\d+\W+k ?[:=] ?[\d× ]+(?:[sp] ?[:=] ?[\d× ]+\W*)*")
"""A convolution by its settings alone: c:128, k:3×3."""


def settle(layer: Described, posts: list[str]) -> None:
    """Give sizes and bare numbers their meaning, and a phrase without a name its kind."""
    numbers = [int(each) for each in layer.numbers if each.is_integer() and each > 0]
    if not layer.kind and _CONVOLVED.fullmatch(layer.said):
        layer.kind = "conv"
    foreign = not layer.kind and (is_set(layer.said) or names_another(layer.said))
    if not layer.kind and layer.sizes and (numbers or "stride" in layer.params) and not foreign:
        small = max(layer.sizes[0]) <= LARGEST_KERNEL if _counts(layer, numbers) else len(layer.sizes[0]) != 3
        layer.kind = "conv" if small and max(layer.sizes[0][:2]) <= LARGEST_KERNEL else ""
    if not layer.kind and len(layer.sizes) == 2 and max(layer.sizes[0]) <= LARGEST_KERNEL < layer.sizes[1][0]:
        layer.kind, layer.is_twofold = "conv", True  # So many times as wide, or as often: 1 × 1, 96 × 3.
        layer.params["filters"] = prod(layer.sizes.pop())
    if not layer.kind and [len(size) for size in layer.sizes] == [4]:
        layer.kind = "conv"
    if not layer.kind and not layer.sizes and len(numbers) == 1 and "stride" in layer.params:
        layer.say("stage", filters=numbers[0])  # Of so many channels: [60, s2].
    alone = not layer.kind and not layer.sizes and len(numbers) == 1 and numbers[0] <= MOST_UNITS
    if alone and re.fullmatch(r"\W*\d+\W*", layer.said):
        layer.kind = "dense"
    if not layer.kind and not layer.sizes and _SO_MANY.search(layer.said):
        layer.kind = "dense"
    if not layer.kind and posts and len(numbers) == 1 and _WIDE.fullmatch(layer.said):
        layer.kind = "dense"
    if not layer.kind and posts and not layer.sizes:
        layer.kind = posts[0]
        if layer.kind in UNSLOPED and len(numbers) == 1:
            layer.params["units"] = numbers[0]
    if layer.kind in ("mbconv", "fusedmbconv") and (factor := re.search(r"mbconv(\d+)", layer.said, re.IGNORECASE)):
        layer.params["expand"] = int(factor[1])
    for size in layer.sizes:
        take_size(layer, size)
    if layer.kind == "dense" and (chain := _CHAIN.search(layer.said)):
        wide = tuple(map(int, re.findall(r"\d+", chain[1])))
        layer.widths = wide if any(b - a != 1 for a, b in pairwise(wide)) else ()  # Else they are names: fc 6, 7.
    if layer.kind in UNITS and (layer.kind in RECURRENT or _OF_SIZE.search(layer.said)):
        _without_window(layer)
    for name, own in _OF_UNITS if layer.kind == "dense" else ():
        if name in layer.params:
            layer.params.setdefault(own, layer.params.pop(name))
    if layer.kind in FILTERED and "kernel" not in layer.params and _POINTWISE.search(layer.said):
        layer.params["kernel"] = (1, 1)
    if layer.kind in WINDOWED and (axes := axes_of(layer.said)):
        layer.params["axes"] = axes
    if layer.kind in FILTERED and (mode := mode_of(layer.said)):
        layer.params["border"] = mode
    if layer.kind == "pad" and (numbers or layer.sizes):
        layer.params.setdefault("pad", numbers[0] if numbers else layer.sizes[0])
    if layer.kind == "squeezing" and (ratio := re.search(RATIO, layer.said, re.IGNORECASE)):
        layer.params["ratio"] = int(ratio[1])
    if layer.kind == "lrn":
        layer.params |= neighbours(layer.said)
    if (slope := slope_of(layer.said)) is not None:
        layer.params["slope"] = slope
    if (groups := norm_groups_of(layer.said)) is not None:
        layer.params["norm_groups"] = groups
    if layer.kind == "conv" and not layer.sizes and (listed := several_windows(layer.said)):
        layer.params["kernels"] = listed
        numbers = [each for each in numbers if each not in listed]
    if layer.kind == "input":
        layer.params |= vector(layer.said) or pictured(layer.said)
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
    elif layer.kind in FILTERED and "filters" in layer.params and _counts(layer, numbers):
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
    elif layer.kind == "resblock" and layer.wider and numbers:
        layer.params["filters"] = numbers[-1]
    elif layer.kind == "resblock" and (width := re.search(r"(\d+) (?:filter|channel|map|feature)s", layer.said)):
        layer.params["filters"] = int(width[1])
    elif layer.kind == "resblock" and numbers and numbers[-1] >= LEAST_WIDTH:
        layer.params["filters"] = numbers[-1]  # Which one it is would be less: ResBlock up 256.
    elif layer.kind in ("fire", "inception", "dense_block", "transition", "bottleneck", "resblock"):
        layer.params |= {"number": numbers[0]} if numbers and "number" not in layer.params else {}
    if layer.letter:
        layer.params.setdefault(
            "groups" if "filters" in layer.params or layer.kind != "conv" else "filters", layer.letter
        )


_CHAIN = re.compile(
    r"(?<![\d×.] )(?<![\d×.])((?:\b\d+, ?){2,}\d+|(?:(?<=layers )|(?<=layers: )|(?<=mlp ))\d+(?:, ?\d+)+)\)?$",
    re.IGNORECASE,
)
"""How wide several Dense are, one behind the other: `FC 512, 256, 10`, `MLP 64, 64`."""


def _without_window(layer: Described) -> None:
    """Take the size of what has no window, `an LSTM of size 256`, as how many units it has."""
    if wide := layer.params.pop("kernel", None):
        layer.params.setdefault("units", wide[0])


_OF_SIZE = re.compile(r"(?<!kernel )(?<!filter )(?<!window )(?<!batch )(?<!input )\bsize\b", re.IGNORECASE)
_OF_UNITS = (("filters", "units"), ("in_channels", "in_features"))
"""What is said of a Dense in the words that are a convolution's: `Linear(in=512, out=10)`."""
_POINTWISE = re.compile(r"\bpoint-?wise\b|\bpw[- ]?conv", re.IGNORECASE)


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


def _counts(layer: Described, numbers: list[int]) -> bool:
    """Tell a number behind a window of three sizes that is how many filters there are: `3×3×3, 64`."""
    deep = [size for size in layer.sizes if len(size) == 3 and max(size[:2]) <= LARGEST_KERNEL]
    if not deep or not numbers:
        return False
    most = SMALL if deep[0][2] > LARGEST_KERNEL else max(SMALL, deep[0][2])
    return axes_of(layer.said) == 3 or numbers[-1] > most
