"""What compares and chooses: what is true is 1 in a tensor of ours, and what is not is 0."""

from __future__ import annotations

from ir import layers as L
from ir.layer import Layer
from translator.dialects.onnx.operators.pointwise import number
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.values import Value

RELATIONS = {
    "Equal": "equal",
    "Less": "less",
    "LessOrEqual": "less_equal",
    "Greater": "greater",
    "GreaterOrEqual": "greater_equal",
}


def compare(site: Site) -> list[Value]:
    """Read a comparison; whether a tensor is greater than a number is a threshold."""
    if site.kind == "Greater" and site.has(1) and (limit := number(site, 1)) is not None:
        return _true(site, L.Threshold(threshold=limit), site.x)
    return _true(site, L.Compare(relation=RELATIONS[site.kind]), site.x, site.tensor(1))


def _true(site: Site, layer: Layer, *inputs: Value) -> list[Value]:
    return site.add(layer, *inputs, dtype="bool")


def _inverse(site: Site, x: Value) -> list[Value]:
    return _true(site, L.Power(scale=-1.0, shift=1.0), x)


def both(site: Site) -> list[Value]:
    """Read an And: the second where the first is true, else the first."""
    return _true(site, L.Select(), site.x, site.tensor(1), site.x)


def either(site: Site) -> list[Value]:
    """Read an Or: the first where it is true, else the second."""
    return _true(site, L.Select(), site.x, site.x, site.tensor(1))


def one_alone(site: Site) -> list[Value]:
    """Read a Xor: whether the two differ."""
    return _inverse(site, site.layer(L.Compare(relation="equal"), site.x, site.tensor(1)))


def select(site: Site) -> list[Value]:
    """Read a Where."""
    return site.add(L.Select(), site.x, site.tensor(1), site.tensor(2), dtype=site.value(1).dtype)


READERS = {
    **dict.fromkeys(RELATIONS, compare),
    "And": both,
    "Or": either,
    "Xor": one_alone,
    "Not": lambda site: _inverse(site, site.x),
    "Where": select,
}
