"""Each layer type of Caffe: what we read and write again computes what the original does, by Caffe's definitions.

The other layer tests ask whether the engines agree on our reading of a layer; these ask whether that reading is right.
The reference takes what Caffe takes, so that they tell too whether Caffe would take what we write.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ir import Graph, Input, Model, Node, Ref, Report, TranslationError
from ir import layers as L
from ir.shapes import agree
from ir.validate import infer
from tests.caffe_cases import CASES as OTHERS
from tests.caffe_reference import Array, Run, caffemodel, forward
from tests.layer_cases import CASES as COMMON
from tests.layer_cases import conv, declared, layer, pool
from translator import ReadOptions, read, write
from translator.dialects.caffe.binary import read_net

CASES = COMMON | OTHERS
PARTS = {
    *("out_product", "out_norm", "out_steps", "out_marks", "out_states", "out_rows"),
    *("out_up", "out_line", "out_clipped", "out_gate", "out_softplus", "out_positive", "out_opposite", "out_negative"),
    *("act_up", "act_clipped", "act_gate", "out_relu", "out_pool", "out_scaled"),
}
"""Nodes that are a part of what is one layer in Caffe."""


def text_of(case: str) -> str:
    shapes, layers = CASES[case]
    return declared(shapes) + layers


def inputs_of(case: str) -> dict[str, Array]:
    rng = np.random.default_rng(11)
    found = {name: rng.standard_normal(shape) for name, shape in CASES[case][0].items()}
    if "cont" in found:
        found["cont"] = np.array([[0, 1, 0], [1, 1, 1], [1, 0, 1], [0, 1, 1], [1, 1, 0]], float)
    return found


def original(case: str) -> Run:
    return forward(text_of(case), inputs_of(case))


def model_of(case: str, run: Run, folder: Path) -> Model:
    """Read a case with its weights from files, as Caffe would have left them."""
    (folder / "net.prototxt").write_text(text_of(case))
    if not run.weights:
        return read(folder / "net.prototxt")
    (folder / "net.caffemodel").write_bytes(caffemodel(text_of(case), run.weights))
    return read(folder / "net.prototxt", options=ReadOptions(weights=folder / "net.caffemodel"))


def again(model: Model, inputs: dict[str, Array], folder: Path) -> Run:
    """Write a model for Caffe, and run that."""
    write(model, "caffe", folder / "out.prototxt")
    weights, file = {}, folder / "out.caffemodel"
    if file.exists():
        net = read_net(memoryview(file.read_bytes()), "out", Report())
        weights = {each["name"]: [blob.numpy() for blob in each.repeated("blobs")] for each in net.repeated("layer")}
    return forward((folder / "out.prototxt").read_text(), inputs, weights)


def fixed(graph: Graph, case: str) -> Graph:
    """Return a graph whose inputs have the batch of the case."""
    return replace(graph, inputs=tuple(replace(each, shape=CASES[case][0][each.name]) for each in graph.inputs))


@pytest.mark.parametrize("case", CASES)
def test_what_is_read_and_written_computes_what_the_original_does(case: str, tmp_path: Path) -> None:
    run = original(case)
    found = again(model_of(case, run, tmp_path), inputs_of(case), tmp_path).outputs
    assert found.keys() == run.outputs.keys()
    for name, want in run.outputs.items():
        assert found[name].shape == want.shape
        assert np.abs(found[name] - want).max() <= 1e-6 * np.abs(want).max(), name


@pytest.mark.parametrize("case", CASES)
def test_shapes_are_those_of_caffe(case: str, tmp_path: Path) -> None:
    run = original(case)
    graph = model_of(case, run, tmp_path).graph
    exact, left_open = infer(fixed(graph, case), Report()), infer(graph, Report())
    assert graph.nodes
    for node in graph.nodes:
        for ref in node.refs:
            want = run.tensors.get(node.label(ref.index))
            if want is None:
                assert PARTS.intersection((node.name, node.label(ref.index))), (
                    f"{node.name} gives a tensor that Caffe does not have"
                )
                continue
            assert len(exact[ref]) == want.ndim
            assert all(map(agree, exact[ref], want.shape)), node.name
            assert None not in exact[ref] or isinstance(node.layer, (L.DetectionOutput, L.Proposals))
            assert len(left_open[ref]) == want.ndim
            assert all(map(agree, left_open[ref], want.shape)), node.name


def test_the_net_says_how_a_matrix_lies_and_not_what_was_saved_with_it(tmp_path: Path) -> None:
    case = "InnerProduct, transposed, square"
    run = original(case)
    (tmp_path / "net.prototxt").write_text(text_of(case))
    plain = text_of(case).replace("transpose: true", "")
    (tmp_path / "net.caffemodel").write_bytes(caffemodel(plain, run.weights))
    model = read(tmp_path / "net.prototxt", options=ReadOptions(weights=tmp_path / "net.caffemodel"))
    assert np.array_equal(model.weights["out.kernel"].numpy(), run.weights["out"][0].T)


OF_TWO = "kernel_depth: 2 kernel_size: 2 temporal_stride: 3 stride: 3"


@pytest.mark.parametrize(
    ("shape", "text", "why"),
    [
        ((2, 3, 4, 9, 7), conv("num_output: 6 kernel_size: 3 axis: 2"), "has its channels on axis 2"),
        ((2, 3, 8, 8), pool("kernel_size: 1 stride: 3"), "wholly behind the input"),
        ((2, 3, 8, 7), pool("pool: AVE kernel_size: 1 stride: 3"), "wholly behind the input"),
        ((2, 3, 4, 5, 6), layer("Pooling3D", f"pooling3d_param {{ {OF_TWO} }}"), "wholly behind the input"),
        ((2, 3, 6), layer("PoolingND", "pooling_nd_param { kernel_size: 2 stride: 3 }"), "wholly behind the input"),
        ((2, 12), layer("MVN"), "four axes"),
    ],
)
def test_what_the_catalogue_cannot_hold_is_refused(shape: tuple[int, ...], text: str, why: str) -> None:
    with pytest.raises(TranslationError, match=why):
        read("net.prototxt", data=(declared({"data": shape}) + text).encode())


@pytest.mark.parametrize("said", ["round_mode: FLOOR", "ceil_mode: false", "torch_pooling: true"])
def test_forks_have_words_of_their_own_for_rounding_down(said: str) -> None:
    text = declared({"data": (2, 3, 8, 8)}) + pool(f"pool: MAX kernel_size: 3 stride: 2 {said}")
    (node,) = read("net.prototxt", data=text.encode()).graph.nodes
    assert node.layer == L.MaxPool2D(kernel=3, stride=2)


@pytest.mark.parametrize("size", [(8, 8), (7, 8)])
def test_a_window_that_the_catalogue_does_not_count_is_not_written(size: tuple[int, int], tmp_path: Path) -> None:
    """Caffe would add a window behind the input, of a model that comes from elsewhere; rounding down adds none."""
    node = Node("out", L.MaxPool2D(kernel=1, stride=3, rounding="ceil"), (Ref("data"),))
    graph = Graph("net", (Input("data", (None, 3, *size)),), (node,), node.refs)
    want = infer(graph, Report())[Ref("out")]
    found = again(Model(graph), {"data": np.ones((2, 3, *size))}, tmp_path).outputs["out"]
    assert found.shape == (2, *want[1:])
    assert (found == 1).all()


@pytest.mark.parametrize(
    ("said", "size"),
    [
        (L.MaxPool2D(kernel=2, stride=(4, 3), rounding="ceil"), (8, 10)),
        (L.MaxPool3D(kernel=2, stride=3, pad=((0, 1), 0, 0)), (4, 5, 6)),
    ],
)
def test_what_no_rounding_of_caffe_says_is_refused(said: L.MaxPool2D | L.MaxPool3D, size: tuple[int, ...]) -> None:
    node = Node("out", said, (Ref("data"),))
    graph = Graph("net", (Input("data", (None, 3, *size)),), (node,), node.refs)
    with pytest.raises(TranslationError, match="unsupported"):
        write(Model(graph), "caffe")


def test_a_pyramid_of_one_level_is_flat_in_the_catalogue_and_not_in_caffe() -> None:
    node = Node("out", L.SpatialPyramidPool2D(levels=1), (Ref("data"),))
    graph = Graph("net", (Input("data", (None, 3, 8, 9)),), (node,), node.refs)
    text = write(Model(graph), "caffe").text or ""
    assert forward(text, {"data": np.ones((1, 3, 8, 9))}).outputs["out"].shape == (1, 3)


@pytest.mark.parametrize("case", ["PReLU, shared", "Normalize"])
def test_opencv_takes_a_single_number_as_we_write_it(case: str, tmp_path: Path) -> None:
    import cv2

    run = original(case)
    write(model_of(case, run, tmp_path), "caffe", tmp_path / "out.prototxt")
    net = cv2.dnn.readNetFromCaffe(str(tmp_path / "out.prototxt"), str(tmp_path / "out.caffemodel"))
    net.setInput(inputs_of(case)["data"].astype(np.float32))
    want = run.outputs["out"]
    assert np.abs(net.forward() - want).max() <= 2e-6 * np.abs(want).max()


def test_an_output_that_a_layer_takes_stays_an_output() -> None:
    nodes = (Node("relu", L.ReLU(), (Ref("data"),)), Node("pool", L.MaxPool2D(kernel=2), (Ref("relu"),)))
    graph = Graph("net", (Input("data", (None, 3, 8, 8)),), nodes, (Ref("pool"), Ref("relu")))
    text = write(Model(graph), "caffe").text
    assert 'type: "Split"' in text
    assert read("net.prototxt", data=text.encode()).graph.outputs == graph.outputs
