"""What colours stand for in a drawing: small keys, or arrows, each with a text to its right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from extract.drawings.drawing import Colour
from extract.spatial.notes import Note
from extract.spatial.solids import Solid

LARGEST = 2.5
"""How high a key is at most, as a share of its text's size."""
BESIDE = 2.0
"""How far its text is from it at most, as a share of that size."""
ALIKE = 0.03
"""By how much the parts of two colours differ that are one."""


@dataclass(frozen=True)
class Legend:
    """What colours stand for, with the keys and texts that say it; of keys that look alike nothing is known."""

    meanings: tuple[tuple[tuple[Colour, ...], Note], ...] = ()
    keys: tuple[Solid, ...] = ()
    texts: tuple[Note, ...] = ()

    def of(self, colours: Sequence[Colour]) -> Note | None:
        """Return what one of some colours stands for; that of the face in front is told first."""
        for colour in colours:
            for told, note in self.meanings:
                if any(is_one(colour, each) for each in told):
                    return note
        return None


def is_one(a: Colour, b: Colour) -> bool:
    """Tell colours that are one."""
    return all(abs(x - y) < ALIKE for x, y in zip(a, b, strict=True))


def legend_of(solids: Sequence[Solid], notes: Sequence[Note]) -> Legend:
    """Return the legend of a drawing: keys of one size, whose texts name layers, where others have their colours."""
    pairs = [(each, note) for each in solids if each.colours and (note := _beside(each, notes)) is not None]
    best: list[tuple[Solid, Note]] = []
    for key, _ in pairs:
        alike = [(each, note) for each, note in pairs if _are_alike(each, key)]
        best = max(best, alike, key=len)
    if len(best) < 2 or 2 * sum(bool(note.layers) for _, note in best) < len(best):
        return Legend()
    keys = tuple(key for key, _ in best)
    others = [colour for each in solids if each not in keys for colour in each.colours]
    shown = any(is_one(a, b) for key in keys for a in key.colours for b in others)
    told_apart = not any(is_one(a.colours[0], b.colours[0]) for a, b in combinations(keys, 2))
    if not shown:
        return Legend()
    meanings = tuple((key.colours, note) for key, note in best) if told_apart else ()
    return Legend(meanings, keys, tuple(note for _, note in best))


def _beside(key: Solid, notes: Sequence[Note]) -> Note | None:
    """Return the text right of a key, at its height."""
    _, top, right, bottom = key.box
    found = [
        (note.box[0] - right, note)
        for note in notes
        if bottom - top < LARGEST * note.size
        and -0.2 * note.size < note.box[0] - right < BESIDE * note.size
        and abs(note.middle[1] - (top + bottom) / 2) < 0.7 * note.size
    ]
    return min(found, key=lambda each: each[0])[1] if found else None


def _are_alike(a: Solid, b: Solid) -> bool:
    sides = zip(*((each.box[2] - each.box[0], each.box[3] - each.box[1]) for each in (a, b)), strict=True)
    return all(abs(x - y) < 0.2 * max(x, y) + 0.5 for x, y in sides)
