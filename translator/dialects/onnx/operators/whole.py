"""Arithmetic of whole numbers, held as floats, which are exact up to 2**24.

Numbers of 8 and 16 bits go round where they are beyond their type; of longer ones it is taken for granted that they
are not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ir import layers as L
from translator.dialects.onnx.operators import pointwise
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable

BITS = {"int8": 8, "uint8": 8, "int16": 16, "uint16": 16}
EXACT = 24
"""Bits of whole numbers that a float of 32 bits holds."""


def fitted(of: Terms, x: Value, dtype: str) -> Value:
    """Return whole numbers as a type holds them: those beyond it begin at its other end."""
    if dtype not in BITS:
        return of.typed(x, dtype)
    turn, low = float(1 << BITS[dtype]), 0.0 if dtype[0] == "u" else -float(1 << BITS[dtype] - 1)
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
        return [of.typed(of.subtract(a, of.multiply(of.floor(quotient), b)), dtype)]
    rest = of.subtract(a, of.multiply(of.towards_zero(quotient), b))
    if dtype in BITS or "int" in dtype:
        return [of.typed(rest, dtype)]
    # A quotient may be rounded to the next whole number; then the rest is on the other side of 0.
    beyond = of.is_("less", of.multiply(rest, a), 0.0)
    once = of.multiply(site.layer(L.Abs(), b), of.function("sign", a))
    return [of.typed(of.select(beyond, of.add(rest, once), rest), dtype)]


def shift(site: Site) -> list[Value]:
    """Read a BitShift: a product with a power of 2, or what is whole of a share."""
    of, x, dtype = Terms(site), site.x, site.value().dtype
    site.only("direction", "LEFT", "RIGHT")
    factor = of.function("round", site.layer(L.Exp(base=2.0), site.tensor(1)))
    if site.get("direction") == "RIGHT":
        return [of.typed(of.floor(of.divide(x, factor)), dtype)]
    return [fitted(of, of.multiply(x, factor), dtype)]


def bitwise(site: Site) -> list[Value]:
    """Read what is done to each bit: bits lie along an axis of their own meanwhile."""
    of, dtype = Terms(site), site.value().dtype
    if dtype in ("uint32", "uint64"):
        raise Unsayable(f"it works with the bits of numbers of the type {dtype}")
    if site.kind == "BitwiseNot":
        return [of.typed(of.line(site.x, -1.0, -1.0 if dtype[0] == "i" else (1 << BITS[dtype]) - 1.0), dtype)]
    signed, count = dtype[0] == "i", BITS.get(dtype, EXACT)
    if dtype not in BITS:
        told = f"its numbers are taken to be from -2**{EXACT - 1} on and below 2**{EXACT - 1}"
        site.builder.inexact.append((site.operator, told))
    powers = np.float32(2) ** np.arange(count)
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


READERS = {
    **{kind: _arithmetic(pointwise.READERS[kind]) for kind in ("Add", "Sub", "Mul", "Sum")},
    "Div": divide,
    "Mod": modulo,
    "BitShift": shift,
    **dict.fromkeys(("BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot"), bitwise),
}
"""How operators are read where they work with whole numbers."""
