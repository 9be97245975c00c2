"""Numbers of one type made those of another: all are floats of 32 bits here, which hold those of the other type."""

from __future__ import annotations

import numpy as np

from ir import layers as L
from translator.dialects.onnx import narrow
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.operators.whole import BITS, fitted
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.tensors import TYPES, is_real
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable


def cast(site: Site) -> list[Value]:
    """Read a Cast, or a CastLike: to floats, to what is true, or to whole numbers, towards 0."""
    dtype, x = site.value(1).dtype if site.kind == "CastLike" else TYPES.get(site.get("to", 0), ""), site.x
    of, whole = Terms(site), not is_real(x.dtype)
    if dtype in narrow.FLOATS and dtype != x.dtype:
        return [of.typed(rounded(of, x, dtype, bool(site.get("saturate", 1))), dtype)]
    if dtype == "float8e8m0" and dtype != x.dtype:
        raise Unsayable("it makes numbers powers of 2")
    if is_real(dtype) or x.dtype in ("bool", dtype) or (dtype == "int64" and whole):
        return site.add(L.Identity(), x, dtype=dtype)
    if dtype == "bool":
        return site.add(L.Threshold(), site.layer(L.Abs(), x), dtype=dtype)
    if dtype not in ("int32", "int64", *BITS):
        raise Unsayable("it makes numbers fit a smaller type")
    if not whole:
        found = of.towards_zero(x)
        return [fitted(of, found, dtype) if dtype in BITS else of.typed(found, dtype)]
    if dtype == "int32" or _is_within(x.dtype, dtype):
        return site.add(L.Identity(), x, dtype=dtype)
    return [fitted(of, x, dtype)]


def _is_within(dtype: str, other: str) -> bool:
    """Tell whether a type of whole numbers holds all of another's."""
    low, high = ends(dtype)
    least, most = ends(other)
    return least <= low and high <= most


def ends(dtype: str) -> tuple[float, float]:
    """Return the lowest and the highest number of a type of whole numbers."""
    bits = BITS.get(dtype, 64)
    return (0.0, 2.0**bits - 1) if dtype[0] == "u" else (-(2.0 ** (bits - 1)), 2.0 ** (bits - 1) - 1)


def rounded(of: Terms, x: Value, dtype: str, saturates: bool) -> Value:
    """Round to a type of few digits, halves to even: to a multiple of the last digit, which the size of a number says.

    What is beyond the largest is that, or infinite, or not a number.
    """
    form = narrow.FLOATS[dtype]
    exponents = np.arange(form.lowest + 1, int(np.log2(form.largest)) + 2)
    digit = 2.0 ** (form.lowest - form.mantissa)
    near = of.site.layer(L.Clip(minimum=-4 * form.largest, maximum=4 * form.largest), x)
    above = of.is_("less_equal", of.constant(2.0**exponents), of.column(of.site.layer(L.Abs(), near)))
    growth = of.constant(2.0 ** (exponents - 1 - form.mantissa))
    last = of.line(of.total(of.site.layer(L.ScaleBy(axis=above.rank - 1), above, growth)), 1.0, digit)
    found = of.multiply(of.function("round", of.divide(near, last)), last)
    if dtype == "float4e2m1":
        found = of.select(of.is_("equal", x, x), found, 0.0)  # What is not a number.
    if saturates or form.beyond == "largest":
        return of.site.layer(L.Clip(minimum=-form.largest, maximum=form.largest), found)
    beyond = of.is_("greater", of.site.layer(L.Abs(), found), form.largest)
    other = of.multiply(found, of.constant(np.full((1,) * found.rank, float(form.beyond))))
    return of.select(beyond, other, found)


READERS = {"Cast": cast, "CastLike": cast}
