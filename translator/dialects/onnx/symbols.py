"""Names for sizes that are known only at run time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ir.diagnostics import Report
from ir.graph import Graph, Ref
from ir.validate import Shapes, infer

Symbols = dict[tuple[Ref, int], str]
"""The name of an unknown size, by tensor and axis."""


def symbols(graph: Graph, shapes: Shapes) -> Symbols:
    """Name the unknown sizes of inputs and outputs: N for the batch, and for all that always equals it.

    An engine may reuse memory by these names, so no two sizes get one name unless they follow from one another: the
    shapes are worked out for two batches, and a size that is the batch's both times bears its name.
    """
    names = {
        (Ref(each.name), axis): f"{each.name}_{axis}"
        for each in graph.inputs
        for axis, size in enumerate(each.shape)
        if size is None
    }
    names |= _batches(graph, shapes)
    for ref in graph.outputs:
        for axis, size in enumerate(shapes[ref]):
            if size is None:
                names.setdefault((ref, axis), f"{_label(graph, ref)}_{axis}")
    return names


def _batches(graph: Graph, shapes: Shapes) -> Symbols:
    """Name the sizes that equal a batch: one for all inputs, or, where they need not agree, one for each."""
    open_inputs = [each.name for each in graph.inputs if each.shape and each.shape[0] is None]
    own = {name: f"{name}_0" if i else "N" for i, name in enumerate(open_inputs)}
    tries = []
    for first in (7, 101):
        sizes = {name: first + 2 * i for i, name in enumerate(open_inputs)}
        found = _shapes_with(graph, sizes)
        if found is None:
            own, sizes = dict.fromkeys(open_inputs, "N"), dict.fromkeys(open_inputs, first)
            found = _shapes_with(graph, sizes) or {}
        tries.append((found, {size: own[name] for name, size in sizes.items()}))
    names: Symbols = {}
    for ref, shape in shapes.items():
        for axis in (axis for axis, size in enumerate(shape) if size is None):
            said = {batches.get(found[ref][axis] or 0) if ref in found else None for found, batches in tries}
            if len(said) == 1 and (name := said.pop()) is not None:
                names[ref, axis] = name
    return names


def _shapes_with(graph: Graph, batches: Mapping[str, int]) -> Shapes | None:
    """Return the shapes for certain batches; None where they do not fit."""
    report = Report()
    inputs = tuple(
        replace(each, shape=(batches[each.name], *each.shape[1:])) if each.name in batches else each
        for each in graph.inputs
    )
    shapes = infer(replace(graph, inputs=inputs), report)
    return None if report.error_count() else shapes


def _label(graph: Graph, ref: Ref) -> str:
    return next((node.label(ref.index) for node in graph.nodes if node.name == ref.node), ref.node)
