"""Boxes and arrows of a drawing: what it shows as a diagram."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from extract.arrows import Arrow, Box, attach, in_sight, links, reaching
from extract.boxes import boxes_of, is_inside_one, symbol_in, texts_of, words_in
from extract.diagrams import USUAL, Diagram, Link, Shape
from extract.drawing import Drawing
from extract.lexicon import kind_of, posts_of
from extract.loose_ends import at_loose_ends, beside, shape_of
from extract.page import Line, lines_of, segments
from extract.strokes import block_arrow, cleaned, is_head

STACKED = 12.0
"""Points between boxes at most that follow each other without an arrow."""
MOST = 2000
"""Boxes and lines at most: a drawing of more is a plot."""


def diagram_of(drawing: Drawing) -> Diagram:
    """Return the diagram of a drawing."""
    scale = median(word.size for word in drawing.words) / USUAL if drawing.words else 1.0
    return _diagram_of(drawing.scaled(1 / scale)).scaled(scale) if scale > 0 else Diagram((), ())


def _diagram_of(drawing: Drawing) -> Diagram:
    drawing = cleaned(drawing)
    boxes = boxes_of(drawing)
    heads = [each for each in drawing.paths if is_head(each)]
    blocks = [way for each in drawing.paths if (way := block_arrow(each)) is not None]
    open_lines = [each for each in drawing.paths if not each.closed and each.stroked]
    if len(open_lines) + len(boxes) > MOST:
        return Diagram((), ())
    held, free = words_in(drawing.words, boxes)
    said = [box for box, words in zip(boxes, held, strict=True) if words]
    lines = [each for each in open_lines if not is_inside_one(each, boxes)]
    arrows = [Arrow(part) for each in lines for part in in_sight(each.points, said)]
    arrows += [Arrow(reaching(*each, boxes), heads=[False, True]) for each in blocks]
    attach(arrows, heads, boxes)
    phrases = [part for line in (lines_of(free) if free else ()) for part in segments(line, 0.9)]
    shapes = [Shape(box, texts_of(words) or symbol_in(box, open_lines)) for box, words in zip(boxes, held, strict=True)]
    return joined(shapes, arrows, phrases)


def joined(shapes: list[Shape], arrows: Sequence[Arrow], phrases: list[Line]) -> Diagram:
    """Return the diagram of boxes, lines and what is written beside them, in points of type of `USUAL` size."""
    at_loose_ends(arrows, phrases, shapes)
    return _linked(shapes, arrows, beside(phrases, arrows))


def _is_done(text: str) -> bool:
    """Tell what is done on the way from one box to another; on a shortcut that is nothing."""
    return bool(posts_of(text)) or kind_of(text) not in ("", "shortcut")


def _linked(shapes: list[Shape], arrows: Sequence[Arrow], beside: dict[int, list[Line]]) -> Diagram:
    """Return the diagram, from left to right, with a box for what a text beside an arrow says is done on the way."""
    found: list[Link] = []
    left = [shape.box[0] for shape in shapes]
    for start, end, arrow in sorted(links(arrows, [shape.box for shape in shapes]), key=lambda each: left[each[0]]):
        said = beside.get(id(arrow), [])
        for phrase in [each for each in said if _is_done(each.text)]:
            shapes.append(shape_of(phrase))
            found.append(Link(start, len(shapes) - 1))
            start = len(shapes) - 1
            said = [each for each in said if each is not phrase]
        found.append(Link(start, end, " ".join(each.text for each in said)))
    return Diagram(tuple(shapes), (*found, *_stacked_on(shapes, found)))


def _stacked_on(shapes: Sequence[Shape], found: Sequence[Link]) -> Iterator[Link]:
    """Yield links between boxes as wide, closely over each other, that arrows lead to one of and away from another.

    They lead down where arrows come to the upper ones of such piles, or else up.
    """
    starts, ends = {each.start for each in found}, {each.end for each in found}
    pairs = [(i, j) for i, a in enumerate(shapes) for j, b in enumerate(shapes) if _is_right_above(a.box, b.box)]
    downward = sum(i in ends for i, _ in pairs) - sum(j in ends for _, j in pairs)
    for pair in pairs if found else ():
        first, last = pair if downward >= 0 else pair[::-1]
        if first not in starts and last not in ends and all(shapes[each].texts for each in pair):
            yield Link(first, last)


def _is_right_above(a: Box, b: Box) -> bool:
    wide = min(a[2] - a[0], b[2] - b[0])
    alike = abs(a[0] - b[0]) < 0.05 * wide and abs(a[2] - b[2]) < 0.05 * wide
    return alike and 0 <= b[1] - a[3] < STACKED
