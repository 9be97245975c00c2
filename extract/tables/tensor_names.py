"""Layers that are called like what they give, in a table that so calls all of them: `iconv4`, `disp4`, `flow2`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.columns.layer_names import LAYERS
from extract.words.reading import Reading

_TENSOR = re.compile(r"[a-z]+(?:_[a-z]+)*_?\d{1,2}(?:_\d{1,2})?[a-z']?")
"""The name of a tensor: a word in small letters, and which one it is."""
_MADE = {"kernel", "stride", "filters"}
"""What columns say of each convolution."""
LEAST = 4
"""Convolutions at least beside which a row of the same columns is one too."""


def as_their_neighbours(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Return layers, as convolutions those that are called by what they give and have all that convolutions have.

    A unit of several layers has a name of its own in the column of names, and not one that counts along with theirs.
    """
    convs = [each for each in readings if each.kind in ("conv", "deconv")]
    alike = [each for each in convs if _TENSOR.fullmatch(each.text.strip()) and each.params.keys() >= _MADE]
    if len(alike) < max(LEAST, 0.8 * len(convs)):
        return tuple(readings)
    return tuple(_convolution(each) if _is_called_alike(each) else each for each in readings)


def _is_called_alike(reading: Reading) -> bool:
    name = _TENSOR.fullmatch(reading.text.strip())
    return reading.kind not in LAYERS and bool(name) and reading.params.keys() >= _MADE and not reading.block


def _convolution(reading: Reading) -> Reading:
    return replace(reading, kind="conv", inferred=(*reading.inferred, "kind"))
