"""Channels-last: axes and weights move at translation, and what is left to run time is counted."""

from ir import Graph, Input, Model, Node, Ref, Report
from ir import layers as L
from ir.validate import infer
from translator.passes.relayout import relayout


def moved(*nodes: Node) -> tuple[Graph, list[str]]:
    """Return the channels-last form of nodes behind an image, and the codes of what was said of it."""
    report = Report()
    graph = Graph("net", (Input("data", (None, 3, 8, 6)),), nodes, nodes[-1].refs)
    return relayout(Model(graph), "channels_last", report).graph, [each.code for each in report]


CONV = Node("conv", L.Conv2D(filters=4, kernel=3), (Ref("data"),))


def test_a_mean_is_taken_over_the_axes_where_they_now_stand() -> None:
    graph, said = moved(CONV, Node("mean", L.Mean(axes=(0, 2, -1)), (Ref("conv"),)))
    assert graph.node("mean").layer == L.Mean(axes=(0, 1, 2))
    assert said == []
    assert infer(graph, Report())[Ref("mean")] == (1, 1, 1, 4)


def test_what_follows_a_mean_needs_no_transpose() -> None:
    mean = Node("mean", L.Mean(axes=(2, 3)), (Ref("conv"),))
    centred = Node("centred", L.Subtract(), (Ref("conv"), Ref("mean")))
    graph, said = moved(CONV, mean, centred, Node("more", L.Conv2D(filters=2, kernel=1), (Ref("centred"),)))
    assert [node.name for node in graph.nodes] == ["conv", "mean", "centred", "more"]
    assert said == []


def test_a_mean_of_a_flattened_tensor_is_taken_of_it_in_the_order_of_the_source() -> None:
    flat = Node("flat", L.Flatten(), (Ref("conv"),))
    graph, said = moved(CONV, flat, Node("mean", L.Mean(axes=(1,)), (Ref("flat"),)))
    assert said == ["transpose"]
    assert infer(graph, Report())[Ref("mean")] == (None, 1)
