"""Fourier transforms, as products with the sines and cosines that they are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from ir import layers as L
from ir.shapes import axis_of
from ir.weights import of_array
from translator.dialects.onnx.operators.choose import along
from translator.dialects.onnx.operators.learned import part
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable

LONGEST = 2048
"""Numbers of a signal at most that are transformed together."""


def _waves(length: int, taken: int, bins: int) -> tuple[Any, Any]:
    """Return cosines, and sines turned over, of each bin (bins, taken)."""
    angles = 2 * np.pi * np.outer(np.arange(bins), np.arange(taken)) / length
    return np.cos(angles), -np.sin(angles)


def transform(site: Site) -> list[Value]:
    """Read a DFT along an axis; numbers with an imaginary part have two in the last axis."""
    of, x = Terms(site), site.x
    at = site.scalar("axis", 2, 1 if site.opset < 20 else -2)
    axis = axis_of(int(at), x.rank)
    inverse, onesided = bool(site.get("inverse", 0)), bool(site.get("onesided", 0))
    (size, parts) = certain((x.dims[axis], x.dims[-1]), "the length of its signal")
    length = int(site.scalar("dft_length", 1, 2 * size - 2 if inverse and onesided else size))
    if axis == x.rank - 1 or parts not in (1, 2) or not 0 < length <= LONGEST:
        raise Unsayable(f"it transforms {length} numbers along axis {axis} of {x.rank}")
    if inverse and not onesided:
        raise Unsayable("what cancels out in it does so with more digits than floats of 32 bits have")
    if inverse:
        return [_back_to_real(site, x, axis, length)]
    taken, bins = min(size, length), length // 2 + 1 if onesided else length
    x = part(site, x, axis, 0, taken) if taken < size else x
    cosine, sine = (np.asarray(each, np.float32) for each in _waves(length, taken, bins))
    real = part(site, x, x.rank - 1, 0, 1)
    found = [along(site, real, axis, cosine), along(site, real, axis, sine)]
    if parts == 2:
        other = part(site, x, x.rank - 1, 1, 2)
        found = [
            of.subtract(found[0], along(site, other, axis, sine)),
            of.add(found[1], along(site, other, axis, cosine)),
        ]
    return [site.layer(L.Concat(axis=x.rank - 1), *found)]


def _back_to_real(site: Site, x: Value, axis: int, length: int) -> Value:
    """Return the real signal of which one side of a transform is given: what is between the ends counts twice."""
    bins = length // 2 + 1
    if x.dims[-1] != 2:
        raise Unsayable("it has no imaginary parts")
    x = part(site, x, axis, 0, bins)
    cosine, sine = (each.T / length for each in _waves(length, length, bins))
    twice = np.where((np.arange(bins) == 0) | (2 * np.arange(bins) == length), 1.0, 2.0)
    real, other = (part(site, x, x.rank - 1, place, place + 1) for place in (0, 1))
    sides = [np.asarray(each * twice, np.float32) for each in (cosine, sine)]
    return Terms(site).add(along(site, real, axis, sides[0]), along(site, other, axis, sides[1]))


def short_time(site: Site) -> list[Value]:
    """Read an STFT of a real signal: a convolution, its kernels the waves within the window."""
    of, x = Terms(site), site.x
    step = int(site.numbers(1).reshape(-1)[0])
    window = site.numbers(2).astype(np.float64) if site.has(2) else None
    length = int(site.numbers(3).reshape(-1)[0]) if site.has(3) else 0 if window is None else window.size
    if x.rank != 3 or x.dims[2] != 1 or not 0 < length <= LONGEST or step < 1:
        raise Unsayable(f"it transforms {x.shape} in pieces of {length}")
    if window is not None and window.size != length:
        raise Unsayable(f"its window is of {window.size} numbers, its pieces of {length}")
    bins = length // 2 + 1 if site.get("onesided", 1) else length
    waves = np.concatenate(_waves(length, length, bins)) * (1 if window is None else window)
    kernel = of_array(np.asarray(waves[:, None], np.float32))
    layer = L.Conv1D(filters=2 * bins, kernel=length, stride=step, bias=False)
    found = site.layer(layer, of.permute(x, (0, 2, 1)), weights={"kernel": kernel})
    spread = site.layer(L.Reshape(sizes=(2, bins), axis=1, count=1), found)
    return [of.permute(spread, (0, 3, 2, 1))]


READERS = {"DFT": transform, "STFT": short_time}
