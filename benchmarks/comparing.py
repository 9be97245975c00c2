"""What arrays, models and graphs have in common, whatever names and layouts they are in."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from ir import Graph, Model, Node, Ref, Report
from ir import layers as L
from ir.graph import Layout
from ir.shapes import Shape, axis_of
from ir.validate import infer, node_shapes
from translator import WriteOptions, convert, verification
from translator.dialect import dialects
from translator.passes.bordering import join_borders
from translator.passes.relayout import image_inputs
from translator.passes.simplify import drop_identities, drop_unused, join_permutes, join_scale
from translator.verification.engines import Arrays


def difference(a: Any, b: Any) -> float:
    """Return the largest difference relative to the largest value; either may have its channels last."""
    a, b = (np.asarray(each, np.float32) for each in (a, b))
    return min(verification.difference("", *pair).relative for pair in ((a, b), (b, a)))


def same_shapes(found: list[Any], wanted: list[Any]) -> bool:
    """Tell whether arrays have the shapes of others, where either may have its channels last."""
    return len(found) == len(wanted) and all(
        a.shape == b.shape or (a.ndim > 2 and b.shape in (_moved(a.shape, -1, 1), _moved(a.shape, 1, -1)))
        for a, b in zip(found, wanted, strict=True)
    )


def _moved(shape: tuple[int, ...], source: int, to: int) -> tuple[int, ...]:
    return tuple(np.moveaxis(np.empty(shape, np.bool_), source, to).shape)


def worst(found: list[Any], wanted: list[Any]) -> float:
    """Return the largest difference of outputs, infinite where they are not as many."""
    if len(found) != len(wanted):
        return float("inf")
    return max(map(difference, found, wanted), default=float("nan"))


def moved(inputs: Arrays, model: Model, to: str) -> Arrays:
    """Return inputs as a target wants them, with the channels where it has them."""
    wanted = "channels_last" if to.startswith("keras") else "channels_first"
    if model.graph.layout == wanted:
        return inputs
    images = image_inputs(model.graph)
    ways = (1, -1) if wanted == "channels_last" else (-1, 1)
    return {name: np.moveaxis(value, *ways).copy() if name in images else value for name, value in inputs.items()}


def as_written(model: Model, to: str) -> Graph:
    """Return a model's graph in the form in which a format's writer prints it."""
    options = WriteOptions()
    target = dialects()[to].writer().target(options)
    return convert.prepare(model, target, options, Report())[0].graph


def same_graph(a: Graph, b: Graph) -> bool:
    """Tell whether two graphs are equal but for names, the order they are listed in, and what says the same."""
    return _outline(plainly(a)) == _outline(plainly(b))


def plainly(graph: Graph) -> Graph:
    """Return a graph in which what can be said in several ways is said in one.

    Axes are counted from the front, a Flatten is a Reshape with all sizes, of several in a row only the last remains,
    a Dense that flattens has that before it, a rounding up is one down where that gives as many windows, and what
    changes nothing is left out.
    """
    model = join_permutes(join_borders(join_scale(drop_identities(Model(graph))), uneven=True))
    shapes = infer(model.graph, Report())
    nodes: list[Node] = []
    moved: dict[Ref, Ref] = {}
    before: dict[Ref, Ref] = {}
    for node in model.graph.nodes:
        inputs, out = tuple(moved.get(ref, ref) for ref in node.inputs), shapes[node.refs[0]]
        layer = _plain_layer(node, [shapes[ref] for ref in node.inputs], out, graph.layout)
        if layer == L.Power():
            moved[node.refs[0]] = inputs[0]
            continue
        if isinstance(layer, L.Reshape):
            source = before.get(inputs[0], inputs[0])
            if shapes[source] == out:
                moved[node.refs[0]] = source
                continue
            before[node.refs[0]] = source
            inputs = (source,)
        elif isinstance(layer, L.Dense) and len(shapes[inputs[0]]) > 2 and node.layer != layer:
            rows = Node(f"{node.name}, rows", L.Reshape(sizes=(-1, prod(map(int, shapes[inputs[0]][1:])))), inputs)
            nodes.append(rows)
            inputs = rows.refs
        nodes.append(replace(node, layer=layer, inputs=inputs))
    outputs = tuple(moved.get(ref, ref) for ref in model.graph.outputs)
    return drop_unused(Model(replace(model.graph, nodes=tuple(nodes), outputs=outputs))).graph


def _plain_layer(node: Node, inputs: list[Shape], out: Shape, layout: Layout) -> Any:
    """Return a layer in its plain form, its numbers as exact as float32 has them."""
    layer: Any = node.layer
    numbers = {name: float(f"{value:.6g}") for name, value in vars(layer).items() if isinstance(value, float)}
    layer = layer.replace(**numbers) if numbers else layer
    if isinstance(layer, (L.Reshape, L.Flatten)):
        return L.Reshape(sizes=tuple(-1 if size is None else size for size in out))
    if isinstance(layer, L.Dense) and axis_of(layer.axis, len(inputs[0])) == 1:
        return layer.replace(axis=-1)
    if getattr(layer, "rounding", "floor") == "ceil":
        floor = layer.replace(rounding="floor")
        return floor if node_shapes(replace(node, layer=floor), inputs, layout)[0] == out else layer
    if isinstance(layer, L.Slice) and layer.points is None:
        axis = axis_of(layer.axis, len(inputs[0]))
        size = (inputs[0][axis] or 0) // layer.pieces
        return layer.replace(axis=axis, points=tuple(size * i for i in range(1, layer.pieces)))
    if isinstance(getattr(layer, "axis", None), int):
        return layer.replace(axis=axis_of(layer.axis, len(inputs[0]) or 1)) if inputs else layer
    return layer


def _outline(graph: Graph) -> tuple[list[str], Counter[str], str]:
    known = {}
    for place, each in enumerate(graph.inputs):
        known[each.name, 0] = _digest("input", place, each.shape[1:])
    counts: Counter[str] = Counter()
    for node in graph.nodes:
        told = _digest(node.layer, [known[ref.node, ref.index] for ref in node.inputs])
        counts[told] += 1
        known.update({(ref.node, ref.index): _digest(told, ref.index) for ref in node.refs})
    return [known[ref.node, ref.index] for ref in graph.outputs], counts, graph.layout


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
