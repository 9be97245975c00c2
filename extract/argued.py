"""Arguments of a layer by their names, whether they are set with colons or with signs of equality."""

from __future__ import annotations

import re

from extract.signatures import KEYS
from extract.spellings import normalized

_KEYED = re.compile(r"[^\W\d][\w ]*= ?[^=,()]+(?:, ?[^\W\d][\w ]*= ?[^=,()]+)+")


_COLONS = re.compile(r"[A-Za-z][A-Za-z _]*: ?[^:,]+(?:, ?[A-Za-z][A-Za-z _]*: ?[^:,]+)+")


def with_equals(text: str) -> str:
    """Return what is set with colons, where most of it has the names of arguments, with signs of equality."""
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    names = [re.split(r"[,:]", each)[-1].strip().lower() for each in plain.split(":")[:-1]]
    known = [name for name in names if KEYS.get(name) and " " in name]
    return re.sub(r": ?", "=", plain) if _COLONS.fullmatch(plain) and 2 * len(known) > len(names) else text


def are_arguments(text: str) -> bool:
    """Tell the arguments of a layer by their names: `in features=256, out features=196`."""
    return bool(_KEYED.fullmatch(normalized(text)))
