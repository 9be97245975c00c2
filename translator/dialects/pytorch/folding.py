"""Operators whose inputs are known beforehand: arrays that the program holds, and what it fills with one number.

Arithmetic of sizes needs nothing here: the program has the expression of each. An operator that is not here stays in
the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from ir.weights import Tensor
from translator.dialects.pytorch.exported import Named, Size, names_in
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.values import SMALL, Value, constant
from translator.mapping import Unsayable

LARGEST = 1 << 29
"""Numbers of an array at most that takes no bytes of the file."""
GATHERED = 1 << 24
"""Numbers of an array at most that is put together from others."""
PRODUCTS = frozenset(["mm", "bmm", "matmul", "linear", "addmm"])
"""What gives zeros where it takes zeros."""
Arrays = list[Any]
Fold = Callable[[Site, Arrays, tuple[int, ...]], Any]


def filled(shape: Sequence[int], number: float, dtype: str) -> Tensor:
    """Return an array with one number everywhere; raise Unsayable where it is larger than a weight is."""
    if prod(shape) > LARGEST:
        raise Unsayable(f"it makes an array of the shape {tuple(shape)}, which no weight has")
    return Tensor(tuple(shape), lambda: np.broadcast_to(np.array(number, dtype), shape), dtype)


def known(site: Site) -> Value | None:
    """Return what an operator gives, where that is known beforehand."""
    said = site.builder.exported.tensors.get(next(iter(site.operator.outputs), ""))
    if said is None or said.dtype == "unknown":
        return None
    kind = site.kind
    dtype = "float32" if said.dtype == "bfloat16" else said.dtype
    if kind in _CREATED:
        number = _CREATED[kind](site)
        return None if number is None else _filled(said.dims, number, dtype)
    given = [name for each in site.operator.arguments.values() for name in names_in(each)]
    values = [site.builder.values[name] for name in given if name in site.builder.values]
    if any(value.ref is not None and value.tensor is None for value in values):
        return None
    if len(values) == 1 and values[0].fill is not None:
        return _filled(said.dims, values[0].fill, dtype) if kind in MOVES else None
    if kind in PRODUCTS and any(value.fill == 0 for value in values):
        return _product_of_zeros(site, said.dims, dtype)
    if not values and kind != "arange":
        return None
    shape = tuple(size for size in said.dims if isinstance(size, int))
    if len(shape) < len(said.dims):
        return _spread(site, values[0], said.dims) if len(values) == 1 else None
    if any(value.tensor is None or value.is_spread for value in values):
        return None
    return _folded(site, [value.tensor for value in values if value.tensor is not None], shape, dtype)


def _product_of_zeros(site: Site, dims: tuple[Size, ...], dtype: str) -> Value | None:
    """Return the bias that is all that a product with zeros gives, for each item of a batch; zeros without one."""
    name = "self" if site.kind == "addmm" else "bias"
    if site.kind not in ("addmm", "linear") or not site.has(name):
        return _filled(dims, 0.0, dtype)
    shape = tuple(size if isinstance(size, int) else None for size in dims)
    plain = site.is_constant(name) and site.weight(name).shape == dims[-1:]
    if not plain or site.real("beta", 1.0) != 1 or None not in shape:
        return None
    return Value(shape, dims, dtype, tensor=site.weight(name))


def _spread(site: Site, value: Value, dims: tuple[Size, ...]) -> Value | None:
    """Return an array that is stretched over open sizes, with a size of 1 for each; None where it is another one then.

    It stays the same where axes are stretched, and where axes of size 1 come or go.
    """
    if site.kind not in MOVES or value.tensor is None:
        return None
    if value.tensor.size == 1 and (array := value.array()) is not None:
        return _filled(dims, float(array.ravel()[0]), value.dtype)
    tensor = value.tensor
    if site.kind not in ("expand", "expand_as") and value.dims != dims:
        if MOVES[site.kind] is not _reshaped or _without_ones(value.dims) != _without_ones(dims):
            return None
        flat = tuple(size if isinstance(size, int) else 1 for size in dims)
        if prod(flat) != tensor.size:
            return None
        tensor = tensor.reshaped(flat)
    return Value(tuple(size if isinstance(size, int) else None for size in dims), dims, value.dtype, tensor=tensor)


def _without_ones(dims: Sequence[Size | None]) -> list[Size | None]:
    return [size for size in dims if size != 1]


def _filled(dims: tuple[Size, ...], number: float, dtype: str) -> Value:
    shape = tuple(size if isinstance(size, int) else None for size in dims)
    if None not in shape and prod(size or 0 for size in shape) <= SMALL:
        return constant(filled([size or 0 for size in shape], number, dtype))
    return Value(shape, dims, dtype, fill=number)


def _folded(site: Site, tensors: list[Tensor], shape: tuple[int, ...], dtype: str) -> Value | None:
    """Work out an operator: at once where little is to do, else when it is asked for; its shape is looked at before."""
    kind = site.kind
    fold = MOVES.get(kind) or POINTWISE.get(kind) or GATHERS.get(kind)
    if fold is None:
        return None
    if kind == "permute":
        return constant(tensors[0].transposed(_order(site, len(tensors[0].shape))))
    if prod(shape) > LARGEST:
        raise Unsayable(f"it makes an array of the shape {shape}, which no weight has")

    def work() -> Any:
        with np.errstate(all="ignore"):
            return np.asarray(fold(site, [tensor.numpy() for tensor in tensors], shape)).astype(dtype, copy=False)

    small = sum(tensor.size for tensor in tensors) <= 4 * SMALL and prod(shape) <= SMALL
    try:
        found = shape
        if kind in POINTWISE and kind != "arange":
            found = np.broadcast_shapes(*(tensor.shape for tensor in tensors))
        elif not small:
            if kind in GATHERS and prod(shape) > GATHERED:
                raise Unsayable("it puts together an array that is too large to be worked out")
            shadows = [np.broadcast_to(np.ones((), np.int8), tensor.shape) for tensor in tensors]
            found = shape if kind == "arange" else fold(site, shadows, shape).shape
        if found == shape and small:
            array = work()
            found, work = array.shape, lambda: array
    except (IndexError, TypeError, MemoryError) as error:
        raise ValueError(f"cannot be worked out: {error}") from None
    if found != shape:
        raise ValueError(f"gives {found}, where the program says {shape}")
    return constant(Tensor(shape, work, dtype))


def _order(site: Site, rank: int) -> list[int]:
    order = [axis + rank if axis < 0 else axis for axis in site.wholes("dims")]
    if sorted(order) != list(range(rank)):
        raise ValueError(f"does not name each of {rank} axes once")
    return order


def _slice(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    index = [slice(None)] * arrays[0].ndim
    step = site.whole("step", 1)
    end = site.sizes("end", [2**62])[0]
    index[site.whole("dim", 0)] = slice(site.whole("start", 0), end if isinstance(end, int) else None, step)
    return arrays[0][tuple(index)]


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


def _repeated(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    times = site.wholes("repeats")
    _require(prod(times) * arrays[0].size, shape)
    return np.tile(arrays[0], times)


def _selected(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    index: list[Any] = [slice(None)] * arrays[0].ndim
    index[site.whole("dim")] = site.whole("index")
    return arrays[0][tuple(index)]


def _times(array: Any, factor: float) -> Any:
    return array if factor == 1 else array * factor


def _pair(site: Site, arrays: Arrays) -> tuple[Any, Any]:
    """Return both operands of arithmetic, one of which may be a number."""
    return arrays[0], arrays[1] if len(arrays) > 1 else site.real("other")


def _added(sign: int) -> Fold:
    def fold(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
        a, b = _pair(site, arrays)
        return a + _times(b, sign * site.real("alpha", 1.0))

    return fold


def _of_two(function: Any) -> Fold:
    return lambda site, arrays, shape: function(*_pair(site, arrays))


def _of_one(function: Any) -> Fold:
    return lambda site, arrays, shape: function(arrays[0])


def _normed(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    """Return weights given by direction and length, one length for each place along an axis."""
    v, g = arrays
    axis = site.whole("dim", 0) % v.ndim
    return v * (g / np.sqrt(np.square(v).sum(tuple(i for i in range(v.ndim) if i != axis), keepdims=True)))


def _range(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    return site.real("start", 0) + site.real("step", 1) * np.arange(shape[0])


def _reshaped(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    return arrays[0].reshape(shape)


def _stretched(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    return np.broadcast_to(arrays[0], shape)


def _turned(site: Site, arrays: Arrays, shape: tuple[int, ...]) -> Any:
    return arrays[0].swapaxes(site.whole("dim0"), site.whole("dim1"))


MOVES: dict[str, Fold] = {
    **dict.fromkeys(
        ["view", "_unsafe_view", "reshape", "flatten", "unflatten", "unsqueeze", "squeeze", "view_as"], _reshaped
    ),
    **dict.fromkeys(["clone", "contiguous", "detach", "alias", "lift_fresh_copy", "lift_fresh", "getitem"], _reshaped),
    **dict.fromkeys(["expand", "expand_as"], _stretched),
    **dict.fromkeys(["t", "numpy_T"], _of_one(np.transpose)),
    "permute": lambda site, arrays, shape: arrays[0].transpose(_order(site, arrays[0].ndim)),
    "transpose": _turned,
    "slice": _slice,
    "select": _selected,
}
"""What only rearranges an array."""
POINTWISE: dict[str, Fold] = {
    "arange": _range,
    "add": _added(1),
    "sub": _added(-1),
    "mul": _of_two(np.multiply),
    "div": _of_two(np.divide),
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
}
"""What is worked out element by element."""
GATHERS: dict[str, Fold] = {
    "cat": _joined(np.concatenate),
    "stack": _joined(np.stack),
    "index": _index,
    "repeat": _repeated,
    "sum": _reduced(np.add.reduce),
    "mean": _reduced(np.mean),
    "linalg_vector_norm": _reduced(lambda array, **over: np.sqrt(np.add.reduce(np.square(array), **over))),
}
"""What puts an array together from others."""


def _number(name: str) -> Callable[[Site], float | None]:
    return lambda site: site.real(name)


_CREATED: dict[str, Callable[[Site], float | None]] = {
    **dict.fromkeys(["zeros", "zeros_like", "new_zeros"], lambda site: 0.0),
    **dict.fromkeys(["ones", "ones_like", "new_ones"], lambda site: 1.0),
    **dict.fromkeys(["full", "full_like", "new_full"], _number("fill_value")),
    "scalar_tensor": _number("s"),
}
"""What is filled with one number: which."""

__all__ = ["MOVES", "filled", "known"]
