"""Arithmetic of values, in which readers spell out operators that no layer is for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, Generic, Literal, Protocol, TypeVar

import numpy as np

from ir import layers as L
from ir.layer import Layer
from ir.shapes import Shape, agree, broadcast
from ir.weights import Tensor
from translator.mapping import Unsayable

Relation = Literal["equal", "less", "less_equal", "greater", "greater_equal"]
MOST = 1 << 24
"""Numbers at most of an array that is worked out for an operator."""


class Operand(Protocol):
    """What a reader has for a tensor: its shape, `dims` with its unknown sizes told apart."""

    @property
    def shape(self) -> Shape: ...
    @property
    def dims(self) -> tuple[Any, ...]: ...
    @property
    def rank(self) -> int: ...


V = TypeVar("V", bound=Operand)


class Place(Protocol[V]):
    """What a reader has for an operator: layers can be added there."""

    def layer(self, layer: Layer, *inputs: V, weights: Mapping[str, Tensor] | None = None) -> V: ...


def joined(site: Place[V], a: V, b: V, same: Layer, stretch: Callable[[int], Layer]) -> V | None:
    """Join two tensors, of one shape or one of them stretching over the other; None where both stretch."""
    if (
        a.rank == b.rank > 0
        and all(map(agree, a.shape, b.shape))
        and (a.shape == b.shape or 1 not in a.shape + b.shape)
    ):
        return site.layer(same, a, b)
    result = broadcast([a.shape, b.shape])
    for x, by in ((a, b), (b, a)):
        if x.rank == len(result) and all(map(agree, x.shape, result)) and 1 not in _grown(x, result):
            return site.layer(stretch(x.rank - by.rank), x, by)
    return None


def _grown(x: Operand, result: Any) -> list[Any]:
    """Return the sizes of a tensor that are others in a result."""
    return [size for size, wanted in zip(x.shape, result, strict=True) if size != wanted]


def for_each_item(site: Place[V], x: V, tensor: Tensor) -> V:
    """Return the numbers of an array as a row for each item of a batch: a product with a 1 for each.

    That 1 is any element of `x`, which has the batch first and is of known sizes behind it, to the power of 0.
    """
    flat = site.layer(L.Flatten(), x)
    first = site.layer(L.Slice(axis=1, points=(1,), pieces=2), flat) if flat.dims[1] != 1 else flat
    kernel = tensor.reshaped((tensor.size, 1))
    one = site.layer(L.Power(power=0.0), first)
    return site.layer(L.Dense(units=tensor.size, bias=False), one, weights={"kernel": kernel})


LONGEST = 1 << 20
"""Numbers at most that are counted up to, one by one."""


def counted(count: int) -> np.ndarray[Any, Any]:
    """Return the whole numbers below one; raise Unsayable where they are too many to be written down."""
    if count > LONGEST:
        raise Unsayable(f"it counts up to {count}")
    return np.arange(count)


def bounded(count: int) -> None:
    """Raise Unsayable where so many numbers are too many to be worked out."""
    if count > MOST:
        raise Unsayable(f"it takes {count} numbers that would have to be worked out")


class Terms(ABC, Generic[V]):
    """What may be done to the values at a site: each method adds a layer or a few, and returns what they give.

    Sizes of 1 stretch. Numbers that stand beside values are the layers' own.
    """

    def __init__(self, site: Place[V]) -> None:
        self.site = site

    def constant(self, array: Any) -> V:
        """Return fixed numbers as a tensor."""
        array = np.asarray(array, np.float32)
        bounded(array.size)
        return self._constant(array)

    @abstractmethod
    def _constant(self, array: np.ndarray[Any, Any]) -> V: ...

    def line(self, x: V, scale: float = 1.0, shift: float = 0.0) -> V:
        """Multiply by a number, and add one."""
        return x if (scale, shift) == (1, 0) else self.site.layer(L.Power(scale=scale, shift=shift), x)

    def add(self, a: V, b: V) -> V:
        """Add."""
        found = joined(self.site, a, b, L.Add(), lambda axis: L.BiasBy(axis=axis))
        return found or self.subtract(a, self.line(b, -1.0))

    def subtract(self, a: V, b: V) -> V:
        """Subtract."""
        return self.site.layer(L.Subtract(), a, b)

    def multiply(self, a: V, b: V) -> V:
        """Multiply; where both stretch, the first is stretched beforehand."""
        found = joined(self.site, a, b, L.Multiply(), lambda axis: L.ScaleBy(axis=axis))
        return found or self.multiply(self.stretched(a, b), b)

    def stretched(self, a: V, b: V) -> V:
        """Stretch a tensor to what it and another have together; the sizes that it gets must be known."""
        result = broadcast([a.shape, b.shape])
        rest = [-1] * (len(result) - a.rank) + list(a.shape)
        sizes = [1 if old == new else new for old, new in zip(rest, result, strict=True)]
        known_sizes = [self._size(size) for size in sizes]
        bounded(prod(known_sizes))
        return self.select(self.constant(np.ones(known_sizes)), a, a)

    def _size(self, size: int | None) -> int:
        if size is None:
            raise Unsayable("a size that it stretches to is known at run time alone")
        return size

    def divide(self, a: V, b: V) -> V:
        """Divide."""
        return self.site.layer(L.Divide(), a, b)

    def by(self, x: V, number: float) -> V:
        """Divide by a number; a product with one over it may come out beside a whole number."""
        exact = number != 0 and np.frexp(abs(number))[0] == 0.5
        return self.line(x, 1 / number) if exact else self.divide(x, self.constant(np.full((1,) * x.rank, number)))

    def function(self, name: str, x: V) -> V:
        """Take a function of each element."""
        return self.site.layer(L.Function(function=name), x)

    def floor(self, x: V) -> V:
        """Round down."""
        return self.function("floor", x)

    def towards_zero(self, x: V) -> V:
        """Leave out what is behind the point."""
        whole = self.floor(self.site.layer(L.Abs(), x))
        return self.site.layer(L.Multiply(), whole, self.function("sign", x))

    def is_(self, relation: Relation, a: V, b: V | float) -> V:
        """Tell where a relation holds."""
        other = self.constant(np.full((1,) * a.rank, b)) if isinstance(b, (int, float)) else b
        return self.site.layer(L.Compare(relation=relation), a, other)

    def select(self, truth: V, a: V, b: V | float) -> V:
        """Take the one where a truth is 1, and the other elsewhere."""
        other = self.constant(np.full((1,) * a.rank, b)) if isinstance(b, (int, float)) else b
        return self.site.layer(L.Select(), truth, a, other)

    def larger(self, a: V, b: V) -> V:
        """Take the larger of two."""
        if a.shape == b.shape != ():
            return self.site.layer(L.Maximum(), a, b)
        return self.select(self.is_("greater", a, b), a, b)

    def smaller(self, a: V, b: V) -> V:
        """Take the smaller of two."""
        return self.select(self.is_("less", a, b), a, b)

    def opposite(self, truth: V) -> V:
        """Give 1 for 0, and 0 for 1."""
        return self.line(truth, -1.0, 1.0)

    def reshape(self, x: V, *sizes: int) -> V:
        """Give another shape: 0 for a size that stays in its place, -1 for what is left."""
        return x if x.dims == sizes else self.site.layer(L.Reshape(sizes=sizes), x)

    def column(self, x: V) -> V:
        """Add an axis of size 1 behind the others."""
        return self.site.layer(L.Reshape(sizes=(1,), axis=-1, count=0), x)

    def permute(self, x: V, order: Sequence[int]) -> V:
        """Put the axes into another order."""
        return x if list(order) == sorted(order) else self.site.layer(L.Permute(order=order), x)

    def last(self, x: V, axis: int) -> V:
        """Bring an axis behind the others."""
        return self.permute(x, [*(each for each in range(x.rank) if each != axis), axis])

    def back(self, x: V, axis: int) -> V:
        """Bring the last axis to another place."""
        order = list(range(x.rank - 1))
        order.insert(axis, x.rank - 1)
        return self.permute(x, order)

    def total(self, x: V, axis: int = -1, function: str = "sum") -> V:
        """Reduce all axes from one on to one number."""
        return self.site.layer(L.Reduction(function=function, axis=axis), x)

    def marks(self, x: V, count: int) -> V:
        """Give for each number a row of zeros with a one in its place; none for a number that is no place."""
        return self.is_("equal", self.column(x), self.constant(counted(count)))


__all__ = ["MOST", "Relation", "Terms", "bounded", "counted", "for_each_item", "joined"]
