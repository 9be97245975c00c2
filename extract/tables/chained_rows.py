"""Rows whose cells list layers behind each other with arrows: `Conv → Pool`, with units that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.tables.one_row import OneRow
from extract.words.cells import read_cell
from extract.words.lexicon import kind_of, posts_of
from extract.words.reading import Reading
from extract.words.spellings import normalized


def chained(row: OneRow) -> list[Reading]:
    """Return the layers that a cell lists behind each other with arrows, which say more than the row's name."""
    for cell in row.cells:
        parts = re.split(r"→(?![^(]*\))", normalized(cell.text))
        calls = re.split(r"[,+](?![^(\[]*[)\]])", normalized(cell.text))
        called = sum(bool(kind_of(part) and re.search(r"\(.*\d", part)) for part in calls) > 1
        dashed = re.split(r" - (?![^(\[]*[)\]])", normalized(cell.text))
        parts = calls if called and len(parts) == 1 else dashed if len(parts) == 1 and len(dashed) > 2 else parts
        layers = [bool(kind_of(part) or posts_of(part) or _is_window(part)) for part in parts]
        own = not kind_of(parts[0]) and re.search(r"\d", parts[0]) and not _is_window(parts[0])
        if len(parts) > 1 and any(layers) and not all(layers) and (told := _with_units(parts, layers)):
            row.heed_list(cell)
            return told
        if len(parts) > 1 and all(layers) and not own and (said := read_cell(cell.text)):
            row.heed_list(cell)
            return said
    return []


_UNIT = re.compile(r"\s*([A-Z][a-z]+[A-Za-z-]*(?: [A-Z][A-Za-z]+)*)(?: ?\([^()\d]*#?\d{1,2}\))?\s*")
"""A unit by a name of its own, behind which may stand what it takes: `Unpacking (#5)`."""


def _with_units(parts: Sequence[str], layers: Sequence[bool]) -> list[Reading]:
    """Return the layers of parts, and for the others what nobody knows: `Conv2d → Packing`; none for anything else."""
    units = [None if is_layer else _UNIT.fullmatch(part) for part, is_layer in zip(parts, layers, strict=True)]
    if not all(is_layer or unit for unit, is_layer in zip(units, layers, strict=True)):
        return []
    return [
        each
        for part, unit in zip(parts, units, strict=True)
        for each in ([Reading(unit[1], text=f"{IN_CHAIN}{part.strip()}")] if unit else _joining(part))
    ]


IN_CHAIN = "→ "
"""What stands in front of the text of a unit in a chain of layers, which by that is no result."""
_JOINED = re.compile(r"\(?[⊕+] ?#(\d{1,2})\)?")
"""What is joined to what comes in, by the number of its row."""


def _joining(part: str) -> list[Reading]:
    """Return the layers of a part of a chain, behind the join of what it takes too: `Conv2d (⊕ #4)`."""
    also = _JOINED.search(part)
    join = [Reading("concat", {"joins": also[1]}, text=also[0], unclear=True)] if also else []
    return [*join, *read_cell(_JOINED.sub("", part))]


def _is_window(part: str) -> bool:
    """Tell a window with how many filters it has, and so a convolution: `3×3, 8`."""
    return bool(re.fullmatch(r"\W*\d+ ?× ?\d+ ?, ?\d+(?:, ?(?:stride|s) ?\d)?\W*", part))
