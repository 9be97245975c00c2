"""What stands in the box of a layer."""

from __future__ import annotations

from typing import Any

from ir.graph import Graph, Node
from ir.shapes import show
from ir.validate import Shapes

SHOWN = 60
"""Characters of parameters that are shown."""


def caption(node: Node, shapes: Shapes) -> list[str]:
    """Return the lines of a layer's box: its name, its type with parameters, the shape of what it gives."""
    params = ", ".join(f"{name}={_short(value)}" for name, value in node.layer.stated().items())
    shortened = params if len(params) <= SHOWN else f"{params[: SHOWN - 3]}..."
    kind = type(node.layer).__name__
    return [
        node.name,
        f"{kind}({shortened})" if shortened else kind,
        *(show(shapes[ref]) for ref in node.refs if ref in shapes),
    ]


def _short(value: Any) -> str:
    if isinstance(value, tuple) and len(set(value)) == 1:
        return _short(value[0])
    if isinstance(value, tuple):
        return "x".join(_short(each) for each in value)
    return str(value)


def boxes(graph: Graph, shapes: Shapes) -> list[tuple[str, list[str]]]:
    """Return an identifier and the lines of each input and layer."""
    inputs = [(f"i{i}", [each.name, show(each.shape)]) for i, each in enumerate(graph.inputs)]
    return inputs + [(f"n{i}", caption(node, shapes)) for i, node in enumerate(graph.nodes)]


def arrows(graph: Graph) -> list[tuple[str, str]]:
    """Return the identifiers at both ends of each arrow."""
    names = {each.name: f"i{i}" for i, each in enumerate(graph.inputs)}
    names |= {node.name: f"n{i}" for i, node in enumerate(graph.nodes)}
    return [(names[ref.node], names[node.name]) for node in graph.nodes for ref in node.inputs]
