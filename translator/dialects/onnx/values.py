"""What a name in an ONNX graph stands for while it is read: a tensor of ours, or what is known beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ir.graph import Ref
from ir.shapes import Shape
from ir.weights import Tensor

SMALL = 1 << 16
"""Numbers of an array at most that is worked with while a file is read; of larger ones the graph has operators."""
MANY = 1 << 24
"""Numbers of an array at most that is put together from parts of another."""


class Open:
    """A size that is known at run time alone: a factor of some other one, which may be the batch.

    It does the arithmetic that shapes are subject to; what comes of it is another size where it cannot be told.
    """

    __slots__ = ("factor", "symbol")

    def __init__(self, symbol: Any = None, factor: int = 1) -> None:
        self.symbol = object() if symbol is None else symbol
        self.factor = factor

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Open) and (self.symbol, self.factor) == (other.symbol, other.factor)

    def __hash__(self) -> int:
        return hash((self.symbol, self.factor))

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Open):
            return Open()
        return Open(self.symbol, self.factor * int(other)) if other else 0

    __rmul__ = __mul__

    def __floordiv__(self, other: Any) -> Any:
        if isinstance(other, Open) and self.symbol == other.symbol and self.factor % other.factor == 0:
            return self.factor // other.factor
        if not isinstance(other, Open) and other and self.factor % int(other) == 0:
            return Open(self.symbol, self.factor // int(other))
        return Open()

    def __add__(self, other: Any) -> Any:
        return self if not isinstance(other, Open) and other == 0 else Open()

    __radd__ = __add__
    __sub__ = __add__

    def __rsub__(self, other: Any) -> Open:
        return Open()

    __rfloordiv__ = __rsub__
    __neg__ = __abs__ = lambda self: Open()


Size = int | Open


@dataclass(frozen=True, eq=False)
class Value:
    """A value: a tensor (`ref`), an array of the file (`tensor`), sizes, one number everywhere (`fill`), or several.

    Some of the sizes are open, and so is the shape that one number fills. `dims` is the shape with its unknown sizes
    told apart, and `probe` the shape if the batches had sizes that nothing else has: so a size is known to be a batch
    where it comes out as one. `steps` counts the operators that an array is worked out by when it is asked for.
    """

    dims: tuple[Size, ...]
    dtype: str = "float32"
    ref: Ref | None = None
    probe: Shape = ()
    tensor: Tensor | None = None
    sizes: np.ndarray[Any, Any] | None = None
    fill: float | None = None
    items: tuple[Value, ...] | None = None
    steps: int = 0

    @property
    def shape(self) -> Shape:
        """The shape as the IR has it."""
        return tuple(None if isinstance(size, Open) else size for size in self.dims)

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.dims)

    def array(self) -> np.ndarray[Any, Any] | None:
        """Return the numbers, where they are known and few."""
        if self.sizes is not None:
            return self.sizes
        if self.tensor is not None and self.tensor.size <= SMALL:
            return self.tensor.numpy()
        return None


def constant(tensor: Tensor) -> Value:
    """Return the value of an array that the file holds."""
    return Value(tensor.shape, tensor.dtype, tensor=tensor)


def known(array: np.ndarray[Any, Any], dtype: str = "int64") -> Value:
    """Return the value of an array that has been worked out; one of objects holds sizes that may be open."""
    if array.dtype == object:
        if any(isinstance(each, Open) for each in array.flat):
            return Value(array.shape, dtype, sizes=array)
        array = array.astype(dtype)
    return constant(Tensor(array.shape, lambda: array, array.dtype.name))
