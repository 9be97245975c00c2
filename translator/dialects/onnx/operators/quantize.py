"""Quantised numbers, as what they stand for: whole numbers of a range, held as floats.

Products and sums of such numbers are whole too, and exact as long as they are below 2**24.
"""

from __future__ import annotations

import numpy as np

from ir import layers as L
from ir.layer import Layer
from ir.shapes import axis_of
from ir.weights import Tensor
from translator.dialects.onnx.operators.windows import convolve
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.values import Value, known
from translator.mapping import Unsayable

RANGES = {"uint8": (0.0, 255.0), "int8": (-128.0, 127.0), "uint16": (0.0, 65535.0), "int16": (-32768.0, 32767.0)}


def quantize(site: Site) -> list[Value]:
    """Read a QuantizeLinear: divide, round halves to even, and cut off; `zero` is what 0 becomes."""
    _plain(site)
    dtype = site.value(2).dtype if site.has(2) else "uint8"
    x = _each(site, site.x, 1, "Divide")
    return [_fitted(site, x, 2, dtype)]


def dequantize(site: Site) -> list[Value]:
    """Read a DequantizeLinear: take away what 0 became, and multiply."""
    _plain(site)
    x = _each(site, site.x, 2, "Subtract") if site.has(2) else site.x
    found = _each(site, x, 1, "Multiply")
    return [found]


def _plain(site: Site) -> None:
    site.only("block_size", 0)
    site.only("output_dtype", 0)


def _fitted(site: Site, x: Value, place: int, dtype: str) -> Value:
    """Round, add what 0 becomes, and cut off at the ends of a type."""
    if dtype not in RANGES:
        raise Unsayable(f"it gives numbers of the type {dtype}")
    low, high = RANGES[dtype]
    whole = site.layer(L.Function(function="round"), x)
    shifted = _each(site, whole, place, "Add") if site.has(place) else whole
    return site.add(L.Clip(minimum=low, maximum=high), shifted, dtype=dtype)[0]


def _each(site: Site, x: Value, place: int, how: str) -> Value:
    """Join a tensor with a number of the file, or with one for each place along an axis."""
    array = site.numbers(place).astype(np.float32)
    if array.size == 1:
        number = float(array.reshape(-1)[0])
        if how == "Divide":
            # A product with one over it may come out on the other side of a half.
            by = site.builder.as_tensor(known(array.reshape((1,) * x.rank), "float32"))
            return site.layer(L.Divide(), x, by)
        lines = {"Add": L.Power(shift=number), "Subtract": L.Power(shift=-number), "Multiply": L.Power(scale=number)}
        return site.add(lines[how], x, dtype="float32")[0]
    axis = axis_of(site.get("axis", 1), x.rank)
    if array.ndim != 1 or x.dims[axis] != array.size:
        raise Unsayable(f"it has {array.size} scales")
    shape = [array.size if each == axis else 1 for each in range(x.rank)]
    by = site.builder.as_tensor(known(array.reshape(shape), "float32"))
    joins: dict[str, Layer] = {"Add": L.BiasBy(axis=0), "Multiply": L.ScaleBy(axis=0)}
    layer = joins[how] if how in joins else L.Divide() if how == "Divide" else L.Subtract()
    return site.add(layer, x, by, dtype="float32")[0]


def _centred(site: Site, place: int, zero: int) -> Value:
    """Return an input without what 0 became in it, in whole numbers."""
    x = site.tensor(place)
    return _each(site, x, zero, "Subtract") if site.has(zero) else x


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
    return _fitted(site, x, zero, site.value(zero).dtype)


READERS = {
    "QuantizeLinear": quantize,
    "DequantizeLinear": dequantize,
    "MatMulInteger": matmul_integer,
    "ConvInteger": conv_integer,
    "QLinearMatMul": matmul,
    "QLinearConv": conv,
}
