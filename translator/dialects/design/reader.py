"""A design's JSON to a model."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import ir.layers  # noqa: F401  (fills the catalogue)
import schemas
from ir.diagnostics import Report
from ir.graph import Graph, Input, Model, Node, Ref, sorted_nodes
from ir.layer import CATALOGUE, Layer, LayerError, ShapeError
from ir.origin import Origin, Source
from ir.shapes import Shape
from ir.validate import node_shapes
from translator.attrs import Attrs
from translator.dialects.design import paper
from translator.mapping import At
from translator.options import ReadOptions


def read(path: Path, data: bytes | None, options: ReadOptions, report: Report) -> Model:
    """Read a design, and its weights from the safetensors file beside it or the one that is named."""
    raw = path.read_bytes() if data is None else data
    source = Source(str(path), raw.decode("utf-8-sig", "replace"))
    document = _parse(source, report)
    report.stop_on_errors()
    for pointer, message in schemas.errors(document, schemas.build(paper.SCHEMAS)):
        report.add("value", message, Origin(source, pointer=pointer))
    report.stop_on_errors()
    graph = read_graph(document, source, options, report)
    beside = options.weights or path.with_suffix(".safetensors")
    if options.weights is None and (data is not None or not beside.exists()):
        return Model(graph)
    from translator.safetensors import SafetensorsError, load

    try:
        return Model(graph, load(beside))
    except SafetensorsError as error:
        report.add("weights", str(error), Origin(Source(str(beside))))
        return Model(graph)


def _parse(source: Source, report: Report) -> Any:
    """Return the JSON document, or report why there is none."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [key for key, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            report.add("value", f"the key {twice!r} stands twice in one object", Origin(source))
        return found

    def refuse(constant: str) -> Any:
        report.add("value", f"{constant} is no JSON number", Origin(source))

    try:
        return json.loads(source.text, object_pairs_hook=unique, parse_constant=refuse)
    except json.JSONDecodeError as error:
        report.add("syntax", f"is not JSON: {error.msg}", Origin(source, error.pos))
    except RecursionError:
        report.add("syntax", "nests too deep", Origin(source))
    except ValueError as error:
        report.add("value", str(error).partition(";")[0], Origin(source))
    return None


def read_graph(document: dict[str, Any], source: Source, options: ReadOptions, report: Report) -> Graph:
    """Return the graph of a document that the schema allows."""
    inputs = []
    for i, each in enumerate(document["inputs"]):
        shape = options.shapes.get(each["name"]) or tuple(each["shape"])
        inputs.append(Input(each["name"], shape, Origin(source, pointer=f"/inputs/{i}")))
    entries = {each["layer_name"]: i for i, each in reversed(list(enumerate(document["layers"])))}
    names = {*entries, *(each.name for each in inputs)}
    bare = [
        Node(
            each["layer_name"],
            _NONE,
            tuple(_ref(name, names) for name in each.get("from_layers", ())),
            origin=Origin(source, pointer=f"/layers/{i}"),
        )
        for i, each in enumerate(document["layers"])
    ]
    ordered, looped = sorted_nodes(bare)
    if looped:
        report.add("graph", f"{', '.join(node.name for node in looped[:5])} wait for each other", looped[0].origin)
        return Graph("", tuple(inputs), (), ())
    shapes = {Ref(each.name): each.shape for each in inputs}
    nodes = []
    for node in ordered:
        pointer = node.origin.pointer if node.origin else ""
        made = _node(node, document["layers"][int((pointer or "").rpartition("/")[2])], shapes, report)
        if made is not None:
            nodes.append(made)
            with contextlib.suppress(ShapeError, KeyError, TypeError):  # Validation reports it.
                results = node_shapes(
                    made, [shapes[ref] for ref in made.inputs], document.get("layout", "channels_first")
                )
                shapes.update(zip(made.refs, results, strict=True))
    graph = Graph(document.get("name", ""), tuple(inputs), tuple(nodes), (), document.get("layout", "channels_first"))
    asked = document.get("outputs")
    outputs = tuple(_ref(name, names) for name in asked) if asked is not None else graph.loose_ends()
    return Graph(graph.name, graph.inputs, graph.nodes, outputs, graph.layout)


_NONE = CATALOGUE["Identity"]()


def _ref(name: str, names: set[str]) -> Ref:
    """Return the tensor that a name is of: a layer's, or with `:1` behind its second output."""
    before, colon, index = name.rpartition(":")
    if name not in names and colon and index.isdigit() and len(index) < 6:
        return Ref(before, int(index))
    return Ref(name)


def _node(node: Node, entry: dict[str, Any], shapes: dict[Ref, Shape], report: Report) -> Node | None:
    at = At(node.name, [shapes[ref] for ref in node.inputs if ref in shapes])
    if len(at.inputs) < len(node.inputs):
        at.inputs = ()
    layer = _layer(entry, at, node, report)
    if layer is None:
        return None
    labels = tuple(entry.get("outputs", ()))
    if labels and len(labels) != layer.outputs:
        report.add("arity", f"{node.name} gives {layer.outputs} outputs, but names {len(labels)}", node.origin)
        return None
    shared = tuple(entry.get("shared", {}).items())
    return Node(node.name, layer, node.inputs, labels, shared, node.origin)


def _layer(entry: dict[str, Any], at: At, node: Node, report: Report) -> Layer | None:
    kind, params = entry["layer_type"], entry.get("layer_params", {})
    try:
        if not paper.is_paper(kind, params):
            return CATALOGUE[kind](**params)
        if params.get("trainable") is False:
            report.add("training-layer", f"{node.name} is not trainable; that is not carried", node.origin)
        rule = next(
            r for r in paper.RULES.named(kind) if all(params.get(key) == value for key, value in r.where.items())
        )
        return rule.read(Attrs(params), at)
    except LayerError as error:
        report.add("value", f"{node.name}: {error}", node.origin)
        return None
