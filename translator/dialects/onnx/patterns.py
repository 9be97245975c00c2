"""Raise what files spell out in many operators to the one layer that people would name, where that is exact.

A pattern looks at a node and at what leads to it, and says which layer gives the same, of which tensor. What only the
raised nodes needed is left over, and falls away with all that leads to no output.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from ir import layers as L
from ir.graph import Graph, Node, Ref
from ir.layer import Layer

STEPS = 4
"""How many layers a number may be spread over, one behind the other."""


class Line(NamedTuple):
    """What a tensor is of another: scale * inner + shift."""

    scale: float
    shift: float
    inner: Ref


class Product(NamedTuple):
    """A tensor as a number times two others."""

    factor: float
    a: Ref
    b: Ref


class Trail:
    """The nodes that have been seen, by what they give."""

    def __init__(self) -> None:
        self.makers: dict[Ref, Node] = {}

    def layer(self, ref: Ref) -> Layer | None:
        """Return the layer that gives a tensor; None for an input of the graph."""
        node = self.makers.get(ref)
        return None if node is None else node.layer

    def lines(self, ref: Ref) -> Iterator[Line]:
        """Return all that a tensor is a line of, itself the first."""
        scale, shift = 1.0, 0.0
        for _ in range(STEPS):
            yield Line(scale, shift, ref)
            layer = self.layer(ref)
            if not isinstance(layer, L.Power) or layer.power != 1:
                return
            scale, shift = scale * layer.scale, scale * layer.shift + shift
            ref = self.makers[ref].inputs[0]

    def products(self, ref: Ref) -> Iterator[Product]:
        """Return all ways that a tensor is a product of two, in both orders."""
        for factor, inner in self._multiples(ref):
            node = self.makers.get(inner)
            if node is None or node.layer != L.Multiply() or len(node.inputs) != 2:
                continue
            for by_a, a in self._multiples(node.inputs[0]):
                for by_b, b in self._multiples(node.inputs[1]):
                    yield Product(factor * by_a * by_b, a, b)
                    yield Product(factor * by_a * by_b, b, a)

    def _multiples(self, ref: Ref) -> Iterator[tuple[float, Ref]]:
        return ((line.scale, line.inner) for line in self.lines(ref) if line.shift == 0)


def close(a: float, b: float) -> bool:
    """Tell whether two numbers are one as a 32-bit float has it."""
    return math.isclose(a, b, rel_tol=1e-6)


def gelu(trail: Trail, node: Node) -> tuple[Layer, Ref] | None:
    """Raise x * (1 + erf(x / sqrt(2))) / 2, in any order of its factors."""
    for factor, x, share in trail.products(node.refs[0]):
        for scale, shift, inner in trail.lines(share):
            if not _is_erf(trail.layer(inner)) or not close(factor * scale, 0.5) or not close(factor * shift, 0.5):
                continue
            of = trail.lines(trail.makers[inner].inputs[0])
            if any(line.inner == x and line.shift == 0 and close(line.scale, 0.5**0.5) for line in of):
                return L.GELU(), x
    return None


def _is_erf(layer: Layer | None) -> bool:
    return isinstance(layer, L.Custom) and layer.type == "Erf"


Pattern = Callable[[Trail, Node], tuple[Layer, Ref] | None]
PATTERNS: dict[type[Layer], tuple[Pattern, ...]] = {L.Multiply: (gelu,), L.Power: (gelu,)}
"""The patterns, by the last of their layers."""


def raised(graph: Graph) -> Graph:
    """Return a graph whose patterns are one layer each; a layer bears the name of the last that it stands for."""
    trail = Trail()
    nodes = []
    for node in graph.nodes:
        trail.makers.update(dict.fromkeys(node.refs, node))
        found = next(filter(None, (each(trail, node) for each in PATTERNS.get(type(node.layer), ()))), None)
        if found is not None:
            node = replace(node, layer=found[0], inputs=(found[1],))
            trail.makers.update(dict.fromkeys(node.refs, node))
        nodes.append(node)
    return replace(graph, nodes=tuple(nodes))


__all__ = ["raised"]
