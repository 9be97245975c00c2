"""What operators give of small arrays: numpy's words for them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from translator.arithmetic import normalised, taken_along
from translator.dialects.onnx.proto import Operator
from translator.dialects.onnx.values import SMALL, Open

Array = Any
Fold = Callable[[Operator, list[Any]], Any]
COMPARISONS = {"Less": np.less, "LessOrEqual": np.less_equal, "Greater": np.greater, "GreaterOrEqual": np.greater_equal}


class Unknown(Exception):
    """What an operator gives is not worked out: it is large, or depends on sizes that are open."""


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


def _clip(operator: Operator, arrays: list[Any]) -> Array:
    """Clip between bounds that are attributes, or inputs since operator set 11."""
    low, high = [*arrays[1:], None, None][:2]
    least, most = (operator.attributes.get(name, each) for name, each in (("min", low), ("max", high)))
    return arrays[0] if least is None and most is None else np.clip(arrays[0], least, most)


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


def _largest(*arrays: Any) -> Any:
    """Return the largest of each; an open size is none below 1, and which of two others is larger is not known."""
    if all(each.dtype != object for each in arrays):
        return functools.reduce(np.maximum, arrays)

    def larger(one: Any, other: Any) -> Any:
        if one == other:
            return one
        opened = [each for each in (one, other) if isinstance(each, Open)]
        if not opened:
            return max(one, other)
        if len(opened) > 1 or any(each > 1 for each in (one, other) if not isinstance(each, Open)):
            raise Unknown
        return opened[0]

    return functools.reduce(np.frompyfunc(larger, 2, 1), arrays)


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
        limit = max(SMALL, *(each.size for each in arrays))
        if np.prod(np.broadcast_shapes(*(each.shape for each in arrays)), dtype=float) > limit:
            raise Unknown
        return function(*arrays)

    return compute


def _normalised(operator: Operator, arrays: list[Any]) -> Array:
    """Normalise an array by given statistics or, in training, by its own, as layers do to their weights."""
    x, gamma, beta, *kept = arrays
    mean, variance = kept or (None, None)
    return normalised(x, gamma, beta, mean, variance, operator.attributes.get("epsilon", 1e-5))


def _summed(operator: Operator, arrays: list[Any]) -> Array:
    """Return running totals along an axis, each with its own number or, where it is exclusive, without it."""
    x, axis = arrays[0], int(arrays[1].ravel()[0])
    found = np.flip(x, axis) if operator.attributes.get("reverse") else x
    total = np.cumsum(found, axis)
    total = total - found if operator.attributes.get("exclusive") else total
    return np.flip(total, axis) if operator.attributes.get("reverse") else total


def _triangle(operator: Operator, arrays: list[Any]) -> Array:
    diagonal = int(arrays[1].ravel()[0]) if len(arrays) > 1 else 0
    return (np.triu if operator.attributes.get("upper", 1) else np.tril)(arrays[0], diagonal)


def _tiled(operator: Operator, arrays: list[Any]) -> Array:
    if np.prod(arrays[1], dtype=float) * arrays[0].size > SMALL:
        raise Unknown
    return np.tile(arrays[0], arrays[1].astype(np.int64))


def _gathered(operator: Operator, arrays: list[Any]) -> Array:
    x, places = arrays[0], arrays[1].astype(np.int64)
    if operator.attributes.get("batch_dims") or places.size // places.shape[-1] * x.size > SMALL**2:
        raise Unknown
    return x[tuple(np.moveaxis(places, -1, 0))]


FOLDS: dict[str, Fold] = {
    "BatchNormalization": _normalised,
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
    "Clip": _clip,
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
    **{name: _joined(getattr(np, name.lower())) for name in ("Abs", "Sin", "Cos", "Tan", "Tanh", "Sign", "Floor")},
    **{name: _joined(function) for name, function in COMPARISONS.items()},
    "And": _joined(np.logical_and),
    "Or": _joined(np.logical_or),
    "Xor": _joined(np.logical_xor),
    "Sigmoid": _joined(lambda a: 1 / (1 + np.exp(-a))),
    "Round": _joined(np.round),
    "Max": _joined(_largest),
    "Min": _joined(lambda *arrays: functools.reduce(np.minimum, arrays)),
    "CumSum": _summed,
    "Trilu": _triangle,
    "Tile": _tiled,
    "GatherND": _gathered,
    "GatherElements": lambda operator, arrays: taken_along(arrays[0], arrays[1], operator.attributes.get("axis", 0)),
    "Ceil": _joined(np.ceil),
    "Exp": _joined(np.exp),
    "Log": _joined(np.log),
    "Equal": _joined(_equal),
    "Not": _joined(np.logical_not),
    "Where": _joined(np.where),
    "ReduceProd": _reduced(np.prod),
    "ReduceSum": _reduced(np.sum),
    "ReduceMean": _reduced(np.mean),
    "ReduceMax": _reduced(np.max),
    "ReduceMin": _reduced(np.min),
    "ReduceL1": _reduced(lambda array, **over: np.sum(np.abs(array), **over)),
    "ReduceL2": _reduced(lambda array, **over: np.sqrt(np.sum(np.square(array), **over))),
    "ReduceSumSquare": _reduced(lambda array, **over: np.sum(np.square(array), **over)),
}
"""What is worked out, by operator: a function of the operator and its input arrays."""


LATER = frozenset([
    "Add", "Sub", "Mul", "Div", "Pow", "Sqrt", "Reciprocal", "Neg", "Abs", "Exp", "Log", "BatchNormalization",
    "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare",
    "Max", "Min", "Sigmoid", "Tanh", "Trilu", "Slice", "Concat",
])  # fmt: skip
"""What is worked out of large arrays too: weights that a net makes of others."""

WITH_GAPS = frozenset(["Clip"])
"""What is worked out where an input between others is left out."""

__all__ = ["FOLDS", "LATER", "WITH_GAPS", "Unknown"]
