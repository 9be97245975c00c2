"""Sums of products that name their axes by letters."""

from __future__ import annotations

from math import prod

from ir import layers as L
from translator.dialects.pytorch.reading import Site, certain
from translator.dialects.pytorch.values import Value
from translator.mapping import Unsayable


def einsum(site: Site) -> list[Value]:
    """Read an einsum of two tensors that is a product of matrices, or of one that orders its axes anew."""
    given, wanted = _letters(site.text("equation"))
    tensors = [site.builder.as_tensor(each) for each in site.values("tensors")]
    if len(tensors) != len(given) or any(each.rank != len(term) for each, term in zip(tensors, given, strict=False)):
        raise ValueError(f"has {len(tensors)} tensors for the terms {given}")
    if len(tensors) == 1 and sorted(given[0]) == sorted(wanted):
        return [_ordered(site, tensors[0], given[0], wanted)]
    if len(tensors) != 2:
        raise Unsayable(f"it is of {len(tensors)} tensors")
    (a, b), (left, right) = tensors, given
    sizes = {
        letter: size
        for each, term in zip(tensors, given, strict=True)
        for letter, size in zip(term, each.dims, strict=True)
    }
    batch = [letter for letter in left if letter in right and letter in wanted]
    summed = [letter for letter in left if letter in right and letter not in wanted]
    rows = [letter for letter in left if letter not in right]
    columns = [letter for letter in right if letter not in left]
    if sorted(batch + rows + columns) != sorted(wanted):
        raise Unsayable("it sums one of its tensors alone")
    if not batch and len(summed) == len(columns) == 1:
        rest = _ordered(site, b, right, "".join(summed + columns))
        found = site.layer(L.MatMul(), _ordered(site, a, left, "".join(rows + summed)), rest)
        return [_ordered(site, found, "".join(rows + columns), wanted)]
    one = _matrices(site, _ordered(site, a, left, "".join(batch + rows + summed)), len(batch), len(rows))
    other = _matrices(site, _ordered(site, b, right, "".join(batch + summed + columns)), len(batch), len(summed))
    found = site.layer(L.MatMul(), one, other)
    shape = certain([sizes[letter] for letter in rows + columns])
    if (len(rows), len(columns)) != (1, 1):
        found = site.layer(L.Reshape(sizes=shape, axis=len(batch), count=2), found)
    return [_ordered(site, found, "".join(batch + rows + columns), wanted)]


def _letters(equation: str) -> tuple[list[str], str]:
    """Return the letters of each term, and those of the result."""
    terms, _, wanted = equation.replace(" ", "").partition("->")
    given = terms.split(",")
    every = [*given, wanted]
    if "->" not in equation or not all(term.isalpha() or not term for term in every) or len(equation) > 200:
        raise Unsayable(f"its equation is {equation[:60]!r}")
    if any(len(set(term)) < len(term) for term in every) or not set(wanted) <= set("".join(terms)):
        raise Unsayable(f"its equation is {equation[:60]!r}")
    return given, wanted


def _ordered(site: Site, x: Value, have: str, want: str) -> Value:
    return x if have == want else site.layer(L.Permute(order=[have.index(letter) for letter in want]), x)


def _matrices(site: Site, x: Value, batch: int, rows: int) -> Value:
    """Return a tensor whose axes behind the batch are two: the first of them together, and the others."""
    shape = certain(x.dims[batch:])
    if rows == 1 and len(shape) == 2:
        return x
    return site.layer(L.Reshape(sizes=(prod(shape[:rows]), prod(shape[rows:])), axis=batch, count=len(shape)), x)


READERS = {"einsum": einsum}

__all__ = ["READERS"]
