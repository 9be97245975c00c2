"""Functions of each element that no layer is for, spelt out in arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from math import pi

import numpy as np

from ir import layers as L
from translator.dialects.pytorch.operators.pointwise import HIGHEST, cut_off, divide, number
from translator.dialects.pytorch.operators.terms import Terms
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.values import Value
from translator.mapping import Unsayable

Read = Callable[[Site], list[Value]]


def _spelt(spell: Callable[[Terms, Site], Value]) -> Read:
    """Return the function of an operator that gives one tensor, from what it is in terms."""

    def read(site: Site) -> list[Value]:
        site.one_output()
        return [spell(Terms(site), site)]

    return read


def _quotient(of: Terms, site: Site, rounding: str) -> Value:
    """Divide by an argument that is a tensor or a number, and round downwards, or towards 0."""
    x, divisor = site.operand("self"), number(site, "other")
    if divisor == 0:
        raise Unsayable("it divides by 0")
    found = of.divide(x, site.operand("other")) if divisor is None else of.by(x, divisor)
    return of.floor(found) if rounding == "floor" else of.towards_zero(found)


def _divided(site: Site) -> list[Value]:
    """Read a div, which may round."""
    return [_quotient(Terms(site), site, site.text("rounding_mode"))] if site.has("rounding_mode") else divide(site)


def _rest(rounding: str) -> Callable[[Terms, Site], Value]:
    """Return what is left of a division: of the divisor's sign where it is rounded downwards, else of the number's."""

    def spell(of: Terms, site: Site) -> Value:
        whole, divisor = _quotient(of, site, rounding), number(site, "other")
        taken = of.multiply(whole, site.operand("other")) if divisor is None else of.line(whole, divisor)
        return of.subtract(site.operand("self"), taken)

    return spell


def _shrunk(of: Terms, site: Site) -> Value:
    """Take 0 for what is near to it, and leave the rest."""
    limit = site.real("lambd", 0.5)
    return of.select(of.is_("greater", of.site.layer(L.Abs(), site.x), limit), site.x, 0.0)


def _drawn_in(of: Terms, site: Site) -> Value:
    """Take what is near to 0 away from each number."""
    limit = site.real("lambd", 0.5)
    return of.subtract(site.x, cut_off(site, site.x, -limit, limit)[0])


def _above(of: Terms, site: Site) -> Value:
    return of.select(of.is_("greater", site.x, site.real("threshold")), site.x, site.real("value"))


def _angle(of: Terms, site: Site) -> Value:
    """Return the angle of a point, from -pi to pi: the second input is its x, the first its y."""
    y, x = site.tensor("self"), site.tensor("other")
    slope = of.function("atan", of.divide(y, x))
    turn = of.select(of.is_("less", y, 0.0), of.constant(np.full((1,) * y.rank, -pi)), pi)
    behind = of.select(of.is_("less", x, 0.0), of.add(slope, turn), slope)
    both = of.multiply(of.is_("equal", x, 0.0), of.is_("equal", y, 0.0))
    return of.select(both, of.constant(np.zeros((1,) * y.rank)), behind)


def _between(of: Terms, site: Site) -> Value:
    """Go a part of the way from one tensor to another."""
    start, way = site.tensor("self"), of.subtract(site.tensor("end"), site.tensor("self"))
    part = number(site, "weight")
    return of.add(start, of.multiply(way, site.tensor("weight")) if part is None else of.line(way, part))


def _same_as_itself(of: Terms, x: Value) -> Value:
    """Tell what is a number: nothing else is equal to itself."""
    return of.site.layer(L.Compare(relation="equal"), x, x)


def _beyond(of: Terms, x: Value) -> Value:
    return of.is_("greater", of.site.layer(L.Abs(), x), HIGHEST)


def _is_finite(of: Terms, site: Site) -> Value:
    return of.is_("less_equal", of.site.layer(L.Abs(), site.x), HIGHEST)


def _made_finite(of: Terms, site: Site) -> Value:
    """Take numbers for what is none, and for what is infinite."""
    x = of.select(_same_as_itself(of, site.x), site.x, site.real("nan", 0.0))
    most, least = site.real("posinf", HIGHEST), site.real("neginf", -HIGHEST)
    if (most, least) == (HIGHEST, -HIGHEST):
        return cut_off(site, x, least, most)[0]
    high = of.is_("greater", x, HIGHEST)
    low = of.is_("less", x, -HIGHEST)
    x = of.select(high, of.constant(np.full((1,) * x.rank, most)), x)
    return of.select(low, of.constant(np.full((1,) * x.rank, least)), x)


def _log_of_sum(of: Terms, site: Site) -> Value:
    """Return the logarithm of a sum of exponentials of two tensors, from the larger one on."""
    a, b = site.tensor("self"), site.tensor("other")
    apart = of.site.layer(L.Exp(), of.line(of.site.layer(L.Abs(), of.subtract(a, b)), -1.0))
    return of.add(of.larger(a, b), of.site.layer(L.Log(shift=1.0), apart))


def _product_with_log(of: Terms, site: Site) -> Value:
    """Multiply by a logarithm; 0 times anything is 0."""
    x, y = site.operand("self"), site.operand("other")
    found = of.multiply(x, of.site.layer(L.Log(), y))
    return of.select(of.is_("equal", x, 0.0), of.constant(np.zeros((1,) * found.rank)), found)


def _step(of: Terms, site: Site) -> Value:
    """Give 0 below 0, 1 above it, and another tensor's number at 0."""
    above = of.is_("greater", site.x, 0.0)
    return of.select(of.is_("equal", site.x, 0.0), site.operand("values"), above)


def _wave(of: Terms, site: Site) -> Value:
    """Return sin(pi x) / (pi x), which is 1 at 0."""
    turned = of.line(site.x, pi)
    found = of.divide(of.function("sin", turned), turned)
    return of.select(of.is_("equal", site.x, 0.0), of.constant(np.ones((1,) * found.rank)), found)


def _is_close(of: Terms, site: Site) -> Value:
    a, b = site.tensor("self"), site.tensor("other")
    limit = of.line(of.site.layer(L.Abs(), b), site.real("rtol", 1e-5), site.real("atol", 1e-8))
    return of.is_("less_equal", of.site.layer(L.Abs(), of.subtract(a, b)), limit)


def _bucket(of: Terms, site: Site) -> Value:
    """Count the borders that a number is beyond, or, where that is said, that it is on as well."""
    name, given = ("boundaries", "self") if site.kind == "bucketize" else ("sorted_sequence", "self")
    borders = site.weight(name)
    if len(borders.shape) != 1 or site.text("side") not in ("", "left", "right"):
        raise Unsayable("each row has borders of its own")
    on = site.truth("right") or site.text("side") == "right"
    beyond = of.is_("greater_equal" if on else "greater", of.column(site.tensor(given)), site.tensor(name))
    return of.typed(of.total(beyond), "int64")


def _logit(of: Terms, site: Site) -> Value:
    """Return the logarithm of a share over what is left of the whole; the share may be cut off near 0 and 1."""
    x = site.x
    if site.has("eps"):
        x = cut_off(site, x, site.real("eps"), 1 - site.real("eps"))[0]
    return of.site.layer(L.Log(), of.divide(x, of.opposite(x)))


READERS: dict[str, Read] = {
    "hardshrink": _spelt(_shrunk),
    "softshrink": _spelt(_drawn_in),
    "threshold": _spelt(_above),
    "expm1": _spelt(lambda of, site: of.line(of.site.layer(L.Exp(), site.x), shift=-1.0)),
    "atan2": _spelt(_angle),
    **dict.fromkeys(["trunc", "fix"], _spelt(lambda of, site: of.towards_zero(site.x))),
    "frac": _spelt(lambda of, site: of.subtract(site.x, of.towards_zero(site.x))),
    "remainder": _spelt(_rest("floor")),
    "fmod": _spelt(_rest("trunc")),
    **dict.fromkeys(["div", "divide", "true_divide"], _divided),
    "floor_divide": _spelt(lambda of, site: _quotient(of, site, "floor")),
    "lerp": _spelt(_between),
    "isnan": _spelt(lambda of, site: of.opposite(_same_as_itself(of, site.x))),
    "isinf": _spelt(lambda of, site: _beyond(of, site.x)),
    "isfinite": _spelt(_is_finite),
    "nan_to_num": _spelt(_made_finite),
    "logaddexp": _spelt(_log_of_sum),
    "xlogy": _spelt(_product_with_log),
    "hypot": _spelt(
        lambda of, site: of.site.layer(
            L.Power(power=0.5),
            of.add(*(of.site.layer(L.Power(power=2.0), site.tensor(name)) for name in ("self", "other"))),
        )
    ),
    "deg2rad": _spelt(lambda of, site: of.line(site.x, pi / 180)),
    "rad2deg": _spelt(lambda of, site: of.line(site.x, 180 / pi)),
    "sgn": _spelt(lambda of, site: of.function("sign", site.x)),
    "erfc": _spelt(lambda of, site: of.line(of.function("erf", site.x), -1.0, 1.0)),
    "special_expit": _spelt(lambda of, site: of.site.layer(L.Sigmoid(), site.x)),
    **dict.fromkeys(["logit", "special_logit"], _spelt(_logit)),
    "heaviside": _spelt(_step),
    "sinc": _spelt(_wave),
    "isclose": _spelt(_is_close),
    **dict.fromkeys(["bucketize", "searchsorted"], _spelt(_bucket)),
    "ldexp": _spelt(lambda of, site: of.multiply(site.x, of.site.layer(L.Exp(base=2.0), site.operand("other")))),
}

__all__ = ["READERS"]
