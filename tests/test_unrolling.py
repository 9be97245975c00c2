"""Recurrent layers that were written in steps, or over time before batch, are one layer again; others' steps stay."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ir import Model, Report
from ir import layers as L
from tests.test_caffe_scarce import through_caffe
from tests.test_caffe_unrolled import CASES, model_of, outputs
from translator import WriteOptions
from translator.convert import prepare
from translator.dialect import dialects
from translator.passes.simplify import drop_unused
from translator.passes.turning import join_turned
from translator.passes.unrolling import join_steps


@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize("layer", CASES, ids=repr)
def test_the_steps_of_a_layer_become_that_layer(layer: Any, steps: int, tmp_path: Path) -> None:
    model = model_of(layer, steps)
    again = join_steps(through_caffe(model, tmp_path))
    assert [node.layer for node in again.graph.nodes] == [node.layer for node in model.graph.nodes]
    rng = np.random.default_rng(0)
    given = [rng.standard_normal((2, *each.shape[1:])).astype(np.float32) for each in model.graph.inputs]
    if layer.masked:
        given[-1] = (given[-1] > 0).astype(np.float32)
    wanted = outputs(model, tmp_path, given)
    for found, want in zip(outputs(again, tmp_path, given), wanted, strict=True):
        np.testing.assert_allclose(found, want, rtol=1e-6, atol=1e-7)


def test_steps_of_which_one_is_another_stay(tmp_path: Path) -> None:
    again = through_caffe(model_of(L.SimpleRNN(units=3), 4), tmp_path)
    nodes = list(again.graph.nodes)
    place = max(i for i, node in enumerate(nodes) if node.layer == L.Tanh() and not node.name.startswith("out"))
    nodes[place] = replace(nodes[place], layer=L.Sigmoid())
    other = Model(replace(again.graph, nodes=tuple(nodes)), again.weights)
    assert join_steps(other).graph == other.graph


def test_steps_of_which_something_else_takes_one_stay(tmp_path: Path) -> None:
    again = through_caffe(model_of(L.LSTM(units=3, gate="hard_sigmoid"), 4), tmp_path)
    gate = next(node for node in again.graph.nodes if node.name == "layer_2_forget")
    other = Model(replace(again.graph, outputs=(*again.graph.outputs, *gate.refs)), again.weights)
    assert not any(isinstance(node.layer, L.LSTM) for node in join_steps(other).graph.nodes)


@pytest.mark.parametrize("sequences", [True, False])
@pytest.mark.parametrize("steps", [1, 4])
def test_an_lstm_over_time_before_batch_is_one_over_batch_and_time(steps: int, sequences: bool, tmp_path: Path) -> None:
    model = model_of(L.LSTM(units=3, sequences=sequences), steps)
    read = through_caffe(model, tmp_path)
    assert any(isinstance(node.layer, L.ContinuedLSTM) for node in read.graph.nodes)
    raised = drop_unused(join_turned(read))
    ready, _ = prepare(raised, dialects()["onnx"].writer().target(WriteOptions()), WriteOptions(), Report())
    assert [node.layer for node in ready.graph.nodes] == [node.layer for node in model.graph.nodes]
    given = [np.random.default_rng(0).standard_normal((2, steps, 4)).astype(np.float32)]
    (found,), (wanted,) = outputs(raised, tmp_path, given), outputs(model, tmp_path, given)
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-7)
