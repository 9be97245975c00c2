"""Interpolation by a transposed convolution, which spreads each pixel over its neighbours."""

from __future__ import annotations

from typing import Any

from ir import layers as L
from ir.graph import Node
from ir.weights import Tensor
from translator.passes.legalize import Place, Replacement, chain, lowers


@lowers(L.ResizeBilinear2D)
def spread_over_neighbours(node: Node, place: Place) -> Replacement | None:
    """Interpolate to whole multiples of the size, pixels at their middles, by fixed kernels over each channel.

    The image is repeated by a pixel at its edges first, as far as the interpolation looks beyond them. Its kernels go
    with the weights; where a model has none they would be taken for some that are to be learned.
    """
    layer = node.layer
    assert isinstance(layer, L.ResizeBilinear2D)
    channels, space, out = place.channels, place.space, place.outputs[0][2:]
    if layer.corners or place.layout != "channels_first" or not place.weights or channels is None:
        return None
    if None in (*space, *out) or any((size or 0) % (was or 1) for size, was in zip(out, space, strict=True)):
        return None
    by = tuple((size or 0) // (was or 1) for size, was in zip(out, space, strict=True))
    kernel = tuple(2 * each - each % 2 for each in by)
    pad = tuple((3 * each - each % 2) // 2 for each in by)
    spread = L.Conv2DTranspose(
        filters=channels,
        kernel=kernel,
        stride=by,
        pad=tuple((each, each) for each in pad),
        groups=channels,
        bias=False,
    )
    nodes = chain(node, ("edges", L.Pad2D(pad=1, mode="edge")), ("", spread))
    key = f"{node.name}.neighbours"
    shape = (channels, 1, *kernel)

    def shares() -> Any:
        import numpy as np

        along = [1 - np.abs(np.arange(k) - (k - 1) / 2) / each for k, each in zip(kernel, by, strict=True)]
        return np.broadcast_to(np.multiply.outer(*along).astype(np.float32), shape)

    nodes[-1] = Node(node.name, spread, nodes[0].refs, node.labels, (("kernel", key),), node.origin)
    return Replacement(nodes, {key: Tensor(shape, shares)})
