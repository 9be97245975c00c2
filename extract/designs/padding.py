"""Borders of images: layers of their own, `ReflectionPad2d(3)`, and those of convolutions that are no zeros."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extract.designs.assembly import Assembly
from extract.designs.axes import space_of
from extract.designs.fitting import by
from extract.words.lexicon import mode_of
from extract.words.reading import Reading
from ir import layers as L
from ir.layer import ShapeError

_PADS: dict[int, Any] = {1: L.Pad1D, 2: L.Pad2D, 3: L.Pad3D}


def border(to: Assembly, reading: Reading, turn: int) -> None:
    """Add a border, as wide as is said, or as the printed size tells; where neither does, that is asked."""
    axes, params = len(to.shape) - 2, reading.params
    if axes not in _PADS:
        raise ShapeError("adds a border to an image, and {0} gives none")
    mode = mode_of(reading.text)
    if not mode:
        to.ask(f"{reading.text!r}: what does the border hold? Zeros are taken")
    output = space_of(params.get("output", ()), to.shape[1], axes)
    pad = _widths(params.get("pad", params.get("kernel", ())), axes)
    if pad is None and output and None not in to.shape[2:]:
        pad = grown(to.shape[2:], output)
        pad = pad if min(map(min, pad)) >= 0 else None
        if pad is not None:
            to.infer(f"{reading.text!r} adds a border of {pad}, as it gives {by(output)}")
    if pad is None:
        to.ask(f"{reading.text!r}: how wide is the border? 1 is taken")
    to.add(_PADS[axes](pad=pad or 1, mode=mode or "constant"), "pad")
    if output and tuple(to.shape[2:]) != tuple(output):
        to.misfit(f"{reading.text!r} gives {by(to.shape[2:])}, but {by(output)} is printed: how is it meant?")


def cut(to: Assembly, reading: Reading, turn: int) -> None:
    """Cut off the sides of an image as it is said, or as the printed size tells; how much of which is then asked.

    Source: Keras, Cropping2D: `cropping=((top, bottom), (left, right))`.
    """
    axes = len(to.shape) - 2
    if axes not in _PADS:
        raise ShapeError("cuts an image, and {0} gives none")
    said = reading.params.get("cut", ())
    output = space_of(reading.params.get("output", ()), to.shape[1], axes)
    if len(said) == 2 * axes:
        sides = [(-said[2 * i], -said[2 * i + 1]) for i in range(axes)]
    elif output and None not in to.shape[2:]:
        sides = grown(to.shape[2:], output)
        to.ask(f"{reading.text!r} gives {by(output)}: how much is cut off at which side? As much at both is taken")
    else:
        raise ShapeError("cuts off what is not said, behind {0}")
    to.add(_PADS[axes](pad=sides), "crop")
    if output and tuple(to.shape[2:]) != tuple(output):
        to.misfit(f"{reading.text!r} gives {by(to.shape[2:])}, but {by(output)} is printed: how is it meant?")


def grown(before: Sequence[int | None], after: Sequence[int | None]) -> list[tuple[int, int]]:
    """Return the border that makes sizes of others, as wide on both sides, or wider by one behind."""
    more = [(b or 0) - (a or 0) for a, b in zip(before, after, strict=False)]
    return [(each // 2, each - each // 2) for each in more]


def _widths(said: int | Sequence[int], axes: int) -> list[tuple[int, int]] | None:
    """Return how wide a border is before and behind each axis: as wide on all sides, or as is said of each axis."""
    widths = [said] * axes if isinstance(said, int) else list(said)
    if len(widths) > axes and len(set(widths)) == 1:
        widths = widths[:axes]
    return [(each, each) for each in widths] if len(widths) == axes else None


def bordered(to: Assembly, mode: str) -> None:
    """Put the border of the convolution at the tip in front of it, where it is of another mode than zeros."""
    node = to.nodes[-1]
    layer: Any = node.layer
    if mode == "constant" or not any(map(any, layer.pad)):
        return
    to.nodes.pop()
    to.go_to(node.inputs[0], to.shapes[node.inputs[0]])
    to.add(_PADS[layer.rank](pad=layer.pad, mode=mode), "pad")
    to.add(layer.replace(pad=0), "conv")
