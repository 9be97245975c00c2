"""Whole ONNX files, with the quirks that files have: where weights are, what is left open, what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from ir import Model, Report
from ir import layers as L
from tests.test_onnx_operators import IMAGE, drawn, ints, layers, net, node, run, same
from translator import ReadOptions, TranslationError, convert, read, write
from translator.dialect import dialects
from translator.verification import verify


def saved(proto: Any, folder: Path) -> Path:
    onnx.save(proto, folder / "net.onnx")
    return folder / "net.onnx"


def messages(path: Path, options: ReadOptions | None = None) -> list[tuple[str, str, str]]:
    report = Report()
    convert.read(path, options=options, report=report)
    return [(each.severity, each.code, each.message) for each in report]


CONV = {"w": drawn(6, 4, 3, 3), "b": drawn(6)}


def test_weights_that_are_listed_as_inputs_are_no_inputs(tmp_path: Path) -> None:
    proto = net([node("Conv", "x w b")], {"x": IMAGE}, CONV, listed=True, ir_version=3, opset=9)
    model = same(proto, {"x": drawn(*IMAGE)}, tmp_path)
    assert [each.name for each in model.graph.inputs] == ["x"]


def test_weights_may_be_constants_of_the_graph(tmp_path: Path) -> None:
    nodes = [
        node("Constant", "", "w", value=numpy_helper.from_array(CONV["w"])),
        node("Identity", "w", "v"),
        node("ConstantOfShape", "s", "b", value=numpy_helper.from_array(np.array([0.5], np.float32))),
        node("Conv", "x v b"),
    ]
    model = same(net(nodes, {"x": IMAGE}, {"s": ints(6)}), {"x": drawn(*IMAGE)}, tmp_path)
    assert layers(model) == [L.Conv2D(filters=6, kernel=3)]


def test_weights_may_be_rearranged_on_the_way(tmp_path: Path) -> None:
    nodes = [
        node("Transpose", "w", "t", perm=[1, 0]),
        node("Reshape", "t s", "r"),
        node("Unsqueeze", "r a", "u"),
        node("Squeeze", "u a", "v"),
        node("Gemm", "x v"),
    ]
    arrays = {"w": drawn(400, 300), "s": ints(-1, 400), "a": ints(0)}
    model = same(net(nodes, {"x": (2, 300)}, arrays), {"x": drawn(2, 300)}, tmp_path)
    assert layers(model) == [L.Dense(units=400, bias=False)]


def test_operators_may_stand_in_any_order_and_have_no_names(tmp_path: Path) -> None:
    nodes = [node("Relu", "c", "y"), node("Conv", "x w b", "c")]
    path = saved(net(nodes, {"x": IMAGE}, CONV), tmp_path)
    assert [(each.name, each.layer) for each in read(path).graph.nodes] == [
        ("c", L.Conv2D(filters=6, kernel=3)),
        ("y", L.ReLU()),
    ]


def test_names_are_those_of_operators_and_labels_those_of_values(tmp_path: Path) -> None:
    nodes = [node("Relu", "x", "a", name="one"), node("Split", "a", "b c", name="two", axis=1), node("Add", "b c")]
    graph = read(saved(net(nodes, {"x": IMAGE}, opset=11), tmp_path)).graph
    assert [(each.name, each.labels) for each in graph.nodes] == [("one", ("a",)), ("two", ("b", "c")), ("y", ())]


def test_a_name_may_be_what_a_layer_of_another_operator_would_have(tmp_path: Path) -> None:
    nodes = [
        node("Relu", "x", "a", name="one/Clip"),
        node("Clip", "a low high", "b", name="one"),
        node("Softmax", "b", name="two/Softmax"),
    ]
    limits = {"low": np.float32(0.1), "high": np.float32(0.9)}
    same(
        net(nodes, {"x": IMAGE}, {name: np.array(each) for name, each in limits.items()}),
        {"x": drawn(*IMAGE)},
        tmp_path,
    )


def test_names_that_are_used_twice_are_told_apart(tmp_path: Path) -> None:
    nodes = [node("Relu", "x", "a", name="same"), node("Tanh", "a", name="same")]
    assert [each.name for each in read(saved(net(nodes, {"x": IMAGE}), tmp_path)).graph.nodes] == ["same", "same_2"]


def test_a_file_without_operator_sets_is_read_with_a_warning(tmp_path: Path) -> None:
    path = saved(net([node("Relu", "x")], {"x": IMAGE}, opset=None), tmp_path)
    assert [found[:2] for found in messages(path)] == [("warning", "assumed-value")]


def test_an_operator_set_of_the_future_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TranslationError, match="operator set 99"):
        read(saved(net([node("Relu", "x")], {"x": IMAGE}, opset=99), tmp_path))


@pytest.mark.parametrize("first", ["N", None, 0])
def test_an_open_batch_stays_open(first: Any, tmp_path: Path) -> None:
    graph = read(saved(net([node("Conv", "x w b")], {"x": (first, 4, 9, 7)}, CONV), tmp_path)).graph
    assert graph.inputs[0].shape == (None, 4, 9, 7)


def flattening() -> list[Any]:
    """Return what PyTorch's `x.view(x.size(0), -1)` was exported to."""
    return [
        node("Relu", "x", "r"),
        node("Shape", "r", "s"),
        node("Gather", "s zero", "n", axis=0),
        node("Unsqueeze", "n axis", "u"),
        node("Concat", "u rest", "sizes", axis=0),
        node("Reshape", "r sizes", "f"),
    ]


SIZES = {"zero": np.int64(0), "axis": ints(0), "rest": ints(-1)}


@pytest.mark.parametrize("batch", [2, "N"])
def test_arithmetic_of_shapes_is_worked_out(batch: Any, tmp_path: Path) -> None:
    nodes = [*flattening(), node("Gemm", "f w")]
    proto = net(nodes, {"x": (batch, 4, 9, 7)}, {**SIZES, "w": drawn(252, 5)})
    model = same(proto, {"x": drawn(*IMAGE)}, tmp_path)
    first = 0 if batch == "N" else 2
    assert layers(model) == [L.ReLU(), L.Reshape(sizes=(first, -1)), L.Dense(units=5, bias=False)]


@pytest.mark.parametrize("token", [(1, 1, 6), (1, 6)], ids=["as many axes", "fewer axes"])
def test_an_array_may_be_stretched_over_the_batch(token: tuple[int, ...], tmp_path: Path) -> None:
    nodes = [
        node("Shape", "x", "s"),
        node("Gather", "s first", "n", axis=0),
        node("Concat", "n rest", "sizes", axis=0),
        node("Expand", "token sizes", "tokens"),
        node("Concat", "tokens x", axis=1),
    ]
    arrays = {"first": ints(0), "rest": ints(1, 1), "token": drawn(*token)}
    model = same(net(nodes, {"x": ("n", 4, 6)}, arrays), {"x": drawn(3, 4, 6)}, tmp_path)
    assert not any(isinstance(each, L.Custom) for each in layers(model))


def test_a_size_of_another_tensor_is_the_batch_where_it_is(tmp_path: Path) -> None:
    nodes = [
        node("Conv", "x w b", "c"),
        node("Shape", "x", "s"),
        node("Gather", "s zero", "n", axis=0),
        node("Unsqueeze", "n axis", "u"),
        node("Concat", "u more rest", "sizes", axis=0),
        node("Reshape", "c sizes"),
    ]
    arrays = {**CONV, **SIZES, "more": ints(3)}
    model = same(net(nodes, {"x": ("N", 4, 9, 7)}, arrays), {"x": drawn(*IMAGE)}, tmp_path)
    assert layers(model)[1] == L.Reshape(sizes=(0, 3, -1))


def test_a_size_that_grows_with_the_batch_is_not_taken_for_it(tmp_path: Path) -> None:
    nodes = [
        node("Shape", "x", "s"),
        node("Gather", "s zero", "n", axis=0),
        node("Mul", "n two", "m"),
        node("Unsqueeze", "m axis", "u"),
        node("Concat", "u half", "sizes", axis=0),
        node("Reshape", "x sizes"),
    ]
    arrays = {**SIZES, "two": np.int64(2), "half": ints(3)}
    model = same(net(nodes, {"x": ("N", 6)}, arrays), {"x": drawn(4, 6)}, tmp_path)
    assert layers(model) == [L.Reshape(sizes=(-1, 3))]


def test_arithmetic_of_spatial_sizes_is_worked_out(tmp_path: Path) -> None:
    nodes = [
        node("Shape", "x", "s"),
        node("Slice", "s from to", "hw"),
        node("Mul", "hw two", "double"),
        node("Slice", "s zero1 from", "nc"),
        node("Concat", "nc double", "sizes", axis=0),
        node("Resize", "x - - sizes"),
    ]
    arrays = {"from": ints(2), "to": ints(4), "two": np.int64(2), "zero1": ints(0)}
    model = same(net(nodes, {"x": ("N", 4, 9, 7)}, arrays), {"x": drawn(*IMAGE)}, tmp_path)
    assert layers(model) == [L.Upsample2D(scale=2)]


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_weights_of_other_floats_become_single(dtype: str, tmp_path: Path) -> None:
    kind = {"float16": TensorProto.FLOAT16, "float64": TensorProto.DOUBLE}[dtype]
    arrays = {name: array.astype(dtype) for name, array in CONV.items()}
    path = saved(net([node("Conv", "x w b")], {"x": IMAGE}, arrays, dtype=kind), tmp_path)
    assert [found[:2] for found in messages(path)] == [("warning", "inexact")]
    weights = read(path).weights
    assert {each.dtype for each in weights.values()} == {"float32"}
    np.testing.assert_array_equal(weights["y.kernel"].numpy(), arrays["w"].astype(np.float32))


def test_numbers_may_stand_in_fields_of_their_type(tmp_path: Path) -> None:
    values = drawn(3, 4)
    tensors = [
        helper.make_tensor("a", TensorProto.FLOAT, [3, 4], values.ravel().tolist()),
        helper.make_tensor("h", TensorProto.FLOAT16, [3, 4], values.astype(np.float16).ravel().tolist()),
        helper.make_tensor("d", TensorProto.DOUBLE, [3, 4], values.astype(np.float64).ravel().tolist()),
        helper.make_tensor("f", TensorProto.BFLOAT16, [2], [1.5, -0.25]),
        helper.make_tensor("i", TensorProto.INT32, [2], [-7, 7]),
    ]
    from translator.dialects.onnx.tensors import Arrays

    found = dict(Arrays(None).tensor(memoryview(each.SerializeToString())) for each in tensors)
    np.testing.assert_array_equal(found["a"].numpy(), values)
    np.testing.assert_array_equal(found["h"].numpy(), values.astype(np.float16))
    np.testing.assert_array_equal(found["d"].numpy(), values.astype(np.float64))
    np.testing.assert_array_equal(found["f"].numpy(), np.array([1.5, -0.25], np.float32))
    np.testing.assert_array_equal(found["i"].numpy(), [-7, 7])


def test_weights_may_lie_in_another_file(tmp_path: Path) -> None:
    proto = net([node("Conv", "x w b")], {"x": IMAGE}, CONV)
    onnx.save(proto, tmp_path / "net.onnx", save_as_external_data=True, location="net.data", size_threshold=0)
    wanted = run(tmp_path / "net.onnx", {"x": (x := drawn(*IMAGE))})
    write(read(tmp_path / "net.onnx"), "onnx", tmp_path / "again.onnx")
    np.testing.assert_array_equal(run(tmp_path / "again.onnx", {"x": x})[0], wanted[0])


@pytest.mark.parametrize("place", ["../other/secret", "/etc/hostname", "link/secret"])
def test_weights_of_another_folder_are_refused(place: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "secret").write_bytes(bytes(4 * 6))
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "other")
    proto = net([node("Add", "x w")], {"x": (2, 6)}, {"w": drawn(6)})
    (tensor,) = proto.graph.initializer
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=place)
    (folder / "net.onnx").write_bytes(proto.SerializeToString())
    with pytest.raises(TranslationError, match="outside its folder"):
        read(folder / "net.onnx")


def test_a_file_with_weights_that_is_missing_is_a_diagnostic(tmp_path: Path) -> None:
    proto = net([node("Add", "x w")], {"x": (2, 6)}, {"w": drawn(6)})
    onnx.save(proto, tmp_path / "net.onnx", save_as_external_data=True, location="net.data", size_threshold=0)
    (tmp_path / "net.data").unlink()
    with pytest.raises(TranslationError, match=r"net\.data: error\[file\]"):
        read(tmp_path / "net.onnx")


def test_two_layers_share_the_weights_that_they_take_alike(tmp_path: Path) -> None:
    nodes = [node("Conv", "x w b", "p"), node("Conv", "z w b", "q"), node("Add", "p q")]
    path = saved(net(nodes, {"x": IMAGE, "z": IMAGE}, CONV), tmp_path)
    model = read(path)
    assert set(model.weights) == {"p.kernel", "p.bias"}
    assert model.graph.node("q").key("kernel") == "p.kernel"


def test_token_numbers_are_looked_up(tmp_path: Path) -> None:
    nodes = [node("Gather", "t x", "e", axis=0), node("Relu", "e")]
    proto = net(nodes, {"x": ("N", 3)}, {"t": drawn(11, 4)}, dtype=TensorProto.INT64)
    model = same(proto, {"x": np.array([[0, 10, 3]], np.int64)}, tmp_path)
    assert layers(model) == [L.Embed(vocabulary=11, units=4), L.ReLU()]
    assert [found[:2] for found in messages(tmp_path / "net.onnx")] == [("warning", "inexact")]


def test_arithmetic_of_whole_numbers_is_not_taken_for_that_of_floats(tmp_path: Path) -> None:
    proto = net([node("Div", "x c")], {"x": (5,)}, {"c": np.int64(3)}, dtype=TensorProto.INT64)
    same(proto, {"x": np.array([-7, -3, 2, 3, 8], np.int64)}, tmp_path)
    path = saved(net([node("Sqrt", "x")], {"x": (3,)}, dtype=TensorProto.INT64), tmp_path)
    assert [each.type for each in layers(read(path))] == ["Sqrt"]


def test_a_product_and_what_is_added_to_it_are_one_layer(tmp_path: Path) -> None:
    nodes = [node("MatMul", "x w", "m"), node("Add", "m b")]
    model = same(net(nodes, {"x": ("N", 5, 4)}, {"w": drawn(4, 3), "b": drawn(3)}), {"x": drawn(2, 5, 4)}, tmp_path)
    assert layers(model) == [L.Dense(units=3)]


def test_a_product_that_is_given_too_stays_alone(tmp_path: Path) -> None:
    nodes = [node("MatMul", "x w", "m"), node("Add", "m b")]
    arrays = {"w": drawn(4, 3), "b": drawn(3)}
    model = same(net(nodes, {"x": ("N", 4)}, arrays, outputs=("m", "y")), {"x": drawn(2, 4)}, tmp_path)
    assert layers(model) == [L.Dense(units=3, bias=False), L.Bias()]


def test_an_unknown_operator_is_carried(tmp_path: Path) -> None:
    nodes = [node("Relu", "x", "r"), helper.make_node("Wobble", ["r", "w"], ["y"], domain="mine", depth=3)]
    path = saved(net(nodes, {"x": (2, 5)}, {"w": drawn(5)}), tmp_path)
    (found,) = messages(path)
    assert found[:2] == ("warning", "unknown-layer")
    (_, custom) = layers(read(path))
    assert custom == L.Custom(type="Wobble", arguments={"depth": 3}, arrays=[[5]], sizes=[[2, 5]], native=custom.native)
    assert custom.native == {"framework": "ONNX", "domain": "mine", "version": 1, "takes": ("float32", "float32")}
    with pytest.raises(TranslationError, match=r"error\[unknown-layer\].*Wobble"):
        read(path, options=ReadOptions(on_unknown="error"))
    assert layers(read(path, options=ReadOptions(shapes={"y": (2, 7)})))[1].sizes == ((2, 7),)


def test_the_order_of_what_an_unknown_operator_takes_is_told(tmp_path: Path) -> None:
    nodes = [helper.make_node("Wobble", ["w", "", "x"], ["y"], domain="mine")]
    (custom,) = layers(read(saved(net(nodes, {"x": (2, 5)}, {"w": drawn(5)}), tmp_path)))
    assert custom.arguments == {"operands": ("blob0", "", "input0")}


def test_what_no_output_needs_is_not_told(tmp_path: Path) -> None:
    nodes = [node("Erf", "x", "dead"), node("Relu", "x")]
    assert messages(saved(net(nodes, {"x": (2, 5)}), tmp_path)) == []


def test_an_input_without_a_shape_must_be_given_one(tmp_path: Path) -> None:
    proto = net([node("Relu", "x")], {"x": IMAGE})
    proto.graph.input[0].type.tensor_type.ClearField("shape")
    with pytest.raises(TranslationError, match=r"error\[input-shape\].*'x'"):
        read(saved(proto, tmp_path))
    assert read(saved(proto, tmp_path), options=ReadOptions(shapes={"x": (None, 3)})).graph.inputs[0].shape == (None, 3)


def test_weights_do_not_fit(tmp_path: Path) -> None:
    path = saved(net([node("Conv", "x w b")], {"x": (2, 5, 9, 7)}, CONV), tmp_path)
    with pytest.raises(TranslationError, match=r"y \(Conv\): error"):
        read(path)


@pytest.mark.parametrize("to", ["keras", "pytorch", "caffe", "design", "notation"])
def test_a_net_is_written_in_every_target(to: str, tmp_path: Path) -> None:
    nodes = [
        node("Conv", "x w b", "c", pads=[1, 1, 1, 1]),
        node("BatchNormalization", "c s o m v", "n"),
        node("Relu", "n", "r"),
        node("GlobalAveragePool", "r", "g"),
        node("Flatten", "g", "f"),
        node("Gemm", "f d"),
    ]
    learned = {"s": drawn(6), "o": drawn(6), "m": drawn(6), "v": abs(drawn(6)), "d": drawn(6, 3)}
    model = read(saved(net(nodes, {"x": ("N", 4, 9, 7)}, {**CONV, **learned}), tmp_path))
    assert write(model, to).text


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    proto = net([node("Relu", "x")], {"x": IMAGE})
    (tmp_path / "net.bin").write_bytes(proto.SerializeToString())
    assert layers(read(tmp_path / "net.bin")) == [L.ReLU()]
    assert layers(read("-", data=proto.SerializeToString())) == [L.ReLU()]
    proto.ClearField("ir_version")
    proto.producer_name = "someone"
    assert dialects()["onnx"].sniff is not None
    assert dialects()["onnx"].sniff(proto.SerializeToString())


def test_the_package_onnx_is_not_needed(tmp_path: Path) -> None:
    path = saved(net([node("Conv", "x w b")], {"x": IMAGE}, CONV), tmp_path)
    code = "import sys; sys.modules['onnx'] = None; from translator import translate; translate(sys.argv[1], 'pytorch')"
    subprocess.run([sys.executable, "-c", code, path], check=True)


def test_a_file_and_its_translation_are_run_and_compared(tmp_path: Path) -> None:
    proto = net([node("Conv", "x w b"), node("Relu", "y", "z")], {"x": IMAGE}, CONV, outputs=("z",))
    proto.graph.output[0].CopyFrom(helper.make_tensor_value_info("z", TensorProto.FLOAT, (2, 6, 7, 5)))
    path = saved(proto, tmp_path)
    write(read(path), "pytorch", tmp_path / "net.py")
    found = verify(path, tmp_path / "net.py")
    assert found.first == "net.onnx in ONNX Runtime"
    assert found.agree


def test_the_second_input_may_begin_at_an_axis(tmp_path: Path) -> None:
    proto = net([node("Add", "x c", broadcast=1, axis=1)], {"x": IMAGE}, {"c": drawn(4)}, opset=6)
    assert layers(read(saved(proto, tmp_path))) == [L.Bias(axis=1)]
    proto = net([node("Mul", "x z", broadcast=1, axis=0)], {"x": IMAGE, "z": (2, 4)}, opset=6)
    assert layers(read(saved(proto, tmp_path))) == [L.ScaleBy(axis=0)]


def test_slopes_of_old_are_those_of_channels(tmp_path: Path) -> None:
    proto = net([node("PRelu", "x s")], {"x": (2, 4, 4)}, {"s": drawn(4)}, opset=6)
    assert layers(read(saved(proto, tmp_path))) == [L.PReLU(axis=1)]


def test_a_dropout_in_training_is_not_taken_for_nothing(tmp_path: Path) -> None:
    arrays = {"r": np.float32(0.5), "t": np.bool_(True)}
    path = saved(net([node("Dropout", "x r t")], {"x": IMAGE}, arrays), tmp_path)
    assert [type(each) for each in layers(read(path))] == [L.Custom]


def test_a_reshape_that_changes_the_batch_does_so_in_keras(tmp_path: Path) -> None:
    nodes, arrays = [node("Reshape", "x s", "r"), node("Gemm", "r w")], {"s": ints(-1, 10), "w": drawn(10, 3)}
    proto = net(nodes, {"x": ("N", 8, 10)}, arrays)
    proto.graph.output[0].CopyFrom(helper.make_tensor_value_info("y", TensorProto.FLOAT, (None, 3)))
    path = saved(proto, tmp_path)
    write(read(path), "keras", tmp_path / "net.py")
    assert "ops.reshape(" in (tmp_path / "net.py").read_text()
    assert verify(path, tmp_path / "net.py").agree


def test_an_input_that_is_left_out_moves_no_other(tmp_path: Path) -> None:
    nodes = [node("Slice", "w s e - t", "v"), node("Add", "x v")]
    arrays = {"w": drawn(4, 6), "s": ints(1, 5), "e": ints(4, -9), "t": ints(1, -1)}
    same(net(nodes, {"x": (3, 6)}, arrays), {"x": drawn(3, 6)}, tmp_path)


@pytest.mark.parametrize(("other", "known"), [(-1, True), (1, False), (2, False)])
def test_an_open_size_may_be_any_but_a_negative_one(other: int, known: bool, tmp_path: Path) -> None:
    nodes = [
        node("Shape", "x", "s"),
        node("Equal", "s other", "same"),
        node("Where", "same ones s", "sizes"),
        node("Reshape", "x sizes"),
    ]
    path = saved(net(nodes, {"x": ("N", 3)}, {"other": ints(other), "ones": ints(1, 1)}), tmp_path)
    if known:
        assert layers(read(path)) == [L.Reshape(sizes=(0, 3))]
    else:
        with pytest.raises(TranslationError, match="not known before it runs"):
            read(path)


def test_a_mean_that_leaves_its_border_out_is_so_in_keras(tmp_path: Path) -> None:
    pool = node("AveragePool", "c", kernel_shape=[3, 2], strides=[2, 1], pads=[0, 1, 2, 0], ceil_mode=1)
    proto = net([node("Conv", "x w b", "c"), pool], {"x": IMAGE}, CONV)
    proto.graph.output[0].CopyFrom(helper.make_tensor_value_info("y", TensorProto.FLOAT, None))
    path = saved(proto, tmp_path)
    write(read(path), "keras", tmp_path / "net.py")
    assert verify(path, tmp_path / "net.py").agree
    design = write(Model(read(path).graph), "design").text or ""
    with pytest.raises(TranslationError, match="AvgPool2D"):
        write(read("net.json", data=design.encode(), format="design"), "keras")


def test_large_gates_that_are_put_into_another_order_are_weights(tmp_path: Path) -> None:
    nodes = [node("Slice", f"{w} s{i} s{i + 1} s0", f"{w}{i}") for w in "wr" for i in range(4)]
    nodes += [node("Concat", f"{w}0 {w}3 {w}1 {w}2", f"{w}s", axis=0) for w in "wr"]  # PyTorch's order, and ONNX's.
    nodes += [*(node("Unsqueeze", f"{w}s s0", f"{w}g") for w in "wr"), node("LSTM", "x wg rg", hidden_size=160)]
    arrays = {f"s{i}": ints(160 * i) for i in range(5)} | {"w": drawn(640, 150), "r": drawn(640, 160)}
    model = same(net(nodes, {"x": (3, 2, 150)}, arrays), {"x": drawn(3, 2, 150)}, tmp_path)
    assert [type(each) for each in layers(model)] == [L.Permute, L.LSTM, L.Permute, L.Reshape]


def test_large_weights_that_are_a_direction_and_a_length_are_worked_out(tmp_path: Path) -> None:
    nodes = [node("ReduceL2", "v", "l", axes=[1, 2], keepdims=1), node("Div", "g l", "f"), node("Mul", "v f", "w")]
    arrays = {"v": drawn(160, 150, 3), "g": drawn(160, 1, 1)}
    model = same(net([*nodes, node("Conv", "x w")], {"x": (2, 150, 7)}, arrays), {"x": drawn(2, 150, 7)}, tmp_path)
    assert [type(each) for each in layers(model)] == [L.Conv1D]


def test_a_state_of_zeros_is_none_to_start_with(tmp_path: Path) -> None:
    nodes = [
        node("Shape", "x", "s"),
        node("Gather", "s one", "n", axis=0),
        node("Unsqueeze", "n axis", "u"),
        node("Concat", "ones u units", "sizes", axis=0),
        node("ConstantOfShape", "sizes", "zeros"),
        node("LSTM", "x w r - - zeros zeros", hidden_size=3),
    ]
    arrays = {"one": np.int64(1), "axis": ints(0), "ones": ints(1), "units": ints(3)}
    weights = {"w": drawn(1, 12, 4), "r": drawn(1, 12, 3)}
    same(net(nodes, {"x": (5, "N", 4)}, {**arrays, **weights}), {"x": drawn(5, 2, 4)}, tmp_path)
