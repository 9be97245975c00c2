"""What a paper shows: each figure and table with the designs in it, and what of it was recognised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extract.assemble import assemble
from extract.blocks import LARGEST, Block, lacks_inside, shows
from extract.chains import chain_of
from extract.diagrams import Diagram
from extract.drawing import DrawingError
from extract.drawn import DrawnLayer, without_blobs
from extract.figure_design import design_of
from extract.figures import crop_of, diagram_in, is_picture
from extract.finding import Place, find
from extract.kinds import NONE, Kind, figure_kind, table_kind
from extract.layouts import TableDesign, designs_of
from extract.opening import Paper, gray_of, opened_paper, seen_in
from extract.page import Line, lines_of, page_of, segments
from extract.pdf_tables import Region, grid_of
from extract.sheets import Box
from extract.texts import grids_of
from extract.traits import Figure, traits_of
from ir.diagnostics import Report
from ir.graph import Graph
from ir.origin import Origin

if TYPE_CHECKING:
    from extract.raster.figure import Seen

Look = Callable[[], "tuple[Seen, float] | None"]
"""Returns what is seen of a figure as it looks, with its pixels for a point, or None where it cannot be read."""


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
        """What tells it from the others: its configuration, the label, or for a part of a figure both."""
        if isinstance(self.design, FigureDesign):
            return f"{self.label} {self.design.config}".strip()
        return self.design.config or self.label

    def name(self, path: Path) -> str:
        """Return a name for the model."""
        config = f" {self.design.config}" if self.design.config else ""
        return f"{path.stem}{config}"

    def graph(self, name: str, origin: Origin, report: Report, blocks: Sequence[Block] = ()) -> Graph:
        """Build the design; what is inferred, and what the paper leaves open, is reported.

        `blocks` are what figures of the paper show of what a table names only.
        """
        if isinstance(self.design, TableDesign):
            return assemble(self.design, self.caption, name, origin, report, blocks)
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


def sightings(
    source: Path | bytes, wanted: Callable[[Place], bool] = lambda _: True, *, doubtful: bool = False
) -> Iterator[Sighting]:
    """Yield the figures and tables of a PDF, page by page; those that are not wanted are found, and not read.

    A figure that seems to show no design is read where it is `doubtful` whether it does: where a user names it.
    Raises OSError where a file cannot be read, and ValueError where it is no PDF that can be opened.
    """
    places = find(source)
    numbers = sorted({each.page for each in places if wanted(each)})
    with opened_paper(source, numbers) as paper:
        for number, on_page in groupby(places, key=lambda each: each.page):
            page = paper.pages.get(number)
            for place in on_page:
                if not wanted(place):
                    yield Sighting(place, NONE)
                elif page is None:
                    yield Sighting(place, NONE, problem="is on a page with more drawn on it than is read")
                else:
                    yield _sighting(paper, place, doubtful)
            if page is not None:
                page.close()


def _sighting(paper: Paper, place: Place, doubtful: bool) -> Sighting:
    try:
        return _table(paper.pages[place.page], place) if place.kind == "table" else _figure(paper, place, doubtful)
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


def _figure(paper: Paper, place: Place, doubtful: bool) -> Sighting:
    figure = seen_in(paper, place)
    kind = figure_kind(figure)
    diagram, look = figure.diagram, cache(partial(_look, paper, place))
    if kind.name == NONE.name and not doubtful:
        return Sighting(place, kind)
    if diagram is None or not diagram.links or not any(each.texts for each in diagram.shapes):
        diagram = _spelled(figure) or _told(diagram, _pictured(paper, place, look))
    if diagram is None or not diagram.links:
        diagram = chain_of(_phrases(paper, place, figure, look)) or diagram
    if diagram is None or not diagram.links:
        picture = is_picture(figure.pictures, place.box)
        return Sighting(
            place,
            kind,
            problem="is a picture in which no boxes with arrows were read" if picture else "shows no boxes with arrows",
        )
    across, down = paper.pages[place.page].cropbox[:2]
    elements = tuple(Element(" ".join(each.texts), _moved(each.box, -across, -down)) for each in diagram.shapes)
    links = tuple((each.start, each.end) for each in diagram.links)
    parts = [without_blobs(part) for part in diagram.parts()]
    drawn = [(layers, edges) for layers, edges in parts if len(layers) > 1 and edges]
    names = [f"part {i}" for i in range(1, len(drawn) + 1)] if len(drawn) > 1 else [""]
    designs = (
        FigureDesign(name, tuple(layers), tuple(edges)) for name, (layers, edges) in zip(names, drawn, strict=False)
    )
    found = tuple(Found(place.page, place.label, place.caption, each) for each in designs)
    return Sighting(place, kind, found, elements, links, "" if found else "has boxes and arrows that say no layers")


def _look(paper: Paper, place: Place) -> tuple[Seen, float] | None:
    """Return what is seen of a figure as it looks, and how many of its pixels are a point, if that can be read."""
    gray, scale = gray_of(paper, place)
    try:
        from extract.raster.figure import seen_of

        return seen_of(gray), scale
    except (DrawingError, ImportError):
        return None


def _phrases(paper: Paper, place: Place, figure: Figure, look: Look) -> list[Line]:
    """Return the texts of a figure: those of its letters, or what is read of it as a picture."""
    if figure.drawing.words:
        return [part for line in lines_of(figure.drawing.words) for part in segments(line, 0.9)]
    if (seen := look()) is None:
        return []
    from extract.raster.figure import phrases_of_seen
    from extract.raster.reading import NoReaderError

    picture, scale = seen
    try:
        found = phrases_of_seen(picture)
    except (DrawingError, NoReaderError):
        return []
    across, down = paper.pages[place.page].cropbox[:2]
    return [each.placed(1 / scale, place.box[0] + across, place.box[1] + down) for each in found]


def _spelled(figure: Figure) -> Diagram | None:
    """Return the diagram of a drawing whose letters are outlines, if it holds any that say something in boxes."""
    from extract.outlined import with_words
    from extract.raster.reading import NoReaderError

    if figure.drawing.words:
        return None
    try:
        found = diagram_in(with_words(figure.drawing))
    except (NoReaderError, ImportError):
        return None
    return found if found and found.links and any(each.texts for each in found.shapes) else None


def blocks_for(source: Path | bytes, found: Found) -> tuple[Block, ...]:
    """Return what figures of a paper show of what the table of a design names only.

    Raises OSError and ValueError, as `sightings` does.
    """
    if not isinstance(found.design, TableDesign):
        return ()
    lacking = [each for each in found.design.readings if lacks_inside(each)]

    def wanted(place: Place) -> bool:
        return place.kind == "figure" and any(shows(place.label, place.caption, each) for each in lacking)

    seen = sightings(source, wanted, doubtful=True) if lacking else ()
    return tuple(
        Block(each.label, each.caption, each.design.layers, each.design.edges)
        for sighting in seen
        for each in sighting.designs
        if isinstance(each.design, FigureDesign) and len(each.design.layers) <= LARGEST
    )


def _told(drawn: Diagram | None, seen: Diagram | None) -> Diagram | None:
    """Return a diagram whose letters are outlines with the texts that are seen in its boxes, or else what is seen."""
    if drawn is None or seen is None or not drawn.links:
        return seen or drawn

    def texts_in(box: Box) -> tuple[str, ...]:
        middles = [((each.box[0] + each.box[2]) / 2, (each.box[1] + each.box[3]) / 2) for each in seen.shapes]
        inside = [box[0] <= x <= box[2] and box[1] <= y <= box[3] for x, y in middles]
        return tuple(text for each, fits in zip(seen.shapes, inside, strict=True) if fits for text in each.texts)

    return replace(drawn, shapes=tuple(replace(each, texts=texts_in(each.box)) for each in drawn.shapes))


def _pictured(paper: Paper, place: Place, look: Look) -> Diagram | None:
    """Return the diagram of a figure as it looks, of a picture or of letters that are outlines, if it can be read.

    Its places are those of the page's letters, as a drawing's are.
    """
    if (seen := look()) is None:
        return None
    from extract.raster.figure import diagram_of_seen
    from extract.raster.reading import NoReaderError

    picture, scale = seen
    try:
        found = diagram_of_seen(picture).scaled(1 / scale)
    except (DrawingError, NoReaderError):
        return None
    across, down = paper.pages[place.page].cropbox[:2]
    aside, below = place.box[0] + across, place.box[1] + down
    shapes = tuple(replace(each, box=_moved(each.box, aside, below)) for each in found.shapes)
    return replace(found, shapes=shapes)


def figures_in(source: Path | bytes, places: Sequence[Place]) -> Iterator[tuple[Place, dict[str, float]]]:
    """Yield the traits of figures whose places are known, in the order of pages; those that cannot be read are not."""
    with opened_paper(source, sorted({each.page for each in places})) as paper:
        for number, on_page in groupby(places, key=lambda each: each.page):
            for place in on_page:
                with suppress(DrawingError, KeyError):
                    yield place, traits_of(seen_in(paper, place))
            if number in paper.pages:
                paper.pages[number].close()


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
