"""How many parameters a design has in all, as the text beside its table tells: that settles what the table leaves."""

from __future__ import annotations

import re
from collections.abc import Collection

from extract.designs.assembly import Assembly
from extract.designs.sums import learned

_ALL = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d.,]*\d)|(?<![\d.,])\d{4,}(?![\d.,]*\d)")
"""Whole numbers of more than three digits."""
_WORD = re.compile(r"param(?:eter|s\b)|weights|参数|參數|파라미터|매개변수", re.IGNORECASE)


def numbers_of_all(text: str) -> set[int]:
    """Return the whole numbers of a text that may be how many parameters there are, none where it is not of those.

    >>> numbers_of_all("It has 61,706 parameters and reads 28 x 28 pixels."), numbers_of_all("60000 images")
    ({61706}, set())
    """
    return {int(each.replace(",", "")) for each in _ALL.findall(text)} if _WORD.search(text) else set()


def is_weighed(to: Assembly, numbers: Collection[int]) -> bool:
    """Tell whether one of several numbers is how many parameters a design learns, or keeps."""
    built = [learned(to, node) for node in to.nodes]
    known = [each for each in built if each is not None]
    whole = {sum(each[0] for each in known), sum(each[1] for each in known)}
    return len(known) == len(built) and any(each in numbers for each in whole)
