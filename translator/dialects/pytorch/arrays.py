"""What operators give of arrays alone: numpy's words for them.

A function takes its site, the arrays among the arguments in their order, and the shape that the program says. It raises
ValueError, IndexError or TypeError for arguments that make no sense.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from translator.dialects.pytorch.reading import Site
from translator.mapping import Unsayable

GATHERED = 1 << 24
"""Numbers of an array at most that is put together from others."""
RANGES = ("arange", "linspace", "eye", "triu_indices", "tril_indices")
"""What makes an array of numbers alone."""
PARTS = ("slice_scatter", "select_scatter")
"""What puts an array into another one, whose shape it keeps."""
COMPARISONS = {"eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal"}
COMPARISONS |= {"gt": "greater", "ge": "greater_equal"}
"""What compares, and what numpy calls it."""
Arrays = list[Any]
Fold = Callable[[Site, Arrays, tuple[int, ...]], Any]


def order_of(site: Site, rank: int) -> list[int]:
    """Return the order of axes that a permute names."""
    order = [axis + rank if axis < 0 else axis for axis in site.wholes("dims")]
    if sorted(order) != list(range(rank)):
        raise ValueError(f"does not name each of {rank} axes once")
    return order


def _slice(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    return arrays[0][_sliced(site, arrays[0].ndim)]


def _sliced(site: Site, rank: int) -> tuple[Any, ...]:
    """Return the index of a slice along an axis."""
    index: list[Any] = [slice(None)] * rank
    end = site.sizes("end", [2**62])[0]
    index[site.whole("dim", 0)] = slice(
        site.whole("start", 0), end if isinstance(end, int) else None, site.whole("step", 1)
    )
    return tuple(index)


def _scattered(arrays: Arrays, index: tuple[Any, ...]) -> Any:
    """Return a copy of an array with another one in its part."""
    found = arrays[0].copy()
    found[index] = arrays[1]
    return found


def _divided(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    """Divide, and round as it is said: towards 0, or downwards."""
    a, b = _pair(site, arrays)
    rounded = site.text("rounding_mode", "floor" if site.kind == "floor_divide" else "")
    whole = np.result_type(a, b).kind in "iu" and np.all(b)
    if rounded == "floor":
        return np.floor_divide(a, b) if whole else np.floor(np.divide(a, b))
    return np.trunc(np.divide(a, b)) if rounded else np.divide(a, b)


def _selected(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    return arrays[0][_picked(site, arrays[0].ndim)]


def _picked(site: Site, rank: int) -> tuple[Any, ...]:
    """Return the index of one place along an axis."""
    index: list[Any] = [slice(None)] * rank
    index[site.whole("dim", 0)] = site.whole("index")
    return tuple(index)


def _times(array: Any, factor: float) -> Any:
    return array if factor == 1 else array * factor


def _pair(site: Site, arrays: Arrays) -> tuple[Any, Any]:
    """Return both operands of arithmetic, one of which may be a number."""
    if len(arrays) > 1:
        return arrays[0], arrays[1]
    return (arrays[0], site.real("other")) if site.is_tensor("self") else (site.real("self"), arrays[0])


def _added(sign: int) -> Fold:
    def fold(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
        a, b = _pair(site, arrays)
        return a + _times(b, sign * site.real("alpha", 1.0))

    return fold


def _of_two(function: Any) -> Fold:
    return lambda site, arrays, shape: function(*_pair(site, arrays))


def _of_one(function: Any) -> Fold:
    return lambda site, arrays, shape: function(arrays[0])


def _powers(site: Site, arrays: Arrays) -> tuple[Any, Any]:
    """Return a base and an exponent, one of which may be a number."""
    if len(arrays) == 2:
        return arrays[0], arrays[1]
    if site.is_tensor("self"):
        return arrays[0], site.real("exponent")
    return site.real("self"), arrays[0]


def _clamped(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    if site.is_tensor("min") or site.is_tensor("max"):
        raise Unsayable("its limits are arrays")
    low, high = (site.number(name) if site.has(name) else None for name in ("min", "max"))
    return arrays[0] if low is None and high is None else np.clip(arrays[0], low, high)


def _refused() -> Any:
    raise Unsayable("it chooses between something else than arrays")


def _filled_where(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    return np.where(arrays[1], arrays[2] if len(arrays) > 2 else site.number("value"), arrays[0])


def _normed(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    """Return weights given by direction and length, one length for each place along an axis."""
    v, g = arrays
    axis = site.whole("dim", 0) % v.ndim
    return v * (g / np.sqrt(np.square(v).sum(tuple(i for i in range(v.ndim) if i != axis), keepdims=True)))


def _range(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    return site.real("start", 0) + site.real("step", 1) * np.arange(shape[0])


def _corner(site: Site) -> tuple[int, int, int]:
    """Return what a corner of a matrix is of, whose places are to be told: rows, diagonal, columns."""
    rows, columns = site.whole("row"), site.whole("col")
    if not 0 <= rows * columns <= GATHERED:
        raise Unsayable("it tells the places of a matrix that is too large to be worked out")
    return rows, site.whole("offset", 0), columns


def reshaped(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    """Return an array in another shape."""
    return arrays[0].reshape(shape)


def _stretched(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    return np.broadcast_to(arrays[0], shape)


def _turned(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    return arrays[0].swapaxes(site.whole("dim0"), site.whole("dim1"))


MOVES: dict[str, Fold] = {
    **dict.fromkeys(
        ["view", "_unsafe_view", "reshape", "flatten", "unflatten", "unsqueeze", "squeeze", "view_as", "reshape_as"],
        reshaped,
    ),
    **dict.fromkeys(["clone", "contiguous", "detach", "alias", "lift_fresh_copy", "lift_fresh", "getitem"], reshaped),
    **dict.fromkeys(["expand", "expand_as"], _stretched),
    **dict.fromkeys(["t", "numpy_T"], _of_one(np.transpose)),
    "permute": lambda site, arrays, shape: arrays[0].transpose(order_of(site, arrays[0].ndim)),
    "transpose": _turned,
    "slice": _slice,
    "select": _selected,
}
"""What only rearranges an array."""
POINTWISE: dict[str, Fold] = {
    "arange": _range,
    "eye": lambda site, arrays, shape: np.eye(shape[0], shape[1]),
    "triu_indices": lambda site, arrays, shape: np.stack(np.triu_indices(*_corner(site))),
    "tril_indices": lambda site, arrays, shape: np.stack(np.tril_indices(*_corner(site))),
    "linspace": lambda site, arrays, shape: np.linspace(site.real("start"), site.real("end"), shape[0]),
    "add": _added(1),
    "sub": _added(-1),
    "mul": _of_two(np.multiply),
    **dict.fromkeys(["div", "floor_divide"], _divided),
    "maximum": _of_two(np.maximum),
    "minimum": _of_two(np.minimum),
    "neg": _of_one(np.negative),
    "sqrt": _of_one(np.sqrt),
    "rsqrt": _of_one(lambda array: 1 / np.sqrt(array)),
    "reciprocal": _of_one(lambda array: 1 / array),
    "exp": _of_one(np.exp),
    "log": _of_one(np.log),
    "sigmoid": _of_one(lambda array: 1 / (1 + np.exp(-array))),
    "_weight_norm_interface": _normed,
    "_weight_norm": _normed,
    **dict.fromkeys(["to", "_to_copy", "type_as"], _of_one(lambda array: array)),
    **{kind: _of_one(getattr(np, kind)) for kind in ("abs", "floor", "ceil", "round", "sin", "cos", "tanh")},
    "fmod": _of_two(np.fmod),
    "remainder": _of_two(np.remainder),
    "rsub": lambda site, arrays, shape: _pair(site, arrays)[1] - _times(arrays[0], site.real("alpha", 1.0)),
    "pow": lambda site, arrays, shape: np.power(*_powers(site, arrays)),
    "relu": _of_one(lambda array: np.maximum(array, 0)),
    "square": _of_one(np.square),
    "flip": lambda site, arrays, shape: np.flip(arrays[0], tuple(site.wholes("dims"))),
    **dict.fromkeys(["clamp", "clamp_min", "clamp_max"], _clamped),
    **{kind: _of_two(getattr(np, name)) for kind, name in COMPARISONS.items()},
    "logical_not": _of_one(np.logical_not),
    **dict.fromkeys(["logical_and", "bitwise_and", "__and__"], _of_two(np.bitwise_and)),
    **dict.fromkeys(["logical_or", "bitwise_or", "__or__"], _of_two(np.bitwise_or)),
    "where": lambda site, arrays, shape: np.where(*arrays) if len(arrays) == 3 else _refused(),
    "masked_fill": _filled_where,
    "zero": _of_one(np.zeros_like),
    "fill": lambda site, arrays, shape: np.full_like(arrays[0], arrays[1] if arrays[1:] else site.number("value")),
    "copy": lambda site, arrays, shape: np.broadcast_to(arrays[1], arrays[0].shape),
    "slice_scatter": lambda site, arrays, shape: _scattered(arrays, _sliced(site, arrays[0].ndim)),
    "select_scatter": lambda site, arrays, shape: _scattered(arrays, _picked(site, arrays[0].ndim)),
    "tril": lambda site, arrays, shape: np.tril(arrays[0], site.whole("diagonal", 0)),
    "triu": lambda site, arrays, shape: np.triu(arrays[0], site.whole("diagonal", 0)),
}
"""What is worked out element by element."""


__all__ = ["GATHERED", "MOVES", "PARTS", "POINTWISE", "RANGES", "Arrays", "Fold", "order_of", "reshaped"]
