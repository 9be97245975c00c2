"""A volume of a drawing, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from extract.spatial.notes import Note
from extract.spatial.solids import Solid


@dataclass
class Volume:
    """A volume, what is said of it, and the layers that are named in front of it.

    `inside` are the numbers at the windows that are drawn in it, and `copies` how often it is drawn, in rows.
    """

    solid: Solid
    said: list[Note] = field(default_factory=list)
    inside: list[int] = field(default_factory=list)
    before: list[Note] = field(default_factory=list)
    copies: int = 1
    space: tuple[int, ...] = ()
    channels: int | None = None
    is_vector: bool = False
    meaning: Note | None = None
    """What its colour stands for."""
    called: str = ""
    """The name below it, where that says no layer that is known."""
    guessed: str = ""
    """The name of another volume that is taken for its own, as it has its colour."""
    becomes: str = ""
    """What it is taken for where it says nothing: what makes images smaller, or larger."""

    @property
    def text(self) -> str:
        """What is written at it, without the layers."""
        return self.solid.sign or " ".join(each.text for each in self.said)

    @property
    def high(self) -> float:
        """How high the face in front is."""
        return self.solid.front[3] - self.solid.front[1]
