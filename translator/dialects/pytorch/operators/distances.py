"""Products of vectors, and how far they are apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from string import ascii_lowercase

from ir import layers as L
from ir.shapes import axis_of
from translator.dialects.pytorch.operators import einsum
from translator.dialects.pytorch.operators.cutting import without
from translator.dialects.pytorch.operators.learned import dense
from translator.dialects.pytorch.operators.lookup import picked
from translator.dialects.pytorch.operators.reduce import total_over
from translator.dialects.pytorch.operators.terms import Terms
from translator.dialects.pytorch.reading import Site, certain
from translator.dialects.pytorch.values import Value
from translator.mapping import Unsayable
from translator.terms import bounded


def _by_vector(site: Site, matrix: str) -> Value:
    """Multiply a matrix by a vector."""
    vector = site.layer(L.Reshape(sizes=(1,), axis=1, count=0), site.tensor("vec"))
    return without(site, site.layer(L.MatMul(), site.tensor(matrix), vector), [1])


def dot(site: Site) -> list[Value]:
    """Read a dot of two vectors of real numbers."""
    second = site.tensor("other" if site.has("other") else "tensor")
    return [total_over(site, Terms(site).multiply(site.tensor("self"), second), [0], False, "sum")]


def _outer(site: Site, first: str, second: str) -> Value:
    """Multiply each element of a vector by each of another."""
    column = site.layer(L.Reshape(sizes=(1,), axis=1, count=0), site.tensor(first))
    return site.layer(L.MatMul(), column, site.layer(L.Reshape(sizes=(1,), axis=0, count=0), site.tensor(second)))


def bilinear(site: Site) -> list[Value]:
    """Read a bilinear: for each result the first input times a matrix, times the second input."""
    first, second, kernel = site.tensor("input1"), site.tensor("input2"), site.weight("weight")
    if len(kernel.shape) != 3:
        raise ValueError(f"has a weight of the shape {kernel.shape}")
    count, rows, columns = kernel.shape
    turned = kernel.map(lambda array: array.transpose(0, 2, 1).reshape(count * columns, rows), (count * columns, rows))
    (found,) = dense(site, first, turned, None)
    found = site.layer(L.Reshape(sizes=(count, columns), axis=first.rank - 1, count=1), found)
    beside = site.layer(L.Reshape(sizes=(1,), axis=second.rank - 1, count=0), second)
    found = total_over(site, Terms(site).multiply(found, beside), [first.rank], False, "sum")
    if not site.has("bias"):
        return [found]
    return site.add(L.Bias(axis=found.rank - 1), found, weights=site.weights(beta="bias"))


def _size(site: Site, apart: Value, axis: int, order: float, keeps: bool) -> Value:
    """Return the norm of what is between two vectors."""
    if order not in (1.0, 2.0):
        raise Unsayable(f"it is of the order {order:g}")
    found = total_over(site, apart, [axis], keeps, "abs_sum" if order == 1 else "square_sum")
    return found if order == 1 else site.layer(L.Power(power=0.5), found)


def each_to_each(site: Site) -> list[Value]:
    """Read a cdist: from each row of one tensor to each of another, in each item of a batch."""
    first, second = site.tensor("x1"), site.tensor("x2")
    if first.rank != second.rank or first.rank < 2:
        raise Unsayable("its inputs have not as many axes")
    rows, length = certain(first.dims[-2:])
    bounded(rows * certain(second.dims[-2:-1])[0] * length)
    a = site.layer(L.Reshape(sizes=(1,), axis=first.rank - 1, count=0), first)
    b = site.layer(L.Reshape(sizes=(1,), axis=second.rank - 2, count=0), second)
    return [_size(site, Terms(site).subtract(a, b), first.rank, site.real("p", 2.0), False)]


def pair_by_pair(site: Site) -> list[Value]:
    """Read a pairwise_distance: a little is added to each difference."""
    apart = Terms(site).subtract(site.tensor("x1"), site.tensor("x2"))
    apart = Terms(site).line(apart, shift=site.real("eps", 1e-6))
    return [_size(site, apart, apart.rank - 1, site.real("p", 2.0), site.truth("keepdim"))]


def cosine(site: Site) -> list[Value]:
    """Read a cosine_similarity: the product of two vectors over their lengths, neither below a least one."""
    of, axis = Terms(site), site.whole("dim", 1)
    pair = [site.tensor("x1"), site.tensor("x2")]
    product = of.multiply(*pair)
    axis = axis_of(axis, product.rank)
    least = site.real("eps", 1e-8)
    both = total_over(site, product, [axis], False, "sum")
    for each in pair:
        place = axis - product.rank + each.rank
        length = _size(site, each, place, 2.0, False)
        both = of.divide(both, site.layer(L.Clip(minimum=least, maximum=3e38), length))
    return [both]


def contracted(site: Site) -> list[Value]:
    """Read a tensordot or an inner: the sum over pairs of axes, told as an einsum."""
    first, second = site.value("self"), site.value("other")
    if site.kind == "inner":
        pairs = [(first.rank - 1, second.rank - 1)]
    else:
        named = [site.wholes(name) for name in ("dims_self", "dims_other")]
        pairs = [(axis_of(a, first.rank), axis_of(b, second.rank)) for a, b in zip(*named, strict=True)]
    names = iter(ascii_lowercase)
    left = [next(names) for _ in range(first.rank)]
    right = [next(names) for _ in range(second.rank)]
    for a, b in pairs:
        right[b] = left[a]
    kept = [each for each in (*left, *right) if not (each in left and each in right)]
    given = site.operator.arguments
    arguments = {
        "equation": f"{''.join(left)},{''.join(right)}->{''.join(kept)}", "tensors": [given["self"], given["other"]],
    }  # fmt: skip
    return einsum.READERS["einsum"](Site(site.builder, replace(site.operator, arguments=arguments), site.pending))


def _sum_with(product: Callable[[Site], Value]) -> Callable[[Site], list[Value]]:
    """Return the function of an operator that adds a multiple of a product to a multiple of a tensor."""

    def read(site: Site) -> list[Value]:
        of, beta = Terms(site), site.real("beta", 1.0)
        found = of.line(product(site), site.real("alpha", 1.0))
        return [of.add(of.line(site.tensor("self"), beta), found) if beta else found]

    return read


def _sum_of_products(site: Site) -> Value:
    products = site.layer(L.MatMul(), site.tensor("batch1"), site.tensor("batch2"))
    return total_over(site, products, [0], False, "sum")


def apart(site: Site) -> list[Value]:
    """Read a dist: the norm of what is between two tensors, over all their elements."""
    between = Terms(site).subtract(site.tensor("self"), site.tensor("other"))
    flat = site.layer(L.Flatten(axis=0), between) if between.rank > 1 else between
    return [_size(site, flat, 0, site.real("p", 2.0), False)]


def crossed(site: Site) -> list[Value]:
    """Read a cross product of vectors of three numbers."""
    of, pair = Terms(site), [site.tensor("self"), site.tensor("other")]
    axis = axis_of(site.whole("dim", -1), pair[0].rank)
    if any(each.dims[axis] != 3 for each in pair):
        raise Unsayable("its vectors are not of three numbers")

    def turned(x: Value, places: list[int]) -> Value:
        return picked(site, x, axis, places)

    ahead = of.multiply(turned(pair[0], [1, 2, 0]), turned(pair[1], [2, 0, 1]))
    return [of.subtract(ahead, of.multiply(turned(pair[0], [2, 0, 1]), turned(pair[1], [1, 2, 0])))]


READERS = {
    "mv": lambda site: [_by_vector(site, "self")],
    **dict.fromkeys(["dot", "vdot"], dot),
    **dict.fromkeys(["outer", "ger"], lambda site: [_outer(site, "self", "vec2")]),
    "bilinear": bilinear,
    "cdist": each_to_each,
    "pairwise_distance": pair_by_pair,
    "cosine_similarity": cosine,
    **dict.fromkeys(["tensordot", "inner"], contracted),
    "addmv": _sum_with(lambda site: _by_vector(site, "mat")),
    "addr": _sum_with(lambda site: _outer(site, "vec1", "vec2")),
    "addbmm": _sum_with(_sum_of_products),
    "dist": apart,
    **dict.fromkeys(["cross", "linalg_cross"], crossed),
}

__all__ = ["READERS"]
