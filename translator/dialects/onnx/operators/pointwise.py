"""Functions of each element, and arithmetic of two tensors, or of a tensor and an array."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from ir import layers as L
from ir.layer import Layer
from ir.shapes import axis_of
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.tensors import is_real
from translator.dialects.onnx.values import Value
from translator.gathering import covered
from translator.mapping import Unsayable
from translator.terms import joined

HIGHEST = float(np.finfo(np.float32).max)
"""The largest number: the limit of a Clip that has none."""


def number(site: Site, place: int) -> float | None:
    """Return an input that is one number of the file, of any shape that changes nothing in the other's."""
    if not site.is_constant(place) or site.weight(place).size != 1:
        return None
    if len(site.weight(place).shape) > site.value(1 - place).rank:
        return None
    value = float(site.weight(place).numpy().reshape(-1)[0])
    if not math.isfinite(value):
        raise Unsayable(f"it works with {value}")
    return shortest(value)


def shortest(value: float) -> float:
    """Return the shortest decimal that is this number as a 32-bit float, and not beyond the largest."""
    found = float(str(np.float32(value))) if abs(value) <= HIGHEST else value
    return value if abs(found) > HIGHEST else found


def spread(site: Site, x: Value, place: int) -> tuple[int, tuple[int, ...]] | None:
    """Return the first axis that an array covers, and its sizes there; None where it does not go with such axes."""
    shape = site.weight(place).shape
    offset = x.rank - len(shape)
    if _begins(site) is not None and place == 1:
        offset = _begins(site) or 0
    return covered(shape, x.dims, offset)


def _begins(site: Site) -> int | None:
    """Return the axis that the second input's first one goes with, which before operator set 7 could be said."""
    if site.opset >= 7 or site.get("axis") is None or site.value(0).rank == site.value(1).rank:
        return None
    return axis_of(site.get("axis"), site.value(0).rank)


def affine(site: Site, x: Value, place: int, kind: str, change: Callable[[Any], Any] | None = None) -> Value:
    """Multiply a tensor by an array of the file, or add it, with what a function makes of it."""
    found = spread(site, x, place)
    tensor = site.weight(place)
    if found is None:
        raise Unsayable(f"its array of the shape {tensor.shape} does not cover axes of its input")
    axis, sizes = found
    tensor = tensor.reshaped(sizes)
    tensor = tensor.map(change, sizes) if change else tensor
    if kind == "Scale":
        return site.layer(L.Scale(axis=axis, count=len(sizes)), x, weights={"gamma": tensor})
    return site.layer(L.Bias(axis=axis, count=len(sizes)), x, weights={"beta": tensor})


def _joined(site: Site, same: Layer, stretch: Callable[[int], Layer]) -> Value | None:
    """Join two tensors, of one shape or one of them stretching over the other; None where both stretch."""
    a, b = site.tensor(0), site.tensor(1)
    if (axis := _begins(site)) is not None:
        return site.layer(stretch(axis), a, b)
    return joined(site, a, b, same, stretch)


def _first_constant(site: Site) -> int | None:
    """Return which of two inputs the file holds; the second where it is both."""
    return 1 if site.is_constant(1) else 0 if site.is_constant(0) else None


def add(site: Site) -> list[Value]:
    """Read an Add."""
    place = _first_constant(site)
    if place is not None:
        x = site.tensor(1 - place)
        if (value := number(site, place)) is not None:
            return site.add(L.Power(shift=value), x)
        if spread(site, x, place):
            return [affine(site, x, place, "Bias")]
    found = _joined(site, L.Add(), lambda axis: L.BiasBy(axis=axis))
    if found is None:
        minus = site.layer(L.Power(scale=-1.0), site.tensor(1))
        found = site.layer(L.Subtract(), site.tensor(0), minus)
    return [found]


def subtract(site: Site) -> list[Value]:
    """Read a Sub."""
    place = _first_constant(site)
    if place is not None:
        x = site.tensor(1 - place)
        value = number(site, place)
        if value is not None:
            return site.add(L.Power(shift=-value) if place else L.Power(scale=-1.0, shift=value), x)
        if spread(site, x, place):
            x = x if place else site.layer(L.Power(scale=-1.0), x)
            return [affine(site, x, place, "Bias", np.negative if place else None)]
    _aligned(site)
    return site.add(L.Subtract(), site.tensor(0), site.tensor(1))


def multiply(site: Site) -> list[Value]:
    """Read a Mul."""
    place = _first_constant(site)
    if place is not None:
        x = site.tensor(1 - place)
        if (value := number(site, place)) is not None:
            return site.add(L.Power(scale=value), x)
        if spread(site, x, place):
            return [affine(site, x, place, "Scale")]
    found = _joined(site, L.Multiply(), lambda axis: L.ScaleBy(axis=axis))
    return [found or Terms(site).multiply(site.tensor(0), site.tensor(1))]


def divide(site: Site) -> list[Value]:
    """Read a Div; one by an array of the file multiplies by what it has one over."""
    if site.is_constant(1):
        value = number(site, 1)
        if value:
            return site.add(L.Power(scale=1 / value), site.x)
        if value is None and spread(site, site.x, 1) and np.all(site.weight(1).numpy()):
            return [affine(site, site.x, 1, "Scale", lambda array: 1 / array)]
    elif (value := number(site, 0)) is not None:
        over = site.layer(L.Power(power=-1.0), site.tensor(1))
        return [over] if value == 1 else site.add(L.Power(scale=value), over)
    _aligned(site)
    return site.add(L.Divide(), site.tensor(0), site.tensor(1))


def _aligned(site: Site) -> None:
    """Require that the last axes of two tensors go together."""
    if _begins(site) is not None:
        raise Unsayable("it stretches its second input from an axis on")


def power(site: Site) -> list[Value]:
    """Read a Pow; one whose base is of whole numbers gives such, towards 0."""
    of, value, dtype = Terms(site), number(site, 1), site.value().dtype
    if value is not None:
        found = site.layer(L.Power(power=value), site.x)
    else:
        _aligned(site)
        found = site.layer(L.RaiseTo(), site.tensor(0), site.tensor(1))
    if not is_real(dtype):
        found = of.towards_zero(found) if is_real(site.value(1).dtype) else of.function("round", found)
    return [of.typed(found, dtype)]


def clip(site: Site) -> list[Value]:
    """Read a Clip; without a lower limit, or an upper one, that is where the numbers end."""
    low, high = site.scalar("min", 1), site.scalar("max", 2)
    least = max(-HIGHEST, -HIGHEST if low is None else low)
    most = min(HIGHEST, HIGHEST if high is None else high)
    if least == 0 < most:
        return site.add(L.ReLU(maximum=None if most == HIGHEST else shortest(most)), site.x)
    least = min(least, most)
    return site.add(L.Clip(minimum=shortest(least), maximum=shortest(most)), site.x)


def extreme(site: Site) -> list[Value]:
    """Read a Max or a Min: of a tensor and a number, or of tensors of one shape."""
    largest = site.kind == "Max"
    if len(site.inputs) == 2 and (place := _first_constant(site)) is not None:
        value = number(site, place)
        if value is not None:
            x = site.tensor(1 - place)
            if largest:
                return site.add(L.Clip(minimum=value, maximum=HIGHEST) if value else L.ReLU(), x)
            return site.add(L.Clip(minimum=-HIGHEST, maximum=value), x)
    tensors = [site.tensor(place) for place in range(max(1, len(site.inputs)))]
    if any(each.rank != tensors[0].rank or each.shape != tensors[0].shape for each in tensors):
        of = Terms(site)
        return [reduce(of.larger if largest else of.smaller, tensors)]
    if largest:
        return site.add(L.Maximum(), *tensors)
    turned = [site.layer(L.Power(scale=-1.0), each) for each in tensors]
    return site.add(L.Power(scale=-1.0), site.layer(L.Maximum(), *turned))


def _alike(site: Site) -> list[Value]:
    """Return all inputs, which must be of one shape."""
    tensors = [site.tensor(place) for place in range(max(1, len(site.inputs)))]
    if any(each.rank != tensors[0].rank or each.shape != tensors[0].shape for each in tensors):
        raise Unsayable("its inputs are not of one shape")
    return tensors


def total(site: Site) -> list[Value]:
    """Read a Sum, or a Mean, of tensors of one shape."""
    if site.kind == "Sum" and len(site.inputs) == 2:
        return add(site)
    tensors = _alike(site)
    share = None if site.kind == "Sum" else (1 / len(tensors),) * len(tensors)
    return site.add(L.Add(coefficients=share), *tensors)


READERS = {
    "Add": add,
    "Sub": subtract,
    "Mul": multiply,
    "Div": divide,
    "Pow": power,
    "Clip": clip,
    "Max": extreme,
    "Min": extreme,
    "Sum": total,
    "Mean": total,
}
