"""What volumes are taken for of which nothing is said: as those of their colour, of their height, or between them."""

from __future__ import annotations

from collections.abc import Sequence

from extract.drawings.drawing import Colour
from extract.spatial.contacts import is_cuboid, touch
from extract.spatial.drawn_volumes import Volume
from extract.spatial.notes import Note
from extract.words.families import BLOCKS

ALIKE = 0.1
"""By how much the heights of volumes differ that are of one size."""


def _of_colour(volumes: Sequence[Volume]) -> None:
    """Take cuboids without a name for blocks of those before them that have their colour, and a name."""
    named: dict[Colour, Note] = {}
    plain: set[Colour] = set()
    for each in volumes:
        colour = each.solid.colours[0] if each.solid.colours and is_cuboid(each.solid) else None
        notes = [note for note in each.before if note.layers]
        if colour is None or each.meaning:
            continue
        if notes or each.called:
            named.pop(colour, None)
            if colour in plain:
                continue
            blocked = [note for note in notes if any(reading.kind in BLOCKS for reading in note.layers)]
            named |= dict.fromkeys((colour,), blocked[0]) if blocked else {}
        elif colour in named and each.channels:
            each.before.append(named[colour])
            each.guessed = named[colour].text
        if colour not in named:
            plain.add(colour)


def _shrinks(volumes: Sequence[Volume], at: int) -> bool:
    """Tell whether the next volume that says something is smaller, or a vector, and none in front of it pools."""
    following = next((each for each in volumes[at + 1 :] if each.said or each.before or each.called), None)
    if following is None:
        return False
    pools = any("pool" in reading.kind for note in following.before for reading in note.layers)
    sizes = volumes[at - 1].space, following.space
    smaller = sizes[1][0] < sizes[0][0] if all(sizes) else following.high < volumes[at].high
    return not pools and (smaller or following.is_vector)


def guess(volumes: Sequence[Volume]) -> None:
    """Tell what volumes are taken for that say nothing and have a colour of their own, by those around them."""
    _of_colour(volumes)
    told = [i for i, each in enumerate(volumes) if each.solid.deep and (each.said or each.before)]
    known = {each.solid.colours[0] for each in (volumes[i] for i in told) if each.solid.colours}
    for i, each in enumerate(volumes):
        silent = is_cuboid(each.solid) and not (each.said or each.before or each.meaning or each.inside or each.called)
        before, after = [j for j in told if j < i], [j for j in told if j > i]
        if not silent or not before or not each.solid.colours or each.solid.colours[0] in known:
            continue
        if (
            touch(volumes[i - 1].solid, each.solid)
            and abs(volumes[i - 1].high - each.high) < 2
            and not _shrinks(volumes, i)
        ):
            each.becomes = "nothing"
            each.channels, each.space = volumes[i - 1].channels, volumes[i - 1].space
        if each.becomes or not after:
            continue
        first, last = volumes[before[-1]], volumes[after[0]]
        grows = last.high / first.high
        if abs(grows - 1) < ALIKE / 3 and first.space and last.space:
            grows = last.space[0] / first.space[0]
        each.becomes = "maxpool" if last.is_vector or grows < 1 else "upsample" if grows > 1 else ""
        if each.becomes:
            each.channels, each.space = first.channels, () if last.is_vector else last.space


def share(volumes: Sequence[Volume]) -> None:
    """Give the size that is said of one volume to those that are as high, and its channels to those of its colour."""
    said = [each for each in volumes if each.space or each.channels]
    known = [(each, each.space, each.channels) for each in said]
    for place, each in enumerate(volumes):
        alike = [told for told in known if abs(told[0].high - each.high) < ALIKE * max(told[0].high, each.high)]
        near = sorted(alike, key=lambda told: abs(volumes.index(told[0]) - place))
        each.space = next((space for _, space, _ in near if space), each.space)
        same = [told for told in near if told[0].meaning is each.meaning and told[2]]
        pooled = any("pool" in reading.kind for reading in each.meaning.layers) if each.meaning else False
        each.channels = None if pooled else same[0][2] if same else each.channels
        each.is_vector = each.is_vector or set(each.space) == {1}
