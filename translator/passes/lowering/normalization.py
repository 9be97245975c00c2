"""Normalisations by plain arithmetic, and affine layers by each other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ir import layers as L
from ir.graph import Node
from ir.shapes import axis_of, product
from ir.weights import Tensor
from translator.passes.legalize import Place, Replacement, chain, lowers


@lowers(L.LRN)
def lrn_across_channels(node: Node, place: Place) -> Replacement | None:
    """Take the mean of squares by an average pooling along the channels, which are laid out as one side of an image.

    Padding comes first, so that every window is whole and the mean is over `size` values, as in
    https://github.com/BVLC/caffe/blob/master/src/caffe/layers/lrn_layer.cpp
    """
    layer = node.layer
    assert isinstance(layer, L.LRN)
    shape = place.inputs[0]
    pixels, channels = product(shape[2:]), shape[1]
    if layer.region != "across_channels" or None in (pixels, channels) or place.layout != "channels_first":
        return None
    half = layer.size // 2
    sums = chain(
        node,
        ("square", L.Power(power=2)),
        ("rows", L.Reshape(sizes=(-1, 1, channels, pixels))),
        ("pad", L.Pad2D(pad=((half, half), (0, 0)))),
        ("mean", L.AvgPool2D(kernel=(layer.size, 1))),
        ("image", L.Reshape(sizes=(-1, *(size or 0 for size in shape[1:])))),
        ("scale", L.Power(scale=layer.alpha, shift=layer.k)),
        ("power", L.Power(power=layer.beta)),
    )
    return Replacement([*sums, replace(node, layer=L.Divide(), inputs=(node.inputs[0], sums[-1].refs[0]))])


@lowers(L.LRN)
def lrn_within_channel(node: Node, place: Place) -> Replacement | None:
    """Take the mean of squares by an average pooling whose border counts; Caffe leaves k out of this form."""
    layer = node.layer
    assert isinstance(layer, L.LRN)
    if layer.region != "within_channel":
        return None
    sums = chain(
        node,
        ("square", L.Power(power=2)),
        ("mean", L.AvgPool2D(kernel=layer.size, pad=layer.size // 2)),
        ("scale", L.Power(scale=layer.alpha, shift=1.0)),
        ("power", L.Power(power=layer.beta)),
    )
    return Replacement([*sums, replace(node, layer=L.Divide(), inputs=(node.inputs[0], sums[-1].refs[0]))])


@lowers(L.L2Normalize)
def normalize_by_means(node: Node, place: Place) -> Replacement | None:
    """Take the sum of squares as a multiple of their mean.

    https://github.com/weiliu89/caffe/blob/ssd/src/caffe/layers/normalize_layer.cpp
    """
    layer = node.layer
    assert isinstance(layer, L.L2Normalize)
    shape = place.inputs[0]
    axes = tuple(range(1, len(shape))) if layer.across_spatial else (1,)
    count = product(shape[axis] for axis in axes)
    if count is None:
        return None
    length = chain(
        node,
        ("square", L.Power(power=2)),
        ("mean", L.Mean(axes=axes)),
        ("sum", L.Power(scale=count, shift=layer.epsilon)),
        ("length", L.Power(power=0.5)),
    )
    if not layer.learned:
        return Replacement([*length, replace(node, layer=L.Divide(), inputs=(node.inputs[0], *length[-1].refs))])
    unit = Node(f"{node.name}_unit", L.Divide(), (node.inputs[0], *length[-1].refs), origin=node.origin)
    gamma, channels = node.key("gamma"), shape[1] or 0
    weights = {}
    if layer.shared and gamma in place.weights:
        weights[f"{node.name}.gamma"] = place.weights[gamma].map(
            lambda one: one.reshape(-1).repeat(channels), (channels,)
        )
    shared = () if layer.shared else (("gamma", gamma),)
    return Replacement([*length, unit, replace(node, layer=L.Scale(), inputs=unit.refs, shared=shared)], weights)


@lowers(L.Axpy)
def axpy_by_parts(node: Node, place: Place) -> Replacement | None:
    """Say a * x + y as a product, the factors stretched over each channel, and a sum."""
    a, x, y = node.inputs
    factors, axis = a, 0
    nodes = []
    if len(place.inputs[0]) != len(place.inputs[1]):
        shape = place.inputs[0][:2] + (1,) * (len(place.inputs[1]) - 2)
        nodes = chain(
            replace(node, inputs=(a,)), ("factors", L.Reshape(sizes=tuple(-1 if s is None else s for s in shape)))
        )
        factors = nodes[-1].refs[0]
    product_ = Node(f"{node.name}_product", L.ScaleBy(axis=axis), (x, factors), origin=node.origin)
    return Replacement([*nodes, product_, replace(node, layer=L.Add(), inputs=(*product_.refs, y))])


@lowers(L.MVN)
def mvn_by_means(node: Node, place: Place) -> Replacement | None:
    """Subtract the mean and divide by the standard deviation, epsilon added outside the root.

    https://github.com/BVLC/caffe/blob/master/src/caffe/layers/mvn_layer.cpp
    """
    layer = node.layer
    assert isinstance(layer, L.MVN)
    rank = len(place.inputs[0])
    axes = tuple(range(1 if layer.across_channels else 2, rank))
    mean = chain(node, ("mean", L.Mean(axes=axes)))
    name = node.name if not layer.normalize_variance else f"{node.name}_centred"
    labels = node.labels if not layer.normalize_variance else ()
    centred = Node(name, L.Subtract(), (node.inputs[0], mean[0].refs[0]), labels, origin=node.origin)
    if not layer.normalize_variance:
        return Replacement([*mean, centred])
    deviation = chain(
        replace(node, inputs=centred.refs),
        ("square", L.Power(power=2)),
        ("variance", L.Mean(axes=axes)),
        ("root", L.Power(power=0.5)),
        ("deviation", L.Power(shift=layer.epsilon)),
    )
    return Replacement(
        [*mean, centred, *deviation, replace(node, layer=L.Divide(), inputs=(*centred.refs, *deviation[-1].refs))]
    )


@lowers(L.Bias)
def bias_as_scale(node: Node, place: Place) -> Replacement | None:
    """Say a lone bias as a Scale by 1."""
    layer = node.layer
    assert isinstance(layer, L.Bias)
    beta = node.key("beta")
    weights = {}
    if beta in place.weights:
        shape = place.weights[beta].shape

        def ones() -> Any:
            import numpy as np

            return np.ones(shape, np.float32)

        weights[f"{node.name}.gamma"] = Tensor(shape, ones)
    return Replacement([replace(node, layer=L.Scale(axis=layer.axis, count=layer.count, bias=True))], weights)


@lowers(L.BatchNorm)
def batch_norm_by_means(node: Node, place: Place) -> Replacement | None:
    """Say a normalisation by the statistics of the batch itself by plain arithmetic."""
    layer = node.layer
    assert isinstance(layer, L.BatchNorm)
    if not layer.batch_statistics or place.says(layer.replace(scale=False, center=False)):
        return None
    rank = len(place.inputs[0])
    channel = axis_of(layer.axis, rank)
    axes = tuple(axis for axis in range(rank) if axis != channel)
    mean = chain(node, ("mean", L.Mean(axes=axes)))
    centred = Node(f"{node.name}_centred", L.Subtract(), (node.inputs[0], *mean[0].refs), origin=node.origin)
    deviation = chain(
        replace(node, inputs=centred.refs),
        ("square", L.Power(power=2)),
        ("variance", L.Mean(axes=axes)),
        ("shift", L.Power(shift=layer.epsilon)),
        ("deviation", L.Power(power=0.5)),
    )
    last = L.Scale(axis=channel, bias=layer.center) if layer.scale else L.Bias(axis=channel) if layer.center else None
    ratio = replace(node, layer=L.Divide(), inputs=(*centred.refs, *deviation[-1].refs))
    if last is None:
        return Replacement([*mean, centred, *deviation, ratio])
    ratio = replace(ratio, name=f"{node.name}_ratio", labels=(), shared=())
    return Replacement([*mean, centred, *deviation, ratio, replace(node, layer=last, inputs=ratio.refs)])


@lowers(L.BatchNorm)
def affine_behind(node: Node, place: Place) -> Replacement | None:
    """Say gamma and beta by a layer behind the normalisation, where the target has one of them alone, or neither."""
    layer = node.layer
    assert isinstance(layer, L.BatchNorm)
    plain = layer.replace(scale=False, center=False)
    whole = (layer.scale and layer.center) or layer.batch_statistics
    if layer == plain or (whole and not place.says(plain)):
        return None
    statistics = tuple((role, node.key(role)) for role in plain.weights(place.inputs[0]))
    norm = Node(f"{node.name}_norm", plain, node.inputs, (), statistics, node.origin)
    bias = layer.scale and layer.center
    last: L.Scale | L.Bias = L.Scale(axis=layer.axis, bias=bias) if layer.scale else L.Bias(axis=layer.axis)
    roles = ["gamma"] * layer.scale + ["beta"] * layer.center
    keys = tuple((role, node.key(role)) for role in roles)
    behind = Node(node.name, last, norm.refs, node.labels, keys, node.origin)
    return Replacement([norm, behind])


@lowers(L.BatchNorm, L.PReLU)
def channels_second(node: Node, place: Place) -> Replacement | None:
    """Bring the channels to axis 1, where most frameworks have them, and back behind the layer."""
    layer = node.layer
    assert isinstance(layer, (L.BatchNorm, L.PReLU))
    rank = len(place.inputs[0])
    channel = axis_of(layer.axis, rank)
    if rank < 2 or layer.axis == 1:
        return None
    if channel == 1:
        return Replacement([replace(node, layer=layer.replace(axis=1))])
    if channel == 0 and not place.says(layer.replace(axis=1)):
        return None  # Where more is to follow, a target that takes the first axis for the batch would be misled.
    order = [axis for axis in range(rank) if axis != channel]
    order.insert(1, channel)
    back = L.Permute(order=tuple(order.index(axis) for axis in range(rank)))
    turn, between, last = chain(
        node, ("turn", L.Permute(order=tuple(order))), ("turned", layer.replace(axis=1)), ("", back)
    )
    keys = tuple((role, node.key(role)) for role in layer.weights(place.inputs[0]))
    return Replacement([turn, replace(between, shared=keys), replace(last, shared=())])


@lowers(L.Scale)
def bias_apart(node: Node, place: Place) -> Replacement | None:
    """Multiply alone, and add the biases as a tensor."""
    layer = node.layer
    assert isinstance(layer, L.Scale)
    alone = layer.replace(bias=False)
    if not layer.bias or not place.says(alone):
        return None
    sizes = alone.weights(place.inputs[0])["gamma"].shape
    first = axis_of(layer.axis, len(place.inputs[0]), end=True)
    scaled = Node(f"{node.name}_scaled", alone, node.inputs, (), (("gamma", node.key("gamma")),), node.origin)
    beta = Node(f"{node.name}_beta", L.Constant(sizes=sizes), (), (), (("value", node.key("beta")),), node.origin)
    added = replace(node, layer=L.BiasBy(axis=first), inputs=(*scaled.refs, *beta.refs), shared=())
    return Replacement([scaled, beta, added])


@lowers(L.LayerNorm)
def step_by_step(node: Node, place: Place) -> Replacement | None:
    """Take the mean away, divide by the root of the mean of squares, and scale."""
    layer = node.layer
    assert isinstance(layer, L.LayerNorm)
    mean = Node(f"{node.name}_mean", L.Mean(axes=(-1,)), node.inputs, origin=node.origin)
    centered = Node(f"{node.name}_centered", L.Subtract(), (*node.inputs, *mean.refs), origin=node.origin)
    square = Node(f"{node.name}_square", L.Power(power=2.0), centered.refs, origin=node.origin)
    variance = Node(f"{node.name}_variance", L.Mean(axes=(-1,)), square.refs, origin=node.origin)
    factor = Node(f"{node.name}_factor", L.Power(power=-0.5, shift=layer.epsilon), variance.refs, origin=node.origin)
    normal = L.ScaleBy(axis=0)
    inputs = (*centered.refs, *factor.refs)
    steps = [mean, centered, square, variance, factor]
    if not layer.scale and not layer.center:
        return Replacement([*steps, replace(node, layer=normal, inputs=inputs)])
    steps.append(Node(f"{node.name}_normal", normal, inputs, origin=node.origin))
    last = L.Scale(axis=-1, bias=layer.center) if layer.scale else L.Bias(axis=-1)
    return Replacement([*steps, replace(node, layer=last, inputs=steps[-1].refs)])
