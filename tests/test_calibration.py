"""Statistics that fit what passes through a net that comes without weights."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ir import Graph, Input, Model, Node, Ref, Report
from ir import layers as L
from ir.seeding import seeded_weights
from ir.validate import infer
from ir.weights import of_array
from translator import verification
from translator.verification.calibration import calibrated_weights
from translator.verification.engines import Engine, Job


def deep(blocks: int) -> Graph:
    """Return a residual net: each block adds what a convolution and a normalisation make of what is there."""
    nodes: list[Node] = []
    x = Ref("data")
    for i in range(blocks):
        nodes.append(Node(f"conv{i}", L.Conv2D(filters=8, kernel=3, pad=1), (x,)))
        nodes.append(Node(f"norm{i}", L.BatchNorm(), (Ref(f"conv{i}"),)))
        nodes.append(Node(f"sum{i}", L.Add(), (Ref(f"norm{i}"), x)))
        x = Ref(f"sum{i}")
    return Graph("deep", (Input("data", (None, 8, 6, 6)),), tuple(nodes), (x,))


def outputs_of(graph: Graph, weights: dict[str, object], folder: Path) -> list[np.ndarray]:
    from translator import write

    write(Model(graph, weights), "onnx", folder / "net.onnx")  # type: ignore[arg-type]
    engine = Engine("ONNX Runtime")
    try:
        found = engine.run(Job(folder / "net.onnx"), verification.random_inputs(graph))
    finally:
        engine.close()
    assert not isinstance(found, str), found
    return found.outputs


def test_what_passes_through_a_deep_net_keeps_its_size(tmp_path: Path) -> None:
    graph = deep(24)
    shapes = infer(graph, Report())
    inputs = verification.random_inputs(graph, seed=1)
    (grown,) = outputs_of(graph, seeded_weights(graph, shapes), tmp_path)
    (kept,) = outputs_of(graph, calibrated_weights(Model(graph), shapes, inputs), tmp_path)
    assert np.abs(grown).max() > 1e3
    assert 0.1 < np.abs(kept).max() < 100


def test_only_the_statistics_change_and_in_size_alone() -> None:
    graph = deep(2)
    shapes = infer(graph, Report())
    drawn = seeded_weights(graph, shapes)
    found = calibrated_weights(Model(graph), shapes, verification.random_inputs(graph, seed=1))
    assert found.keys() == drawn.keys()
    for key, tensor in found.items():
        ratio = tensor.numpy() / drawn[key].numpy()
        assert np.ptp(ratio) < 1e-5 * abs(ratio.mean())
        assert key.endswith((".mean", ".variance")) or ratio.mean() == 1
    mean, variance = (found[f"norm1.{role}"].numpy() / drawn[f"norm1.{role}"].numpy() for role in ("mean", "variance"))
    assert mean.mean() ** 2 == pytest.approx(variance.mean(), rel=1e-5)


def test_a_net_that_cannot_run_so_keeps_what_was_drawn() -> None:
    node = Node("own", L.Custom(type="Mine", arguments={}, results=1, sizes=[[-1, 8, 6, 6]]), (Ref("data"),))
    graph = replace(deep(1), nodes=(node, Node("norm", L.BatchNorm(), (Ref("own"),))), outputs=(Ref("norm"),))
    shapes = infer(graph, Report())
    found = calibrated_weights(Model(graph), shapes, verification.random_inputs(graph))
    assert all(np.array_equal(each.numpy(), found[key].numpy()) for key, each in seeded_weights(graph, shapes).items())


def test_a_constant_zero_leaves_the_statistics_as_they_are() -> None:
    graph = deep(1)
    shapes = infer(graph, Report())
    weights = seeded_weights(graph, shapes)
    nothing = {"data": np.zeros((1, 8, 6, 6), np.float32)}
    silent = replace(graph.nodes[0], layer=graph.nodes[0].layer.replace(bias=False))
    graph = replace(graph, nodes=(silent, *graph.nodes[1:]))
    found = calibrated_weights(Model(graph), infer(graph, Report()), nothing)
    assert np.array_equal(found["norm0.variance"].numpy(), weights["norm0.variance"].numpy())
    assert of_array(found["norm0.mean"].numpy()).shape == (8,)
