"""Functions of each element by simpler ones."""

from __future__ import annotations

import math
from dataclasses import replace

from ir import layers as L
from ir.graph import Node, Ref
from ir.layer import Layer
from translator.passes.legalize import Place, Replacement, chain, lowers


@lowers(L.Power)
def scale_then_raise(node: Node, place: Place) -> Replacement | None:
    """Say (shift + scale * x) ** power as a product and sum, and then a power."""
    layer = node.layer
    assert isinstance(layer, L.Power)
    affine, power = L.Power(scale=layer.scale, shift=layer.shift), L.Power(power=layer.power)
    if layer in (affine, power):
        return None
    return Replacement(chain(node, ("scale", affine), ("", power)))


@lowers(L.Exp)
def exp_of_e(node: Node, place: Place) -> Replacement | None:
    """Say base ** (shift + scale * x) as e to a multiple of it."""
    layer = node.layer
    assert isinstance(layer, L.Exp)
    if layer == L.Exp():
        return None
    by = 1.0 if layer.base is None else math.log(layer.base)
    affine = L.Power(scale=layer.scale * by, shift=layer.shift * by)
    return Replacement(chain(node, ("scale", affine), ("", L.Exp())))


@lowers(L.Log)
def log_of_e(node: Node, place: Place) -> Replacement | None:
    """Say a logarithm of any base as a multiple of the natural one."""
    layer = node.layer
    assert isinstance(layer, L.Log)
    if layer == L.Log():
        return None
    steps: list[tuple[str, L.Power | L.Log]] = []
    if (layer.scale, layer.shift) != (1, 0):
        steps.append(("scale", L.Power(scale=layer.scale, shift=layer.shift)))
    if layer.base is None:
        return Replacement(chain(node, *steps, ("", L.Log())))
    steps += [("log", L.Log()), ("", L.Power(scale=1 / math.log(layer.base)))]
    return Replacement(chain(node, *steps))


@lowers(L.ReLU)
def by_both_sides(node: Node, place: Place) -> Replacement | None:
    """Say max(x, 0) + slope * min(x, 0) as max(x, 0) - slope * max(-x, 0)."""
    layer = node.layer
    assert isinstance(layer, L.ReLU)
    if layer.maximum is not None or layer.negative_slope == 0:
        return None
    (above,) = chain(node, ("above", L.ReLU()))
    opposite, below = chain(node, ("opposite", L.Power(scale=-1.0)), ("below", L.ReLU()))
    both = L.Add(coefficients=(1.0, -layer.negative_slope))
    return Replacement([above, opposite, below, replace(node, layer=both, inputs=(*above.refs, *below.refs))])


@lowers(L.Swish)
def swish_of_parts(node: Node, place: Place) -> Replacement | None:
    """Say x * sigmoid(beta * x) by its parts."""
    layer = node.layer
    assert isinstance(layer, L.Swish)
    scale: list[tuple[str, Layer]] = [("scale", L.Power(scale=layer.beta))] if layer.beta != 1 else []
    gate = chain(node, *scale, ("gate", L.Sigmoid()))
    product = replace(node, layer=L.Multiply(), inputs=(node.inputs[0], gate[-1].refs[0]))
    return Replacement([*gate, product])


@lowers(L.Add)
def scaled_terms(node: Node, place: Place) -> Replacement | None:
    """Multiply the terms of a sum by their coefficients first."""
    layer = node.layer
    assert isinstance(layer, L.Add)
    if layer.coefficients is None:
        return None
    if len(node.inputs) == 1:
        return Replacement([replace(node, layer=L.Power(scale=layer.coefficients[0]))])
    nodes, terms = [], []
    for i, (ref, factor) in enumerate(zip(node.inputs, layer.coefficients, strict=True)):
        if factor != 1:
            nodes.append(Node(f"{node.name}_term{i}", L.Power(scale=factor), (ref,), origin=node.origin))
            ref = Ref(nodes[-1].name)
        terms.append(ref)
    return Replacement([*nodes, replace(node, layer=L.Add(), inputs=tuple(terms))])


@lowers(L.Reduction)
def plain_reduction(node: Node, place: Place) -> Replacement | None:
    """Say a sum of absolute values or squares, and its factor, by plain layers."""
    layer = node.layer
    assert isinstance(layer, L.Reduction)
    before: dict[str, L.Abs | L.Power] = {"abs_sum": L.Abs(), "square_sum": L.Power(power=2)}
    plain = L.Reduction(function="sum" if layer.function in before else layer.function, axis=layer.axis)
    if layer == plain:
        return None
    steps: list[tuple[str, L.Abs | L.Power | L.Reduction]] = []
    if layer.function in before:
        steps.append((layer.function, before[layer.function]))
    if layer.coefficient == 1:
        return Replacement(chain(node, *steps, ("", plain)))
    return Replacement(chain(node, *steps, ("reduce", plain), ("", L.Power(scale=layer.coefficient))))


@lowers(L.HardSigmoid)
def line_cut_off(node: Node, place: Place) -> Replacement:
    """Cut a line off at 0 and 1."""
    layer = node.layer
    assert isinstance(layer, L.HardSigmoid)
    line = L.Power(scale=layer.slope, shift=0.5)
    return Replacement(chain(node, ("line", line), ("", L.Clip(minimum=0.0, maximum=1.0))))


@lowers(L.HardSwish)
def by_its_share(node: Node, place: Place) -> Replacement:
    """Multiply by the share that is let through."""
    share = Node(f"{node.name}_share", L.HardSigmoid(), node.inputs, origin=node.origin)
    return Replacement([share, replace(node, layer=L.Multiply(), inputs=(*node.inputs, *share.refs))])


@lowers(L.GELU)
def by_error_function(node: Node, place: Place) -> Replacement:
    """Multiply by the share of the normal distribution, an error function, or by what is taken for it."""
    layer = node.layer
    assert isinstance(layer, L.GELU)
    function: Layer = L.Tanh()
    if layer.approximate:
        cube = chain(node, ("cube", L.Power(power=3.0)))
        inner = Node(f"{node.name}_inner", L.Add(coefficients=(1.0, 0.044715)), (*node.inputs, *cube[0].refs))
        scaled = chain(replace(node, inputs=inner.refs), ("scaled", L.Power(scale=math.sqrt(2 / math.pi))))
        steps = [*cube, inner, *scaled]
    else:
        steps, function = chain(node, ("scaled", L.Power(scale=math.sqrt(0.5)))), L.Function(function="erf")
    share = chain(replace(node, inputs=steps[-1].refs), ("between", function), ("share", L.Power(scale=0.5, shift=0.5)))
    return Replacement([*steps, *share, replace(node, layer=L.Multiply(), inputs=(*node.inputs, *share[-1].refs))])


ERF_ABOVE = (-1.60960333262415e-02, -2.95459980854025e-03, -7.34990630326855e-04, -5.69250639462346e-05,
          -2.10102402082508e-06, 2.77068142495902e-08, -2.72614225801306e-10)  # fmt: skip
ERF_BELOW = (-1.42647390514189e-02, -7.37332916720468e-03, -1.68282697438203e-03, -2.13374055278905e-04,
          -1.45660718464996e-05)  # fmt: skip
"""Factors of the even powers of x, in a polynomial that x is multiplied by, and in the one that it is divided by."""


@lowers(L.Function)
def as_quotient(node: Node, place: Place) -> Replacement | None:
    """Take the error function as engines do: a quotient of polynomials of x cut off at 4, exact to single precision.

    Source: `erf` for floats in https://gitlab.com/libeigen/eigen, SpecialFunctionsImpl.h
    """
    layer = node.layer
    assert isinstance(layer, L.Function)
    if layer.function == "sign":
        return _sign(node)
    if layer.function != "erf":
        return None
    nodes = chain(node, ("within", L.Clip(minimum=-4.0, maximum=4.0)), ("square", L.Power(power=2.0)))
    x, square = (each.refs[0] for each in nodes)

    def polynomial(part: str, factors: tuple[float, ...]) -> Ref:
        *rest, last, first = factors
        nodes.append(Node(f"{node.name}_{part}", L.Power(scale=first, shift=last), (square,), origin=node.origin))
        for i, shift in enumerate(reversed(rest)):
            inputs = (*nodes[-1].refs, square)
            nodes.append(Node(f"{node.name}_{part}{i}", L.Multiply(), inputs, origin=node.origin))
            plus = L.Power(shift=shift)
            nodes.append(Node(f"{node.name}_{part}{i}_plus", plus, nodes[-1].refs, origin=node.origin))
        return nodes[-1].refs[0]

    above, below = polynomial("above", ERF_ABOVE), polynomial("below", ERF_BELOW)
    inverse = Node(f"{node.name}_inverse", L.Power(power=-1.0), (below,), origin=node.origin)
    return Replacement([*nodes, inverse, replace(node, layer=L.Multiply(), inputs=(x, above, *inverse.refs))])


def _sign(node: Node) -> Replacement:
    opposite, below = chain(node, ("opposite", L.Power(scale=-1.0)), ("below", L.Threshold()))
    (above,) = chain(node, ("above", L.Threshold()))
    inputs = (*above.refs, *below.refs)
    return Replacement([opposite, below, above, replace(node, layer=L.Add(coefficients=(1.0, -1.0)), inputs=inputs)])
