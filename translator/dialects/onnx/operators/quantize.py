"""Quantised numbers, as what they stand for: whole numbers of a range, held as floats.

Products and sums of such numbers are whole too, and exact as long as they are below 2**24.
"""

from __future__ import annotations

import numpy as np

from ir import layers as L
from ir.shapes import axis_of
from ir.weights import Tensor
from translator.dialects.onnx import narrow
from translator.dialects.onnx.operators.casting import ends, rounded
from translator.dialects.onnx.operators.learned import part
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.operators.whole import BITS
from translator.dialects.onnx.operators.windows import convolve
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.tensors import TYPES
from translator.dialects.onnx.values import Value, known
from translator.mapping import Unsayable


def quantize(site: Site) -> list[Value]:
    """Read a QuantizeLinear: divide, round halves to even, and cut off; `zero` is what 0 becomes."""
    said = TYPES.get(site.get("output_dtype", 0), "uint8")
    x = joined_each(site, site.x, 1, "Divide")
    return [fitted(site, x, 2, site.value(2).dtype if site.has(2) else said)]


def dequantize(site: Site) -> list[Value]:
    """Read a DequantizeLinear: take away what 0 became, and multiply."""
    x = joined_each(site, site.x, 2, "Subtract") if site.has(2) else site.x
    return [joined_each(site, x, 1, "Multiply")]


def quantize_by_itself(site: Site) -> list[Value]:
    """Read a DynamicQuantizeLinear: to bytes, by a scale from the least to the largest number, 0 among them."""
    of, x = Terms(site), site.x
    zero = of.constant(np.zeros((), np.float32))
    high, low = (of.total(x, 0, each) for each in ("max", "min"))
    high, low = of.larger(high, zero), of.smaller(low, zero)
    scale = of.by(of.subtract(high, low), 255.0)
    nothing = of.is_("equal", scale, 0.0)
    divisor = of.select(nothing, of.constant(np.ones((), np.float32)), scale)
    away = site.layer(L.Clip(minimum=0.0, maximum=255.0), of.line(of.divide(low, divisor), -1.0))
    away = of.function("round", away)
    whole = of.function("round", of.divide(x, divisor))
    found = site.layer(L.Clip(minimum=0.0, maximum=255.0), of.add(whole, away))
    return [of.typed(found, "uint8"), scale, of.typed(away, "uint8")]


def fitted(site: Site, x: Value, place: int, dtype: str) -> Value:
    """Round, add what 0 becomes, and cut off at the ends of a type."""
    of = Terms(site)
    if dtype in narrow.FLOATS:
        shifted = joined_each(site, x, place, "Add") if site.has(place) else x
        return of.typed(rounded(of, shifted, dtype, bool(site.get("saturate", 1))), dtype)
    if dtype not in BITS:
        raise Unsayable(f"it gives numbers of the type {dtype}")
    low, high = ends(dtype)
    whole = of.function("round", x)
    shifted = joined_each(site, whole, place, "Add") if site.has(place) else whole
    return of.typed(site.layer(L.Clip(minimum=low, maximum=high), shifted), dtype)


def joined_each(site: Site, x: Value, place: int, how: str) -> Value:
    """Join a tensor with a number, one for each place along an axis, or one for each block of places along it."""
    of, by = Terms(site), site.value(place)
    joins = {"Add": of.add, "Subtract": of.subtract, "Multiply": of.multiply, "Divide": of.divide}
    array = by.array()
    if array is not None and array.size == 1:
        number = float(array.astype(np.float32).reshape(-1)[0])
        lines = {"Add": (1.0, number), "Subtract": (1.0, -number), "Multiply": (number, 0.0)}
        # A product with one over it may come out on the other side of a half.
        fixed = of.constant(np.full((1,) * x.rank, number))
        return of.typed(of.divide(x, fixed) if how == "Divide" else of.line(x, *lines[how]), "float32")
    axis = axis_of(site.get("axis", 1), x.rank) if x.rank else 0
    other = of.constant(array) if array is not None and array.dtype != object else site.tensor(place)
    if other.rank == 1 and other.dims[0] == 1:
        other = of.reshape(other, *[1] * x.rank)
    elif other.rank == 1:
        if not x.rank or x.dims[axis] != other.dims[0]:
            raise Unsayable(f"it has {other.dims[0]} scales")
        behind = L.Reshape(sizes=(1,) * (x.rank - 1 - axis), axis=-1, count=0)
        other = site.layer(behind, other) if axis < x.rank - 1 else other
    elif other.rank:
        other = _blocks(site, x, other, axis)
    return of.typed(joins[how](x, other), "float32")


def _blocks(site: Site, x: Value, by: Value, axis: int) -> Value:
    """Repeat each number along an axis as often as its block is long."""
    length = site.get("block_size", 0)
    count, size = certain((by.dims[axis], x.dims[axis])) if by.rank == x.rank else (0, 0)
    if length < 1 or count != -(-size // length):
        raise Unsayable(f"it has numbers of the shape {by.shape} for blocks of {length}")
    spread = site.layer(L.Reshape(sizes=(1,), axis=axis + 1, count=0), by)
    found = site.layer(L.Flatten(axis=axis, end_axis=axis + 1), site.layer(L.Tile(axis=axis + 1, times=length), spread))
    return found if count * length == size else part(site, found, axis, 0, size)


def _centred(site: Site, place: int, zero: int) -> Value:
    """Return an input without what 0 became in it, in whole numbers."""
    x = site.tensor(place)
    return joined_each(site, x, zero, "Subtract") if site.has(zero) else x


def matmul_integer(site: Site) -> list[Value]:
    """Read a MatMulInteger."""
    return site.add(L.MatMul(), _centred(site, 0, 2), _centred(site, 1, 3), dtype="int32")


def conv_integer(site: Site) -> list[Value]:
    """Read a ConvInteger."""
    x = _centred(site, 0, 2)
    kernel = _kernel(site, 1, 3)
    found = convolve(site, x, {"kernel": kernel})
    return [Value(found.dims, "int32", found.ref, found.probe)]


def _kernel(site: Site, place: int, zero: int) -> Tensor:
    """Return weights without what 0 became in them, one number for all or one for each filter."""
    kernel = site.weight(place)
    away = site.numbers(zero).astype(np.float32) if site.has(zero) else np.zeros(1, np.float32)
    away = away.reshape(-1, *(1,) * (len(kernel.shape) - 1))
    return Tensor(kernel.shape, lambda: kernel.numpy().astype(np.float32) - away)


def matrix_product(site: Site, a: int, b: int, turned: bool) -> Value:
    """Return a product of matrices of whole numbers without what 0 became in them; the second is one of the file."""
    whole, zero = site.weight(b), site.numbers(b + 2).astype(np.float32) if site.has(b + 2) else np.zeros(1, np.float32)
    kernel = whole if turned else whole.transposed((1, 0))
    away = zero.reshape(-1, 1)
    centred = Tensor(kernel.shape, lambda: kernel.numpy().astype(np.float32) - away)
    return site.layer(L.Dense(units=kernel.shape[0], bias=False), _centred(site, a, a + 2), weights={"kernel": centred})


def matmul(site: Site) -> list[Value]:
    """Read a QLinearMatMul: a product of whole numbers, brought to the scale of the result."""
    product = site.layer(L.MatMul(), _centred(site, 0, 2), _centred(site, 3, 5))
    return [_rescaled(site, product, (1, 4), 6, 7)]


def conv(site: Site) -> list[Value]:
    """Read a QLinearConv."""
    weights = {"kernel": _kernel(site, 3, 5)}
    if site.has(8):
        bias = site.weight(8)
        weights["bias"] = Tensor(bias.shape, lambda: bias.numpy().astype(np.float32))
    found = convolve(site, _centred(site, 0, 2), weights)
    return [_rescaled(site, found, (1, 4), 6, 7)]


def _rescaled(site: Site, x: Value, scales: tuple[int, int], scale: int, zero: int) -> Value:
    factor = site.numbers(scales[0]) * site.numbers(scales[1]) / site.numbers(scale)
    if factor.size != 1:
        if x.rank < 2 or x.dims[1] != factor.size:
            raise Unsayable(f"it has {factor.size} scales")
        weight = known(factor.reshape(-1).astype(np.float32), "float32").tensor
        assert weight is not None
        x = site.layer(L.Scale(axis=1), x, weights={"gamma": weight})
    else:
        x = site.layer(L.Power(scale=float(factor.reshape(-1)[0])), x)
    return fitted(site, x, zero, site.value(zero).dtype)


READERS = {
    "QuantizeLinear": quantize,
    "DequantizeLinear": dequantize,
    "MatMulInteger": matmul_integer,
    "ConvInteger": conv_integer,
    "DynamicQuantizeLinear": quantize_by_itself,
    "QLinearMatMul": matmul,
    "QLinearConv": conv,
}
