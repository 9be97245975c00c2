"""Dashed lines of which each dash is drawn by itself, one after the other: a row of dashes becomes one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from statistics import median

from extract.drawings.arrows import apart
from extract.drawings.drawing import Path, Point

LONGEST, WIDEST = 12.0, 5.0
"""Points of a dash at most, along and across."""
SLENDER = 1.4
"""How much longer than wide a dash is at least."""
FEWEST = 6
"""Dashes of a line at least: fewer are three dots, or a legend's."""
APART = 2.5
"""How far from each other the middles of dashes are at most, as a share of their length."""
ALIKE = 2.0
"""How much longer than the middle one of its row a dash is at most, or shorter."""
AHEAD = 0.85
"""The cosine at least between a dash and the way to the next one."""
MOST_ASIDE = 0.2
"""The share of the dashes of a row at most that lie aside of it: those in its corners."""


@dataclass(frozen=True)
class _Dash:
    ends: tuple[Point, Point]
    middle: Point
    long: float


def rows_joined(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield paths with a line in place of each row of dashes that leads from one place to another.

    What goes around in a ring is a frame, and stays as it is.
    """
    row: list[tuple[Path, _Dash]] = []
    for path in paths:
        dash = _dash_of(path)
        if row and (dash is None or not _follows(path, dash, *row[-1])):
            yield from _joined(row)
            row = []
        if dash is None:
            yield path
        else:
            row.append((path, dash))
    yield from _joined(row)


def _dash_of(path: Path) -> _Dash | None:
    """Return a dash: a small slender area, or a short straight line."""
    left, top, right, bottom = path.box
    if hypot(right - left, bottom - top) > LONGEST or path.filled == path.stroked:
        return None
    points = list(dict.fromkeys(path.points))
    if len(points) < 2 or (path.stroked and (path.closed or len(points) > 2)):
        return None
    a, b = max(
        ((p, q) for i, p in enumerate(points) for q in points[i + 1 :]),
        key=lambda pair: apart(*pair),
    )
    long = apart(a, b)
    if long <= 0:
        return None
    aside = [((x - a[0]) * (b[1] - a[1]) - (y - a[1]) * (b[0] - a[0])) / long for x, y in points]
    wide = max(aside) - min(aside)
    if wide > WIDEST or long < SLENDER * wide:
        return None
    return _Dash((a, b), ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), long)


def _follows(path: Path, dash: _Dash, before: Path, last: _Dash) -> bool:
    """Tell a dash that comes next in the row of another one, drawn as it is: with a gap, and not far."""
    away = apart(dash.middle, last.middle)
    alike = path.filled == before.filled and path.colour == before.colour
    return alike and 0.5 * (dash.long + last.long) < away < APART * max(dash.long, last.long)


def _joined(row: Sequence[tuple[Path, _Dash]]) -> Iterator[Path]:
    dashes = [dash for _, dash in row]
    if len(row) < FEWEST or not _is_line(dashes):
        yield from (path for path, _ in row)
        return
    first, last = dashes[0], dashes[-1]
    start, end = _farther(first.ends, dashes[1].middle), _farther(last.ends, dashes[-2].middle)
    # A line begins with a dash, and may end up to a gap behind its last one.
    gap = max(0.0, median(apart(a.middle, b.middle) - (a.long + b.long) / 2 for a, b in pairwise(dashes)))
    back = apart(end, dashes[-2].middle)
    end = end[0] + (end[0] - dashes[-2].middle[0]) * gap / back, end[1] + (end[1] - dashes[-2].middle[1]) * gap / back
    points = (start, *(each.middle for each in dashes[1:-1]), end)
    yield Path(points, False, False, True, len(points), row[0][0].colour)


def _is_line(dashes: Sequence[_Dash]) -> bool:
    """Tell dashes that are alike, lie along their row, and do not come back to where they begin."""
    usual = median(each.long for each in dashes)
    if apart(dashes[0].middle, dashes[-1].middle) < APART * usual:
        return False
    steps = [(b.middle[0] - a.middle[0], b.middle[1] - a.middle[1]) for a, b in pairwise(dashes)]
    alike = sum(usual / ALIKE < each.long < usual * ALIKE for each in dashes)
    along = sum(_is_along(dash, step) for dash, step in zip(dashes, steps, strict=False))
    least = 1 - MOST_ASIDE
    return alike >= least * len(dashes) and along >= least * len(steps)


def _is_along(dash: _Dash, step: Point) -> bool:
    (x0, y0), (x1, y1) = dash.ends
    return abs((x1 - x0) * step[0] + (y1 - y0) * step[1]) >= AHEAD * dash.long * hypot(*step)


def _farther(ends: tuple[Point, Point], place: Point) -> Point:
    return max(ends, key=lambda each: apart(each, place))
