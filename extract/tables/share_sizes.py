"""Designs of tables whose sizes are shares of what comes in: how large that is, and which sizes say no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isqrt

from extract.columns.shares import Shares
from extract.columns.table_design import TableDesign
from extract.words.families import FILTERED, WHOLE_POOLS, WINDOWED
from extract.words.reading import Reading


def of_size(design: TableDesign, shares: Shares) -> TableDesign:
    """Return a design of a table of shares with what is asked of these, and the size of what comes in.

    Behind a convolution that makes an image a little smaller shares are rounded, and layers that say their steps are
    not held to them.
    """
    if not shares.asked and not shares.side:
        return design
    rounded = bool(shares.asked) and any(map(_shrinks, design.readings))
    readings = [_unheld(each, rounded=rounded) for each in design.readings]
    first = readings[0]
    if shares.side and first.kind != "input" and not {"input", "in_features"} & first.params.keys():
        readings[0] = replace(first, params={**first.params, "input": shares.side})
    asked = (*design.questions, shares.asked) if shares.asked else design.questions
    return replace(design, readings=tuple(readings), questions=asked)


def _shrinks(reading: Reading) -> bool:
    """Tell a convolution whose border is said, and less than its window sees, so that shares of sizes are rounded."""
    pad, kernel = reading.params.get("pad"), reading.params.get("kernel", (1,))
    return reading.kind in FILTERED and (pad == "valid" or (isinstance(pad, int) and 2 * pad < max(kernel) - 1))


def _unheld(reading: Reading, *, rounded: bool) -> Reading:
    """Return a layer that says its step, where sizes are rounded, or that sees all of an image, without its size."""
    stepped = rounded and reading.kind in WINDOWED and "stride" in reading.params
    held = not (stepped or reading.kind in WHOLE_POOLS)
    params = {key: value for key, value in reading.params.items() if held or key not in ("output", "input")}
    return replace(reading, params=params)


def side_told(designs: Sequence[TableDesign], side: int) -> int | None:
    """Return how large what comes in is, as the weights of the first Dense tell where `side` was taken for it."""
    for design in designs:
        place = next((i for i, each in enumerate(design.readings) if each.kind == "dense"), 0)
        before, dense = design.readings[:place], design.readings[place].params
        units, count = dense.get("units", 0), dense.get("count", 0)
        wide = next((each.params["filters"] for each in reversed(before) if "filters" in each.params), 0)
        given = next((each.params["output"][0] for each in reversed(before) if "output" in each.params), 0)
        pooled = any(each.kind in WHOLE_POOLS for each in before)
        biased = units and count > units and count % units == 0
        counted = count // units - 1 if biased else 0
        numbers = {dense.get("in_features", 0), counted} - {0}
        sides = {isqrt(each // wide) for each in numbers if wide and isqrt(each // wide) ** 2 * wide == each}
        if given and not pooled and len(sides) == 1 and side % given == 0:
            return sides.pop() * (side // given)
    return None
