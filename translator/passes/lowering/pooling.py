"""Poolings by other poolings."""

from __future__ import annotations

from dataclasses import replace

from ir import layers as L
from ir.graph import Node
from translator.passes.legalize import Place, Replacement, chain, lowers


@lowers(L.StochasticPool2D)
def weighted_mean(node: Node, place: Place) -> Replacement | None:
    """Divide the mean of squares by the mean: Caffe's rule at test time, each value weighted by itself.

    https://github.com/BVLC/caffe/blob/master/src/caffe/layers/pooling_layer.cu
    """
    layer = node.layer
    assert isinstance(layer, L.StochasticPool2D)
    mean = L.AvgPool2D(kernel=layer.kernel, stride=layer.stride, pad=layer.pad, rounding=layer.rounding)
    squares = chain(node, ("square", L.Power(power=2)), ("squares", mean))
    values = chain(node, ("values", mean), ("positive", L.Power(shift=1.1754943508222875e-38)))
    ratio = replace(node, layer=L.Divide(), inputs=(*squares[-1].refs, *values[-1].refs))
    return Replacement([*squares, *values, ratio])


@lowers(L.SpatialPyramidPool2D)
def pyramid(node: Node, place: Place) -> Replacement | None:
    """Pool over each grid, flatten the results and string them together.

    https://github.com/BVLC/caffe/blob/master/src/caffe/layers/spp_layer.cpp
    """
    layer = node.layer
    assert isinstance(layer, L.SpatialPyramidPool2D)
    if None in place.space or place.layout == "channels_last":
        return None  # The result has all of a channel together, whatever the layout.
    nodes, ends = [], []
    kind = L.MaxPool2D if layer.function == "max" else L.AvgPool2D
    for level in range(layer.levels):
        bins = 2**level
        kernel = tuple(-(-(size or 0) // bins) for size in place.space)
        pad = tuple((k * bins - (size or 0) + 1) // 2 for k, size in zip(kernel, place.space, strict=True))
        pool = kind(kernel=kernel, stride=kernel, pad=pad, rounding="ceil")
        nodes += chain(node, (f"pool{level}", pool), (f"flat{level}", L.Flatten()))
        ends.append(nodes[-1].refs[0])
    return Replacement([*nodes, replace(node, layer=L.Concat(axis=1), inputs=tuple(ends))])
