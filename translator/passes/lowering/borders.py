"""Borders that a target cannot say within a layer, as layers of their own."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from math import prod
from typing import Any

from ir import layers as L
from ir.graph import Node
from ir.layer import Layer
from ir.shapes import Shape, product, window_count
from ir.weights import Tensor
from translator.passes.legalize import Place, Replacement, chain, lowers

PADS: dict[int | None, type[L.Pad1D] | type[L.Pad2D] | type[L.Pad3D]] = {1: L.Pad1D, 2: L.Pad2D, 3: L.Pad3D}
MOST = 64
"""Elements of a window with gaps at most that are taken one by one."""
LARGEST = 1 << 24
"""Pixels of an image at most for which factors are worked out."""


def _no_pad(layer: Any) -> tuple[tuple[int, int], ...]:
    rank: int = layer.rank
    return ((0, 0),) * rank


@lowers(L.Conv1D, L.Conv2D, L.Conv3D, L.LocallyConnected2D, L.Im2Col)
def pad_before_convolution(node: Node, place: Place) -> Replacement | None:
    """Add a convolution's border of zeros before it."""
    layer: Any = node.layer
    if layer.pad == _no_pad(layer):
        return None
    border = PADS[layer.rank](pad=layer.pad)
    if not place.says(border):
        return None
    return Replacement(chain(node, ("pad", border), ("", layer.replace(pad=0))))


@lowers(L.MaxPool1D, L.MaxPool2D, L.MaxPool3D)
def pad_before_max_pool(node: Node, place: Place) -> Replacement | None:
    """Add a border of lowest values before a max pooling, so wide that no window is partial.

    Behind layers that give no negative values zeros do as well: a window always holds a value of its own.
    """
    layer: Any = node.layer
    pad = _whole_windows(layer, place)
    if pad is None or layer == layer.replace(pad=0, rounding="floor"):
        return None
    border = PADS[layer.rank](pad=pad, value=0.0 if place.non_negative else None)
    if pad != _no_pad(layer) and not place.says(border):
        return None
    plain = layer.replace(pad=0, rounding="floor")
    return Replacement(chain(node, *([] if pad == _no_pad(layer) else [("pad", border)]), ("", plain)))


@lowers(L.MaxPool1D, L.MaxPool2D, L.MaxPool3D)
def shifted_maxima(node: Node, place: Place) -> Replacement | None:
    """Take the largest of the image moved to each element of a window with gaps, and pick each stride's."""
    layer: Any = node.layer
    if max(layer.dilation) == 1 or layer != layer.replace(pad=0, rounding="floor") or prod(layer.kernel) > MOST:
        return None
    moved = []
    for at in itertools.product(*map(range, layer.kernel)):
        starts = [step * dilation for step, dilation in zip(at, layer.dilation, strict=True)]
        cut = [(-start, start - reach + 1) for start, reach in zip(starts, layer.reach, strict=True)]
        moved += chain(node, ("from_" + "_".join(map(str, at)), PADS[layer.rank](pad=cut)))
    largest = Node(f"{node.name}_largest", L.Maximum(), tuple(each.refs[0] for each in moved), origin=node.origin)
    if max(layer.stride) == 1:
        return Replacement([*moved, replace(largest, name=node.name, labels=node.labels)])
    pick = layer.replace(kernel=1, dilation=1)
    return Replacement([*moved, largest, replace(node, layer=pick, inputs=largest.refs)])


def _whole_windows(layer: Any, place: Place) -> tuple[tuple[int, int], ...] | None:
    """Return the border with which every window that counts is whole, and no other fits."""
    if None in place.space:
        return layer.pad if layer.rounding == "floor" else None
    pads = []
    for size, kernel, stride, pad in zip(place.space, layer.reach, layer.stride, layer.pad, strict=True):
        assert size is not None
        count = window_count(size, kernel, stride, pad, ceil=layer.rounding == "ceil")
        behind = (count - 1) * stride + kernel - size - pad[0]
        pads.append((pad[0], max(behind, 0)))
    return tuple(pads)


@lowers(L.AvgPool1D, L.AvgPool2D, L.AvgPool3D)
def pad_before_average(node: Node, place: Place) -> Replacement | None:
    """Add the zeros that a mean counts before it."""
    layer: Any = node.layer
    if layer.pad == _no_pad(layer) or not layer.count_pad:
        return None
    rounding = _same_count(layer, place)
    if rounding is None:
        return None
    border = PADS[layer.rank](pad=layer.pad)
    return Replacement(chain(node, ("pad", border), ("", layer.replace(pad=0, rounding=rounding))))


@lowers(L.AvgPool1D, L.AvgPool2D, L.AvgPool3D)
def leave_border_out_behind(node: Node, place: Place) -> Replacement | None:
    """Say a mean that leaves its border out by one that counts it, times how many more elements that divides by.

    The factors go with the weights; where a model has none they would be taken for some that are to be learned.
    """
    layer: Any = node.layer
    if not place.weights:
        return None
    if layer.pad == _no_pad(layer) or layer.count_pad or None in place.space or place.layout != "channels_first":
        return None
    if (product(place.outputs[0][2:]) or LARGEST) >= LARGEST:
        return None
    factors = border_factors(layer, place.space, place.outputs[0][2:])
    if factors is None:
        return None
    mean, scale = chain(node, ("mean", layer.replace(count_pad=True)), ("", L.Scale(axis=2, count=layer.rank)))
    key = f"{mean.name}.share"
    scale = replace(scale, shared=(("gamma", key),))
    sizes = tuple(size or 0 for size in place.outputs[0][2:])
    return Replacement([mean, scale], {key: Tensor(sizes, factors)})


def border_factors(layer: Any, space: Shape, out: Shape) -> Callable[[], Any] | None:
    """Return what gives for each window by how much its mean is larger without the border.

    All sizes are known; None where a window is all border.
    """
    axes = zip(space, layer.kernel, layer.stride, layer.pad, out, strict=True)
    counts = [_counted(size or 0, kernel, stride, pad, count or 0) for size, kernel, stride, pad, count in axes]
    if any(within < 1 for axis in counts for _, within in axis):
        return None
    shares = [[whole / within for whole, within in axis] for axis in counts]

    def factors() -> Any:
        import numpy as np

        along: list[Any] = [np.array(axis) for axis in shares]
        return reduce(np.multiply.outer, along).astype(np.float32)

    return factors


def _counted(size: int, kernel: int, stride: int, pad: tuple[int, int], count: int) -> list[tuple[int, int]]:
    """Return for each window how many elements it has with the border, and how many without."""
    starts = [i * stride - pad[0] for i in range(count)]
    return [(min(start + kernel, size + pad[1]) - start, min(start + kernel, size) - max(start, 0)) for start in starts]


def _same_count(layer: Any, place: Place) -> str | None:
    """Return the rounding with which a pooling of the padded input has as many windows."""
    if None in place.space:
        return "floor" if layer.rounding == "floor" else None
    sizes = list(zip(place.space, layer.kernel, layer.stride, layer.pad, strict=True))
    for rounding in ("floor", "ceil"):
        if all(
            window_count(size + sum(pad), kernel, stride, (0, 0), ceil=rounding == "ceil")
            == window_count(size, kernel, stride, pad, ceil=layer.rounding == "ceil")
            for size, kernel, stride, pad in sizes
            if size is not None
        ):
            return rounding
    return None


@lowers(L.Conv1DTranspose, L.Conv2DTranspose, L.Conv3DTranspose)
def crop_after_convolution(node: Node, place: Place) -> Replacement | None:
    """Cut the border of a transposed convolution away behind it."""
    layer: Any = node.layer
    cut = [(-before, extra - after) for (before, after), extra in zip(layer.pad, layer.output_pad, strict=True)]
    if not any(map(any, cut)) or any(side > 0 for pair in cut for side in pair):
        return None
    whole = layer.replace(pad=0, output_pad=0)
    nodes = chain(node, ("whole", whole), ("", PADS[layer.rank](pad=tuple(cut))))
    return Replacement([_with_weights_of(node, nodes[0]), nodes[1]])


@lowers(L.Conv1DTranspose, L.Conv2DTranspose, L.Conv3DTranspose)
def widen_kernel(node: Node, place: Place) -> Replacement | None:
    """Say a transposed convolution with a stride above its kernel by a kernel with zeros behind, and a cut."""
    layer: Any = node.layer
    gaps = [max(0, s - (d * (k - 1) + 1)) for k, s, d in zip(layer.kernel, layer.stride, layer.dilation, strict=True)]
    if not any(gaps) or layer.pad != _no_pad(layer) or max(layer.dilation) > 1 or max(layer.output_pad) > 0:
        return None
    kernel = tuple(k + gap for k, gap in zip(layer.kernel, gaps, strict=True))
    key = node.key("kernel")
    weights = {}
    if key in place.weights:
        old = place.weights[key]

        def widened(array: Any) -> Any:
            import numpy as np

            return np.pad(array, [(0, 0), (0, 0), *((0, gap) for gap in gaps)])

        weights[key] = old.map(widened, (*old.shape[:2], *kernel))
    cut = PADS[layer.rank](pad=tuple((0, -gap) for gap in gaps))
    nodes = chain(node, ("whole", layer.replace(kernel=kernel)), ("", cut))
    return Replacement([_with_weights_of(node, nodes[0]), nodes[1]], weights)


def _with_weights_of(node: Node, convolution: Node) -> Node:
    """Give a convolution that bears a new name the weights of the node that it stands for."""
    return replace(convolution, shared=tuple((role, node.key(role)) for role in ("kernel", "bias")))


@lowers(L.Pad1D, L.Pad2D, L.Pad3D)
def border_of_pieces(node: Node, place: Place) -> Replacement | None:
    """Put pieces of the image itself before and behind it, along one axis after the other."""
    layer: Any = node.layer
    if layer.mode == "constant" or not any(map(any, layer.pad)):
        return None
    axis = next(i for i, pad in enumerate(layer.pad) if any(pad))
    size, (before, after) = place.space[axis], layer.pad[axis]
    if size is None:
        return None
    at = axis + (1 if place.layout == "channels_last" else 2)
    parts = {"edge": ((0, 1), (size - 1, size)), "wrap": ((size - before, size), (0, after))}
    pieces = parts.get(layer.mode, ((1, before + 1), (size - 1 - after, size - 1)))

    def piece(side: str, count: int, start: int, stop: int) -> list[Node]:
        if not count:
            return []
        cut = tuple((-start, stop - size) if i == axis else (0, 0) for i in range(layer.rank))
        steps: list[tuple[str, Layer]] = [(f"{side}{axis}_part", PADS[layer.rank](pad=cut))]
        if layer.mode != "wrap":
            moved = L.Tile(axis=at, times=count) if layer.mode == "edge" else L.Reverse(axis=at)
            steps.append((f"{side}{axis}", moved))
        return chain(node, *steps)

    first, last = piece("before", before, *pieces[0]), piece("after", after, *pieces[1])
    strung = [*(each.refs[0] for each in first[-1:]), node.inputs[0], *(each.refs[0] for each in last[-1:])]
    rest = layer.replace(pad=tuple((0, 0) if i == axis else pad for i, pad in enumerate(layer.pad)))
    joined = Node(f"{node.name}_{axis}", L.Concat(axis=at), tuple(strung), origin=node.origin)
    if not any(map(any, rest.pad)):
        return Replacement([*first, *last, replace(joined, name=node.name, labels=node.labels)])
    return Replacement([*first, *last, joined, replace(node, layer=rest, inputs=joined.refs)])


@lowers(L.Pad1D, L.Pad2D, L.Pad3D)
def cut_then_pad(node: Node, place: Place) -> Replacement | None:
    """Say a border that is cut on one side and added on another by two layers."""
    layer: Any = node.layer
    cut = tuple((min(before, 0), min(after, 0)) for before, after in layer.pad)
    grown = tuple((max(before, 0), max(after, 0)) for before, after in layer.pad)
    if not any(map(any, cut)) or not any(map(any, grown)):
        return None
    return Replacement(chain(node, ("cut", layer.replace(pad=cut)), ("", layer.replace(pad=grown))))


@lowers(L.Crop)
def crop_to_known_size(node: Node, place: Place) -> Replacement | None:
    """Cut an image to a size that is known beforehand."""
    layer = node.layer
    assert isinstance(layer, L.Crop)
    x, out = place.inputs[0], place.outputs[0]
    axis = layer.axis + len(x) if layer.axis < 0 else layer.axis
    if len(x) - 2 not in PADS or axis < 2 or None in x[axis:] or None in out[axis:]:
        return None
    offsets = layer.offsets(len(x))
    cut = [
        (-offset, offset + (kept or 0) - (size or 0))
        for size, kept, offset in zip(x[axis:], out[axis:], offsets, strict=True)
    ]
    pad: Layer = PADS[len(x) - 2](pad=(*((0, 0) for _ in range(axis - 2)), *cut))
    return Replacement([Node(node.name, pad, node.inputs[:1], node.labels, origin=node.origin)])


@lowers(L.Conv1D, L.Conv2D, L.Conv3D)
def stride_behind(node: Node, place: Place) -> Replacement | None:
    """Say a convolution with both a stride and a dilation by one without the stride, and a pooling that picks."""
    layer: Any = node.layer
    if max(layer.stride) == 1 or max(layer.dilation) == 1 or layer.pad != _no_pad(layer):
        return None
    pools = {1: L.MaxPool1D, 2: L.MaxPool2D, 3: L.MaxPool3D}
    dense, pick = layer.replace(stride=1), pools[layer.rank](kernel=1, stride=layer.stride)
    nodes = chain(node, ("dense", dense), ("", pick))
    return Replacement([_with_weights_of(node, nodes[0]), nodes[1]])
