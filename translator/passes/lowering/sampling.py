"""Pixels at any points, by those around them: each is taken by its number, and weighed by how near it is."""

from __future__ import annotations

from dataclasses import replace
from itertools import product as combinations
from math import prod
from typing import Any

from ir import layers as L
from ir.graph import Node, Ref
from ir.layer import Layer
from translator.passes.legalize import Place, Replacement, lowers

BEND = -0.75
"""The factor of a cubic curve between pixels."""
Near = tuple[Ref, Ref | None]
"""The number of a pixel along an axis, and its weight; none where it is 1."""


class Drawing:
    """Layers that stand for one, as they are drawn: each is named by its number."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.nodes: list[Node] = []

    def add(self, layer: Layer, *inputs: Ref) -> Ref:
        """Add a layer; return the first tensor that it gives."""
        node = Node(f"{self.node.name}_{len(self.nodes) + 1}", layer, inputs, origin=self.node.origin)
        self.nodes.append(node)
        return node.refs[0]

    def line(self, x: Ref, scale: float = 1.0, shift: float = 0.0) -> Ref:
        """Multiply by a number, and add one."""
        return self.add(L.Power(scale=scale, shift=shift), x)

    def times(self, *factors: Ref | None) -> Ref | None:
        """Multiply those that are not 1."""
        given = [each for each in factors if each is not None]
        return self.add(L.Multiply(), *given) if len(given) > 1 else given[0] if given else None

    def rest(self, x: Ref) -> tuple[Ref, Ref]:
        """Return what is whole in a number, and what is left."""
        whole = self.add(L.Function(function="floor"), x)
        return whole, self.add(L.Subtract(), x, whole)

    def curve(self, x: Ref, *factors: float) -> Ref:
        """Return a polynomial, its factors from the highest power on."""
        found = self.line(x, factors[0], factors[1])
        for shift in factors[2:]:
            found = self.line(self.add(L.Multiply(), found, x), 1.0, shift)
        return found


@lowers(L.GridSample2D, L.GridSample3D)
def by_neighbours(node: Node, place: Place) -> Replacement | None:
    """Take the pixels around each point, and add them up by their weights."""
    layer: Any = node.layer
    x, grid = place.inputs
    if place.layout == "channels_last" or None in x[1:] or None in grid[1:]:
        return None
    sizes, channels = [size or 0 for size in x[2:]], x[1] or 0
    points = [size or 0 for size in grid[1:-1]]
    if layer.mode == "cubic" and layer.rank != 2:
        return None
    of = Drawing(node)
    flat = of.add(L.Flatten(axis=2), node.inputs[0])
    rows = of.add(L.Reshape(sizes=(prod(points), layer.rank), axis=1, count=layer.rank + 1), node.inputs[1])
    turned = of.add(L.Permute(order=(0, 2, 1)), rows)
    of.add(L.Slice(axis=1, pieces=layer.rank), turned)
    near = [_near(of, layer, ref, size) for ref, size in zip(of.nodes[-1].refs, sizes[::-1], strict=True)][::-1]
    steps = [float(prod(sizes[axis + 1 :])) for axis in range(layer.rank)]
    terms = []
    for pixels in combinations(*near):
        index = of.add(L.Add(coefficients=steps), *(each for each, _ in pixels))
        index = of.add(L.Tile(axis=1, times=channels), index) if channels > 1 else index
        value = of.add(L.TakeAlong(axis=2), flat, index)
        weight = of.times(*(each for _, each in pixels))
        terms.append(value if weight is None else of.add(L.ScaleBy(axis=0), value, weight))
    total = of.add(L.Add(), *terms) if len(terms) > 1 else terms[0]
    return Replacement(
        [*of.nodes, replace(node, layer=L.Reshape(sizes=points, axis=2, count=1), inputs=(total,), shared=())]
    )


def _near(of: Drawing, layer: Any, point: Ref, size: int) -> list[Near]:
    """Return the pixels along an axis that are near a point."""
    middle = (size - 1) / 2
    pixel = of.line(point, middle if layer.corners else size / 2, middle)
    if layer.mode != "cubic" and layer.border != "zeros":
        pixel = _within(of, layer, pixel, size)
    if layer.mode == "nearest":
        return [_inside(of, layer, of.add(L.Function(function="round"), pixel), None, size)]
    whole, rest = of.rest(pixel)
    other = of.line(rest, -1.0, 1.0)
    if layer.mode == "linear":
        weights = [other, rest]
        first = 0
    else:
        far, close = (BEND, -5 * BEND, 8 * BEND, -4 * BEND), (BEND + 2, -BEND - 3, 0.0, 1.0)
        ends = [of.curve(of.line(each, 1.0, 1.0), *far) for each in (rest, other)]
        weights = [ends[0], of.curve(rest, *close), of.curve(other, *close), ends[1]]
        first = -1
    return [_inside(of, layer, of.line(whole, 1.0, float(first + i)), weight, size) for i, weight in enumerate(weights)]


def _inside(of: Drawing, layer: Any, index: Ref, weight: Ref | None, size: int) -> Near:
    """Return the number of a pixel that there is, and the weight, which is 0 for one that is beyond the border."""
    if layer.border == "zeros":
        before = of.add(L.Threshold(threshold=-0.5), index)
        behind = of.line(of.add(L.Threshold(threshold=size - 0.5), index), -1.0, 1.0)
        weight = of.times(weight, before, behind)
    elif layer.mode == "cubic":
        index = of.add(L.Function(function="round"), _within(of, layer, index, size))
    return of.add(L.Clip(minimum=0.0, maximum=float(size - 1)), index), weight


def _within(of: Drawing, layer: Any, x: Ref, size: int) -> Ref:
    """Return a place within an image for one beyond it: at the edge, or mirrored by it as often as it takes."""
    if layer.border == "mirror":
        low, span = (0.0, float(size - 1)) if layer.corners else (-0.5, float(size))
        if span == 0:
            return of.line(x, 0.0)
        away = of.add(L.Abs(), of.line(x, 1.0, -low))
        turns, rest = of.rest(of.line(away, 1 / span))
        odd = of.line(of.rest(of.line(turns, 0.5))[1], 2.0)
        back = of.add(L.Multiply(), odd, of.line(rest, -2.0, 1.0))
        x = of.line(of.add(L.Add(), rest, back), span, low)
    return of.add(L.Clip(minimum=0.0, maximum=float(size - 1)), x)
