"""Sizes that seem to be those of outputs and are windows with how many filters there are: `Convolution | 96×11×11`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extract.words.families import FILTERED, LOCAL_POOLS
from extract.words.reading import Reading
from extract.words.signatures import LARGEST_KERNEL

_SMALLER = ("conv", *LOCAL_POOLS)
"""Layers that make no image larger."""
LEAST_INPUT = 32
"""The side of an image whose layers cannot all give windows' sizes, at least."""
LEAST_SAID = 3


def as_windows(readings: Sequence[Reading]) -> list[Reading]:
    """Return layers whose sizes are windows, where as outputs they would grow behind layers that make nothing larger.

    Source: Hafemann et al., Learning Features for Offline Handwritten Signature Verification, table 2.
    """
    sized = [each for each in readings if each.kind in (*FILTERED, *LOCAL_POOLS)]
    given = [each.params.get("output", ()) for each in sized]
    taken = next((each.params.get("output", ()) for each in readings if each.kind == "input"), ())
    small = all(len(size) == len("hwc") and size[0] == size[1] <= LARGEST_KERNEL for size in given)
    bare = not any("kernel" in each.params or each.kind not in _SMALLER or each.block for each in sized)
    grow = any(a[:1] < b[:1] for a, b in pairwise(given))
    if len(given) < LEAST_SAID or not (small and bare and grow) or min(taken[:2], default=0) < LEAST_INPUT:
        return list(readings)
    return [_windowed(each) if any(each is one for one in sized) else each for each in readings]


def _windowed(reading: Reading) -> Reading:
    params = {key: value for key, value in reading.params.items() if key != "output"}
    return replace(reading, params={**params, "kernel": reading.params["output"][:2]})
