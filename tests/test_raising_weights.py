"""Layers that a format says by weights that nobody learned are known by these; learned ones stay."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ir import Graph, Input, Model, Node, Ref, Report
from ir import layers as L
from ir.seeding import seeded_weights
from ir.validate import infer
from ir.weights import of_array
from tests.test_caffe_scarce import chain, through_caffe
from translator import read, write
from translator.passes.averages import join_averages
from translator.passes.simplify import join_reshapes

IMAGE = (1, 3, 9, 8)


def kinds(model: Model) -> list[Any]:
    return [node.layer for node in model.graph.nodes][1:]


@pytest.mark.parametrize("pad", [1, ((1, 1), (0, 0))])
def test_a_mean_without_its_border_comes_back_from_caffe(pad: Any, tmp_path: Path) -> None:
    mean = L.AvgPool2D(kernel=3, stride=2, pad=pad, count_pad=False)
    again = through_caffe(chain(IMAGE, [mean]), tmp_path)
    assert L.Scale(axis=2, count=2) in kinds(again)
    assert kinds(join_averages(again)) == [mean]


def test_a_mean_with_other_factors_behind_it_stays(tmp_path: Path) -> None:
    again = through_caffe(chain(IMAGE, [L.AvgPool2D(kernel=3, pad=1, count_pad=False)]), tmp_path)
    key = next(key for key, tensor in again.weights.items() if tensor.shape == IMAGE[2:])
    learned = again.weights[key].numpy().copy()
    learned[4, 4] += 0.01
    other = Model(again.graph, {**again.weights, key: of_array(learned)})
    assert join_averages(other).graph == other.graph


def archived(model: Model, folder: Path) -> Model:
    """Return a model after it was a `.keras` archive."""
    write(model, "keras", folder / "net.keras")
    return read(folder / "net.keras")


def with_gamma(gamma: float) -> Model:
    model = chain(IMAGE, [L.Scale(bias=True)])
    key = next(key for key in model.weights if key == "layer1.gamma")
    return Model(model.graph, {**model.weights, key: of_array(np.full(3, gamma, np.float32))})


@pytest.mark.parametrize(("gamma", "layer"), [(1.0, L.Bias), (1.5, L.Scale)])
def test_a_bias_is_one_with_factors_of_1_in_keras(gamma: float, layer: Any, tmp_path: Path) -> None:
    assert isinstance(kinds(archived(with_gamma(gamma), tmp_path))[0], layer)


@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("center", [True, False])
def test_a_batch_normalization_of_onnx_has_what_it_had(scale: bool, center: bool, tmp_path: Path) -> None:
    model = chain(IMAGE, [L.BatchNorm(scale=scale, center=center)])
    fresh = {"layer1.gamma": 1.0, "layer1.beta": 0.0}
    weights = {key: of_array(np.full(3, value, np.float32)) for key, value in fresh.items() if key in model.weights}
    write(Model(model.graph, {**model.weights, **weights}), "onnx", tmp_path / "net.onnx")
    (found,) = kinds(read(tmp_path / "net.onnx"))
    assert (found.scale, found.center) == (scale, center)


def test_a_bias_behind_a_normalization_is_its_own_where_it_has_one(tmp_path: Path) -> None:
    model = chain(IMAGE, [L.BatchNorm(scale=False)])
    again = through_caffe(model, tmp_path)
    assert kinds(again) == [L.BatchNorm(scale=False, center=False), L.Bias()]
    write(again, "onnx", tmp_path / "net.onnx")
    assert [(each.scale, each.center) for each in kinds(read(tmp_path / "net.onnx"))] == [(False, True)]


def test_a_bias_of_one_element_is_the_products_in_onnx(tmp_path: Path) -> None:
    node = Node("dense", L.Dense(units=1), (Ref("x"),))
    graph = Graph("net", (Input("x", (None, 5, 4)),), (node,), node.refs)
    model = Model(graph, seeded_weights(graph, infer(graph, Report())))
    write(model, "onnx", tmp_path / "net.onnx")
    again = read(tmp_path / "net.onnx")
    assert [each.layer for each in again.graph.nodes] == [L.Dense(units=1)]
    (name,) = (key for key in again.weights if key.endswith("bias"))
    np.testing.assert_allclose(again.weights[name].numpy(), model.weights["dense.bias"].numpy(), rtol=1e-6)


def test_an_axis_that_is_put_in_and_taken_away_is_none() -> None:
    into = Node("in", L.Reshape(sizes=(1,), axis=1, count=0), (Ref("x"),))
    away = Node("out", L.Reshape(sizes=(), axis=1, count=1), into.refs)
    last = Node("last", L.Tanh(), away.refs)
    graph = Graph("net", (Input("x", (None, 4)),), (into, away, last), last.refs)
    assert join_reshapes(Model(graph)).graph.node("last").inputs == (Ref("x"),)
    other = Node("out", L.Reshape(sizes=(), axis=2, count=1), into.refs)
    graph = Graph("net", (Input("x", (None, 1)),), (into, other, last), last.refs)
    assert join_reshapes(Model(graph)).graph == graph
