"""What boxes are called in which nothing is written: the texts beside them, and above their columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.drawings.arrows import Arrow, Box, apart
from extract.drawings.diagrams import Link, Shape
from extract.drawings.free_texts import BESIDE, NO_LAYER, away_from, gap_to, is_named, lines_near, stacked
from extract.drawings.line_index import LineIndex
from extract.pages.page import Line

TITLE = 5.0
"""How wide the name of a box is at most, as a share of its longer side."""
_SIZE = re.compile(r"\d+(?: ?- ?[dD])?|\d+ ?[×x] ?\d+ ?[×x] ?\d+|\d{3,} ?[×x] ?\d+")
"""How large what a box stands for is, as `256-d`, which is no name of it; of three sizes two may be read as one."""
_IMAGE = re.compile(r"\d+ ?[×x] ?\d+ ?[×x] ?\d+")
"""The height, width and channels of an image."""
ROW = 3
"""Boxes at least whose sizes stand beside them."""
LEVEL = 0.35
"""By how much names of one row are lower than others at most, as a share of the type's size: of a picture it is not
known which letters reach below the line.
"""
CELLS = 4
"""Cells at least of a vector of zeros and ones."""
_SETTING = re.compile(r"\w+ ?= ?[\w.]+")
"""What is told of a layer, as `rate=2`, and is no name of it."""


def named_beside(shapes: list[Shape], lines: LineIndex, phrases: list[Line]) -> None:
    """Give boxes at lines, in which nothing or a size is written, the texts right beside them, nearer than a line."""
    ends = {end for arrow in lines.arrows for end in arrow.boxes}
    boxes = [each.box for each in shapes]
    for i, shape in enumerate(shapes):
        if i not in ends or not _is_nameless(shape):
            continue
        said = [each for each in phrases if _is_name(each)]
        close = sorted(
            (each for each in said if _is_at(each, shape.box, boxes)), key=lambda each: gap_to(each, shape.box)
        )
        names = (stacked(each, phrases) for each in close)
        whole = next((each for each in names if not _is_of_line(each, shape.box, lines)), None)
        if whole is None:
            continue
        own = () if _is_sparse(shape.texts) else shape.texts
        shapes[i] = replace(shape, texts=(*(each.text for each in whole), *own))
        phrases[:] = [each for each in phrases if each not in whole]


def _is_nameless(shape: Shape) -> bool:
    """Tell a box in which nothing or a size is written."""
    return all(_SIZE.fullmatch(each) for each in shape.texts)


def _is_sparse(texts: Sequence[str]) -> bool:
    """Tell the cells of an example of a vector, of which one is one: they say no width."""
    return len(texts) >= CELLS and set(texts) == {"0", "1"}


def _is_name(phrase: Line) -> bool:
    return is_named(phrase) and not NO_LAYER.match(phrase.text) and not _SETTING.fullmatch(phrase.text)


def _is_of_line(texts: Sequence[Line], box: Box, lines: LineIndex) -> bool:
    """Tell a text of which a line stands along an arrow, or nearer to one than to a box."""
    gap = min(gap_to(each, box) for each in texts)
    return any(
        _is_along(text, each) or away_from(text, each) < gap
        for text in texts
        for each in lines_near(text, lines, max(gap, BESIDE * text.largest))
    )


def _is_at(phrase: Line, box: Box, boxes: Sequence[Box]) -> bool:
    """Tell a text that is right above, below or beside a box, and as close to no other."""
    gap = gap_to(phrase, box)
    if gap >= BESIDE * phrase.largest or not _is_level(phrase, box):
        return False
    return gap <= min(gap_to(phrase, each) for each in boxes if _is_level(phrase, each))


def named_in_rows(shapes: list[Shape], lines: LineIndex, phrases: list[Line]) -> None:
    """Give boxes at lines without a name the texts above or below them that stand in a row of such, of other boxes.

    Each is about the middle of one box that has no text or a size, and of no other one in that column.
    """
    ends = {end for arrow in lines.arrows for end in arrow.boxes}
    bare = [i for i, each in enumerate(shapes) if i in ends and _is_nameless(each)]
    titles = [each for each in phrases if _is_name(each) and not _is_led_to(each, lines)]
    titles = [each for each in titles if any(_is_about(each, shapes[i].box) for i in ends if i is not None)]
    for title in titles:
        level = [each for each in titles if each is not title and abs(each.base - title.base) < LEVEL * title.largest]
        column = [i for i in bare if _is_about(title, shapes[i].box)]
        under = [i for i in column if title.bottom < shapes[i].box[1]]
        over = [i for i in column if title.top > shapes[i].box[3]]
        if not level or len(under or over) != 1 or not any(each is title for each in phrases):
            continue
        whole = [title] if under else stacked(title, phrases)
        place = (under or over)[0]
        if _is_nameless(shapes[place]):
            own = () if _is_sparse(shapes[place].texts) else shapes[place].texts
            shapes[place] = replace(shapes[place], texts=(*(each.text for each in whole), *own))
            phrases[:] = [each for each in phrases if all(each is not one for one in whole)]


def set_beside(shapes: Sequence[Shape], links: Sequence[Link], phrases: list[Line]) -> list[Shape]:
    """Return shapes with what is set right above or below a map without a text, as `rate=2`: what takes the map has it.

    That is a text beside the one arrow from the map.
    """
    found = list(shapes)
    boxes = [each.box for each in shapes]
    for phrase in [each for each in phrases if _SETTING.fullmatch(each.text)]:
        at = [i for i, each in enumerate(shapes) if not each.texts and _is_at(phrase, each.box, boxes)]
        takers = [link.end for i in at for link in links if link.start == i]
        if len(at) == len(takers) == 1 and shapes[takers[0]].bare:
            layer = found[takers[0]]
            found[takers[0]] = replace(layer, texts=(*layer.texts, phrase.text))
            phrases.remove(phrase)
    return found


def sized_in_rows(shapes: Sequence[Shape], phrases: Sequence[Line]) -> list[Shape]:
    """Return shapes with the three sizes that stand right above or below them, where that is so of several.

    They are those of what each gives, about its middle; the others stand on the same side of theirs.
    """
    boxes = [each.box for each in shapes]
    sized: dict[bool, dict[int, str]] = {True: {}, False: {}}
    for phrase in phrases:
        if _IMAGE.fullmatch(phrase.text):
            near = [i for i, box in enumerate(boxes) if shapes[i].texts and _is_about(phrase, box)]
            i = min(near, key=lambda each: gap_to(phrase, boxes[each]), default=None)
            if i is not None and gap_to(phrase, boxes[i]) < BESIDE * phrase.largest:
                sized[phrase.top > boxes[i][1]][i] = phrase.text
    told = max(sized.values(), key=len)
    if len(told) < ROW:
        return list(shapes)
    return [replace(each, gives=told.get(i, "")) for i, each in enumerate(shapes)]


def _is_led_to(title: Line, lines: LineIndex) -> bool:
    """Tell a text at which an arrow from or to a box begins or ends, right below or above it: what comes in or out."""
    most = BESIDE * title.largest
    for arrow in lines_near(title, lines, most):
        for end in (0, 1):
            x, y = arrow.end(end)
            is_loose = any(arrow.heads) and arrow.boxes[end] is None and arrow.boxes[1 - end] is not None
            is_below = abs(2 * x - title.x0 - title.x1) < title.largest
            if is_loose and is_below and 0 <= max(title.top - y, y - title.bottom) < most:
                return True
    return False


def _is_about(title: Line, box: Box) -> bool:
    """Tell a text whose middle is that of a box, across."""
    return abs(title.x0 + title.x1 - box[0] - box[2]) < title.largest


def _is_along(phrase: Line, arrow: Arrow) -> bool:
    """Tell a text that stands beside a line, between its ends."""
    middle = phrase.centre, (phrase.top + phrase.bottom) / 2
    away = arrow.away(middle)
    ends = min(apart(arrow.end(end), middle) for end in (0, 1))
    return away < BESIDE * phrase.largest and away < 0.99 * ends


def _is_level(phrase: Line, box: Box) -> bool:
    """Tell a text whose middle is above, below or right beside a box, and that is no title of more than the box."""
    across, down = phrase.centre, (phrase.top + phrase.bottom) / 2
    wide = phrase.x1 - phrase.x0 > TITLE * max(box[2] - box[0], box[3] - box[1])
    return not wide and (box[0] <= across <= box[2] or box[1] <= down <= box[3])
