"""Dashes between layers that a cell lists: `Conv(32)-MaxPool-FC(10)`, `Conv32-Conv64-FC10`."""

from __future__ import annotations

import re

from extract.words.families import POOLS
from extract.words.lexicon import kind_of, posts_of

_BEFORE_CALL = re.compile(r"\b([A-Za-z]\w*)-(?=([A-Za-z]\w*) ?\()")
_NUMBERED = re.compile(r"(?<![\w-])[A-Za-z]+\d+(?:-[A-Za-z]+\d+)+(?![\w-])")
_UNSIZED = (*POOLS, "flatten", "dropout")
"""Kinds of layers that need no size to be one by themselves."""
WIDE = 8
"""What is no number of a layer, or of a few of them, but how wide it is."""


def apart(text: str) -> str:
    """Return a text with commas for the dashes that part layers of one list.

    >>> apart("Conv(8)-MaxPool-FC(10)"), apart("Conv32-FC128-FC10"), apart("Conv-LSTM(8)"), apart("conv1-conv5")
    ('Conv(8)-MaxPool, FC(10)', 'Conv 32, FC 128, FC 10', 'Conv-LSTM(8)', 'conv1-conv5')
    """
    text = _BEFORE_CALL.sub(lambda each: f"{each[1]}, " if _are_layers(each[1], each[2]) else each[0], text)
    return _NUMBERED.sub(lambda each: _listed(each[0]), text)


def _are_layers(first: str, second: str) -> bool:
    """Tell what needs no size and a layer behind it from one name of both: Conv-LSTM."""
    alone = kind_of(first) in _UNSIZED or (posts_of(first) and not kind_of(first))
    return bool(alone and kind_of(second))


def _listed(text: str) -> str:
    """Return the names and widths of layers with commas between them, and what is no list of them as it is."""
    parts = [re.fullmatch(r"([A-Za-z]+)(\d+)", part) for part in text.split("-")]
    if any(part is None or not kind_of(part[1]) or int(part[2]) < WIDE for part in parts):
        return text
    return ", ".join(f"{part[1]} {part[2]}" for part in parts if part)
