"""The size of an image that comes in, of which the first layers make the size that is printed behind them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod

from extract.designs.assembly import Assembly
from extract.designs.fitting import by
from extract.designs.weights import channels_of, kernel_of
from extract.words.families import LOCAL_POOLS, POSTED, resampling
from extract.words.reading import Reading
from ir.shapes import Shape


def _keeps_size(reading: Reading) -> bool:
    """Tell what gives an image as large as it takes: what normalises or bends it, and a convolution with a border."""
    pad, side = reading.params.get("pad", "same"), reading.params.get("kernel", (1,))[0]
    padded = "unpadded" not in reading.params if pad == "same" else pad == side // 2
    plain = reading.kind == "conv" and padded and reading.params.get("stride", (1, 1)) == (1, 1)
    return plain or reading.kind in (*POSTED, "dropout")


def before_first(to: Assembly, readings: Sequence[Reading]) -> Shape | None:
    """Return the shape of the input of which the first layer makes the size that is printed; of three colours."""
    layers = [each for each in readings if each.kind != "input"]
    place = next((i for i, each in enumerate(layers) if len(each.params.get("output", ())) > 1), len(layers))
    front = layers[: place + 1]
    between = {each.kind for each in front[1:] if each.kind not in LOCAL_POOLS and not _keeps_size(each)}
    if place == 0 and layers[0].kind == "resblock" and resampling(layers[0].text) == "down":
        height, width, *_ = layers[0].params["output"]
        return (None, 3, 2 * height, 2 * width)
    if place == len(layers) or front[0].kind != "conv" or between:
        return None
    first, output = front[0], front[-1].params["output"]
    strides = [
        each.params.get("stride", each.params.get("kernel", (2, 2)) if each.kind in LOCAL_POOLS else (1, 1))
        for each in front
    ]
    if "stride" not in first.params and _step_unsaid(layers):
        to.ask(f"{first.text!r}: what is its stride, of which no size of the input tells? 1 is taken")
    sizes = [output[i] * prod(stride[i] for stride in strides[1:]) for i in (0, 1)]
    told = next((each for each in (3, 1) if kernel_of(first.params, each)), None)
    channels = first.params.get("in_channels") or channels_of(first.params) or told or 3
    kernel = kernel_of(first.params, channels) or first.params.get("kernel", (1,))[0]
    bare = first.params.get("pad") in ("valid", 0) or ("pad" not in first.params and shrink(readings, kernel))
    taken = before_window(sizes, strides[0], kernel if bare else 0)
    if "pad" not in first.params and not bare and kernel > 1:
        other = before_window(sizes, strides[0], kernel)
        if all(after & -after > before & -before for before, after in zip(taken, other, strict=True)):
            to.ask(f"{to.name}: is the input {by(taken)}, or without a border {by(other)}? The rounder size is taken")
            taken = other
    return (None, channels, *taken)


def _step_unsaid(layers: Sequence[Reading]) -> bool:
    """Tell layers of which a convolution halves what the first gives, with a stride that is not said either."""
    one, two = (each.params.get("output", (0,))[0] for each in layers[:2]) if len(layers) > 1 else (0, 0)
    return one > 1.8 * two > 0 and layers[1].kind == "conv" and "stride" not in layers[1].params


def before_window(output: Sequence[int], steps: Sequence[int], window: int) -> tuple[int, ...]:
    """Return the sizes of which a window without a border makes others in steps, the roundest that do; 0 is with one.

    >>> before_window((31, 98), (2, 2), 5), before_window((31, 31), (2, 2), 4), before_window((14,), (2,), 0)
    ((66, 200), (64, 64), (28,))
    """
    if not window:
        return tuple(size * step for size, step in zip(output, steps, strict=True))
    spans = [range((size - 1) * step + window, size * step + window) for size, step in zip(output, steps, strict=True)]
    return tuple(max(span, key=lambda size: size & -size) for span in spans)


def shrink(readings: Sequence[Reading], kernel: int) -> bool:
    """Tell layers of which a convolution gives less than it takes by its window, without a border: 28 and then 24."""
    return any(
        0 < before.params.get("output", (0,))[0] - after.params.get("output", (0,))[0] == side - 1
        for before, after in pairwise(readings)
        if after.kind == "conv" and (side := after.params.get("kernel", (_side(before, after) or kernel,))[0])
    )


def _side(before: Reading, after: Reading) -> int | None:
    """Return the side of the window of a layer behind another, as the number of its weights tells."""
    given = before.params.get("output", ())
    axes = 1 if after.params.get("axes") == 1 else len("hw")
    return kernel_of(after.params, given[-1], axes) if len(given) == axes + 1 else None
