"""Resize of any kind, as a product with a matrix along each axis: what each element has to do with each of the result.

Source: https://github.com/onnx/onnx/blob/main/onnx/reference/ops/op_resize.py
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ir import layers as L
from ir.shapes import axis_of
from translator.dialects.onnx.operators.learned import along
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable

MOST = 1 << 22
"""Numbers of a matrix at most."""
LONGEST = 1 << 14
"""Rows, or columns, of a matrix at most."""


class Axis(NamedTuple):
    """An axis that is brought from one size to another, by a factor."""

    axis: int
    before: int
    after: int
    scale: float


def by_matrices(site: Site, x: Value) -> list[Value]:
    """Multiply by a matrix along each axis whose size changes."""
    site.only("mode", "nearest", "linear", "bilinear", "cubic")
    found = x
    for each in _axes(site, x):
        if each.before * each.after > MOST or max(each.before, each.after) > LONGEST:
            raise Unsayable(f"it brings {each.before} elements to {each.after}")
        matrix = _matrix(site, each)
        if matrix.shape[0] != matrix.shape[1] or np.any(matrix != np.eye(len(matrix))):
            found = along(site, found, each.axis, matrix)
    return [found if found is not x else site.layer(L.Identity(), x)]


def _axes(site: Site, x: Value) -> list[Axis]:
    """Return the axes that are named, all without a name, in those sizes or by those factors that are given."""
    named = site.get("axes")
    axes = [axis_of(axis, x.rank) for axis in named] if named else list(range(x.rank))
    place = 1 if site.opset < 11 else 2
    if site.opset >= 11 and site.has(3):
        sizes = site.sizes("sizes", 3) or []
        pairs = [(axis, size) for axis, size in zip(axes, sizes, strict=True) if size != x.dims[axis]]
        before = certain([x.dims[axis] for axis, _ in pairs], "the size of the image")
        after = certain([size for _, size in pairs], "the size that it gives")
        return _kept(site, [Axis(a, n, m, m / n) for (a, _), n, m in zip(pairs, before, after, strict=True) if n])
    scales = site.reals("scales", place) or []
    if len(scales) != len(axes) or min(scales, default=1) <= 0:
        raise Unsayable(f"it is scaled by {scales}")
    changed = [(axis, scale) for axis, scale in zip(axes, scales, strict=True) if scale != 1]
    before = certain([x.dims[axis] for axis, _ in changed], "the size of the image")
    return [Axis(a, n, int(n * scale), scale) for (a, scale), n in zip(changed, before, strict=True)]


def _kept(site: Site, axes: list[Axis]) -> list[Axis]:
    """Return axes with one factor for all, where the proportions are kept: the smallest, or the largest."""
    policy = site.get("keep_aspect_ratio_policy", "stretch")
    if policy == "stretch":
        return axes
    scale = (min if policy == "not_larger" else max)(each.scale for each in axes)
    return [Axis(each.axis, each.before, int(np.floor(scale * each.before + 0.5)), scale) for each in axes]


def _matrix(site: Site, each: Axis) -> Any:
    """Return the weights of each element of the input for each of the result."""
    mode = site.get("mode", "nearest")
    at = _places(site, each)
    if mode == "nearest":
        # The first Resize did not say; engines take the next one where the image becomes smaller.
        old = "ceil" if each.scale < 1 else "floor"
        near = site.get("nearest_mode", "round_prefer_floor" if site.opset >= 11 else old)
        chosen = np.clip(NEAREST[near](at), 0, each.before - 1).astype(int)
        picks = np.zeros((each.after, each.before), np.float32)
        picks[np.arange(each.after), chosen] = 1
        return picks
    linear = mode in ("linear", "bilinear")
    bend = site.get("cubic_coeff_a", -0.75)
    shape: Callable[[Any], Any] = (lambda far: np.maximum(0, 1 - far)) if linear else (lambda far: _cubic(far, bend))
    wide = 1 if linear else 2
    smooth = min(each.scale, 1.0) if site.get("antialias", 0) else 1.0
    reach = int(np.ceil(wide / smooth))
    matrix = np.zeros((each.after, each.before))
    for row, place in enumerate(at):
        first = int(np.floor(place)) - reach + 1
        columns = np.arange(first, first + 2 * reach)
        weights = shape(np.abs(columns - place) * smooth)
        outside = (columns < 0) | (columns >= each.before)
        if site.get("exclude_outside", 0):
            weights = np.where(outside, 0, weights)
        if site.get("exclude_outside", 0) or smooth != 1:
            weights = weights / weights.sum()
        np.add.at(matrix[row], np.clip(columns, 0, each.before - 1), weights)
    return matrix.astype(np.float32)


def _cubic(far: Any, bend: float) -> Any:
    """Return the weights of elements by how far away they are: https://ieeexplore.ieee.org/document/1163711."""
    near = ((bend + 2) * far - (bend + 3)) * far**2 + 1
    beyond = ((far - 5) * far + 8) * far * bend - 4 * bend
    return np.where(far <= 1, near, np.where(far < 2, beyond, 0))


def _places(site: Site, each: Axis) -> Any:
    """Return where each element of the result stands among those of the input."""
    how = site.get("coordinate_transformation_mode", "half_pixel" if site.opset >= 11 else "asymmetric")
    if how == "tf_crop_and_resize":
        return _cut_out(site, each)
    x, scale = np.arange(each.after, dtype=np.float64), each.scale
    if how == "align_corners":
        # As ONNX has it, the corner is where the factor puts it, though the size is cut off to a whole one.
        if each.after != each.before * scale:
            told = "its last corner is where its factors put it; ONNX Runtime puts it where the whole size does"
            site.builder.inexact.append((site.operator, told))
        return x * (each.before - 1) / (each.before * scale - 1) if each.after > 1 else x * 0
    if how == "asymmetric":
        return x / scale
    if how == "pytorch_half_pixel" and each.after == 1:
        return x * 0
    if how == "half_pixel_symmetric":
        # What is cut off by a size that must be whole is cut off on both sides.
        middle = each.before / 2 * (1 - each.after / (scale * each.before))
        return middle + (x + 0.5) / scale - 0.5
    if how in ("half_pixel", "pytorch_half_pixel"):
        return (x + 0.5) / scale - 0.5
    if how == "tf_half_pixel_for_nn":
        return (x + 0.5) / scale
    raise Unsayable(f"its pixels are placed {how}")


def _cut_out(site: Site, each: Axis) -> Any:
    """Return where each element stands in the part that is cut out, from its first to its last."""
    region = site.reals("roi", 1) or []
    named = site.get("axes")
    axes = [axis_of(axis, site.x.rank) for axis in named] if named else list(range(site.x.rank))
    if len(region) != 2 * len(axes):
        raise ValueError(f"cuts out {region} of {len(axes)} axes")
    first, last = (region[axes.index(each.axis) + side * len(axes)] * (each.before - 1) for side in (0, 1))
    steps = np.arange(each.after) / (each.after - 1) if each.after > 1 else np.array([0.5])
    found = first + steps * (last - first)
    if found.min() < 0 or found.max() > each.before - 1:
        raise Unsayable("it cuts out more than there is")
    return found


NEAREST: dict[str, Callable[[Any], Any]] = {
    "round_prefer_floor": lambda at: np.ceil(at - 0.5),
    "round_prefer_ceil": lambda at: np.floor(at + 0.5),
    "floor": np.floor,
    "ceil": np.ceil,
}
"""Which neighbour is taken."""
