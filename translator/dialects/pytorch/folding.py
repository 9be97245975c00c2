"""Operators whose inputs are known beforehand: arrays that the program holds, and what it fills with one number.

Arithmetic of sizes needs nothing here: the program has the expression of each. An operator that is not here stays in
the graph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from ir.weights import Tensor, of_array
from translator.dialects.pytorch.arrays import GATHERED, MOVES, PARTS, POINTWISE, RANGES, order_of
from translator.dialects.pytorch.exported import Size, names_in
from translator.dialects.pytorch.gathers import GATHERS, REARRANGES
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.spreading import LARGEST, counted, everywhere, filled, spread
from translator.dialects.pytorch.values import SMALL, Value, constant, shape_of
from translator.mapping import Unsayable

if TYPE_CHECKING:
    from translator.dialects.pytorch.builder import Builder

STEPS = 256
"""Operators at most that what is worked out when it is asked for stands on, each as often as it is taken."""
PRODUCTS = frozenset(["mm", "bmm", "matmul", "linear", "addmm"])
"""What gives zeros where it takes zeros."""


def known(site: Site) -> Value | None:
    """Return what an operator gives, where that is known beforehand."""
    said = site.builder.exported.tensors.get(next(iter(site.operator.outputs), ""))
    if said is None or said.dtype == "unknown":
        return None
    kind = site.kind
    dtype = "float32" if said.dtype == "bfloat16" else said.dtype
    if kind in _CREATED:
        number = _CREATED[kind](site)
        return None if number is None else everywhere(said.dims, number, dtype)
    given = [name for each in site.operator.arguments.values() for name in names_in(each)]
    values = [site.builder.values[name] for name in given if name in site.builder.values]
    if kind == "copy" and (number := _only_number(site.value("src"))) is not None:
        return everywhere(said.dims, number, dtype)
    if kind == "gather" and values and (number := _only_number(values[0])) is not None:
        return everywhere(said.dims, number, dtype)
    if kind == "embedding" and (row := _only_row(site)) is not None:
        return replace(everywhere(said.dims, 0.0, dtype), fill=None, tensor=row)
    if any(value.ref is not None and value.tensor is None for value in values):
        return None
    if len(values) == 1 and values[0].fill is not None:
        return everywhere(said.dims, values[0].fill, dtype) if kind in REARRANGES else None
    if kind in PRODUCTS and any(value.fill == 0 for value in values):
        return _product_of_zeros(site, said.dims, dtype)
    if not values and kind not in RANGES:
        return None
    if any(value.counts for value in values) and kind in MOVES:
        return counted(values[0], said.dims)
    shape = tuple(size for size in said.dims if isinstance(size, int))
    if len(shape) < len(said.dims):
        return spread(site, values, said.dims, dtype)
    if any(value.tensor is None or value.is_spread for value in values):
        return None
    steps = 1 + sum(value.steps for value in values)
    if steps > STEPS:
        return None
    return _folded(site, [value.tensor for value in values if value.tensor is not None], shape, dtype, steps)


def _only_number(value: Value) -> float | None:
    """Return the number that a value has everywhere; None where it has several, or they are not known."""
    if value.fill is not None or value.tensor is None or value.ref or not 0 < value.tensor.size <= SMALL:
        return value.fill
    array = value.tensor.numpy()
    return float(array.flat[0]) if (array == array.flat[0]).all() else None


def _only_row(site: Site) -> Tensor | None:
    """Return the row of a table that is looked up everywhere, where that is one and known."""
    number = site.value("indices").fill
    table = site.weight("weight") if site.is_constant("weight") else None
    if number is None or table is None or not 0 <= number < table.shape[0]:
        return None
    return table.map(lambda array: array[int(number)], table.shape[1:])


def written_into(builder: Builder, root: str, name: str, result: Value) -> Value | None:
    """Return an array of the program in a part of which others were written; None where it is known no more.

    `name` is the part, cut out of the array `root`, and `result` what stands there now.
    """
    held, part = builder.values.get(root), result.tensor
    if held is None or held.tensor is None or held.ref or held.is_spread or part is None or result.is_spread:
        return None
    cuts = []
    while name != root:
        maker = builder.makers.get(name)
        if maker is None or maker.kind not in ("slice", "select"):
            return None
        cuts.append(maker)
        name = next(iter(names_in(next(iter(maker.arguments.values()), None))), root)
    if not cuts or held.tensor.size > SMALL:
        return None
    array = held.tensor.numpy().copy()
    view = array
    try:
        for cut in reversed(cuts):
            view = MOVES[cut.kind](Site(builder, cut), [view], ())
    except (ValueError, IndexError, TypeError, Unsayable):
        return None
    if view.shape != part.shape or not isinstance(view, np.ndarray):
        return None
    view[...] = part.numpy()
    return constant(of_array(array))


def _product_of_zeros(site: Site, dims: tuple[Size, ...], dtype: str) -> Value | None:
    """Return the bias that is all that a product with zeros gives, for each item of a batch; zeros without one."""
    name = "self" if site.kind == "addmm" else "bias"
    if site.kind not in ("addmm", "linear") or not site.has(name):
        return everywhere(dims, 0.0, dtype)
    shape = shape_of(dims)
    plain = site.is_constant(name) and site.weight(name).shape == dims[-1:]
    if not plain or site.real("beta", 1.0) != 1 or None not in shape:
        return None
    return Value(shape, dims, dtype, tensor=site.weight(name))


def _folded(site: Site, tensors: list[Tensor], shape: tuple[int, ...], dtype: str, steps: int) -> Value | None:
    """Work out an operator: at once where little is to do, else when it is asked for; its shape is looked at before."""
    kind = site.kind
    fold = MOVES.get(kind) or POINTWISE.get(kind) or GATHERS.get(kind)
    if fold is None:
        return None
    if kind == "permute":
        turned = constant(tensors[0].transposed(order_of(site, len(tensors[0].shape))))
        return replace(turned, steps=steps)
    if prod(shape) > LARGEST:
        raise Unsayable(f"it makes an array of the shape {shape}, which no weight has")

    def work() -> Any:
        with np.errstate(all="ignore"):
            return np.asarray(fold(site, [tensor.numpy() for tensor in tensors], shape)).astype(dtype, copy=False)

    small = sum(tensor.size for tensor in tensors) <= 4 * SMALL and prod(shape) <= SMALL
    try:
        found = shape
        if kind in POINTWISE and kind not in (*RANGES, *PARTS):
            found = np.broadcast_shapes(*(tensor.shape for tensor in tensors))
        elif not small and kind not in PARTS:
            if kind in GATHERS and prod(shape) > GATHERED:
                raise Unsayable("it puts together an array that is too large to be worked out")
            shadows = [np.broadcast_to(np.ones((), np.int8), tensor.shape) for tensor in tensors]
            found = shape if kind in RANGES else fold(site, shadows, shape).shape
        if found == shape and small:
            array = work()
            found, work = array.shape, lambda: array
    except (IndexError, TypeError, MemoryError) as error:
        raise ValueError(f"cannot be worked out: {error}") from None
    if found != shape:
        raise ValueError(f"gives {found}, where the program says {shape}")
    return replace(constant(Tensor(shape, work, dtype)), steps=0 if small else steps)


def _number(name: str) -> Callable[[Site], float | None]:
    return lambda site: site.number(name)


_CREATED: dict[str, Callable[[Site], float | None]] = {
    **dict.fromkeys(["zeros", "zeros_like", "new_zeros"], lambda site: 0.0),
    **dict.fromkeys(["ones", "ones_like", "new_ones"], lambda site: 1.0),
    **dict.fromkeys(["full", "full_like", "new_full"], _number("fill_value")),
    "scalar_tensor": _number("s"),
    "zero": lambda site: 0.0,
    "fill": lambda site: _only_number(site.value("value")) if site.is_tensor("value") else site.number("value"),
}
"""What is filled with one number: which."""

__all__ = ["filled", "known", "written_into"]
