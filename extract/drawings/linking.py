"""Which box leads to which: from the heads of arrows back, over where lines meet and branch, to where they start."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from extract.drawings.arrows import NEAR, SHORT_OF, Arrow, Box, apart
from extract.drawings.drawing import Point
from extract.drawings.line_index import ON, LineIndex

LEVEL = 0.1
"""How much farther along one of two boxes is at least, as a share of how far they are to the side of each other."""
DEEP = 8
"""Lines at most, each of which leads onto the next."""
BACK = 0.5
"""The cosine between the ways of two lines at an end that they share from which on they lead on together."""
LINES, ENDS = 200, 40
"""Lines at most of a drawing in which trunks are looked for, and ends that are followed from one: a plot has more."""


class Led(NamedTuple):
    """A way from one box to another, and the line that it comes in by.

    It is `handed_on` where it leads over what others have led to where that line branches off: of shortcuts around one
    block after the other each takes what all before it led to.
    """

    start: int
    end: int
    line: Arrow
    handed_on: bool = False


def links(arrows: Sequence[Arrow], boxes: Sequence[Box], usual: Point = (1.0, 1.0)) -> list[Led]:
    """Return which box leads to which, and by which line: from each head back, over where lines meet, to the starts.

    A line without a head leads the way that the heads of the others go, or the usual way, across and down; one with
    heads at both ends says that two are alike, or share their weights.
    """
    found, lines = [], LineIndex(arrows)
    for arrow in arrows:
        for end in (0, 1):
            if arrow.heads[end] and not arrow.heads[1 - end]:
                itself = set(_starts(arrow, 1 - end, lines, set(), joined=False))
                starts = list(_starts(arrow, 1 - end, lines, set()))
                found += [
                    Led(start, target, arrow, start not in itself)
                    for target in _targets(arrow, end, lines)
                    for start in starts
                ]
    bare = LineIndex([each for each in arrows if not any(each.heads)])
    along = _Along(found, [each.boxes for each in bare.arrows], boxes, usual)
    for arrow in bare.arrows:
        first, last = arrow.boxes
        starts = [] if first is None else [first]
        if first is None and last is not None:  # Of lines without heads one may branch off another.
            starts = list(_starts(arrow, 0, bare, set()))
        if last is not None:
            ends = ((a, last) if along.leads(boxes[a], boxes[last]) else (last, a) for a in starts)
            found += [Led(a, b, arrow) for a, b in ends]
    drawn = {each[:2] for each in found if not each.handed_on}
    several = {end for end, starts in Counter(end for _, end in drawn).items() if starts > 1}
    unique = {each[:2]: each for each in reversed(found) if each.start != each.end}
    return [
        each._replace(handed_on=pair not in drawn and each.end in several) for pair, each in reversed(unique.items())
    ]


class _Along:
    """The ways of most arrows, across and down; the usual ones, where none goes that way.

    Where there are no arrows the `bare` lines between boxes tell whether most lead across.
    """

    def __init__(
        self,
        found: Sequence[Led],
        bare: Sequence[Sequence[int | None]],
        boxes: Sequence[Box],
        usual: Point,
    ) -> None:
        ways = [(_middle(boxes[a]), _middle(boxes[b])) for a, b, *_ in found]
        across, down = (float(sum(b[axis] - a[axis] for a, b in ways)) for axis in (0, 1))
        joined = [(_middle(boxes[a]), _middle(boxes[b])) for a, b in bare if a is not None and b is not None]
        spans = [sum(abs(b[axis] - a[axis]) for a, b in joined) for axis in (0, 1)]
        self.is_across = abs(across) > abs(down) if ways else spans[0] > spans[1]
        self.across, self.down = across or usual[0], down or usual[1]

    def leads(self, start: Box, end: Box) -> bool:
        """Tell whether the second of two boxes is farther along; of those as far it is the right or lower one."""
        (x0, y0), (x1, y1) = _middle(start), _middle(end)
        aside, along = (abs(y1 - y0), x1 - x0) if self.is_across else (abs(x1 - x0), y1 - y0)
        if abs(along) < LEVEL * aside:
            return (y1 - y0) * self.down >= 0 if self.is_across else (x1 - x0) * self.across >= 0
        return along * (self.across if self.is_across else self.down) >= 0


def _middle(box: Box) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _targets(arrow: Arrow, end: int, lines: LineIndex, depth: int = 0) -> Iterator[int]:
    """Yield the box at the head of a line, or where the line on which it stands leads to, or all that begin there."""
    box, line, point = arrow.boxes[end], arrow.lines[end], arrow.end(end)
    if box is not None:
        yield box
    elif line is not None and depth < DEEP:
        away = apart(line.end(line.tail), point)
        onward = (
            [each for each in lines.tails_at(point, max(away, ON)) if each is not arrow] if away <= SHORT_OF else []
        )
        begun = {id(arrow), *map(id, onward)}
        through = any(id(each) not in begun for each in lines.at(point))
        for each in onward if onward and not through else [line]:
            yield from _targets(each, 1 - each.tail, lines, depth + 1)


def _starts(
    arrow: Arrow, end: int, lines: LineIndex, seen: set[tuple[int, int]], *, joined: bool = True
) -> Iterator[int]:
    """Yield the boxes that a line comes from, or those of the lines that run into it, or that it branches off.

    Of the latter what has `joined` them before that is one, too; else a box that one comes from is all.
    """
    key = (id(arrow), end)
    if key in seen:
        return
    seen.add(key)
    before = partial(_starts, lines=lines, seen=seen, joined=joined)
    box, line = arrow.boxes[end], arrow.lines[end]
    if box is not None:
        yield box
        return
    if line is not None:
        yield from before(line, line.tail)
        return
    point = arrow.end(end)
    met, is_few = False, len(lines.arrows) <= LINES and len(seen) <= ENDS
    for other, at in lines.ends_at(point):
        if other is not arrow and at == 1 and not other.heads[at] and other.boxes[at] is None:
            met = True
            yield from before(other, 1 - at)
    met_at = [each for each in lines.at(point) if each is not arrow and not each.heads[each.tail]]
    alone = [each for each in met_at if each.boxes[each.tail] is not None] if not joined else []
    for other in alone or met_at:
        within = min(apart(other.end(at), point) for at in (0, 1)) > NEAR
        if is_few and not any(other.heads) and None in other.boxes:
            # What meets in a line comes from what ends on it, and, where it is met within, from both of its ends.
            for into, at in [*(((other, 0), (other, 1)) if within else ()), *_ending_on(other, lines, arrow.way(end))]:
                yield from before(into, at)
        beyond = other.boxes[1 - other.tail] is not None or apart(other.end(1 - other.tail), point) > NEAR / 2
        if not met and beyond:
            yield from before(other, other.tail)
            for into, at in _joining(other, point, lines) if joined else ():
                if into is not arrow:
                    yield from before(into, at)


def _joining(line: Arrow, point: Point, lines: LineIndex) -> Iterator[tuple[Arrow, int]]:
    """Yield the arrows that lead to a line before a point on it, and their tails: what branches off takes them too."""
    start = line.end(line.tail)
    for other, at in lines.ending_on(line):
        leads = other.heads[at] and not other.heads[1 - at] and other.lines[at] is line and other.boxes[at] is None
        if leads and apart(start, other.end(at)) + 1 < apart(start, point):
            yield other, 1 - at


def _ending_on(line: Arrow, lines: LineIndex, back: Point) -> Iterator[tuple[Arrow, int]]:
    """Yield the lines without heads that end on a line, with their other ends; what goes on from it points back."""
    for other, at in lines.ending_on(line):
        if any(other.heads) or other.boxes[at] is not None or _cosine(other.way(at), back) > 0:
            continue
        if not any(apart(line.end(end), other.end(at)) <= NEAR and _turns(other, at, line, end) for end in (0, 1)):
            yield other, 1 - at


def _turns(other: Arrow, at: int, line: Arrow, end: int) -> bool:
    """Tell a line that goes the same way out of the end of another one, and could only turn to go back along it."""
    return _cosine(other.way(at), line.way(end)) > BACK


def _cosine(way: Point, other: Point) -> float:
    """Return the cosine between two ways."""
    return way[0] * other[0] + way[1] * other[1]
