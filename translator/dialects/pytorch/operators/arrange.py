"""Operators that rearrange, join or search tensors, or change nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ir import layers as L
from ir.shapes import axis_of
from translator.dialects.pytorch.exported import Size
from translator.dialects.pytorch.gathers import REPEATS, times_of
from translator.dialects.pytorch.operators.cutting import without
from translator.dialects.pytorch.operators.terms import Terms
from translator.dialects.pytorch.reading import Site, certain
from translator.dialects.pytorch.storages import is_real
from translator.dialects.pytorch.values import Value
from translator.mapping import Unsayable

SAME = [
    "clone",
    "contiguous",
    "detach",
    "alias",
    "lift_fresh_copy",
    "lift_fresh",
    "getitem",
    "to",
    "_to_copy",
    "type_as",
    "positive",
]
VIEWS = [
    "view",
    "_unsafe_view",
    "reshape",
    "view_as",
    "reshape_as",
    "flatten",
    "unflatten",
    "unsqueeze",
    "squeeze",
    "permute",
    "transpose",
    "swapaxes",
    "t",
    "numpy_T",
    "movedim",
    "expand",
    "expand_as",
    "split",
    "split_with_sizes",
    "chunk",
    "unbind",
    "slice",
    "select",
    "narrow",
    "dropout",
    "diagonal",
]


def same(site: Site) -> list[Value]:
    """Read what changes nothing but the type of the numbers."""
    value = site.value(next(iter(site.operator.arguments), ""))
    said = site.builder.exported.tensors[site.operator.outputs[0]]
    if value.ref and is_real(value.dtype) and said.dtype == "bool":
        return [replace(value, loose=True)]
    if value.ref and value.dtype in ("float32", "float64") and said.dtype in ("float16", "bfloat16"):
        site.builder.inexact.append((site.operator, "it rounds to numbers of 16 bits, which are kept whole here"))
    if is_real(value.dtype) and said.dtype in ("int64", "int32"):
        return [Terms(site).typed(Terms(site).towards_zero(site.builder.as_tensor(value)), said.dtype)]
    if is_real(value.dtype) and not is_real(said.dtype):
        raise Unsayable(f"it cuts numbers to those of the type {said.dtype}")
    return [value]


def _said(site: Site) -> tuple[Size, ...]:
    """Return the sizes that the program says the result has."""
    return site.builder.exported.tensors[site.operator.outputs[0]].dims


def reshape(site: Site) -> list[Value]:
    """Read what gives a tensor other sizes: of the axes, those at both ends that stay are left alone.

    Of the others at most one may have a size that is known at run time alone, beside those that stay in their place.
    """
    x, wanted = site.x, _said(site)
    ahead = 0
    while ahead < min(x.rank, len(wanted)) and x.dims[ahead] == wanted[ahead]:
        ahead += 1
    behind = 0
    while behind < min(x.rank, len(wanted)) - ahead and x.dims[-1 - behind] == wanted[-1 - behind]:
        behind += 1
    old, new = x.dims[ahead : x.rank - behind], wanted[ahead : len(wanted) - behind]
    if not old and not new:
        return [x]
    if len(new) == 1 and len(old) > 1:
        return site.add(L.Flatten(axis=ahead, end_axis=-1 - behind), x)
    sizes = []
    for place, size in enumerate(new):
        stays = place < len(old) and size == old[place] and not isinstance(size, int)
        sizes.append(0 if stays else size if isinstance(size, int) else -1)
    if sizes.count(-1) > 1 or any(size == 0 and isinstance(new[i], int) for i, size in enumerate(sizes)):
        raise Unsayable("two sizes of its result are known at run time alone")
    return site.add(L.Reshape(sizes=sizes, axis=ahead, count=len(old)), x)


def flatten(site: Site) -> list[Value]:
    """Read a flatten of a range of axes."""
    x = site.x
    if x.rank == 0:
        return site.add(L.Reshape(sizes=(1,)), x)
    start, end = site.axis("start_dim", 0), site.axis("end_dim", -1)
    if start == end:
        return [x]
    return site.add(L.Flatten(axis=start, end_axis=-1 if end == x.rank - 1 else end), x)


def unsqueeze(site: Site) -> list[Value]:
    """Read an unsqueeze: an axis of size 1 comes."""
    x = site.x
    return site.add(L.Reshape(sizes=(1,), axis=site.axis("dim", rank=x.rank + 1), count=0), x)


def squeeze(site: Site) -> list[Value]:
    """Read a squeeze: axes of size 1 go; one of another size stays."""
    x = site.x
    axes = site.axes()
    if not site.wholes("dim", []):
        axes = [axis for axis, size in enumerate(certain(x.dims)) if size == 1]
    return [without(site, x, [axis for axis in axes if x.dims[axis] == 1])]


def permute(site: Site) -> list[Value]:
    """Read a permute."""
    return _ordered(site, [axis_of(axis, site.x.rank) for axis in site.wholes("dims")])


def transpose(site: Site) -> list[Value]:
    """Read a transpose of two axes."""
    names = ("axis0", "axis1") if site.kind == "swapaxes" else ("dim0", "dim1")
    order = list(range(site.x.rank))
    a, b = (site.axis(name) for name in names)
    order[a], order[b] = b, a
    return _ordered(site, order)


def turned(site: Site) -> list[Value]:
    """Turn the order of the axes round."""
    return _ordered(site, list(range(site.x.rank))[::-1])


def matrices_turned(site: Site) -> list[Value]:
    """Exchange the last two axes."""
    rank = site.x.rank
    return _ordered(site, [*range(rank - 2), rank - 1, rank - 2])


def movedim(site: Site) -> list[Value]:
    """Read a movedim: some axes go elsewhere, the others keep their order."""
    rank = site.x.rank
    sources, places = ([axis_of(axis, rank) for axis in site.wholes(name)] for name in ("source", "destination"))
    if len(sources) != len(places) or len({*sources}) < len(sources) or len({*places}) < len(places):
        raise ValueError(f"moves {sources} to {places}")
    moved = dict(zip(places, sources, strict=True))
    rest = iter(axis for axis in range(rank) if axis not in sources)
    return _ordered(site, [moved[place] if place in moved else next(rest) for place in range(rank)])


def _ordered(site: Site, order: list[int]) -> list[Value]:
    x = site.x
    return [x] if order == list(range(x.rank)) else site.add(L.Permute(order=order), x)


def concat(site: Site) -> list[Value]:
    """Read a cat; empty tensors, which PyTorch allows, are left out."""
    tensors = [site.builder.as_tensor(each) for each in site.values("tensors") if each.dims != (0,)]
    if not tensors:
        raise ValueError("joins nothing")
    axis = site.axis("dim", 0, tensors[0].rank)
    return [tensors[0]] if len(tensors) == 1 else site.add(L.Concat(axis=axis), *tensors)


def stack(site: Site) -> list[Value]:
    """Read a stack: along an axis that comes."""
    tensors = [site.builder.as_tensor(each) for each in site.values("tensors")]
    if not tensors:
        raise ValueError("joins nothing")
    axis = site.axis("dim", 0, tensors[0].rank + 1)
    grown = [site.layer(L.Reshape(sizes=(1,), axis=axis, count=0), each) for each in tensors]
    return grown if len(grown) == 1 else site.add(L.Concat(axis=axis), *grown)


def expand(site: Site) -> list[Value]:
    """Read an expand: sizes of 1 stretch."""
    x, wanted = site.x, _said(site)
    ahead = len(wanted) - x.rank
    if ahead > 0:
        x = site.layer(L.Reshape(sizes=(1,) * ahead, axis=0, count=0), x)
    times = []
    for old, new in zip(x.dims, wanted, strict=True):
        if old != new and (old != 1 or not isinstance(new, int)):
            raise Unsayable("a size that it stretches to is known at run time alone")
        times.append(1 if old == new else int(new))
    return [_tiled(site, x, times)]


def repeat(site: Site) -> list[Value]:
    """Read a repeat, by given numbers."""
    x, times = site.x, times_of(site)
    if min(times, default=1) < 1:
        raise Unsayable("it leaves nothing")
    if len(times) > x.rank:
        x = site.layer(L.Reshape(sizes=(1,) * (len(times) - x.rank), axis=0, count=0), x)
    return [_tiled(site, x, [1] * (x.rank - len(times)) + times)]


def repeat_each(site: Site) -> list[Value]:
    """Read a repeat_interleave: each part along an axis follows itself as often as is said."""
    x, times = site.x, site.whole("repeats")
    axis = site.axis(default=0)
    if not site.has("dim") and x.rank > 1:
        raise Unsayable("it lays its input flat")
    if times < 1:
        raise Unsayable("it leaves nothing")
    apart = site.layer(L.Reshape(sizes=(1,), axis=axis + 1, count=0), x)
    return site.add(L.Flatten(axis=axis, end_axis=axis + 1), site.layer(L.Tile(axis=axis + 1, times=times), apart))


def copied(site: Site) -> list[Value]:
    """Read a copy: another tensor of the same shape takes the place of the first."""
    given = site.tensor("src")
    if given.dims != site.value("self").dims:
        raise Unsayable("what is copied stretches")
    return [given]


def _tiled(site: Site, x: Value, times: Any) -> Value:
    for axis, count in enumerate(times):
        if count != 1:
            x = site.layer(L.Tile(axis=axis, times=count), x)
    return x


def flip(site: Site) -> list[Value]:
    """Read a flip: the order along axes is turned round."""
    x = site.x
    for axis in site.axes("dims"):
        x = site.layer(L.Reverse(axis=axis), x)
    return [x]


def roll(site: Site) -> list[Value]:
    """Read a roll: what leaves an axis at its end comes in at its start."""
    x, shifts, axes = site.x, site.wholes("shifts"), site.wholes("dims", [])
    if len(shifts) != len(axes):
        raise Unsayable("it rolls all axes together")
    for shift, named in zip(shifts, axes, strict=True):
        axis = axis_of(named, x.rank)
        (size,) = certain([x.dims[axis]], "the size of the axis that it rolls")
        if size and shift % size:
            head, tail = site.add(L.Slice(axis=axis, points=[size - shift % size], pieces=2), x)
            x = site.layer(L.Concat(axis=axis), tail, head)
    return [x]


READERS = {
    **dict.fromkeys(SAME, same),
    **dict.fromkeys(["view", "_unsafe_view", "reshape", "view_as", "reshape_as", "unflatten", "ravel"], reshape),
    "flatten": flatten,
    "unsqueeze": unsqueeze,
    "squeeze": squeeze,
    "permute": permute,
    **dict.fromkeys(["transpose", "swapaxes"], transpose),
    **dict.fromkeys(["t", "numpy_T"], turned),
    **dict.fromkeys(["mT", "adjoint"], matrices_turned),
    "movedim": movedim,
    **dict.fromkeys(["cat", "concat", "concatenate"], concat),
    "stack": stack,
    **dict.fromkeys(["expand", "expand_as", "broadcast_to"], expand),
    **dict.fromkeys(REPEATS, repeat),
    "repeat_interleave": repeat_each,
    "copy": copied,
    "flip": flip,
    "roll": roll,
}

__all__ = ["READERS", "SAME", "VIEWS"]
