"""The blocks of ConvNeXt, of which its table says the convolutions only.

Source: Liu et al., A ConvNet for the 2020s, figure 4 and section 2.6: norms over channels, one GELU a block,
convolutions of their own between the stages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.designs.assembly import Assembly
from extract.words.reading import Reading
from ir import layers as L
from ir.layer import ShapeError


def in_next_blocks(readings: Sequence[Reading]) -> list[Reading]:
    """Return layers, blocks of a filter for each channel and two convolutions 1 x 1 as ConvNeXt's."""
    found = [replace(each, kind="convnext") if _is_next(each) else each for each in readings]
    for i, each in enumerate(found):
        if each.kind == "gavgpool" and any(before.kind == "convnext" for before in found[:i]):
            found[i] = replace(each, posts=(*each.posts, "ln"))
    if found and found[0].kind == "conv" and any(each.kind == "convnext" for each in found):
        found[0] = replace(found[0], posts=(*found[0].posts, "ln"))
    return found


def _is_next(reading: Reading) -> bool:
    inner = reading.block
    kernels = [each.params.get("kernel") for each in inner]
    widths = [each.params.get("filters", 0) for each in inner]
    return (
        [each.kind for each in inner] == ["dwconv", "conv", "conv"]
        and kernels[1:] == [(1, 1), (1, 1)]
        and widths[0] == widths[2]
        and widths[1] == 4 * widths[0]
        and (kernels[0] or (0,))[0] >= 7
    )


def convnext_block(to: Assembly, reading: Reading, turn: int) -> None:
    """Add a block, before the first of a stage a norm and a convolution that halves the image's sides."""
    if len(to.shape) != 4:
        raise ShapeError("is a block of ConvNeXt, and {0} gives no image")
    kernel, width = reading.block[0].params["kernel"], reading.block[2].params["filters"]
    to.infer_once("blocks are ConvNeXt's, with norms over channels, a GELU and a scale, as published")
    if to.shape[1] != width:
        to.act("ln")
        to.add(L.Conv2D(filters=width, kernel=2, stride=2), "conv")
    start = to.tip
    to.add(L.Conv2D(filters=width, kernel=kernel, pad=kernel[0] // 2, groups=width), "conv")
    to.act("ln")
    to.add(L.Conv2D(filters=4 * width, kernel=1), "conv")
    to.act("gelu")
    to.add(L.Conv2D(filters=width, kernel=1), "conv")
    to.add(L.Scale(axis=1), "scale")
    to.add(L.Add(), "add", start, to.tip)
