"""Which volume of a drawing leads to which: as its arrows do, or else from left to right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extract.drawings.arrows import FAR, NEAR, Arrow, Box, apart, attach, onward, outside
from extract.drawings.drawing import Colour, Drawing, Path, Point
from extract.drawings.linking import links
from extract.drawings.midways import directed
from extract.drawings.strokes import block_arrow, is_head
from extract.spatial.contacts import at_face, is_cuboid, touch
from extract.spatial.drawn_volumes import Volume
from extract.spatial.legends import is_one
from extract.spatial.notes import Note
from extract.spatial.solids import Solid

BESIDE = 2.0
"""How far the text of an arrow's colour is from it at most, as a share of its size."""


SHORT = 0.2
"""How far an arrow ends from the volumes that it is for at most, as a share of its length."""


@dataclass(frozen=True)
class Way:
    """The way from one volume to another, by their numbers, with what the colour of its arrow stands for."""

    start: int
    end: int
    meaning: Note | None = None


@dataclass(frozen=True)
class Colours:
    """What the colours of arrows stand for, with the notes that say it."""

    meanings: tuple[tuple[Colour, Note], ...] = ()

    def of(self, colour: Colour | None) -> Note | None:
        """Return what a colour stands for."""
        return next((note for told, note in self.meanings if colour and is_one(colour, told)), None)


def arrows_of(drawing: Drawing) -> list[tuple[Arrow, Colour | None]]:
    """Return the lines of a drawing with heads at an end, and block arrows, with their colours."""
    lines = [each for each in drawing.paths if not each.closed and each.stroked]
    found = [(Arrow(each.points), each.colour) for each in lines]
    heads = [each for each in drawing.paths if is_head(each)]
    attach([arrow for arrow, _ in found], heads, [])
    found = [(arrow, colour) for arrow, colour in directed(found) if any(arrow.heads)]
    found += [(Arrow([*way], heads=[False, True]), each.colour) for each, way in _blocks(drawing.paths)]
    return found


def _blocks(paths: Sequence[Path]) -> list[tuple[Path, tuple[tuple[float, float], tuple[float, float]]]]:
    return [(each, way) for each in paths if each.filled and (way := block_arrow(each)) is not None]


def colours_of(arrows: Sequence[tuple[Arrow, Colour | None]], notes: Sequence[Note]) -> Colours:
    """Return the legend of arrows: texts right of some, which name layers, one for each colour."""
    pairs = [
        (colour, note)
        for arrow, colour in arrows
        for note in notes
        if colour is not None and re.search(r"[A-Za-z]{2}", note.text) and _is_beside(arrow, note)
    ]
    columns = [[(c, n) for c, n in pairs if abs(n.box[0] - note.box[0]) < 0.5 * note.size] for _, note in pairs]
    column = max(columns, key=lambda each: len({colour for colour, _ in each}), default=[])
    if len({colour for colour, _ in column}) < 2 or sum(bool(note.layers) for _, note in column) < 2:
        return Colours()
    return Colours(tuple(dict(reversed(column)).items()))


def _is_beside(arrow: Arrow, note: Note) -> bool:
    """Tell a text right of an arrow, at its height."""
    gap = note.box[0] - max(x for x, _ in arrow.points)
    height = (arrow.end(0)[1] + arrow.end(1)[1]) / 2
    return -0.2 * note.size < gap < BESIDE * note.size and abs(note.middle[1] - height) < 0.6 * note.size


def ways(
    volumes: Sequence[Volume], arrows: Sequence[tuple[Arrow, Colour | None]], colours: Colours, asked: list[str]
) -> tuple[list[int], list[Way]]:
    """Return volumes by their numbers, each behind those that lead to it, and the ways between them.

    Arrows tell, where they lead to each volume but the first; else each leads to the next, which is asked about where
    arrows lead to others.
    """
    boxes = [each.solid.box for each in volumes]
    attach([arrow for arrow, _ in arrows], [], boxes)
    solids = [each.solid for each in volumes]
    for arrow, _ in arrows:
        for at in (0, 1):
            if (face := at_face(arrow.end(at), solids, leaves=at == arrow.tail)) is not None:
                arrow.boxes[at] = face
            elif (branched := _branched(arrow, at, arrows, solids)) is not None:
                arrow.boxes[at], arrow.lines[at] = None, branched
            elif arrow.boxes[at] is None:
                length = apart(arrow.end(0), arrow.end(1))
                ahead = onward(arrow, at, boxes, min(length, max(FAR, SHORT * length)))[1]
                arrow.boxes[at] = _nearest(arrow.end(at), boxes) if ahead is None else ahead
    found = [Way(i, j) for i, a in enumerate(solids) for j, b in enumerate(solids) if touch(a, b)]
    named = {id(arrow): colours.of(colour) for arrow, colour in arrows}
    led = [Way(a, b, named[id(arrow)]) for a, b, arrow, _ in links([arrow for arrow, _ in arrows], boxes)]
    found = [each for each in found if (each.start, each.end) not in {(way.start, way.end) for way in led}] + led
    order = _ordered(len(volumes), found)
    if order is None and led:
        given = {way.end for way in found}
        filled = [*found, *(Way(i - 1, i) for i in range(1, len(volumes)) if i not in given)]
        if (order := _ordered(len(volumes), filled)) is not None:
            asked.append("arrows lead to some volumes only: do the others follow the ones to the left? taken so")
            found = filled
    if order is None:
        plain = list(range(len(volumes)))
        if 2 * len({way.end for way in found}) > len(volumes):
            asked.append("arrows lead to some volumes only: which way goes it on? from left to right is taken")
        return plain, [Way(i, i + 1) for i in plain[:-1]]
    return order, found


def _branched(
    arrow: Arrow, at: int, arrows: Sequence[tuple[Arrow, Colour | None]], solids: Sequence[Solid]
) -> Arrow | None:
    """Return the line from which one begins on its way from one cuboid to the next."""
    if at != arrow.tail or not any(map(is_cuboid, solids)):
        return None
    return next((each for each, _ in arrows if each is not arrow and each.is_near(arrow.end(at), NEAR / 2)), None)


def _nearest(point: Point, boxes: Sequence[Box]) -> int | None:
    """Return the box that is nearest to where an arrow ends: its text may stand between."""
    away, place = min((outside(point, box), i) for i, box in enumerate(boxes))
    return place if away <= FAR else None


def _ordered(count: int, found: Sequence[Way]) -> list[int] | None:
    """Return numbers, each behind those that lead to it, or None where several have none, or where they go round."""
    starts = set(range(count)) - {way.end for way in found}
    if len(starts) != 1 or {way.start for way in found} | {way.end for way in found} != set(range(count)):
        return None
    order: list[int] = []
    while len(order) < count:
        ready = [i for i in range(count) if i not in order and all(w.start in order for w in found if w.end == i)]
        if not ready:
            return None
        order += ready
    return order
