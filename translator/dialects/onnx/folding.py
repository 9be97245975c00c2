"""Operators whose inputs are known beforehand: arrays that the file holds, and sizes that may be open.

Shapes are worked out by the same functions as arrays: sizes stand in arrays of objects (`values.Open`). An operator
that is not here, or whose arrays are large, stays in the graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ir.weights import Tensor
from translator.dialects.onnx import fills, narrow
from translator.dialects.onnx.computing import FOLDS, LATER, WITH_GAPS, Unknown
from translator.dialects.onnx.proto import Operator
from translator.dialects.onnx.tensors import TYPES, filled
from translator.dialects.onnx.values import MANY, SMALL, Open, Value, constant, known
from translator.mapping import Unsayable

PLAIN = {dtype for dtype in TYPES.values() if dtype != "bfloat16" and dtype not in narrow.BITS}
"""The types that numpy has."""
STEPS = 64
"""Operators at most that what is worked out later stands on, each as often as it is taken."""


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
    if inputs and inputs[0].fill is not None and operator.kind in ("QuantizeLinear", "DequantizeLinear"):
        return _of_one(operator, inputs)
    if inputs and inputs[0].fill is not None:
        return _part_of_fill(operator, inputs) if operator.kind == "Slice" else fills.worked_out(operator, inputs)
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
    if operator.kind == "QuantizeLinear" and not operator.attributes.get("block_size") and len(inputs) > 1:
        return _quantized(operator, tensor, inputs[1:])
    if operator.kind == "CastLike" and len(inputs) > 1 and inputs[1].dtype in PLAIN:
        like = inputs[1].dtype
        return constant(Tensor(tensor.shape, lambda: tensor.numpy().astype(like), like))
    if operator.kind == "Cast" and (dtype := TYPES.get(operator.attributes.get("to", 0), "")) in PLAIN:
        return constant(Tensor(tensor.shape, lambda: tensor.numpy().astype(dtype), dtype))
    if tensor.size > SMALL and operator.kind in ("Reshape", "Flatten", "Squeeze", "Unsqueeze"):
        return _another_shape(operator, inputs, tensor)
    if operator.kind == "Gather" and (picked := _picked(operator, tensor, inputs)) is not None:
        return picked
    if operator.kind in ("Expand", "Concat") and (places := _many_places(operator, inputs)) is not None:
        return places
    if operator.kind == "Transpose":
        order = operator.attributes.get("perm") or tuple(range(len(tensor.shape)))[::-1]
        if sorted(order) != list(range(len(tensor.shape))):
            raise ValueError(f"perm={list(order)} does not name each axis of {tensor.shape} once")
        return constant(tensor.transposed(order))
    return None


def _picked(operator: Operator, tensor: Tensor, inputs: Sequence[Value]) -> Value | None:
    """Pick parts of a large array, or many of one, along an axis; None where they are known at run time alone."""
    places = inputs[1].tensor if len(inputs) > 1 else None
    rank, axis = len(tensor.shape), operator.attributes.get("axis", 0)
    if places is None or not -rank <= axis < rank or max(places.size, tensor.size) > MANY:
        return None
    axis %= rank
    shape = (*tensor.shape[:axis], *places.shape, *tensor.shape[axis + 1 :])
    if not SMALL < np.prod(shape, dtype=float) <= MANY:
        return None
    array = places.numpy().astype(np.int64)
    if array.min() < -tensor.shape[axis] or array.max() >= tensor.shape[axis]:
        raise ValueError(f"picks places {array.min()} to {array.max()} of {tensor.shape[axis]}")
    return constant(tensor.map(lambda whole: np.take(whole, array, axis), shape))


def _many_places(operator: Operator, inputs: Sequence[Value]) -> Value | None:
    """Repeat or join whole numbers that say where things stand, more than are worked out at once but not too many."""
    repeats = operator.kind == "Expand"
    joined = inputs[:1] if repeats else inputs
    tensors = [each.tensor for each in joined if each.tensor is not None and each.tensor.dtype in ("int32", "int64")]
    sizes = inputs[1].array() if repeats and len(inputs) > 1 else np.zeros(0)
    few = sum(tensor.size for tensor in tensors) <= MANY
    if len(tensors) < len(joined) or sizes is None or sizes.dtype == object or not few:
        return None

    def join(arrays: list[Any]) -> Any:
        if not repeats:
            return _guarded(operator, arrays)
        return np.broadcast_to(arrays[0], np.broadcast_shapes(arrays[0].shape, tuple(map(int, sizes))))

    shape = join([np.broadcast_to(np.zeros((), np.int8), tensor.shape) for tensor in tensors]).shape
    if not SMALL < np.prod(shape, dtype=float) <= MANY:
        return None
    return constant(Tensor(shape, lambda: join([tensor.numpy() for tensor in tensors]), tensors[0].dtype))


def _dequantized(operator: Operator, tensor: Tensor, numbers: list[Any]) -> Value | None:
    """Return what whole numbers stand for: without what 0 became, times a scale, each for all or along an axis."""
    if not numbers or any(each is None or each.dtype == object for each in numbers):
        return None
    scale, *away = _along(operator, tensor, numbers)

    def load() -> Any:
        array = tensor.numpy().astype(np.float32)
        return np.asarray((array - away[0] if away else array) * scale, np.float32)

    return constant(Tensor(tensor.shape, load))


def _quantized(operator: Operator, tensor: Tensor, others: Sequence[Value]) -> Value | None:
    """Return the whole numbers that stand for others: over a scale, with what 0 becomes, inside the ends of a type."""
    numbers = [each.array() for each in others]
    dtype = others[1].dtype if len(others) > 1 else TYPES.get(operator.attributes.get("output_dtype", 0), "uint8")
    if any(each is None or each.dtype == object for each in numbers) or dtype not in PLAIN or dtype[0] not in "iu":
        return None
    scale, *zero = _along(operator, tensor, numbers)
    ends = np.iinfo(dtype)

    def load() -> Any:
        with np.errstate(all="ignore"):
            whole = np.rint(tensor.numpy().astype(np.float32) / scale)
        return np.clip(whole + zero[0] if zero else whole, ends.min, ends.max).astype(dtype)

    return constant(Tensor(tensor.shape, load, dtype))


def _of_one(operator: Operator, inputs: Sequence[Value]) -> Value | None:
    """Return what an array of one number becomes by one scale for all."""
    whole, rest = inputs[0], inputs[1:]
    if whole.fill is None or any(each.tensor is None or each.tensor.size != 1 for each in rest):
        return None
    one = known(np.array([whole.fill], whole.dtype), whole.dtype)
    found = lazily(operator, [one, *rest])
    array = found.array() if found is not None else None
    return None if found is None or array is None else Value(whole.dims, found.dtype, fill=float(array[0]))


def _along(operator: Operator, tensor: Tensor, numbers: list[Any]) -> list[Any]:
    """Return numbers that are each for all or along an axis, as they stand beside an array."""
    rank = len(tensor.shape)
    axis = operator.attributes.get("axis", 1)
    shape = [-1 if place == axis % max(1, rank) else 1 for place in range(rank)]
    sizes = [1 if each.size == 1 else tensor.shape[axis % max(1, rank)] for each in numbers]
    if any(each.size != size for each, size in zip(numbers, sizes, strict=True)):
        raise ValueError(f"has {numbers[0].size} scales for an array of the shape {tensor.shape}")
    return [each.astype(np.float32).reshape(shape if each.size > 1 else ()) for each in numbers]


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


def fold(operator: Operator, inputs: Sequence[Value | None]) -> Value | None:
    """Work out an operator on arrays; None where there is no need to know how, or it would be much.

    Of large ones the shape alone is looked at, and the numbers when they are asked for. An input that is None was left
    out.
    """
    given = [each for each in inputs if each is not None]
    if operator.kind not in FOLDS or (len(given) < len(inputs) and operator.kind not in WITH_GAPS):
        return None
    arrays = [array for each in given if (array := each.array()) is not None]
    try:
        if len(arrays) < len(given) or sum(array.size for array in arrays) > 4 * SMALL:
            return _later(operator, given)
        placed = iter(arrays)
        found = np.asarray(_guarded(operator, [None if each is None else next(placed) for each in inputs]))
    except Unknown:
        return None
    return known(found, "float32" if found.dtype.kind == "f" else "int64")


def _later(operator: Operator, inputs: Sequence[Value]) -> Value | None:
    """Work out large arrays when they are asked for, and none that stands on much of the same."""
    tensors = [each.tensor for each in inputs if each.tensor is not None]
    steps = 1 + sum(each.steps for each in inputs)
    if operator.kind not in LATER or len(tensors) < len(inputs) or steps > STEPS:
        return None
    if any(tensor.size > MANY or tensor.dtype != "float32" for tensor in tensors if tensor.size > SMALL):
        return None
    shadows = [
        tensor.numpy() if tensor.size <= SMALL else np.broadcast_to(np.ones((), np.float32), tensor.shape)
        for tensor in tensors
    ]
    shape = np.shape(_guarded(operator, shadows))

    def load() -> Any:
        return np.asarray(_guarded(operator, [tensor.numpy() for tensor in tensors]), np.float32)

    return replace(constant(Tensor(shape, load)), steps=steps)


def _guarded(operator: Operator, arrays: list[Any]) -> Any:
    """Work out an operator; raise ValueError where its inputs do not fit it, and Unknown where open sizes do not."""
    try:
        with np.errstate(all="ignore"):
            return FOLDS[operator.kind](operator, arrays)
    except (AttributeError, IndexError, TypeError, KeyError, ValueError, OverflowError, MemoryError) as error:
        if any(array is not None and array.dtype == object for array in arrays):
            raise Unknown from None
        raise ValueError(f"cannot be worked out: {error}") from None


__all__ = ["constant_operator", "fold", "lazily", "measured"]
