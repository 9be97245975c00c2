"""Layers that many frameworks have, by the few of Caffe: what a target with a layer for them never comes to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ir import layers as L
from ir.graph import Node, Ref
from ir.layer import Layer
from ir.shapes import axis_of
from ir.weights import Tensor
from translator.passes.legalize import Place, Replacement, chain, lowers
from translator.passes.lowering.borders import PADS

_AS_IMAGE: dict[type[Layer], type[Layer]] = {
    L.MaxPool1D: L.MaxPool2D,
    L.AvgPool1D: L.AvgPool2D,
    L.GlobalMaxPool1D: L.GlobalMaxPool2D,
    L.GlobalAvgPool1D: L.GlobalAvgPool2D,
    L.Pad1D: L.Pad2D,
}


@lowers(L.Conv1D, L.Conv2D, L.Conv3D)
def widen_for_even_border(node: Node, place: Place) -> Replacement | None:
    """Say an uneven border of a convolution by an even one, and a kernel with zeros on the side that has more of it."""
    layer: Any = node.layer
    key = node.key("kernel")
    if place.says(PADS[layer.rank](pad=layer.pad)) or key not in place.weights:
        return None
    lacking = [(max(pair) - pair[0], max(pair) - pair[1]) for pair in layer.pad]
    if not any(map(any, lacking)):
        return None
    if any(side % step for pair, step in zip(lacking, layer.dilation, strict=True) for side in pair):
        return None
    zeros = [(a // step, b // step) for (a, b), step in zip(lacking, layer.dilation, strict=True)]
    kernel = tuple(size + sum(pair) for size, pair in zip(layer.kernel, zeros, strict=True))
    wide = layer.replace(kernel=kernel, pad=tuple((max(pair), max(pair)) for pair in layer.pad))
    old = place.weights[key]

    def widened(array: Any) -> Any:
        import numpy as np

        return np.pad(array, [(0, 0), (0, 0), *zeros])

    own = f"{key}, widened"
    shared = (("kernel", own), ("bias", node.key("bias")))
    tensor = old.map(widened, (*old.shape[:2], *kernel))
    return Replacement([replace(node, layer=wide, shared=shared)], {own: tensor})


@lowers(L.Pad1D, L.Pad2D, L.Pad3D)
def cut_in_pieces(node: Node, place: Place) -> Replacement | None:
    """Cut along one axis after the other, and leave the pieces at the sides."""
    layer: Any = node.layer
    if layer.mode != "constant" or any(max(pair) > 0 for pair in layer.pad) or place.layout != "channels_first":
        return None
    nodes: list[Node] = []
    (ref,) = node.inputs
    for axis, (size, (before, after)) in enumerate(zip(place.space, layer.pad, strict=True), 2):
        if not (before or after):
            continue
        if size is None:
            return None
        points = [point for point in (-before, size + after) if 0 < point < size]
        cut = L.Slice(axis=axis, points=tuple(points), pieces=len(points) + 1)
        nodes.append(Node(f"{node.name}_cut{axis}", cut, (ref,), origin=node.origin))
        ref = nodes[-1].refs[1 if before else 0]
    return Replacement(nodes, results=(ref,)) if nodes else None


@lowers(L.Pad2D)
def border_by_convolution(node: Node, place: Place) -> Replacement | None:
    """Say a border of zeros, or a cut, by a convolution that passes each channel on.

    Its kernels go with the weights; where a model has none they would be taken for some that are to be learned.
    """
    layer = node.layer
    assert isinstance(layer, L.Pad2D)
    channels = place.inputs[0][1]
    if layer.value != 0 or channels is None or not place.weights:
        return None
    wide = [max(*pair, 0) for pair in layer.pad]
    zeros = [(size - before, size - after) for size, (before, after) in zip(wide, layer.pad, strict=True)]
    kernel = tuple(1 + sum(pair) for pair in zeros)
    conv = L.Conv2D(filters=channels, kernel=kernel, pad=tuple((w, w) for w in wide), groups=channels, bias=False)

    def picking() -> Any:
        import numpy as np

        array = np.zeros((channels, 1, *kernel), np.float32)
        array[:, 0, zeros[0][0], zeros[1][0]] = 1
        return array

    key = f"{node.name}.border"
    moved = replace(node, layer=conv, shared=(("kernel", key),))
    return Replacement([moved], {key: Tensor((channels, 1, *kernel), picking)})


@lowers(*_AS_IMAGE)
def sequence_as_image(node: Node, place: Place) -> Replacement | None:
    """Work on a sequence as on an image of one row."""
    layer: Any = node.layer
    if place.layout != "channels_first":
        return None
    values = {name: getattr(layer, name) for name in layer.stated()}
    for name in ("kernel", "stride", "dilation"):
        if hasattr(layer, name):
            values[name] = (1, *getattr(layer, name))
    if hasattr(layer, "pad"):
        values["pad"] = ((0, 0), *layer.pad)
    image = _AS_IMAGE[type(layer)](**values)
    row, back = L.Reshape(sizes=(0, 0, 1, -1)), L.Reshape(sizes=(0, 0, -1))
    return Replacement(chain(node, ("row", row), ("image", image), ("", back)))


@lowers(L.Subtract, L.Divide)
def by_sum_or_product(node: Node, place: Place) -> Replacement | None:
    """Say a difference as a sum with the factors 1 and -1, and a quotient as a product with the inverse."""
    first, second = place.inputs
    if first != second or None in first[1:]:
        return _stretched(node, place)
    if isinstance(node.layer, L.Subtract):
        return Replacement([replace(node, layer=L.Add(coefficients=(1.0, -1.0)))])
    inverse = Node(f"{node.name}_inverse", L.Power(power=-1.0), node.inputs[1:], origin=node.origin)
    return Replacement([inverse, replace(node, layer=L.Multiply(), inputs=(node.inputs[0], inverse.refs[0]))])


def _stretched(node: Node, place: Place) -> Replacement | None:
    """Repeat an input along the axes where it has a size of 1 and the other does not."""
    if len(place.inputs[0]) != len(place.inputs[1]):
        return None
    nodes, inputs = [], []
    for i, (ref, shape) in enumerate(zip(node.inputs, place.inputs, strict=True)):
        for axis, (size, wanted) in enumerate(zip(shape, place.outputs[0], strict=True)):
            if size == wanted:
                continue
            if wanted is None:
                return None
            nodes.append(Node(f"{node.name}_stretch{i}{axis}", L.Tile(axis=axis, times=wanted), (ref,)))
            ref = Ref(nodes[-1].name)
        inputs.append(ref)
    return Replacement([*nodes, replace(node, inputs=tuple(inputs))]) if nodes else None


@lowers(L.ScaleBy, L.BiasBy)
def without_axes_of_one(node: Node, place: Place) -> Replacement | None:
    """Leave out axes of 1 that stretch at either end of the second input, and repeat it along those between."""
    layer = node.layer
    assert isinstance(layer, (L.ScaleBy, L.BiasBy))
    x, by = place.inputs
    start = axis_of(layer.axis, len(x), end=True)
    wanted = x[start : start + len(by)]
    stretched = [size == 1 != want for size, want in zip(by, wanted, strict=True)]
    if not any(stretched):
        return None
    first = next((i for i, grow in enumerate(stretched) if not grow), len(by) - 1)
    last = next((i for i in reversed(range(len(by))) if not stretched[i]), first)
    sizes = tuple(-1 if size is None else size for size in by[first : last + 1])
    if sizes.count(-1) > 1:
        return None
    steps: list[tuple[str, Layer]] = [("by", L.Reshape(sizes=sizes))] if len(sizes) < len(by) else []
    for axis in range(first, last + 1):
        times = wanted[axis]
        if stretched[axis]:
            if times is None:
                return None
            steps.append((f"by{axis}", L.Tile(axis=axis - first, times=times)))
    nodes = chain(replace(node, inputs=node.inputs[1:]), *steps)
    inputs = (node.inputs[0], nodes[-1].refs[0])
    return Replacement([*nodes, replace(node, layer=layer.replace(axis=start + first), inputs=inputs)])


@lowers(L.GlobalAvgPool3D)
def mean_of_volume(node: Node, place: Place) -> Replacement | None:
    """Take the mean over the three axes of space."""
    return Replacement([replace(node, layer=L.Mean(axes=(2, 3, 4)))]) if place.layout == "channels_first" else None


@lowers(L.Mean)
def mean_by_pooling(node: Node, place: Place) -> Replacement | None:
    """Say the mean over an image's space by a pooling, and any other by a reduction of the last axes."""
    layer = node.layer
    assert isinstance(layer, L.Mean)
    shape = place.inputs[0]
    rank = len(shape)
    gone = sorted({axis_of(axis, rank) for axis in layer.axes})
    if rank == 4 and gone == [2, 3] and place.layout == "channels_first":
        return Replacement([replace(node, layer=L.GlobalAvgPool2D())])
    kept = [axis for axis in range(rank) if axis not in gone]
    sizes = tuple(-1 if size is None else size for size in place.outputs[0])
    if not gone or sizes.count(-1) > 1:
        return None
    order = (*kept, *gone)
    steps: list[tuple[str, Layer]] = [("last", L.Permute(order=order))] if order != tuple(range(rank)) else []
    steps += [("mean", L.Reduction(function="mean", axis=len(kept))), ("", L.Reshape(sizes=sizes))]
    return Replacement(chain(node, *steps))
