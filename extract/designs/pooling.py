"""Poolings: their windows as they are said, as what they give tells, or as is usual."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from extract.designs.assembly import Assembly
from extract.designs.axes import MAXIMA, MEANS, WHOLE, axes_for, sides, space_of
from extract.designs.fitting import by, fit
from extract.designs.sizes_given import square_of
from extract.words.reading import Reading
from ir.layer import Layer

_KERAS = re.compile(r"(?:\w+ \()?(?:Max|Average)Pooling[12]D\b")
"""A pooling as Keras calls it, whose window is 2 on a side where none is set."""


def over_all(to: Assembly, reading: Reading) -> None:
    """Add a pooling over the whole image, which may say how large that is."""
    window, space = tuple(reading.params.get("kernel", ())), tuple(to.shape[2:])
    known = len(window) == len(space) and None not in space and max(window, default=1) > 1
    if known and window != space and not to.unsized and "adaptive" not in reading.text.lower():
        to.misfit(f"{reading.text!r} is over {by(window)}, but {by(space)} comes in: how is it meant?")
    to.add(WHOLE[reading.kind][axes_for(reading, to.shape)](), "pool")


def adapted(to: Assembly, reading: Reading) -> dict[str, tuple[int, ...]]:
    """Return the windows of a pooling that says how large the image is behind it: AdaptiveAvgPool2d(4, 4)."""
    channels, *space = to.shape[1:]
    given = reading.params.get("output", ())
    sizes = given[1:] if given and given[0] == channels != given[-1] else given[:-1]  # Its channels first, or last.
    told = reading.params.get("kernel") or (sizes if len(given) == len(space) + 1 else ())
    if "adaptive" not in reading.text.lower() or max(told, default=1) == 1 or len(told) != len(space):
        return {}
    if any((side or after) % after for side, after in zip(space, told, strict=True)):  # Else they are of one size.
        to.ask(f"{reading.text!r} gives {by(told)}, whatever comes in: of which windows? All of one size are taken")
    stride = tuple(max((side or after) // after, 1) for side, after in zip(space, told, strict=True))
    windows = ((side or after) - (after - 1) * step for side, after, step in zip(space, told, stride, strict=True))
    return {"kernel": tuple(max(each, 1) for each in windows), "stride": stride}


def pooled(to: Assembly, reading: Reading, output: Sequence[int]) -> None:
    """Add a pooling with a window, or over the whole image where none is said and one pixel is left."""
    space, axes = to.shape[2:], axes_for(reading, to.shape)
    kernel = sides(to, reading, "kernel", axes)
    output = space_of(output, to.shape[1], axes) or square_of(output, to.shape)
    whole = set(output) == {1}
    over_all = (whole or not output) if reading.kind == "avgpool" else whole and reading.kind == "pool"
    if (kernel is None and over_all) or (reading.kind == "pool" and kernel == space):
        how = "" if reading.kind == "avgpool" else ", which is an average as is usual"
        to.infer(f"{reading.text!r} pools over the whole image, {by(space)}{how}")
        to.add(WHOLE["gavgpool"][axes](), "pool")
        return
    told = tuple((size or 0) // after for size, after in zip(space, output, strict=False))
    if kernel is None and len(told) == axes and min(told) > 2:
        kernel = told
        to.infer(f"{reading.text!r} has the window {by(kernel)}, as it gives {by(output)}")
    if kernel is None:
        kernel = _usual_window(to, reading, output, axes)
    cls = (MEANS if reading.kind == "avgpool" else MAXIMA)[axes]
    if reading.kind == "pool" and "sampl" in reading.text.lower():
        to.ask_once(f"{reading.text!r}: does it take the mean, as in LeNet, or the largest value? that is taken")
    elif reading.kind == "pool" and to.averaged:
        cls = MEANS[axes]
    elif reading.kind == "pool":
        to.infer_once("poolings take the largest value where it is not said what they take")

    def made(stride: Sequence[int], pad: Any, rounding: str) -> Layer:
        layer: Layer = cls(kernel=kernel, stride=stride, pad=pad, rounding=rounding)
        return layer

    stride = sides(to, reading, "stride", axes)
    said = reading.params.get("rounding")
    roundings = (said,) if said else ("floor", "ceil")
    fit(to, reading, made, kernel, stride, kernel, output, roundings, (1,) * axes)


def _usual_window(to: Assembly, reading: Reading, output: Sequence[int], axes: int) -> tuple[int, ...]:
    """Return the window of a pooling that says none: 2 on a side, or 3 where only that gives what is printed."""
    pairs = [(size or 0, after) for size, after in zip(to.shape[2:], output, strict=False)]
    beside = "sources" in reading.params  # One of several ways, which are joined behind it.
    if beside and pairs and all(size == after for size, after in pairs):
        to.ask_once("of which windows are poolings that keep the size? 3 on a side, in steps of 1, are taken")
        return (3,) * axes
    if "stride" not in reading.params and pairs and all(size > after > (size + 1) // 2 for size, after in pairs):
        steps = tuple(size - after + 1 for size, after in pairs)
        to.infer(f"{reading.text!r} has the window {by(steps)} in steps of 1, as it gives {by(output)}")
        return steps
    two = all(after in (size // 2, -(-size // 2)) for size, after in pairs)
    three = bool(pairs) and all(after == (size - 1) // 2 for size, after in pairs)  # In steps of 2, and no border.
    if three and not two:
        to.infer(f"{reading.text!r} has the window {by((3,) * axes)}, as it gives {by(output)}")
        return (3,) * axes
    if three and not _KERAS.match(reading.text):
        to.ask_once(f"poolings of 2 and of 3 on a side give {by(output)}: which are meant? 2 is taken")
    to.infer(f"{reading.text!r} has no window: {by((2,) * axes)} is taken, as is usual")
    return (2,) * axes
