"""Windows whose stride, border and rounding give the size that a table prints."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from extract.designs.assembly import Assembly
from extract.words.families import LOCAL_POOLS
from extract.words.reading import Reading
from ir import layers as L
from ir.layer import Layer, LayerError, ShapeError


def fit(
    to: Assembly,
    reading: Reading,
    made: Any,
    kernel: Sequence[int],
    stride: Sequence[int] | None,
    usual: Sequence[int],
    output: Sequence[int],
    roundings: Sequence[str],
    dilation: Sequence[int],
) -> None:
    """Add the layer whose stride, border and rounding give the printed size; where none is, the usual one."""
    name = "pool" if reading.kind in LOCAL_POOLS else "conv"
    spread = [step * (size - 1) for step, size in zip(dilation, kernel, strict=True)]
    pads = _pads(to, reading, kernel, stride, output, spread)
    others = [(step,) * len(kernel) for step in (1, 2, 3)] if output else []
    if output and len(kernel) == 3:
        others.append((1, 2, 2))
    first: Layer | None = None
    # Else its border makes one pixel that large.
    if name == "pool" or {*to.shape[2:]} != {1} or tuple(output) != tuple(kernel):
        _widened(to, reading, output)
    for step, pad, rounding in product([stride or usual, *others], pads, roundings):
        try:
            layer = made(step, pad, rounding)
            shape = layer.shape(to.shape)
        except (ShapeError, LayerError):
            continue
        first = first or layer
        if not output or tuple(shape[2:]) == tuple(output):
            _told(to, reading, layer, stride, output)
            to.add(layer, name)
            return
    said = reading.params.get("pad")
    printed = said is not None and bool(output)  # A border that gives another size than that.
    for pad in [each for each in _usual_pads(spread) if printed and each not in pads]:
        if (layer := _giving(to, made, (stride or usual, pad, roundings[0]), output)) is not None:
            to.misfit(f"{reading.text!r} is printed with the border {said}, but gives {by(output)} with {layer.pad}: "
                      "is that meant?")  # fmt: skip
            to.add(layer, name)
            return
    if first is None:
        raise ShapeError(f"cannot stand behind {to.shape}")
    given = by(first.shape(to.shape)[2:])
    to.misfit(f"{reading.text!r} gives {given}, but {by(output)} is printed: how is it meant?")
    to.add(first, name)


def _usual_pads(spread: Sequence[int]) -> tuple[Any, Any, Any]:
    """Return no border, half of a window on each side, and that of an even one, which has more on one side."""
    return 0, [each // 2 for each in spread], [(each // 2, each - each // 2) for each in spread]


def _pads(
    to: Assembly,
    reading: Reading,
    kernel: Sequence[int],
    stride: Sequence[int] | None,
    output: Sequence[int],
    spread: Sequence[int],
) -> list[Any]:
    """Return the borders that a layer may have, the likeliest first; of an even window one side has more."""
    none, same, uneven = _usual_pads(spread)  # As in TensorFlow.
    said, pool = reading.params.get("pad"), reading.kind in LOCAL_POOLS
    is_even = any(a != b for a, b in uneven)
    if isinstance(said, int | tuple):
        return [said]
    if said in ("same", "valid"):
        return [(uneven if is_even else same) if said == "same" else none]
    unpadded = to.as_called and "unpadded" in reading.params
    bare = pool or not to.bordered or unpadded or reading.kind == "local" or stride == kernel
    bare |= to.is_padded or (not output and covers(kernel, to.shape[2:]))
    pads: list[Any] = [none, same] if bare else [same, none]
    if output and not pool:
        # Of a border that is not said, the printed size tells how wide it is.
        pads += [*(range(1, same[0]) if len(set(same)) == 1 else ()), *([uneven] if is_even else ()), spread]
    return pads


WHOLE = 4
"""The side at least of a window that is meant to see a whole image, where it is as large as that."""


def covers(kernel: Sequence[int], image: Sequence[int | None]) -> bool:
    """Tell a window as large as the image, which has no border: it makes a vector of that, as a dense layer would."""
    return tuple(kernel) == tuple(image) and min(kernel) >= WHOLE


def _giving(to: Assembly, made: Any, settings: Sequence[Any], output: Sequence[int]) -> Any:
    """Return the layer that is made so, none where it gives another size than the printed one."""
    try:
        layer = made(*settings)
        return layer if tuple(layer.shape(to.shape)[2:]) == tuple(output) else None
    except (ShapeError, LayerError):
        return None


def _widened(to: Assembly, reading: Reading, output: Sequence[int]) -> None:
    """Add an upsampling in front of a layer whose printed size is so many times that of what comes in."""
    if len(output) < 2 or len(to.shape) != 4 or not all(to.shape[2:]):
        return
    times = [after / (before or 1) for before, after in zip(to.shape[2:], output, strict=False)]
    if min(times) >= 2 and all(each.is_integer() for each in times):
        scale = (int(times[0]), int(times[1]))
        size = by(output)
        to.infer(f"the image is made {scale[0]} times larger in front of {reading.text!r}, as {size} is printed")
        to.add(L.Upsample2D(scale=scale), "upsample")


def _told(to: Assembly, reading: Reading, layer: Any, stride: Any, output: Sequence[int]) -> None:
    said = reading.params.get("pad")
    if not output:
        if said is None and any(map(any, layer.pad)):
            to.infer_once("convolutions have half their window on each side as a border, where none is said or printed")
        return
    size = by(output)
    if stride and tuple(layer.stride) != tuple(stride):
        told = f"{reading.text!r} is printed with stride {stride[0]}, but gives {size} with {layer.stride[0]}"
        to.ask(f"{told}: is that meant?")
    elif (stride is None and set(layer.stride) != {1}) or (said is None and any(map(any, layer.pad))):
        to.infer(f"{reading.text!r} has stride {layer.stride} and border {layer.pad}, as it gives {size}")


def by(sizes: Sequence[int | None]) -> str:
    """Return sizes as people write them."""
    return " x ".join(map(str, sizes))
