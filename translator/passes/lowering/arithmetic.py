"""Functions of each element by simpler ones."""

from __future__ import annotations

import math
from dataclasses import replace

from ir import layers as L
from ir.graph import Node, Ref
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


@lowers(L.Swish)
def swish_of_parts(node: Node, place: Place) -> Replacement | None:
    """Say x * sigmoid(beta * x) by its parts."""
    layer = node.layer
    assert isinstance(layer, L.Swish)
    gate = chain(node, ("scale", L.Power(scale=layer.beta)), ("gate", L.Sigmoid()))
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
