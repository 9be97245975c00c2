"""Names that stand for several layers of a kind: `conv3, 4`, `Conv2 ~ 6`, `conv3_1 – conv3_3`, `4 blocks`."""

from __future__ import annotations

import re

from extract.words.lexicon import kind_of
from extract.words.reading import Reading

_FIRST = re.compile(r"([A-Za-z][A-Za-z _.-]*?)[_ -]?((?:\d{1,2}[._-])?)(\d{1,2})")
_OF_STAGE = re.compile(r"[A-Za-z][A-Za-z ]*?[ _]?\d{1,2}/\d(?:, ?(?:[A-Za-z]+[ _]?)?\d{1,2}/\d)+")
"""Layers by which of its stage each is: `Conv 3/1, 3/2`."""
_MOST = 40


def named_in(text: str) -> tuple[str, int]:
    """Return the name without a number and how many layers it stands for: 1 where it names one.

    >>> [named_in(each)[1] for each in ("conv3, 4", "Conv2 ~ 6", "conv3_1 – conv3_3", "Conv 3 and 4", "fc6, fc7")]
    [2, 5, 3, 2, 2]
    >>> named_in("Conv1-Conv3"), named_in("FC6-7")
    (('Conv', 3), ('FC', 2))
    >>> named_in("Conv 3/1, 3/2")
    ('Conv', 2)
    >>> [named_in(each)[1] for each in ("conv3-2", "conv3, 64", "conv1/2", "conv3", "conv 3 – 1")]
    [1, 1, 1, 1, 1]
    """
    if len(parts := re.findall(r"(\d{1,2})/(\d)(?= ?,|$)", text)) > 1 and _OF_STAGE.fullmatch(text.strip()):
        one_each = len({stage for stage, _ in parts}) == 1 and [int(each) for _, each in parts] == [
            *range(1, len(parts) + 1)
        ]
        return text.split()[0].strip("0123456789/"), len(parts) if one_each else 1
    first = _FIRST.match(text.strip())
    if first is None:
        return "", 1
    name, stage, start = first[1], re.escape(first[2]), int(first[3])
    again = rf"(?:{re.escape(name)}[_ -]?{stage}|{stage})(\d{{1,2}})"
    behind = text.strip()[first.end() :]
    if spread := re.fullmatch(rf" ?(?:[~∼～–—…]|\.\.\.?|to| - ) ?{again}", behind, re.IGNORECASE):
        count = int(spread[1]) - start + 1
        if count < 1 and re.match(r" ?[~∼～]", behind):
            count = 2 - count  # From the last to the first, as a decoder has them.
    elif kind_of(name) and (
        spread := re.fullmatch(rf"-{re.escape(name)}[_ -]?{stage}(\d{{1,2}})", behind, re.IGNORECASE)
    ):
        count = int(spread[1]) - start + 1
    elif kind_of(name) == "dense" and (spread := re.fullmatch(r"(\d)-\d", text.strip()[first.start(2) :])):
        count = start - int(spread[1]) + 1  # No Dense is so narrow as which one it is.
    elif re.fullmatch(rf"(?: ?(?:,|and) ?{again}| ?& ?\d{{1,2}})+", behind, re.IGNORECASE):
        others = [int(each) for each in re.findall(r"(\d+)(?![\d._-])", behind)]
        count = 1 + len(others) if others == [*range(start + 1, start + 1 + len(others))] else 1
    else:
        count = 1
    return name, count if 1 <= count <= _MOST else 1


_BLOCKS = re.compile(r"(\d{1,2}) blocks((?:,.*)?)", re.IGNORECASE)


def blocks_in(text: str) -> Reading | None:
    """Return the blocks that nobody knows of which a text says how many and how wide: `4 blocks, 16 → 160`."""
    found = _BLOCKS.fullmatch(text)
    if found is None:
        return None
    wide = re.search(r"\d+ ?→ ?(\d+)", found[2])
    step = re.search(r"(?<!block) stride (\d)", found[2])
    params = {**({"filters": int(wide[1])} if wide else {}), **({"stride": (int(step[1]),) * 2} if step else {})}
    return Reading("blocks", params, text=text, times=int(found[1]))


_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_IN_WORDS = re.compile(rf"({'|'.join(_NUMBERS)}) (?:(?:stacked|consecutive|successive|identical) )?(.+)", re.IGNORECASE)


_ADVERBS = {"once": 1, "twice": 2, "thrice": 3}


def times_in(text: str) -> int:
    """Return how often a text says that something comes, 0 where it does not.

    >>> times_in("3"), times_in("twice"), times_in("four times"), times_in("×2"), times_in("yes")
    (3, 2, 4, 2, 0)
    """
    plain = re.sub(r"^[×x] ?| ?(?:times|[×x])$", "", text.strip().lower())
    if plain.isdecimal():
        return int(plain)
    return _NUMBERS.index(plain) + 2 if plain in _NUMBERS else _ADVERBS.get(plain, 0)


def in_words(text: str) -> tuple[int, str]:
    """Return how many layers a text says in words, and what it says of each: 1 where it says none.

    >>> in_words("two 3 × 3 conv, 64 filters"), in_words("Three Conv2D layers"), in_words("conv 64")
    ((2, '3 × 3 conv, 64 filters'), (3, 'Conv2D layers'), (1, 'conv 64'))
    """
    found = _IN_WORDS.fullmatch(text)
    return (_NUMBERS.index(found[1].lower()) + 2, found[2]) if found else (1, text)
