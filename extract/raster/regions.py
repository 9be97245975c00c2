"""The boxes of a picture: closed outlines with letters in them, of one cell or several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from extract.drawings.arrows import Box
from extract.drawings.drawing import DrawingError
from extract.raster.cells import WALL, Cell, grouped
from extract.raster.crossed import crossed
from extract.raster.dashed_frames import with_dashed_boxes
from extract.raster.ink import BLACK, LETTER, Ink, with_faint_edges
from extract.raster.shades import AWAY, is_lighter, shades_of
from extract.raster.spots import Mask, spots_of

MOST_CELLS = 5_000
"""Cells of a picture at most."""
NARROWEST, LOWEST = 24, 20
"""Pixels across and down that a cell has at least: less holds no text."""
CONVEX = 0.95
"""The share of its hull that a cell fills: between lines that lead about, ground is dented."""
FULL = 0.7
"""The share of the box around it that a cell fills: an ellipse has 0.785."""
BENT, ASIDE = 0.02, 0.06
"""By how much the sides of a diamond may bend and its corners stand aside, as shares of how wide and high it is."""
BAR = 11
"""Pixels that a black area is thick at least that is a title and not a line."""
RING = 2 * LETTER
"""Pixels across of the circle of a sign that stands in a box, at most."""
STRAIGHT, MOST = 0.15, 20.0
"""Degrees by which a picture is turned that is left as it is, and that is no mistake of a scanner's."""
WIDEST = 32_000
"""Pixels of a side that OpenCV turns at most."""
Labels = np.ndarray[Any, np.dtype[np.int32]]
"""To what each pixel belongs (height, width), by number."""


@dataclass(frozen=True)
class Node:
    """A box: the place of all of it with its border, and its cells from the top down."""

    box: Box
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Boxes:
    """The boxes of a picture: whose each pixel is with its border, by the box's number from 1, and which lie inside.

    Black boxes are inside with their borders; of others the border is left, in which the head of an arrow may end.
    """

    nodes: tuple[Node, ...]
    zones: Labels
    inside: Mask


def upright(ink: Ink) -> tuple[Ink, list[Cell]]:
    """Return a picture turned so that its cells stand upright, where they do not, and its cells.

    One that is very large is left as it is.
    """
    cells = cells_of(ink)
    degrees = _tilt(cells)
    if not STRAIGHT < abs(degrees) < MOST or max(ink.gray.shape) >= WIDEST:
        return ink, cells
    turned = ink.upright(degrees)
    return turned, cells_of(turned)


def cells_of(ink: Ink) -> list[Cell]:
    """Return what may be cells in a picture."""
    drawn = [*_closed_in(ink, with_dashed_boxes(ink.dark)), *_bars(ink.dark), *_circles(ink.dark)]
    drawn += _without_known(_closed_in(ink, with_faint_edges(ink.gray, ink.dark)), drawn)
    return [*drawn, *_shaded(ink, drawn)]


def _without_known(cells: Sequence[Cell], known: Sequence[Cell]) -> list[Cell]:
    """Return the cells that lie in none that is known, and in which none lies."""
    middles = np.array([[(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] for box in (each.box for each in known)])
    boxes = np.array([each.box for each in known]).reshape(-1, 4)
    found = []
    for cell in cells:
        x0, y0, x1, y1 = cell.box
        middle = (x0 + x1) / 2, (y0 + y1) / 2
        holds = ((middles > (x0, y0)) & (middles < (x1, y1))).all(1) if len(middles) else np.zeros(0, bool)
        is_held = (boxes[:, :2] < middle).all(1) & (boxes[:, 2:] > middle).all(1)
        if not holds.any() and not is_held.any():
            found.append(cell)
    return found


def _shaded(ink: Ink, drawn: Sequence[Cell]) -> Iterator[Cell]:
    """Yield the areas of one shade that no other cell is about the middle of, or stands in with a part of it."""
    import cv2

    boxes = np.array([cell.box for cell in drawn]).reshape(-1, 4)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    for outline, inverted in shades_of(ink.gray, NARROWEST, LOWEST):
        x, y, across, down = cv2.boundingRect(outline)
        holds = (middles > (x, y)).all(1) & (middles < (x + across, y + down)).all(1)
        middle = x + across / 2, y + down / 2
        is_held = (boxes[:, :2] < middle).all(1) & (boxes[:, 2:] > middle).all(1)
        if not (holds & is_held).any() and not _cut((x, y, x + across, y + down), boxes).any():
            yield Cell((x, y, x + across, y + down), outline, inverted, AWAY)


def _cut(area: Box, boxes: Any) -> Any:
    """Tell the boxes that stand in an area in part: lines part it, and it is what is left of a panel behind them."""
    inner = np.add(area, (2 * AWAY, 2 * AWAY, -2 * AWAY, -2 * AWAY))
    meets = (boxes[:, :2] < inner[2:]).all(1) & (boxes[:, 2:] > inner[:2]).all(1)
    within = (boxes[:, :2] >= area[:2]).all(1) & (boxes[:, 2:] <= area[2:]).all(1)
    around = (boxes[:, :2] <= area[:2]).all(1) & (boxes[:, 2:] >= area[2:]).all(1)
    return meets & ~within & ~around


def _circles(dark: Mask) -> Iterator[Cell]:
    """Yield the circles that a sign cuts into parts, as cells of their own."""
    import cv2

    for outline in crossed(dark):
        x, y, wide, high = cv2.boundingRect(outline)
        yield Cell((x, y, x + wide, y + high), outline)


def _tilt(cells: Sequence[Cell]) -> float:
    """Return by how many degrees most of the cells' length is turned, with the clock."""
    import cv2

    found = []
    for cell in cells:
        _, (wide, high), degrees = cv2.minAreaRect(cell.outline)
        found.append(((degrees + 45) % 90 - 45, max(wide, high)))
    found.sort()
    total, passed = sum(length for _, length in found), 0.0
    for degrees, length in found:
        passed += length
        if passed >= total / 2:
            return degrees
    return 0.0


def boxes_of(ink: Ink, cells: Sequence[Cell]) -> Boxes:
    """Return the boxes of a picture that stands upright, out of its cells. Raises DrawingError where they are many."""
    import cv2

    cells = _without_frames(cells)
    if len(cells) > MOST_CELLS:
        raise DrawingError(f"has more than {MOST_CELLS} boxes")
    nodes, zones, inside = [], np.zeros(ink.dark.shape, np.int32), np.zeros_like(ink.dark)
    for number, group in enumerate(grouped(cells, ink.dark), 1):
        nodes.append(_node(group, ink.dark, zones, number))
        if any(cell.inverted for cell in group):
            left, top, right, bottom = (round(each) for each in nodes[-1].box)
            inside[top:bottom, left:right] = 1
        else:
            cv2.drawContours(inside, [cell.outline for cell in group], -1, 1, -1)
    return Boxes(tuple(nodes), zones, inside)


def _closed_in(ink: Ink, lines: Mask) -> list[Cell]:
    """Return the areas that one of some lines closes in, convex and with marks in them."""
    import cv2

    found, dark = [], ink.dark
    for line in spots_of(lines).holes:
        x, y, across, down = cv2.boundingRect(line)
        if across - 2 < NARROWEST or down - 2 < LOWEST:
            continue
        inside = cv2.drawContours(np.zeros((down, across), np.uint8), [line - (x, y)], -1, 1, -1)
        cv2.drawContours(inside, [line - (x, y)], -1, (0,), 1)
        outlines, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        outline = max(outlines, key=cv2.contourArea)
        if not _is_full(outline) or cv2.contourArea(outline) < CONVEX * cv2.contourArea(cv2.convexHull(outline)):
            continue
        if cv2.countNonZero(cv2.bitwise_and(inside, dark[y : y + down, x : x + across])) > 12:
            left, top, wide, high = cv2.boundingRect(outline)
            box = (x + left, y + top, x + left + wide, y + top + high)
            own = ink.gray[y : y + down, x : x + across][inside > 0]
            shade = int(np.median(own))
            inverted = shade > BLACK and is_lighter(own, shade)  # Else it is within a light letter on black.
            found.append(Cell(box, np.add(outline, (x, y)).astype(np.int32), inverted))
    return found


def _bars(dark: Mask) -> list[Cell]:
    """Return the black areas with light letters in them."""
    import cv2

    solid = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((BAR, BAR), np.uint8))
    found = []
    for outline in cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        x, y, across, down = cv2.boundingRect(outline)
        if across > NARROWEST and down > LOWEST and _is_full(outline):
            # Without the heads of arrows that end at it, which are as black.
            area = cv2.drawContours(np.zeros((down, across), np.uint8), [np.subtract(outline, (x, y))], -1, 1, -1)
            rows, columns = (np.flatnonzero(np.asarray(area).mean(axis) > 0.5) for axis in (1, 0))
            if not len(rows) or not len(columns):
                continue  # A slanted band.
            left, top, right, bottom = int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
            box = (x + left, y + top, x + right, y + bottom)
            found.append(Cell(box, np.asarray(outline, np.int32), inverted=True))
    return found


def _is_full(outline: Any) -> bool:
    import cv2

    _, (wide, high), _ = cv2.minAreaRect(outline)
    return bool(cv2.contourArea(outline) > FULL * wide * high) or _is_diamond(outline)


def _is_diamond(outline: Any) -> bool:
    """Tell an area with a corner above, below, and at either side of its middle, as that of a question."""
    import cv2

    x, y, wide, high = cv2.boundingRect(outline)
    corners = cv2.approxPolyDP(outline, BENT * (wide + high), True).reshape(-1, 2)
    away = np.sort(np.abs((corners - (x, y)) / (wide, high) - 0.5), axis=1)
    return len(corners) == 4 and bool((np.abs(away - (0.0, 0.5)) < ASIDE).all())


def _without_frames(cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells that hold no other, and what is in a black one as no cell: light letters."""
    black = np.array([cell.box for cell in cells if cell.inverted]).reshape(-1, 4)

    def is_letter(box: Box) -> bool:
        return bool(((black[:, :2] <= box[:2]).all(1) & (black[:, 2:] >= box[2:]).all(1)).any())

    cells = [cell for cell in cells if cell.inverted or not is_letter(cell.box)]
    boxes = np.array([cell.box for cell in cells]).reshape(-1, 4)
    frames, rings = set(), set()
    for i, cell in enumerate(cells):
        inside = np.flatnonzero((boxes[:, :2] >= cell.box[:2]).all(1) & (boxes[:, 2:] <= cell.box[2:]).all(1))
        held = [each for each in inside.tolist() if each != i]
        if len(held) == 1 and _is_ring(cells[held[0]].box, cell.box):
            rings.add(held[0])
        elif held:
            frames.add(i)
    return [cell for i, cell in enumerate(cells) if i not in frames | rings]


def _is_ring(inner: Box, outer: Box) -> bool:
    """Tell the circle of a sign that stands in the middle of a circle or a small box."""
    middles = [((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for box in (inner, outer)]
    wide, high = inner[2] - inner[0], inner[3] - inner[1]
    is_amid = max(abs(a - b) for a, b in zip(*middles, strict=True)) < RING / 10
    return is_amid and 0.8 < wide / high < 1.25 and max(wide, high) < RING and outer[3] - outer[1] < 2 * RING


def _node(cells: Sequence[Cell], dark: Mask, zones: Labels, number: int) -> Node:
    """Return the box of some cells, and put its number on its pixels and those of its border."""
    import cv2

    left, top = (min(cell.box[k] for cell in cells) for k in (0, 1))
    right, bottom = (max(cell.box[k] for cell in cells) for k in (2, 3))
    slack = max(cell.border for cell in cells)
    box = _with_border((int(left), int(top), int(right), int(bottom)), dark, slack)
    around = box[0] - 2, box[1] - 2, box[2] + 2, box[3] + 2
    x0, y0, x1, y1 = (max(0, each) for each in around)
    if len(cells) == 1 and not cells[0].inverted:
        part = np.zeros((y1 - y0, x1 - x0), np.uint8)
        cv2.drawContours(part, [cells[0].outline - (x0, y0)], -1, 1, -1)
        border = 2 * max(left - box[0], 2, cells[0].border - 2) + 5
        part = np.asarray(cv2.dilate(part, np.ones((int(border),) * 2, np.uint8)), np.uint8)
        place = zones[y0:y1, x0:x1]
        place[part[: place.shape[0], : place.shape[1]] > 0] = number
    else:
        zones[y0:y1, x0:x1] = number
    return Node(box, tuple(cells))


def _with_border(box: tuple[int, int, int, int], dark: Mask, slack: int) -> tuple[int, int, int, int]:
    """Return a box grown over the dark lines around it, which begin no farther from it than some pixels."""
    x0, y0, x1, y1 = box
    middle_x, middle_y = slice((3 * x0 + x1) // 4, (x0 + 3 * x1) // 4), slice((3 * y0 + y1) // 4, (y0 + 3 * y1) // 4)
    across = [dark[middle_y, max(0, x0 - WALL) : x0][:, ::-1], dark[middle_y, x1 : x1 + WALL]]
    down = [dark[max(0, y0 - WALL) : y0, middle_x][::-1].T, dark[y1 : y1 + WALL, middle_x].T]
    left, right, top, bottom = (_border(marks, slack) for marks in (*across, *down))
    return x0 - left, y0 - top, x1 + right, y1 + bottom


def _border(marks: Any, slack: int) -> int:
    """Return how far the dark line along a side of a box goes, or 0 for none."""
    dark = np.flatnonzero(marks.mean(axis=0) > 0.6) if marks.size else np.zeros(0, int)
    if not len(dark) or dark[0] > slack:
        return 0
    ends = np.flatnonzero(np.diff(dark) > 1)
    return int(dark[ends[0]] if len(ends) else dark[-1]) + 1
