"""ONNX's operators with graphs within, functions of a file, scalars, and operators that are carried as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from ir import Report, TranslationError
from ir import layers as L
from tests.test_onnx_operators import drawn, ints, layers, net, node, run, same
from translator import WriteOptions, read, write
from translator.dialects.onnx.proto import decode
from translator.wire import WireError


def graph(nodes: list[Any], inputs: dict[str, Any], outputs: str) -> Any:
    given = [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in inputs.items()]
    return helper.make_graph(
        nodes, "within", given, [helper.make_empty_tensor_value_info(name) for name in outputs.split()]
    )


THEN = graph([node("Relu", "x", "a")], {}, "a")
ELSE = graph([node("Neg", "x", "b")], {}, "b")
TURN = {"i": (TensorProto.INT64, ()), "c": (TensorProto.BOOL, ()), "v": (TensorProto.FLOAT, (2, 3))}


@pytest.mark.parametrize("truth", [True, False])
def test_the_branch_that_is_taken_stands_in_the_place_of_an_if(truth: bool, tmp_path: Path) -> None:
    proto = net([node("If", "t", then_branch=THEN, else_branch=ELSE)], {"x": (2, 3)}, {"t": np.bool_(truth)})
    model = same(proto, {"x": drawn(2, 3)}, tmp_path)
    assert layers(model) == [L.ReLU() if truth else L.Power(scale=-1.0)]
    assert model.graph.nodes[0].label(0) == "y"


@pytest.mark.parametrize("given", [-1.0, 2.0])
def test_of_both_branches_one_is_chosen_while_it_runs(given: float, tmp_path: Path) -> None:
    nodes = [node("Greater", "s zero", "t"), node("If", "t", then_branch=THEN, else_branch=ELSE)]
    proto = net(nodes, {"x": (2, 3), "s": ()}, {"zero": np.float32(0)})
    model = same(proto, {"x": drawn(2, 3), "s": np.array(given, np.float32)}, tmp_path)
    assert model.graph.inputs[1].scalar


def test_branches_of_different_shapes_are_not_chosen_between(tmp_path: Path) -> None:
    flat = graph([node("Flatten", "x", "b", axis=0)], {}, "b")
    nodes = [node("Greater", "s zero", "t"), node("If", "t", then_branch=THEN, else_branch=flat)]
    proto = net(nodes, {"x": (2, 3), "s": (1,)}, {"zero": np.float32(0)})
    onnx.save(proto, tmp_path / "net.onnx")
    with pytest.raises(TranslationError, match=r"error\[unsupported\]: y \(If\)"):
        read(tmp_path / "net.onnx")


def test_a_loop_of_so_many_turns_is_written_out(tmp_path: Path) -> None:
    nodes = [
        node("Add", "v x", "w"),
        node("Cast", "i", "f", to=TensorProto.FLOAT),
        node("Mul", "w f", "z"),
        node("Identity", "c", "d"),
    ]
    body = graph(nodes, TURN, "d w z")
    proto = net([node("Loop", "n t x", "y rows", body=body)], {"x": (2, 3)}, {"n": np.int64(3), "t": np.bool_(True)})
    proto.graph.output.append(helper.make_empty_tensor_value_info("rows"))
    same(proto, {"x": drawn(2, 3)}, tmp_path)


def test_a_loop_that_nobody_knows_the_turns_of_is_refused(tmp_path: Path) -> None:
    total = node("ReduceSum", "v", "s", keepdims=0)
    body = graph([node("Add", "v x", "w"), total, node("Greater", "s zero", "d")], TURN, "d w")
    arrays = {"n": np.int64(100), "t": np.bool_(True), "zero": np.float32(0)}
    onnx.save(net([node("Loop", "n t x", "y", body=body)], {"x": (2, 3)}, arrays), tmp_path / "net.onnx")
    with pytest.raises(TranslationError, match=r"error\[unsupported\]: y \(Loop\)"):
        read(tmp_path / "net.onnx")


def test_a_scan_goes_through_the_parts_of_a_tensor(tmp_path: Path) -> None:
    given = {"s": (TensorProto.FLOAT, (3,)), "part": (TensorProto.FLOAT, (3,))}
    body = graph([node("Add", "s part", "t"), node("Identity", "t", "u")], given, "t u")
    proto = net([node("Scan", "h x", "y rows", body=body, num_scan_inputs=1)], {"h": (3,), "x": (4, 3)})
    proto.graph.output.append(helper.make_empty_tensor_value_info("rows"))
    same(proto, {"h": drawn(3), "x": drawn(4, 3)}, tmp_path)


def test_a_function_of_the_file_is_read_in_the_place_of_its_call(tmp_path: Path) -> None:
    leaky = node("LeakyRelu", "a", "b")
    leaky.attribute.append(onnx.AttributeProto(name="alpha", ref_attr_name="slope", type=onnx.AttributeProto.FLOAT))
    opsets = [helper.make_opsetid("", 17)]
    own = helper.make_function("own", "Twice", ["a"], ["c"], [leaky, node("Add", "b b", "c")], opsets, ["slope"])
    calls = [helper.make_node("Twice", [x], [y], domain="own", slope=0.2) for x, y in (("x", "m"), ("m", "y"))]
    proto = net(calls, {"x": (2, 3)})
    proto.opset_import.append(helper.make_opsetid("own", 1))
    proto.functions.append(own)
    model = same(proto, {"x": drawn(2, 3)}, tmp_path)
    assert [type(each).__name__ for each in layers(model)] == ["ReLU", "Add"] * 2
    assert layers(model)[0] == L.ReLU(negative_slope=0.2)


def test_a_graph_within_that_adds_to_the_scores_of_attention_stands_among_them(tmp_path: Path) -> None:
    turned = node("Transpose", "k", "t", perm=[0, 1, 3, 2])
    spelt = [turned, node("MatMul", "q t", "a"), node("Mul", "a half", "p"), node("Add", "p m", "b")]
    spelt += [node("Softmax", "b", "s"), node("MatMul", "s v", "y")]
    arrays = {"half": np.float32(0.5), "m": drawn(4, 4)}
    values = {name: drawn(1, 2, 4, 4) for name in "qkv"}
    onnx.save(net(spelt, dict.fromkeys("qkv", (1, 2, 4, 4)), arrays), tmp_path / "spelt.onnx")
    scores = graph([node("Add", "scores m", "changed")], {"scores": (TensorProto.FLOAT, (1, 2, 4, 4))}, "changed")
    flexible = helper.make_node("FlexAttention", [*"qkv"], ["y"], domain="ai.onnx.preview", score_mod=scores)
    proto = net([flexible], dict.fromkeys("qkv", (1, 2, 4, 4)), {"m": arrays["m"]}, opset=26, ir_version=13)
    proto.opset_import.append(helper.make_opsetid("ai.onnx.preview", 1))
    onnx.save(proto, tmp_path / "net.onnx")
    write(read(tmp_path / "net.onnx"), "onnx", tmp_path / "again.onnx")
    (got,), (wanted,) = (run(tmp_path / name, values) for name in ("again.onnx", "spelt.onnx"))
    np.testing.assert_allclose(got, wanted, rtol=2e-5, atol=2e-6)


def test_a_function_that_calls_itself_is_refused(tmp_path: Path) -> None:
    inner = [helper.make_node("Round", ["a"], ["b"], domain="own")] * 1
    own = helper.make_function("own", "Round", ["a"], ["b"], inner, [helper.make_opsetid("own", 1)])
    proto = net([helper.make_node("Round", ["x"], ["y"], domain="own")], {"x": (2, 3)})
    proto.functions.append(own)
    onnx.save(proto, tmp_path / "net.onnx")
    with pytest.raises(TranslationError, match="more within it than can be written out"):
        read(tmp_path / "net.onnx")


def test_graphs_within_graphs_without_end_are_told() -> None:
    body = graph([node("Relu", "x", "a")], {}, "a")
    for _ in range(20):
        body = graph([node("If", "t", "a", then_branch=body, else_branch=THEN)], {}, "a")
    data = net([node("If", "t", then_branch=body, else_branch=ELSE)], {"x": (2,), "t": ()}).SerializeToString()
    with pytest.raises(WireError, match="more than 16 deep"):
        decode(memoryview(data), None)


CARRIED = {
    "NonMaxSuppression": (
        node("NonMaxSuppression", "x s m - t"), {"x": (1, 4, 4), "s": (1, 1, 4)},
        {"m": np.int64(3), "t": np.float32(-1)},
    ),
    "Unique": (node("Unique", "x", sorted=1), {"x": (5,)}, {}),
    "Det": (node("Det", "x"), {"x": (3, 2, 2)}, {}),
    "GRU with two activations": (
        node("GRU", "x w r", hidden_size=3, activations=["Affine", "Tanh"], activation_alpha=[0.5]),
        {"x": (4, 2, 5)}, {"w": drawn(1, 9, 5), "r": drawn(1, 9, 3)},
    ),
    "an array within": (
        node("TfIdfVectorizer", "x", max_gram_length=1, max_skip_count=0, min_gram_length=1, mode="TF",
             ngram_counts=[0], ngram_indexes=[0, 1], pool_int64s=[2, 3]),
        {"x": (4,)}, {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CARRIED)
def test_what_no_layer_says_is_in_onnx_again_what_it_was(case: str, tmp_path: Path) -> None:
    operator, shapes, arrays = CARRIED[case]
    whole = case == "an array within"
    proto = net([operator], shapes, arrays, dtype=TensorProto.INT64 if whole else TensorProto.FLOAT)
    onnx.save(proto, tmp_path / "net.onnx")
    report = Report()
    model = read(tmp_path / "net.onnx", report=report)
    assert "unknown-layer" in {each.code for each in report}
    assert [type(each) for each in layers(model)] == [L.Custom]
    write(model, "onnx", tmp_path / "again.onnx")
    values = {name: ints(1, 2, 3, 2) if whole else drawn(*shape) for name, shape in shapes.items()}
    if case == "NonMaxSuppression":
        values["x"][..., 2:] = np.abs(values["x"][..., 2:]) + values["x"][..., :2]
    floats = {name: np.asarray(value, np.float32) for name, value in values.items()}
    wanted = run(tmp_path / "net.onnx", values)
    for got, truth in zip(run(tmp_path / "again.onnx", floats), wanted, strict=True):
        np.testing.assert_array_equal(got, np.asarray(truth, np.float32))


def test_an_operator_of_a_newer_set_brings_that_set_along(tmp_path: Path) -> None:
    values = drawn(2, 3)
    proto = net([node("BitCast", "x", to=TensorProto.INT32)], {"x": (2, 3)}, opset=26, ir_version=13)
    onnx.save(proto, tmp_path / "net.onnx")
    write(read(tmp_path / "net.onnx"), "onnx", tmp_path / "again.onnx")
    assert [each.version for each in onnx.load(tmp_path / "again.onnx").opset_import] == [26]
    write(read(tmp_path / "net.onnx"), "onnx", tmp_path / "old.onnx", options=WriteOptions(opset=17))
    old = onnx.load(tmp_path / "old.onnx")
    assert [(each.domain, each.version) for each in old.opset_import] == [("", 17), ("custom", 1)]
    (got,) = run(tmp_path / "again.onnx", {"x": values})
    np.testing.assert_array_equal(got, values.view(np.int32).astype(np.float32))
