"""What leads to a tensor: what the patterns of a graph are looked for along."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ir import layers as L
from ir.graph import Node, Ref, free_name
from ir.layer import Layer
from ir.shapes import Shape
from ir.weights import Tensor

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
    """The nodes that have been seen, by what they give, the shapes of tensors, and the weights that are known."""

    def __init__(self, shapes: Mapping[Ref, Shape], names: set[str], weights: Mapping[str, Tensor]) -> None:
        self.makers: dict[Ref, Node] = {}
        self.shapes = shapes
        self.names = names
        self.weights = weights

    def free(self, name: str) -> str:
        """Return a name that no node has, and take it."""
        name = free_name(name, self.names)
        self.names.add(name)
        return name

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
            if close(by * _ceiling(layer), 1):
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
        elif isinstance(layer, L.Add) and len(terms) == 2:
            a, b = layer.coefficients or (1.0, 1.0)
            return tuple(a * one + b * other for one, other in zip(*terms, strict=True))
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
        node, rank = self.makers.get(ref), len(self.shapes.get(ref, ()))
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


def _ceiling(layer: Layer | None) -> float:
    """Return where a layer cuts off values that has its other limit at 0; 0 where it does not."""
    if isinstance(layer, L.Clip):
        return layer.maximum if layer.minimum == 0 else 0.0
    return (layer.maximum or 0.0) if isinstance(layer, L.ReLU) and not layer.negative_slope else 0.0


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


class Found(NamedTuple):
    """The one layer that a node and what leads to it come to, what it takes, and a node that is put before it."""

    layer: Layer
    inputs: tuple[Ref, ...]
    extra: Node | None = None


__all__ = ["Found", "Line", "Product", "Root", "Trail", "close"]
