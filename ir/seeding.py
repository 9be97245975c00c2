"""Random weights that are the same every time: for models that come without any, and for comparing targets."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from math import prod, sqrt
from typing import TYPE_CHECKING, Any

from ir.graph import Graph
from ir.validate import Shapes, weight_shapes
from ir.weights import Tensor

if TYPE_CHECKING:
    import numpy as np

Draw = Callable[["np.random.Generator", tuple[int, ...]], Any]


def _uniform(low: float, high: float) -> Draw:
    return lambda generator, shape: generator.random(shape, "float32") * (high - low) + low


def _normal(deviation: float) -> Draw:
    return lambda generator, shape: generator.standard_normal(shape, "float32") * deviation


DRAWS: dict[str, Draw] = {
    "gamma": _uniform(0.5, 1.5),
    "beta": _normal(0.1),
    "mean": _normal(0.1),
    "variance": _uniform(0.5, 1.5),
    "slope": _uniform(0.1, 0.3),
    "bias": _normal(0.05),
    "output_bias": _normal(0.05),
    "value": _normal(1.0),
}
"""How the weights of a role are drawn; kernels, which are not named here, are scaled by what goes into each sum."""


def seeded_weights(graph: Graph, shapes: Shapes, seed: int = 0) -> dict[str, Tensor]:
    """Return random weights for every layer, by key, drawn when they are asked for.

    Kernels keep the size of what passes through: a normal distribution of deviation sqrt(2 / fan-in)
    (https://arxiv.org/abs/1502.01852). The statistics of normalisations are not trivial.
    """
    weights = {}
    for key, (axes, shape, _) in weight_shapes(graph, shapes).items():
        known = tuple(1 if size is None else size for size in shape)
        weights[key] = Tensor(known, partial(_draw, key, axes, known, seed))
    return weights


def _draw(key: str, axes: str, shape: tuple[int, ...], seed: int) -> Any:
    import numpy as np

    generator = np.random.default_rng([zlib.crc32(key.encode()), seed])
    role = key.rpartition(".")[2]
    draw = DRAWS.get(role) or _normal(sqrt(2 / fan_in(axes, shape)))
    return np.asarray(draw(generator, shape), np.float32)


def fan_in(axes: str, shape: tuple[int, ...]) -> int:
    """Return how many numbers go into each sum of a kernel: those of all axes but the output's.

    >>> fan_in("OIHW", (20, 3, 5, 5))
    75
    """
    return prod(size for axis, size in zip(axes, shape, strict=True) if axis not in "OV") or 1
