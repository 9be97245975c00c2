"""Arithmetic of whole numbers, held as floats, which are exact up to 2**24.

Numbers of 8 and 16 bits go round where they are beyond their type; of longer ones it is taken for granted that they
are not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ir import layers as L
from translator.dialects.onnx import narrow
from translator.dialects.onnx.operators import pointwise
from translator.dialects.onnx.operators.pointwise import HIGHEST
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.tensors import TYPES
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable

BITS = {**narrow.WHOLE, "int8": 8, "uint8": 8, "int16": 16, "uint16": 16}
WIDTHS = {**BITS, "int32": 32, "uint32": 32, "int64": 64, "uint64": 64}
EVEN = 16
"""Bits that are shifted at once: powers of 2 up to this one come out exactly everywhere."""
EXACT = 24
"""Bits of whole numbers that a float of 32 bits holds."""


def fitted(of: Terms, x: Value, dtype: str, bits: int = 0) -> Value:
    """Return whole numbers as a type holds them: those beyond it begin at its other end.

    Of types of many bits that is done where they are given.
    """
    bits = bits or BITS.get(dtype, 0)
    if not bits:
        return of.typed(x, dtype)
    turn, low = float(1 << bits), 0.0 if dtype[0] == "u" else -float(1 << bits - 1)
    turns = of.floor(of.line(x, 1 / turn, -low / turn))
    return of.typed(of.site.layer(L.Add(coefficients=(1.0, -turn)), x, turns), dtype)


def _arithmetic(read: Callable[[Site], list[Value]]) -> Callable[[Site], list[Value]]:
    def read_whole(site: Site) -> list[Value]:
        dtype = site.value().dtype
        return [fitted(Terms(site), each, dtype) for each in read(site)]

    return read_whole


def divide(site: Site) -> list[Value]:
    """Read a Div of whole numbers, towards 0."""
    of = Terms(site)
    return [of.typed(of.towards_zero(of.divide(site.tensor(0), site.tensor(1))), site.value().dtype)]


def modulo(site: Site) -> list[Value]:
    """Read a Mod: what a division leaves, of the sign of the divisor, or with `fmod` of the dividend."""
    of, a, b, dtype = Terms(site), site.tensor(0), site.tensor(1), site.value().dtype
    quotient = of.divide(a, b)
    if not site.get("fmod", 0):
        rest = of.subtract(a, of.multiply(of.floor(quotient), b))
        return [of.typed(rest if dtype in WIDTHS else _endless(of, a, b, rest), dtype)]
    rest = of.subtract(a, of.multiply(of.towards_zero(quotient), b))
    if dtype in WIDTHS:
        return [of.typed(rest, dtype)]
    # A quotient may be rounded to the next whole number; then the rest is on the other side of 0.
    beyond = of.is_("less", of.multiply(rest, a), 0.0)
    once = of.multiply(site.layer(L.Abs(), b), of.function("sign", a))
    rest = of.select(beyond, of.add(rest, once), rest)
    return [of.typed(_endless(of, a, b, rest, same_sign=False), dtype)]


def _endless(of: Terms, a: Value, b: Value, rest: Value, same_sign: bool = True) -> Value:
    """Return what a division leaves, by a divisor without end too: the dividend, or the divisor on the other side."""
    endless = of.is_("greater", of.site.layer(L.Abs(), b), HIGHEST)
    finite = of.is_("less_equal", of.site.layer(L.Abs(), a), HIGHEST)
    whole = of.select(of.is_("less", of.multiply(a, b), 0.0), b, a) if same_sign else a
    return of.select(of.multiply(endless, finite), whole, rest)


def shift(site: Site) -> list[Value]:
    """Read a BitShift: a product with a power of 2, or what is whole of a share; by less than 0 is by all bits."""
    of, x, dtype = Terms(site), site.x, site.value().dtype
    site.only("direction", "LEFT", "RIGHT")
    by, width = site.tensor(1), float(WIDTHS.get(dtype, 64))
    by = of.select(of.is_("less", by, 0.0), of.constant(np.full((1,) * by.rank, width)), by)
    left = site.get("direction") == "LEFT"
    found = x
    for first in range(0, int(width), EVEN):
        some = site.layer(L.Clip(minimum=0.0, maximum=float(EVEN)), of.line(by, 1.0, -float(first)))
        factor = of.function("round", site.layer(L.Exp(base=2.0), some))
        found = of.multiply(found, factor) if left else of.floor(of.divide(found, factor))
    if left:
        found = of.select(of.is_("less", by, width), fitted(of, found, dtype, int(width)), 0.0)
    return [of.typed(found, dtype)]


def bitwise(site: Site) -> list[Value]:
    """Read what is done to each bit: bits lie along an axis of their own meanwhile."""
    of, dtype = Terms(site), site.value().dtype
    signed = dtype[0] == "i"
    if dtype not in BITS and not (signed and site.kind == "BitwiseNot"):
        raise Unsayable(f"it works with the bits of numbers of the type {dtype}, of which a float holds {EXACT}")
    if site.kind == "BitwiseNot":
        return [of.typed(of.line(site.x, -1.0, -1.0 if signed else (1 << BITS[dtype]) - 1.0), dtype)]
    powers = np.float32(2) ** np.arange(BITS[dtype])
    a, b = (_bits(of, site.tensor(place), powers, signed) for place in range(2))
    if site.kind == "BitwiseAnd":
        found = of.multiply(a, b)
    elif site.kind == "BitwiseOr":
        found = of.opposite(of.multiply(of.opposite(a), of.opposite(b)))
    else:
        found = of.opposite(of.is_("equal", a, b))
    powers[-1] *= -1 if signed else 1
    total = of.total(site.layer(L.ScaleBy(axis=found.rank - 1), found, of.constant(powers)))
    return [of.typed(total, dtype)]


def _bits(of: Terms, x: Value, powers: np.ndarray[Any, Any], signed: bool) -> Value:
    """Return the bits of whole numbers along a last axis, the lowest first; the highest is for those below 0."""
    column = of.column(x)
    if signed:
        column = of.add(column, of.line(of.is_("less", column, 0.0), 2.0 * float(powers[-1])))
    shares = of.divide(column, of.constant(powers))
    halves = of.line(of.floor(of.line(shares, 0.5)), 2.0)
    return of.subtract(of.floor(shares), halves)


def bit_cast(site: Site) -> list[Value]:
    """Read a BitCast between types of whole numbers of as many bits."""
    dtype, to = site.value().dtype, TYPES.get(site.get("to", 0), "")
    if BITS.get(dtype, 8 * (dtype == "bool")) != BITS.get(to):
        raise Unsayable(f"it takes the bits of {dtype} for those of {to or 'another type'}")
    return [fitted(Terms(site), site.x, to)]


READERS = {
    **{kind: _arithmetic(pointwise.READERS[kind]) for kind in ("Add", "Sub", "Mul", "Sum")},
    "Div": divide,
    "Mod": modulo,
    "BitShift": shift,
    "BitCast": bit_cast,
    **dict.fromkeys(("BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot"), bitwise),
}
"""How operators are read where they work with whole numbers."""
