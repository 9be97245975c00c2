"""The words of SVG, each in about its place: it does not say how wide letters are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from math import hypot
from typing import Any

from extract.drawings.svg_matrices import Matrix, at
from extract.drawings.svg_outlines import numbers_in
from extract.drawings.svg_styles import Rule, Style, declared, is_seen, name_of, style_of
from extract.pages.page import Word

NARROW = frozenset(" .,:;'!|()[]ijlftI")
"""Letters about half as wide as others."""
SLANTED = 0.15
"""How much of a text's way goes down or up at least where it is not level, and across where it is not upright."""


@dataclass
class _Line:
    """A line of a text: where it begins, by its anchor, and what it says."""

    x: float
    y: float
    style: Style
    text: str = ""
    wide: float | None = None


def words_of(trail: Sequence[Any], style: Style, matrix: Matrix, rules: list[Rule]) -> Iterator[Word]:
    """Yield the lines of a text, each in about its place: SVG does not say how wide letters are."""
    lines: list[_Line] = []
    _lines(list(trail), style, lines, rules)
    for line in lines:
        text = " ".join(line.text.split())
        if text:
            yield _word(text, line.x, line.y, line.style, matrix, line.wide)


def _lines(trail: list[Any], style: Style, lines: list[_Line], rules: list[Rule]) -> None:
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
            inner = style_of([*trail, child], style, rules)
            if is_seen(inner):
                _lines([*trail, child], inner, lines, rules)
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
    xs, ys = zip(*(at(matrix, *each) for each in places), strict=True)
    slanted = min(abs(a), abs(b)) > SLANTED * scale
    turned = 0 if abs(b) <= SLANTED * scale else -1 if b > 0 else 1
    base = (min(ys) + max(ys)) / 2 if turned else max(ys) - 0.25 * size * scale
    return Word(text, min(xs), min(ys), max(xs), max(ys), size * scale, base, turned=turned, slanted=slanted)


def words_of_html(element: Any, style: Style, matrix: Matrix) -> Iterator[Word]:
    """Yield the lines of a text that is written in HTML, about the middle of its place."""

    def number(name: str) -> float:
        said = element.get(name, "0")
        return 0.0 if said.endswith("%") else (numbers_in(said) or [0.0])[0]

    x, y, wide, high = (number(name) for name in ("x", "y", "width", "height"))
    styles = [declared(each.get("style", "")) for each in element.iter()]
    sizes = [size for each in styles for size in numbers_in(each.get("font-size", ""))[:1]]
    size = next((each for each in sizes if each > 0), _size(style))  # What only holds others may have a size of 0.
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
