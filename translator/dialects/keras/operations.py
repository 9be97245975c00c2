"""How the operations of Keras 3 are read that stand between layers: `keras.ops`, and what `x + y` makes.

Source: https://keras.io/api/ops/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import neg
from typing import Any

from ir import layers as L
from ir.graph import Ref
from ir.layer import Layer
from translator.dialects.keras.channels import flat, lines, numbers
from translator.dialects.keras.functions import SIMPLE, activate
from translator.dialects.keras.layers import READINGS
from translator.dialects.keras.program import snake_case
from translator.dialects.keras.site import Site

Operation = Callable[[Site], Ref | Sequence[Ref]]
LARGEST = 3.4028234663852886e38
"""The largest number of 32 bits: a limit that cuts nothing off."""


def operation(*names: str) -> Callable[[Operation], Operation]:
    """Register how some operations are read."""

    def register(reading: Operation) -> Operation:
        def whole(site: Site) -> Sequence[Ref]:
            found = reading(site)
            return [found] if isinstance(found, Ref) else found

        READINGS.update({f"ops.{name}": whole for name in names})
        return reading

    return register


def _of_one(layer: Layer) -> Operation:
    return lambda site: site.add(layer)


FUNCTION_NAMES = {
    **{each: each.capitalize() for each in ("floor", "ceil", "round", "sign", "erf")},
    **{each: each.capitalize() for each in ("sin", "cos", "tan", "sinh", "cosh")},
    **{f"a{each}": f"Arc{each}" for each in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
}
"""Functions of each element by the classes of their operations."""
_ALONE: dict[str, Layer] = {
    "Absolute": L.Abs(),
    "Exp": L.Exp(),
    "Log": L.Log(),
    "Sqrt": L.Power(power=0.5),
    "Square": L.Power(power=2.0),
    "Negative": L.Power(scale=-1.0),
    "Reciprocal": L.Power(power=-1.0),
    "Rsqrt": L.Power(power=-0.5),
    "Tanh": L.Tanh(),
    "Where": L.Select(),
    **{kind: L.Function(function=ours) for ours, kind in FUNCTION_NAMES.items()},
    **{
        "".join(map(str.capitalize, each.split("_"))): L.Compare(relation=each)
        for each in ("equal", "less", "less_equal", "greater_equal")
    },
    **{"".join(map(str.capitalize, name.split("_"))): layers[0] for name, layers in SIMPLE.items() if len(layers) == 1},
}
"""Operations that are one layer each; those of activations have their names."""
for _name, _layer in _ALONE.items():
    operation(_name)(_of_one(_layer))


@operation("Cast")
def _cast(site: Site) -> Ref:
    """Change the type of numbers: whole ones lose what is behind the point, and a truth is what is not 0."""
    said = str(site.get("dtype", "")).lower()
    if "int" not in said and "bool" not in said:
        return site.add(L.Identity())
    if "bool" in said and _are_truths(site, site.x):
        return site.add(L.Identity())
    size = site.add(L.Abs(), part="size")
    if "bool" in said:
        return site.add(L.Threshold(), size)
    whole = site.add(L.Function(function="floor"), size, part="whole")
    return site.add(L.Multiply(), site.add(L.Function(function="sign"), part="sign"), whole)


def _are_truths(site: Site, ref: Ref) -> bool:
    """Tell whether a tensor holds 0 and 1 alone, as what compares gives them."""
    for node in reversed(site.drawn.nodes):
        if node.name == ref.node:
            if not isinstance(node.layer, (L.Identity, L.Reverse, L.Reshape, L.Permute, L.Flatten)):
                return isinstance(node.layer, (L.Threshold, L.Compare))
            ref = node.inputs[0]
    return False


@operation("Matmul")
def _matmul(site: Site) -> Ref:
    """Multiply matrices, each of which TensorFlow may turn first."""
    site.need(len(site.inputs) == 2, "its arguments")
    given = []
    for ref, side in zip(site.inputs, "ab", strict=True):
        rank = len(site.drawn.shapes[ref])
        order = (*range(rank - 2), rank - 1, rank - 2)
        turned = site.get(f"transpose_{side}")
        given.append(site.add(L.Permute(order=order), ref, part=f"turned_{side}") if turned else ref)
    return site.add(L.MatMul(), *given)


@operation("Selu", "Softsign", "Mish", "HardSigmoid")
def _function(site: Site) -> Ref:
    return activate(site, snake_case(site.entry.kind.removeprefix("ops.")), site.x, part="")


@operation("Softmax")
def _softmax(site: Site) -> Ref:
    axis = site.get("axis", -1)
    site.need(isinstance(axis, int), "it is over several axes")
    return site.add(L.Softmax(axis=axis))


@operation("LogSoftmax")
def _log_softmax(site: Site) -> Ref:
    axis = site.get("axis", -1)
    site.need(isinstance(axis, int), "it is over several axes")
    return site.add(L.Log(), site.add(L.Softmax(axis=axis), part="softmax"))


@operation("LeakyRelu")
def _leaky(site: Site) -> Ref:
    return site.add(L.ReLU(negative_slope=site.get("negative_slope", 0.2)))


@operation("Elu")
def _elu(site: Site) -> Ref:
    return site.add(L.ELU(alpha=site.get("alpha", 1.0)))


def _sides(site: Site) -> tuple[Any, Any]:
    """Return the two arguments of an operation: tensors, numbers, and lists of a number for each channel."""
    given = [*site.places, *(site.options[key] for key in ("x1", "x2") if key in site.options)]
    plain = [each for each in given if isinstance(each, (Ref, int, float, list)) and not isinstance(each, bool)]
    site.need(len(plain) == 2 and len(given) == 2 and any(isinstance(each, Ref) for each in plain), "its arguments")
    return plain[0], plain[1]


def _line(site: Site, x: Ref, *, scale: Any = 1.0, shift: Any = 0.0) -> Ref:
    return lines(site, x, numbers(site, x, scale), numbers(site, x, shift))


def _each(value: Any, function: Callable[[float], float]) -> Any:
    """Return a number, or those in lists, through a function."""
    return [_each(part, function) for part in value] if isinstance(value, list) else function(value)


def _join(site: Site, x: Ref, y: Ref, alike: Layer, stretching: Any) -> Ref:
    """Join tensors of one shape, or one with another that stretches over its last axes."""
    a, b = site.drawn.shapes[x], site.drawn.shapes[y]
    if a == b:
        return site.add(alike, x, y)
    for whole, small, big, by in ((a, b, x, y), (b, a, y, x)):
        ahead = len(whole) - len(small)
        if ahead >= 0 and all(part in (1, size) for size, part in zip(whole[ahead:], small, strict=True)):
            return site.add(stretching(axis=ahead), big, by)
    site.need(False, "both of its inputs stretch")
    return x


@operation("Add")
def _add(site: Site) -> Ref:
    x, y = _sides(site)
    if isinstance(x, Ref) and isinstance(y, Ref):
        return _join(site, x, y, L.Add(), L.BiasBy)
    return _line(site, x, shift=y) if isinstance(x, Ref) else _line(site, y, shift=x)


@operation("Multiply")
def _multiply(site: Site) -> Ref:
    x, y = _sides(site)
    if isinstance(x, Ref) and isinstance(y, Ref):
        return _join(site, x, y, L.Multiply(), L.ScaleBy)
    return _line(site, x, scale=y) if isinstance(x, Ref) else _line(site, y, scale=x)


@operation("Subtract")
def _subtract(site: Site) -> Ref:
    x, y = _sides(site)
    if isinstance(x, Ref) and isinstance(y, Ref):
        return site.add(L.Subtract(), x, y)
    return _line(site, x, shift=_each(y, neg)) if isinstance(x, Ref) else _line(site, y, scale=-1.0, shift=x)


@operation("Divide", "TrueDivide")
def _divide(site: Site) -> Ref:
    x, y = _sides(site)
    if isinstance(x, Ref) and isinstance(y, Ref):
        return site.add(L.Divide(), x, y)
    if isinstance(x, Ref):
        site.need(0 not in flat(y), "it divides by 0")
        return _line(site, x, scale=_each(y, lambda number: 1 / number))
    over = site.add(L.Power(power=-1.0), y, part="over")
    return _line(site, over, scale=x)


@operation("Power")
def _power(site: Site) -> Ref:
    x, exponent = _sides(site)
    if isinstance(x, Ref) and isinstance(exponent, Ref):
        return site.add(L.RaiseTo(), x, exponent)
    site.need(isinstance(x, Ref) and isinstance(exponent, (int, float)), "its exponent is no number")
    return site.add(L.Power(power=exponent), x)


@operation("Maximum")
def _maximum(site: Site) -> Ref:
    x, y = _ref_first(site)
    if not isinstance(y, Ref):
        return site.add(L.Clip(minimum=y, maximum=LARGEST) if y else L.ReLU(), x)
    site.need(site.drawn.shapes[x] == site.drawn.shapes[y], "its inputs are not of one shape")
    return site.add(L.Maximum(), x, y)


@operation("Minimum")
def _minimum(site: Site) -> Ref:
    x, y = _ref_first(site)
    if not isinstance(y, Ref):
        return site.add(L.Clip(minimum=-LARGEST, maximum=y), x)
    site.need(site.drawn.shapes[x] == site.drawn.shapes[y], "its inputs are not of one shape")
    turned = [site.add(L.Power(scale=-1.0), each, part=f"turned{i}") for i, each in enumerate((x, y))]
    return _line(site, site.add(L.Maximum(), *turned, part="largest"), scale=-1.0)


def _ref_first(site: Site) -> tuple[Ref, Any]:
    """Return the two arguments of an operation that does not mind their order: a tensor, and another or a number."""
    x, y = _sides(site)
    site.need(not isinstance(x, list) and not isinstance(y, list), "its arguments")
    return (x, y) if isinstance(x, Ref) else (y, x)


@operation("Greater")
def _greater(site: Site) -> Ref:
    x, limit = _sides(site)
    if isinstance(x, Ref) and isinstance(limit, Ref):
        return site.add(L.Compare(relation="greater"), x, limit)
    site.need(isinstance(x, Ref) and not isinstance(limit, Ref), "its limit is no number")
    return site.add(L.Threshold(threshold=limit), x)


@operation("NotEqual")
def _not_equal(site: Site) -> Ref:
    """Tell where a tensor is another number than one: where it lies off it."""
    x, value = _sides(site)
    site.need(isinstance(x, Ref) and not isinstance(value, Ref), "it compares two tensors")
    off = _off(site, x, value)
    return site.add(L.Threshold(), site.add(L.Abs(), off, part="size"))


def _off(site: Site, x: Ref, value: Any) -> Ref:
    return site.add(L.Power(shift=-float(value)), x, part="off") if value else x


@operation("Clip")
def _clip(site: Site) -> Ref:
    return site.add(L.Clip(minimum=site.get("x_min"), maximum=site.get("x_max")))


@operation("Flip")
def _flip(site: Site) -> Ref:
    axis = site.get("axis")
    site.need(isinstance(axis, int), "it turns several axes")
    return site.add(L.Reverse(axis=axis))


@operation("Gelu")
def _gelu(site: Site) -> Ref:
    return site.add(L.GELU(approximate=bool(site.get("approximate", True))))
