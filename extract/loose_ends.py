"""What stands beside lines, and what the ends of lines are for that touch no box: texts, or other lines."""

from __future__ import annotations

from collections.abc import Sequence

from extract.arrows import FAR, NEAR, SHORT_OF, Arrow, apart, onward, outside
from extract.diagrams import Shape
from extract.drawing import Point
from extract.free_texts import BESIDE, NO_LAYER, away_from, is_named, lines_near, shape_of, size_of, stacked
from extract.line_index import BoxIndex, LineIndex
from extract.page import Line

AHEAD = 0.8
"""The cosine between the way of an arrow and that to where lines begin from which on these are ahead of it."""
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
    sized = {id(each): _nearest_line(each, lines) for each in phrases if not is_named(each)}
    texts = BoxIndex([(each.x0, each.top, each.x1, each.bottom) for each in phrases])
    widest = BESIDE * max(map(size_of, phrases), default=0.0)
    places: dict[int, int] = {}
    drawn = [each.box for each in shapes if not each.around]
    headed = any(any(each.heads) for each in lines.arrows)
    for arrow in lines.arrows:
        for end in (0, 1):
            if arrow.boxes[end] is not None:
                continue
            point = arrow.end(end)
            under = _under(arrow, end, lines)
            if arrow.heads[end]:
                arrow.lines[end] = min(under, key=lambda each: each.boxes[1 - each.tail] is None, default=None)
            if under or (headed and not any(arrow.heads) and not _goes_on_at(arrow, 1 - end, lines)):
                continue
            near = [phrases[i] for i in texts.touching((*point, *point), widest)]
            reached = [each for each in near if _apart(each, point) < BESIDE * size_of(each)]
            box = onward(arrow, end, drawn)[1]
            if box is not None:  # What the end would touch if it went on comes before what stands aside.
                reached = [each for each in reached if _is_ahead(each, arrow, end)]
            best = min(reached, key=lambda each: (not is_named(each), _apart(each, point)), default=None)
            if best is not None and is_named(best):
                if id(best) not in places:
                    whole = stacked(best, phrases)
                    if NO_LAYER.match(whole[0].text):
                        continue
                    places |= {id(each): len(shapes) for each in whole}
                    shapes.append(shape_of(*whole))
                arrow.boxes[end] = places[id(best)]
            elif best is not None and sized[id(best)] is not arrow:
                arrow.lines[end] = sized[id(best)]
            elif best is None:
                arrow.boxes[end] = box
                if box is None and arrow.heads[end]:
                    arrow.lines[end] = _farthest_ahead(arrow, end, lines)
                if box is None and arrow.lines[end] is None and any(arrow.heads):
                    arrow.boxes[end] = onward(arrow, end, drawn, FAR)[1]
    phrases[:] = [each for each in phrases if id(each) not in places]


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
    """Tell a text that a line would go into if it went on at an end."""
    (x, y), (dx, dy) = arrow.end(end), arrow.way(end)
    return any(_apart(phrase, (x + step * dx, y + step * dy)) < 1 for step in range(round(BESIDE * size_of(phrase))))


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
    most = BESIDE * size_of(phrase)
    best = min(lines_near(phrase, lines, most), key=lambda each: away_from(phrase, each), default=None)
    return best if best is not None and away_from(phrase, best) < most else None
