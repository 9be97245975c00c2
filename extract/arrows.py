"""The arrows of a drawing: lines with the heads at their ends, what they touch, and which box leads to which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from math import hypot

from extract.drawing import Path, Point

NEAR = 5.0
"""Points up to which the end of a line touches a box or another line."""
FAR = 24.0
"""Points at most from a block arrow to the boxes before and behind it; no farther than it is long, either."""
STRAIGHT = 4.0
"""Points by which a straight line may bend: as wide as one is at most that is drawn as an area."""
SHORT_OF = 12.0
"""Points at most by which the end of an arrow falls short of the box that it is for."""
EVEN = 0.08
"""Share of their length by which sides of a head differ that are alike."""
LEVEL = 0.1
"""How much farther along one of two boxes is at least, as a share of how far they are to the side of each other."""
DEEP = 8
"""Lines at most, each of which leads onto the next."""
LINES, ENDS = 200, 40
"""Lines at most of a drawing in which trunks are looked for, and ends that are followed from one: a plot has more."""
Box = tuple[float, float, float, float]


def scaled(box: Box, by: float) -> Box:
    """Return a box larger by a factor."""
    return box[0] * by, box[1] * by, box[2] * by, box[3] * by


@dataclass
class Arrow:
    """An open line from one end to the other, and what stands at each: a box, another line, or the head of an arrow."""

    points: Sequence[Point]
    boxes: list[int | None] = field(default_factory=lambda: [None, None])
    lines: list[Arrow | None] = field(default_factory=lambda: [None, None])
    heads: list[bool] = field(default_factory=lambda: [False, False])
    _boxed: tuple[Sequence[Point], Box] | None = field(default=None, repr=False, compare=False)

    @property
    def tail(self) -> int:
        """The end that an arrow comes from: the one without a head, else the first."""
        return 1 if self.heads[0] and not self.heads[1] else 0

    def end(self, at: int) -> Point:
        """Return the point at the start (0) or at the end (1)."""
        return self.points[-at]

    def lead_to(self, at: int, outline: Sequence[Point]) -> None:
        """Go on to the tip of a head."""
        end = self.end(at)
        tip, _ = _tip_and_base(outline, end, self.way(at))
        if apart(tip, end) > 1:
            self.points = [tip, *self.points] if at == 0 else [*self.points, tip]

    def way(self, at: int) -> Point:
        """Return the way in which the line goes on at an end."""
        end = self.end(at)
        inner = self.points if at == 0 else self.points[::-1]
        before = next((each for each in inner if apart(each, end) > 1), inner[-1])
        length = apart(before, end) or 1.0
        return (end[0] - before[0]) / length, (end[1] - before[1]) / length

    def is_near(self, point: Point, near: float) -> bool:
        """Tell whether a point is so near to the line."""
        (x, y), (left, top, right, bottom) = point, self._around
        around = left - near <= x <= right + near and top - near <= y <= bottom + near
        return around and self.away(point) <= near

    @property
    def _around(self) -> Box:
        """The box around its points, which is found once for as long as they stay."""
        if self._boxed is None or self._boxed[0] is not self.points:
            xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
            self._boxed = self.points, (min(xs), min(ys), max(xs), max(ys))
        return self._boxed[1]

    def away(self, point: Point) -> float:
        """Return how far a point is from the line."""
        return min(to_segment(point, a, b) for a, b in pairwise(self.points))


def attach(arrows: Sequence[Arrow], heads: Sequence[Path], boxes: Sequence[Box]) -> None:
    """Find what stands at the ends of lines: each head belongs to an end, the nearest first, and its tip to a box."""
    near = [
        (away, i, head, arrow, end)
        for i, head in enumerate(heads)
        for arrow in arrows
        for end in (0, 1)
        if _around(head.box, arrow.end(end)) and (away := _from_head(head.points, arrow, end)) <= NEAR
    ]
    taken: set[int] = set()
    for _, i, head, arrow, end in sorted(near, key=lambda each: each[0]):
        if i not in taken and not arrow.heads[end]:
            taken.add(i)
            arrow.heads[end] = True
            arrow.lead_to(end, head.points)
    for arrow in arrows:
        arrow.boxes = [_nearest(arrow.end(end), boxes, arrow.way(end)) for end in (0, 1)]
    for _, _, head, arrow, end in near:  # Several lines may end in one head.
        if not any(arrow.heads) and arrow.boxes[end] is None and _points_on(head.points, arrow, end):
            arrow.heads[end] = True
            arrow.lead_to(end, head.points)
            arrow.boxes[end] = _nearest(arrow.end(end), boxes, arrow.way(end))


def in_sight(points: Sequence[Point], boxes: Sequence[Box]) -> list[Sequence[Point]]:
    """Return the parts of a line that boxes leave in sight.

    A level or upright one runs behind those that it goes through the middle of: it would strike what stands in them.
    """
    (x0, y0), (x1, y1) = points[0], points[-1]
    axis = 0 if abs(x1 - x0) > abs(y1 - y0) else 1
    across = [each[1 - axis] for each in points]
    if max(across) - min(across) > STRAIGHT:
        return [points]
    way, (first, last) = (across[0] + across[-1]) / 2, sorted((points[0][axis], points[-1][axis]))
    middles = [((box[1 - axis] + box[3 - axis]) / 2, (box[3 - axis] - box[1 - axis]) / 4) for box in boxes]
    behind = [
        (box[axis], box[axis + 2])
        for box, (middle, reach) in zip(boxes, middles, strict=True)
        if abs(way - middle) < reach and first < box[axis] - NEAR and box[axis + 2] + NEAR < last
    ]
    places = [first, *(place for ends in sorted(behind) for place in ends), last]
    parts = [[(place, way) if axis == 0 else (way, place) for place in pair] for pair in _paired(places)]
    turned = points[0][axis] > points[-1][axis]
    return [part[::-1] for part in reversed(parts)] if turned else list(parts)


def _paired(places: Sequence[float]) -> list[tuple[float, float]]:
    """Return numbers in pairs."""
    return list(zip(places[::2], places[1::2], strict=True))


def reaching(tail: Point, tip: Point, boxes: Sequence[Box]) -> list[Point]:
    """Return a block arrow as a line that goes on to the boxes before and behind it: it stands between, and apart."""
    arrow = Arrow([tail, tip])
    far = min(apart(tail, tip), FAR)
    return [onward(arrow, at, boxes, far)[0] for at in (0, 1)]


def onward(arrow: Arrow, at: int, boxes: Sequence[Box], far: float = SHORT_OF) -> tuple[Point, int | None]:
    """Return the point at which a line would touch a box if its end went on so far, and which; else its end."""
    (x, y), (dx, dy) = arrow.end(at), arrow.way(at)
    near = [i for i, box in enumerate(boxes) if outside((x, y), box) <= far + NEAR]
    for step in range(round(far) + 1 if near else 0):
        point = x + step * dx, y + step * dy
        if (box := _nearest(point, [boxes[i] for i in near])) is not None:
            return point, near[box]
    return (x, y), None


def links(arrows: Sequence[Arrow], boxes: Sequence[Box], usual: Point = (1.0, 1.0)) -> list[tuple[int, int, Arrow]]:
    """Return which box leads to which, and by which line: from each head back, over where lines meet, to the starts.

    A line without a head leads the way that the heads of the others go, or the usual way, across and down; one with
    heads at both ends says that two are alike, or share their weights.
    """
    found = []
    for arrow in arrows:
        for end in (0, 1):
            if arrow.heads[end] and not arrow.heads[1 - end]:
                starts = list(_starts(arrow, 1 - end, arrows, set()))
                found += [(start, target, arrow) for target in _targets(arrow, end) for start in starts]
    along = _Along(found, boxes, usual)
    bare = [each for each in arrows if not any(each.heads)]
    for arrow in bare:
        first, last = arrow.boxes
        starts = [] if first is None else [first]
        if first is None and last is not None:  # Of lines without heads one may branch off another.
            starts = list(_starts(arrow, 0, bare, set()))
        if last is not None:
            ends = ((a, last) if along.leads(boxes[a], boxes[last]) else (last, a) for a in starts)
            found += [(a, b, arrow) for a, b in ends]
    unique = {(start, target): arrow for start, target, arrow in reversed(found) if start != target}
    return [(start, target, arrow) for (start, target), arrow in reversed(unique.items())]


class _Along:
    """The ways of most arrows, across and down; the usual ones, where none goes that way."""

    def __init__(self, found: Sequence[tuple[int, int, Arrow]], boxes: Sequence[Box], usual: Point) -> None:
        ways = [(_middle(boxes[a]), _middle(boxes[b])) for a, b, _ in found]
        across, down = (float(sum(b[axis] - a[axis] for a, b in ways)) for axis in (0, 1))
        self.is_across = bool(ways) and abs(across) > abs(down)
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


def _targets(arrow: Arrow, end: int, depth: int = 0) -> Iterator[int]:
    """Yield the box at the head of a line, or the one that the line on which the head stands leads to."""
    box, line = arrow.boxes[end], arrow.lines[end]
    if box is not None:
        yield box
    elif line is not None and depth < DEEP:
        yield from _targets(line, 1 - line.tail, depth + 1)


def _starts(arrow: Arrow, end: int, arrows: Sequence[Arrow], seen: set[tuple[int, int]]) -> Iterator[int]:
    """Yield the boxes that a line comes from, or those of the lines that run into it, or that it branches off."""
    key = (id(arrow), end)
    if key in seen:
        return
    seen.add(key)
    box = arrow.boxes[end]
    if box is not None:
        yield box
        return
    line = arrow.lines[end]
    if line is not None:
        yield from _starts(line, line.tail, arrows, seen)
        return
    point = arrow.end(end)
    met, is_few = False, len(arrows) <= LINES and len(seen) <= ENDS
    for other in arrows:
        for at in (0, 1):
            if other is not arrow and not other.heads[at] and other.boxes[at] is None:
                ahead = other.end(at)
                if apart(ahead, point) <= NEAR / 2 and at == 1:
                    met = True
                    yield from _starts(other, 1 - at, arrows, seen)
    for other in arrows:
        if other is arrow or other.heads[other.tail] or not other.is_near(point, NEAR / 2):
            continue
        within = min(apart(other.end(at), point) for at in (0, 1)) > NEAR
        if is_few and not any(other.heads) and None in other.boxes:
            # What meets in a line comes from what ends on it, and, where it is met within, from both of its ends.
            for into, at in [*(((other, 0), (other, 1)) if within else ()), *_ending_on(other, arrows, arrow.way(end))]:
                yield from _starts(into, at, arrows, seen)
        beyond = other.boxes[1 - other.tail] is not None or apart(other.end(1 - other.tail), point) > NEAR / 2
        if not met and beyond:
            yield from _starts(other, other.tail, arrows, seen)


def _ending_on(line: Arrow, arrows: Sequence[Arrow], back: Point) -> Iterator[tuple[Arrow, int]]:
    """Yield the lines without heads that end on a line, with their other ends; what goes on from it points back."""
    for other in arrows:
        if other is line or any(other.heads):
            continue
        for at in (0, 1):
            comes = sum(own * step for own, step in zip(other.way(at), back, strict=True)) <= 0
            if comes and other.boxes[at] is None and line.is_near(other.end(at), NEAR / 2):
                yield other, 1 - at


def _tip_and_base(outline: Sequence[Point], end: Point, way: Point) -> tuple[Point, Point]:
    """Return the tip of a head and the middle of its other end.

    The tip is the corner between its two equal sides, else the one that is farthest ahead of the end of its line.
    """
    a, b = max(combinations(outline, 2), key=lambda pair: apart(*pair))
    corners = [a, b, max(outline, key=lambda point: to_segment(point, a, b))]
    sides = [[apart(corner, other) for other in corners if other is not corner] for corner in corners]
    even = [corner for corner, (one, two) in zip(corners, sides, strict=True) if abs(one - two) < EVEN * max(one, two)]
    tip = even[0] if len(even) == 1 else max(corners, key=lambda corner: _ahead(end, corner, way))
    (x0, y0), (x1, y1) = (corner for corner in corners if corner is not tip)
    return tip, ((x0 + x1) / 2, (y0 + y1) / 2)


def _points_on(outline: Sequence[Point], arrow: Arrow, at: int) -> bool:
    """Tell a head that points where the end of a line does."""
    tip, base = _tip_and_base(outline, arrow.end(at), arrow.way(at))
    return _ahead(base, tip, arrow.way(at)) > 0.8 * apart(base, tip)


def _ahead(start: Point, point: Point, way: Point) -> float:
    """Return how far a point is ahead of another one."""
    return (point[0] - start[0]) * way[0] + (point[1] - start[1]) * way[1]


def _from_head(outline: Sequence[Point], arrow: Arrow, at: int) -> float:
    """Return how far the end of a line is from a head, and a little of how far it is from where it should begin."""
    end = arrow.end(at)
    _, base = _tip_and_base(outline, end, arrow.way(at))
    return _to_outline(end, outline) + 0.1 * apart(end, base)


def apart(a: Point, b: Point) -> float:
    """Return how far two points are from each other."""
    return hypot(a[0] - b[0], a[1] - b[1])


def _around(box: Box, point: Point) -> bool:
    """Tell whether a point may be near what is in a box."""
    return box[0] - NEAR <= point[0] <= box[2] + NEAR and box[1] - NEAR <= point[1] <= box[3] + NEAR


def _to_outline(point: Point, outline: Sequence[Point]) -> float:
    """Return how far a point is from an outline."""
    return min(to_segment(point, a, b) for a, b in pairwise([*outline, outline[0]]))


def to_segment(point: Point, a: Point, b: Point) -> float:
    """Return how far a point is from the line between two."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    t = 0.0 if not length else max(0.0, min(1.0, ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length))
    return hypot(point[0] - a[0] - t * dx, point[1] - a[1] - t * dy)


def outside(point: Point, box: Box) -> float:
    """Return how far a point is from a box: 0 within it."""
    left, top, right, bottom = box
    return hypot(max(left - point[0], 0.0, point[0] - right), max(top - point[1], 0.0, point[1] - bottom))


def _nearest(point: Point, boxes: Sequence[Box], way: Point = (0.0, 0.0)) -> int | None:
    """Return the box that a point touches; of several the one that is ahead of it on a way."""
    touched = [i for i, box in enumerate(boxes) if outside(point, box) <= NEAR]
    ahead = point[0] + NEAR * way[0], point[1] + NEAR * way[1]
    return min(touched, key=lambda i: (outside(ahead, boxes[i]), outside(point, boxes[i])), default=None)
