"""Layers of sequences, in every form, give in PyTorch and Keras what numpy gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ir import Graph, Input, Model, Node, Ref, Report
from ir import layers as L
from ir.layer import Layer
from ir.seeding import seeded_weights
from ir.validate import infer
from tests.numpy_layers import compute
from translator import write
from translator.verification.engines import Job, run_keras, run_pytorch

CASES: list[Layer] = [
    *(each(units=3, sequences=whole) for each in (L.LSTM, L.SimpleRNN, L.GRU) for whole in (False, True)),
    *(each(units=3, gate="hard_sigmoid", slope=slope) for each in (L.LSTM, L.GRU) for slope in (0.2, 1 / 6)),
    *(each(units=3, activation="relu") for each in (L.LSTM, L.SimpleRNN, L.GRU)),
    L.LSTM(units=3, activation="elu", gate="hard_sigmoid"),
    L.GRU(units=3, activation="softplus"),
    L.SimpleRNN(units=3, activation="softsign"),
    L.GRU(units=3, reset_after=False, sequences=True),
    L.GELU(),
    *(L.LayerNorm(epsilon=0.1, scale=scale, center=center) for scale in (True, False) for center in (True, False)),
    L.GRU(units=2, reset_after=False, gate="hard_sigmoid", slope=0.2),
]


def case_of(layer: Layer) -> tuple[Model, np.ndarray[Any, Any]]:
    node = Node("layer", layer, (Ref("x"),))
    graph = Graph("net", (Input("x", (None, 5, 4)),), (node,), node.refs)
    weights = seeded_weights(graph, infer(graph, Report()))
    return Model(graph, weights), np.random.default_rng(0).standard_normal((2, 5, 4)).astype("float32")


@pytest.mark.parametrize("layer", CASES, ids=repr)
@pytest.mark.parametrize("to", ["keras", "pytorch"])
def test_layers_of_sequences_give_in_an_engine_what_numpy_gives(layer: Layer, to: str, tmp_path: Path) -> None:
    model, x = case_of(layer)
    write(model, to, tmp_path / "net.py")
    companion: Path | None = tmp_path / ("net.weights.h5" if to == "keras" else "net.safetensors")
    companion = companion if model.weights else None
    runs = {"keras": run_keras, "pytorch": run_pytorch}
    (found,) = runs[to](Job(tmp_path / "net.py", companion), {"x": x}).outputs
    weights = {key.rpartition(".")[2]: tensor.numpy() for key, tensor in model.weights.items()}
    np.testing.assert_allclose(found, compute(layer, [x], weights)[0], rtol=1e-5, atol=1e-6)
