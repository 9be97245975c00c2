"""A PDF that is open: those of its pages that have not too much on them, and what is known of its figures."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from extract.classify.shades import SCALE
from extract.classify.traits import Figure
from extract.drawings.diagrams import Diagram
from extract.drawings.drawing import DrawingError
from extract.drawings.figures import diagram_in, drawing_in, pictures_in
from extract.pages.embedded import pixels_of
from extract.pages.finding import Place, opened, pages_of
from extract.pages.page import Line, Word
from extract.pages.sheets import Box, objects_on, picture_of

if TYPE_CHECKING:
    from extract.raster.figure import Seen

MARGIN = 3.0
"""Points around a figure that belong to its look: its borders may be wider than what is found of them."""
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
    read: dict[Place, tuple[Diagram, tuple[Line, ...]] | None] = field(default_factory=dict, compare=False)
    """What was read of figures as they look, so that each is read once."""
    looks: dict[Place, tuple[Seen, float] | None] = field(default_factory=dict, compare=False)
    """What was seen of the last figure that was looked at."""
    taken: Mapping[int, tuple[Box, ...]] = field(default_factory=dict, compare=False)
    """The boxes of the figures and tables of each page."""


@contextmanager
def opened_paper(
    source: Path | bytes, numbers: Sequence[int], taken: Mapping[int, tuple[Box, ...]] | None = None
) -> Iterator[Paper]:
    """Open the pages of a PDF that are asked for and have not too much on them; `taken` is as for `Paper`."""
    import pdfplumber

    from extract.pages.visible import seen

    document = opened(source)
    try:
        sound = _sound(document, numbers)
        if not sound:
            yield Paper({}, document, taken=taken or {})
            return
        given: Any = io.BytesIO(source) if isinstance(source, bytes) else source
        try:
            pdf = pdfplumber.open(given, pages=sound)
            pages = {each.page_number: seen(each) for each in pdf.pages}
        except Exception as error:  # What pdfminer raises on broken files is of any kind.
            raise ValueError(f"cannot be read as a PDF: {type(error).__name__}") from None
        with pdf, _quiet():
            yield Paper(pages, document, taken=taken or {})
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


def pictured(paper: Paper, place: Place) -> tuple[Diagram, tuple[Line, ...]] | None:
    """Return the diagram of a figure as it looks, and all that is written in it, if Tesseract can read it.

    Places are those of the page's letters, as a drawing's are.
    """
    if place not in paper.read:
        paper.read[place] = _pictured(paper, place)
    return paper.read[place]


def looked(paper: Paper, place: Place) -> tuple[Seen, float] | None:
    """Return what is seen of a figure before a letter is read, and how many pixels a point of it has, if it can be."""
    if place not in paper.looks:
        paper.looks.clear()
        gray, scale = gray_of(paper, place)
        try:
            from extract.raster.figure import seen_of

            paper.looks[place] = seen_of(gray), scale
        except (DrawingError, ImportError):
            paper.looks[place] = None
    return paper.looks[place]


def _pictured(paper: Paper, place: Place) -> tuple[Diagram, tuple[Line, ...]] | None:
    if (look := looked(paper, place)) is None:
        return None
    from extract.raster.figure import read_seen
    from extract.raster.reading import NoReaderError

    seen, scale = look
    try:
        found, lines = read_seen(seen)
    except (DrawingError, NoReaderError):
        return None
    aside, below = corner_of(paper, place)
    return _placed(found, scale, aside, below), tuple(each.placed(1 / scale, aside, below) for each in lines)


def corner_of(paper: Paper, place: Place) -> tuple[float, float]:
    """Return the upper left corner of a figure's look on its page."""
    across, down = paper.pages[place.page].cropbox[:2]
    return place.box[0] + across - MARGIN, place.box[1] + down - MARGIN


def _placed(diagram: Diagram, scale: float, aside: float, below: float) -> Diagram:
    """Return a diagram out of the pixels of a figure, so many a point, in points of its page."""
    diagram = diagram.scaled(1 / scale)
    return replace(diagram, shapes=tuple(replace(each, box=moved(each.box, aside, below)) for each in diagram.shapes))


def standing(paper: Paper, place: Place, words: Sequence[Word] = ()) -> Diagram | None:
    """Return the diagram of a figure of volumes, of a pile of boxes, or of neurons, as it looks; None for other boxes.

    Its texts are `words`, in points of its page, or what is read where there are none.
    """
    look = looked(paper, place)
    boxes, read = (None, tuple(Line((each,)) for each in words)) if words else pictured(paper, place) or (None, ())
    joined = boxes is not None and boxes.is_joined
    if look is None or not read or (boxes is not None and joined and not boxes.is_mute):
        return None
    from extract.raster.faces import CAPITALS
    from extract.raster.figure import neurons_of_seen, volumes_of_seen

    seen, scale = look
    aside, below = corner_of(paper, place)
    lines = [each.placed(scale, -aside * scale, -below * scale) for each in read]
    if words:  # Of what is read it is known how high capitals are, and not the size of their type.
        lines = [Line(tuple(replace(word, size=word.size * CAPITALS) for word in each.words)) for each in lines]
    found = (neurons_of_seen if joined else volumes_of_seen)(seen, lines)
    return None if found is None else _placed(found, scale, aside, below)


def reread(paper: Paper, place: Place, figure: Figure) -> Figure:
    """Return a figure with what is read of it as it looks, where that can be."""
    read = pictured(paper, place)
    if read is None:
        return figure
    diagram, lines = read
    drawing = replace(figure.drawing, words=tuple(word for line in lines for word in line.words))
    drawn = figure.diagram
    says = drawn is not None and drawn.links and any(each.texts for each in drawn.shapes)
    return replace(figure, drawing=drawing, diagram=drawn if says else diagram)


def moved(box: Box, across: float, down: float) -> Box:
    """Return a box so much further to the right and down."""
    return box[0] + across, box[1] + down, box[2] + across, box[3] + down


def gray_of(paper: Paper, place: Place) -> tuple[Any, float]:
    """Return a figure as it looks, in shades of gray, with `MARGIN` around it, and how many pixels a point has."""
    from extract.raster.picture import shaded

    x0, top, x1, bottom = place.box
    if (own := pixels_of(paper.document, place.page, place.box, MARGIN)) is not None:
        return shaded(own[0]), own[1]
    scale = min(PIXELS, (MOST_PIXELS / max(1.0, (x1 - x0) * (bottom - top))) ** 0.5)
    gray = picture_of(paper.document, place.page, place.box, scale).mean(axis=2).astype("uint8")
    return np.pad(gray, round(MARGIN * scale), constant_values=255), scale
