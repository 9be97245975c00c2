"""Functions of each element that are made of several layers, or are one with other settings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ir import layers as L
from ir.layer import Layer
from translator.dialects.onnx.operators.pointwise import shortest
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable


def plain(make: Callable[[Site], Layer]) -> Callable[[Site], list[Value]]:
    """Return the function of an operator that is one layer on its first input."""

    def read(site: Site) -> list[Value]:
        site.one_output()
        return site.add(make(site), site.x)

    return read


def dropout(site: Site) -> list[Value]:
    """Read a Dropout, which does nothing unless it is told that it is in training."""
    site.one_output()
    if site.has(2) and np.any(site.numbers(2)):
        raise Unsayable("it is in training")
    return site.add(L.Dropout(rate=site.scalar("ratio", 1, 0.5)), site.x)


def softsign(site: Site) -> list[Value]:
    """Divide by the absolute value and one."""
    return site.add(L.Divide(), site.x, site.layer(L.Power(shift=1.0), site.layer(L.Abs(), site.x)))


def hard_sigmoid(site: Site) -> list[Value]:
    """Cut a line off at 0 and 1."""
    if site.get("beta", 0.5) == 0.5:
        slope = shortest(site.get("alpha", 0.2))
        return site.add(L.HardSigmoid(slope=1 / 6 if slope == shortest(1 / 6) else slope), site.x)
    line = L.Power(scale=site.get("alpha", 0.2), shift=site.get("beta", 0.5))
    return site.add(L.Clip(minimum=0.0, maximum=1.0), site.layer(line, site.x))


def selu(site: Site) -> list[Value]:
    """Scale an ELU."""
    bent = site.layer(L.ELU(alpha=site.get("alpha", 1.6732632)), site.x)
    return site.add(L.Power(scale=site.get("gamma", 1.0507009)), bent)


def mish(site: Site) -> list[Value]:
    """Multiply by the squashed softplus."""
    return site.add(L.Multiply(), site.x, site.layer(L.Tanh(), site.layer(L.Softplus(), site.x)))


def celu(site: Site) -> list[Value]:
    """Scale an ELU, and what it takes."""
    alpha = site.get("alpha", 1.0)
    if alpha == 1:
        return site.add(L.ELU(), site.x)
    if not alpha:
        raise Unsayable("it divides by 0")
    bent = site.layer(L.ELU(), site.layer(L.Power(scale=1 / alpha), site.x))
    return site.add(L.Power(scale=alpha), bent)


def gelu(site: Site) -> Layer:
    """Return a Gelu, by the error function or by what is near it."""
    site.only("approximate", "none", "tanh")
    return L.GELU(approximate=site.get("approximate", "none") == "tanh")


READERS = {
    "Celu": celu,
    "Dropout": dropout,
    "Gelu": plain(gelu),
    "Neg": plain(lambda site: L.Power(scale=-1.0)),
    "Sqrt": plain(lambda site: L.Power(power=0.5)),
    "Reciprocal": plain(lambda site: L.Power(power=-1.0)),
    "Swish": plain(lambda site: L.Swish(beta=site.get("alpha", 1.0))),
    "Softsign": softsign,
    "HardSigmoid": hard_sigmoid,
    "Selu": selu,
    "Mish": mish,
}
