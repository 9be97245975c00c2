"""What readers work out of arrays that a file holds: arithmetic that frameworks have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def taken_along(x: Any, places: Any, axis: int) -> Any:
    """Pick along an axis by places, one for each result; along the other axes the first ones are taken.

    Raises ValueError where there are more places along another axis than there are elements.
    """
    axis %= x.ndim
    if any(size > of for other, (size, of) in enumerate(zip(places.shape, x.shape, strict=True)) if other != axis):
        raise ValueError("it picks beyond an array")
    cut = tuple(slice(None) if other == axis else slice(size) for other, size in enumerate(places.shape))
    return np.take_along_axis(x[cut], places.astype(np.int64), axis)


def normalised(x: Any, gamma: Any, beta: Any, mean: Any, variance: Any, epsilon: float) -> Any:
    """Normalise an array over all axes but the second, by statistics that are given or, where they are None, its own.

    `gamma` and `beta` are vectors of the second axis, or None for ones and zeros. It is reckoned with 64 bits.
    """
    x = x.astype(np.float64)
    shape = [-1 if axis == 1 else 1 for axis in range(x.ndim)]
    axes = tuple(axis for axis in range(x.ndim) if axis != 1)
    mean, variance = x.mean(axes) if mean is None else mean, x.var(axes) if variance is None else variance
    found = (x - mean.reshape(shape)) / np.sqrt(variance.reshape(shape) + epsilon)
    found = found if gamma is None else found * gamma.reshape(shape)
    return found if beta is None else found + beta.reshape(shape)


def points_of(sizes: Sequence[int], corners: bool) -> Any:
    """Return the points of an image or a volume, row by row: each (x, y, 1) or (x, y, z, 1), from -1 to 1.

    -1 and 1 are the middles of the outer pixels with `corners`, and else their outer edges.
    Source: https://onnx.ai/onnx/operators/onnx__AffineGrid.html
    """
    lines = []
    for size in sizes:
        step = 2 / (size - 1) if corners and size > 1 else 2 / size
        lines.append((-1.0 if corners else -1 + step / 2) + step * np.arange(size))
    return np.stack([*np.meshgrid(*lines, indexing="ij")[::-1], np.ones(sizes)], -1).reshape(-1, len(sizes) + 1)


__all__ = ["normalised", "points_of", "taken_along"]
