"""Each layer, written for Keras and run by it, against plain numpy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest

from ir import Graph, Model, Ref, Report, TranslationError
from ir.seeding import seeded_weights
from ir.validate import infer
from tests.layer_cases import CASES, prototxt
from tests.numpy_layers import compute
from translator import WriteOptions, read, write

WITH_CLASSES = {
    "DetectionOutput": "there is no DetectionOutput",
    "DetectionOutput, corners": "there is no DetectionOutput",
    "DetectionOutput of nothing": "there is no DetectionOutput",
    **dict.fromkeys(("ArgMax, values", "ArgMax, axis, values"), "cannot say top=[23]"),
    "ArgMax, axis, several": "cannot say top=2",
    "Im2col": "there is no Im2Col",
    "Interp, zoomed": "Resizing cannot say",
    "Interp, sized": "cannot say corners=True",
    "Python, proposals": "there is no Proposals",
    "Python, proposals of other scales": "there is no Proposals",
    "Python, proposals with their scores": "there is no Proposals",
    **dict.fromkeys(("Local", "Local, no bias"), "there is no LocallyConnected2D"),
    "Reorg": "there is no Reorg2D",
    "PSROIPooling": "there is no PSROIPool2D",
    "PriorBox": "there is no PriorBox",
    "PriorBox, clipped": "there is no PriorBox",
    "ROIPooling": "there is no ROIPool2D",
    "Upsample, to where it stood": "there is no Unpool2D",
}
"""Cases for which Keras source brings a class along, and what is said where there is no source to bring it."""

KINDS = ("source", "archive", "channels_first")
FAULTS = {
    "tensorflow": {("Convolution, volume", "channels_first")},
    "torch": {(case, kind) for case in ("Pooling, AVE, even", "Pooling, AVE, padded, strided") for kind in KINDS},
}
"""Where a backend of Keras 3.15 is wrong: TensorFlow on the CPU has channels-first volumes otherwise than its own
channels-last one, and on PyTorch an average pooling with an odd `same` border repeats the edge
(keras-team/keras#23233)."""


def model_of(case: str) -> Model:
    graph = read(f"{case}.prototxt", data=prototxt(case).encode()).graph
    return Model(graph, seeded_weights(graph, infer(graph, Report())))


def inputs_of(case: str) -> dict[str, np.ndarray[Any, Any]]:
    rng = np.random.default_rng(7)
    return {name: rng.standard_normal(shape).astype(np.float32) for name, shape in CASES[case][0].items()}


def expected(graph: Graph, weights: Any, inputs: dict[str, Any]) -> list[Any]:
    """Run a graph layer by layer in numpy."""
    values: dict[Ref, Any] = {Ref(name): value.astype(np.float64) for name, value in inputs.items()}
    shapes = infer(graph, Report())
    for node in graph.nodes:
        roles = node.layer.weights(*(shapes[ref] for ref in node.inputs))
        own = {role: weights[node.key(role)].numpy() for role in roles}
        values.update(zip(node.refs, compute(node.layer, [values[ref] for ref in node.inputs], own), strict=True))
    return [values[ref] for ref in graph.outputs]


def load(kind: str, model: Model, folder: Path) -> Any:
    """Write a model for Keras in one of its forms, and have Keras load it."""
    import keras

    if kind == "archive" and model.weights:
        write(model, "keras", folder / "net.keras")
        return keras.models.load_model(folder / "net.keras")
    if kind == "archive":
        write(model, "keras-json", folder / "net.json")
        return keras.models.model_from_json((folder / "net.json").read_text())
    layout = "channels_first" if kind == "channels_first" else None
    write(model, "keras", folder / "net.py", options=WriteOptions(layout=layout))
    names: dict[str, Any] = {}
    exec(compile((folder / "net.py").read_text(), "net.py", "exec"), names)
    return names["case"](str(folder / "net.weights.h5") if model.weights else None)


def run(built: Any, inputs: dict[str, Any]) -> list[Any]:
    """Run a Keras model; its images are channels-last where their shape says so."""
    given = []
    for each in built.inputs:
        value = inputs[each.name]
        given.append(value if tuple(each.shape[1:]) == value.shape[1:] else np.moveaxis(value, 1, -1))
    found = built(given[0] if len(given) == 1 else given, training=False)
    from keras import ops

    return [ops.convert_to_numpy(each) for each in (found if isinstance(found, (list, tuple)) else [found])]


RUNS = [(case, kind) for case in CASES for kind in KINDS]
RUNS = [(case, kind) for case, kind in RUNS if kind != "archive" or case not in WITH_CLASSES]


@pytest.mark.parametrize(("case", "kind"), RUNS)
def test_keras_computes_what_numpy_does(case: str, kind: str, tmp_path: Path) -> None:
    from keras import config

    model, inputs = model_of(case), inputs_of(case)
    wanted = expected(model.graph, model.weights, inputs)
    found = run(load(kind, model, tmp_path), inputs)
    assert len(found) == len(wanted)
    for a, b in zip(found, wanted, strict=True):
        same = a if a.shape == b.shape else np.moveaxis(a, -1, 1)
        if (case, kind) in FAULTS[config.backend()]:
            # When this fails, the backend has been mended, and the exception can go.
            assert float(np.abs(same - b).max()) > 0.01
        else:
            np.testing.assert_allclose(same, b, rtol=1e-5, atol=2e-6 * max(1.0, float(np.abs(b).max())))


@pytest.mark.parametrize("case", WITH_CLASSES)
def test_what_needs_a_class_of_its_own_is_a_diagnostic_where_no_source_goes_along(case: str) -> None:
    with pytest.raises(TranslationError, match=WITH_CLASSES[case]):
        write(model_of(case), "keras-json")


def test_keras_on_pytorch_computes_the_same() -> None:
    if os.environ.get("KERAS_BACKEND") == "torch":
        return  # This is the inner run.
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
        env={**os.environ, "KERAS_BACKEND": "torch"},
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
