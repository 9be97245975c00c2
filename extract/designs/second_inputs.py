"""Rows of what comes in beside the layers above them, which a later row strings together: `Input 2 | 4`, `Concat`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

from extract.columns.layer_names import LAYERS
from extract.designs.assembly import Assembly
from extract.designs.joining import INTO, of_one_rank
from extract.designs.sequences import input_of
from extract.words.reading import Reading
from ir import layers as L
from ir.graph import Ref

_BESIDE = re.compile(r"\b(?:input|feature|state|vector|data|meta\w*|condition|label|variable)s?\b", re.IGNORECASE)
"""What is called so may come in."""


class SecondInputs:
    """The inputs of a design behind the first, and the ends of layers that wait to be strung together with theirs."""

    def __init__(self, to: Assembly, readings: Sequence[Reading]) -> None:
        self.to = to
        self.readings = readings
        self.waiting: list[Ref] = []
        self.joined = -1

    def begins(self, place: int) -> bool:
        """Begin with what comes in at a place of the readings, where a later one joins it; tell whether that is so."""
        reading, join = self.readings[place], self._join(place)
        size = reading.params.get("output", ())
        if join is None or not self.to.nodes or not size:
            return False
        fits = self._fits(place, join)
        plain = reading.kind in LAYERS or _BESIDE.search(reading.text)
        if fits is False or (reading.kind != "input" and not (fits and plain and join == place + 1)):
            return False
        joining = self.readings[join].text
        if fits is None:
            told = f"is it an input of its own, which {joining!r} joins? So it is taken"
            self.to.ask(f"{reading.text!r} stands between layers: {told}")
        else:
            self.to.infer(f"{reading.text!r} is an input of its own: {joining!r} joins it with the layers above it")
        self.waiting.append(self.to.tip)
        self.joined = join
        self.to.start((None, size[-1], *size[:-1]))
        return True

    def begins_way(self, place: int) -> bool:
        """Begin with what a branch takes that has a row of its own for it; tell whether that is so."""
        reading = self.readings[place]
        taken = reading.params.get("taken", ())
        size = reading.params.get("output", reading.params.get("shape", ()))
        if reading.kind != "input" or not self.to.nodes or not size or not taken or not taken[0].startswith(INTO):
            return False
        self.to.start(input_of(self.readings[place:], self.to) or (None, size[-1], *size[:-1]))
        self.to.named.update(dict.fromkeys(reading.names, self.to.tip))
        return True

    def joins(self, place: int) -> bool:
        """Join the ends of layers that wait, at the place that does so; tell whether it does."""
        if place != self.joined or not self.waiting:
            return False
        self.to.add(L.Concat(), "concat", *of_one_rank(self.to, [*self.waiting, self.to.tip]))
        self.waiting = []
        return True

    def _join(self, place: int) -> int | None:
        """Return the place of what joins: the first concatenation behind, where it names nothing that it takes."""
        behind = ((i, each) for i, each in enumerate(self.readings) if i > place)
        found = next((i for i, each in behind if each.kind == "concat"), None)
        if found is None or {"taken", "sources"} & self.readings[found].params.keys():
            return None
        return None if re.search(r"[A-Za-z]", str(self.readings[found].params.get("joins", ""))) else found

    def _fits(self, place: int, join: int) -> bool | None:
        """Tell whether as many numbers are joined as are printed, None where that is not printed."""
        given = self.readings[join].params.get("output", ())
        sizes = [self.readings[i].params.get("output", ()) for i in (place - 1, join - 1)]
        inside = [i for i in range(place + 1, join) if self.readings[i].kind == "input"]
        if inside or len(given) != 1 or not all(sizes):
            return None
        waits = sum(prod(size or 0 for size in self.to.shapes[ref][1:]) for ref in self.waiting)
        return bool(sum(map(prod, sizes)) + waits == given[0])
