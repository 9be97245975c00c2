"""Know a kernel that was widened with zeros by what it was: what has even borders alone says uneven ones so.

The other way is `widen_for_even_border`, `zeros_behind_kernel` and `border_by_convolution`. All are exact: a product
with zero adds nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from ir import layers as L
from ir.graph import Model, Node
from ir.weights import Tensor
from translator.passes.lowering.borders import PADS

_CONVOLUTIONS = (L.Conv1D, L.Conv2D, L.Conv3D)
_TRANSPOSED = (L.Conv1DTranspose, L.Conv2DTranspose, L.Conv3DTranspose)


def join_zeros(model: Model) -> Model:
    """Make the kernels narrow again that have zeros along one side, under a border that is even.

    Zeros last in a transposed convolution's kernel are what is added behind its output. A convolution that does no more
    than pass each channel on becomes the border, or the cut, that it stands for. A kernel of zeros alone stays, and so
    does one that several layers use.
    """
    convolutions = [node for node in model.graph.nodes if isinstance(node.layer, (*_CONVOLUTIONS, *_TRANSPOSED))]
    users = Counter(node.key("kernel") for node in convolutions)
    changed: dict[str, Node] = {}
    weights = dict(model.weights)
    for node in convolutions:
        key = node.key("kernel")
        if key not in weights or users[key] > 1:
            continue
        if isinstance(node.layer, _TRANSPOSED):
            changed[node.name], weights[key] = _behind(node, weights[key])
        elif (border := _border(node.layer, weights[key])) is not None:
            changed[node.name] = replace(node, layer=border, shared=())
            weights.pop(key)
        elif cuts := _cuts(node.layer, weights[key]):
            changed[node.name], weights[key] = _narrowed(node, weights[key], cuts)
    nodes = tuple(changed.get(node.name, node) for node in model.graph.nodes)
    return Model(replace(model.graph, nodes=nodes), weights)


def _border(layer: Any, tensor: Tensor) -> Any:
    """Return the border or cut that a convolution of each channel alone is; None where it is something else."""
    import numpy as np

    alone = layer.groups == layer.filters == tensor.shape[0] and tensor.shape[1] == 1 and not layer.bias
    if not alone or max(*layer.stride, *layer.dilation) > 1 or not (any(map(any, layer.pad)) or max(layer.kernel) > 1):
        return None
    array = tensor.numpy()
    places = np.argwhere(array[0, 0])
    if len(places) != 1 or not (array == array[:1]).all() or array[(0, 0, *places[0])] != 1:
        return None
    sides = zip(layer.pad, layer.kernel, map(int, places[0]), strict=True)
    return PADS[layer.rank](pad=tuple((a - at, b - (size - 1 - at)) for (a, b), size, at in sides))


def _behind(node: Node, tensor: Tensor) -> tuple[Node, Tensor]:
    """Return a transposed convolution and its kernel without the zeros last along each axis, less than a stride."""
    layer: Any = node.layer
    if any(layer.output_pad) or max(layer.dilation) > 1 or max(layer.stride) == 1:
        return node, tensor
    array = tensor.numpy()
    more = tuple(_last(array, axis, stride - 1) for axis, stride in enumerate(layer.stride, 2))
    if not any(more):
        return node, tensor
    kernel = tuple(size - cut for size, cut in zip(layer.kernel, more, strict=True))
    where = (slice(None), slice(None), *(slice(0, size) for size in kernel))
    narrow = tensor.map(lambda array: array[where], (*tensor.shape[:2], *kernel))
    return replace(node, layer=layer.replace(kernel=kernel, output_pad=more)), narrow


def _last(array: Any, axis: int, most: int) -> int:
    """Return how many zeros stand last along an axis; none where it is more than so many, or all are."""
    size = array.shape[axis]
    if array[:1].take(size - 1, axis).any():
        return 0
    held = [at for at in range(size) if array.take(at, axis).any()]
    last = size - 1 - held[-1] if held else 0
    return last if last <= most else 0


def _cuts(layer: Any, tensor: Tensor) -> list[tuple[int, int]]:
    """Return how many zeros stand first and last along each axis of a kernel, if any do under an even border."""
    if not any(a == b > 0 for a, b in layer.pad):
        return []
    array = tensor.numpy()
    cuts = [
        _zeros(array, axis, pad, by) for axis, (pad, by) in enumerate(zip(layer.pad, layer.dilation, strict=True), 2)
    ]
    return cuts if any(map(any, cuts)) else []


def _zeros(array: Any, axis: int, pad: tuple[int, int], dilation: int) -> tuple[int, int]:
    """Return how many zeros stand at the one side of an axis that has any; none where the border is not wider.

    The first filter is looked at before all: of kernels that were learned it tells.
    """
    size = array.shape[axis]
    ends = (array[:1].take(at, axis).any() for at in (0, size - 1))
    if pad[0] != pad[1] or not pad[0] or all(ends):
        return 0, 0
    held = [at for at in range(size) if array.take(at, axis).any()]
    first, last = (held[0], size - 1 - held[-1]) if held else (0, 0)
    fits = not (first and last) and max(first, last) * dilation <= pad[0]
    return (first, last) if fits else (0, 0)


def _narrowed(node: Node, tensor: Tensor, cuts: list[tuple[int, int]]) -> tuple[Node, Tensor]:
    """Return a node and its kernel without some elements first and last along each axis, and as much less border."""
    layer: Any = node.layer
    kernel = tuple(size - sum(cut) for size, cut in zip(layer.kernel, cuts, strict=True))
    sides = zip(layer.pad, cuts, layer.dilation, strict=True)
    pad = tuple((before - first * by, after - last * by) for (before, after), (first, last), by in sides)
    kept = (slice(first, first + size) for (first, _), size in zip(cuts, kernel, strict=True))
    where = (slice(None), slice(None), *kept)
    narrow = tensor.map(lambda array: array[where], (*tensor.shape[:2], *kernel))
    return replace(node, layer=layer.replace(kernel=kernel, pad=pad)), narrow


__all__ = ["join_zeros"]
