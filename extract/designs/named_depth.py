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


def in_bottlenecks(to: Assembly, readings: Sequence[Reading], *said: str) -> list[Reading]:
    """Return layers, the bottlenecks of a residual net as the three convolutions that they are, as wide as is printed.

    Source: as above, figure 5. Whether what gives so many channels is meant, or what has a quarter of them, the first
    tells: it takes as many as its narrow part has.
    """
    stages = [each for each in readings if each.kind == "bottleneck" and "filters" in each.params]
    own = any(each.params.keys() & {"expand", "expanded"} for each in stages)
    if len(stages) < LEAST or own or not any(map(_RESIDUAL.search, said)):
        return list(readings)
    ahead = readings[: readings.index(stages[0])]
    taken = next((each.params["filters"] for each in reversed(ahead) if "filters" in each.params), 0)
    if (share := {1: 1, WIDENS: WIDENS}.get(stages[0].params["filters"] // taken if taken else 0)) is None:
        return list(readings)
    to.infer(f"a bottleneck is 1 × 1, 3 × 3 and 1 × 1, the last {WIDENS} times as wide as the others")
    return [_narrow(each, share) if each in stages else each for each in readings]


WIDENS = 4
"""How many times as wide as its narrow part a bottleneck of a residual net is."""
_RESIDUAL = re.compile(r"\bres-?nex?t|residual", re.IGNORECASE)


def _narrow(unit: Reading, share: int) -> Reading:
    """Return a bottleneck as a block; what is printed of it is `share` times as wide as its narrow part."""
    outer = {key: value for key, value in unit.params.items() if key in ("output", "input", "stride")}
    width = unit.params["filters"] // share
    sizes = ((1, width), (3, width), (1, WIDENS * width))
    layers = (Reading("conv", {"kernel": (side, side), "filters": wide}, text=unit.text) for side, wide in sizes)
    return Reading("block", outer, (), unit.times, tuple(layers), f"residual {unit.text}")


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
