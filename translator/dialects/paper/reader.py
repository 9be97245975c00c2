"""A paper to a model: the design of one of its tables or figures."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from extract.diagrams import diagram_of
from extract.drawing import DrawingError, of_svg
from extract.drawn import without_blobs
from extract.figure_design import design_of
from extract.paper import SUFFIXES, Found, sightings, texts_of
from ir.diagnostics import Report, TranslationError
from ir.graph import Graph, Model
from ir.origin import Origin, Source
from translator.bounds import decoded, read_text
from translator.options import ReadOptions


def read(path: Path, data: bytes | None, options: ReadOptions, report: Report) -> Model:
    """Read the design that is named, or the only one; what was inferred, and what stays open, is reported."""
    if path.suffix.lower() == ".svg" or (data or b"")[:4096].find(b"<svg") >= 0:
        return Model(_figure(path, decoded(str(path), read_text(path, data, report), report), report))
    is_pdf = (data or b"%PDF-").startswith(b"%PDF-") and path.suffix.lower() not in SUFFIXES
    found = _in_paper(path, data, options.variant, report) if is_pdf else texts_of(path, read_text(path, data, report))
    chosen = _chosen(found, options.variant, path, report)
    place = f"{path}, page {chosen.page}, {chosen.label}" if chosen.page else f"{path}, {chosen.label}"
    graph = chosen.graph(chosen.name(path), Origin(Source(place)), report)
    return Model(graph)


def _figure(path: Path, source: Source, report: Report) -> Graph:
    """Read the design that a figure shows."""
    report.stop_on_errors()
    try:
        layers, edges = without_blobs(diagram_of(of_svg(source.text)))
    except DrawingError as error:
        report.add("syntax", str(error), Origin(source))
        raise TranslationError(report) from None
    if not edges:
        report.add("value", "shows no boxes with arrows between them", Origin(Source(str(path))))
        raise TranslationError(report)
    return design_of(layers, edges, path.stem, Origin(Source(str(path))), report)


def _in_paper(path: Path, data: bytes | None, variant: str, report: Report) -> list[Found]:
    """Return the designs of a paper's tables, and of its figures where one is named or no table holds any."""
    source = path if data is None else data
    named = variant.lower().startswith("fig")
    try:
        tables = [] if named else _designs(source, "table")
        return tables or _designs(source, "figure")
    except ValueError as error:
        report.add("syntax", str(error), Origin(Source(str(path))))
        raise TranslationError(report) from None


def _designs(source: Path | bytes, kind: str) -> list[Found]:
    return [found for each in sightings(source, lambda place: place.kind == kind) for found in each.designs]


def _chosen(found: list[Found], variant: str, path: Path, report: Report) -> Found:
    names = [each.title for each in found]
    if not found:
        what = "table" if path.suffix.lower() in SUFFIXES else "table or figure"
        report.add("value", f"holds no {what} that shows a design", Origin(Source(str(path))))
        raise TranslationError(report)
    if len(found) == 1 and not variant:
        return found[0]
    fitting = [each for each in found if variant in (each.title, each.design.config, each.label)]
    if variant and fitting:
        return fitting[0]
    near = get_close_matches(variant, names, 1)
    told = f"holds no design named {variant!r}" if variant else f"holds {len(found)} designs"
    hint = f"--variant NAME, one of: {', '.join(names)}" + (f"; did you mean {near[0]}?" if near else "")
    report.add("value", told, Origin(Source(str(path))), hint=hint)
    raise TranslationError(report)
