"""Take borders up into the windows behind them.

Keras has no borders within its layers, and so has a layer for them before the windows. Other frameworks have them as
one; Caffe has them in no other way.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from ir import layers as L
from ir.graph import Model, Node, Ref

_PADS = (L.Pad1D, L.Pad2D, L.Pad3D)
_CONVOLUTIONS = (L.Conv1D, L.Conv2D, L.Conv3D)
_MAX_POOLS = (L.MaxPool1D, L.MaxPool2D, L.MaxPool3D)
_AVERAGES = (L.AvgPool1D, L.AvgPool2D, L.AvgPool3D)


def join_borders(model: Model, uneven: bool) -> Model:
    """Join a border with the one convolution or pooling that takes it, where that means the same.

    `uneven` borders, wider on one side, are joined only where that is asked for: few can say them within a layer.
    """
    graph = model.graph
    users = Counter(ref for node in graph.nodes for ref in node.inputs)
    users.update(graph.outputs)
    made = {ref: node for node in graph.nodes for ref in node.refs}
    joined: dict[str, Node] = {}
    gone: set[str] = set()
    for node in graph.nodes:
        border = made.get(node.inputs[0]) if node.inputs else None
        if border is None or not isinstance(border.layer, _PADS) or users[node.inputs[0]] > 1:
            continue
        layer: Any = border.layer
        if layer.mode != "constant" or any(min(pair) < 0 or (pair[0] != pair[1] and not uneven) for pair in layer.pad):
            continue
        layer = _with_border(node.layer, border, made)
        if layer is not None:
            joined[node.name] = replace(node, layer=layer, inputs=border.inputs)
            gone.add(border.name)
    nodes = tuple(joined.get(node.name, node) for node in graph.nodes if node.name not in gone)
    return Model(replace(graph, nodes=nodes), model.weights)


def _with_border(layer: Any, border: Node, made: dict[Ref, Node]) -> Any:
    """Return a layer with a border taken up into it; None where it would mean something else."""
    pad, value = border.layer.pad, border.layer.value  # type: ignore[attr-defined]
    if isinstance(layer, _CONVOLUTIONS) and value == 0:
        own = ((a + c, b + d) for (a, b), (c, d) in zip(pad, layer.pad, strict=True))
        return layer.replace(pad=tuple(own))
    if not isinstance(layer, (*_MAX_POOLS, *_AVERAGES)) or layer.rounding != "floor" or any(map(any, layer.pad)):
        return None
    if any(max(pair) >= kernel for pair, kernel in zip(pad, layer.kernel, strict=True)):
        return None
    if isinstance(layer, _MAX_POOLS):
        lowest = value is None or (value == 0 and non_negative(made.get(border.inputs[0]), made))
        return layer.replace(pad=pad) if lowest else None
    return layer.replace(pad=pad, count_pad=True) if value == 0 else None


def non_negative(node: Node | None, made: dict[Ref, Node], depth: int = 8) -> bool:
    """Tell whether a node's output is known to have no negative values."""
    if node is None or not depth:
        return False
    layer: Any = node.layer
    if isinstance(layer, L.ReLU):
        return bool(layer.negative_slope == 0)
    if isinstance(layer, (L.Sigmoid, L.Softmax, L.Abs, L.Softplus)):
        return True
    passes = (L.MaxPool2D, L.AvgPool2D, L.Dropout, L.Concat, L.LRN, L.GlobalAvgPool2D, L.GlobalMaxPool2D, L.Identity)
    if isinstance(layer, passes):
        return all(non_negative(made.get(ref), made, depth - 1) for ref in node.inputs)
    return False
