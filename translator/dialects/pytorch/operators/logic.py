"""What compares and chooses: what is true is 1 in a tensor of ours, and what is not is 0."""

from __future__ import annotations

from dataclasses import replace

from ir import layers as L
from translator.dialects.pytorch.exported import Named
from translator.dialects.pytorch.operators.learned import prelu
from translator.dialects.pytorch.operators.pointwise import number
from translator.dialects.pytorch.operators.reduce import total_over
from translator.dialects.pytorch.operators.terms import Terms
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.values import Value
from translator.mapping import Unsayable

RELATIONS = {"eq": "equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal"}


def compare(site: Site) -> list[Value]:
    """Read a comparison; whether a tensor is greater than a number is a threshold."""
    if site.kind == "gt" and (limit := number(site, "other")) is not None:
        return site.add(L.Threshold(threshold=limit), site.x, dtype="bool")
    return site.add(L.Compare(relation=RELATIONS[site.kind]), site.x, site.operand("other"), dtype="bool")


def differ(site: Site) -> list[Value]:
    """Read a ne: 1 where two tensors, or a tensor and a number, are not the same."""
    same = site.layer(L.Compare(relation="equal"), site.x, site.operand("other"))
    return _inverse(site, same)


def inverse(site: Site) -> list[Value]:
    """Read a logical_not."""
    return _inverse(site, _truth(site, "self"))


def _inverse(site: Site, x: Value) -> list[Value]:
    return site.add(L.Power(scale=-1.0, shift=1.0), x, dtype="bool")


def _truth(site: Site, name: str) -> Value:
    """Return an argument that must be a tensor of truths: of numbers, and of their bits, it is another operator."""
    if site.value(name).dtype != "bool":
        raise Unsayable("it works with numbers, and not with truths")
    return site.tensor(name)


def both(site: Site) -> list[Value]:
    """Read a logical_and: the second where the first is true, else the first."""
    a, b = _truth(site, "self"), _truth(site, "other")
    return site.add(L.Select(), a, b, a, dtype="bool")


def either(site: Site) -> list[Value]:
    """Read a logical_or: the first where it is true, else the second."""
    a, b = _truth(site, "self"), _truth(site, "other")
    return site.add(L.Select(), a, a, b, dtype="bool")


def one_of_both(site: Site) -> list[Value]:
    """Read a logical_xor: where two truths are not the same."""
    return _inverse(site, site.layer(L.Compare(relation="equal"), _truth(site, "self"), _truth(site, "other")))


def any_or_all(site: Site) -> list[Value]:
    """Read an any or an all: the largest of truths, or the smallest; of numbers, each but 0 is true."""
    truths = site.x
    if site.first.dtype != "bool" or site.first.loose:
        (truths,) = _inverse(site, site.layer(L.Compare(relation="equal"), truths, Terms(site).constant([0.0])))
    function = "max" if site.kind == "any" else "min"
    found = total_over(site, truths, site.axes(), site.truth("keepdim"), function)
    return [replace(found, dtype="bool")]


def where(site: Site) -> list[Value]:
    """Read a choice between two tensors; that of what is above 0, and else slopes times it, is a prelu."""
    slope = _slope(site)
    if slope is not None:
        arguments = {"self": site.operator.arguments["self"], "weight": slope}
        return prelu(Site(site.builder, replace(site.operator, arguments=arguments), site.pending))
    if (only := _only_choice(site)) is not None:
        return [only]
    dtype = site.value("self").dtype if site.is_tensor("self") else "float32"
    chosen = [site.operand("self"), site.operand("other")]
    return site.add(L.Select(), site.tensor("condition"), *chosen, dtype=dtype)


def _only_choice(site: Site) -> Value | None:
    """Return what is chosen everywhere, where that is known beforehand."""
    truths = site.value("condition").array()
    if truths is None or truths.all() != truths.any():
        return None
    name = "self" if truths.all() else "other"
    said = site.builder.exported.tensors[site.operator.outputs[0]].dims
    return site.tensor(name) if site.is_tensor(name) and site.value(name).dims == said else None


def _slope(site: Site) -> Named | None:
    """Return the slopes, an array, of a choice that is a prelu as core ATen has it."""
    makers, given = site.builder.makers, site.operator.arguments
    names = [each.name if isinstance(each, Named) else "" for each in map(given.get, ("condition", "self", "other"))]
    above, product = makers.get(names[0]), makers.get(names[2])
    if above is None or product is None or (above.kind, product.kind) != ("gt", "mul"):
        return None
    x = Named(names[1])
    factors = [each for each in product.arguments.values() if each != x]
    if above.arguments.get("self") != x or above.arguments.get("other") not in (0, 0.0) or len(factors) != 1:
        return None
    slope = factors[0] if isinstance(factors[0], Named) else Named("")
    value = site.builder.values.get(slope.name)
    return slope if value is not None and value.tensor is not None and value.ref is None else None


def filled_where(site: Site) -> list[Value]:
    """Read a masked_fill: one number where a mask is true."""
    return site.add(L.Select(), site.tensor("mask"), site.operand("value"), site.x, dtype=site.x.dtype)


READERS = {
    **dict.fromkeys(RELATIONS, compare),
    "ne": differ,
    **dict.fromkeys(["logical_not", "bitwise_not"], inverse),
    **dict.fromkeys(["logical_and", "bitwise_and", "__and__"], both),
    **dict.fromkeys(["logical_or", "bitwise_or", "__or__"], either),
    **dict.fromkeys(["logical_xor", "bitwise_xor", "__xor__"], one_of_both),
    **dict.fromkeys(["any", "all"], any_or_all),
    "where": where,
    "masked_fill": filled_where,
}
__all__ = ["READERS"]
