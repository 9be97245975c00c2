"""Layers with weights: products, normalisations, tables."""

from __future__ import annotations

from typing import Any

import numpy as np

from ir import layers as L
from ir.weights import Tensor
from translator.dialects.pytorch.arrays import GATHERED
from translator.dialects.pytorch.exported import Named
from translator.dialects.pytorch.operators.arrange import SAME
from translator.dialects.pytorch.operators.reduce import standardised
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.storages import is_real
from translator.dialects.pytorch.values import Value
from translator.mapping import Unsayable


def dense(site: Site, x: Value, kernel: Tensor, bias: Tensor | None) -> list[Value]:
    """Multiply the last axis by a matrix, a row for each unit."""
    if len(kernel.shape) != 2 or x.rank < 1:
        raise Unsayable(f"it multiplies by an array of the shape {kernel.shape}")
    units = kernel.shape[0]
    weights = {"kernel": kernel}
    if bias is not None:
        if bias.size not in (1, units) or (len(bias.shape) > 1 and bias.shape[-1] != bias.size):
            raise Unsayable(f"it adds an array of the shape {bias.shape}")
        plain = bias.reshaped((bias.size,))
        weights["bias"] = plain if bias.size == units else _repeated(plain, units)
    return site.add(L.Dense(units=units, bias=bias is not None), x, weights=weights)


def _repeated(tensor: Tensor, count: int) -> Tensor:
    return tensor.map(lambda array: np.broadcast_to(array, (count,)), (count,))


def linear(site: Site) -> list[Value]:
    """Read a linear."""
    return dense(site, site.tensor("input"), site.weight("weight"), site.weight("bias") if site.has("bias") else None)


def one_matrix(tensor: Tensor) -> Tensor:
    """Return the one matrix of which some are copies, one for each item of a batch."""
    if len(tensor.shape) != 3 or tensor.size > GATHERED:
        return tensor
    array = tensor.numpy()
    same = tensor.shape[0] > 0 and bool(np.all(array == array[:1]))
    return tensor.map(lambda array: array[0], tensor.shape[1:]) if same else tensor


def scaled(tensor: Tensor, factor: float) -> Tensor:
    """Return an array multiplied by a number."""
    return tensor if factor == 1 else tensor.map(lambda array: array * np.asarray(factor, array.dtype), tensor.shape)


def batch_norm(site: Site) -> list[Value]:
    """Read a batch_norm of any form; one in training is read as it works at inference, which is told."""
    site.one_output()
    if (found := _by_items(site)) is not None:
        return [found]
    x = site.tensor("input")
    training = site.truth("training") or site.truth("use_input_stats")
    weights = site.weights(gamma="weight", beta="bias")
    kept = site.has("running_mean") and site.has("running_var")
    if kept:
        weights |= site.weights(mean="running_mean", variance="running_var")
        if training:
            site.builder.inexact.append((site.operator, "it was exported in training; statistics it has are taken"))
    elif not training and site.kind != "_native_batch_norm_legit":
        raise Unsayable("it has no statistics")
    channels = x.dims[1] if x.rank > 1 else None
    of_image = _taken(site, "input", ("view", "_unsafe_view", "reshape")) is not None
    if x.dims[:1] == (1,) and of_image and not kept and not weights:  # That is what becomes of an instance_norm.
        return [standardised(site, x, range(2, x.rank), site.real("eps", 1e-5))]
    for role, tensor in weights.items():
        if tensor.shape != (channels,):
            raise ValueError(f"has a {role} of the shape {tensor.shape} for {channels} channels")
    layer = L.BatchNorm(
        axis=1,
        epsilon=site.real("eps", 1e-5),
        momentum=round(1 - site.real("momentum", 0.1), 12),
        scale="gamma" in weights,
        center="beta" in weights,
        batch_statistics=not kept,
    )
    return site.add(layer, x, weights=weights)


def _by_items(site: Site) -> Value | None:
    """Read what becomes of an instance_norm with weights: items and channels are one axis, and its weights repeat."""
    image, x = _taken(site, "input", ("view", "_unsafe_view", "reshape")), site.value("input")
    given = {role: name for role, name in (("gamma", "weight"), ("beta", "bias")) if site.has(name)}
    taken = {role: _taken(site, name, ("repeat",)) for role, name in given.items()}
    weights = {role: value.tensor for role, value in taken.items() if value is not None and value.tensor is not None}
    if image is None or image.ref is None or image.rank < 3 or x.dims[:1] != (1,) or x.dims[2:] != image.dims[2:]:
        return None
    channels = image.dims[1]
    fits = all(tensor.shape == (channels,) for tensor in weights.values()) and len(weights) == len(given) > 0
    if not fits or site.has("running_mean"):
        return None
    found = standardised(site, image, range(2, image.rank), site.real("eps", 1e-5))
    scale, bias = "gamma" in weights, "beta" in weights
    found = site.layer(L.Scale(axis=1, bias=bias) if scale else L.Bias(axis=1), found, weights=weights)
    return site.layer(L.Reshape(sizes=(1, -1), axis=0, count=2), found)


def _taken(site: Site, name: str, kinds: tuple[str, ...]) -> Value | None:
    """Return what the operator takes that gives an argument, where it is one of some kinds."""
    given = site.operator.arguments.get(name)
    maker = site.builder.makers.get(given.name) if isinstance(given, Named) else None
    if maker is None or maker.kind not in kinds:
        return None
    first = next(iter(maker.arguments.values()), None)
    return site.builder.values.get(first.name) if isinstance(first, Named) else None


def _affine(site: Site, x: Value, axis: int, shape: tuple[int, ...]) -> Value:
    """Multiply by a weight and add a bias, where there are any, that cover axes from one on."""
    weights = site.weights(gamma="weight", beta="bias")
    if any(tensor.shape != shape for tensor in weights.values()):
        raise ValueError(f"has weights of other shapes than {shape}")
    if "gamma" in weights:
        return site.layer(L.Scale(axis=axis, count=len(shape), bias="beta" in weights), x, weights=weights)
    return site.layer(L.Bias(axis=axis, count=len(shape)), x, weights=weights) if weights else x


def layer_norm(site: Site) -> list[Value]:
    """Read a layer_norm: over the last axis, or several."""
    site.one_output()
    x, shape = site.tensor("input"), tuple(site.wholes("normalized_shape"))
    epsilon = site.real("eps", 1e-5)
    if not shape or x.dims[-len(shape) :] != shape:
        raise ValueError(f"is over {list(shape)}, of an input of the shape {x.shape}")
    weights = site.weights(gamma="weight", beta="bias")
    if any(tensor.shape != shape for tensor in weights.values()):
        raise ValueError(f"has weights of other shapes than {shape}")
    if len(shape) == 1:
        layer = L.LayerNorm(epsilon=epsilon, scale="gamma" in weights, center="beta" in weights)
        return site.add(layer, x, weights=weights)
    axis = x.rank - len(shape)
    found = standardised(site, x, range(axis, x.rank), epsilon)
    return [_affine(site, found, axis, shape)]


def rms_norm(site: Site) -> list[Value]:
    """Read an rms_norm: a division by the root of the mean of squares."""
    x, shape = site.tensor("input"), tuple(site.wholes("normalized_shape"))
    if not shape or x.dims[-len(shape) :] != shape:
        raise ValueError(f"is over {list(shape)}, of an input of the shape {x.shape}")
    axis = x.rank - len(shape)
    squares = site.layer(L.Mean(axes=tuple(range(axis, x.rank))), site.layer(L.Power(power=2.0), x))
    epsilon = site.real("eps", float(np.finfo(np.float32).eps))
    root = site.layer(L.Power(power=0.5), site.layer(L.Power(shift=epsilon), squares))
    return [_affine(site, site.layer(L.Divide(), x, root), axis, shape)]


def group_norm(site: Site) -> list[Value]:
    """Read a group_norm: the channels of a group, and all their pixels, together."""
    site.one_output()
    x, groups = site.tensor("input"), site.whole("group" if site.has("group") else "num_groups")
    channels = x.dims[1] if x.rank > 1 else None
    if not isinstance(channels, int) or groups < 1 or channels % groups:
        raise ValueError(f"splits {channels} channels into {groups} groups")
    found = site.layer(L.Reshape(sizes=(groups, channels // groups), axis=1, count=1), x)
    found = standardised(site, found, range(2, x.rank + 1), site.real("eps", 1e-5))
    found = site.layer(L.Reshape(sizes=(channels,), axis=1, count=2), found)
    return [_affine(site, found, 1, (channels,))]


def instance_norm(site: Site) -> list[Value]:
    """Read an instance_norm: each channel of each item on its own, or by statistics that were kept."""
    if not site.truth("use_input_stats", True):
        return batch_norm(site)
    x = site.tensor("input")
    channels = x.dims[1] if x.rank > 2 else None
    if not isinstance(channels, int):
        raise ValueError(f"works on {x.rank} axes and {channels} channels")
    found = standardised(site, x, range(2, x.rank), site.real("eps", 1e-5))
    return [_affine(site, found, 1, (channels,))]


def embedding(site: Site) -> list[Value]:
    """Read an embedding: rows of a table by their numbers."""
    table = site.weight("weight")
    if len(table.shape) != 2:
        raise ValueError(f"looks up in an array of the shape {table.shape}")
    layer = L.Embed(vocabulary=table.shape[0], units=table.shape[1])
    return site.add(layer, places_of(site, "indices"), weights={"kernel": table}, dtype=table.dtype)


def places_of(site: Site, name: str) -> Value:
    """Return numbers of places: what was made whole, before it was, for layers take floats for them."""
    given: Any = site.operator.arguments.get(name)
    given = given[0] if isinstance(given, list) else given
    maker = site.builder.makers.get(given.name) if isinstance(given, Named) else None
    if maker is not None and maker.kind in SAME:
        before = next(iter(maker.arguments.values()), None)
        value = site.builder.values.get(before.name) if isinstance(before, Named) else None
        if value is not None and value.ref is not None and is_real(value.dtype):
            return value
    if not isinstance(given, Named) or given.name not in site.builder.values:
        raise ValueError("has no places that it picks")
    return site.builder.as_tensor(site.builder.values[given.name])


def prelu(site: Site) -> list[Value]:
    """Read a prelu: one slope for each channel, or one for all."""
    x, slope = site.x, site.weight("weight")
    if slope.size == 1:
        return site.add(L.PReLU(axis=min(1, x.rank - 1), shared=True), x, weights={"slope": slope.reshaped(())})
    if x.rank < 2 or x.dims[1] != slope.size:
        raise ValueError(f"has slopes of the shape {slope.shape}")
    return site.add(L.PReLU(axis=1), x, weights={"slope": slope.reshaped((slope.size,))})


BATCH_NORMS = [
    "batch_norm",
    "_native_batch_norm_legit",
    "_native_batch_norm_legit_no_training",
    "native_batch_norm",
    "cudnn_batch_norm",
    "_batch_norm_no_update",
]
READERS = {
    "linear": linear,
    **dict.fromkeys(BATCH_NORMS, batch_norm),
    **dict.fromkeys(["layer_norm", "native_layer_norm"], layer_norm),
    **dict.fromkeys(["rms_norm", "_fused_rms_norm"], rms_norm),
    **dict.fromkeys(["group_norm", "native_group_norm"], group_norm),
    "instance_norm": instance_norm,
    "embedding": embedding,
    **dict.fromkeys(["prelu", "_prelu_kernel"], prelu),
}

__all__ = ["READERS", "dense", "one_matrix", "places_of", "prelu", "scaled"]
