"""Designs that are drawn as volumes: which comes behind which, and how large each is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from math import hypot

from extract.designs.signals import COLOURS
from extract.spatial.captions import block_of, edge_of
from extract.spatial.compounds import blocks
from extract.spatial.contacts import is_cuboid
from extract.spatial.dimensions import go_on_as_vectors, measure, shows_vector
from extract.spatial.drawn_volumes import Volume
from extract.spatial.guesses import guess, share
from extract.spatial.legends import Legend
from extract.spatial.notes import Note
from extract.spatial.solids import Solid, around
from extract.words.signatures import LARGEST_KERNEL

FAR = 4.0
"""How far what is said of a volume is from it at most, as a share of its size."""
AT_WINDOW = 0.8
"""How far the number of a window is from it at most, as a share of its size."""
ABOVE, BELOW = 5.0, 8.0
"""How far above and below a row of volumes stands what is done between them, as a share of its size."""
TOUCHING = 2.0
"""Points between bars at most that touch."""
_NUMBERED = re.compile(r"(?:layer|stage|block|level)s? ?\d+|output", re.IGNORECASE)
"""What says no more of a volume than which it is."""
_TITLE = re.compile(r"\bnet(?:work)?s?\b|\barchitecture|\bencoder|\bdecoder|\bmodules?\b|\bstages?\b", re.IGNORECASE)
"""What names a part of a design, and no layer."""


def volumes_of(solids: Sequence[Solid], notes: Sequence[Note], legend: Legend) -> tuple[list[Volume], list[Note]]:
    """Return volumes from left to right, with what is said of them, and what is said behind the last.

    A plain bar is one where something is said of it.
    """
    ordered = sorted(solids, key=lambda each: (_along(each), each.front[1]))
    found = [Volume(each, meaning=legend.of(each.colours)) for each in ordered]
    doing = _attach(found, notes) if found else []
    found = _whole(found)
    found = [
        each
        for each in found
        if each.solid.deep or each.said or each.meaning or each.solid.sign or _is_named(each, doing)
    ]
    behind = _attach_layers(found, doing) if found else []
    if not found:
        return [], []
    for each in found:
        measure(each)
    go_on_as_vectors(found)
    if not any(len(each.space) == 2 and not each.solid.deep for each in found):
        deep = [i for i, each in enumerate(found) if each.solid.deep and each.channels]
        first, last = (deep[0], deep[-1]) if deep else (0, -1)
        for i, each in enumerate(found):
            large = i < first and (each.channels or 0) > COLOURS
            each.is_vector = each.is_vector or ((large or i > last) and shows_vector(each))
    guess(found)
    merged = _merged(found)
    if legend.meanings:
        share(merged)
    return merged, behind


def _along(solid: Solid) -> float:
    """Return how far to the right the middle of a volume is, of a cuboid that of its body: others stand before it."""
    return solid.front[0] + solid.front[2] + (solid.box[2] - solid.front[2] if is_cuboid(solid) else 0.0)


def _attach(volumes: Sequence[Volume], notes: Sequence[Note]) -> list[Note]:
    """Give each volume what is said of it; return what says which layers are between them."""
    top, bottom = (pick(each.solid.box[i] for each in volumes) for pick, i in ((min, 1), (max, 3)))
    solids = [each.solid for each in volumes]
    drawn_as_one = blocks(solids)
    doing: list[Note] = []
    for note in notes:
        held = _at_window(note, volumes)
        if held is not None:
            held.inside.append(note.number or note.space[0])
        elif note.space or _is_counted(note):
            at_edge = edge_of(note, solids)
            away, place = min((_away(note, each.solid), i) for i, each in enumerate(volumes))
            if at_edge is not None or away[0] < FAR * note.size:
                place = place if at_edge is None else at_edge
                volumes[place].said.append(note)
                volumes[place].before += [note] if note.layers or note.attributes else []
        elif (note.layers and not _is_place(note)) or note.attributes:
            level = top - ABOVE * note.size < note.box[3] and note.box[1] < bottom + BELOW * note.size
            doing += [note] if level and not _TITLE.search(note.text) else []
        elif re.search(r"[A-Za-z]{2}", note.text) and not _NUMBERED.fullmatch(note.text):
            for i in block_of(note, solids, drawn_as_one):
                volumes[i].called = f"{volumes[i].called} {note.text}".strip()
    for each in volumes:
        _without_sides(each)
    _share_sides(volumes)
    return doing


def _is_place(note: Note) -> bool:
    """Tell the narrowest place of a net from the block of others that is called so."""
    return note.text.strip().lower() == "bottleneck"


def _is_below(note: Note, solid: Solid) -> bool:
    """Tell a text right above or below a volume."""
    return solid.box[0] < note.middle[0] < solid.box[2]


def _whole(volumes: Sequence[Volume]) -> list[Volume]:
    """Return volumes, of bars that touch, are as high, and have one size between them, one: the parts of it."""
    found: list[Volume] = []
    for each in volumes:
        before = next((other for other in reversed(found) if _are_parts(other, each)), None)
        if before is None:
            found.append(each)
        else:
            box = around([before.solid.box, each.solid.box])
            before.solid = replace(before.solid, box=box, front=box)
            before.said += each.said
            before.before += each.before
    return found


def _are_parts(a: Volume, b: Volume) -> bool:
    first, second = a.solid.box, b.solid.box
    touching = abs(second[0] - first[2]) < TOUCHING and max(abs(first[1] - second[1]), abs(first[3] - second[3])) < 2
    said = [*a.said, *b.said]
    widths = sum(bool(each.number or each.channels or each.units) for each in said)
    return touching and not (a.solid.deep or b.solid.deep) and widths < 2 and sum(bool(each.space) for each in said) < 2


def _without_sides(volume: Volume) -> None:
    """Take away numbers at windows of several sizes that are sides of the volume, and stand there too."""
    sides = {each.number for each in volume.said} & set(volume.inside)
    if len(set(volume.inside)) > 1:
        volume.inside = [each for each in volume.inside if each not in sides]


def _is_named(volume: Volume, doing: Sequence[Note]) -> bool:
    """Tell a plain bar above or below which a layer is named."""
    left, _, right, _ = volume.solid.box
    return any(
        left < note.middle[0] < right and _between(note.box, volume.solid.box) < FAR * note.size for note in doing
    )


def _attach_layers(volumes: Sequence[Volume], doing: Sequence[Note]) -> list[Note]:
    """Give each volume the layers that are named on the way to it; return what is said behind the last."""
    behind: list[Note] = []
    solids = [each.solid for each in volumes]
    drawn_as_one = blocks(solids)
    for note in doing:
        if below := block_of(note, solids, drawn_as_one):
            for i in below:
                volumes[i].before.append(note)
            continue
        following = next((each for each in volumes if note.middle[0] < each.solid.front[2]), None)
        (behind if following is None else following.before).append(note)
    return behind


def _share_sides(volumes: Sequence[Volume]) -> None:
    """Give all cuboids that are drawn as one what stands along the slanted edge of the last of them."""
    for block in blocks([each.solid for each in volumes]):
        sides = [note for i in block for note in volumes[i].said if note.slanted]
        for i in block:
            volumes[i].said += [each for each in sides[-1:] if not any(note.slanted for note in volumes[i].said)]


def _is_counted(note: Note) -> bool:
    return any(each is not None for each in (note.number, note.channels, note.units))


def _at_window(note: Note, volumes: Sequence[Volume]) -> Volume | None:
    """Return the volume at whose window a small number, or a size, stands."""
    side = note.number or (note.space[0] if len(set(note.space)) == 1 and note.channels is None else 0)
    if not 0 < side <= LARGEST_KERNEL:
        return None
    near = [
        (away, i)
        for i, each in enumerate(volumes)
        for window in each.solid.windows
        if (away := _between(note.box, window)) < AT_WINDOW * note.size
    ]
    return volumes[min(near)[1]] if near else None


def _between(a: Sequence[float], b: Sequence[float]) -> float:
    """Return how far boxes are from each other."""
    return hypot(max(0.0, a[0] - b[2], b[0] - a[2]), max(0.0, a[1] - b[3], b[1] - a[3]))


def _away(note: Note, solid: Solid) -> tuple[float, float]:
    """Return how far a text is from a volume, nearer where it is above or below, and from the middle of its front."""
    x, y = (solid.front[0] + solid.front[2]) / 2, (solid.front[1] + solid.front[3]) / 2
    away = _between(note.box, solid.box)
    return away / 3 if _is_below(note, solid) else away, hypot(note.middle[0] - x, note.middle[1] - y)


def _merged(volumes: Sequence[Volume]) -> list[Volume]:
    """Return volumes of which those that stand below each other and are alike are one.

    Where the first is drawn once, these are parts, and the one has the channels of all.
    """
    found: list[Volume] = []
    for each in volumes:
        twin = next((other for other in found if _are_twins(other, each)), None)
        if twin is None:
            found.append(each)
            continue
        twin.copies += 1
        twin.space, twin.channels = twin.space or each.space, twin.channels or each.channels
        twin.before += each.before
        twin.inside += each.inside
    halves = found[0].copies < max(each.copies for each in found)  # Of nets that are drawn twice, each is one.
    for each in found:
        each.channels = each.channels * (each.copies if halves else 1) if each.channels else None
    return found


def _are_twins(a: Volume, b: Volume) -> bool:
    first, second = a.solid.front, b.solid.front
    wide = min(first[2] - first[0], second[2] - second[0])
    beside = min(first[2], second[2]) - max(first[0], second[0]) > 0.6 * wide
    apart = max(first[1], second[1]) > min(first[3], second[3])
    alike = all(abs((first[i + 2] - first[i]) - (second[i + 2] - second[i])) < 2.0 for i in (0, 1))
    return beside and apart and alike and a.solid.deep == b.solid.deep and len({a.channels, b.channels} - {None}) < 2
