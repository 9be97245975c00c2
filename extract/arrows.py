"""The arrows of a drawing: lines with the heads at their ends, what they touch, and which box leads to which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import hypot

from extract.drawing import Path, Point

NEAR = 5.0
"""Points up to which the end of a line touches a box or another line."""
DEEP = 8
"""Lines at most, each of which leads onto the next."""
Box = tuple[float, float, float, float]


@dataclass
class Arrow:
    """An open line from one end to the other, and what stands at each: a box, another line, or the head of an arrow."""

    points: Sequence[Point]
    boxes: list[int | None] = field(default_factory=lambda: [None, None])
    lines: list[Arrow | None] = field(default_factory=lambda: [None, None])
    heads: list[bool] = field(default_factory=lambda: [False, False])

    @property
    def tail(self) -> int:
        """The end that an arrow comes from: the one without a head, else the first."""
        return 1 if self.heads[0] and not self.heads[1] else 0

    def end(self, at: int) -> Point:
        """Return the point at the start (0) or at the end (1)."""
        return self.points[-at]

    def lead_to(self, at: int, outline: Sequence[Point]) -> None:
        """Go on to the tip of a head: the corner where the line ends, or else the farthest from there."""
        x, y = self.end(at)
        far = {hypot(point[0] - x, point[1] - y): point for point in outline}
        if min(far) > 1 or not _is_corner(far[min(far)], outline):
            tip = far[max(far)]
            self.points = [tip, *self.points] if at == 0 else [*self.points, tip]

    def is_near(self, point: Point, near: float) -> bool:
        """Tell whether a point is so near to the line."""
        (x, y), xs, ys = point, [each[0] for each in self.points], [each[1] for each in self.points]
        around = min(xs) - near <= x <= max(xs) + near and min(ys) - near <= y <= max(ys) + near
        return around and self.away(point) <= near

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
        arrow.lead_to(end, head.points)
    for arrow in arrows:
        arrow.boxes = [_nearest(arrow.end(end), boxes) for end in (0, 1)]


def links(arrows: Sequence[Arrow], boxes: Sequence[Box]) -> list[tuple[int, int, Arrow]]:
    """Return which box leads to which, and by which line: from each head back, over where lines meet, to the starts.

    A line without a head leads the way that the heads of the others go, or down.
    """
    found = []
    for arrow in arrows:
        for end in (0, 1):
            if arrow.heads[end]:
                starts = list(_starts(arrow, 1 - end, arrows, set()))
                found += [(start, target, arrow) for target in _targets(arrow, end) for start in starts]
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
        if other is not arrow and not other.heads[other.tail] and other.is_near(point, NEAR / 2):
            yield from _starts(other, other.tail, arrows, seen)


def _is_corner(point: Point, outline: Sequence[Point]) -> bool:
    """Tell a point of an outline that is as far out as others, and not in a dent."""
    x, y = (sum(each) / len(outline) for each in zip(*outline, strict=True))
    return hypot(point[0] - x, point[1] - y) > 0.7 * max(hypot(each[0] - x, each[1] - y) for each in outline)


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
