"""The last, partial window of an average pooling as a pooling of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ir import layers as L
from ir.graph import Node
from ir.shapes import window_count
from translator.passes.legalize import Place, Replacement, chain, lowers

_PADS = {1: L.Pad1D, 2: L.Pad2D, 3: L.Pad3D}


@lowers(L.AvgPool1D, L.AvgPool2D, L.AvgPool3D)
def partial_window_apart(node: Node, place: Place) -> Replacement | None:
    """Take the mean of the last window along one axis over what there is of it, and string it behind the whole ones."""
    layer: Any = node.layer
    if layer.rounding == "floor" or any(map(any, layer.pad)) or None in place.space:
        return None
    for axis, (size, kernel, stride) in enumerate(zip(place.space, layer.kernel, layer.stride, strict=True)):
        assert size is not None
        count = window_count(size, kernel, stride, (0, 0), ceil=True)
        begin = (count - 1) * stride
        if begin + kernel > size:
            first = 1 if place.layout == "channels_last" else 2
            return _split(node, axis, first, begin, kernel - stride + begin - size, size - begin)
    return Replacement([replace(node, layer=layer.replace(rounding="floor"))])


def _split(node: Node, axis: int, first: int, begin: int, whole_cut: int, left: int) -> Replacement:
    layer: Any = node.layer

    def cut(before: int, after: int) -> Any:
        return _PADS[layer.rank](pad=tuple((before, after) if i == axis else (0, 0) for i in range(layer.rank)))

    def at_axis(values: tuple[int, ...], value: int) -> tuple[int, ...]:
        return (*values[:axis], value, *values[axis + 1 :])

    last = layer.replace(kernel=at_axis(layer.kernel, left), stride=at_axis(layer.stride, left))
    whole = chain(node, (f"whole{axis}", cut(0, whole_cut)), (f"means{axis}", layer))
    rest = chain(node, (f"rest{axis}", cut(-begin, 0)), (f"last{axis}", last))
    joined = replace(node, layer=L.Concat(axis=first + axis), inputs=(*whole[-1].refs, *rest[-1].refs))
    return Replacement([*whole, *rest, joined])
