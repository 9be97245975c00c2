"""One spelling for all that authors have of a layer: what a cell says is brought to the form that the grammar reads."""

from __future__ import annotations

import re
from functools import lru_cache

from extract.words.lexicon import EITHER, kind_of, posts_of
from extract.words.signs import signed, without_brackets
from extract.words.spelling_rules import FIRST, THEN


def without_endless(text: str) -> str:
    """Return a text without runs of more digits than any size or number of weights has, which would take for ever.

    >>> without_endless("conv 99999999999999999999, 64")
    'conv , 64'
    """
    return _ENDLESS.sub("", text)


_ENDLESS = re.compile(r"\d{16,}")


@lru_cache(maxsize=8192)
def normalized(text: str) -> str:
    """Return a text with one sign for each meaning: × between sizes, - for every dash, ; for the end of a line.

    >>> normalized("3x3 conv – 64"), normalized("[3 X 3, 64] * 2"), normalized("28²")
    ('3×3 conv - 64', '[3 × 3, 64] × 2', '28×28')
    """
    text = signed(_unslashed(without_endless(text)))
    for pattern, spelt in FIRST:
        text = re.sub(pattern, spelt, text)
    text = without_brackets(text)
    for pattern, spelt in THEN:
        text = re.sub(pattern, spelt, text)
    text = re.sub(r"\s*[\n\r]+\s*", "; ", text.strip())
    return re.sub(r";(?: ?;)+", ";", re.sub(r"; ?→|→ ?;", " → ", text))


_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z\d]*(?:_[A-Za-z\d]+)+")
_WITH_OTHERS = re.compile(r"(?:concat\w*|add|sum|merge) with ", re.IGNORECASE)
"""What joins layers that it names."""


def _unslashed(text: str) -> str:
    """Return a text of nothing but layers and what stands behind them with commas: Conv/ReLU/Max pool, FC (ReLU)."""
    held = re.fullmatch(r"([A-Za-z][^()]*) \(([^()]*)\)", text)
    if held and _IDENTIFIER.fullmatch(held[1]) and posts_of(held[1]):
        return text  # A layer's own name, which says where it stands, and its class: conv1_bn (BatchNormalization).
    parts = [part.strip() for part in re.split(r"/| (?:with|followed by|then|and) ", text)]
    if held and kind_of(held[1]) and all(posts_of(part) or kind_of(part) == "softmax" for part in held[2].split(",")):
        parts = [held[1], *held[2].split(",")]
    elif len(dashed := re.split(r" ?- ?(?![^(]*\))", text)) > 2 and kind_of(dashed[-1]).endswith("pool"):
        parts = dashed
    named = (
        len(parts) > 1
        and not _WITH_OTHERS.match(text)
        and all(re.match(r" *[A-Za-z]", part) and (kind_of(part) or posts_of(part)) for part in parts)
    )
    return ", ".join(part.strip() for part in parts) if named and not EITHER.search(text) else text
