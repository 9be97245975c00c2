"""Layers with weights that must be put into a form, or are more than one operator; see `pointwise.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ir import layers as L
from ir.shapes import axis_of
from translator.dialects.onnx.emission import Site
from translator.mapping import At, Unsayable


def dense(site: Site) -> list[str]:
    """Multiply matrices: a Gemm for one axis of items, a MatMul for more."""
    axis = axis_of(site.layer.axis, site.rank)
    if axis > 1:
        x = site.x if axis == site.rank - 1 else _reshaped(site, site.x, [*[0] * axis, -1])
        product = site.op("MatMul", x, site.weight("kernel", axes=("OI", "IO")))
        return [site.op("Add", product, site.weight("bias")) if site.layer.bias else product]
    rows = site.x
    if site.rank != 2 or axis == 0:
        rows = site.op("Flatten", rows, **({"axis": 0} if axis == 0 else {}))
    weights = [site.weight("kernel")]
    if site.layer.bias:
        weights.append(site.weight("bias"))
    elif site.opset < 11:
        weights.append(site.constant([0.0] * site.layer.units, "bias"))
    product = site.op("Gemm", rows, *weights, transB=1)
    return [_reshaped(site, product, [site.layer.units]) if axis == 0 else product]


def _reshaped(site: Site, x: str, sizes: Sequence[int]) -> str:
    return site.op("Reshape", x, site.constant(sizes, "sizes", "int64"))


def embed(site: Site) -> list[str]:
    """Look up rows by numbers that come as floats."""
    rows = site.op("Gather", site.weight("kernel"), site.cast(site.x, "int64"), axis=0)
    return [site.op("Add", rows, site.weight("bias")) if site.layer.bias else rows]


def batch_norm(site: Site, **fields: Any) -> list[str]:
    """Normalise axis 1, which takes a transposition where the channels are elsewhere; gamma and beta are a must."""
    layer = site.layer
    axis = axis_of(layer.axis, site.rank)
    order = [0, axis, *(each for each in range(1, site.rank) if each != axis)] if axis else [1, 0]
    turned = axis != 1
    x = site.op("Transpose", site.x, perm=order) if turned else site.x
    channels = site.shapes[0][axis]
    assert channels
    gamma = site.weight("gamma") if layer.scale else site.constant([1.0] * channels, "ones")
    beta = site.weight("beta") if layer.center else site.constant([0.0] * channels, "zeros")
    x = site.op("BatchNormalization", x, gamma, beta, site.weight("mean"), site.weight("variance"), **fields)
    return [site.op("Transpose", x, perm=[order.index(each) for each in range(site.rank)]) if turned else x]


def known_turn(layer: Any, at: At) -> None:
    """Require a batch beside the channels."""
    rank = len(at.inputs[0])
    if rank < 2 or (axis_of(layer.axis, rank) == 0 and rank != 2):
        raise Unsayable("it normalises a channel, and the first axis is the batch")


def scale(site: Site) -> list[str]:
    """Multiply, and add, what stretches over the axes behind."""
    layer, x = site.layer, site.x
    weights = layer.weights(*site.shapes)
    sizes = next(iter(weights.values())).shape
    behind = site.rank - axis_of(layer.axis, site.rank, end=True) - len(sizes)
    shape = [*sizes, *(1,) * behind]
    for role, kind in (("gamma", "Mul"), ("beta", "Add")):
        if role in weights:
            x = site.op(kind, x, site.weight(role, shape))
    return [x]


def stretched(site: Site) -> list[str]:
    """Multiply by, or add, the second input, given the axes behind that it lacks."""
    own = len(site.shapes[1])
    behind = site.rank - axis_of(site.layer.axis, site.rank, end=True) - own
    by = site.inputs[1]
    if behind:
        by = site.op("Unsqueeze", by, axes=list(range(own, own + behind)))
    return [site.op("Mul" if isinstance(site.layer, L.ScaleBy) else "Add", site.x, by)]


def prelu(site: Site) -> list[str]:
    """Give the slopes the axes behind the channels."""
    if site.layer.shared:
        return [site.op("PRelu", site.x, site.weight("slope", [1]))]
    axis = axis_of(site.layer.axis, site.rank)
    channels = site.shapes[0][axis]
    assert channels
    return [site.op("PRelu", site.x, site.weight("slope", [channels, *(1,) * (site.rank - axis - 1)]))]


def constant(site: Site) -> list[str]:
    """Give a weight as it is."""
    return [site.weight("value")]


def of_image(layer: Any, at: At) -> None:
    """Require an image: engines normalise nothing else."""
    if at.rank != 2:
        raise Unsayable("it wants an image")
