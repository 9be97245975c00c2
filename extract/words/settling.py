"""What bare numbers and sizes of a phrase mean once all of it is known, and what a phrase without a name is."""

from __future__ import annotations

import re
from itertools import pairwise
from math import prod

from extract.words.bare_numbers import counts, take_numbers
from extract.words.described import Described
from extract.words.families import FILTERED, RECURRENT, UNITS, UNSLOPED, WINDOWED
from extract.words.lexicon import RATIO, axes_of, mode_of
from extract.words.remarks import neighbours, norm_groups_of, pictured, several_windows, slope_of, vector
from extract.words.signatures import LARGEST_KERNEL
from extract.words.strangers import is_set, names_another
from extract.words.windows import take_size

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
    if not layer.kind:
        _name(layer, posts, numbers)
    if layer.kind in ("mbconv", "fusedmbconv") and (factor := re.search(r"mbconv(\d+)", layer.said, re.IGNORECASE)):
        layer.params["expand"] = int(factor[1])
    for size in layer.sizes:
        take_size(layer, size)
    _settle_units(layer)
    _settle_windows(layer)
    _settle_others(layer, numbers)
    if layer.kind == "conv" and not layer.sizes and (listed := several_windows(layer.said)):
        layer.params["kernels"] = listed
        numbers = [each for each in numbers if each not in listed]
    take_numbers(layer, numbers)
    if layer.letter:
        layer.params.setdefault(
            "groups" if "filters" in layer.params or layer.kind != "conv" else "filters", layer.letter
        )


def _name(layer: Described, posts: list[str], numbers: list[int]) -> None:
    """Give a phrase without a name its kind, as its numbers and what stands behind it tell."""
    if _CONVOLVED.fullmatch(layer.said):
        layer.kind = "conv"
    foreign = not layer.kind and (is_set(layer.said) or names_another(layer.said))
    if not layer.kind and layer.sizes and (numbers or "stride" in layer.params) and not foreign:
        small = max(layer.sizes[0]) <= LARGEST_KERNEL if counts(layer, numbers) else len(layer.sizes[0]) != 3
        layer.kind = "conv" if small and max(layer.sizes[0][:2]) <= LARGEST_KERNEL else ""
    if not layer.kind and len(layer.sizes) == 2 and max(layer.sizes[0]) <= LARGEST_KERNEL < layer.sizes[1][0]:
        layer.kind, layer.is_twofold = "conv", True  # So many times as wide, or as often: 1 × 1, 96 × 3.
        layer.params["filters"] = prod(layer.sizes.pop())
    if not layer.kind and [len(size) for size in layer.sizes] == [4]:
        layer.kind = "conv"
    if not layer.kind and not layer.sizes:
        _name_by_number(layer, posts, numbers)


def _name_by_number(layer: Described, posts: list[str], numbers: list[int]) -> None:
    """Give a phrase without a name or a size its kind."""
    alone = len(numbers) == 1 and numbers[0] <= MOST_UNITS and re.fullmatch(r"\W*\d+\W*", layer.said)
    if len(numbers) == 1 and "stride" in layer.params:
        layer.say("stage", filters=numbers[0])  # Of so many channels: [60, s2].
    elif alone or _SO_MANY.search(layer.said) or (posts and len(numbers) == 1 and _WIDE.fullmatch(layer.said)):
        layer.kind = "dense"
    elif posts:
        layer.kind = posts[0]
        if layer.kind in UNSLOPED and len(numbers) == 1:
            layer.params["units"] = numbers[0]


def _settle_units(layer: Described) -> None:
    """Settle what is said of a layer of units in words of a convolution, and how wide several Dense are."""
    if layer.kind == "dense" and (chain := _CHAIN.search(layer.said)):
        wide = tuple(map(int, re.findall(r"\d+", chain[1])))
        layer.widths = wide if any(b - a != 1 for a, b in pairwise(wide)) else ()  # Else they are names: fc 6, 7.
    if layer.kind in UNITS and (layer.kind in RECURRENT or _OF_SIZE.search(layer.said)):
        _without_window(layer)
    for name, own in _OF_UNITS if layer.kind == "dense" else ():
        if name in layer.params:
            layer.params.setdefault(own, layer.params.pop(name))


def _settle_windows(layer: Described) -> None:
    """Settle what words say of a window: that it sees one pixel, along which axes it goes, what its border holds."""
    if layer.kind in FILTERED and "kernel" not in layer.params and _POINTWISE.search(layer.said):
        layer.params["kernel"] = (1, 1)
    if layer.kind in WINDOWED and (axes := axes_of(layer.said)):
        layer.params["axes"] = axes
    if layer.kind in FILTERED and (mode := mode_of(layer.said)):
        layer.params["border"] = mode


def _settle_others(layer: Described, numbers: list[int]) -> None:
    """Settle what is said of one kind of layers, and of what stands behind any."""
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
    if layer.kind == "input":
        layer.params |= vector(layer.said) or pictured(layer.said)


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
