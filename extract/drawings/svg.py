"""What SVG draws: outlines with their paints, the heads that its markers put on lines, and words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import hypot
from typing import Any

from extract.drawings.svg_matrices import SAME, Matrix, at, matrix_of, times
from extract.drawings.svg_outlines import Outline, Point, numbers_in, outlines_of
from extract.drawings.svg_styles import (
    Colour,
    Rule,
    Style,
    colour_of,
    declared,
    is_seen,
    name_of,
    paint,
    rules_of,
    style_of,
)
from extract.drawings.svg_texts import words_of, words_of_html
from extract.pages.page import Word

SHAPES = ("path", "polygon", "polyline", "line", "rect", "ellipse", "circle")
HIDDEN = (
    "defs",
    "symbol",
    "marker",
    "clipPath",
    "mask",
    "pattern",
    "linearGradient",
    "radialGradient",
    "title",
    "desc",
)
"""Elements whose content is drawn only where others refer to it, or not at all."""
DEEPEST = 60
"""Elements within each other at most."""
MOST_USED = 2_000
"""Elements at most that are drawn where others refer to them."""
LONGEST_HEAD = 12.0
"""How long the head of an arrow is drawn at most: of a longer one the tip tells as much."""


@dataclass(frozen=True)
class Drawn:
    """An outline with the paints of its area and of its line, and the colour of what is seen of it."""

    outline: Outline
    filled: bool
    stroked: bool
    colour: Colour | None


@dataclass(frozen=True)
class _Head:
    """What a marker draws at the end of a line: how far before the end its tip is, and behind it its base."""

    tip: float
    base: float
    half: float
    by_width: bool
    reverses: bool


@dataclass
class _Sheet:
    """What elements of a drawing refer to."""

    rules: list[Rule]
    named: dict[str, Any]
    used: int = 0
    heads: dict[str, _Head | None] = field(default_factory=dict)


def elements_of(root: Any) -> Iterator[Drawn | Word]:
    """Yield what a drawing shows, in its order; raise ValueError where it is too deep."""
    sheet = _Sheet(rules_of(root), {each.get("id"): each for each in root.iter() if each.get("id")})
    yield from _drawn([root], {}, SAME, sheet)


def _drawn(trail: list[Any], above: Style, matrix: Matrix, sheet: _Sheet) -> Iterator[Drawn | Word]:
    if len(trail) > DEEPEST:
        raise ValueError("is too deep")
    element = trail[-1]
    kind = name_of(element)
    style = style_of(trail, above, sheet.rules)
    if kind in HIDDEN or not is_seen(style):
        return
    matrix = times(matrix, matrix_of(style.get("transform", "")))
    if kind in SHAPES:
        yield from _shape(kind, element, style, matrix, sheet)
    elif kind == "text":
        yield from words_of(trail, style, matrix, sheet.rules)
        return
    elif kind == "foreignObject":
        yield from words_of_html(element, style, matrix)
        return
    elif kind == "use":
        yield from _used(trail, style, matrix, sheet)
    if kind == "switch":
        children = [each for each in element if name_of(each) == "foreignObject"] or list(element)[:1]
    else:
        children = list(element)
    for child in children:
        yield from _drawn([*trail, child], style, matrix, sheet)


def _used(trail: list[Any], style: Style, matrix: Matrix, sheet: _Sheet) -> Iterator[Drawn | Word]:
    """Yield what an element draws that refers to another one."""
    element = trail[-1]
    target = next((value for name, value in element.attrib.items() if name.rpartition("}")[2] == "href"), "")
    found = sheet.named.get(target.removeprefix("#"))
    sheet.used += 1
    if found is None or found in trail or sheet.used > MOST_USED:
        return
    x, y = ((numbers_in(element.get(name, "0")) or [0.0])[0] for name in ("x", "y"))
    inner = times(matrix, (1.0, 0.0, 0.0, 1.0, x, y))
    for each in list(found) if name_of(found) == "symbol" else [found]:
        yield from _drawn([*trail, each], style, inner, sheet)


def _shape(kind: str, element: Any, style: Style, matrix: Matrix, sheet: _Sheet) -> Iterator[Drawn]:
    fill, stroke = paint(style, "fill"), paint(style, "stroke")
    heads = [_head(style.get(f"marker-{each}", ""), sheet) for each in ("start", "end")] if stroke else [None, None]
    width = (numbers_in(style.get("stroke-width", "1")) or [1.0])[0]
    for outline in outlines_of(kind, element.attrib):
        if len(outline.points) < 2:
            continue
        said = fill if fill and (outline.closed or not stroke) else stroke
        colour = colour_of(_first_stop(said, sheet))
        points, triangles = outline.points, []
        for end, head in enumerate(heads):
            if head is not None and not outline.closed:
                points, triangle = _headed(points, end, head, width if head.by_width else 1.0)
                triangles.append(triangle)
        is_filled = bool(fill) and not triangles
        if fill or stroke:
            yield Drawn(
                _moved(Outline(points, outline.closed, outline.corners), matrix), is_filled, bool(stroke), colour
            )
        for triangle in triangles:
            yield Drawn(_moved(Outline(triangle, True, 4), matrix), True, False, colour)


def _referred(said: str) -> str:
    """Return the name of the element that a paint or a marker refers to; empty where it refers to none."""
    found = re.match(r"url\(\s*[\"']?#([^)\"']+)", said)
    return found[1] if found else ""


def _first_stop(said: str, sheet: _Sheet) -> str:
    """Return a paint, or the first colour of the gradient that it names."""
    name = _referred(said)
    if not name:
        return said
    stops = [each for each in (sheet.named.get(name) or ()) if name_of(each) == "stop"]
    return str({**stops[0].attrib, **declared(stops[0].get("style", ""))}.get("stop-color", "")) if stops else ""


def _head(said: str, sheet: _Sheet) -> _Head | None:
    """Return the head that a marker draws, where it is a triangle or a bent line, and not a dot or a bar."""
    name = _referred(said)
    if not name:
        return None
    if name not in sheet.heads:
        marker = sheet.named.get(name)
        sheet.heads[name] = None if marker is None else _head_of(marker)
    return sheet.heads[name]


def _head_of(marker: Any) -> _Head | None:
    shapes = [each for each in marker.iter() if name_of(each) in ("path", "polygon", "polyline")]
    points = [
        point for each in shapes for outline in outlines_of(name_of(each), each.attrib) for point in outline.points
    ]
    if len(set(points)) < 3:
        return None

    def number(name: str, absent: float) -> float:
        return (numbers_in(marker.get(name, "")) or [absent])[0]

    view = numbers_in(marker.get("viewBox", ""))
    wide, high = number("markerWidth", 3.0), number("markerHeight", 3.0)
    scale = min(wide / view[2], high / view[3]) if len(view) == 4 and view[2] > 0 and view[3] > 0 else 1.0
    x, y = number("refX", 0.0), number("refY", 0.0)
    tip, base = max(each[0] for each in points) - x, min(each[0] for each in points) - x
    half = max(abs(each[1] - y) for each in points)
    by_width = marker.get("markerUnits", "strokeWidth") == "strokeWidth"
    return _Head(scale * tip, scale * base, scale * half, by_width, marker.get("orient") == "auto-start-reverse")


def _headed(
    points: Sequence[Point], end: int, head: _Head, width: float
) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Return a line that goes on to the tip of the head at its start (0) or end (1), and the triangle of that."""
    ordered = list(points if end else points[::-1])
    last = ordered[-1]
    before = next((each for each in reversed(ordered) if hypot(last[0] - each[0], last[1] - each[1]) > 0.5), ordered[0])
    length = hypot(last[0] - before[0], last[1] - before[1]) or 1.0
    along = (last[0] - before[0]) / length, (last[1] - before[1]) / length
    if end == 0 and not head.reverses:  # What is drawn at the start looks on along the line.
        along = -along[0], -along[1]
    tip, long = width * head.tip, width * (head.tip - head.base)
    shown = min(long, LONGEST_HEAD)
    half = max(width * head.half * shown / long if long else 0.0, shown / 4)
    x, y = last[0] + tip * along[0], last[1] + tip * along[1]
    back = x - shown * along[0], y - shown * along[1]
    sides = [(back[0] - sign * half * along[1], back[1] + sign * half * along[0]) for sign in (1, -1)]
    if tip > 0 and (end or head.reverses):
        ordered.append((x, y))
    return tuple(ordered if end else ordered[::-1]), ((x, y), *sides, (x, y))


def _moved(outline: Outline, matrix: Matrix) -> Outline:
    return Outline(tuple(at(matrix, *each) for each in outline.points), outline.closed, outline.corners)
