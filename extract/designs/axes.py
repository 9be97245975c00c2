"""Along how many axes a layer goes, and its sizes along each: a window, a step, and the space of what it gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extract.designs.assembly import Assembly
from extract.words.families import LOCAL_POOLS
from extract.words.reading import Reading
from ir import layers as L
from ir.layer import ShapeError
from ir.shapes import Shape

CONVOLUTIONS: dict[int, Any] = {1: L.Conv1D, 2: L.Conv2D, 3: L.Conv3D}
MAXIMA: dict[int, Any] = {1: L.MaxPool1D, 2: L.MaxPool2D, 3: L.MaxPool3D}
MEANS: dict[int, Any] = {1: L.AvgPool1D, 2: L.AvgPool2D, 3: L.AvgPool3D}
WHOLE: dict[str, dict[int, Any]] = {
    "gavgpool": {1: L.GlobalAvgPool1D, 2: L.GlobalAvgPool2D, 3: L.GlobalAvgPool3D},
    "gmaxpool": {1: L.GlobalMaxPool1D, 2: L.GlobalMaxPool2D, 3: L.GlobalMaxPool3D},
}
"""The layers of the catalogue by how many axes they go along."""


def axes_for(reading: Reading, shape: Shape) -> int:
    """Return along how many axes a layer goes: as it says itself, or as what comes in has."""
    return int(reading.params.get("axes") or (len(shape) - 2 if len(shape) in (3, 5) else 2))


def sides(to: Assembly, reading: Reading, name: str, axes: int) -> tuple[int, ...] | None:
    """Return a window or step with a size for each axis, None where none is said. Raises ShapeError where none fits."""
    said: tuple[int, ...] | None = reading.params.get(name)
    window = reading.params.get("window", ())
    if name == "kernel" and axes == 2 and len(window) == 3 and _is_odd(reading, window[2], to.shape):
        sizes = " x ".join(map(str, window))
        to.ask(f"{reading.text!r}: is {sizes} the window of a volume? {window[0]} x {window[1]} is taken")
    if said is None or len(said) == axes:
        return said
    if len(set(said)) == 1:
        if axes == 3 and name == "kernel" and "axes" not in reading.params:
            size = " x ".join(map(str, said[:1] * 3))
            to.infer(f"{reading.text!r} has the window {size}, as what comes in is a volume")
        return said[:1] * axes
    if axes == 3 and name == "stride" and len(said) == 2:
        return said[0], said[1], said[1]  # One along time, and one for both sides of a frame.
    if axes == 1 and len(said) == 2 and 1 in said:
        return (max(said),)
    raise ShapeError(f"has a {name} of {' x '.join(map(str, said))} where {axes} sizes are wanted, behind {{0}}")


def _is_odd(reading: Reading, third: int, shape: Shape) -> bool:
    """Tell a window in an image whose third size is not how many channels come in, nor how many filters there are."""
    if reading.kind == "dwconv":
        return False
    return reading.kind in LOCAL_POOLS or ("in_channels" in reading.params and shape[1] != third)


def space_of(sizes: Sequence[int], filters: int | None, axes: int) -> Sequence[int]:
    """Return what printed sizes say of the space of an output, without its channels."""
    if axes == 2 or len(sizes) <= axes:
        return sizes[:axes] if len(sizes) >= axes else ()
    sizes = sizes[-axes - 1 :]
    return sizes[1:] if sizes[0] == filters != sizes[-1] else sizes[:-1]
