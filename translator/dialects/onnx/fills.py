"""Arrays that hold one number everywhere and are of sizes that are open: the states that a layer starts from, say.

They are worked with by arrays of no memory, in which each open size is a prime that no other size is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from translator.dialects.onnx.computing import FOLDS
from translator.dialects.onnx.proto import Operator
from translator.dialects.onnx.tensors import TYPES
from translator.dialects.onnx.values import MANY, Open, Size, Value, known

PRIMES = (10007, 10009, 10037, 10039)
"""What stands for open sizes; more of them than these are not told apart."""
ARRANGED = frozenset(["Concat", "Expand", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"])
"""Operators that give an array another shape, and its numbers as they are."""
EACH = frozenset(["Add", "Div", "Max", "Min", "Mul", "Pow", "Sub", "Equal", "Greater", "Less"])
"""Operators on each element of two arrays."""
REDUCED = frozenset(["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin"])
"""Operators over some axes; all but the sum leave one number as it is."""


def worked_out(operator: Operator, inputs: Sequence[Value]) -> Value | None:
    """Return what an operator gives of an array of one number, where that is another; None where it is not known."""
    whole = inputs[0]
    if operator.kind == "Cast" and (dtype := TYPES.get(operator.attributes.get("to", 0))):
        return Value(whole.dims, dtype, fill=whole.fill)
    if operator.kind in EACH:
        return _together(operator, inputs)
    if operator.kind in REDUCED:
        return _reduced(operator, inputs)
    return _arranged(operator, inputs) if operator.kind in ARRANGED else None


def _arranged(operator: Operator, inputs: Sequence[Value]) -> Value | None:
    """Return an array of one number in another shape."""
    count = len(inputs) if operator.kind == "Concat" else 1
    filled, rest = inputs[:count], [array for each in inputs[count:] if (array := each.array()) is not None]
    if any(each.fill != filled[0].fill for each in filled) or len(rest) < len(inputs) - count:
        return None
    sizes = [size for each in filled for size in each.dims] + [size for each in rest for size in np.ravel(each)]
    symbols = {size.symbol for size in sizes if isinstance(size, Open)}
    closed = [int(size) for size in sizes if not isinstance(size, Open)]
    if len(symbols) > len(PRIMES) or any(size and size % prime == 0 for size in closed for prime in PRIMES):
        return None
    primes = dict(zip(symbols, PRIMES, strict=False))
    shadows = [np.broadcast_to(np.zeros((), np.int8), _closed(each.dims, primes)) for each in filled]
    if operator.kind == "Concat" and sum(each.size for each in shadows) > MANY:
        return None
    others = [np.array(_closed(np.ravel(each), primes), np.int64).reshape(np.shape(each)) for each in rest]
    try:
        if operator.kind == "Transpose":
            shape = shadows[0].transpose(operator.attributes.get("perm")).shape
        else:
            shape = FOLDS[operator.kind](operator, [*shadows, *others]).shape
    except (IndexError, TypeError, KeyError, ValueError):
        return None
    dims = [_opened(size, primes) for size in shape]
    found = tuple(size for size in dims if size is not None)
    return Value(found, filled[0].dtype, fill=filled[0].fill) if len(found) == len(dims) else None


def _closed(sizes: Iterable[Any], primes: dict[Any, int]) -> list[int]:
    return [primes[size.symbol] * size.factor if isinstance(size, Open) else int(size) for size in sizes]


def _opened(size: int, primes: dict[Any, int]) -> Size | None:
    """Return the size that a number stands for; None for one of two open sizes."""
    within = [(symbol, prime) for symbol, prime in primes.items() if size and size % prime == 0]
    if len(within) > 1:
        return None
    return Open(within[0][0], size // within[0][1]) if within else size


def _together(operator: Operator, inputs: Sequence[Value]) -> Value | None:
    """Return what arrays of one number each, of one shape, give element by element; numbers alone go with any."""
    numbers = [number for each in inputs if (number := _number(each)) is not None]
    shapes = {each.dims for each in inputs if each.fill is not None}
    if len(numbers) < len(inputs) or len(shapes) > 1:
        return None
    (dims,) = shapes
    if any(each.rank > len(dims) for each in inputs):
        return None
    with np.errstate(all="ignore"):
        found = FOLDS[operator.kind](operator, [np.asarray(each) for each in numbers])
    return Value(dims, "bool" if found.dtype == bool else inputs[0].dtype, fill=float(found))


def _number(value: Value) -> float | None:
    """Return the one number that an array holds."""
    if value.fill is not None:
        return value.fill
    array = value.array()
    return float(array.ravel()[0]) if array is not None and array.size == 1 and array.dtype != object else None


def _reduced(operator: Operator, inputs: Sequence[Value]) -> Value | None:
    """Return what is left of an array of one number over axes that are named, and for a sum are of known size."""
    whole, named = inputs[0], inputs[1].array() if len(inputs) > 1 else operator.attributes.get("axes")
    if named is None or not np.size(named) or whole.fill is None:
        return None
    axes = {int(axis) % whole.rank for axis in np.ravel(named)}
    times = 1
    for axis in axes if operator.kind == "ReduceSum" else ():
        size = whole.dims[axis]
        if isinstance(size, Open):
            return None
        times *= size
    keeps = bool(operator.attributes.get("keepdims", 1))
    places = [(axis, size) for axis, size in enumerate(whole.dims) if keeps or axis not in axes]
    dims = tuple(1 if axis in axes else size for axis, size in places)
    return Value(dims, whole.dtype, fill=whole.fill * times) if any(isinstance(size, Open) for size in dims) else None


def as_numbers(operator: Operator, inputs: Sequence[Value | None]) -> list[Value | None]:
    """Return an operator's inputs with one number in the place of an array of it, where that makes no other shape."""
    given = list(inputs)
    tensors = [each for each in given if each is not None and each.ref is not None]
    if operator.kind not in EACH | {"Where"} or not tensors:
        return given
    widest = max(tensors, key=lambda each: each.rank)
    for place, each in enumerate(given):
        if each is None or each.fill is None or each.rank > widest.rank:
            continue
        if all(size in (1, there) for size, there in zip(each.dims[::-1], widest.dims[::-1], strict=False)):
            given[place] = known(np.array(each.fill, each.dtype), each.dtype)
    return given
