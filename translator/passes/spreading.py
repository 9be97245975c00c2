"""Find vectors that become images, so that the layer that makes one can give its elements in another order.

A Dense whose units a Reshape spreads over an image may give them in the order of the other layout, its rows and bias
permuted; the Reshape then gives that layout, and nothing is transposed at run time.
"""

from __future__ import annotations

from collections import Counter

from ir import layers as L
from ir.graph import Graph, Node, Ref
from ir.shapes import Shape, axis_of
from ir.validate import Shapes

PER_ELEMENT = (L.BatchNorm, L.Scale, L.Bias, L.PReLU)
"""Layers with weights for each element of a vector, which may lie between."""
_ROLES = ("kernel", "bias", "gamma", "beta", "mean", "variance", "slope")
"""The weights of all these."""


def spread_vectors(graph: Graph, shapes: Shapes, images: set[Ref]) -> dict[str, Shape]:
    """Return the shape of the image that comes of the vector that a node gives, for each node that may reorder it.

    Those are the Dense layers, and the layers up to the Reshape; `images` are the tensors that spatial layers take.
    Nothing else may take a vector between, nor use the weights of these layers.
    """
    users = Counter(ref for node in graph.nodes for ref in node.inputs)
    users.update(graph.outputs)
    made = {ref: node for node in graph.nodes for ref in node.refs}
    keys = Counter(node.key(role) for node in graph.nodes for role in _ROLES)
    found: dict[str, Shape] = {}
    for node in graph.nodes:
        if isinstance(node.layer, L.Reshape) and node.refs[0] in images:
            path = _path(node, made, users, keys, shapes)
            if path:
                found.update(dict.fromkeys(path, shapes[node.refs[0]]))
    return found


def _path(reshape: Node, made: dict[Ref, Node], users: Counter[Ref], keys: Counter[str], shapes: Shapes) -> list[str]:
    """Return the names of the nodes from a Dense up to a Reshape; none where there is no such way."""
    ref, out = reshape.inputs[0], shapes[reshape.refs[0]]
    vector = shapes[ref]
    if len(vector) != 2 or len(out) < 3 or out[0] != vector[0] or None in out[1:]:
        return []
    path: list[str] = []
    while users[ref] == 1 and ref in made:
        node = made[ref]
        if any(keys[node.key(role)] > 1 for role in _ROLES):
            return []
        path.append(node.name)
        if isinstance(node.layer, L.Dense):
            return path if axis_of(node.layer.axis, len(shapes[node.inputs[0]])) == 1 else []
        if len(node.inputs) > 1 or not (node.layer.elementwise or _per_element(node)):
            return []
        ref = node.inputs[0]
    return []


def _per_element(node: Node) -> bool:
    layer = node.layer
    return isinstance(layer, PER_ELEMENT) and layer.axis in (1, -1) and getattr(layer, "count", 1) == 1
