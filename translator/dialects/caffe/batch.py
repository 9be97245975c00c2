"""Whether the size of a net's batch is left open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ir.diagnostics import Report
from ir.graph import Graph, Node, Ref
from ir.layers import Reshape, SequenceStart
from ir.shapes import Shape, product
from ir.validate import infer


def with_open_batch(graph: Graph, shapes: Mapping[Ref, Shape], report: Report) -> Graph:
    """Leave the batch open, unless a layer needs it to be what the file says (`fixed-batch`).

    `shapes` are those of the tensors with an open batch, as far as they are known.
    """
    opened = replace(
        graph, inputs=tuple(replace(each, shape=(None, *each.shape[1:])[: len(each.shape)]) for each in graph.inputs)
    )
    literal = [node for node in graph.nodes if _names_batch(node)]
    if literal or (any(ref not in shapes for ref in graph.refs()) and _sound(graph) and not _sound(opened)):
        who = f"{literal[0].name} is for a certain batch" if literal else "a layer needs to know the batch"
        report.add("fixed-batch", f"{who}, so it is as the file has it", literal[0].origin if literal else None)
        asked = [size for node in literal if (size := _asked(node, shapes))]
        return _batched(graph, asked[0]) if asked else graph
    return opened


def _batched(graph: Graph, size: int) -> Graph:
    """Return a graph whose inputs have a batch where the file says none."""
    inputs = tuple(
        replace(each, shape=(size, *each.shape[1:])) if each.shape[:1] == (None,) else each for each in graph.inputs
    )
    return replace(graph, inputs=inputs)


def _names_batch(node: Node) -> bool:
    layer = node.layer
    if isinstance(layer, SequenceStart):
        return layer.batch is not None
    return isinstance(layer, Reshape) and layer.axis == 0 and layer.count != 0 and max((0, *layer.sizes[:1])) > 0


def _asked(node: Node, shapes: Mapping[Ref, Shape]) -> int | None:
    """Return the batch with which a reshape has as many elements as it gives, or the next smaller one."""
    layer, x = node.layer, shapes.get(node.inputs[0], ()) if node.inputs else ()
    if not isinstance(layer, Reshape) or layer.count != -1 or min(layer.sizes) < 1 or not x or x[0] is not None:
        return None
    each, total = product(x[1:]), product(layer.sizes)
    return max(1, total // each) if each and total else None


def _sound(graph: Graph) -> bool:
    report = Report()
    infer(graph, report)
    return not report.error_count()
