"""Operators that lay out points and pieces of images, or matrices that follow from sizes alone."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ir import layers as L
from ir.shapes import axis_of
from translator.arithmetic import points_of
from translator.dialects.onnx.operators.choose import LONGEST
from translator.dialects.onnx.operators.learned import along, part
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.tensors import TYPES
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable
from translator.terms import MOST, bounded


def affine_grid(site: Site) -> list[Value]:
    """Read an AffineGrid: the points of an image or a volume, from -1 to 1, moved by a matrix for each item."""
    of, sizes = Terms(site), site.wholes("size", 1) or []
    rank = len(sizes) - 2
    if rank not in (2, 3) or min(sizes) < 1 or prod(sizes[2:]) > MOST // 4:
        raise Unsayable(f"it lays out points for the sizes {sizes}")
    points = of.constant(points_of(sizes[2:], bool(site.get("align_corners", 0))))
    moved = site.layer(L.MatMul(), points, of.permute(site.x, (0, 2, 1)))
    return [site.layer(L.Reshape(sizes=sizes[2:], axis=1, count=1), moved)]


def centre(site: Site) -> list[Value]:
    """Read a CenterCropPad: of each axis the middle, or zeros on both sides, the odd one behind."""
    x, wanted = site.x, site.wholes("shape", 1) or []
    named = site.get("axes")
    axes = list(range(x.rank)) if named is None else [axis_of(axis, x.rank) for axis in named]
    if len(axes) != len(wanted):
        raise ValueError(f"has {len(wanted)} sizes for {len(axes)} axes")
    for axis, size in zip(axes, wanted, strict=True):
        (old,) = certain(x.dims[axis : axis + 1])
        if size < 1:
            raise Unsayable("it leaves nothing")
        if size < old:
            first = (old - size) // 2
            x = part(site, x, axis, first, first + size)
        elif size > old:
            ahead = (size - old) // 2
            x = _with_zeros(site, x, axis, ahead, size - old - ahead)
    return [site.layer(L.Identity(), x) if x.ref == site.x.ref else Terms(site).typed(x, site.value().dtype)]


def _with_zeros(site: Site, x: Value, axis: int, ahead: int, behind: int) -> Value:
    """Add zeros along an axis, brought to the end for that."""
    of = Terms(site)
    sizes = certain(x.dims[:axis] + x.dims[axis + 1 :], "a size that stays")
    rows = of.reshape(of.last(x, axis), 1, prod(sizes), -1)
    padded = site.layer(L.Pad1D(pad=((ahead, behind),)), rows)
    return of.back(of.reshape(padded, *sizes, -1), axis)


def eye_like(site: Site) -> list[Value]:
    """Read an EyeLike: ones along a diagonal, of the size of its input."""
    rows, columns = certain(site.x.dims)
    if rows * columns > LONGEST**2:
        raise Unsayable(f"it is of {rows} rows and {columns} columns")
    dtype = TYPES.get(site.get("dtype", 0), site.x.dtype)
    made = Terms(site).constant(np.eye(rows, columns, int(np.clip(site.get("k", 0), -rows, columns))))
    return [Terms(site).typed(site.layer(L.Identity(), made), dtype)]


def multiplied_up(site: Site) -> list[Value]:
    """Read a CumProd: the product of all parts up to each, which a triangle says."""
    x = site.x
    axis = axis_of(int(site.scalar("axis", 1, 0)), x.rank)
    (size,) = certain(x.dims[axis : axis + 1])
    if size > 256:
        raise Unsayable(f"it multiplies {size} parts")
    seen = np.tri(size, k=-1 if site.get("exclusive", 0) else 0)
    seen = seen[::-1, ::-1] if site.get("reverse", 0) else seen
    of = Terms(site)
    row = of.last(x, axis)
    row = site.layer(L.Reshape(sizes=(1,), axis=x.rank - 1, count=0), row)
    found = of.total(of.select(of.constant(seen), row, 1.0), -1, "product")
    return [of.typed(of.back(found, axis), x.dtype)]


def columns_to_image(site: Site) -> list[Value]:
    """Read a Col2Im: each block goes back where it was, and those that lie over each other are added up."""
    of, x = Terms(site), site.x
    image, block = site.wholes("image_shape", 1) or [], site.wholes("block_shape", 2) or []
    rank = len(image)
    strides, gaps = (list(site.get(name) or [1] * rank) for name in ("strides", "dilations"))
    pads = list(site.get("pads") or [0] * 2 * rank)
    if (
        rank not in (1, 2, 3)
        or len(block) != rank
        or len(strides) != rank
        or len(gaps) != rank
        or len(pads) != 2 * rank
    ):
        raise ValueError(f"brings blocks of {block} together to {image}")
    whole = [size + before + after for size, before, after in zip(image, pads[:rank], pads[rank:], strict=True)]
    counts = [
        (size - gap * (width - 1) - 1) // step + 1
        for size, width, step, gap in zip(whole, block, strides, gaps, strict=True)
    ]
    for size, width, count in zip(whole, block, counts, strict=True):
        bounded(size * width * max(count, 1))
    rows, places = certain(x.dims[1:])
    channels, rest = divmod(rows, prod(block))
    if rest or places != prod(counts):
        raise ValueError(f"brings {rows} rows of {places} together to {image}")
    found = of.reshape(x, 0, channels, *block, *counts)
    for axis in reversed(range(rank)):
        found = _overlapping(site, found, 2 + axis, 2 + rank + axis, _places(block, counts, strides, gaps, whole, axis))
    for axis in range(rank):
        found = part(site, found, 2 + axis, pads[axis], pads[axis] + image[axis])
    return [found]


def _places(
    block: list[int], counts: list[int], strides: list[int], gaps: list[int], whole: list[int], axis: int
) -> np.ndarray[Any, Any]:
    """Return a matrix with a one for each part of each block along an axis, in the row of its place."""
    place = np.arange(block[axis])[:, None] * gaps[axis] + np.arange(counts[axis]) * strides[axis]
    return np.asarray(np.arange(whole[axis])[:, None] == place.ravel(), np.float32)


def _overlapping(site: Site, x: Value, first: int, second: int, matrix: np.ndarray[Any, Any]) -> Value:
    """Join two axes, parts of blocks and blocks, to the first of them by a matrix, and leave the other out."""
    of = Terms(site)
    stays = [axis for axis in range(x.rank) if axis not in (first, second)]
    turned = site.layer(L.Flatten(axis=x.rank - 2), of.permute(x, [*stays, first, second]))
    return of.back(along(site, turned, turned.rank - 1, matrix), first)


READERS = {
    "AffineGrid": affine_grid,
    "CenterCropPad": centre,
    "EyeLike": eye_like,
    "CumProd": multiplied_up,
    "Col2Im": columns_to_image,
}
