"""The arrows of a drawing: lines with the heads at their ends, what they touch, and which box leads to which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import hypot

from extract.drawing import Path, Point

NEAR = 5.0
"""Points up to which the end of a line touches a box or another line."""
Box = tuple[float, float, float, float]


def scaled(box: Box, by: float) -> Box:
    """Return a box larger by a factor."""
    return box[0] * by, box[1] * by, box[2] * by, box[3] * by


@dataclass
class Arrow:
    """An open line from one end to the other, and what stands at each: a box, or the head of an arrow."""

    points: Sequence[Point]
    boxes: list[int | None] = field(default_factory=lambda: [None, None])
    heads: list[bool] = field(default_factory=lambda: [False, False])

    @property
    def tail(self) -> int:
        """The end that an arrow comes from: the one without a head, else the first."""
        return 1 if self.heads[0] and not self.heads[1] else 0

    def end(self, at: int) -> Point:
        """Return the point at the start (0) or at the end (1)."""
        return self.points[-at]

    def away(self, point: Point) -> float:
        """Return how far a point is from the line."""
        return min(to_segment(point, a, b) for a, b in pairwise(self.points))


def attach(arrows: Sequence[Arrow], heads: Sequence[Path], boxes: Sequence[Box]) -> None:
    """Find what stands at the ends of lines: each head belongs to the nearest end, and its tip to a box."""
    for head in heads:
        best = min(
            ((_to_outline(arrow.end(end), head.points), arrow, end) for arrow in arrows for end in (0, 1)),
            key=lambda each: each[0],
            default=None,
        )
        if best is None or best[0] > NEAR:
            continue
        _, arrow, end = best
        arrow.heads[end] = True
        base = arrow.end(end)
        tip = max(head.points, key=lambda point: hypot(point[0] - base[0], point[1] - base[1]))
        arrow.boxes[end] = _nearest(tip, boxes)
    for arrow in arrows:
        for end in (0, 1):
            if not arrow.heads[end]:
                arrow.boxes[end] = _nearest(arrow.end(end), boxes)


def links(arrows: Sequence[Arrow], boxes: Sequence[Box]) -> list[tuple[int, int, Arrow]]:
    """Return which box leads to which, and by which line: from each head back, over where lines meet, to the starts.

    A line without a head leads the way that the heads of the others go, or down.
    """
    found = []
    for arrow in arrows:
        for end in (0, 1):
            target = arrow.boxes[end]
            if arrow.heads[end] and target is not None:
                found += [(start, target, arrow) for start in _starts(arrow, 1 - end, arrows, set())]
    along = _Along(found, boxes)
    for arrow in arrows:
        first, last = arrow.boxes
        if first is not None and last is not None and first != last and not any(arrow.heads):
            ahead = along(boxes[first]) <= along(boxes[last])
            found.append((first, last, arrow) if ahead else (last, first, arrow))
    unique = {(start, target): arrow for start, target, arrow in reversed(found) if start != target}
    return [(start, target, arrow) for (start, target), arrow in reversed(unique.items())]


class _Along:
    """How far along the way of most arrows a box stands: down, where there are none."""

    def __init__(self, found: Sequence[tuple[int, int, Arrow]], boxes: Sequence[Box]) -> None:
        ways = [(_middle(boxes[a]), _middle(boxes[b])) for a, b, _ in found]
        across = sum(b[0] - a[0] for a, b in ways)
        down = sum(b[1] - a[1] for a, b in ways) if ways else 1.0
        self.way = (across, 0.0) if abs(across) > abs(down) else (0.0, down)

    def __call__(self, box: Box) -> float:
        x, y = _middle(box)
        return x * self.way[0] + y * self.way[1]


def _middle(box: Box) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


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
    point = arrow.end(end)
    met = False
    for other in arrows:
        for at in (0, 1):
            if other is not arrow and not other.heads[at] and other.boxes[at] is None:
                ahead = other.end(at)
                if hypot(ahead[0] - point[0], ahead[1] - point[1]) <= NEAR / 2 and at == 1:
                    met = True
                    yield from _starts(other, 1 - at, arrows, seen)
    if met:
        return
    for other in arrows:
        if other is not arrow and not other.heads[other.tail] and other.away(point) <= NEAR / 2:
            yield from _starts(other, other.tail, arrows, seen)


def _to_outline(point: Point, outline: Sequence[Point]) -> float:
    """Return how far a point is from an outline."""
    return min(to_segment(point, a, b) for a, b in pairwise([*outline, outline[0]]))


def to_segment(point: Point, a: Point, b: Point) -> float:
    """Return how far a point is from the line between two."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    t = 0.0 if not length else max(0.0, min(1.0, ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length))
    return hypot(point[0] - a[0] - t * dx, point[1] - a[1] - t * dy)


def _nearest(point: Point, boxes: Sequence[Box]) -> int | None:
    """Return the box that a point touches."""

    def away(box: Box) -> float:
        dx = max(box[0] - point[0], 0.0, point[0] - box[2])
        dy = max(box[1] - point[1], 0.0, point[1] - box[3])
        return hypot(dx, dy)

    best = min(range(len(boxes)), key=lambda i: away(boxes[i]), default=None)
    return best if best is not None and away(boxes[best]) <= NEAR else None
