"""What forms a figure shows as a picture: boxes, slanted faces, discs, lines at an angle, photographs.

A region is what edges enclose, whether its outline is drawn or its fill ends there: a bitmap is seen as a drawing is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p
from typing import Any

import numpy as np

from extract.pages.sheets import Picture

MOST = 4000
"""Regions that are looked at, and straight segments."""
EDGE = 18
"""Levels from point to point from which on there is an edge."""
LEAST_AREA, LEAST_SIDE = 40, 5
"""Points of a region at least, and of its sides; less is a letter."""
NEAR = 6
"""Points between the sides of a box and of a face that are one."""
LONG = 14
"""Points of a straight segment at least."""
POINTS = 500_000
"""Points of a picture in which discs are looked for, of `RADII` and `APART` from each other."""
RADII, APART = (7, 60), 10


@dataclass(frozen=True)
class Region:
    """A region: its corner, its size, and whether it is a box, or a face whose sides are slanted.

    A face lies, with two level sides, or stands, with two upright ones: as the tops and the sides of cuboids do.
    """

    x: int
    y: int
    wide: int
    high: int
    is_box: bool
    is_face: bool
    lies: bool = False
    stands: bool = False


def outlines_of(picture: Picture) -> dict[str, float]:
    """Return the traits of a picture by their names; counts are logarithms."""
    import cv2

    regions = regions_of(picture)
    boxes = [each for each in regions if each.is_box]
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    ends, angles, lengths = _segments(grey)
    long = lengths > LONG
    sloping = long & (np.abs(angles - 45) < 35)
    photos, share = _photographs(picture)
    return {
        "rectangles": log1p(len(boxes)),
        "faces": log1p(sum(each.is_face for each in regions)),
        "lying": log1p(sum(each.lies for each in regions)),
        "standing": log1p(sum(each.stands for each in regions)),
        "cuboids": log1p(_cuboids(regions)),
        "fans": log1p(_fans(ends[sloping][: MOST // 4])),
        "piled": log1p(len(_piled(boxes))),
        "sloping": log1p(int(sloping.sum())),
        "straight": log1p(int((long & ~sloping).sum())),
        "sloping_share": float(lengths[sloping].sum() / max(1.0, lengths[long].sum())),
        "photo": share,
        "photos": log1p(photos),
    }


def regions_of(picture: Picture) -> list[Region]:
    """Return the regions of a picture that are neither its ground nor as small as letters."""
    import cv2

    high, wide = picture.shape[:2]
    flat = np.where(_edges(picture), 0, 255).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(flat, connectivity=4)
    found = []
    for each in sorted(range(1, count), key=lambda each: -int(stats[each][4]))[:MOST]:
        x, y, w, h, area = (int(value) for value in stats[each])
        if area >= LEAST_AREA and min(w, h) >= LEAST_SIDE and (w < 0.9 * wide or h < 0.9 * high):
            found.append(Region(x, y, w, h, *_form(labels[y : y + h, x : x + w] == each)))
    return found


def _edges(picture: Picture) -> Any:
    """Return where a point differs much from the one at its right or below."""
    edges = np.zeros(picture.shape[:2], bool)
    edges[:, :-1] |= steps_of(picture, 1) > EDGE
    edges[:-1] |= steps_of(picture, 0) > EDGE
    return edges


def steps_of(picture: Picture, axis: int) -> Any:
    """Return by how many levels points differ from the ones below (0) or right of them (1), in any colour."""
    colours = (np.ascontiguousarray(picture[..., each]).astype(np.int16) for each in range(3))
    red, green, blue = (np.abs(np.diff(each, axis=axis)) for each in colours)
    return np.maximum(np.maximum(red, green), blue)


def _form(marks: Any) -> tuple[bool, bool, bool, bool]:
    """Tell whether a region is an upright box, and whether a slanted face that lies or stands; a frame is none."""
    import cv2

    contours, _ = cv2.findContours(np.pad(marks.astype(np.uint8), 1), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=cv2.contourArea)
    high, wide = marks.shape
    area = cv2.contourArea(outline)
    if marks.sum() < 0.3 * area:
        return False, False, False, False
    if area > 0.9 * (wide - 1) * (high - 1):
        return True, False, False, False
    corners = cv2.approxPolyDP(outline, 0.03 * cv2.arcLength(outline, True), True)[:, 0, :]
    whole = len(corners) == 4 and cv2.isContourConvex(corners) and cv2.contourArea(corners) > 0.85 * area
    is_face = bool(whole) and _is_parallelogram(corners.tolist())
    return False, is_face, is_face and _has_sides(corners, 1), is_face and _has_sides(corners, 0)


def _has_sides(corners: Any, axis: int) -> bool:
    """Tell whether two sides of a face are level (axis 1), or upright (axis 0)."""
    steps = np.abs(np.roll(corners, -1, axis=0) - corners)
    return int((steps[:, axis] <= np.maximum(2, 0.12 * steps[:, 1 - axis])).sum()) >= 2


def _cuboids(regions: Sequence[Region]) -> int:
    """Return how many boxes have a lying face along all of their top, or a standing one along all of a side."""
    boxes = [each for each in regions if each.is_box][:400]
    cells = _piled(boxes)
    faces = [each for each in regions if each.is_face][:400]

    def level(box: Region, face: Region) -> bool:
        corner = min(abs(face.x - box.x), abs(face.x + face.wide - box.x - box.wide)) < NEAR
        return face.lies and corner and face.wide > box.wide - NEAR and abs(face.y + face.high - box.y) < NEAR

    def upright(box: Region, face: Region) -> bool:
        corner = min(abs(face.y - box.y), abs(face.y + face.high - box.y - box.high)) < NEAR
        aside = min(abs(face.x - box.x - box.wide), abs(face.x + face.wide - box.x)) < NEAR
        return face.stands and corner and face.high > box.high - NEAR and aside

    return sum(any(level(box, face) or upright(box, face) for face in faces) for box in boxes if box not in cells)


def _fans(ends: Any, near: int = 6) -> int:
    """Return how many places at least three straight segments at an angle lead to."""
    if len(ends) < 3:
        return 0
    points = ends.reshape(-1, 2)
    close = np.abs(points[:, None] - points[None]).max(axis=2) < near
    leading = points[close.sum(axis=1) >= 3]
    return len(np.unique(np.round(leading / (2 * near)), axis=0))


def _is_parallelogram(corners: Sequence[Sequence[int]]) -> bool:
    sides = [(b[0] - a[0], b[1] - a[1]) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)]
    apart = max(abs(a[0] + b[0]) + abs(a[1] + b[1]) for a, b in zip(sides[:2], sides[2:], strict=True))
    return apart < max(4, 0.15 * max(abs(x) + abs(y) for x, y in sides))


def _piled(boxes: Sequence[Region]) -> list[Region]:
    """Return the boxes that stand close upon, or beside, one that is as wide, or as high."""
    boxes = [each for each in boxes if each.wide * each.high > 150][:400]

    def touches(a: Region, b: Region) -> bool:
        gap = 0.3 * a.high
        beside = abs(a.y - b.y) < 4 and abs(a.high - b.high) < 5 and 0 <= b.x - a.x - a.wide < gap
        upon = abs(a.x - b.x) < 4 and abs(a.wide - b.wide) < 5 and 0 <= b.y - a.y - a.high < gap
        return beside or upon

    return [a for a in boxes if any(touches(a, b) or touches(b, a) for b in boxes)]


def discs_of(picture: Picture) -> int:
    """Return how many discs or circles of one size there are, of the size that most have."""
    import cv2

    scale = (POINTS / (picture.shape[0] * picture.shape[1])) ** 0.5
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    method, (least, most) = cv2.HOUGH_GRADIENT_ALT, RADII
    found = cv2.HoughCircles(grey, method, 1.5, APART, param1=200, param2=0.8, minRadius=least, maxRadius=most)
    if found is None:
        return 0
    radii = found[0][:, 2]
    return max(int((abs(radii - each) < 0.15 * each).sum()) for each in radii)


def _segments(grey: Any) -> tuple[Any, Any, Any]:
    """Return the ends of the straight segments, their angles to the rows, from 0 to 90 degrees, and their lengths."""
    import cv2

    lines = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE).detect(grey)[0]
    ends = np.zeros((0, 4)) if lines is None else lines[:MOST, 0, :]
    across, down = np.abs(ends[:, 2] - ends[:, 0]), np.abs(ends[:, 3] - ends[:, 1])
    return ends, np.degrees(np.arctan2(down, across)), np.hypot(across, down)


FEWEST = 6
"""Squares of a photograph at least."""
PAPER, COVERED = 245, 0.5
"""The level from which on a point is paper, and the share of others at least in a square of a photograph."""
MESH = 9
"""Points within which there is paper between the lines of a mesh, and none in a photograph."""


def _photographs(picture: Picture, side: int = 16) -> tuple[int, float]:
    """Return how many photographs there are, and the share of their squares.

    In a photograph many points differ a little from those beside them, and there is no paper between them.
    """
    import cv2

    steps = steps_of(picture, 1)
    soft = (steps > 4) & (steps < 70)
    rows, columns = soft.shape[0] // side, soft.shape[1] // side
    if not rows or not columns:
        return 0, 0.0

    def share(marks: Any) -> Any:
        return marks[: rows * side, : columns * side].reshape(rows, side, columns, side).mean(axis=(1, 3))

    ground = cv2.dilate(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.ones((MESH, MESH), np.uint8))
    squares = (share(soft) > 0.35) & (share(ground < PAPER) > COVERED)
    stats = cv2.connectedComponentsWithStats(squares.astype(np.uint8), connectivity=4)[2]
    return int((stats[1:, 4] >= FEWEST).sum()), float(squares.mean())
