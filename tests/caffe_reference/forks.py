"""Layers of Caffe's forks that the project reads: SSD's Permute and Normalize, SENet's Axpy, MobileNet's ReLU6."""

from __future__ import annotations

import numpy as np

from tests.caffe_reference.setting import Array, Setting, check, computes

computes("ReLU6")(lambda layer, x: np.minimum(np.maximum(x, 0), 6))


@computes("Permute")
def permute(layer: Setting, x: Array) -> Array:
    order = layer.group("permute_param").repeated("order")
    check(len(set(order)) == len(order), "there are duplicate orders")
    return x.transpose(*order, *(axis for axis in range(x.ndim) if axis not in order))


@computes("Axpy")
def axpy(layer: Setting, a: Array, x: Array, y: Array) -> Array:
    check(a.shape[:2] == x.shape[:2] and x.shape == y.shape, "one factor for each channel, and inputs of one shape")
    check(a.ndim == 2 or a.shape[2:] == (1, 1), "factors have no space")
    return a.reshape(*x.shape[:2], *(1,) * (x.ndim - 2)) * x + y


@computes("Normalize")
def normalize(layer: Setting, x: Array) -> Array:
    param = layer.group("norm_param")
    factors = layer.blob(() if param.get("channel_shared", True) else (x.shape[1],), "factor")
    axes = (1, 2, 3) if param.get("across_spatial", True) else (1,)
    norm = np.sqrt((x**2).sum(axes, keepdims=True) + param.get("eps", 1e-10))
    return np.asarray(x / norm * factors.reshape(-1, 1, 1))
