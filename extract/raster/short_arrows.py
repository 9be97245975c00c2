"""Arrows between boxes that stand so close that the head is most of what is seen: which way it gets thinner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from extract.drawings.arrows import Arrow, Box
from extract.raster.ink import LETTER
from extract.raster.regions import Node
from extract.raster.spots import Mask

SHORT = 2.2 * LETTER
"""Pixels between two boxes at most for an arrow to be short."""
SPANS, ENDS = 0.6, 0.2
"""The share of the way from box to box that an arrow goes at least, and that is left at either end of it at most."""
WIDEST = 1.4 * LETTER
"""Pixels that a head is wide at most."""
FLARES, LEAST = 1.6, 3
"""How much wider than its line a head is at least, and by how many pixels."""
SHAFT = 0.4
"""How wide what is left of the line at a head is at most, as a share of its width."""
ASKEW = 0.12
"""How far the widest of a head is from its middle at least, as a share of its length: it is widest where it begins."""
TWO = 0.75
"""How wide what is at the other end of a line is at least, as a share of its head, to be a head too."""
AROUND = 6
"""Pixels beyond a gap in which ends of what is taken for an arrow in it are."""
ALONE = round(1.2 * LETTER)
"""Pixels beside an arrow without another mark that is as high: letters stand beside others."""


def with_short_arrows(arrows: Sequence[Arrow], dark: Mask, nodes: Sequence[Node]) -> list[Arrow]:
    """Return arrows, those in narrow gaps between boxes as their heads look there."""
    found, kept = [], list(arrows)
    for is_across in (False, True):
        marks = np.ascontiguousarray(dark.T) if is_across else dark
        boxes = [_turned(each.box) if is_across else each.box for each in nodes]
        for i, j in _facing(boxes):
            gap = _gap(boxes[i], boxes[j])
            for x, way in _in_gap(marks, gap):
                points = [(x, gap[1]), (x, gap[3])][::way]
                placed = [(b, a) if is_across else (a, b) for a, b in points]
                found.append(Arrow(placed, list((i, j)[::way]), heads=[False, True]))
                around = _turned(gap) if is_across else gap
                kept = [each for each in kept if not _is_in(each, around, {i, j})]
    return [*kept, *found]


def _turned(box: Box) -> Box:
    return box[1], box[0], box[3], box[2]


def _facing(boxes: Sequence[Box]) -> Iterator[tuple[int, int]]:
    """Yield the numbers of boxes closely below each other, between which no other stands."""
    placed = np.array(boxes).reshape(-1, 4)
    for i, upper in enumerate(boxes):
        below = placed[:, 1] - upper[3]
        beside = np.minimum(placed[:, 2], upper[2]) - np.maximum(placed[:, 0], upper[0])
        near = np.flatnonzero((below > 4) & (below < SHORT) & (beside > LETTER / 2))
        for j in near.tolist():
            over = [k for k in near.tolist() if below[k] < below[j] and _covers(boxes[k], upper, boxes[j])]
            if not over:
                yield i, j


def _covers(between: Box, upper: Box, lower: Box) -> bool:
    left, right = max(upper[0], lower[0]), min(upper[2], lower[2])
    return between[0] < right and between[2] > left


def _gap(upper: Box, lower: Box) -> Box:
    return max(upper[0], lower[0]), upper[3], min(upper[2], lower[2]), lower[1]


def _in_gap(dark: Mask, gap: Box) -> Iterator[tuple[float, int]]:
    """Yield the middle of each arrow that goes down (1) or up (-1) through a gap."""
    import cv2

    left, top, right, bottom = (round(each) for each in gap)
    part = np.ascontiguousarray(dark[top:bottom, left:right])
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(part, np.ones((3, 3), np.uint8)), connectivity=8)
    high = stats[:, 3] >= SPANS * (bottom - top)
    most = max(AROUND, ENDS * (bottom - top))
    for number, (x, y, wide, tall, _) in enumerate(stats.tolist()):
        if x == 0 or x + wide == right - left or y > most or bottom - top - y - tall > most:
            continue  # It comes from aside, or goes there.
        beside = high & (stats[:, 0] < x + wide + ALONE) & (stats[:, 0] + stats[:, 2] > x - ALONE)
        is_alone = number and high[number] and wide <= WIDEST and beside[1:].sum() == 1
        if is_alone and (way := _way((labels == number) & (part > 0))):
            yield left + x + wide / 2, way


def _way(mark: Any) -> int:
    """Return 1 for a mark that is the head of an arrow down, with its line, -1 for one up, and 0 for any other."""
    rows = np.flatnonzero(mark.any(1))
    spans = [np.flatnonzero(mark[row]) for row in rows.tolist()]
    wide = np.array([each[-1] - each[0] + 1 for each in spans])
    middles = np.array([(each[0] + each[-1]) / 2 for each in spans])
    most, last = wide.max(), len(wide) // 4 + 1
    is_straight = abs(middles[:last].mean() - middles[-last:].mean()) < most / 3
    if most < max(FLARES * wide.min(), wide.min() + LEAST) or not is_straight:
        return 0
    wider = np.flatnonzero(wide > max(SHAFT * most, float(np.percentile(wide, 25)) + 0.5))
    runs = np.split(wider, np.flatnonzero(np.diff(wider) > 1) + 1)
    heads = [each for each in runs if wide[each].max() > TWO * most]
    if len(heads) > 1:
        return 0
    aside = (np.flatnonzero(wide >= 0.9 * most).mean() - heads[0].mean()) / len(heads[0])
    return 0 if abs(aside) < ASKEW else -1 if aside > 0 else 1


def _is_in(arrow: Arrow, gap: Box, ends: set[int]) -> bool:
    """Tell what else was taken for an arrow in a gap between two boxes."""
    left, top, right, bottom = gap[0] - AROUND, gap[1] - AROUND, gap[2] + AROUND, gap[3] + AROUND
    inside = all(left <= x <= right and top <= y <= bottom for x, y in arrow.points)
    return inside and {each for each in arrow.boxes if each is not None} <= ends
