"""An operator where it is being read: what the functions in `operators/` work with."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ir.graph import Node
from ir.layer import Layer, ShapeError
from ir.shapes import axis_of
from ir.validate import node_shapes
from ir.weights import Tensor
from translator.dialects.onnx.proto import Operator
from translator.dialects.onnx.values import Open, Size, Value
from translator.gathering import Pending
from translator.mapping import Unsayable

if TYPE_CHECKING:
    from translator.dialects.onnx.builder import Builder

BEFOREHAND = "\0"
"""What the name of a layer begins with until its operator has been read, so that it is none that a file has."""


class Site:
    """An operator in its place: its inputs, its settings, and the layers that are made of it."""

    def __init__(self, builder: Builder, operator: Operator, inputs: list[Value | None]) -> None:
        self.builder = builder
        self.operator = operator
        self.inputs = inputs
        self.pending: list[Pending] = []

    @property
    def kind(self) -> str:
        """The operator's kind."""
        return self.operator.kind

    @property
    def opset(self) -> int:
        """The operator set of the file."""
        return self.builder.opset

    def value(self, place: int = 0) -> Value:
        """Return an input; raise ValueError where it is not given."""
        found = self.inputs[place] if place < len(self.inputs) else None
        if found is None:
            raise ValueError(f"has no input {place}")
        return found

    def has(self, place: int) -> bool:
        """Tell whether an input is given."""
        return place < len(self.inputs) and self.inputs[place] is not None

    @property
    def x(self) -> Value:
        """The first input, as a tensor."""
        return self.tensor(0)

    def tensor(self, place: int) -> Value:
        """Return an input as a tensor: of an array that the file holds, a layer that gives it."""
        return self.builder.as_tensor(self.value(place), self.operator.inputs[place])

    def is_constant(self, place: int) -> bool:
        """Tell whether an input is given, and the file holds it."""
        return self.has(place) and self.value(place).tensor is not None

    def weight(self, place: int) -> Tensor:
        """Return an input that the file must hold."""
        if not self.is_constant(place):
            raise Unsayable(f"its input {place} is not in the file")
        tensor = self.value(place).tensor
        assert tensor is not None
        return tensor

    def numbers(self, place: int) -> np.ndarray[Any, Any]:
        """Return the numbers of an input, which must be known and few."""
        array = self.value(place).array()
        if array is None:
            raise Unsayable(f"its input {place} is not known before it runs")
        return array

    def reals(self, name: str, place: int) -> list[float] | None:
        """Return numbers that are an attribute in some operator sets, and an input in others."""
        if name in self.operator.attributes:
            content = self.operator.attributes[name]
            return list(content) if isinstance(content, tuple) else [content]
        if not self.has(place):
            return None
        array = self.numbers(place)
        if array.dtype.kind != "f":
            return [float(each) for each in certain(list(array.ravel()), f"its {name}")]
        # The shortest decimal that is the same 32-bit float is what a person would have written.
        return [float(str(each)) if array.dtype == np.float32 else float(each) for each in array.ravel()]

    def scalar(self, name: str, place: int, default: Any = None) -> Any:
        """Return one number that is an attribute in some operator sets, and an input in others."""
        found = self.reals(name, place)
        if found is not None and len(found) != 1:
            raise ValueError(f"has {len(found)} numbers for {name}, where one is wanted")
        return default if found is None else found[0]

    def sizes(self, name: str, place: int) -> list[Size] | None:
        """Return whole numbers, some of which may be open, that are an attribute, or an input, as `reals` are."""
        if name in self.operator.attributes:
            return list(self.operator.attributes[name])
        if not self.has(place):
            return None
        array = self.numbers(place)
        if array.dtype.kind not in "iuO":
            raise ValueError(f"has numbers for {name} that are not whole")
        return [each if isinstance(each, Open) else int(each) for each in array.ravel()]

    def wholes(self, name: str, place: int) -> list[int] | None:
        """Return whole numbers that are an attribute, or an input, as `reals` are."""
        found = self.sizes(name, place)
        return None if found is None else list(certain(found, f"its {name}"))

    def get(self, name: str, default: Any = None) -> Any:
        """Return an attribute."""
        return self.operator.attributes.get(name, default)

    def only(self, name: str, *values: Any) -> None:
        """Require one of some values of an attribute, or that it is not there."""
        if name in self.operator.attributes and self.operator.attributes[name] not in values:
            raise Unsayable(f"{name}={self.operator.attributes[name]!r}")

    def axis(self, default: int, rank: int | None = None) -> int:
        """Return the attribute `axis`, counted from the front."""
        return axis_of(self.get("axis", default), self.value().rank if rank is None else rank)

    def is_wanted(self, place: int) -> bool:
        """Tell whether anything takes an output."""
        outputs = self.operator.outputs
        return place < len(outputs) and self.builder.uses[outputs[place]] > 0

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
        name = f"{BEFOREHAND}{self.operator.called}/{type(layer).__name__}"
        count = sum(each.node.name.startswith(name) for each in self.pending)
        refs = tuple(each.ref for each in inputs if each.ref is not None)
        node = Node(f"{name}_{count + 1}" if count else name, layer, refs)
        shapes = node_shapes(node, [each.shape for each in inputs], "channels_first")
        probes = shapes
        with contextlib.suppress(ShapeError):  # A size that nothing has may not fit; then no size is told apart.
            probes = node_shapes(node, [each.probe for each in inputs], "channels_first")
        self.pending.append(Pending(node, dict(weights or {})))
        dtype = dtype or (inputs[0].dtype if inputs else "float32")
        return [self.builder.tensor(*each, dtype) for each in zip(node.refs, shapes, probes, strict=True)]

    def layer(self, layer: Layer, *inputs: Value, weights: Mapping[str, Tensor] | None = None) -> Value:
        """Add a layer that gives one tensor, and return it."""
        return self.add(layer, *inputs, weights=weights)[0]


def certain(sizes: Sequence[Size], what: str = "its input's size") -> tuple[int, ...]:
    """Return sizes that must all be known."""
    if any(isinstance(each, Open) for each in sizes):
        raise Unsayable(f"{what} is not known before it runs")
    return tuple(int(each) for each in sizes if not isinstance(each, Open))


__all__ = ["Site", "certain"]
