"""What a paper shows: each figure and table with the designs in it, and what of it was recognised."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from extract.assemble import assemble
from extract.drawing import DrawingError
from extract.drawn import DrawnLayer, without_blobs
from extract.figure_design import design_of
from extract.figures import crop_of, diagram_in, is_picture
from extract.finding import Place, find, opened
from extract.kinds import NONE, Kind, figure_kind, table_kind
from extract.layouts import TableDesign, designs_of
from extract.page import page_of
from extract.pdf_tables import Region, grid_of
from extract.sheets import Box, objects_on
from extract.texts import grids_of
from ir.diagnostics import Report
from ir.graph import Graph
from ir.origin import Origin

MOST_OBJECTS = 60_000
"""Things drawn on a page at most, of which figures and tables are read; more are a map or a plot of points."""


@dataclass(frozen=True)
class FigureDesign:
    """A design that a figure shows: which part of it, and its layers with which leads to which."""

    config: str
    layers: tuple[DrawnLayer, ...]
    edges: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Found:
    """A design in a figure or table, with the page, the label and the caption of that."""

    page: int
    label: str
    caption: str
    design: TableDesign | FigureDesign

    @property
    def title(self) -> str:
        """What tells it from the others: its configuration, or else the label."""
        return self.design.config or self.label

    def name(self, path: Path) -> str:
        """Return a name for the model."""
        config = f" {self.design.config}" if self.design.config else ""
        return f"{path.stem}{config}"

    def graph(self, name: str, origin: Origin, report: Report) -> Graph:
        """Build the design; what is inferred, and what the paper leaves open, is reported."""
        if isinstance(self.design, TableDesign):
            return assemble(self.design, self.caption, name, origin, report)
        return design_of(self.design.layers, self.design.edges, name, origin, report)


@dataclass(frozen=True)
class Element:
    """Something that was recognised: a box of a figure or a cell of a table, and where it is on the page."""

    text: str
    box: Box


@dataclass(frozen=True)
class Sighting:
    """A figure or table: its place, what it shows, its designs, and what was recognised in it.

    `links` are pairs of elements by their numbers. `problem` says why it could not be read, where that is so.
    """

    place: Place
    kind: Kind
    designs: tuple[Found, ...] = ()
    elements: tuple[Element, ...] = ()
    links: tuple[tuple[int, int], ...] = ()
    problem: str = ""


def sightings(source: Path | bytes, wanted: Callable[[Place], bool] = lambda _: True) -> Iterator[Sighting]:
    """Yield the figures and tables of a PDF, page by page; those that are not wanted are found, and not read.

    Raises OSError where a file cannot be read, and ValueError where it is no PDF that can be opened.
    """
    places = find(source)
    numbers = sorted({each.page for each in places if wanted(each)})
    with _opened(source, numbers) as pages:
        for number, on_page in groupby(places, key=lambda each: each.page):
            page = pages.get(number)
            for place in on_page:
                yield _sighting(page, place) if page is not None and wanted(place) else Sighting(place, NONE)
            if page is not None:
                page.close()


@contextmanager
def _opened(source: Path | bytes, numbers: Sequence[int]) -> Iterator[dict[int, Any]]:
    """Open the pages of a PDF that are asked for and have not too much on them, by their numbers."""
    import pdfplumber

    sound = _sound(source, numbers)
    if not sound:
        yield {}
        return
    given: Any = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        pdf = pdfplumber.open(given, pages=sound)
        pages = {each.page_number: each for each in pdf.pages}
    except Exception as error:  # What pdfminer raises on broken files is of any kind.
        raise ValueError(f"cannot be read as a PDF: {type(error).__name__}") from None
    with pdf:
        yield pages


def _sound(source: Path | bytes, numbers: Sequence[int]) -> list[int]:
    """Return the pages with no more on them than can be read."""
    document = opened(source)
    try:
        sound = []
        for number in numbers:
            page = document[number - 1]
            if objects_on(page, MOST_OBJECTS) < MOST_OBJECTS:
                sound.append(number)
            page.close()
        return sound
    finally:
        document.close()


def _sighting(page: Any, place: Place) -> Sighting:
    try:
        return _table(page, place) if place.kind == "table" else _figure(page, place)
    except DrawingError as error:
        return Sighting(place, NONE, problem=str(error))
    except Exception as error:  # What pdfminer raises on broken pages is of any kind.
        return Sighting(place, NONE, problem=f"cannot be read: {type(error).__name__}")


def _table(page: Any, place: Place) -> Sighting:
    crop = crop_of(page, place.box)
    across, down = page.cropbox[:2]
    box = (place.box[0] + across, place.box[1] + down, place.box[2] + across, place.box[3] + down)
    designs = designs_of(grid_of(page_of(crop), Region.of(page_of(crop), box)))
    cells = dict.fromkeys(cell for each in designs for cell in each.cells if cell.box is not None)
    elements = [Element(each.text, _moved(each.box, -across, -down)) for each in cells if each.box is not None]
    found = tuple(Found(place.page, place.label, place.caption, each) for each in designs)
    return Sighting(place, table_kind(designs), found, tuple(elements))


def _figure(page: Any, place: Place) -> Sighting:
    across, down = page.cropbox[:2]
    diagram = diagram_in(page, place.box)
    kind = figure_kind(page, place, diagram)
    elements = tuple(Element(" ".join(each.texts), _moved(each.box, -across, -down)) for each in diagram.shapes)
    links = tuple((each.start, each.end) for each in diagram.links)
    if kind.name == NONE.name:
        return Sighting(place, kind)
    parts = [without_blobs(part) for part in diagram.parts()]
    drawn = [(layers, edges) for layers, edges in parts if len(layers) > 1 and edges]
    names = [f"part {i}" for i in range(1, len(drawn) + 1)] if len(drawn) > 1 else [""]
    designs = (
        FigureDesign(name, tuple(layers), tuple(edges)) for name, (layers, edges) in zip(names, drawn, strict=False)
    )
    found = tuple(Found(place.page, place.label, place.caption, each) for each in designs)
    problem = "is a picture, whose boxes and arrows are not read" if is_picture(page, place.box) and not found else ""
    return Sighting(place, kind, found, elements, links, problem)


def _moved(box: Box, across: float, down: float) -> Box:
    return box[0] + across, box[1] + down, box[2] + across, box[3] + down


SUFFIXES = (".csv", ".tsv", ".md", ".markdown", ".html", ".htm", ".tex")
"""Those of tables that are written as text."""


def texts_of(path: Path, raw: bytes) -> list[Found]:
    """Return the designs of the tables in a text; what is around them stands for their captions."""
    text = raw.decode("utf-8", "replace")
    suffix = path.suffix.lower() if path.suffix.lower() in SUFFIXES else ".csv"
    caption = re.sub(r"<[^>]*>|\|.*", " ", text[:20_000]) if suffix not in (".csv", ".tsv") else ""
    grids = grids_of(text, suffix)
    return [Found(0, f"Table {i}", caption, design) for i, grid in enumerate(grids, 1) for design in designs_of(grid)]
