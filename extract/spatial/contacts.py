"""Where cuboids touch each other in space, and where lines leave and reach them: in the middles of their faces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from extract.drawings.arrows import apart
from extract.drawings.drawing import Point

if TYPE_CHECKING:
    from extract.spatial.solids import Solid

CLOSE = 2.5
"""Points between the middles of faces that are one place."""
SAME = 1.5
"""Points between edges of faces that are one."""


def east(solid: Solid) -> Point:
    """Return the middle of the face on the right."""
    return _middle(solid, solid.front[2])


def west(solid: Solid) -> Point:
    """Return the middle of the face on the left, which is behind the one in front."""
    return _middle(solid, solid.front[0])


def _middle(solid: Solid, x: float) -> Point:
    aside, up = solid.box[2] - solid.front[2], solid.front[1] - solid.box[1]
    return x + aside / 2, (solid.front[1] + solid.front[3]) / 2 - up / 2


def is_cuboid(solid: Solid) -> bool:
    """Tell what goes back to the right and up, as most cuboids do, from other volumes."""
    front, box = solid.front, solid.box
    low = abs(front[0] - box[0]) < SAME and abs(front[3] - box[3]) < SAME
    return solid.deep and low and box[2] - front[2] > SAME and front[1] - box[1] > SAME


def touch(a: Solid, b: Solid) -> bool:
    """Tell cuboids of which the second stands at the right face of the first."""
    return is_cuboid(a) and is_cuboid(b) and apart(east(a), west(b)) < CLOSE


def follows(a: Solid, b: Solid) -> bool:
    """Tell a cuboid that stands behind another one in a row, at its right face or apart from it."""
    if not (is_cuboid(a) and is_cuboid(b)):
        return False
    (x, y), (u, v) = east(a), west(b)
    return abs(y - v) < CLOSE and u > x - CLOSE


def at_face(point: Point, solids: Sequence[Solid], *, leaves: bool) -> int | None:
    """Return the cuboid in the middle of whose face a line ends: it leaves at the right face, and reaches the left.

    One that leads over others leaves at the edge behind the right face, or the middle above, and ends there.
    """
    found = []
    for i, each in enumerate(solids):
        if not is_cuboid(each):
            continue
        faces = [east(each), west(each)] if leaves else [west(each), east(each)]
        for rank, place in enumerate([*faces, *_above(each), *_below(each)]):
            if (away := apart(point, place)) < CLOSE:
                found.append((rank, away, i))
    return min(found)[2] if found else None


def _above(solid: Solid) -> list[Point]:
    (left, top, right, _), up = solid.front, solid.front[1] - solid.box[1]
    aside = solid.box[2] - right
    return [
        ((left + right + aside) / 2, top - up / 2),
        (right + aside / 2, top - up / 2),
        (left + aside / 2, top - up / 2),
    ]


def _below(solid: Solid) -> list[Point]:
    high = solid.front[3] - solid.front[1]
    return [(x, y + high) for x, y in _above(solid)]
