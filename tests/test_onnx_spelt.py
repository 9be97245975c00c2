"""Operators of ONNX that are spelt out by several layers, against the evaluator that defines them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from ir import Report
from ir import layers as L
from tests.test_onnx_numbers import in_pytorch
from tests.test_onnx_operators import IMAGE, drawn, ints, layers, net, node, run, same
from translator import TranslationError, read, write

RNG = np.random.default_rng(7)


def chosen(low: int, high: int, *shape: int, dtype: str = "int64") -> Any:
    return RNG.integers(low, high, shape).astype(dtype)


FRACTIONS = np.array([-7.5, -3.0, -0.1, 0.0, 2.2, 6.0, 9.3], np.float32)
BYTES = np.array([0, 1, 7, 100, 200, 255], np.uint8)
SIGNED = np.array([-128, -5, -1, 0, 3, 127], np.int8)
HEADS = {"q": drawn(2, 4, 3, 4), "k": drawn(2, 2, 5, 4), "v": drawn(2, 2, 5, 6)}
LINEAR = {"q": drawn(2, 3, 8), "k": drawn(2, 3, 4), "v": drawn(2, 3, 6)}
LINEAR |= {"s": drawn(2, 2, 2, 3), "d": -np.abs(drawn(2, 3, 4)), "b": np.abs(drawn(2, 3, 2))}
SHARED = {"q_num_heads": 4, "kv_num_heads": 2}
ROIS = np.array([[0, 0, 4, 5], [1.5, 2, 6, 8], [-3, -2, 20, 30]], np.float32)

Case = tuple[Any, dict[str, Any], dict[str, Any], int]
CASES: dict[str, Case] = {
    "NegativeLogLikelihoodLoss, weighed": (
        node("NegativeLogLikelihoodLoss", "x t w", ignore_index=2),
        {"x": drawn(4, 5, 3), "t": chosen(0, 5, 4, 3)}, {"w": np.abs(drawn(5))}, 13,
    ),
    "SoftmaxCrossEntropyLoss with its logarithms": (
        node("SoftmaxCrossEntropyLoss", "x t", "y z", reduction="none"),
        {"x": drawn(4, 5), "t": chosen(0, 5, 4)}, {}, 13,
    ),
    "Mod of fractions": (
        node("Mod", "x w", fmod=1), {"x": FRACTIONS}, {"w": np.array([2.5, -2, 3, 1.5, -1.1, 3, 3.1], np.float32)}, 13,
    ),
    "Mod of whole numbers": (node("Mod", "x w"), {"x": SIGNED}, {"w": np.array([7, -3, 4, 5, -2, 10], np.int8)}, 13),
    "Div of whole numbers": (node("Div", "x w"), {"x": SIGNED}, {"w": np.array([7, -3, 4, 5, -2, 10], np.int8)}, 14),
    "Add of bytes that go round": (node("Add", "x z"), {"x": BYTES, "z": BYTES[::-1].copy()}, {}, 14),
    "Sub of bytes that go round": (node("Sub", "x z"), {"x": BYTES, "z": BYTES[::-1].copy()}, {}, 14),
    "Mul of bytes that go round": (node("Mul", "x z"), {"x": SIGNED, "z": SIGNED[::-1].copy()}, {}, 14),
    "Pow of two tensors": (node("Pow", "x z"), {"x": np.abs(drawn(3, 4)), "z": drawn(4)}, {}, 15),
    "Pow of whole numbers": (node("Pow", "x w"), {"x": ints(1, -2, 3, 7)}, {"w": ints(4, 3, 2, 1)}, 15),
    "BitShift to the left": (
        node("BitShift", "x z", direction="LEFT"), {"x": BYTES, "z": np.array([1, 3, 2, 1, 8, 0], np.uint8)}, {}, 11,
    ),
    "BitShift to the right": (
        node("BitShift", "x z", direction="RIGHT"), {"x": BYTES, "z": np.array([1, 3, 2, 1, 7, 0], np.uint8)}, {}, 11,
    ),
    "BitwiseAnd": (node("BitwiseAnd", "x z"), {"x": SIGNED, "z": SIGNED[::-1].copy()}, {}, 18),
    "BitwiseXor": (node("BitwiseXor", "x z"), {"x": BYTES, "z": BYTES[::-1].copy()}, {}, 18),
    "BitwiseNot": (node("BitwiseNot", "x"), {"x": SIGNED}, {}, 18),
    "Cast to a smaller type": (node("Cast", "x", to=TensorProto.UINT8), {"x": ints(3, 256, 300, 999)}, {}, 19),
    "Cast to half a byte": (node("Cast", "x", to=TensorProto.INT4), {"x": FRACTIONS}, {}, 21),
    "Cast to floats of a byte": (
        node("Cast", "x", to=TensorProto.FLOAT8E4M3FN),
        {"x": np.array([0.3, -1.7, 500, -449, 1e-3, 0.0021, 17, 18], np.float32)}, {}, 19,
    ),
    "Cast to floats of a byte that are infinite": (
        node("Cast", "x", to=TensorProto.FLOAT8E5M2, saturate=0),
        {"x": np.array([0.3, -1.7, 7e4, -1e6, 1e-5, 0.0021, 17, 18], np.float32)}, {}, 19,
    ),
    "GatherElements from the end": (
        node("GatherElements", "x i", axis=1), {"x": IMAGE, "i": chosen(-4, 4, 2, 3, 9, 7)}, {}, 13,
    ),
    "Gather by numbers that come while it runs": (
        node("Gather", "x i", axis=1), {"x": IMAGE, "i": chosen(-4, 4, 3, 2)}, {}, 13,
    ),
    "Gather by one number that comes": (node("Gather", "x i", axis=2), {"x": IMAGE, "i": np.array(3)}, {}, 13),
    "Max of two that stretch": (node("Max", "x z"), {"x": (3, 1, 4), "z": (2, 1)}, {}, 13),
    "Min of three": (node("Min", "x z w"), {"x": (3, 4), "z": (4,)}, {"w": np.float32(0.1)}, 13),
    "GatherND of rows": (node("GatherND", "x i"), {"x": (3, 4, 5), "i": chosen(0, 3, 2, 6, 2)}, {}, 13),
    "GatherND in each batch": (
        node("GatherND", "x i", batch_dims=1), {"x": (3, 4, 5), "i": chosen(-4, 4, 3, 2, 1)}, {}, 13,
    ),
    "ScatterElements": (
        node("ScatterElements", "x i u", axis=1),
        {"x": (2, 6), "i": ints(0, -1, 2, 1, 3, 5).reshape(2, 3), "u": (2, 3)}, {}, 13,
    ),
    "ScatterElements that adds": (
        node("ScatterElements", "x i u", axis=0, reduction="add"),
        {"x": (4, 3), "i": ints(0, 1, 0, 0, 1, 3).reshape(2, 3), "u": (2, 3)}, {}, 16,
    ),
    "ScatterND of rows": (
        node("ScatterND", "x i u"), {"x": (4, 3, 2), "u": (2, 3, 2)}, {"i": ints(2, -4).reshape(2, 1)}, 13,
    ),
    "ScatterND into a box": (
        node("ScatterND", "x i u"), {"x": (3, 5, 4, 2), "u": (2, 2, 3, 2)},
        {"i": np.stack(np.meshgrid([1, 2], [-3, -2], [0, 1, 2], indexing="ij"), -1).astype(np.int64)}, 13,
    ),
    "ScatterND into a box from behind, which is none in order": (
        node("ScatterND", "x i u"), {"x": (5, 4), "u": (2, 2)},
        {"i": np.stack(np.meshgrid([2, 1], [0, 1], indexing="ij"), -1).astype(np.int64)}, 13,
    ),
    "ScatterND of numbers": (
        node("ScatterND", "x i u"), {"x": (4, 3), "i": ints(2, 1, 0, 2).reshape(2, 2), "u": (2,)}, {}, 13,
    ),
    "ReverseSequence": (
        node("ReverseSequence", "x n", batch_axis=1, time_axis=0), {"x": (5, 3, 2), "n": ints(5, 1, 3)}, {}, 10,
    ),
    "RotaryEmbedding": (
        node("RotaryEmbedding", "x c s p", interleaved=1),
        {"x": (2, 3, 4, 6), "p": chosen(0, 9, 2, 4)}, {"c": drawn(9, 3), "s": drawn(9, 3)}, 23,
    ),
    "RotaryEmbedding of some features": (
        node("RotaryEmbedding", "x c s", rotary_embedding_dim=4, num_heads=2),
        {"x": (2, 4, 12), "c": (2, 4, 2), "s": (2, 4, 2)}, {}, 23,
    ),
    "LinearAttention": (node("LinearAttention", "q k v s d b", "y z", **SHARED), LINEAR, {}, 27),
    "LinearAttention without a state": (
        node("LinearAttention", "q k v", "y z", update_rule="linear", **SHARED),
        {name: LINEAR[name] for name in "qkv"}, {}, 27,
    ),
    "CausalConvWithState": (
        node("CausalConvWithState", "x w b s", "y z", activation="silu"),
        {"x": (2, 4, 6), "s": (2, 4, 2)}, {"w": drawn(4, 1, 3), "b": drawn(4)}, 27,
    ),
    "SwiGLU": (node("SwiGLU", "x z", alpha=0.7), {"x": (2, 3), "z": (2, 3)}, {}, 28),
    "Attention and its scores": (
        node("Attention", "q k v", "y a b z", qk_matmul_output_mode=3, is_causal=1), HEADS, {}, 23,
    ),
    "Attention over sequences of several lengths": (
        node("Attention", "q k v m - - n", is_causal=1), {**HEADS, "m": (3, 4), "n": ints(5, 3)}, {}, 24,
    ),
    "AffineGrid": (node("AffineGrid", "x s"), {"x": (2, 2, 3)}, {"s": ints(2, 3, 4, 5)}, 20),
    "CenterCropPad": (node("CenterCropPad", "x s", axes=[0, 2]), {"x": (3, 4, 5)}, {"s": ints(6, 2)}, 18),
    "EyeLike": (node("EyeLike", "x", k=1), {"x": (3, 4)}, {}, 9),
    "Col2Im": (
        node("Col2Im", "x i b", pads=[1, 0, 1, 0], strides=[2, 1]), {"x": (2, 12, 9)},
        {"i": ints(4, 4), "b": ints(2, 2)}, 18,
    ),
    "DFT of one side": (node("DFT", "x", onesided=1), {"x": (2, 9, 1)}, {}, 20),
    "STFT": (node("STFT", "x s w"), {"x": (2, 30, 1)}, {"s": np.int64(4), "w": np.hanning(8).astype(np.float32)}, 17),
    "RoiAlign": (
        node("RoiAlign", "x r b", output_height=2, output_width=3, sampling_ratio=2, spatial_scale=0.5),
        {"x": (2, 3, 9, 7), "r": ROIS}, {"b": ints(1, 0, 1)}, 16,
    ),
    "DeformConv": (
        node("DeformConv", "x w o b m", kernel_shape=[2, 2], pads=[0] * 4, offset_group=2),
        {"x": (2, 4, 5, 4), "o": (2, 16, 4, 3), "m": (2, 8, 4, 3)}, {"w": drawn(3, 4, 2, 2), "b": drawn(3)}, 19,
    ),
    "QuantizeLinear in blocks": (
        node("QuantizeLinear", "x s z", axis=1, block_size=2), {"x": (2, 5)},
        {"s": np.abs(drawn(2, 3)), "z": chosen(0, 9, 2, 3, dtype="uint8")}, 21,
    ),
    "DynamicQuantizeLinear": (node("DynamicQuantizeLinear", "x", "y s z"), {"x": (3, 4)}, {}, 11),
    "TensorScatter": (
        node("TensorScatter", "x u n", mode="circular", axis=1),
        {"x": (2, 5, 3), "u": (2, 2, 3), "n": ints(4, 1)}, {}, 24,
    ),
    "Compress": (node("Compress", "x c", axis=1), {"x": (3, 4)}, {"c": np.array([True, False, True])}, 11),
}  # fmt: skip


def proto_of(operator: Any, values: dict[str, Any], arrays: dict[str, Any], opset: int) -> Any:
    outputs = [helper.make_empty_tensor_value_info(name) for name in operator.output if name]
    given = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
        for name, value in values.items()
    ]
    held = [numpy_helper.from_array(np.asarray(array), name) for name, array in arrays.items()]
    made = helper.make_graph([operator], "net", given, outputs, held)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)])


@pytest.mark.parametrize("case", CASES)
def test_what_is_spelt_out_computes_what_the_operator_does(case: str, tmp_path: Path) -> None:
    operator, inputs, arrays, opset = CASES[case]
    values = {name: drawn(*each) if isinstance(each, tuple) else each for name, each in inputs.items()}
    proto = proto_of(operator, values, arrays, opset)
    onnx.save(proto, tmp_path / "net.onnx")
    model = read(tmp_path / "net.onnx", report=Report())
    assert not [each for each in model.graph.nodes if isinstance(each.layer, L.Custom)]
    wanted = [np.asarray(each, np.float32) for each in ReferenceEvaluator(proto).run(None, values)]
    write(model, "onnx", tmp_path / "again.onnx", report=Report())
    found = run(tmp_path / "again.onnx", {name: np.asarray(value, np.float32) for name, value in values.items()})
    for results in (found, in_pytorch(model, values, tmp_path)):
        assert len(results) == len(wanted)
        for got, truth in zip(results, wanted, strict=True):
            assert got.shape == truth.shape
            np.testing.assert_allclose(got, truth, rtol=1e-4, atol=1e-5)


NARROW = {
    "INT4": np.array([-8, -1, 0, 3, 7], np.float32),
    "UINT4": np.array([0, 1, 9, 15, 4], np.float32),
    "INT2": np.array([-2, -1, 0, 1, 1], np.float32),
    "FLOAT8E4M3FN": np.array([0.0625, -448, 240, 1.75, 2**-9], np.float32),
    "FLOAT8E4M3FNUZ": np.array([0.0625, -240, 120, 1.75, 2**-10], np.float32),
    "FLOAT8E5M2": np.array([0.0625, -57344, 96, 1.75, 2**-16], np.float32),
    "FLOAT8E5M2FNUZ": np.array([0.0625, -57344, 96, 1.75, 2**-17], np.float32),
    "FLOAT4E2M1": np.array([0.5, -6, 1.5, 0, 4], np.float32),
}


@pytest.mark.parametrize("kind", NARROW)
def test_weights_of_few_bits_are_the_numbers_that_they_stand_for(kind: str, tmp_path: Path) -> None:
    code, numbers = getattr(TensorProto, kind), NARROW[kind]
    held = helper.make_tensor("w", code, numbers.shape, numbers.tolist())
    nodes = [node("DequantizeLinear", "w s", "d"), node("Mul", "x d")]
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, (2, 5))
    scale = numpy_helper.from_array(np.float32(0.5), "s")
    made = helper.make_graph(nodes, "net", [given], [helper.make_empty_tensor_value_info("y")], [held, scale])
    onnx.save(helper.make_model(made, opset_imports=[helper.make_opsetid("", 25)]), tmp_path / "net.onnx")
    write(read(tmp_path / "net.onnx"), "onnx", tmp_path / "again.onnx")
    x = drawn(2, 5)
    (got,) = run(tmp_path / "again.onnx", {"x": x})
    np.testing.assert_allclose(got, x * numbers * 0.5, rtol=1e-6)


def test_places_beyond_an_axis_are_refused(tmp_path: Path) -> None:
    proto = proto_of(node("GatherElements", "x i"), {"x": drawn(3, 2)}, {"i": ints(0, 3).reshape(1, 2)}, 13)
    onnx.save(proto, tmp_path / "net.onnx")
    with pytest.raises(TranslationError, match="takes place 0 to 3 of 3"):
        read(tmp_path / "net.onnx")


def test_a_large_box_that_a_net_works_out_the_places_of_is_cut_and_joined(tmp_path: Path) -> None:
    x, values = drawn(300, 300), drawn(299, 299)
    arrays = {
        "down": np.arange(1, 300).reshape(299, 1), "right": np.arange(1, 300), "s": ints(299, 299), "a": ints(-1),
    }  # fmt: skip
    nodes = [
        node("Expand", "down s", "d"), node("Expand", "right s", "r"),
        node("Unsqueeze", "d a", "d1"), node("Unsqueeze", "r a", "r1"),
        node("Concat", "d1 r1", "i", axis=-1), node("ScatterND", "x i u"),
    ]  # fmt: skip
    proto = net(nodes, {"x": x.shape, "u": values.shape}, arrays, opset=13)
    model = same(proto, {"x": x, "u": values}, tmp_path)
    assert {type(each) for each in layers(model)} == {L.Slice, L.Concat}


def test_one_slope_for_all_over_one_axis_is_written(tmp_path: Path) -> None:
    proto = net([node("PRelu", "x s")], {"x": (5,)}, {"s": np.array([0.25], np.float32)})
    model = same(proto, {"x": drawn(5)}, tmp_path)
    for to in ("keras", "pytorch"):
        assert "PReLU" in (write(model, to).text or "")


def test_rows_that_go_to_places_that_are_known_are_picked_one_by_one(tmp_path: Path) -> None:
    x, rows = drawn(40, 3), drawn(20, 3)
    places = np.arange(0, 40, 2)[::-1].reshape(20, 1).copy()
    proto = proto_of(node("ScatterND", "x i u"), {"x": x, "u": rows}, {"i": places}, 13)
    proto.ir_version = 8
    onnx.save(proto, tmp_path / "net.onnx")
    model = read(tmp_path / "net.onnx")
    assert not [each for each in model.graph.nodes if isinstance(each.layer, L.PutAlong)]
    write(model, "onnx", tmp_path / "again.onnx")
    (wanted,) = run(tmp_path / "net.onnx", {"x": x, "u": rows})
    np.testing.assert_array_equal(run(tmp_path / "again.onnx", {"x": x, "u": rows})[0], wanted)
