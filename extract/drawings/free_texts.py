"""Texts that stand in no box: how far they are from boxes and lines, and what they are by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import hypot

from extract.drawings.arrows import Arrow, Box
from extract.drawings.diagrams import Shape
from extract.drawings.line_index import LineIndex
from extract.pages.page import Line
from extract.words.hyphens import unbroken
from extract.words.lexicon import SIGNS

BESIDE = 1.3
"""How far what is said of a line is from it at most, as a share of the type's size."""
NO_LAYER = re.compile(r"[\"'\u2018\u201c]\w|\([a-z]\)(?!\S)")
"""What comes out of an example, and what a part of a figure is called, as `(a)` or `(b) ours`."""


def is_named(phrase: Line) -> bool:
    """Tell a text, the sign of a layer, or what stands for more of them, from a number."""
    return phrase.text in SIGNS or is_more(phrase.text) or any(each.isalpha() for each in phrase.text)


def is_more(text: str) -> bool:
    """Tell dots, which stand for more of what is on both sides of them."""
    return _MORE.fullmatch(text) is not None


_MORE = re.compile(r"[.\u00b7\u2022\u2026\u22ef\s]*(?:[.\u00b7\u2022]\s?[.\u00b7\u2022]|[\u2026\u22ee-\u22f1])\W*")


def text_of(lines: Iterable[Line]) -> str:
    """Return the text of lines."""
    return " ".join(unbroken([each.text for each in lines]))


def shape_of(*lines: Line) -> Shape:
    """Return the box of a text that stands in none."""
    x0, x1 = min(each.x0 for each in lines), max(each.x1 for each in lines)
    return Shape((x0, lines[0].top, x1, lines[-1].bottom), tuple(unbroken([each.text for each in lines])), bare=True)


def gap_to(phrase: Line, box: Box) -> float:
    """Return how far a text is from a box."""
    aside = max(box[0] - phrase.x1, phrase.x0 - box[2], 0.0)
    return hypot(aside, max(box[1] - phrase.bottom, phrase.top - box[3], 0.0))


def away_from(phrase: Line, arrow: Arrow) -> float:
    """Return how far a text is from a line, from the middle of its height."""
    height = (phrase.top + phrase.bottom) / 2
    return min(arrow.away((x, height)) for x in (phrase.x0, phrase.centre, phrase.x1))


def lines_near(phrase: Line, lines: LineIndex, by: float) -> list[Arrow]:
    """Return the lines that may be so near to the middle of a text's height."""
    height = (phrase.top + phrase.bottom) / 2
    return lines.touching((phrase.x0, height, phrase.x1, height), by)


def stacked(phrase: Line, phrases: Sequence[Line]) -> list[Line]:
    """Return the lines of a text of several, which stand closely below each other about one middle."""
    found = [phrase]
    for step in (-1, 1):
        here = phrase
        while True:
            below = [each for each in phrases if each not in found and _goes_on(here, each, step)]
            if not below:
                break
            here = min(below, key=lambda each: abs(each.base - here.base))
            found.append(here)
    found.sort(key=lambda each: each.base)
    while found[0] is not phrase and _is_setting(found[0]):
        found.pop(0)  # It is of no layer above it.
    return found


def _is_setting(line: Line) -> bool:
    """Tell a line that says a window or another setting of the layer that the line above it names."""
    return re.fullmatch(r"(?:\d|1[01]) ?× ?(?:\d|1[01])|[kspd] ?= ?\d{1,2}", line.text, re.IGNORECASE) is not None


def _goes_on(line: Line, other: Line, step: int) -> bool:
    """Tell a line of the same text, of words, above (-1) or below another one."""
    size = line.largest
    away = step * (other.base - line.base)
    middle = (other.x0 + other.x1 - line.x0 - line.x1) / 2
    alike = abs(other.largest - size) < 0.1 * size or (other.text.startswith("(") and 0.5 * size < other.largest < size)
    return 0 < away < 1.4 * size and abs(middle) < size and alike and (is_named(other) or _is_setting(other))
