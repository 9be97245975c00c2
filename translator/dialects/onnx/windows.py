"""Layers over windows that are more than one operator; see `pointwise.py`."""

from __future__ import annotations

from typing import Any

from ir import layers as L
from ir.weights import Tensor
from translator.dialects.onnx.emission import Site
from translator.mapping import At, Unsayable


def known_plane(layer: Any, at: At) -> None:
    """Require the size of the image: places in it are counted from the start of each channel."""
    if None in at.space:
        raise Unsayable("the size of the image is not known")


def max_pool_indices(site: Site, **fields: Any) -> list[str]:
    """Pool, and count places within each channel: ONNX counts them through all channels and images."""
    pooled, places = site.ops_of("MaxPool", site.x, results=2, **fields)
    _, _, height, width = site.shapes[0]
    size = site.constant((height or 0) * (width or 0), "plane", "int64")
    before = site.op("Mul", site.op("Div", places, size), size)
    return [pooled, site.cast(site.op("Sub", places, before), "float32")]


def known_channels(layer: Any, at: At) -> None:
    """Require the number of channels: each gets filters of its own."""
    if at.channels is None:
        raise Unsayable("the number of channels is not known")


def im2col(site: Site) -> list[str]:
    """Lay out the windows."""
    return [_columns(site, site.layer)]


def _columns(site: Site, layer: Any) -> str:
    """Convolve each channel with filters that pick one element of the window each."""
    channels = site.shapes[0][1]
    assert channels
    height, width = layer.kernel
    picks = height * width

    def filters() -> Any:
        import numpy as np

        return np.tile(np.eye(picks, dtype=np.float32), (channels, 1)).reshape(-1, 1, height, width)

    kernel = site.emission.initializer(f"{site.node.name}/pick", Tensor((channels * picks, 1, height, width), filters))
    pads = [before for before, _ in layer.pad] + [after for _, after in layer.pad]
    return site.op(
        "Conv",
        site.x,
        kernel,
        kernel_shape=list(layer.kernel),
        strides=list(layer.stride),
        pads=pads,
        dilations=list(layer.dilation),
        group=channels,
    )


def local(site: Site) -> list[str]:
    """Lay out the windows as channels, and multiply those of each place by the filters of that place."""
    layer = site.layer
    columns = _columns(site, L.Im2Col(kernel=layer.kernel, stride=layer.stride, pad=layer.pad))
    flat = site.op("Reshape", columns, site.constant([0, 0, -1], "flat", "int64"))
    found = site.op("Einsum", flat, site.weight("kernel"), equation="nkp,okp->nop")
    found = site.op("Add", found, site.weight("bias")) if layer.bias else found
    return [site.op("Reshape", found, site.constant([0, 0, *site.results[0][2:]], "image", "int64"))]


def pad(site: Site) -> list[str]:
    """Add a border to the spatial axes; a negative one cuts."""
    layer = site.layer
    pads = [0, 0, *(before for before, _ in layer.pad), 0, 0, *(after for _, after in layer.pad)]
    if layer.mode != "constant":
        return [site.op("Pad", site.x, pads=pads, mode=layer.mode)]
    value = float("-inf") if layer.value is None else layer.value
    if value == 0 and site.node.refs[0] in site.emission.pooled:
        # ONNX Runtime joins a border of +0 with a MaxPool behind it, as one that never wins (`pad_fusion.cc`), and one
        # of -0 too where the value is an attribute.
        border = site.op("Pad", site.x, pads=pads, value=-0.0)
        return [border if site.opset >= 11 else site.op("Max", border)]
    return [site.op("Pad", site.x, pads=pads, **({"value": value} if value else {}))]


def known_mode(layer: Any, at: At) -> None:
    """Require a border of a mode that was there before operator set 19."""
    if layer.mode == "wrap":
        raise Unsayable("a border of what is on the other side came with operator set 19")
