"""Operators that cut images and sequences into pieces that may overlap, or put them together again."""

from __future__ import annotations

from math import prod

import numpy as np

from ir import layers as L
from ir.weights import Tensor
from translator.dialects.pytorch.operators.cutting import part
from translator.dialects.pytorch.operators.mixing import chosen
from translator.dialects.pytorch.reading import Site, certain
from translator.dialects.pytorch.values import Value
from translator.mapping import Unsayable


def windows(site: Site) -> list[Value]:
    """Read an unfold of a tensor: windows along an axis, whose elements become the last axis."""
    x = site.x
    axis, size, step = site.axis("dimension", rank=x.rank), site.whole("size"), site.whole("step")
    (length,) = certain([x.dims[axis]], "the size of the axis that it cuts")
    if not 1 <= size <= length or step < 1:
        raise ValueError(f"cuts {length} elements into windows of {size}, {step} apart")
    count = (length - size) // step + 1
    if step == size or count == 1:
        x = part(site, x, axis, 0, count * size)
    else:
        x = chosen(site, x, axis, [place * step + each for place in range(count) for each in range(size)])
    x = site.layer(L.Reshape(sizes=(count, size), axis=axis, count=1), x)
    order = [*(place for place in range(x.rank) if place != axis + 1), axis + 1]
    return [x if order == list(range(x.rank)) else site.layer(L.Permute(order=order), x)]


def to_columns(site: Site) -> list[Value]:
    """Read an im2col: the blocks of an image as columns, channel by channel."""
    kernel, stride = site.per_axis("kernel_size", 2, 0, 1), site.per_axis("stride", 2, 1, 1)
    layer = L.Im2Col(
        kernel=kernel,
        stride=stride,
        pad=[(each, each) for each in site.per_axis("padding", 2, 0)],
        dilation=site.per_axis("dilation", 2, 1, 1),
    )
    if site.x.rank != 4:
        raise Unsayable("it has no batch")
    return site.add(L.Flatten(axis=2), site.layer(layer, site.x))


def to_image(site: Site) -> list[Value]:
    """Read a col2im: blocks are put back where they were, and added where they lie over each other.

    It is a transposed convolution, one filter of a single 1 for each element of a block.
    """
    x, image = site.x, site.per_axis("output_size", 2, 0, 1)
    kernel, stride = site.per_axis("kernel_size", 2, 0, 1), site.per_axis("stride", 2, 1, 1)
    pad, gaps = site.per_axis("padding", 2, 0), site.per_axis("dilation", 2, 1, 1)
    if x.rank != 3:
        raise Unsayable("it has no batch")
    rows, places = certain(x.dims[1:])
    reach = [gap * (size - 1) + 1 for gap, size in zip(gaps, kernel, strict=True)]
    room = [size + 2 * border - far for size, border, far in zip(image, pad, reach, strict=True)]
    counts = [each // step + 1 for each, step in zip(room, stride, strict=True)]
    channels, rest = divmod(rows, prod(kernel))
    if min(room) < 0 or rest or places != prod(counts):
        raise ValueError(f"puts {rows} x {places} numbers together to {image}")
    size = prod(kernel)

    def ones() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        one = np.eye(size, dtype=np.float32).reshape(size, 1, *kernel)
        return np.tile(one, (channels, 1, 1, 1))

    layer = L.Conv2DTranspose(
        filters=channels,
        kernel=kernel,
        stride=stride,
        pad=[(each, each) for each in pad],
        dilation=gaps,
        groups=channels,
        bias=False,
        output_pad=[each % step for each, step in zip(room, stride, strict=True)],
    )
    blocks = site.layer(L.Reshape(sizes=counts, axis=2, count=1), x)
    return site.add(layer, blocks, weights={"kernel": Tensor((rows, 1, *kernel), ones)})


READERS = {"unfold": windows, "im2col": to_columns, "col2im": to_image}

__all__ = ["READERS"]
