"""Heads of a network: what stands beside each other behind the layers that all of them share."""

from __future__ import annotations

from dataclasses import dataclass, field

from extract.designs.assembly import Assembly
from extract.words.reading import Reading
from ir.graph import Ref
from ir.shapes import Shape


@dataclass
class Heads:
    """Where the heads of a network begin, each with a name of its own."""

    of: Assembly
    shared: tuple[Ref, Shape] | None = None
    names: list[str] = field(default_factory=list)

    def turn(self, reading: Reading) -> None:
        """Go back to what all heads take where another one begins."""
        name = reading.params.get("head", "")
        if not name or name in self.names:
            return
        if self.shared is None:
            self.shared = self.of.tip, self.of.shape
        else:
            self.of.go_to(*self.shared)
            self.of.infer(f"{reading.text!r} takes what the {self.names[0]} head does, as the head beside it")
        self.names.append(name)
