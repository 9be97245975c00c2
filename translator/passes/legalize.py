"""Bring a model to what a target can say, layer by layer.

A target's rules declare its limits. Where no rule can say a layer, the lowerings registered for its type are asked in
turn; each may give other layers that mean exactly the same, or decline, and say why (Unsayable). What remains is a
diagnostic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from ir.diagnostics import Report
from ir.graph import Graph, Model, Node, Ref, free_name
from ir.layer import Layer, LayerError, ShapeError
from ir.shapes import Shape
from ir.validate import node_shapes
from ir.weights import Tensor
from translator.mapping import At, Rules, Unsayable
from translator.passes.bordering import non_negative

MAX_DEPTH = 16
"""How often the result of a lowering may be lowered again."""


@dataclass
class Replacement:
    """Nodes in the place of one, one of which bears its name. `weights` are added to the model's.

    `results` are what the node gave, where one node does not give it all.
    """

    nodes: list[Node]
    weights: Mapping[str, Tensor] = field(default_factory=dict)
    results: tuple[Ref, ...] = ()


@dataclass
class Place(At):
    """A node where it stands: what a lowering may look at."""

    rules: Rules | None = None
    weights: Mapping[str, Tensor] = field(default_factory=dict)
    non_negative: bool = False

    def says(self, layer: Layer) -> bool:
        """Tell whether the target can say a layer on these inputs."""
        try:
            assert self.rules
            self.rules.say(layer, self)
        except Unsayable:
            return False
        return True


Lowering = Callable[[Node, Place], Replacement | None]
LOWERINGS: dict[type[Layer], list[Lowering]] = {}


def lowers(*layers: type[Layer]) -> Callable[[Lowering], Lowering]:
    """Register a lowering for some layer types."""

    def register(lowering: Lowering) -> Lowering:
        for layer in layers:
            LOWERINGS.setdefault(layer, []).append(lowering)
        return lowering

    return register


def chain(node: Node, *steps: tuple[str, Layer]) -> list[Node]:
    """Return nodes that follow each other in the place of one; a step's suffix names it, "" keeps the name.

    The first takes the node's inputs, and one with the suffix "" its shared weights.
    """
    nodes: list[Node] = []
    inputs = node.inputs
    for suffix, layer in steps:
        name = f"{node.name}_{suffix}" if suffix else node.name
        shared, labels = ((), ()) if suffix else (node.shared, node.labels)
        nodes.append(Node(name, layer, inputs, labels, shared, node.origin))
        inputs = (Ref(name),)
    return nodes


def legalize(model: Model, rules: Rules, report: Report) -> Model:
    """Return a model of which the rules can say every layer; what they cannot is reported (`unsupported`)."""
    import translator.passes.lowering  # noqa: F401  (importing it registers the lowerings)

    graph = model.graph
    state = _State(graph, dict(model.weights), rules, report)
    for node in graph.nodes:
        state.place_node(node, 0)
    outputs = tuple(state.moved.get(ref, ref) for ref in graph.outputs)
    return Model(replace(graph, nodes=tuple(state.nodes), outputs=outputs), state.weights)


class _State:
    def __init__(self, graph: Graph, weights: dict[str, Tensor], rules: Rules, report: Report) -> None:
        self.layout = graph.layout
        self.weights = weights
        self.rules = rules
        self.report = report
        self.nodes: list[Node] = []
        self.moved: dict[Ref, Ref] = {}
        self.shapes: dict[Ref, Shape] = {Ref(each.name): each.shape for each in graph.inputs}
        self.layers: dict[Ref, Node] = {}
        self.names = {each.name for each in graph.inputs} | {node.name for node in graph.nodes}

    def place_node(self, node: Node, depth: int) -> None:
        node = replace(node, inputs=tuple(self.moved.get(ref, ref) for ref in node.inputs))
        inputs = [self.shapes[ref] for ref in node.inputs if ref in self.shapes]
        if len(inputs) != len(node.inputs):  # It follows what does not fit, which was told.
            return
        try:
            outputs = node_shapes(node, inputs, self.layout)
        except ShapeError as error:
            self.report.add("unsupported", f"{node.name} ({type(node.layer).__name__}): {error}", node.origin)
            return
        place = Place(node.name, inputs, outputs, self.layout, rules=self.rules, weights=self.weights)
        place.non_negative = all(non_negative(self.layers.get(ref), self.layers) for ref in node.inputs)
        try:
            self.rules.say(node.layer, place)
        except Unsayable as limit:
            reasons = [str(limit)]
            if depth < MAX_DEPTH and self._lower(node, place, depth, reasons):
                return
            told = f"{node.name} ({type(node.layer).__name__}): {', and '.join(reasons)}"
            self.report.add("unsupported", told, node.origin)
        self.nodes.append(node)
        self.shapes.update(zip(node.refs, place.outputs, strict=False))
        self.layers.update(dict.fromkeys(node.refs, node))

    def _lower(self, node: Node, place: Place, depth: int, reasons: list[str]) -> bool:
        """Put what says a node in its place; else add to the reasons why that cannot be."""
        for lowering in LOWERINGS.get(type(node.layer), ()):
            try:
                result = lowering(node, place)
            except Unsayable as reason:
                reasons.append(str(reason))
                continue
            except (LayerError, ShapeError):  # It would be said by a layer that cannot be, or does not fit.
                continue
            if result is not None:
                self.weights.update(result.weights)
                nodes, names = self._renamed(result.nodes, node.name)
                for each in nodes:
                    self.place_node(each, depth + 1)
                for old, new in zip(node.refs, result.results, strict=False):
                    self.moved[old] = new.renamed(names)
                return True
        return False

    def _renamed(self, nodes: Iterable[Node], kept: str) -> tuple[list[Node], dict[str, str]]:
        """Give new nodes names that nothing else has, and return these too."""
        names: dict[str, str] = {}
        result = []
        for node in nodes:
            # A node takes what stood there before it, even where that bears its name.
            inputs = tuple(ref.renamed(names) for ref in node.inputs)
            name = node.name
            if name != kept:
                name = free_name(name, self.names)
                self.names.add(name)
                names[node.name] = name
            result.append(replace(node, name=name, inputs=inputs))
        return result, names
