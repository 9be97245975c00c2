"""Which volume a text stands at: below the edge of its front, along the slanted edge beside that, or below a block."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot

from extract.spatial.contacts import is_cuboid
from extract.spatial.notes import Note
from extract.spatial.solids import Solid

CLOSE = 1.3
"""How far below an edge a number is at most, as a share of its size."""
BELOW = 6.0
"""How far below a block its name is at most, as such a share."""
CENTRED = 0.4
"""How far the middle of a size is from that of a face that it stands below at most, as such a share."""
BESIDE = 1.0
"""How far the middle of a name is from a block's side at most, as such a share."""


def edge_of(note: Note, solids: Sequence[Solid]) -> int | None:
    """Return the cuboid at one of whose lower edges a number stands."""
    found = _sized(note, solids) if note.space else (_along if note.slanted else _below)(note, solids)
    found = found or ([] if note.slanted or note.space else _left_of(note, solids))
    return min(found)[1] if found else None


def _left_of(note: Note, solids: Sequence[Solid]) -> list[tuple[float, int]]:
    """Return the cuboids in the middle of whose left edge a number stands, with how far it is from that."""
    found = []
    for i, each in enumerate(solids):
        left, top, _, bottom = each.front
        away = left - note.box[2]
        level = abs(note.middle[1] - (top + bottom) / 2) < max(0.1 * (bottom - top), 0.5 * note.size)
        if is_cuboid(each) and level and -0.2 * note.size < away < CLOSE * note.size:
            found.append((away, i))
    return found


def _sized(note: Note, solids: Sequence[Solid]) -> list[tuple[float, int]]:
    """Return the cuboids below which a size stands: about the middle of their front, or of all of their lower face."""
    found = []
    for i, each in enumerate(solids):
        middle, aside = (each.front[0] + each.front[2]) / 2, each.box[2] - each.front[2]
        away = min(abs(note.middle[0] - middle), abs(note.middle[0] - middle - aside / 2))
        high = (each.front[1] - each.box[1]) / 2
        if (
            is_cuboid(each)
            and away < CENTRED * note.size
            and 0 < note.box[1] - each.front[3] + high < BELOW * note.size
        ):
            found.append((away, i))
    return found


def _below(note: Note, solids: Sequence[Solid]) -> list[tuple[float, int]]:
    """Return the cuboids right below whose front a number stands, with how far its middle is from theirs."""
    return [
        (abs(note.middle[0] - (each.front[0] + each.front[2]) / 2), i)
        for i, each in enumerate(solids)
        if is_cuboid(each)
        and each.front[0] - 0.5 * note.size < note.middle[0] < each.front[2] + 0.5 * note.size
        and -0.3 * note.size < note.box[1] - each.front[3] < CLOSE * note.size
    ]


def _along(note: Note, solids: Sequence[Solid]) -> list[tuple[float, int]]:
    """Return the cuboids beside whose slanted lower edge a number stands, with how far it is from that."""
    found = []
    for i, each in enumerate(solids):
        aside, up = each.box[2] - each.front[2], each.front[1] - each.box[1]
        length = hypot(aside, up)
        if not is_cuboid(each) or not length:
            continue
        x, y = note.middle[0] - each.front[2], note.middle[1] - each.front[3]
        on, below = (x * aside - y * up) / length, (x * up + y * aside) / length
        if -0.25 * note.size < on < length and -0.2 * note.size < below < CLOSE * note.size:
            found.append((abs(below), i))
    return found


def block_of(note: Note, solids: Sequence[Solid], blocks: Sequence[Sequence[int]]) -> Sequence[int]:
    """Return the cuboids that are drawn as one above their name: those about whose middle it stands."""
    found = []
    for block in blocks:
        if not all(is_cuboid(solids[i]) for i in block):
            continue
        left, right = solids[block[0]].front[0], solids[block[-1]].front[2]
        low = max(solids[i].front[3] for i in block)
        middle = abs(note.middle[0] - (left + right) / 2)
        beside = left - BESIDE * note.size < note.middle[0] < right + BESIDE * note.size
        # A name that is wider than the block goes beyond it on the right.
        overlong = note.box[2] - note.box[0] > right - left and abs(note.box[0] - left) < 0.5 * note.size
        middle = min(middle, abs(note.box[0] - left)) if overlong else middle
        if (beside or overlong) and -0.3 * note.size < note.box[1] - low < BELOW * note.size:
            found.append((middle, note.box[1] - low, block))
    return min(found)[2] if found else ()
