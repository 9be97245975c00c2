"""A figure that is one picture in a page: its own pixels, which are sharper than what a page shows of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from extract.pages.sheets import Box, Picture

SCALES = (1.0, 5.0)
"""Pixels of a point at least and at most: less is hardly read, and of more the page shows enough."""
MOST_PIXELS = 25_000_000
"""Pixels of a picture at most: of a larger one what the page shows is read."""
EVEN = 0.03
"""By how much the scales across and down differ at most, and by how much a picture is turned."""
MOSTLY = 0.9
"""The share of the place at least that the picture covers."""


def pixels_of(document: Any, number: int, box: Box, margin: float) -> tuple[Picture, float] | None:
    """Return the pixels of the one picture in a part of a page of pypdfium2's, and how many of them a point has.

    They are red, green and blue (height, width, 3), with so many points around the part. It is None where something
    else is drawn there, or the picture is turned or stretched.
    """
    page = document[number - 1]
    try:
        height = page.get_size()[1]
        if page.get_rotation() or any(page.get_cropbox()[:2]):
            return None
        placed = [(each, _from_top(each.get_bounds(), height)) for each in page.get_objects(max_depth=3)]
        inside = [(each, place) for each, place in placed if _shared(place, box) > 0]
        if len(inside) != 1 or _shared(inside[0][1], box) < MOSTLY * _area(box):
            return None
        scale = _scale(*inside[0])
        around = box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin
        return None if scale is None else (_cut(inside[0][0], inside[0][1], around, scale), scale)
    finally:
        page.close()


def _from_top(bounds: Box, height: float) -> Box:
    """Return bounds, which a page counts from its foot, as a box."""
    left, bottom, right, top = bounds
    return left, height - top, right, height - bottom


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _shared(a: Box, b: Box) -> float:
    """Return the area that two boxes share."""
    if a[2] <= b[0] or b[2] <= a[0]:
        return 0.0
    return _area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def _scale(each: Any, place: Box) -> float | None:
    """Return how many pixels a point of a picture has that stands upright and is not stretched, nor too large."""
    from pypdfium2 import raw

    if each.type != raw.FPDF_PAGEOBJ_IMAGE:
        return None
    wide, high = each.get_px_size()
    if wide * high > MOST_PIXELS:
        return None
    across, down = wide / (place[2] - place[0]), high / (place[3] - place[1])
    a, b, c, d = each.get_matrix().get()[:4]
    is_upright = a > 0 < d and abs(b) < EVEN * a and abs(c) < EVEN * d
    return across if is_upright and abs(across - down) < EVEN * across and SCALES[0] < across < SCALES[1] else None


def _cut(each: Any, place: Box, box: Box, scale: float) -> Picture:
    """Return the pixels of a picture in a box; where it does not reach they are as most of its edge."""
    from pypdfium2 import raw

    bitmap = each.get_bitmap(render=True, scale_to_original=True)
    pixels = bitmap.to_numpy().astype(np.float32)
    pixels = np.repeat(pixels.reshape(*pixels.shape[:2], -1), 3, axis=2) if bitmap.n_channels == 1 else pixels
    colours = pixels[..., :3] if bitmap.rev_byteorder else pixels[..., 2::-1]
    if bitmap.format == raw.FPDFBitmap_BGRA:
        colours = 255 + (colours - 255) * pixels[..., 3:] / 255
    left, top = (round((box[k] - place[k]) * scale) for k in (0, 1))
    wide, high = (max(1, round((box[k + 2] - box[k]) * scale)) for k in (0, 1))
    edge = np.concatenate([colours[0], colours[-1], colours[:, 0], colours[:, -1]])
    found = np.tile(np.median(edge, axis=0).astype(np.uint8), (high, wide, 1))
    x0, y0 = max(0, left), max(0, top)
    part = colours[y0 : max(0, top + high), x0 : max(0, left + wide)]
    found[y0 - top : y0 - top + part.shape[0], x0 - left : x0 - left + part.shape[1]] = part.round()
    return found
