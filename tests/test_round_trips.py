"""Layers that a format says in another way come back as what they were."""

from __future__ import annotations

import importlib.util
import json
import types
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ir import Graph, Input, Model, Node, Ref, Report
from ir import layers as L
from ir.layer import Layer
from ir.seeding import seeded_weights
from ir.validate import infer
from tests.test_caffe_scarce import IMAGE, SEQUENCE, chain, through_caffe
from tests.test_onnx_layers import CASES, model_of, values_of
from tests.test_raising_weights import kinds
from translator import ReadOptions, WriteOptions, convert, read, write
from translator.dialect import dialects
from translator.passes.averages import join_averages
from translator.passes.narrowing import join_zeros
from translator.passes.parts import join_parts

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")
CONV = L.Conv2D(filters=4, kernel=3)


@pytest.mark.parametrize(
    "layer",
    [
        CONV.replace(stride=2, pad=((0, 1), (0, 1))),
        CONV.replace(pad=((1, 2), (0, 0))),
        CONV.replace(dilation=2, pad=((0, 2), (4, 2))),
        L.Pad2D(pad=((1, 0), (2, 3))),
        L.Conv2DTranspose(filters=2, kernel=3, stride=3, output_pad=2, pad=1),
    ],
)
def test_a_kernel_that_was_widened_is_narrow_again(layer: Layer, tmp_path: Path) -> None:
    model = chain(IMAGE, [layer])
    found = join_zeros(through_caffe(model, tmp_path))
    assert kinds(found) == [layer]
    for key, tensor in model.weights.items():
        if key.startswith("layer1."):
            np.testing.assert_array_equal(found.weights[found.graph.nodes[-1].key(key[7:])].numpy(), tensor.numpy())


def test_a_kernel_of_an_even_border_that_was_learned_stays_as_it_is() -> None:
    model = chain(IMAGE, [CONV.replace(pad=1), L.Conv2D(filters=4, kernel=1, groups=4, bias=False)])
    assert join_zeros(model).graph == model.graph
    zeros = {key: tensor.map(np.zeros_like, tensor.shape) for key, tensor in model.weights.items()}
    assert join_zeros(Model(model.graph, zeros)).graph == model.graph


def test_a_border_behind_is_a_rounding_before_it_is_a_layer(tmp_path: Path) -> None:
    mean = L.AvgPool2D(kernel=2, stride=2, pad=((0, 1), (0, 0)), count_pad=False)
    assert kinds(through_caffe(chain(IMAGE, [mean]), tmp_path)) == [L.AvgPool2D(kernel=2, stride=2, rounding="ceil")]


@pytest.mark.parametrize("to", ["caffe", "keras"])
def test_a_mean_without_an_uneven_border_comes_back(to: str, tmp_path: Path) -> None:
    mean = L.AvgPool2D(kernel=4, pad=((0, 1), (0, 1)), count_pad=False)
    model = chain(IMAGE, [mean])
    again = through_caffe(model, tmp_path)
    if to == "keras":
        write(model, "keras", tmp_path / "net.keras")
        again = convert.prepare(read(tmp_path / "net.keras"), dialects()["onnx"].writer().target(WriteOptions()),
                                WriteOptions(), Report())[0]  # fmt: skip
    assert kinds(join_averages(join_zeros(again))) == [mean]


def test_a_mean_divided_by_the_mean_of_ones_leaves_its_border_out() -> None:
    mean = L.AvgPool2D(kernel=3, pad=1)
    nodes = (
        Node("ones", L.Constant(sizes=(1, 1, 9, 8))),
        Node("share", mean, (Ref("ones"),)),
        Node("mean", mean, (Ref("data"),)),
        Node("found", L.Divide(), (Ref("mean"), Ref("share"))),
    )
    graph = Graph("net", (Input("data", IMAGE),), nodes, (Ref("found"),))
    for value, wanted in ((1.0, 1), (2.0, 4)):
        found = join_averages(Model(graph, {"ones.value": _full((1, 1, 9, 8), value)}))
        assert len([node for node in found.graph.nodes if node.name not in ("ones", "share")]) == (wanted > 1) + 1


def _full(shape: tuple[int, ...], value: float) -> Any:
    from ir.weights import of_array

    return of_array(np.full(shape, value, np.float32))


@pytest.mark.parametrize("case", ["sign", "norm", "quotient"])
def test_what_caffe_spells_out_is_one_layer_again(case: str, tmp_path: Path) -> None:
    layers: dict[str, list[Any]] = {
        "sign": [L.Function(function="sign")],
        "norm": [L.Permute(order=(0, 2, 1)), L.LayerNorm(), L.Permute(order=(0, 2, 1)), L.Power(scale=2.0)],
    }
    if case == "quotient":
        nodes = (
            Node("mean", L.Mean(axes=(2, 3)), (Ref("data"),)),
            Node("share", L.Divide(), (Ref("data"), Ref("mean"))),
        )
        model = Model(Graph("net", (Input("data", IMAGE),), nodes, (Ref("share"),)))
        found = join_parts(through_caffe(model, tmp_path)).graph
        assert [type(node.layer) for node in found.nodes] in ([L.Mean, L.Divide], [L.GlobalAvgPool2D, L.Divide])
        return
    found = join_parts(through_caffe(chain(SEQUENCE, layers[case]), tmp_path)).graph
    assert [node.layer for node in found.nodes][1:] == layers[case]


@pytest.mark.parametrize(
    "layers",
    [
        [L.Log(scale=2.0, shift=8.5)],
        [L.Exp(scale=0.5, shift=-1.0)],
        [L.L2Normalize(across_spatial=False, shared=False)],
        [L.L2Normalize(across_spatial=True, learned=False)],
        [L.MVN()],
        [L.MVN(across_channels=True, epsilon=0.01)],
        [L.BatchNorm(batch_statistics=True, scale=False, center=False)],
        [L.SpatialPyramidPool2D(levels=3)],
        [L.SpatialPyramidPool2D(levels=2, function="average")],
    ],
)
@pytest.mark.parametrize("by", ["onnx", "keras"])
def test_layers_that_caffe_has_are_known_by_their_parts(layers: list[Any], by: str, tmp_path: Path) -> None:
    model = chain(IMAGE, layers)
    name = {"onnx": "net.onnx", "keras": "net.keras"}[by]
    write(model, by, tmp_path / name)
    plain = [node.layer for node in _for_caffe(tmp_path / name) if not isinstance(node.layer, L.Permute)]
    assert plain[1:] == [each for each in layers if each.stated().get("learned", True)] or not layers[0].stated().get(
        "learned", True
    )


def _for_caffe(path: Path) -> list[Node]:
    """Return the layers of a file as a prototxt would have them."""
    target = dialects()["caffe"].writer().target(WriteOptions())
    return list(convert.prepare(read(path), target, WriteOptions(), Report())[0].graph.nodes)


@pytest.mark.parametrize("by", ["onnx", "keras"])
def test_factors_of_what_is_added_are_the_sums_own_again(by: str, tmp_path: Path) -> None:
    nodes = (
        Node("bent", L.ReLU(), (Ref("data"),)),
        Node("sum", L.Add(coefficients=(1.0, 0.25)), (Ref("data"), Ref("bent"))),
        Node("twice", L.Power(scale=2.0), (Ref("sum"),)),
        Node("both", L.Add(), (Ref("twice"), Ref("sum"))),
        Node("product", L.Multiply(), (Ref("twice"), Ref("both"))),
    )
    path = tmp_path / {"onnx": "net.onnx", "keras": "net.keras"}[by]
    write(Model(Graph("net", (Input("data", IMAGE),), nodes, (Ref("product"),))), by, path)
    found = [each.layer for each in _for_caffe(path)]
    # A factor that something else takes stays.
    assert found == [L.ReLU(), L.Add(coefficients=(1.0, 0.25)), L.Power(scale=2.0), L.Add(), L.Multiply()]


@pytest.mark.parametrize("shape", [(None, 3, 4, 5, 6), (None, 3, 7), (None, 3)])
@pytest.mark.parametrize("by", ["onnx", "keras"])
def test_statistics_of_the_batch_are_known_over_any_axes(shape: Any, by: str, tmp_path: Path) -> None:
    layer = L.BatchNorm(batch_statistics=True, scale=False, center=False)
    path = tmp_path / {"onnx": "net.onnx", "keras": "net.keras"}[by]
    write(
        Model(Graph("net", (Input("data", shape),), (Node("norm", layer, (Ref("data"),)),), (Ref("norm"),))), by, path
    )
    assert layer in [each.layer for each in _for_caffe(path)]


def test_statistics_of_the_batch_and_factors_behind_are_two_layers_of_caffe(tmp_path: Path) -> None:
    import torch

    norm = torch.nn.BatchNorm2d(3, track_running_stats=False)
    model = read(norm, (torch.randn(1, 3, 4, 4),), dynamic_shapes={})
    assert [each.layer for each in model.graph.nodes] == [L.BatchNorm(batch_statistics=True)]
    found = through_caffe(model, tmp_path)
    assert [type(each.layer) for each in found.graph.nodes] == [L.BatchNorm, L.Scale]
    plain = torch.nn.BatchNorm2d(3, affine=False, track_running_stats=False)
    wanted = L.BatchNorm(batch_statistics=True, scale=False, center=False)
    again = read(plain, (torch.randn(1, 3, 4, 4),), dynamic_shapes={})
    assert [each.layer for each in again.graph.nodes] == [wanted]


def test_a_prototxt_keeps_the_order_of_outputs_and_leaves_out_what_is_not_taken(tmp_path: Path) -> None:
    inputs = (Input("data", (None, 3)), Input("unused", (None, 2)))
    nodes = tuple(Node(name, L.Power(shift=i), (Ref("data"),)) for i, name in enumerate("abc", 1))
    behind = Node("d", L.Tanh(), (Ref("b"),))
    for outputs in ("ac", "ca", "bdca", "dbac", "cdab"):
        graph = Graph("net", inputs, (*nodes, behind), tuple(map(Ref, outputs)))
        again = through_caffe(Model(graph), tmp_path).graph
        wanted = [graph.node(name).layer for name in outputs]
        assert [again.node(ref.node).layer for ref in again.outputs] == wanted
        assert [each.name for each in again.inputs] == ["data"]
    alone = through_caffe(Model(Graph("net", inputs, (), (Ref("unused"),))), tmp_path).graph
    assert (len(alone.inputs), alone.outputs) == (2, (Ref("unused"),))


def test_the_largest_of_features_leaves_a_sequence_as_it_stands(tmp_path: Path) -> None:
    layers = [L.Reduction(function="max", axis=2), L.Dense(units=2)]
    model = chain((2, 5, 6), layers)
    write(model, "onnx", tmp_path / "net.onnx")
    again = read(tmp_path / "net.onnx")
    assert [node.layer for node in again.graph.nodes][1:] == layers
    write(again, "keras", tmp_path / "net.keras")
    assert read(tmp_path / "net.keras").graph.inputs[0].shape == (2, 5, 6)


def test_the_largest_over_space_is_a_pooling_in_the_other_layout(tmp_path: Path) -> None:
    model = chain((2, 5, 6), [L.Conv1D(filters=4, kernel=3), L.Reduction(function="max", axis=2)])
    write(model, "keras", tmp_path / "net.keras")
    layers = [type(node.layer) for node in read(tmp_path / "net.keras").graph.nodes]
    assert L.GlobalMaxPool1D in layers
    assert layers.count(L.Permute) == 0


def test_a_layer_over_time_of_onnx_gives_all_states_and_the_last_at_once(tmp_path: Path) -> None:
    node = Node("gru", L.GRU(units=3, sequences=True, states=True), (Ref("x"),))
    last = Node("sum", L.Reduction(axis=1), (Ref("gru"),))
    graph = Graph("net", (Input("x", (2, 5, 4)),), (node, last), (Ref("sum"), Ref("gru", 1)))
    model = Model(graph, seeded_weights(graph, infer(graph, Report())))
    write(model, "onnx", tmp_path / "net.onnx")
    assert [each.layer for each in read(tmp_path / "net.onnx").graph.nodes].count(node.layer) == 1


OWN = [
    case
    for case in CASES
    if isinstance(
        case[0],
        (
            *(L.DetectionOutput, L.Proposals, L.PSROIPool2D, L.ROIPool2D, L.PriorBox, L.LocallyConnected2D),
            *(L.MaxPoolIndices2D, L.Unpool2D, L.ContinuedLSTM, L.ContinuedRNN),
        ),
    )
]
"""Layers for which source brings classes along, and which take many of ONNX's operators."""


def _loaded(path: Path, kind: Any) -> Any:
    spec = importlib.util.spec_from_file_location("emitted", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [each for each in vars(module).values() if isinstance(each, kind) and each.__module__ == "emitted"][-1]


def _same(found: Layer, wanted: Layer) -> bool:
    """Tell whether a layer is another, but for what only says the same sizes in another way."""
    if isinstance(wanted, L.MaxPoolIndices2D):
        wanted, found = (each.replace(rounding="floor", pad=((0, 0), (0, 0))) for each in (wanted, found))
    return found == wanted


@pytest.mark.parametrize("case", OWN, ids=lambda case: repr(case[0])[:60])
def test_classes_that_go_with_source_are_read_as_their_layers_by_pytorch(case: Any, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    values = values_of(case)
    model = model_of(case[0], [each.shape for each in values])
    model = Model(replace(model.graph, name="net"), model.weights)
    write(model, "pytorch", tmp_path / "net.py")
    module = _loaded(tmp_path / "net.py", type)()
    if model.weights:
        module.load_state_dict(load_file(tmp_path / "net.safetensors"))
    found = read(module, tuple(map(torch.from_numpy, values)), dynamic_shapes={})
    (layer,) = [node.layer for node in found.graph.nodes if isinstance(node.layer, type(case[0]))]
    assert _same(layer, case[0])
    for key, tensor in model.weights.items():
        np.testing.assert_array_equal(found.weights[key].numpy(), tensor.numpy())


@pytest.mark.parametrize("case", OWN, ids=lambda case: repr(case[0])[:60])
def test_classes_that_go_with_source_are_read_out_of_what_keras_saves(case: Any, tmp_path: Path) -> None:
    values = values_of(case)
    model = model_of(case[0], [each.shape for each in values])
    model = Model(replace(model.graph, name="net"), model.weights)
    write(model, "keras", tmp_path / "net.py")
    text = _loaded(tmp_path / "net.py", types.FunctionType)().to_json()
    weights = tmp_path / "net.weights.h5"
    options = ReadOptions(weights=weights if weights.exists() else None)
    found = read("net.json", data=text.encode(), format="keras-json", options=options)
    (layer,) = [node.layer for node in found.graph.nodes if isinstance(node.layer, type(case[0]))]
    wanted = case[0].replace(pad=0) if isinstance(case[0], L.LocallyConnected2D) else case[0]  # It stands before it.
    assert _same(layer, wanted)


def test_a_class_of_anothers_making_is_none_of_ours() -> None:
    entry = {"class_name": "PriorBox", "config": {"name": "p", "min_size": 3}, "registered_name": "Custom>PriorBox"}
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 4, 4, 3], "name": "x"}, "name": "x"},
        {**entry, "name": "p", "inbound_nodes": [[["x", 0, 0, {}]]]},
    ]
    net = {"name": "n", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["p", 0, 0]]}
    text = json.dumps({"class_name": "Functional", "config": net, "keras_version": "3.0.0"})
    found = read("net.json", data=text.encode(), format="keras-json")
    assert isinstance(found.graph.node("p").layer, L.Custom)


# Nothing but its sizes is of a PriorBox's inputs, which are none of the file's where no operator takes them.
@pytest.mark.parametrize(
    "case", [case for case in OWN if not isinstance(case[0], L.PriorBox)], ids=lambda case: repr(case[0])[:60]
)
def test_layers_of_many_operators_are_read_as_what_onnx_tells_of_them(case: Any, tmp_path: Path) -> None:
    values = values_of(case)
    model = model_of(case[0], [each.shape for each in values])
    write(model, "onnx", tmp_path / "net.onnx")
    found = read(tmp_path / "net.onnx")
    assert [node.layer for node in found.graph.nodes] == [case[0]]
    for key, tensor in model.weights.items():
        np.testing.assert_array_equal(found.weights[key].numpy(), tensor.numpy())


def _told(folder: Path, change: Any) -> tuple[Any, list[Any]]:
    """Return a file that tells of a layer, changed, and the layers that are read of it."""
    import onnx

    layer = L.PSROIPool2D(channels=3, grid=2, scale=0.5)
    write(model_of(layer, [(2, 12, 9, 7), (4, 5)]), "onnx", folder / "net.onnx")
    proto = onnx.load(folder / "net.onnx")
    change(proto)
    onnx.save(proto, folder / "other.onnx")
    report = Report()
    try:
        return layer, [node.layer for node in read(folder / "other.onnx", report=report).graph.nodes]
    except Exception:
        return layer, []


def test_what_a_file_tells_of_a_layer_is_believed_where_its_operators_are_so(tmp_path: Path) -> None:
    def other_number(proto: Any) -> None:
        proto.metadata_props[0].value = proto.metadata_props[0].value.replace('"scale": 0.5', '"scale": 0.25')

    def other_operator(proto: Any) -> None:
        next(node for node in proto.graph.node if node.op_type == "Ceil").op_type = "Floor"

    def other_array(proto: Any) -> None:
        held = next(each for each in proto.graph.initializer if each.data_type == 1 and each.raw_data)
        held.raw_data = bytes(len(held.raw_data))

    layer, found = _told(tmp_path, lambda proto: None)
    assert found == [layer]
    for change in (other_number, other_operator, other_array):
        assert layer not in _told(tmp_path, change)[1]


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "{}",
        "[1]",
        '[{"layer_type": "Conv2D", "layer_name": "a", "layer_params": {}, "inputs": ["x"], "outputs": ["y"]}]',
        '[{"layer_type": "PriorBox", "layer_name": "a", "layer_params": {"grid": [1000000000, 1000000000]}}]',
        "[" * 100_000,
    ],
)
def test_metadata_that_make_no_sense_are_none(text: str, tmp_path: Path) -> None:
    def change(proto: Any) -> None:
        proto.metadata_props[0].value = text

    assert L.PSROIPool2D(channels=3, grid=2, scale=0.5) not in _told(tmp_path, change)[1]


def test_boxes_without_number_cost_nothing(tmp_path: Path) -> None:
    def change(proto: Any) -> None:
        entry = json.loads(proto.metadata_props[0].value)[0]
        params = {"grid": [4096, 4096], "image": [9, 7], "least": [1.0] * 64, "step": [1.0, 1.0]}
        changed = {**entry, "layer_type": "PriorBox", "layer_params": params}
        proto.metadata_props[0].value = json.dumps([changed])

    assert not any(isinstance(each, L.PriorBox) for each in _told(tmp_path, change)[1])


OUTPUTS = {
    "one twice": (Ref("relu"), Ref("relu")),
    "one that is an input": (Ref("x"), Ref("relu")),
    "one twice, about one that another layer takes": (Ref("sigmoid"), Ref("relu"), Ref("sigmoid")),
    "an input alone": (Ref("x"),),
}


@pytest.mark.parametrize("case", OUTPUTS)
def test_a_prototxt_gives_all_outputs_in_their_order(case: str) -> None:
    nodes = (Node("relu", L.ReLU(), (Ref("x"),)), Node("sigmoid", L.Sigmoid(), (Ref("relu"),)))
    text = write(Model(Graph("n", (Input("x", (None, 4)),), nodes, OUTPUTS[case])), "caffe").text or ""
    assert read("net.prototxt", data=text.encode(), format="caffe").graph.outputs == OUTPUTS[case]
