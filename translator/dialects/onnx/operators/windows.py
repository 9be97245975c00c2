"""Convolutions, pooling and borders."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ir import layers as L
from ir.shapes import axis_of, same_pad, window_count
from ir.weights import Tensor, of_array
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.values import Value
from translator.gathering import of_rank
from translator.mapping import Unsayable
from translator.terms import bounded, counted

Pads = list[tuple[int, int]]


def _list(site: Site, name: str, rank: int, default: int) -> list[int]:
    """Return an attribute with a value for each spatial axis."""
    found = site.get(name) or [default] * rank
    if len(found) != rank or min(found) < default:
        raise ValueError(f"has {list(found)} for {name}, where {rank} numbers from {default} on are wanted")
    return list(found)


def pads_of(site: Site, x: Value, kernel: list[int], strides: list[int], dilations: list[int]) -> Pads:
    """Return the border of each spatial axis: as it is given, or such that all windows of a stride fit."""
    rank = len(kernel)
    auto = site.get("auto_pad", "NOTSET") or "NOTSET"
    if auto == "VALID":
        return [(0, 0)] * rank
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        space = certain(x.dims[2:])
        found = [same_pad(*each) for each in zip(space, kernel, strides, dilations, strict=True)]
        return found if auto == "SAME_UPPER" else [(after, before) for before, after in found]
    if auto != "NOTSET":
        raise ValueError(f"has the unknown auto_pad {auto!r}")
    pads = site.get("pads") or [0] * 2 * rank
    if len(pads) != 2 * rank:
        raise ValueError(f"has {len(pads)} values for pads, where {2 * rank} are wanted")
    return list(zip(pads[:rank], pads[rank:], strict=True))


def _kernel(site: Site, weight: Tensor, x: Value) -> list[int]:
    """Return the size of a convolution's windows, which its weights say."""
    rank = x.rank - 2
    if len(weight.shape) != x.rank or rank < 1:
        raise ValueError(f"has weights of the shape {weight.shape} for an input of {x.rank} axes")
    kernel = list(weight.shape[2:])
    if list(site.get("kernel_shape") or kernel) != kernel:
        raise ValueError(f"has weights for windows of {kernel}, not {list(site.get('kernel_shape'))}")
    return kernel


def _with_bias(site: Site, filters: int) -> dict[str, Tensor]:
    weights = {"kernel": site.weight(1)}
    if site.has(2):
        if site.weight(2).shape != (filters,):
            raise ValueError(f"has a bias of the shape {site.weight(2).shape} for {filters} filters")
        weights["bias"] = site.weight(2)
    return weights


def convolution(site: Site) -> list[Value]:
    """Read a Conv whose weights the file holds."""
    return [convolve(site, site.x, _with_bias(site, site.weight(1).shape[0]))]


def convolve(site: Site, x: Value, weights: dict[str, Tensor]) -> Value:
    """Return the convolution of a tensor with the settings of an operator."""
    weight = weights["kernel"]
    kernel = _kernel(site, weight, x)
    rank, groups = len(kernel), site.get("group", 1)
    strides, dilations = _list(site, "strides", rank, 1), _list(site, "dilations", rank, 1)
    layer = of_rank("Conv", rank)(
        filters=weight.shape[0],
        kernel=kernel,
        stride=strides,
        pad=pads_of(site, x, kernel, strides, dilations),
        dilation=dilations,
        groups=groups,
        bias="bias" in weights,
    )
    return site.layer(layer, x, weights=weights)


def transposed(site: Site) -> list[Value]:
    """Read a ConvTranspose whose weights the file holds; it may say the size of its output, or the border."""
    x, weight = site.x, site.weight(1)
    kernel = _kernel(site, weight, x)
    rank, groups = len(kernel), site.get("group", 1)
    strides, dilations = _list(site, "strides", rank, 1), _list(site, "dilations", rank, 1)
    extra = _list(site, "output_padding", rank, 0)
    filters = weight.shape[1] * groups
    layer = of_rank("ConvTranspose", rank)(
        filters=filters,
        kernel=kernel,
        stride=strides,
        pad=_border(site, x, kernel, strides, dilations, extra),
        dilation=dilations,
        groups=groups,
        bias=site.has(2),
        output_pad=extra,
    )
    return site.add(layer, x, weights=_with_bias(site, filters))


def _border(
    site: Site, x: Value, kernel: list[int], strides: list[int], dilations: list[int], extra: list[int]
) -> Pads:
    """Return the border that a ConvTranspose cuts off."""
    rank, auto = len(kernel), site.get("auto_pad", "NOTSET") or "NOTSET"
    wanted = site.get("output_shape")
    if not wanted and not auto.startswith("SAME"):
        return pads_of(site, x, kernel, strides, dilations)
    space = certain(x.dims[2:])
    sizes = list(wanted)[-rank:] if wanted else [size * stride for size, stride in zip(space, strides, strict=True)]
    found = []
    for size, want, k, s, d, more in zip(space, sizes, kernel, strides, dilations, extra, strict=True):
        total = s * (size - 1) + more + (k - 1) * d + 1 - want
        if total < 0:
            raise Unsayable("its output is larger than what the windows cover")
        half = total // 2
        found.append((half, total - half) if auto == "SAME_UPPER" else (total - half, half))
    return found


def pool(site: Site) -> list[Value]:
    """Read a MaxPool or an AveragePool."""
    x = site.x
    rank = x.rank - 2
    if rank < 1 or not site.get("kernel_shape"):
        raise ValueError(f"pools an input of {x.rank} axes over windows of {site.get('kernel_shape')}")
    kernel, strides = _list(site, "kernel_shape", rank, 1), _list(site, "strides", rank, 1)
    dilations = _list(site, "dilations", rank, 1)
    pads = pads_of(site, x, kernel, strides, dilations)
    if site.is_wanted(1):
        return _with_places(site, x, {"kernel": kernel, "stride": strides, "pad": pads}, dilations)
    if set(dilations) != {1}:
        return [_with_gaps(site, x, kernel, strides, pads, dilations)]
    if any(pad < 0 or pad >= size for border, size in zip(pads, kernel, strict=True) for pad in border):
        raise Unsayable("a border is as wide as the window")
    facts = {"kernel": kernel, "stride": strides, "pad": pads, "rounding": "ceil" if site.get("ceil_mode") else "floor"}
    if site.kind == "AveragePool":
        counted = bool(site.get("count_include_pad", 0)) or not any(map(any, pads))
        return site.add(of_rank("AvgPool", rank)(**facts, count_pad=counted), x)
    return site.add(of_rank("MaxPool", rank)(**facts), x)


def _with_places(site: Site, x: Value, facts: dict[str, Any], dilations: list[int]) -> list[Value]:
    """Read a MaxPool of images that tells where the largest values stood in the whole tensor."""
    if x.rank != 4 or set(dilations) != {1}:
        raise Unsayable("where the largest values stood is told of images alone, and without gaps")
    images, channels, height, width = certain(x.dims, "the size of its images")
    layer = L.MaxPoolIndices2D(**facts, rounding="ceil" if site.get("ceil_mode") else "floor")
    largest, places = site.add(layer, x)
    of = Terms(site)
    if site.get("storage_order", 0):  # Column by column.
        row = of.floor(of.by(places, float(width)))
        column = of.add(places, of.line(row, -float(width)))
        places = site.layer(L.Add(coefficients=(float(height), 1.0)), column, row)
    first = counted(images * channels).reshape(images, channels, 1, 1) * height * width
    return [largest, of.typed(of.add(places, of.constant(first)), "int64")]


def _with_gaps(site: Site, x: Value, kernel: list[int], strides: list[int], pads: Pads, dilations: list[int]) -> Value:
    """Pool over windows with gaps: a border that stands for the windows that are only partly there is made whole.

    A mean is a convolution of each channel on its own with one weight everywhere, and where not all windows have as
    many elements, a share for each.
    """
    rank, mean, given = len(kernel), site.kind == "AveragePool", pads
    facts: dict[str, Any] = {"kernel": kernel, "stride": strides, "dilation": dilations}
    reach = [dilation * (size - 1) + 1 for size, dilation in zip(kernel, dilations, strict=True)]
    if site.get("ceil_mode"):
        axes = zip(certain(x.dims[2:]), reach, strides, pads, strict=True)
        ends = [(window_count(size, far, s, pad, ceil=True) - 1) * s + far - size for size, far, s, pad in axes]
        pads = [(before, max(after, end - before)) for (before, after), end in zip(pads, ends, strict=True)]
    if any(pad >= far for border, far in zip(pads, reach, strict=True) for pad in border):
        raise Unsayable("a border is as wide as the window")
    if not mean:
        return site.layer(of_rank("MaxPool", rank)(**facts, pad=pads), x)
    (channels,) = certain(x.dims[1:2])
    even = pads == given and (bool(site.get("count_include_pad", 0)) or not any(map(any, pads)))
    share = 1 / prod(kernel) if even else 1.0
    weight = Tensor((channels, 1, *kernel), lambda: np.full((channels, 1, *kernel), share, np.float32))
    layer = of_rank("Conv", rank)(filters=channels, groups=channels, pad=pads, bias=False, **facts)
    total = site.layer(layer, x, weights={"kernel": weight})
    if even:
        return total
    shares = _shares(site, certain(x.dims[2:]), certain(total.dims[2:]), layer, given)
    return site.layer(L.Scale(axis=2, count=rank), total, weights={"gamma": shares})


def _shares(site: Site, space: tuple[int, ...], out: tuple[int, ...], layer: Any, given: Pads) -> Tensor:
    """Return one over how many elements count in each window: those of the image, and of its border as it was given."""
    found = np.ones(())
    bounded(prod(out))
    for axis, (size, count, border) in enumerate(zip(space, out, given, strict=True)):
        before, after = border if site.get("count_include_pad", 0) else (0, 0)
        bounded(count * layer.kernel[axis])
        starts = np.arange(count)[:, None] * layer.stride[axis] - layer.pad[axis][0]
        places = starts + np.arange(layer.kernel[axis]) * layer.dilation[axis]
        found = np.multiply.outer(found, ((places >= -before) & (places < size + after)).sum(1))
    if not found.all():
        raise Unsayable("a window is all border")
    return of_array(np.asarray(1 / found, np.float32))


def by_power(site: Site) -> list[Value]:
    """Read an LpPool: the root of the sum of powers, of which a mean pooling gives a share."""
    x, power = site.x, site.get("p", 2)
    rank = x.rank - 2
    kernel, strides = _list(site, "kernel_shape", rank, 1), _list(site, "strides", rank, 1)
    dilations = _list(site, "dilations", rank, 1)
    pads = pads_of(site, x, kernel, strides, dilations)
    if site.get("ceil_mode") or power < 1:
        raise Unsayable("its last window is a partial one" if power > 0 else f"it takes the root {power}")
    powers = site.layer(L.Power(power=float(power)), x if power % 2 == 0 else site.layer(L.Abs(), x))
    (channels,) = certain(x.dims[1:2])
    ones = Tensor((channels, 1, *kernel), lambda: np.ones((channels, 1, *kernel), np.float32))
    facts = {"kernel": kernel, "stride": strides, "dilation": dilations, "pad": pads}
    layer = of_rank("Conv", rank)(filters=channels, groups=channels, bias=False, **facts)
    total = site.layer(layer, powers, weights={"kernel": ones})
    return [total] if power == 1 else site.add(L.Power(power=1 / power), total)


def pad(site: Site) -> list[Value]:
    """Read a Pad: of the spatial axes, or of others, which are brought behind those that stay for that."""
    x, mode = site.x, site.get("mode", "constant")
    site.only("mode", "constant", "edge", "reflect", "wrap")
    borders = _borders(site, x)
    value = site.scalar("value", 2, 0.0) if mode == "constant" else 0.0
    padded = [axis for axis, border in borders.items() if any(border)]
    if not padded:
        return site.add(L.Identity(), x)
    if abs(value) == float("inf") and value > 0:
        raise Unsayable(f"its border holds {value}")
    ahead = max(0, 2 - (x.rank - len(padded)), 3 - x.rank) if min(padded) < 2 or x.rank < 3 else 0
    order = [axis for axis in range(x.rank) if axis not in padded] + padded if min(padded) < 2 else list(range(x.rank))
    if ahead:
        x = site.layer(L.Reshape(sizes=(1,) * ahead, axis=0, count=0), x)
        order = [*range(ahead), *(axis + ahead for axis in order)]
    straight = order == sorted(order)
    turned = x if straight else site.layer(L.Permute(order=order), x)
    sizes = [borders.get(axis - ahead, (0, 0)) for axis in order[2:]]
    layer = of_rank("Pad", x.rank - 2)(pad=sizes, value=None if value == float("-inf") else value, mode=mode)
    found = site.layer(layer, turned)
    if not straight:
        found = site.layer(L.Permute(order=[order.index(axis) for axis in range(x.rank)]), found)
    return [site.layer(L.Reshape(sizes=(), axis=0, count=ahead), found) if ahead else found]


def _borders(site: Site, x: Value) -> dict[int, tuple[int, int]]:
    """Return what is added before and behind each axis that is named, or all."""
    pads = site.wholes("pads", 1)
    if pads is None:
        raise ValueError("has no pads")
    named = site.wholes("axes", 3)
    axes = list(range(x.rank)) if named is None else [axis_of(axis, x.rank) for axis in named]
    if len(pads) != 2 * len(axes):
        raise ValueError(f"has {len(pads)} pads for {len(axes)} axes")
    return dict(sorted(zip(axes, zip(pads[: len(axes)], pads[len(axes) :], strict=True), strict=True)))


READERS = {
    "Conv": convolution,
    "ConvTranspose": transposed,
    "MaxPool": pool,
    "AveragePool": pool,
    "Pad": pad,
    "LpPool": by_power,
}
