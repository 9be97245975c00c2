"""Windows of convolutions that are not said: the printed size tells them, or the printed number of parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

from extract.designs.assembly import Assembly
from extract.designs.axes import sides
from extract.designs.fitting import by
from extract.designs.weights import kernel_of, side_of
from extract.words.families import FILTERED
from extract.words.reading import Reading, leaves
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
    if said and len(other := reading.params.get("kernel_beside", ())) == len(said):
        said = _either(to, reading, said, other, output)
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


def _either(
    to: Assembly, reading: Reading, said: tuple[int, ...], other: tuple[int, ...], output: Sequence[int]
) -> tuple[int, ...]:
    """Return the one of two windows that gives the printed size without a border; else which is meant is asked."""
    steps = sides(to, reading, "stride", len(said)) or (1,) * len(said)
    places = list(zip(to.shape[2:], steps, output, strict=False))

    def gives(window: Sequence[int]) -> bool:
        told = zip(window, places, strict=False)
        return bool(output) and all(((size or 0) - side) // step + 1 == after for side, (size, step, after) in told)

    fits = [each for each in (said, other) if gives(each)]
    if len(fits) == 1:
        to.infer(f"of {reading.text!r} the window is {by(fits[0])}, as it gives {by(output)}")
        return fits[0]
    to.ask(f"{reading.text!r}: is the window {by(said)}, or {by(other)} as is said beside it? The first is taken")
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


def with_unsaid_borders(to: Assembly, readings: Sequence[Reading]) -> list[Reading]:
    """Return layers, convolutions of which neither border nor size is said without one where others say how wide it is.

    Source: Caffe, ConvolutionParameter and torch.nn.Conv2d, whose borders are 0 unless they are said.
    """
    windows = [each for each in leaves(readings) if each.kind in FILTERED and max(each.params.get("kernel", (1,))) > 1]
    told = [each for each in windows if isinstance(each.params.get("pad"), int) and each.params["pad"] > 0]
    if not told or not any(map(_is_unsaid, windows)) or any("output" in each.params for each in readings):
        return list(readings)
    to.infer("convolutions of which no border is said have none, as others say theirs")
    return [_without_border(each) for each in readings]


def _is_unsaid(reading: Reading) -> bool:
    return reading.kind in FILTERED and not reading.params.keys() & {"pad", "borders", "unpadded"}


def _without_border(reading: Reading) -> Reading:
    if reading.block:
        return replace(reading, block=tuple(map(_without_border, reading.block)))
    return replace(reading, params={**reading.params, "pad": 0}) if _is_unsaid(reading) else reading
