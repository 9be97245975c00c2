"""A page as PDFium shows it: its words, and which of its points bear ink; for finding what stands on it, fast.

Places are in points from the upper left corner of the page as it is shown, whatever its rotation and crop.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from typing import Any

import numpy as np

from extract.pages.page import CODES, LIGATURES, Line, Word

Ink = np.ndarray[Any, np.dtype[np.bool_]]
Picture = np.ndarray[Any, np.dtype[np.uint8]]
Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""
MOST_CHARACTERS = 60_000
"""Characters of a page at most; more are no page of text."""
LONGEST_SIDE = 4000.0
"""Points of a page's longer side at most."""
DEEPEST = 8
"""Forms within forms that are looked into at most."""
WHITE = 8
"""Levels of grey up to which a point is as light as the paper."""


def runs_of(marked: Any, gap: int = 1) -> list[tuple[int, int]]:
    """Return the first place and the one behind the last of each run of what is marked, over no gap that is wider.

    >>> runs_of(np.array([0, 1, 1, 0, 0, 1])), runs_of(np.array([0, 1, 1, 0, 0, 1]), 3), runs_of(np.array([0]))
    ([(1, 3), (5, 6)], [(1, 6)], [])
    """
    places = np.flatnonzero(marked)
    if not len(places):
        return []
    ends = np.flatnonzero(np.diff(places) > gap)
    firsts, lasts = places[[0, *(ends + 1)]], places[[*ends, -1]] + 1
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


class SheetError(ValueError):
    """A page is none that can be looked at."""


@dataclass(frozen=True)
class Sheet:
    """A page: its number from 1, its size, its words that stand upright, and the boxes of turned letters."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    turned: tuple[Box, ...]


def sheet_of(page: Any, number: int) -> Sheet:
    """Return a page of pypdfium2's; raise SheetError where it is too large."""
    width, height = page.get_size()
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
        raise SheetError(f"is {width:.0f} x {height:.0f} points large")
    words, turned = _words(page, width, height)
    return Sheet(number, width, height, tuple(words), tuple(turned))


def ink_of(page: Any) -> Ink:
    """Return where a page bears ink, a row for each point of its height; what readers wrote on it is left out."""
    grey = page.render(scale=1, may_draw_forms=False, draw_annots=False, grayscale=True).to_numpy()
    grey = grey.reshape(grey.shape[0], grey.shape[1]).astype(np.int16)
    paper = int(np.bincount(grey.ravel(), minlength=256).argmax())
    paper = paper if paper > 128 else 255
    ink: Ink = np.abs(grey - paper) > WHITE
    return ink


def is_ruled(ink: Ink, line: Line) -> bool:
    """Tell a row of a table: two vertical rules or more go through a line, between its words, or it is between rules.

    These are close above and below it, and as long.
    """
    if _is_between_rules(ink, line):
        return True
    top, bottom = max(0, int(line.top) - 1), int(line.bottom) + 2
    rules = 0
    for before, word in pairwise(line.words):
        gap = ink[top:bottom, int(before.x1) + 1 : int(word.x0)]
        rules += bool(gap.size and gap.all(axis=0).any())
    return rules > 1


def _is_between_rules(ink: Ink, line: Line) -> bool:
    strip = ink[:, int(line.x0) + 1 : int(line.x1)]
    low = int(line.base)
    above = strip[max(0, int(line.base - 2 * line.size)) : max(0, int(line.base - 0.7 * line.size))]
    below = strip[low + 1 : low + 2 + int(line.size)]
    return all(bool(part.size and part.all(axis=1).any()) for part in (above, below))


def picture_of(document: Any, number: int, box: Box, scale: float) -> Picture:
    """Return a part of a page of a document of pypdfium2's as a picture: rows, columns, and red, green and blue."""
    page = document[number - 1]
    try:
        width, height = page.get_size()
        left, top = max(0.0, box[0]), max(0.0, box[1])
        right, bottom = min(width, box[2]), min(height, box[3])
        around = (left, height - bottom, width - right, top)
        bitmap = page.render(scale=scale, crop=around, may_draw_forms=False, draw_annots=False, rev_byteorder=True)
        picture: Picture = bitmap.to_numpy()[..., :3].copy()
        return picture
    finally:
        page.close()


@dataclass(frozen=True)
class _Letter:
    text: str
    box: Box
    base: float
    size: float
    bold: bool
    upright: bool


def _words(page: Any, width: float, height: float) -> tuple[list[Word], list[Box]]:
    text = page.get_textpage()
    try:
        held: list[_Letter] = []
        words: list[Word] = []
        turned: list[Box] = []
        for letter in _letters(page, text, width, height):
            if letter is not None and not letter.upright:
                turned.append(letter.box)
                continue
            if held and (letter is None or not _goes_on(held[-1], letter)):
                words.append(_word(held))
                held = []
            if letter is not None:
                held.append(letter)
        return [*words, *([_word(held)] if held else [])], turned
    finally:
        text.close()


def _goes_on(last: _Letter, letter: _Letter) -> bool:
    """Tell whether a letter belongs to the word of the one before it."""
    # The letters of a ligature all have its box.
    ahead = letter.box[0] - last.box[0] > -0.1 * last.size or letter.box[0] - last.box[2] > -0.4 * last.size
    near = letter.box[0] - last.box[2] < 0.18 * last.size
    return abs(letter.base - last.base) < 0.2 * last.size and ahead and near


def _word(letters: list[_Letter]) -> Word:
    left, top = min(each.box[0] for each in letters), min(each.box[1] for each in letters)
    right, bottom = max(each.box[2] for each in letters), max(each.box[3] for each in letters)
    text = "".join(each.text for each in letters).translate(LIGATURES)
    size = max(each.size for each in letters)
    return Word(text, left, top, right, bottom, size, letters[0].base, letters[0].bold)


def _letters(page: Any, text: Any, width: float, height: float) -> Iterator[_Letter | None]:
    """Yield the letters of a page in the order of its text, and None where a word ends."""
    import pypdfium2.raw as pdfium

    count = pdfium.FPDFText_CountChars(text)
    if count > MOST_CHARACTERS:
        raise SheetError(f"has more than {MOST_CHARACTERS} characters")
    place = _placing(page)
    ends = [ctypes.c_double() for _ in range(4)]
    left, right, bottom, top = ends
    loose, turn = pdfium.FS_RECTF(), page.get_rotation()
    seen: Any = None
    size, bold, upright = 0.0, False, True
    for i in range(count):
        code = pdfium.FPDFText_GetUnicode(text, i)
        drawn = code in CODES and pdfium.FPDFText_IsGenerated(text, i) != 1
        if not drawn and (code <= 32 or code == 160 or pdfium.FPDFText_IsGenerated(text, i) == 1):
            yield None
            continue
        thing = ctypes.cast(pdfium.FPDFText_GetTextObject(text, i), ctypes.c_void_p).value
        if thing != seen:
            seen = thing
            size, bold, upright = _type(text, i, place)
        if not pdfium.FPDFText_GetLooseCharBox(text, i, loose):
            continue
        pdfium.FPDFText_GetCharBox(text, i, *ends)
        # Letters reach across as far as they advance the pen, and up and down as far as their ink goes.
        flat = upright and not turn % 180
        across = (loose.left, loose.right) if flat else (left.value, right.value)
        (x0, y0), (x1, y1) = place(across[0], bottom.value), place(across[1], top.value)
        pdfium.FPDFText_GetCharOrigin(text, i, left, bottom)
        base = place(left.value, bottom.value)[1]
        box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        if -size < box[0] < width + size and -size < box[1] < height + size:
            hyphen = pdfium.FPDFText_IsHyphen(text, i) == 1  # Where a line ends.
            letter = "-" if hyphen else CODES[code] if drawn else chr(code) if code < 0x110000 else "\ufffd"
            yield _Letter(letter, box, base, size, bold, upright)


def _placing(page: Any) -> Any:
    """Return what takes a point of a PDF's page to where it is shown."""
    left, bottom, right, top = page.get_bbox()
    turn = page.get_rotation() % 360

    def place(x: float, y: float) -> tuple[float, float]:
        if turn == 90:
            return y - bottom, x - left
        if turn == 180:
            return right - x, y - bottom
        if turn == 270:
            return top - y, right - x
        return x - left, top - y

    return place


def _type(text: Any, i: int, place: Any) -> tuple[float, bool, bool]:
    """Return the size of a letter's type, and whether it is bold, and upright."""
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text, i, matrix)
    (x0, y0), (x1, y1) = place(0.0, 0.0), place(matrix.a, matrix.b)
    size = pdfium.FPDFText_GetFontSize(text, i) * hypot(matrix.c, matrix.d)
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(text, i, name, 128, None)
    font = name.value.decode("ascii", "replace").lower()
    return max(size, 0.1), "bold" in font or "medi" in font, x1 - x0 > 2 * abs(y1 - y0)


def objects_on(page: Any, most: int) -> int:
    """Count the things drawn on a page of pypdfium2's, those of its forms too, up to so many."""
    import pypdfium2.raw as pdfium

    def inside(form: Any, depth: int) -> int:
        if pdfium.FPDFPageObj_GetType(form) != pdfium.FPDF_PAGEOBJ_FORM or depth > DEEPEST:
            return 1
        count = total = pdfium.FPDFFormObj_CountObjects(form)
        for i in range(min(count, most)):
            total += inside(pdfium.FPDFFormObj_GetObject(form, i), depth + 1) - 1
            if total >= most:
                break
        return int(total)

    count = total = pdfium.FPDFPage_CountObjects(page)
    for i in range(min(count, most)):
        total += inside(pdfium.FPDFPage_GetObject(page, i), 0) - 1
        if total >= most:
            break
    return int(total)
