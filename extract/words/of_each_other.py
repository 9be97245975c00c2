"""What the layers of one text say of each other: a border, an activation, how often they come."""

from __future__ import annotations

import re
from dataclasses import replace

from extract.words.families import FILTERED, POOLS, POSTED, RECURRENT
from extract.words.lexicon import mode_of
from extract.words.reading import Reading

_FLATTENED = re.compile(r"\bflatt?en\w*(?: layer)? ?→ ?\d{3,}$", re.IGNORECASE)
_WIDTHS = re.compile(r"\d+(?: ?- ?\d+){2,}")
"""How wide layers are, one behind the other."""
PIXELS = (784, 3072)
"""How many numbers an image of MNIST has, and one of CIFAR."""


def settled(found: list[Reading], plain: str) -> list[Reading]:
    """Return the layers of a text with what they say of each other: borders, activations, how often they come."""
    if len(found) > 1 and _FLATTENED.search(plain):
        found[-2:] = [replace(found[-2], params={"output": (found[-1].params["units"],)})]  # So long is what it gives.
    found = [_as_often(each) for each in _without_doubles(_with_borders(_with_activations(found)))]
    found = [_many_filters(each) for each in _whole_as_often(found, plain)]
    if len(found) > 1 and _WIDTHS.fullmatch(plain) and found[0].params.get("units") in PIXELS:
        found[0] = Reading("input", {"output": (found[0].params["units"],)}, text=found[0].text)
    elif len(found) > 1 and _WIDTHS.fullmatch(plain):
        found[0] = replace(found[0], unclear=True)  # So many may come in.
    return found


def _with_activations(readings: list[Reading]) -> list[Reading]:
    """Return readings, what only says which activation the one before it has as part of that: `activation: ReLU`.

    Where none is before it, it is that activation: `ReLU activation`.
    """
    found: list[Reading] = []
    for each in readings:
        if each.kind == "activation" and each.posts and found and not found[-1].block:
            found[-1] = replace(found[-1], posts=(*found[-1].posts, *each.posts))
        elif each.kind == "activation" and each.posts and not each.params:
            found.append(replace(each, kind=each.posts[0], posts=each.posts[1:]))
        else:
            found.append(each)
    return found


def _with_borders(readings: list[Reading]) -> list[Reading]:
    """Return readings, a border that is but said of the convolution before it as part of that: `conv, zero padding`."""
    found: list[Reading] = []
    for each in readings:
        said = each.kind == "pad" and not re.search(r"[\dg]\(|\dd\b", each.text, re.IGNORECASE)
        if said and found and found[-1].kind in (*FILTERED, "dwconv", "sepconv"):
            params = {**found[-1].params, **each.params, "border": mode_of(each.text)}
            found[-1] = replace(found[-1], params=params)
        else:
            found.append(each)
    return found


def _as_often(reading: Reading) -> Reading:
    """Return what recurs as often as it has layers."""
    if reading.kind not in RECURRENT or "layers" not in reading.params:
        return reading
    kept = {name: value for name, value in reading.params.items() if name != "layers"}
    return replace(reading, params=kept, times=reading.times * min(reading.params["layers"], MOST_LAYERS))


MOST_LAYERS = 16
"""Layers that recur one behind the other at most."""


def _many_filters(reading: Reading) -> Reading:
    """Return a convolution that seems to come more often than any does as one with so many filters: `64 × Conv 3×3`."""
    if reading.kind not in FILTERED or "filters" in reading.params or reading.times < MOST_LAYERS:
        return reading
    return replace(reading, params={**reading.params, "filters": reading.times}, times=1)


def _whole_as_often(readings: list[Reading], text: str) -> list[Reading]:
    """Return layers, one with what stands behind it each time: `2 × Conv 3×3, 64 + BN`, `Pool, Conv 3×3 + BN × 2`."""
    place = next((i for i in reversed(range(len(readings))) if readings[i].kind not in POSTED), None)
    if place is None or readings[place].block:
        return readings
    ahead_of, first, rest = readings[:place], readings[place], readings[place + 1 :]
    if not rest or any(each.params.keys() - {"slope"} for each in rest):
        return readings
    one_line = first.text in text.rsplit(";", 1)[-1]
    alone = ";" not in text and not ahead_of and {each.times for each in rest} == {1}
    ahead = alone and first.times > 1 and re.match(r"\d+ ?×", text)
    behind = one_line and first.times == 1 and rest[-1].times > 1 and re.search(r"× ?\d+$", text)
    if not (ahead or behind):
        return readings
    posts = (*first.posts, *(post for each in rest for post in (each.kind, *each.posts)))
    params = {key: value for each in (*rest, first) for key, value in each.params.items()}
    open_ = any(each.kind in (*FILTERED, "dense", *RECURRENT) for each in ahead_of)  # Of which it may be said too.
    many = max(first.times, rest[-1].times)
    return [*ahead_of, replace(first, params=params, posts=posts, times=many, unclear=first.unclear or open_)]


def _without_doubles(readings: list[Reading]) -> list[Reading]:
    """Return readings without a bare Dense in front of that of a softmax, of so many ways: `Dense / Softmax (9)`."""
    kinds = [each.kind for each in readings]
    if kinds[:1] == ["transition"] and "conv" in kinds and {*POOLS} & {*kinds}:
        return readings[1:]  # Of which it says what it is made of.
    return [
        each
        for i, each in enumerate(readings)
        if kinds[i : i + 3] != ["dense", "dense", "softmax"] or each.params or each.posts
    ]
