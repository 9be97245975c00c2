"""Caffe's convolutions and poolings, window by window: base_conv_layer.cpp, pooling_layer.cpp, spp_layer.cpp ..."""

from __future__ import annotations

from itertools import product
from math import ceil, prod
from typing import Any

import numpy as np

from tests.caffe_reference.setting import Array, Setting, check, computes
from translator.attrs import Attrs

LOWEST = -float(np.finfo(np.float32).max)
"""-FLT_MAX, where a MAX pooling starts."""


def _sizes(param: Attrs, plain: str, stem: str, rank: int, absent: int | None) -> tuple[int, ...]:
    """Return a repeated field of a convolution: none, one for all axes, one each; or those for height and width."""
    high, wide = f"{stem}_h", f"{stem}_w"
    if high in param or wide in param:
        check(rank == 2 and not param.repeated(plain), f"{plain} or {high} and {wide}, these for two axes")
        return param.get(high, 0), param.get(wide, 0)
    values = param.repeated(plain)
    if not values and absent is not None:
        return (absent,) * rank
    check(len(values) in (1, rank), f"{plain} is given once, or {rank} times")
    return values * rank if len(values) == 1 else values


class Windows:
    """The geometry of a convolution on an input."""

    def __init__(self, param: Attrs, x: Array) -> None:
        self.axis = param.get("axis", 1) % x.ndim
        self.rank = rank = x.ndim - self.axis - 1
        self.kernel = _sizes(param, "kernel_size", "kernel", rank, None)
        self.stride = _sizes(param, "stride", "stride", rank, 1)
        self.pad = _sizes(param, "pad", "pad", rank, 0)
        self.dilation = _sizes(param, "hole" if {"hole", "hole_h"} & param.keys() else "dilation", "hole", rank, 1)
        check(all(size > 0 for size in self.kernel), "a filter has sizes above 0")
        check(all(size > 0 for size in self.stride), "a stride is above 0")
        self.reach = [d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True)]

    def columns(self, x: Array) -> Array:
        """Return all windows of (batch, channels, space): batch, channels, elements of the window, space."""
        x = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in self.pad)])
        out = [(n - r) // s + 1 for n, r, s in zip(x.shape[2:], self.reach, self.stride, strict=True)]
        check(all(n > 0 for n in out), "a window is wider than the input")
        result = np.zeros((*x.shape[:2], prod(self.kernel), *out))
        for i, element in enumerate(product(*map(range, self.kernel))):
            for place in product(*map(range, out)):
                at = [p * s + e * d for p, s, e, d in zip(place, self.stride, element, self.dilation, strict=True)]
                result[(slice(None), slice(None), i, *place)] = x[(slice(None), slice(None), *at)]
        return result


def _each_bottom(layer: Setting, x: Array, rest: tuple[Array, ...]) -> tuple[Array, ...]:
    check(all(each.shape == x.shape for each in rest), "all inputs of a convolution have the same shape")
    check(layer.top_count == 1 + len(rest), "a convolution has as many tops as bottoms")
    return x, *rest


@computes("Convolution", "DepthwiseConvolution")
def convolution(layer: Setting, x: Array, *rest: Array) -> tuple[Array, ...]:
    param = layer.group("convolution_param")
    windows, filters = Windows(param, x), param["num_output"]
    channels = x.shape[windows.axis]
    group = channels if layer.attrs["type"] == "DepthwiseConvolution" else param.get("group", 1)
    check(channels % group == 0 and filters % group == 0, f"channels and filters split into {group} groups")
    kernel = layer.blob((filters, channels // group, *windows.kernel)).reshape(group, filters // group, -1)
    bias = layer.blob((filters,), "shift") if param.get("bias_term", True) else np.zeros(filters)
    tops = []
    for each in _each_bottom(layer, x, rest):
        columns = windows.columns(each.reshape(-1, *each.shape[windows.axis :]))
        space = columns.shape[3:]
        split = columns.reshape(len(columns), group, -1, prod(space))
        out = np.stack([kernel[g] @ split[:, g] for g in range(group)], 1).reshape(len(columns), filters, -1)
        out += bias[:, None]
        if param.get("relu") or param.get("fuse_type") == "FUSED_CONV_RELU":
            slope = param.message("relu_param").get("negative_slope", param.get("negative_slope", 0.0))
            out = np.maximum(out, 0) + slope * np.minimum(out, 0)
        tops.append(out.reshape(*each.shape[: windows.axis], filters, *space))
    return tuple(tops)


@computes("Deconvolution")
def deconvolution(layer: Setting, x: Array, *rest: Array) -> tuple[Array, ...]:
    param = layer.group("convolution_param")
    windows, filters, group = Windows(param, x), param["num_output"], param.get("group", 1)
    channels = x.shape[windows.axis]
    check(channels % group == 0 and filters % group == 0, f"channels and filters split into {group} groups")
    kernel = layer.blob((channels, filters // group, *windows.kernel), fan_in=channels // group)
    bias = layer.blob((filters,), "shift") if param.get("bias_term", True) else np.zeros(filters)
    each_in, each_out = channels // group, filters // group
    tops = []
    for bottom in _each_bottom(layer, x, rest):
        flat = bottom.reshape(-1, *bottom.shape[windows.axis :])
        whole = [(n - 1) * s + r for n, s, r in zip(flat.shape[2:], windows.stride, windows.reach, strict=True)]
        out = np.zeros((len(flat), filters, *whole))
        for place in product(*map(range, flat.shape[2:])):
            for element in product(*map(range, windows.kernel)):
                at = [
                    p * s + e * d for p, s, e, d in zip(place, windows.stride, element, windows.dilation, strict=True)
                ]
                for g in range(group):
                    ins, outs = slice(g * each_in, (g + 1) * each_in), slice(g * each_out, (g + 1) * each_out)
                    weight = kernel[(ins, slice(None), *element)]
                    out[(slice(None), outs, *at)] += flat[(slice(None), ins, *place)] @ weight
        inner = out[(..., *(slice(p, n - p) for p, n in zip(windows.pad, whole, strict=True)))]
        check(inner.size, "the border cuts away all of the output")
        inner = inner + bias.reshape(-1, *(1,) * windows.rank)
        tops.append(inner.reshape(*bottom.shape[: windows.axis], *inner.shape[1:]))
    return tuple(tops)


@computes("Im2col")
def im2col(layer: Setting, x: Array) -> Array:
    windows = Windows(layer.group("convolution_param"), x)
    columns = windows.columns(x.reshape(-1, *x.shape[windows.axis :]))
    return columns.reshape(*x.shape[: windows.axis], -1, *columns.shape[3:])


@computes("Local")
def local(layer: Setting, x: Array) -> Array:
    """local_layer.cpp of BVLC's pull request 1271: at each place the products with its own filters are summed up."""
    param = layer.group("local_param")
    windows, filters = Windows(param, x), param["num_output"]
    columns = windows.columns(x)
    space = columns.shape[3:]
    flat = columns.reshape(len(x), -1, prod(space))
    _, elements, places = flat.shape
    kernel = layer.blob((filters, 1, elements, places), fan_in=elements)
    bias = layer.blob((1, 1, filters, places), "shift")[0, 0] if param.get("bias_term", True) else 0
    out = np.stack([(flat * kernel[m, 0]).sum(1) for m in range(filters)], 1) + bias
    return out.reshape(len(x), filters, *space)


def _pair(param: Attrs, plain: str, stem: str, absent: int | None) -> tuple[int, int]:
    """Return a size of a pooling: once, or for height and width, both and no other (its CHECKs in LayerSetUp)."""
    high, wide = f"{stem}_h", f"{stem}_w"
    if high in param or wide in param:
        check(high in param and wide in param and plain not in param, f"{plain} or {high} and {wide} are required")
        return param[high], param[wide]
    check(plain in param or absent is not None, f"{plain} is required")
    value = param.get(plain, absent)
    return value, value


@computes("Pooling")
def pooling(layer: Setting, x: Array) -> Any:
    param = layer.group("pooling_param")
    return pool(param, x, layer.top_count)


def pool(param: Attrs, x: Array, top_count: int = 1) -> Any:
    check(x.ndim == 4, "a pooling's input has 4 axes")
    method = param.get("pool", "MAX")
    stride, pad = _pair(param, "stride", "stride", 1), _pair(param, "pad", "pad", 0)
    if param.get("global_pooling", False):
        check(not {"kernel_size", "kernel_h", "kernel_w"} & param.keys(), "a global pooling has no kernel")
        check(pad == (0, 0) and stride == (1, 1), "a global pooling has pad 0 and stride 1 alone")
        kernel = x.shape[2:]
    else:
        kernel = _pair(param, "kernel_size", "kernel", None)
    if any(pad):
        check(method in ("MAX", "AVE"), "a border works with MAX and AVE alone")
        check(all(p < k for p, k in zip(pad, kernel, strict=True)), "a border is narrower than the window")
    # `ceil_mode` is a field of forks that OpenCV reads too.
    floor = param.get("round_mode") == "FLOOR" or param.get("ceil_mode") is False
    out = []
    for n, k, s, p in zip(x.shape[2:], kernel, stride, pad, strict=True):
        steps = (n + 2 * p - k) / s
        count = (int(np.floor(steps)) if floor else ceil(steps)) + 1
        out.append(count - 1 if any(pad) and (count - 1) * s >= n + p else count)
    check(all(n > 0 for n in out), "a window is wider than the input")
    top, mask = np.zeros((*x.shape[:2], *out)), np.zeros((*x.shape[:2], *out))
    for place in np.ndindex(*top.shape):
        top[place], mask[place] = _pooled(method, x[place[:2]], place[2:], kernel, stride, pad)
    check(top_count <= (2 if method == "MAX" else 1), "MAX alone has a second top")
    return (top, mask) if top_count == 2 else top


def _pooled(method: str, plane: Array, place: Any, kernel: Any, stride: Any, pad: Any) -> tuple[float, int]:
    """Return what a window gives, and where its largest value stands."""
    height, width = plane.shape
    hstart, wstart = (i * s - p for i, s, p in zip(place, stride, pad, strict=True))
    if method == "AVE":
        hend, wend = min(hstart + kernel[0], height + pad[0]), min(wstart + kernel[1], width + pad[1])
        size = (hend - hstart) * (wend - wstart)
        inside = plane[max(hstart, 0) : min(hend, height), max(wstart, 0) : min(wend, width)]
        return float(inside.sum()) / size, -1
    hend, wend = min(hstart + kernel[0], height), min(wstart + kernel[1], width)
    if method == "STOCHASTIC":  # StoPoolForwardTest of pooling_layer.cu
        inside = plane[hstart:hend, wstart:wend]
        return (float((inside**2).sum() / inside.sum()) if inside.sum() > 0 else 0.0), -1
    best, where = LOWEST, -1
    for h in range(max(hstart, 0), hend):
        for w in range(max(wstart, 0), wend):
            if plane[h, w] > best:
                best, where = float(plane[h, w]), h * width + w
    return best, where


@computes("SPP")
def spatial_pyramid(layer: Setting, x: Array) -> Array:
    param = layer.group("spp_param")
    parts = []
    for level in range(param["pyramid_height"]):
        bins = 2**level
        kernel = [ceil(n / bins) for n in x.shape[2:]]
        pad = [(k * bins - n + 1) // 2 for k, n in zip(kernel, x.shape[2:], strict=True)]
        fields = {"pool": param.get("pool", "MAX"), "kernel_h": kernel[0], "kernel_w": kernel[1]}
        fields |= {"stride_h": kernel[0], "stride_w": kernel[1], "pad_h": pad[0], "pad_w": pad[1]}
        parts.append(pool(Attrs(fields), x))
    # With one level the layer is that pooling, and nothing flattens what it gives (SPPLayer::LayerSetUp).
    return parts[0] if len(parts) == 1 else np.concatenate([each.reshape(len(x), -1) for each in parts], 1)
