"""Products of matrices, attention among them."""

from __future__ import annotations

from ir import layers as L
from translator.dialects.pytorch.operators.learned import dense, one_matrix, scaled
from translator.dialects.pytorch.operators.pointwise import HIGHEST, added
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.values import Value
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
    given = [site.tensor(name) for name in ("query", "key", "value")]
    scale, causal = site.real("scale", 0.0) if site.has("scale") else None, site.truth("is_causal")
    if site.has("attn_mask"):
        given.append(_mask(site))
    return site.add(L.Attention(scale=scale, causal=causal), *given)


def _mask(site: Site) -> Value:
    """Return what is added to the products: of a mask of truths the lowest number where it is not true."""
    if site.value("attn_mask").dtype != "bool":
        return site.operand("attn_mask")
    mask = site.tensor("attn_mask")
    return site.layer(L.Power(scale=HIGHEST, shift=-HIGHEST), mask)


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
