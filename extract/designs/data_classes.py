"""How many classes a data set has, where a softmax tells them apart and its table does not say how many there are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from extract.designs.assembly import Assembly
from extract.words.families import POSTED
from extract.words.reading import Reading

_CLASSES: tuple[tuple[str, int], ...] = (
    (r"\bcifar[ -]?10(?!\d)", 10),
    (r"\bcifar[ -]?100\b", 100),
    (r"(?<!e)mnist\b", 10),
    (r"\bsvhn\b", 10),
    (r"\bstl-?10\b", 10),
)
"""Sets of images, each with how many classes it has."""


def classes_of(said: str) -> int | None:
    """Return how many classes a text says there are, or the known data sets have that it names, where all are as many.

    >>> classes_of("The CNN for MNIST."), classes_of("Networks for CIFAR-10 and CIFAR-100"), classes_of("on EMNIST")
    (10, None, None)
    >>> classes_of("The data set has 7 classes."), classes_of("on 10 classes of CIFAR-100")
    (7, None)
    """
    found = {many for name, many in _CLASSES if re.search(name, said, re.IGNORECASE)}
    found |= {int(many) for many in _COUNTED.findall(said)}
    return found.pop() if len(found) == 1 else None


_COUNTED = re.compile(r"\b(\d{1,5})(?:[- ]\w+)? (?:classes|categories)\b", re.IGNORECASE)


def _ends_in_classes(readings: Sequence[Reading]) -> bool:
    """Tell layers that end in a convolution of one pixel as in a Dense, behind a pooling over all or others of one."""
    ends = [each for each in readings if each.kind not in (*POSTED, "dropout")]
    if not ends or ends[-1] is not readings[-1] or {"filters", "output"} & {*ends[-1].params}:
        return False
    alike = len(list(takewhile(_is_pointwise, reversed(ends))))
    return bool(alike) and alike < len(ends) and ends[-1 - alike].kind in ("avgpool", "pool", "gavgpool", "gpool")


def _is_pointwise(reading: Reading) -> bool:
    return reading.kind == "conv" and {*reading.params.get("kernel", ())} == {1}


def with_classes(to: Assembly, readings: Sequence[Reading], *said: str) -> list[Reading]:
    """Return layers, the last Dense in front of a softmax with as many units as the data set has classes."""
    last = max((i for i, each in enumerate(readings) if each.kind == "dense"), default=-1)
    many = next(filter(None, map(classes_of, said)), None)
    if last < 0 and _ends_in_classes(readings):
        ways, end = many or 1000, readings[-1]
        to.ask(f"{end.text!r}: how many filters, one for each class? {ways} are taken")
        return [*readings[:-1], replace(end, params={**end.params, "filters": ways}, inferred=("filters",))]
    if last < 0 or many is None:
        return list(readings)
    found, behind = readings[last], [each.kind for each in readings[last + 1 :]]
    if "units" in found.params or not ("softmax" in found.posts or behind == ["softmax"]):
        return list(readings)
    to.infer(f"{found.text!r} has {many} units, as the data set that is named has so many classes")
    told = replace(found, params={**found.params, "units": many}, inferred=("units",))
    return [*readings[:last], told, *readings[last + 1 :]]
