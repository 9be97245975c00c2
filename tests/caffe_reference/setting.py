"""What a layer of the reference sees: its fields, and its blobs; and the table that it enters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from translator.attrs import Attrs

Array = np.ndarray[Any, Any]
Compute = Callable[..., Any]
LAYERS: dict[str, Compute] = {}
"""What each layer type computes, by its name in a V2 prototxt."""


class Refusal(Exception):
    """Caffe does not take the net; the message says why."""


def check(holds: object, why: str) -> None:
    if not holds:
        raise Refusal(why)


def computes(*names: str) -> Callable[[Compute], Compute]:
    def register(function: Compute) -> Compute:
        LAYERS.update(dict.fromkeys(names, function))
        return function

    return register


class Setting:
    """A layer where it stands: its fields, and its blobs, which it asks for one after the other."""

    def __init__(self, attrs: Attrs, given: Sequence[Array] | None, shared: dict[str, Array], rng: Any) -> None:
        self.attrs = attrs
        self.given = given
        self.shared = shared
        self.rng = rng
        self.blobs: list[Array] = []

    def group(self, name: str) -> Attrs:
        return self.attrs.message(name)

    @property
    def top_count(self) -> int:
        return len(self.attrs.repeated("top"))

    def blob(self, shape: Sequence[int], draw: str = "kernel", fan_in: int = 0) -> Array:
        """Return the next blob: the one that was given, one of another layer's by `param`'s name, or a random one."""
        index, shape = len(self.blobs), tuple(shape)
        params = self.attrs.repeated("param")
        name = params[index].get("name") if index < len(params) else None
        if self.given is not None:
            check(index < len(self.given), f"{self.attrs['name']} has more than {len(self.given)} blobs")
            found = self.given[index]
            check(_equals(found.shape, shape), f"blob {index} of {self.attrs['name']} is {found.shape}, not {shape}")
            found = found.reshape(shape)
        elif name in self.shared:
            found = self.shared[name]
            check(found.shape == shape, f"{name} is shared as {found.shape} and {shape}")
        else:
            found = _drawn(self.rng, shape, draw, fan_in)
        if name:
            self.shared[name] = found
        self.blobs.append(found)
        return found.astype(np.float64)


def _equals(have: tuple[int, ...], want: tuple[int, ...]) -> bool:
    """Tell whether Caffe copies a blob: the shapes are equal, or one of old with four axes (Blob::ShapeEquals)."""
    return have == want or (len(have) == 4 and len(want) <= 4 and have == (1,) * (4 - len(want)) + want)


def _drawn(rng: Any, shape: tuple[int, ...], draw: str, fan_in: int) -> Array:
    draws: dict[str, Callable[[], Any]] = {
        "kernel": lambda: rng.standard_normal(shape) / np.sqrt(fan_in or prod(shape[1:]) or 1),
        "shift": lambda: rng.standard_normal(shape) * 0.3,
        "factor": lambda: rng.uniform(0.5, 1.5, shape),
        "slope": lambda: rng.uniform(0.1, 0.3, shape),
        "gathered": lambda: np.full(shape, 2.5),
    }
    return np.asarray(draws[draw](), np.float32)


def axis_of(axis: int, rank: int) -> int:
    """Return an axis counted from the front."""
    check(-rank <= axis < rank, f"axis {axis} of {rank}")
    return axis % rank


def stretched(blob: Array, axis: int, rank: int) -> Array:
    """Return a blob whose first axis lies at `axis` of `rank` axes."""
    return blob.reshape(*blob.shape, *(1,) * (rank - axis - blob.ndim))
