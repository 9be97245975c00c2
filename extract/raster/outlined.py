"""Letters that a drawing holds as outlines: which they are, and what Tesseract reads of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import quantiles

import numpy as np

from extract.drawings.arrows import Box
from extract.drawings.drawing import Drawing, Path
from extract.drawings.strokes import is_head
from extract.pages.page import Word
from extract.raster.picture import Gray

LARGEST = 24.0
"""Points of a letter at most."""
MOST = 6_000
"""Outlines of letters at most that are read: more are a page of text."""
BESIDE = 0.9
"""How far letters of a line are apart at most, as a share of their height: as far as words are."""
FINER = 4
"""How many times finer outlines are filled than letters are read, for smooth edges."""


def with_words(drawing: Drawing) -> Drawing:
    """Return a drawing with words in the place of the outlines of letters.

    Raises NoReaderError where Tesseract is not installed, and ImportError where OpenCV is not.
    """
    from extract.raster.ink import LETTER
    from extract.raster.letters import BORDER, Strip
    from extract.raster.reading import read_lines
    from extract.raster.spelling import mended

    small = [each for each in drawing.paths if _is_small(each)]
    if not 3 <= len(small) <= MOST:
        return drawing
    high = quantiles([each.box[3] - each.box[1] for each in small], n=10)[7]
    lines = [line for line in _lines(small, high) if len(line) > 1 or not is_head(line[0])]
    if not lines or high <= 0:
        return drawing
    boxes = [_around(line) for line in lines]
    images = [_filled(line, box, LETTER / high, BORDER) for line, box in zip(lines, boxes, strict=True)]
    strips = [Strip(box, image, (image < 128).astype(np.uint8)) for box, image in zip(boxes, images, strict=True)]
    texts = [mended(text) for text in read_lines(strips)]
    words = [_word(text, box, high) for text, box in zip(texts, boxes, strict=True) if text.strip()]
    letters = {id(each) for line, text in zip(lines, texts, strict=True) if text.strip() for each in line}
    plain = tuple(each for each in drawing.paths if id(each) not in letters)
    return replace(drawing, paths=plain, words=(*drawing.words, *words))


def _is_small(path: Path) -> bool:
    left, top, right, bottom = path.box
    return path.filled and not path.stroked and path.closed and right - left < LARGEST and 0.2 < bottom - top < LARGEST


def _lines(letters: Sequence[Path], high: float) -> list[list[Path]]:
    """Return letters by lines: those beside each other at one height."""
    lines: list[list[Path]] = []
    ends: list[Box] = []
    for each in sorted(letters, key=lambda path: path.box[0]):
        left, top, right, bottom = each.box
        best = None
        for i in range(len(lines) - 1, -1, -1):
            _, upper, end, lower = ends[i]
            if left - end < BESIDE * high and min(bottom, lower) - max(top, upper) > -0.25 * high:
                whole = max(bottom, lower) - min(top, upper)
                if whole < 1.6 * high and (best is None or ends[i][2] > ends[best][2]):
                    best = i
        if best is None:
            lines.append([each])
            ends.append(each.box)
        else:
            lines[best].append(each)
            x0, upper, end, lower = ends[best]
            ends[best] = (x0, min(top, upper), max(right, end), max(bottom, lower))
    return lines


def _around(letters: Sequence[Path]) -> Box:
    boxes = [each.box for each in letters]
    x0, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    return x0, top, max(box[2] for box in boxes), max(box[3] for box in boxes)


def _filled(letters: Sequence[Path], box: Box, scale: float, border: int) -> Gray:
    """Return the letters of a line, dark on white: an outline within another one is a hole."""
    import cv2

    fine = scale * FINER
    wide, high = (max(1, round((box[i + 2] - box[i]) * scale)) for i in (0, 1))
    inside = np.zeros((high * FINER, wide * FINER), np.uint8)
    for each in letters:
        mask = np.zeros_like(inside)
        points = [[round((x - box[0]) * fine), round((y - box[1]) * fine)] for x, y in each.points]
        cv2.fillPoly(mask, [np.array(points, np.int32)], 1)
        inside ^= mask
    small = cv2.resize(255 - 255 * inside, (wide, high), interpolation=cv2.INTER_AREA)
    return np.asarray(np.pad(small, border, constant_values=255), np.uint8)


def _word(text: str, box: Box, high: float) -> Word:
    x0, top, x1, bottom = box
    return Word(text, x0, top, x1, bottom, high / 0.72, bottom)
