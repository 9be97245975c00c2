"""An operator where it is being read: what the functions in `operators/` work with."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ir import layers as L
from ir.graph import Node
from ir.kinds import LARGEST, short
from ir.layer import Layer
from ir.shapes import axis_of
from ir.validate import node_shapes
from ir.weights import Tensor, of_array
from translator.dialects.pytorch.exported import Named, Operator, Size
from translator.dialects.pytorch.values import Parts, Value, constant
from translator.gathering import Pending
from translator.mapping import Unsayable

if TYPE_CHECKING:
    from translator.dialects.pytorch.builder import Builder


class Site:
    """An operator in its place: its arguments, and the layers that are made of it.

    An argument that is not given has the default of the operator's schema, which each function names where it asks.
    ValueError is for arguments that make no sense, Unsayable for what the catalogue has no words for.
    """

    def __init__(self, builder: Builder, operator: Operator, pending: list[Pending] | None = None) -> None:
        self.builder = builder
        self.operator = operator
        self.pending: list[Pending] = [] if pending is None else pending
        self.remembered: list[tuple[Value, Parts]] = []

    @property
    def kind(self) -> str:
        """What the operator is called."""
        return self.operator.kind

    def has(self, name: str) -> bool:
        """Tell whether an argument is given, and not None."""
        return self.operator.arguments.get(name) is not None

    def is_tensor(self, name: str) -> bool:
        """Tell whether an argument is a tensor, or an array."""
        given = self.operator.arguments.get(name)
        return isinstance(given, Named) and given.name in self.builder.values

    def value(self, name: str) -> Value:
        """Return an argument that is a tensor, or an array."""
        given = self.operator.arguments.get(name)
        if not isinstance(given, Named) or given.name not in self.builder.values:
            raise ValueError(f"has no tensor for {name}")
        return self.builder.values[given.name]

    def values(self, name: str) -> list[Value]:
        """Return an argument that is a list of tensors."""
        given = self.operator.arguments.get(name)
        if not isinstance(given, list):
            raise ValueError(f"has no tensors for {name}")
        names = [each.name if isinstance(each, Named) else "" for each in given]
        if any(each not in self.builder.values for each in names):
            raise ValueError(f"has something else than tensors for {name}")
        return [self.builder.values[each] for each in names]

    def tensor(self, name: str) -> Value:
        """Return an argument as a tensor: of an array that the program holds, a layer that gives it."""
        return self.builder.as_tensor(self.value(name))

    def operand(self, name: str) -> Value:
        """Return an argument that is a tensor or a number, which may be infinite, as a tensor."""
        if self.is_tensor(name) and (self.value(name).fill is None or self.value(name).ref):
            return self.tensor(name)
        if self.is_tensor(name):
            return self.builder.as_tensor(constant(of_array(np.array(self.value(name).fill, np.float32))))
        return self.builder.as_tensor(constant(of_array(np.array(self.number(name), np.float32))))

    @property
    def first(self) -> Value:
        """The first argument, a tensor or an array."""
        return self.value(next(iter(self.operator.arguments), ""))

    @property
    def x(self) -> Value:
        """The first argument, as a tensor."""
        return self.builder.as_tensor(self.first)

    def is_constant(self, name: str) -> bool:
        """Tell whether an argument is an array that the program holds."""
        return self.is_tensor(name) and self.value(name).tensor is not None

    def weight(self, name: str) -> Tensor:
        """Return an argument that must be an array of the program."""
        tensor = self.value(name).tensor
        if tensor is None:
            raise Unsayable(f"its {name} is known at run time alone")
        return tensor

    def weights(self, **names: str) -> dict[str, Tensor]:
        """Return the arrays that are given, by their roles."""
        return {role: self.weight(name) for role, name in names.items() if self.has(name)}

    def real(self, name: str, default: float | None = None) -> float:
        """Return an argument that is a finite number."""
        given = self.operator.arguments.get(name)
        given = default if given is None else given
        if isinstance(given, Named):
            raise Unsayable(f"its {name} is known at run time alone")
        if not isinstance(given, (int, float)):
            raise ValueError(f"has {short(given)} for {name}, where a number is wanted")
        if isinstance(given, int) and abs(given) > LARGEST:
            raise ValueError(f"has a number beyond 64 bits for {name}")
        if not math.isfinite(given):
            raise Unsayable(f"it works with {given}")
        return float(given)

    def number(self, name: str) -> float:
        """Return an argument that is a number, which may be infinite."""
        given = self.operator.arguments.get(name)
        return given if isinstance(given, float) and math.isinf(given) else self.real(name)

    def whole(self, name: str, default: int | None = None) -> int:
        """Return an argument that is a whole number."""
        (found,) = self.wholes(name, None if default is None else [default])
        return found

    def sizes(self, name: str, default: Sequence[Size] | None = None) -> list[Size]:
        """Return an argument that is a whole number or a list of them, some of which may be open."""
        given = self.operator.arguments.get(name)
        given = default if given is None else given
        found = [self._size(each) for each in (given if isinstance(given, (list, tuple)) else [given])]
        if any(each is None for each in found):
            raise ValueError(f"has {short(given)} for {name}, where whole numbers are wanted")
        return [each for each in found if each is not None]

    def _size(self, given: Any) -> Size | None:
        if isinstance(given, Named):
            return self.builder.exported.sizes.get(given.name)
        is_whole = isinstance(given, int) and not isinstance(given, bool) and abs(given) <= LARGEST
        return given if is_whole or isinstance(given, str) else None

    def wholes(self, name: str, default: Sequence[int] | None = None) -> list[int]:
        """Return an argument that is a whole number or a list of them."""
        return list(certain(self.sizes(name, default), f"its {name}"))

    def truth(self, name: str, default: bool = False) -> bool:
        """Return an argument that is true or false."""
        given = self.operator.arguments.get(name)
        given = default if given is None else given
        if not isinstance(given, (bool, int)):
            raise ValueError(f"has {short(given)} for {name}, where true or false is wanted")
        return bool(given)

    def text(self, name: str, default: str = "") -> str:
        """Return an argument that is a word."""
        given = self.operator.arguments.get(name)
        given = default if given is None else given
        if not isinstance(given, str):
            raise ValueError(f"has {short(given)} for {name}, where a word is wanted")
        return given

    def per_axis(self, name: str, rank: int, default: Sequence[int] | int, least: int = 0) -> list[int]:
        """Return an argument with a number for each spatial axis, which one may stand for."""
        whole = [default] if isinstance(default, int) else list(default)
        found = self.wholes(name, whole) or whole
        found = found * rank if len(found) == 1 else found
        if len(found) != rank or min(found) < least:
            raise ValueError(f"has {found} for {name}, where {rank} numbers from {least} on are wanted")
        return found

    def axis(self, name: str = "dim", default: int | None = None, rank: int | None = None) -> int:
        """Return an argument that is an axis, counted from the front."""
        return axis_of(self.whole(name, default), self.x.rank if rank is None else rank)

    def axes(self, name: str = "dim") -> list[int]:
        """Return an argument that names axes, counted from the front, in their order; all, where it names none."""
        rank = self.x.rank
        named = self.wholes(name, [])
        return sorted({axis_of(axis, rank) for axis in named}) if named else list(range(rank))

    def is_wanted(self, place: int) -> bool:
        """Tell whether anything takes an output."""
        outputs = self.operator.outputs
        return place < len(outputs) and self.builder.uses[outputs[place]] > 0

    def remember(self, whole: Value, parts: Parts) -> None:
        """Note what a tensor has along an axis, which is asked for where a part of it is picked."""
        self.remembered.append((whole, parts))

    def one_output(self) -> None:
        """Require that nothing takes another output than the first."""
        if any(self.is_wanted(place) for place in range(1, len(self.operator.outputs))):
            raise Unsayable("its further outputs are used")

    def add(
        self, layer: Layer, *inputs: Value, weights: Mapping[str, Tensor] | None = None, dtype: str = ""
    ) -> list[Value]:
        """Add a layer, with its weights by their roles, and return all that it gives.

        Raises ShapeError where the inputs do not fit it.
        """
        if isinstance(layer, L.Reshape) and (held := self._within(layer, *inputs)) is not None:
            return [held]
        name = f"{self.operator.called}/{len(self.pending)}/{type(layer).__name__}"
        node = Node(name, layer, tuple(each.ref for each in inputs if each.ref is not None))
        shapes = node_shapes(node, [each.shape for each in inputs], "channels_first")
        self.pending.append(Pending(node, dict(weights or {})))
        dtype = dtype or (inputs[0].dtype if inputs else "float32")
        found = [Value(shape, shape, dtype, ref) for ref, shape in zip(node.refs, shapes, strict=True)]
        if isinstance(layer, L.Reshape) and (layer.sizes, layer.count) == ((1,), 0):
            self.remember(found[0], Parts(axis_of(layer.axis, found[0].rank), {-1: inputs[0]}))
        return found

    def _within(self, layer: L.Reshape, x: Value) -> Value | None:
        """Return what a tensor has along an axis of size 1, where just that axis goes and it is known."""
        parts = self.builder.parts.get(x.ref) if x.ref else None
        if parts is None or parts.of_many or (layer.sizes, layer.count) != ((), 1) or x.dims[parts.axis] != 1:
            return None
        return parts.places.get(-1) if axis_of(layer.axis, x.rank) == parts.axis else None

    def layer(self, layer: Layer, *inputs: Value, weights: Mapping[str, Tensor] | None = None) -> Value:
        """Add a layer that gives one tensor, and return it."""
        return self.add(layer, *inputs, weights=weights)[0]


def certain(sizes: Sequence[Size | None], what: str = "its input's size") -> tuple[int, ...]:
    """Return sizes that must all be known."""
    if any(not isinstance(each, int) for each in sizes):
        raise Unsayable(f"{what} is not known before it runs")
    return tuple(each for each in sizes if isinstance(each, int))


def shortest(value: float) -> float:
    """Return the shortest decimal that is this number as a 32-bit float."""
    return float(str(np.float32(value))) if abs(value) <= float(np.finfo(np.float32).max) else value


__all__ = ["Site", "certain", "shortest"]
