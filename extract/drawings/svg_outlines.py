"""The outlines of SVG's shapes, curves as the points along them. Source: SVG 1.1, sections 8 and 9, and F.6."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import atan2, ceil, cos, hypot, pi, sin, sqrt, tau

Point = tuple[float, float]
STEPS = 8
"""Pieces that a curve is taken apart into."""
LONGEST = 200_000
"""Characters of a path that are read."""
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_COMMAND = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)")
_FLAGS = re.compile(rf"({NUMBER.pattern})[\s,]*({NUMBER.pattern})[\s,]*({NUMBER.pattern})[\s,]*([01])[\s,]*([01])")
_ENDS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7}
"""How many numbers each command takes."""


@dataclass(frozen=True)
class Outline:
    """The points of a line or an area, whether it is closed, and its number of corners."""

    points: tuple[Point, ...]
    closed: bool
    corners: int


def numbers_in(text: str) -> list[float]:
    """Return the numbers in a text."""
    return [float(each) for each in NUMBER.findall(text)]


def _shares(t: float) -> tuple[float, float, float, float]:
    """Return how much each of the four points of a cubic curve counts, so far along it."""
    return (1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3


_SHARES = tuple(_shares(i / STEPS) for i in range(1, STEPS + 1))


def curve(start: Point, b: Point, c: Point, d: Point) -> Iterator[Point]:
    """Yield points of a cubic curve behind its start."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = start, b, c, d
    for k, m, n, o in _SHARES:
        yield k * x0 + m * x1 + n * x2 + o * x3, k * y0 + m * y1 + n * y2 + o * y3


def outlines_of(kind: str, element: Mapping[str, str]) -> list[Outline]:
    """Return the outlines of a shape by the name of its element: several only where a path has parts."""

    def number(name: str) -> float:
        found = NUMBER.findall(element.get(name, "0"))
        return float(found[0]) if found else 0.0

    if kind == "path":
        return list(_parts(element.get("d", "")[:LONGEST]))
    if kind in ("polygon", "polyline"):
        numbers = numbers_in(element.get("points", ""))
        points = tuple(zip(numbers[::2], numbers[1::2], strict=False))
        return [Outline(points, kind == "polygon", len(points))]
    if kind == "line":
        return [Outline(((number("x1"), number("y1")), (number("x2"), number("y2"))), False, 2)]
    if kind == "rect":
        x, y, wide, high = (number(name) for name in ("x", "y", "width", "height"))
        return [Outline(((x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y)), True, 5)]
    cx, cy, radius = number("cx"), number("cy"), number("r")
    rx, ry = number("rx") or radius, number("ry") or radius
    return [Outline(((cx - rx, cy), (cx, cy - ry), (cx + rx, cy), (cx, cy + ry), (cx - rx, cy)), True, 4)]


def _parts(data: str) -> Iterator[Outline]:
    """Yield the parts of a path, each of which begins where it moves to."""
    points: list[Point] = []
    corners, start = 0, (0.0, 0.0)
    control: Point | None = None
    before = ""
    for name, numbers in _commands(data):
        here = points[-1] if points else start
        if name in "Zz":
            if len(points) > 1:
                yield Outline(tuple(points), True, corners)
            points, corners, control = [], 0, None
            continue
        if name in "Mm":
            if len(points) > 1:
                yield _open(points, corners)
            start = _placed(name, numbers, here)[0]
            points, corners, control = [start], 1, None
            continue
        if not points:
            points, corners = [start], 1
            here = start
        kept = control if before.upper() + name.upper() in ("CS", "SS", "QT", "TT") else None
        more, control = _drawn(name, numbers, here, kept)
        before = name
        points += more
        corners += 1
    if len(points) > 1:
        yield _open(points, corners)


def _open(points: Sequence[Point], corners: int) -> Outline:
    return Outline(tuple(points), len(points) > 3 and points[0] == points[-1], corners)


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    """Yield each command with the numbers that it takes once; what moves on goes on with lines."""
    for name, inner in _COMMAND.findall(data):
        if name in "Zz":
            yield name, []
            continue
        if name in "Aa":  # Its flags may stand without a space between them.
            inner = _FLAGS.sub(r"\1 \2 \3 \4 \5 ", inner)
        numbers, count = numbers_in(inner), _ENDS[name.upper()]
        for i in range(0, len(numbers) - count + 1, count):
            yield {"M": "L", "m": "l"}.get(name, name) if i else name, numbers[i : i + count]


def _placed(name: str, numbers: Sequence[float], here: Point) -> list[Point]:
    """Return the points that a command names, where they are on the drawing."""
    x, y = here if name.islower() else (0.0, 0.0)
    return [(x + numbers[i], y + numbers[i + 1]) for i in range(0, len(numbers) - 1, 2)]


def _drawn(name: str, numbers: Sequence[float], here: Point, control: Point | None) -> tuple[list[Point], Point | None]:
    """Return the points that a command adds behind a place, and the last control point, for what goes on from it."""
    kind = name.upper()
    if kind in "HV":
        x, y = here if name.islower() else (0.0, 0.0)
        return [(x + numbers[0], here[1]) if kind == "H" else (here[0], y + numbers[0])], None
    if kind == "A":
        end = _placed(name, numbers[5:], here)[0]
        return list(_arc(here, numbers[:5], end)), None
    ends = _placed(name, numbers, here)
    if kind == "L":
        return ends, None
    mirrored = (2 * here[0] - control[0], 2 * here[1] - control[1]) if control else here
    if kind in "ST":
        ends = [mirrored, *ends]
    if kind in "QT":
        middle, last = ends
        ends = [
            *(
                (each[0] + 2 / 3 * (middle[0] - each[0]), each[1] + 2 / 3 * (middle[1] - each[1]))
                for each in (here, last)
            ),
            last,
        ]
        return list(curve(here, *ends)), middle
    return list(curve(here, *ends)), ends[1]


def _arc(start: Point, form: Sequence[float], end: Point) -> Iterator[Point]:
    """Yield points of an arc of an ellipse behind its start. Source: SVG 1.1, F.6.5 and F.6.6."""
    rx, ry, turn, large, sweep = abs(form[0]), abs(form[1]), form[2] * pi / 180, bool(form[3]), bool(form[4])
    if not rx or not ry or start == end:
        yield end
        return
    dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    x, y = cos(turn) * dx + sin(turn) * dy, cos(turn) * dy - sin(turn) * dx
    grown = max(1.0, hypot(x / rx, y / ry))
    rx, ry = rx * grown, ry * grown
    rest = (rx * ry) ** 2 / ((rx * y) ** 2 + (ry * x) ** 2) - 1
    factor = sqrt(max(0.0, rest)) * (-1 if large == sweep else 1)
    cx, cy = factor * rx * y / ry, -factor * ry * x / rx
    first, last = atan2((y - cy) / ry, (x - cx) / rx), atan2((-y - cy) / ry, (-x - cx) / rx)
    way = (last - first) % tau if sweep else -((first - last) % tau)
    middle = (
        cos(turn) * cx - sin(turn) * cy + (start[0] + end[0]) / 2,
        (sin(turn) * cx + cos(turn) * cy + (start[1] + end[1]) / 2),
    )
    steps = max(1, ceil(abs(way) / (pi / 2) * STEPS))
    for i in range(1, steps):
        angle = first + way * i / steps
        u, v = rx * cos(angle), ry * sin(angle)
        yield middle[0] + cos(turn) * u - sin(turn) * v, middle[1] + sin(turn) * u + cos(turn) * v
    yield end
