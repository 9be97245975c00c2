"""Layers that bring an image to another size, or its elements to other places; see `pointwise.py`."""

from __future__ import annotations

from typing import Any

from translator.dialects.onnx.emission import Site
from translator.mapping import At, Unsayable


def upsample(site: Site) -> list[str]:
    """Repeat each pixel."""
    scales = [1.0, 1.0, *map(float, site.layer.scale)]
    if site.opset < 11:
        kind = "Resize" if site.opset == 10 else "Upsample"
        return [site.op(kind, site.x, site.constant(scales, "scales"), mode="nearest")]
    how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    return [site.op("Resize", site.x, _nothing(site, "roi"), site.constant(scales, "scales"), **how)]


def known_result(layer: Any, at: At) -> None:
    """Require the size of the result."""
    if at.outputs and None in at.outputs[0][2:]:
        raise Unsayable("the size of the image is not known")


def resize(site: Site) -> list[str]:
    """Interpolate between pixels, as a product with the weights of each axis before operator set 11."""
    (before, after), x = (shape[2:] for shape in (site.shapes[0], site.results[0])), site.x
    if site.opset < 11:
        corners = site.layer.corners
        rows, columns = (_weights(n or 1, m or 1, corners) for n, m in zip(before, after, strict=True))
        high = site.op("MatMul", site.constant(rows, "rows"), x)
        return [site.op("MatMul", high, site.constant(columns.T, "columns"))]
    kept = site.op("Slice", site.op("Shape", x), starts=[0], ends=[2])
    sizes = site.op("Concat", kept, site.constant(after, "size", "int64"), axis=0)
    how = {"mode": "linear", "coordinate_transformation_mode": "align_corners" if site.layer.corners else "half_pixel"}
    return [site.op("Resize", x, _nothing(site, "roi"), _nothing(site, "scales"), sizes, **how)]


def _nothing(site: Site, name: str) -> str:
    """Return the place of an input that is not given, which before operator set 13 is one of no elements."""
    return "" if site.opset >= 13 else site.constant([], name)


def _weights(before: int, after: int, corners: bool) -> Any:
    """Return what each of `before` elements has to do with each of `after` that lie between the first and the last."""
    import numpy as np

    at = np.arange(after) * ((before - 1) / (after - 1) if after > 1 else 0.0)
    if not corners:
        at = np.clip((np.arange(after) + 0.5) * before / after - 0.5, 0, before - 1)
    return np.maximum(0, 1 - np.abs(at[:, None] - np.arange(before)))


def unpool(site: Site) -> list[str]:
    """Scatter the values over planes of zeros."""
    height, width = site.results[0][2:]
    x, places = site.inputs
    flat = site.constant([0, 0, -1], "flat", "int64")
    batch = site.op("Slice", site.op("Shape", x), starts=[0], ends=[2])
    plane = site.constant([(height or 0) * (width or 0)], "plane", "int64")
    zeros = site.op("ConstantOfShape", site.op("Concat", batch, plane, axis=0))
    index = site.cast(site.op("Reshape", places, flat), "int64")
    kind = "ScatterElements" if site.opset >= 11 else "Scatter"
    full = site.op(kind, zeros, index, site.op("Reshape", x, flat), axis=2)
    return [site.op("Reshape", full, site.constant([0, 0, height, width], "image", "int64"))]


def known_image(layer: Any, at: At) -> None:
    """Require the channels and the size of the image."""
    if None in at.inputs[0][1:]:
        raise Unsayable("the size of the image is not known")


def reorg(site: Site) -> list[str]:
    """Take the values for an image of fewer channels, and what is in a square of it for channels."""
    by, (_, channels, height, width) = site.layer.factor, site.shapes[0]
    squares = [-1, (channels or 0) // by**2, height, by, width, by]
    apart = site.op("Reshape", site.x, site.constant(squares, "squares", "int64"))
    turned = site.op("Transpose", apart, perm=[0, 3, 5, 1, 2, 4])
    return [site.op("Reshape", turned, site.constant([-1, *site.results[0][1:]], "image", "int64"))]


def shuffle(site: Site) -> list[str]:
    """Deal the channels out of their groups."""
    groups = site.layer.groups
    _, channels, height, width = site.shapes[0]
    dealt = site.constant([0, groups, (channels or 0) // groups, height, width], "groups", "int64")
    turned = site.op("Transpose", site.op("Reshape", site.x, dealt), perm=[0, 2, 1, 3, 4])
    return [site.op("Reshape", turned, site.constant([0, channels, height, width], "image", "int64"))]
