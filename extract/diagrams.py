"""Boxes and arrows of a drawing: which boxes there are, what stands in them, and which leads to which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import hypot
from statistics import median

from extract.drawing import Drawing, Path, Point
from extract.page import Word, lines_of

NEAR = 5.0
"""Points up to which the end of a line touches a box or another line."""
HEAD = 22.0
"""Points of an arrowhead's longest side at most."""
APART = 8.0
"""Points between boxes that are two; parts of one stand closer."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Shape:
    """A box of a diagram: its place, and its texts by lines."""

    box: Box
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """An arrow from one box to another, by their numbers, with the text beside it."""

    start: int
    end: int
    text: str = ""


@dataclass(frozen=True)
class Diagram:
    """The boxes of a drawing and the arrows between them."""

    shapes: tuple[Shape, ...]
    links: tuple[Link, ...]


@dataclass
class _Line:
    """An open line from one end to the other, and what stands at each: a box, or the head of an arrow."""

    points: Sequence[Point]
    boxes: list[int | None] = field(default_factory=lambda: [None, None])
    heads: list[bool] = field(default_factory=lambda: [False, False])


USUAL = 14.0
"""The size of type that the lengths here are meant for; a drawing of another is scaled."""


def diagram_of(drawing: Drawing) -> Diagram:
    """Return the diagram of a drawing."""
    scale = median(word.size for word in drawing.words) / USUAL if drawing.words else 1.0
    found = _diagram_of(drawing.scaled(1 / scale)) if scale > 0 else Diagram((), ())
    x0, y0, x1, y1 = range(4)
    shapes = (
        replace(each, box=(each.box[x0] * scale, each.box[y0] * scale, each.box[x1] * scale, each.box[y1] * scale))
        for each in found.shapes
    )
    return Diagram(tuple(shapes), found.links)


def _diagram_of(drawing: Drawing) -> Diagram:
    boxes = _boxes(drawing)
    heads = [each for each in drawing.paths if _is_head(each)]
    lines = [
        _Line(each.points)
        for each in drawing.paths
        if not each.closed and each.stroked and not _inside_one(each, boxes)
    ]
    _attach(lines, heads, boxes)
    held, free = _words(drawing.words, boxes)
    shapes = tuple(Shape(box, _texts(words)) for box, words in zip(boxes, held, strict=True))
    links = tuple(dict.fromkeys(_links(lines)))
    return Diagram(shapes, tuple(_with_texts(links, lines, free, boxes)))


def _is_head(path: Path) -> bool:
    """Tell an arrowhead: a small filled triangle, maybe with a dent."""
    left, top, right, bottom = path.box
    return (
        path.filled
        and path.closed
        and 3 <= path.corners <= 5
        and 2 < max(right - left, bottom - top) < HEAD
        and (len({(round(x, 1), round(y, 1)) for x, y in path.points}) in (3, 4) and not _is_rectangle(path))
    )


def _is_rectangle(path: Path) -> bool:
    left, top, right, bottom = path.box
    return all(
        min(abs(x - left), abs(x - right)) < 0.5 and min(abs(y - top), abs(y - bottom)) < 0.5 for x, y in path.points
    )


def _boxes(drawing: Drawing) -> list[Box]:
    """Return the boxes: closed outlines larger than heads; those that touch or lie within each other are one."""
    outlines = [each for each in drawing.paths if each.closed and not _is_head(each)]
    found = [each.box for each in outlines]
    found = [box for box in found if box[2] - box[0] > 12 and box[3] - box[1] > 8]
    page = [box for box in found if _is_background(box, found)]
    merged: list[Box] = []
    for box in [each for each in found if each not in page]:
        touching = [each for each in merged if _touch(box, each)]
        for each in touching:
            merged.remove(each)
            box = (min(box[0], each[0]), min(box[1], each[1]), max(box[2], each[2]), max(box[3], each[3]))
        merged.append(box)
    return sorted(merged, key=lambda each: (each[1], each[0]))


def _is_background(box: Box, others: Sequence[Box]) -> bool:
    """Tell the background of a drawing: a box around nearly all others, which are apart from each other."""
    inside = [each for each in others if each != box and _within(each, box)]
    if len(inside) < 2 or len(inside) < 0.9 * (len(others) - 1):
        return False
    return any(not _touch(a, b, APART) for i, a in enumerate(inside) for b in inside[i + 1 :])


def _within(inner: Box, outer: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _touch(a: Box, b: Box, slack: float = 1.0) -> bool:
    return a[0] <= b[2] + slack and b[0] <= a[2] + slack and a[1] <= b[3] + slack and b[1] <= a[3] + slack


def _inside_one(path: Path, boxes: Sequence[Box]) -> bool:
    """Tell a line that divides a box from one that leads somewhere."""
    left, top, right, bottom = path.box
    return any(
        box[0] - 1 <= left and right <= box[2] + 1 and box[1] - 1 <= top and bottom <= box[3] + 1 for box in boxes
    )


def _attach(lines: Sequence[_Line], heads: Sequence[Path], boxes: Sequence[Box]) -> None:
    """Find what stands at the ends of lines: each head belongs to the nearest end, and its tip to a box."""
    for head in heads:
        best = min(
            ((_to_outline(line.points[-end], head.points), line, end) for line in lines for end in (0, 1)),
            key=lambda each: each[0],
            default=None,
        )
        if best is None or best[0] > NEAR:
            continue
        _, line, end = best
        line.heads[end] = True
        base = line.points[-end]
        tip = max(head.points, key=lambda point: hypot(point[0] - base[0], point[1] - base[1]))
        line.boxes[end] = _nearest(tip, boxes)
    for line in lines:
        for end in (0, 1):
            if not line.heads[end]:
                line.boxes[end] = _nearest(line.points[-end], boxes)


def _to_outline(point: Point, outline: Sequence[Point]) -> float:
    """Return how far a point is from an outline."""
    ends = zip(outline, [*outline[1:], outline[0]], strict=True)
    return min(_to_segment(point, a, b) for a, b in ends)


def _to_segment(point: Point, a: Point, b: Point) -> float:
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


def _links(lines: Sequence[_Line]) -> Iterator[Link]:
    """Yield the arrows: from each head back along its line, over where lines meet, to the boxes at their starts."""
    for line in lines:
        for end in (0, 1):
            target = line.boxes[end]
            if line.heads[end] and target is not None:
                for start in _starts(line, 1 - end, lines, set()):
                    yield Link(start, target)


def _starts(line: _Line, end: int, lines: Sequence[_Line], seen: set[tuple[int, int]]) -> Iterator[int]:
    """Yield the boxes that a line comes from, or those of the lines that run into it."""
    key = (id(line), end)
    if key in seen:
        return
    seen.add(key)
    box = line.boxes[end]
    if box is not None:
        yield box
        return
    point = line.points[-end]
    for other in lines:
        for at in (0, 1):
            if other is not line and not other.heads[at] and other.boxes[at] is None:
                ahead = other.points[-at]
                if hypot(ahead[0] - point[0], ahead[1] - point[1]) <= NEAR / 2 and at == 1:
                    yield from _starts(other, 1 - at, lines, seen)


def _words(words: Sequence[Word], boxes: Sequence[Box]) -> tuple[list[list[Word]], list[Word]]:
    """Return the words of each box, and those of none."""
    held: list[list[Word]] = [[] for _ in boxes]
    free: list[Word] = []
    for word in words:
        x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
        place = next((i for i, box in enumerate(boxes) if box[0] <= x <= box[2] and box[1] <= y <= box[3]), None)
        (free if place is None else held[place]).append(word)
    return held, free


def _texts(words: Sequence[Word]) -> tuple[str, ...]:
    """Return the texts of a box: the parts of its lines between wide gaps."""
    from extract.captions import segments

    return tuple(part.text for line in lines_of(words) for part in segments(line, 0.9))


def _with_texts(
    links: Sequence[Link], lines: Sequence[_Line], free: Sequence[Word], boxes: Sequence[Box]
) -> Iterator[Link]:
    """Yield the arrows with the numbers that stand beside them."""
    beside: dict[tuple[int, int], str] = {}
    for word in free:
        middle = ((word.x0 + word.x1) / 2, (word.top + word.bottom) / 2)
        near = [line for line in lines if None not in line.boxes and len(line.points) > 1]
        best = min(near, key=lambda line: _to_line(middle, line.points), default=None)
        if best is not None and _to_line(middle, best.points) < 3 * word.size:
            start, end = (0, 1) if best.heads[1] else (1, 0)
            beside[best.boxes[start] or 0, best.boxes[end] or 0] = word.text
    for link in links:
        yield Link(link.start, link.end, beside.get((link.start, link.end), ""))


def _to_line(point: Point, points: Sequence[Point]) -> float:
    return min(_to_segment(point, a, b) for a, b in pairwise(points))
