"""The lines of a picture and the heads of arrows among them: what is left where boxes and letters are taken away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from extract.drawings.arrows import Arrow
from extract.raster.block_arrows import BlockArrow, without_block_arrows
from extract.raster.dashed_frames import frames_around, without_dashes
from extract.raster.dashes import closed_up
from extract.raster.frames import without_frames
from extract.raster.ink import LETTER, Ink
from extract.raster.pointing import places_of
from extract.raster.regions import Boxes, Labels
from extract.raster.sight import ahead
from extract.raster.spots import Mask, spots_of

NEAR = 3
"""Pixels up to which a line touches what it leads to."""

THICK = 4.0
"""Pixels of a thick line at least: one of 14 points' type has 2 to 3."""
LEAST, LARGEST = 85, 44
"""Pixels of a head at least, in all, and at most, across: one of 14 points' type has 200 in 20."""
SMALL, SLENDER = 24, 2.2
"""Pixels of a small head at least, where most heads of a picture are small, and how much longer than wide one is at
most: parts of lines are longer."""
ALIKE = 0.8
"""How large a head is at least by what others have of the same picture."""
WIDER = 1.5
"""How much wider than a line a head is at least that is little wider."""
MOST_SMALL = 250
"""Small heads at most: more are parts of a photograph, or of letters."""
PLACES, AROUND = 300, 24
"""Places at most where it is seen how wide lines are, and the pixels around each."""
TWICE = 2.0
"""How much larger open heads are, filled, than what fits into them as they are."""
OPEN = 9
"""Pixels between the strokes of an open head at most that are filled."""
LONGER = 1.3
"""How much longer than wide an arrow is at least that is as small as a letter."""
SEVERAL = 1.5
"""How much larger than most heads a mark is at least that is put together of several."""


@dataclass(frozen=True)
class Lines:
    """The lines of a picture without their heads, those by number from 1, and what may be letters beside them."""

    strokes: Mask
    heads: Labels
    letters: Mask
    width: float

    def beside(self, arrows: Iterable[Arrow]) -> Mask:
        """Return what may be letters, those that touch a line too: what is left of it where arrows go is taken out."""
        import cv2

        left = self.strokes.copy()
        for arrow in arrows:
            way = np.array(arrow.points, np.int32).reshape(-1, 1, 2)
            cv2.polylines(left, [way], False, (0,), round(self.width) + 3)
        spots = spots_of(left)
        wide, high = spots.boxes[:, 2], spots.boxes[:, 3]
        fits = (high > 0.6 * LETTER) & (high < 1.4 * LETTER) & (wide < 1.2 * LETTER) & (wide > 0.2 * LETTER)
        return np.asarray(self.letters | spots.drawn(fits, left))


def lines_of(ink: Ink, boxes: Boxes, blocks: Sequence[BlockArrow] = ()) -> Lines:
    """Return what leads from box to box, but for block arrows."""
    import cv2

    drawn = without_block_arrows(ink.dark, blocks)
    nodes, outer = [each.box for each in boxes.nodes], np.where(boxes.zones > 0, 0, ink.dark).astype(np.uint8)
    dark = without_dashes(np.where(boxes.zones > 0, 0, drawn).astype(np.uint8), frames_around(nodes, outer))
    leads_nowhere = outer - dark
    dark = without_frames(dark, nodes)
    outside = np.where(boxes.inside > 0, 0, np.where(boxes.zones > 0, drawn, dark)).astype(np.uint8)
    strokes, letters = _parted(dark, boxes.zones)
    width = _width(strokes)
    heads = _all_heads(outside, strokes, width, boxes.zones)
    marked = (heads > 0).view(np.uint8)
    ends = (boxes.zones > 0).view(np.uint8) | _mostly(marked, letters) | (strokes & marked)
    if (closed := closed_up(dark, strokes, np.asarray(ends, np.uint8))) is not dark:
        strokes, letters = _parted(closed, boxes.zones)
    free = _free_arrows(letters, heads, boxes.zones)
    strokes, letters = np.asarray(strokes | free, np.uint8), np.asarray(cv2.subtract(letters, free), np.uint8)
    around = cv2.dilate((heads > 0).view(np.uint8), np.ones((3, 3), np.uint8))
    letters |= leads_nowhere & _parted(outer, boxes.zones)[1]  # What stands between volumes tells these apart.
    return Lines(np.asarray(cv2.subtract(strokes, around), np.uint8), heads, letters, width)


def _all_heads(outside: Mask, strokes: Mask, width: float, zones: Labels) -> Labels:
    """Return the heads of a picture: large or small, open, or little wider than their lines."""
    heads = _heads(outside, round(width) + 3, LEAST)
    if width <= THICK:
        # Those of TeX are half as large as Graphviz's, whose pictures have no such spots.
        small = _off_borders(_heads(outside, round(width) + 2, SMALL), zones)
        if MOST_SMALL >= small.max(initial=0) > 2 * heads.max(initial=0):
            heads = _grown(small, outside, round(width) + 2)
        elif small.max(initial=0) <= MOST_SMALL:
            heads = _with_alike(heads, _led_to(small, strokes | (zones > 0)))
    if width <= THICK and _are_open(filled := _open_heads(strokes, round(width)), _led_to(heads, strokes)):
        heads = filled
    if not heads.any():
        # Heads that are little wider than their lines grow back to what they were before they were cut.
        side = round(width) + 1
        heads = _wider(_grown(_heads(outside, side, side * side), outside, side))
    return heads


def _off_borders(heads: Labels, zones: Labels) -> Labels:
    """Return small heads, none where the middles of all are in borders: so it is where lines meet these askew."""
    middles = [(round(y.mean()), round(x.mean())) for x, y in places_of(heads).values()]
    return np.zeros_like(heads) if all(zones[middle] for middle in middles) else heads


def _with_alike(heads: Labels, small: Labels) -> Labels:
    """Return heads with those that were just too small to be found with them, and are hardly smaller."""
    own = np.unique(small[heads > 0])
    sizes = np.bincount(small.ravel())
    usual = float(np.median(sizes[own[own > 0]])) if (own > 0).any() else np.inf
    alike = [number for number in np.flatnonzero(sizes >= ALIKE * usual) if number not in own and number]
    found = heads.copy()
    for number, other in enumerate(alike, int(heads.max(initial=0)) + 1):
        found[small == other] = number
    return found


def _wider(heads: Labels) -> Labels:
    """Return heads without parts of lines that run askew, which are much longer than wide, and what is no wider."""
    import cv2

    sides = {
        number: sorted(1 + each for each in cv2.minAreaRect(np.stack(place, axis=1).astype(np.float32))[1])
        for number, place in places_of(heads).items()
    }
    lines = max((narrow for narrow, long in sides.values() if long > SLENDER * narrow), default=0.0)
    wide = [number for number, (narrow, long) in sides.items() if long <= SLENDER * narrow and narrow > WIDER * lines]
    return np.where(np.isin(heads, wide), heads, 0)


def _grown(heads: Labels, outside: Mask, side: int) -> Labels:
    """Return heads with the marks around them: the strokes and corners that no square of so many pixels fits into."""
    import cv2

    grown = cv2.dilate(heads.astype(np.float32), np.ones((side, side), np.uint8)).astype(np.int32)
    return np.where(outside > 0, grown, 0).astype(np.int32)


def _are_open(filled: Labels, heads: Labels) -> bool:
    """Tell open heads from full ones: filled, they are much larger, and no fewer."""
    return len(np.unique(filled)) >= len(np.unique(heads)) and _size(filled) > TWICE * _size(heads)


def _size(heads: Labels) -> float:
    """Return how many pixels most heads have, none where there is none."""
    return float(np.median(np.bincount(heads.ravel())[1:])) if heads.any() else 0.0


def _led_to(heads: Labels, strokes: Mask) -> Labels:
    """Return those of what may be heads that lines lead to: others are letters."""
    import cv2

    square = np.ones((3, 3), np.uint8)
    behind = cv2.subtract(strokes, cv2.dilate((heads > 0).view(np.uint8), square))
    led = np.unique(heads[cv2.dilate(behind, square, iterations=NEAR) > 0])
    return np.where(np.isin(heads, led[led > 0]), heads, 0)


def _open_heads(strokes: Mask, width: int) -> Labels:
    """Return the heads of two strokes each, as TeX draws them: what fits between these and the end of their line."""
    import cv2

    closed = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (OPEN, OPEN)))
    return _heads(np.asarray(closed, np.uint8), width + 3, SMALL)


def _heads(outside: Mask, side: int, least: int) -> Labels:
    """Return what a square of so many pixels on a side fits into, outside of boxes, if it is as large as heads are."""
    import cv2

    spots = spots_of(np.asarray(cv2.morphologyEx(outside, cv2.MORPH_OPEN, np.ones((side, side), np.uint8)), np.uint8))
    sizes = spots.boxes[:, 2:].max(1, initial=0)
    is_head = (spots.areas >= least) & (sizes < LARGEST)
    if least == SMALL:
        narrow = spots.boxes[:, 2:].min(1, initial=LARGEST)
        is_head &= (narrow > side) & (sizes < SLENDER * narrow)
    usual = float(np.median(spots.areas[is_head])) if is_head.any() else np.inf
    is_large = (spots.areas > SEVERAL * usual) & (sizes < 4 * LARGEST)
    found, count = np.zeros(outside.shape, np.int32), 0
    for i in np.flatnonzero(is_head | is_large).tolist():
        x, y, wide, high = spots.boxes[i].tolist()
        mark = cv2.drawContours(np.zeros((high, wide), np.uint8), [spots.outlines[i] - (x, y)], -1, 1, -1)
        parts = _apart(np.asarray(mark), side) if is_large[i] else mark
        parts = mark if is_head[i] and not parts.any() else parts
        part = found[y : y + high, x : x + wide]
        part[parts > 0] = parts[parts > 0].astype(np.int32) + count
        count += int(parts.max())
    return found


def _apart(mark: Mask, side: int) -> Labels:
    """Return the heads, by number from 1, that a mark is put together of: what larger and larger squares part.

    What is far from them is the lines between them; a mark that cannot be parted has none.
    """
    import cv2

    mark = np.pad(mark, 1)
    for more in range(2, side):
        cores = cv2.erode(mark, np.ones((side + more,) * 2, np.uint8))
        count, _, stats, _ = cv2.connectedComponentsWithStats(cores, connectivity=8)
        if count > 2 or (count == 2 and max(mark.shape) > LARGEST > stats[1, 2:4].max() + side):
            away, nearest = cv2.distanceTransformWithLabels(1 - cores, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_CCOMP)
            return np.where((mark > 0) & (away < 2 * side), nearest, 0).astype(np.int32)[1:-1, 1:-1]
    return np.zeros_like(mark, np.int32)[1:-1, 1:-1]


def _parted(dark: Mask, zones: Labels) -> tuple[Mask, Mask]:
    """Return the marks outside of boxes that touch these, or are longer than letters, and the others."""
    import cv2

    zoned = (zones > 0).view(np.uint8)
    rest = np.asarray(cv2.subtract(dark, zoned), np.uint8)
    spots = spots_of(rest)
    near = cv2.dilate(zoned, np.ones((2 * NEAR + 1,) * 2, np.uint8))
    is_letter = spots.boxes[:, 2:].max(1, initial=0) <= 2 * LETTER
    for i in np.flatnonzero(is_letter).tolist():
        columns, rows = spots.outlines[i].reshape(-1, 2).T
        is_letter[i] = not near[rows, columns].any()
    letters = spots.drawn(is_letter, rest)
    return np.asarray(cv2.subtract(rest, letters), np.uint8), letters


def _mostly(heads: Mask, letters: Mask) -> Mask:
    """Return what may be letters by its size and is hardly more than a head."""
    import cv2

    spots = spots_of(letters)
    is_head = np.zeros(len(spots.outlines), bool)
    for i, (x, y, wide, high) in enumerate(spots.boxes.tolist()):
        held = cv2.countNonZero(heads[y : y + high, x : x + wide])
        is_head[i] = held > spots.areas[i] / 2
    return spots.drawn(is_head, letters)


def _free_arrows(letters: Mask, heads: Labels, zones: Labels) -> Mask:
    """Return what is as small as letters and an arrow: with a head, and a box straight ahead of each end."""
    import cv2

    spots = spots_of(letters)
    led = np.zeros(len(spots.outlines), bool)
    for i in np.flatnonzero(spots.boxes[:, 2:].max(1, initial=0) > LETTER / 2).tolist():
        x, y, across, down = spots.boxes[i].tolist()
        (middle_x, middle_y), (wide, high), degrees = cv2.minAreaRect(spots.outlines[i])
        if not heads[y : y + down, x : x + across].any() or max(wide, high) < LONGER * min(wide, high):
            continue
        turn = np.deg2rad(degrees if wide >= high else degrees + 90)
        way, half = (float(np.cos(turn)), float(np.sin(turn))), max(wide, high) / 2
        tips = ((round(middle_x + side * half * way[0]), round(middle_y + side * half * way[1])) for side in (-1, 1))
        first, last = (
            ahead(zones, tip, (side * way[0], side * way[1])) for side, tip in zip((-1, 1), tips, strict=True)
        )
        led[i] = 0 < first != last > 0
    return spots.drawn(led, letters)


def _width(strokes: Mask) -> float:
    """Return how wide lines are: the pixels of all of them by those of their edges, at places all over a picture."""
    import cv2

    places = cv2.findNonZero(strokes)
    if places is None:
        return 2.0
    found = []
    for x, y in places.reshape(-1, 2)[:: len(places) // PLACES + 1].tolist():
        part = np.pad(strokes[max(0, y - AROUND) : y + AROUND, max(0, x - AROUND) : x + AROUND], 1)
        away = cv2.distanceTransform(part, cv2.DIST_C, 3)
        found.append(away[(away > 0) & (away >= cv2.dilate(away, np.ones((3, 3), np.uint8)))])
    return max(2.0, 2 * float(np.median(np.concatenate(found))))
