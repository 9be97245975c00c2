"""Arguments of a layer by their names, whether they are set with colons or with signs of equality."""

from __future__ import annotations

import re

from extract.words.lexicon import kind_of, posts_of
from extract.words.signatures import KEYS
from extract.words.spellings import normalized

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


_TUPLE = re.compile(r"\(?([A-Za-z][A-Za-z ]*(?:, ?[A-Za-z][A-Za-z ]*)+)\)?\W*\((\d+(?:, ?\d+)+)\)")


def each_by_name(text: str) -> str:
    """Return a text, a tuple behind the names of its arguments as each with its own.

    >>> each_by_name("Filters, kernel, stride (64, 7, 2)"), each_by_name("conv, pool (3, 3)")
    ('filters=64, kernel=7, stride=2', 'conv, pool (3, 3)')
    """
    found = _TUPLE.fullmatch(text.strip())
    names = [each.strip().lower() for each in found[1].split(",")] if found else []
    values = re.findall(r"\d+", found[2]) if found else []
    known = 0 < len(names) == len(values) and all(name in KEYS for name in names)
    return ", ".join(f"{name}={value}" for name, value in zip(names, values, strict=True)) if known else text


_APART = re.compile(r"([A-Za-z][A-Za-z_]*(?:[123][dD])?) ?[-–—:] ?[({\[]([^(){}\[\]]*)[)}\]]")
_SUM = re.compile(r"(?<=[(, ])\d+(?: ?\+ ?\d+)+(?=[,)])")


def as_call(text: str) -> str:
    """Return a layer and what it is made with as a framework calls it, and sums among that worked out.

    >>> as_call("Conv2d - (3, 16, 3)"), as_call("Linear: {64 + 32, 10}"), as_call("conv3 (1)")
    ('Conv2d(3, 16, 3)', 'Linear(96, 10)', 'conv3 (1)')
    """
    found = _APART.fullmatch(text.strip())
    numbers = found and re.fullmatch(r"[A-Z][A-Za-z]{2}.*", found[1]) and re.fullmatch(r"\d+(?:, ?[\d.]+)+", found[2])
    named = found and (kind_of(found[1]) or posts_of(found[1]) or numbers)
    called = f"{found[1]}({found[2].strip()})" if found and named else text
    if not re.fullmatch(r"[A-Za-z]\w* ?\([^()]*\)", called):
        return text
    return _SUM.sub(lambda each: str(sum(map(int, re.findall(r"\d+", each[0])))), called)
