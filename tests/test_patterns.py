"""What Caffe spells out in several layers is one layer again, and computes the same; what is near it stays."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ir import Graph, Input, Model, Node, Ref, Report
from ir import layers as L
from ir.seeding import seeded_weights
from ir.shapes import Shape
from ir.validate import infer
from tests.test_caffe_scarce import PRODUCTS, chain, computed, through_caffe
from translator.passes.heads import join_heads
from translator.passes.patterns import join_patterns
from translator.passes.simplify import drop_unused

SEQUENCE, IMAGE = (2, 5, 6), (1, 3, 9, 8)
LAYERS: dict[str, tuple[Shape, Any]] = {
    "a normalisation along the last axis": (SEQUENCE, L.LayerNorm()),
    "one without factors": (SEQUENCE, L.LayerNorm(epsilon=0.1, scale=False, center=False)),
    "GELU": (SEQUENCE, L.GELU()),
    "GELU by tanh": (SEQUENCE, L.GELU(approximate=True)),
    "erf": (SEQUENCE, L.Function(function="erf")),
    "hard swish": (IMAGE, L.HardSwish()),
    "hard sigmoid": (IMAGE, L.HardSigmoid(slope=0.2)),
    "a mean over steps": (SEQUENCE, L.Mean(axes=(1,))),
    "a mean over rows": (IMAGE, L.Mean(axes=(2,))),
    "the largest of rows": (SEQUENCE, L.Reduction(function="max", axis=2)),
    "the largest of all": (IMAGE, L.Reduction(function="max", axis=1)),
    "a pooling of a sequence": ((1, 3, 9), L.MaxPool1D(kernel=3, stride=2, rounding="ceil")),
    "a mean of a sequence": ((1, 3, 9), L.AvgPool1D(kernel=3, stride=3, rounding="ceil")),
}


def raised(model: Model) -> Model:
    return join_heads(drop_unused(join_patterns(model)))


@pytest.mark.parametrize("case", LAYERS)
def test_a_layer_that_caffe_spells_out_comes_back(case: str, tmp_path: Path) -> None:
    shape, layer = LAYERS[case]
    model = chain(shape, [layer])
    again = raised(through_caffe(model, tmp_path))
    assert [node.layer for node in again.graph.nodes] == [node.layer for node in model.graph.nodes]
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    np.testing.assert_allclose(computed(again, tmp_path, x), computed(model, tmp_path, x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("layer", "shapes"), PRODUCTS)
def test_a_product_of_what_is_computed_comes_back(layer: Any, shapes: list[Shape], tmp_path: Path) -> None:
    inputs = tuple(Input(f"in{i}", (None, *shape[1:])) for i, shape in enumerate(shapes))
    node = Node("out", layer, tuple(Ref(each.name) for each in inputs))
    graph = Graph("net", inputs, (node,), node.refs)
    model = Model(graph, seeded_weights(graph, infer(graph, Report())))
    again = raised(through_caffe(model, tmp_path))
    assert [each.layer for each in again.graph.nodes] == [layer]
    given = [np.random.default_rng(i).standard_normal(shape).astype(np.float32) for i, shape in enumerate(shapes)]
    found, wanted = computed(again, tmp_path, *given), computed(model, tmp_path, *given)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("layer", [L.GELU(), L.Function(function="erf"), L.LayerNorm(), L.HardSwish()])
def test_with_another_number_in_it_it_is_none(layer: Any, tmp_path: Path) -> None:
    again = through_caffe(chain(SEQUENCE, [layer]), tmp_path)
    nodes = list(again.graph.nodes)
    place = max(i for i, node in enumerate(nodes) if isinstance(node.layer, L.Power))
    power: Any = nodes[place].layer
    nodes[place] = replace(nodes[place], layer=power.replace(scale=power.scale * 1.25, shift=power.shift + 0.125))
    other = raised(Model(replace(again.graph, nodes=tuple(nodes)), again.weights))
    assert type(layer) not in {type(node.layer) for node in other.graph.nodes}


def test_a_step_of_a_row_is_no_pooling_of_a_sequence() -> None:
    row = Node("row", L.Reshape(sizes=(0, 0, 3, -1)), (Ref("x"),))
    pool = Node("pool", L.MaxPool2D(kernel=(1, 2), stride=(1, 2)), row.refs)
    back = Node("back", L.Reshape(sizes=(0, 0, -1)), pool.refs)
    graph = Graph("net", (Input("x", (None, 4, 12)),), (row, pool, back), back.refs)
    assert join_patterns(Model(graph)).graph == graph
