"""Operators of ONNX Runtime's own, which its optimizer and its quantizer put in the place of several.

Source: https://github.com/microsoft/onnxruntime, docs/ContribOperators.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ir import layers as L
from ir.layer import Layer
from translator.dialects.onnx.operators.quantize import fitted, joined_each, matrix_product
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable

Read = Callable[[Site], list[Value]]
DOMAIN = "com.microsoft"


def _activated(site: Site, x: Value, numbers: list[float]) -> Value:
    """Return a function by its name in `activation`, with the numbers that it has."""
    name = site.get("activation", "")
    first, second = (*numbers, None, None)[:2]
    made: dict[str, Callable[[], Layer]] = {
        "Relu": L.ReLU,
        "Tanh": L.Tanh,
        "Sigmoid": L.Sigmoid,
        "LeakyRelu": lambda: L.ReLU(negative_slope=0.01 if first is None else first),
        "Clip": lambda: L.Clip(minimum=first, maximum=second),
        "HardSigmoid": lambda: L.HardSigmoid(slope=0.2 if first is None else first),
    }
    if not name:
        return x
    if name not in made or (name == "HardSigmoid" and second not in (None, 0.5)):
        raise Unsayable(f"its function is {name}")
    return site.layer(made[name](), x)


def fused_conv(site: Site) -> list[Value]:
    """Read a FusedConv: a convolution, what is added to it, and a function."""
    (found,) = site.builder.instead(site, "Conv", site.inputs[:3])
    found = Terms(site).add(found, site.tensor(3)) if site.has(3) else found
    return [_activated(site, found, list(site.get("activation_params", ())))]


def fused_gemm(site: Site) -> list[Value]:
    """Read a FusedGemm: a product, what is added to it, and a function."""
    (found,) = site.builder.instead(site, "Gemm", site.inputs)
    given = (site.get(f"activation_{name}") for name in ("alpha", "beta"))
    return [_activated(site, found, [each for each in given if each is not None])]


def fused_matmul(site: Site) -> list[Value]:
    """Read a FusedMatMul: a product of matrices that may be turned beforehand, times a number."""
    for name in ("transBatchA", "transBatchB"):
        site.only(name, 0)
    of, pair = Terms(site), list(site.inputs[:2])
    for place, name in enumerate(("transA", "transB")):
        if site.get(name, 0):
            x = site.tensor(place)
            pair[place] = of.permute(x, [*range(x.rank - 2), x.rank - 1, x.rank - 2]) if x.rank > 1 else x
    (found,) = site.builder.instead(site, "MatMul", pair)
    return [of.line(found, site.get("alpha", 1.0))]


def gelu(site: Site) -> list[Value]:
    """Read a Gelu, a BiasGelu, or a FastGelu, which is near it; a bias is added beforehand."""
    x = Terms(site).add(site.x, site.tensor(1)) if site.has(1) else site.x
    return site.add(L.GELU(approximate=site.kind == "FastGelu"), x)


def quick_gelu(site: Site) -> list[Value]:
    """Read a QuickGelu."""
    return site.add(L.Swish(beta=site.get("alpha", 1.702)), site.x)


def skip_layer_norm(site: Site) -> list[Value]:
    """Read a SkipLayerNormalization: a sum, which may be given too, and its layer normalisation."""
    if site.is_wanted(1) or site.is_wanted(2):
        raise Unsayable("its further outputs are used")
    of = Terms(site)
    total = of.add(site.x, site.tensor(1))
    total = of.add(total, site.tensor(4)) if site.has(4) else total
    affine = [site.value(2), *([site.value(3)] if site.has(3) else [])]
    given = {"axis": -1, "epsilon": site.get("epsilon", 1e-12)}
    found = site.builder.instead(site, "LayerNormalization", [total, *affine], given)[0]
    return [found, total, total, total] if site.is_wanted(3) else [found]


def _stands_for(site: Site, place: int) -> Value:
    """Return the numbers that an input stands for, behind which are its scale and what 0 became."""
    x, zero = site.tensor(place), place + 2
    x = joined_each(site, x, zero, "Subtract") if site.has(zero) else x
    return joined_each(site, x, place + 1, "Multiply")


def _stored(site: Site, x: Value, scale: int) -> Value:
    """Return numbers as what stands for them by a scale, behind which is what 0 becomes."""
    dtype = site.value(scale + 1).dtype if site.has(scale + 1) else "uint8"
    return fitted(site, joined_each(site, x, scale, "Divide"), scale + 1, dtype)


def _of_two(how: str) -> Read:
    def read(site: Site) -> list[Value]:
        return [_stored(site, getattr(Terms(site), how)(_stands_for(site, 0), _stands_for(site, 3)), 6)]

    return read


def _of_one(kind: str) -> Read:
    def read(site: Site) -> list[Value]:
        site.only("channels_last", 0)
        given: dict[str, Any] = {
            name: each for name, each in site.operator.attributes.items() if name not in ("channels_last", "opset")
        }
        x = _stands_for(site, 0)
        if kind == "Softmax" and site.get("opset", 13) < 13 and site.axis(1) != x.rank - 1:
            raise Unsayable("it is over several axes")
        return [_stored(site, site.builder.instead(site, kind, [x], given)[0], 3)]

    return read


def concat(site: Site) -> list[Value]:
    """Read a QLinearConcat: the scale of the result stands before the inputs."""
    tensors = [_stands_for(site, place) for place in range(2, len(site.inputs), 3)]
    return [_stored(site, site.layer(L.Concat(axis=site.axis(1, tensors[0].rank)), *tensors), 0)]


def gemm(site: Site) -> list[Value]:
    """Read a QGemm: a product of whole numbers, whole numbers that are added, and the scale of the result, if any."""
    site.only("alpha", 1.0)
    site.only("transA", 0)
    product = matrix_product(site, 0, 3, bool(site.get("transB", 0)))
    product = Terms(site).add(product, site.tensor(6)) if site.has(6) else product
    factor = np.ravel(site.numbers(1) * site.numbers(4)).astype(np.float32)
    found = Terms(site).multiply(product, Terms(site).constant(factor.reshape(1, -1)))
    return [_stored(site, found, 7) if site.has(7) else found]


OTHERS: dict[tuple[str, str], Read] = {
    (DOMAIN, kind): read
    for kind, read in {
        "FusedConv": fused_conv,
        "FusedGemm": fused_gemm,
        "FusedMatMul": fused_matmul,
        **dict.fromkeys(("Gelu", "BiasGelu", "FastGelu"), gelu),
        "QuickGelu": quick_gelu,
        "SkipLayerNormalization": skip_layer_norm,
        "QLinearAdd": _of_two("add"),
        "QLinearMul": _of_two("multiply"),
        **{
            f"QLinear{kind}": _of_one(kind)
            for kind in ("Sigmoid", "LeakyRelu", "Softmax", "GlobalAveragePool", "AveragePool")
        },
        "QLinearConcat": concat,
        "QGemm": gemm,
    }.items()
}
"""The functions of these operators, by domain and operator."""
