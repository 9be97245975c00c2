"""Layers with weights: products, normalisations, tables."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ir import layers as L
from ir.weights import Tensor
from translator.dialects.onnx.operators.pointwise import affine
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.values import SMALL, Open, Value, known
from translator.mapping import Unsayable

MOST = 64
"""Pieces at most that a tensor is put together from."""
LARGEST = 1 << 22
"""Numbers at most of a matrix that picks more."""


def gemm(site: Site) -> list[Value]:
    """Read a Gemm: alpha * A' B' + beta * C; where the file holds B, and biases for C, it is one layer."""
    x, alpha = _turned(site, 0, "transA"), site.get("alpha", 1.0)
    bias = None
    if site.is_constant(1):
        matrix = site.weight(1)
        if len(matrix.shape) != 2 or x.rank != 2:
            raise ValueError(f"multiplies {x.rank} axes by {len(matrix.shape)}")
        kernel = scaled(matrix if site.get("transB", 0) else matrix.transposed((1, 0)), alpha)
        bias = _biases(site, kernel.shape[0])
        weights = {"kernel": kernel} | ({"bias": bias} if bias else {})
        found = site.layer(L.Dense(units=kernel.shape[0], bias=bias is not None), x, weights=weights)
    else:
        found = site.layer(L.MatMul(), x, _turned(site, 1, "transB"))
        found = found if alpha == 1 else site.layer(L.Power(scale=alpha), found)
    if bias is not None or not site.has(2):
        return [found]
    added, beta = site.tensor(2), site.get("beta", 1.0)
    added = added if beta == 1 else site.layer(L.Power(scale=beta), added)
    return site.add(L.BiasBy(axis=2 - added.rank), found, added)


def _turned(site: Site, place: int, name: str) -> Value:
    """Return a matrix, with its axes changed about where an attribute says so."""
    x = site.tensor(place)
    if x.rank != 2:
        raise ValueError(f"multiplies matrices, and is given {x.rank} axes")
    return site.layer(L.Permute(order=(1, 0)), x) if site.get(name, 0) else x


def _biases(site: Site, units: int) -> Tensor | None:
    """Return what a Gemm adds, where the file holds it and it is one number for each column."""
    if not site.is_constant(2):
        return None
    bias = site.weight(2)
    if bias.size not in (1, units) or (len(bias.shape) > 1 and bias.shape[-1] != bias.size):
        return None
    if bias.size != units:
        bias = bias.map(lambda array: np.broadcast_to(array.reshape(-1), (units,)), (units,))
    return scaled(bias.reshaped((units,)), site.get("beta", 1.0))


def scaled(tensor: Tensor, factor: float) -> Tensor:
    """Return an array multiplied by a number."""
    return tensor if factor == 1 else tensor.map(lambda array: array * np.asarray(factor, array.dtype), tensor.shape)


def matmul(site: Site) -> list[Value]:
    """Read a MatMul; one by a matrix that the file holds, on either side, is a layer with weights."""
    if site.is_constant(1) and len(site.weight(1).shape) in (1, 2):
        matrix, x = site.weight(1), site.x
        if len(matrix.shape) == 1:
            column = site.layer(L.Dense(units=1, bias=False), x, weights={"kernel": matrix.reshaped((1, matrix.size))})
            return site.add(L.Reshape(sizes=(), axis=x.rank - 1, count=1), column)
        kernel = matrix.transposed((1, 0))
        return site.add(L.Dense(units=kernel.shape[0], bias=False), x, weights={"kernel": kernel})
    if not site.is_constant(0) or len(site.weight(0).shape) != 2:
        return site.add(L.MatMul(), site.x, site.tensor(1))
    matrix, x = site.weight(0), site.tensor(1)
    if x.rank == 1:
        return site.add(L.Dense(units=matrix.shape[0], bias=False), x, weights={"kernel": matrix})
    turn = L.Permute(order=(*range(x.rank - 2), x.rank - 1, x.rank - 2))
    columns = site.layer(L.Dense(units=matrix.shape[0], bias=False), site.layer(turn, x), weights={"kernel": matrix})
    return site.add(turn, columns)


def batch_norm(site: Site) -> list[Value]:
    """Read a BatchNormalization as it works at inference."""
    site.only("spatial", 1)
    if site.get("training_mode", 0):
        return _by_the_batch(site)
    if site.opset < 7 and not site.get("is_test", 0):
        raise Unsayable("it is in training")
    site.one_output()
    x = site.x
    roles = ("gamma", "beta", "mean", "variance")
    weights = {role: site.weight(place) for place, role in enumerate(roles, 1)}
    channels = x.dims[1] if x.rank > 1 else 1
    for role, tensor in weights.items():
        if len(tensor.shape) != 1 or tensor.shape[0] != channels:
            raise ValueError(f"has a {role} of the shape {tensor.shape} for {channels} channels")
    layer = L.BatchNorm(axis=1, epsilon=site.get("epsilon", 1e-5), momentum=site.get("momentum", 0.9))
    # An operator has all four: a vector of this name stands for what the layer has not.
    layer = layer.replace(scale=not _is_made(site, 1, "/ones", 1), center=not _is_made(site, 2, "/zeros", 0))
    own = ["gamma"] * layer.scale + ["beta"] * layer.center
    weights = {role: weights[role] for role in ("mean", "variance", *own)}
    return site.add(layer, x, weights=weights)


def _by_the_batch(site: Site) -> list[Value]:
    """Read a BatchNormalization in training: by the statistics of what it is given, which move those that are kept."""
    of, x = Terms(site), site.x
    for place in range(1, 5):
        site.weight(place)  # What is kept is in the file.
    gamma, beta, mean, variance = (site.tensor(place) for place in range(1, 5))
    axes, behind = [axis for axis in range(x.rank) if axis != 1], (1,) * (x.rank - 2)
    wide = L.Reshape(sizes=behind, axis=1, count=0)
    own = site.layer(L.Mean(axes=axes), x)
    centred = of.subtract(x, own)
    spread = site.layer(L.Mean(axes=axes), site.layer(L.Power(power=2.0), centred))
    deviation = site.layer(L.Power(power=0.5), of.line(spread, 1.0, site.get("epsilon", 1e-5)))
    factors, shifts = ((site.layer(wide, each) if behind else each) for each in (gamma, beta))
    found = of.add(of.multiply(of.divide(centred, deviation), factors), shifts)
    share, moved = site.get("momentum", 0.9), []
    for old, new in ((mean, own), (variance, spread)):
        flat = of.reshape(new, -1)
        moved.append(site.layer(L.Add(coefficients=(share, 1 - share)), old, flat))
    return [found, *moved]


def _is_made(site: Site, place: int, name: str, value: float) -> bool:
    """Tell whether a vector is one that the writer made up, and has such numbers."""
    tensor = site.weight(place)
    named = site.operator.inputs[place].endswith(name)
    return named and tensor.size <= SMALL and bool((tensor.numpy() == value).all())


def lrn(site: Site) -> list[Value]:
    """Read an LRN of an image, over an odd number of channels."""
    x, size = site.x, site.get("size", 0)
    if x.rank != 4 or size % 2 == 0:
        raise Unsayable(f"it is over {size} neighbours in an input of {x.rank} axes")
    facts = {"alpha": site.get("alpha", 1e-4), "beta": site.get("beta", 0.75), "k": site.get("bias", 1.0)}
    return site.add(L.LRN(size=size, **facts), x)


def prelu(site: Site) -> list[Value]:
    """Read a PRelu whose slopes are those of one axis, or one for all."""
    x, slope = site.x, site.weight(1)
    if slope.size == 1:
        return site.add(L.PReLU(axis=min(1, x.rank - 1), shared=True), x, weights={"slope": slope.reshaped(())})
    if site.opset < 7 and len(slope.shape) == 1:
        axis = 1
    else:
        axes = [axis - len(slope.shape) for axis, size in enumerate(slope.shape) if size != 1]
        if len(axes) != 1:
            return _with_slopes(site, x)
        axis = axes[0] + x.rank
    if not 0 <= axis < x.rank or x.dims[axis] != slope.size:
        raise Unsayable(f"its slopes have the shape {slope.shape}")
    return site.add(L.PReLU(axis=axis), x, weights={"slope": slope.reshaped((slope.size,))})


def _with_slopes(site: Site, x: Value) -> list[Value]:
    """Take what is above 0, and what is below by slopes that cover several axes."""
    below = site.layer(L.ReLU(), site.layer(L.Power(scale=-1.0), x))
    return site.add(L.Subtract(), site.layer(L.ReLU(), x), affine(site, below, 1, "Scale"))


def gather(site: Site) -> list[Value]:
    """Read a Gather: of rows of a table, of a part of a tensor, or of items by number."""
    axis = site.axis(0)
    if site.is_constant(0) and not site.is_constant(1):
        return _looked_up(site, axis)
    if not site.has(1) or site.value(1).array() is None:
        by = _numbers(site)
        if axis or by.rank != 1 or site.x.rank < 1:
            return [_picked_while_running(site, axis, by)]
        return site.add(L.BatchReindex(), site.x, by)
    return _picked(site, axis)


def _picked_while_running(site: Site, axis: int, by: Value) -> Value:
    """Pick parts along an axis by numbers, whose axes stand in its place; those below 0 are counted from the end."""
    of, x = Terms(site), site.x
    (size,) = certain(x.dims[axis : axis + 1], "the size of the axis that it picks along")
    others = [each for each in range(x.rank) if each != axis]
    by = of.add(by, of.line(of.is_("less", by, 0.0), float(size))) if by.rank else of.reshape(by, 1)
    flat = by if by.rank == 1 else site.layer(L.Flatten(axis=0), by)
    found = site.layer(L.BatchReindex(), of.permute(x, [axis, *others]), flat)
    rank = site.value(1).rank
    if rank != 1:
        sizes = [-1 if isinstance(each, Open) else int(each) for each in site.value(1).dims]
        if sizes.count(-1) > 1:
            raise Unsayable("it picks by numbers in axes of no certain sizes")
        found = site.layer(L.Reshape(sizes=sizes, axis=0, count=1), found)
    places = [*range(rank, rank + axis), *range(rank), *range(rank + axis, found.rank)]
    return of.typed(of.permute(found, places), x.dtype)


def _looked_up(site: Site, axis: int) -> list[Value]:
    """Look up rows of an array that the file holds; those of several axes lie in one."""
    table = site.weight(0)
    if axis or not table.shape:
        raise Unsayable(f"it looks up along axis {axis} of an array")
    rows, *sizes = table.shape
    weights = {"kernel": table.reshaped((rows, prod(sizes)))}
    found = site.add(L.Embed(vocabulary=rows, units=prod(sizes)), _numbers(site), weights=weights, dtype=table.dtype)
    return found if len(sizes) == 1 else site.add(L.Reshape(sizes=sizes, axis=found[0].rank - 1, count=1), *found)


def _numbers(site: Site) -> Value:
    """Return the numbers that are looked up: what was made whole, before it was, for layers take floats for them."""
    value = site.tensor(1)
    maker = site.builder.makers.get(site.operator.inputs[1])
    if maker is not None and maker.kind == "Cast" and value.dtype in ("int64", "int32"):
        return site.builder.values[maker.inputs[0]]
    return value


def _picked(site: Site, axis: int) -> list[Value]:
    """Pick parts along an axis that follow each other, one part, or all of them backwards."""
    x, index = site.x, site.numbers(1)
    size = x.dims[axis]
    if not isinstance(size, int) or index.dtype == object:
        raise Unsayable("it picks along an axis of no certain size")
    places = [each + size if each < 0 else each for each in map(int, index.ravel())]
    if index.ndim == 1 and len(places) == size > 1 and places == list(range(size))[::-1]:
        return site.add(L.Reverse(axis=axis), x)
    if len(_starts(places)) > MOST and size * len(places) <= LARGEST:
        found = along(site, x, axis, np.eye(size, dtype=np.float32)[places])
    else:
        found = pieces(site, x, axis, places)
    if index.ndim != 1:
        found = site.layer(L.Reshape(sizes=index.shape, axis=axis, count=1), found)
    return [found]


def pieces(site: Site, x: Value, axis: int, places: list[int]) -> Value:
    """Return parts along an axis, those that follow each other in one piece."""
    starts = _starts(places)
    if not places or len(starts) > MOST:
        raise Unsayable(f"it picks {len(starts)} pieces")
    runs = [places[start:stop] for start, stop in zip(starts, [*starts[1:], len(places)], strict=True)]
    parts = [part(site, x, axis, run[0], run[-1] + 1) for run in runs]
    return parts[0] if len(parts) == 1 else site.layer(L.Concat(axis=axis), *parts)


def _starts(places: list[int]) -> list[int]:
    """Return where runs of parts that follow each other start."""
    return [i for i, place in enumerate(places) if not i or place != places[i - 1] + 1]


def along(site: Site, x: Value, axis: int, matrix: Any) -> Value:
    """Return the product of a matrix and an axis, which is brought to the end for that."""
    order = [*(each for each in range(x.rank) if each != axis), axis]
    turned = x if axis == x.rank - 1 else site.layer(L.Permute(order=order), x)
    kernel = known(matrix).tensor
    assert kernel is not None
    found = site.add(
        L.Dense(units=len(matrix), bias=False, axis=-1), turned, weights={"kernel": kernel}, dtype=x.dtype
    )[0]
    back = [order.index(each) for each in range(x.rank)]
    return found if axis == x.rank - 1 else site.layer(L.Permute(order=back), found)


def part(site: Site, x: Value, axis: int, start: int, stop: int) -> Value:
    """Return a part of a tensor along an axis of known size."""
    size: Any = x.dims[axis]
    if not 0 <= start < stop <= size:
        raise ValueError(f"takes {start} to {stop} of {size}")
    points = [point for point in (start, stop) if 0 < point < size]
    if not points:
        return site.layer(L.Identity(), x)
    pieces = site.add(L.Slice(axis=axis, points=points, pieces=len(points) + 1), x)
    return pieces[1 if start else 0]


READERS = {
    "Gemm": gemm,
    "MatMul": matmul,
    "BatchNormalization": batch_norm,
    "LRN": lrn,
    "PRelu": prelu,
    "Gather": gather,
}

__all__ = ["READERS", "along", "part", "pieces", "scaled"]
