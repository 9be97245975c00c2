"""Lines and boxes of a drawing by where they are: what is near a place is found without a look at all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extract.drawings.arrows import NEAR, Arrow, Box, apart
from extract.drawings.drawing import Point

ON = NEAR / 2
"""Points up to which something is on a line."""


class BoxIndex:
    """Boxes, to be found by what touches them."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._left, self._top, self._right, self._bottom = np.array(boxes, float).reshape(-1, 4).T.copy()

    def touching(self, box: Box, near: float = 0.0) -> list[int]:
        """Return the boxes that are so near a box, across and down, by their numbers."""
        left, top, right, bottom = box
        found = (self._left <= right + near) & (self._right >= left - near)
        found &= (self._top <= bottom + near) & (self._bottom >= top - near)
        return list(map(int, np.flatnonzero(found)))


class LineIndex:
    """Lines, to be found by points on them, or that end on a line, in their order. It holds while their points stay."""

    def __init__(self, arrows: Sequence[Arrow]) -> None:
        self.arrows = arrows
        self._boxes = BoxIndex([each.box for each in arrows])
        self._ends = BoxIndex([(*each.end(at), *each.end(at)) for each in arrows for at in (0, 1)])
        self._at: dict[Point, list[Arrow]] = {}
        self._on: dict[int, list[tuple[Arrow, int]]] = {}

    def touching(self, box: Box, near: float) -> list[Arrow]:
        """Return the lines of which the box around them is so near a box: all that are as near to what is in it."""
        return [self.arrows[i] for i in self._boxes.touching(box, near)]

    def at(self, point: Point) -> list[Arrow]:
        """Return the lines that a point is on."""
        if point not in self._at:
            near = self.touching((*point, *point), ON)
            self._at[point] = [each for each in near if each.is_near(point, ON)]
        return self._at[point]

    def ending_on(self, line: Arrow) -> list[tuple[Arrow, int]]:
        """Return the ends of other lines that are on a line."""
        if id(line) not in self._on:
            near = [(each, at) for each, at in self._ends_in(line.box) if each is not line]
            self._on[id(line)] = [(each, at) for each, at in near if line.is_near(each.end(at), ON)]
        return self._on[id(line)]

    def ends_at(self, point: Point, near: float = ON) -> list[tuple[Arrow, int]]:
        """Return the ends of lines that are at a point, or so near it."""
        return [(each, at) for each, at in self._ends_in((*point, *point), near) if apart(each.end(at), point) <= near]

    def tails_at(self, point: Point, near: float = ON) -> list[Arrow]:
        """Return the lines that begin at a point, or so near it, and come from no box."""
        ends = self.ends_at(point, near)
        return [each for each, at in ends if at == each.tail and each.boxes[at] is None and not each.heads[at]]

    def _ends_in(self, box: Box, near: float = ON) -> list[tuple[Arrow, int]]:
        return [(self.arrows[i // 2], i % 2) for i in self._ends.touching(box, near)]
