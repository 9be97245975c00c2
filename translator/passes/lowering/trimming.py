"""Windows that a target cannot place as they are, by those of more or of less than is asked for, and a cut."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ir import layers as L
from ir.graph import Node
from ir.layer import Layer
from ir.shapes import product, window_count
from translator.passes.legalize import Place, Replacement, chain, lowers
from translator.passes.lowering.borders import PADS


@lowers(L.MaxPool1D, L.MaxPool2D, L.MaxPool3D, L.AvgPool1D, L.AvgPool2D, L.AvgPool3D)
def round_up_then_cut(node: Node, place: Place) -> Replacement | None:
    """Round up, and leave out the partial windows that come of that, if there are any."""
    layer: Any = node.layer
    ceil = layer.replace(rounding="ceil")
    if None in place.space or layer == ceil or not place.says(ceil):
        return None
    windows = zip(place.space, getattr(layer, "reach", layer.kernel), layer.stride, layer.pad, strict=True)
    more = [
        window_count(size or 0, reach, step, pad, ceil=True) - window_count(size or 0, reach, step, pad)
        for size, reach, step, pad in windows
    ]
    if not any(more):
        return Replacement([replace(node, layer=ceil)])
    return Replacement(chain(node, ("all", ceil), ("", PADS[layer.rank](pad=tuple((0, -each) for each in more)))))


@lowers(L.MaxPool1D, L.MaxPool2D, L.MaxPool3D)
def even_border_then_cut(node: Node, place: Place) -> Replacement | None:
    """Widen the border that is narrower, and leave out the windows that come of that: a border never wins."""
    layer: Any = node.layer
    even = layer.replace(pad=tuple((max(pair), max(pair)) for pair in layer.pad))
    if None in place.space or layer == even or layer.rounding != "floor":
        return None
    cut = []
    for size, reach, step, (before, after) in zip(place.space, layer.reach, layer.stride, layer.pad, strict=True):
        more, wide = max(0, after - before), max(before, after)
        if more % step:
            return None
        count = window_count(size or 0, reach, step, (before, after))
        cut.append((-(more // step), count + more // step - window_count(size or 0, reach, step, (wide, wide))))
    return Replacement(chain(node, ("even", even), ("", PADS[layer.rank](pad=tuple(cut)))))


@lowers(L.Conv1DTranspose, L.Conv2DTranspose, L.Conv3DTranspose)
def zeros_behind_kernel(node: Node, place: Place) -> Replacement | None:
    """Say what is added behind the output by zeros behind the kernel."""
    layer: Any = node.layer
    key = node.key("kernel")
    if not any(layer.output_pad) or max(layer.dilation) > 1 or (place.weights and key not in place.weights):
        return None
    kernel = tuple(size + more for size, more in zip(layer.kernel, layer.output_pad, strict=True))
    own = f"{key}, widened"
    weights = {}
    if (old := place.weights.get(key)) is not None:

        def widened(array: Any) -> Any:
            import numpy as np

            return np.pad(array, [(0, 0), (0, 0), *((0, more) for more in layer.output_pad)])

        weights[own] = old.map(widened, (*old.shape[:2], *kernel))
    shared = (("kernel", own), ("bias", node.key("bias")))
    return Replacement([replace(node, layer=layer.replace(kernel=kernel, output_pad=0), shared=shared)], weights)


@lowers(L.Reduction)
def largest_by_pooling(node: Node, place: Place) -> Replacement | None:
    """Take the largest of the last axes by a pooling over rows, and the smallest as the largest of the opposite."""
    layer = node.layer
    assert isinstance(layer, L.Reduction)
    shape, out = place.inputs[0], place.outputs[0]
    count = product(shape[len(out) :])
    sizes = tuple(-1 if size is None else size for size in out)
    if layer.function not in ("max", "min") or not count or sizes.count(-1) > 1:
        return None
    steps: list[tuple[str, Layer]] = [
        ("rows", L.Reshape(sizes=(-1, 1, 1, count))),
        ("largest", L.MaxPool2D(kernel=(1, count))),
    ]
    factor = layer.coefficient
    if layer.function == "min":
        steps.insert(0, ("opposite", L.Power(scale=-1.0)))
        factor = -factor
    if factor != 1:
        steps.append(("again", L.Power(scale=factor)))
    return Replacement(chain(node, *steps, ("", L.Reshape(sizes=sizes))))
