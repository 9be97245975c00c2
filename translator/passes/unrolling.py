"""Know a recurrent layer by its steps, as formats and modules that have none of its kind say it.

Each layer that it may be is put into steps as the lowering does it, and both are compared by what their tensors hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Graph, Model, Node, Ref, leading_to, sorted_nodes
from ir.shapes import ShapeError, axis_of
from ir.validate import infer
from ir.weights import Tensor
from translator.passes.contents import Contents
from translator.passes.lowering.unrolled import FUNCTIONS, MOST, in_steps
from translator.passes.simplify import drop_unused, redirected

_MOVES = (L.Slice, L.Reshape, L.Flatten)
_ACTIVATIONS = (*FUNCTIONS, "softsign", "linear")
_NAME = "\0"
"""The name of a layer that is tried, which no other has."""


class _Found(NamedTuple):
    """The product of the sequence, that of the state, and that of the candidate where it is one of its own."""

    given: Node
    state: Node
    candidate: Node | None

    @property
    def keys(self) -> tuple[str, ...]:
        others = [each.key("kernel") for each in (self.state, self.candidate) if each is not None]
        return self.given.name, *others


def join_steps(model: Model) -> Model:
    """Make one layer of the steps that say it, in a model with its channels first; it bears the name of its result."""
    if not any(isinstance(node.layer, L.Dense) for node in model.graph.nodes):
        return model
    parts, tried = _Parts(model), set[tuple[str, ...]]()
    while (found := next((each for each in parts.pairs() if each.keys not in tried), None)) is not None:
        tried.add(found.keys)
        joined = next((each for layer in parts.layers(found) if (each := parts.tried(found, layer))), None)
        parts = parts if joined is None else _Parts(joined)
    return parts.model


class _Parts:
    def __init__(self, model: Model) -> None:
        self.model, self.graph = model, model.graph
        self.shapes = infer(model.graph, Report())
        self.users = model.graph.users()
        self.made = {ref: node for node in model.graph.nodes for ref in node.refs}
        self.contents = Contents(self.shapes)
        for node in model.graph.nodes:
            if all(ref in self.shapes for ref in (*node.inputs, *node.refs)):
                self.contents.add(node)

    def pairs(self) -> Iterator[_Found]:
        """Yield products of a sequence and of a state that are added up."""
        for node in self.graph.nodes:
            layer, shape = node.layer, self.shapes.get(node.inputs[0], ()) if node.inputs else ()
            if not isinstance(layer, L.Dense) or len(shape) != 2 or layer.units % (units := shape[1] or 1):
                continue
            given = self.sequence(node) if layer.units <= 4 * units else None
            if given is not None and layer.units != 2 * units:
                yield _Found(given, node, None)
            elif given is not None:
                others = [each for each in self.graph.nodes if each.layer == layer.replace(units=units)]
                yield from (_Found(given, node, each) for each in others)

    def sequence(self, node: Node) -> Node | None:
        """Return the product of a sequence that a product is added to, itself or pieces of it."""
        added = list(self.users.get(node.refs[0], ()))
        added += [
            user
            for cut in added
            if isinstance(cut.layer, L.Slice)
            for ref in cut.refs
            for user in self.users.get(ref, ())
        ]
        for total in added:
            for ref in total.inputs if isinstance(total.layer, L.Add) else ():
                source = self.made.get(self.whole(ref))
                if source is not None and source is not node and isinstance(source.layer, L.Dense):
                    shape = self.shapes.get(source.inputs[0], ())
                    last = axis_of(source.layer.axis, len(shape)) == 2 if len(shape) == 3 else False
                    if last and source.layer.bias and 0 < (shape[1] or 0) <= MOST:
                        return source
        return None

    def layers(self, found: _Found) -> Iterator[Any]:
        """Yield the layers that the steps may be of."""
        units = self.shapes[found.state.inputs[0]][1] or 0
        kinds: dict[int, Any] = {1: L.SimpleRNN, 2: L.GRU, 3: L.GRU, 4: L.LSTM}
        product: Any = found.state.layer
        count = product.units // units
        if product.bias != (count == 3):
            return
        lines = (each[1] for each, _ in self.contents.expressions if each[0] == "function")
        slopes = sorted({each.slope for each in lines if isinstance(each, L.HardSigmoid)})
        gates: list[dict[str, Any]] = [{}, *({"gate": "hard_sigmoid", "slope": slope} for slope in slopes)]
        after = {2: {"reset_after": False}, 3: {"reset_after": True}}.get(count, {})
        for activation in _ACTIVATIONS:
            for gate in gates if count > 1 else [{}]:
                yield kinds[count](units=units, activation=activation, **after, **gate)

    def tried(self, found: _Found, layer: Any) -> Model | None:
        """Return the model with a layer in the place of its steps; None where these are another's."""
        (x,), contents = found.given.inputs, self.contents
        steps = self.shapes[x][1] or 0
        keys = {
            f"{_NAME}.kernel": found.given.key("kernel"),
            f"{_NAME}.bias": found.given.key("bias"),
            f"{_NAME}.bias, input": found.given.key("bias"),
            f"{_NAME}.bias, state": found.state.key("bias"),
            f"{_NAME}.recurrent_kernel": found.state.key("kernel"),
            f"{_NAME}.recurrent_kernel, gates": found.state.key("kernel"),
        }
        if found.candidate is not None:
            keys[f"{_NAME}.recurrent_kernel, candidate"] = found.candidate.key("kernel")
        contents.keys = keys
        for start in self.starts(found, layer):
            for mask in [()] if start else [*self.masks(steps), ()]:
                whole = layer.replace(started=bool(start), masked=bool(mask))
                given = (x, *start, *mask)
                numbers, products = self.numbers(whole.replace(states=True, sequences=True), given, steps)
                model = self.replaced(found, whole, given, numbers, products) if numbers else None
                if model is not None:
                    return model
        return None

    def numbers(self, layer: Any, given: tuple[Ref, ...], steps: int) -> tuple[list[int], set[int]]:
        """Return the numbers of what a layer gives in steps, and those of the products with its states."""
        contents = self.contents
        made = in_steps(Node(_NAME, layer, given), steps, {})
        refs = [ref for node in made.nodes for ref in node.refs]
        try:
            for node in made.nodes:
                contents.add(node)
            numbers = [contents.of[ref] for ref in made.results]
            products = {contents.of[node.refs[0]] for node in made.nodes if isinstance(node.layer, L.Dense)}
        except ShapeError:  # The state is not of this sequence.
            return [], set()
        finally:
            for ref in refs:
                contents.of.pop(ref, None)
                contents.shapes.pop(ref, None)
        return numbers, {each for each in products if not contents.is_zero(each)}

    def masks(self, steps: int) -> list[tuple[Ref]]:
        """Return the tensors of which pieces say for each step whether it counts."""
        found: dict[Ref, None] = {}
        for node in self.graph.nodes:
            if isinstance(node.layer, L.ScaleBy):
                ref = self.whole(node.inputs[1])
                if self.shapes[ref][1:] == (steps,):
                    found[ref] = None
        return [(ref,) for ref in found]

    def whole(self, ref: Ref) -> Ref:
        """Return the tensor that one is a piece of, or has the elements of."""
        while (source := self.made.get(ref)) is not None and isinstance(source.layer, _MOVES):
            ref = source.inputs[0]
        return ref

    def starts(self, found: _Found, layer: Any) -> Iterator[tuple[Ref, ...]]:
        """Yield the states that the first step may start from: none, or those that are given."""
        yield ()
        state = found.state.inputs[0]
        if self.contents.is_zero(self.contents.of[state]):
            return
        if layer.cells == 1:
            yield (state,)
            return
        behind = {found.state.name}
        for node in self.graph.nodes:
            if any(ref.node in behind for ref in node.inputs):
                behind.add(node.name)
        products = [node for node in self.graph.nodes if node.name in behind and isinstance(node.layer, L.Multiply)]
        cells = dict.fromkeys(ref for node in products for ref in node.inputs if ref.node not in behind)
        yield from ((state, ref) for ref in cells if self.shapes[ref] == self.shapes[state])

    def replaced(
        self, found: _Found, layer: Any, inputs: tuple[Ref, ...], numbers: list[int], products: set[int]
    ) -> Model | None:
        """Return the model with a layer whose states, the last of them and its cell have these numbers."""
        every, *last = numbers
        length = len(self.shapes[inputs[0]])
        graph, held = self.graph, self.contents.of
        refs = [ref for node in graph.nodes for ref in node.refs]
        whole = [ref for ref in refs if held.get(ref) == every and len(self.shapes[ref]) == length]
        ends = [[ref for ref in refs if held.get(ref) == each and len(self.shapes[ref]) == 2] for each in last]
        if not whole and not ends[0]:
            return None
        name = (whole or ends[0])[-1].node
        moved = dict.fromkeys(whole, Ref(name))
        needed = _needed(graph, moved or dict.fromkeys(ends[0], Ref(name)))
        lasting = [[ref for ref in pieces if ref.node in needed or ref in graph.outputs] for pieces in ends]
        states = bool((whole and lasting[0]) or any(lasting[1:]))
        for i, each in enumerate(ends):
            moved |= dict.fromkeys(each, Ref(name, i + 1 if whole or i else 0))
        layer = layer.replace(sequences=bool(whole), states=states)
        shared, weights = self.weights(found, layer, name)
        kept = [node for node in graph.nodes if node.name != name]
        label = next(node.labels for node in graph.nodes if node.name == name) if not states else ()
        new = Node(name, layer, inputs, label, shared, found.given.origin)
        outputs = tuple(moved.get(ref, ref) for ref in graph.outputs)
        changed = redirected(replace(graph, outputs=outputs), [*kept, new], moved)
        ordered, cyclic = sorted_nodes(changed.nodes)
        model = drop_unused(Model(replace(changed, nodes=tuple(ordered)), weights))
        left = {node.name: held.get(node.refs[0], -1) for node in model.graph.nodes if isinstance(node.layer, L.Dense)}
        return None if cyclic or found.state.name in left or products.intersection(left.values()) else model

    def weights(self, found: _Found, layer: Any, name: str) -> tuple[tuple[tuple[str, str], ...], dict[str, Tensor]]:
        """Return where the layer's weights are, and all weights: those that stand in two parts are joined."""
        weights = dict(self.model.weights)
        keys = {
            "kernel": found.given.key("kernel"),
            "recurrent_kernel": found.state.key("kernel"),
            "bias": found.given.key("bias"),
        }
        parts = {}
        if found.candidate is not None:
            parts["recurrent_kernel"] = found.candidate.key("kernel")
        if isinstance(layer, L.GRU) and layer.reset_after:
            parts["bias"] = found.state.key("bias")
        for role, other in parts.items():
            first, second = weights.get(keys[role]), weights.get(other)
            keys[role] = f"{name}.{role}"
            if first is not None and second is not None:
                weights[keys[role]] = _joined(first, second, stacked=role == "bias")
        return tuple(keys.items()), weights


def _needed(graph: Graph, moved: dict[Ref, Ref]) -> set[str]:
    """Return the nodes that outputs are made of, once some tensors come from elsewhere."""
    outputs = [ref for ref in graph.outputs if ref not in moved]
    nodes = [replace(node, inputs=tuple(ref for ref in node.inputs if ref not in moved)) for node in graph.nodes]
    return {node.name for node in leading_to(outputs, nodes)}


def _joined(first: Tensor, second: Tensor, stacked: bool) -> Tensor:
    def load() -> Any:
        import numpy as np

        both = [first.numpy(), second.numpy()]
        return np.stack(both) if stacked else np.concatenate(both)

    rows = (2,) if stacked else (first.shape[0] + second.shape[0],)
    return Tensor((*rows, *(first.shape if stacked else first.shape[1:])), load)
