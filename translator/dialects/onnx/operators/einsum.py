"""Einsum of one tensor or two, by sums, turns, and a product of matrices."""

from __future__ import annotations

import re

from ir import layers as L
from translator.dialects.onnx.operators.reduce import reduced
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.values import Open, Value
from translator.mapping import Unsayable

Lettered = tuple[str, Value]


def einsum(site: Site) -> list[Value]:
    """Read an Einsum without diagonals, of letters alone."""
    left, arrow, right = str(site.get("equation", "")).replace(" ", "").partition("->")
    terms = left.split(",")
    if not all(re.fullmatch("[A-Za-z]*", each) and len(set(each)) == len(each) for each in (*terms, right)):
        raise Unsayable("it has dots, or takes a diagonal")
    if len(terms) != len(site.inputs) or any(len(term) != site.value(i).rank for i, term in enumerate(terms)):
        raise ValueError(f"says {left} of {len(site.inputs)} tensors")
    if not arrow:
        right = "".join(sorted(each for each in set(left) - {","} if left.count(each) == 1))
    if not set(right) <= set(left):
        raise ValueError(f"gives {right} of {left}")
    tensors = [(term, site.tensor(i)) for i, term in enumerate(terms)]
    if len(tensors) > 2:
        raise Unsayable(f"it takes {len(tensors)} tensors")
    others = [set(terms[1 - i]) if len(terms) == 2 else set[str]() for i in range(len(terms))]
    summed = [_summed(site, *each, set(right) | o) for each, o in zip(tensors, others, strict=True)]
    letters, found = _product(site, summed[0], summed[1], right) if len(summed) > 1 else summed[0]
    order = [letters.index(each) for each in right]
    if order == sorted(order):
        return [found if found.ref and site.pending else site.layer(L.Identity(), found)]
    return site.add(L.Permute(order=order), found)


def _summed(site: Site, letters: str, x: Value, keep: set[str]) -> Lettered:
    """Add up along the axes that nothing else has."""
    axes = [i for i, each in enumerate(letters) if each not in keep]
    left = "".join(each for each in letters if each in keep)
    return (left, reduced(site, x, axes, "sum", False)) if axes else (letters, x)


def _product(site: Site, first: Lettered, second: Lettered, result: str) -> Lettered:
    """Multiply two tensors as matrices: rows of the first alone, columns of the second, the rest in common or ahead."""
    (a, x), (b, y) = first, second
    ahead = [each for each in a if each in b and each in result]
    common = [each for each in a if each in b and each not in result]
    rows, columns = [each for each in a if each not in b], [each for each in b if each not in a]
    left = _matrix(site, a, x, ahead, rows, common)
    right = _matrix(site, b, y, ahead, common, columns)
    found = site.layer(L.MatMul(), left, right)
    sizes = dict(zip(a + b, (*x.dims, *y.dims), strict=True))
    for place, group in ((len(ahead) + 1, columns), (len(ahead), rows)):
        if len(group) != 1:
            each = [sizes[letter] for letter in group]
            if sum(isinstance(size, Open) for size in each) > 1:
                raise Unsayable("two sizes of its result are known at run time alone")
            spread = [-1 if isinstance(size, Open) else size for size in each]
            found = site.layer(L.Reshape(sizes=spread, axis=place, count=1), found)
    return "".join((*ahead, *rows, *columns)), found


def _matrix(site: Site, letters: str, x: Value, ahead: list[str], rows: list[str], columns: list[str]) -> Value:
    """Return a tensor with its axes in such an order, the rows and the columns one axis each."""
    order = [letters.index(each) for each in (*ahead, *rows, *columns)]
    if order != sorted(order):
        x = site.layer(L.Permute(order=order), x)
    for place, group in ((len(ahead) + len(rows), columns), (len(ahead), rows)):
        if not group:
            x = site.layer(L.Reshape(sizes=(1,), axis=place, count=0), x)
        elif len(group) > 1:
            x = site.layer(L.Flatten(axis=place, end_axis=place + len(group) - 1), x)
    return x


READERS = {"Einsum": einsum}
