"""Functions of each element, and joins, that are more than one operator.

A build function gets the site of a node and the fields of its rule; it emits operators and returns its results.
"""

from __future__ import annotations

from functools import reduce

from translator.dialects.onnx.emission import Site


def cut_leaky_relu(site: Site) -> list[str]:
    """Cut off a leaky ReLU from above."""
    leaky = site.op("LeakyRelu", site.x, alpha=site.layer.negative_slope)
    return [site.op("Min", leaky, site.constant(site.layer.maximum, "maximum"))]


def gelu(site: Site) -> list[str]:
    """Multiply by half of 1 + erf(x / sqrt(2)): an operator of its own came with operator set 20."""
    error = site.op("Erf", site.op("Mul", site.x, site.constant(0.5**0.5, "over")))
    half = site.op("Mul", site.x, site.constant(0.5, "half"))
    return [site.op("Mul", half, site.op("Add", error, site.constant(1.0, "one")))]


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
