"""A page on which regions are proposed for captions: its ink without running text, and what bounds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extract.pages.bodies import Body
from extract.pages.labels import Label
from extract.pages.manner import Manner
from extract.pages.page import Line
from extract.pages.sheets import Box, Ink, Sheet, runs_of


@dataclass(frozen=True)
class Field:
    """A page to propose on: what bounds regions, the ink that may be in them, and which of that is no letter."""

    width: int
    height: int
    columns: tuple[tuple[float, float], ...]
    bounds: tuple[Box, ...]
    others: tuple[Box, ...]
    labels: tuple[Label, ...]
    content: Ink
    drawn: Ink
    size: float

    @classmethod
    def of(cls, sheet: Sheet, ink: Ink, body: Body, labels: Sequence[Label], manner: Manner) -> Field:
        """Return the field of a page."""
        content = ink.copy()
        height, width = content.shape
        for line in (*body.text, *body.margin, *(line for label in labels for line in label.lines)):
            _blank(content, _of_words(line))
        for label in labels:
            if label.rule is not None:
                y, x0, x1 = label.rule
                content[y : y + 2, x0:x1] = ink[y : y + 2, x0:x1]
        for box in sheet.turned:
            if box[2] < 0.075 * width or box[0] > 0.925 * width:
                _blank(content, box)
        _blank_rules(content, body.margin)
        drawn = content.copy()
        for word in sheet.words:
            _blank(drawn, (word.x0, word.top, word.x1, word.bottom))
        bounds, others = (
            tuple((line.x0, line.top, line.x1, line.bottom) for line in lines) for lines in (body.text, body.other)
        )
        columns = tuple(manner.columns(sheet.width))
        return cls(width, height, columns, bounds, others, tuple(labels), content, drawn, manner.size)


def _of_words(line: Line) -> Box:
    words = line.words
    return (
        min(each.x0 for each in words),
        min(line.top, *(each.top for each in words)),
        max(each.x1 for each in words),
        max(line.bottom, *(each.bottom for each in words)),
    )


def _blank(ink: Ink, box: Box) -> None:
    left, top, right, bottom = box
    ink[max(0, int(top) - 1) : max(0, int(bottom) + 2), max(0, int(left) - 1) : max(0, int(right) + 2)] = False


def _blank_rules(ink: Ink, margin: Sequence[Line]) -> None:
    """Take away the rules that stand close to what is in the margins."""
    for line in margin:
        top, bottom = max(0, int(line.top) - 12), int(line.bottom) + 12
        for first, last in runs_of(ink[top:bottom].any(axis=1)):
            if last - first <= 3:
                ink[top + first : top + last] = False
