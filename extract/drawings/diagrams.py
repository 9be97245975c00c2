"""What a drawing of boxes and arrows shows: boxes with their texts, and which leads to which."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from extract.drawings.arrows import Box, scaled
from extract.words.reading import Reading

MOSTLY = 0.75
"""The share of the texts of a diagram that are in boxes, and more, where these are no volumes."""
FEW = 0.2
"""The share of the boxes of a diagram that say something at least: of neurons hardly any does."""
USUAL = 14.0
"""The size of type that the lengths here are meant for; a drawing of another is scaled."""


@dataclass(frozen=True)
class Shape:
    """A box of a diagram: its place, its texts by lines, and the layers that it shows besides what they say.

    What is `bare` is a text alone, around which nothing is drawn; what is `around` others is a frame.
    """

    box: Box
    texts: tuple[str, ...]
    shows: tuple[Reading, ...] = ()
    bare: bool = field(default=False, compare=False)
    around: bool = field(default=False, compare=False)
    gives: str = field(default="", compare=False)
    """The three sizes that stand above or below it, in a row of such."""


@dataclass(frozen=True)
class Link:
    """An arrow from one box to another, by their numbers, with the text beside it; a plain line has no head.

    What is `handed_on` no arrow shows by itself: it leads over what others led to where it branches off.
    """

    start: int
    end: int
    text: str = ""
    headed: bool = field(default=False, compare=False)
    handed_on: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Diagram:
    """The boxes of a drawing and the arrows between them, with what is asked of them."""

    shapes: tuple[Shape, ...]
    links: tuple[Link, ...]
    asked: tuple[str, ...] = ()

    @property
    def drawn(self) -> tuple[Link, ...]:
        """The links that arrows show, without what is handed on."""
        return tuple(each for each in self.links if not each.handed_on)

    @property
    def is_joined(self) -> bool:
        """Tell boxes that arrows lead between: no volumes, whatever areas their lines close in."""
        return len(self.shapes) > 1 and 2 * len(self.links) >= len(self.shapes)

    @property
    def is_mute(self) -> bool:
        """Tell boxes of which hardly any says a word: they may be neurons, whatever their lines look like."""
        said = sum(re.search(r"[^\W\d_]{2}", " ".join(each.texts)) is not None for each in self.shapes)
        return said < FEW * len(self.shapes)

    @property
    def is_told(self) -> bool:
        """Tell boxes with words in them that arrows with heads lead between: no volumes, whatever they look like."""
        held = [any(map(str.isalpha, "".join(each.texts))) for each in self.shapes if not each.bare]
        is_full = all(held) and len(held) > MOSTLY * len(self.shapes)
        return self.is_joined and is_full and all(each.headed for each in self.links)

    def scaled(self, by: float) -> Diagram:
        """Return the diagram larger by a factor."""
        return replace(self, shapes=tuple(replace(each, box=scaled(each.box, by)) for each in self.shapes))

    def without(self, numbers: Collection[int]) -> Diagram:
        """Return the diagram without some of its boxes, and what leads to them and from them."""
        place = {i: n for n, i in enumerate(i for i in range(len(self.shapes)) if i not in numbers)}
        links = (each for each in self.links if each.start in place and each.end in place)
        moved = tuple(replace(each, start=place[each.start], end=place[each.end]) for each in links)
        return replace(self, shapes=tuple(self.shapes[i] for i in place), links=moved)

    def parts(self) -> list[Diagram]:
        """Return the drawings that no arrow joins, each with two boxes at least, row by row from the left."""
        part = list(range(len(self.shapes)))
        for link in self.links:
            old, new = sorted((part[link.start], part[link.end]), reverse=True)
            part = [new if each == old else each for each in part]
        found = []
        for number in dict.fromkeys(part):
            inside = [i for i, each in enumerate(part) if each == number]
            if len(inside) > 1:
                links = (each for each in self.links if part[each.start] == number)
                moved = tuple(
                    replace(each, start=inside.index(each.start), end=inside.index(each.end)) for each in links
                )
                found.append(Diagram(tuple(self.shapes[i] for i in inside), moved, self.asked))
        return _as_read(found)


def _as_read(parts: Sequence[Diagram]) -> list[Diagram]:
    """Return drawings row by row, from the left: what begins above the middle of a row's highest is in the row."""
    rows: list[list[tuple[Box, Diagram]]] = []
    hulls = []
    for part in parts:
        left, top, right, bottom = zip(*(shape.box for shape in part.shapes), strict=True)
        hulls.append((min(left), min(top), max(right), max(bottom)))
    for hull, part in sorted(zip(hulls, parts, strict=True), key=lambda each: each[0][1]):
        first = rows[-1][0][0] if rows else hull
        if rows and hull[1] < (first[1] + first[3]) / 2:
            rows[-1].append((hull, part))
        else:
            rows.append([(hull, part)])
    return [part for row in rows for _, part in sorted(row, key=lambda each: each[0][0])]
