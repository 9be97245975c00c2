"""Caffe's matrix products, affine layers and normalisations, each as its .cpp file has it."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from tests.caffe_reference.setting import Array, Setting, axis_of, check, computes, stretched
from tests.caffe_reference.windows import pool
from translator.attrs import Attrs


@computes("InnerProduct", "SparseInnerProduct")
def inner_product(layer: Setting, x: Array) -> Array:
    param = layer.group("inner_product_param")
    axis, units = axis_of(param.get("axis", 1), x.ndim), param["num_output"]
    flat = x.reshape(prod(x.shape[:axis]), -1)
    inputs = flat.shape[1]
    turned = param.get("transpose", False)
    weight = layer.blob((inputs, units) if turned else (units, inputs), fan_in=inputs)
    out = flat @ (weight if turned else weight.T)
    if param.get("bias_term", True):
        out = out + layer.blob((units,), "shift")
    return out.reshape(*x.shape[:axis], units)


@computes("Embed")
def embed(layer: Setting, x: Array) -> Array:
    param = layer.group("embed_param")
    units = param["num_output"]
    table = layer.blob((param["input_dim"], units), fan_in=1)
    rows = np.stack([table[int(index)] for index in x.reshape(-1)])
    if param.get("bias_term", True):
        rows = rows + layer.blob((units,), "shift")
    return rows.reshape(*x.shape, units)


@computes("LRN")
def lrn(layer: Setting, x: Array) -> Any:
    param = layer.group("lrn_param")
    size, alpha, beta = param.get("local_size", 5), param.get("alpha", 1.0), param.get("beta", 0.75)
    check(size % 2 == 1, "LRN only supports odd values for local_size")
    check(x.ndim == 4, "an LRN's input has 4 axes")
    half = (size - 1) // 2
    if param.get("norm_region") == "WITHIN_CHANNEL":
        # Split, Power, Pooling, Power, Eltwise: `k` has no part in it.
        mean = pool(Attrs({"pool": "AVE", "kernel_size": size, "pad": half}), x**2)
        return x * (1 + alpha * mean) ** -beta
    scale = np.full(x.shape, float(param.get("k", 1.0)))
    for c in range(x.shape[1]):
        for other in range(max(0, c - half), min(x.shape[1], c + half + 1)):
            scale[:, c] += alpha / size * x[:, other] ** 2
    result = x * scale**-beta
    return pool(param.message("pooling_param"), result) if param.get("fuse_type") == "FUSED_POOL_MAX" else result


@computes("BatchNorm")
def batch_norm(layer: Setting, x: Array) -> Array:
    param = layer.group("batch_norm_param")
    channels = 1 if x.ndim == 1 else x.shape[1]
    mean, variance = layer.blob((channels,), "shift"), layer.blob((channels,), "factor")
    gathered = float(layer.blob((1,), "gathered")[0])
    flat = x.reshape(len(x), channels, -1)
    if param.get("use_global_stats", True):
        factor = 0 if gathered == 0 else 1 / gathered
        mean, variance = mean * factor, variance * factor
    else:
        mean = flat.mean((0, 2))
        variance = ((flat - mean[:, None]) ** 2).mean((0, 2))
    result = (flat - mean[:, None]) / np.sqrt(variance + param.get("eps", 1e-5))[:, None]
    if param.get("scale_bias") or "scale_filler" in param or "bias_filler" in param:
        # NVIDIA's
        result = result * layer.blob((channels,), "factor")[:, None] + layer.blob((channels,), "shift")[:, None]
    return result.reshape(x.shape)


def _covered(param: Attrs, x: Array) -> tuple[int, ...]:
    """Return the shape of the blob of a Scale or Bias."""
    axis, count = axis_of(param.get("axis", 1), x.ndim), param.get("num_axes", 1)
    check(count >= -1 and axis + max(count, 0) <= x.ndim, "the blob's shape covers axes of the input")
    return x.shape[axis:] if count == -1 else x.shape[axis : axis + count]


def _place(param: Attrs, x: Array, by: Array) -> int:
    """Return the axis where a blob's first one lies, after checking that it fits from there on."""
    axis = 0 if by.ndim == 0 else axis_of(param.get("axis", 1), x.ndim)
    check(x.shape[axis : axis + by.ndim] == by.shape, f"dimension mismatch between {x.shape} and {by.shape}")
    return axis


@computes("Scale")
def scale(layer: Setting, x: Array, by: Array | None = None) -> Array:
    param = layer.group("scale_param")
    factors = layer.blob(_covered(param, x), "factor") if by is None else by
    axis = _place(param, x, factors)
    result = x * stretched(factors, axis, x.ndim)
    if param.get("bias_term", False):
        # Its own BiasLayer covers as many axes as the factors (LayerSetUp).
        result = result + stretched(layer.blob(factors.shape, "shift"), axis, x.ndim)
    return result


@computes("Bias")
def bias(layer: Setting, x: Array, by: Array | None = None) -> Array:
    param = layer.group("bias_param")
    terms = layer.blob(_covered(param, x), "shift") if by is None else by
    return x + stretched(terms, _place(param, x, terms), x.ndim)


@computes("MVN")
def mvn(layer: Setting, x: Array) -> Array:
    param = layer.group("mvn_param")
    check(x.ndim <= 4, "an MVN's input has at most 4 axes")
    shape = (*x.shape, *(1,) * (4 - x.ndim))
    flat = x.reshape(shape[0] if param.get("across_channels", False) else shape[0] * shape[1], -1)
    flat = flat - flat.mean(1, keepdims=True)
    if param.get("normalize_variance", True):
        flat = flat / (np.sqrt((flat**2).mean(1, keepdims=True)) + param.get("eps", 1e-9))
    return flat.reshape(shape)


@computes("Softmax")
def softmax(layer: Setting, x: Array) -> Array:
    axis = axis_of(layer.group("softmax_param").get("axis", 1), x.ndim)
    powers = np.exp(x - x.max(axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis, keepdims=True))
