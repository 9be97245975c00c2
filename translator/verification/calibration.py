"""Statistics for normalisations that fit what passes through them, where a model comes without weights.

Drawn alone, they let the values of a deep net grow or fade from one normalisation to the next, until rounding decides
what comes out, and no two engines agree on it.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from ir.diagnostics import TranslationError
from ir.graph import Model, Node
from ir.layers import BatchNorm
from ir.seeding import seeded_weights
from ir.validate import Shapes
from ir.weights import Tensor, of_array
from translator.convert import write
from translator.verification.engines import Engine, Job

Weights = dict[str, Tensor]


def calibrated_weights(model: Model, shapes: Shapes, inputs: dict[str, Any], engine: Engine | None = None) -> Weights:
    """Return seeded weights of a model whose statistics fit what passes through it on some inputs.

    It runs once in ONNX Runtime with each normalisation by the statistics of the batch. Only the size of all that a
    normalisation takes is taken over, for statistics that fit each channel amplify what differs. Where the model cannot
    run so, all is as it was drawn.
    """
    graph = model.graph
    drawn = seeded_weights(graph, shapes)
    norms = [node for node in graph.nodes if isinstance(node.layer, BatchNorm) and not node.layer.batch_statistics]
    if not norms:
        return drawn
    own = engine or Engine("ONNX Runtime")
    try:
        taken = _run(Model(graph, drawn), norms, inputs, own)
    finally:
        if engine is None:
            own.close()
    return drawn | {
        key: each for node, x in zip(norms, taken, strict=False) for key, each in _statistics(node, x, drawn).items()
    }


def _run(model: Model, norms: list[Node], inputs: dict[str, Any], engine: Engine) -> list[Any]:
    """Return what each of some normalisations takes where all are by the statistics of the batch."""
    chosen = {node.name for node in norms}
    nodes = tuple(
        replace(node, layer=node.layer.replace(batch_statistics=True)) if node.name in chosen else node
        for node in model.graph.nodes
    )
    outputs = tuple(dict.fromkeys(node.inputs[0] for node in norms))
    graph = replace(model.graph, nodes=nodes, outputs=outputs)
    with tempfile.TemporaryDirectory(prefix="calibrate") as folder:
        file = Path(folder) / "batch.onnx"
        try:
            write(Model(graph, model.weights), "onnx", file)
        except TranslationError:
            return []
        found = engine.run(Job(file), inputs)
    if isinstance(found, str):
        return []
    by_ref = dict(zip(outputs, found.outputs, strict=True))
    return [by_ref[node.inputs[0]] for node in norms]


def _statistics(node: Node, x: Any, drawn: Weights) -> Weights:
    """Return the mean and variance of a normalisation: what was drawn, for values of the size that it takes."""
    import numpy as np

    power = float(np.square(x, dtype="float64").mean()) or 1.0
    factors = {"mean": power**0.5, "variance": power}
    return {
        node.key(role): of_array((drawn[node.key(role)].numpy() * factor).astype("float32"))
        for role, factor in factors.items()
    }
