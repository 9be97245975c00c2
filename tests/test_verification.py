"""Two files of one model, run in their engines and compared."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ir import Graph, Input, Node, Ref, TranslationError
from ir import layers as L
from translator import ReadOptions, read, translate, write
from translator.verification import difference, random_inputs, verify
from translator.verification.engines import Job, run_opencv

NET = """\
name: "net"
input: "data" input_shape { dim: 1 dim: 3 dim: 9 dim: 7 }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 4 kernel_size: 3 } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool" pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layer { name: "fc" type: "InnerProduct" bottom: "pool" top: "fc" inner_product_param { num_output: 5 } }
layer { name: "prob" type: "Softmax" bottom: "fc" top: "prob" }
"""


@pytest.fixture
def net(tmp_path: Path) -> Path:
    file = tmp_path / "net.prototxt"
    file.write_text(NET)
    return file


@pytest.mark.parametrize("name", ["out.py", "out.onnx", "out.prototxt"])
def test_what_was_translated_agrees(name: str, net: Path, tmp_path: Path) -> None:
    to = {"out.py": "pytorch", "out.onnx": "onnx", "out.prototxt": "caffe"}[name]
    translate(net, to, tmp_path / name)
    found = verify(net, tmp_path / name, layers=True)
    assert found.agree
    assert found.first == "net.prototxt in OpenCV"
    assert [each.name for each in found.outputs] == ["prob"]
    assert max(each.relative for each in (*found.layers, *found.outputs)) < 1e-5
    assert {"conv", "fc"} <= {each.name for each in found.layers}


def test_keras_agrees_layer_by_layer_though_its_channels_are_last(net: Path, tmp_path: Path) -> None:
    translate(net, "keras", tmp_path / "out.py")
    found = verify(net, tmp_path / "out.py", layers=True)
    # A flattened image has its elements in the order of its own layout, so that it is left out.
    assert [each.name for each in found.layers] == ["conv", "relu", "pool", "fc", "prob"]
    assert max(each.relative for each in found.layers) < 1e-5
    assert found.agree


def test_a_changed_layer_is_named(net: Path, tmp_path: Path) -> None:
    translate(net, "pytorch", tmp_path / "out.py")
    source = (tmp_path / "out.py").read_text()
    assert "nn.MaxPool2d" in source
    (tmp_path / "out.py").write_text(source.replace("nn.MaxPool2d", "nn.AvgPool2d"))
    found = verify(net, tmp_path / "out.py")
    assert (found.agree, found.departs) == (False, "pool")


def test_a_changed_weight_is_named(net: Path, tmp_path: Path) -> None:
    from ir import Report
    from ir.graph import Model
    from ir.seeding import seeded_weights
    from ir.validate import infer
    from ir.weights import of_array

    graph = read(net).graph
    weights = seeded_weights(graph, infer(graph, Report()))
    write(Model(graph, weights), "caffe", tmp_path / "whole.prototxt")
    bias = weights["fc.bias"].numpy().copy()
    bias[2] += 0.5
    write(Model(graph, {**weights, "fc.bias": of_array(bias)}), "onnx", tmp_path / "out.onnx")
    options = ReadOptions(weights=tmp_path / "whole.caffemodel")
    found = verify(net, tmp_path / "out.onnx", options=options)
    assert (found.agree, found.departs) == (False, "fc")


def test_an_input_can_be_given(net: Path, tmp_path: Path) -> None:
    translate(net, "onnx", tmp_path / "out.onnx")
    image = np.ones((2, 3, 9, 7), np.float32)
    assert verify(net, tmp_path / "out.onnx", inputs={"": image}).agree
    with pytest.raises(TranslationError, match=r"the input 'data' wants an array of \(N, 3, 9, 7\)"):
        verify(net, tmp_path / "out.onnx", inputs={"": image[:, :1]})


@pytest.mark.parametrize(
    ("fields", "bottom"),
    [
        ('type: "Log" log_param { base: 2 }', "prob"),
        ('type: "BatchNorm" batch_norm_param { scale_bias: true }', "prob"),
        ('type: "Interp" interp_param { shrink_factor: 2 zoom_factor: 2 }', "data"),
    ],
    ids=["other", "of several", "half of it"],
)
def test_what_opencv_misreads_runs_in_onnx_runtime(fields: str, bottom: str, tmp_path: Path) -> None:
    file = tmp_path / "net.prototxt"
    file.write_text(NET + f'layer {{ name: "last" bottom: "{bottom}" top: "last" {fields} }}\n')
    translate(file, "pytorch", tmp_path / "out.py")
    found = verify(file, tmp_path / "out.py")
    assert found.first == "our ONNX of net.prototxt in ONNX Runtime"
    assert found.agree


def test_what_does_not_run_is_told(net: Path, tmp_path: Path) -> None:
    (tmp_path / "out.py").write_text("import torch\nraise ValueError('not this one')\n")
    with pytest.raises(TranslationError, match=r"out\.py in PyTorch does not run: ValueError: not this one"):
        verify(net, tmp_path / "out.py")


def test_another_shape_is_infinitely_far() -> None:
    assert difference("x", np.zeros((2, 3)), np.zeros((3, 2))).relative == float("inf")
    assert difference("x", np.ones(2), np.array([1, np.nan])).relative == float("inf")


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "translator", *args]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_command_translates_and_verifies_in_one_go(net: Path, tmp_path: Path) -> None:
    done = run(tmp_path, "net.prototxt", "--to", "pytorch", "-o", "out.py", "--verify")
    lines = done.stdout.splitlines()
    assert lines[:2] == [
        "net.prototxt in OpenCV, and out.py in PyTorch",
        "      difference  relative",
    ]
    assert lines[2].startswith("prob  ")
    assert lines[3:] == ["they agree"]
    assert done.returncode == 0


def test_the_command_tells_what_departs(net: Path, tmp_path: Path) -> None:
    run(tmp_path, "net.prototxt", "--to", "pytorch", "-o", "out.py")
    source = (tmp_path / "out.py").read_text()
    (tmp_path / "out.py").write_text(source.replace("nn.ReLU()", "nn.Sigmoid()"))
    done = run(tmp_path, "verify", "net.prototxt", "out.py")
    assert done.stdout.splitlines()[-1] == "they differ; the first to depart is relu"
    assert done.returncode == 1
    assert run(tmp_path, "verify", "net.prototxt", "none.py").returncode == 2


def test_a_net_that_proposes_regions_is_told_the_size_of_its_image() -> None:
    names = {"data": (None, 3, 64, 48), "scores": (None, 18, 4, 3), "offsets": (None, 36, 4, 3), "im_info": (None, 3)}
    inputs = tuple(Input(name, shape) for name, shape in names.items())
    node = Node("rois", L.Proposals(stride=16), (Ref("scores"), Ref("offsets"), Ref("im_info")))
    found = random_inputs(Graph("net", inputs, (node,), node.refs))
    assert found["im_info"].tolist() == [[64, 48, 1]]
    assert found["scores"].std() > 0.5


def test_an_embedding_is_given_rows_of_its_table() -> None:
    node = Node("embed", L.Embed(vocabulary=5, units=2), (Ref("words"),))
    found = random_inputs(Graph("net", (Input("words", (20, 9)),), (node,), node.refs))
    assert set(found["words"].ravel()) == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("to", ["onnx", "pytorch"])
def test_statistics_of_a_net_without_weights_are_those_of_the_file(to: str, tmp_path: Path) -> None:
    file = tmp_path / "net.prototxt"
    file.write_text(
        NET.replace('name: "relu"', 'name: "norm" type: "BatchNorm" bottom: "conv" top: "conv" }\nlayer { name: "relu"')
    )
    out = tmp_path / ("out.onnx" if to == "onnx" else "out.py")
    translate(file, to, out)
    assert "norm" in out.read_text("latin-1")
    assert verify(file, out).agree


def test_vectors_that_one_layer_gives_are_each_taken_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "net.prototxt"
    slices = 'layer { name: "s" type: "Slice" bottom: "x" top: "a" top: "b" slice_param { axis: 0 slice_point: 2 } }'
    file.write_text(f'name: "net"\ninput: "x" input_shape {{ dim: 3 }}\n{slices}\n')
    found = run_opencv(Job(file, None, ("s", "s:1")), {"x": np.arange(3, dtype=np.float32)})
    assert [each.tolist() for each in found.outputs] == [[0.0, 1.0], [2.0]]


def test_of_several_outputs_of_a_layer_the_one_that_is_meant_is_compared(tmp_path: Path) -> None:
    file = tmp_path / "net.prototxt"
    slices = 'type: "Slice" bottom: "x" top: "a" top: "b" top: "c" slice_param { slice_point: 1 slice_point: 3 }'
    taken = 'layer { name: "r" type: "ReLU" bottom: "b" top: "r" }'
    image = 'input: "x" input_shape { dim: 1 dim: 8 dim: 2 dim: 2 }'
    file.write_text(f'name: "net"\n{image}\nlayer {{ name: "s" {slices} }}\n{taken}\n')
    found = run_opencv(Job(file, None, ("s", "s:2", "r")), {"x": np.ones((1, 8, 2, 2), np.float32)})
    assert [each.shape[1] for each in found.outputs] == [1, 5, 2]
    out = tmp_path / "out.prototxt"
    translate(file, "caffe", out)
    assert verify(file, out).agree
