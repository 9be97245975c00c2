"""Transposed convolutions whose border gives the size that a table prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extract.assembly import Assembly
from extract.fitting import by
from extract.reading import Reading
from ir import layers as L
from ir.layer import LayerError, ShapeError


def transposed(to: Assembly, reading: Reading) -> L.Conv2DTranspose:
    """Return the transposed convolution of a reading; its step and border are those that give the printed size.

    Raises ShapeError where none can stand behind what comes in.
    """
    if len(to.shape) != 4:
        raise ShapeError("wants an image, but {0} gives none")
    params, space = reading.params, to.shape[2:]
    kernel, stride, output = params.get("kernel"), params.get("stride"), params.get("output", ())
    if any(len(each) != 2 for each in (kernel, stride) if each is not None):
        raise ShapeError("has a window that is none of an image, behind {0}")
    if kernel is None:
        to.ask(f"{reading.text!r}: what is the kernel? 2 x 2 is taken")
    if "filters" not in params:
        to.ask(f"{reading.text!r}: how many filters? as many as channels come in, {to.shape[1]}, are taken")
    wanted = tuple(output[:2]) if len(output) >= 2 and all(space) else ()
    if stride is None and not wanted:
        to.infer(f"{reading.text!r} makes the image 2 times larger, as is usual")
    ratio = tuple(max(1, after // (size or 1)) for after, size in zip(wanted, space, strict=False))
    made = list(_layers(to, reading, kernel or (2, 2), [each for each in (stride, ratio) if each] or [(2, 2)]))
    if not made:
        raise ShapeError("has a window or a step that fits no image, behind {0}")
    found = next((each for each in made if each.shape(to.shape)[2:] == wanted), made[0])
    if stride and tuple(found.stride) != tuple(stride):
        told = f"{reading.text!r} is printed with stride {stride[0]}, but gives {by(wanted)} with {found.stride[0]}"
        to.ask(f"{told}: is that meant?")
    return found


def _layers(
    to: Assembly, reading: Reading, kernel: Sequence[int], steps: Sequence[Sequence[int]]
) -> Iterator[L.Conv2DTranspose]:
    """Yield the layers that can stand behind what comes in, the usual ones of each step first."""
    said, filters = reading.params.get("pad"), reading.params.get("filters", to.shape[1])
    for step in steps:
        for pad, extra in _borders(kernel, step, said):
            try:
                layer = L.Conv2DTranspose(
                    filters=filters, kernel=kernel, stride=step, pad=[(each, each) for each in pad], output_pad=extra
                )
                layer.shape(to.shape)
            except (LayerError, ShapeError):
                continue
            yield layer


def _borders(
    kernel: Sequence[int], stride: Sequence[int], said: object
) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """Yield borders with what is added behind: that which gives as many pixels as the stride times more, then others.

    A border that is said comes first, and is the only one where it is a number.
    """
    if isinstance(said, int):
        yield from (((said, said), (extra, extra)) for extra in range(min(stride)))
        return
    if said == "valid":
        yield (0, 0), (0, 0)
    over = [max(0, size - step) for size, step in zip(kernel, stride, strict=True)]
    yield [(each + 1) // 2 for each in over], [each % 2 for each in over]
    yield from (((pad, pad), (extra, extra)) for pad in range(max(kernel)) for extra in range(min(stride)))
