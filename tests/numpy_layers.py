"""What each layer of the catalogue computes, in plain numpy: window by window, as its definition reads.

Written from Caffe's sources, and apart from every dialect, so that it can decide where engines differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from ir import layers as L
from ir.layer import Layer

Array = np.ndarray[Any, Any]
Compute = Callable[..., Any]
COMPUTE: dict[type[Layer], Compute] = {}


def computes(*layers: Any) -> Callable[[Compute], Compute]:
    def register(function: Compute) -> Compute:
        COMPUTE.update(dict.fromkeys(layers, function))
        return function

    return register


def compute(layer: Layer, inputs: list[Array], weights: dict[str, Array]) -> tuple[Array, ...]:
    """Return what a layer gives for inputs, in double precision."""
    wide = [each.astype(np.float64) for each in inputs]
    result = COMPUTE[type(layer)](layer, *wide, **{role: each.astype(np.float64) for role, each in weights.items()})
    return result if isinstance(result, tuple) else (result,)


def _along(array: Array, axis: int, rank: int) -> Array:
    """Return an array whose first axis stands at `axis` of `rank` axes."""
    return array.reshape(*array.shape, *(1,) * (rank - axis % rank - array.ndim))


def _windows(layer: Any, space: tuple[int, ...], out: tuple[int, ...]) -> Iterator[Any]:
    """Yield for each window of a pooling its place, its slices within the input, and its size with the border.

    The border counts as far as it was asked for, and what lies behind it does not (pooling_layer.cpp).
    """
    for place in product(*map(range, out)):
        slices, size, inner = [], 1, 1
        gaps = getattr(layer, "dilation", (1,) * len(space))
        each = zip(place, layer.stride, layer.kernel, layer.pad, space, gaps, strict=True)
        for i, s, k, (before, after), length, gap in each:
            start = i * s - before
            end = min(start + (k - 1) * gap + 1, length + after)
            size *= end - start
            start, end = start if start >= 0 else start % gap, min(end, length)
            inner *= end - start
            slices.append(slice(start, end, gap))
        yield (..., *place), (..., *slices), size, inner


def _pool(layer: Any, x: Array, take: Callable[[Array, int, int], Array]) -> Array:
    out = layer.shape(x.shape)
    result = np.empty(out)
    for place, slices, size, inner in _windows(layer, x.shape[2:], out[2:]):
        result[place] = take(x[slices].reshape(*x.shape[:2], -1), size, inner)
    return result


@computes(L.MaxPool1D, L.MaxPool2D, L.MaxPool3D)
def max_pool(layer: Any, x: Array) -> Array:
    return _pool(layer, x, lambda window, size, inner: window.max(-1, initial=-np.inf))


@computes(L.AvgPool1D, L.AvgPool2D, L.AvgPool3D)
def average_pool(layer: Any, x: Array) -> Array:
    return _pool(layer, x, lambda window, size, inner: window.sum(-1) / (size if layer.count_pad else inner))


@computes(L.MaxPoolIndices2D)
def max_pool_indices(layer: Any, x: Array) -> tuple[Array, Array]:
    plane = np.broadcast_to(np.arange(x[0, 0].size).reshape(x.shape[2:]), x.shape)
    out = layer.shapes(x.shape)[0]
    places = np.empty(out)
    for place, slices, _, _ in _windows(layer, x.shape[2:], out[2:]):
        best = x[slices].reshape(*x.shape[:2], -1).argmax(-1)
        places[place] = np.take_along_axis(plane[slices].reshape(*x.shape[:2], -1), best[..., None], -1)[..., 0]
    return max_pool(layer, x), places


@computes(L.Upsample2D)
def upsample(layer: Any, x: Array) -> Array:
    return np.kron(x, np.ones((1, 1, *layer.scale)))


@computes(L.ResizeBilinear2D)
def resize_bilinear(layer: Any, x: Array) -> Array:
    for axis, after in zip((2, 3), layer.shape(x.shape)[2:], strict=True):
        at = np.linspace(0, x.shape[axis] - 1, after) if after > 1 else np.zeros(1)
        if not layer.corners:
            at = (np.arange(after) + 0.5) * x.shape[axis] / after - 0.5
        places = np.arange(x.shape[axis])
        x = np.apply_along_axis(lambda line, at=at, places=places: np.interp(at, places, line), axis, x)
    return x


@computes(L.Unpool2D)
def unpool(layer: Any, x: Array, places: Array) -> Array:
    out = np.zeros(layer.shape(x.shape, places.shape))
    planes = out.reshape(*x.shape[:2], -1)
    np.put_along_axis(planes, places.reshape(*x.shape[:2], -1).astype(int), x.reshape(*x.shape[:2], -1), 2)
    return planes.reshape(out.shape)


@computes(L.PutAlong)
def put_along(layer: Any, x: Array, index: Array, values: Array) -> Array:
    joins = {"add": np.add, "multiply": np.multiply, "max": np.maximum, "min": np.minimum}
    out, whole = x.copy(), index.astype(int)
    for place in np.ndindex(*index.shape):
        to = list(place)
        to[layer.axis] = whole[place]
        now = out[tuple(to)]
        out[tuple(to)] = joins[layer.how](now, values[place]) if layer.how in joins else values[place]
    return out


@computes(L.GridSample2D, L.GridSample3D)
def grid_sample(layer: Any, x: Array, grid: Array) -> Array:
    space = x.shape[2:]
    out = np.zeros((*x.shape[:2], *grid.shape[1:-1]))
    for item, *point in product(*map(range, grid.shape[:-1])):
        near = [_near(layer, each, size) for each, size in zip(grid[(item, *point)][::-1], space, strict=True)]
        for pixels in product(*near):
            places, weights = zip(*pixels, strict=True)
            if None not in places:
                out[(item, slice(None), *point)] += x[(item, slice(None), *places)] * np.prod(weights)
    return out


def _near(layer: Any, at: float, size: int) -> list[tuple[int | None, float]]:
    """Return the pixels near a point along an axis, None for one beyond the border, and their weights."""
    pixel = (at + 1) / 2 * (size - 1) if layer.corners else ((at + 1) * size - 1) / 2
    if layer.mode != "cubic":
        pixel = _back(layer, pixel, size)
    if layer.mode == "nearest":
        return [(_kept(layer, int(np.rint(pixel)), size), 1.0)]
    first = math.floor(pixel)
    span = range(first - 1, first + 3) if layer.mode == "cubic" else range(first, first + 2)
    return [(_kept(layer, each, size), _weight(layer, abs(pixel - each))) for each in span]


def _weight(layer: Any, away: float) -> float:
    if layer.mode == "linear":
        return 1 - away
    return 1.25 * away**3 - 2.25 * away**2 + 1 if away <= 1 else -0.75 * (away**3 - 5 * away**2 + 8 * away - 4)


def _back(layer: Any, at: float, size: int) -> float:
    low, high = (0, size - 1) if layer.corners else (-0.5, size - 0.5)
    while layer.border == "mirror" and not low <= at <= high:
        at = 2 * low - at if at < low else 2 * high - at
    return at if layer.border == "zeros" else min(max(at, 0), size - 1)


def _kept(layer: Any, place: int, size: int) -> int | None:
    if layer.border == "zeros":
        return place if 0 <= place < size else None
    return min(max(int(_back(layer, place, size)) if layer.mode == "cubic" else place, 0), size - 1)


@computes(L.PriorBox)
def prior_box(layer: Any, x: Array, image: Array) -> Array:
    boxes = []
    for row, column, (wide, high) in product(*map(range, layer.grid), layer.forms()):
        middle = ((column + layer.offset) * layer.step[1], (row + layer.offset) * layer.step[0])
        for sign in (-1, 1):
            ends = [(at + sign * side / 2) for at, side in zip(middle, (wide, high), strict=True)]
            boxes += [end / size for end, size in zip(ends, layer.image[::-1], strict=True)]
    found = np.array(boxes).clip(0, 1) if layer.clip else np.array(boxes)
    return np.stack([found, np.resize(layer.variances, len(boxes))])[None]


@computes(L.DetectionOutput)
def detection_output(layer: Any, offsets: Array, scores: Array, priors: Array) -> Array:
    (low, high), spread = priors[0, 0].reshape(-1, 2, 2).swapaxes(0, 1), priors[0, 1].reshape(-1, 2, 2)
    rows: list[Any] = []
    for image, (moved, marks) in enumerate(zip(offsets, scores, strict=True)):
        first, second = (moved.reshape(-1, 2, 2) * (spread if layer.scaled else 1)).swapaxes(0, 1)
        ends = (low + first, high + second)
        if layer.code == "center_size":
            middle, half = (low + high) / 2 + first * (high - low), np.exp(second) * (high - low) / 2
            ends = (middle - half, middle + half)
        boxes = np.concatenate(ends, 1)
        found = []
        for label, column in enumerate(marks.reshape(-1, layer.classes).T):
            order = [
                i for i in np.argsort(-column, kind="stable") if layer.threshold is None or column[i] > layer.threshold
            ]
            kept: list[Any] = []
            for i in order[: layer.candidates] if label != layer.background else ():
                if all(_overlap(boxes[i], boxes[k]) <= layer.overlap for k in kept):
                    kept.append(i)
            found += [[image, label, column[i], *boxes[i]] for i in kept]
        best = sorted(range(len(found)), key=lambda i: -found[i][2])[: layer.keep]
        rows += [found[i] for i in sorted(best)]
    return np.array([[rows or [[image, *[-1.0] * 6] for image in range(len(offsets))]]])


def _overlap(a: Array, b: Array) -> float:
    shared = np.prod(np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0))
    return float(shared / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - shared)) if shared else 0.0


@computes(L.PSROIPool2D)
def psroi_pool(layer: Any, x: Array, regions: Array) -> Array:
    found = np.zeros((len(regions), layer.channels, layer.grid, layer.grid))
    maps = x.reshape(len(x), layer.channels, layer.grid, layer.grid, *x.shape[2:])
    for region, (number, *ends) in enumerate(regions):
        left, top, right, bottom = np.sign(ends) * np.floor(np.abs(ends) + 0.5) + [0, 0, 1, 1]
        for row, column in product(range(layer.grid), repeat=2):
            cuts = []
            for part, start, stop, size in ((row, top, bottom, x.shape[2]), (column, left, right, x.shape[3])):
                first, last = np.float32(start) * np.float32(layer.scale), np.float32(stop) * np.float32(layer.scale)
                step = max(last - first, np.float32(0.1)) / np.float32(layer.grid)
                edges = (np.floor(np.float32(part) * step + first), np.ceil(np.float32(part + 1) * step + first))
                cuts.append(slice(*(int(np.clip(edge, 0, size)) for edge in edges)))
            window = maps[int(number)][:, row, column, cuts[0], cuts[1]]
            if window.size:
                found[region, :, row, column] = window.mean((1, 2))
    return found


@computes(L.Proposals)
def proposals(layer: Any, scores: Array, offsets: Array, image: Array) -> Any:
    high, wide, scale = image[0]
    found = []
    forms = layer.anchors()
    for row, column in np.ndindex(*scores.shape[2:]):
        for form, corners in enumerate(forms):
            low, ends = (np.array(each) + np.array([column, row]) * layer.stride for each in (corners[:2], corners[2:]))
            moved = offsets[0, 4 * form : 4 * form + 4, row, column]
            middle = low + (ends - low + 1) / 2 + moved[:2] * (ends - low + 1)
            half = np.exp(moved[2:]) * (ends - low + 1) / 2
            box = np.clip(np.concatenate([middle - half, middle + half]), 0, [wide - 1, high - 1] * 2)
            if (box[2:] - box[:2] + 1 >= layer.least * scale).all():
                found.append((scores[0, len(forms) + form, row, column], box))
    found = sorted(found, key=lambda each: -each[0])[: layer.candidates]
    kept: list[Array] = []
    scored = []
    for score, box in found:
        wider = [np.concatenate([each[:2], each[2:] + 1]) for each in (box, *kept)]
        if all(_overlap(wider[0], each) <= layer.overlap for each in wider[1:]):
            kept.append(box)
            scored.append(score)
    boxes = np.array([[0, *box] for box in kept[: layer.keep]]).reshape(-1, 5)
    return (boxes, np.array(scored[: layer.keep])[:, None]) if layer.scored else boxes


@computes(L.ROIPool2D)
def roi_pool(layer: Any, x: Array, regions: Array) -> Array:
    found = np.zeros((len(regions), x.shape[1], *layer.size))
    scaled = np.float32(regions[:, 1:]) * np.float32(layer.scale)
    ends = np.sign(scaled) * np.floor(abs(scaled) + 0.5)
    for region, (number, (left, top, right, bottom)) in enumerate(zip(regions[:, 0], ends, strict=True)):
        steps = [
            np.float32(max(stop - start + 1, 1)) / np.float32(count)
            for start, stop, count in ((top, bottom, layer.size[0]), (left, right, layer.size[1]))
        ]
        for row, column in product(*map(range, layer.size)):
            high, wide = (
                slice(
                    *(int(np.clip(end, 0, size)) for end in (start + part * step // 1, start - -(part + 1) * step // 1))
                )
                for start, part, step, size in zip((top, left), (row, column), steps, x.shape[2:], strict=True)
            )
            pixels = x[int(number), :, high, wide]
            found[region, :, row, column] = pixels.max((1, 2)) if pixels.size else 0
    return found


@computes(L.ChannelShuffle)
def channel_shuffle(layer: Any, x: Array) -> Array:
    return x.reshape(len(x), layer.groups, -1, *x.shape[2:]).swapaxes(1, 2).reshape(x.shape)


@computes(L.StochasticPool2D)
def stochastic_pool(layer: Any, x: Array) -> Array:
    return _pool(layer, x, lambda window, size, inner: (window**2).sum(-1) / (window.sum(-1) + 1.2e-38))


@computes(L.GlobalMaxPool1D, L.GlobalMaxPool2D, L.GlobalMaxPool3D)
def global_max(layer: Any, x: Array) -> Array:
    return x.max(axis=tuple(range(2, x.ndim)), keepdims=True)


@computes(L.GlobalAvgPool1D, L.GlobalAvgPool2D, L.GlobalAvgPool3D)
def global_average(layer: Any, x: Array) -> Array:
    return x.mean(axis=tuple(range(2, x.ndim)), keepdims=True)


@computes(L.SpatialPyramidPool2D)
def pyramid(layer: Any, x: Array) -> Array:
    parts = []
    for level in range(layer.levels):
        bins = 2**level
        kernel = tuple(-(-size // bins) for size in x.shape[2:])
        pad = [(k * bins - size + 1) // 2 for k, size in zip(kernel, x.shape[2:], strict=True)]
        kind, take = (L.MaxPool2D, max_pool) if layer.function == "max" else (L.AvgPool2D, average_pool)
        pooled = take(kind(kernel=kernel, stride=kernel, pad=[(p, p) for p in pad], rounding="ceil"), x)
        assert pooled.shape[2:] == (bins, bins)
        parts.append(pooled.reshape(len(x), -1))
    return np.concatenate(parts, 1)


def _padded(x: Array, pads: Any, value: float = 0.0) -> Array:
    grown = np.pad(x, [(0, 0), (0, 0), *((max(a, 0), max(b, 0)) for a, b in pads)], constant_values=value)
    cut = tuple(slice(max(-a, 0), size - max(-b, 0)) for (a, b), size in zip(pads, grown.shape[2:], strict=True))
    return grown[(..., *cut)]


@computes(L.Pad1D, L.Pad2D, L.Pad3D)
def pad(layer: Any, x: Array) -> Array:
    if layer.mode != "constant":
        return np.pad(x, [(0, 0), (0, 0), *layer.pad], mode=layer.mode)
    return _padded(x, layer.pad, -np.inf if layer.value is None else layer.value)


def _columns(layer: Any, x: Array) -> Array:
    """Return the windows of a convolution: batch, channels, kernel elements, and space."""
    x = _padded(x, layer.pad)
    reach = [d * (k - 1) + 1 for k, d in zip(layer.kernel, layer.dilation, strict=True)]
    out = [(size - r) // s + 1 for size, r, s in zip(x.shape[2:], reach, layer.stride, strict=True)]
    taken = []
    for element in product(*map(range, layer.kernel)):
        slices = [
            slice(e * d, e * d + (n - 1) * s + 1, s)
            for e, d, n, s in zip(element, layer.dilation, out, layer.stride, strict=True)
        ]
        taken.append(x[(..., *slices)])
    return np.stack(taken, 2)


@computes(L.Im2Col)
def im2col(layer: Any, x: Array) -> Array:
    columns = _columns(layer, x)
    return columns.reshape(len(x), -1, *columns.shape[3:])


@computes(L.LocallyConnected2D)
def locally_connected(layer: Any, x: Array, kernel: Array, bias: Any = None) -> Array:
    columns = _columns(L.Im2Col(kernel=layer.kernel, stride=layer.stride, pad=layer.pad), x)
    flat = columns.reshape(len(x), -1, int(np.prod(columns.shape[3:])))
    out = np.einsum("nkp,okp->nop", flat, kernel) + (0 if bias is None else bias)
    return out.reshape(len(x), layer.filters, *columns.shape[3:])


@computes(L.Reorg2D)
def reorg(layer: Any, x: Array) -> Array:
    batch, channels, height, width = x.shape
    by = layer.factor
    larger = x.reshape(batch, channels // by**2, height * by, width * by)
    squares = [larger[:, :, row::by, column::by] for row in range(by) for column in range(by)]
    return np.concatenate(squares, 1).reshape(batch, channels * by**2, height // by, width // by)


@computes(L.Conv1D, L.Conv2D, L.Conv3D)
def convolution(layer: Any, x: Array, kernel: Array, bias: Any = 0.0) -> Array:
    columns = _columns(layer, x)
    groups = layer.groups
    split = columns.reshape(len(x), groups, -1, *columns.shape[3:])
    filters = kernel.reshape(groups, layer.filters // groups, -1)
    out = np.einsum("ngk...,gok->ngo...", split, filters).reshape(len(x), layer.filters, *columns.shape[3:])
    return out + np.reshape(bias, (-1, *(1,) * layer.rank))


@computes(L.Conv1DTranspose, L.Conv2DTranspose, L.Conv3DTranspose)
def transposed_convolution(layer: Any, x: Array, kernel: Array, bias: Any = 0.0) -> Array:
    groups, rank = layer.groups, layer.rank
    whole = [
        (size - 1) * s + d * (k - 1) + 1 + extra
        for size, s, d, k, extra in zip(
            x.shape[2:], layer.stride, layer.dilation, layer.kernel, layer.output_pad, strict=True
        )
    ]
    out = np.zeros((len(x), layer.filters, *whole))
    split = x.reshape(len(x), groups, -1, *x.shape[2:])
    filters = kernel.reshape(groups, -1, layer.filters // groups, *layer.kernel)
    for element in product(*map(range, layer.kernel)):
        part = np.einsum("ngi...,gio->ngo...", split, filters[(..., *element)])
        slices = [
            slice(e * d, e * d + (size - 1) * s + 1, s)
            for e, d, size, s in zip(element, layer.dilation, x.shape[2:], layer.stride, strict=True)
        ]
        out[(..., *slices)] += part.reshape(len(x), layer.filters, *x.shape[2:])
    return _padded(out, [(-a, -b) for a, b in layer.pad]) + np.reshape(bias, (-1, *(1,) * rank))


@computes(L.Dense)
def dense(layer: Any, x: Array, kernel: Array, bias: Any = 0.0) -> Array:
    axis = layer.axis % x.ndim
    return x.reshape(*x.shape[:axis], -1) @ kernel.T + bias


@computes(L.Embed)
def embed(layer: Any, x: Array, kernel: Array, bias: Any = 0.0) -> Array:
    return kernel[x.astype(int)] + bias


@computes(L.BatchNorm)
def batch_norm(
    layer: Any, x: Array, gamma: Any = 1.0, beta: Any = 0.0, mean: Any = None, variance: Any = None
) -> Array:
    axes = tuple(axis for axis in range(x.ndim) if axis != layer.axis % x.ndim)
    shape = [1] * x.ndim
    shape[layer.axis] = -1
    if layer.batch_statistics:
        mean, variance = x.mean(axes), x.var(axes)
    gamma, beta, mean, variance = (
        np.reshape(np.broadcast_to(each, x.shape[layer.axis]), shape) for each in (gamma, beta, mean, variance)
    )
    return gamma * (x - mean) / np.sqrt(variance + layer.epsilon) + beta


@computes(L.Scale)
def scale(layer: Any, x: Array, gamma: Array, beta: Any = 0.0) -> Array:
    beta = np.broadcast_to(beta, gamma.shape)
    return x * _along(gamma, layer.axis, x.ndim) + _along(beta, layer.axis, x.ndim)


@computes(L.Bias)
def bias(layer: Any, x: Array, beta: Array) -> Array:
    return x + _along(beta, layer.axis, x.ndim)


@computes(L.ScaleBy)
def scale_by(layer: Any, x: Array, by: Array) -> Array:
    return x * _along(by, layer.axis, x.ndim)


@computes(L.BiasBy)
def bias_by(layer: Any, x: Array, by: Array) -> Array:
    return x + _along(by, layer.axis, x.ndim)


@computes(L.LRN)
def lrn(layer: Any, x: Array) -> Array:
    half = layer.size // 2
    if layer.region == "within_channel":
        window = L.AvgPool2D(kernel=layer.size, pad=half)
        return x * (1 + layer.alpha * average_pool(window, x**2)) ** -layer.beta
    sums = np.zeros_like(x)
    for channel in range(x.shape[1]):
        sums[:, channel] = (x[:, max(0, channel - half) : channel + half + 1] ** 2).sum(1)
    return x * (layer.k + layer.alpha / layer.size * sums) ** -layer.beta


@computes(L.Axpy)
def _axpy(layer: L.Axpy, a: Array, x: Array, y: Array) -> Array:
    return a.reshape(*a.shape[:2], *(1,) * (x.ndim - 2)) * x + y


@computes(L.L2Normalize)
def _l2_normalize(layer: L.L2Normalize, x: Array, gamma: Any = None) -> Array:
    result = np.empty_like(x)
    for item, out in zip(x, result, strict=True):
        if layer.across_spatial:
            out[...] = item / np.sqrt((item**2).sum() + layer.epsilon)
        else:
            for place in np.ndindex(*item.shape[1:]):
                column = item[(slice(None), *place)]
                out[(slice(None), *place)] = column / np.sqrt((column**2).sum() + layer.epsilon)
    return result if gamma is None else result * gamma.reshape(1, -1, *(1,) * (x.ndim - 2))


@computes(L.MVN)
def mvn(layer: Any, x: Array) -> Array:
    axes = tuple(range(1 if layer.across_channels else 2, x.ndim))
    x = x - x.mean(axes, keepdims=True)
    return x / (x.std(axes, keepdims=True) + layer.epsilon) if layer.normalize_variance else x


@computes(L.PReLU)
def prelu(layer: Any, x: Array, slope: Array) -> Array:
    return np.where(x > 0, x, x * (slope if layer.shared else _along(slope, layer.axis, x.ndim)))


def _lstm_step(state: tuple[Array, Array], x: Array, recurrent: Array) -> tuple[Array, Array]:
    i, f, o, g = np.split(x + state[0] @ recurrent.T, 4, axis=1)
    i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
    c = f * state[1] + i * np.tanh(g)
    return o * np.tanh(c), c


@computes(L.ContinuedLSTM, L.ContinuedRNN)
def recurrent(layer: Any, x: Array, cont: Array, static: Any = None, **weights: Array) -> Array:
    state: Any = (np.zeros((x.shape[1], layer.units)),) * 2
    steps = []
    for step, mark in zip(x.reshape(*x.shape[:2], -1), cont, strict=True):
        state = tuple(each * mark[:, None] for each in state)
        gathered = step @ weights["kernel"].T + weights["bias"]
        if static is not None:
            gathered = gathered + static.reshape(len(static), -1) @ weights["static_kernel"].T
        if isinstance(layer, L.ContinuedLSTM):
            state = _lstm_step(state, gathered, weights["recurrent_kernel"])
            steps.append(state[0])
        else:
            state = (np.tanh(gathered + state[0] @ weights["recurrent_kernel"].T),)
            steps.append(np.tanh(state[0] @ weights["output_kernel"].T + weights["output_bias"]))
    return np.stack(steps)


FUNCTIONS = {
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "linear": lambda x: x,
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "softplus": lambda x: np.logaddexp(x, 0),
    "softsign": lambda x: x / (1 + np.abs(x)),
}


@computes(L.LSTM, L.GRU, L.SimpleRNN)
def over_time(layer: Any, x: Array, *given: Array, kernel: Array, recurrent_kernel: Array, bias: Array) -> Any:
    def gate(x: Array) -> Array:
        return np.clip(layer.slope * x + 0.5, 0, 1) if layer.gate == "hard_sigmoid" else FUNCTIONS["sigmoid"](x)

    activation = FUNCTIONS[layer.activation]
    none = np.zeros((len(x), layer.units))
    hidden, cell, *_ = (*given, none) if layer.started else (none, none)
    counts = given[-1] if layer.masked else np.ones(x.shape[:2])
    shown, steps = none, []
    for step, count in zip(x.swapaxes(0, 1), counts.swapaxes(0, 1) != 0, strict=True):
        if isinstance(layer, L.GRU):
            new = gru_step(layer, step @ kernel.T, hidden, recurrent_kernel, bias, gate)
        elif isinstance(layer, L.LSTM):
            i, f, g, o = np.split(step @ kernel.T + hidden @ recurrent_kernel.T + bias, 4, axis=1)
            kept = gate(f) * cell + gate(i) * activation(g)
            new = gate(o) * activation(kept)
            cell = np.where(count[:, None], kept, cell)
        else:
            new = activation(step @ kernel.T + hidden @ recurrent_kernel.T + bias)
        hidden, shown = np.where(count[:, None], new, hidden), np.where(count[:, None], new, shown)
        steps.append(shown)
    result = np.stack(steps, 1) if layer.sequences else shown
    return (result, hidden, cell)[: layer.outputs]


def gru_step(layer: Any, given: Array, hidden: Array, recurrent: Array, bias: Array, gate: Any) -> Array:
    """Take a step as https://keras.io/api/layers/recurrent_layers/gru says."""
    given = given + (bias[0] if layer.reset_after else bias)
    (z, r, g), (to_z, to_r, to_g) = np.split(given, 3, axis=1), np.split(recurrent, 3)
    by_z, by_r, by_g = np.split(bias[1], 3) if layer.reset_after else (0, 0, 0)
    z, r = gate(z + hidden @ to_z.T + by_z), gate(r + hidden @ to_r.T + by_r)
    reset = r * (hidden @ to_g.T + by_g) if layer.reset_after else (r * hidden) @ to_g.T
    return z * hidden + (1 - z) * FUNCTIONS[layer.activation](g + reset)


@computes(L.GELU)
def gelu(layer: Any, x: Array) -> Array:
    if layer.approximate:
        return x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2
    return x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2


@computes(L.LayerNorm)
def layer_norm(layer: Any, x: Array, gamma: Any = 1.0, beta: Any = 0.0) -> Array:
    centered = x - x.mean(-1, keepdims=True)
    return gamma * centered / np.sqrt((centered**2).mean(-1, keepdims=True) + layer.epsilon) + beta


@computes(L.SequenceStart)
def sequence_start(layer: Any, x: Array) -> Array:
    return np.array([np.full(x.shape[1], float(step > 0)) for step in range(len(x))])


@computes(L.ArgMax)
def arg_max(layer: Any, x: Array) -> Array:
    scores = x.reshape(len(x), -1) if layer.axis is None else np.moveaxis(x, layer.axis, -1)
    # Caffe sorts pairs of value and index downwards: of equal values the last one comes first.
    order = scores.shape[-1] - 1 - np.argsort(-scores[..., ::-1], axis=-1, kind="stable")[..., : layer.top]
    values = np.take_along_axis(scores, order, -1)
    if layer.axis is not None:
        return np.moveaxis(values if layer.values else order, -1, layer.axis)
    found = np.stack([order, values], 1) if layer.values else order[:, None]
    return found.reshape(*found.shape, *(1,) * (x.ndim - 3))


@computes(L.Crop)
def crop(layer: Any, x: Array, like: Array) -> Array:
    axis = layer.axis % x.ndim
    cuts = [slice(offset, offset + size) for offset, size in zip(layer.offsets(x.ndim), like.shape[axis:], strict=True)]
    return x[(slice(None),) * axis + tuple(cuts)]


@computes(L.Reduction)
def reduction(layer: Any, x: Array) -> Array:
    flat = x.reshape(*x.shape[: layer.axis % x.ndim], -1)
    takes = {"abs_sum": np.abs(flat).sum(-1), "square_sum": (flat**2).sum(-1), "mean": flat.mean(-1)}
    takes |= {"max": flat.max(-1), "min": flat.min(-1), "product": flat.prod(-1)}
    return np.asarray(layer.coefficient * takes.get(layer.function, flat.sum(-1)))


@computes(L.Slice)
def cut(layer: Any, x: Array) -> tuple[Array, ...]:
    return tuple(np.split(x, layer.pieces if layer.points is None else list(layer.points), layer.axis))


def _softmax(layer: Any, x: Array) -> Array:
    powers = np.exp(x - x.max(layer.axis, keepdims=True))
    return powers / powers.sum(layer.axis, keepdims=True)


def _relu(layer: Any, x: Array) -> Array:
    leaky = np.where(x > 0, x, x * layer.negative_slope)
    return leaky if layer.maximum is None else np.minimum(leaky, layer.maximum)


def _add(layer: Any, *terms: Array) -> Array:
    return sum(c * x for c, x in zip(layer.coefficients or [1] * len(terms), terms, strict=True))  # type: ignore[return-value]


def _function(layer: Any, x: Array) -> Array:
    if layer.function == "erf":
        return np.vectorize(math.erf)(x)
    return getattr(np, layer.function.replace("a", "arc", 1) if layer.function[0] == "a" else layer.function)(x)


def _reshaped(layer: Any, x: Array) -> Array:
    return x.reshape(layer.shape(x.shape))


COMPUTE.update(
    {
        L.ReLU: _relu,
        L.ELU: lambda layer, x: np.where(x > 0, x, layer.alpha * np.expm1(x)),
        L.Sigmoid: lambda layer, x: 1 / (1 + np.exp(-x)),
        L.Tanh: lambda layer, x: np.tanh(x),
        L.Abs: lambda layer, x: np.abs(x),
        L.Softplus: lambda layer, x: np.logaddexp(0, x),
        L.HardSigmoid: lambda layer, x: np.clip(layer.slope * x + 0.5, 0, 1),
        L.HardSwish: lambda layer, x: x * np.clip(x / 6 + 0.5, 0, 1),
        L.Function: _function,
        L.MatMul: lambda layer, a, b: np.matmul(a, b),
        L.Compare: lambda layer, a, b: getattr(np, layer.relation)(a, b).astype(float),
        L.Select: lambda layer, by, a, b: np.where(by != 0, a, b),
        L.Swish: lambda layer, x: x / (1 + np.exp(-layer.beta * x)),
        L.Clip: lambda layer, x: x.clip(layer.minimum, layer.maximum),
        L.Threshold: lambda layer, x: (x > layer.threshold).astype(float),
        L.Power: lambda layer, x: (layer.shift + layer.scale * x) ** layer.power,
        L.Exp: lambda layer, x: (layer.base or np.e) ** (layer.shift + layer.scale * x),
        L.Log: lambda layer, x: np.log(layer.shift + layer.scale * x) / np.log(layer.base or np.e),
        L.Dropout: lambda layer, x: x,
        L.Identity: lambda layer, x: x,
        L.Softmax: _softmax,
        L.Concat: lambda layer, *xs: np.concatenate(xs, layer.axis),
        L.Add: _add,
        L.Multiply: lambda layer, *xs: np.prod(xs, axis=0),
        L.Maximum: lambda layer, *xs: np.max(xs, axis=0),
        L.Subtract: lambda layer, a, b: a - b,
        L.Divide: lambda layer, a, b: a / b,
        L.Flatten: _reshaped,
        L.Reshape: _reshaped,
        L.Permute: lambda layer, x: x.transpose(layer.order),
        L.Tile: lambda layer, x: np.concatenate([x] * layer.times, layer.axis),
        L.Mean: lambda layer, x: x.mean(layer.axes, keepdims=True),
        L.Reverse: lambda layer, x: np.flip(x, layer.axis),
        L.RaiseTo: lambda layer, a, b: a**b,
        L.TakeAlong: lambda layer, x, index: np.take_along_axis(x, index.astype(int), layer.axis),
        L.BatchReindex: lambda layer, x, index: x[index.astype(int)],
        L.Constant: lambda layer, value: value,
    }
)


def _shares(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def _attend(query: Array, key: Array, value: Array, scale: float | None, causal: bool, mask: Array) -> Array:
    scores = np.einsum("...le,...se->...ls", query, key) * (query.shape[-1] ** -0.5 if scale is None else scale) + mask
    if causal:
        scores = np.where(np.tri(*scores.shape[-2:], dtype=bool), scores, -np.inf)
    return np.einsum("...ls,...sv->...lv", _shares(scores), value)


@computes(L.Attention)
def attention(layer: Any, query: Array, key: Array, value: Array, *mask: Array) -> Array:
    return _attend(query, key, value, layer.scale, layer.causal, mask[0] if mask else np.zeros(()))


@computes(L.MultiHeadAttention)
def multi_head_attention(layer: Any, *inputs: Array, **weights: Array) -> Array:
    heads = []
    for name, x in zip(("query", "key", "value"), inputs, strict=True):
        given = x @ weights[f"{name}_kernel"].T + weights.get(f"{name}_bias", 0)
        heads.append(given.reshape(*given.shape[:2], layer.heads, -1).swapaxes(1, 2))
    mixed = _attend(*heads, None, layer.causal, np.zeros(())).swapaxes(1, 2)
    return mixed.reshape(*mixed.shape[:2], -1) @ weights["result_kernel"].T + weights.get("result_bias", 0)
