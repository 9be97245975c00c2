"""A model as a value: layers as nodes of a graph, and weights beside it.

Graphs are immutable and compare by meaning: where a thing was written (`origin`) is left out.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Literal

from ir.layer import Layer
from ir.origin import Origin
from ir.shapes import Shape
from ir.weights import Tensor

Layout = Literal["channels_first", "channels_last"]


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """One tensor of a graph: an output of a node, or an input of the graph (index 0)."""

    node: str
    index: int = 0

    def __str__(self) -> str:
        return f"{self.node}:{self.index}" if self.index else self.node

    def renamed(self, names: Mapping[str, str]) -> Ref:
        """Return the same tensor where nodes may have other names now."""
        return Ref(names.get(self.node, self.node), self.index)


@dataclass(frozen=True)
class Input:
    """A tensor that the model is given. An empty shape is one that is not known, unless it is said to be a scalar's."""

    name: str
    shape: Shape
    origin: Origin | None = field(default=None, compare=False, repr=False)
    scalar: bool = False


@dataclass(frozen=True)
class Node:
    """A layer in its place.

    `labels` are the names of its output tensors where they differ from the node's own (Caffe's tops).
    `shared` maps roles of weights to the keys they are stored under, where another node uses them too.
    """

    name: str
    layer: Layer
    inputs: tuple[Ref, ...] = ()
    labels: tuple[str, ...] = ()
    shared: tuple[tuple[str, str], ...] = ()
    origin: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def refs(self) -> tuple[Ref, ...]:
        """The tensors that the node gives."""
        return tuple(Ref(self.name, i) for i in range(self.layer.outputs))

    def label(self, index: int = 0) -> str:
        """Return the name of an output tensor."""
        if self.labels:
            return self.labels[index]
        return str(Ref(self.name, index))

    def key(self, role: str) -> str:
        """Return the name under which a weight of the node is stored."""
        return dict(self.shared).get(role, f"{self.name}.{role}")


@dataclass(frozen=True)
class Graph:
    """Layers in an order in which each follows what it needs."""

    name: str
    inputs: tuple[Input, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[Ref, ...]
    layout: Layout = "channels_first"

    def node(self, name: str) -> Node:
        """Return the node of a name."""
        return next(each for each in self.nodes if each.name == name)

    def users(self) -> dict[Ref, list[Node]]:
        """Return the nodes that take each tensor, once for each time they do."""
        users: dict[Ref, list[Node]] = {}
        for node in self.nodes:
            for ref in node.inputs:
                users.setdefault(ref, []).append(node)
        return users

    def refs(self) -> Iterator[Ref]:
        """Return every tensor of the graph."""
        for each in self.inputs:
            yield Ref(each.name)
        for node in self.nodes:
            yield from node.refs

    def loose_ends(self) -> tuple[Ref, ...]:
        """Return the tensors that nothing takes, the graph's inputs left out."""
        taken = {ref for node in self.nodes for ref in node.inputs}
        return tuple(ref for node in self.nodes for ref in node.refs if ref not in taken)


Weights = Mapping[str, Tensor]
"""Tensors by key (`Node.key`)."""


@dataclass(frozen=True)
class Model:
    """A graph and its weights; without weights the mapping is empty."""

    graph: Graph
    weights: Weights = field(default_factory=dict)


def free_name(name: str, taken: Container[str]) -> str:
    """Return a name, with `_` behind it until nothing else bears it."""
    while name in taken:
        name += "_"
    return name


def leading_to(outputs: Iterable[Ref], nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Return the nodes that have a part in some tensors."""
    wanted = {ref.node for ref in outputs}
    for node in reversed(nodes):
        if node.name in wanted:
            wanted.update(ref.node for ref in node.inputs)
    return tuple(node for node in nodes if node.name in wanted)


def sorted_nodes(nodes: Iterable[Node]) -> tuple[list[Node], list[Node]]:
    """Order nodes so that each follows what it needs, otherwise as given; return also those on cycles.

    A node whose input nothing gives counts as ready: that is for validation to report.
    """
    nodes = list(nodes)
    owner = {node.name: node for node in nodes}
    waits = {node.name: {ref.node for ref in node.inputs if ref.node in owner} for node in nodes}
    users: dict[str, list[str]] = {}
    for name, needed in waits.items():
        for each in needed:
            users.setdefault(each, []).append(name)
    place = {node.name: i for i, node in enumerate(nodes)}
    ready = [place[node.name] for node in nodes if not waits[node.name]]
    ordered: list[Node] = []
    while ready:
        node = nodes[heappop(ready)]
        ordered.append(node)
        for user in users.get(node.name, ()):
            waits[user].discard(node.name)
            if not waits[user]:
                heappush(ready, place[user])
    done = {node.name for node in ordered}
    return ordered, [node for node in nodes if node.name not in done]
