"""How TensorFlow's operations on images are read; there an image has its channels last.

Source: https://www.tensorflow.org/api_docs/python/tf/image and `tf.nn.depth_to_space`
"""

from __future__ import annotations

from ir import layers as L
from ir.graph import Ref
from translator.dialects.keras.operations import operation
from translator.dialects.keras.site import Site


def _sizes(site: Site) -> tuple[int, int, int]:
    """Return height, width and channels, all of which there must be."""
    shape = site.shapes[0]
    site.need(len(shape) == 4 and None not in shape[1:], "its image is of no known size")
    height, width, channels = (size or 0 for size in shape[1:])
    return height, width, channels


@operation("Resize")
def _resize(site: Site) -> Ref:
    """Interpolate between the middles of pixels, or repeat them a whole number of times."""
    size, how = site.get("size"), site.get("method", "bilinear")
    height, width, _ = _sizes(site)
    site.need(isinstance(size, list) and len(size) == 2, "its size")
    site.need(not any(site.get(key) for key in ("antialias", "align_corners", "preserve_aspect_ratio")), "its manner")
    if how == "nearest":
        site.need(size[0] % height == 0 and size[1] % width == 0, "it repeats pixels a broken number of times")
        return site.add(L.Upsample2D(scale=(size[0] // height, size[1] // width)))
    site.need(how == "bilinear", f"it interpolates by {how}")
    return site.add(L.ResizeBilinear2D(size=size, corners=False))


@operation("DepthToSpace")
def _spread(site: Site) -> Ref:
    """Make a block of pixels of the channels of each."""
    height, width, channels = _sizes(site)
    side = site.get("block_size")
    blocks = (0, height, width, side, side, channels // side**2)
    turned = site.add(
        L.Permute(order=(0, 1, 3, 2, 4, 5)), site.add(L.Reshape(sizes=blocks), part="blocks"), part="turned"
    )
    return site.add(L.Reshape(sizes=(0, height * side, width * side, channels // side**2)), turned)


@operation("SpaceToDepth")
def _gather(site: Site) -> Ref:
    return gathered(site, site.get("block_size"))


def gathered(site: Site, side: int) -> Ref:
    """Make channels of the pixels of each block."""
    height, width, channels = _sizes(site)
    blocks = (0, height // side, side, width // side, side, channels)
    turned = site.add(
        L.Permute(order=(0, 1, 3, 2, 4, 5)), site.add(L.Reshape(sizes=blocks), part="blocks"), part="turned"
    )
    return site.add(L.Reshape(sizes=(0, height // side, width // side, channels * side**2)), turned)
