"""Weights as lazy tensors: shape and type are known, the numbers are read on demand."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, eq=False)
class Tensor:
    """An array that is made when it is asked for, and not kept.

    `load` returns an array of the declared shape; where it can, a view of the file it comes from. What is arranged in
    the same way twice is one tensor, so that layers which share an array are seen to.
    """

    shape: tuple[int, ...]
    load: Callable[[], np.ndarray[Any, Any]]
    dtype: str = "float32"
    _arranged: dict[Hashable, Tensor] = field(default_factory=dict, init=False, repr=False)

    @property
    def size(self) -> int:
        """The number of elements."""
        size = 1
        for each in self.shape:
            size *= each
        return size

    def numpy(self) -> np.ndarray[Any, Any]:
        """Return the numbers, in the declared type."""
        array = self.load()
        return array.astype(self.dtype, copy=False)

    def bytes(self) -> memoryview:
        """Return the numbers in memory order, little-endian, without a copy where they lie so."""
        import numpy as np

        array = self.numpy()
        if not array.size:  # Python cannot view what has no elements as bytes.
            return memoryview(b"")
        return np.ascontiguousarray(array, array.dtype.newbyteorder("<")).data.cast("B")

    def map(self, change: Callable[[Any], Any], shape: Sequence[int]) -> Tensor:
        """Return the tensor that a function of the array gives, applied when it is asked for."""
        return Tensor(tuple(shape), lambda: change(self.numpy()), self.dtype)

    def arranged(self, key: Hashable, change: Callable[[Any], Any], shape: Sequence[int]) -> Tensor:
        """Return what `map` does, one and the same tensor each time that it is asked for by a key."""
        if key not in self._arranged:
            self._arranged[key] = self.map(change, shape)
        return self._arranged[key]

    def transposed(self, order: Sequence[int]) -> Tensor:
        """Return the tensor with its axes in another order."""
        if list(order) == list(range(len(self.shape))):
            return self
        shape = [self.shape[axis] for axis in order]
        return self.arranged(("transposed", *order), lambda array: array.transpose(order), shape)

    def reshaped(self, shape: Sequence[int]) -> Tensor:
        """Return the tensor with its elements, in the same order, in another shape."""
        if tuple(shape) == self.shape:
            return self
        return self.arranged(("reshaped", *shape), lambda array: array.reshape(shape), shape)


def of_array(array: np.ndarray[Any, Any]) -> Tensor:
    """Wrap an array that is in memory already."""
    return Tensor(array.shape, lambda: array, array.dtype.name)


def arranged(tensor: Tensor, have: str, want: str) -> Tensor:
    """Return a tensor with axes `have` as one with axes `want`, both given by letters.

    >>> import numpy as np
    >>> arranged(of_array(np.zeros((20, 1, 5, 7))), "OIHW", "HWIO").shape
    (5, 7, 1, 20)
    """
    return tensor.transposed([have.index(axis) for axis in want])
