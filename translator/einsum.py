"""Sums of products that name their axes by letters (einsum), by turns, sums and products of matrices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from string import ascii_letters

import numpy as np

from ir import layers as L
from ir.shapes import agree
from translator.mapping import Unsayable
from translator.terms import Terms, V, bounded

Lettered = tuple[str, V]
"""A tensor with a letter for each of its axes."""
MANY = 16
"""Tensors at most that are multiplied."""


def einsum(of: Terms[V], equation: str, tensors: Sequence[V]) -> V:
    """Return what an equation makes of tensors, two after another.

    Raises ValueError where the equation does not fit the tensors, and Unsayable where a size of 1 stretches.
    """
    terms, wanted = _letters(equation, [each.rank for each in tensors])
    left: list[Lettered[V]] = [_diagonal(of, term, x) for term, x in zip(terms, tensors, strict=True)]
    sizes = _sizes(left)
    while len(left) > 1:
        pairs = list(combinations(range(len(left)), 2))
        first, second = next((pair for pair in pairs if set(left[pair[0]][0]) == set(left[pair[1]][0])), pairs[0])
        rest = [each for place, each in enumerate(left) if place not in (first, second)]
        keep = set(wanted).union(*(letters for letters, _ in rest))
        left = [_product(of, left[first], left[second], keep, sizes), *rest]
    return _ordered(of, _summed(of, left[0], set(wanted)), wanted)


def _letters(equation: str, ranks: Sequence[int]) -> tuple[list[str], str]:
    """Return the letters of each tensor's axes, and of the result's; dots become letters of their own."""
    given, arrow, wanted = equation.replace(" ", "").partition("->")
    terms = given.split(",")
    if not all(re.fullmatch(r"[A-Za-z]*(\.\.\.)?[A-Za-z]*", each) for each in (*terms, wanted)):
        raise ValueError(f"has the equation {equation[:60]!r}")
    if len(terms) != len(ranks):
        raise ValueError(f"has {len(ranks)} tensors for {given[:60]!r}")
    if len(terms) > MANY:
        raise Unsayable(f"it is of {len(terms)} tensors")
    if not arrow:
        once = sorted(each for each in set(given) - {",", "."} if given.count(each) == 1)
        wanted = "".join(["..." if "..." in given else "", *once])
    behind = [rank - len(term.replace(".", "")) for term, rank in zip(terms, ranks, strict=True)]
    if any(count < 0 or (count > 0 and "." not in term) for term, count in zip(terms, behind, strict=True)):
        raise ValueError(f"says {given[:60]} of tensors of {', '.join(map(str, ranks))} axes")
    spare = [each for each in ascii_letters if each not in equation]
    most = max(behind, default=0)
    if most > len(spare):
        raise Unsayable(f"its equation is {equation[:60]!r}")
    dots = "".join(spare[:most])
    terms = [term.replace("...", dots[most - count :]) for term, count in zip(terms, behind, strict=True)]
    wanted = wanted.replace("...", dots)
    if len(set(wanted)) < len(wanted) or not set(wanted) <= set("".join(terms)):
        raise ValueError(f"gives {wanted} of {given[:60]}")
    return terms, wanted


def _diagonal(of: Terms[V], letters: str, x: V) -> Lettered[V]:
    """Return a tensor without the axes that have another's letter, of which it keeps what is in the same place."""
    for letter in dict.fromkeys(letters):
        while letters.count(letter) > 1:
            rest = [place for place, each in enumerate(letters) if each != letter]
            same = [place for place, each in enumerate(letters) if each == letter]
            x = of.permute(x, [*rest, *same])
            size, other = x.shape[-2:]
            if size is None or size != other:
                raise Unsayable(f"it takes the diagonal of a matrix of {size} x {other}")
            bounded(size * size)
            x = of.total(of.multiply(x, of.constant(np.eye(size))))
            letters = "".join(letters[place] for place in [*rest, *same[:-1]])
    return letters, x


def _sizes(tensors: Sequence[Lettered[V]]) -> dict[str, int | None]:
    """Return the size behind each letter, None for one that is open."""
    found: dict[str, int | None] = {}
    for letters, x in tensors:
        for letter, size in zip(letters, x.shape, strict=True):
            known = found.setdefault(letter, size)
            if not agree(known, size):
                if 1 in (known, size):
                    raise Unsayable(f"a size of 1 stretches along {letter}")
                raise ValueError(f"has sizes of {known} and {size} for {letter}")
            found[letter] = size if known is None else known
    return found


def _ordered(of: Terms[V], tensor: Lettered[V], wanted: str) -> V:
    letters, x = tensor
    return of.permute(x, [letters.index(each) for each in wanted])


def _summed(of: Terms[V], tensor: Lettered[V], keep: set[str]) -> Lettered[V]:
    """Add up along the axes that nothing else has."""
    letters = tensor[0]
    kept = "".join(each for each in letters if each in keep)
    if kept == letters:
        return tensor
    gone = "".join(each for each in letters if each not in keep)
    return kept, of.total(_ordered(of, tensor, kept + gone), len(kept))


def _product(
    of: Terms[V], first: Lettered[V], second: Lettered[V], keep: set[str], sizes: dict[str, int | None]
) -> Lettered[V]:
    """Multiply two tensors as matrices: rows of the first alone, columns of the second, the rest in common or ahead."""
    first, second = _summed(of, first, keep | set(second[0])), _summed(of, second, keep | set(first[0]))
    (a, x), (b, _) = first, second
    if set(a) == set(b) <= keep:
        return a, of.multiply(x, _ordered(of, second, a))
    ahead = "".join(each for each in a if each in b and each in keep)
    common = "".join(each for each in a if each in b and each not in keep)
    rows, columns = ("".join(each for each in one if each not in other) for one, other in ((a, b), (b, a)))
    if not ahead and len(common) == len(rows) == 1 < len(columns):
        first, second, rows, columns = second, first, columns, rows
    if not ahead and len(common) == len(columns) == 1 <= len(rows):
        found = of.site.layer(L.MatMul(), _ordered(of, first, rows + common), _ordered(of, second, common + columns))
        return rows + columns, found
    left, right = _matrix(of, first, ahead, rows, common), _matrix(of, second, ahead, common, columns)
    found = of.site.layer(L.MatMul(), left, right)
    for place, group in ((len(ahead) + 1, columns), (len(ahead), rows)):
        if len(group) != 1:
            spread = [-1 if (size := sizes[letter]) is None else size for letter in group]
            if spread.count(-1) > 1:
                raise Unsayable("two sizes of its result are known at run time alone")
            found = of.site.layer(L.Reshape(sizes=spread, axis=place, count=1), found)
    return ahead + rows + columns, found


def _matrix(of: Terms[V], tensor: Lettered[V], ahead: str, rows: str, columns: str) -> V:
    """Return a tensor with its axes in such an order, the rows and the columns one axis each."""
    x = _ordered(of, tensor, ahead + rows + columns)
    for place, group in ((len(ahead) + len(rows), columns), (len(ahead), rows)):
        if not group:
            x = of.site.layer(L.Reshape(sizes=(1,), axis=place, count=0), x)
        elif len(group) > 1:
            x = of.site.layer(L.Flatten(axis=place, end_axis=place + len(group) - 1), x)
    return x


__all__ = ["einsum"]
