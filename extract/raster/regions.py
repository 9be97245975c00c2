"""The boxes of a picture: closed outlines with letters in them, of one cell or several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from extract.arrows import Box
from extract.drawing import DrawingError
from extract.raster.crossed import crossed
from extract.raster.ink import Ink
from extract.raster.spots import Contour, Mask, spots_of

MOST_CELLS = 5_000
"""Cells of a picture at most."""
NARROWEST, LOWEST = 24, 20
"""Pixels across and down that a cell has at least: less holds no text."""
CONVEX = 0.95
"""The share of its hull that a cell fills: between lines that lead about, ground is dented."""
FULL = 0.7
"""The share of the box around it that a cell fills: an ellipse has 0.785."""
WALL = 14
"""Pixels of the border between two cells of one box at most."""
BAR = 11
"""Pixels that a black area is thick at least that is a title and not a line."""
SHADE, EVEN = 10, 14.0
"""By how much an area is darker than the ground, and how much its shades differ at most."""
MOSTLY = 0.5
"""The share of an area that letters take at most."""
STRAIGHT, MOST = 0.15, 20.0
"""Degrees by which a picture is turned that is left as it is, and that is no mistake of a scanner's."""
WIDEST = 32_000
"""Pixels of a side that OpenCV turns at most."""
Labels = np.ndarray[Any, np.dtype[np.int32]]
"""To what each pixel belongs (height, width), by number."""


@dataclass(frozen=True)
class Cell:
    """A part of a box: where it is, its outline, and whether its letters are light on black."""

    box: Box
    outline: Contour
    inverted: bool = False


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
    drawn = [*_light_cells(ink.dark), *_bars(ink.dark), *_circles(ink.dark)]
    return [*drawn, *_filled(ink, drawn)]


def _filled(ink: Ink, drawn: Sequence[Cell]) -> Iterator[Cell]:
    """Yield the areas of one shade that have letters in them, and no border."""
    import cv2

    ground = int(np.bincount(ink.gray[ink.dark == 0].ravel(), minlength=256).argmax()) if ink.dark.size else 255
    shaded = cv2.absdiff(ink.gray, np.full_like(ink.gray, ground)) > SHADE
    solid = cv2.morphologyEx((shaded | (ink.dark > 0)).astype(np.uint8), cv2.MORPH_OPEN, np.ones((BAR, BAR), np.uint8))
    boxes = np.array([cell.box for cell in drawn]).reshape(-1, 4)
    for outline in cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        x, y, across, down = cv2.boundingRect(outline)
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2
        if across < NARROWEST or down < LOWEST or not _is_full(outline):
            continue
        if ((middles > (x, y)).all(1) & (middles < (x + across, y + down)).all(1)).any():
            continue  # It has a border, or holds what has.
        area = cv2.drawContours(np.zeros((down, across), np.uint8), [np.subtract(outline, (x, y))], -1, 1, -1) > 0
        part = (slice(y, y + down), slice(x, x + across))
        marks = ink.dark[part][area] > 0
        if 12 < marks.sum() < MOSTLY * marks.size and ink.gray[part][area][~marks].std() < EVEN:
            yield Cell((x, y, x + across, y + down), np.asarray(outline, np.int32))


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
    for number, group in enumerate(_groups(cells), 1):
        nodes.append(_node(group, ink.dark, zones, number))
        if any(cell.inverted for cell in group):
            left, top, right, bottom = (round(each) for each in nodes[-1].box)
            inside[top:bottom, left:right] = 1
        else:
            cv2.drawContours(inside, [cell.outline for cell in group], -1, 1, -1)
    return Boxes(tuple(nodes), zones, inside)


def _light_cells(dark: Mask) -> list[Cell]:
    """Return the areas of ground that a line closes in, convex and with marks in them."""
    import cv2

    found = []
    for line in spots_of(dark).holes:
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
            found.append(Cell(box, np.add(outline, (x, y)).astype(np.int32)))
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
    return bool(cv2.contourArea(outline) > FULL * wide * high)


def _without_frames(cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells that hold no other, and what is in a black one as no cell: light letters."""
    black = np.array([cell.box for cell in cells if cell.inverted]).reshape(-1, 4)

    def is_letter(box: Box) -> bool:
        return bool(((black[:, :2] <= box[:2]).all(1) & (black[:, 2:] >= box[2:]).all(1)).any())

    cells = [cell for cell in cells if cell.inverted or not is_letter(cell.box)]
    boxes = np.array([cell.box for cell in cells]).reshape(-1, 4)

    def holds(box: Box) -> bool:
        inside = (boxes[:, :2] >= box[:2]).all(1) & (boxes[:, 2:] <= box[2:]).all(1)
        return int(inside.sum()) > 1

    return [cell for cell in cells if not holds(cell.box)]


def _groups(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Return the cells by boxes: those that a border alone parts are of one."""
    parent = list(range(len(cells)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    cells = sorted(cells, key=lambda cell: cell.box[1])
    for i, a in enumerate(cells):
        for j in range(i + 1, len(cells)):
            b = cells[j]
            if b.box[1] - a.box[3] > WALL:
                break
            if a.box[0] - b.box[2] <= WALL and b.box[0] - a.box[2] <= WALL:
                parent[root(i)] = root(j)
    groups: dict[int, list[Cell]] = {}
    for i, cell in enumerate(cells):
        groups.setdefault(root(i), []).append(cell)
    for group in groups.values():
        group.sort(key=lambda cell: (cell.box[1], cell.box[0]))
    return sorted(groups.values(), key=lambda group: (group[0].box[1], group[0].box[0]))


def _node(cells: Sequence[Cell], dark: Mask, zones: Labels, number: int) -> Node:
    """Return the box of some cells, and put its number on its pixels and those of its border."""
    import cv2

    left, top = (min(cell.box[k] for cell in cells) for k in (0, 1))
    right, bottom = (max(cell.box[k] for cell in cells) for k in (2, 3))
    box = _with_border((int(left), int(top), int(right), int(bottom)), dark)
    around = box[0] - 2, box[1] - 2, box[2] + 2, box[3] + 2
    x0, y0, x1, y1 = (max(0, each) for each in around)
    if len(cells) == 1 and not cells[0].inverted:
        part = np.zeros((y1 - y0, x1 - x0), np.uint8)
        cv2.drawContours(part, [cells[0].outline - (x0, y0)], -1, 1, -1)
        border = 2 * max(left - box[0], 2) + 5
        part = np.asarray(cv2.dilate(part, np.ones((int(border),) * 2, np.uint8)), np.uint8)
        place = zones[y0:y1, x0:x1]
        place[part[: place.shape[0], : place.shape[1]] > 0] = number
    else:
        zones[y0:y1, x0:x1] = number
    return Node(box, tuple(cells))


def _with_border(box: tuple[int, int, int, int], dark: Mask) -> tuple[int, int, int, int]:
    """Return a box grown over the dark lines around it."""
    x0, y0, x1, y1 = box
    middle_x, middle_y = slice((3 * x0 + x1) // 4, (x0 + 3 * x1) // 4), slice((3 * y0 + y1) // 4, (y0 + 3 * y1) // 4)
    for _ in range(WALL):
        x0 -= x0 > 0 and dark[middle_y, x0 - 1].mean() > 0.6
        x1 += x1 < dark.shape[1] and dark[middle_y, x1].mean() > 0.6
        y0 -= y0 > 0 and dark[y0 - 1, middle_x].mean() > 0.6
        y1 += y1 < dark.shape[0] and dark[y1, middle_x].mean() > 0.6
    return int(x0), int(y0), int(x1), int(y1)
