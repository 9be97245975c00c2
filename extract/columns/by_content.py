"""What a column is for as its cells tell, where the words of its header do not."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

LONGEST_STEP = 4
"""A stride at most."""
LARGEST_SIDE = 15
"""The side of a window at most, where it may as well be how many filters there are."""
MOST_CHANNELS = 8192
"""Filters, or units, of a layer at most, where nothing says what a number is of: more are weights."""
_POST = re.compile(
    r"(?:leaky[ -]?|p|soft-?)?(?:re|e|ge|se)lu6?(?: ?\([\d.]+\))?|soft-?max|sigmoid|tanh|linear|none", re.IGNORECASE
)
"""An activation, and nothing else."""
_PASSED = re.compile(r"\d+ ?[/→] ?(\d+)")
"""How many channels come in, and how many go out."""
MOSTLY = 0.8
"""The share of a column's cells that are of one form, at least, where that tells what it is for."""


def role_by_content(texts: Sequence[str], known: Set[str]) -> str:
    """Return what a column of a list of layers is for, or nothing; `known` is what others are for.

    >>> [role_by_content(each, {"kernel"}) for each in (["1", "2", "-", "1", "2"], ["16", "32", "", "64"])]
    ['stride', 'filters']
    >>> [role_by_content(each, {"count"}) for each in (["3x3", "3x3", "2x2", "5x5"], ["8x8x16", "4x4x32", "10", "2"])]
    ['kernel', 'output']
    >>> role_by_content(["3x3, 32", "3x3, 64", "2x2", "3x3, 64", "256", "10"], set())
    ''
    >>> role_by_content(["3/16", "16/16", "16/32"], {"kernel", "stride"})
    'filters'
    >>> role_by_content(["3x3, 64", "2x2", "128"], set()), role_by_content(["16", "32", "", "64"], {"filters"})
    ('', '')
    """
    said = [plain for text in texts if (plain := re.sub(r"\s*[xX*×]\s*(?=\d)", "×", text).strip(" -–—"))]
    if "activation" not in known and len(said) > 1 and all(_POST.fullmatch(text) for text in said):
        return "activation"
    passed = [int(each[1]) for text in said if (each := _PASSED.fullmatch(text))]
    if len(passed) == len(said) > 2 and "kernel" in known and not known & {"filters", "output"} and max(passed) >= 8:
        return "filters"
    sizes = [_sizes(text) for text in said]
    if len(said) < 3 or sum(map(bool, sizes)) < MOSTLY * len(said):
        return ""
    found = [each for each in sizes if each]
    single = [each[0] for each in found if len(each) == 1]
    several = [each for each in found if len(each) > 1]
    square = all(len({*each}) == 1 and each[0] <= LARGEST_SIDE for each in several)
    if several and square and len(single) < len(several):
        return "kernel" if "kernel" not in known and max(single, default=0) <= LARGEST_SIDE else ""
    if any(re.fullmatch(r"(\d{1,2})×\1, ?\d+", text) for text in said) and all(
        max(each[:2]) <= LARGEST_SIDE for each in several
    ):
        return ""  # Windows with how many filters there are behind them.
    if len(several) >= 2 and any(max(each) > LARGEST_SIDE or len({*each}) > 1 for each in several):
        return "output" if "output" not in known and sum(max(each) > 3 for each in several) > 0.5 * len(several) else ""
    if several or len({*single}) < 2:
        return ""
    if max(single) <= LONGEST_STEP and "stride" not in known and known & {"kernel", "output", "filters"}:
        return "stride"
    if max(single) > MOST_CHANNELS:
        return "count" if "count" not in known else ""
    wide = "filters" not in known and "depth" not in known and "kernel" in known
    return "filters" if wide and sum(each >= 8 for each in single) >= MOSTLY * len(single) else ""


def are_narrow(sizes: Sequence[Sequence[int]]) -> bool:
    """Tell the sides of windows, or steps, that go along one axis at a time: 2×1, 1×7."""
    long = {each.index(max(each)) for each in sizes if max(each) > 1}
    return all(len(each) == 2 and max(each) <= LARGEST_SIDE for each in sizes) and len(long) == 2


def _sizes(text: str) -> tuple[int, ...]:
    """Return the numbers of a cell that holds nothing but one or several sizes, maybe behind that of the batch."""
    plain = re.sub(r"^\W*(?:none|-1|n|b|\?) ?[,×]", "", text, flags=re.IGNORECASE)
    plain = re.sub(r"\b[A-Z] ?= ?(?=\d)", "", plain)
    plain = plain if re.search(r"[(\[]", plain) else re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)
    bare = re.fullmatch(r"[(\[{]? ?\d+(?: ?[×,@] ?\d+)* ?,? ?[)\]}]?", plain)
    return tuple(map(int, re.findall(r"\d+", plain))) if bare else ()
