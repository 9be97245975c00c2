"""Arithmetic of two tensors, or of a tensor and an array or a number."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ir import layers as L
from ir.layer import Layer
from ir.shapes import agree, broadcast
from translator.dialects.pytorch.reading import Site, shortest
from translator.dialects.pytorch.values import Value
from translator.gathering import covered
from translator.mapping import Unsayable

HIGHEST = float(np.finfo(np.float32).max)
"""The largest number: the limit of a clamp that has none."""


def number(site: Site, name: str, other: str = "self") -> float | None:
    """Return an argument that is one number, of any shape that changes nothing in the other's; None where it is not."""
    if not site.is_tensor(name):
        return site.real(name)
    value = site.value(name)
    if value.ref is not None or (site.is_tensor(other) and value.rank > site.value(other).rank):
        return None
    if value.fill is not None:
        wanted = broadcast([value.shape, site.value(other).shape]) if site.is_tensor(other) else ()
        return value.fill if site.is_tensor(other) and wanted == site.value(other).shape else None
    if value.tensor is None or value.tensor.size != 1:
        return None
    found = float(value.tensor.numpy().reshape(-1)[0])
    if not math.isfinite(found):
        raise Unsayable(f"it works with {found}")
    return shortest(found)


def spread(site: Site, x: Value, name: str) -> tuple[int, tuple[int, ...]] | None:
    """Return the first axis that an array covers, and its sizes there; None where it does not go with such axes."""
    shape = site.weight(name).shape
    return covered(shape, x.dims, x.rank - len(shape))


def affine(
    site: Site, x: Value, name: str, kind: str, change: Callable[[Any], Any] | None = None
) -> list[Value] | None:
    """Multiply a tensor by an array, or add it, with what a function makes of it; None where it does not fit."""
    more = len(site.weight(name).shape) - x.rank
    if more > 0:
        x = site.layer(L.Reshape(sizes=(1,) * more, axis=0, count=0), x)
    found = spread(site, x, name)
    if found is None:
        return None
    axis, sizes = found
    held = site.weight(name)
    # Where nothing changes the array itself is kept, so that those who share it still do.
    tensor = held if held.shape == sizes and change is None else held.reshaped(sizes)
    tensor = tensor.map(change, sizes) if change else tensor
    site.builder.name_like(tensor, held)
    if kind == "Scale":
        return site.add(L.Scale(axis=axis, count=len(sizes)), x, weights={"gamma": tensor})
    return site.add(L.Bias(axis=axis, count=len(sizes)), x, weights={"beta": tensor})


def _joined(site: Site, a: Value, b: Value, same: Layer, stretch: Callable[[int], Layer]) -> list[Value] | None:
    """Join two tensors, of one shape or one of them stretching over the other; None where both stretch."""
    if a.rank == b.rank and all(map(agree, a.shape, b.shape)) and (1 not in a.shape + b.shape or a.shape == b.shape):
        return site.add(same, a, b)
    result = broadcast([a.shape, b.shape])
    for x, by in ((a, b), (b, a)):
        if x.rank == len(result) and all(
            size == wanted or size != 1 for size, wanted in zip(x.shape, result, strict=True)
        ):
            return site.add(stretch(x.rank - by.rank), x, by)
    return None


def _constant_side(site: Site) -> str:
    """Return which of two arguments the program holds; the second where it is both, and an empty word for none."""
    return next((name for name in ("other", "self") if site.is_constant(name) and not site.value(name).ref), "")


def _beside(name: str) -> str:
    return "self" if name == "other" else "other"


def add(site: Site) -> list[Value]:
    """Read an add: self + alpha * other."""
    alpha = site.real("alpha", 1.0)
    for name in ("other", "self"):
        if site.is_tensor(_beside(name)) and (value := number(site, name, _beside(name))) is not None:
            layer = L.Power(shift=value * alpha) if name == "other" else L.Power(scale=alpha, shift=value)
            return [site.tensor(_beside(name))] if layer == L.Power() else site.add(layer, site.tensor(_beside(name)))
    held = _constant_side(site)
    if held and alpha == 1 and (found := affine(site, site.tensor(_beside(held)), held, "Bias")):
        return found
    return _sum(site, site.tensor("self"), site.tensor("other"), alpha)


def _sum(site: Site, a: Value, b: Value, alpha: float) -> list[Value]:
    """Add a multiple of a tensor to another."""
    if alpha != 1:
        if a.shape == b.shape:
            return site.add(L.Add(coefficients=(1.0, alpha)), a, b)
        b = site.layer(L.Power(scale=alpha), b)
    found = _joined(site, a, b, L.Add(), lambda axis: L.BiasBy(axis=axis))
    return found or site.add(L.Subtract(), a, site.layer(L.Power(scale=-1.0), b))


def added(site: Site, x: Value, name: str, factor: float = 1.0) -> list[Value]:
    """Add a multiple of an argument to a tensor."""
    if site.is_constant(name) and factor == 1 and (found := affine(site, x, name, "Bias")):
        return found
    return _sum(site, x, site.tensor(name), factor)


def subtract(site: Site) -> list[Value]:
    """Read a sub: self - alpha * other."""
    alpha = site.real("alpha", 1.0)
    if site.is_tensor("self") and (value := number(site, "other")) is not None:
        return site.add(L.Power(shift=-value * alpha), site.x)
    if (value := number(site, "self", "other")) is not None:
        return site.add(L.Power(scale=-alpha, shift=value), site.tensor("other"))
    if site.is_constant("other") and (found := affine(site, site.x, "other", "Bias", lambda array: -alpha * array)):
        return found
    b = site.tensor("other")
    return site.add(L.Subtract(), site.x, b if alpha == 1 else site.layer(L.Power(scale=alpha), b))


def reversed_subtract(site: Site) -> list[Value]:
    """Read an rsub: other - alpha * self."""
    alpha = site.real("alpha", 1.0)
    if (value := number(site, "other")) is not None:
        return site.add(L.Power(scale=-alpha, shift=value), site.x)
    a = site.x if alpha == 1 else site.layer(L.Power(scale=alpha), site.x)
    return site.add(L.Subtract(), site.tensor("other"), a)


def multiply(site: Site) -> list[Value]:
    """Read a mul."""
    for name in ("other", "self"):
        if site.is_tensor(_beside(name)) and (value := number(site, name, _beside(name))) is not None:
            x = site.tensor(_beside(name))
            return [x] if value == 1 else site.add(L.Power(scale=value), x)
    held = _constant_side(site)
    if held and (found := affine(site, site.tensor(_beside(held)), held, "Scale")):
        return found
    a, b = site.tensor("self"), site.tensor("other")
    found = _joined(site, a, b, L.Multiply(), lambda axis: L.ScaleBy(axis=axis))
    if found is None and a.dims[-1:] == b.dims[-2:-1] == (1,):
        return site.add(L.MatMul(), a, b)
    if found is None and b.dims[-1:] == a.dims[-2:-1] == (1,):
        return site.add(L.MatMul(), b, a)
    if found is None:
        found = _joined(site, a, _stretched(site, b, a), L.Multiply(), lambda axis: L.ScaleBy(axis=axis))
    if found is None:
        raise Unsayable("both of its inputs stretch")
    return found


def _stretched(site: Site, x: Value, other: Value) -> Value:
    """Return a tensor that has the sizes of another one where it has sizes of 1."""
    more = other.rank - x.rank
    if more > 0:
        x = site.layer(L.Reshape(sizes=(1,) * more, axis=0, count=0), x)
    for axis, wanted in enumerate(other.dims, max(0, -more)):
        if x.dims[axis] == 1 and isinstance(wanted, int) and wanted > 1:
            x = site.layer(L.Tile(axis=axis, times=wanted), x)
    return x


def divide(site: Site) -> list[Value]:
    """Read a div; one by an array multiplies by what it has one over."""
    if site.is_tensor("self") and (value := number(site, "other")):
        return site.add(L.Power(scale=1 / value), site.x)
    if (value := number(site, "self", "other")) is not None:
        over = site.layer(L.Power(power=-1.0), site.tensor("other"))
        return [over] if value == 1 else site.add(L.Power(scale=value), over)
    if site.is_constant("other") and np.all(site.weight("other").numpy()):
        found = affine(site, site.x, "other", "Scale", lambda array: 1 / array)
        if found:
            return found
    return site.add(L.Divide(), site.x, site.operand("other"))


def power(site: Site) -> list[Value]:
    """Read a pow with one exponent, with one base, or of two tensors."""
    if site.is_tensor("self") and (value := number(site, "exponent")) is not None:
        return [site.x] if value == 1 else site.add(L.Power(power=value), site.x)
    base = number(site, "self", "exponent")
    if base is None and site.is_tensor("self") and site.is_tensor("exponent"):
        return site.add(L.RaiseTo(), site.tensor("self"), site.tensor("exponent"))
    if base is None or base <= 0:
        raise Unsayable("neither its base nor its exponent is one number")
    return site.add(L.Exp(base=base), site.tensor("exponent"))


def clamp(site: Site) -> list[Value]:
    """Read a clamp, which may have one limit alone, or a hardtanh."""
    if site.kind == "hardtanh":
        return cut_off(site, site.x, site.real("min_val", -1.0), site.real("max_val", 1.0))
    return cut_off(site, site.x, _limit(site, "min"), _limit(site, "max"))


def _limit(site: Site, name: str) -> float | None:
    """Return a limit; one that is infinite is none."""
    given = site.operator.arguments.get(name)
    if given is None or (isinstance(given, float) and math.isinf(given)):
        return None
    found = number(site, name)
    if found is None:
        raise Unsayable("its limit is known at run time alone")
    return found


def cut_off(site: Site, x: Value, low: float | None, high: float | None) -> list[Value]:
    """Cut off values below and above limits; where there is none, that is where the numbers end."""
    if low == 0:
        return site.add(L.ReLU(maximum=high), x)
    least, most = -HIGHEST if low is None else low, HIGHEST if high is None else high
    if least > most:
        raise Unsayable("its lower limit is above the upper one")
    return site.add(L.Clip(minimum=max(-HIGHEST, least), maximum=min(HIGHEST, most)), x)


def extreme(site: Site) -> list[Value]:
    """Read a maximum or a minimum of two tensors of one shape, or of a tensor and a number."""
    largest = site.kind.startswith("max")
    held = _constant_side(site)
    if held and (value := number(site, held, _beside(held))) is not None:
        x = site.tensor(_beside(held))
        return cut_off(site, x, value, None) if largest else cut_off(site, x, None, value)
    a, b = site.tensor("self"), site.tensor("other")
    if a.shape != b.shape:
        raise Unsayable("its inputs are not of one shape")
    if largest:
        return site.add(L.Maximum(), a, b)
    turned = [site.layer(L.Power(scale=-1.0), each) for each in (a, b)]
    return site.add(L.Power(scale=-1.0), site.layer(L.Maximum(), *turned))


def add_products(site: Site) -> list[Value]:
    """Read an addcmul: self + value * tensor1 * tensor2."""
    arguments, value = site.operator.arguments, site.real("value", 1.0)
    factors = {"self": arguments.get("tensor1"), "other": arguments.get("tensor2")}
    (product,) = multiply(Site(site.builder, replace(site.operator, arguments=factors), site.pending))
    if value == 1:
        return added(site, product, "self")
    return _sum(site, site.tensor("self"), product, value)


READERS = {
    "add": add,
    "sub": subtract,
    "subtract": subtract,
    "rsub": reversed_subtract,
    "mul": multiply,
    "multiply": multiply,
    **dict.fromkeys(["pow", "float_power"], power),
    **dict.fromkeys(["clamp", "clip", "clamp_min", "clamp_max", "hardtanh"], clamp),
    **dict.fromkeys(["maximum", "minimum"], extreme),
    "addcmul": add_products,
}

__all__ = ["HIGHEST", "READERS", "added", "affine", "cut_off", "divide", "number"]
