"""Halves of an autoencoder in a table of each: a decoder takes what the encoder beside it gives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.columns.table_design import TableDesign
from extract.words.reading import Reading

_ENCODER = re.compile(r"\bencoder\b", re.IGNORECASE)
_DECODER = re.compile(r"\bdecoder\b", re.IGNORECASE)
_WIDER = ("deconv", "upsample")
"""What a decoder of images begins with."""


def with_codes(designs: Sequence[TableDesign]) -> list[TableDesign]:
    """Return designs, a decoder that does not say what it takes with what the only encoder prints last."""
    given = [each.readings[-1].params.get("output", ()) for each in designs if _is(_ENCODER, each)]
    if len(given) != 1 or len(given[0]) < len("hwc"):
        return list(designs)
    code = Reading("input", {"output": given[0]}, text="what the encoder gives")
    return [replace(each, readings=(code, *each.readings)) if _is_open(each) else each for each in designs]


def _is(name: re.Pattern[str], design: TableDesign) -> bool:
    return bool(name.search(design.config)) and len(design.readings) > 0


def _is_open(design: TableDesign) -> bool:
    """Tell a decoder whose first layer makes images larger, of which it is not said what they are."""
    first = design.readings[0] if design.readings else Reading("")
    return _is(_DECODER, design) and first.kind in _WIDER and not {"input", "in_channels"} & first.params.keys()
