"""A model as a program: the attributes of a module with the calls that make them, and the body of `forward`."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

from ir import layers as L
from ir.graph import Graph, Model, Node, Ref, Weights
from ir.shapes import Shape
from ir.validate import Shapes
from ir.weights import Tensor
from translator.dialects.pytorch.definitions import stub_name
from translator.dialects.pytorch.expressions import method
from translator.dialects.pytorch.gates import as_kept
from translator.dialects.pytorch.mapping import RULES
from translator.dialects.pytorch.names import LOCAL, Attributes
from translator.mapping import At, Rule
from translator.naming import Names
from translator.source import Assign, Call, Name, Statement, text


class Slot(NamedTuple):
    """A parameter or buffer: the key of the weight it holds, the order of its axes there, and its shape in PyTorch."""

    key: str
    order: tuple[int, ...]
    shape: Shape


@dataclass
class Module:
    """One attribute: the call that makes it, and its parameters and buffers by name."""

    call: Call
    slots: dict[str, Slot]


@dataclass
class Program:
    """What a model becomes."""

    graph: Graph
    modules: dict[str, Module] = field(default_factory=dict)
    ties: list[Assign] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    body: list[Statement] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)


def program(model: Model, shapes: Shapes) -> Program:
    """Return the program of a model that has been brought to what PyTorch can say."""
    making = _Making(model, shapes)
    for i, node in enumerate(model.graph.nodes):
        making.add(node, i)
    made = making.made
    made.outputs = [making.names[ref] for ref in model.graph.outputs]
    return made


class _Making:
    def __init__(self, model: Model, shapes: Shapes) -> None:
        self.model = model
        self.shapes = shapes
        self.made = Program(model.graph)
        self.attributes = Attributes()
        self.variables = Names(LOCAL)
        self.names: dict[Ref, str] = {}
        self.same: dict[object, str] = {}
        self.homes: dict[Slot, str] = {}
        self.users = model.graph.users()
        self.passing = self._name_inputs()

    def _name_inputs(self) -> str:
        """Name the inputs; return the name for what is passed on from line to line: x, unless an input keeps it."""
        graph = self.model.graph
        first = [node.name for node in graph.nodes[:1]]
        kept = {each.name for each in graph.inputs}
        for each in graph.inputs:
            ref = Ref(each.name)
            if (
                each.name == "x"
                and [user.name for user in self.users.get(ref, ())] == first
                and ref not in graph.outputs
            ):
                kept.remove("x")
        passing = next(name for i in count() if (name := f"x{i}" if i else "x") not in kept)
        for each in graph.inputs:
            self.names[Ref(each.name)] = self.variables.of(Ref(each.name), each.name)
            self.made.inputs.append(self.names[Ref(each.name)])
        self.variables.reserve(passing)
        return passing

    def add(self, node: Node, place: int) -> None:
        """Add a node's module, if it is one, and the line that applies it."""
        inputs, outputs = [self.shapes[ref] for ref in node.inputs], [self.shapes[ref] for ref in node.refs]
        at = At(node.name, inputs, outputs, results=len(node.refs))
        rule, attrs = RULES.say(node.layer, at)
        args: list[Any] = [Name(self.names[ref]) for ref in node.inputs]
        if rule.foreign:
            if isinstance(node.layer, L.Embed):
                args = [method(args[0], "long")]
            value: Any = Call(f"self.{self._module(node, rule, dict(attrs), at)}", args)
        else:
            value = rule.build(node.layer, at, args)
        targets = [self._variable(ref, node, place) for ref in node.refs]
        self.names.update(zip(node.refs, targets, strict=True))
        self.made.body.append(Assign(", ".join(targets), value))

    def _variable(self, ref: Ref, node: Node, place: int) -> str:
        """Name a tensor: x, as it were, where the next line alone takes it, or nothing does but the caller."""
        graph = self.model.graph
        following = [each.name for each in graph.nodes[place + 1 : place + 2]]
        passing = [each.name for each in self.users.get(ref, ())] == following and ref not in graph.outputs
        last = not following and graph.outputs == (ref,)
        if len(node.refs) == 1 and ((passing and following) or last):
            return self.passing
        return self.variables.of(ref, str(ref) if ref.index else node.name)

    def _module(self, node: Node, rule: Rule, attrs: dict[str, Any], at: At) -> str:
        """Return the attribute that applies a node: its own, or that of a node that it shares all weights with."""
        args = rule.build(node.layer, at) if rule.build else []
        if "kernel_size" in attrs and not args:
            args = [attrs.pop("kernel_size")]
        call = _stub(node.layer) if isinstance(node.layer, L.Custom) else Call(rule.foreign, args, attrs)
        slots = self._slots(node, rule, call)
        same = (text(call), tuple(slots.items()))
        if slots and same in self.same:
            return self.same[same]
        name = self.same[same] = self.attributes.of(node.name, node.name)
        self.made.modules[name] = Module(call, slots)
        for part, slot in slots.items():
            here = re.sub(r"\.(\d+)", r"[\1]", f"self.{name}.{part}")
            home = self.homes.setdefault(slot, here)
            if home != here and "/" not in part:
                self.made.ties.append(Assign(here, Name(home)))
        return name

    def _slots(self, node: Node, rule: Rule, call: Call) -> dict[str, Slot]:
        """Return where a node's weights go; those of a Scale or Bias have the shape that its call says."""
        slots = {}
        weights = node.layer.weights(*(self.shapes[ref] for ref in node.inputs))
        for blob in rule.blobs_of(node.layer):
            if blob.role in weights:
                axes, shape = weights[blob.role]
                order = tuple(axes.index(axis) for axis in blob.axes or axes) if axes else tuple(range(len(shape)))
                made = tuple(shape[axis] for axis in order)
                if isinstance(node.layer, (L.Scale, L.Bias)):
                    made = call.args[0]
                elif isinstance(node.layer, L.PReLU):
                    made = made or (1,)
                slots[blob.name] = Slot(node.key(blob.role), order, made)
        return slots


def _stub(layer: L.Custom) -> Call:
    plain = all(key.isidentifier() and not keyword.iskeyword(key) for key in layer.arguments)
    arguments = (
        layer.arguments if plain and not {"self", "shapes"} & set(layer.arguments) else {"arguments": layer.arguments}
    )
    shapes = [list(layer.arrays)] if layer.arrays else []
    return Call(stub_name(layer.type), shapes, dict(arguments))


def state(made: Program, weights: Weights) -> dict[str, Tensor]:
    """Return the state dictionary: every parameter and buffer by the name that PyTorch gives it."""
    found: dict[str, Tensor] = {}
    for name, module in made.modules.items():
        for part, slot in module.slots.items():
            if slot.key in weights:
                tensor = weights[slot.key].transposed(slot.order)
                found[f"{name}.{part}"] = tensor.reshaped([size or 0 for size in slot.shape])
        for part in {part.partition("/")[0] for part in module.slots if "/" in part}:
            pieces = [found.pop(key) for key in sorted(found) if key.startswith(f"{name}.{part}/")]
            if pieces:
                found[f"{name}.{part}"] = _stacked(pieces)
        if f"{name}.running_mean" in found:
            found[f"{name}.num_batches_tracked"] = _ZERO
        if f"{name}.bias_ih_l0" in found:
            kept = as_kept({part: found[f"{name}.{part}"] for part in module.slots if f"{name}.{part}" in found})
            found.update({f"{name}.{part}": tensor for part, tensor in kept.items()})
    return found


def _stacked(pieces: list[Tensor]) -> Tensor:
    """Return arrays one behind the other, each read when the whole is."""

    def load() -> Any:
        import numpy as np

        return np.concatenate([piece.numpy() for piece in pieces])

    return Tensor((sum(piece.shape[0] for piece in pieces), *pieces[0].shape[1:]), load)


def _zero() -> Any:
    import numpy as np

    return np.zeros((), np.int64)


_ZERO = Tensor((), _zero, "int64")
