"""Operators with graphs within: the branch that is taken, or both and a choice; and loops, turn by turn."""

from __future__ import annotations

from typing import Any

import numpy as np

from ir import layers as L
from ir.shapes import axis_of
from translator.dialects.onnx.operators.arrange import without
from translator.dialects.onnx.operators.learned import part
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.proto import Body
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.values import Value, known
from translator.mapping import Unsayable

MOST = 256
"""Turns of a loop at most that are written one by one."""


def _body(site: Site, name: str) -> Body:
    found = site.get(name)
    if not isinstance(found, Body):
        raise ValueError(f"has no graph {name}")
    return found


def _settled(site: Site, values: list[Value]) -> list[Value]:
    """Return values whose layers stand in the graph, for what a graph within takes."""
    found = site.builder.settle(site, values)
    site.pending.clear()
    return found


def branch(site: Site) -> list[Value]:
    """Read an If: what a condition that is known chooses; else both branches, and of their results the one or other."""
    bodies = [_body(site, name) for name in ("then_branch", "else_branch")]
    truth = site.value()
    if (array := truth.array()) is not None:
        chosen = bodies[0] if bool(np.all(array)) else bodies[1]
        return site.builder.inline(chosen, [], site.operator.outputs)
    sides = [[site.builder.as_tensor(each) for each in site.builder.inline(body, [])] for body in bodies]
    results = []
    for yes, no in zip(*sides, strict=True):
        if yes.shape != no.shape or None in yes.shape[1:]:
            raise Unsayable(f"its branches give {yes.shape} and {no.shape}")
        condition = site.layer(L.Reshape(sizes=(1,) * yes.rank), site.x)
        results += site.add(L.Select(), condition, yes, no, dtype=yes.dtype)
    return results


def loop(site: Site) -> list[Value]:
    """Read a Loop whose turns are counted beforehand."""
    body = _body(site, "body")
    turns = int(site.numbers(0).reshape(-1)[0]) if site.has(0) else MOST + 1
    going = bool(site.numbers(1).all()) if site.has(1) else True
    state = [site.value(place) for place in range(2, len(site.inputs))]
    rows: list[list[Value]] = [[] for _ in body.outputs[1 + len(state) :]]
    turn = 0
    while going and turn < turns:
        if turn >= MOST:
            raise Unsayable(f"it takes more than {MOST} turns, or nobody knows how many")
        given = [known(np.array(turn, np.int64)), known(np.array(True), "bool"), *state]
        again, *found = site.builder.inline(body, given)
        state, parts = found[: len(state)], found[len(state) :]
        for row, each in zip(rows, parts, strict=True):
            row.append(each)
        truth = again.array()
        if truth is None:
            raise Unsayable("whether it takes another turn is known at run time alone")
        going, turn = bool(truth.all()), turn + 1
    return [*(_named(site, each) for each in state), *(_stacked(site, row, 0) for row in rows)]


def _named(site: Site, value: Value) -> Value:
    """Return a value that may bear a name of its own."""
    return value if value.ref is None else Terms(site).typed(site.layer(L.Identity(), value), value.dtype)


def _stacked(site: Site, row: list[Value], axis: int) -> Value:
    """Return what the turns gave, one behind the other along a new axis."""
    if not row:
        raise Unsayable("it takes no turn, and gives what its turns give")
    arrays = [each.array() for each in row]
    if all(each is not None and each.dtype != object for each in arrays):
        return known(np.stack([np.asarray(each) for each in arrays], axis), row[0].dtype)
    tensors = [site.builder.as_tensor(each) for each in row]
    tensors = [site.layer(L.Reshape(sizes=(1,), axis=axis, count=0), each) for each in tensors]
    return Terms(site).typed(site.layer(L.Concat(axis=axis), *tensors), row[0].dtype)


def scan(site: Site) -> list[Value]:
    """Read a Scan: a graph for each part of some tensors, with states from one to the next."""
    body, count = _body(site, "body"), site.get("num_scan_inputs", 0)
    if site.opset < 9:
        raise Unsayable("it is of an old form")
    first = len(site.inputs) - count
    if count < 1 or first < 0:
        raise ValueError(f"goes through {count} of {len(site.inputs)} inputs")
    state = [site.value(place) for place in range(first)]
    slices = [_pieces(site, first + i, *_way(site, "scan_input", i)) for i in range(count)]
    rows: list[list[Value]] = [[] for _ in body.outputs[first:]]
    if len({len(each) for each in slices}) != 1:
        raise ValueError("goes through tensors of several lengths")
    for given in zip(*slices, strict=True):
        found = site.builder.inline(body, [*state, *given])
        state, parts = found[:first], found[first:]
        for row, each in zip(rows, parts, strict=True):
            row.append(each)
    results = [_named(site, each) for each in state]
    for i, row in enumerate(rows):
        axis, backwards = _way(site, "scan_output", i)
        rank = site.builder.as_tensor(row[0]).rank + 1
        results.append(_stacked(site, row[::-1] if backwards else row, axis_of(axis, rank)))
    return results


def _way(site: Site, name: str, place: int) -> tuple[int, bool]:
    """Return the axis along which a tensor is gone through or put together, and whether from behind."""
    axes, ways = site.get(f"{name}_axes") or (), site.get(f"{name}_directions") or ()
    return axes[place] if place < len(axes) else 0, bool(ways[place]) if place < len(ways) else False


def _pieces(site: Site, place: int, axis: int, backwards: bool) -> list[Value]:
    x = site.tensor(place)
    axis = axis_of(axis, x.rank)
    (size,) = certain(x.dims[axis : axis + 1], "the length that it goes through")
    if size > MOST:
        raise Unsayable(f"it goes through {size} parts")
    pieces = [without(site, part(site, x, axis, each, each + 1), [axis]) for each in range(size)]
    found = _settled(site, pieces)
    return found[::-1] if backwards else found


def mapped(site: Site) -> list[Value]:
    """Read a SequenceMap: a graph for each tensor of a sequence."""
    body = _body(site, "body")
    items: Any = site.value().items
    if items is None:
        raise Unsayable("it is not known what its sequence holds")
    rows: list[list[Value]] = [[] for _ in body.outputs]
    for place, item in enumerate(items):
        others = [site.value(other) for other in range(1, len(site.inputs))]
        given = [item, *(each if each.items is None else each.items[place] for each in others)]
        for row, each in zip(rows, site.builder.inline(body, given), strict=True):
            row.append(each)
    return [Value((), ref=None, items=tuple(row)) for row in rows]


READERS = {"If": branch, "Loop": loop, "Scan": scan, "SequenceMap": mapped}
