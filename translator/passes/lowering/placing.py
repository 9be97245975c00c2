"""Values that go where numbers say, by marks of the places: a one for each value in the place that it goes to."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

from ir import layers as L
from ir.graph import Node, Ref
from ir.shapes import Shape, axis_of
from ir.weights import of_array
from translator.passes.legalize import Place, Replacement, lowers
from translator.passes.lowering.sampling import Drawing

MOST = 1 << 24
"""Marks at most: as many as there are values, times the length of the axis."""
FURTHEST = 3e38
"""What is larger than any value that is put, or with a minus smaller."""
REDUCED: dict[str, Any] = {"instead": "sum", "add": "sum", "multiply": "product", "max": "max", "min": "min"}
NOTHING = {"instead": 0.0, "add": 0.0, "multiply": 1.0, "max": -FURTHEST, "min": FURTHEST}
"""What stands for a value in the places that it does not go to."""


@lowers(L.PutAlong)
def by_marks(node: Node, place: Place) -> Replacement | None:
    """Mark the place of each value, reduce those that go to one place, and join that with what is there.

    The numbers of the places go with the weights; where a model has none they would be taken for some that are to be
    learned.
    """
    layer: Any = node.layer
    x, index = place.inputs[0], place.inputs[1]
    axis = axis_of(layer.axis, len(x))
    if not place.weights or None in x[1:] or None in index[1:] or place.layout == "channels_last":
        return None
    size = x[axis] or 0
    if not size or prod(each or 1 for each in index) * size > MOST:
        return None
    import numpy as np

    of = Drawing(node)
    weights = {}

    def held(name: str, values: Any) -> Ref:
        array = np.asarray(values, np.float32)
        found = Node(f"{node.name}_{name}", L.Constant(sizes=array.shape), (), origin=node.origin)
        of.nodes.append(found)
        weights[found.key("value")] = of_array(array)
        return found.refs[0]

    last = L.Permute(order=[*(each for each in range(len(x)) if each != axis), axis])
    whole, numbers, values = (each if axis == len(x) - 1 else of.add(last, each) for each in node.inputs)
    column = L.Reshape(sizes=(1,), axis=-1, count=0)
    marks = of.add(L.Compare(relation="equal"), of.add(column, numbers), held("places", np.arange(size)))
    nothing = held("nothing", np.full((1,) * (len(x) + 1), NOTHING[layer.how]))
    picked = of.add(L.Select(), marks, of.add(column, values), nothing)
    found = _reduced(of, picked, x, REDUCED[layer.how])
    if layer.how == "instead":
        result = of.add(L.Select(), _reduced(of, marks, x, "max"), found, whole)
    elif layer.how in ("add", "multiply"):
        result = of.add(L.Add() if layer.how == "add" else L.Multiply(), whole, found)
    else:
        relation: Any = "greater" if layer.how == "max" else "less"
        result = of.add(L.Select(), of.add(L.Compare(relation=relation), found, whole), found, whole)
    order = list(range(len(x) - 1))
    order.insert(axis, len(x) - 1)
    back = replace(node, layer=L.Permute(order=order), inputs=(result,), shared=())
    return Replacement([*of.nodes, back], weights)


def _reduced(of: Drawing, x: Ref, shape: Shape, function: Any) -> Ref:
    """Reduce the values, which stand in the last axis but one."""
    rank = len(shape) + 1
    turned = of.add(L.Permute(order=(*range(rank - 2), rank - 1, rank - 2)), x)
    return of.add(L.Reduction(function=function, axis=rank - 1), turned)
