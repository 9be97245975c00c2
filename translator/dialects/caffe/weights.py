"""Weights between Caffe's blobs and the catalogue's roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Graph, Model, Node
from ir.layer import ShapeError
from ir.origin import Origin, Source
from ir.validate import Shapes, node_weights, weight_shapes
from ir.weights import Tensor
from translator.attrs import Attrs
from translator.dialects.caffe.mapping import RULES
from translator.dialects.caffe.parts import parts_of
from translator.dialects.caffe.upgrade import whole_layers
from translator.mapping import Blob

Blobs = tuple[Tensor | None, ...]
"""The arrays of a layer in Caffe's order; None stands for one that another layer has, which shares it."""


def blobs_of(net: Attrs, definition: Attrs) -> dict[str, tuple[Attrs, Blobs]]:
    """Return the blobs of each layer of a caffemodel, with the layer, by its name.

    Which parts a layer has, and how its blobs lie, is for the net's `definition` to say, and not for the net that was
    saved with them; that speaks of layers alone that the definition has not.
    """
    saved = {str(each.get("name", "")): each for each in whole_layers(net) if each.repeated("blobs")}
    defined = {str(each.get("name", "")): each for each in whole_layers(definition)}
    found = {}
    for name, layer in saved.items():
        own = defined.get(name, layer)
        for part in parts_of(Attrs({**own, "blobs": layer["blobs"]}, own.source, own.offset, own.places)):
            if part.repeated("blobs"):
                found[str(part.get("name", ""))] = (part, part.repeated("blobs"))
    return found


def assign(graph: Graph, shapes: Shapes, net: Attrs, report: Report, definition: Attrs) -> Model:
    """Return the graph with the blobs of a caffemodel, matched by layer name as Caffe does, and checked for shape.

    Errors: `weights`. What the graph does not use is noted (`unused-weights`).
    """
    blobs = blobs_of(net, definition)
    wanted = weight_shapes(graph, shapes)
    if wanted and not blobs:
        report.add("weights", "there are no weights in this file", _origin(net))
    weights: dict[str, Tensor] = {}
    graph = _with_arrays(graph, blobs)
    for node in graph.nodes:
        layer, given = blobs.pop(node.name, (None, ()))
        if layer is None:
            continue
        if (more := _surplus(node, shapes, len(given))) > 0:
            told = (
                f"{node.name} has {len(given)} arrays in the file, {more} more than a {layer.get('type')} as it is here"
            )
            report.add("weights", told, node.origin)
        for role, tensor in _roles(node, layer, given):
            if tensor is None:
                continue
            key = node.key(role)
            _, shape, _ = wanted.get(key, ("", None, node))
            weights.setdefault(key, _fitted(tensor, shape))
    if blobs:
        names = ", ".join(sorted(blobs)[:5]) + (" ..." if len(blobs) > 5 else "")
        report.add("unused-weights", f"the model has no layers for the weights of {names}", _origin(net))
    if not weights and blobs:
        report.add(
            "weights",
            "none of the weights belongs to a layer of the model; are the two files of one net?",
            _origin(net),
        )
    return Model(graph, weights)


def _surplus(node: Node, shapes: Shapes, count: int) -> int:
    """Return how many arrays there are beyond those that a layer has; Caffe refuses such a file too."""
    if any(ref not in shapes for ref in (*node.inputs, *node.refs)):
        return 0
    try:
        has = node.layer.weights(*(shapes[ref] for ref in node.inputs))
    except ShapeError:  # Validation tells it.
        return 0
    # Caffe's BatchNorm has its three blobs whether they are used or not.
    return count - (3 if isinstance(node.layer, L.BatchNorm) else len(has))


def _with_arrays(graph: Graph, blobs: Mapping[str, tuple[Attrs, Blobs]]) -> Graph:
    """Return the graph with its custom layers taking the arrays that there are of them."""

    def taking(node: Node) -> Node:
        if not isinstance(node.layer, L.Custom):
            return node
        arrays = [tensor.shape for tensor in blobs.get(node.name, (None, ()))[1] if tensor is not None]
        return replace(node, layer=node.layer.replace(arrays=arrays))

    return replace(graph, nodes=tuple(map(taking, graph.nodes)))


def _origin(net: Attrs) -> Origin | None:
    return Origin(net.source) if isinstance(net.source, Source) else None


def _fitted(tensor: Tensor, shape: Iterable[int | None] | None) -> Tensor:
    """Return a blob in the shape that is wanted, where only axes of 1 differ: Caffe's first blobs all had four axes."""
    if shape is None or None in (wanted := tuple(shape)):
        return tensor
    plain = tuple(size for size in tensor.shape if size != 1)
    if tuple(size for size in wanted if size != 1) == plain:
        return tensor.reshaped([size or 0 for size in wanted])
    return tensor


def _roles(node: Node, layer: Attrs, blobs: Blobs) -> Iterable[tuple[str, Tensor | None]]:
    """Return the weights that a layer's blobs hold."""
    if isinstance(node.layer, L.BatchNorm):
        return _statistics(blobs)
    kind = type(node.layer)
    named = [rule for rule in RULES.named(str(layer.get("type", ""))) if rule.layer is kind]
    roles = [blob.role for blob in (named or RULES.of(kind))[0].blobs_of(node.layer)]
    if isinstance(node.layer, (L.ContinuedLSTM, L.ContinuedRNN)) and len(node.inputs) < 3 and "static_kernel" in roles:
        roles.remove("static_kernel")
    stored = zip(roles, blobs, strict=False)
    return [(role, _as_used(tensor, layer) if tensor and role == "kernel" else tensor) for role, tensor in stored]


def _as_used(kernel: Tensor, layer: Attrs) -> Tensor:
    """Return a kernel in the catalogue's order, where the layer says that it is stored otherwise or changed first.

    Source: inner_product_layer.cpp of BVLC, and of https://github.com/happynear/caffe-windows (`normalize`)
    """
    param = layer.message("inner_product_param")
    if param.get("transpose") and len(kernel.shape) == 2:
        kernel = kernel.transposed((1, 0))
    if param.get("normalize") or layer.get("type") == "MarginInnerProduct":
        added = 1e-6 if param.get("normalize") else 0.0
        return kernel.map(lambda rows: rows / ((rows * rows).sum(-1, keepdims=True) + added) ** 0.5, kernel.shape)
    return kernel


def _statistics(blobs: Blobs) -> Iterable[tuple[str, Tensor | None]]:
    """Divide a BatchNorm's sums by its third blob, the factor they were gathered with; by 0 gives 0.

    Source: https://github.com/BVLC/caffe/blob/master/src/caffe/layers/batch_norm_layer.cpp
    """
    stored = list(zip(("mean", "variance"), blobs, strict=False))
    if len(blobs) < 3:
        return stored
    factor = blobs[2]
    if factor is None:
        return ()

    def divided(total: Any) -> Any:
        by = factor.numpy().reshape(-1)[0]
        return total if by == 1 else total * (0 if by == 0 else 1 / by)

    return [(role, blob and blob.map(divided, blob.shape)) for role, blob in stored]


def to_blobs(node: Node, model: Model, shapes: Shapes) -> tuple[Tensor, ...]:
    """Return a layer's weights as Caffe's blobs; nothing where the model has none for it."""
    rules = RULES.of(type(node.layer))
    found = [
        (blob.role, _formed(blob, model.weights.get(node.key(blob.role)))) for blob in rules[0].blobs_of(node.layer)
    ]
    if isinstance(node.layer, L.BatchNorm):
        # The third blob is the factor that the sums were gathered with. Caffe has all three blobs even where the layer
        # takes the statistics of the batch instead, and OpenCV crashes without them.
        channels = shapes[node.inputs[0]][1] or 0
        return tuple(tensor or _ones(1 if role == "factor" else channels) for role, tensor in found)
    held = node_weights(node, shapes, "channels_first")
    return tuple(tensor for role, tensor in found if tensor is not None and role in held)


def _formed(blob: Blob, tensor: Tensor | None) -> Tensor | None:
    return tensor.reshaped(blob.form(tensor.shape)) if tensor and blob.form else tensor


def _ones(size: int) -> Tensor:
    def load() -> Any:
        import numpy as np

        return np.ones(size, np.float32)

    return Tensor((size,), load)
