"""Products of matrices, attention among them."""

from __future__ import annotations

import numpy as np

from ir import layers as L
from ir.weights import Tensor, of_array
from translator.dialects.pytorch.operators.learned import dense, one_matrix, scaled
from translator.dialects.pytorch.operators.pointwise import HIGHEST, added
from translator.dialects.pytorch.reading import Site, certain
from translator.dialects.pytorch.values import Value, constant
from translator.mapping import Unsayable


def addmm(site: Site) -> list[Value]:
    """Read an addmm: beta * input + alpha * mat1 mat2, the second of the two matrices one that the program holds."""
    bias, matrix = site.weight("self"), site.weight("mat2")
    kernel = scaled(matrix.transposed((1, 0)), site.real("alpha", 1.0))
    return dense(site, site.tensor("mat1"), kernel, scaled(bias, site.real("beta", 1.0)))


def matmul(site: Site) -> list[Value]:
    """Read a product of two tensors, of which one may be a matrix that the program holds."""
    second = "mat2" if site.has("mat2") else "other"
    if site.is_constant(second) and not site.value(second).ref:
        matrix, x = one_matrix(site.weight(second)), site.x
        if len(matrix.shape) == 1 and x.rank > 1:
            (found,) = dense(site, x, matrix.reshaped((1, matrix.size)), None)
            return site.add(L.Reshape(sizes=(), axis=x.rank - 1, count=1), found)
        if len(matrix.shape) == 2:
            return dense(site, x, matrix.transposed((1, 0)), None)
    x = site.tensor(second)
    if site.is_constant("self") and not site.value("self").ref and x.rank >= 2:
        matrix = site.weight("self")
        if len(matrix.shape) == 2:
            turn = _turn(x)
            (columns,) = dense(site, site.layer(turn, x), matrix, None)
            return site.add(turn, columns)
    return site.add(L.MatMul(), site.tensor("self"), x)


def _turn(x: Value) -> L.Permute:
    """Return the layer that exchanges the last two axes."""
    return L.Permute(order=(*range(x.rank - 2), x.rank - 1, x.rank - 2))


def add_products(site: Site) -> list[Value]:
    """Read a baddbmm: beta * input + alpha * batch1 batch2."""
    product = site.layer(L.MatMul(), site.tensor("batch1"), site.tensor("batch2"))
    alpha, beta = site.real("alpha", 1.0), site.real("beta", 1.0)
    product = product if alpha == 1 else site.layer(L.Power(scale=alpha), product)
    return [product] if beta == 0 else added(site, product, "self", beta)


def attention(site: Site) -> list[Value]:
    """Read a scaled_dot_product_attention: softmax(scale * Q K' + mask) V."""
    site.one_output()
    if site.truth("enable_gqa") or site.real("dropout_p", 0.0) != 0:
        raise Unsayable("several queries share a key, or it drops elements at random")
    query, key, value = (site.tensor(name) for name in ("query", "key", "value"))
    (size,) = certain(query.dims[-1:], "the size of a query")
    query = site.layer(L.Power(scale=site.real("scale", size**-0.5)), query)
    products = site.layer(L.MatMul(), query, site.layer(_turn(key), key))
    if site.truth("is_causal"):
        products = _without_later(site, products)
    elif site.has("attn_mask"):
        products = _masked(site, products)
    shares = site.layer(L.Softmax(axis=products.rank - 1), products)
    return site.add(L.MatMul(), shares, value)


def _without_later(site: Site, products: Value) -> Value:
    """Leave out what stands behind each place: the lowest number is added there."""
    rows, columns = certain(products.dims[-2:], "how many queries and keys there are")
    if rows * columns > 1 << 24:
        raise Unsayable(f"it compares {rows} queries with {columns} keys")
    later = Tensor((rows, columns), lambda: np.triu(np.full((rows, columns), -HIGHEST, np.float32), 1))
    return site.layer(L.Bias(axis=products.rank - 2, count=2), products, weights={"beta": later})


def _masked(site: Site, products: Value) -> Value:
    """Add a mask, or leave out what one of truths does not name."""
    if site.value("attn_mask").dtype != "bool":
        return added(site, products, "attn_mask")[0]
    lowest = site.builder.as_tensor(constant(of_array(np.array(-HIGHEST, np.float32))))
    return site.layer(L.Select(), site.tensor("attn_mask"), products, lowest)


READERS = {
    "addmm": addmm,
    **dict.fromkeys(["mm", "matmul", "bmm"], matmul),
    "baddbmm": add_products,
    **dict.fromkeys(
        ["scaled_dot_product_attention", "_scaled_dot_product_flash_attention_for_cpu"],
        attention,
    ),
}

__all__ = ["READERS"]
