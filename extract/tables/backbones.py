"""Whole networks of others that the row of a table names: VGG16, a frozen base, a backbone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.columns.grids import Cell
from extract.tables.one_row import OneRow
from extract.words.lexicon import names_network
from extract.words.reading import Reading

_TRAINED = re.compile(
    r"\bback-?bone|\bbase(?: model)?\b|\bfrozen\b|pre-?trained|\bextractor\b|\bencoder\b", re.IGNORECASE
)
"""What is said of a whole network that others have trained."""
_BASE = re.compile(
    r"(?:(?:pre-?trained|cnn|base|image|feature|text) )?(?:base|back-?bone|model|network|extractor|encoder)",
    re.IGNORECASE,
)
"""What a row is called that names a whole network."""


def is_trained(row: Sequence[Cell]) -> bool:
    """Tell the row of a whole network that others have trained."""
    return any(names_network(cell.text) or _TRAINED.search(cell.text) for cell in row)


def network_of(row: OneRow) -> list[Reading]:
    """Return the whole network that a row is, by its name: `VGG16 base | frozen`, `Backbone | ResNet-50`."""
    name, *others = [cell.text.strip() for cell in row.cells if cell.text.strip()] or [""]
    if names_network(name) and not row.said.get("kernel"):
        return [Reading(name, text=name)]
    told = next(filter(names_network, others), "") if _BASE.fullmatch(name) else ""
    return [Reading(re.split(r" ?[(,]", told)[0], text=told)] if told else []
