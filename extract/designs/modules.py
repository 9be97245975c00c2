"""Modules that papers name and whose insides are published elsewhere: what a reading of one adds to a graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from extract.designs.assembly import Assembly
from extract.designs.axes import space_of
from extract.designs.branches import fire, inception
from extract.designs.convnext import convnext_block
from extract.designs.fitting import fit
from extract.designs.mobile import (
    fused,
    gate,
    ghost_bottleneck,
    inverted_residual,
    shuffle_unit,
    split_unit,
    squeezing,
)
from extract.designs.padding import border, cut
from extract.designs.residual import residual
from extract.designs.sequences import by_columns, embedding, recurrent, repeat
from extract.designs.sums import compare_channels
from extract.designs.unpooling import unpooled
from extract.designs.unsaid_windows import separable_window
from extract.designs.widening import transposed
from extract.words.families import RECURRENT
from extract.words.reading import Reading
from ir import layers as L
from ir.layer import Layer, ShapeError
from ir.shapes import image_of

LEAST = 1e-5
"""What is added to a variance, so that it has a root."""


def dense_block(to: Assembly, reading: Reading, turn: int) -> None:
    """Add a layer of a block whose layers all see each other. Source: Huang et al., DenseNet, section 3 (-BC)."""
    if "growth" not in reading.params:
        raise ShapeError("is a dense block whose growth is not said")
    start, growth = to.tip, reading.params["growth"]
    kernels = [each.params.get("kernel", (3, 3)) for each in reading.block]
    for i, kernel in enumerate(kernels):
        last = i == len(kernels) - 1
        _before(to, L.Conv2D(filters=growth if last else 4 * growth, kernel=kernel, pad=kernel[0] // 2, bias=False))
    to.add(L.Concat(), "concat", start, to.tip)


def transition(to: Assembly, reading: Reading, turn: int) -> None:
    """Add the convolution between two such blocks, which halves the channels, or gives as many as are said.

    Source: as above, section 3.
    """
    filters = reading.params.get("filters") or int(to.shape[1] or 2) // 2
    _before(to, L.Conv2D(filters=filters, kernel=1, bias=False))


def in_dense_blocks(readings: Sequence[Reading], caption: str) -> list[Reading]:
    """Return layers, those of a DenseNet with the widths that follow from the growth rate in its caption.

    Source: Huang et al., Densely Connected Convolutional Networks, section 3 and table 1.
    """
    told = re.search(r"growth rate\D{0,60}?\bk\s*=\s*(\d+)", caption, re.IGNORECASE)
    if told is None:
        return list(readings)
    growth, first = int(told[1]), next((i for i, each in enumerate(readings) if each.kind != "input"), 0)
    found: list[Reading] = []
    for i, each in enumerate(readings):
        bare = each.kind == "conv" and "filters" not in each.params
        between = each.kind == "conv" and any(before.kind == "dense_block" for before in found[-1:])
        if each.block and all("filters" not in inner.params for inner in each.block):
            each = replace(each, kind="dense_block", params={**each.params, "growth": growth})
        elif bare and i == first:
            posts = tuple(dict.fromkeys(("bn", "relu", *each.posts)))
            each = replace(each, params={**each.params, "filters": 2 * growth, "bias": False}, posts=posts)
        elif (bare or between) and each.params.get("kernel") == (1, 1):
            each = replace(each, kind="transition")
        elif each.kind == "gavgpool" and any(before.kind == "dense_block" for before in found[-1:]):
            found += [Reading("bn", text="BN"), Reading("relu", text="ReLU")]
        found.append(each)
    return found


def max_feature_map(to: Assembly, reading: Reading, turn: int) -> None:
    """Add the larger of both halves of the features. Source: Wu et al., A Light CNN, section 3.1 (MFM 2/1)."""
    first, second = to.halves()
    to.add(L.Maximum(), "mfm", first, second)


def statistics(to: Assembly, reading: Reading, turn: int) -> None:
    """Add the means and standard deviations over time, strung together.

    Source: Snyder et al., X-Vectors: Robust DNN Embeddings for Speaker Recognition, section 2.1.
    """
    if len(to.shape) != len("ntc"):
        raise ShapeError("takes means and deviations over time, and {0} gives no sequence")
    if to.features == 2:
        to.add(L.Permute(order=(0, 2, 1)), "permute")
    steps = to.tip
    mean = to.add(L.GlobalAvgPool1D(), "mean")
    to.add(L.Subtract(), "difference", steps, mean)
    to.add(L.Power(power=2.0), "square")
    to.add(L.GlobalAvgPool1D(), "variance")
    to.add(L.Concat(), "concat", mean, to.add(L.Power(power=0.5, shift=LEAST), "deviation"))


def separable(to: Assembly, reading: Reading, turn: int) -> None:
    """Add a filter for each channel and a 1 x 1 convolution behind it.

    Sources: Chollet, Xception, section 1.1; Cui et al., PP-LCNet, figure 2 (where a squeeze-and-excitation is).
    """
    params, channels = reading.params, int(to.shape[1] or 1)
    kernel = params.get("kernel") or separable_window(to, reading, channels)
    dilation = params.get("dilation", 1)
    apart = (dilation,) * len(kernel) if isinstance(dilation, int) else dilation
    each: dict[str, Any] = {"filters": channels, "groups": channels, "dilation": dilation, "bias": False}

    def made(stride: Sequence[int], pad: Any, rounding: str) -> Layer:
        return L.Conv2D(kernel=kernel, stride=stride, pad=pad, **each)

    space = space_of(params.get("output", ()), params.get("filters", channels), 2)
    fit(to, reading, made, kernel, params.get("stride"), (1, 1), space, ("floor",), apart)
    if reading.params.get("gate"):
        gate(to, max(1, channels // 4))
        to.infer(f"the squeeze-and-excitation of {reading.text!r} is between both, of a quarter of the channels")
    filters = params.get("filters", channels)
    bias = params.get("count") != prod((*kernel, channels)) + channels * filters
    to.add(L.Conv2D(filters=filters, kernel=1, bias=bias), "conv")
    _behind(to, reading)


def widening(to: Assembly, reading: Reading, turn: int) -> None:
    """Add a transposed convolution, which makes an image larger by its stride: 2, where none is said.

    Of a vector it takes each number as a channel of one pixel, which is asked. Source: Radford et al., DCGAN, figure 1.
    """
    if len(to.shape) == len("nc") and to.shape[1]:
        to.ask(f"{reading.text!r} takes an image, but {to.shape[1]} numbers come in: one pixel of so many is taken")
        to.add(L.Reshape(sizes=(to.shape[1], *(1,) * (reading.params.get("axes") or 2)), axis=1), "pixel")
    compare_channels(to, reading)
    to.add(transposed(to, reading), "deconv")
    _behind(to, reading)


def repeating(to: Assembly, reading: Reading, turn: int) -> None:
    """Add an upsampling that repeats pixels, 2 times where it is not said how often."""
    if len(to.shape) != 4:
        raise ShapeError("wants an image, but {0} gives none")
    scale = reading.params.get("stride") or reading.params.get("kernel")
    output, space = reading.params.get("output", ()), to.shape[2:]
    if scale is None and len(output) > 1 and all(space):
        scale = tuple(max(1, after // (size or 1)) for after, size in zip(output, space, strict=False))
    if scale is None:
        to.infer(f"{reading.text!r} makes the image 2 times larger, as is usual")
    scale = scale or (2, 2)
    if "bilinear" in reading.text.lower() and all(space):
        to.infer_once("what is resized bilinearly has its corners between those of the pixels, as is usual")
        size = tuple((each or 1) * by for each, by in zip(space, scale, strict=True))
        to.add(L.ResizeBilinear2D(size=size, corners=False), "resize")
    else:
        to.add(L.Upsample2D(scale=scale), "upsample")
    _behind(to, reading)


def subpixel(to: Assembly, reading: Reading, turn: int) -> None:
    """Add what lays channels out as pixels. Source: Shi et al., Real-Time Single Image Super-Resolution, 3.2."""
    _, channels, height, width = to.shape if len(to.shape) == 4 else (None, 0, 0, 0)
    output = reading.params.get("output", ())
    by = output[0] // height if len(output) > 1 and height else reading.params.get("kernel", (2,))[0]
    if not channels or not height or not width or by < 1 or channels % by**2:
        raise ShapeError(f"lays channels out as {by} x {by} pixels, which those of {{0}} do not make")
    rest = channels // by**2
    to.add(L.Reshape(sizes=(rest, by, by, height, width), axis=1), "reshape")
    to.add(L.Permute(order=(0, 1, 4, 2, 5, 3)), "permute")
    to.add(L.Reshape(sizes=(rest, height * by, width * by), axis=1), "reshape")
    _behind(to, reading)


def pyramid(to: Assembly, reading: Reading, turn: int) -> None:
    """Add poolings of an image into so many bins on a side each, strung together.

    Source: He et al., Spatial Pyramid Pooling, section 3.2: of a side a and n bins, the window is a / n rounded up, and
    the stride a / n rounded down.
    """
    levels, start, before = reading.params.get("levels"), to.tip, to.shape
    if not levels:
        to.ask(f"{reading.text!r}: into how many bins on a side does each level pool? 4, 2 and 1 are taken")
    height, width = (int(size or 0) for size in image_of(before, 2)[2])
    ends = []
    for bins in levels or (4, 2, 1):
        if not 0 < bins <= min(height, width):
            raise ShapeError(f"pools into {bins} x {bins} bins, and {{0}} gives {height} x {width}")
        to.go_to(start, before)
        window = (-(-height // bins), -(-width // bins))
        to.add(L.MaxPool2D(kernel=window, stride=(height // bins, width // bins)), "pool")
        ends.append(to.add(L.Flatten(), "flatten"))
    to.add(L.Concat(), "concat", *ends)


def decoding(to: Assembly, reading: Reading, turn: int) -> None:
    """Add nothing for how the outputs are read."""
    to.infer(f"{reading.text!r} is how the outputs are read, and no layer")


def shuffling(to: Assembly, reading: Reading, turn: int) -> None:
    """Add what deals the channels of groups out."""
    groups = reading.params.get("groups")
    if groups is None:
        to.ask(f"{reading.text!r}: how many groups? 2 are taken")
    to.add(L.ChannelShuffle(groups=groups or 2), "shuffle")


def _behind(to: Assembly, reading: Reading) -> None:
    for post in reading.posts:
        to.act(post, reading.params.get("slope"))


MODULES: dict[str, Callable[[Assembly, Reading, int], None]] = {
    "inception": inception,
    "fire": fire,
    "bottleneck": inverted_residual,
    "mbconv": inverted_residual,
    "fusedmbconv": fused,
    "ghost": ghost_bottleneck,
    "shuffle_unit": shuffle_unit,
    "split_unit": split_unit,
    "shuffle": shuffling,
    "mfm": max_feature_map,
    "statistics": statistics,
    "dense_block": dense_block,
    "transition": transition,
    "embedding": embedding,
    "sepconv": separable,
    "deconv": widening,
    "upsample": repeating,
    "unpool": unpooled,
    "subpixel": subpixel,
    "resblock": residual,
    "spp": pyramid,
    "squeezing": squeezing,
    "pad": border,
    "crop": cut,
    "decoding": decoding,
    **dict.fromkeys(RECURRENT, recurrent),
    "columns": by_columns,
    "repeat": repeat,
    "convnext": convnext_block,
}
"""What adds a module to a graph, the how-manieth of its repeats, by its kind."""


def _before(to: Assembly, convolution: Layer) -> None:
    """Add a convolution behind its normalisation."""
    to.add(L.BatchNorm(), "norm")
    to.add(L.ReLU(), "relu")
    to.add(convolution, "conv")
