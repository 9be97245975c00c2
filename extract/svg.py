"""What SVG draws: outlines with their paints, the heads that its markers put on lines, and words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from math import cos, hypot, radians, sin, tan
from typing import Any

from extract.page import Word
from extract.svg_outlines import Outline, Point, numbers_in, outlines_of
from extract.svg_styles import Colour, Rule, Style, colour_of, declared, is_seen, name_of, paint, rules_of, style_of

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
NARROW = frozenset(" .,:;'!|()[]ijlftI")
"""Letters about half as wide as others."""
SLANTED = 0.15
"""How much of a text's way goes down or up at least where it is not level, and across where it is not upright."""
LONGEST_HEAD = 12.0
"""How long the head of an arrow is drawn at most: of a longer one the tip tells as much."""
Matrix = tuple[float, float, float, float, float, float]
SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


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
    matrix = _times(matrix, _matrix(style.get("transform", "")))
    if kind in SHAPES:
        yield from _shape(kind, element, style, matrix, sheet)
    elif kind == "text":
        yield from _text(trail, style, matrix, sheet)
        return
    elif kind == "foreignObject":
        yield from _foreign(element, style, matrix)
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
    inner = _times(matrix, (1.0, 0.0, 0.0, 1.0, x, y))
    for each in list(found) if name_of(found) == "symbol" else [found]:
        yield from _drawn([*trail, each], style, inner, sheet)


def _shape(kind: str, element: Any, style: Style, matrix: Matrix, sheet: _Sheet) -> Iterator[Drawn]:
    fill, stroke = paint(style, "fill"), paint(style, "stroke")
    heads = [_head(style.get(f"marker-{end}", ""), sheet) for end in ("start", "end")] if stroke else [None, None]
    width = (numbers_in(style.get("stroke-width", "1")) or [1.0])[0]
    for outline in outlines_of(kind, element.attrib):
        if len(outline.points) < 2:
            continue
        said = fill if fill and (outline.closed or not stroke) else stroke
        colour = colour_of(_first_stop(said, sheet))
        points, triangles = outline.points, []
        for at, head in enumerate(heads):
            if head is not None and not outline.closed:
                points, triangle = _headed(points, at, head, width if head.by_width else 1.0)
                triangles.append(triangle)
        is_filled = bool(fill) and not triangles
        if fill or stroke:
            yield Drawn(
                _moved(Outline(points, outline.closed, outline.corners), matrix), is_filled, bool(stroke), colour
            )
        for triangle in triangles:
            yield Drawn(_moved(Outline(triangle, True, 4), matrix), True, False, colour)


def _first_stop(said: str, sheet: _Sheet) -> str:
    """Return a paint, or the first colour of the gradient that it names."""
    found = re.match(r"url\(\s*[\"']?#([^)\"']+)", said)
    if found is None:
        return said
    stops = [each for each in (sheet.named.get(found[1]) or ()) if name_of(each) == "stop"]
    return str({**stops[0].attrib, **declared(stops[0].get("style", ""))}.get("stop-color", "")) if stops else ""


def _head(said: str, sheet: _Sheet) -> _Head | None:
    """Return the head that a marker draws, where it is a triangle or a bent line, and not a dot or a bar."""
    found = re.match(r"url\(\s*[\"']?#([^)\"']+)", said)
    if found is None:
        return None
    if found[1] not in sheet.heads:
        marker = sheet.named.get(found[1])
        sheet.heads[found[1]] = None if marker is None else _head_of(marker)
    return sheet.heads[found[1]]


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


def _headed(points: Sequence[Point], at: int, head: _Head, width: float) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Return a line that goes on to the tip of the head at its start (0) or end (1), and the triangle of that."""
    ordered = list(points if at else points[::-1])
    last = ordered[-1]
    before = next((each for each in reversed(ordered) if hypot(last[0] - each[0], last[1] - each[1]) > 0.5), ordered[0])
    length = hypot(last[0] - before[0], last[1] - before[1]) or 1.0
    along = (last[0] - before[0]) / length, (last[1] - before[1]) / length
    if at == 0 and not head.reverses:  # What is drawn at the start looks on along the line.
        along = -along[0], -along[1]
    tip, long = width * head.tip, width * (head.tip - head.base)
    shown = min(long, LONGEST_HEAD)
    half = max(width * head.half * shown / long if long else 0.0, shown / 4)
    x, y = last[0] + tip * along[0], last[1] + tip * along[1]
    back = x - shown * along[0], y - shown * along[1]
    sides = [(back[0] - sign * half * along[1], back[1] + sign * half * along[0]) for sign in (1, -1)]
    if tip > 0 and (at or head.reverses):
        ordered.append((x, y))
    return tuple(ordered if at else ordered[::-1]), ((x, y), *sides, (x, y))


def _moved(outline: Outline, matrix: Matrix) -> Outline:
    return Outline(tuple(_at(matrix, *each) for each in outline.points), outline.closed, outline.corners)


def _at(matrix: Matrix, x: float, y: float) -> Point:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _times(m: Matrix, n: Matrix) -> Matrix:
    (a, b, c, d, e, f), (g, h, i, j, k, o) = m, n
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * o + e, b * k + d * o + f)


def _matrix(transform: str) -> Matrix:
    found = SAME
    for name, inner in re.findall(r"(\w+)\s*\(([^)]*)\)", transform):
        numbers = numbers_in(inner)
        if not numbers:
            continue
        first, second = numbers[0], numbers[1] if len(numbers) > 1 else 0.0
        if name == "translate":
            found = _times(found, (1.0, 0.0, 0.0, 1.0, first, second))
        elif name == "scale":
            found = _times(found, (first, 0.0, 0.0, second if len(numbers) > 1 else first, 0.0, 0.0))
        elif name == "rotate":
            turned = (cos(radians(first)), sin(radians(first)), -sin(radians(first)), cos(radians(first)), 0.0, 0.0)
            x, y = (second, numbers[2]) if len(numbers) > 2 else (0.0, 0.0)
            for step in ((1.0, 0.0, 0.0, 1.0, x, y), turned, (1.0, 0.0, 0.0, 1.0, -x, -y)):
                found = _times(found, step)
        elif name == "matrix" and len(numbers) == 6:
            found = _times(found, (*numbers,))  # type: ignore[arg-type]
        elif name == "skewX":
            found = _times(found, (1.0, 0.0, tan(radians(first)), 1.0, 0.0, 0.0))
        elif name == "skewY":
            found = _times(found, (1.0, tan(radians(first)), 0.0, 1.0, 0.0, 0.0))
    return found


@dataclass
class _Line:
    """A line of a text: where it begins, by its anchor, and what it says."""

    x: float
    y: float
    style: Style
    text: str = ""
    wide: float | None = None


def _text(trail: Sequence[Any], style: Style, matrix: Matrix, sheet: _Sheet) -> Iterator[Word]:
    """Yield the lines of a text, each in about its place: SVG does not say how wide letters are."""
    lines: list[_Line] = []
    _lines(list(trail), style, lines, sheet)
    for line in lines:
        text = " ".join(line.text.split())
        if text:
            yield _word(text, line.x, line.y, line.style, matrix, line.wide)


def _lines(trail: list[Any], style: Style, lines: list[_Line], sheet: _Sheet) -> None:
    """Add the lines of a text, or of a part of it: one that has a place of its own begins a line."""
    element = trail[-1]

    def place(name: str) -> float | None:
        found = numbers_in(element.get(name, ""))
        if not found:
            return None
        return found[0] * (_size(style) if element.get(name, "").strip().endswith("em") else 1.0)

    x, y, dx, dy = (place(name) for name in ("x", "y", "dx", "dy"))
    if not lines or x is not None or y is not None or dy:
        old = lines[-1] if lines else _Line(0.0, 0.0, style)
        new_x = (old.x if x is None else x) + (dx or 0.0)
        lines.append(_Line(new_x, (old.y if y is None else y) + (dy or 0.0), style, wide=place("textLength")))
    lines[-1].text += element.text or ""
    for child in element:
        if name_of(child) in ("tspan", "textPath", "a"):
            inner = style_of([*trail, child], style, sheet.rules)
            if is_seen(inner):
                _lines([*trail, child], inner, lines, sheet)
        lines[-1].text += child.tail or ""


def _size(style: Style) -> float:
    said = style.get("font-size", "14")
    found = numbers_in(said)
    return (found[0] if found else 14.0) * (16.0 if said.strip().endswith("em") else 1.0)


def _word(text: str, x: float, y: float, style: Style, matrix: Matrix, wide: float | None = None) -> Word:
    """Return a word whose anchor is at a place; one that is turned stands on its side."""
    a, b, *_ = matrix
    size, scale = _size(style), hypot(a, b)
    wide = wide or size * sum(0.27 if each in NARROW else 0.5 for each in text)
    start = x - {"middle": 0.5, "end": 1.0}.get(style.get("text-anchor", "start"), 0.0) * wide
    said = style.get("dominant-baseline") or style.get("alignment-baseline") or ""
    y += {"middle": 0.35, "central": 0.35, "hanging": 0.75, "text-before-edge": 0.75}.get(said, 0.0) * size
    places = ((left, top) for left in (start, start + wide) for top in (y - 0.75 * size, y + 0.25 * size))
    xs, ys = zip(*(_at(matrix, *each) for each in places), strict=True)
    slanted = min(abs(a), abs(b)) > SLANTED * scale
    turned = 0 if abs(b) <= SLANTED * scale else -1 if b > 0 else 1
    base = (min(ys) + max(ys)) / 2 if turned else max(ys) - 0.25 * size * scale
    return Word(text, min(xs), min(ys), max(xs), max(ys), size * scale, base, turned=turned, slanted=slanted)


def _foreign(element: Any, style: Style, matrix: Matrix) -> Iterator[Word]:
    """Yield the lines of a text that is written in HTML, about the middle of its place."""

    def number(name: str) -> float:
        said = element.get(name, "0")
        return 0.0 if said.endswith("%") else (numbers_in(said) or [0.0])[0]

    x, y, wide, high = (number(name) for name in ("x", "y", "width", "height"))
    styles = [declared(each.get("style", "")) for each in element.iter()]
    sizes = [numbers_in(each["font-size"])[0] for each in styles if numbers_in(each.get("font-size", ""))]
    size = sizes[0] if sizes else _size(style)
    for each in styles[:3] if not high else ():  # Where it has no place of its own, its first parts set that.
        left, top, width = (
            (numbers_in(each.get(name, "")) or [0.0])[0] for name in ("margin-left", "padding-top", "width")
        )
        x, y, wide = x + left, y + top, max(wide, width)
    lines = [each for each in _spoken(element) if each]
    told = {**style, "font-size": f"{size}", "text-anchor": "middle", "dominant-baseline": "middle"}
    for i, line in enumerate(lines):
        yield _word(line, x + wide / 2, y + high / 2 + (i - (len(lines) - 1) / 2) * 1.2 * size, told, matrix)


def _spoken(element: Any) -> list[str]:
    """Return the lines of a text that is written in HTML."""
    parts: list[str] = []

    def add(each: Any) -> None:
        breaks = name_of(each) in ("div", "p", "br", "li", "h1", "h2", "h3")
        parts.append("\n" if breaks else "")
        parts.append(each.text or "")
        for child in each:
            add(child)
            parts.append(child.tail or "")
        parts.append("\n" if breaks else "")

    add(element)
    text = unescape("".join(parts))
    if re.fullmatch(r"\s*<.*>\s*", text, re.DOTALL):  # HTML as a text.
        text = re.sub(r"<[^>]*>", "", re.sub(r"<(?:br|/?div|/?p)\b[^>]*>", "\n", text))
    return [" ".join(line.split()) for line in text.split("\n")]
