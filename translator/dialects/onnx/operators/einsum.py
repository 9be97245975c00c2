"""Einsum."""

from __future__ import annotations

from ir import layers as L
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.values import Value
from translator.einsum import einsum


def read(site: Site) -> list[Value]:
    """Read an Einsum."""
    tensors = [site.tensor(place) for place in range(len(site.inputs))]
    found = einsum(Terms(site), str(site.get("equation", "")), tensors)
    return [site.layer(L.Identity(), found) if any(found is each for each in tensors) else found]


READERS = {"Einsum": read}
