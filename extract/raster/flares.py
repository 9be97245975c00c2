"""Heads of arrows that are hardly larger than their line is wide, told by how that widens towards one of its ends."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np

from extract.raster.heads import Lines
from extract.raster.network import REACH, SHORT, End, Network
from extract.raster.regions import Labels
from extract.raster.spots import Mask
from extract.raster.thinning import Pixel

HEAD, BEHIND = 18, 20
"""Pixels of a head along its line at most, and of the line behind it at which that is compared."""
ACROSS = 9
"""Pixels to each side of a line at which its head may reach."""
MORE, FEWEST = 2, 3
"""By how many pixels to each side a head is wider than its line, or half so many to one, and along how many pixels."""
NEAR = 20
"""Pixels from where a line ends, or the strokes of a head meet it, to the box that it points to, at most."""
MOST = 600
"""Ends of lines at most that are looked at."""


def with_flares(network: Network, lines: Lines, zones: Labels) -> Lines | None:
    """Return lines with the ends as heads at which those widen that do not so at their other end; None for none."""
    ends = [(n, at) for n in range(len(network.pieces)) for at in (0, 1) if _may_have_head(network, (n, at), zones)]
    heads = {end: place for end in ends[:MOST] if (place := _head_at(network, end, lines.strokes, zones)) is not None}
    told = [end for end in heads if _is_one_way(network, end, heads)]
    if not told:
        return None
    found, strokes = lines.heads.copy(), lines.strokes.copy()
    for number, end in enumerate(told, int(found.max(initial=0)) + 1):
        columns, rows = heads[end]
        found[rows, columns] = number
        strokes[rows, columns] = 0
    return replace(lines, heads=found, strokes=strokes)


def _may_have_head(network: Network, end: End, zones: Labels) -> bool:
    """Tell the end of a line at a box, or right before one: there it meets the strokes of an open head, or nearly."""
    if len(network.pieces[end[0]].pixels) < SHORT or any((end[0], at) in network.touching for at in (0, 1)):
        return False
    return end in network.boxes or bool(_on_to_box(network, end, zones))


def _on_to_box(network: Network, end: End, zones: Labels) -> list[Pixel]:
    """Return the pixels straight on from the end of a line to a box, the last first; none where there is no box."""
    piece = network.pieces[end[0]]
    (x, y), (dx, dy) = piece.end(end[1]), piece.direction(end[1], REACH)
    found: list[Pixel] = []
    for step in range(1, NEAR):
        column, row = round(x - step * dx), round(y - step * dy)
        if not (0 <= row < zones.shape[0] and 0 <= column < zones.shape[1]):
            return []
        if zones[row, column]:
            return found[::-1]
        found.append((column, row))
    return []


def _is_one_way(network: Network, end: End, heads: Any) -> bool:
    """Tell a line that comes from where it does not widen."""
    return any(far not in heads and far not in network.touching for far, _ in network.sources(end) if far != end)


def _head_at(network: Network, end: End, strokes: Mask, zones: Labels) -> tuple[Any, Any] | None:
    """Return columns and rows of what a line widens to at its end, to both sides, or None."""
    pixels = network.pieces[end[0]].pixels
    own = list(pixels[: HEAD + BEHIND] if end[1] == 0 else pixels[: -HEAD - BEHIND - 1 : -1])
    way = [*_on_to_box(network, end, zones), *own]
    places = [_across(way, i, strokes) for i in range(len(way))]
    sides = [[max((side * step for step, _ in each), default=0) for side in (-1, 1)] for each in places]
    behind = sides[HEAD:] if len(sides) > HEAD + FEWEST else sides[-FEWEST:]
    usual = [median(each[side] for each in behind) for side in (0, 1)]
    more = [[a - b for a, b in zip(each, usual, strict=True)] for each in sides[:HEAD]]
    wide = [i for i, each in enumerate(more) if min(each) >= MORE / 2 and sum(each) >= 2 * MORE]
    if len(wide) < FEWEST:
        return None
    found = np.array([place for each in places[: wide[-1] + 1] for _, place in each])
    return found[:, 0], found[:, 1]


def _across(way: list[Pixel], at: int, strokes: Mask) -> list[tuple[int, Pixel]]:
    """Return the dark pixels across a line at one of its pixels, and how far to which side they are."""
    (x0, y0), (x1, y1) = way[max(0, at - 4)], way[min(len(way) - 1, at + 4)]
    along = float(np.hypot(x1 - x0, y1 - y0)) or 1.0
    found = []
    for step in range(-ACROSS, ACROSS + 1):
        x, y = round(way[at][0] - step * (y1 - y0) / along), round(way[at][1] + step * (x1 - x0) / along)
        if 0 <= y < strokes.shape[0] and 0 <= x < strokes.shape[1] and strokes[y, x]:
            found.append((step, (x, y)))
    return found
