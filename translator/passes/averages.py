"""Know a mean that leaves its border out by one that counts it, and factors that make up for that.

What has no such mean says it so (`leave_border_out_behind`); the factors are weights, and are looked at.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Model, Node
from ir.shapes import product
from ir.validate import Shapes, infer
from ir.weights import Tensor
from translator.passes.lowering.borders import LARGEST, border_factors

_MEANS = (L.AvgPool1D, L.AvgPool2D, L.AvgPool3D)


def join_averages(model: Model) -> Model:
    """Make one mean of a mean and the factors behind it, in a model with its channels first; it bears its own name."""
    graph = model.graph
    made = {node.refs[0]: node for node in graph.nodes if isinstance(node.layer, _MEANS)}
    pairs = [(made[node.inputs[0]], node) for node in graph.nodes if _is_factor(node) and node.inputs[0] in made]
    if not pairs:
        return model
    shapes, users = infer(graph, Report()), graph.users()
    joined: dict[str, Node] = {}
    for mean, factor in pairs:
        tensor = model.weights.get(factor.key("gamma"))
        alone = len(users[mean.refs[0]]) == 1 and mean.refs[0] not in graph.outputs
        if alone and tensor is not None and _makes_up(mean, factor, tensor, shapes):
            layer: Any = mean.layer
            joined[factor.name] = replace(factor, layer=layer.replace(count_pad=False), inputs=mean.inputs, shared=())
    gone = {mean.name for mean, factor in pairs if factor.name in joined}
    nodes = tuple(joined.get(node.name, node) for node in graph.nodes if node.name not in gone)
    return Model(replace(graph, nodes=nodes), model.weights)


def _is_factor(node: Node) -> bool:
    return isinstance(node.layer, L.Scale) and not node.layer.bias


def _makes_up(mean: Node, factor: Node, tensor: Tensor, shapes: Shapes) -> bool:
    """Tell whether factors are those by which a mean without its border is larger."""
    import numpy as np

    layer: Any = mean.layer
    scale, space, out = factor.layer, shapes[mean.inputs[0]][2:], shapes[mean.refs[0]][2:]
    covers = isinstance(scale, L.Scale) and scale.axis in (2, -len(out)) and scale.count in (len(out), -1)
    if not covers or not layer.count_pad or None in space or (product(out) or LARGEST) >= LARGEST:
        return False
    wanted = border_factors(layer, space, out)
    return wanted is not None and tensor.shape == out and bool(np.allclose(tensor.numpy(), wanted(), rtol=1e-6, atol=0))


__all__ = ["join_averages"]
