"""What stands beside lines, and what the ends of lines are for that touch no box: texts, or other lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.drawings.arrows import FAR, NEAR, SHORT_OF, Arrow, apart, onward, outside
from extract.drawings.diagrams import USUAL, Shape
from extract.drawings.drawing import Point
from extract.drawings.free_texts import (
    BESIDE,
    NO_LAYER,
    away_from,
    gap_to,
    is_named,
    lines_near,
    shape_of,
    stacked,
)
from extract.drawings.groups import is_title_in
from extract.drawings.line_index import BoxIndex, LineIndex
from extract.pages.page import Line

AHEAD = 0.8
"""The cosine between the way of an arrow and that to where lines begin from which on these are ahead of it."""
FARTHER = 3 * USUAL
"""Points at most from an end to the text that is right ahead of it, where nothing else is."""
INTO = 3
"""Points behind the end of a line from which on a text is ahead of it."""
_IMAGE = re.compile(r"\d+ ?[×x] ?\d+ ?[×x] ?\d+")
"""The sizes of an image, from which an arrow may come."""
_SIDES = re.compile(r"\d+(?: ?[×x] ?\d+)+")
"""Sizes, which may stand below the name of what has them."""
Lines = tuple[Line, ...]
"""A text, by its lines."""


def beside(phrases: Sequence[Line], lines: LineIndex) -> dict[int, list[Lines]]:
    """Return the texts of one line or several that stand beside lines, each beside the nearest one, by identities."""
    nearest = {id(each): _nearest_line(each, lines) for each in phrases}
    found: dict[int, list[Lines]] = {}
    for phrase in phrases:
        if (best := nearest[id(phrase)]) is not None:
            whole = (each for each in stacked(phrase, phrases) if each is phrase or nearest[id(each)] is None)
            found.setdefault(id(best), []).append(tuple(whole))
    return found


def at_loose_ends(lines: LineIndex, phrases: list[Line], shapes: list[Shape]) -> None:
    """Find what ends of arrows are for that touch no box: a text, which becomes one, or another line.

    A number beside a line says how wide it is: an arrow that ends at the number ends at the line.
    """
    texts = _Texts(lines, phrases, shapes)
    drawn = [each.box for each in shapes if not each.around]
    headed = any(any(each.heads) for each in lines.arrows)
    for arrow, end in [(each, end) for each in lines.arrows for end in (0, 1) if each.boxes[end] is None]:
        under = _under(arrow, end, lines)
        if arrow.heads[end]:
            arrow.lines[end] = min(under, key=lambda each: each.boxes[1 - each.tail] is None, default=None)
        if under or (headed and not any(arrow.heads) and not _goes_on_at(arrow, 1 - end, lines)):
            continue
        box = onward(arrow, end, drawn)[1]
        best = texts.at(arrow, end, ahead=box is not None)
        if best is not None:
            texts.give(best, arrow, end)
            continue
        arrow.boxes[end] = box
        if box is None and arrow.heads[end]:
            arrow.lines[end] = _farthest_ahead(arrow, end, lines)
        if box is None and arrow.lines[end] is None and any(arrow.heads):
            arrow.boxes[end] = onward(arrow, end, drawn, FAR)[1]
            if arrow.boxes[end] is None and (far := texts.ahead(arrow, end)) is not None:
                texts.give(far, arrow, end)
    phrases[:] = [each for each in phrases if id(each) not in texts.places]


class _Texts:
    """The texts of a drawing that stand in no box, those that lines end at, and the boxes that these become."""

    def __init__(self, lines: LineIndex, phrases: Sequence[Line], shapes: list[Shape]) -> None:
        self.places: dict[int, int] = {}
        self._phrases, self._shapes, self._lines = phrases, shapes, lines
        self._frames = [each.box for each in shapes if each.around]
        self._index = BoxIndex([(each.x0, each.top, each.x1, each.bottom) for each in phrases])
        self._widest = BESIDE * max((each.largest for each in phrases), default=0.0)

    def at(self, arrow: Arrow, end: int, *, ahead: bool) -> Line | None:
        """Return the text that a line ends at: if a box is ahead of it, one before that."""
        point = arrow.end(end)
        near = [self._phrases[i] for i in self._index.touching((*point, *point), self._widest)]
        reached = [each for each in near if _apart(each, point) < BESIDE * each.largest]
        if ahead:  # What the end would touch if it went on comes before what stands aside.
            reached = [each for each in reached if _is_ahead(each, arrow, end) and not _is_over(each, arrow, end)]
        return min(reached, key=lambda each: (not is_named(each), _apart(each, point)), default=None)

    def ahead(self, arrow: Arrow, end: int) -> Line | None:
        """Return the text farther off that a line goes to or comes from: beside no line, and nearest to that of all."""
        point, (dx, dy) = arrow.end(end), arrow.way(end)
        before = point[0] + dx, point[1] + dy
        near = [self._phrases[i] for i in self._index.touching((*point, *point), FARTHER)]
        near = [each for each in near if _apart(each, before) < _apart(each, point)]
        near = [each for each in near if _apart(each, point) < FAR or _is_right_ahead(each, arrow, end)]
        free = [each for each in near if is_named(each) and _nearest_line(each, self._lines) is None]
        boxes = [each.box for each in self._shapes if not each.around]
        own = [each for each in free if all(gap_to(each, box) > _apart(each, point) for box in boxes)]
        return min(own, key=lambda each: _apart(each, point), default=None)

    def give(self, text: Line, arrow: Arrow, end: int) -> None:
        """Let an end of a line be for a text that may stand for a layer, or for the line of which it says the width."""
        whole = stacked(text, self._phrases)
        is_image = _IMAGE.fullmatch(text.text) and arrow.heads[1 - end] and not arrow.heads[end]
        is_of_name = _SIDES.fullmatch(text.text) and is_named(whole[0])
        if not (is_named(text) or is_image or is_of_name):
            line = _nearest_line(text, self._lines)
            if line is not arrow:
                arrow.lines[end] = line
            return
        if id(text) not in self.places:
            if NO_LAYER.match(whole[0].text) or any(is_title_in(text, each) for each in self._frames):
                return
            self.places |= {id(each): len(self._shapes) for each in whole}
            self._shapes.append(shape_of(*whole))
        arrow.boxes[end] = self.places[id(text)]


def _goes_on_at(line: Arrow, end: int, lines: LineIndex) -> bool:
    """Tell a line that another one, which comes from no box, begins at the end of."""
    return any(each is not line for each in lines.tails_at(line.end(end)))


def _farthest_ahead(arrow: Arrow, end: int, lines: LineIndex) -> Arrow | None:
    """Return the farthest of the lines that begin ahead of an arrow's head, which falls short of where they do."""
    (x, y), (dx, dy) = arrow.end(end), arrow.way(end)

    def along(line: Arrow) -> float:
        to = line.end(line.tail)
        return (to[0] - x) * dx + (to[1] - y) * dy

    begun = [each for each in lines.tails_at((x, y), SHORT_OF) if each is not arrow]
    ahead = [each for each in begun if along(each) > AHEAD * apart(each.end(each.tail), (x, y))]
    return max(ahead, key=along, default=None)


def _is_ahead(phrase: Line, arrow: Arrow, end: int) -> bool:
    """Tell a text that a line would go into if it went on at an end: what it only touches at first is beside it."""
    (x, y), (dx, dy) = arrow.end(end), arrow.way(end)
    steps = range(INTO, round(BESIDE * phrase.largest))
    return any(_apart(phrase, (x + step * dx, y + step * dy)) == 0 for step in steps)


def _is_right_ahead(phrase: Line, arrow: Arrow, end: int) -> bool:
    """Tell a text into the middle of which a line would go."""
    (x, y), (dx, dy) = arrow.end(end), arrow.way(end)
    middle = phrase.centre - x, (phrase.top + phrase.bottom) / 2 - y
    return abs(middle[0] * dy - middle[1] * dx) < phrase.largest / 2


def _is_over(phrase: Line, arrow: Arrow, end: int) -> bool:
    """Tell a text that is written over a line, which is in it long before its end."""
    (x, y), (dx, dy) = arrow.end(end), arrow.way(end)
    size = phrase.largest
    return _apart(phrase, (x - size * dx, y - size * dy)) == 0


def _apart(phrase: Line, point: Point) -> float:
    """Return how far a text is from a point."""
    return outside(point, (phrase.x0, phrase.top, phrase.x1, phrase.bottom))


def _under(arrow: Arrow, end: int, lines: LineIndex) -> list[Arrow]:
    """Return the lines on which an end of one stands: not those that begin there with it."""
    return [each for each in lines.at(arrow.end(end)) if each is not arrow and not _begins_there(each, arrow, end)]


def _begins_there(line: Arrow, own: Arrow, end: int) -> bool:
    """Tell a line that begins where an end of another one is, or whose head is there as that's is."""
    point = own.end(end)
    if not any(line.heads) or not any(own.heads):
        return False
    return any(line.heads[at] == own.heads[end] and apart(line.end(at), point) < NEAR / 2 for at in (0, 1))


def _nearest_line(phrase: Line, lines: LineIndex) -> Arrow | None:
    """Return the line that a text stands beside."""
    most = BESIDE * phrase.largest
    best = min(lines_near(phrase, lines, most), key=lambda each: away_from(phrase, each), default=None)
    return best if best is not None and away_from(phrase, best) < most else None
