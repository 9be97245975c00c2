"""Rows that list how wide several layers are, one behind the other: `Dense layers | 32 → 16`."""

from __future__ import annotations

import re

from extract.tables.one_row import OneRow
from extract.words.cells import is_open
from extract.words.families import UNITED
from extract.words.lexicon import kind_of
from extract.words.reading import Reading
from extract.words.signs import signed
from extract.words.spellings import normalized


def several_wide(row: OneRow) -> list[Reading]:
    """Return the layers of a row that names several of a kind, and lists how wide each is: `Dense layers | 32 → 16`."""
    name = row.named[0].text.strip()
    kind = kind_of(name)
    said = re.fullmatch(_WIDTHS, normalized(row.attributes)) if kind in (*UNITED, "conv") else None
    several = said is not None and kind == "dense" and len(re.findall(r"\d+|[A-Za-z]$", said[1])) > len("io")
    if not several and not re.search(r"\blayers\b|\bMLP\b", name, re.IGNORECASE):
        said = None
    if said is None:
        return _chain_of_dense(row)
    row.is_told = True
    key = "filters" if kind == "conv" else "units"
    unclear = is_open(name)
    widths = re.findall(r"\d+|[A-Za-z]$", said[1])
    return [
        Reading(kind, {key: int(each)} if each.isdecimal() else {}, text=f"{name} {each}", unclear=unclear)
        for each in widths
    ]


def _chain_of_dense(row: OneRow) -> list[Reading]:
    """Return the Dense layers of a row that lists three widths or more: `FC | 4096 → 4096 → 1000`.

    Of other than the same the first may be what comes in, which is asked, where it is not said how many layers
    there are: `3 layers (2048 → 256 → 128 → 10)`. Of so many alone it is open how wide they are.
    """
    name = row.named[0].text.strip()
    chains = [found for cell in row.cells if (found := _CHAIN.fullmatch(signed(cell.text).strip()))]
    if not chains or not _OF_DENSE.fullmatch(name):
        return []
    row.is_told = True
    many, wide = int(chains[0][1] or 0), re.findall(r"\d+", chains[0][2] or "")
    if not wide:
        return [Reading("dense", times=many, text=f"{name} {chains[0][0]}", unclear=True)]
    taken = wide[:1] if len(wide) == many + 1 else []
    first, *others = wide[len(taken) :]
    params = {"in_features": int(taken[0])} if taken else {}
    unclear = not taken and len(wide) != many and first != others[0]
    whole = Reading("dense", {**params, "units": int(first)}, text=f"{name} {first}", unclear=unclear)
    return [whole, *(Reading("dense", {"units": int(each)}, text=f"{name} {each}") for each in others)]


_CHAIN = re.compile(r"(?=\d+ ?→|[2-9] )(?:([2-9]) (?:\w+ )?layers?\b ?[:,]? ?)?(?:\(?(\d+(?: ?→ ?\d+){2,})\)?)?")
"""The widths that layers have one behind the other, maybe with how many layers they are."""
_OF_DENSE = re.compile(r"(?:FC|fully[- ]connected|dense|linear|classifier)s?(?: layers?)?", re.IGNORECASE)


_WIDTHS = (
    r"\W*(\d+(?: ?(?:→|,|-|/|and|&) ?\d+)+(?: ?[→,] ?[A-Za-z])?)\W*"
    r"(?:(?:hidden )?(?:units|neurons|nodes|filters|channels)\b.*)?"
)
"""How wide several layers are, one behind the other."""
