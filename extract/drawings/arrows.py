"""The arrows of a drawing: lines with the heads at their ends, and what they touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from math import hypot
from typing import Any

import numpy as np

from extract.drawings.drawing import Path, Point

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
MANY = 12
"""Parts of a line from which on it is faster to look at all of them at once."""
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
    _held: tuple[Sequence[Point], Box, Any] | None = field(default=None, repr=False, compare=False)

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
        (x, y), (left, top, right, bottom) = point, self.box
        around = left - near <= x <= right + near and top - near <= y <= bottom + near
        return around and self.away(point) <= near

    @property
    def box(self) -> Box:
        """The box around its points."""
        return self._shape[1]

    def away(self, point: Point) -> float:
        """Return how far a point is from the line."""
        parts = self._shape[2]
        if parts is None:
            return min(to_segment(point, a, b) for a, b in pairwise(self.points))
        starts, steps, squares = parts
        off = np.array(point) - starts
        along = np.clip((off * steps).sum(axis=1) / squares, 0.0, 1.0)
        return float(np.hypot(*(off - along[:, None] * steps).T).min())

    @property
    def _shape(self) -> tuple[Sequence[Point], Box, Any]:
        """Its points, the box around them, and its parts where they are many: found once for as long as they stay."""
        if self._held is None or self._held[0] is not self.points:
            xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
            parts = _parts(self.points) if len(self.points) > MANY else None
            self._held = self.points, (min(xs), min(ys), max(xs), max(ys)), parts
        return self._held


def _parts(points: Sequence[Point]) -> tuple[Any, Any, Any]:
    """Return where the parts of a line start, the steps to their ends, and the squares of their lengths."""
    places = np.array(points, float)
    steps = np.diff(places, axis=0)
    squares = (steps * steps).sum(axis=1)
    return places[:-1], steps, np.where(squares > 0, squares, 1.0)


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
        if not any(arrow.heads) and _points_on(head.points, arrow, end):
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
