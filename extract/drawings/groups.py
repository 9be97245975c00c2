"""Frames and grounds around several boxes: what leads to one leads to the first in it, and comes from the last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extract.drawings.arrows import NEAR, SHORT_OF, Arrow, Box, onward, outside
from extract.drawings.boxes import grown, is_within
from extract.drawings.diagrams import Diagram, Link, Shape
from extract.drawings.drawing import Point
from extract.drawings.line_index import LineIndex
from extract.pages.page import Line

TITLE = 4
"""Letters at least of the title of a frame."""


def at_groups(groups: Sequence[Box], shapes: list[Shape], lines: LineIndex, *, outer: bool) -> None:
    """Let arrows that end at the side of a frame, and at nothing else, end there: it becomes a shape around others.

    They come from without (`outer`), or from within.
    """
    drawn = [each.box for each in shapes if not each.around]
    numbers = {each.box: i for i, each in enumerate(shapes) if each.around}
    for arrow, end in _loose(lines):
        sides = [
            each for each in groups if _is_at_side(arrow, end, each) and _is_from_without(arrow, end, each) == outer
        ]
        if not sides or onward(arrow, end, drawn)[1] is not None:
            continue
        box = min(sides, key=_area)
        if box not in numbers:
            numbers[box] = len(shapes)
            shapes.append(Shape(box, (), around=True))
        arrow.boxes[end] = numbers[box]


def is_title_in(phrase: Line, frame: Box) -> bool:
    """Tell words that stand in a frame, right at its upper or lower side: they are said of all that is in it."""
    aside = min(phrase.top - frame[1], frame[3] - phrase.bottom)
    within = is_within((phrase.x0, phrase.top, phrase.x1, phrase.bottom), frame)
    return within and aside < phrase.largest and sum(map(str.isalpha, phrase.text)) >= TITLE


def _loose(lines: LineIndex) -> Iterator[tuple[Arrow, int]]:
    """Yield the ends of arrows with a head that are at no box, and on no other line."""
    for arrow in lines.arrows:
        for end in (0, 1) if any(arrow.heads) else ():
            if arrow.boxes[end] is None and all(each is arrow for each in lines.at(arrow.end(end))):
                yield arrow, end


def without_groups(diagram: Diagram) -> Diagram:
    """Return a diagram without frames: what leads to one leads to the first boxes in it, and comes from the last."""
    shapes, links, asked = diagram.shapes, diagram.links, list(diagram.asked)
    groups = sorted((i for i, each in enumerate(shapes) if each.around), key=lambda i: _area(shapes[i].box))
    for group in groups:
        outline = grown(shapes[group].box, 1.0)
        inside = [i for i, each in enumerate(shapes) if i != group and is_within(each.box, outline)]
        boxes = [i for i in inside if not shapes[i].around]
        turned = [replace(each, start=each.end, end=each.start) for each in links]
        ways = []
        for leading in (links, turned):
            found = _first(leading, group, boxes)
            ways.append(found)
            if len(found) != 1 and any(each.end == group and each.start not in inside for each in leading):
                names = ", ".join(repr(" ".join(shapes[i].texts)) for i in boxes)
                taken = "each of them at that end is taken" if found else "it is left out"
                asked.append(f"an arrow stands at a frame around {names}: which of these is it for? {taken}")
        links = tuple(new for each in links for new in _resolved(each, group, inside, *ways))
    unique = {(each.start, each.end): each for each in links}
    return replace(diagram, links=tuple(unique.values()), asked=tuple(asked)).without(groups)


def _first(links: Sequence[Link], group: int, boxes: Sequence[int]) -> list[int]:
    """Return the first boxes of a group: those that the group itself leads to, else those that nothing leads to."""
    told = [each.end for each in links if each.start == group and each.end in boxes]
    within = {i for each in links if {each.start, each.end} <= set(boxes) for i in (each.start, each.end)}
    led_to = {each.end for each in links}
    return told or [i for i in boxes if i not in led_to and (i in within or not within)]


def _resolved(link: Link, group: int, inside: Sequence[int], first: list[int], last: list[int]) -> Iterator[Link]:
    """Yield what a link is where the first or the last boxes of a group stand for the group."""
    if group not in (link.start, link.end):
        yield link
    elif not {link.start, link.end} & set(inside):
        starts = last if link.start == group else [link.start]
        ends = first if link.end == group else [link.end]
        yield from (replace(link, start=a, end=b) for a in starts for b in ends)


def _is_at_side(arrow: Arrow, end: int, box: Box) -> bool:
    """Tell whether a line would come to the outline of a box if its end went on a little."""
    (x, y), (dx, dy) = arrow.end(end), arrow.way(end)
    return any(_is_on_side((x + step * dx, y + step * dy), box) for step in (0.0, SHORT_OF / 2, SHORT_OF))


def _is_on_side(point: Point, box: Box) -> bool:
    within = min(point[0] - box[0], box[2] - point[0], point[1] - box[1], box[3] - point[1])
    return outside(point, box) <= NEAR and within <= NEAR


def _is_from_without(arrow: Arrow, end: int, box: Box) -> bool:
    """Tell whether a line comes to its end from without a box."""
    (x, y), (dx, dy) = arrow.end(end), arrow.way(end)
    return outside((x - 2 * NEAR * dx, y - 2 * NEAR * dy), box) > NEAR / 2


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
