"""Which boxes a drawing has, and which words stand in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from extract.drawings.arrows import NEAR, Box
from extract.drawings.drawing import Drawing, Path
from extract.drawings.scripts import phrases_of, with_hosts
from extract.drawings.strokes import area, block_arrow, is_head
from extract.pages.page import Line, Word, lines_of, segments
from extract.words.hyphens import unbroken

APART = 8.0
"""Points between boxes that are two; parts of one stand closer."""
MOSTLY = 0.5
"""The share of a box at least that another one lies over where they are one."""
HELD = 0.6
"""How wide a box is at least, as a share of a text in it: a wider text goes over it."""
LOW = 0.45
"""How high small letters are, as a share of the size of their type."""
OFF = 0.2
"""How far the middle of a text is from that of a box over a side of which it hangs, as a share of the box's width."""
SPACE = 0.4
"""How wide a gap between words of one text is at most, as a share of its size."""


def boxes_of(drawing: Drawing) -> list[Box]:
    """Return the boxes: closed outlines larger than heads; those that touch or lie within each other are one."""
    return _merged(_outlined(drawing), _touch)


def cells_of(drawing: Drawing) -> list[Box]:
    """Return the boxes of which those that only touch each other are several."""
    return _merged(_outlined(drawing), _covers)


def pictures_of(drawing: Drawing, boxes: Sequence[Box]) -> list[Box]:
    """Return pictures that stand by themselves, as boxes do; those that touch each other are one."""
    found = _merged([each for each in drawing.pictures if _is_large(each)], _touch)
    return [each for each in found if not any(_touch(each, box, -1.0) for box in boxes)]


def _is_large(box: Box) -> bool:
    return box[2] - box[0] > 12 and box[3] - box[1] > 8


def _merged(found: Sequence[Box], together: Callable[[Box, Box], bool]) -> list[Box]:
    """Return boxes from the top down, those that belong together as one."""
    merged: list[Box] = []
    for box in found:
        joined = [each for each in merged if together(box, each)]
        for each in joined:
            merged.remove(each)
            box = (min(box[0], each[0]), min(box[1], each[1]), max(box[2], each[2]), max(box[3], each[3]))
        merged.append(box)
    return sorted(merged, key=lambda each: (each[1], each[0]))


def groups_of(drawing: Drawing) -> list[Box]:
    """Return the frames and grounds around several boxes that stand apart."""
    found = _areas(drawing)
    return [box for box in found if _is_group(box, found)]


def _areas(drawing: Drawing) -> list[Box]:
    """Return the boxes around closed outlines larger than heads."""
    outlines = [each for each in drawing.paths if each.closed and not is_head(each) and _is_full(each)]
    outlines = [each for each in outlines if block_arrow(each) is None]
    drawn = [each.box for each in outlines if each.stroked]
    found = [each.box for each in outlines if each.stroked or not any(_crosses(each.box, box) for box in drawn)]
    return list(dict.fromkeys(filter(_is_large, found)))


def _outlined(drawing: Drawing) -> list[Box]:
    """Return the boxes of closed outlines larger than heads, but for those around several."""
    found = _areas(drawing)
    groups = [box for box in found if _is_group(box, found)]
    lines = [each for each in drawing.paths if not each.closed and each.stroked]
    rings = [box for box in found if _is_ring(box, [each for each in found if each not in groups], lines)]
    return [each for each in found if each not in groups and each not in rings]


def _covers(a: Box, b: Box) -> bool:
    """Tell whether a box lies over most of another one, or in it."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    least = min((each[2] - each[0]) * (each[3] - each[1]) for each in (a, b))
    return min(wide, high) > 0 and wide * high > MOSTLY * least


def _is_full(path: Path) -> bool:
    """Tell an area that fills the box around it as one that holds text does, and not as what a curve cuts off."""
    left, top, right, bottom = path.box
    return area(path.points) > (0.45 if path.stroked else 0.6) * (right - left) * (bottom - top)


def _crosses(fill: Box, outline: Box) -> bool:
    """Tell whether a fill goes over an outline: a shadow, or a ground that cannot be seen, and no box of its own."""
    apart = not is_within(fill, grown(outline, 1.0)) and not is_within(outline, grown(fill, 1.0))
    return apart and _touch(fill, outline, -0.5)


def grown(box: Box, by: float) -> Box:
    """Return a box that is larger on all sides."""
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _is_group(box: Box, others: Sequence[Box]) -> bool:
    """Tell a background, or a frame around several boxes: what is in it stands apart."""
    inside = [each for each in others if each != box and is_within(each, box)]
    if len(inside) < 2:
        return False
    reached, waiting = [inside[0]], [inside[0]]
    while waiting:
        here = waiting.pop()
        new = [each for each in inside if each not in reached and _touch(each, here, APART)]
        reached += new
        waiting += new
    return len(reached) < len(inside)


def _is_ring(box: Box, others: Sequence[Box], lines: Sequence[Path]) -> bool:
    """Tell what goes around one box, apart from it, and which lines go through to the box: it stands out there."""
    inside = [each for each in others if each != box and is_within(each, box)]
    if len(inside) != 1 or min(abs(a - b) for a, b in zip(box, inside[0], strict=True)) < APART:
        return False
    near = grown(inside[0], NEAR)
    for each in lines:
        ends = [(x, y, x, y) for x, y in (each.points[0], each.points[-1])]
        if any(is_within(a, near) and not is_within(b, box) for a, b in (ends, ends[::-1])):
            return True
    return False


def is_within(inner: Box, outer: Box) -> bool:
    """Tell a box that lies in another one."""
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _touch(a: Box, b: Box, slack: float = 1.0) -> bool:
    return a[0] <= b[2] + slack and b[0] <= a[2] + slack and a[1] <= b[3] + slack and b[1] <= a[3] + slack


def is_inside_one(path: Path, boxes: Sequence[Box]) -> bool:
    """Tell a line that divides a box from one that leads somewhere."""
    return any(is_within(path.box, grown(box, 1.0)) for box in boxes)


def words_in(words: Sequence[Word], boxes: Sequence[Box]) -> tuple[list[list[Word]], list[Word]]:
    """Return the words of each box, and those of none; a text over the edge of one is where most of it is."""
    places = [_place(word, boxes) for word in words]
    numbers = {id(word): i for i, word in enumerate(words)}
    for run in _runs(words):
        inside = {places[numbers[id(word)]] for word in run}
        box = next((each for each in inside if each is not None), None)
        if len(inside) != 2 or None not in inside or box is None:
            continue
        most = _within(run, boxes[box]) > 0.5 * sum(word.x1 - word.x0 for word in run)
        if _is_over_edge(run, boxes[box]) or (most and _is_of_one_size(run)):
            for word in run:
                places[numbers[id(word)]] = box if most else None
    for word, host in with_hosts(words):
        places[numbers[id(word)]] = places[numbers[id(host)]]
    held: list[list[Word]] = [[] for _ in boxes]
    free: list[Word] = []
    for word, place in zip(words, places, strict=True):
        (free if place is None else held[place]).append(word)
    for own, outline in zip(held, boxes, strict=True):
        crossed = [each for each in own if _is_crossed(each, outline)] + _hanging_over(own, outline)
        if len(crossed) < len(own):  # What a side goes through stands over the box, where other words are in it.
            own[:] = [each for each in own if each not in crossed]
            free += crossed
    return held, free


def _is_crossed(word: Word, box: Box) -> bool:
    """Tell a word that the upper or the lower side of a box goes through, by the line that its letters stand on."""
    return not word.turned and not box[1] + LOW * word.size < word.base < box[3]


def _hanging_over(words: Sequence[Word], box: Box) -> list[Word]:
    """Return the words of the lines that hang over one side of a box, with other words in it: they are told of a line.

    What is wider than the box is about its middle, or begins where other lines do.
    """
    found: list[Word] = []
    sizes = {round(each.size, 1) for each in words}
    level = [each for each in words if not each.turned and not each.slanted]
    lines = [line for size in sizes for line in lines_of([each for each in level if round(each.size, 1) == size])]
    for line in lines:
        size = line.size
        over = box[0] - line.x0, line.x1 - box[2]
        off = abs(line.x0 + line.x1 - box[0] - box[2]) / 2
        begun = any(abs(each.x0 - line.x0) < size / 2 for each in lines if each is not line)
        if max(over) > 0.5 * size and min(over) < -size and off > OFF * (box[2] - box[0]) and not begun:
            found += line.words
    return found


def _place(word: Word, boxes: Sequence[Box]) -> int | None:
    """Return the box in which the middle of a word stands, if it can hold the word."""
    x, y = word.centre, (word.top + word.bottom) / 2 if word.turned else word.middle
    inside = (i for i, box in enumerate(boxes) if box[0] <= x <= box[2] and box[1] <= y <= box[3])
    return next((i for i in inside if boxes[i][2] - boxes[i][0] > HELD * (word.x1 - word.x0)), None)


def _runs(words: Sequence[Word]) -> list[tuple[Word, ...]]:
    """Return the words that stand on one line with no more than a space between them."""
    lines = lines_of([each for each in words if not each.turned and not each.slanted])
    return [part.words for line in lines for part in segments(line, SPACE) if len(part.words) > 1]


def _is_over_edge(run: Sequence[Word], box: Box) -> bool:
    """Tell words that a side of a box goes through, and not between them."""
    return any(word.x0 + 1 < side < word.x1 - 1 for word in run for side in (box[0], box[2]))


def _is_of_one_size(run: Sequence[Word]) -> bool:
    sizes = [word.size for word in run]
    return max(sizes) < 1.03 * min(sizes)


def _within(run: Sequence[Word], box: Box) -> float:
    """Return how much of the width of words is within the sides of a box."""
    return sum(max(0.0, min(word.x1, box[2]) - max(word.x0, box[0])) for word in run)


def texts_of(words: Sequence[Word]) -> tuple[str, ...]:
    """Return the texts of a box: the parts of its lines between wide gaps, without signs around them."""
    ways = {each.turned for each in words}
    if len(ways) == 1 and ways != {0}:
        words = [_laid(each) for each in words]
    lines = phrases_of(words)
    worded = [each.base for each in lines if re.search(r"\w", each.text)]
    kept = [each for each in lines if not worded or _stands_among(each, worded)]
    return tuple(unbroken([each.text for each in kept]))


def _laid(word: Word) -> Word:
    """Return a word on its side as it is where the page is turned so that it is level."""
    x0, top = (-word.bottom, word.x0) if word.turned > 0 else (word.top, -word.x1)
    x1, bottom = x0 + word.bottom - word.top, top + word.x1 - word.x0
    return replace(word, x0=x0, top=top, x1=x1, bottom=bottom, base=bottom - 0.25 * word.size, turned=0)


def _stands_among(line: Line, bases: Sequence[float]) -> bool:
    """Tell a text with words on lines at heights, or a sign on a line of its own between those."""
    return bool(re.search(r"\w", line.text)) or (min(bases) < line.base < max(bases) and line.base not in bases)


def symbol_in(box: Box, lines: Sequence[Path]) -> tuple[str, ...]:
    """Return the sign that two lines across make in a box without words: a sum, or a product."""
    inside = [each for each in lines if is_within(each.box, grown(box, 1.0))]
    if len(inside) != 2:
        return ()
    straight = all(min(each.box[2] - each.box[0], each.box[3] - each.box[1]) < 1.5 for each in inside)
    return ("+",) if straight else ("×",)
