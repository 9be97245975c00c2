"""Layers of Caffe's forks that the project reads: SSD's Permute and Normalize, SENet's Axpy, MobileNet's ReLU6."""

from __future__ import annotations

import numpy as np

from tests.caffe_reference.setting import Array, Setting, check, computes
from translator.attrs import Attrs

computes("ReLU6")(lambda layer, x: np.minimum(np.maximum(x, 0), 6))
computes("HardSwish", "HSwish")(lambda layer, x: x * np.minimum(np.maximum(x + 3, 0), 6) / 6)
computes("HSigmoid")(lambda layer, x: np.minimum(np.maximum(x + 3, 0), 6) / 6)
computes("Mish")(lambda layer, x: x * np.tanh(np.log1p(np.exp(x))))


@computes("Reorg")
def reorg(layer: Setting, x: Array) -> Array:
    """Darknet's reorg_cpu, as caffe-yolo9000 calls it: with the sizes of the input for those of the output."""
    stride = layer.group("reorg_param")["stride"]
    batch, channels, height, width = x.shape
    fewer = channels // (stride * stride)
    flat, found = x.reshape(batch, -1), np.zeros((batch, x[0].size))
    for k in range(channels):
        for j in range(height):
            for i in range(width):
                offset = k // fewer
                w2, h2 = i * stride + offset % stride, j * stride + offset // stride
                taken = w2 + width * stride * (h2 + height * stride * (k % fewer))
                found[:, i + width * (j + height * k)] = flat[:, taken]
    return found.reshape(batch, channels * stride**2, height // stride, width // stride)


@computes("HardSigmoid")
def hard_sigmoid(layer: Setting, x: Array) -> Array:
    param = layer.group("hard_sigmoid_param")
    return np.asarray(np.clip(param["alpha"] * x + param["beta"], 0, 1))


@computes("CReLU")
def crelu(layer: Setting, x: Array) -> Array:
    param = layer.group("crelu_param")
    slope = param.get("negative_slope", 0.0)
    both = [np.maximum(each, 0) + slope * np.minimum(each, 0) for each in (x, -x)]
    return np.concatenate(both, param.get("concat_axis", 1))


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


@computes("L2Norm", "L2Normalize", "L2Normalization", "Normalization", "NormalizationL2")
def unit_length(layer: Setting, x: Array) -> Array:
    return np.asarray(x / np.sqrt((x**2).sum(tuple(range(1, x.ndim)), keepdims=True)))


@computes("Normalize")
def normalize(layer: Setting, x: Array) -> Array:
    """SSD's, and with `normalize_param` or of a vector alone that of happynear/caffe-windows."""
    param = layer.group("norm_param")
    if "norm_param" not in layer.attrs and ("normalize_param" in layer.attrs or x[0].size == x.shape[1]):
        check(layer.group("normalize_param").get("normalize_type", "L2") == "L2", "L2 alone")
        return np.asarray(x / np.sqrt((x**2).sum(1, keepdims=True) + 1e-6))
    factors = layer.blob(() if param.get("channel_shared", True) else (x.shape[1],), "factor")
    axes = tuple(range(1, x.ndim)) if param.get("across_spatial", True) else (1,)
    norm = np.sqrt((x**2).sum(axes, keepdims=True) + param.get("eps", 1e-10))
    return np.asarray(x / norm * factors.reshape(-1, *(1,) * (x.ndim - 2)))


@computes("BN")
def bn(layer: Setting, x: Array) -> Array:
    param, channels = layer.group("bn_param"), (1, x.shape[1], 1, 1)
    scale, shift = layer.blob(channels, "factor"), layer.blob(channels, "shift")
    if param.get("bn_mode") == "INFERENCE":
        return np.asarray(x * scale + shift)
    if param.get("bn_mode") == "LEARN":
        mean, variance, epsilon = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True), 1e-9
    else:
        mean, variance = layer.blob(channels, "shift"), layer.blob(channels, "factor")
        epsilon = param["var_eps"] if "var_eps" in param else param.get("eps", 1e-5)
    return np.asarray((x - mean) / np.sqrt(variance + epsilon) * scale + shift)


@computes("EltwiseAffine")
def eltwise_affine(layer: Setting, x: Array) -> Array:
    slope, bias = layer.blob((x.shape[1],), "factor"), layer.blob((x.shape[1],), "shift")
    return np.asarray(x * slope.reshape(-1, 1, 1) + bias.reshape(-1, 1, 1))


@computes("RReLU")
def rrelu(layer: Setting, x: Array) -> Array:
    param = layer.group("rrelu_param")
    low, high = param["lb"], param["ub"]
    check(high > low, "upper bound must > lower bound")
    return np.asarray(np.maximum(x, 0) + np.minimum(x, 0) / ((high - low) / (np.log(abs(high)) - np.log(abs(low)))))


@computes("Interp")
def interp(layer: Setting, x: Array) -> Array:
    param = layer.group("interp_param")
    height, width = x.shape[2:]
    if "shrink_factor" in param:
        height, width = ((size - 1) // param["shrink_factor"] + 1 for size in (height, width))
    if "zoom_factor" in param:
        height, width = (size + (size - 1) * (param["zoom_factor"] - 1) for size in (height, width))
    if "height" in param:
        height, width = param["height"], param["width"]
    result = np.empty((*x.shape[:2], height, width))
    for row in range(height):
        for column in range(width):
            at = [
                place * (before - 1) / (after - 1) if after > 1 else 0.0
                for place, before, after in zip((row, column), x.shape[2:], (height, width), strict=True)
            ]
            (top, left), (down, right) = map(int, at), (each - int(each) for each in at)
            below, beside = min(top + 1, x.shape[2] - 1), min(left + 1, x.shape[3] - 1)
            upper = x[:, :, top, left] * (1 - right) + x[:, :, top, beside] * right
            lower = x[:, :, below, left] * (1 - right) + x[:, :, below, beside] * right
            result[:, :, row, column] = upper * (1 - down) + lower * down
    return result


@computes("Upsample")
def upsample(layer: Setting, x: Array, mask: Array | None = None) -> Array:
    param = layer.group("upsample_param")
    scale = (param.get("scale_h", param.get("scale", 2)), param.get("scale_w", param.get("scale", 2)))
    if mask is None:
        return x.repeat(scale[0], 2).repeat(scale[1], 3)
    short = (param.get("pad_out_h", False), param.get("pad_out_w", False))
    height, width = (size * by - cut for size, by, cut in zip(x.shape[2:], scale, short, strict=True))
    if "upsample_h" in param:
        height, width = param["upsample_h"], param["upsample_w"]
    return _put_back(x, mask, height, width)


@computes("Unpooling")
def unpooling(layer: Setting, x: Array, mask: Array) -> Array:
    param = layer.group("unpooling_param")
    if "scale" in param:
        return _put_back(x, mask, *(size * param["scale"] for size in x.shape[2:]))
    names = next(
        each for each in (("unpool_size",) * 2, ("unpool_h", "unpool_w"), ("output_h", "output_w")) if each[0] in param
    )
    return _put_back(x, mask, *(param[name] for name in names))


def _put_back(x: Array, mask: Array, height: int, width: int) -> Array:
    result = np.zeros((*x.shape[:2], height * width))
    for image, channel in np.ndindex(*x.shape[:2]):
        for value, place in zip(x[image, channel].flat, mask[image, channel].flat, strict=True):
            check(place < height * width, "upsample top index out of range")
            result[image, channel, int(place)] = value
    return result.reshape(*x.shape[:2], height, width)


@computes("PriorBox")
def prior_box(layer: Setting, x: Array, image: Array) -> Array:
    param = layer.group("prior_box_param")
    (rows, columns), (height, width) = x.shape[2:], image.shape[2:]
    ratios = [1.0]
    for ratio in param.repeated("aspect_ratio"):
        if not any(abs(ratio - each) < 1e-6 for each in ratios):
            ratios += [ratio, 1 / ratio] if param.get("flip", True) else [ratio]
    down, across = param.get("step", height / rows), param.get("step", width / columns)
    boxes = []
    for row, column in np.ndindex(rows, columns):
        x0, y0 = (column + param.get("offset", 0.5)) * across, (row + param.get("offset", 0.5)) * down
        for i, least in enumerate(param.repeated("min_size")):
            sides = [(least, least)]
            if param.repeated("max_size"):
                sides.append((np.sqrt(least * param.repeated("max_size")[i]),) * 2)
            sides += [(least * np.sqrt(ratio), least / np.sqrt(ratio)) for ratio in ratios[1:]]
            for wide, high in sides:
                box = (
                    (x0 - wide / 2) / width,
                    (y0 - high / 2) / height,
                    (x0 + wide / 2) / width,
                    (y0 + high / 2) / height,
                )
                boxes += [min(max(side, 0), 1) for side in box] if param.get("clip", False) else box
    spread = param.repeated("variance") or (0.1,)
    return np.array([[boxes, list(spread * (4 // len(spread))) * (len(boxes) // 4)]])


@computes("ROIPooling")
def roi_pooling(layer: Setting, x: Array, rois: Array) -> Array:
    param = layer.group("roi_pooling_param")
    grid, scale = (param["pooled_h"], param["pooled_w"]), np.float32(param.get("spatial_scale", 1))
    result = np.zeros((len(rois), x.shape[1], *grid))
    for i, (image, *corners) in enumerate(rois):
        left, top, right, bottom = (int(np.copysign(np.floor(abs(c * scale) + 0.5), c)) for c in corners)
        sides = [
            np.float32(max(b - a + 1, 1)) / np.float32(n)
            for a, b, n in ((top, bottom, grid[0]), (left, right, grid[1]))
        ]
        for cell in np.ndindex(*grid):
            cuts = []
            for part, side, start, size in zip(cell, sides, (top, left), x.shape[2:], strict=True):
                ends = (int(np.floor(part * side)) + start, int(np.ceil((part + 1) * side)) + start)
                cuts.append(slice(*(min(max(end, 0), size) for end in ends)))
            window = x[int(image)][:, cuts[0], cuts[1]]
            if window.size:
                result[(i, slice(None), *cell)] = window.max((1, 2))
    return result


@computes("ShuffleChannel")
def shuffle_channel(layer: Setting, x: Array) -> Array:
    groups = layer.group("shuffle_channel_param").get("group", 1)
    check(x.shape[1] % groups == 0, "channels are a multiple of the groups")
    columns = x.shape[1] // groups
    result = np.empty_like(x)
    for i, j in np.ndindex(groups, columns):
        result[:, j * groups + i] = x[:, i * columns + j]
    return result


def _deep(param: Attrs, deep: str, flat: str, absent: int) -> tuple[int, int, int]:
    depth, plane = ((param.repeated(name) or (absent,))[0] for name in (deep, flat))
    return depth, plane, plane


@computes("Convolution3D")
def convolution3d(layer: Setting, x: Array) -> Array:
    param = layer.group("convolution3d_param")
    kernel, stride = _deep(param, "kernel_depth", "kernel_size", 0), _deep(param, "temporal_stride", "stride", 1)
    pad = _deep(param, "temporal_pad", "pad", 0)
    weight = layer.blob((param["num_output"], x.shape[1], *kernel))
    bias = layer.blob((param["num_output"],), "shift") if param.get("bias_term", True) else 0
    x = np.pad(x, ((0, 0), (0, 0), *((side, side) for side in pad)))
    space = [(size - k) // s + 1 for size, k, s in zip(x.shape[2:], kernel, stride, strict=True)]
    result = np.empty((len(x), param["num_output"], *space))
    for place in np.ndindex(*space):
        at = tuple(slice(i * s, i * s + k) for i, s, k in zip(place, stride, kernel, strict=True))
        result[(..., *place)] = np.tensordot(x[(slice(None), slice(None), *at)], weight, ((1, 2, 3, 4),) * 2) + bias
    return result


@computes("Deconvolution3D")
def deconvolution3d(layer: Setting, x: Array) -> Array:
    param = layer.group("convolution3d_param")
    kernel, stride = _deep(param, "kernel_depth", "kernel_size", 0), _deep(param, "temporal_stride", "stride", 1)
    pad = _deep(param, "temporal_pad", "pad", 0)
    weight = layer.blob((x.shape[1], param["num_output"], *kernel))
    bias = layer.blob((param["num_output"],), "shift")
    space = [(size - 1) * s + k for size, k, s in zip(x.shape[2:], kernel, stride, strict=True)]
    full = np.zeros((len(x), param["num_output"], *space))
    for place in np.ndindex(*x.shape[2:]):
        at = tuple(slice(i * s, i * s + k) for i, s, k in zip(place, stride, kernel, strict=True))
        full[(slice(None), slice(None), *at)] += np.tensordot(x[(..., *place)], weight, 1)
    inner = tuple(slice(side, size - side) for side, size in zip(pad, space, strict=True))
    return np.asarray(full[(slice(None), slice(None), *inner)] + bias.reshape(-1, 1, 1, 1))


@computes("Pooling3D")
def pooling3d(layer: Setting, x: Array) -> Array:
    param = layer.group("pooling3d_param")
    kernel, stride = _deep(param, "kernel_depth", "kernel_size", 0), _deep(param, "temporal_stride", "stride", 1)
    return _pooled(x, kernel, stride, _deep(param, "temporal_pad", "pad", 0), average=param.get("pool") == "AVE")


@computes("PoolingND")
def pooling_nd(layer: Setting, x: Array) -> Array:
    param, rank = layer.group("pooling_nd_param"), x.ndim - 2
    kernel, stride = (list(param.repeated(key)) for key in ("kernel_size", "stride"))
    sizes = [each if len(each) == rank else each * rank for each in (kernel, stride or [1])]
    return _pooled(x, *sizes, [0] * rank, average=param.get("pool") == "AVE")


def _pooled(x: Array, kernel: list[int], stride: list[int], pad: list[int], *, average: bool) -> Array:
    space = []
    for size, k, s, side in zip(x.shape[2:], kernel, stride, pad, strict=True):
        count = -(-(size + 2 * side - k) // s) + 1
        space.append(count - (1 if side and (count - 1) * s >= size + side else 0))
    result = np.empty((*x.shape[:2], *space))
    for place in np.ndindex(*space):
        starts = [i * s - side for i, s, side in zip(place, stride, pad, strict=True)]
        stops = [min(a + k, n + p) for a, k, n, p in zip(starts, kernel, x.shape[2:], pad, strict=True)]
        at = tuple(slice(max(a, 0), min(b, n)) for a, b, n in zip(starts, stops, x.shape[2:], strict=True))
        window = x[(slice(None), slice(None), *at)].reshape(*x.shape[:2], -1)
        area = np.prod([b - a for a, b in zip(starts, stops, strict=True)])
        result[(..., *place)] = window.sum(-1) / area if average else window.max(-1)
    return result
