"""A design that a table holds, as it was read."""

from __future__ import annotations

from dataclasses import dataclass, field

from extract.columns.grids import Cell
from extract.words.reading import Reading


@dataclass(frozen=True)
class TableDesign:
    """A design that a table holds: the name of its configuration, the layout, and its layers with their cells."""

    config: str
    layout: str
    readings: tuple[Reading, ...]
    cells: tuple[Cell, ...] = field(default=(), compare=False)
    remarks: str = field(default="", compare=False)
    """What the table says of no layer, but of the whole."""
    questions: tuple[str, ...] = field(default=(), compare=False)
    """What its form leaves open."""
    told: str = field(default="", compare=False)
    """What the running text says of the table."""
    anywhere: tuple[str, ...] = field(default=(), compare=False)
    """Sentences of the running text that may say of the network which activations and Dropout it has."""
