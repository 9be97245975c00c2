"""Decode a PNG or JPEG within bounds, and bring it to shades of grey of one scale, upright."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from extract.drawings.drawing import DrawingError

Gray = np.ndarray[Any, np.dtype[np.uint8]]
"""A picture in shades of grey (height, width), from black (0) to white (255)."""
MOST_BYTES = 1 << 29
"""Bytes of a picture's pixels at most: a drawing of 60 boxes at 200 dpi has 70 million pixels of 4."""
LONGEST = 60_000
"""Pixels of a side at most."""
DARK = 0.62
"""A mark has less than this share of the light of the ground around it."""
GROUND = 15
"""Pixels across which marks give way to the ground around them: more than letters' strokes are wide."""
LIGHT = 180
"""How light the ground of a mark in colours is at least."""
THICK, SOLID = 7, 0.4
"""Pixels across of what is no thin mark, and the share of an area, with the letters in it, that is dark at least."""
NIGHT = 60
"""How light the ground of a picture is at most that is drawn in light colours."""
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
"""The first bytes of a picture, by which it is known."""


def is_picture(head: bytes) -> bool:
    """Tell a PNG or JPEG by its first bytes."""
    return head.startswith((PNG, JPEG))


def decoded(data: bytes) -> Gray:
    """Return a picture in shades of grey; what can be seen through is white.

    Raises DrawingError where it is broken, cut off, or larger than `MOST_BYTES`: its header is asked before any
    memory is taken. Of a moving picture the first is read.
    """
    if not is_picture(data):
        raise DrawingError("is neither a PNG nor a JPEG")
    wide, high, depth = _png_size(data) if data.startswith(PNG) else _jpeg_size(data)
    if not wide or not high:
        raise DrawingError("is a picture of no size")
    if wide * high * depth > MOST_BYTES or max(wide, high) > LONGEST:
        raise DrawingError(f"is a picture of {wide} x {high}, which is too large")
    import cv2

    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        pixels = None
    if pixels is None or pixels.shape[:2] != (high, wide):
        raise DrawingError("is no picture that can be read")
    if pixels.dtype != np.uint8:
        pixels = (pixels // 256).astype(np.uint8)
    if pixels.ndim == 2:
        return np.asarray(pixels)
    channels = pixels.shape[2]
    gray = _shades(pixels[:, :, :3]) if channels > 2 else pixels[:, :, 0]
    if channels in (2, 4):
        covered = cv2.multiply(cv2.bitwise_not(gray), cv2.extractChannel(pixels, channels - 1), scale=1 / 255)
        gray = cv2.bitwise_not(covered)
    return _on_light(np.asarray(gray))


def shaded(pixels: Any) -> Gray:
    """Return a picture of red, green and blue (height, width, 3) in shades of grey, as `decoded` does."""
    return _on_light(np.asarray(_shades(np.ascontiguousarray(pixels[:, :, ::-1]))))


def _shades(pixels: Any) -> Any:
    """Return a picture in colours in shades of grey, thin marks on light ground as dark as their darkest part of light.

    So is what is drawn in light colours: an orange line is as light as a grey one that is hardly seen. What is left
    of a dark area between light letters is no mark.
    """
    import cv2

    gray, least = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), pixels.min(axis=2)
    ground = ground_of(least)
    is_thin = (ground > LIGHT) & (least < DARK * ground)
    if is_thin.any():
        is_thin &= _areas(np.asarray((least < DARK * 255).astype(np.uint8))) == 0
    return np.where(is_thin, np.minimum(gray, least), gray)


def _areas(dark: Any) -> Any:
    """Return the dark areas of a picture, with what is drawn in them: more of each is dark than not, or nearly."""
    import cv2

    wide = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((THICK, THICK), np.uint8))
    found = np.zeros_like(wide)
    for outline in cv2.findContours(wide, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        x, y, across, down = cv2.boundingRect(outline)
        whole = cv2.drawContours(np.zeros((down, across), np.uint8), [np.subtract(outline, (x, y))], -1, 1, -1)
        place = slice(y, y + down), slice(x, x + across)
        if cv2.countNonZero(cv2.bitwise_and(whole, wide[place])) > SOLID * cv2.countNonZero(whole):
            found[place] = cv2.bitwise_or(found[place], whole)
    return found


def ground_of(gray: Gray) -> Gray:
    """Return the light of the ground around each pixel of a picture: as it is where marks give way to it."""
    import cv2

    return np.asarray(cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((GROUND, GROUND), np.uint8)), np.uint8)


def _on_light(gray: Gray) -> Gray:
    """Return a picture on a dark ground with its light turned around, any other as it is."""
    edges = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    return 255 - gray if float(np.median(edges)) < NIGHT else gray


def _png_size(data: bytes) -> tuple[int, int, int]:
    """Return width, height and bytes of a pixel out of the first chunk; the last one has to be there."""
    if len(data) < 33 or data[12:16] != b"IHDR" or b"IEND" not in data[-64:]:
        raise DrawingError("is a PNG that is cut off")
    wide, high, bits = struct.unpack(">IIB", data[16:25])
    return wide, high, 8 if bits == 16 else 4


def _jpeg_size(data: bytes) -> tuple[int, int, int]:
    """Return width, height and bytes of a pixel out of the frame's header (SOF, ITU T.81 B.2.2)."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        kind, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if kind == 0xFF:
            at += 1
        elif 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            if b"\xff\xd9" not in data[-64:]:
                break
            high, wide = struct.unpack(">HH", data[at + 5 : at + 9])
            return wide, high, 3
        else:
            at += 2 + size
    raise DrawingError("is a JPEG that is cut off")
