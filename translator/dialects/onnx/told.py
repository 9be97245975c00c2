"""Layers that take many of ONNX's operators: what they are is told beside the graph, and believed where it is so.

The file's metadata name each with its parameters and what it takes and gives. It is read as that layer where the
operators that give its results are the very ones that it is written as: those are made anew, and compared one by one.
Else the operators are read as those of any file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ir import layers as L
from ir.graph import Graph, Input, Model, Node, Ref
from ir.layer import CATALOGUE, Layer, LayerError, ShapeError
from ir.shapes import Shape, product
from ir.validate import Shapes, node_shapes
from ir.weights import Tensor, arranged
from translator.dialects.onnx.emission import Emission, Form
from translator.dialects.onnx.proto import Body, Operator
from translator.mapping import Unsayable

SENSELESS = (ValueError, TypeError, IndexError, KeyError, AttributeError, AssertionError, ArithmeticError)
"""What may come of an entry that makes no sense: its numbers may be of any size, and its inputs of any rank."""
KINDS = (
    L.ContinuedLSTM,
    L.ContinuedRNN,
    L.DetectionOutput,
    L.LocallyConnected2D,
    L.MaxPoolIndices2D,
    L.PSROIPool2D,
    L.PriorBox,
    L.Proposals,
    L.ROIPool2D,
    L.Unpool2D,
)
"""The layers that are told."""
LARGEST = 1 << 20
"""Characters of the entry at most, and numbers that a layer's own arrays may have."""
MOST = 1 << 12
"""The largest number of a parameter, and the longest list; but for how many boxes are looked at, and kept."""
COUNTS = ("candidates", "keep", "units")
DEPTH = 200
"""How many operators may stand behind each other in a layer."""


def tell(graph: Graph, values: Mapping[Ref, str]) -> str:
    """Return the entry of a graph's layers; an empty text where none is one that is told."""
    told = [
        {
            "layer_type": type(node.layer).__name__,
            "layer_name": node.name,
            "layer_params": node.layer.stated(),
            "inputs": [values[ref] for ref in node.inputs],
            "outputs": [values[ref] for ref in node.refs],
        }
        for node in graph.nodes
        if isinstance(node.layer, KINDS)
    ]
    return json.dumps(told, ensure_ascii=False) if told else ""


class Telling:
    """One entry: a layer, its name, and the names of what it takes and gives."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        """Take an entry up; raise ValueError where it is none."""
        kind = CATALOGUE.get(str(entry["layer_type"]))
        self.name, params = str(entry["layer_name"]), entry["layer_params"]
        self.inputs, self.outputs = list(map(str, entry["inputs"])), list(map(str, entry["outputs"]))
        if kind not in KINDS or kind is None or not _is_small(params):
            raise ValueError("is none of the layers that are told")
        self.layer: Layer = kind(**params)
        if len(self.outputs) != self.layer.outputs or not self.inputs:
            raise ValueError("does not give that many tensors")


def tellings(text: str) -> dict[str, Telling]:
    """Return the entries of a file by the first name that each gives; what makes no sense is left out."""
    found = {}
    try:
        entries = json.loads(text) if len(text) <= LARGEST else []
        for entry in entries if isinstance(entries, list) else []:
            telling = Telling(entry)
            found[telling.outputs[0]] = telling
    except (RecursionError, *SENSELESS):
        return {}
    return found


def _is_small(params: Any) -> bool:
    """Tell whether no parameter is so large that a layer's arrays would be."""
    return isinstance(params, dict) and all(name in COUNTS or _within(value) for name, value in params.items())


def _within(value: Any, depth: int = 2) -> bool:
    if isinstance(value, list):
        return len(value) <= 64 and depth > 0 and all(_within(each, depth - 1) for each in value)
    return not isinstance(value, (int, float)) or abs(value) <= MOST


def weights_of(
    telling: Telling, given: list[Shape], opset: int, operators: Mapping[str, Operator], arrays: Mapping[str, Tensor]
) -> dict[str, Tensor] | None:
    """Return the weights of a layer that a file's operators are; None where they are something else.

    `given` are the shapes of what it takes; `operators` are the file's by what they give, `arrays` what it holds.
    """
    refs = tuple(Ref(f"\0{place}") for place in range(len(telling.inputs)))
    node = Node(telling.name, telling.layer, refs)
    least, most = telling.layer.arity
    if len(refs) < least or (most is not None and len(refs) > most):
        return None
    try:
        shapes: Shapes = dict(zip(refs, given, strict=True))
        shapes.update(zip(node.refs, node_shapes(node, given, "channels_first"), strict=True))
        emission = _made(node, given, shapes, opset)
    except (LayerError, ShapeError, Unsayable, ModuleNotFoundError, *SENSELESS):
        return None
    if emission is None:
        return None
    names = {emission.values[ref]: name for ref, name in zip(refs, telling.inputs, strict=True)}
    match = _Match(emission, operators, arrays, names)
    results = zip((emission.values[ref] for ref in node.refs), telling.outputs, strict=True)
    return match.weights(node) if all(match.same(*pair) for pair in results) else None


def _made(node: Node, given: list[Shape], shapes: Shapes, opset: int) -> Emission | None:
    """Return the operators that a layer is written as, with weights of nothing; None where it has too many numbers."""
    from translator.dialects.onnx.writer import emit

    layer = node.layer
    own = product(layer.shape(*given)[1:]) if isinstance(layer, L.PriorBox) else 0
    if isinstance(layer, L.LocallyConnected2D):
        own = (product(layer.kernel) or 0) ** 2 * (given[0][1] or LARGEST)
    if own is None or own > LARGEST:
        return None
    held = {role: tuple(size or 0 for size in each.shape) for role, each in layer.weights(*given).items()}
    weights = {node.key(role): Tensor(shape, _nothing) for role, shape in held.items()}
    inputs = tuple(Input(ref.node, shape) for ref, shape in zip(node.inputs, given, strict=True))
    return emit(Model(Graph("", inputs, (node,), node.refs), weights), shapes, opset)


def _nothing() -> Any:
    raise ValueError("a weight is looked at that is not known yet")


class _Match:
    """Operators made anew, and those of a file; `names` are what is taken, by its names there and here."""

    def __init__(
        self,
        emission: Emission,
        operators: Mapping[str, Operator],
        arrays: Mapping[str, Tensor],
        names: Mapping[str, str],
    ) -> None:
        self.emission, self.operators, self.arrays, self.names = emission, operators, arrays, names
        self.made = {name: op for op in emission.ops for name in op.outputs}
        self.known: dict[str, str] = {}
        self.found: dict[str, Tensor] = {}

    def same(self, made: str, held: str, depth: int = DEPTH) -> bool:
        """Tell whether a value that was made is one of the file's."""
        if made in self.known or not depth:
            return self.known.get(made) == held
        self.known[made] = held
        if made in self.names:
            return self.names[made] == held
        if made in self.emission.initializers:
            return self.same_array(made, held)
        op, operator = self.made.get(made), self.operators.get(held)
        if op is None or operator is None:
            return not made and not held
        alike = (op.kind, op.domain, len(op.inputs)) == (operator.kind, operator.domain, len(operator.inputs))
        if not alike or op.outputs.index(made) != operator.outputs.index(held):
            return False
        if _plain(op.attributes) != _plain(operator.attributes):
            return False
        return all(self.same(*pair, depth - 1) for pair in zip(op.inputs, operator.inputs, strict=True))

    def same_array(self, made: str, held: str) -> bool:
        """Tell whether an array is the file's; a weight is taken from there."""
        tensor, wanted = self.arrays.get(held), self.emission.initializers[made]
        if tensor is None or (tensor.shape, tensor.dtype) != (wanted.shape, wanted.dtype):
            return False
        form = self.emission.forms.get(made)
        if form is not None:
            return self.take(form, tensor)
        return bool((tensor.numpy() == wanted.numpy()).all())

    def take(self, form: Form, tensor: Tensor) -> bool:
        """Take a weight as the layer has it; one that is there in two forms must be the same in both."""
        have, want = form.axes
        shape = tuple(form.shape[have.index(axis)] for axis in want) if have != want else form.shape
        plain = tensor.reshaped(shape)
        plain = arranged(plain, want, have) if have != want else plain
        return self.found.setdefault(form.key, plain) is plain

    def weights(self, node: Node) -> dict[str, Tensor] | None:
        """Return the weights by their roles; those that only a graph within takes bear their own names there."""
        for name, form in self.emission.forms.items():
            if form.key not in self.found and not self.same_array(name, name):
                return None
        return {key.removeprefix(f"{node.name}."): tensor for key, tensor in self.found.items()}


def _plain(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(_each(value)) for name, value in attributes.items()}


def _each(value: Any) -> Iterator[Any]:
    """Yield the parts of an attribute in one form: reals as 32-bit ones, and graphs as their bytes."""
    import numpy as np

    for each in value if isinstance(value, (list, tuple)) else [value]:
        if isinstance(each, Body):
            yield bytes(each.data)
        elif hasattr(each, "SerializeToString"):
            yield each.SerializeToString()
        else:
            yield float(np.float32(each)) if isinstance(each, (int, float)) else each


__all__ = ["Telling", "tell", "tellings", "weights_of"]
