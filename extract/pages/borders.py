"""What is ruled on a page: rules, vertical ones, and the ground that rows are set on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from extract.pages.brackets import Box

Rule = tuple[float, float, float]
"""A horizontal rule: its height from the top, and where it begins and ends."""
Bar = tuple[float, float, float]
"""A vertical rule: its place, and where it begins and ends."""
LOWEST, HIGHEST = 6.0, 120.0
"""Points that the ground of a row is high at least and at most."""
LEVEL = 0.6
"""Points that two parts of a rule are apart at most, up and down and across."""


def rules_on(page: Any, least: float = 2.0) -> Iterable[Rule]:
    """Yield height and ends of each rule that is wider: a line, a thin box, or what is drawn as a thin picture."""
    for each in (*page.lines, *page.rects, *page.images):
        top, bottom = float(each["top"]), float(each["bottom"])
        x0, x1 = float(each["x0"]), float(each["x1"])
        if bottom - top < 2 and x1 - x0 > least:
            yield (top + bottom) / 2, x0, x1


def bands_on(page: Any) -> list[Box]:
    """Return the filled boxes as high as a row, as one those that go on in each other."""
    found: list[Box] = []
    boxes = [tuple(float(each[name]) for name in ("x0", "top", "x1", "bottom")) for each in page.rects if each["fill"]]
    rows = [(x0, top, x1, bottom) for x0, top, x1, bottom in boxes if LOWEST < bottom - top < HIGHEST]
    for x0, top, x1, bottom in sorted(rows, key=lambda box: (round(box[1]), round(box[3]), box[0])):
        last = found[-1] if found else (0.0, 0.0, 0.0, 0.0)
        if abs(top - last[1]) < LEVEL and abs(bottom - last[3]) < LEVEL and x0 - last[2] < LEVEL:
            found[-1] = last[0], last[1], max(last[2], x1), last[3]
        else:
            found.append((x0, top, x1, bottom))
    return found


def whole_rules(rules: Iterable[Rule]) -> list[Rule]:
    """Return rules, as one those that go on in each other, as the borders of the cells of office programs do."""
    found: list[Rule] = []
    for y, x0, x1 in sorted(rules, key=lambda rule: (round(rule[0]), rule[1])):
        if found and abs(y - found[-1][0]) < LEVEL and x0 - found[-1][2] < LEVEL:
            found[-1] = found[-1][0], found[-1][1], max(found[-1][2], x1)
        else:
            found.append((y, x0, x1))
    return found


def bars_on(page: Any) -> Iterable[Bar]:
    """Yield place and ends of each vertical rule: a line, or a thin box."""
    for each in (*page.lines, *page.rects):
        top, bottom = float(each["top"]), float(each["bottom"])
        x0, x1 = float(each["x0"]), float(each["x1"])
        if x1 - x0 < 2 and bottom - top > 4:
            yield (x0 + x1) / 2, top, bottom
