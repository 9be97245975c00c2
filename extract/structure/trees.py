"""Layers that are printed as a tree, each below what holds it, as torchinfo draws them."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DRAWN = re.compile(r"^[│├└─\s]+(?=\w)")
"""How deep within others a layer is."""
_PLACE = re.compile(r"(?<=\w): \d+-\d+$")
"""Which one it is there: Conv2d: 2-1."""
_CHAIN = re.compile(r"Sequential|ModuleList")


def leaves(names: Sequence[str]) -> list[int]:
    """Return the places of what is drawn but the net itself and chains of layers, whose layers stand below them."""
    depths = [_depth(name) for name in names]
    below = [*depths[1:], 0]
    return [
        i for i, name in enumerate(names) if below[i] <= depths[i] or (depths[i] and not _CHAIN.match(plain_name(name)))
    ]


def plain_name(name: str) -> str:
    """Return the name of a layer without what is drawn in front of it and its place."""
    return _PLACE.sub("", _DRAWN.sub("", name.strip()))


def _depth(name: str) -> int:
    drawn = _DRAWN.match(name.strip())
    return len(re.findall(r"[│├└]", drawn[0])) if drawn else 0
