"""What operators give that put an array together from others, or reduce it: numpy's words for them."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from translator.arithmetic import normalised, taken_along
from translator.dialects.pytorch.arrays import GATHERED, MOVES, Arrays, Fold
from translator.dialects.pytorch.exported import Named
from translator.dialects.pytorch.reading import Site
from translator.mapping import Unsayable

REPEATS = frozenset(["repeat", "tile"])
"""What lays an array beside itself: over axes of size 1 it stretches it, as an expand does."""
REARRANGES = MOVES.keys() | REPEATS
"""What gives the numbers of an array alone."""


def _index(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    """Pick by arrays of places, of which those that are None stand for all of an axis."""
    given = site.operator.arguments.get("indices")
    listed = given if isinstance(given, list) else []
    if sum(isinstance(each, Named) for each in listed) != len(arrays) - 1:
        raise ValueError("picks by something else than arrays")
    rest = iter(arrays[1:])
    index = [next(rest) if isinstance(each, Named) else slice(None) for each in listed]
    whole = [size for size, by in zip(arrays[0].shape, index, strict=False) if isinstance(by, slice)]
    picked = np.broadcast_shapes(*(each.shape for each in arrays[1:]))
    _require(prod(picked) * prod(whole) * prod(arrays[0].shape[len(index) :]), shape)
    return arrays[0][tuple(index)]


def _differences(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    """Take the differences of neighbours along an axis, with what stands before or behind it."""
    times = site.whole("n", 1)
    if times > 8 or arrays[0].size > GATHERED:
        raise Unsayable("it takes differences of an array that is too large to be worked out")
    more = dict(zip((name for name in ("prepend", "append") if site.has(name)), arrays[1:], strict=True))
    return np.diff(
        arrays[0].astype(np.int64 if arrays[0].dtype == bool else arrays[0].dtype),
        times,
        site.axis(default=-1, rank=arrays[0].ndim),
        **more,
    )


def _require(size: int, shape: tuple[int, ...]) -> None:
    """Raise ValueError where something has another number of elements than the program says, before it is made."""
    if size != prod(shape):
        raise ValueError(f"gives {size} numbers, where the program says {shape}")


def _joined(function: Any) -> Fold:
    def fold(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
        _require(sum(array.size for array in arrays), shape)
        return function(arrays, site.whole("dim", 0))

    return fold


def _reduced(function: Any) -> Fold:
    """Reduce the axes that are named, or all; a norm is the root of the sum of squares."""

    def fold(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
        if arrays[0].size > GATHERED or site.real("ord", 2.0) != 2:
            raise Unsayable("it reduces an array that is too large to be worked out, or by a norm of another kind")
        axes = tuple(site.wholes("dim", [])) or None
        return function(arrays[0].astype(np.float64), axis=axes, keepdims=site.truth("keepdim"))

    return fold


def correction_of(site: Site) -> float:
    """Return how many elements a variance leaves out of those that it divides by."""
    if "correction" in site.operator.arguments:
        return site.real("correction", 1.0)
    return 1.0 if site.truth("unbiased", True) else 0.0


def _varied(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    """Return the variance of an array, or its standard deviation."""
    function = np.std if site.kind == "std" else np.var
    return _reduced(lambda array, **over: function(array, ddof=correction_of(site), **over))(site, arrays, shape)


def _multiplied(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    """Multiply matrices, and add what one of the forms adds."""
    names = {"linear": ("input", "weight", "bias"), "addmm": ("mat1", "mat2", "self")}.get(site.kind)
    by_name = dict(zip((name for name in site.operator.arguments if site.is_tensor(name)), arrays, strict=True))
    a, b, more = [*arrays, 0.0] if names is None else [by_name.get(name, 0.0) for name in names]
    b = b.T if site.kind == "linear" else b
    if prod(shape) * b.shape[0] > 1 << 28 or site.real("alpha", 1.0) != 1 or site.real("beta", 1.0) != 1:
        raise Unsayable("it multiplies arrays that are too large to be worked out, or by numbers too")
    return np.matmul(a, b) + more


def _standardised(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    """Normalise by the statistics of an array itself, as layers do to their weights."""
    if arrays[0].size > GATHERED or site.has("running_mean") or site.has("running_var"):
        raise Unsayable("it normalises an array that is too large to be worked out, or by statistics that are kept")
    by_name = dict(zip((name for name in site.operator.arguments if site.is_tensor(name)), arrays, strict=True))
    gamma, beta = by_name.get("weight"), by_name.get("bias")
    return normalised(arrays[0], gamma, beta, None, None, site.real("eps", 1e-5))


def _summed(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    """Multiply and sum as an equation says it, in which each axis of an array has a letter."""
    equation = site.text("equation").replace(" ", "")
    letters = equation.partition("->")[0].split(",")
    if "..." in equation or [len(each) for each in letters] != [array.ndim for array in arrays]:
        raise Unsayable("its equation leaves axes out, or has others than its arrays")
    sizes = {
        letter: size
        for each, x in zip(letters, arrays, strict=True)
        for letter, size in zip(each, x.shape, strict=True)
    }
    if prod(sizes.values()) > 1 << 24:
        raise Unsayable("it multiplies arrays that are too large to be worked out")
    return np.einsum(equation, *arrays)


def times_of(site: Site) -> list[int]:
    """Return how often a repeat or a tile lays what it takes beside itself along each axis."""
    return site.wholes("repeats" if site.kind == "repeat" else "dims")


def _repeated(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    times = times_of(site)
    _require(prod(times) * arrays[0].size, shape)
    return np.tile(arrays[0], times)


def _shares(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    """Return the softmax of an array along an axis."""
    axis = site.axis(rank=arrays[0].ndim)
    powers = np.exp(arrays[0] - arrays[0].max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


GATHERS: dict[str, Fold] = {
    **dict.fromkeys(["linear", "addmm", "mm", "matmul", "bmm", "mv", "dot", "vdot"], _multiplied),
    "outer": lambda site, arrays, shape: np.multiply.outer(*arrays),
    "einsum": _summed,
    **dict.fromkeys(["batch_norm", "_native_batch_norm_legit"], _standardised),
    "cat": _joined(np.concatenate),
    "stack": _joined(np.stack),
    **dict.fromkeys(["index", "_unsafe_index"], _index),
    "gather": lambda site, arrays, shape: taken_along(arrays[0], arrays[1], site.axis(rank=arrays[0].ndim)),
    "diff": _differences,
    "softmax": _shares,
    "cumsum": lambda site, arrays, shape: np.cumsum(arrays[0], site.axis(rank=arrays[0].ndim)),
    **dict.fromkeys(REPEATS, _repeated),
    "sum": _reduced(np.add.reduce),
    "mean": _reduced(np.mean),
    **dict.fromkeys(["var", "std"], _varied),
    "linalg_vector_norm": _reduced(lambda array, **over: np.sqrt(np.add.reduce(np.square(array), **over))),
}
"""What puts an array together from others."""


__all__ = ["GATHERS", "REARRANGES", "REPEATS", "correction_of", "times_of"]
