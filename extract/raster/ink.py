"""What is drawn in a picture: dark marks on a lighter ground, in pixels of one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from extract.drawings.arrows import Box
from extract.drawings.drawing import DrawingError
from extract.raster.picture import DARK, GROUND, Gray, ground_of
from extract.raster.sharpness import sharpened
from extract.raster.spots import Mask, Spots, spots_of

Matrix = np.ndarray[Any, np.dtype[np.float64]]
LETTER = 21.0
"""Pixels of a capital letter's height to which pictures are scaled: that of type of 14 points at 144 dpi."""
ABOUT = 0.1
"""The share by which letters may be higher or lower and be left as they are, which keeps them sharp."""
MOST_PIXELS = 80_000_000
"""Pixels of a picture at its scale at most: what is asked about each takes 20 bytes."""
BLACK = 70
"""What is darker than this is a mark on any ground."""
SHADE, CLEAR = 225, 40
"""How light the ground of light letters is at most, and how much lighter they are, where there are no others."""
WEAK, FINE = 0.8, 4
"""The share of the ground's light that faint parts of lines have at most, and how many pixels they are wide."""
TALL, SMALL, FEW = (1.2, 1.5), (0.5, 0.85), 0.08
"""How high capitals are by small letters and the other way around, and the share of marks that are few."""
FEWEST, MORE = 3, 2
"""Letters of a picture at least, and how many times as many light ones are more than the dark ones."""
EVEN, ROUND, BIG = 0.15, 0.05, 1.8
"""By how much the sides of a circle differ at most, and the share of its box that it fills from what it should, and how
high one is by most other marks that is no letter."""
AROUND, STEP = 45, 3
"""Pixels across of what is around a pixel, and the step at which it is looked at."""
SAME = 24
"""By how much shades differ at most that are of one area, where that is less than faint parts of lines do."""
LINE = 7
"""Pixels that a line is wide at most."""


@dataclass(frozen=True)
class Ink:
    """A picture at its scale and upright: its shades, its marks, and the file's places (2 by 3) out of its own.

    `source` has the shades before they were scaled, and `scale` its pixels for one of those.
    """

    gray: Gray
    dark: Mask
    back: Matrix
    source: Gray
    scale: float

    def upright(self, degrees: float) -> Ink:
        """Return the picture turned about its middle, against the clock, with white where there was nothing."""
        import cv2

        high, wide = self.gray.shape
        turn = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0)
        cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
        size = round(wide * cos + high * sin), round(high * cos + wide * sin)
        turn[:, 2] += (size[0] - wide) / 2, (size[1] - high) / 2
        gray = np.asarray(cv2.warpAffine(self.gray, turn, size, flags=cv2.INTER_CUBIC, borderValue=(255.0,)), np.uint8)
        undone = cv2.invertAffineTransform(turn)
        back = self.back @ np.vstack([undone, (0.0, 0.0, 1.0)])
        return Ink(gray, with_faint_lines(gray), back, gray, 1.0)

    def in_file(self, box: Box) -> Box:
        """Return where a box is in the file: about the same middle, in its pixels."""
        x, y = self.back @ ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 1.0)
        by = float(np.hypot(*self.back[:, 0]))
        wide, high = (box[2] - box[0]) * by / 2, (box[3] - box[1]) * by / 2
        return float(x) - wide, float(y) - high, float(x) + wide, float(y) + high


def ink_of(gray: Gray) -> Ink:
    """Return what is drawn in a picture, scaled so that its letters are `LETTER` high.

    Raises DrawingError where it shows nothing like letters.
    """
    import cv2

    gray = sharpened(gray)
    high = _letter_height(gray)
    if not high:
        raise DrawingError("shows no letters")
    scale = LETTER / high
    if scale * scale * gray.size > MOST_PIXELS:
        raise DrawingError("has letters too small for its size")
    source = gray
    if abs(scale - 1) > ABOUT:
        how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        gray = np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=how), np.uint8)
    else:
        scale = 1.0
    return Ink(gray, with_faint_lines(gray), np.array([[1 / scale, 0.0, 0.0], [0.0, 1 / scale, 0.0]]), source, scale)


def marks(gray: Gray) -> Mask:
    """Return the pixels that are darker than the ground around them, or black."""
    return _marks_on(_ground(gray), gray)


def _marks_on(ground: Gray, gray: Gray) -> Mask:
    import cv2

    limit = cv2.convertScaleAbs(ground, alpha=DARK)
    return np.asarray((gray < np.maximum(limit, BLACK)).astype(np.uint8))


def _ground(gray: Gray) -> Gray:
    """Return the light of the ground around each pixel, and of those that are ground themselves: between light letters.

    That is as most of what is around a pixel, of which letters are less than half.
    """
    import cv2

    small = cv2.medianBlur(np.ascontiguousarray(gray[::STEP, ::STEP]), AROUND // STEP)
    usual = cv2.resize(small, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    is_ground = cv2.absdiff(gray, np.asarray(usual, np.uint8)) < np.minimum(
        SAME, cv2.convertScaleAbs(usual, alpha=1 - WEAK)
    )
    return np.where(is_ground, gray, ground_of(gray))


def with_faint_lines(gray: Gray) -> Mask:
    """Return the marks of a picture, and the thin lines, heads at them too, that are lighter than marks are."""
    import cv2

    ground, square = _ground(gray), np.ones((3, 3), np.uint8)
    dark = _marks_on(ground, gray)
    weak = (gray < cv2.convertScaleAbs(ground, alpha=WEAK)).astype(np.uint8)
    away = cv2.subtract(weak, cv2.dilate(dark, square))
    apart = np.asarray(cv2.bitwise_and(cv2.dilate(away, square), weak), np.uint8)
    spots = spots_of(apart)
    wide, high = spots.boxes[:, 2], spots.boxes[:, 3]
    is_long = np.maximum(wide, high) > LETTER / 2
    is_line = is_long & (np.minimum(wide, high) <= FINE)
    thick = cv2.morphologyEx(apart, cv2.MORPH_OPEN, np.ones((LINE + 2, LINE + 2), np.uint8))
    for i in np.flatnonzero(is_long & ~is_line).tolist():
        x, y, across, down = spots.boxes[i].tolist()
        _, _, blocks, _ = cv2.connectedComponentsWithStats(thick[y : y + down, x : x + across], connectivity=8)
        is_line[i] = blocks[1:, 2:4].max(initial=0) < LETTER
    return np.asarray(dark | spots.drawn(is_line, apart), np.uint8)


def with_faint_edges(gray: Gray, dark: Mask) -> Mask:
    """Return the marks of a picture and what is between them that is lighter, with gaps of a pixel or two closed."""
    import cv2

    weak = (gray < cv2.convertScaleAbs(_ground(gray), alpha=WEAK)).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(weak | dark, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), np.uint8)


def light_marks(gray: Gray, darkest: int = BLACK, lighter: int = 255 - 2 * BLACK) -> Mask:
    """Return the pixels that are light on a ground that is black, or no lighter than some shade, and by so much."""
    import cv2

    ground = cv2.morphologyEx(gray, cv2.MORPH_OPEN, np.ones((GROUND, GROUND), np.uint8))
    light = gray > np.maximum(255 - BLACK, cv2.convertScaleAbs(ground, beta=lighter))
    return np.asarray((light & (ground < darkest)).astype(np.uint8))


def _bars(gray: Gray, darkest: int) -> Mask:
    """Return the boxes around black areas, or others of a shade at most, without the lines that may join them."""
    import cv2

    found = np.zeros(gray.shape, np.uint8)
    black = cv2.morphologyEx((gray < darkest).astype(np.uint8), cv2.MORPH_OPEN, np.ones((LINE, LINE), np.uint8))
    spots = spots_of(np.asarray(black))
    wide, high = spots.boxes[:, 2], spots.boxes[:, 3]
    for x, y, across, down in spots.boxes[(spots.areas > wide * high / 2) & (np.minimum(wide, high) > GROUND)].tolist():
        found[y : y + down, x : x + across] = 1
    return found


def _letter_height(gray: Gray) -> float:
    """Return the height of capital letters, the 80th percentile of that of small marks: neither dots nor lines.

    Those are dark marks, and light ones on black, or on any shade where these are more. It is 0 where there are
    hardly any.
    Where few marks are lower and some higher, most letters are small ones, and the others are as high as capitals.
    """
    dark, black, shaded = (
        _high(spots_of(each))
        for each in (
            marks(gray),
            light_marks(gray) & _bars(gray, BLACK),
            light_marks(gray, SHADE, CLEAR) & _bars(gray, SHADE),
        )
    )
    high = np.concatenate([dark, black])
    high = high if len(high) >= max(FEWEST, len(shaded) / MORE) else shaded
    if len(high) < FEWEST:
        return 0.0
    share = high / (usual := float(np.percentile(high, 80)))
    is_tall = (share > TALL[0]) & (share < TALL[1])
    is_lower = (share > SMALL[0]) & (share < SMALL[1])
    are_small = is_lower.mean() < FEW < is_tall.mean()
    return float(np.median(high[is_tall])) if are_small else usual


def _high(spots: Spots) -> Any:
    """Return the heights of marks that may be letters: larger circles are neurons, or sums."""
    import cv2

    wide, high = spots.boxes[:, 2], spots.boxes[:, 3]
    is_full = spots.areas >= 0.15 * wide * high
    fits = (high >= 5) & (high <= 60) & (wide <= 2 * high) & (high <= 5 * wide) & is_full
    full = np.array([cv2.contourArea(each) for each in spots.outlines]) / np.maximum(1, (wide - 1) * (high - 1))
    is_round = fits & (np.abs(wide - high) < EVEN * high) & (np.abs(full - np.pi / 4) < ROUND)
    others = high[fits & ~is_round]
    return high[fits & ~(is_round & (high > BIG * np.median(others)))] if len(others) else high[fits]
