"""The size of an image that nothing says: by how many numbers the first Dense is said to take."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from extract.designs.assembly import Assembly
from extract.words.families import RECURRENT, WHOLE_POOLS
from extract.words.reading import Reading, leaves
from ir import layers as L
from ir.graph import Ref

LARGEST = 1024
"""The side of an image that is sought at most."""
MOST_LAYERS = 200
"""Layers of a design at most that is built several times."""


def side_of(to: Assembly, readings: Sequence[Reading], build: Callable[[int], Assembly]) -> tuple[int, int] | None:
    """Return between which sides a square image lies of which as many numbers come into the first Dense as are said.

    Args:
        to: The design, built with an image of the usual size.
        readings: Its layers.
        build: Builds it with an image of such a side.
    """
    wanted = _taken(readings)
    if not wanted or len(to.nodes) > MOST_LAYERS or not _flat(to):
        return None
    low = _least(build, wanted)
    found = build(low)
    if _flat(found) != wanted or found.misfits > to.misfits:
        return None
    return low, _least(build, wanted + 1) - 1


def _least(build: Callable[[int], Assembly], wanted: int) -> int:
    """Return the least side of which at least so many numbers are left: the larger the image, the more there are."""
    low, high = 1, LARGEST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _flat(build(middle)) >= wanted else (middle + 1, high)
    return low


def roundest(low: int, high: int) -> int:
    """Return the number between two that can be halved most often.

    >>> roundest(28, 31), roundest(97, 97)
    (28, 97)
    """
    return max(range(low, high + 1), key=lambda each: each & -each)


def _taken(readings: Sequence[Reading]) -> int:
    """Return how many numbers the first Dense takes, as it says, or as its parameters tell; 0 where nothing does."""
    layers = list(leaves(readings))
    first = next((i for i, each in enumerate(layers) if each.kind == "dense"), 0)
    kinds = {each.kind for each in layers[:first]}
    if "conv" not in kinds or kinds & {*WHOLE_POOLS, *RECURRENT}:
        return 0
    params, before = layers[first].params, layers[first - 1]
    units, count = params.get("units"), params.get("count")
    if before.kind == "flatten" and len(given := before.params.get("output", ())) == 1:
        return int(given[0])
    if "in_features" in params:
        return int(params["in_features"])
    return count // units - 1 if units and count and count % units == 0 else 0


def _flat(to: Assembly) -> int:
    """Return how many numbers come into the first Dense behind an image that was made flat, 0 where none does."""
    if any(isinstance(each.layer, L.Custom) for each in to.nodes):
        return 0
    flat = next((each for each in to.nodes if isinstance(each.layer, L.Flatten)), None)
    return int(to.shapes[Ref(flat.name)][1] or 0) if flat else 0
