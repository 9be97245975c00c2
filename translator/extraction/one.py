"""One paper into a folder: an index, the designs with their code, the figures as pictures, and a report to look at."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

from extract.classify.kinds import NONE
from extract.paper import Found, Sighting, blocks_for, sightings
from ir.diagnostics import Diagnostic, Report, TranslationError
from ir.graph import Graph, Model
from ir.origin import Origin, Source
from ir.validate import validate, weight_shapes
from translator.bounds import opened
from translator.convert import write
from translator.dialect import dialects
from translator.dialects.design.writer import render
from translator.engines import put
from translator.extraction.crops import Crops
from translator.extraction.report import page_of

FORMAT = 1
"""Version of what an index holds."""
INDEX = "index.json"
LARGEST = 256 << 20
"""Bytes of a paper at most."""
UNFIT = (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError, TranslationError)
"""What building a design may raise."""
SOURCES = {"keras": ".py", "pytorch": ".py"}
"""The suffix of the formats whose text is source."""


@dataclass
class Shown:
    """A figure or table with designs, for the report: its entry in the index, its picture, and what was built."""

    entry: dict[str, Any]
    sighting: Sighting
    picture: bytes
    designs: list[tuple[dict[str, Any], Graph, str]] = field(default_factory=list)


def extract(paper: Path, folder: Path, to: str) -> dict[str, Any]:
    """Write what a paper shows into a folder that is there; return the index, which is written last.

    What cannot be read is among the diagnostics of the index. Raises OSError where the folder cannot be written to.
    """
    report = Report()
    index: dict[str, Any] = {"format": FORMAT, "paper": {"file": paper.name}, "to": to, "places": []}
    shown: list[Shown] = []
    try:
        index["paper"] |= identity(paper)
        with Crops(paper) as crops:
            index["paper"]["pages"] = crops.pages
            taken: set[str] = set()
            for sighting in sightings(paper):
                place, seen = _place(sighting, paper, folder, to, crops, taken)
                index["places"].append(place)
                shown += seen
    except ModuleNotFoundError as error:
        told = f"papers need the package {error.name}, which is not installed"
        report.add("missing-package", told, hint="pip install 'model-zoo-translator[paper]'")
    except OSError as error:
        report.add("file", f"cannot be read: {error.strerror or error}", Origin(Source(str(paper))))
    except ValueError as error:
        pdf = paper.suffix.lower() == ".pdf"
        alone = "" if pdf else f"; a picture or a table alone: translate {paper.name} --to {to}"
        report.add("syntax", f"{error}{alone}", Origin(Source(str(paper))))
    index["diagnostics"] = [told_of(each) for each in report]
    put(folder / "report.html", page_of(index, shown).encode())
    write_index(folder, index)
    return index


def write_index(folder: Path, index: dict[str, Any]) -> None:
    """Write an index, whole or not at all."""
    put(folder / INDEX, (json.dumps(index, ensure_ascii=False, indent=1) + "\n").encode())


def identity(paper: Path) -> dict[str, Any]:
    """Return what tells a paper's file from others; raise OSError where it is none, or too large."""
    digest, size = hashlib.sha256(), 0
    with opened(paper) as file:
        while block := file.read(1 << 20):
            size += len(block)
            if size > LARGEST:
                raise OSError(f"is larger than {LARGEST >> 20} MiB")
            digest.update(block)
    return {"bytes": size, "sha256": digest.hexdigest()}


def told_of(each: Diagnostic) -> dict[str, Any]:
    """Return a diagnostic as plain values."""
    place = each.origin.source.name if each.origin else ""
    told = {"code": each.code, "severity": each.severity, "message": each.message, "hint": each.hint, "place": place}
    return {key: value for key, value in told.items() if value}


def _place(
    sighting: Sighting, paper: Path, folder: Path, to: str, crops: Crops, taken: set[str]
) -> tuple[dict[str, Any], list[Shown]]:
    """Return the entry of a figure or table, and it for the report where it holds designs; write what belongs to it."""
    place = sighting.place
    stem = _free(_plain(place.label), taken)
    picture = crops.png(place.page, place.box)
    put(folder / f"{stem}.png", picture)
    entry: dict[str, Any] = {
        "kind": place.kind,
        "label": place.label,
        "page": place.page,
        "box": _rounded(place.box),
        "caption": place.caption,
        "caption_box": _rounded(place.caption_box),
        "confidence": place.confidence,
        "shows": sighting.kind.name,
        "shows_confidence": sighting.kind.confidence,
        "crop": f"{stem}.png",
        "elements": [{"text": each.text, "box": _rounded(each.box)} for each in sighting.elements],
        "links": [list(each) for each in sighting.links],
        "designs": [],
    }
    if sighting.problem:
        entry["problem"] = sighting.problem
    if sighting.kind.name == NONE.name:
        return entry, []
    shown = Shown(entry, sighting, picture)
    for found in sighting.designs:
        name = _free(f"{stem}-{_plain(found.design.config)}".rstrip("-"), taken, stem)
        try:
            design = _design(found, sighting, paper, folder / name, to)
        except UNFIT as error:  # What a paper says may fit nothing; its other designs are not to suffer.
            entry["problem"] = f"holds a design that cannot be built: {type(error).__name__}: {str(error)[:200]}"
            continue
        if design is None:
            entry["problem"] = "has boxes and arrows that say no layers"
            continue
        shown.designs.append(design)
        entry["designs"].append(design[0])
    return entry, [shown]


def _design(
    found: Found, sighting: Sighting, paper: Path, at: Path, to: str
) -> tuple[dict[str, Any], Graph, str] | None:
    """Write a design as JSON and as code; return its entry, its graph and its code, or None where it has no layers."""
    report = Report()
    place = sighting.place
    origin = Origin(Source(f"{paper.name}, page {place.page}, {place.label}"))
    graph = found.graph(found.name(paper), origin, report, blocks_for(paper, found))
    if not graph.nodes:
        return None
    design = at.with_name(f"{at.name}.json")
    put(design, render(graph).encode())
    code = _code(graph, at, to, report)
    questions = sum(each.code == "question" for each in report)
    layers = len(graph.nodes)
    sure = place.confidence * sighting.kind.confidence * layers / max(1, layers + questions)
    entry = {
        "name": graph.name,
        "config": found.design.config,
        "design": design.name,
        "code": code.name if code is not None else None,
        "layers": layers,
        "parameters": parameters_of(graph),
        "confidence": round(sure, 2),
        "origin": {"page": place.page, "label": place.label, "box": _rounded(place.box)},
        "diagnostics": [told_of(each) for each in report],
    }
    return entry, graph, code.read_text("utf-8", "replace") if code is not None and code.suffix != ".onnx" else ""


def _code(graph: Graph, at: Path, to: str, report: Report) -> Path | None:
    """Write a design in a format; return the file, or None where the format cannot say it, which is reported."""
    suffix = SOURCES.get(to) or dialects()[to].suffixes[0]
    path = at.with_name(f"{at.name}.{to}{suffix}" if suffix == ".json" else f"{at.name}{suffix}")
    try:
        write(Model(graph), to, path, report=report)
    except TranslationError:
        return None
    return path


def parameters_of(graph: Graph) -> int | None:
    """Return the number of parameters that are learned, or None where sizes are open."""
    report = Report()
    shapes = validate(Model(graph), report)
    if report.error_count():
        return None
    weights = weight_shapes(graph, shapes)
    learned = [shape for key, (_, shape, _) in weights.items() if not key.endswith((".mean", ".variance"))]
    return None if any(None in shape for shape in learned) else sum(prod(map(int, filter(None, s))) for s in learned)


def _plain(text: str) -> str:
    """Return a text as part of a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:60].strip("-")


def _free(name: str, taken: set[str], own: str = "") -> str:
    """Return a name that no other file has; the one that belongs to a figure is its designs' too."""
    free = next(each for each in _numbered(name or "design") if each not in taken or each == own)
    taken.add(free)
    return free


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


def _rounded(box: tuple[float, float, float, float]) -> list[float]:
    return [round(each, 1) for each in box]
