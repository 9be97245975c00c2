"""Windows of convolutions that are not said: the printed size tells them, or the printed number of parameters."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from extract.designs.assembly import Assembly
from extract.designs.fitting import by
from extract.designs.volumes import kernel_of, side_of, sides
from extract.words.reading import Reading
from extract.words.signatures import LARGEST_KERNEL
from ir.shapes import Shape


def window_of(
    to: Assembly, reading: Reading, axes: int, filters: int | None, output: Sequence[int]
) -> tuple[int, ...] | None:
    """Return the sides of the window of a convolution of so many filters, None where nothing tells them.

    Raises ShapeError where those that are said are of another number of axes.
    """
    said = sides(to, reading, "kernel", axes)
    params = {**reading.params, "filters": filters}
    before = to.shape if reading.kind != "dwconv" else (None, 1, *to.shape[2:])  # A filter sees one channel.
    if said is None and (said := _counted(before, params, output)):
        told = f"as it gives {by(output)} and its number of parameters tell"
        to.infer(f"{reading.text!r} has the kernel {by(said)} and no border, {told}")
    if said is None and (side := kernel_of(params, before[1], axes)):
        said = (side,) * axes
        to.infer(f"{reading.text!r} has the kernel {by(said)}, as its number of parameters tells")
    if said is None and (side := _unbordered(to.shape, params, output)):
        said = (side,) * axes
        to.infer(f"{reading.text!r} has the kernel {by(said)} and no border, as it gives {by(output)}")
    return said


def separable_window(to: Assembly, reading: Reading, channels: int) -> tuple[int, int]:
    """Return the window of a separable convolution as its number of parameters tells, or the usual one, which is asked.

    A filter for each channel has no bias of its own. Source: keras.layers.SeparableConv2D.
    """
    count, filters = reading.params.get("count", 0), reading.params.get("filters", channels)
    for rest in (count - channels * filters, count - channels * filters - filters):
        if side := side_of(rest, channels):
            to.infer(f"{reading.text!r} has the kernel {side} x {side}, as its number of parameters tells")
            return side, side
    to.ask(f"{reading.text!r}: what is the kernel? 3 x 3 is taken")
    return 3, 3


def _counted(before: Shape, params: dict[str, Any], output: Sequence[int]) -> tuple[int, ...] | None:
    """Return the sides of a kernel without a border that make the printed size and the printed number of parameters."""
    sides = tuple((size or 0) - after + 1 for size, after in zip(before[2:], output, strict=False))
    weights = prod((*sides, int(before[1] or 0), int(params["filters"] or 0))) if sides else 0
    known = params.get("count") in (weights + int(params["filters"] or 0), weights)
    return sides if weights and known and max(sides) > 1 and min(sides) > 0 else None


def _unbordered(before: Shape, params: dict[str, Any], output: Sequence[int]) -> int:
    """Return the side of the kernel that makes an image smaller by what is printed, where it has no border, else 0."""
    pairs = list(zip(before[2:], output, strict=False))
    sides = {(size or 0) - after + 1 for size, after in pairs}
    single = set(params.get("stride", (1,))) == {1} and params.get("pad", "valid") in ("valid", 0)
    if len(pairs) < 2 or len(sides) != 1 or not single:
        return 0
    side = sides.pop()
    return (
        side if side % 2 and 1 < side <= LARGEST_KERNEL and all(2 * after > (size or 0) for size, after in pairs) else 0
    )
