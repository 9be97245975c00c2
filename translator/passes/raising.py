"""Know a local response normalisation by its parts, as formats that have none say it.

x * (k + alpha * mean(x^2)) ^ -beta, or a quotient of the same; the mean is over neighbouring channels, which stand in
rows or in planes for that, or over neighbouring pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Model, Node, Ref
from ir.shapes import Shape, product
from ir.validate import Shapes, infer

_SQUARE = L.Power(power=2.0)


def join_normalizations(model: Model) -> Model:
    """Make one LRN of the layers that say it, in a model with its channels first; what is then unused stays."""
    graph = model.graph
    if not any(map(_squared, graph.nodes)):
        return model
    shapes = infer(graph, Report())
    made = {ref: node for node in graph.nodes for ref in node.refs}
    parts = _Parts(made, shapes)
    nodes = []
    for node in graph.nodes:
        layer = next(filter(None, map(parts.normalization, _pairs(node))), None)
        if layer is not None:
            node = replace(node, layer=layer[0], inputs=(layer[1],))
        nodes.append(node)
    return Model(replace(graph, nodes=tuple(nodes)), model.weights)


def _squared(node: Node | None) -> Ref | None:
    """Return the tensor that a node gives the square of."""
    if node is None or not node.inputs:
        return None
    itself = isinstance(node.layer, L.Multiply) and len(node.inputs) == 2 and node.inputs[0] == node.inputs[1]
    return node.inputs[0] if itself or node.layer == _SQUARE else None


def _pairs(node: Node) -> Iterator[tuple[Ref, Ref, float]]:
    """Yield what a node multiplies, which factor has the norm, and the sign of its exponent."""
    if len(node.inputs) == 2 and isinstance(node.layer, L.Multiply):
        first, second = node.inputs
        yield first, second, -1.0
        yield second, first, -1.0
    elif isinstance(node.layer, L.Divide):
        yield node.inputs[0], node.inputs[1], 1.0


@dataclass(frozen=True)
class _Parts:
    made: dict[Ref, Node]
    shapes: Shapes

    def normalization(self, pair: tuple[Ref, Ref, float]) -> tuple[L.LRN, Ref] | None:
        """Return the LRN that a product or quotient is of its first tensor, and that tensor."""
        x, norm, sign = pair
        exponent, affine = 1.0, None
        node = self.before(norm)
        while node is not None and isinstance(node.layer, L.Power) and affine is None:
            exponent *= node.layer.power
            affine = node.layer if (node.layer.scale, node.layer.shift) != (1.0, 0.0) else None
            node = self.before(node.inputs[0])
        if affine is None or node is None or not isinstance(node.layer, (L.AvgPool2D, L.AvgPool3D)):
            return None
        pool, source = self.bordered(node.layer, node.inputs[0])
        if _squared(self.before(source)) != x:
            return None
        size, region = self.window(pool, self.shapes[source], self.shapes[x])
        if not size:
            return None
        k, alpha, beta = affine.shift, affine.scale, sign * exponent
        if region == "within_channel" and k != 1:
            return None
        return L.LRN(size=size, alpha=alpha, beta=beta, k=k, region=region), x

    def before(self, ref: Ref) -> Node | None:
        """Return the node that gives a tensor, those left out that give it other sizes alone."""
        node = self.made.get(ref)
        while node is not None and isinstance(node.layer, L.Reshape):
            node = self.made.get(node.inputs[0])
        return node

    def bordered(self, pool: L.AvgPool2D | L.AvgPool3D, ref: Ref) -> tuple[L.AvgPool2D | L.AvgPool3D, Ref]:
        """Return a pooling with the border of zeros that stands in front of it, and what both take."""
        node = self.made.get(ref)
        if node is None or not isinstance(node.layer, L.Pad3D) or any(map(any, pool.pad)):
            return pool, ref
        border = node.layer
        plain = border.mode == "constant" and border.value == 0
        return (pool.replace(pad=border.pad), node.inputs[0]) if plain else (pool, ref)

    def window(self, pool: L.AvgPool2D | L.AvgPool3D, rows: Shape, image: Shape) -> tuple[int, Any]:
        """Return the size of a mean's window and what it is over; a size of 0 where that is no such mean."""
        border = tuple((size // 2, size // 2) for size in pool.kernel)
        size, *others = pool.kernel
        if len(image) != 4 or pool != type(pool)(kernel=pool.kernel, pad=border) or size % 2 == 0:
            return 0, ""
        if rows == image and others == [size]:
            return size, "within_channel"
        flat, planes = (image[0], 1, image[1], product(image[2:])), (image[0], 1, *image[1:])
        return (size, "across_channels") if rows in (flat, planes) and set(others) == {1} else (0, "")
