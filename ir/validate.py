"""Check that a graph is sound: names, arity, shapes, and that the weights fit."""

from __future__ import annotations

from collections.abc import Sequence

from ir.diagnostics import Report
from ir.graph import Graph, Layout, Model, Node, Ref
from ir.kinds import LARGEST
from ir.layer import ShapeError, Weight
from ir.shapes import Shape, agree, show

Shapes = dict[Ref, Shape]


def infer(graph: Graph, report: Report) -> Shapes:
    """Return the shape of every tensor; what does not fit is reported, and what follows from it left out.

    Errors: `graph`, `arity`, `shape`.
    """
    shapes: Shapes = {Ref(each.name): each.shape for each in graph.inputs if each.shape or each.scalar}
    refs = set(graph.refs())
    _check_names(graph, report)
    for node in graph.nodes:
        missing = [ref for ref in node.inputs if ref not in refs]
        for ref in missing:
            report.add("graph", f"{node.name} takes {ref}, which nothing gives", node.origin)
        if _fits_arity(node, report) and all(ref in shapes for ref in node.inputs):
            _infer_node(node, graph, shapes, report)
    if not graph.outputs and not report.error_count():
        report.add("graph", "the model gives nothing: every tensor is taken by a layer")
    for ref in graph.outputs:
        if ref not in refs:
            report.add("graph", f"the output {ref} is given by nothing")
    return shapes


def _check_names(graph: Graph, report: Report) -> None:
    seen: set[str] = set()
    for each in graph.inputs:
        if each.name in seen:
            report.add("graph", f"two inputs are named {each.name}", each.origin)
        seen.add(each.name)
    for node in graph.nodes:
        if node.name in seen:
            report.add("graph", f"two layers are named {node.name}", node.origin)
        seen.add(node.name)


def _fits_arity(node: Node, report: Report) -> bool:
    least, most = node.layer.arity
    count = len(node.inputs)
    if least <= count and (most is None or count <= most):
        return True
    wanted = str(least) if least == most else f"{least} or more" if most is None else f"{least} to {most}"
    plural = "input" if wanted == "1" else "inputs"
    report.add("arity", f"{node.name} ({type(node.layer).__name__}) takes {wanted} {plural}, not {count}", node.origin)
    return False


def _infer_node(node: Node, graph: Graph, shapes: Shapes, report: Report) -> None:
    try:
        results = node_shapes(node, [shapes[ref] for ref in node.inputs], graph.layout)
    except ShapeError as error:
        hint = error.hint.replace("{name}", node.name)
        report.add("shape", f"{node.name} {with_names(str(error), node.inputs)}", node.origin, hint=hint)
        return
    shapes.update(zip(node.refs, results, strict=True))


def with_names(message: str, inputs: Sequence[Ref]) -> str:
    """Put the names of a node's inputs in the place of {0}, {1} ..."""
    for i, ref in enumerate(inputs):
        message = message.replace(f"{{{i}}}", str(ref))
    return message


def node_shapes(node: Node, inputs: list[Shape], layout: str) -> tuple[Shape, ...]:
    """Return the shapes of a node's outputs; spatial layers work over the graph's layout.

    Raises ShapeError where the inputs do not fit, or a size is none that a tensor can have.
    """
    turned = node.layer.spatial and layout == "channels_last"
    results = node.layer.shapes(*(map(channels_first, inputs) if turned else inputs))
    for shape in results:
        if any(size is not None and not 0 <= size <= LARGEST for size in shape):
            raise ShapeError(f"gives {show([size and min(size, 2**64) for size in shape])}, which is no shape")
    return tuple(map(channels_last, results)) if turned else results


def channels_first(shape: Shape) -> Shape:
    """Return a channels-last shape with its channels in front."""
    return (shape[0], shape[-1], *shape[1:-1]) if len(shape) > 2 else shape


def channels_last(shape: Shape) -> Shape:
    """Return a channels-first shape with its channels at the end."""
    return (shape[0], *shape[2:], shape[1]) if len(shape) > 2 else shape


def node_weights(node: Node, shapes: Shapes, layout: Layout) -> dict[str, Weight]:
    """Return the weights that a node has, by their roles. Raises ShapeError where its inputs do not fit it."""
    inputs = [shapes[ref] for ref in node.inputs]
    if node.layer.spatial and layout == "channels_last":
        inputs = [channels_first(shape) for shape in inputs]
    return node.layer.weights(*inputs)


def weight_shapes(graph: Graph, shapes: Shapes, report: Report | None = None) -> dict[str, tuple[str, Shape, Node]]:
    """Return for each weight's key its axes, its shape, and the first node that uses it.

    Where another node shares it, and wants another shape, that is reported (`weights`).
    """
    found: dict[str, tuple[str, Shape, Node]] = {}
    for node in graph.nodes:
        if any(ref not in shapes for ref in (*node.inputs, *node.refs)):
            continue
        try:
            weights = node_weights(node, shapes, graph.layout)
        except ShapeError:  # It does not fit, which has been told; another layer of its name gave the shape.
            continue
        for role, weight in weights.items():
            _, shape, first = found.setdefault(node.key(role), (weight.axes, weight.shape, node))
            if shape != weight.shape and report is not None:
                told = (
                    f"{node.name} shares its {role} with {first.name}, but wants {show(weight.shape)} of {show(shape)}"
                )
                report.add("weights", told, node.origin)
    return found


def validate(model: Model, report: Report) -> Shapes:
    """Check a model, and return the shape of every tensor.

    Errors: those of `infer`, and `weights`; `missing-weights` where only some layers have theirs.
    """
    shapes = infer(model.graph, report)
    wanted = weight_shapes(model.graph, shapes, report)
    if model.weights:
        for key, (_, shape, node) in wanted.items():
            tensor = model.weights.get(key)
            if tensor is None:
                report.add(
                    "missing-weights",
                    f"{key.rpartition('.')[0]} has no weights for its {key.rpartition('.')[2]}",
                    node.origin,
                )
            elif len(shape) != len(tensor.shape) or not all(map(agree, shape, tensor.shape)):
                report.add(
                    "weights",
                    f"{node.name} wants a {key.rpartition('.')[2]} of {show(shape)}, but it is {show(tensor.shape)}",
                    node.origin,
                )
    return shapes
