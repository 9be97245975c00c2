"""Operators in the forms that other tools write them, run in ONNX Runtime as they are, and as they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from ir import Model
from ir import layers as L
from translator import read, write

RNG = np.random.default_rng(5)
IMAGE: tuple[int, ...] = (2, 4, 9, 7)


def drawn(*shape: int) -> Any:
    return RNG.standard_normal(shape).astype(np.float32)


def ints(*values: int) -> Any:
    return np.array(values, np.int64)


def net(
    nodes: list[Any],
    inputs: dict[str, Any],
    arrays: dict[str, Any] | None = None,
    *,
    opset: int | None = 17,
    outputs: tuple[str, ...] = ("y",),
    listed: bool = False,
    dtype: int = TensorProto.FLOAT,
    ir_version: int = 8,
) -> Any:
    """Return a ModelProto; `listed` lists the initializers as inputs too."""
    initializers = [numpy_helper.from_array(array, name) for name, array in (arrays or {}).items()]
    given = [helper.make_tensor_value_info(name, dtype, shape) for name, shape in inputs.items()]
    if listed:
        given += [helper.make_tensor_value_info(t.name, t.data_type, list(t.dims)) for t in initializers]
    found = [helper.make_empty_tensor_value_info(name) for name in outputs]
    graph = helper.make_graph(nodes, "net", given, found, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset or 9)], ir_version=ir_version)
    if opset is None:
        del model.opset_import[:]
    return model


def node(kind: str, inputs: str, outputs: str = "y", **attributes: Any) -> Any:
    """Return an operator; `-` is for an input that is not given."""
    names = [name if name != "-" else "" for name in inputs.split()]
    return helper.make_node(kind, names, outputs.split(), **attributes)


def run(path: Path, values: dict[str, Any]) -> list[Any]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    wanted = {each.name for each in session.get_inputs()}
    return list(session.run(None, {name: value for name, value in values.items() if name in wanted}))


def same(proto: Any, values: dict[str, Any], folder: Path) -> Model:
    """Require that a model gives the same in ONNX Runtime once it was read and written; return what was read."""
    onnx.save(proto, folder / "net.onnx")
    model = read(folder / "net.onnx")
    assert not [each for each in model.graph.nodes if isinstance(each.layer, L.Custom)]
    write(model, "onnx", folder / "again.onnx")
    floats = {name: np.asarray(value, np.float32) for name, value in values.items()}
    for got, wanted in zip(run(folder / "again.onnx", floats), run(folder / "net.onnx", values), strict=True):
        assert got.shape == wanted.shape
        np.testing.assert_allclose(got, np.asarray(wanted, np.float32), rtol=2e-5, atol=2e-6)
    return model


def layers(model: Model) -> list[Any]:
    return [each.layer for each in model.graph.nodes]


KERNEL, SQUARE = {"w": drawn(6, 4, 3, 3), "b": drawn(6)}, {"w": drawn(4, 3, 3, 3)}
OPERATORS: dict[str, tuple[Any, ...]] = {
    "Softmax before operator set 13 is over all axes behind": (node("Softmax", "x"), IMAGE, {}, 11),
    "Softmax before operator set 13, of the last axis": (node("Softmax", "x", axis=3), IMAGE, {}, 11),
    "Softmax before operator set 13, from a middle axis": (node("Softmax", "x", axis=2), IMAGE, {}, 12),
    "Softmax since operator set 13": (node("Softmax", "x", axis=1), IMAGE, {}, 13),
    "LogSoftmax": (node("LogSoftmax", "x"), (3, 5), {}, 13),
    "Gemm, transposed and scaled": (
        node("Gemm", "x w b", transA=1, alpha=0.5, beta=2.0),
        (4, 3),
        {"w": drawn(4, 5), "b": drawn(1, 5)},
        11,
    ),
    "Gemm, with one number for a bias": (node("Gemm", "x w b", transB=1), (3, 4), {"w": drawn(5, 4), "b": drawn(1)}, 9),
    "Gemm without a bias": (node("Gemm", "x w"), (3, 4), {"w": drawn(4, 5)}, 11),
    "MatMul from the left": (node("MatMul", "w x"), (2, 4, 3), {"w": drawn(5, 4)}, 13),
    "MatMul by a vector": (node("MatMul", "x w"), (2, 4, 3), {"w": drawn(3)}, 13),
    "Conv with SAME_UPPER": (node("Conv", "x w b", auto_pad="SAME_UPPER", strides=[2, 2]), IMAGE, KERNEL, 11),
    "Conv with SAME_LOWER": (node("Conv", "x w b", auto_pad="SAME_LOWER", strides=[2, 3]), (2, 4, 8, 8), KERNEL, 11),
    "Conv with VALID": (node("Conv", "x w b", auto_pad="VALID"), IMAGE, KERNEL, 11),
    "ConvTranspose to a size": (
        node("ConvTranspose", "x w", strides=[2, 2], output_shape=[18, 14]),
        IMAGE,
        SQUARE,
        11,
    ),
    "ConvTranspose with a border behind": (
        node("ConvTranspose", "x w", strides=[3, 2], output_padding=[1, 1], pads=[1, 0, 1, 2]),
        IMAGE,
        SQUARE,
        11,
    ),
    "MaxPool that rounds up": (node("MaxPool", "x", kernel_shape=[3, 2], strides=[2, 2], ceil_mode=1), IMAGE, {}, 12),
    "MaxPool with SAME_UPPER": (
        node("MaxPool", "x", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER"),
        (2, 4, 8, 8),
        {},
        12,
    ),
    "AveragePool that leaves its border out": (
        node("AveragePool", "x", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        IMAGE,
        {},
        11,
    ),
    "AveragePool that counts its border": (
        node("AveragePool", "x", kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1),
        IMAGE,
        {},
        11,
    ),
    "BatchNormalization": (
        node("BatchNormalization", "x s b m v", epsilon=0.01),
        IMAGE,
        {"s": drawn(4), "b": drawn(4), "m": drawn(4), "v": abs(drawn(4))},
        9,
    ),
    "InstanceNormalization": (node("InstanceNormalization", "x s b"), IMAGE, {"s": drawn(4), "b": drawn(4)}, 9),
    "LayerNormalization": (
        node("LayerNormalization", "x s b", axis=2),
        IMAGE,
        {"s": drawn(9, 7), "b": drawn(9, 7)},
        17,
    ),
    "Clip by attributes": (node("Clip", "x", min=-0.5, max=0.5), IMAGE, {}, 10),
    "Clip from below alone": (node("Clip", "x low"), IMAGE, {"low": np.float32(-0.25)}, 11),
    "Clip from above alone": (node("Clip", "x - high"), IMAGE, {"high": np.float32(0.25)}, 11),
    "Clip as ReLU6": (node("Clip", "x low high"), IMAGE, {"low": np.float32(0), "high": np.float32(0.6)}, 13),
    "Pad by attributes": (node("Pad", "x", pads=[0, 0, 1, 2, 0, 0, 0, 3], value=0.5), IMAGE, {}, 10),
    "Pad by inputs": (node("Pad", "x p c"), IMAGE, {"p": ints(0, 0, 1, 2, 0, 0, 0, 3), "c": np.float32(0.5)}, 13),
    "Pad of some axes": (node("Pad", "x p - a"), IMAGE, {"p": ints(1, 2), "a": ints(-1)}, 18),
    "Slice by attributes": (node("Slice", "x", starts=[1, -5], ends=[3, 100], axes=[1, 2]), IMAGE, {}, 9),
    "Slice by inputs, one axis backwards": (
        node("Slice", "x s e a t"),
        IMAGE,
        {"s": ints(1, -1), "e": ints(9, -1000), "a": ints(1, 3), "t": ints(1, -1)},
        13,
    ),
    "Slice without axes": (node("Slice", "x s e"), IMAGE, {"s": ints(0, 1), "e": ints(2, 2)}, 13),
    "Squeeze by attributes": (node("Squeeze", "x", axes=[1, 3]), (2, 1, 5, 1), {}, 11),
    "Squeeze of all there are": (node("Squeeze", "x"), (2, 1, 5, 1), {}, 11),
    "Unsqueeze by inputs": (node("Unsqueeze", "x a"), (2, 5), {"a": ints(-1, 1)}, 13),
    "Split by attributes": (node("Split", "x", "y z", axis=1, split=[1, 3]), IMAGE, {}, 11),
    "Split by inputs": (node("Split", "x s", "y z", axis=2), IMAGE, {"s": ints(4, 5)}, 13),
    "Split into pieces of one length": (node("Split", "x", "y z", axis=1), IMAGE, {}, 11),
    "Split into pieces of which the last is shorter": (node("Split", "x", "y z", axis=2, num_outputs=2), IMAGE, {}, 18),
    "Reshape that keeps": (node("Reshape", "x s"), IMAGE, {"s": ints(0, -1)}, 13),
    "Flatten from an axis": (node("Flatten", "x", axis=2), IMAGE, {}, 11),
    "Flatten of all": (node("Flatten", "x", axis=0), IMAGE, {}, 11),
    "Transpose without an order": (node("Transpose", "x"), IMAGE, {}, 11),
    "Upsample": (node("Upsample", "x s", mode="nearest"), IMAGE, {"s": np.array([1, 1, 2, 3], np.float32)}, 9),
    "Resize as of old": (node("Resize", "x s", mode="nearest"), IMAGE, {"s": np.array([1, 1, 2, 3], np.float32)}, 10),
    "Resize by its defaults": (node("Resize", "x - s"), IMAGE, {"s": np.array([1, 1, 2, 3], np.float32)}, 13),
    "Resize to sizes": (
        node("Resize", "x - - s", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
        IMAGE,
        {"s": ints(2, 4, 18, 21)},
        13,
    ),
    "Resize between corners": (
        node("Resize", "x - - s", mode="linear", coordinate_transformation_mode="align_corners"),
        IMAGE,
        {"s": ints(2, 4, 5, 11)},
        13,
    ),
    "DepthToSpace": (node("DepthToSpace", "x", blocksize=2), (2, 8, 3, 5), {}, 11),
    "DepthToSpace by columns": (node("DepthToSpace", "x", blocksize=2, mode="CRD"), (2, 8, 3, 5), {}, 11),
    "SpaceToDepth": (node("SpaceToDepth", "x", blocksize=2), (2, 3, 4, 6), {}, 13),
    "ReduceMean over pixels": (node("ReduceMean", "x", axes=[2, 3], keepdims=0), IMAGE, {}, 13),
    "ReduceMean over a middle axis": (node("ReduceMean", "x a", keepdims=0), IMAGE, {"a": ints(1)}, 18),
    "ReduceSum over a middle axis": (node("ReduceSum", "x a"), IMAGE, {"a": ints(0, 2)}, 13),
    "ReduceSum of all": (node("ReduceSum", "x"), IMAGE, {}, 13),
    "ReduceL2": (node("ReduceL2", "x", axes=[1]), IMAGE, {}, 13),
    "Reduction of no axes that are named": (node("ReduceSumSquare", "x", noop_with_empty_axes=1), IMAGE, {}, 18),
    "Reduction of nothing": (node("ReduceL1", "x a", noop_with_empty_axes=1), IMAGE, {"a": ints()}, 18),
    "Celu": (node("Celu", "x", alpha=0.5), IMAGE, {}, 12),
    "ReduceL1": (node("ReduceL1", "x", axes=[1], keepdims=0), IMAGE, {}, 13),
    "ReduceMax over pixels": (node("ReduceMax", "x", axes=[-1, -2]), IMAGE, {}, 13),
    "ArgMax takes the first of equal ones": (node("ArgMax", "t", axis=1), {"t": (2, 3)}, {}, 13),
    "PRelu by channel": (node("PRelu", "x s"), IMAGE, {"s": drawn(4, 1, 1)}, 9),
    "PRelu by column": (node("PRelu", "x s"), IMAGE, {"s": drawn(7)}, 9),
    "PRelu with one slope": (node("PRelu", "x s"), IMAGE, {"s": drawn(1)}, 9),
    "Add of channels": (node("Add", "x c"), IMAGE, {"c": drawn(4, 1, 1)}, 9),
    "Add of columns": (node("Add", "c x"), IMAGE, {"c": drawn(7)}, 9),
    "Add of a whole array": (node("Add", "x c"), IMAGE, {"c": drawn(*IMAGE)}, 9),
    "Add of what makes it larger": (node("Add", "x c"), (4, 1, 7), {"c": drawn(2, 1, 9, 7)}, 9),
    "Sub from a number": (node("Sub", "c x"), IMAGE, {"c": np.float32(2)}, 9),
    "Sub from channels": (node("Sub", "c x"), IMAGE, {"c": drawn(4, 1, 1)}, 9),
    "Mul of rows": (node("Mul", "x c"), IMAGE, {"c": drawn(9, 1)}, 9),
    "Mul of channels and columns": (node("Mul", "x c"), IMAGE, {"c": drawn(4, 1, 7)}, 9),
    "Div by channels": (node("Div", "x c"), IMAGE, {"c": drawn(4, 1, 1)}, 9),
    "Div of a number": (node("Div", "c x"), IMAGE, {"c": np.float32(3)}, 9),
    "Max of a tensor and a number": (node("Max", "x c"), IMAGE, {"c": np.float32(0.1)}, 9),
    "Min of tensors": (node("Min", "x z"), {"x": IMAGE, "z": IMAGE}, {}, 9),
    "Mean of tensors": (node("Mean", "x z x"), {"x": IMAGE, "z": IMAGE}, {}, 9),
    "Sum of tensors": (node("Sum", "x z x"), {"x": IMAGE, "z": IMAGE}, {}, 9),
    "Add of tensors that both stretch": (node("Add", "x z"), {"x": (2, 1, 5), "z": (3, 1)}, {}, 9),
    "Mul of a tensor by one for each channel": (node("Mul", "z x"), {"x": IMAGE, "z": (2, 4, 1, 1)}, {}, 9),
    "Expand": (node("Expand", "x s"), (3, 1), {"s": ints(2, 1, 4)}, 13),
    "Tile": (node("Tile", "x r"), (2, 3), {"r": ints(1, 3)}, 13),
    "Gather of a part": (node("Gather", "x i", axis=1), IMAGE, {"i": np.int64(-1)}, 13),
    "Gather of parts that follow each other": (node("Gather", "x i", axis=2), IMAGE, {"i": ints(2, 3, 4)}, 13),
    "Selu": (node("Selu", "x"), IMAGE, {}, 9),
    "HardSigmoid": (node("HardSigmoid", "x"), IMAGE, {}, 9),
    "HardSwish": (node("HardSwish", "x"), IMAGE, {}, 14),
    "Softsign": (node("Softsign", "x"), IMAGE, {}, 9),
    "LeakyRelu by its default": (node("LeakyRelu", "x"), IMAGE, {}, 9),
    "LSTM": (
        node("LSTM", "x w r b", "y h", hidden_size=3),
        (5, 2, 4),
        {"w": drawn(1, 12, 4), "r": drawn(1, 12, 3), "b": drawn(1, 24)},
        14,
    ),
    "LSTM of both directions": (
        node("LSTM", "x w r b", "y h", hidden_size=3, direction="bidirectional"),
        (5, 2, 4),
        {"w": drawn(2, 12, 4), "r": drawn(2, 12, 3), "b": drawn(2, 24)},
        14,
    ),
    "RNN backwards": (
        node("RNN", "x w r", "y h", hidden_size=3, direction="reverse"),
        (5, 2, 4),
        {"w": drawn(1, 3, 4), "r": drawn(1, 3, 3)},
        14,
    ),
    "GRU that resets its state": (
        node("GRU", "x w r b", "y h", hidden_size=3),
        (5, 2, 4),
        {"w": drawn(1, 9, 4), "r": drawn(1, 9, 3), "b": drawn(1, 18)},
        14,
    ),
    "GRU that resets its product, without a bias": (
        node("GRU", "x w r", "y h", hidden_size=3, linear_before_reset=1),
        (5, 2, 4),
        {"w": drawn(1, 9, 4), "r": drawn(1, 9, 3)},
        14,
    ),
    "GRU with functions of its own in each direction": (
        node(
            "GRU",
            "x w r b",
            "y h",
            hidden_size=3,
            direction="bidirectional",
            linear_before_reset=1,
            activations=["HardSigmoid", "Affine", "HardSigmoid", "Tanh"],
            activation_alpha=[0.25, 1.0, 0.125],
            activation_beta=[0.5, 0.0, 0.5],
        ),
        (5, 2, 4),
        {"w": drawn(2, 9, 4), "r": drawn(2, 9, 3), "b": drawn(2, 18)},
        14,
    ),
    "Gelu": (node("Gelu", "x"), IMAGE, {}, 20),
    "RNN": (node("RNN", "x w r", "y h", hidden_size=3), (5, 2, 4), {"w": drawn(1, 3, 4), "r": drawn(1, 3, 3)}, 14),
}


@pytest.mark.parametrize("case", OPERATORS)
def test_operator_computes_the_same_once_it_is_read(case: str, tmp_path: Path) -> None:
    operator, inputs, arrays, opset = OPERATORS[case]
    shapes = inputs if isinstance(inputs, dict) else {"x": inputs}
    values = {name: drawn(*shape) for name, shape in shapes.items()}
    if "t" in values:
        values["t"] = np.array([[1, 3, 3], [2, 2, 0]], np.float32)
    proto = net([operator], shapes, arrays, opset=opset, outputs=tuple(operator.output))
    same(proto, values, tmp_path)


@pytest.mark.parametrize("case", OPERATORS)
def test_operator_takes_a_batch_of_any_size_or_says_why_not(case: str, tmp_path: Path) -> None:
    operator, inputs, arrays, opset = OPERATORS[case]
    shapes = inputs if isinstance(inputs, dict) else {"x": inputs}
    values = {name: drawn(*shape) for name, shape in shapes.items()}
    opened = {name: ("N", *shape[1:]) if shape[0] == 2 else shape for name, shape in shapes.items()}
    onnx.save(net([operator], opened, arrays, opset=opset, outputs=tuple(operator.output)), tmp_path / "net.onnx")
    model = read(tmp_path / "net.onnx")
    if not any(isinstance(each, L.Custom) for each in layers(model)):
        write(model, "onnx", tmp_path / "again.onnx")
        for got, wanted in zip(run(tmp_path / "again.onnx", values), run(tmp_path / "net.onnx", values), strict=True):
            np.testing.assert_allclose(got, np.asarray(wanted, np.float32), rtol=2e-5, atol=2e-6)
