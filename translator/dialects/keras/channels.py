"""Numbers that a file has for all channels, or for each, as layers without weights."""

from __future__ import annotations

from typing import Any

from ir import layers as L
from ir.graph import Ref
from translator.dialects.keras.site import Site

MOST = 64
"""Channels that get numbers of their own at most."""


def flat(value: Any) -> list[Any]:
    """Return what is in lists, and lists in them, as one list.

    >>> flat([[1, 2], [3]]), flat(4)
    ([1, 2, 3], [4])
    """
    return [each for part in value for each in flat(part)] if isinstance(value, list) else [value]


def numbers(site: Site, x: Ref, value: Any) -> list[float]:
    """Return the numbers in a field: one for all channels of a tensor, or one for each; raise Unsayable for others."""
    if isinstance(value, dict) and value.get("class_name") in ("__tensor__", "__numpy__"):
        value = value["config"]["value"]
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    found = value if isinstance(value, list) else [value]
    plain = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in found)
    site.need(plain and len(found) <= MOST, "its numbers")
    site.need(len(found) == 1 or len(found) == site.drawn.shapes[x][-1], "it has not a number for each channel")
    return [float(each) for each in found]


def lines(site: Site, x: Ref, scales: list[float], shifts: list[float]) -> Ref:
    """Multiply a tensor, and add: by one number each, or by one for each channel, which are then taken apart."""
    many = max(len(scales), len(shifts))
    each = list(zip(scales * (many // len(scales)), shifts * (many // len(shifts)), strict=True))
    if len(set(each)) == 1:
        return site.add(L.Power(scale=each[0][0], shift=each[0][1]), x)
    pieces = site.add(L.Slice(axis=-1, pieces=many), x, part="channels")
    scaled = [
        site.add(L.Power(scale=scale, shift=shift), Ref(pieces.node, i), part=f"channel{i}")
        for i, (scale, shift) in enumerate(each)
    ]
    return site.add(L.Concat(axis=-1), *scaled)
