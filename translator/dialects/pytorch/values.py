"""What a name in a program's graph stands for while it is read: a tensor of ours, or what is known beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ir.graph import Ref
from ir.shapes import Shape
from ir.weights import Tensor
from translator.dialects.pytorch.exported import Size

SMALL = 1 << 16
"""Numbers of an array at most that is worked with while a program is read; of larger ones the graph has operators."""


@dataclass(frozen=True, eq=False)
class Value:
    """A value: a tensor (`ref`), an array that the program holds (`tensor`), or one number everywhere (`fill`).

    An array may have fewer sizes than the value, or sizes of 1, where it is the same for each item of a batch.
    What `counts` has, along its only open axis, the place of each item. Of truths that are `loose` any number but 0 is
    true. `steps` counts the operators that an array is worked out by when it is asked for. `shape` is what follows from
    the layers, and `dims` has the expressions of its open sizes, as far as they are known.
    """

    shape: Shape
    dims: tuple[Size | None, ...]
    dtype: str = "float32"
    ref: Ref | None = None
    tensor: Tensor | None = None
    fill: float | None = None
    loose: bool = False
    counts: bool = False
    steps: int = 0

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.dims)

    @property
    def is_spread(self) -> bool:
        """Tell whether the array stands for one of another shape, over which it is stretched."""
        return self.tensor is not None and self.ref is None and self.tensor.shape != self.dims

    def array(self) -> Any:
        """Return the numbers, where they are known and few; None where not."""
        few = self.tensor is not None and self.tensor.size <= SMALL and not self.is_spread
        return self.tensor.numpy() if few and self.tensor is not None else None


class Parts(NamedTuple):
    """What a tensor is known to have along an axis, by places counted from the end; `of_many`: its last state."""

    axis: int
    places: dict[int, Value]
    of_many: bool = False


def shape_of(dims: Sequence[Size | None]) -> Shape:
    """Return sizes as the IR has them, None for one that is open."""
    return tuple(size if isinstance(size, int) else None for size in dims)


def constant(tensor: Tensor) -> Value:
    """Return the value of an array that the program holds."""
    return Value(tensor.shape, tensor.shape, tensor.dtype, tensor=tensor)


__all__ = ["SMALL", "Parts", "Value", "constant", "shape_of"]
