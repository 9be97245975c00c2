"""Know a mean that leaves its border out by one that counts it, and what makes up for that.

What has no such mean says it so: by factors behind it (`leave_border_out_behind`), which are weights and are looked at,
or divided by the same mean of ones. The border may be a layer of its own before the mean.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Model, Node, Ref
from ir.shapes import product
from ir.validate import infer
from translator.passes.lowering.borders import LARGEST, border_factors

_MEANS = (L.AvgPool1D, L.AvgPool2D, L.AvgPool3D)
_PADS = (L.Pad1D, L.Pad2D, L.Pad3D)


class _Whole(NamedTuple):
    """A mean with its border, what it takes, and the nodes that it stands for."""

    layer: Any
    source: Ref
    nodes: tuple[Node, ...]


def join_averages(model: Model) -> Model:
    """Make one mean of a mean and what is behind it, in a model with its channels first; it bears the name of that."""
    graph = model.graph
    made = {ref: node for node in graph.nodes for ref in node.refs}
    pairs = [(made[node.inputs[0]], node) for node in graph.nodes if node.inputs and node.inputs[0] in made]
    pairs = [(mean, node) for mean, node in pairs if isinstance(mean.layer, _MEANS) and _may_make_up(node)]
    if not pairs:
        return model
    parts = _Parts(model, made)
    joined: dict[str, Node] = {}
    gone: set[str] = set()
    for mean, behind in pairs:
        whole = parts.whole(mean)
        if parts.alone(whole) and (parts.scales(whole, behind) or parts.divides(whole, behind)):
            layer = whole.layer.replace(count_pad=False)
            joined[behind.name] = replace(behind, layer=layer, inputs=(whole.source,), shared=())
            gone.update(node.name for node in whole.nodes)
    nodes = tuple(joined.get(node.name, node) for node in graph.nodes if node.name not in gone)
    return Model(replace(graph, nodes=nodes), model.weights)


def _may_make_up(node: Node) -> bool:
    return isinstance(node.layer, L.Divide) or (isinstance(node.layer, L.Scale) and not node.layer.bias)


class _Parts:
    def __init__(self, model: Model, made: dict[Ref, Node]) -> None:
        self.made, self.weights = made, model.weights
        self.given, self.users = set(model.graph.outputs), model.graph.users()
        self.shapes = infer(model.graph, Report())

    def whole(self, mean: Node) -> _Whole:
        """Return a mean together with a border of zeros before it."""
        layer: Any = mean.layer
        floor = layer.replace(rounding="floor")
        layer = floor if floor.shape(self.shapes[mean.inputs[0]]) == self.shapes[mean.refs[0]] else layer
        before = self.made.get(mean.inputs[0])
        border: Any = before.layer if before is not None else None
        plain = isinstance(border, _PADS) and border == type(border)(pad=border.pad)
        if before is None or not plain or any(map(any, layer.pad)) or any(min(pair) < 0 for pair in border.pad):
            return _Whole(layer, mean.inputs[0], (mean,))
        if layer != floor or any(max(pair) >= size for pair, size in zip(border.pad, layer.kernel, strict=True)):
            return _Whole(layer, mean.inputs[0], (mean,))
        return _Whole(layer.replace(pad=border.pad, count_pad=True), before.inputs[0], (before, mean))

    def alone(self, whole: _Whole) -> bool:
        """Tell whether nothing else takes what is between, and the mean counts its border."""
        refs = [ref for node in whole.nodes for ref in node.refs]
        return bool(whole.layer.count_pad) and all(len(self.users[ref]) == 1 and ref not in self.given for ref in refs)

    def scales(self, whole: _Whole, behind: Node) -> bool:
        """Tell whether factors behind a mean are those by which one without its border is larger."""
        import numpy as np

        scale, tensor = behind.layer, self.weights.get(behind.key("gamma"))
        space, out = self.shapes[whole.source][2:], self.shapes[behind.refs[0]][2:]
        covers = isinstance(scale, L.Scale) and scale.axis in (2, -len(out)) and scale.count in (len(out), -1)
        if tensor is None or not covers or None in space or (product(out) or LARGEST) >= LARGEST:
            return False
        wanted = border_factors(whole.layer, space, out)
        fits = wanted is not None and tensor.shape == out
        return fits and bool(np.allclose(tensor.numpy(), wanted() if wanted else 0, rtol=1e-6, atol=0))

    def divides(self, whole: _Whole, behind: Node) -> bool:
        """Tell whether a mean is divided by the same mean of ones, which are of its size."""
        other = self.made.get(behind.inputs[1]) if isinstance(behind.layer, L.Divide) else None
        if other is None or not isinstance(other.layer, _MEANS):
            return False
        layer, source, _ = self.whole(other)
        ones = self.made.get(source)
        tensor = self.weights.get(ones.key("value")) if ones is not None else None
        if layer != whole.layer or tensor is None or tensor.size >= LARGEST:
            return False
        fits = self.shapes[source] == (1, 1, *self.shapes[whole.source][2:])
        return fits and bool((tensor.numpy() == 1).all())


__all__ = ["join_averages"]
