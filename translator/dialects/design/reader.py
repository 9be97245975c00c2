"""A design's JSON to a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ir.layers  # noqa: F401  (fills the catalogue)
import schemas
from ir.diagnostics import Report
from ir.graph import Model
from ir.layer import CATALOGUE
from ir.origin import Origin, Source
from ir.validate import infer, weight_shapes
from translator.bounds import LAYERS, read_text
from translator.dialects.design import paper
from translator.dialects.design.builder import build_graph
from translator.installed import load_installed
from translator.json_document import parse
from translator.options import ReadOptions


def read(path: Path, data: bytes | None, options: ReadOptions, report: Report) -> Model:
    """Read a design, and its weights from the safetensors file beside it or the one that is named."""
    document, source = parse(str(path), read_text(path, data, report), report)
    if len(_layers(document)) > LAYERS:
        report.add("value", f"there are more than {LAYERS} layers", Origin(source, pointer="/layers"))
    report.stop_on_errors()
    if not _layer_types(document) <= CATALOGUE.keys():
        load_installed(report)
    problems = schemas.problems(document, schemas.build(paper.schemas()), _spelling)
    broken: set[str] = set()
    for problem in problems:
        report.add("value", problem.message, Origin(source, pointer=problem.pointer), hint=problem.hint)
        broken.add("/".join(problem.pointer.split("/")[:3]))
    if len(problems) > schemas.MOST or broken & {"", "/inputs", "/layers"}:
        report.stop_on_errors()
    graph = build_graph(document, source, broken, options, report)
    if report.error_count():
        infer(graph, report)
        report.stop_on_errors()
    return _with_weights(Model(graph), path, data, options, report)


def _layers(document: Any) -> list[Any]:
    """Return what a document lists as its layers, as far as it is one."""
    layers = document.get("layers") if isinstance(document, dict) else None
    return layers if isinstance(layers, list) else []


def _layer_types(document: Any) -> set[str]:
    """Return the layer types that a document names."""
    dicts = [each for each in _layers(document) if isinstance(each, dict)]
    return {each["layer_type"] for each in dicts if isinstance(each.get("layer_type"), str)}


def _spelling(kind: str, params: dict[str, Any]) -> str:
    return f"paper.{kind}" if paper.is_paper(kind, params) else f"params.{kind}"


def _with_weights(model: Model, path: Path, data: bytes | None, options: ReadOptions, report: Report) -> Model:
    """Return a model with the weights that its layers have a use for."""
    beside = options.weights or path.with_suffix(".safetensors")
    if options.weights is None and (data is not None or not beside.exists()):
        return model
    from translator.safetensors import SafetensorsError, load

    origin = Origin(Source(str(beside)))
    try:
        weights = load(beside)
    except SafetensorsError as error:
        report.add("weights", str(error), origin)
        return model
    used = weight_shapes(model.graph, infer(model.graph, Report()))
    unused = [key for key in weights if key not in used]
    if unused:
        names = ", ".join(unused[:5]) + (", ..." if len(unused) > 5 else "")
        report.add("unused-weights", f"no layer has a use for {names}", origin)
    return Model(model.graph, {key: tensor for key, tensor in weights.items() if key in used})
