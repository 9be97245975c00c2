"""Block arrows of a picture: areas with seven corners, wide behind their tip, that lead from box to box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extract.drawings.arrows import Arrow, apart
from extract.drawings.drawing import Path
from extract.drawings.strokes import block_arrow
from extract.raster.cells import Cell
from extract.raster.ink import LETTER, LINE, Ink
from extract.raster.picture import Gray
from extract.raster.regions import Boxes, Node
from extract.raster.shades import CLEAR, areas_of
from extract.raster.sight import ahead
from extract.raster.spots import Contour, Mask, spots_of
from extract.raster.thinning import Pixel

LEAST, MOST = round(LETTER), 20 * LETTER
"""Pixels that a block arrow is long and wide, together, at least and at most."""
NARROW = 16
"""Pixels across it at least."""
BENT = 0.02
"""By how much of the way around it a side may bend."""
HULL = 0.95
"""The share of its hull that it fills at most: it is dented behind its barbs."""
EDGE = 7
"""Pixels across of its border."""
SAME, BORDER = 16, 70
"""By how much its area is lighter than its usual shade at most, and its border darker."""
FAR = 60
"""Pixels at most from a block arrow to the boxes before and behind it; no farther than it is long, either."""


@dataclass(frozen=True)
class BlockArrow:
    """An area that is an arrow: its outline, the middle of its tail, and its tip."""

    outline: Contour
    tail: Pixel
    tip: Pixel


def block_arrows(ink: Ink) -> list[BlockArrow]:
    """Return the block arrows of a picture: dark ones, those that lines close in, and areas of one shade."""
    spots = spots_of(ink.dark)
    found: list[BlockArrow] = []
    shaded = (_with_border(each, ink.gray) for each in areas_of(ink.gray, NARROW, NARROW) if _is_fit(each))
    for outline in (*shaded, *spots.outlines, *spots.holes):
        if not _is_fit(outline):
            continue
        if (arrow := _read(outline)) is not None and all(apart(arrow.tip, each.tip) > EDGE for each in found):
            found.append(arrow)
    return found


def _is_fit(outline: Contour) -> bool:
    import cv2

    _, _, wide, high = cv2.boundingRect(outline)
    return LEAST < wide + high < MOST


def _with_border(outline: Contour, gray: Gray) -> Contour:
    """Return the outline of an area of one shade with its border, which is darker than that."""
    import cv2

    x, y, wide, high = cv2.boundingRect(outline)
    left, top = max(0, x - EDGE), max(0, y - EDGE)
    part = gray[top : y + high + EDGE, left : x + wide + EDGE]
    inside = cv2.drawContours(np.zeros(part.shape, np.uint8), [outline - (left, top)], -1, 1, -1)
    shade = int(np.median(part[inside > 0]))
    _, labels = cv2.connectedComponents(((part < shade + SAME) & (part > shade - BORDER)).astype(np.uint8))
    own = int(np.bincount(labels[(inside > 0) & (labels > 0)], minlength=1).argmax())
    found, _ = cv2.findContours((labels == own).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(np.add(max(found, key=cv2.contourArea), (left, top)), np.int32)


def _read(outline: Contour) -> BlockArrow | None:
    import cv2

    if cv2.contourArea(outline) > HULL * cv2.contourArea(cv2.convexHull(outline)):
        return None
    corners = cv2.approxPolyDP(outline, BENT * cv2.arcLength(outline, True), True).reshape(-1, 2)
    points = tuple((float(x), float(y)) for x, y in corners)
    if len(points) != 7 or (ends := block_arrow(Path((*points, points[0]), True, True, True, 8))) is None:
        return None
    tail, tip = ((round(x), round(y)) for x, y in ends)
    across = sorted(apart(each, ends[0]) for each in points)
    return BlockArrow(outline, tail, tip) if 2 * across[0] > LINE else None


def without_cells(cells: Sequence[Cell], arrows: Sequence[BlockArrow]) -> list[Cell]:
    """Return what may be cells but for the areas of block arrows."""
    import cv2

    middles = [((each.box[0] + each.box[2]) / 2, (each.box[1] + each.box[3]) / 2) for each in cells]
    boxes = [cv2.boundingRect(each.outline) for each in arrows]
    return [
        cell
        for cell, (x, y) in zip(cells, middles, strict=True)
        if not any(
            cv2.pointPolygonTest(arrow.outline, (x, y), False) > 0 and cell.box[2] - cell.box[0] <= wide + EDGE
            for arrow, (_, _, wide, _) in zip(arrows, boxes, strict=True)
        )
    ]


def without_block_arrows(dark: Mask, arrows: Sequence[BlockArrow]) -> Mask:
    """Return marks without those of block arrows; what is written in one is left."""
    import cv2

    if not arrows:
        return dark
    border, inside = np.zeros_like(dark), np.zeros_like(dark)
    cv2.drawContours(border, [each.outline for each in arrows], -1, 1, EDGE)
    cv2.drawContours(inside, [each.outline for each in arrows], -1, 1, -1)
    inside = np.asarray(inside | border)
    count, labels = cv2.connectedComponents(np.asarray(dark & inside, np.uint8), connectivity=8)
    touched = np.zeros(count, bool)
    touched[np.unique(labels[border > 0])] = True
    touched[0] = False
    return np.where(touched[labels], 0, dark).astype(np.uint8)


def led_by(arrows: Sequence[BlockArrow], boxes: Boxes, gray: Gray) -> list[tuple[BlockArrow, Arrow]]:
    """Return the block arrows that lead from a box to another one, each with that as an arrow.

    Something is drawn in both boxes: between empty ones, as faces of volumes, they are no arrows of a diagram.
    """
    found = []
    for each in arrows:
        length = apart(each.tail, each.tip) or 1.0
        way = (each.tip[0] - each.tail[0]) / length, (each.tip[1] - each.tail[1]) / length
        reach = round(min(length, FAR))
        ends = (
            ahead(boxes.zones, each.tail, (-way[0], -way[1]), reach) - 1,
            ahead(boxes.zones, each.tip, way, reach) - 1,
        )
        if min(ends) >= 0 and ends[0] != ends[1] and all(_is_drawn_in(boxes.nodes[end], gray) for end in ends):
            points = [(float(x), float(y)) for x, y in (each.tail, each.tip)]
            found.append((each, Arrow(points, list(ends), heads=[False, True])))
    return found


def _is_drawn_in(node: Node, gray: Gray) -> bool:
    for cell in node.cells:
        x0, y0, x1, y1 = (round(each) for each in cell.box)
        inner = gray[y0 + EDGE : y1 - EDGE, x0 + EDGE : x1 - EDGE]
        if inner.size and int(inner.max()) - int(inner.min()) > CLEAR:
            return True
    return False
