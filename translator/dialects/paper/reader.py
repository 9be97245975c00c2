"""A paper to a model: the design of one of its tables or figures."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

from extract.designs.figure_design import design_of
from extract.drawings.boxes_and_arrows import diagram_of
from extract.drawings.diagrams import Diagram
from extract.drawings.drawing import DrawingError, of_svg
from extract.drawings.drawn import without_blobs
from extract.pages.finding import Place
from extract.paper import SUFFIXES, FigureDesign, Found, blocks_for, sightings, texts_of
from extract.raster.picture import decoded as decoded_picture
from extract.raster.picture import is_picture
from extract.spatial.neurons import wired
from extract.spatial.perspective import in_perspective
from extract.spatial.piles import piled
from ir.diagnostics import Report, TranslationError
from ir.graph import Graph, Model
from ir.origin import Origin, Source
from translator.bounds import decoded, read_text
from translator.options import ReadOptions

PICTURES = (".png", ".jpg", ".jpeg")
"""Suffixes of pictures of pixels."""


def read(path: Path, data: bytes | None, options: ReadOptions, report: Report) -> Model:
    """Read the design that is named, or the only one; what was inferred, and what stays open, is reported."""
    head = (data or b"")[:4096]
    if b"<svg" in head or is_picture(head) or path.suffix.lower() in (".svg", *PICTURES):
        return Model(_figure(path, read_text(path, data, report), report))
    is_pdf = (data or b"%PDF-").startswith(b"%PDF-") and path.suffix.lower() not in SUFFIXES
    found = _in_paper(path, data, options.variant, report) if is_pdf else texts_of(path, read_text(path, data, report))
    chosen = _chosen(found, options.variant, path, report)
    place = f"{path}, page {chosen.page}, {chosen.label}" if chosen.page else f"{path}, {chosen.label}"
    blocks = blocks_for(path if data is None else data, chosen) if is_pdf else ()
    graph = chosen.graph(chosen.name(path), Origin(Source(place)), report, blocks)
    return Model(graph)


def _figure(path: Path, data: bytes, report: Report) -> Graph:
    """Read the design that a figure shows."""
    place = Origin(Source(str(path)))
    try:
        is_pixels = is_picture(data) or path.suffix.lower() in PICTURES
        diagram = _of_pixels(data, place, report) if is_pixels else _of_svg(path, data, report)
    except DrawingError as error:
        report.add("syntax", str(error), place)
        raise TranslationError(report) from None
    layers, edges = without_blobs(diagram)
    if not edges:
        report.add("value", "shows no boxes with arrows between them", place)
        raise TranslationError(report)
    for each in diagram.asked:
        report.add("question", each, place)
    return design_of(layers, edges, path.stem, place, report)


def _of_svg(path: Path, data: bytes, report: Report) -> Diagram:
    source = decoded(str(path), data, report)
    report.stop_on_errors()
    drawing = of_svg(source.text)
    return in_perspective(drawing) or piled(drawing) or wired(drawing) or diagram_of(drawing)


def _of_pixels(data: bytes, place: Origin, report: Report) -> Diagram:
    """Return the diagram of a PNG or JPEG; report what has to be installed to read it (`missing-package`)."""
    from extract.raster.figure import diagram_of_picture
    from extract.raster.reading import NoReaderError

    try:
        return diagram_of_picture(decoded_picture(data))
    except ImportError:
        report.add("missing-package", "pictures need OpenCV", place, hint="pip install 'model-zoo-translator[paper]'")
    except NoReaderError:
        hint = "pip install 'model-zoo-translator[paper]', and Tesseract's English: apt-get install tesseract-ocr"
        report.add("missing-package", "the letters of pictures need Tesseract", place, hint=hint)
    raise TranslationError(report)


def _in_paper(path: Path, data: bytes | None, variant: str, report: Report) -> list[Found]:
    """Return the designs of the figure that is named, else those of a paper's tables, else those of its figures."""
    source = path if data is None else data
    try:
        return (
            (variant.startswith("Fig") and _designs(source, lambda place: _is_named(place, variant), doubtful=True))
            or _designs(source, lambda place: place.kind == "table")
            or _designs(source, lambda place: place.kind == "figure")
        )
    except ValueError as error:
        report.add("syntax", str(error), Origin(Source(str(path))))
        raise TranslationError(report) from None


def _is_named(place: Place, variant: str) -> bool:
    """Tell whether a variant names a place: Figure 2, or a part of it, as Figure 2 part 1."""
    return f"{variant} ".startswith(f"{place.label} ")


def _designs(source: Path | bytes, wanted: Callable[[Place], bool], *, doubtful: bool = False) -> list[Found]:
    return [found for each in sightings(source, wanted, doubtful=doubtful) for found in each.designs]


def _chosen(found: list[Found], variant: str, path: Path, report: Report) -> Found:
    names = [each.title for each in found]
    if not found:
        what = "table" if path.suffix.lower() in SUFFIXES else "table or figure"
        report.add("value", f"holds no {what} that shows a design", Origin(Source(str(path))))
        raise TranslationError(report)
    if len(found) == 1 and not variant:
        return found[0]
    fitting = [each for each in found if variant in (each.title, each.design.config, each.label)]
    parts = [each for each in fitting if isinstance(each.design, FigureDesign) and each.title != variant]
    if variant and len(parts) > 1 and len(parts) == len(fitting):
        return _largest(parts, path, report)
    if variant and fitting:
        return fitting[0]
    near = get_close_matches(variant, names, 1)
    told = f"holds no design named {variant!r}" if variant else f"holds {len(found)} designs"
    hint = f"--variant NAME, one of: {', '.join(names)}" + (f"; did you mean {near[0]}?" if near else "")
    report.add("value", told, Origin(Source(str(path))), hint=hint)
    raise TranslationError(report)


def _largest(parts: list[Found], path: Path, report: Report) -> Found:
    """Return the design of a figure that shows several which has most boxes; it is asked which one is meant."""
    best = max(parts, key=lambda each: len(each.design.layers) if isinstance(each.design, FigureDesign) else 0)
    told = f"{best.label} shows {len(parts)} drawings that no arrow joins: which is meant? {best.title!r} is taken"
    report.add("question", told, Origin(Source(str(path))), hint="--variant, with the name of another part")
    return best
