"""Functions of each element, and joins, that are more than one operator.

A build function gets the site of a node and the fields of its rule; it emits operators and returns its results.
"""

from __future__ import annotations

import math
from functools import reduce

from translator.dialects.onnx.emission import Site


def cut_leaky_relu(site: Site) -> list[str]:
    """Cut off a leaky ReLU from above."""
    leaky = site.op("LeakyRelu", site.x, alpha=site.layer.negative_slope)
    return [site.op("Min", leaky, site.constant(site.layer.maximum, "maximum"))]


def gelu(site: Site) -> list[str]:
    """Multiply by half of 1 + erf(x / sqrt(2)), or of what is near it: an operator came with operator set 20."""
    if site.layer.approximate:
        third = site.op("Mul", site.op("Pow", site.x, site.constant(3.0, "third")), site.constant(0.044715, "bend"))
        root = site.constant((2 / math.pi) ** 0.5, "root")
        error = site.op("Tanh", site.op("Mul", site.op("Add", site.x, third), root))
    else:
        error = site.op("Erf", site.op("Mul", site.x, site.constant(0.5**0.5, "over")))
    half = site.op("Mul", site.x, site.constant(0.5, "half"))
    return [site.op("Mul", half, site.op("Add", error, site.constant(1.0, "one")))]


def hard_swish(site: Site) -> list[str]:
    """Multiply by a line cut off at 0 and 1: an operator of its own came with operator set 14."""
    return [site.op("Mul", site.x, site.op("HardSigmoid", site.x, alpha=1 / 6))]


def compared(site: Site) -> list[str]:
    """Compare two tensors, and give the truth as a number."""
    kind = "".join(map(str.capitalize, site.layer.relation.replace("_", "_or_").split("_")))
    return [site.cast(site.op(kind, *site.inputs), "float32")]


def selected(site: Site) -> list[str]:
    """Take from one tensor or the other."""
    return [site.op("Where", site.cast(site.x, "bool"), *site.inputs[1:])]


def threshold(site: Site) -> list[str]:
    """Compare, and give the truth as a number."""
    above = site.op("Greater", site.x, site.constant(site.layer.threshold, "threshold"))
    return [site.cast(above, "float32")]


def power(site: Site) -> list[str]:
    """Scale, shift and raise, each where it changes anything."""
    layer, x = site.layer, site.x
    if layer.scale != 1:
        x = site.op("Mul", x, site.constant(layer.scale, "scale"))
    if layer.shift != 0:
        x = site.op("Add", x, site.constant(layer.shift, "shift"))
    if layer.power == 0.5:
        x = site.op("Sqrt", x)
    elif layer.power != 1:
        x = site.op("Pow", x, site.constant(layer.power, "power"))
    return [x]


def summed(site: Site) -> list[str]:
    """Add up two terms or more."""
    return [site.op("Add" if len(site.inputs) == 2 else "Sum", *site.inputs)]


def multiplied(site: Site) -> list[str]:
    """Multiply one factor after the other."""
    return [reduce(lambda a, b: site.op("Mul", a, b), site.inputs)]
