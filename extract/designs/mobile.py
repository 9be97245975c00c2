"""Blocks of nets for small machines, whose insides are published: what a reading of one adds to a graph."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from extract.designs.assembly import Assembly
from extract.designs.axes import CONVOLUTIONS, WHOLE
from extract.words.reading import Reading
from ir import layers as L
from ir.graph import Ref
from ir.layer import Layer, ShapeError

_WHOLE = WHOLE["gavgpool"]


def in_pairs(readings: Sequence[Reading]) -> list[Reading]:
    """Return layers, filters of each channel and 1 x 1 convolutions that come as often one behind the other.

    Source: Howard et al., MobileNets, table 1: 5 × (Conv dw / s1; Conv / s1).
    """
    found: list[Reading] = []
    for each in readings:
        before = found[-1] if found else each
        point = each.kind == "conv" and {*each.params.get("kernel", ())} == {1} and not each.block
        if point and before.kind == "dwconv" and before.times == each.times > 1:
            pair = replace(before, times=1), replace(each, times=1)
            found[-1] = Reading("block", {}, (), each.times, pair, f"{before.text}; {each.text}")
        else:
            found.append(each)
    return found


def inverted_residual(to: Assembly, reading: Reading, turn: int) -> None:
    """Add a block that widens, filters each channel, and narrows again; joined with what it takes where that fits.

    Sources: Sandler et al., MobileNetV2, table 1; Howard et al., Searching for MobileNetV3, figure 4; Tan and Le,
    EfficientNet, section 4 (MBConv with squeeze-and-excitation of a quarter of the channels that come in).
    """
    params, start, before = reading.params, to.tip, to.shape
    channels = int(before[1] or 0)
    width = params.get("filters")
    if width is None:
        raise ShapeError("has no number of channels")
    if reading.kind == "bottleneck" and not params.keys() & {"expand", "expanded"}:
        raise ShapeError("is a bottleneck of which it is not said how much it widens")
    wide = params.get("expanded") or channels * params.get("expand", 1)
    is_mbconv = reading.kind == "mbconv" and "gate" not in params
    activation = next((post for post in reading.posts if post not in ("bn", "ln")), "swish" if is_mbconv else "relu6")
    stride = params.get("stride", (1, 1)) if turn == 0 else (1, 1)
    kernel = params.get("kernel", (3, 3))
    if wide != channels:
        _normed(to, L.Conv2D(filters=wide, kernel=1, bias=False), activation)
    pad = [size // 2 for size in kernel]
    depthwise = L.Conv2D(filters=wide, kernel=kernel, stride=stride, pad=pad, groups=wide, bias=False)
    _normed(to, depthwise, activation)
    if is_mbconv:
        gate(to, max(1, channels // 4), "sigmoid", activation)
    elif params.get("gate"):
        gate(to, divisible(wide / 4), "hsigmoid", "relu")
    _normed(to, L.Conv2D(filters=width, kernel=1, bias=False))
    if to.shape == before:
        to.add(L.Add(), "add", to.tip, start)


def fused(to: Assembly, reading: Reading, turn: int) -> None:
    """Add a block whose first convolution widens and filters at once. Source: Tan and Le, EfficientNetV2, figure 2."""
    params, start, before = reading.params, to.tip, to.shape
    width, kernel = params.get("filters"), params.get("kernel", (3, 3))
    if width is None:
        raise ShapeError("has no number of channels")
    wide = int(before[1] or 0) * params.get("expand", 1)
    stride = params.get("stride", (1, 1)) if turn == 0 else (1, 1)
    pad, whole = [size // 2 for size in kernel], wide == before[1]
    first = L.Conv2D(filters=width if whole else wide, kernel=kernel, stride=stride, pad=pad, bias=False)
    _normed(to, first, "swish")
    if not whole:
        _normed(to, L.Conv2D(filters=width, kernel=1, bias=False))
    if to.shape == before:
        to.add(L.Add(), "add", to.tip, start)


def shuffle_unit(to: Assembly, reading: Reading, turn: int) -> None:
    """Add a unit of grouped 1 x 1 convolutions with their channels shuffled between them.

    Source: Zhang et al., ShuffleNet, figure 2 and section 3.2: the middle has a quarter of the channels; a unit with a
    stride joins an average of what it takes; the first convolution behind the stem has no groups.
    """
    groups, width, start, before = reading.params.get("groups", 1), reading.params.get("filters"), to.tip, to.shape
    if width is None:
        raise ShapeError("has no number of channels")
    channels, kernel = int(before[1] or 0), reading.params.get("kernel", (3, 3))
    stride, pad = reading.params.get("stride", (1, 1)) if turn == 0 else (1, 1), [size // 2 for size in kernel]
    narrows, middle = max(stride) > 1, width // 4
    first = groups if channels >= middle else 1
    _normed(to, L.Conv2D(filters=middle, kernel=1, groups=first, bias=False), "relu")
    if groups > 1:
        to.add(L.ChannelShuffle(groups=groups), "shuffle")
    _normed(to, L.Conv2D(filters=middle, kernel=kernel, stride=stride, pad=pad, groups=middle, bias=False))
    own = width - channels if narrows else width
    _normed(to, L.Conv2D(filters=own, kernel=1, groups=groups, bias=False))
    if narrows:
        end, grown = to.tip, to.shape
        to.go_to(start, before)
        pooled = to.add(L.AvgPool2D(kernel=3, stride=stride, pad=1), "pool")
        to.go_to(end, grown)
        to.add(L.Concat(), "concat", pooled, end)
    elif to.shape == before:
        to.add(L.Add(), "add", to.tip, start)
    to.act("relu")


def split_unit(to: Assembly, reading: Reading, turn: int) -> None:
    """Add a unit that works on half of the channels and shuffles both halves.

    Source: Ma et al., ShuffleNet V2, figure 3 (c) and (d).
    """
    width, start, before = reading.params.get("filters"), to.tip, to.shape
    if width is None:
        raise ShapeError("has no number of channels")
    stride = reading.params.get("stride", (1, 1)) if turn == 0 else (1, 1)
    half, kernel = width // 2, reading.params.get("kernel", (3, 3))
    pad = [size // 2 for size in kernel]
    if max(stride) > 1:
        channels = int(before[1] or 0)
        first = L.Conv2D(filters=channels, kernel=kernel, stride=stride, pad=pad, groups=channels, bias=False)
        _normed(to, first)
        beside = _normed(to, L.Conv2D(filters=half, kernel=1, bias=False), "relu")
        to.go_to(start, before)
    else:
        beside, own = to.halves()
        to.go_to(own, to.shapes[own])
    _normed(to, L.Conv2D(filters=half, kernel=1, bias=False), "relu")
    _normed(to, L.Conv2D(filters=half, kernel=kernel, stride=stride, pad=pad, groups=half, bias=False))
    _normed(to, L.Conv2D(filters=half, kernel=1, bias=False), "relu")
    to.add(L.Concat(), "concat", beside, to.tip)
    to.add(L.ChannelShuffle(groups=2), "shuffle")


def ghost_bottleneck(to: Assembly, reading: Reading, turn: int) -> None:
    """Add a bottleneck of Ghost modules. Source: Han et al., GhostNet, figures 2 and 3, and the published code."""
    params, start, before = reading.params, to.tip, to.shape
    width, channels = params.get("filters"), int(before[1] or 0)
    wide = params.get("expanded") or channels * params.get("expand", 1)
    if width is None:
        raise ShapeError("has no number of channels")
    stride = params.get("stride", (1, 1)) if turn == 0 else (1, 1)
    kernel = params.get("kernel", (3, 3))
    if "kernel" not in params and max(stride) > 1:
        to.ask_once(f"{reading.text!r} and others alike: how large are the windows of those that step? 3 x 3 is taken")
    pad = [size // 2 for size in kernel]
    _ghost(to, wide, "relu")
    if max(stride) > 1:
        _normed(to, L.Conv2D(filters=wide, kernel=kernel, stride=stride, pad=pad, groups=wide, bias=False))
    if params.get("gate"):
        gate(to, divisible(wide / 4, 4), "hsigmoid", "relu")
    _ghost(to, width)
    end, grown = to.tip, to.shape
    if grown != before:
        to.go_to(start, before)
        _normed(to, L.Conv2D(filters=channels, kernel=kernel, stride=stride, pad=pad, groups=channels, bias=False))
        start = _normed(to, L.Conv2D(filters=width, kernel=1, bias=False))
    to.add(L.Add(), "add", end, start)


def _ghost(to: Assembly, width: int, activation: str = "") -> None:
    """Add a module that makes half of its channels by a filter for each of the others."""
    half = (width + 1) // 2
    first = _normed(to, L.Conv2D(filters=half, kernel=1, bias=False), activation)
    cheap = _normed(to, L.Conv2D(filters=half, kernel=3, pad=1, groups=half, bias=False), activation)
    to.add(L.Concat(), "concat", first, cheap)


def divisible(width: float, by: int = 8) -> int:
    """Return a width that hardware likes: a multiple of 8, not less than nine tenths of what was meant.

    Source: Sandler et al., MobileNetV2, the published code.

    >>> divisible(72 / 4), divisible(120 / 4)
    (24, 32)
    """
    rounded = max(by, int(width + by / 2) // by * by)
    return rounded + by if rounded < 0.9 * width else rounded


def _normed(to: Assembly, convolution: Layer, activation: str = "") -> Ref:
    to.add(convolution, "conv")
    to.add(L.BatchNorm(), "norm")
    return to.act(activation) if activation else to.tip


def gate(to: Assembly, squeezed: int, factor: str = "sigmoid", activation: str = "relu") -> None:
    """Add a squeeze-and-excitation: a factor for each channel. Source: Hu et al., Squeeze-and-Excitation Networks."""
    start, channels, axes = to.tip, int(to.shape[1] or 1), len(to.shape) - len("nc")
    pool, convolution = _WHOLE.get(axes, L.GlobalAvgPool2D), CONVOLUTIONS.get(axes, L.Conv2D)
    to.add(pool(), "squeeze")
    to.add(convolution(filters=squeezed, kernel=1), "reduce")
    to.act(activation)
    to.add(convolution(filters=channels, kernel=1), "expand")
    to.add(L.ScaleBy(axis=0), "scale", start, to.act(factor))


def squeezing(to: Assembly, reading: Reading, turn: int) -> None:
    """Add a squeeze-and-excitation by itself, of which it is said how much it narrows: `SE block (r = 16)`."""
    gate(to, max(1, int(to.shape[1] or 1) // reading.params["ratio"]))


def in_units(readings: Sequence[Reading], caption: str, config: str) -> list[Reading]:
    """Return layers, the stages of a ShuffleNet as its units; the name of a design may say how many groups."""
    if not re.search(r"shuffle-?net", caption, re.IGNORECASE):
        return list(readings)
    second = re.search(r"shuffle-?net ?-?v2", caption, re.IGNORECASE)
    told = re.search(r"\bg ?= ?(\d+)", config)
    params: dict[str, Any] = {"groups": int(told[1])} if told else {}
    if side := _side_of_depthwise(caption):
        params["kernel"] = (side, side)
    kind = "split_unit" if second else "shuffle_unit"
    return [
        replace(each, kind=kind, params=each.params | params) if each.kind == "stage" else each for each in readings
    ]


def _side_of_depthwise(caption: str) -> int:
    """Return how large the windows are that a caption says filters for each channel have; 0 where it says none.

    >>> _side_of_depthwise("but replaces 3×3 depthwise convolutions with 5×5 depthwise convolutions")
    5
    """
    told = re.findall(r"(?:\b(with|by|of|to) )?(\d) ?× ?\2 (?:depth-?wise|dw)\b", caption, re.IGNORECASE)
    sides = {int(side) for _, side in told}
    instead = {int(side) for by, side in told if by}
    return sides.pop() if len(sides) == 1 else instead.pop() if len(instead) == 1 else 0
