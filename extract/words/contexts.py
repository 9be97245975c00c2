"""Windows along time as they are said of speech: which steps before and behind a layer takes, `{t-2, t, t+2}`."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

_RANGE = re.compile(r"\[?([+-]?\d*)[,:]([+-]?\d*)\]?")


def window_of(said: str) -> dict[str, Any]:
    """Return the window along one axis, and its dilation, that a context says; nothing where it says none.

    >>> window_of("[t-2, t+2]"), window_of("{t-3, t, t+3}"), window_of("{0}"), window_of("[0, T)")
    ({'kernel': (5,), 'axes': 1}, {'kernel': (3,), 'dilation': 3, 'axes': 1}, {'kernel': (1,), 'axes': 1}, {})
    >>> window_of("t-2, t, t+2")
    {'kernel': (3,), 'dilation': 2, 'axes': 1}
    """
    plain = re.sub(r"\s", "", re.sub("[‐-―−]", "-", said)).replace("t", "").replace("±", "+-")
    if spread := _RANGE.fullmatch(plain):
        first, last = (int(each or 0) for each in spread.groups())
        return {"kernel": (last - first + 1,), "axes": 1} if last >= first else {}
    listed = re.fullmatch(r"\{[+,\d-]*\}", plain) or ("t" in said and re.fullmatch(r"[+-]?\d*(?:,[+-]?\d*)+", plain))
    if not listed:
        return {}
    steps = [int(each or 0) for each in plain.strip("{}").split(",")]
    gaps = {b - a for a, b in pairwise(steps)}
    if len(gaps) > 1 or any(gap < 1 for gap in gaps):
        return {}
    return {"kernel": (len(steps),), **({"dilation": gap} if (gap := max(gaps, default=1)) > 1 else {}), "axes": 1}
