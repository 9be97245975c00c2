"""Operators whose results are laid out by places: grids, triangles, marks, differences of neighbours."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np

from ir import layers as L
from ir.shapes import axis_of
from translator.arithmetic import points_of
from translator.dialects.pytorch.operators.cutting import part
from translator.dialects.pytorch.operators.lookup import picked
from translator.dialects.pytorch.operators.terms import Terms
from translator.dialects.pytorch.reading import Site, certain
from translator.dialects.pytorch.values import Value
from translator.mapping import Unsayable
from translator.terms import MOST, bounded

LONGEST = 256
"""Elements at most that are joined one after another."""


def affine_grid(site: Site) -> list[Value]:
    """Read an affine_grid_generator: the points of an image or a volume, from -1 to 1, moved by a matrix for each."""
    of, sizes = Terms(site), certain(site.sizes("size")[2:], "the size of the image that it lays out points for")
    if len(sizes) not in (2, 3) or min(sizes) < 1 or prod(sizes) > MOST // 4:
        raise Unsayable(f"it lays out points for the sizes {sizes}")
    if site.truth("align_corners") and 1 in sizes:
        raise Unsayable("an axis has one point, which is in two corners at once")
    points = of.constant(points_of(sizes, site.truth("align_corners")))
    moved = site.layer(L.MatMul(), points, of.permute(site.tensor("theta"), (0, 2, 1)))
    return site.add(L.Reshape(sizes=sizes, axis=1, count=1), moved)


def mesh(site: Site) -> list[Value]:
    """Read a meshgrid: of several vectors each along an axis of its own, over all of them."""
    vectors = [site.builder.as_tensor(each) for each in site.values("tensors")]
    sizes = list(certain([size for each in vectors for size in each.dims], "the length of a vector"))
    if len(sizes) != len(vectors):
        raise Unsayable("not all of its inputs are vectors")
    bounded(prod(sizes))
    order = list(range(len(sizes)))
    if site.text("indexing", "ij") == "xy" and len(order) > 1:
        order[:2] = 1, 0
    found = []
    for axis, vector in enumerate(vectors):
        wide = site.layer(L.Reshape(sizes=[size if at == axis else 1 for at, size in enumerate(sizes)]), vector)
        for other, size in enumerate(sizes):
            if other != axis and size > 1:
                wide = site.layer(L.Tile(axis=other, times=size), wide)
        found.append(Terms(site).permute(wide, order))
    return found


def marks(site: Site) -> list[Value]:
    """Read a one_hot of so many classes."""
    count = site.whole("num_classes", -1)
    if count < 1:
        raise Unsayable("the number of its classes is known at run time alone")
    return [replace(Terms(site).marks(site.x, count), dtype="int64")]


def triangle(site: Site) -> list[Value]:
    """Read a tril or a triu: what is beyond a diagonal of the last two axes becomes 0."""
    x, diagonal = site.x, site.whole("diagonal", 0)
    sizes = certain(x.dims[-2:], "the size of the matrix that it cuts")
    bounded(prod(sizes))
    kept = (np.triu if site.kind == "triu" else np.tril)(np.ones(sizes), diagonal)
    of = Terms(site)
    return [replace(of.select(of.constant(kept.reshape((1,) * (x.rank - 2) + sizes)), x, 0.0), dtype=x.dtype)]


def quarter_turns(site: Site) -> list[Value]:
    """Read a rot90: turned from the first of two axes towards the second."""
    x, times = site.x, site.whole("k", 1) % 4
    a, b = (axis_of(axis, x.rank) for axis in site.wholes("dims", [0, 1]))
    for axis in {0: (), 1: (b,), 2: (a, b), 3: (a,)}[times]:
        x = site.layer(L.Reverse(axis=axis), x)
    order = list(range(x.rank))
    if times % 2:
        order[a], order[b] = b, a
    return [Terms(site).permute(x, order)]


def differences(site: Site) -> list[Value]:
    """Read a diff: what is between neighbours along an axis, as often as is said."""
    x, axis = site.x, site.axis(default=-1)
    ends = [site.tensor(name) if site.has(name) else None for name in ("prepend", "append")]
    pieces = [each for each in (ends[0], x, ends[1]) if each is not None]
    x = site.layer(L.Concat(axis=axis), *pieces) if len(pieces) > 1 else x
    (size,) = certain([x.dims[axis]], "the size of the axis that it goes along")
    times = site.whole("n", 1)
    if not 0 <= times < min(size, LONGEST):
        raise Unsayable("it leaves nothing, or goes on for long")
    for left in range(size, size - times, -1):
        x = site.layer(L.Subtract(), part(site, x, axis, 1, left), part(site, x, axis, 0, left - 1))
    return [x]


def running(site: Site) -> list[Value]:
    """Read a cumprod or a cummax: each element joined with all before it."""
    site.one_output()
    x, axis = site.x, site.axis()
    (size,) = certain([x.dims[axis]], "the size of the axis that it goes along")
    if not 0 < size <= LONGEST:
        raise Unsayable(f"it joins {size} elements one by one")
    join = L.Multiply() if site.kind == "cumprod" else L.Maximum()
    pieces = site.add(L.Slice(axis=axis, pieces=size), x) if size > 1 else [x]
    found = pieces[:1]
    for each in pieces[1:]:
        found.append(site.layer(join, found[-1], each))
    return found if len(found) == 1 else site.add(L.Concat(axis=axis), *found)


def stacked(site: Site) -> list[Value]:
    """Read a hstack, a vstack, a dstack or a column_stack: axes of 1 come where there are too few."""
    tensors = [site.builder.as_tensor(each) for each in site.values("tensors")]
    grown = [_grown(site, each) for each in tensors]
    axis = {"vstack": 0, "row_stack": 0, "dstack": 2}.get(site.kind, 1 if grown and grown[0].rank > 1 else 0)
    return grown if len(grown) == 1 else site.add(L.Concat(axis=axis), *grown)


def _grown(site: Site, x: Value) -> Value:
    """Return a tensor with the axes that a stack puts before or behind its own."""
    ahead, behind = 0, 0
    if site.kind in ("vstack", "row_stack"):
        ahead = max(0, 2 - x.rank)
    elif site.kind == "column_stack":
        behind = max(0, 2 - x.rank)
    elif site.kind == "dstack":
        ahead, behind = int(x.rank < 2), int(x.rank < 3)
    x = site.layer(L.Reshape(sizes=(1,) * ahead, axis=0, count=0), x) if ahead else x
    return site.layer(L.Reshape(sizes=(1,) * behind, axis=x.rank, count=0), x) if behind else x


def diagonal(site: Site) -> list[Value]:
    """Read a diagonal of two axes, which becomes the last one, or a trace, its sum."""
    x, offset = site.x, site.whole("offset", 0)
    a, b = (site.axis(name, default) for name, default in (("dim1", 0), ("dim2", 1)))
    of = Terms(site)
    x = of.permute(x, [*(axis for axis in range(x.rank) if axis not in (a, b)), a, b])
    rows, columns = certain(x.dims[-2:], "the size of the matrix")
    bounded(rows)
    places = [row * columns + row + offset for row in range(rows) if 0 <= row + offset < columns]
    if not places:
        raise Unsayable("it leaves nothing")
    found = picked(site, site.layer(L.Flatten(axis=x.rank - 2), x), x.rank - 2, places)
    return [of.total(found) if site.kind == "trace" else found]


def on_diagonal(site: Site) -> list[Value]:
    """Read a diag_embed: the last axis on the diagonal of two, zeros elsewhere."""
    x = site.x
    if site.whole("offset", 0) or (site.whole("dim1", -2), site.whole("dim2", -1)) != (-2, -1):
        raise Unsayable("it is another diagonal, or one of other axes")
    (size,) = certain(x.dims[-1:], "the size of the axis")
    bounded(size * size)
    of = Terms(site)
    return [of.select(of.constant(np.eye(size).reshape((1,) * (x.rank - 1) + (size, size))), of.column(x), 0.0)]


READERS = {
    "affine_grid_generator": affine_grid,
    "meshgrid": mesh,
    "one_hot": marks,
    **dict.fromkeys(["tril", "triu"], triangle),
    "rot90": quarter_turns,
    "diff": differences,
    **dict.fromkeys(["cumprod", "cummax"], running),
    **dict.fromkeys(["hstack", "vstack", "row_stack", "dstack", "column_stack"], stacked),
    **dict.fromkeys(["diagonal", "trace"], diagonal),
    "diag_embed": on_diagonal,
}

__all__ = ["READERS"]
