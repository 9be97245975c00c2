"""Layers without a window: Dense, softmax, what gives numbers another shape, and what is asked of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from extract.designs.assembly import Assembly
from extract.designs.sequences import at_each_step
from extract.designs.sizes_given import image_of
from extract.words.reading import Reading
from ir import layers as L

STEPPED = 3
"""Axes of a batch of sequences."""
_UNTOLD_NORM = re.compile(r"(?:(?!lr)\w+ )?norm(?:ali[sz]ation|ali[sz]e)?(?: layer)?", re.IGNORECASE)
"""A normalisation of which it is not said which one it is."""


def _dropout(to: Assembly, reading: Reading, output: Sequence[int]) -> bool:
    if "rate" not in reading.params:
        to.infer_once("a half is dropped where it is not said how much, as is usual")
    to.add(L.Dropout(rate=reading.params.get("rate", 0.5)), "dropout")
    return True


def _flatten(to: Assembly, reading: Reading, output: Sequence[int]) -> bool:
    if reading.params.get("stepped") and len(to.shape) > len("nc"):
        to.ask(f"{reading.text!r} in front of {reading.params['stepped']!r}: are its steps kept? So it is taken")
    else:
        _flat(to)
    return True


def _noise(to: Assembly, reading: Reading, output: Sequence[int]) -> bool:
    to.infer(f"{reading.text!r} adds noise in training alone, and was left out")
    to.add(L.Identity(), "noise")
    return True


def _turn(to: Assembly, reading: Reading, output: Sequence[int]) -> bool:
    to.add(L.Permute(order=(0, 2, 1)), "permute")
    return True


def _reshape(to: Assembly, reading: Reading, output: Sequence[int]) -> bool:
    sizes = tuple(output or reading.params.get("shape", ()))
    if size := image_of(sizes):
        _as_image(to, size)
    elif len(sizes) == len("tc") and prod(sizes) == prod(each or 0 for each in to.shape[1:]):
        _as_steps(to, sizes, in_front=reading.params.get("axes") == 1)
    elif not reading.params and to.nodes and isinstance(to.nodes[-1].layer, L.Reshape):
        to.infer(f"{reading.text!r} is what gives the Dense in front of it its printed size")
    else:
        return False
    return True


def _rescale(to: Assembly, reading: Reading, output: Sequence[int]) -> bool:
    if "scale" in reading.params:
        to.add(L.Power(scale=reading.params["scale"], shift=reading.params["shift"]), "rescale")
    else:
        _ask_for_scale(to, reading)
    return True


def _ask_for_scale(to: Assembly, reading: Reading) -> None:
    to.ask(f"{reading.text!r}: how are the numbers that come in scaled? Not at all is taken")


def _normalised(to: Assembly, reading: Reading, output: Sequence[int]) -> bool:
    untold = _UNTOLD_NORM.fullmatch(reading.text.strip())
    if untold and all(isinstance(each.layer, L.Pad2D | L.Power) for each in to.nodes):  # But cut and scaled so far.
        _ask_for_scale(to, reading)
        return True
    if untold:
        to.ask(f"{reading.text!r}: which normalisation is it? That of local responses is taken")
    to.add(_lrn(reading.params), "lrn")
    return True


def _activation(to: Assembly, reading: Reading, output: Sequence[int]) -> bool:
    to.ask(f"{reading.text!r}: which activation is it? ReLU is taken")
    to.act("relu")
    return True


def _shifted(to: Assembly, reading: Reading, output: Sequence[int]) -> bool:
    shifts = reading.params.get("count") == 3 * (to.shape[1] or 0)
    if shifts:
        to.infer(f"{reading.text!r} shifts, but does not scale, as its number of parameters tells")
        to.add(L.BatchNorm(scale=False), "bn")
    return shifts


def _ways(to: Assembly, reading: Reading, output: Sequence[int]) -> bool:
    _as_many(to, reading)
    softmax(to)
    return True


def _fully_connected(to: Assembly, reading: Reading, output: Sequence[int]) -> bool:
    among_images = _is_among_images(to, reading.params.get("output", ()))
    if not among_images:
        _dense(to, reading)
    return not among_images


def _dense(to: Assembly, reading: Reading) -> None:
    units, said = reading.params.get("units"), reading.params.get("in_features")
    if said is not None and said != prod(each or said for each in to.shape[1:]):
        come = prod(each or 1 for each in to.shape[1:])
        to.misfit(f"{reading.text!r} takes {said}, but {come} come in")
    if units is None:
        to.ask(f"{reading.text!r}: how many units? 1000 are taken")
    elif not to.is_pooled and not reading.posts and units == prod(each or 0 for each in to.shape[1:]):
        to.ask(f"{reading.text!r} gives as many numbers as come in: is it but a Flatten? A Dense is built")
    ways = "softmax" in reading.text.lower().replace("-", "")
    if ways and to.is_pooled and to.shape[1] == units:
        return  # So many ways are there already: a softmax over them is what is meant.
    output = reading.params.get("output", ())
    stepped = reading.params.get("steps") and len(to.shape) == STEPPED
    stepped = stepped and ("per_step" in reading.params or len(output) + 1 == STEPPED)
    if not stepped and not (at_each_step(reading) and len(to.shape) == STEPPED):
        _flat(to)
    weights = prod(each or 1 for each in to.shape[1:]) * (units or 0)  # So many are printed: there is no bias.
    bias = reading.params.get("bias", not weights or reading.params.get("count") != weights)
    to.add(L.Dense(units=units or 1000, bias=bias), "fc")
    if len(output) == 3 and prod(output) == units and max(output[:2]) > 1:
        _as_image(to, output)


def _is_among_images(to: Assembly, output: Sequence[int]) -> bool:
    """Tell what takes an image and gives one, which no Dense does: a `DenseLayer` of a block."""
    sides = [each or 0 for each in (*to.shape[2:], *output[:2])]
    return len(to.shape) == len("nchw") and len(output) == 3 and min(sides) > 1


def _as_many(to: Assembly, reading: Reading) -> None:
    """Add the Dense in front of a softmax of another number of ways than come in."""
    units, (_, *before) = reading.params.get("units"), to.shape
    if units and units > 1 and None not in before and units not in (before[0], prod(each or 1 for each in before)):
        to.infer(f"a Dense of {units} is in front of {reading.text!r}, as so many ways are printed")
        _dense(to, replace(reading, kind="dense", params={"units": units}))


def as_wide(to: Assembly, reading: Reading) -> None:
    """Ask for the Dense in front of an activation of another number of units than come in: `tanh, 64`."""
    units, sizes = reading.params.get("units"), to.shape[1:]
    if not units or units in (to.shape[to.features], prod(each or 1 for each in sizes)):
        return
    told = "One is taken" if to.is_pooled else "None is taken"
    to.ask(f"{reading.text!r}: is there a Dense of {units} in front of it? {told}")
    if to.is_pooled:
        _dense(to, replace(reading, kind="dense", params={"units": units}))


def softmax(to: Assembly) -> None:
    """Add a softmax: over a vector, or at each place of an image over its channels."""
    if to.is_pooled:
        _flat(to)
    elif len(to.shape) > 2:
        to.infer("the softmax is over the features at each place, as nothing pools them")
    to.add(L.Softmax(axis=to.features), "softmax")


def _flat(to: Assembly) -> None:
    if len(to.shape) > 2:
        to.add(L.Flatten(), "flatten")


def _reorg(to: Assembly, reading: Reading, output: Sequence[int]) -> bool:
    """Make channels of the pixels of each square. Source: Redmon and Farhadi, YOLO9000, section 2."""
    said = reading.params.get("stride") or reading.params.get("kernel") or ()
    size = to.shape[2] if len(to.shape) == len("nchw") else None
    told = (size or 0) // reading.params["output"][0] if reading.params.get("output") else 0
    factor = told if told > 1 else max(said, default=2)
    if "reorg" not in reading.text.lower():
        to.ask(f"{reading.text!r}: in which order are pixels made channels? In that of Darknet is taken")
    to.add(L.Reorg2D(factor=factor), "reorg")
    return True


def _as_image(to: Assembly, size: Sequence[int]) -> None:
    height, width, channels = size
    to.add(L.Reshape(sizes=(channels, height, width), axis=1), "reshape")


def _as_steps(to: Assembly, sizes: Sequence[int], *, in_front: bool) -> None:
    """Make steps of features of what comes in, the features in front of the steps where windows go along these."""
    if min(sizes) == 1:
        _flat(to)
        return
    channels, *space = to.shape[1:]
    each_place = len(space) > 1 and None not in space and tuple(sizes) == (prod(filter(None, space)), channels)
    in_front = in_front or (each_place and to.features == 1)  # The pixels of an image, one behind the other.
    to.add(L.Reshape(sizes=tuple(sizes[::-1] if in_front else sizes), axis=1), "reshape")


def _lrn(params: dict[str, Any]) -> L.LRN:
    """Return a normalisation with printed constants. Source: Krizhevsky et al., ImageNet Classification, section 3.3.

    There the weight is of the sum of squares, and in the catalogue of their mean.
    """
    size = int(params.get("n", 5))
    alpha = params["alpha"] * size if "alpha" in params else 1.0
    return L.LRN(size=size, alpha=alpha, beta=params.get("beta", 0.75), k=params.get("k", 1.0))


PLAIN: dict[str, Callable[[Assembly, Reading, Sequence[int]], bool]] = {
    "dense": _fully_connected,
    "softmax": _ways,
    "dropout": _dropout,
    "flatten": _flatten,
    "reorg": _reorg,
    "noise": _noise,
    "turn": _turn,
    "reshape": _reshape,
    "rescale": _rescale,
    "lrn": _normalised,
    "activation": _activation,
    "bn": _shifted,
}
"""What adds a layer of a kind, with the size that is printed of what it gives, and tells whether there is one."""
