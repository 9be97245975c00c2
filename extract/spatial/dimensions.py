"""How large volumes are that are drawn, by the numbers that stand at them, and which of them are vectors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from extract.designs.signals import COLOURS
from extract.spatial.contacts import is_cuboid
from extract.spatial.drawn_volumes import Volume
from extract.spatial.solids import Solid
from extract.words.signatures import LARGEST_KERNEL

NARROW = 0.4
"""How wide what shows a vector is at most, as a share of its height."""
BEAM = 0.35
"""How wide and high the front of a beam is at most, as shares of all of it."""


def go_on_as_vectors(volumes: Sequence[Volume]) -> None:
    """Take cuboids behind vectors that have nothing but a number along their side for vectors too."""
    for before, each in pairwise(volumes):
        numbers = {note.number for note in each.said}
        if (
            before.is_vector
            and is_cuboid(each.solid)
            and each.channels is None
            and len(numbers) == 1
            and None not in numbers
        ):
            each.channels, each.space, each.is_vector = max(each.space, default=None), (), True


def measure(volume: Volume) -> None:
    """Find how large a volume is by what is written at it: two numbers that are alike are its height and width."""
    said = [each for each in volume.said if not (volume.meaning and (each.channels or COLOURS + 1) <= COLOURS)]
    volume.space = next((each.space for each in said if each.space), ())
    volume.channels = next((each.channels for each in said if each.channels), None)
    units = next((each.units for each in said if each.units), None)
    if units:
        volume.channels, volume.is_vector = units, True
    numbers = [each for each in said if each.number]
    if is_cuboid(volume.solid) and [each.slanted for each in numbers].count(True) == 1 and len(numbers) == 2:
        side, below = sorted(numbers, key=lambda each: not each.slanted)
        volume.space = volume.space or ((side.number or 0,) * 2)
        volume.channels = volume.channels or below.number
    counts = Counter(each.number for each in numbers)
    twice = [number for number, count in counts.items() if number and count > 1]
    if not volume.space and twice and len(counts) <= 2:
        volume.space = (twice[0],) * 2
    elif not volume.space and twice:
        volume.space = (max(twice),) * 2  # What else stands there twice, and is small, is the size of a window.
        volume.inside += [number for number in twice if number <= LARGEST_KERNEL and number != max(twice)]
        numbers = [each for each in numbers if each.number not in volume.inside]
    elif not volume.space and len(numbers) == 3:
        *space, _ = sorted(numbers, key=lambda each: each.middle[1])
        volume.space = tuple(each.number or 0 for each in space)
    elif not volume.space and len(counts) == 2:
        # The lower one is how many channels there are: it stands at the edge that goes along them.
        high = min(numbers, key=lambda each: (not each.slanted, each.middle[1]))
        volume.space = (high.number or 0,) * 2
    if volume.channels is None:
        rest = [each for each in numbers if each.number not in volume.space]
        volume.channels = max(rest, key=lambda each: each.middle[1]).number if rest else None
    if len(volume.space) == 2 and 1 in volume.space and volume.channels is None and not volume.solid.deep:
        volume.channels, volume.space, volume.is_vector = max(volume.space), (), True  # 1 x 64 are so many units.
    volume.is_vector = volume.is_vector or set(volume.space) == {1}
    if (
        numbers
        and is_cuboid(volume.solid)
        and not any(each.space for each in said)
        and (_is_beam(volume.solid) or (not twice and _is_dense(volume)))
    ):
        most = max(each.number or 0 for each in numbers)
        volume.channels, volume.space, volume.is_vector = most if most > 1 else None, (), True
    elif is_cuboid(volume.solid) and len(numbers) == 1 and numbers[0].slanted and not volume.space:
        volume.channels, volume.space = None, (numbers[0].number or 0,) * 2


def _is_dense(volume: Volume) -> bool:
    return any(each.kind in ("dense", "flatten") for note in volume.before for each in note.layers)


def _is_beam(solid: Solid) -> bool:
    """Tell a cuboid that is long along the way back alone, as vectors are drawn."""
    (left, top, right, bottom), (x0, y0, x1, y1) = solid.front, solid.box
    return right - left < BEAM * (x1 - x0) and bottom - top < BEAM * (y1 - y0)


def shows_vector(volume: Volume) -> bool:
    """Tell a slender volume without a depth of which no size is said, but how many there are."""
    left, top, right, bottom = volume.solid.box
    slender = min(right - left, bottom - top) < NARROW * max(right - left, bottom - top)
    return not volume.solid.deep and slender and not volume.space and volume.channels is not None
