"""Transposed convolutions whose border gives the size that a table prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from extract.designs.assembly import Assembly
from extract.designs.axes import sides, space_of
from extract.designs.fitting import by
from extract.words.reading import Reading
from ir import layers as L
from ir.layer import LayerError, ShapeError

LAYERS: dict[int, Any] = {1: L.Conv1DTranspose, 2: L.Conv2DTranspose, 3: L.Conv3DTranspose}
"""The layers of the catalogue by how many axes they go along."""


def transposed(to: Assembly, reading: Reading) -> Any:
    """Return the transposed convolution of a reading; its step and border are those that give the printed size.

    Raises ShapeError where none can stand behind what comes in.
    """
    params, space = reading.params, to.shape[2:]
    axes = len(space)
    if axes not in LAYERS:
        raise ShapeError("wants an image, but {0} gives none")
    kernel, stride = sides(to, reading, "kernel", axes), sides(to, reading, "stride", axes)
    output = space_of(params.get("output", ()), params.get("filters"), axes)
    if kernel is None:
        to.ask(f"{reading.text!r}: what is the kernel? {by((2,) * axes)} is taken")
    if "filters" not in params:
        to.ask(f"{reading.text!r}: how many filters? as many as channels come in, {to.shape[1]}, are taken")
    wanted = tuple(output) if all(space) else ()
    if stride is None and not wanted and to.repeats:
        to.ask(f"{reading.text!r}: which stride? 2 is taken, though others make the image larger too")
    elif stride is None and not wanted:
        to.infer(f"{reading.text!r} makes the image 2 times larger, as is usual")
    ratio = tuple(max(1, after // (size or 1)) for after, size in zip(wanted, space, strict=False))
    made = list(
        _layers(to, reading, kernel or (2,) * axes, [each for each in (stride, ratio) if each] or [(2,) * axes])
    )
    if not made:
        raise ShapeError("has a window or a step that fits no image, behind {0}")
    found = next((each for each in made if each.shape(to.shape)[2:] == wanted), made[0])
    if stride and tuple(found.stride) != tuple(stride):
        told = f"{reading.text!r} is printed with stride {stride[0]}, but gives {by(wanted)} with {found.stride[0]}"
        to.ask(f"{told}: is that meant?")
    return found


def _layers(to: Assembly, reading: Reading, kernel: Sequence[int], steps: Sequence[Sequence[int]]) -> Iterator[Any]:
    """Yield the layers that can stand behind what comes in, the usual ones of each step first."""
    said, filters = reading.params.get("pad"), reading.params.get("filters", to.shape[1])
    made = LAYERS[len(to.shape) - 2]
    for step in steps:
        pixel = {*to.shape[2:], *step} == {1} and said is None  # It is made an image, as large as the window.
        for pad, extra in _borders(kernel, step, "valid" if pixel else said, reading.params.get("output_pad")):
            try:
                layer = made(
                    filters=filters, kernel=kernel, stride=step, pad=[(each, each) for each in pad], output_pad=extra
                )
                layer.shape(to.shape)
            except (LayerError, ShapeError):
                continue
            yield layer


def _borders(
    kernel: Sequence[int], stride: Sequence[int], said: object, more: int | None
) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """Yield borders with what is added behind: that which gives as many pixels as the stride times more, then others.

    A border that is said comes first, and is the only one where it is a number; so is what is added, `more`.
    """
    axes = len(kernel)
    if isinstance(said, int):
        yield from (((said,) * axes, (extra,) * axes) for extra in (range(min(stride)) if more is None else [more]))
        return
    if said == "valid":
        yield (0,) * axes, (0,) * axes
    over = [max(0, size - step) for size, step in zip(kernel, stride, strict=True)]
    yield [(each + 1) // 2 for each in over], [each % 2 for each in over]
    yield from (((pad,) * axes, (extra,) * axes) for pad in range(max(kernel)) for extra in range(min(stride)))
