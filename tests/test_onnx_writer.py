"""The ONNX file as a whole: names, sizes, weights, operator sets, and what is said of them."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from ir import Graph, Model, Report, TranslationError
from ir import layers as L
from ir.graph import Input, Node, Ref
from ir.weights import Tensor, of_array
from translator import ReadOptions, WriteOptions, read, translate, write
from translator.dialects.onnx import writer

NET = """name: "net"
input: "data" input_shape { dim: 10 dim: 3 dim: 8 dim: 8 }
layer { name: "conv" type: "Convolution" bottom: "data" top: "image"
  convolution_param { num_output: 4 kernel_size: 3 } }
layer { name: "relu" type: "ReLU" bottom: "image" top: "image" }
layer { name: "ip" type: "InnerProduct" bottom: "image" top: "scores" inner_product_param { num_output: 5 } }
layer { name: "softmax" type: "Softmax" bottom: "scores" top: "prob" }
"""


def loaded(path: Path) -> Any:
    """Return a file as a ModelProto, checked in full."""
    onnx.checker.check_model(path, full_check=True)
    return onnx.load(path)


def initializers(path: Path) -> dict[str, Any]:
    return {each.name: onnx.numpy_helper.to_array(each) for each in loaded(path).graph.initializer}


def written(text: str, folder: Path, **options: Any) -> tuple[Any, Report]:
    source = folder / "net.prototxt"
    source.write_text(text)
    report = Report()
    translate(source, "onnx", folder / "net.onnx", write_options=WriteOptions(**options), report=report)
    return loaded(folder / "net.onnx"), report


def sizes(value: Any) -> list[int | str]:
    return [each.dim_param or each.dim_value for each in value.type.tensor_type.shape.dim]


def graph_of(*nodes: Node, inputs: dict[str, Any], outputs: tuple[Ref, ...] = ()) -> Graph:
    given = tuple(Input(name, shape) for name, shape in inputs.items())
    return Graph("net", given, nodes, outputs or nodes[-1].refs)


def run(path: Path, **inputs: Any) -> list[Any]:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return list(session.run(None, inputs))


def test_names_of_layers_and_blobs_are_kept(tmp_path: Path) -> None:
    model, _ = written(NET, tmp_path)
    assert model.graph.name == "net"
    assert [(node.name, node.op_type, list(node.output)) for node in model.graph.node] == [
        ("conv", "Conv", ["image"]),
        ("relu", "Relu", ["relu"]),
        ("ip/Flatten", "Flatten", ["ip/Flatten"]),
        ("ip", "Gemm", ["scores"]),
        ("softmax", "Softmax", ["prob"]),
    ]
    assert [each.name for each in model.graph.initializer] == ["conv.kernel", "conv.bias", "ip.kernel", "ip.bias"]


def test_output_has_its_label_where_layers_in_place_share_it(tmp_path: Path) -> None:
    text = NET.replace('bottom: "scores" top: "prob"', 'bottom: "scores" top: "scores"')
    model, _ = written(text, tmp_path)
    assert [each.name for each in model.graph.output] == ["scores"]
    assert [list(node.output) for node in model.graph.node[-2:]] == [["ip"], ["scores"]]


def test_batch_is_open_and_every_tensor_declared(tmp_path: Path) -> None:
    model, _ = written(NET, tmp_path)
    assert sizes(model.graph.input[0]) == ["N", 3, 8, 8]
    assert sizes(model.graph.output[0]) == ["N", 5]
    assert {each.name: sizes(each) for each in model.graph.value_info} == {
        "image": ["N", 4, 6, 6],
        "relu": ["N", 4, 6, 6],
        "scores": ["N", 5],
    }
    for batch in (1, 3):
        assert run(tmp_path / "net.onnx", data=np.zeros((batch, 3, 8, 8), np.float32))[0].shape == (batch, 5)


def test_sizes_that_need_not_agree_have_names_of_their_own(tmp_path: Path) -> None:
    pick = Node("pick", L.BatchReindex(), (Ref("x"), Ref("index")))
    turn = Node("turn", L.Permute(order=(1, 0)), (Ref("x"),))
    graph = graph_of(pick, turn, inputs={"x": (None, None), "index": (None,)}, outputs=(Ref("pick"), Ref("turn")))
    write(Model(graph), "onnx", tmp_path / "net.onnx")
    model = loaded(tmp_path / "net.onnx")
    assert [sizes(each) for each in model.graph.input] == [["N", "x_1"], ["index_0"]]
    assert [sizes(each) for each in model.graph.output] == [["index_0", "pick_1"], ["turn_0", "N"]]


def test_sum_makes_two_batches_one(tmp_path: Path) -> None:
    graph = graph_of(Node("sum", L.Add(), (Ref("a"), Ref("b"))), inputs={"a": (None, 2), "b": (None, 2)})
    write(Model(graph), "onnx", tmp_path / "net.onnx")
    model = loaded(tmp_path / "net.onnx")
    assert [sizes(each) for each in (*model.graph.input, *model.graph.output)] == [["N", 2]] * 3


@pytest.mark.parametrize(("opset", "version"), [(None, 8), (9, 4), (13, 7), (17, 8), (21, 10)])
def test_operator_set_and_the_format_that_goes_with_it(opset: int | None, version: int, tmp_path: Path) -> None:
    model, _ = written(NET, tmp_path, opset=opset)
    assert [(each.domain, each.version) for each in model.opset_import] == [("", opset or 17)]
    assert model.ir_version == version


@pytest.mark.parametrize("opset", [8, 999])
def test_unknown_operator_set_is_an_error(opset: int, tmp_path: Path) -> None:
    with pytest.raises(TranslationError, match=f"the operator set {opset} is not one of 9 to "):
        written(NET, tmp_path, opset=opset)
    assert not (tmp_path / "net.onnx").exists()


def test_missing_weights_are_random_the_same_every_time_and_told(tmp_path: Path) -> None:
    first, report = written(NET, tmp_path)
    again, _ = written(NET, tmp_path)
    assert first.SerializeToString() == again.SerializeToString()
    assert [str(each) for each in report] == [
        "warning[random-weights]: the source has no weights; the ONNX file got random ones\n  hint: --weights FILE"
    ]
    kernel = onnx.numpy_helper.to_array(first.graph.initializer[0])
    assert 0.2 < kernel.std() / np.sqrt(2 / 27) < 2


def test_weights_that_some_layers_lack_are_named(tmp_path: Path) -> None:
    nodes = [Node(name, L.Dense(units=2, bias=False), (Ref("x"),)) for name in ("a", "b")]
    graph = graph_of(*nodes, inputs={"x": (None, 3)}, outputs=(Ref("a"), Ref("b")))
    report = Report()
    given = np.arange(6, dtype=np.float32).reshape(2, 3)
    write(Model(graph, {"a.kernel": of_array(given)}), "onnx", tmp_path / "net.onnx", report=report)
    assert "the source has no weights for b; the ONNX file got random ones" in [each.message for each in report]
    initializers = {
        each.name: onnx.numpy_helper.to_array(each) for each in loaded(tmp_path / "net.onnx").graph.initializer
    }
    np.testing.assert_array_equal(initializers["a.kernel"], given)


def test_weights_are_those_of_the_caffemodel(tmp_path: Path) -> None:
    from translator import read

    (tmp_path / "net.prototxt").write_text(NET)
    model = read(tmp_path / "net.prototxt")
    shapes = {"conv.kernel": (4, 3, 3, 3), "conv.bias": (4,), "ip.kernel": (5, 144), "ip.bias": (5,)}
    generator = np.random.default_rng(0)
    weights = {key: of_array(generator.standard_normal(shape).astype(np.float32)) for key, shape in shapes.items()}
    write(Model(model.graph, weights), "caffe", tmp_path / "copy.prototxt")
    report = Report()
    options = ReadOptions(weights=tmp_path / "copy.caffemodel")
    translate(tmp_path / "net.prototxt", "onnx", tmp_path / "net.onnx", read_options=options, report=report)
    assert not list(report)
    found = initializers(tmp_path / "net.onnx")
    assert found.keys() == weights.keys()
    for key, tensor in weights.items():
        np.testing.assert_array_equal(found[key], tensor.numpy())


def test_shared_weights_are_stored_once(tmp_path: Path) -> None:
    shared = (("kernel", "w"), ("bias", "b"))
    nodes = [Node(name, L.Dense(units=2), (Ref("x"),), shared=shared) for name in ("one", "two")]
    graph = graph_of(*nodes, inputs={"x": (None, 3)}, outputs=(Ref("one"), Ref("two")))
    write(Model(graph), "onnx", tmp_path / "net.onnx")
    assert [each.name for each in loaded(tmp_path / "net.onnx").graph.initializer] == ["w", "b"]
    one, other = run(tmp_path / "net.onnx", x=np.ones((1, 3), np.float32))
    np.testing.assert_array_equal(one, other)


def test_double_weights_become_single(tmp_path: Path) -> None:
    graph = graph_of(Node("a", L.Dense(units=1, bias=False), (Ref("x"),)), inputs={"x": (None, 2)})
    write(Model(graph, {"a.kernel": of_array(np.array([[0.5, 0.25]]))}), "onnx", tmp_path / "net.onnx")
    assert run(tmp_path / "net.onnx", x=np.array([[2, 4]], np.float32))[0].tolist() == [[2.0]]


def deep(count: int, units: int) -> Model:
    """Return a stack of square layers, whose weights are made as they are asked for."""
    names = [f"ip{i}" for i in range(count)]
    chained = zip(names, ["x", *names], strict=False)
    nodes = [Node(name, L.Dense(units=units, bias=False), (Ref(before),)) for name, before in chained]
    shape = (units, units)
    weights = {
        f"{name}.kernel": Tensor(shape, lambda i=i: np.full(shape, i, np.float32)) for i, name in enumerate(names)
    }
    return Model(graph_of(*nodes, inputs={"x": (None, units)}), weights)


def test_weights_are_in_memory_one_at_a_time(tmp_path: Path) -> None:
    units, count = 512, 12
    write(deep(1, 4), "onnx", tmp_path / "first.onnx")
    tracemalloc.start()
    write(deep(count, units), "onnx", tmp_path / "net.onnx")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tmp_path / "net.onnx").stat().st_size > count * units * units * 4
    assert peak < 3 * units * units * 4


def test_weights_beyond_what_protobuf_holds_lie_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "LIMIT", 100_000)
    model = deep(3, 100)
    done = write(model, "onnx", tmp_path / "large.onnx")
    assert [each.name for each in done.files] == ["large.onnx", "large.onnx.data"]
    assert (tmp_path / "large.onnx").stat().st_size < 4096
    found = initializers(tmp_path / "large.onnx")
    for key, tensor in model.weights.items():
        np.testing.assert_array_equal(found[key], tensor.numpy())
    x = np.full((1, 100), 0.5, np.float32)
    assert run(tmp_path / "large.onnx", x=x)[0].tolist() == [[0.0] * 100]


def test_output_that_is_an_input(tmp_path: Path) -> None:
    graph = graph_of(Node("relu", L.ReLU(), (Ref("x"),)), inputs={"x": (None, 2)}, outputs=(Ref("relu"), Ref("x")))
    write(Model(graph), "onnx", tmp_path / "net.onnx")
    assert [each.name for each in loaded(tmp_path / "net.onnx").graph.output] == ["relu", "x_output"]
    x = np.array([[-1, 2]], np.float32)
    assert [each.tolist() for each in run(tmp_path / "net.onnx", x=x)] == [[[0, 2]], [[-1, 2]]]


def test_blob_named_like_a_step_of_a_layer(tmp_path: Path) -> None:
    text = NET.replace('"image"', '"ip/Flatten"')
    model, _ = written(text, tmp_path)
    assert [list(node.output) for node in model.graph.node] == [
        ["ip/Flatten"], ["relu"], ["ip/Flatten_2"], ["scores"], ["prob"],
    ]  # fmt: skip
    assert run(tmp_path / "net.onnx", data=np.zeros((1, 3, 8, 8), np.float32))[0].shape == (1, 5)


def test_custom_layer_is_an_operator_of_its_own_domain(tmp_path: Path) -> None:
    arguments = {
        "mode": "fast",
        "sizes": (1, 2),
        "scales": (1, 0.5),
        "on": True,
        "kind": 0,
        "domain": "d",
        "results": 3,
        "inner": {"a": 1, "b": ({"c": 2.5},)},
    }
    arguments |= {"big": 1 << 70, "nothing": None}
    layer = L.Custom(type="Warp", arguments=arguments, sizes=[(-1, 4)], arrays=[(3,)])
    graph = graph_of(Node("warp", layer, (Ref("x"),)), Node("relu", L.ReLU(), (Ref("warp"),)), inputs={"x": (None, 2)})
    write(Model(graph, {"warp.blob0": of_array(np.ones(3, np.float32))}), "onnx", tmp_path / "net.onnx")
    model = loaded(tmp_path / "net.onnx")
    assert [(each.domain, each.version) for each in model.opset_import] == [("", 17), ("custom", 1)]
    node = model.graph.node[0]
    assert (node.name, node.op_type, node.domain, list(node.input)) == ("warp", "Warp", "custom", ["x", "warp.blob0"])
    assert {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute} == {
        "mode": b"fast",
        "sizes": [1, 2],
        "scales": [1.0, 0.5],
        "on": 1,
        "kind": 0,
        "domain": b"d",
        "results": 3,
        "inner.a": 1,
        "inner.b.0.c": 2.5,
        "big": str(1 << 70).encode(),
    }
    assert sizes(model.graph.output[0]) == ["relu_0", 4]


def test_channels_last_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TranslationError, match="ONNX knows images with channels first alone"):
        written(NET, tmp_path, layout="channels_last")


CANNOT = {
    "Reshape": (
        L.Reshape(sizes=(-1, 2), axis=1, count=1),
        {"x": (None, None, 4, None)},
        "layer (Reshape): two sizes of the result are known only at run time",
    ),
    "Im2Col": (
        L.Im2Col(kernel=3),
        {"x": (None, None, 8, 8)},
        "layer (Im2Col): the number of channels is not known",
    ),
    "MaxPoolIndices2D": (
        L.MaxPoolIndices2D(kernel=3),
        {"x": (None, 3, None, 8)},
        "layer (MaxPoolIndices2D): the size of the image is not known",
    ),
    "ArgMax": (
        L.ArgMax(),
        {"x": (None, 3, None)},
        "layer_found (ArgMax): the number of scores is not known",
    ),
}


@pytest.mark.parametrize("case", CANNOT)
def test_what_cannot_be_said_is_told(case: str, tmp_path: Path) -> None:
    layer, inputs, message = CANNOT[case]
    report = Report()
    with pytest.raises(TranslationError):
        write(
            Model(graph_of(Node("layer", layer, (Ref("x"),)), inputs=inputs)),
            "onnx",
            tmp_path / "n.onnx",
            report=report,
        )
    assert [each.message for each in report if each.severity == "error"] == [message]
    assert not list(tmp_path.iterdir())


def test_a_giant_weight_is_not_made_up(tmp_path: Path) -> None:
    graph = graph_of(Node("fc", L.Dense(units=1 << 16), (Ref("x"),)), inputs={"x": (None, 1 << 16)})
    with pytest.raises(TranslationError, match=r"fc\.kernel would be 16384 MiB of random numbers"):
        write(Model(graph), "onnx", tmp_path / "net.onnx")


@pytest.mark.parametrize("opset", [10, 17, 21])
@pytest.mark.parametrize("pad", [0, 1])
def test_a_border_of_zeros_is_not_lost_in_the_largest_of_a_window(opset: int, pad: int, tmp_path: Path) -> None:
    """ONNX Runtime joins it with the MaxPool, as one that never wins, where it is written as +0."""
    nodes = (
        Node("border", L.Pad2D(pad=((1, 0), (0, 1))), (Ref("data"),)),
        Node("pool", L.MaxPool2D(kernel=3, stride=2, pad=pad), (Ref("border"),)),
    )
    graph = graph_of(*nodes, inputs={"data": (2, 3, 8, 6)})
    write(Model(graph), "onnx", tmp_path / "net.onnx", options=WriteOptions(opset=opset))
    (found,) = run(tmp_path / "net.onnx", data=np.full((2, 3, 8, 6), -1, np.float32))
    assert (found[:, :, 0] == 0).all()
    assert (found[:, :, 1:, 0] == -1).all()
    assert opset < 11 or read(tmp_path / "net.onnx").graph == graph
