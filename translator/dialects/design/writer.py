"""A model to a design's JSON: one layer a line, so that a change shows as one."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from ir.diagnostics import Report
from ir.graph import Graph, Input, Model, Node
from ir.validate import Shapes
from translator.dialect import Output, Target
from translator.dialects.design.syntax import name_of
from translator.options import WriteOptions


def target(options: WriteOptions) -> Target:
    """Return that a design says all there is, in the layout that it has."""
    return Target(None, None)


def write(model: Model, shapes: Shapes, options: WriteOptions, report: Report) -> Output:
    """Return the JSON, and with weights the safetensors file."""
    try:
        text = render(model.graph)
    except ValueError:  # What a custom layer carries may be infinite, or not a number.
        report.add("unsupported", "a custom layer holds a number that is not finite, which JSON cannot say")
        return Output("")
    if not (model.weights and options.weights):
        return Output(text)

    def save(path: Path) -> None:
        from translator.safetensors import save as save_tensors

        save_tensors(path, model.weights)

    return Output(text, companions={".safetensors": save})


def render(graph: Graph) -> str:
    """Return the JSON of a graph; raise ValueError where a custom layer holds what JSON cannot say."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Any:
    names = {each.name for each in graph.inputs} | {node.name for node in graph.nodes}
    yield "{"
    if graph.name:
        yield f'  "name": {_plain(graph.name)},'
    if graph.layout != "channels_first":
        yield f'  "layout": {_plain(graph.layout)},'
    yield from _each("inputs", [_input(each) for each in graph.inputs])
    yield from _each("layers", [_layer(node, names) for node in graph.nodes])
    yield f'  "outputs": {_plain([name_of(ref, names) for ref in graph.outputs])}'
    yield "}"


def _each(name: str, items: list[dict[str, Any]]) -> Iterator[str]:
    yield f'  "{name}": ['
    for i, item in enumerate(items, 1):
        yield f"    {_plain(item)}{',' if i < len(items) else ''}"
    yield "  ],"


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _input(each: Input) -> dict[str, Any]:
    return {"name": each.name, "shape": list(each.shape)}


def _layer(node: Node, names: Container[str]) -> dict[str, Any]:
    entry = {
        "layer_type": type(node.layer).__name__,
        "layer_name": node.name,
        "layer_params": node.layer.stated(),
        "from_layers": [name_of(ref, names) for ref in node.inputs],
        "outputs": list(node.labels),
        "shared": dict(node.shared),
    }
    return {key: value for key, value in entry.items() if value or key in ("layer_type", "layer_name", "from_layers")}
