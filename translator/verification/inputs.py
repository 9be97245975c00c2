"""The inputs that models are run on: given ones, and seeded ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ir import layers as L
from ir.diagnostics import Report, TranslationError
from ir.graph import Graph
from ir.shapes import agree, show


def load_inputs(path: Path) -> dict[str, Any]:
    """Return the arrays of an .npz file by name, or that of an .npy file, whose name is empty.

    Raises TranslationError (`file`) where there are none.
    """
    import numpy as np

    try:
        found = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        report = Report()
        report.add("file", f"{path} holds no arrays: {error}")
        raise TranslationError(report) from None
    return {name: found[name] for name in found.files} if hasattr(found, "files") else {"": found}


def random_inputs(graph: Graph, seed: int = 0) -> dict[str, Any]:
    """Return seeded inputs.

    They are positive for a net with a Log, which has no value for others, and rows of its table for an Embed; one that
    proposes regions is told the size of its image.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    positive = any(isinstance(node.layer, L.Log) for node in graph.nodes)
    found = {}
    for each in graph.inputs:
        drawn = rng.standard_normal([1 if size is None else size for size in each.shape])
        found[each.name] = (np.abs(drawn) if positive else drawn).astype(np.float32)
    sizes = [each.shape[2:] for each in found.values() if len(each.shape) == 4]
    for node in graph.nodes:
        if isinstance(node.layer, L.Proposals) and node.inputs[2].node in found and sizes:
            found[node.inputs[2].node] = np.array([[*sizes[0], 1]], np.float32)
        elif isinstance(node.layer, L.Embed) and node.inputs[0].node in found:
            shape = found[node.inputs[0].node].shape
            found[node.inputs[0].node] = rng.integers(node.layer.vocabulary, size=shape).astype(np.float32)
    return found


def given_inputs(inputs: Mapping[str, Any], graph: Graph, report: Report) -> dict[str, Any]:
    """Return the arrays of the model's inputs, in their order; one without a name is that of the only input."""
    names = [each.name for each in graph.inputs]
    found = {names[0]: inputs[""]} if "" in inputs and len(names) == 1 else dict(inputs)
    for each in graph.inputs:
        array = found.get(each.name)
        fits = array is not None and len(array.shape) == len(each.shape) and all(map(agree, array.shape, each.shape))
        if not fits:
            report.add("verify", f"the input {each.name!r} wants an array of {show(each.shape)}")
            raise TranslationError(report)
    return {name: found[name].astype("float32") for name in names}
