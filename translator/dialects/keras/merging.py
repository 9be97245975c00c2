"""How layers are read that bring several tensors together: today's, and Keras 1's Merge.

Source: `keras/layers/merge.py` of 2.2, `Merge` in `keras/engine/topology.py` of 1.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ir import layers as L
from ir.graph import Ref
from ir.shapes import Shape, axis_of
from translator.dialects.keras.readings import reads
from translator.dialects.keras.reducing import normalized
from translator.dialects.keras.site import Site

MODES = {
    "sum": "Add",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "concat": "Concatenate",
    "dot": "Dot",
}
"""What Merge does by its mode, as the classes that followed it."""


def _alike(shapes: Sequence[Shape]) -> bool:
    return all(len(shape) == len(shapes[0]) and shape[1:] == shapes[0][1:] for shape in shapes)


def _wide(site: Site, refs: Sequence[Ref]) -> list[Ref]:
    """Return tensors of one rank: Keras puts axes of 1 behind the batch of those that have fewer."""
    ranks = [len(site.drawn.shapes[ref]) for ref in refs]
    found = []
    for i, (ref, rank) in enumerate(zip(refs, ranks, strict=True)):
        if rank < max(ranks):
            sizes = (0, *(1,) * (max(ranks) - rank), *(_size(each) for each in site.drawn.shapes[ref][1:]))
            site.need(sizes.count(-1) < 2, "it stretches a tensor of unknown size")
            ref = site.add(L.Reshape(sizes=sizes), ref, part=f"wide{i}")
        found.append(ref)
    return found


def _size(size: int | None) -> int:
    return -1 if size is None else size


def _joined(site: Site, layer: Any, stretching: Any) -> Ref:
    """Join tensors of one shape, or one with another that stretches over it."""
    if _alike(site.shapes):
        return site.add(layer)
    refs = _wide(site, site.inputs)
    shapes = [site.drawn.shapes[ref] for ref in refs]
    site.need(stretching and len(refs) == 2, "its inputs are not of one shape")
    for x, by in ((0, 1), (1, 0)):
        if all(small in (1, size) for size, small in zip(shapes[x][1:], shapes[by][1:], strict=True)):
            return site.add(stretching(axis=0), refs[x], refs[by])
    site.need(False, "both of its inputs stretch")
    return refs[0]


def _concatenate(site: Site, axis: Any) -> Ref:
    if len(site.inputs) == 1:
        return site.add(L.Identity())
    return site.add(L.Concat(axis=axis))


def _average(site: Site) -> Ref:
    site.need(_alike(site.shapes), "its inputs are not of one shape")
    return site.add(L.Add(coefficients=(1 / len(site.inputs),) * len(site.inputs)))


def _minimum(site: Site) -> Ref:
    site.need(_alike(site.shapes), "its inputs are not of one shape")
    turned = [site.add(L.Power(scale=-1.0), ref, part=f"turned{i}") for i, ref in enumerate(site.inputs)]
    return site.add(L.Power(scale=-1.0), site.add(L.Maximum(), *turned, part="largest"))


def _subtract(site: Site) -> Ref:
    site.need(len(site.inputs) == 2, "it has not two inputs")
    return site.add(L.Subtract(), *_wide(site, site.inputs))


def _dot(site: Site, axes: Any) -> Ref:
    """Multiply along an axis of each, and add up: what is left of the first stands before what is of the second."""
    site.need(len(site.inputs) == 2, "it has not two inputs")
    pair = axes if isinstance(axes, list) else [axes, axes]
    one, other = (axis_of(axis, len(shape)) for axis, shape in zip(pair, site.shapes, strict=True))
    site.need(one > 0 and other > 0, "it goes over the batch")
    x, y = site.inputs
    if site.get("normalize"):
        x, y = (
            normalized(site, [axis], x=ref, part=f"unit{i}") for i, (ref, axis) in enumerate(((x, one), (y, other)))
        )
    if all(len(shape) == 2 for shape in site.shapes):
        product = site.add(L.Multiply(), x, y, part="product")
        return site.add(L.Reshape(sizes=(-1, 1)), site.add(L.Reduction(axis=1), product, part="sum"))
    ranks = [len(shape) for shape in site.shapes]
    site.need(max(ranks) == 3, "it multiplies tensors of more axes")
    x = _with_axis(site, x, one, last=True)
    y = _with_axis(site, y, other, last=False)
    product = site.add(L.MatMul(), x, y, part="" if min(ranks) == 3 else "product")
    return product if min(ranks) == 3 else site.add(L.Reshape(sizes=(), axis=ranks.index(2) + 1, count=1), product)


def _with_axis(site: Site, x: Ref, axis: int, *, last: bool) -> Ref:
    """Return matrices that have an axis as their columns, or as their rows; a vector is one of them."""
    side = "left" if last else "right"
    if len(site.drawn.shapes[x]) == 2:
        return site.add(L.Reshape(sizes=(1,), axis=1 if last else 2, count=0), x, part=side)
    return x if axis == 1 + last else site.add(L.Permute(order=(0, 2, 1)), x, part=side)


JOINS: dict[str, Callable[[Site], Ref]] = {
    "Add": lambda site: _joined(site, L.Add(), L.BiasBy),
    "Multiply": lambda site: _joined(site, L.Multiply(), L.ScaleBy),
    "Maximum": lambda site: _joined(site, L.Maximum(), None),
    "Average": _average,
    "Minimum": _minimum,
    "Subtract": _subtract,
    "Concatenate": lambda site: _concatenate(site, site.get("axis", -1)),
    "Dot": lambda site: _dot(site, site.get("axes")),
}
"""How each class joins."""
for _kind, _reading in JOINS.items():
    reads(_kind)(_reading)


@reads("Merge")
def merge(site: Site) -> Ref:
    """Read Keras 1's Merge by its mode."""
    mode = site.get("mode")
    site.need(isinstance(mode, str) and mode in MODES, f"its mode is {mode}" if isinstance(mode, str) else "its mode")
    site.taken += ["mode_type", "dot_axes", "concat_axis", "output_shape", "output_shape_type", "output_mask", "layers"]
    site.taken += ["output_mask_type", "arguments", "node_indices", "tensor_indices"]
    if mode == "concat":
        axis = site.fields.get("concat_axis", -1)
        site.need(isinstance(axis, int), "its axis")
        axis_of(axis, site.rank)
        return _concatenate(site, axis)
    if mode == "dot":
        return _dot(site, site.fields.get("dot_axes", -1))
    return JOINS[MODES[str(mode)]](site)
