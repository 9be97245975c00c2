"""Ways through a network whose rows say how many channels each takes, up to the one that strings them together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extract.designs.assembly import Assembly
from extract.words.families import FILTERED
from extract.words.reading import Reading
from ir import layers as L
from ir.graph import Ref
from ir.layer import ShapeError
from ir.shapes import Shape

_NAMED = ("joins", "taken", "sources")
"""What says of a row which others it takes, by their names."""


class WaysByChannels:
    """Ways that all take what comes into the first: each as many channels, and not those of the layer above it."""

    def __init__(self, to: Assembly, readings: Sequence[Reading]) -> None:
        self.to = to
        self.heads: dict[int, int] = {}
        """Which place each way begins at, with the place of the first beside it."""
        self.joins: dict[int, int] = {}
        """Which places string ways together, with the place of the first way."""
        self.before: dict[int, tuple[Ref, Shape]] = {}
        self.ends: list[Ref] = []
        for place, each in enumerate(readings):
            if each.kind == "concat" and (heads := _heads(readings, place)):
                self.heads |= dict.fromkeys(heads, heads[0])
                self.joins[place] = heads[0]

    def turn(self, place: int) -> None:
        """Go back to what the first way takes where another one begins."""
        first = self.heads.get(place)
        if first == place:
            self.before[place] = self.to.tip, self.to.shape
        elif first is not None and first in self.before:
            self.ends.append(self.to.tip)
            self.to.go_to(*self.before[first])

    def are_joined(self, place: int) -> bool:
        """Join the ways at the place that does so; tell whether it does."""
        if place not in self.joins or not self.ends:
            return False
        ends, self.ends = [*self.ends, self.to.tip], []
        try:
            self.to.add(L.Concat(), "concat", *ends)
        except ShapeError as error:
            self.to.misfit(f"ways give as many channels as one layer takes, but do not fit: {error}; how is it meant?")
        else:
            self.to.infer("layers stand beside each other, as the channels that they take and give together tell")
        return True


def _heads(readings: Sequence[Reading], join: int) -> list[int]:
    """Return the places at which ways begin that a concatenation joins: its channels are those of all their ends."""
    wanted = _given(readings[join].params)
    named = any(readings[join].params.get(key) for key in _NAMED[1:])
    for start in range(join - 2, -1, -1):
        taken = _taken(readings[start].params)
        if named or not wanted or not taken or readings[start].kind == "concat":
            return []
        inside = range(start + 1, join)
        heads = [start, *(i for i in inside if _taken(readings[i].params) == taken != _width(readings[:i]))]
        ends = [_width(readings[:i]) for i in (*heads[1:], join)]
        if len(heads) > 1 and sum(ends) == wanted:
            return heads
    return []


def _taken(params: dict[str, Any]) -> int:
    """Return how many channels a layer says that it takes, 0 where it does not."""
    size = params.get("input", ())
    return int(params.get("in_channels", size[-1] if len(size) > 2 else 0))


def _given(params: dict[str, Any]) -> int:
    size = params.get("output", ())
    return int(params.get("filters", size[-1] if len(size) > 2 else 0))


def _width(readings: Sequence[Reading]) -> int:
    """Return how many channels the last layer that has its own gives."""
    return next((_given(each.params) for each in reversed(readings) if each.kind in (*FILTERED, "concat")), 0)
