"""What the paths of a drawing are: lines, areas, the heads of arrows, and what cannot be seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from math import hypot

from extract.drawings.dash_rows import rows_joined
from extract.drawings.drawing import Drawing, Path, Point

HEAD = 22.0
"""Points of an arrowhead's longest side at most."""
THIN = 4.0
"""Points of the width of a line at most that is drawn as an area."""
SLENDER = 6.0
"""How much longer than wide such an area is at least, by half the way around it: 4 times for a square."""
MOST_CORNERS = 14
"""Points at most of an outline whose corners are looked for."""
MOST_POINTS = 40
"""Points at most of a triangle with rounded corners."""
BLUNT = 0.07
"""How far the outline of such a triangle is from its sides at most, as a share of the longest."""
BRACE_STEPS = 8
"""Points that each part of a brace is looked at by."""
HALF = 24
"""Points of each way around such an area."""


def cleaned(drawing: Drawing) -> Drawing:
    """Return a drawing whose fills are closed, whose thin areas and dashes are lines, without what is drawn twice."""
    paths = dict.fromkeys(path for each in rows_joined(drawing.paths) for path in _plain(each))
    return replace(drawing, paths=tuple(paths))


def _barbs(path: Path) -> Path | None:
    """Return the triangle of a head that is drawn as two lines from its tip, or None for another path."""
    left, top, right, bottom = path.box
    if path.closed or not path.stroked or not 1.5 < max(right - left, bottom - top) < HEAD or path.corners < 3:
        return None
    ring = _evenly(path.points, 2 * HALF)
    a, tip, b = ring[0], ring[HALF], ring[-1]
    sides = hypot(a[0] - tip[0], a[1] - tip[1]), hypot(b[0] - tip[0], b[1] - tip[1])
    even = abs(sides[0] - sides[1]) < 0.2 * max(sides)
    bent = 0.5 * max(sides) < hypot(a[0] - b[0], a[1] - b[1]) < 1.8 * min(sides)
    return Path((a, tip, b, a), True, True, False, 4, path.colour) if even and bent else None


def _plain(path: Path) -> Iterator[Path]:
    if (head := _barbs(path)) is not None:
        yield head
        return
    distinct = len({(round(x, 2), round(y, 2)) for x, y in path.points})
    if path.filled and not path.stroked and distinct < 3:
        return
    if path.filled and distinct >= 3 and not path.closed:
        path = replace(path, closed=True)
    if _is_frame(path):
        left, top, right, bottom = path.box
        corners = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
        path = Path(corners, True, False, True, 4, path.colour)
    line = None if is_head(path) else _line_of(path)
    yield path if line is None else Path(line, False, False, True, len(line), path.colour)


def _is_frame(path: Path) -> bool:
    """Tell the outline of a box that is drawn as an area: all its corners are at those of the box around it."""
    left, top, right, bottom = path.box
    points = set(path.points)
    if path.stroked or not path.filled or min(right - left, bottom - top) < 4 * THIN or len(points) < 8:
        return False
    sides = [(x - left < THIN, y - top < THIN, right - x < THIN, bottom - y < THIN) for x, y in points]
    return all(sum(near) > 1 for near in sides) and area(path.points) < 0.45 * (right - left) * (bottom - top)


def _line_of(path: Path) -> tuple[Point, ...] | None:
    """Return the line through the middle of a thin area: the ring is cut where its halves are closest."""
    points = list(dict.fromkeys(path.points))
    if not path.closed or not path.filled or len(points) < 4:
        return None
    length = sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise([*points, points[0]])) / 2
    width = area(points) / length if length else 0.0
    if width > THIN or length < SLENDER * max(width, 0.4):
        return None
    ring = _evenly([*points, points[0]], 2 * HALF)
    apart, cut = min((_apart(ring, i), i) for i in range(HALF))
    if apart > 2 * THIN:
        return None
    turned = [*ring[cut:], *ring[:cut]]
    middle = [
        ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(turned[: HALF + 1], turned[:-HALF:-1], strict=False)
    ]
    return (turned[0], *middle[1:], turned[HALF])


def _apart(ring: Sequence[Point], cut: int) -> float:
    """Return how far the two ways around a ring are from each other, where it is cut at one point and across."""
    turned = [*ring[cut:], *ring[:cut]]
    pairs = zip(turned[1:HALF], turned[:HALF:-1], strict=False)
    return sum(hypot(a[0] - b[0], a[1] - b[1]) for a, b in pairs) / HALF


def _evenly(points: Sequence[Point], count: int) -> list[Point]:
    """Return points that are equally far from each other along a line."""
    lengths = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    step, found, passed = sum(lengths) / count, [points[0]], 0.0
    for (a, b), length in zip(pairwise(points), lengths, strict=True):
        while len(found) < count and length > 0 and len(found) * step <= passed + length:
            t = (len(found) * step - passed) / length
            found.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
        passed += length
    return found + [points[-1]] * (count - len(found))


def is_head(path: Path) -> bool:
    """Tell an arrowhead: a small filled triangle, maybe with a dent or curved sides; no rectangle, and no circle."""
    left, top, right, bottom = path.box
    wide, high = right - left, bottom - top
    if not (path.filled and path.closed and path.corners >= 3 and 2 < max(wide, high) < HEAD):
        return False
    if path.corners > 6 and not _is_blunt(path.points):
        return False
    return min(wide, high) > 1 and area(path.points) < 0.7 * wide * high and not _is_parallel(path.points)


def _is_blunt(points: Sequence[Point]) -> bool:
    """Tell a triangle whose corners are rounded off by short lines."""
    ring = list(dict.fromkeys(points))
    if not 3 <= len(ring) <= MOST_POINTS:
        return False
    a, b = max(combinations(ring, 2), key=lambda pair: hypot(pair[0][0] - pair[1][0], pair[0][1] - pair[1][1]))
    corners = [a, b, max(ring, key=lambda point: area((a, b, point)))]
    sides = [(p, q, hypot(q[0] - p[0], q[1] - p[1])) for p, q in pairwise([*corners, corners[0]])]
    slack = BLUNT * max(long for _, _, long in sides)
    near = all(any(2 * area((p, q, each)) <= slack * long for p, q, long in sides if long) for each in ring)
    return near and area(ring) > 0.8 * area(corners)


def block_arrow(path: Path) -> tuple[Point, Point] | None:
    """Return the middle of the tail and the tip of a block arrow: seven corners that are alike across its axis."""
    corners = corners_of(path) if path.closed else []
    if len(corners) != 7:
        return None
    for i, tip in enumerate(corners):
        barb, neck, end, other_end, other_neck, other_barb = (corners[(i + step) % 7] for step in range(1, 7))
        tail = (end[0] + other_end[0]) / 2, (end[1] + other_end[1]) / 2
        length = hypot(tip[0] - tail[0], tip[1] - tail[1])
        if length < 1:
            continue
        across = (tip[0] - tail[0]) / length, (tip[1] - tail[1]) / length
        sides = [
            [_along(tail, across, each) for each in side]
            for side in ((barb, neck, end), (other_barb, other_neck, other_end))
        ]
        slack = 0.06 * length + 0.3
        alike = all(abs(a[0] - b[0]) < slack and abs(a[1] + b[1]) < slack for a, b in zip(*sides, strict=True))
        (back, wide), (at_neck, thin), (_, thick) = sides[0]
        if alike and abs(wide) > 1.2 * abs(thin) > 0 and abs(thick) < abs(wide) and min(back, at_neck) > 0.1 * length:
            return tail, tip
    return None


def _along(start: Point, way: Point, point: Point) -> Point:
    """Return how far along a way a point is, and how far to its side."""
    x, y = point[0] - start[0], point[1] - start[1]
    return x * way[0] + y * way[1], x * way[1] - y * way[0]


def corners_of(path: Path) -> list[Point]:
    """Return the corners of a path, without points that are twice there, or on the way from one to the next."""
    points = [a for a, b in pairwise([*path.points, path.points[0]]) if hypot(b[0] - a[0], b[1] - a[1]) > 0.2]
    if not 3 <= len(points) <= MOST_CORNERS:
        return []
    around = zip([points[-1], *points[:-1]], points, [*points[1:], points[0]], strict=True)
    return [
        here
        for before, here, after in around
        if area((before, here, after)) > 0.05 * hypot(after[0] - before[0], after[1] - before[1])
    ]


def is_brace(path: Path) -> bool:
    """Tell a brace: its tip stands over the middle between its ends, and two flat arms half as far off."""
    (x0, y0), (x1, y1) = path.points[0], path.points[-1]
    length = hypot(x1 - x0, y1 - y0)
    if path.closed or path.corners < 6 or length < HEAD:
        return False
    across = (x1 - x0) / length, (y1 - y0) / length
    places = [_along(path.points[0], across, each) for each in _between(path.points)]
    off = {share: _off(places, share * length) for share in (0.25, 0.4, 0.5, 0.6, 0.75)}
    tip = off[0.5]
    level = all(abs(off[share] - off[0.25]) < 0.12 * abs(tip) for share in (0.4, 0.6, 0.75))
    return 0.02 * length < abs(tip) < 0.4 * length and 0.3 < off[0.25] / tip < 0.7 and level


def _between(points: Sequence[Point]) -> list[Point]:
    """Return points with more of them along each line between two."""
    steps = [(a, b, i / BRACE_STEPS) for a, b in pairwise(points) for i in range(BRACE_STEPS)]
    return [(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])) for a, b, t in steps]


def _off(places: Sequence[Point], along: float) -> float:
    """Return how far to the side the place is that is nearest to so far along."""
    return min(places, key=lambda each: abs(each[0] - along))[1]


def _is_parallel(points: Sequence[Point]) -> bool:
    """Tell four corners with sides that are alike across: a short line that is drawn as an area."""
    corners = list(dict.fromkeys(points))
    sides = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise([*corners, corners[0]])]
    return len(corners) == 4 and all(
        hypot(a[0] + b[0], a[1] + b[1]) < 0.5 for a, b in zip(sides, sides[2:], strict=False)
    )


def area(points: Sequence[Point]) -> float:
    """Return the area that points go around, in square points."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*points, points[0]]))) / 2
