"""What arrays, models and graphs have in common, whatever names and layouts they are in."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import numpy as np
from plain_form import plainly

from ir import Graph, Model, Report
from ir.layer import Layer
from translator import WriteOptions, convert, verification
from translator.dialect import dialects
from translator.passes.relayout import image_inputs
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
    sizes = list(shape)
    size = sizes.pop(source)
    return (*sizes, size) if to == -1 else (*sizes[:to], size, *sizes[to:])


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


def as_written(model: Model, to: str) -> Model:
    """Return a model in the form in which a format's writer prints it."""
    options = WriteOptions()
    target = dialects()[to].writer().target(options)
    return convert.prepare(model, target, options, Report())[0]


def same_graph(a: Model, b: Model) -> bool:
    """Tell whether two models have graphs that are equal but for names, their order, and what says the same.

    Layers that learn nothing and take the same are one.
    """
    return _outline(plainly(a)) == _outline(plainly(b))


def _outline(graph: Graph) -> tuple[list[str], Counter[str], str]:
    known = {}
    for place, each in enumerate(graph.inputs):
        known[each.name, 0] = _digest("input", place, each.shape[1:])
    counts: Counter[str] = Counter()
    for node in graph.nodes:
        told = _digest(node.layer, [known[ref.node, ref.index] for ref in node.inputs])
        learns = type(node.layer).weights is not Layer.weights
        counts[told] += 1 if learns or not counts[told] else 0
        known.update({(ref.node, ref.index): _digest(told, ref.index) for ref in node.refs})
    return [known[ref.node, ref.index] for ref in graph.outputs], counts, graph.layout


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
