"""Activation functions by their names in each era, as layers of their own.

Source: `keras/activations.py` of 1.2 and 2.2, `keras/src/activations` of 3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ir import layers as L
from ir.graph import Ref
from ir.layer import Layer
from translator.dialects.keras.eras import fields_of
from translator.dialects.keras.site import Site
from translator.dialects.keras.topology import Entry
from translator.mapping import Unsayable

SIMPLE: dict[str, tuple[Layer, ...]] = {
    "linear": (),
    "relu": (L.ReLU(),),
    "relu6": (L.ReLU(maximum=6.0),),
    "leaky_relu": (L.ReLU(negative_slope=0.2),),
    "sigmoid": (L.Sigmoid(),),
    "tanh": (L.Tanh(),),
    "softmax": (L.Softmax(axis=-1),),
    "softplus": (L.Softplus(),),
    "elu": (L.ELU(),),
    "gelu": (L.GELU(),),
    "selu": (L.ELU(alpha=1.6732632423543772), L.Power(scale=1.0507009873554805)),
    "exponential": (L.Exp(),),
    "swish": (L.Swish(),),
    "silu": (L.Swish(),),
    "hard_silu": (L.HardSwish(),),
    "hard_swish": (L.HardSwish(),),
    "log_softmax": (L.Softmax(axis=-1), L.Log()),
    "log_sigmoid": (L.Power(scale=-1.0), L.Softplus(), L.Power(scale=-1.0)),
    "hard_tanh": (L.Clip(minimum=-1.0, maximum=1.0),),
    "celu": (L.ELU(),),
}
"""Functions that are one layer after another."""
HARD_SIGMOID = {True: 1 / 6, False: 0.2}
"""The slope of `hard_sigmoid`, in Keras 3 and before it."""


def function_name(value: Any) -> str | None:
    """Return the name of a function as a field has it, None where it is none that has one."""
    if value is None:
        return "linear"
    if isinstance(value, dict) and value.get("class_name") == "function":
        value = value.get("config")
    return value if isinstance(value, str) else None


def activate(site: Site, value: Any, ref: Ref, part: str | None = None) -> Ref:
    """Put a function behind a tensor, under the layer's own name where `part` is empty; raise Unsayable for others."""
    if isinstance(value, dict) and value.get("class_name") not in (None, "function"):
        return _advanced(site, value, ref, part)
    name = function_name(value)
    if name is None:
        raise Unsayable("a function without a name")
    if name == "linear":
        return site.add(L.Identity(), ref, part=part) if part is not None else ref
    part = name if part is None else part
    if name in WOVEN:
        return WOVEN[name](site, ref, part)
    steps = _steps(name, site)
    for i, layer in enumerate(steps[:-1]):
        ref = site.add(layer, ref, part=f"{part or name}_{i}")
    return site.add(steps[-1], ref, part=part)


def _steps(name: str, site: Site) -> tuple[Layer, ...]:
    if name == "hard_sigmoid":
        slope = HARD_SIGMOID[site.drawn.document.era.generation > 2]
        return (L.HardSigmoid(slope=slope),)
    if name not in SIMPLE:
        raise Unsayable(f"the function {name}")
    return SIMPLE[name]


def _advanced(site: Site, value: dict[str, Any], ref: Ref, part: str | None) -> Ref:
    """Put a layer that stands as another one's activation behind a tensor."""
    kind, config = value.get("class_name"), value.get("config")
    if not isinstance(kind, str) or not isinstance(config, dict) or kind not in LAYERS:
        raise Unsayable("an activation that is a layer")
    entry = Entry(kind, kind, fields_of(kind, config, site.drawn.document.era), site.entry.origin)
    inner = site.inner(entry, [ref])
    return site.add(LAYERS[kind](inner), ref, part=kind.lower() if part is None else part)


def _leaky(site: Site) -> Layer:
    return L.ReLU(negative_slope=site.get("negative_slope", 0.3))


def _relu(site: Site) -> Layer:
    site.need(not site.get("threshold"), "its threshold is not 0")
    return L.ReLU(negative_slope=site.get("negative_slope", 0.0) or 0.0, maximum=site.get("max_value"))


def _softmax(site: Site) -> Layer:
    return L.Softmax(axis=site.get("axis", -1))


def _elu(site: Site) -> Layer:
    return L.ELU(alpha=site.get("alpha", 1.0))


LAYERS: dict[str, Callable[[Site], Layer]] = {"LeakyReLU": _leaky, "ReLU": _relu, "ELU": _elu, "Softmax": _softmax}
"""Functions with parameters, which are layers that may stand as another one's activation too."""


def _softsign(site: Site, x: Ref, part: str) -> Ref:
    size = site.add(L.Abs(), x, part=f"{part or 'softsign'}_size")
    return site.add(L.Divide(), x, site.add(L.Power(shift=1.0), size, part=f"{part or 'softsign'}_over"), part=part)


def _mish(site: Site, x: Ref, part: str) -> Ref:
    soft = site.add(L.Softplus(), x, part=f"{part or 'mish'}_softplus")
    return site.add(L.Multiply(), x, site.add(L.Tanh(), soft, part=f"{part or 'mish'}_tanh"), part=part)


def _tanh_shrink(site: Site, x: Ref, part: str) -> Ref:
    return site.add(L.Subtract(), x, site.add(L.Tanh(), x, part=f"{part or 'tanh_shrink'}_tanh"), part=part)


def _squareplus(site: Site, x: Ref, part: str) -> Ref:
    whole = part or "squareplus"
    square = site.add(L.Power(power=2.0), x, part=f"{whole}_square")
    root = site.add(L.Power(power=0.5, shift=4.0), square, part=f"{whole}_root")
    return site.add(L.Power(scale=0.5), site.add(L.Add(), x, root, part=f"{whole}_sum"), part=part)


WOVEN: dict[str, Callable[[Site, Ref, str], Ref]] = {
    "softsign": _softsign,
    "mish": _mish,
    "tanh_shrink": _tanh_shrink,
    "squareplus": _squareplus,
}
"""Functions that take what they are given at several places."""
