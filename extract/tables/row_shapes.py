"""The sizes that a row prints of what comes into its layer and goes out, and what these tell of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from extract.columns.header_rows import LISTED
from extract.columns.numbers import channels_of, features_of, shapes, whole
from extract.designs.joining import names_among
from extract.designs.signals import COLOURS
from extract.tables.one_row import OneRow
from extract.tables.row_borders import cut_off
from extract.words.families import FILTERED, RECURRENT
from extract.words.reading import Reading

_VECTOR = re.compile(r"[(\[] ?\d+ ?, ?[)\]]")
"""The shape of a vector: (21,)."""
_INCOMING = re.compile(
    r"(?:(?:number|num|no\.?|#) ?(?:of )?)?in(?:put)?[ _-]?(?:channels?|ch\.?|features|maps|planes)?$"
    r"|ch(?:annels?|\.)? in$"
    r"|c[ _]?in$|filt(?:er)?\.? dim\w*\.?$",
    re.IGNORECASE,
)
"""The header of a column of how many channels come in."""
_IN_AND_OUT = re.compile(
    r"(?:ch\w*\.?)? ?\(?(?:i(?:n|nput)? ?/ ?o(?:ut|utput)?)\)?|ch(?:n?s|ans?|annels?)\.?", re.IGNORECASE
)
"""That of one of how many come in and out: `Ch I/O`, `chns`."""


def with_sizes(row: OneRow, first: Reading, found: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of a layer with the sizes that its row prints."""
    taken = row.said.get("input", ())
    found |= shapes(row.said.get("output", ()), () if names_among(taken) else taken)
    if first.kind in FILTERED:
        _take_channels(row, first, found)
    _take_what_comes_in(row, first, found)
    if first.kind in (*RECURRENT, "embedding", "dense", "input") and "output" not in found:
        found |= {"per_step": features} if (features := features_of(row.said.get("output", ()))) else {}
    heads = " ".join(row.columns.headers[cell.first] for cell in row.said.get("output", ()))
    shaped = "kernel" not in row.columns.roles and not re.search("out|activation", heads, re.IGNORECASE)
    if first.kind == "dense" and len(found.get("output", ())) == 2 and found["output"][0] > 1 and shaped:
        found["in_features"], found["units"] = found.pop("output")  # The shape of its weights.
    if first.kind == "dense" and found.keys() <= {"input"} and (alone := _alone(row)):
        found = {"units": alone}
    if first.kind == "crop":
        found = {key: value for key, value in found.items() if key in ("output", "input", "count")}
        found |= {"cut": sides} if (sides := cut_off(row)) else {}
    if first.kind == "input":
        _take_input(row, found)
    return found


def _take_channels(row: OneRow, first: Reading, found: dict[str, Any]) -> None:
    """Take how many filters a convolution has, of the sizes of what it gives."""
    if not found.keys() & {"filters", "output"} and (channels := channels_of(row.said.get("output", ()))):
        found["filters"] = channels
    if row.window and len(found.get("output", ())) == 1 and "axes" not in first.params:
        found.setdefault("filters", found.pop("output")[0])  # An image has two sides.
        if len(taken := found.pop("input", ())) == 1:
            found["in_channels"] = taken[0]


def _take_what_comes_in(row: OneRow, first: Reading, found: dict[str, Any]) -> None:
    """Take how many channels, or features, come into a layer, as a column of them says."""
    headers = row.columns.headers
    incoming = [cell for cell in row.said.get("ignored", ()) if _INCOMING.match(headers[cell.first])]
    if first.kind in (*FILTERED, "dense") and (taken_in := whole(incoming)):
        found.setdefault("in_features" if first.kind == "dense" else "in_channels", taken_in)
    for cell in row.said.get("filters", ()) if first.kind in FILTERED else ():
        pair = re.fullmatch(r"(\d+) ?[/→] ?(\d+)", cell.text.strip())
        if pair and int(pair[2]) == found.get("filters") and _IN_AND_OUT.fullmatch(headers[cell.first]):
            found.setdefault("in_channels", int(pair[1]))
    if first.kind == "dense" and len(found.get("input", ())) == 1 and len(found) > 1:
        found["in_features"] = found["input"][0]


def _take_input(row: OneRow, found: dict[str, Any]) -> None:
    """Take the sizes of what comes into a network, wherever its row says them."""
    if (taken := row.units or next(iter(row.numbers), 0)) and "output" not in found:
        colours = taken <= COLOURS and found.get("filters") == taken and not row.units
        found |= {"in_channels": taken} if colours else {"output": (taken,)}
    if "output" not in found:
        others = [cell for role in ("", "filters") for cell in row.said.get(role, ())]
        bare = [replace(cell, text=re.split(r" [-–—] ", cell.text)[0].strip(" `")) for cell in others]
        sized = [cell for cell in bare if LISTED.fullmatch(cell.text) or _VECTOR.fullmatch(cell.text)]
        found |= shapes(sized, ())
    sides = found.get("output", ())
    if row.width and (len(sides) == 2 or (len(sides) == 3 and row.width <= COLOURS < min(sides))):
        found["output"] = (*sides, row.width)


def _alone(row: OneRow) -> int | None:
    """Return the only number beside the name of a row that says nothing else, in whatever column it was put."""
    others = [cell for cell in row.cells if cell is not row.named[0] and cell.tells]
    alone = len(others) == 1 and row.columns.roles[others[0].first] in ("", "input", "kernel", "output")
    return whole(others) if alone else None
