"""Gaps that tools leave where an arrow goes on from a line: it is drawn apart, and is shortened a little."""

from __future__ import annotations

from collections.abc import Sequence

from extract.drawings.arrows import NEAR, SHORT_OF, Arrow, apart
from extract.drawings.drawing import Point
from extract.drawings.line_index import LineIndex


def without_gaps(arrows: Sequence[Arrow]) -> None:
    """Let the tails of arrows that touch nothing begin at the line that is near, if there is one."""
    lines = LineIndex(arrows)
    grown = []
    for arrow in arrows:
        tail = arrow.tail
        if not arrow.heads[1 - tail] or arrow.heads[tail] or arrow.boxes[tail] is not None:
            continue
        point = arrow.end(tail)
        if all(each is arrow for each in lines.at(point)) and (start := _start(point, arrow, lines)) is not None:
            grown.append((arrow, tail, start))
    for arrow, tail, start in grown:
        arrow.points = [start, *arrow.points] if tail == 0 else [*arrow.points, start]


def _start(point: Point, arrow: Arrow, lines: LineIndex) -> Point | None:
    """Return the loose end of a line without heads at which an arrow begins, else the place on one that it leaves."""
    ends = [
        each.end(at)
        for each, at in lines.ends_at(point, NEAR)
        if each is not arrow and not any(each.heads) and each.boxes[at] is None
    ]
    if ends:
        return ends[0] if len(ends) == 1 else None
    (x, y), (dx, dy) = point, arrow.way(arrow.tail)
    behind = [(x + step * dx, y + step * dy) for step in range(1, round(NEAR) + 1)]
    return next((each for each in behind if _is_on_line(each, arrow, lines)), None)


def _is_on_line(point: Point, arrow: Arrow, lines: LineIndex) -> bool:
    """Tell a place on another line, away from its heads."""
    others = (each for each in lines.at(point) if each is not arrow and each.is_near(point, 1.0))
    return any(all(apart(each.end(at), point) > SHORT_OF for at in (0, 1) if each.heads[at]) for each in others)
