"""An ONNX graph under construction: operators, initializers, and the names of values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ir import layers as L
from ir.graph import Graph, Model, Node, Ref
from ir.shapes import Shape
from ir.validate import Shapes
from ir.weights import Tensor, arranged, of_array
from translator.dialects.onnx.tensors import CODES
from translator.dialects.onnx.versions import moved


@dataclass
class Op:
    """One operator: its kind, the values that it takes and gives, and its attributes."""

    kind: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    domain: str = ""


class Form(NamedTuple):
    """How an initializer holds a weight: its key, its own shape, and the letters of its axes, its own and there."""

    key: str
    shape: tuple[int, ...]
    axes: tuple[str, str]


POOLS = (L.MaxPool1D, L.MaxPool2D, L.MaxPool3D, L.MaxPoolIndices2D)


class Emission:
    """Collects what will be the graph's operators and initializers.

    `forms` are of those that hold weights, `pooled` the tensors of which the largest elements are taken.
    """

    def __init__(self, model: Model, shapes: Shapes, opset: int) -> None:
        self.weights = model.weights
        self.shapes = shapes
        self.opset = opset
        self.ops: list[Op] = []
        self.initializers: dict[str, Tensor] = {}
        self.forms: dict[str, Form] = {}
        self.values = value_names(model.graph)
        pools = [node for node in model.graph.nodes if isinstance(node.layer, POOLS)]
        self.pooled = {ref for node in pools for ref in node.inputs}
        self.names = set(self.values.values())
        self._weights: dict[tuple[str, tuple[int, ...], str], str] = {}

    def free(self, name: str) -> str:
        """Return a name for a value that no other value has, and take it."""
        found, count = name, 1
        while found in self.names:
            count += 1
            found = f"{name}_{count}"
        self.names.add(found)
        return found

    def initializer(self, name: str, tensor: Tensor) -> str:
        """Add an initializer; return the name that it got."""
        name = self.free(name)
        self.initializers[name] = tensor
        return name

    def weight(self, key: str, shape: Sequence[int] | None = None, axes: tuple[str, str] = ("", "")) -> str:
        """Return the initializer of a weight, its axes reordered, or in another shape; the same one for the same."""
        tensor = own = self.weights[key]
        tensor = arranged(tensor, *axes) if axes[0] != axes[1] else tensor
        tensor = tensor if shape is None else tensor.reshaped(shape)
        form = (key, tensor.shape, axes[1])
        if form not in self._weights:
            single = Tensor(tensor.shape, tensor.load, "float32")
            self._weights[form] = self.initializer(key, single)
            self.forms[self._weights[form]] = Form(key, own.shape, axes)
        return self._weights[form]


def value_names(graph: Graph) -> dict[Ref, str]:
    """Name every tensor by its label; of several with one label the graph's output has it, or else the first."""
    refs = {Ref(each.name): each.name for each in graph.inputs}
    wanted = {ref: (node.label(ref.index), node.name) for node in graph.nodes for ref in node.refs}
    taken = set(refs.values())
    for ref in (*graph.outputs, *wanted):
        if ref in refs:
            continue
        label, name = wanted[ref]
        choices = (label, str(Ref(name, ref.index)))
        found = next((each for each in choices if each not in taken), "")
        number = 2
        while not found or found in taken:
            found, number = f"{label}_{number}", number + 1
        refs[ref] = found
        taken.add(found)
    return refs


class Site:
    """A node where its operators are being emitted: what a build function works with.

    `x` is its first input; `inputs`, `shapes` and `results` go by the node's inputs and outputs.
    """

    def __init__(self, emission: Emission, node: Node) -> None:
        self.emission = emission
        self.node = node
        self.layer: Any = node.layer
        self.inputs = [emission.values[ref] for ref in node.inputs]
        self.shapes: list[Shape] = [emission.shapes[ref] for ref in node.inputs]
        self.results: list[Shape] = [emission.shapes[ref] for ref in node.refs]
        self.ops: list[Op] = []

    @property
    def x(self) -> str:
        """The first input."""
        return self.inputs[0]

    @property
    def rank(self) -> int:
        """The number of axes of the first input."""
        return len(self.shapes[0])

    @property
    def opset(self) -> int:
        """The operator set that is written."""
        return self.emission.opset

    def emit(
        self,
        kind: str,
        inputs: Sequence[str],
        attributes: dict[str, Any],
        results: int = 1,
        domain: str = "",
        as_it_is: bool = False,
    ) -> list[str]:
        """Emit an operator, and return the names of its results; attributes are in the newest form, or as they are."""
        given = list(inputs)
        for name, value, dtype in moved(kind, attributes, self.opset) if not domain and not as_it_is else ():
            given.append(self.constant(value, name, dtype))
        outputs = [self.emission.free(f"{self.node.name}/{kind}") for _ in range(results)]
        self.ops.append(Op(kind, given, outputs, attributes, outputs[0], domain))
        return outputs

    def ops_of(self, kind: str, *inputs: str, results: int = 1, **attributes: Any) -> list[str]:
        """Emit an operator of ONNX with several results, and return their names."""
        return self.emit(kind, inputs, attributes, results)

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Emit an operator of ONNX, and return the name of its result."""
        return self.emit(kind, inputs, attributes)[0]

    def constant(self, value: Any, name: str, dtype: str = "float32") -> str:
        """Return an initializer with fixed values."""
        import numpy as np

        return self.emission.initializer(f"{self.node.name}/{name}", of_array(np.array(value, dtype)))

    def weight(self, role: str, shape: Sequence[int] | None = None, axes: tuple[str, str] = ("", "")) -> str:
        """Return the initializer of one of the node's weights."""
        return self.emission.weight(self.node.key(role), shape, axes)

    def cast(self, x: str, dtype: str) -> str:
        """Convert to another type of numbers."""
        return self.op("Cast", x, to=CODES[dtype])

    def finish(self, results: Iterable[str]) -> None:
        """Give the results the node's labels, and the operator of the first the node's name."""
        names: dict[str, str] = {}
        made = {name for each in self.ops for name in each.outputs}
        for ref, result in zip(self.node.refs, results, strict=True):
            if result not in made or result in names:
                result = self.op("Identity", result)
            names[result] = self.emission.values[ref]
        for each in self.ops:
            each.inputs = [names.get(name, name) for name in each.inputs]
            each.outputs = [names.get(name, name) for name in each.outputs]
            if names and next(iter(names.values())) in each.outputs:
                each.name = self.node.name
        self.emission.ops += self.ops


__all__ = ["Emission", "Op", "Site", "value_names"]
