"""Residual blocks of which a table says no more than that they are such."""

from __future__ import annotations

from collections.abc import Sequence

from extract.designs.assembly import Assembly
from extract.designs.axes import CONVOLUTIONS
from extract.words.families import resampling
from extract.words.reading import Reading
from ir import layers as L
from ir.layer import ShapeError


def residual(to: Assembly, reading: Reading, turn: int) -> None:
    """Add a block of two convolutions with a way around them, as is usual where no more is said.

    Source: He et al., Deep Residual Learning, figure 5 (left); Johnson et al., Perceptual Losses, supplement;
    of what goes up or down Miyato et al., Spectral Normalization for GANs, table 4.
    """
    params, axes = reading.params, len(to.shape) - 2
    made, width = CONVOLUTIONS.get(axes), params.get("filters", to.shape[1])
    if made is None or not width:
        raise ShapeError("is a residual block, and {0} gives no image of known channels")
    kernel = (params.get("kernel", (3,)) * axes)[:axes]
    stride = (params.get("stride", (1,)) * axes)[:axes] if turn == 0 else (1,) * axes
    output = params.get("output", ()) if axes == len("hw") and turn == 0 else ()
    is_cut = [*output[:axes]] == [(size or 0) - 2 * (side - 1) for size, side in zip(to.shape[2:], kernel, strict=True)]
    way = _resample(to, reading, output)
    start, before = to.tip, to.shape
    norms = [post for post in reading.posts if post in ("bn", "in", "ln", "gn")]
    activation = next((post for post in reading.posts if post not in norms), "relu")
    to.infer_once(f"{reading.text!r} is made of two convolutions with a way around them, as is usual")
    for i, step in enumerate((stride, (1,) * axes)):
        pad = [(0, 0) if is_cut else ((size - 1) // 2, size // 2) for size in kernel]  # So that both ways are as long.
        to.add(made(filters=width, kernel=kernel, stride=step, pad=pad), "conv")
        for post in [*norms, *([activation] if i == 0 else [])]:
            to.act(post, params.get("slope"))
    end, grown = to.tip, to.shape
    if is_cut:
        to.infer_once(f"the way around {reading.text!r}, which has no border, is cut to what it gives")
        to.go_to(start, before)
        start, before = to.add(L.Pad2D(pad=[(1 - side, 1 - side) for side in kernel]), "crop"), to.shape
    if grown != before:
        to.go_to(start, before)
        start = to.add(made(filters=width, kernel=1, stride=stride), "shortcut")
    to.add(L.Add(), "add", end, start)
    if way == "down":
        to.add(L.AvgPool2D(kernel=2, stride=2), "pool")


def _resample(to: Assembly, reading: Reading, output: Sequence[int]) -> str:
    """Make an image larger in front of a block that gives a larger one; return which way the block goes, if any."""
    way = "" if "stride" in reading.params else resampling(reading.text)
    if output and output[0] >= 2 * (to.shape[2] or output[0]):
        scale = output[0] // (to.shape[2] or 1)
        to.ask_once(f"{reading.text!r} gives images {scale} times larger: where in it? In front of both ways is taken")
        to.add(L.Upsample2D(scale=scale), "upsample")
        return way
    if way:
        size, place = ("larger", "in front of") if way == "up" else ("smaller", "behind")
        told = f"it makes images 2 times {size} {place} both ways, with a ReLU between its convolutions"
        to.ask_once(f"what is a block that goes {way} made of? That {told} is taken")
    if way and len(to.shape) != len("nchw"):
        raise ShapeError(f"goes {way}, which is known of images alone, behind {{0}}")
    if way == "up":
        to.add(L.Upsample2D(scale=2), "upsample")
    return way
