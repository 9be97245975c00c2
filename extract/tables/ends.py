"""The ends of a design that was read: its input first, and one layer for the Dense and the softmax of so many ways."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from extract.columns.layer_names import LAYERS
from extract.columns.table_design import TableDesign
from extract.words.families import ACTIVATIONS
from extract.words.reading import Reading


def without_double_ends(design: TableDesign) -> TableDesign:
    """Return a design without the Dense of a softmax of so many ways behind a layer that gives as many: `dense 10`."""
    doubles = {
        i
        for i, each in enumerate(design.readings)
        if each.kind == "dense"
        and re.search(r"soft-?max", each.text, re.IGNORECASE)
        and each.params == {"units": _ways(design.readings[:i])}
    }
    kept = [i for i in range(len(design.readings)) if i not in doubles]
    cells = tuple(design.cells[i] for i in kept if i < len(design.cells))
    return replace(design, readings=tuple(design.readings[i] for i in kept), cells=cells)


def _ways(readings: Sequence[Reading]) -> int | None:
    """Return how many numbers layers end in, if they end in a Dense without activation, or in means of images."""
    if readings and readings[-1].kind == "gavgpool":
        before = next((each for each in reversed(readings) if each.kind != "gavgpool"), None)
        return before.params.get("filters") if before is not None and before.kind == "conv" else None
    ends = bool(readings) and readings[-1].kind == "dense" and not {*readings[-1].posts} & ACTIVATIONS
    return readings[-1].params.get("units") if ends else None


def in_order(design: TableDesign) -> TableDesign:
    """Return a design from its input on: some tables print the output first."""
    kinds = [each.kind for each in design.readings]
    if kinds[1:2] == ["input"] and kinds[0] not in LAYERS:  # What comes into a network that is named first.
        places = [1, 0, *range(2, len(kinds))]
        cells = tuple(design.cells[i] for i in places if i < len(design.cells))
        return replace(design, readings=tuple(design.readings[i] for i in places), cells=cells)
    if "input" not in kinds or kinds.index("input") <= len(kinds) / 2:
        return design
    if len(design.cells) != len(design.readings):
        return replace(design, readings=design.readings[::-1], cells=design.cells[::-1])
    pairs = zip(design.readings, design.cells, strict=True)
    rows = [list(row) for _, row in groupby(pairs, key=lambda pair: id(pair[1]))]  # Whose layers stay in their order.
    readings, cells = zip(*(pair for row in reversed(rows) for pair in row), strict=True)
    return replace(design, readings=readings, cells=cells)
