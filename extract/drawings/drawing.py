"""A drawing as paths and words, from a page of a PDF or from SVG, with places in points from the upper left corner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from math import hypot
from typing import Any
from xml.etree import ElementTree

from extract.drawings.svg import elements_of
from extract.drawings.svg_outlines import Point as Point
from extract.drawings.svg_outlines import curve
from extract.drawings.svg_styles import Colour as Colour
from extract.pages.page import Word

MOST_PATHS = 20_000
"""Paths of a drawing at most: more are a plot or a map."""


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
    """Paths in the order in which they were drawn, words, and the boxes of pictures."""

    paths: tuple[Path, ...]
    words: tuple[Word, ...]
    pictures: tuple[tuple[float, float, float, float], ...] = ()

    def scaled(self, by: float) -> Drawing:
        """Return the drawing larger by a factor."""
        paths = (replace(each, points=tuple((x * by, y * by) for x, y in each.points)) for each in self.paths)
        places = ("x0", "top", "x1", "bottom", "size", "base")
        words = (replace(each, **{name: getattr(each, name) * by for name in places}) for each in self.words)
        return Drawing(
            tuple(paths), tuple(words), tuple((a * by, b * by, c * by, d * by) for a, b, c, d in self.pictures)
        )


RULES = 3
"""Level rules at least over all words of a table: above its headers, below them, and at its end."""
THIN = 1.5
"""Points that a rule is thick at most."""


def is_ruled(drawing: Drawing) -> bool:
    """Tell a table, whatever its caption calls it: but rules are drawn, some of which go over all of its words."""
    if drawing.pictures or len(drawing.words) < RULES:
        return False
    boxes = [each.box for each in drawing.paths]
    level = [box for box in boxes if box[3] - box[1] < THIN < box[2] - box[0]]
    upright = [box for box in boxes if box[2] - box[0] < THIN]
    left, right = min(each.x0 for each in drawing.words), max(each.x1 for each in drawing.words)
    heights = {round(box[1]) for box in level if box[0] < left + THIN and box[2] > right - THIN}
    return len(level) + len(upright) == len(boxes) and len(heights) >= RULES


def of_page(page: Any, words: Sequence[Word]) -> Drawing:
    """Return the drawing of a page of pdfplumber's, with the words that were read from it."""
    shapes = [*page.rects, *page.curves, *page.lines]
    if len(shapes) > MOST_PATHS:
        raise DrawingError(f"has more than {MOST_PATHS} paths")
    pictures = tuple(box_of(each) for each in page.images)
    return Drawing(tuple(path for each in shapes for path in _of_pdf(each)), tuple(words), pictures)


def box_of(each: dict[str, Any]) -> tuple[float, float, float, float]:
    """Return the box around something of pdfplumber's."""
    return float(each["x0"]), float(each["top"]), float(each["x1"]), float(each["bottom"])


def _of_pdf(shape: dict[str, Any]) -> Iterator[Path]:
    points: list[Point] = []
    corners, closed = 0, shape["object_type"] == "rect"
    for step in shape.get("path") or [("m", shape["pts"][0]), *(("l", each) for each in shape["pts"][1:])]:
        command, *ends = step
        if command == "h":
            closed = True
        elif command == "c" and points:
            points += curve(points[-1], *(_point(each) for each in ends))
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
    try:
        for each in islice(elements_of(root), MOST_PATHS):
            if isinstance(each, Word):
                words.append(each)
            else:
                outline = each.outline
                paths.append(
                    Path(outline.points, outline.closed, each.filled, each.stroked, outline.corners, each.colour)
                )
    except ValueError as error:
        raise DrawingError(str(error)) from None
    if len(paths) + len(words) == MOST_PATHS:
        raise DrawingError(f"has more than {MOST_PATHS} paths")
    return Drawing(tuple(paths), tuple(words))
