"""Channels-last: axes and weights move at translation, and what is left to run time is counted."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from ir import Graph, Input, Model, Node, Ref, Report
from ir import layers as L
from ir.seeding import seeded_weights
from ir.validate import infer
from translator import write
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


def test_a_reshape_to_a_vector_is_a_flatten() -> None:
    vector = Node("vector", L.Reshape(sizes=(0, -1)), (Ref("conv"),))
    graph, said = moved(CONV, vector, Node("dense", L.Dense(units=2), (Ref("vector"),)))
    assert [type(node.layer) for node in graph.nodes] == [L.Conv2D, L.Flatten, L.Dense]
    assert said == []


def generator(*between: Node) -> Model:
    """Return a net that makes an image of a vector: a Dense, what lies between, a Reshape and a convolution."""
    dense = Node("dense", L.Dense(units=4 * 5 * 3), (Ref("noise"),))
    last = between[-1].name if between else "dense"
    image = Node("image", L.Reshape(sizes=(0, 4, 5, 3)), (Ref(last),))
    conv = Node("conv", L.Conv2D(filters=2, kernel=3), (Ref("image"),))
    inputs = (Input("noise", (None, 7)),)
    graph = Graph("net", inputs, (dense, *between, image, conv), conv.refs, "channels_last")
    return Model(graph, seeded_weights(graph, infer(graph, Report())))


def outputs_of(model: Model, folder: Path, **inputs: Any) -> Any:
    """Run a model in ONNX Runtime, and return what it gives."""
    write(model, "onnx", folder / "net.onnx")
    session = onnxruntime.InferenceSession(folder / "net.onnx", providers=["CPUExecutionProvider"])
    return session.run(None, inputs)[0]


@pytest.mark.parametrize("between", [(), ("norm",), ("norm", "relu"), ("relu", "slopes")])
def test_a_dense_gives_its_units_in_the_order_of_the_image_that_they_become(
    between: tuple[str, ...], tmp_path: Path
) -> None:
    layers = {"norm": L.BatchNorm(axis=-1), "relu": L.ReLU(), "slopes": L.PReLU()}
    nodes: list[Node] = []
    for name in between:
        nodes.append(Node(name, layers[name], (Ref(nodes[-1].name if nodes else "dense"),)))
    model, report = generator(*nodes), Report()
    first = relayout(model, "channels_first", report)
    assert not list(report)
    assert [type(node.layer) for node in first.graph.nodes] == [type(node.layer) for node in model.graph.nodes]
    assert infer(first.graph, Report())[Ref("image")] == (None, 3, 4, 5)

    # The same by hand: all is computed in the order of the source, and the image transposed then.
    image = replace(model.graph, nodes=model.graph.nodes[:-1], outputs=(Ref("image"),), layout="channels_first")
    noise = np.random.default_rng(0).standard_normal((2, 7)).astype(np.float32)
    wanted = outputs_of(Model(image, model.weights), tmp_path, noise=noise).transpose(0, 3, 1, 2)
    moved_image = replace(first.graph, outputs=(Ref("image"),), nodes=first.graph.nodes[:-1])
    assert np.array_equal(outputs_of(Model(moved_image, first.weights), tmp_path, noise=noise), wanted)


def test_a_vector_that_something_else_takes_too_keeps_its_order() -> None:
    model, report = generator(), Report()
    graph = replace(model.graph, outputs=(*model.graph.outputs, Ref("dense")))
    relayout(Model(graph, model.weights), "channels_first", report)
    assert [each.code for each in report] == ["transpose"]


def test_a_vector_whose_weights_another_layer_uses_keeps_its_order() -> None:
    model, report = generator(), Report()
    other = Node("other", L.Dense(units=60), (Ref("noise"),), shared=(("kernel", "dense.kernel"),))
    graph = replace(model.graph, nodes=(other, *model.graph.nodes), outputs=(*model.graph.outputs, Ref("other")))
    relayout(Model(graph), "channels_first", report)
    assert [each.code for each in report] == ["transpose"]


def test_a_global_average_of_what_has_its_channels_elsewhere_is_a_mean() -> None:
    rows = Node("rows", L.Embed(vocabulary=9, units=4), (Ref("words"),))
    pool = Node("pool", L.GlobalAvgPool1D(), (Ref("rows"),))
    graph = Graph("net", (Input("words", (None, 6)),), (rows, pool), pool.refs, "channels_last")
    report = Report()
    first = relayout(Model(graph), "channels_first", report).graph
    assert first.node("pool").layer == L.Mean(axes=(1,))


def shuffle(order: tuple[int, ...]) -> list[Node]:
    """Return the layers that shuffle the 4 channels of a convolution of 6 by 4, in 2 groups."""
    return [
        CONV,
        Node("split", L.Reshape(sizes=(0, 2, 2, 6, 4)), (Ref("conv"),)),
        Node("turn", L.Permute(order=order), (Ref("split"),)),
        Node("back", L.Reshape(sizes=(0, 4, 6, 4)), (Ref("turn"),)),
        Node("more", L.Conv2D(filters=2, kernel=1), (Ref("back"),)),
    ]


def test_a_shuffle_of_channels_needs_no_transpose() -> None:
    graph, said = moved(*shuffle((0, 2, 1, 3, 4)))
    assert [type(node.layer) for node in graph.nodes] == [L.Conv2D, L.ChannelShuffle, L.Conv2D]
    assert graph.node("back").layer == L.ChannelShuffle(groups=2)
    assert said == []


def test_another_turn_is_no_shuffle() -> None:
    graph, said = moved(*shuffle((0, 1, 2, 4, 3)))
    assert not any(isinstance(node.layer, L.ChannelShuffle) for node in graph.nodes)
    assert said == ["transpose"]


@pytest.mark.parametrize("count", [2, -1])
def test_factors_for_each_pixel_move_along(count: int) -> None:
    each = Node("each", L.Scale(axis=2, count=count), (Ref("conv"),))
    graph, said = moved(CONV, each, Node("more", L.Conv2D(filters=2, kernel=1), (Ref("each"),)))
    assert graph.node("each").layer == L.Scale(axis=1, count=2)
    assert said == []
    graph, said = moved(CONV, Node("each", L.Scale(axis=1, count=3), (Ref("conv"),)))
    assert said == ["transpose"]


@pytest.mark.parametrize("first", ["image", "vector"])
@pytest.mark.parametrize("shape", [(60,), (5, 4, 3), (4, 5, 3)])
def test_a_dense_that_two_share_takes_each_in_its_order(first: str, shape: tuple[int, ...], tmp_path: Path) -> None:
    """One takes a flattened image, the other a vector or a flattened image of another or the same form."""
    inputs = (Input("a", (2, 4, 5, 3)), Input("b", (2, *shape)))
    nodes = {
        each.name: [
            Node(f"pool_{each.name}", L.MaxPool2D(kernel=1), (Ref(each.name),)),
            Node(f"flat_{each.name}", L.Flatten(), (Ref(f"pool_{each.name}"),)),
            Node(f"dense_{each.name}", L.Dense(units=4), (Ref(f"flat_{each.name}"),)),
        ]
        for each in inputs
    }
    if len(shape) == 1:
        nodes["b"] = [Node("dense_b", L.Dense(units=4), (Ref("b"),))]
    one, other = ("a", "b") if first == "image" else ("b", "a")
    keys = tuple((role, f"dense_{one}.{role}") for role in ("kernel", "bias"))
    nodes[other][-1] = replace(nodes[other][-1], shared=keys)
    total = Node("total", L.Subtract(), (Ref("dense_a"), Ref("dense_b")))
    graph = Graph("net", inputs, (*nodes[one], *nodes[other], total), total.refs, "channels_last")
    model = Model(graph, seeded_weights(graph, infer(graph, Report())))

    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal(each.shape).astype(np.float32) for each in inputs)
    wanted = (a.reshape(2, 60) - b.reshape(2, 60)) @ model.weights[f"dense_{one}.kernel"].numpy().T
    given = [each if each.ndim == 2 else each.transpose(0, 3, 1, 2) for each in (a, b)]
    np.testing.assert_allclose(outputs_of(model, tmp_path, a=given[0], b=given[1]), wanted, rtol=1e-4, atol=1e-5)
    report = Report()
    relayout(model, "channels_first", report)
    assert [each.code for each in report] == ([] if shape == (4, 5, 3) else ["transpose"])


def test_a_grouped_convolution_beside_shared_weights_changes_its_layout() -> None:
    """What shares weights has all kernels looked at, each for the layout that the graph has."""
    nodes = (
        Node("one", L.Dense(units=6), (Ref("x"),)),
        Node("two", L.Dense(units=6), (Ref("one"),), shared=(("kernel", "one.kernel"), ("bias", "one.bias"))),
        Node("grouped", L.Conv2D(filters=6, kernel=3, groups=6), (Ref("image"),)),
    )
    inputs = (Input("x", (None, 6)), Input("image", (None, 5, 7, 6)))
    graph = Graph("net", inputs, nodes, (Ref("two"), Ref("grouped")), "channels_last")
    model = Model(graph, seeded_weights(graph, infer(graph, Report())))
    assert relayout(model, "channels_first", Report()).graph.nodes[-1].layer == nodes[-1].layer
