"""Raise what files spell out in many operators to the one layer that people would name, where that is exact.

A pattern looks at a node and at what leads to it, and says which layer gives the same, of which tensors. What only the
raised nodes needed is left over, and falls away with all that leads to no output.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Graph, Model, Node, Ref
from ir.layer import Layer
from ir.shapes import Shape
from ir.validate import infer
from ir.weights import Tensor
from translator.passes.attending import attention
from translator.passes.stretching import (
    as_sequence,
    difference,
    error_function,
    factors_behind,
    largest,
    matrices,
    mean,
    plain,
    product,
)
from translator.passes.trail import Found, Root, Trail, close


def gelu(trail: Trail, node: Node) -> Found | None:
    """Raise x * (1 + erf(x / sqrt(2))) / 2, in any order of its factors, and what is near it with a tanh."""
    for factor, x, share in trail.products(node.refs[0]):
        for scale, shift, inner in trail.lines(share):
            layer = trail.layer(inner)
            if not close(factor * scale, 0.5) or not close(factor * shift, 0.5):
                continue
            if layer == L.Function(function="erf") and trail.is_polynomial(trail.before(inner), x, (0.5**0.5,)):
                return Found(L.GELU(), (x,))
            if layer == L.Tanh() and trail.is_polynomial(trail.before(inner), x, NEAR):
                return Found(L.GELU(approximate=True), (x,))
    return None


NEAR = ((2 / math.pi) ** 0.5, 0.0, 0.044715 * (2 / math.pi) ** 0.5)
"""Of which polynomial the tanh is taken: the factors of x, of its square and of its cube."""


def swish(trail: Trail, node: Node) -> Found | None:
    """Raise x * sigmoid(beta * x), and x * min(max(x / 6 + 0.5, 0), 1)."""
    for factor, x, share in trail.products(node.refs[0]):
        layer = trail.layer(share)
        if close(factor, 1) and layer == L.HardSigmoid() and trail.before(share) == x:
            return Found(L.HardSwish(), (x,))
        if close(factor, 1) and layer == L.Sigmoid():
            for line in trail.lines(trail.before(share)):
                if line.inner == x and line.shift == 0 and line.scale > 0:
                    return Found(L.Swish(beta=line.scale), (x,))
        for scale, inner in trail.cuts(share, factor):
            if close(scale, 1 / 6) and inner == x:
                return Found(L.HardSwish(), (x,))
    return None


def hard_sigmoid(trail: Trail, node: Node) -> Found | None:
    """Raise min(max(slope * x + 0.5, 0), 1)."""
    cuts = list(trail.cuts(node.refs[0], 1.0))
    if not cuts:
        return None
    scale, inner = cuts[-1]
    return Found(L.HardSigmoid(slope=1 / 6 if close(scale, 1 / 6) else scale), (inner,))


def layer_norm(trail: Trail, node: Node) -> Found | None:
    """Raise what takes its mean along the last axis away from a tensor, and divides by the root of its variance."""
    for centred, (exponent, epsilon, variance) in _quotients(trail, node):
        x = trail.centred(centred)
        square = trail.mean(variance)
        if x is None or square is None or exponent != -0.5 or not 0 < epsilon < 1:
            continue
        base = trail.square(square)
        if base is not None and trail.centred(base) == x:
            return Found(L.LayerNorm(epsilon=epsilon, scale=False, center=False), (x,))
    return None


def scaled_norm(trail: Trail, node: Node) -> Found | None:
    """Raise a normalisation along the last axis and the factors behind it, or what is added."""
    layer, norm = node.layer, trail.layer(node.inputs[0])
    rank = len(trail.shapes.get(node.inputs[0], ()))
    if not isinstance(norm, L.LayerNorm) or norm.scale or norm.center or not isinstance(layer, (L.Scale, L.Bias)):
        return None
    if layer.axis not in (-1, rank - 1) or layer.count not in (-1, 1) or not rank:
        return None
    scale = isinstance(layer, L.Scale)
    whole = norm.replace(scale=scale, center=not scale or getattr(layer, "bias", False))
    return Found(whole, (trail.before(node.inputs[0]),))


def _quotients(trail: Trail, node: Node) -> Iterator[tuple[Ref, Root]]:
    """Yield what is divided, and by what, as a root of something; a product may divide too."""
    if isinstance(node.layer, L.Divide):
        exponent, shift, inner = trail.root(node.inputs[1])
        yield node.inputs[0], Root(-exponent, shift, inner)
    elif len(node.inputs) == 2:
        yield node.inputs[0], trail.root(plain(trail, node.inputs[1]))


Pattern = Callable[[Trail, Node], Found | None]
PATTERNS: dict[type[Layer], tuple[Pattern, ...]] = {
    L.Multiply: (gelu, swish, error_function, product),
    L.Add: (difference,),
    L.Reshape: (mean, as_sequence, largest),
    L.Reduction: (matrices,),
    L.Power: (hard_sigmoid, gelu, swish),
    L.ReLU: (hard_sigmoid,),
    L.Clip: (hard_sigmoid,),
    L.Divide: (layer_norm,),
    L.ScaleBy: (layer_norm, factors_behind),
    L.BiasBy: (factors_behind,),
    L.MatMul: (attention,),
    L.Scale: (scaled_norm,),
    L.Bias: (scaled_norm,),
}
"""The patterns, by the last of their layers."""


def _found(trail: Trail, node: Node) -> Found | None:
    return next(filter(None, (each(trail, node) for each in PATTERNS.get(type(node.layer), ()))), None)


def join_patterns(model: Model) -> Model:
    """Return a model whose patterns are one layer each; what only they needed is left over."""
    if not any(type(node.layer) in PATTERNS for node in model.graph.nodes):
        return model
    return Model(raised(model.graph, infer(model.graph, Report()), model.weights), model.weights)


def raised(graph: Graph, shapes: Mapping[Ref, Shape], weights: Mapping[str, Tensor]) -> Graph:
    """Return a graph whose patterns are one layer each; a layer bears the name of the last that it stands for."""
    trail = Trail(shapes, {each.name for each in graph.inputs} | {each.name for each in graph.nodes}, weights)
    nodes: list[Node] = []
    for node in graph.nodes:
        trail.makers.update(dict.fromkeys(node.refs, node))
        # What a pattern comes to may be the last of another.
        while (found := _found(trail, node)) is not None:
            nodes += [found.extra] if found.extra else []
            trail.makers.update({} if found.extra is None else dict.fromkeys(found.extra.refs, found.extra))
            node = replace(node, layer=found.layer, inputs=found.inputs)
            trail.makers.update(dict.fromkeys(node.refs, node))
        nodes.append(node)
    return replace(graph, nodes=tuple(nodes))


__all__ = ["join_patterns", "raised"]
