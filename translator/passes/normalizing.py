"""Know normalisations and pyramids that one framework has as a layer by the means and poolings that others have.

Each is raised only where the target has a word for it; the lowerings say the same the other way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Model, Node, Ref
from ir.layer import Layer
from ir.shapes import Shape, axis_of, product
from ir.validate import infer
from translator.mapping import Rules
from translator.passes.simplify import drop_unused
from translator.passes.trail import close

_WANTED = (L.MVN, L.L2Normalize, L.SpatialPyramidPool2D)


def join_norms(model: Model, rules: Rules) -> Model:
    """Make one layer of the parts of those that a target says, in a model with its channels first."""
    said = rules.layers()
    if not any(layer in said for layer in _WANTED):
        return model
    parts = _Parts(model)
    nodes = []
    for node in model.graph.nodes:
        found = next((each for each in (way(node) for way in parts.ways(node)) if each is not None), None)
        if found is not None and type(found.layer) in said:
            node = found
        nodes.append(node)
        parts.made.update(dict.fromkeys(node.refs, node))
    return drop_unused(Model(replace(model.graph, nodes=tuple(nodes)), model.weights))


class _Parts:
    def __init__(self, model: Model) -> None:
        self.shapes = infer(model.graph, Report())
        self.made = {ref: node for node in model.graph.nodes for ref in node.refs}
        self.users = model.graph.users()

    def ways(self, node: Node) -> Sequence[Any]:
        """Return what a node may be the last part of."""
        known: dict[type[Layer], Sequence[Any]] = {
            L.Divide: (self.quotient,),
            L.Scale: (self.with_factors,),
            L.Concat: (self.pyramid,),
        }
        return known.get(type(node.layer), ())

    def layer(self, ref: Ref) -> Any:
        node = self.made.get(ref)
        return None if node is None else node.layer

    def before(self, ref: Ref) -> Ref:
        return self.made[ref].inputs[0]

    def function(self, ref: Ref) -> tuple[list[float], Ref]:
        """Return what is done to each element of a tensor, the last step first, as scale, shift and power each."""
        steps: list[float] = []
        while isinstance(layer := self.layer(ref), L.Power):
            steps += [layer.power, layer.shift, layer.scale]
            ref = self.before(ref)
        return _plain(steps), ref

    def mean_of(self, ref: Ref) -> tuple[Ref, tuple[int, ...]] | None:
        """Return of which tensor another is the mean, and along which axes."""
        layer = self.layer(ref)
        if isinstance(layer, L.Mean):
            rank = len(self.shapes[ref])
            return self.before(ref), tuple(sorted(axis_of(axis, rank) for axis in layer.axes))
        if isinstance(layer, L.GlobalAvgPool2D):
            return self.before(ref), (2, 3)
        return None

    def square_of(self, ref: Ref) -> Ref | None:
        node = self.made.get(ref)
        if node is None:
            return None
        twice = node.layer == L.Multiply() and len(node.inputs) == 2 and node.inputs[0] == node.inputs[1]
        return node.inputs[0] if twice or node.layer == L.Power(power=2.0) else None

    def quotient(self, node: Node) -> Node | None:
        """Know what is divided by its deviation, or by its length along the channels."""
        x, by = node.inputs
        steps, spread = self.function(by)
        mean = self.mean_of(spread)
        if mean is None or self.square_of(mean[0]) != x:
            return None
        rank = len(self.shapes[x])
        centred = self.made.get(x)
        if centred is not None and centred.layer == L.Subtract():
            source, axes = centred.inputs[0], mean[1]
            layer = _statistics(steps, axes, rank) if self.mean_of(centred.inputs[1]) == (source, axes) else None
            if layer is not None:
                return replace(node, layer=layer, inputs=(source,))
        count = product(self.shapes[x][axis] for axis in mean[1])
        across = mean[1] == (1, 2, 3)
        if rank != 4 or count is None or not (across or mean[1] == (1,)) or len(steps) != 3:
            return None
        power, shift, scale = steps
        if power != 0.5 or not close(scale, count):
            return None
        return replace(node, layer=L.L2Normalize(across_spatial=across, epsilon=shift, learned=False), inputs=(x,))

    def with_factors(self, node: Node) -> Node | None:
        """Know a length that is taken out of, and the factors behind it."""
        ref, scale = node.inputs[0], node.layer
        before = self.made.get(ref)
        assert isinstance(scale, L.Scale)
        fits = before is not None and isinstance(before.layer, L.L2Normalize) and len(self.users[ref]) == 1
        if before is None or not fits or (scale.axis, scale.count, scale.bias) != (1, 1, False):
            return None
        layer: Any = before.layer
        if layer.learned:
            return None
        return replace(node, layer=layer.replace(learned=True, shared=False), inputs=before.inputs)

    def pyramid(self, node: Node) -> Node | None:
        """Know poolings over grids of one image whose results are strung together."""
        pools = [self.made.get(self.before(ref)) for ref in node.inputs if isinstance(self.layer(ref), _ROWS)]
        kind = type(pools[0].layer) if pools and pools[0] is not None else None
        if len(pools) != len(node.inputs) or kind not in (L.MaxPool2D, L.AvgPool2D):
            return None
        source = pools[0].inputs[0] if pools[0] is not None else Ref("")
        space, rows = self.shapes[source][2:], self.shapes[node.refs[0]]
        function: Any = "max" if kind is L.MaxPool2D else "average"
        if None in space or len(rows) != 2 or not isinstance(node.layer, L.Concat):
            return None
        for level, pool in enumerate(pools):
            if pool is None or type(pool.layer) is not kind or pool.inputs != (source,):
                return None
            if not _is_grid(pool.layer, space, 2**level, self.shapes[pool.refs[0]][2:]):
                return None
        layer = L.SpatialPyramidPool2D(levels=len(pools), function=function)
        return replace(node, layer=layer, inputs=(source,)) if layer.shape(self.shapes[source]) == rows else None


_ROWS = (L.Flatten, L.Reshape)


def _statistics(steps: list[float], axes: tuple[int, ...], rank: int) -> Layer | None:
    """Return the layer that takes a mean away and divides by what steps make of the variance along the same axes."""
    if axes == (0, *range(2, rank)) and len(steps) == 3 and (steps[0], steps[2]) == (0.5, 1.0):
        return L.BatchNorm(epsilon=steps[1], scale=False, center=False, batch_statistics=True)
    outside = len(steps) == 6 and (steps[0], steps[2:]) == (1.0, [1.0, 0.5, 0.0, 1.0])
    if rank == 4 and axes in ((2, 3), (1, 2, 3)) and outside:
        return L.MVN(across_channels=axes[0] == 1, epsilon=steps[1])
    return None


def _plain(steps: list[float]) -> list[float]:
    """Return steps without those that change nothing, and with a line and the power behind it as one."""
    found: list[float] = []
    for at in range(0, len(steps), 3):
        power, shift, scale = steps[at : at + 3]
        if (power, shift, scale) == (1.0, 0.0, 1.0):
            continue
        if found[-2:] == [0.0, 1.0] and power == 1 and found[-3] != 1:
            found[-2:] = [shift, scale]
        elif len(found) >= 3 and power == 1 and found[-1] == 1 and shift == 0:
            found[-1] = scale  # (x * scale) + shift is one line.
        else:
            found += [power, shift, scale]
    return found


def _is_grid(layer: Any, space: Shape, bins: int, out: Shape) -> bool:
    """Tell whether a pooling is that of a pyramid's level with so many bins on a side."""
    kernel = tuple(-(-(size or 0) // bins) for size in space)
    pad = tuple((k * bins - (size or 0) + 1) // 2 for k, size in zip(kernel, space, strict=True))
    same = (layer.kernel, layer.stride) == (kernel, kernel) and out == (bins, bins)
    before = tuple(before for before, _ in layer.pad) == pad
    mean = isinstance(layer, L.AvgPool2D)
    return same and before and (not mean or (layer.count_pad and layer.pad == tuple((each, each) for each in pad)))


__all__ = ["join_norms"]
