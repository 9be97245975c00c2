"""Recurrent layers step by step, by products and functions of each element, where a target has none of their kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ir import layers as L
from ir.graph import Node, Ref
from ir.layer import Layer
from ir.weights import Tensor
from translator.mapping import Unsayable
from translator.passes.legalize import Place, Replacement, lowers

MOST = 128
"""Steps at most that are written one by one."""
FUNCTIONS: dict[str, Layer] = {
    "tanh": L.Tanh(),
    "relu": L.ReLU(),
    "sigmoid": L.Sigmoid(),
    "elu": L.ELU(),
    "softplus": L.Softplus(),
}
"""The functions of new values that are a layer; `linear` is none, and `softsign` is several."""


@lowers(L.SimpleRNN, L.LSTM, L.GRU)
def step_by_step(node: Node, place: Place) -> Replacement:
    """Multiply the whole sequence first, and then the state of each step by the same matrix.

    Raises Unsayable where the number of steps is not known, or above `MOST`.
    """
    steps, layer = place.inputs[0][1], node.layer
    assert isinstance(layer, (L.SimpleRNN, L.LSTM, L.GRU))
    if steps is None:
        raise Unsayable("the number of its steps is not known; --shape gives it")
    if steps > MOST:
        raise Unsayable(f"of its {steps} steps at most {MOST} are written one by one")
    if layer.started and layer.masked:
        raise Unsayable("what it gives before the first step that counts is not the state that it starts from")
    return in_steps(node, steps, place.weights)


def in_steps(node: Node, steps: int, weights: Mapping[str, Tensor]) -> Replacement:
    """Return the nodes that run a recurrent layer of so many steps, and those of the weights that are parts of its own.

    These have the key of the whole with the name of the part behind: "input" and "state" of a bias of two rows, and
    "gates" and "candidate" of a kernel.
    """
    layer = node.layer
    assert isinstance(layer, (L.SimpleRNN, L.LSTM, L.GRU))
    return _Steps(node, layer, weights, steps).run()


class _Steps:
    def __init__(
        self, node: Node, layer: L.SimpleRNN | L.LSTM | L.GRU, given: Mapping[str, Tensor], steps: int
    ) -> None:
        self.node, self.given, self.steps, self.units = node, given, steps, layer.units
        self.layer: Any = layer
        self.nodes: list[Node] = []
        self.weights: dict[str, Tensor] = {}
        self.at = ""

    def add(self, part: str, layer: Layer, *inputs: Ref, keys: tuple[tuple[str, str], ...] = ()) -> Ref:
        """Add a node of the step at hand; return the first tensor that it gives."""
        name = f"{self.node.name}{self.at}_{part}"
        self.nodes.append(Node(name, layer, inputs, (), keys, self.node.origin))
        return Ref(name)

    def pieces(self, part: str, layer: L.Slice, whole: Ref) -> list[Ref]:
        """Cut a tensor; a single piece is the tensor itself."""
        if layer.pieces == 1:
            return [whole]
        cut = self.add(part, layer, whole)
        return [Ref(cut.node, i) for i in range(layer.pieces)]

    def function(self, name: str, part: str, ref: Ref) -> Ref:
        if name == "hard_sigmoid":
            return self.add(part, L.HardSigmoid(slope=self.layer.slope), ref)
        if name == "softsign":
            size = self.add(f"{part}_size", L.Abs(), ref)
            return self.add(part, L.Multiply(), ref, self.add(f"{part}_share", L.Power(shift=1.0, power=-1.0), size))
        return ref if name == "linear" else self.add(part, FUNCTIONS[name], ref)

    def part_of(self, role: str, name: str, start: int, stop: int, row: int | None = None) -> str:
        """Return the key of some rows of a weight, which is added to the weights; of a bias of two rows, of one."""
        key = self.node.key(role)
        own = f"{key}, {name}"
        if (whole := self.given.get(key)) is not None:

            def cut(array: Any) -> Any:
                return (array if row is None else array[row])[start:stop]

            self.weights[own] = whole.map(cut, (stop - start, *whole.shape[(1 if row is None else 2) :]))
        return own

    def run(self) -> Replacement:
        """Return the nodes of all steps, the last of which gives the result, and what gives the others."""
        x, *others = self.node.inputs
        after = isinstance(self.layer, L.GRU) and self.layer.reset_after
        width = self.layer.gates * self.units
        bias = self.part_of("bias", "input", 0, width, 0) if after else self.node.key("bias")
        keys = (("kernel", self.node.key("kernel")), ("bias", bias))
        whole = self.add("projected", L.Dense(units=width), x, keys=keys)
        given = [self.add(f"projected{i}", L.Flatten(), each) for i, each in enumerate(self.along(whole, "rows"))]
        masks = self.masks(others.pop()) if self.layer.masked else []
        states = others or self.zeros(given[0])
        every = []
        for i, row in enumerate(given):
            self.at = f"_{i}"
            new = self.step(row, states)
            parts = zip(("state", "cell"), new, states, strict=False)
            states = [self.chosen(masks[i], *each) for each in parts] if masks else new
            every.append(states[0])
        self.at = ""
        return self.replacement(every, states)

    def along(self, whole: Ref, part: str) -> list[Ref]:
        return self.pieces(part, L.Slice(axis=1, pieces=self.steps), whole)

    def zeros(self, like: Ref) -> list[Ref]:
        """Return the state that a sequence starts from, if none is given."""
        first = like
        if self.layer.gates > 1:
            first = self.add("first", L.Slice(axis=1, points=(self.units,), pieces=2), like)
        return [self.add("start", L.Power(scale=0.0), first)] * self.layer.cells

    def masks(self, mask: Ref) -> list[tuple[Ref, Ref]]:
        """Return for each step 1 where it counts and 0 where not, and the opposite."""
        opposite = self.add("passed", L.Power(scale=-1.0, shift=1.0), mask)
        pairs = zip(self.along(mask, "counted"), self.along(opposite, "left"), strict=True)
        row = L.Reshape(sizes=(-1,))
        return [(self.add(f"count{i}", row, a), self.add(f"pass{i}", row, b)) for i, (a, b) in enumerate(pairs)]

    def chosen(self, mask: tuple[Ref, Ref], part: str, new: Ref, old: Ref) -> Ref:
        """Return the new state where a step counts, and else the old one."""
        counted, passed = mask
        taken = self.add(f"{part}_taken", L.ScaleBy(axis=0), new, counted)
        left = self.add(f"{part}_left", L.ScaleBy(axis=0), old, passed)
        return self.add(f"{part}_chosen", L.Add(), taken, left)

    def step(self, x: Ref, states: list[Ref]) -> list[Ref]:
        """Return the states after a step."""
        if isinstance(self.layer, L.GRU):
            return [self.gru(x, states[0])]
        total = self.add("sum", L.Add(), x, self.product(states[0]))
        if isinstance(self.layer, L.SimpleRNN):
            return [self.function(self.layer.activation, "state", total)]
        first, second, third, last = self.pieces("gates", L.Slice(axis=1, pieces=4), total)
        enter, forget = self.function(self.layer.gate, "enter", first), self.function(self.layer.gate, "forget", second)
        new, leave = self.function(self.layer.activation, "new", third), self.function(self.layer.gate, "leave", last)
        parts = [self.add("kept", L.Multiply(), forget, states[1]), self.add("added", L.Multiply(), enter, new)]
        cell = self.add("cell", L.Add(), *parts)
        shown = self.function(self.layer.activation, "shown", cell)
        return [self.add("state", L.Multiply(), leave, shown), cell]

    def product(self, state: Ref) -> Ref:
        layer = L.Dense(units=self.layer.gates * self.units, bias=False)
        return self.add("product", layer, state, keys=(("kernel", self.node.key("recurrent_kernel")),))

    def gru(self, x: Ref, state: Ref) -> Ref:
        units = self.units
        if self.layer.reset_after:
            bias = self.part_of("bias", "state", 0, 3 * units, 1)
            keys = (("kernel", self.node.key("recurrent_kernel")), ("bias", bias))
            product = self.add("product", L.Dense(units=3 * units), state, keys=keys)
            cut = L.Slice(axis=1, points=(2 * units,), pieces=2)
            (gates, new), (known, more) = self.pieces("parts", cut, x), self.pieces("products", cut, product)
        else:
            gates, new = self.pieces("parts", L.Slice(axis=1, points=(2 * units,), pieces=2), x)
            known = self.rows("gates", 0, 2 * units, state)
        total = self.add("sum", L.Add(), gates, known)
        update, reset = self.pieces("gate", L.Slice(axis=1, pieces=2), self.function(self.layer.gate, "gates", total))
        if self.layer.reset_after:
            recurrent = self.add("reset", L.Multiply(), reset, more)
        else:
            recurrent = self.rows("candidate", 2 * units, 3 * units, self.add("reset", L.Multiply(), reset, state))
        total = self.add("total", L.Add(), new, recurrent)
        candidate = self.function(self.layer.activation, "new", total)
        kept = self.add("kept", L.Multiply(), update, state)
        opposite = self.add("opposite", L.Power(scale=-1.0, shift=1.0), update)
        return self.add("state", L.Add(), kept, self.add("added", L.Multiply(), opposite, candidate))

    def rows(self, name: str, start: int, stop: int, state: Ref) -> Ref:
        """Multiply by some rows of the recurrent kernel."""
        key = self.part_of("recurrent_kernel", name, start, stop)
        return self.add(f"{name}_product", L.Dense(units=stop - start, bias=False), state, keys=(("kernel", key),))

    def replacement(self, every: list[Ref], states: list[Ref]) -> Replacement:
        name, labels = self.node.name, self.node.labels
        if self.layer.sequences:
            strung = self.add("states", L.Concat(axis=1), *every)
            result = self.add("", L.Reshape(sizes=(0, self.steps, self.units)), strung)
        else:
            result = states[0]
        own = {result: Ref(name)}
        nodes = [
            replace(
                each,
                name=own.get(Ref(each.name), Ref(each.name)).node,
                labels=labels[:1] if Ref(each.name) == result else (),
                inputs=tuple(own.get(ref, ref) for ref in each.inputs),
            )
            for each in self.nodes
        ]
        results = [own.get(ref, ref) for ref in (result, *states)]
        return Replacement(nodes, self.weights, tuple(results[: self.layer.outputs]))
