"""Heads that stand in the middle of lines, on a piece of their own, and say which way the line goes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.drawings.arrows import NEAR, Arrow, apart
from extract.drawings.drawing import Colour

Drawn = tuple[Arrow, Colour | None]
SHORT = 0.7
"""How long the piece with the head is at most, as a share of the line that it is on."""


def directed(arrows: Sequence[Drawn]) -> list[Drawn]:
    """Return lines without the pieces of others that have heads: their heads are those of the lines that they are on.

    A line that ends where another one begins goes on with it.
    """
    pieces = [each for each, _ in arrows if any(each.heads) and not all(each.heads)]
    lines = [each for each, _ in arrows if not any(each.heads)]
    given: set[int] = set()
    told = []
    for piece in pieces:
        tail, tip = piece.end(piece.tail), piece.end(1 - piece.tail)
        under = [each for each in lines if _is_on(piece, each)]
        line = min(under, key=lambda each: each.away(tail) + each.away(tip), default=None)
        if line is not None:
            given.add(id(piece))
            told.append((line, 1 if _place(line, tip) > _place(line, tail) else 0))
    for line, end in told:
        line.heads[end] = True
    kept = [(each, colour) for each, colour in arrows if id(each) not in given]
    ways = {id(line) for line, _ in told}
    return _joined([(each, colour) for each, colour in kept if id(each) in ways]) + [
        (each, colour) for each, colour in kept if id(each) not in ways
    ]


def _length(arrow: Arrow) -> float:
    return sum(apart(a, b) for a, b in pairwise(arrow.points))


def _is_on(piece: Arrow, line: Arrow) -> bool:
    near = all(line.is_near(piece.end(at), NEAR / 2) for at in (0, 1))
    return near and _length(piece) < SHORT * _length(line)


def _place(line: Arrow, point: tuple[float, float]) -> float:
    """Return how far along a line the place is that is nearest to a point."""
    passed, best = 0.0, (float("inf"), 0.0)
    for a, b in pairwise(line.points):
        length = apart(a, b)
        share = ((point[0] - a[0]) * (b[0] - a[0]) + (point[1] - a[1]) * (b[1] - a[1])) / (length * length or 1.0)
        t = max(0.0, min(1.0, share))
        away = apart(point, (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
        best = min(best, (away, passed + t * length))
        passed += length
    return best[1]


def _joined(ways: Sequence[Drawn]) -> list[Drawn]:
    """Return lines with a way, those of which one ends where the next begins as one."""
    left = [(list(each.points) if each.heads[1] else list(each.points)[::-1], colour) for each, colour in ways]
    found: list[Drawn] = []
    while left:
        points, colour = left.pop(0)
        while True:
            ahead = next((each for each in left if apart(each[0][0], points[-1]) < NEAR / 2), None)
            back = next((each for each in left if apart(each[0][-1], points[0]) < NEAR / 2), None)
            if ahead is not None and sum(apart(each[0][0], points[-1]) < NEAR / 2 for each in left) == 1:
                left.remove(ahead)
                points = points + ahead[0][1:]
            elif back is not None and sum(apart(each[0][-1], points[0]) < NEAR / 2 for each in left) == 1:
                left.remove(back)
                points = back[0] + points[1:]
            else:
                break
        found.append((Arrow(points, heads=[False, True]), colour))
    return found
