"""Functions of each element, and softmax."""

from __future__ import annotations

from collections.abc import Callable

from ir import layers as L
from ir.layer import Layer
from ir.layers import Power
from translator.dialects.pytorch.operators.terms import Terms
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.values import Value
from translator.mapping import Unsayable

Read = Callable[[Site], list[Value]]
FUNCTIONS = [
    *("floor", "ceil", "sign", "erf", "sin", "cos", "tan", "asin", "acos", "atan"),
    *("sinh", "cosh", "asinh", "acosh", "atanh"),
]
"""Functions that have the same name in the catalogue."""


NO_BEND = 16.0
"""From where on a softplus gives what it takes, in single precision."""


def plain(make: Callable[[Site], Layer]) -> Read:
    """Return the function of an operator that is one layer on its first input."""

    def read(site: Site) -> list[Value]:
        site.one_output()
        return site.add(make(site), site.x)

    return read


def dropout(site: Site) -> list[Value]:
    """Read a dropout, which does nothing at inference; one in training is read as it works there, which is told."""
    site.one_output()
    if site.truth("train"):
        site.builder.inexact.append((site.operator, "it was exported in training, where it drops elements at random"))
    return site.add(L.Dropout(rate=site.real("p", 0.5)), site.x)


def elu(site: Site) -> list[Value]:
    """Read an elu, which may scale what it takes and gives."""
    if site.real("input_scale", 1.0) != 1:
        raise Unsayable("it scales what it takes")
    bent = site.layer(L.ELU(alpha=site.real("alpha", 1.0)), site.x)
    scale = site.real("scale", 1.0)
    return [bent] if scale == 1 else site.add(Power(scale=scale), bent)


def selu(site: Site) -> list[Value]:
    """Scale an ELU."""
    bent = site.layer(L.ELU(alpha=1.6732632423543772), site.x)
    return site.add(Power(scale=1.0507009873554805), bent)


def celu(site: Site) -> list[Value]:
    """Scale an ELU, and what it takes."""
    alpha = site.real("alpha", 1.0)
    if not alpha:
        raise Unsayable("it divides by 0")
    x = site.x if alpha == 1 else site.layer(Power(scale=1 / alpha), site.x)
    bent = site.layer(L.ELU(), x)
    return [bent] if alpha == 1 else site.add(Power(scale=alpha), bent)


def gelu(site: Site) -> list[Value]:
    """Read a gelu, exact or approximated by a tanh."""
    return site.add(L.GELU(approximate=site.text("approximate", "none") == "tanh"), site.x)


def softplus(site: Site) -> list[Value]:
    """Read a softplus; with a beta it is that of a multiple, divided by it, and beyond a threshold what it takes."""
    beta, threshold = site.real("beta", 1.0), site.real("threshold", 20.0)
    if not beta:
        raise Unsayable("it divides by 0")
    x = site.x if beta == 1 else site.layer(Power(scale=beta), site.x)
    bent = site.layer(L.Softplus(), x)
    if threshold < NO_BEND:
        terms = Terms(site)
        bent = terms.select(terms.is_("greater", x, threshold), x, bent)
    return [bent] if beta == 1 else site.add(Power(scale=1 / beta), bent)


def mish(site: Site) -> list[Value]:
    """Multiply by the squashed softplus."""
    return site.add(L.Multiply(), site.x, site.layer(L.Tanh(), site.layer(L.Softplus(), site.x)))


def log_sigmoid(site: Site) -> list[Value]:
    """Turn a softplus round."""
    site.one_output()
    turned = site.layer(Power(scale=-1.0), site.x)
    return site.add(Power(scale=-1.0), site.layer(L.Softplus(), turned))


def tanh_shrink(site: Site) -> list[Value]:
    """Subtract the tanh."""
    return site.add(L.Subtract(), site.x, site.layer(L.Tanh(), site.x))


def glu(site: Site) -> list[Value]:
    """Multiply one half by the sigmoid of the other."""
    halves = site.add(L.Slice(axis=site.axis("dim", -1), pieces=2), site.x)
    return site.add(L.Multiply(), halves[0], site.layer(L.Sigmoid(), halves[1]))


def rrelu(site: Site) -> list[Value]:
    """Read an rrelu as it works at inference: with the mean of the slopes."""
    slope = (site.real("lower", 0.125) + site.real("upper", 1 / 3)) / 2
    return site.add(L.ReLU(negative_slope=slope), site.x)


def rounded(site: Site) -> list[Value]:
    """Read a round to whole numbers."""
    if site.whole("decimals", 0):
        raise Unsayable("it keeps digits behind the point")
    return site.add(L.Function(function="round"), site.x)


def softmax(site: Site) -> list[Value]:
    """Read a softmax, or its logarithm."""
    found = site.layer(L.Softmax(axis=site.axis()), site.x)
    if "log" not in site.kind:
        return [found]
    told = "its Softmax gives 0 where a share is below 1e-38, and the logarithm of that is not finite"
    site.builder.inexact.append((site.operator, told))
    return site.add(L.Log(), found)


READERS: dict[str, Read] = {
    "relu": plain(lambda site: L.ReLU()),
    "relu6": plain(lambda site: L.ReLU(maximum=6.0)),
    "leaky_relu": plain(lambda site: L.ReLU(negative_slope=site.real("negative_slope", 0.01))),
    "rrelu": rrelu,
    "elu": elu,
    "selu": selu,
    "celu": celu,
    "gelu": gelu,
    "silu": plain(lambda site: L.Swish()),
    "mish": mish,
    "sigmoid": plain(lambda site: L.Sigmoid()),
    "tanh": plain(lambda site: L.Tanh()),
    "tanhshrink": tanh_shrink,
    "softplus": softplus,
    "hardsigmoid": plain(lambda site: L.HardSigmoid()),
    "hardswish": plain(lambda site: L.HardSwish()),
    **dict.fromkeys(["log_sigmoid", "log_sigmoid_forward"], log_sigmoid),
    "glu": glu,
    **dict.fromkeys(["softmax", "_softmax", "log_softmax", "_log_softmax"], softmax),
    **dict.fromkeys(["dropout", "native_dropout", "feature_dropout", "alpha_dropout"], dropout),
    "abs": plain(lambda site: L.Abs()),
    "neg": plain(lambda site: Power(scale=-1.0)),
    "sqrt": plain(lambda site: Power(power=0.5)),
    "rsqrt": plain(lambda site: Power(power=-0.5)),
    "square": plain(lambda site: Power(power=2.0)),
    "reciprocal": plain(lambda site: Power(power=-1.0)),
    "exp": plain(lambda site: L.Exp()),
    "exp2": plain(lambda site: L.Exp(base=2.0)),
    "log": plain(lambda site: L.Log()),
    "log2": plain(lambda site: L.Log(base=2.0)),
    "log10": plain(lambda site: L.Log(base=10.0)),
    "log1p": plain(lambda site: L.Log(shift=1.0)),
    "round": rounded,
    **dict.fromkeys(FUNCTIONS, plain(lambda site: L.Function(function=site.kind))),
}
