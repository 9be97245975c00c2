"""What is known of residual nets whose tables leave it out: a line of a block for two, and where stages step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extract.designs.assembly import Assembly
from extract.words.reading import Reading, leaves

_DEPTH = re.compile(r"\bres-?net[- ]?v?(\d{2,3})\b(?! ?[/,] ?\d)|\b(\d{2,3})[- ]layers?\b", re.IGNORECASE)
"""How many layers a residual net has, by its name; not where it is one of several: ResNet-18/34."""
_WEIGHTED = ("conv", "dense")


def in_blocks_of_two(to: Assembly, readings: Sequence[Reading], *said: str) -> list[Reading]:
    """Return layers, repeated ones of a residual net as blocks of two: so it has as many layers as its name says.

    Source: He et al., Deep Residual Learning, table 1: ResNet-18 has `[3×3, 64; 3×3, 64] × 2`, of which some print the
    line but once. The first that is said of the depth counts: a design's own name, then what is said of all.
    """
    depths = next(filter(None, ({int(one or other) for one, other in _DEPTH.findall(each)} for each in said)), set())
    plain = [each for each in readings[1:] if each.kind == "conv" and each.params.get("kernel") == (3, 3)]
    plain = [each for each in plain if not each.block and "filters" in each.params]
    ends = any(each.kind == "dense" for each in readings)
    many = sum(each.times * sum(one.kind in _WEIGHTED for one in leaves([each])) for each in readings) + (not ends)
    if len(depths) != 1 or len(plain) < LEAST or sum(each.times for each in plain) + many != min(depths):
        return list(readings)
    to.infer(f"what stands in brackets is two convolutions each time, as a net of {min(depths)} layers has")
    return [_block(each) if each in plain else each for each in readings]


LEAST = 3
"""Stages of which fewer do not tell a residual net."""


def _block(once: Reading) -> Reading:
    """Return a block of two convolutions, of which the first steps; what is printed is what both give."""
    outer = {key: value for key, value in once.params.items() if key in ("output", "input")}
    inner = {key: value for key, value in once.params.items() if key not in outer}
    first = replace(once, params=inner, times=1)
    second = replace(first, params={key: value for key, value in inner.items() if key != "stride"})
    return Reading("block", outer, (), once.times, (first, second), once.text)


def with_steps_of_stages(to: Assembly, readings: Sequence[Reading]) -> list[Reading]:
    """Return layers, each stage of blocks twice as wide as the one above with a step, where no size or step is said.

    Source: as above, section 3.3.
    """
    places = [i for i, each in enumerate(readings) if each.block]
    stages = [readings[i] for i in places]
    widths = [
        next((one.params["filters"] for one in reversed(each.block) if "filters" in one.params), 0) for each in stages
    ]
    said = any({"output", "input", "stride"} & one.params.keys() for each in stages for one in (each, *each.block))
    apart = places != [*range(places[0], places[-1] + 1)] if places else True  # What steps may stand between them.
    if len(stages) < LEAST or said or apart or any(2 * before != after for before, after in pairwise(widths)):
        return list(readings)
    to.ask("no size of the stages is printed: does the first layer of each wider one step? So it is taken")
    return [_stepping(each) if each in stages[1:] else each for each in readings]


def _stepping(stage: Reading) -> Reading:
    place = next((i for i, each in enumerate(stage.block) if each.kind == "gconv"), 0)
    inner = [*stage.block]
    inner[place] = replace(inner[place], params={**inner[place].params, "stride": (2, 2)})
    return replace(stage, block=tuple(inner))
