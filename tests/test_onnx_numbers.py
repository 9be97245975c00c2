"""Operators of ONNX that choose, count, resize, normalise, quantise or attend, as they are and as they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto

from ir import Model, Report
from ir import layers as L
from tests.test_onnx_operators import IMAGE, drawn, ints, layers, net, node, run, same
from translator import read, write

Case = tuple[Any, dict[str, tuple[int, ...]], dict[str, Any], int]
GAPS = {"kernel_shape": [3, 2], "dilations": [2, 3]}
SIZED = {"scales": np.array([1, 1, 1.5, 0.6], np.float32)}
STEPS = {"s": ints(1, 6), "e": ints(9, -8), "a": ints(2, 3), "t": ints(3, -2)}
LSTM = {"w": drawn(1, 12, 4), "r": drawn(1, 12, 3), "b": drawn(1, 24)}
CASES: dict[str, Case] = {
    "MaxPool with gaps": (node("MaxPool", "x", pads=[1, 1, 1, 1], **GAPS), {"x": IMAGE}, {}, 12),
    "MaxPool with gaps that rounds up": (
        node("MaxPool", "x", strides=[2, 3], ceil_mode=1, **GAPS), {"x": IMAGE}, {}, 12,
    ),
    "MaxPool of a volume with gaps that rounds up": (
        node("MaxPool", "x", kernel_shape=[5] * 3, strides=[3] * 3, dilations=[2] * 3, ceil_mode=1),
        {"x": (1, 1, 32, 17, 20)}, {}, 12,
    ),
    "AveragePool with gaps": (node("AveragePool", "x", **GAPS), {"x": IMAGE}, {}, 19),
    "LpPool": (node("LpPool", "x", kernel_shape=[2, 3], p=3, strides=[2, 1]), {"x": IMAGE}, {}, 11),
    "Pad of the channels": (node("Pad", "x p"), {"x": IMAGE}, {"p": ints(0, 1, 0, 0, 0, 2, 0, 0)}, 13),
    "Pad of a vector": (node("Pad", "x p"), {"x": (3, 5)}, {"p": ints(0, 1, 0, 2)}, 13),
    "Pad by the edge": (node("Pad", "x p", mode="edge"), {"x": IMAGE}, {"p": ints(0, 0, 1, 0, 0, 0, 2, 3)}, 13),
    "Pad by what is mirrored": (
        node("Pad", "x p", mode="reflect"), {"x": IMAGE}, {"p": ints(0, 0, 1, 4, 0, 0, 2, 3)}, 13,
    ),
    "Pad of two axes by what is mirrored": (
        node("Pad", "x p", mode="reflect"), {"x": (4, 5)}, {"p": ints(1, 2, 0, 3)}, 13,
    ),
    "Pad by the other side": (node("Pad", "x p", mode="wrap"), {"x": IMAGE}, {"p": ints(0, 0, 1, 0, 0, 0, 2, 3)}, 19),
    "Slice by steps": (node("Slice", "x s e a t"), {"x": IMAGE}, STEPS, 13),
    "Slice of every second pixel": (
        node("Slice", "x s e a t"), {"x": (2, 3, 8, 6)},
        {"s": ints(1, 0), "e": ints(8, 6), "a": ints(2, 3), "t": ints(2, 2)}, 13,
    ),
    "Gather of parts here and there": (node("Gather", "x i", axis=1), {"x": IMAGE}, {"i": ints(3, 0, 1, -1)}, 13),
    "Gather of parts on two axes": (
        node("Gather", "x i", axis=2), {"x": IMAGE}, {"i": ints(3, 0, 1, 8).reshape(2, 2)}, 13,
    ),
    "GatherElements of less": (
        node("GatherElements", "x i", axis=0), {"x": (5, 4)}, {"i": ints(3, 0, 1, -1, 2, 2).reshape(3, 2)}, 13,
    ),
    "ScatterElements of the largest, which an older set spells out": (
        node("ScatterElements", "x i u", axis=1, reduction="max"), {"x": (2, 6)},
        {"i": ints(0, 5, 0, 1, 3, 1).reshape(2, 3), "u": drawn(2, 3)}, 18,
    ),
    "ScatterElements of the smallest": (
        node("ScatterElements", "x i u", reduction="min"), {"x": (4, 2)},
        {"i": ints(0, 3, 3, 3).reshape(2, 2), "u": drawn(2, 2)}, 18,
    ),
    "ArgMin": (node("ArgMin", "x", axis=1, keepdims=0), {"x": (3, 5)}, {}, 13),
    "Hardmax": (node("Hardmax", "x", axis=1), {"x": (3, 5, 2)}, {}, 13),
    "CastLike": (node("CastLike", "x w"), {"x": (3, 5)}, {"w": np.zeros(1, np.int64)}, 15),
    "TopK": (node("TopK", "x k", "y z", axis=1), {"x": (3, 7)}, {"k": ints(3)}, 13),
    "TopK of the smallest, where": (node("TopK", "x k", "- y", axis=0, largest=0), {"x": (6, 4)}, {"k": ints(2)}, 13),
    "CumSum": (node("CumSum", "x a"), {"x": (2, 5, 3)}, {"a": np.int64(1)}, 14),
    "CumSum from behind, without the place itself": (
        node("CumSum", "x a", reverse=1, exclusive=1), {"x": (2, 5)}, {"a": np.int64(-1)}, 14,
    ),
    "Trilu": (node("Trilu", "x k"), {"x": (2, 4, 5)}, {"k": np.int64(1)}, 14),
    "Trilu below": (node("Trilu", "x", upper=0), {"x": (2, 4, 5)}, {}, 14),
    "OneHot": (
        node("OneHot", "x d v", axis=1), {"x": (2, 3)},
        {"d": np.int64(4), "v": np.array([0.5, 2], np.float32)}, 11,
    ),
    "Einsum of a product": (node("Einsum", "x w", equation="bij,bjk->bik"), {"x": (2, 3, 4), "w": (2, 4, 5)}, {}, 12),
    "Einsum of heads": (
        node("Einsum", "x w", equation="bqhd,bkhd->bhqk"), {"x": (2, 3, 2, 4), "w": (2, 5, 2, 4)}, {}, 12,
    ),
    "Einsum of sums": (node("Einsum", "x w", equation="abc,cde->aed"), {"x": (2, 3, 4), "w": (4, 5, 6)}, {}, 12),
    "Einsum of all together": (node("Einsum", "x w", equation="abc,bcd->ad"), {"x": (2, 3, 4), "w": (3, 4, 5)}, {}, 12),
    "Einsum of three": (
        node("Einsum", "x w v", equation="bld,bln,bld->bn"), {"x": (2, 3, 4), "w": (2, 3, 5), "v": (2, 3, 4)}, {}, 12,
    ),
    "Einsum of what dots say": (
        node("Einsum", "x w", equation="...ij, jk -> ...ik"), {"x": (2, 3, 4, 5), "w": (5, 6)}, {}, 12,
    ),
    "Einsum that names no result": (node("Einsum", "x w", equation="ij,kj"), {"x": (2, 3), "w": (4, 3)}, {}, 12),
    "Einsum of a diagonal": (node("Einsum", "x", equation="...ii->...i"), {"x": (2, 3, 3)}, {}, 12),
    "Einsum of matrices after rows": (
        node("Einsum", "x w", equation="ij,bjkc->bikc"), {"x": (2, 3), "w": (4, 3, 5, 6)}, {}, 12,
    ),
    "Einsum of one": (node("Einsum", "x", equation="abc->ca"), {"x": (2, 3, 4)}, {}, 12),
    "LayerNormalization that gives its statistics": (
        node("LayerNormalization", "x g b", "y m d", axis=1),
        {"x": (2, 3, 4)}, {"g": drawn(3, 4), "b": drawn(3, 4)}, 17,
    ),
    "RMSNormalization": (node("RMSNormalization", "x g"), {"x": (2, 3, 4)}, {"g": drawn(4)}, 23),
    "LpNormalization": (node("LpNormalization", "x", axis=1), {"x": (2, 3)}, {}, 11),
    "LpNormalization by sizes": (node("LpNormalization", "x", axis=1, p=1), {"x": (2, 3)}, {}, 11),
    "GroupNormalization": (
        node("GroupNormalization", "x g b", num_groups=2), {"x": IMAGE}, {"g": drawn(4), "b": drawn(4)}, 21,
    ),
    "MeanVarianceNormalization": (node("MeanVarianceNormalization", "x"), {"x": IMAGE}, {}, 13),
    "ThresholdedRelu": (node("ThresholdedRelu", "x", alpha=0.4), {"x": (3, 5)}, {}, 11),
    "Shrink": (node("Shrink", "x", lambd=0.4, bias=0.1), {"x": (3, 5)}, {}, 11),
    "PRelu with a slope for each element": (node("PRelu", "x s"), {"x": (2, 3, 4)}, {"s": drawn(3, 4)}, 11),
    "Resize by any factors": (node("Resize", "x - scales"), {"x": IMAGE}, SIZED, 13),
    "Resize, the first of its kind": (node("Resize", "x scales"), {"x": IMAGE}, SIZED, 10),
    "Resize, linear by any factors": (node("Resize", "x - scales", mode="linear"), {"x": IMAGE}, SIZED, 13),
    "Resize, cubic": (
        node("Resize", "x - scales", mode="cubic", cubic_coeff_a=-0.5, exclude_outside=1), {"x": IMAGE}, SIZED, 13,
    ),
    "Resize, half-pixel": (
        node("Resize", "x - - n", mode="linear", coordinate_transformation_mode="half_pixel"),
        {"x": IMAGE}, {"n": ints(2, 4, 18, 5)}, 13,
    ),
    "Resize, smoothed": (
        node("Resize", "x - - n", mode="linear", antialias=1), {"x": IMAGE}, {"n": ints(2, 4, 4, 5)}, 18,
    ),
    "LSTM from a state, with its cell": (
        node("LSTM", "x w r b - h c", "- y z", hidden_size=3),
        {"x": (5, 2, 4), "h": (1, 2, 3), "c": (1, 2, 3)}, LSTM, 14,
    ),
    "LSTM over sequences of several lengths": (
        node("LSTM", "x w r b n", "y z", hidden_size=3),
        {"x": (5, 2, 4)}, {**LSTM, "n": np.array([3, 5], np.int32)}, 14,
    ),
    "Attention": (
        node("Attention", "x k v m", q_num_heads=2, kv_num_heads=1, scale=0.4),
        {"x": (2, 3, 8), "k": (2, 5, 4), "v": (2, 5, 6), "m": (3, 5)}, {}, 23,
    ),
    "Attention behind a cache": (
        node("Attention", "x k v - p q", "y n m", is_causal=1),
        {"x": (2, 2, 3, 4), "k": (2, 2, 3, 4), "v": (2, 2, 3, 4), "p": (2, 2, 5, 4), "q": (2, 2, 5, 4)}, {}, 23,
    ),
    "Attention by scores with a limit": (
        node("Attention", "x k v", softcap=0.5), {"x": (2, 2, 3, 4), "k": (2, 2, 5, 4), "v": (2, 2, 5, 4)}, {}, 23,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_operator_computes_the_same_once_it_is_read(case: str, tmp_path: Path) -> None:
    operator, shapes, arrays, opset = CASES[case]
    outputs = tuple(name for name in operator.output if name)
    values = {name: drawn(*shape) for name, shape in shapes.items()}
    whole = case == "OneHot"
    if whole:
        values["x"] = ints(0, 3, 1, 2, -1, 5).reshape(2, 3)  # The last is beyond all places.
    dtype = TensorProto.INT64 if whole else TensorProto.FLOAT
    model = same(
        net([operator], shapes, arrays, opset=opset, outputs=outputs, ir_version=10, dtype=dtype), values, tmp_path
    )
    wanted = run(tmp_path / "net.onnx", values)
    for got, truth in zip(in_pytorch(model, values, tmp_path), wanted, strict=True):
        assert got.shape == truth.shape
        np.testing.assert_allclose(got, np.asarray(truth, np.float32), rtol=2e-5, atol=3e-6)


def in_pytorch(model: Model, values: dict[str, Any], folder: Path) -> list[Any]:
    """Return what a model gives once it is written for PyTorch."""
    import torch
    from safetensors.torch import load_file

    write(model, "pytorch", folder / "again.py")
    names: dict[str, Any] = {}
    exec(compile((folder / "again.py").read_text(), "again.py", "exec"), names)
    (kind,) = (each for each in names.values() if isinstance(each, type) and each.__name__ == "Net")
    built = kind()
    if model.weights:
        built.load_state_dict(load_file(folder / "again.safetensors"))
    floats = [torch.from_numpy(np.asarray(values[each.name], np.float32)) for each in model.graph.inputs]
    with torch.inference_mode():
        found = built.eval()(*floats)
    return [each.detach().numpy() for each in (found if isinstance(found, tuple) else (found,))]


QUANTISED: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "a pair for activations, and held weights": (
        [
            node("QuantizeLinear", "x s z", "q"),
            node("DequantizeLinear", "q s z", "r"),
            node("DequantizeLinear", "w ws wz", "d", axis=0),
            node("Conv", "r d", "y"),
        ],
        {
            "s": np.float32(0.05), "z": np.uint8(120), "ws": np.array([0.1, 0.3], np.float32),
            "wz": np.array([0, 3], np.int8), "w": np.arange(-36, 36, dtype=np.int8).reshape(2, 4, 3, 3),
        },
    ),
    "ConvInteger": (
        [
            node("QuantizeLinear", "x s z", "q"),
            node("ConvInteger", "q w z", "c"),
            node("Cast", "c", "f", to=TensorProto.FLOAT),
            node("Mul", "f s", "y"),
        ],
        {"s": np.float32(0.05), "z": np.uint8(120), "w": np.arange(-36, 36, dtype=np.int8).reshape(2, 4, 3, 3)},
    ),
    "QLinearConv": (
        [
            node("QuantizeLinear", "x s z", "q"),
            node("QLinearConv", "q s z w ws wz s z", "c"),
            node("DequantizeLinear", "c s z", "y"),
        ],
        {
            "s": np.float32(0.05), "z": np.uint8(120), "ws": np.float32(0.0173), "wz": np.int8(1),
            "w": np.arange(-36, 36, dtype=np.int8).reshape(2, 4, 3, 3),
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", QUANTISED)
def test_quantised_nets_compute_the_same_once_they_are_read(case: str, tmp_path: Path) -> None:
    nodes, arrays = QUANTISED[case]
    same(net(nodes, {"x": IMAGE}, arrays, opset=13), {"x": drawn(*IMAGE)}, tmp_path)


SEQUENCES: dict[str, list[Any]] = {
    "put together, cut and joined": [
        node("SequenceConstruct", "x w x", "a"),
        node("SequenceErase", "a one", "b"),
        node("SequenceInsert", "b w zero", "c"),
        node("ConcatFromSequence", "c", "y", axis=1),
    ],
    "joined along a new axis": [
        node("SequenceEmpty", "", "a"),
        node("SequenceInsert", "a x", "b"),
        node("SequenceInsert", "b w", "c"),
        node("ConcatFromSequence", "c", "y", axis=-1, new_axis=1),
    ],
    "cut, and one piece taken": [
        node("SplitToSequence", "x two", "a", axis=1),
        node("SequenceAt", "a last", "y"),
    ],
    "cut into single parts": [
        node("SplitToSequence", "x", "a", axis=0, keepdims=0),
        node("ConcatFromSequence", "a", "y", axis=1, new_axis=1),
    ],
}


@pytest.mark.parametrize("case", SEQUENCES)
def test_sequences_of_tensors_leave_nothing_behind(case: str, tmp_path: Path) -> None:
    nodes = SEQUENCES[case]
    numbers = {"zero": np.int64(0), "one": np.int64(1), "two": np.int64(2), "last": np.int64(-1)}
    taken = {name for each in nodes for name in each.input}
    shapes = {name: (3, 5) for name in ("x", "w") if name in taken}
    proto = net(nodes, shapes, {name: value for name, value in numbers.items() if name in taken})
    same(proto, {name: drawn(3, 5) for name in shapes}, tmp_path)


def test_resize_that_a_layer_says_is_that_layer(tmp_path: Path) -> None:
    half = node("Resize", "x - - n", mode="linear", coordinate_transformation_mode="pytorch_half_pixel")
    model = same(net([half], {"x": IMAGE}, {"n": ints(2, 4, 18, 5)}), {"x": drawn(*IMAGE)}, tmp_path)
    assert layers(model) == [L.ResizeBilinear2D(size=(18, 5), corners=False)]


@pytest.mark.parametrize(("scale", "codes"), [(2.0, []), (1.7, ["inexact"])])
def test_corners_that_engines_place_in_another_way_are_told(scale: float, codes: list[str]) -> None:
    corners = node("Resize", "x - s", mode="linear", coordinate_transformation_mode="align_corners")
    proto = net([corners], {"x": IMAGE}, {"s": np.array([1, 1, scale, 1], np.float32)}, opset=13)
    report = Report()
    read("net.onnx", data=proto.SerializeToString(), report=report)
    assert [each.code for each in report] == codes


def test_attention_of_whom_none_is_seen_gives_nothing(tmp_path: Path) -> None:
    seen = np.array([[1, 0, 1], [0, 0, 0]], bool)
    shapes = dict.fromkeys("xkv", (1, 1, 2, 4)) | dict.fromkeys("kv", (1, 1, 3, 4))
    attend = node("Attention", "x k v m")
    proto = net([attend], shapes, {"m": seen}, opset=23, ir_version=10)
    model = read("net.onnx", data=proto.SerializeToString(), report=Report())
    assert any(isinstance(each, L.Attention) for each in layers(model))
    assert isinstance(layers(model)[-1], L.ScaleBy)


def test_what_attention_cannot_say_is_told() -> None:
    operator = node("Attention", "x k v", mystery=2)
    proto = net([operator], dict.fromkeys("xkv", (1, 1, 2, 4)), {}, opset=23)
    report = Report()
    read("net.onnx", data=proto.SerializeToString(), report=report)
    assert ["it has mystery" in each.message for each in report if each.code == "unknown-layer"] == [True]


P, Q = drawn(3, 5), np.flip(drawn(3, 5)).copy()
KNOWN: dict[str, tuple[list[Any], dict[str, Any]]] = {
    **{kind: ([node(kind, "p", "c")], {}) for kind in ("Abs", "Sin", "Cos", "Tan", "Tanh", "Sign", "Round", "Sigmoid")},
    **{kind: ([node(kind, "p q", "c")], {}) for kind in ("Max", "Min")},
    **{
        kind: ([node(kind, "p q", "t"), node("Cast", "t", "c", to=1)], {})
        for kind in ("Less", "LessOrEqual", "Greater", "GreaterOrEqual")
    },
    **{
        kind: (
            [
                node("Less", "p q", "s"),
                node("Greater", "p zero", "t"),
                node(kind, "s t", "u"),
                node("Cast", "u", "c", to=1),
            ],
            {"zero": np.float32(0)},
        )
        for kind in ("And", "Or", "Xor")
    },
    "Clip from below": ([node("Clip", "p l -", "c")], {"l": np.float32(-0.3)}),
    "Clip from above": ([node("Clip", "p - h", "c")], {"h": np.float32(0.3)}),
    "Clip to either side": ([node("Clip", "p l h", "c")], {"l": np.float32(-0.3), "h": np.float32(0.2)}),
    "CumSum": ([node("CumSum", "p a", "c", exclusive=1, reverse=1)], {"a": np.int64(1)}),
    "Trilu": ([node("Trilu", "p k", "c", upper=0)], {"k": np.int64(1)}),
    "Tile": ([node("Slice", "p z o z", "s"), node("Tile", "s t", "c")], {"z": ints(0), "o": ints(1), "t": ints(3, 1)}),
    "GatherND": ([node("GatherND", "p i", "c")], {"i": ints(2, 0, 2).reshape(3, 1)}),
    "GatherElements": (
        [node("GatherElements", "p i", "c", axis=1)],
        {"i": ints(*range(-5, 5)).reshape(2, 5)[[0, 1, 0]]},
    ),
    "BatchNormalization in training": (
        [node("BatchNormalization", "p g b m v", "c r s", training_mode=1)],
        {"g": drawn(5), "b": drawn(5), "m": drawn(5), "v": drawn(5)},
    ),
    "Gather of many": (
        [node("Gather", "w i", "g"), node("ReduceMean", "g", "c", axes=[0], keepdims=0)],
        {"w": drawn(70, 3, 5), "i": ints(*range(70)).repeat(70)},
    ),
}


@pytest.mark.parametrize("case", KNOWN)
def test_what_is_known_beforehand_is_worked_out(case: str, tmp_path: Path) -> None:
    nodes, more = KNOWN[case]
    taken = {name for each in nodes for name in each.input}
    arrays = {name: array for name, array in {"p": P, "q": Q, **more}.items() if name in taken}
    proto = net([*nodes, node("Add", "x c", "y")], {"x": (3, 5)}, arrays, opset=14)
    model = same(proto, {"x": drawn(3, 5)}, tmp_path)
    if case != "Gather of many":
        assert [type(each) for each in layers(model)] == [L.Bias]


def test_weights_that_a_net_makes_of_others_are_worked_out(tmp_path: Path) -> None:
    nodes = [
        node("ReduceMean", "w", "m", axes=[0]),
        node("Sub", "w m", "c"),
        node("Mul", "c c", "s"),
        node("ReduceMean", "s", "v", axes=[0]),
        node("Sqrt", "v", "d"),
        node("Div", "c d", "k"),
        node("MatMul", "x k", "y"),
    ]
    model = same(net(nodes, {"x": (2, 300)}, {"w": drawn(300, 900)}), {"x": drawn(2, 300)}, tmp_path)
    assert layers(model) == [L.Dense(units=900, bias=False)]


def test_products_that_share_their_matrix_and_what_is_added_share_both(tmp_path: Path) -> None:
    nodes = [node("MatMul", "x w", "a"), node("Add", "b a", "c"), node("MatMul", "c w", "d"), node("Add", "b d", "y")]
    model = same(net(nodes, {"x": (2, 3, 4)}, {"w": drawn(4, 4), "b": drawn(4)}), {"x": drawn(2, 3, 4)}, tmp_path)
    first, second = model.graph.nodes
    assert first.layer == second.layer == L.Dense(units=4)
    assert len(model.weights) == 2
    assert dict(second.shared) == {role: first.key(role) for role in ("kernel", "bias")}
