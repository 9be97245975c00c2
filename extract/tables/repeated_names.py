"""What a name says with how often it comes, `Block × 3`: the layers that other cells say, or a unit of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.words.families import UNITED, WINDOWED
from extract.words.lexicon import kind_of
from extract.words.reading import Reading
from extract.words.spellings import normalized
from extract.words.strangers import settings_of

_OFTEN = re.compile(
    r"([A-Z][A-Za-z -]{3,}?)(?: \d)?[,:]? ?(?:\( ?)?× ?(\d{1,2})\)?|(\d{1,2}) ?× ?([A-Z][A-Za-z -]{3,})"
)
"""A name, and how often what it names comes."""
_PARTS = re.compile(r"block|stage|module|unit|encoder|decoder|group|cell|body", re.IGNORECASE)
"""What names layers that belong together, and no layer of a kind."""


def often_named(name: str) -> tuple[str, int]:
    """Return the name of a block and how often it comes, 1 where it does not say it.

    >>> often_named("Residual block × 2"), often_named("6 x Encoder layer"), often_named("Conv × 2")
    (('Residual block', 2), ('Encoder layer', 6), ('', 1))
    """
    found = _OFTEN.fullmatch(normalized(name).strip())
    if found is None or not _PARTS.search(found[0]):
        return "", 1
    return (found[1] or found[4]).strip(), int(found[2] or found[3])


def as_often(readings: Sequence[Reading], name: str, said: str) -> list[Reading]:
    """Return layers as often as the name beside them says; where none of them learns, what has the name is unknown."""
    called, many = often_named(name)
    if many == 1 or not readings or any(each.times > 1 for each in readings):
        return list(readings)
    learns = any(each.kind in (*WINDOWED, *UNITED) or each.block for each in readings)
    if not learns and not kind_of(called):
        return [Reading(called, settings_of(normalized(said)), text=f"{called} {said}", times=many)]
    if len(readings) == 1:
        return [replace(readings[0], times=many)]
    return [Reading("block", {}, (), many, tuple(readings), f"{called} {said}")]
