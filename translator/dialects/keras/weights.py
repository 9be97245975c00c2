"""Weights in Keras's order and axes, into `.weights.h5` and `.keras` files."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ir import layers as L
from ir.graph import Model, Node
from ir.shapes import axis_of
from ir.validate import weight_shapes
from ir.weights import Tensor, arranged
from translator.dialects.keras.program import Program, layer_paths, part_of
from translator.mapping import Blob

KERAS_VERSION = "3.15.1"
"""The version whose file formats are written."""


def variables(model: Model, made: Program) -> Iterator[tuple[str, Tensor]]:
    """Yield each variable's path in a weights file, and its value, for the layers that have all their weights."""
    axes = {key: letters for key, (letters, _, _) in weight_shapes(made.graph, made.shapes).items()}
    paths = layer_paths(made)
    for node in made.graph.nodes:
        if made.owners[node.name] != node.name or node.name not in paths:
            continue
        blobs = [blob for blob in made.rules[node.name].blobs_of(node.layer) if node.key(blob.role) in axes]
        if all(node.key(blob.role) in model.weights for blob in blobs):
            numbers: Counter[str] = Counter()
            for blob in blobs:
                tensor = model.weights[node.key(blob.role)]
                place = "/".join(filter(None, (paths[node.name], part_of(blob), "vars")))
                value = _variable(node, blob, tensor, axes[node.key(blob.role)], made)
                yield f"{place}/{numbers[place]}", value
                numbers[place] += 1


def _variable(node: Node, blob: Blob, tensor: Tensor, axes: str, made: Program) -> Tensor:
    layer: Any = node.layer
    value = arranged(tensor, axes, blob.axes) if blob.axes else tensor
    if blob.name == "depthwise":
        channels = made.at(node).channels or 1
        return value.reshaped((*layer.kernel, channels, layer.filters // channels))
    if isinstance(layer, L.MultiHeadAttention) and (blob.name != "output_dense" or blob.axes):
        return value.reshaped(_by_heads(layer, value.shape, blob.name == "output_dense"))
    if isinstance(layer, L.PReLU):
        return value.reshaped(_slope_shape(layer, made.shapes[node.inputs[0]]))
    if isinstance(layer, L.Scale) and blob.role == "beta":
        # EinsumDense keeps an axis of 1 for each that follows those of the bias.
        rank = len(made.shapes[node.inputs[0]])
        behind = rank - axis_of(layer.axis, rank, end=True) - len(value.shape)
        return value.reshaped((*value.shape, *(1,) * behind))
    return value


def _by_heads(layer: L.MultiHeadAttention, shape: tuple[int, ...], result: bool) -> tuple[int, ...]:
    """Return a shape with the features of all heads as two axes: the first of a projection back, else the last."""
    if result:
        return layer.heads, shape[0] // layer.heads, *shape[1:]
    return *shape[:-1], layer.heads, shape[-1] // layer.heads


def _slope_shape(layer: L.PReLU, shape: tuple[int | None, ...]) -> tuple[int, ...]:
    """Return the shape of Keras's slopes: 1 along the axes that share them."""
    channel = axis_of(layer.axis, len(shape))
    return tuple(1 if layer.shared or axis != channel else shape[axis] or 1 for axis in range(1, len(shape)))


def save_weights(path: Path, model: Model, made: Program) -> None:
    """Write a `.weights.h5` file, one variable at a time."""
    import h5py

    with h5py.File(path, "w") as file:
        for place, tensor in variables(model, made):
            array = tensor.numpy()
            file.create_dataset(place, data=array, dtype=array.dtype)
        file.require_group("vars")


def save_archive(path: Path, config: dict[str, Any], model: Model, made: Program) -> None:
    """Write a `.keras` archive: configuration, metadata and weights."""
    weights = path.with_name(f"{path.name}.h5")
    try:
        save_weights(weights, model, made)
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in (("metadata.json", {"keras_version": KERAS_VERSION}), ("config.json", config)):
                # A fixed date keeps the same model's bytes the same.
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), json.dumps(content))
            entry = zipfile.ZipInfo("model.weights.h5", (1980, 1, 1, 0, 0, 0))
            with archive.open(entry, "w", force_zip64=True) as inside, weights.open("rb") as file:
                while chunk := file.read(1 << 20):
                    inside.write(chunk)
    finally:
        weights.unlink(missing_ok=True)
