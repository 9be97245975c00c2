"""A PDF that is open: those of its pages that have not too much on them, and what is known of its figures."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract.figures import diagram_in, drawing_in, pictures_in
from extract.finding import Place, opened, pages_of
from extract.shades import SCALE
from extract.sheets import objects_on, picture_of
from extract.traits import Figure

PIXELS = 4.0
"""Pixels for a point of a figure that is read as it looks."""
MOST_PIXELS = 12_000_000
"""Pixels of such a figure at most; of a larger one a point has fewer."""
MOST_OBJECTS = 60_000
"""Things drawn on a page at most, of which figures and tables are read; more are a map or a plot of points."""


@dataclass(frozen=True)
class Paper:
    """A PDF that is open: its pages as pdfplumber has them, by their numbers, and as PDFium has it."""

    pages: dict[int, Any]
    document: Any


@contextmanager
def opened_paper(source: Path | bytes, numbers: Sequence[int]) -> Iterator[Paper]:
    """Open the pages of a PDF that are asked for and have not too much on them."""
    import pdfplumber

    document = opened(source)
    try:
        sound = _sound(document, numbers)
        if not sound:
            yield Paper({}, document)
            return
        given: Any = io.BytesIO(source) if isinstance(source, bytes) else source
        try:
            pdf = pdfplumber.open(given, pages=sound)
            pages = {each.page_number: each for each in pdf.pages}
        except Exception as error:  # What pdfminer raises on broken files is of any kind.
            raise ValueError(f"cannot be read as a PDF: {type(error).__name__}") from None
        with pdf, _quiet():
            yield Paper(pages, document)
    finally:
        document.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep back what pdfminer logs of each odd number in a file."""
    log = logging.getLogger("pdfminer")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def _sound(document: Any, numbers: Sequence[int]) -> list[int]:
    """Return the pages with no more on them than can be read."""
    counts = {number: objects_on(page, MOST_OBJECTS) for number, page in pages_of(document, numbers)}
    return [number for number, count in counts.items() if count < MOST_OBJECTS]


def seen_in(paper: Paper, place: Place) -> Figure:
    """Return what is known of a figure."""
    page, box = paper.pages[place.page], place.box
    drawing = drawing_in(page, box)
    look = picture_of(paper.document, place.page, box, SCALE)
    return Figure(box, place.caption, drawing, pictures_in(page, box), diagram_in(drawing), look)


def gray_of(paper: Paper, place: Place) -> tuple[Any, float]:
    """Return a figure as it looks, in shades of gray, and how many pixels a point of it has."""
    x0, top, x1, bottom = place.box
    scale = min(PIXELS, (MOST_PIXELS / max(1.0, (x1 - x0) * (bottom - top))) ** 0.5)
    return picture_of(paper.document, place.page, place.box, scale).mean(axis=2).astype("uint8"), scale
