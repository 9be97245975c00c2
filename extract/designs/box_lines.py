"""The layers that the lines of a box say: what all lines together leave out is read line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from extract.designs.hand_drawn import said
from extract.words.families import ACTIVATIONS, CONVOLVED, FILTERED, POOLS, POSTED, RECURRENT
from extract.words.lexicon import kind_of, posts_of
from extract.words.reading import Reading, leaves

_BASES = {"conv": CONVOLVED, "pool": POOLS, "maxpool": POOLS, "avgpool": POOLS}
"""Names of layers that a line above may but say more of: `Separable`, and `Conv` below it."""
_FAMILIES = {"conv": _BASES["conv"], "pool": POOLS, "lstm": RECURRENT, "norm": tuple(POSTED - ACTIVATIONS)}
_PLAIN = frozenset((*_FAMILIES, *POSTED, "dense", "dropout", "flatten", "softmax", "upsample"))
"""Layers that a word alone names."""
_ENDS = " +&,;/→-"


def said_in(lines: Sequence[str]) -> list[Reading]:
    """Return the layers that a box says: by its whole text, or line by line where that leaves out some of them.

    >>> [each.kind for each in said_in(["fc6", "4096", "dropout"])], [each.kind for each in said_in(["Max", "Pooling"])]
    (['dense', 'dropout'], ['maxpool'])
    """
    whole = said(" ".join(lines))
    groups = [said(" ".join(each)) for each in _groups([each.strip(_ENDS) for each in lines])]
    by_line = _untitled(groups)
    found = [reading for each in by_line for reading in each]
    own = len(by_line) < len(groups) or _much(found) > _much(whole) or _without_filters(found) < _without_filters(whole)
    own |= 1 < len(whole) < len(found) and _much(found) == _much(whole)  # As it was drawn.
    return found if all(by_line) and (own or _in_other_order(found, whole)) else whole


def _in_other_order(readings: Sequence[Reading], others: Sequence[Reading]) -> bool:
    """Tell the same layers in another order: what a line above a layer says is before it, and not behind."""
    mine, theirs = (
        [name for each in leaves(found) for name in (each.kind, *each.posts)] for found in (readings, others)
    )
    return mine != theirs and sorted(mine) == sorted(theirs)


def _without_filters(readings: Sequence[Reading]) -> int:
    """Return how many convolutions do not say how many filters: it may be that what is below took their number."""
    return sum(each.kind in FILTERED and "filters" not in each.params for each in readings)


def _untitled(groups: list[list[Reading]]) -> list[list[Reading]]:
    """Return the layers of lines without those of a title above them: it names what the next line says more of.

    Of a block it says how many filters those have of which the lines do not say it.
    """
    if len(groups) < 2 or len(groups[0]) != 1 or not groups[1]:
        return groups
    if groups[0][0].kind == "embedding" and groups[1][0].kind in ("dense", "conv") and not groups[0][0].params:
        return groups[1:]
    if groups[1][0].kind != groups[0][0].kind:
        return groups
    (title,), *others = groups
    plain = not title.params.keys() - {"filters", "in_channels"} and not title.posts
    alone = len(others[0]) == 1
    if not plain or (alone and (title.params or not (others[0][0].params or others[0][0].posts))):
        return groups
    told = {"filters": title.params["filters"]} if "filters" in title.params else {}
    first = [replace(each, params=told | each.params) if each.kind == title.kind else each for each in others[0]]
    return [first, *others[1:]]


def left_out(text: str, readings: Sequence[Reading]) -> list[str]:
    """Return the words of a text that name layers of which none is read.

    >>> left_out("Conv 1x1 Softmax", said("Conv 1x1 Softmax")), left_out("Conv-BN-ReLU", said("Conv-BN-ReLU"))
    (['Conv'], [])
    """
    read = {_family(name) for each in leaves(readings) for name in (each.kind, *each.posts)}
    if not read <= _PLAIN:
        return []  # Of a block its name says what is in it.
    plain = re.sub(r"(?<=[\d,;]) ?linear\b", " ", text, flags=re.IGNORECASE)  # Which says that no activation is there.
    words = re.findall(r"[A-Za-z]\w+", plain)
    return [word for word in words if {_family(name) for name in (kind_of(word), *posts_of(word))} & _PLAIN - read]


def _family(kind: str) -> str:
    return next((name for name, members in _FAMILIES.items() if kind in members), kind)


def _much(readings: Sequence[Reading]) -> tuple[int, int]:
    """Return how much readings say: how many layers, with those behind them, and how many settings."""
    each = list(leaves(readings))
    return sum(1 + len(one.posts) for one in each), sum(len(one.params) for one in each)


def _groups(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines of each layer, which begin with one that names it; what is above the first is said of it.

    That a convolution has no activation is no layer: `1x1 Conv`, and `(384 Linear)` below it.
    """
    heads = [
        _names_one(line)
        and not _goes_on(before, line)
        and not (kind_of(before) in FILTERED and re.fullmatch(r"(?i)\(\d*,? ?linear\)", line))
        for before, line in zip(["", *lines], lines, strict=False)
    ]
    numbers = [max(each, 1) for each in accumulate(heads)]
    for number in range(1, max(numbers, default=0) + 1):
        yield [line for line, own in zip(lines, numbers, strict=True) if own == number]


def _names_one(line: str) -> bool:
    return bool((kind_of(line) or posts_of(line)) and kind_of(line) != "activation" and said(line))


def _goes_on(before: str, line: str) -> bool:
    """Tell a line that goes on with the name of a layer in the line before it: `Global Average`, `Pooling`."""
    settled = r"\d" if kind_of(before) == kind_of(line) else r"\d(?!D\b)"
    if re.search(settled, before) or not said(before):
        return bool(kind_of(before + " " + line) or posts_of(before + " " + line)) and _is_split(before, line)
    return kind_of(before) in _BASES.get(kind_of(line), ()) or _is_split(before, line)


def _is_split(before: str, line: str) -> bool:
    """Tell a name that two lines hold half each: with other words between them it is no longer that."""
    whole, parted = f"{before} {line}", f"{before} . {line}"
    return (kind_of(whole), posts_of(whole)) != (kind_of(parted), posts_of(parted))
