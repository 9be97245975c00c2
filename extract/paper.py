"""What a paper shows: each figure and table with the designs in it, and what of it was recognised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from extract.classify.kinds import NONE, Kind, figure_kind, is_doubtful, table_kind
from extract.columns.table_design import TableDesign
from extract.designs.assemble import assemble
from extract.designs.blocks import LARGEST, Block, lacks_inside, shows
from extract.designs.figure_design import design_of
from extract.designs.network_words import networks_of
from extract.drawings.drawing import DrawingError, is_ruled
from extract.drawings.drawn import DrawnLayer, without_blobs
from extract.drawings.figures import crop_of, is_picture
from extract.figure_diagrams import diagram_of
from extract.opening import Paper, moved, opened_paper, reread, seen_in
from extract.pages.finding import Place, find
from extract.pages.page import Page, page_of
from extract.pages.sheets import Box
from extract.structure.page_breaks import is_near_end, may_go_on, with_rows_of
from extract.structure.pdf_tables import designs_in
from extract.structure.surroundings import caption_of
from extract.structure.texts import readable, tables_of
from extract.tables.layouts import designs_of
from extract.tables.printed_modules import printed_modules
from ir.diagnostics import Report
from ir.graph import Graph
from ir.origin import Origin

TOGETHER = 40
"""Pages that are read of a file before it is opened anew: pdfminer keeps what it once read of one."""


@dataclass(frozen=True)
class FigureDesign:
    """A design that a figure shows: which part of it, and its layers with which leads to which."""

    config: str
    layers: tuple[DrawnLayer, ...]
    edges: tuple[tuple[int, int], ...]
    asked: tuple[str, ...] = ()


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
        for each in self.design.asked:
            report.add("question", each, origin)
        return design_of(self.design.layers, self.design.edges, name, origin, report, self.caption)


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
    taken: dict[int, tuple[Box, ...]] = defaultdict(tuple)
    for each in places:
        taken[each.page] += (each.box,)
    for _, some in groupby(places, key=lambda each: each.page // TOGETHER):
        near = list(some)
        with opened_paper(source, _numbers([each for each in near if wanted(each)]), taken) as paper:
            yield from _sightings(paper, near, wanted, doubtful)


def _sightings(
    paper: Paper, places: Sequence[Place], wanted: Callable[[Place], bool], doubtful: bool
) -> Iterator[Sighting]:
    """Yield what places of an open paper show, page by page."""
    for number, on_page in groupby(places, key=lambda each: each.page):
        page = paper.pages.get(number)
        for place in on_page:
            if not wanted(place):
                yield Sighting(place, NONE)
            elif page is None:
                yield Sighting(place, NONE, problem="is on a page with more drawn on it than is read")
            else:
                yield sighting_in(paper, place, doubtful=doubtful)
        if page is not None:
            page.close()


def _numbers(places: Sequence[Place]) -> list[int]:
    """Return the pages that are read for figures and tables: a table may go on over the end of its own."""
    beside = (number for each in places if each.kind == "table" for number in (each.page - 1, each.page + 1))
    return sorted({*(each.page for each in places), *beside} - {0})


def sighting_in(paper: Paper, place: Place, *, doubtful: bool = False) -> Sighting:
    """Return what a place of an open paper shows; `doubtful` is as for `sightings`."""
    try:
        return _table(paper, place) if place.kind == "table" else _figure(paper, place, doubtful)
    except DrawingError as error:
        return Sighting(place, NONE, problem=str(error))
    except Exception as error:  # What pdfminer raises on broken pages is of any kind.
        return Sighting(place, NONE, problem=f"cannot be read: {type(error).__name__}")


def _table(paper: Paper, place: Place) -> Sighting:
    page = paper.pages[place.page]
    across, down = page.cropbox[:2]
    box = moved(place.box, across, down)
    own = page_of(_without_neighbours(crop_of(page, place.box), box))
    designs = designs_in(*_with_other_pages(paper, place.page, own, box), place.caption)
    cells = dict.fromkeys(cell for each in designs for cell in each.cells)
    boxes = {cell: cell.box for cell in cells if cell.box and box[1] - 1 < cell.box[1] and cell.box[3] < box[3] + 1}
    elements = [Element(cell.text, moved(at, -across, -down)) for cell, at in boxes.items()]
    heard = [replace(each, told=place.told, anywhere=place.anywhere) for each in designs]
    found = tuple(Found(place.page, place.label, place.caption, each) for each in heard)
    return Sighting(place, table_kind(designs), found, tuple(elements))


def _with_other_pages(paper: Paper, number: int, own: Page, box: Box) -> tuple[Page, Box]:
    """Return what is on a page and in a table's box, with those of its rows that are on the pages after and before."""
    for way in (1, -1):
        here, at = number, box
        while (
            here in paper.pages
            and here + way in paper.pages
            and is_near_end(float(paper.pages[here].height), at, way)
            and may_go_on(page_of(paper.pages[here]), at, way)
        ):
            here += way
            other = page_of(paper.pages[here])
            more = with_rows_of(own, box, other, paper.taken.get(here, ()), way)
            if more is None:
                break
            own, box, at = more
    return own, box


def _without_neighbours(crop: Any, box: Box) -> Any:
    """Return a part of a page without letters of the lines above and below a box, which a caption close to it has."""
    whole = float(crop.root_page.height) + float(crop.root_page.mediabox[1])

    def is_inside(each: dict[str, Any]) -> bool:
        upright = each["object_type"] == "char" and each.get("upright", True)
        return not upright or box[1] - 1 < whole - float(each["matrix"][5]) < box[3] + 2

    return crop.filter(is_inside)


def _figure(paper: Paper, place: Place, doubtful: bool) -> Sighting:
    figure = seen_in(paper, place)
    if is_ruled(figure.drawing) and (table := _table(paper, place)).designs:
        return table
    kind = figure_kind(figure)
    if is_doubtful(figure, kind):
        kind = figure_kind(reread(paper, place, figure))
    if kind.name == NONE.name and not doubtful:
        return Sighting(place, kind)
    diagram = diagram_of(paper, place, figure)
    if diagram is None or not diagram.links:
        picture = is_picture(figure.pictures, place.box)
        return Sighting(
            place,
            kind,
            problem="is a picture in which no boxes with arrows were read" if picture else "shows no boxes with arrows",
        )
    across, down = paper.pages[place.page].cropbox[:2]
    elements = tuple(Element(" ".join(each.texts), moved(each.box, -across, -down)) for each in diagram.shapes)
    links = tuple((each.start, each.end) for each in diagram.drawn)
    parts = [without_blobs(part) for part in diagram.parts()]
    drawn = [(layers, edges) for layers, edges in parts if len(layers) > 1 and edges]
    drawn = drawn if doubtful else networks_of(drawn)
    names = [f"part {i}" for i in range(1, len(drawn) + 1)] if len(drawn) > 1 else [""]
    designs = (
        FigureDesign(name, tuple(layers), tuple(edges), diagram.asked)
        for name, (layers, edges) in zip(names, drawn, strict=False)
    )
    found = tuple(Found(place.page, place.label, place.caption, each) for each in designs)
    return Sighting(place, kind, found, elements, links, "" if found else "has boxes and arrows that say no layers")


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


SUFFIXES = (".csv", ".tsv", ".md", ".markdown", ".html", ".htm", ".tex", ".txt")
"""Those of tables that are written as text."""


def texts_of(path: Path, raw: bytes) -> list[Found]:
    """Return the designs of the tables in a text; what is around each, and of no other design, is its caption."""
    suffix = path.suffix.lower() if path.suffix.lower() in SUFFIXES else ".csv"
    text = readable(raw.decode("utf-8", "replace"), suffix)
    tables, modules = tables_of(text, suffix), list(printed_modules(text))
    designs = [*(each.span for each in tables if designs_of(each.grid)), *(span for _, span in modules)]
    found = [
        Found(0, f"Module {i}", caption_of(text, designs, span, is_latex=False), design)
        for i, (design, span) in enumerate(modules, 1)
    ]
    for i, table in enumerate(tables, 1):
        is_bare = suffix in (".csv", ".tsv")
        caption = "" if is_bare else caption_of(text, designs, table.span, is_latex=suffix == ".tex")
        found += [Found(0, f"Table {i}", caption, design) for design in designs_of(table.grid, caption)]
    return found
