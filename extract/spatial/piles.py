"""Boxes that are drawn on or beside each other without arrows, one layer in each: which come behind which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extract.designs.hand_drawn import said
from extract.drawings.arrows import Box
from extract.drawings.diagrams import Diagram, Link, Shape
from extract.drawings.drawing import Drawing
from extract.drawings.drawn import has_form
from extract.pages.page import Word, lines_of, segments
from extract.spatial.flows import arrows_of
from extract.spatial.solids import Solid, scaled, solids_of
from extract.words.lexicon import kind_of
from extract.words.spellings import normalized

LEAST, MOST = 3, 300
"""Boxes of a pile at least and at most."""
APART = 0.5
"""How far boxes of a pile are from each other at most, as a share of how high the lowest is."""
ALIKE = 2.0
"""Points by which the sides of boxes differ that are on one line."""
LAYERS = 0.6
"""The share of boxes of a pile that say layers at least."""
BESIDE = 3.0
"""How far a size beside a box is from it at most, as a share of its type's size."""


@dataclass(frozen=True)
class _Cell:
    box: Box
    texts: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.texts)


def piled(drawing: Drawing) -> Diagram | None:
    """Return the layers of boxes that make piles or rows, or None where a drawing shows none.

    Which end is the first is told by an input at one, or what classifies at the other; where nothing tells it, it is
    the upper or the left one, which is asked.
    """
    if not drawing.words or (at_scale := scaled(drawing)) is None:
        return None
    plain, scale = at_scale
    solids = [each for each in solids_of(plain.paths) if not each.deep]
    if len(solids) > MOST:
        return None
    cells = [cell for each in solids if (cell := _cell(each, plain.words)).texts]
    piles = [pile for down in (True, False) for pile in _piles(cells, down=down)]
    piles = [each for each in piles if _says_layers(each)]
    held = sum(map(len, piles))
    if not piles or 2 * (len(cells) - held) > held or 2 * len(arrows_of(plain)) >= held:
        return None
    return _joined([_diagram(each, plain.words) for each in piles]).scaled(scale)


def _joined(diagrams: Sequence[Diagram]) -> Diagram:
    """Return diagrams as one, which no arrow joins."""
    shapes: list[Shape] = []
    links: list[Link] = []
    for each in diagrams:
        links += [Link(link.start + len(shapes), link.end + len(shapes)) for link in each.links]
        shapes += each.shapes
    asked = dict.fromkeys(question for each in diagrams for question in each.asked)
    return Diagram(tuple(shapes), tuple(links), tuple(asked))


def _cell(solid: Solid, words: Sequence[Word]) -> _Cell:
    left, top, right, bottom = solid.box
    level = [each for each in words if top < (each.top + each.bottom) / 2 < bottom]
    inside = [part for each in level if (part := _part(each, left, right)) is not None]
    turned = [each.text for each in inside if each.turned]
    upright = [each for each in inside if not each.turned]
    lines = [part.text for line in (lines_of(upright) if upright else ()) for part in segments(line, 0.9)]
    return _Cell(solid.box, (*lines, *turned))


def _part(word: Word, left: float, right: float) -> Word | None:
    """Return what of a word is between two sides: where boxes touch, words of two may stand as one."""
    wide = (word.x1 - word.x0) / max(1, len(word.text))
    if word.turned or (left <= word.x0 and word.x1 <= right):
        return word if left < word.centre < right else None
    first, last = (max(0, round((side - word.x0) / wide)) for side in (left, right))
    text = word.text[first:last]
    if not text or (len(text) < 2 < len(word.text)):
        return None
    return replace(word, text=text, x0=word.x0 + first * wide, x1=min(word.x1, word.x0 + last * wide))


def _piles(cells: Sequence[_Cell], *, down: bool) -> list[list[_Cell]]:
    """Return the boxes that stand in one column, or row, each close to the next."""
    axis = 1 if down else 0
    across = 1 - axis
    found: list[list[_Cell]] = []
    for cell in sorted(cells, key=lambda each: each.box[axis]):
        near = next((pile for pile in found if _goes_on(pile[-1].box, cell.box, axis, across)), None)
        if near is None:
            found.append([cell])
        else:
            near.append(cell)
    return [pile for pile in found if len(pile) >= LEAST]


def _goes_on(a: Box, b: Box, axis: int, across: int) -> bool:
    if axis == 0:
        inside = abs(a[across] - b[across]) < ALIKE and abs(a[across + 2] - b[across + 2]) < ALIKE
    else:
        inside = abs(a[across] + a[across + 2] - b[across] - b[across + 2]) < 2 * ALIKE  # About one middle.
    apart = b[axis] - a[axis + 2]
    thick = min(a[3] - a[1], b[3] - b[1]) if axis else min(a[2] - a[0], b[2] - b[0])
    return inside and -ALIKE < apart < APART * thick


def _says_layers(pile: Sequence[_Cell]) -> bool:
    """Tell boxes that say layers; records of a program's drawing have a form of their own."""
    layers = sum(bool(said(each.text)) and bool(re.search(r"[A-Za-z]", each.text)) for each in pile)
    return layers >= LAYERS * len(pile) > 2 * sum(has_form(each.texts) for each in pile)


def _diagram(pile: Sequence[_Cell], words: Sequence[Word]) -> Diagram:
    asked: tuple[str, ...] = ()
    turned = _begins_at_the_end(pile)
    if turned is None:
        asked = ("boxes are drawn on each other without arrows: where do they begin? the upper or left end is taken",)
    ordered = list(pile[::-1] if turned else pile)
    first = ordered[0]
    if kind_of(first.text) == "input" and not re.search(r"\d ?× ?\d", normalized(first.text)):
        ordered[0] = replace(first, texts=(*first.texts, *_beside(first, words)))
    shapes = tuple(Shape(each.box, each.texts, tuple(said(each.text))) for each in ordered)
    return Diagram(shapes, tuple(Link(i, i + 1) for i in range(len(shapes) - 1)), asked)


def _begins_at_the_end(pile: Sequence[_Cell]) -> bool | None:
    """Tell whether the last box of a pile is the first layer, or None where that is open."""

    def rank(cell: _Cell) -> int:
        kind = kind_of(cell.text)
        if kind == "input":
            return -1
        last = bool(re.search(r"\bloss|\boutput", cell.text, re.IGNORECASE))
        return {"softmax": 2, "dense": 1, "gavgpool": 1}.get(kind, 2 * last)

    start, end = rank(pile[0]), rank(pile[-1])
    return None if start == end else start > end


def _beside(cell: _Cell, words: Sequence[Word]) -> tuple[str, ...]:
    """Return the size that stands beside a box."""
    _, top, right, bottom = cell.box
    near = [
        each.text
        for each in words
        if top < (each.top + each.bottom) / 2 < bottom and 0 <= each.x0 - right < BESIDE * each.size
    ]
    return tuple(near) if re.fullmatch(r"\d+(?: ?× ?\d+)+", normalized(" ".join(near))) else ()
