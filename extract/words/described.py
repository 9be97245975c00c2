"""What a phrase has said so far of one layer: its kind, its hyper-parameters, and numbers that have no meaning yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SMALL = 5
"""A number of less behind a window is its stride, and no number of filters."""


def sides(values: tuple[int, ...]) -> tuple[int, ...]:
    """Return the sides of a window or a step: one number is of a square."""
    return values * 2 if len(values) == 1 else values[:3]


def dropped(share: float, said: str) -> float:
    """Return how much is dropped, where a text says that share of what is dropped or of what is kept."""
    return round(1 - share, 6) if "keep" in said.lower() else share


@dataclass
class Described:
    """One layer as far as a phrase describes it."""

    said: str
    """The phrase."""
    kind: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    numbers: list[float] = field(default_factory=list)
    """Numbers alone, whose meaning depends on all that is said."""
    sizes: list[tuple[int, ...]] = field(default_factory=list)
    """Sizes alone: of a window, an image or weights."""
    extra: list[str] = field(default_factory=list)
    """Activations that an argument names."""
    widths: tuple[int, ...] = ()
    """The units of several Dense that are behind each other."""
    wider: str = ""
    """The letter by which its width is multiplied."""
    letter: int = 0
    """What is said of a C: how many channels there are, or how many groups where another number says that."""
    is_twofold: bool = False
    """Whether what is said has two meanings."""

    def say(self, kind: str, **params: Any) -> None:
        """Take its kind, and hyper-parameters."""
        self.kind = kind
        self.params |= params

    def step(self, stride: int) -> None:
        """Take the stride of both sides."""
        self.params["stride"] = (stride, stride)
