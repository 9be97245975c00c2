"""A drawing as paths and words, from a page of a PDF or from SVG, with places in points from the upper left corner."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import hypot
from typing import Any
from xml.etree import ElementTree

from extract.page import Word

Point = tuple[float, float]
Colour = tuple[float, float, float]
MOST_PATHS = 20_000
"""Paths of a drawing at most: more are a plot or a map."""
STEPS = 8
"""Pieces that a curve is taken apart into."""


class DrawingError(ValueError):
    """A file is no drawing that can be read."""


@dataclass(frozen=True)
class Path:
    """A line or an area: its points in order, those of curves between their ends too."""

    points: tuple[Point, ...]
    closed: bool
    filled: bool
    stroked: bool
    corners: int
    colour: Colour | None = field(default=None, compare=False)
    """Of its area where that is filled, else of its line: red, green and blue from 0 to 1."""

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """The box around it."""
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True)
class Drawing:
    """Paths in the order in which they were drawn, and words."""

    paths: tuple[Path, ...]
    words: tuple[Word, ...]

    def scaled(self, by: float) -> Drawing:
        """Return the drawing larger by a factor."""
        paths = (replace(each, points=tuple((x * by, y * by) for x, y in each.points)) for each in self.paths)
        places = ("x0", "top", "x1", "bottom", "size", "base")
        words = (replace(each, **{name: getattr(each, name) * by for name in places}) for each in self.words)
        return Drawing(tuple(paths), tuple(words))


def of_page(page: Any, words: Sequence[Word]) -> Drawing:
    """Return the drawing of a page of pdfplumber's, with the words that were read from it."""
    shapes = [*page.rects, *page.curves, *page.lines]
    if len(shapes) > MOST_PATHS:
        raise DrawingError(f"has more than {MOST_PATHS} paths")
    return Drawing(tuple(path for each in shapes for path in _of_pdf(each, float(page.width))), tuple(words))


def _of_pdf(shape: dict[str, Any], width: float) -> Iterator[Path]:
    points: list[Point] = []
    corners, closed = 0, shape["object_type"] == "rect"
    for step in shape.get("path") or [("m", shape["pts"][0]), *(("l", each) for each in shape["pts"][1:])]:
        command, *ends = step
        if command == "h":
            closed = True
        elif command == "c" and points:
            points += _curve(points[-1], *ends)
            corners += 1
        elif ends:
            points.append(_point(ends[-1]))
            corners += 1
    fill, stroke = bool(shape.get("fill")), bool(shape.get("stroke"))
    if len(points) < 2 or (fill and not stroke and _is_white(shape.get("non_stroking_color"))):
        return
    closed = closed or (len(points) > 3 and hypot(points[0][0] - points[-1][0], points[0][1] - points[-1][1]) < 0.1)
    colour = rgb_of(shape.get("non_stroking_color" if fill and (closed or not stroke) else "stroking_color"))
    yield Path(tuple(points), closed, fill, stroke, corners, colour)


def rgb_of(colour: Any) -> Colour | None:
    """Return a colour in shades of grey, in RGB or in CMYK as RGB, or None where it is none of them."""
    if isinstance(colour, (int, float)):
        colour = (colour,)
    if not isinstance(colour, (tuple, list)) or not all(isinstance(each, (int, float)) for each in colour):
        return None
    if len(colour) == 4:
        cyan, magenta, yellow, black = (float(each) for each in colour)
        return (1 - cyan) * (1 - black), (1 - magenta) * (1 - black), (1 - yellow) * (1 - black)
    if len(colour) not in (1, 3):
        return None
    red, green, blue = (float(each) for each in (colour * 3)[:3])
    return red, green, blue


def _is_white(colour: Any) -> bool:
    """Tell white, in shades of grey, in RGB or in CMYK: what it fills cannot be seen on a page."""
    rgb = rgb_of(colour)
    return rgb is not None and min(rgb) > 0.98


def _point(raw: Sequence[float]) -> Point:
    return float(raw[0]), float(raw[1])


def _curve(start: Point, *ends: Sequence[float]) -> Iterator[Point]:
    """Yield points of a cubic curve behind its start."""
    (bx, by), (cx, cy), (dx, dy) = (_point(each) for each in ends)
    ax, ay = start
    for i in range(1, STEPS + 1):
        t = i / STEPS
        u = 1 - t
        x = u**3 * ax + 3 * u * u * t * bx + 3 * u * t * t * cx + t**3 * dx
        y = u**3 * ay + 3 * u * u * t * by + 3 * u * t * t * cy + t**3 * dy
        yield x, y


PLAIN = {
    "black": "#000",
    "white": "#fff",
    "gray": "#808080",
    "grey": "#808080",
    "red": "#f00",
    "lime": "#0f0",
    "blue": "#00f",
    "green": "#008000",
    "yellow": "#ff0",
    "orange": "#ffa500",
    "purple": "#800080",
    "cyan": "#0ff",
}
"""Colours by name. Source: CSS Color Module, level 3, section 4."""
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def of_svg(text: str) -> Drawing:
    """Return the drawing of an SVG; entities are not read, for they may stand for texts without end."""
    if "<!ENTITY" in text:
        raise DrawingError("has entities, which are not read")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 (it has no entities)
    except ElementTree.ParseError as error:
        raise DrawingError(f"is no SVG: {error}") from None
    paths: list[Path] = []
    words: list[Word] = []
    _svg(root, (0.0, 0.0, 1.0), paths, words, 0)
    return Drawing(tuple(paths), tuple(words))


Moved = tuple[float, float, float]
"""How far a group is moved to the right and down, after it was scaled."""


def _svg(element: Any, moved: Moved, paths: list[Path], words: list[Word], depth: int) -> None:
    if depth > 50 or len(paths) > MOST_PATHS:
        raise DrawingError("is too deep, or has too many paths")
    moved = _moved(element.get("transform", ""), moved)
    kind = str(element.tag).rpartition("}")[2]
    if kind in ("path", "polygon", "polyline", "line", "rect", "ellipse", "circle"):
        points, closed, corners = _outline(kind, element)
        fill, stroke = _paint(element, "fill", "black"), _paint(element, "stroke", "none")
        if len(points) > 1:
            placed = tuple((x * moved[2] + moved[0], y * moved[2] + moved[1]) for x, y in points)
            colour = _named(fill if fill != "none" and (closed or stroke == "none") else stroke)
            paths.append(Path(placed, closed, fill != "none", stroke != "none", corners, colour))
    elif kind == "text":
        _text(element, moved, words)
    for child in element:
        _svg(child, moved, paths, words, depth + 1)


def _paint(element: Any, name: str, absent: str) -> str:
    style = dict(part.split(":", 1) for part in element.get("style", "").split(";") if ":" in part)
    return str(style.get(name, element.get(name, absent))).strip()


def _named(colour: str) -> Colour | None:
    """Return a colour that is written in hexadecimal digits or numbers, or by one of the plainest names."""
    text = PLAIN.get(colour.lower(), colour)
    if match := re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", text):
        digits = match[1] if len(match[1]) == 6 else "".join(2 * each for each in match[1])
        red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
        return red, green, blue
    numbers = _NUMBER.findall(text)
    if not text.startswith("rgb") or len(numbers) < 3:
        return None
    red, green, blue = (min(1.0, float(each) / 255) for each in numbers[:3])
    return red, green, blue


def _moved(transform: str, moved: Moved) -> Moved:
    x, y, scale = moved
    for name, inner in re.findall(r"(\w+)\s*\(([^)]*)\)", transform):
        numbers = [float(each) for each in _NUMBER.findall(inner)]
        if name == "translate" and numbers:
            x, y = x + numbers[0] * scale, y + (numbers[1] if len(numbers) > 1 else 0.0) * scale
        elif name == "scale" and numbers:
            scale *= numbers[0]
    return x, y, scale


def _outline(kind: str, element: Any) -> tuple[list[Point], bool, int]:
    """Return an outline's points, whether it is closed, and its number of corners."""

    def number(name: str) -> float:
        found = _NUMBER.findall(element.get(name, "0"))
        return float(found[0]) if found else 0.0

    if kind == "path":
        return _path(element.get("d", ""))
    if kind in ("polygon", "polyline"):
        numbers = [float(each) for each in _NUMBER.findall(element.get("points", ""))]
        points = list(zip(numbers[::2], numbers[1::2], strict=False))
        return points, kind == "polygon", len(points)
    if kind == "line":
        return [(number("x1"), number("y1")), (number("x2"), number("y2"))], False, 2
    if kind == "rect":
        x, y, wide, high = (number(name) for name in ("x", "y", "width", "height"))
        return [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y)], True, 5
    cx, cy, radius = number("cx"), number("cy"), number("r")
    rx, ry = number("rx") or radius, number("ry") or radius
    return [(cx - rx, cy), (cx, cy - ry), (cx + rx, cy), (cx, cy + ry), (cx - rx, cy)], True, 4


def _path(data: str) -> tuple[list[Point], bool, int]:
    points: list[Point] = []
    closed, corners = False, 0
    for command, inner in re.findall(r"([MmLlHhVvCcZz])([^MmLlHhVvCcZzSsQqTtAa]*)", data[:200_000]):
        numbers = [float(each) for each in _NUMBER.findall(inner)]
        x, y = points[-1] if points else (0.0, 0.0)
        if command in "Zz":
            closed = True
            continue
        relative = command.islower()
        if command in "Cc":
            for i in range(0, len(numbers) - 5, 6):
                ends = [(numbers[i + j] + x * relative, numbers[i + j + 1] + y * relative) for j in (0, 2, 4)]
                points += _curve((x, y), *ends)
                corners += 1
                x, y = points[-1]
        else:
            step = 1 if command in "HhVv" else 2
            for i in range(0, len(numbers) - step + 1, step):
                dx = numbers[i] if command not in "Vv" else 0.0 if relative else x
                dy = numbers[i + step - 1] if command not in "Hh" else 0.0 if relative else y
                x, y = (x + dx, y + dy) if relative else (dx, dy)
                points.append((x, y))
                corners += 1
    return points, closed or (len(points) > 3 and points[0] == points[-1]), corners


NARROW = frozenset(" .,:;'!|()[]ijlftI")
"""Letters about half as wide as others."""


def _text(element: Any, moved: Moved, words: list[Word]) -> None:
    """Add the words of a text, each in about its place: SVG does not say how wide letters are."""
    text = "".join(element.itertext()).strip()
    sizes = _NUMBER.findall(element.get("font-size", "")) or _NUMBER.findall(_paint(element, "font-size", "14"))
    size = float(sizes[0]) * moved[2]
    x, y = (float((_NUMBER.findall(element.get(name, "0")) or ["0"])[0]) for name in ("x", "y"))
    x, y = x * moved[2] + moved[0], y * moved[2] + moved[1]
    said = _NUMBER.findall(element.get("textLength", ""))
    wide = float(said[0]) * moved[2] if said else size * sum(0.27 if each in NARROW else 0.5 for each in text)
    start = x - {"middle": 0.5, "end": 1.0}.get(_paint(element, "text-anchor", "start"), 0.0) * wide
    if text:
        words.append(Word(text, start, y - 0.75 * size, start + wide, y + 0.25 * size, size, y))
