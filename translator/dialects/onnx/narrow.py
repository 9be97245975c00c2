"""Types of numbers of 8 bits and fewer that numpy has not: what their bits stand for, and which numbers they hold.

Source: https://onnx.ai/onnx/technical/float8.html, float4.html and int4.html there
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np


class Floats(NamedTuple):
    """A type of floats: its bits behind the sign, what is taken off its exponent, and what is beyond the largest.

    `beyond` is what a number beyond the largest becomes that is not cut off: infinite, not a number, or cut off too.
    """

    exponent: int
    mantissa: int
    bias: int
    largest: float
    beyond: str = "nan"

    @property
    def lowest(self) -> int:
        """The exponent of the smallest number with all its digits."""
        return 1 - self.bias


FLOATS = {
    "float8e4m3fn": Floats(4, 3, 7, 448.0),
    "float8e4m3fnuz": Floats(4, 3, 8, 240.0),
    "float8e5m2": Floats(5, 2, 15, 57344.0, "inf"),
    "float8e5m2fnuz": Floats(5, 2, 16, 57344.0),
    "float4e2m1": Floats(2, 1, 1, 6.0, "largest"),
}
WHOLE = {"int4": 4, "uint4": 4, "int2": 2, "uint2": 2}
"""Types of whole numbers, and their bits."""
BITS = {**WHOLE, **{name: 1 + each.exponent + each.mantissa for name, each in FLOATS.items()}, "float8e8m0": 8}
"""The bits of a number of each type; several lie in one byte, the first in its lowest bits."""


def kept(dtype: str) -> str:
    """Return numpy's type that holds numbers of a type."""
    return "float32" if dtype in FLOATS or dtype == "float8e8m0" else "uint8" if dtype[0] == "u" else "int8"


def unpacked(data: np.ndarray[Any, Any], dtype: str, count: int) -> np.ndarray[Any, Any]:
    """Return so many numbers of a type out of bytes."""
    bits = BITS[dtype]
    places = np.arange(0, 8, bits, dtype=np.uint8)
    codes = (data.reshape(-1, 1) >> places) & np.uint8((1 << bits) - 1)
    return np.asarray(table(dtype)[codes.ravel()[:count]])


@cache
def table(dtype: str) -> np.ndarray[Any, Any]:
    """Return the number that each pattern of bits stands for."""
    codes = np.arange(1 << BITS[dtype])
    if dtype in WHOLE:
        turn = 1 << WHOLE[dtype]
        return np.where((dtype[0] == "i") & (codes >= turn // 2), codes - turn, codes).astype(kept(dtype))
    if dtype == "float8e8m0":
        return np.where(codes == 255, np.nan, 2.0 ** (codes - 127.0)).astype(np.float32)
    return np.array([_number(int(code), dtype, FLOATS[dtype]) for code in codes], np.float32)


def _number(code: int, dtype: str, form: Floats) -> float:
    half = 1 << form.exponent + form.mantissa
    sign = -1.0 if code & half else 1.0
    high, low = divmod(code & half - 1, 1 << form.mantissa)
    if dtype.endswith("uz") and code == half:
        return float("nan")
    share = low / (1 << form.mantissa)
    value = (1 + share) * 2.0 ** (high - form.bias) if high else share * 2.0**form.lowest
    if value <= form.largest:
        return sign * value
    return sign * float("inf") if form.beyond == "inf" and not low else float("nan")
