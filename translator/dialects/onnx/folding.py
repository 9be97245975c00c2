"""Operators whose inputs are known beforehand: arrays that the file holds, and sizes that may be open.

Shapes are worked out by the same functions as arrays: sizes stand in arrays of objects (`values.Open`). An operator
that is not here, or whose arrays are large, stays in the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from ir.weights import Tensor
from translator.dialects.onnx import narrow
from translator.dialects.onnx.proto import Operator
from translator.dialects.onnx.tensors import TYPES, filled
from translator.dialects.onnx.values import SMALL, Open, Value, constant, known
from translator.mapping import Unsayable

PLAIN = {dtype for dtype in TYPES.values() if dtype != "bfloat16" and dtype not in narrow.BITS}
"""The types that numpy has."""
Array = Any
Fold = Callable[[Operator, list[Any]], Any]


class Unknown(Exception):
    """What an operator gives is not worked out: it is large, or depends on sizes that are open."""


def constant_operator(operator: Operator) -> Value:
    """Return what a Constant gives."""
    for name, content in operator.attributes.items():
        if name == "value" and isinstance(content, Tensor):
            return constant(content)
        if name in ("value_int", "value_ints"):
            return known(np.array(content, np.int64))
        if name in ("value_float", "value_floats"):
            return known(np.array(content, np.float32))
    raise Unsayable("it holds no numbers")


def lazily(operator: Operator, inputs: Sequence[Value]) -> Value | None:
    """Work out what only rearranges an array, whatever its size."""
    tensor = inputs[0].tensor if inputs else None
    if operator.kind == "Cast" and inputs[0].sizes is not None:
        return inputs[0]  # Sizes are whole numbers, whatever holds them.
    if operator.kind == "ConstantOfShape":
        return _filled(operator, inputs)
    if operator.kind == "Slice" and inputs[0].fill is not None:
        return _part_of_fill(operator, inputs)
    if operator.kind == "Expand" and tensor is not None and tensor.size == 1 and len(inputs) > 1:
        sizes = inputs[1].sizes
        if sizes is not None and sizes.size >= len(tensor.shape):
            return Value(tuple(sizes), tensor.dtype, fill=float(tensor.numpy().ravel()[0]))
    if tensor is None:
        return None
    if operator.kind in ("Identity", "Dropout"):
        return inputs[0]
    if operator.kind == "DequantizeLinear" and not operator.attributes.get("block_size"):
        return _dequantized(operator, tensor, [each.array() for each in inputs[1:]])
    if operator.kind == "CastLike" and len(inputs) > 1 and inputs[1].dtype in PLAIN:
        like = inputs[1].dtype
        return constant(Tensor(tensor.shape, lambda: tensor.numpy().astype(like), like))
    if operator.kind == "Cast" and (dtype := TYPES.get(operator.attributes.get("to", 0), "")) in PLAIN:
        return constant(Tensor(tensor.shape, lambda: tensor.numpy().astype(dtype), dtype))
    if tensor.size > SMALL and operator.kind in ("Reshape", "Flatten", "Squeeze", "Unsqueeze"):
        return _another_shape(operator, inputs, tensor)
    if operator.kind == "Transpose":
        order = operator.attributes.get("perm") or tuple(range(len(tensor.shape)))[::-1]
        if sorted(order) != list(range(len(tensor.shape))):
            raise ValueError(f"perm={list(order)} does not name each axis of {tensor.shape} once")
        return constant(tensor.transposed(order))
    return None


def _dequantized(operator: Operator, tensor: Tensor, numbers: list[Any]) -> Value | None:
    """Return what whole numbers stand for: without what 0 became, times a scale, each for all or along an axis."""
    if not numbers or any(each is None or each.dtype == object for each in numbers):
        return None
    rank = len(tensor.shape)
    axis = operator.attributes.get("axis", 1)
    shape = [-1 if place == axis % max(1, rank) else 1 for place in range(rank)]
    sizes = [1 if each.size == 1 else tensor.shape[axis % max(1, rank)] for each in numbers]
    if any(each.size != size for each, size in zip(numbers, sizes, strict=True)):
        raise ValueError(f"has {numbers[0].size} scales for an array of the shape {tensor.shape}")
    scale, *away = (each.astype(np.float32).reshape(shape if each.size > 1 else ()) for each in numbers)

    def load() -> Any:
        array = tensor.numpy().astype(np.float32)
        return np.asarray((array - away[0] if away else array) * scale, np.float32)

    return constant(Tensor(tensor.shape, load))


def _filled(operator: Operator, inputs: Sequence[Value]) -> Value:
    """Return what a ConstantOfShape gives."""
    sizes = inputs[0].array() if inputs else None
    if sizes is None:
        raise Unsayable("its shape is not known")
    if sizes.dtype.kind not in "iuO":
        raise ValueError("makes an array of sizes that are not whole")
    value = operator.attributes.get("value")
    first = value.numpy().ravel()[0] if isinstance(value, Tensor) and value.size else np.float32(0)
    if sizes.dtype == object:
        return Value(tuple(sizes.ravel()), first.dtype.name, fill=float(first))
    return constant(filled(tuple(map(int, sizes.ravel())), first, first.dtype.name))


def _part_of_fill(operator: Operator, inputs: Sequence[Value]) -> Value | None:
    """Cut what holds one number everywhere, along axes of known size; the cut is told by one that has no numbers."""
    whole = inputs[0]
    rest = [array for each in inputs[1:] if (array := each.array()) is not None]
    if len(rest) < len(inputs) - 1:
        return None
    known_sizes = [1 if isinstance(size, Open) else int(size) for size in whole.dims]
    shadow = np.broadcast_to(np.zeros((), np.int8), known_sizes)
    shape = _guarded(operator, [shadow, *rest]).shape
    if any(isinstance(size, Open) and cut != 1 for size, cut in zip(whole.dims, shape, strict=True)):
        return None
    axes = operator.attributes.get("axes") or (rest[2].ravel() if len(rest) > 2 else range(len(shape)))
    if any(isinstance(whole.dims[int(axis)], Open) for axis in axes):
        return None
    pairs = zip(whole.dims, shape, strict=True)
    return Value(tuple(s if isinstance(s, Open) else c for s, c in pairs), whole.dtype, fill=whole.fill)


def _another_shape(operator: Operator, inputs: Sequence[Value], tensor: Tensor) -> Value | None:
    """Give a large array another shape, which one without numbers of its own tells."""
    rest = [each.array() for each in inputs[1:]]
    if any(each is None for each in rest):
        return None
    shadow = np.broadcast_to(np.zeros((), np.int8), tensor.shape)
    shape = _guarded(operator, [shadow, *rest]).shape
    return constant(tensor.reshaped(shape))


def measured(operator: Operator, x: Value) -> Value:
    """Return the sizes of a tensor, or of some of its axes, or how many numbers it has."""
    dims = list(x.dims)
    if operator.kind == "Size":
        total: Any = 1
        for each in dims:
            total = total * each
        dims = [total]
    else:
        dims = dims[operator.attributes.get("start", 0) : operator.attributes.get("end")]
    array = np.empty(len(dims), object)
    array[:] = dims
    return known(array.reshape(()) if operator.kind == "Size" else array)


def fold(operator: Operator, inputs: Sequence[Value]) -> Value | None:
    """Work out an operator on small arrays; None where there is no need to know how, or it would be much."""
    if operator.kind not in FOLDS:
        return None
    arrays = [array for each in inputs if (array := each.array()) is not None]
    if len(arrays) < len(inputs) or sum(array.size for array in arrays) > 4 * SMALL:
        return None
    try:
        found = np.asarray(_guarded(operator, arrays))
    except Unknown:
        return None
    return known(found, "float32" if found.dtype.kind == "f" else "int64")


def _guarded(operator: Operator, arrays: list[Any]) -> Any:
    """Work out an operator; raise ValueError where its inputs do not fit it, and Unknown where open sizes do not."""
    try:
        with np.errstate(all="ignore"):
            return FOLDS[operator.kind](operator, arrays)
    except (AttributeError, IndexError, TypeError, KeyError, ValueError, OverflowError, MemoryError) as error:
        if any(array.dtype == object for array in arrays):
            raise Unknown from None
        raise ValueError(f"cannot be worked out: {error}") from None


def _axes(operator: Operator, arrays: list[Any], place: int = 1) -> tuple[int, ...] | None:
    """Return axes that are an attribute, or an input since operator set 13."""
    if len(arrays) > place:
        return tuple(int(each) for each in arrays[place].ravel())
    axes = operator.attributes.get("axes")
    return None if axes is None else tuple(axes)


def _reshape(operator: Operator, arrays: list[Any]) -> Array:
    x = arrays[0]
    sizes = list(map(int, arrays[1] if len(arrays) > 1 else operator.attributes["shape"]))
    if not operator.attributes.get("allowzero"):
        sizes = [x.shape[i] if size == 0 else size for i, size in enumerate(sizes)]
    return x.reshape(sizes)


def _unsqueeze(operator: Operator, arrays: list[Any]) -> Array:
    return np.expand_dims(arrays[0], _axes(operator, arrays) or ())


def _squeeze(operator: Operator, arrays: list[Any]) -> Array:
    return np.squeeze(arrays[0], _axes(operator, arrays))


def _slice(operator: Operator, arrays: list[Any]) -> Array:
    named = operator.attributes
    bounds = [list(map(int, each.ravel())) for each in arrays[1:]] or [
        list(named[name]) for name in ("starts", "ends", "axes") if name in named
    ]
    starts, ends = bounds[:2]
    axes = bounds[2] if len(bounds) > 2 else list(range(len(starts)))
    steps = bounds[3] if len(bounds) > 3 else [1] * len(starts)
    index = [slice(None)] * arrays[0].ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        index[axis] = slice(start, None if step < 0 and end < -arrays[0].shape[axis] else end, step)
    return arrays[0][tuple(index)]


def _matmul(operator: Operator, arrays: list[Any]) -> Array:
    if np.prod([*arrays[0].shape[:-1], *arrays[1].shape[1:]], dtype=float) > SMALL:
        raise Unknown
    return np.matmul(*arrays)


def _concat(operator: Operator, arrays: list[Any]) -> Array:
    return np.concatenate(arrays, operator.attributes.get("axis", 1))


def _gather(operator: Operator, arrays: list[Any]) -> Array:
    if arrays[0].size * arrays[1].size > SMALL * max(1, arrays[0].shape[operator.attributes.get("axis", 0)]):
        raise Unknown
    return np.take(arrays[0], arrays[1].astype(np.int64), operator.attributes.get("axis", 0))


def _divide(operator: Operator, arrays: list[Any]) -> Array:
    """Divide; whole numbers are cut towards 0, which for sizes is downwards."""
    a, b = arrays
    if a.dtype.kind == "f":
        return a / b
    if any(not isinstance(each, Open) and each <= 0 for each in b.flat):
        raise ValueError("it divides by a number that is not positive")
    if any(not isinstance(each, Open) and each < 0 for each in a.flat):
        raise ValueError("it divides a negative whole number")
    return a // b


def _equal(a: Any, b: Any) -> Any:
    """Compare; an open size is none below 1, and equal to itself, and else that is not known."""
    pairs = np.broadcast_arrays(a, b)
    for one, other in zip(*(each.flat for each in pairs), strict=True):
        least = min((each for each in (one, other) if not isinstance(each, Open)), default=1)
        if (isinstance(one, Open) or isinstance(other, Open)) and least > 0 and one != other:
            raise Unknown
    return np.equal(*pairs).astype(bool)


def _range(operator: Operator, arrays: list[Any]) -> Array:
    start, limit, step = (each.ravel()[0] for each in arrays)
    if step == 0 or abs((limit - start) / step) > SMALL:
        raise Unknown
    return np.arange(start, limit, step)


def _expand(operator: Operator, arrays: list[Any]) -> Array:
    shape = np.broadcast_shapes(arrays[0].shape, tuple(map(int, arrays[1])))
    if np.prod(shape, dtype=float) > SMALL:
        raise Unknown
    return np.broadcast_to(arrays[0], shape)


def _reduced(function: Any) -> Fold:
    def compute(operator: Operator, arrays: list[Any]) -> Array:
        axes = _axes(operator, arrays)
        if not axes and axes is not None and operator.attributes.get("noop_with_empty_axes", 0):
            return arrays[0]
        return function(arrays[0], axis=axes or None, keepdims=bool(operator.attributes.get("keepdims", 1)))

    return compute


def _joined(function: Any) -> Fold:
    def compute(operator: Operator, arrays: list[Any]) -> Array:
        if np.prod(np.broadcast_shapes(*(each.shape for each in arrays)), dtype=float) > SMALL:
            raise Unknown
        return function(*arrays)

    return compute


FOLDS: dict[str, Fold] = {
    "Reshape": _reshape,
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Flatten": lambda operator, arrays: arrays[0].reshape(
        int(np.prod(arrays[0].shape[: operator.attributes.get("axis", 1)])), -1
    ),
    "Slice": _slice,
    "Concat": _concat,
    "Gather": _gather,
    "MatMul": _matmul,
    "Range": _range,
    "Expand": _expand,
    "Add": _joined(np.add),
    "Sub": _joined(np.subtract),
    "Mul": _joined(np.multiply),
    "Div": _joined(lambda a, b: _divide(Operator(), [a, b])),
    "Pow": _joined(np.power),
    "Mod": _joined(np.mod),
    "Neg": _joined(np.negative),
    "Sqrt": _joined(np.sqrt),
    "Reciprocal": _joined(lambda a: 1 / a),
    "Floor": _joined(np.floor),
    "Ceil": _joined(np.ceil),
    "Exp": _joined(np.exp),
    "Log": _joined(np.log),
    "Equal": _joined(_equal),
    "Not": _joined(np.logical_not),
    "And": _joined(np.logical_and),
    "Or": _joined(np.logical_or),
    "Less": _joined(np.less),
    "LessOrEqual": _joined(np.less_equal),
    "Greater": _joined(np.greater),
    "GreaterOrEqual": _joined(np.greater_equal),
    "Max": _joined(lambda *arrays: reduce(np.maximum, arrays)),
    "Min": _joined(lambda *arrays: reduce(np.minimum, arrays)),
    "Abs": _joined(np.abs),
    "Where": _joined(np.where),
    "ReduceProd": _reduced(np.prod),
    "ReduceSum": _reduced(np.sum),
    "ReduceMean": _reduced(np.mean),
    "ReduceMax": _reduced(np.max),
    "ReduceMin": _reduced(np.min),
}
"""What is worked out, by operator: a function of the operator and its input arrays."""


__all__ = ["constant_operator", "fold", "lazily", "measured"]
