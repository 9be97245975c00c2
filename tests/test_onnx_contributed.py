"""Operators of ONNX Runtime's own: run there as they are, and as they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper

from ir import layers as L
from tests.test_onnx_operators import RNG, drawn, net, node, run, same
from translator import read, write
from translator.dialects.onnx.operators.contributed import OTHERS

ROW: tuple[int, ...] = (2, 5, 8)


def bytes_(*shape: int, low: int = 0, high: int = 256, dtype: str = "uint8") -> Any:
    return RNG.integers(low, high, shape).astype(dtype)


def own(nodes: list[Any], inputs: dict[str, Any], arrays: dict[str, Any], *, opset: int = 17) -> Any:
    """Return a ModelProto that has operators of ONNX Runtime's beside those of ONNX."""
    made = net(nodes, inputs, arrays, opset=opset)
    made.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return made


def its(kind: str, inputs: str, outputs: str = "y", **attributes: Any) -> Any:
    return node(kind, inputs, outputs, domain="com.microsoft", **attributes)


FUSED: dict[str, tuple[Any, dict[str, Any]]] = {
    "FusedConv with a clip and strides": (
        its("FusedConv", "x w b", strides=[2, 1], activation="Clip", activation_params=[-0.5, 0.75]),
        {"w": (6, 4, 3, 3), "b": (6,)},
    ),
    "FusedConv with a sum and a slope": (
        its("FusedConv", "x w b z", pads=[1, 1, 1, 1], activation="LeakyRelu", activation_params=[0.2]),
        {"w": (4, 4, 3, 3), "b": (4,), "z": (2, 4, 9, 7)},
    ),
    "FusedConv with a hard sigmoid": (
        its("FusedConv", "x w", activation="HardSigmoid", activation_params=[0.3, 0.5]),
        {"w": (3, 4, 1, 1)},
    ),
    "FusedGemm": (its("FusedGemm", "r w b", transB=1, alpha=0.5, activation="Relu"), {"w": (6, 8), "b": (6,)}),
    "FusedMatMul turned": (its("FusedMatMul", "s w", transB=1, alpha=0.25), {"w": (6, 8)}),
    "FusedMatMul of its own": (its("FusedMatMul", "s s", transA=1, alpha=2.0), {}),
    "Gelu": (its("Gelu", "s"), {}),
    "BiasGelu": (its("BiasGelu", "s b"), {"b": (8,)}),
    "FastGelu": (its("FastGelu", "s b"), {"b": (8,)}),
    "QuickGelu": (its("QuickGelu", "s", alpha=1.5), {}),
    "SkipLayerNormalization": (its("SkipLayerNormalization", "s t g b", epsilon=1e-5), {"g": (8,), "b": (8,)}),
    "SkipLayerNormalization with a bias": (
        its("SkipLayerNormalization", "s t g b c", epsilon=1e-3),
        {"g": (8,), "b": (8,), "c": (8,)},
    ),
}


@pytest.mark.parametrize("case", FUSED)
def test_what_the_optimizer_fuses_is_as_in_onnxruntime(case: str, tmp_path: Path) -> None:
    operator, sizes = FUSED[case]
    shapes = {"x": (2, 4, 9, 7), "r": (3, 8), "s": ROW, "t": ROW}
    inputs = {name: shape for name, shape in shapes.items() if name in operator.input}
    arrays = {name: drawn(*shape) for name, shape in sizes.items()}
    same(own([operator], inputs, arrays), {name: drawn(*shape) for name, shape in inputs.items()}, tmp_path)


def test_the_sum_that_is_normalised_may_be_taken_too(tmp_path: Path) -> None:
    nodes = [its("SkipLayerNormalization", "s t g b", "n - - sum", epsilon=1e-5), node("Add", "n sum")]
    proto = own(nodes, {"s": ROW, "t": ROW}, {"g": drawn(8), "b": drawn(8)})
    nodes[0].output[1] = nodes[0].output[2] = ""
    proto.graph.node[0].CopyFrom(nodes[0])
    same(proto, {"s": drawn(*ROW), "t": drawn(*ROW)}, tmp_path)


def test_a_function_that_is_not_known_is_carried(tmp_path: Path) -> None:
    operator = its("FusedConv", "x w", activation="Mish")
    onnx.save(own([operator], {"x": (2, 4, 9, 7)}, {"w": drawn(3, 4, 1, 1)}), tmp_path / "net.onnx")
    (layer,) = [each.layer for each in read(tmp_path / "net.onnx").graph.nodes]
    assert isinstance(layer, L.Custom)


WHOLE = {
    "QLinearAdd": its("QLinearAdd", "x xs xz k ks kz ys yz"),
    "QLinearAdd of itself": its("QLinearAdd", "x xs xz x xs xz ys yz"),
    "QLinearMul": its("QLinearMul", "x xs xz k ks kz ys yz"),
    "QLinearSigmoid": its("QLinearSigmoid", "x xs xz us uz"),
    "QLinearLeakyRelu": its("QLinearLeakyRelu", "x xs xz ys yz", alpha=0.3),
    "QLinearGlobalAveragePool": its("QLinearGlobalAveragePool", "x xs xz ys yz"),
    "QLinearAveragePool": its(
        "QLinearAveragePool", "x xs xz ys yz", kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1]
    ),
    "QLinearSoftmax": its("QLinearSoftmax", "x xs xz us uz", axis=-1, opset=13),
    "QLinearConcat": its("QLinearConcat", "ys yz x xs xz k ks kz", axis=1),
    "QGemm": its("QGemm", "r xs xz w ks kz b ys yz", transB=1),
    "QGemm in floats": its("QGemm", "r xs xz w ks kz b", transB=1),
}


@pytest.mark.parametrize("case", WHOLE)
def test_what_the_quantizer_writes_is_as_in_onnxruntime_to_a_step(case: str, tmp_path: Path) -> None:
    operator = WHOLE[case]
    scales, zeros = {"xs": 0.02, "ks": 0.013, "ys": 0.0471, "us": 1 / 256}, {"xz": 120, "kz": 90, "yz": 100, "uz": 0}
    stored: dict[str, Any] = {each: np.array(number, np.float32) for each, number in scales.items()}
    stored |= {each: np.array(number, np.uint8) for each, number in zeros.items()}
    stored |= {"k": bytes_(2, 4, 9, 7), "w": bytes_(6, 8), "b": bytes_(6, low=-999, high=999, dtype="int32")}
    shape = (3, 8) if "r" in operator.input else (2, 4, 9, 7)
    name = "r" if "r" in operator.input else "x"
    nodes = [node("QuantizeLinear", "f xs xz", name), operator]
    if case != "QGemm in floats":
        scale = "us uz" if "us" in operator.input else "ys yz"
        operator = helper.make_node(operator.op_type, operator.input, ["q"], domain=operator.domain)
        operator.attribute.extend(WHOLE[case].attribute)
        nodes = [nodes[0], operator, node("DequantizeLinear", f"q {scale}")]
    taken = {"xs", "xz", *operator.input} & set(stored)
    proto = own(nodes, {"f": shape}, {each: stored[each] for each in sorted(taken)})
    onnx.save(proto, tmp_path / "net.onnx")
    value = {"f": drawn(*shape)}
    model = read(tmp_path / "net.onnx")
    assert not [each for each in model.graph.nodes if isinstance(each.layer, L.Custom)]
    write(model, "onnx", tmp_path / "again.onnx")
    (wanted,), (got,) = run(tmp_path / "net.onnx", value), run(tmp_path / "again.onnx", value)
    step = 0 if case == "QGemm in floats" else float(stored["us" if "us" in operator.input else "ys"])
    assert got.shape == wanted.shape
    off = np.abs(got - wanted)
    assert off.max() <= step * 1.001 + 1e-5
    assert np.mean(off > 1e-5) < 0.01  # Its kernels take sums in another order, by which a half may be on either side.


def test_each_of_them_is_tested() -> None:
    tested = {operator.op_type for operator in [*WHOLE.values(), *(each for each, _ in FUSED.values())]}
    assert {kind for domain, kind in OTHERS if domain == "com.microsoft"} <= tested


@pytest.mark.parametrize(("shape", "axis"), [((), 1), ((5,), 0), ((5,), -2)])
def test_an_array_that_is_quantized_in_the_file_is_one_that_it_holds(
    shape: tuple[int, ...], axis: int, tmp_path: Path
) -> None:
    arrays = {
        "w": drawn(5, 8) * 100,
        "s": np.abs(drawn(*shape)) + np.float32(0.5),
        "z": bytes_(*shape, low=-9, high=9, dtype="int8"),
    }
    nodes = [
        node("QuantizeLinear", "w s z", "q", axis=axis),
        node("DequantizeLinear", "q s z", "d", axis=axis),
        node("Gemm", "x d", transB=1),
    ]
    model = same(net(nodes, {"x": (2, 8)}, arrays), {"x": drawn(2, 8)}, tmp_path)
    assert [type(each.layer) for each in model.graph.nodes] == [L.Dense]


@pytest.mark.parametrize("kind", ["Add", "Mul", "Sum"])
@pytest.mark.parametrize("inputs", ["h c", "c h"])
def test_what_is_of_one_item_leaves_the_batch_open(kind: str, inputs: str, tmp_path: Path) -> None:
    nodes = [node("Relu", "x", "h"), node("Exp", "p", "c"), node(kind, inputs, "t"), node("Flatten", "t")]
    proto = net(nodes, {"x": ("n", 3, 4), "p": (1, 3, 4)})
    same(proto, {"x": drawn(3, 3, 4), "p": drawn(1, 3, 4)}, tmp_path)
    graph = onnx.load(tmp_path / "again.onnx").graph
    assert graph.output[0].type.tensor_type.shape.dim[0].dim_param
