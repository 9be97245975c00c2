"""Recurrent layers that Caffe lacks are written step by step, and compute the same; too many steps are told."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from ir import Graph, Input, Model, Node, Ref, Report
from ir import layers as L
from ir.seeding import seeded_weights
from ir.validate import infer
from tests.test_caffe_scarce import through_caffe
from translator import TranslationError, write

CASES = [
    L.SimpleRNN(units=3),
    L.SimpleRNN(units=3, sequences=True, activation="relu"),
    L.SimpleRNN(units=3, activation="linear", masked=True),
    L.LSTM(units=3, gate="hard_sigmoid", slope=0.2),
    L.LSTM(units=3, gate="hard_sigmoid", sequences=True, states=True),
    L.LSTM(units=3, activation="sigmoid", masked=True, sequences=True),
    L.LSTM(units=3, started=True, states=True),
    L.LSTM(units=3, activation="elu"),
    L.GRU(units=3, activation="softsign"),
    L.SimpleRNN(units=3, activation="softplus", sequences=True),
    L.GRU(units=3),
    L.GRU(units=3, reset_after=False, gate="hard_sigmoid"),
    L.GRU(units=3, sequences=True, masked=True),
    L.GRU(units=3, reset_after=False, started=True, states=True, sequences=True),
]


def model_of(layer: Any, steps: int | None) -> Model:
    """Return a net of one recurrent layer with a function behind each output."""
    inputs = [Input("layer_input", (None, steps, 4))]
    inputs += [Input(f"state{i}", (None, layer.units)) for i in range(layer.cells * layer.started)]
    inputs += [Input("mask", (None, steps))] * layer.masked
    node = Node("layer", layer, tuple(Ref(each.name) for each in inputs))
    behind = tuple(Node(f"out{ref.index}", L.Tanh(), (ref,)) for ref in node.refs)
    graph = Graph("net", tuple(inputs), (node, *behind), tuple(each.refs[0] for each in behind))
    return Model(graph, seeded_weights(graph, infer(graph, Report())))


def outputs(model: Model, folder: Path, given: list[Any]) -> list[Any]:
    write(model, "onnx", folder / "net.onnx")
    session = onnxruntime.InferenceSession(folder / "net.onnx", providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_inputs()]
    return list(session.run(None, dict(zip(names, given, strict=True))))


@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize("layer", CASES, ids=repr)
def test_a_recurrent_layer_in_steps_computes_the_same(layer: Any, steps: int, tmp_path: Path) -> None:
    model = model_of(layer, steps)
    rng = np.random.default_rng(0)
    given = [rng.standard_normal((2, *each.shape[1:])).astype(np.float32) for each in model.graph.inputs]
    if layer.masked:
        given[-1] = (given[-1] > 0).astype(np.float32)
    wanted, again = outputs(model, tmp_path, given), through_caffe(model, tmp_path)
    for found, want in zip(outputs(again, tmp_path, given), wanted, strict=True):
        np.testing.assert_allclose(found, want, rtol=1e-5, atol=1e-6)


def test_the_steps_share_their_weights() -> None:
    text = write(model_of(L.SimpleRNN(units=3), 4), "caffe").text or ""
    assert text.count('name: "layer.recurrent_kernel"') == 4


def test_a_net_without_weights_is_written_in_steps_too() -> None:
    model = model_of(L.GRU(units=3), 2)
    assert (write(Model(model.graph), "caffe").text or "").count("InnerProduct") == 3


@pytest.mark.parametrize(("steps", "told"), [(None, "not known; --shape"), (129, "129 steps at most 128")])
def test_steps_that_are_not_known_or_too_many_are_told(steps: int | None, told: str) -> None:
    with pytest.raises(TranslationError, match=told):
        write(model_of(L.GRU(units=3), steps), "caffe")


def test_an_lstm_that_caffe_has_stays_one() -> None:
    text = write(model_of(L.LSTM(units=3), 4), "caffe").text or ""
    assert text.count('type: "LSTM"') == 1
    assert "InnerProduct" not in text
