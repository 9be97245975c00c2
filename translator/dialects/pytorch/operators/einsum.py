"""Sums of products that name their axes by letters."""

from __future__ import annotations

from translator.dialects.pytorch.operators.terms import Terms
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.values import Value
from translator.einsum import einsum


def read(site: Site) -> list[Value]:
    """Read an einsum."""
    tensors = [site.builder.as_tensor(each) for each in site.values("tensors")]
    return [einsum(Terms(site), site.text("equation"), tensors)]


READERS = {"einsum": read}

__all__ = ["READERS"]
