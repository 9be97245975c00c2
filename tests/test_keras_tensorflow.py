"""Functions of TensorFlow between the layers of tf.keras, in the three forms that files have, against numpy."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ir import Report
from ir.layers import Custom
from tests.test_keras_eras import computed, drawn, functional, layer, placed
from tests.test_keras_reader import close
from translator import read

ALL = {"start": None, "stop": None, "step": None}
X, Y, Z = drawn(2, 6), drawn(2, 6), drawn(2, 5, 4)


def softmax(x: Any, axis: int = -1) -> Any:
    powers = np.exp(x - x.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def spread(x: Any) -> Any:
    n, h, w, c = x.shape
    return x.reshape(n, h, w, 2, 2, c // 4).transpose(0, 1, 3, 2, 4, 5).reshape(n, h * 2, w * 2, c // 4)


IMAGE = drawn(2, 3, 4, 8)
DOTS = {"class_name": "__ellipsis__"}
CASES: dict[str, tuple[str, dict[str, Any], list[Any], Any]] = {
    "a sum": ("math.add", {"y": ["b", 0, 0]}, [X, Y], X + Y),
    "a number behind": ("math.subtract", {"y": 3.0, "name": None}, [X], X - 3),
    "a number for each channel": ("nn.bias_add", {"bias": [1.0, 2, 3, 4, 5, 6]}, [X], X + np.arange(1, 7)),
    "numbers in lists": ("math.truediv", {"y": [[[1.0, 2.0, 4.0, 8.0]]]}, [Z], Z / [1, 2, 4, 8]),
    "a mean": ("math.reduce_mean", {"axis": [1], "keepdims": False}, [Z], Z.mean(1)),
    "a sum over the steps": ("math.reduce_sum", {"axis": 1, "keepdims": True}, [Z], Z.sum(1, keepdims=True)),
    "whole numbers": ("cast", {"dtype": "int32"}, [3 * X], np.trunc(3 * X)),
    "other numbers": ("cast", {"dtype": "float16"}, [X], X),
    "truths": ("cast", {"dtype": "bool"}, [X * (X > 0)], (X > 0) * 1.0),
    "a new axis": ("expand_dims", {"axis": -1}, [X], X[..., None]),
    "other sizes": ("reshape", {"shape": [-1, 3, 2]}, [X], X.reshape(-1, 3, 2)),
    "turned": ("compat.v1.transpose", {"perm": [0, 2, 1], "conjugate": False}, [Z], Z.transpose(0, 2, 1)),
    "repeated": ("tile", {"multiples": [1, 3, 1]}, [Z], np.tile(Z, (1, 3, 1))),
    "over an axis": ("nn.softmax", {"axis": 1}, [Z], softmax(Z, 1)),
    "a product": ("linalg.matmul", {"b": ["b", 0, 0], "transpose_b": True}, [Z, Z + 1], Z @ (Z + 1).swapaxes(1, 2)),
    "limits": ("clip_by_value", {"clip_value_min": -0.5, "clip_value_max": 0.5}, [X], X.clip(-0.5, 0.5)),
    "pixels of channels": ("nn.depth_to_space", {"block_size": 2}, [IMAGE], spread(IMAGE)),
    "a border": ("pad", {"paddings": [[0, 0], [1, 2], [0, 1], [0, 0]], "mode": "CONSTANT", "name": None}, [IMAGE],
                 np.pad(IMAGE, [[0, 0], [1, 2], [0, 1], [0, 0]])),
    "an item and a run": ("__operators__.getitem", {"slice_spec": [ALL, -1, {**ALL, "start": 1, "stop": 3}]}, [Z],
                          Z[:, -1, 1:3]),
    "each second": ("__operators__.getitem", {"slice_spec": [DOTS, {**ALL, "step": 2}]}, [Z],
                    Z[..., ::2]),
    "channels the other way": ("__operators__.getitem", {"slice_spec": [DOTS, {**ALL, "step": -1}]},
                               [Z], Z[..., ::-1]),
}  # fmt: skip


def net_of(entry: dict[str, Any], inputs: list[Any]) -> dict[str, Any]:
    names = "ab"[: len(inputs)]
    given = [
        placed(layer("InputLayer", name, batch_input_shape=[None, *x.shape[1:]]))
        for name, x in zip(names, inputs, strict=True)
    ]
    return functional(*given, entry, inputs=[[name, 0, 0] for name in names], outputs=[["f", 0, 0]])


@pytest.mark.parametrize("case", CASES)
def test_a_function_between_layers_computes_what_numpy_does(case: str, tmp_path: Path) -> None:
    function, options, inputs, wanted = CASES[case]
    kind = "SlicingOpLambda" if "getitem" in function else "TFOpLambda"
    entry = placed(layer(kind, "f", function=function), ["a", 0, 0, options])
    found = computed(net_of(entry, inputs), inputs, tmp_path)
    close(found if found.shape == wanted.shape else np.moveaxis(found, 1, -1), wanted)


def test_a_number_stands_in_front_of_a_function(tmp_path: Path) -> None:
    node = ["_CONSTANT_VALUE", -1, 1.0, {"y": ["a", 0, 0], "name": None}]
    entry = placed(layer("TFOpLambda", "f", function="math.subtract"), node)
    close(computed(net_of(entry, [X]), X, tmp_path), 1 - X)


@pytest.mark.parametrize("axis", [-1, 1])
def test_tensors_are_joined_by_a_function(axis: int, tmp_path: Path) -> None:
    entry = placed(
        layer("TFOpLambda", "f", function="concat"), [["a", 0, 0, {"axis": axis}], ["b", 0, 0, {"axis": axis}]]
    )
    close(computed(net_of(entry, [Z, Z + 1]), [Z, Z + 1], tmp_path), np.concatenate([Z, Z + 1], axis))


def test_a_split_gives_pieces_of_the_sizes_it_names(tmp_path: Path) -> None:
    options = {"num_or_size_splits": [1, -1, 2], "axis": 1}
    config = net_of(placed(layer("TFOpLambda", "s", function="split"), ["a", 0, 0, options]), [X])
    config["config"]["output_layers"] = [["s", 0, i] for i in range(3)]
    for found, wanted in zip(computed(config, X, tmp_path), (X[:, :1], X[:, 1:4], X[:, 4:]), strict=True):
        close(found, wanted)


OPERATORS: dict[str, tuple[dict[str, Any], dict[str, Any], list[Any], Any]] = {
    "Mul": ({}, {"1": 128.0}, [X], X * 128),
    "Sub": ({}, {"0": 1.0}, [X], 1 - X),
    "AddV2": ({}, {}, [X, Y], X + Y),
    "Cast": ({"SrcT": {"type": "DT_FLOAT"}, "DstT": {"type": "DT_INT32"}}, {}, [3 * X], np.trunc(3 * X)),
    "Softmax": ({}, {}, [X], softmax(X)),
    "Mean": ({"keep_dims": {"b": True}}, {"1": [1]}, [Z], Z.mean(1, keepdims=True)),
    "ConcatV2": ({"N": {"i": "2"}}, {"2": -1}, [X, Y], np.concatenate([X, Y], -1)),
    "Squeeze": ({"squeeze_dims": {"list": {"i": ["1"]}}}, {}, [X[:, None]], X),
    "BatchMatMulV2": ({"adj_y": {"b": True}}, {}, [Z, Z], Z @ Z.swapaxes(1, 2)),
    "Reshape": ({}, {"1": [-1, 2, 3]}, [X], X.reshape(-1, 2, 3)),
}


@pytest.mark.parametrize("case", OPERATORS)
def test_an_operator_of_a_graph_computes_what_numpy_does(case: str, tmp_path: Path) -> None:
    attributes, constants, inputs, wanted = OPERATORS[case]
    node = {"name": case, "op": case, "input": [], "attr": {"T": {"type": "DT_FLOAT"}, **attributes}}
    fields = layer("TensorFlowOpLayer", case, node_def=node, constants=constants)
    entry = {"name": "f", **fields, "inbound_nodes": [[[name, 0, 0, {}] for name in "ab"[: len(inputs)]]]}
    close(computed(net_of(entry, inputs), inputs, tmp_path), wanted)


@pytest.mark.parametrize(
    ("function", "options"),
    [
        ("signal.stft", {"frame_length": 2}),
        ("math.truediv", {"y": 0.0}),
        ("math.reduce_sum", {"axis": None}),
        ("__operators__.getitem", {"slice_spec": [0]}),
        ("__operators__.getitem", {"slice_spec": [ALL, {**ALL, "step": 0}]}),
    ],
)
def test_a_function_that_cannot_be_said_is_carried_and_named(function: str, options: Any, tmp_path: Path) -> None:
    entry = placed(layer("TFOpLambda", "f", function=function), ["a", 0, 0, options])
    (tmp_path / "net.json").write_text(json.dumps(net_of(entry, [X])))
    report = Report()
    graph = read(tmp_path / "net.json", report=report).graph
    assert [type(node.layer) for node in graph.nodes] == [Custom]
    assert [each.code for each in report] == ["unknown-layer"]
    assert f"tf.{function}" in next(iter(report)).message


def test_the_lambda_of_yad2k_makes_channels_of_pixels_and_is_told(tmp_path: Path) -> None:
    x = drawn(2, 4, 6, 3)
    entry = placed(layer("Lambda", "space_to_depth_x2", function=["4wEA", None, None]), [["a", 0, 0, {}]])
    config = net_of(entry, [x])
    config["config"]["output_layers"] = [["space_to_depth_x2", 0, 0]]
    wanted = x.reshape(2, 2, 2, 3, 2, 3).transpose(0, 1, 3, 2, 4, 5).reshape(2, 2, 3, 12)
    found = computed(config, x, tmp_path)
    close(found if found.shape == wanted.shape else np.moveaxis(found, 1, -1), wanted)
    report = Report()
    read(tmp_path / "net.json", report=report)
    assert [each.code for each in report] == ["assumed-value"]


@pytest.mark.parametrize(
    ("word", "count"), [("site-packages/keras/applications/inception_resnet_v2.py", 2), ("scaling", 1)]
)
def test_the_scale_of_a_branch_is_known_by_the_name_in_its_code_and_told(word: str, count: int, tmp_path: Path) -> None:
    code = base64.encodebytes(b"\xe3\x00\x01" + word.encode() + b"\x00").decode()
    entry = layer("Lambda", "f", function=[code, None, None], function_type="lambda", arguments={"scale": 0.17})
    inputs = [X, Y][:count]
    config = net_of(placed(entry, [[name, 0, 0, {}] for name in "ab"[:count]]), inputs)
    close(computed(config, inputs, tmp_path), X + 0.17 * Y if count == 2 else 0.17 * X)
    report = Report()
    read(tmp_path / "net.json", report=report)
    assert [each.code for each in report] == ["assumed-value"]


def test_the_layers_of_keras_applications_are_known(tmp_path: Path) -> None:
    gamma = drawn(6)
    config = net_of(placed(layer("LayerScale", "s", init_values=1e-6, projection_dim=6), [["a", 0, 0, {}]]), [X, Y])
    config["config"]["layers"] += [
        placed(layer("StochasticDepth", "d", drop_path_rate=0.1), [["s", 0, 0, {}]]),
        placed(layer("Custom>CustomScaleLayer", "f", scale=0.2), [["b", 0, 0, {}], ["d", 0, 0, {}]]),
    ]
    close(computed(config, [X, Y], tmp_path, {"s": [gamma]}, keras_version="2.15.0"), Y + 0.2 * X * gamma)
