"""The pieces that a Split cuts what is known beforehand into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ir.weights import Tensor
from translator.dialects.onnx.proto import Operator
from translator.dialects.onnx.values import Open, Value, constant, known


def lengths_of(size: int, count: int, given: Sequence[int] | None) -> list[int]:
    """Return how long the pieces of a Split are: as given, or of one length but the last."""
    each = -(-size // max(1, count))
    lengths = [each] * (count - 1) + [size - each * (count - 1)] if given is None else list(given)
    if not count:
        raise ValueError("gives nothing")
    if len(lengths) != count or sum(lengths) != size or min(lengths) < 0:
        raise ValueError(f"cuts {size} into {count} pieces of {lengths}")
    return lengths


def pieces(operator: Operator, inputs: Sequence[Value | None]) -> list[Value] | None:
    """Return the pieces of an array of the file, or of sizes; None where a tensor is cut, or in a way not known."""
    x = inputs[0] if inputs else None
    if x is None or x.ref is not None or (x.sizes is None and x.tensor is None):
        return None
    rank, axis = x.rank, operator.attributes.get("axis", 0)
    size = x.dims[axis] if -rank <= axis < rank else None
    lengths = _lengths(operator, inputs, size) if size is not None and not isinstance(size, Open) else None
    if lengths is None:
        return None
    ahead, behind = x.shape[: axis % rank], x.shape[axis % rank + 1 :]
    ends = [sum(lengths[: i + 1]) for i in range(len(lengths))]
    cuts = [(*[slice(None)] * len(ahead), slice(end - each, end)) for end, each in zip(ends, lengths, strict=True)]
    if (array := x.array()) is not None:
        return [known(array[cut], x.dtype) for cut in cuts]
    assert x.tensor is not None
    shapes = [(*ahead, each, *behind) for each in lengths]
    return [constant(_piece(x.tensor, cut, shape)) for cut, shape in zip(cuts, shapes, strict=True)]


def _lengths(operator: Operator, inputs: Sequence[Value | None], size: int) -> list[int] | None:
    given = inputs[1] if len(inputs) > 1 else None
    named: Any = operator.attributes.get("split") if given is None else given.array()
    if given is not None and (named is None or named.dtype == object):
        return None
    return lengths_of(size, len(operator.outputs), None if named is None else [int(each) for each in named])


def _piece(tensor: Tensor, cut: tuple[slice, ...], shape: Sequence[Any]) -> Tensor:
    return tensor.map(lambda whole: whole[cut], shape)
