"""What stands beside boxes and lines, and what the ends of lines are for that touch no box: texts, or other lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from math import hypot

from extract.arrows import NEAR, Arrow, Box, apart, onward, outside
from extract.diagrams import Shape
from extract.drawing import Point
from extract.hyphens import unbroken
from extract.lexicon import SIGNS
from extract.line_index import BoxIndex, LineIndex
from extract.page import Line

BESIDE = 1.3
"""How far what is said of a line is from it at most, as a share of the type's size."""
TITLE = 5.0
"""How wide the name of a box is at most, as a share of its longer side."""


def beside(phrases: Sequence[Line], lines: LineIndex) -> dict[int, list[Line]]:
    """Return the texts that stand beside lines, each beside the nearest one, by the lines' identities."""
    found: dict[int, list[Line]] = {}
    for phrase in phrases:
        if (best := _nearest_line(phrase, lines)) is not None:
            found.setdefault(id(best), []).append(phrase)
    return found


def named_beside(shapes: list[Shape], lines: LineIndex, phrases: list[Line]) -> None:
    """Give boxes at lines, in which nothing is written, the texts that stand right beside them, nearer than a line."""
    boxes = [each.box for each in shapes]
    ends = {end for arrow in lines.arrows for end in arrow.boxes}
    for i, shape in enumerate(shapes):
        if shape.texts or i not in ends:
            continue
        said = [each for each in phrases if is_named(each) and not _NO_LAYER.match(each.text)]
        close = [each for each in said if _gap(each, shape.box) < BESIDE * _size(each) and _is_level(each, shape.box)]
        close = [
            each
            for each in close
            if _gap(each, shape.box) <= min(_gap(each, box) for box in boxes if _is_level(each, box))
        ]
        best = min(close, key=lambda each: _gap(each, shape.box), default=None)
        if best is None:
            continue
        gap = _gap(best, shape.box)
        near = _near(best, lines, max(gap, BESIDE * _size(best)))
        if any(_is_along(best, each) or _away(best, each) < gap for each in near):
            continue
        whole = _stacked(best, phrases)
        shapes[i] = replace(shape, texts=tuple(each.text for each in whole))
        phrases[:] = [each for each in phrases if each not in whole]


def _is_along(phrase: Line, arrow: Arrow) -> bool:
    """Tell a text that stands beside a line, between its ends."""
    middle = (phrase.x0 + phrase.x1) / 2, (phrase.top + phrase.bottom) / 2
    away = arrow.away(middle)
    ends = min(apart(arrow.end(end), middle) for end in (0, 1))
    return away < BESIDE * _size(phrase) and away < 0.99 * ends


def _is_level(phrase: Line, box: Box) -> bool:
    """Tell a text whose middle is above, below or right beside a box, and that is no title of more than the box."""
    across, down = (phrase.x0 + phrase.x1) / 2, (phrase.top + phrase.bottom) / 2
    wide = phrase.x1 - phrase.x0 > TITLE * max(box[2] - box[0], box[3] - box[1])
    return not wide and (box[0] <= across <= box[2] or box[1] <= down <= box[3])


def _gap(phrase: Line, box: Box) -> float:
    """Return how far a text is from a box."""
    aside = max(box[0] - phrase.x1, phrase.x0 - box[2], 0.0)
    return hypot(aside, max(box[1] - phrase.bottom, phrase.top - box[3], 0.0))


def _size(phrase: Line) -> float:
    return max(word.size for word in phrase.words)


def _away(phrase: Line, arrow: Arrow) -> float:
    """Return how far a text is from a line, from the middle of its height."""
    height = (phrase.top + phrase.bottom) / 2
    return min(arrow.away((x, height)) for x in (phrase.x0, (phrase.x0 + phrase.x1) / 2, phrase.x1))


def _near(phrase: Line, lines: LineIndex, by: float) -> list[Arrow]:
    """Return the lines that may be so near to the middle of a text's height."""
    height = (phrase.top + phrase.bottom) / 2
    return lines.touching((phrase.x0, height, phrase.x1, height), by)


def at_loose_ends(lines: LineIndex, phrases: list[Line], shapes: list[Shape]) -> None:
    """Find what ends of arrows are for that touch no box: a text, which becomes one, or another line.

    A number beside a line says how wide it is: an arrow that ends at the number ends at the line.
    """
    sized = {id(each): _nearest_line(each, lines) for each in phrases if not is_named(each)}
    texts = BoxIndex([(each.x0, each.top, each.x1, each.bottom) for each in phrases])
    widest = BESIDE * max(map(_size, phrases), default=0.0)
    places: dict[int, int] = {}
    drawn = [each.box for each in shapes]
    headed = any(any(each.heads) for each in lines.arrows)
    for arrow in lines.arrows:
        for end in (0, 1):
            if arrow.boxes[end] is not None:
                continue
            point = arrow.end(end)
            under = _under(arrow, end, lines)
            if arrow.heads[end]:
                arrow.lines[end] = min(under, key=lambda each: each.boxes[1 - each.tail] is None, default=None)
            if under or (headed and not any(arrow.heads)):
                continue
            near = [phrases[i] for i in texts.touching((*point, *point), widest)]
            reached = [each for each in near if _apart(each, point) < BESIDE * _size(each)]
            best = min(reached, key=lambda each: (not is_named(each), _apart(each, point)), default=None)
            if best is not None and is_named(best):
                if id(best) not in places:
                    whole = _stacked(best, phrases)
                    if _NO_LAYER.match(whole[0].text):
                        continue
                    places |= {id(each): len(shapes) for each in whole}
                    shapes.append(shape_of(*whole))
                arrow.boxes[end] = places[id(best)]
            elif best is not None and sized[id(best)] is not arrow:
                arrow.lines[end] = sized[id(best)]
            elif best is None:
                arrow.boxes[end] = onward(arrow, end, drawn)[1]
    phrases[:] = [each for each in phrases if id(each) not in places]


def is_named(phrase: Line) -> bool:
    """Tell a text, the sign of a layer, or what stands for more of them, from a number."""
    return phrase.text in SIGNS or is_more(phrase.text) or any(each.isalpha() for each in phrase.text)


def is_more(text: str) -> bool:
    """Tell dots, which stand for more of what is on both sides of them."""
    return _MORE.fullmatch(text) is not None


_MORE = re.compile(r"[.\u00b7\u2022\u2026\u22ef\s]*(?:[.\u00b7\u2022]\s?[.\u00b7\u2022]|[\u2026\u22ee-\u22f1])\W*")


def _apart(phrase: Line, point: Point) -> float:
    """Return how far a text is from a point."""
    return outside(point, (phrase.x0, phrase.top, phrase.x1, phrase.bottom))


def _nearest_line(phrase: Line, lines: LineIndex) -> Arrow | None:
    """Return the line that a text stands beside."""
    most = BESIDE * _size(phrase)
    best = min(_near(phrase, lines, most), key=lambda each: _away(phrase, each), default=None)
    return best if best is not None and _away(phrase, best) < most else None


def _under(arrow: Arrow, end: int, lines: LineIndex) -> list[Arrow]:
    """Return the lines on which an end of one stands: not those that begin there with it."""
    return [each for each in lines.at(arrow.end(end)) if each is not arrow and not _begins_there(each, arrow, end)]


def _begins_there(line: Arrow, own: Arrow, end: int) -> bool:
    """Tell a line that begins where an end of another one is, or whose head is there as that's is."""
    point = own.end(end)
    if not any(line.heads) or not any(own.heads):
        return False
    return any(line.heads[at] == own.heads[end] and apart(line.end(at), point) < NEAR / 2 for at in (0, 1))


def shape_of(*lines: Line) -> Shape:
    """Return the box of a text that stands in none."""
    x0, x1 = min(each.x0 for each in lines), max(each.x1 for each in lines)
    return Shape((x0, lines[0].top, x1, lines[-1].bottom), tuple(unbroken([each.text for each in lines])), bare=True)


_NO_LAYER = re.compile(r"[\"'\u2018\u201c]\w|\([a-z]\)(?!\S)")
"""What comes out of an example, and what a part of a figure is called, as `(a)` or `(b) ours`."""


def _stacked(phrase: Line, phrases: Sequence[Line]) -> list[Line]:
    """Return the lines of a text of several, which stand closely below each other about one middle."""
    found = [phrase]
    for step in (-1, 1):
        here = phrase
        while True:
            below = [each for each in phrases if each not in found and _goes_on(here, each, step)]
            if not below:
                break
            here = min(below, key=lambda each: abs(each.base - here.base))
            found.append(here)
    return sorted(found, key=lambda each: each.base)


def _goes_on(line: Line, other: Line, step: int) -> bool:
    """Tell a line of the same text, of words, above (-1) or below another one."""
    size = _size(line)
    away = step * (other.base - line.base)
    middle = (other.x0 + other.x1 - line.x0 - line.x1) / 2
    alike = abs(_size(other) - size) < 0.1 * size or (other.text.startswith("(") and 0.5 * size < _size(other) < size)
    return 0 < away < 1.4 * size and abs(middle) < size and alike and is_named(other)
