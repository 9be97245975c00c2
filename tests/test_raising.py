"""Layers that a format says by several, and that are known again."""

from typing import Any

import pytest

from ir import Graph, Input, Model, Node, Ref, Report
from ir import layers as L
from translator import WriteOptions, read, write
from translator.convert import prepare
from translator.dialect import dialects

DATA = Input("data", (1, 6, 5, 4))
LRNS = {
    "across": L.LRN(size=5, alpha=2e-4, beta=0.5, k=2.0),
    "within": L.LRN(size=3, alpha=5e-5, region="within_channel"),
}


def net(layer: Any) -> Model:
    conv = Node("conv", L.Conv2D(filters=6, kernel=1), (Ref("data"),))
    return Model(Graph("net", (DATA,), (conv, Node("norm", layer, conv.refs)), (Ref("norm"),)))


def known(text: str) -> list[Any]:
    found = read("net.prototxt", data=text.encode(), format="caffe").graph
    return [node.layer for node in found.nodes if isinstance(node.layer, L.LRN)]


@pytest.mark.parametrize("layer", LRNS.values(), ids=LRNS)
def test_a_normalization_comes_back_from_the_json_of_keras(layer: L.LRN) -> None:
    text = write(net(layer), "keras-json").text or ""
    again = read("net.json", data=text.encode(), format="keras-json")
    assert known(write(again, "caffe", options=WriteOptions(weights=False)).text or "") == [layer]


def other(layer: Any, power: float = -1.0) -> Model:
    """Return the layers of a normalization within channels whose mean is by some pooling."""
    conv = Node("conv", L.Conv2D(filters=6, kernel=1), (Ref("data"),))
    square = Node("square", L.Power(power=2.0), conv.refs)
    mean = Node("mean", layer, square.refs)
    scale = Node("scale", L.Power(scale=0.5, shift=1.0, power=0.75), mean.refs)
    inverse = Node("inverse", L.Power(power=power), scale.refs)
    out = Node("out", L.Multiply(), (*conv.refs, *inverse.refs))
    return Model(Graph("net", (DATA,), (conv, square, mean, scale, inverse, out), out.refs))


def test_a_normalization_is_known_by_its_parts() -> None:
    text = write(other(L.AvgPool2D(kernel=3, pad=1)), "caffe").text or ""
    assert known(text) == [L.LRN(size=3, alpha=0.5, region="within_channel")]
    assert "Power" not in text


@pytest.mark.parametrize("pool", [L.AvgPool2D(kernel=(3, 1), pad=((1, 1), (0, 0))), L.MaxPool2D(kernel=3, pad=1)])
def test_with_another_mean_it_is_none(pool: Any) -> None:
    assert known(write(other(pool), "caffe", options=WriteOptions(weights=False)).text or "") == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_a_normalization_comes_back_from_pytorch() -> None:
    import torch
    from torch import nn

    made = nn.Sequential(nn.Conv2d(3, 6, 1), nn.LocalResponseNorm(5, 1e-3, 0.75, 2.0))
    model = read(made.eval(), (torch.zeros(2, 3, 5, 4),))
    text = write(model, "caffe", options=WriteOptions(weights=False)).text or ""
    assert known(text) == [L.LRN(size=5, alpha=1e-3, beta=0.75, k=2.0)]


def turned(*orders: tuple[int, ...]) -> list[Any]:
    """Return the layers that PyTorch gets of Permutes in a row before a ReLU."""
    nodes: list[Node] = []
    for i, order in enumerate(orders):
        nodes.append(Node(f"turn{i}", L.Permute(order=order), (nodes[-1].refs if nodes else (Ref("data"),))))
    nodes.append(Node("relu", L.ReLU(), nodes[-1].refs))
    model = Model(Graph("net", (DATA,), tuple(nodes), nodes[-1].refs))
    target = dialects()["pytorch"].writer().target(WriteOptions())
    return [node.layer for node in prepare(model, target, WriteOptions(), Report())[0].graph.nodes]


def test_permutes_in_a_row_are_one() -> None:
    assert turned((0, 2, 3, 1), (0, 2, 3, 1)) == [L.Permute(order=(0, 3, 1, 2)), L.ReLU()]


def test_permutes_that_undo_each_other_go() -> None:
    assert turned((0, 2, 3, 1), (0, 3, 1, 2)) == [L.ReLU()]
    assert turned((1, 0, 2, 3), (0, 2, 3, 1), (0, 3, 1, 2)) == [L.Permute(order=(1, 0, 2, 3)), L.ReLU()]
