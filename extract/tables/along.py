"""What sizes of layers along one axis say: how far it goes, how many channels there are, and what is at each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import prod
from typing import Any

from extract.designs.volumes import lengthened
from extract.words.families import FILTERED, LOCAL_POOLS
from extract.words.reading import Reading

_SPACED = (*FILTERED, *LOCAL_POOLS, "bn")


def with_channels(readings: Sequence[Reading]) -> list[Reading]:
    """Return layers, the convolutions along one axis with as many filters as one of their two sizes tells."""
    if _is_along_one(readings):
        readings = [each if "axes" in each.params else lengthened(each) for each in readings]
    long = [each for each in readings if each.kind in FILTERED and each.params.get("axes") == 1]
    if not any("filters" not in each.params and len(each.params.get("output", ())) == 2 for each in long):
        return list(readings)
    place = _place(long, [each for each in readings if each.kind in _SPACED])
    if place is None:
        return list(readings)
    found = [_widened(each, place) for each in readings]
    if _is_open(found):
        first = list(readings).index(long[0])
        found[first] = replace(found[first], unclear=True)
    return found


def _is_open(readings: Sequence[Reading]) -> bool:
    """Tell layers of which neither size grows, and nothing says that it steps: either may be how long they are."""
    spaced = [each.params for each in readings if each.kind in FILTERED]
    steps = any(each.kind not in FILTERED and each.kind in _SPACED for each in readings)
    steps |= any(key in each for each in spaced for key in ("stride", "input", "count"))
    sizes = [each["output"] for each in spaced if len(each.get("output", ())) == 2]
    shrink = all(a[i] >= b[i] for a, b in pairwise(sizes) for i in (0, 1))
    return len(sizes) == len(spaced) > 1 and not steps and shrink and all("filters" in each for each in spaced)


def at_each_step(readings: Sequence[Reading]) -> list[Reading]:
    """Return layers, each Dense as wide as the last of several sizes where the others are those of what comes in.

    >>> taken, given = {"output": (243, 512)}, {"output": (243, 39), "units": 9477}
    >>> at_each_step([Reading("lstm", taken), Reading("dense", given, inferred=("units",))])[1].params
    {'output': (243, 39), 'units': 39, 'steps': True}
    """
    found = list(readings)
    for i, (before, each) in enumerate(pairwise(readings), 1):
        given, taken = each.params.get("output", ()), before.params.get("output", ())
        shape = each.params.get("in_features"), each.params.get("units")
        if each.kind == "dense" and len(taken) == 2 and not given and taken[0] == shape[0] != taken[1]:
            given = shape  # Of what it gives at each step, and not of its weights.
            each = replace(each, params={"output": given, "units": shape[1]})
        kept = len(given) == len(taken) > 1 and given[:-1] == taken[:-1] and min(prod(given[:-1]), given[-1]) > 1
        if each.kind == "dense" and kept and each.params.get("units") in (prod(given), given[-1]):
            found[i] = replace(each, params={**each.params, "units": given[-1], "steps": True})
    return found


def _is_along_one(readings: Sequence[Reading]) -> bool:
    """Tell layers whose poolings, with windows of one number, make smaller but one of two sizes, always the same."""
    pairs = [
        (before.params.get("output", ()), each.params.get("output", ()))
        for before, each in pairwise(readings)
        if each.kind in LOCAL_POOLS and len({*each.params.get("kernel", ())}) <= 1
    ]
    sized = [pair for pair in pairs if [len(each) for each in pair] == [2, 2]]
    changed = {tuple(a != b for a, b in zip(*pair, strict=True)) for pair in sized}
    alike = len(sized) == len(pairs) > 1 and changed in ({(True, False)}, {(False, True)})
    windowed = any("kernel" in each.params for each in readings if each.kind in LOCAL_POOLS)
    if not alike or windowed:
        return alike
    widths = [each.params.get("output", ()) for each in readings if each.kind in FILTERED]
    wide = changed.pop().index(False)
    taken = [
        each.params["output"]
        for each in readings[:1]
        if each.kind == "input" and len(each.params.get("output", ())) == 2
    ]
    return all(len(each) == 2 for each in (*taken, *widths)) and len({each[wide] for each in (*taken, *widths)}) > 1


def _place(long: Sequence[Reading], spaced: Sequence[Reading]) -> int | None:
    """Return which of two sizes is how many channels there are: as filters are, or not what never grows."""
    told = [
        {i for i in (0, 1) if each.params["output"][i] == each.params["filters"]}
        for each in long
        if "filters" in each.params and len(each.params.get("output", ())) == 2
    ]
    if told:
        both = set.intersection(*told)
        return both.pop() if len(both) == 1 else None
    pairs = [(each.params.get("input", ()), each.params.get("output", ())) for each in long if each.kind == "conv"]
    grown = {i for taken, given in pairs if len(taken) == len(given) == 2 for i in (0, 1) if given[i] > taken[i]}
    if len(grown) == 1:  # It goes on for no longer behind a convolution.
        return grown.pop()
    normed = [each.params for each in spaced if each.kind == "bn" and len(each.params.get("output", ())) == 2]
    if (ends := {_end(each) for each in normed} - {None}) and len(ends) == 1:
        return ends.pop()
    sizes = [each.params["output"] for each in spaced if len(each.params.get("output", ())) == 2]
    fits = [all(_goes_on(before, after, i) for before, after in pairwise(long)) for i in (0, 1)]
    if sum(fits) == 1 and len(long) == len(spaced):
        return 1 - fits.index(True)
    columns = [[size[i] for size in sizes] for i in (0, 1)]
    steady = [all(a >= b for a, b in pairwise(column)) for column in columns]
    if all(steady):  # Channels may be as many all along.
        steady = [len({*column}) > 1 for column in columns]
    return 1 - steady.index(True) if sum(steady) == 1 else None


def _goes_on(before: Reading, after: Reading, place: int) -> bool:
    """Tell whether one of two sizes may be how far it goes on behind a convolution: as far, or with a usual step."""
    sizes = [each.params.get("output", ()) for each in (before, after)]
    if any(len(size) != 2 for size in sizes) or "stride" in after.params:
        return True
    taken, given = (size[place] for size in sizes)
    window = after.params.get("kernel", (1,))[0]
    stepped = {size // step for step in USUAL_STEPS for size in (taken, taken + step - 1, taken - window + step)}
    bordered = range(taken - window + 1, taken + 1, 2)  # With as much on both sides.
    return given in (taken, *stepped, *bordered) or after.kind == "deconv"


USUAL_STEPS = (1, 2, 3, 4)
"""How far a convolution steps that does not say it."""


def _end(params: dict[str, Any]) -> int | None:
    """Return which of two sizes a normalisation has four numbers for each of, or two without those that run along."""
    told = {i for i in (0, 1) if params.get("count") in (2 * params["output"][i], 4 * params["output"][i])}
    return told.pop() if len(told) == 1 else None


def _widened(reading: Reading, place: int) -> Reading:
    output, taken = reading.params.get("output", ()), reading.params.get("input", ())
    if place == 0 and len(taken) == 2:  # What comes in has its channels in front too.
        reading = replace(reading, params={**reading.params, "input": taken[::-1]})
    if reading.kind not in FILTERED or "filters" in reading.params or len(output) != 2:
        return reading
    params = {**reading.params, "filters": output[place]}
    return replace(reading, params=params, inferred=(*reading.inferred, "filters"))
