"""Raise what files spell out in many operators to the one layer that people would name, where that is exact.

A pattern looks at a node and at what leads to it, and says which layer gives the same, of which tensor. What only the
raised nodes needed is left over, and falls away with all that leads to no output.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ir import layers as L
from ir.graph import Graph, Node, Ref
from ir.layer import Layer

STEPS = 4
"""How many layers a number may be spread over, one behind the other."""
DEPTH, DEGREE = 6, 3
"""How deep a polynomial may be spelt, and up to which power of x."""


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


class Root(NamedTuple):
    """A tensor as a power of another: (inner + shift) ** exponent."""

    exponent: float
    shift: float
    inner: Ref


class Trail:
    """The nodes that have been seen, by what they give, and the ranks of tensors."""

    def __init__(self, ranks: Mapping[Ref, int]) -> None:
        self.makers: dict[Ref, Node] = {}
        self.ranks = ranks

    def layer(self, ref: Ref) -> Layer | None:
        """Return the layer that gives a tensor; None for an input of the graph."""
        node = self.makers.get(ref)
        return None if node is None else node.layer

    def before(self, ref: Ref) -> Ref:
        """Return the first tensor that the layer takes which gives one."""
        return self.makers[ref].inputs[0]

    def lines(self, ref: Ref) -> Iterator[Line]:
        """Yield all that a tensor is a line of, itself the first."""
        scale, shift = 1.0, 0.0
        for _ in range(STEPS):
            yield Line(scale, shift, ref)
            layer = self.layer(ref)
            if not isinstance(layer, L.Power) or layer.power != 1:
                return
            scale, shift = scale * layer.scale, scale * layer.shift + shift
            ref = self.before(ref)

    def products(self, ref: Ref) -> Iterator[Product]:
        """Yield all ways that a tensor is a product of two, in both orders."""
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

    def cuts(self, ref: Ref, factor: float) -> Iterator[tuple[float, Ref]]:
        """Yield the slopes of lines that, cut off at 0 and 1 and with 0.5 in their middle, are a tensor by a factor."""
        for scale, inner in self._multiples(ref):
            layer = self.layer(inner)
            by = factor * scale
            if isinstance(layer, L.ReLU) and not layer.negative_slope and close(by * (layer.maximum or 0), 1):
                for line in self.lines(self.before(inner)):
                    if close(by * line.shift, 0.5) and line.scale > 0:
                        yield by * line.scale, line.inner

    def is_polynomial(self, ref: Ref, x: Ref, wanted: Sequence[float]) -> bool:
        """Tell whether a tensor is a polynomial of another; `wanted` are its factors, that of x the first."""
        found = self._polynomial(ref, x, DEPTH)
        terms = (0.0, *wanted, *(0.0,) * (DEGREE - len(wanted)))
        return found is not None and all(map(close, found, terms))

    def _polynomial(self, ref: Ref, x: Ref, depth: int) -> tuple[float, ...] | None:
        """Return the factors of a polynomial of x, up to its cube, that a tensor is; None where it is none."""
        if ref == x:
            return (0.0, 1.0, 0.0, 0.0)
        node = self.makers.get(ref)
        if node is None or not depth:
            return None
        parts = [self._polynomial(each, x, depth - 1) for each in node.inputs[:2]]
        terms = [each for each in parts if each is not None]
        if len(terms) < len(node.inputs):
            return None
        layer = node.layer
        if isinstance(layer, L.Power) and layer.power in (1, 2, 3):
            base = (layer.shift + layer.scale * terms[0][0], *(layer.scale * each for each in terms[0][1:]))
            terms = [base] * int(layer.power)
        elif layer == L.Add() and len(terms) == 2:
            return tuple(map(sum, zip(*terms, strict=True)))
        elif layer != L.Multiply() or len(terms) != 2:
            return None
        return _multiplied(terms)

    def root(self, ref: Ref) -> Root:
        """Return which power of what else a tensor is; of one that is none, its first."""
        exponent = 1.0
        for _ in range(STEPS):
            layer = self.layer(ref)
            if not isinstance(layer, L.Power) or layer.scale != 1:
                break
            exponent, ref = exponent * layer.power, self.before(ref)
            if layer.shift != 0:
                return Root(exponent, layer.shift, ref)
        return Root(exponent, 0.0, ref)

    def mean(self, ref: Ref) -> Ref | None:
        """Return the tensor whose mean along its last axis, which stays, is another one."""
        node, rank = self.makers.get(ref), self.ranks.get(ref, 0)
        if node is None or not (node.layer == L.Mean(axes=(rank - 1,)) or (node.layer == L.GlobalAvgPool1D())):
            return None
        return node.inputs[0]

    def square(self, ref: Ref) -> Ref | None:
        """Return the tensor of which another is the square."""
        node = self.makers.get(ref)
        if node is None or not (node.layer == L.Power(power=2.0) or node.layer == L.Multiply()):
            return None
        return node.inputs[0] if len(set(node.inputs)) == 1 and len(node.inputs) <= 2 else None

    def centred(self, ref: Ref) -> Ref | None:
        """Return the tensor of which another is what it lies off its mean along the last axis."""
        node = self.makers.get(ref)
        if node is None or node.layer != L.Subtract() or self.mean(node.inputs[1]) != node.inputs[0]:
            return None
        return node.inputs[0]


def _multiplied(terms: Sequence[Sequence[float]]) -> tuple[float, ...] | None:
    """Return the product of polynomials; None where it is beyond a cube."""
    found = [1.0]
    for term in terms:
        product = [0.0] * (len(found) + len(term) - 1)
        for i, a in enumerate(found):
            for j, b in enumerate(term):
                product[i + j] += a * b
        found = product
    return None if any(found[DEGREE + 1 :]) else (*found, *(0.0,) * DEGREE)[: DEGREE + 1]


def close(a: float, b: float) -> bool:
    """Tell whether two numbers are one as a 32-bit float has it."""
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)


def gelu(trail: Trail, node: Node) -> Found:
    """Raise x * (1 + erf(x / sqrt(2))) / 2, in any order of its factors, and what is near it with a tanh."""
    for factor, x, share in trail.products(node.refs[0]):
        for scale, shift, inner in trail.lines(share):
            layer = trail.layer(inner)
            if not close(factor * scale, 0.5) or not close(factor * shift, 0.5):
                continue
            if layer == L.Function(function="erf") and trail.is_polynomial(trail.before(inner), x, (0.5**0.5,)):
                return L.GELU(), x
            if layer == L.Tanh() and trail.is_polynomial(trail.before(inner), x, NEAR):
                return L.GELU(approximate=True), x
    return None


NEAR = ((2 / math.pi) ** 0.5, 0.0, 0.044715 * (2 / math.pi) ** 0.5)
"""Of which polynomial the tanh is taken: the factors of x, of its square and of its cube."""


def swish(trail: Trail, node: Node) -> Found:
    """Raise x * sigmoid(beta * x), and x * min(max(x / 6 + 0.5, 0), 1)."""
    for factor, x, share in trail.products(node.refs[0]):
        layer = trail.layer(share)
        if close(factor, 1) and layer == L.HardSigmoid() and trail.before(share) == x:
            return L.HardSwish(), x
        if close(factor, 1) and layer == L.Sigmoid():
            for line in trail.lines(trail.before(share)):
                if line.inner == x and line.shift == 0 and line.scale > 0:
                    return L.Swish(beta=line.scale), x
        for scale, inner in trail.cuts(share, factor):
            if close(scale, 1 / 6) and inner == x:
                return L.HardSwish(), x
    return None


def hard_sigmoid(trail: Trail, node: Node) -> Found:
    """Raise min(max(slope * x + 0.5, 0), 1)."""
    cuts = list(trail.cuts(node.refs[0], 1.0))
    if not cuts:
        return None
    scale, inner = cuts[-1]
    return L.HardSigmoid(slope=1 / 6 if close(scale, 1 / 6) else scale), inner


def layer_norm(trail: Trail, node: Node) -> Found:
    """Raise what takes its mean along the last axis away from a tensor, and divides by the root of its variance."""
    for centred, (exponent, epsilon, variance) in _quotients(trail, node):
        x = trail.centred(centred)
        square = trail.mean(variance)
        if x is None or square is None or exponent != -0.5 or not 0 < epsilon < 1:
            continue
        base = trail.square(square)
        if base is not None and trail.centred(base) == x:
            return L.LayerNorm(epsilon=epsilon, scale=False, center=False), x
    return None


def _quotients(trail: Trail, node: Node) -> Iterator[tuple[Ref, Root]]:
    """Yield what is divided, and by what, as a root of something; a product may divide too."""
    if isinstance(node.layer, L.Divide):
        exponent, shift, inner = trail.root(node.inputs[1])
        yield node.inputs[0], Root(-exponent, shift, inner)
    elif len(node.inputs) == 2:
        yield node.inputs[0], trail.root(node.inputs[1])


Found = tuple[Layer, Ref] | None
Pattern = Callable[[Trail, Node], Found]
PATTERNS: dict[type[Layer], tuple[Pattern, ...]] = {
    L.Multiply: (gelu, swish),
    L.Power: (hard_sigmoid, gelu, swish),
    L.ReLU: (hard_sigmoid,),
    L.Divide: (layer_norm,),
    L.ScaleBy: (layer_norm,),
}
"""The patterns, by the last of their layers."""


def raised(graph: Graph, ranks: Mapping[Ref, int]) -> Graph:
    """Return a graph whose patterns are one layer each; a layer bears the name of the last that it stands for."""
    trail = Trail(ranks)
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
