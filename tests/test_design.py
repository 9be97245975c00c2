"""Designs: the JSON form, its schema, and what is said of documents that are none."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schemas
from ir import CATALOGUE, Graph, Input, LayerError, Model, Node, Ref, Report, Source, TranslationError, kinds
from tests.layer_cases import CASES
from tests.test_keras_layers import model_of
from tests.test_onnx_layers import CASES as LAYERS
from translator import check, read, translate, write
from translator.dialect import by_content
from translator.dialects.design import paper
from translator.dialects.design.builder import build_graph
from translator.dialects.design.writer import render
from translator.options import ReadOptions
from translator.safetensors import save

PAPER = {
    "layer_type": "Pooling2D",
    "layer_name": "MaxPool1",
    "layer_params": {
        "function": "MAX",
        "trainable": True,
        "stride_row": 2,
        "kernel_col": 2,
        "kernel_row": 2,
        "stride_col": 2,
        "border_mode": "valid",
    },
    "from_layers": ["Conv1"],
}
DOCUMENT = {"inputs": [{"name": "Conv1", "shape": [None, 16, 28, 28]}], "layers": [PAPER]}
X = [{"name": "x", "shape": [None, 4]}]
SCHEMA = schemas.build(paper.schemas())


def of_json(document: object) -> Graph:
    return read("net.json", data=json.dumps(document).encode()).graph


def of_text(text: str) -> Graph:
    return read("net.json", data=text.encode()).graph


def told(document: object) -> str:
    data = document if isinstance(document, bytes) else json.dumps(document, indent=1).encode()
    return "\n".join(map(str, check("net.json", format="design", data=data)))


def test_the_papers_element_is_valid_and_becomes_the_papers_caffe_layer() -> None:
    text = translate("net.json", "caffe", data=json.dumps(DOCUMENT).encode()).text or ""
    words = " ".join(text.split())
    assert (
        'type: "Pooling" bottom: "Conv1" top: "MaxPool1" pooling_param { pool: MAX kernel_size: 2 stride: 2 }' in words
    )


def test_the_papers_element_becomes_the_papers_keras_line() -> None:
    text = translate("net.json", "keras", data=json.dumps(DOCUMENT).encode()).text or ""
    line = "MaxPooling2D(pool_size=(2,2),strides=(2,2),padding='valid',name='MaxPool1')(Conv1)"
    assert line in "".join(text.split()).replace('"', "'")


@pytest.mark.parametrize("case", CASES)
def test_caffe_to_design_and_back_gives_the_same_graph(case: str) -> None:
    graph = model_of(case).graph
    text = write(Model(graph), "design").text or ""
    document = json.loads(text)
    jsonschema.validate(document, SCHEMA, jsonschema.Draft202012Validator)
    again = read("net.json", data=text.encode())
    assert again.graph == graph
    caffe = write(again, "caffe").text or ""
    assert read("net.prototxt", data=caffe.encode()).graph == graph
    assert write(again, "design").text == text


@pytest.mark.parametrize("case", LAYERS, ids=lambda case: repr(case[0])[:60])
def test_every_layer_round_trips(case: tuple[object, list[object]]) -> None:
    from tests.test_onnx_layers import model_of as model_of_layer

    layer, shapes = case
    graph = model_of_layer(layer, [tuple(getattr(each, "shape", each)) for each in shapes]).graph  # type: ignore[arg-type]
    text = write(Model(graph), "design").text or ""
    assert read("net.json", data=text.encode()).graph == graph


def test_every_layer_of_the_catalogue_is_tried() -> None:
    assert {type(layer).__name__ for layer, _ in LAYERS} == CATALOGUE.keys() - {"Custom"}


def test_a_custom_layer_round_trips() -> None:
    layer = CATALOGUE["Custom"](type="Weird", arguments={"depth": 3, "modes": ["a", "b"]}, results=2, sizes=[[-1, 7]])
    node = Node("w", layer, (Ref("x"),))
    graph = Graph("n", (Input("x", (None, 4)),), (node,), node.refs)
    assert read("net.json", data=(write(Model(graph), "design").text or "").encode()).graph == graph


WHOLE = st.integers(-(2**63) + 1, 2**63 - 1)
PLAIN = st.recursive(
    st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def values(kind: kinds.Kind, rank: int | None) -> st.SearchStrategy[Any]:
    """Draw what a parameter may hold."""
    match kind:
        case kinds.Integer():
            return WHOLE if kind.minimum is None else st.integers(kind.minimum, 50)
        case kinds.Real():
            return st.floats(allow_nan=False, allow_infinity=False)
        case kinds.Flag():
            return st.booleans()
        case kinds.Choice():
            return st.sampled_from(kind.words)
        case kinds.Many():
            return st.lists(values(kind.item, rank), max_size=4)
        case kinds.PerAxis():
            each = values(kind.item, rank)
            return each | st.lists(each, min_size=rank or 0, max_size=rank)
        case kinds.Border():
            return WHOLE | st.lists(WHOLE, min_size=2, max_size=2)
        case kinds.Maybe():
            return st.none() | values(kind.item, rank)
        case kinds.Text():
            return st.text(st.characters(exclude_categories=["Cs"]))
    return PLAIN


@pytest.mark.parametrize("name", sorted(CATALOGUE))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_parameters_round_trip_and_the_schema_allows_them(name: str, data: st.DataObject) -> None:
    kind = CATALOGUE[name]
    drawn = {each.name: data.draw(values(each.kind, kind.rank)) for each in kind.params.values()}
    try:
        layer = kind(**drawn)
    except LayerError:
        return
    node = Node("a", layer, (Ref("x"),))
    graph = Graph("n", (Input("x", (None, 4)),), (node,), node.refs)
    document = json.loads(render(graph))
    jsonschema.Draft202012Validator(SCHEMA["$defs"][f"params.{name}"]).validate(
        document["layers"][0].get("layer_params", {})
    )
    report = Report()
    assert build_graph(document, Source("net.json"), set(), ReadOptions(), report) == graph
    assert not list(report)


def test_names_with_colons_are_told_from_outputs() -> None:
    cut = Node("cut", CATALOGUE["Slice"](pieces=2), (Ref("x"),))
    decoy = Node("cut:1", CATALOGUE["Abs"](), (Ref("cut", 1),))
    total = Node("a:0", CATALOGUE["Add"](), (Ref("cut:1"), Ref("cut", 1)))
    graph = Graph("n", (Input("x", (None, 4)),), (cut, decoy, total), (Ref("a:0"), Ref("cut", 0), Ref("cut", 1)))
    assert of_text(write(Model(graph), "design").text or "") == graph


def test_what_json_cannot_say_is_an_error() -> None:
    layer = CATALOGUE["Custom"](type="Weird", arguments={"limit": float("inf")}, sizes=[[-1, 7]])
    node = Node("w", layer, (Ref("x"),))
    with pytest.raises(TranslationError, match="not finite, which JSON cannot say"):
        write(Model(Graph("n", (Input("x", (None, 4)),), (node,), node.refs)), "design")


def test_whole_numbers_may_be_written_with_a_point() -> None:
    layer = {"layer_type": "Reshape", "layer_name": "a", "layer_params": {"sizes": [0, 2.0]}, "from_layers": ["x"]}
    graph = of_json({"inputs": [{"name": "x", "shape": [None, 2.0]}], "layers": [layer]})
    assert repr(graph.inputs[0].shape) == "(None, 2)"
    assert repr(graph.nodes[0].layer) == "Reshape(sizes=(0, 2))"


def test_layers_may_stand_in_any_order() -> None:
    layers = [
        {"layer_type": "ReLU", "layer_name": "b", "from_layers": ["a"]},
        {"layer_type": "Abs", "layer_name": "a", "from_layers": ["x"]},
    ]
    graph = of_json({"inputs": [{"name": "x", "shape": [None, 4]}], "layers": layers})
    assert [node.name for node in graph.nodes] == ["a", "b"]
    assert graph.outputs == (Ref("b"),)


def test_weights_lie_beside_as_safetensors(tmp_path: Path) -> None:
    model = model_of("InnerProduct")
    write(model, "design", tmp_path / "net.json")
    again = read(tmp_path / "net.json")
    assert {key: value.numpy().tolist() for key, value in again.weights.items()} == {
        key: value.numpy().tolist() for key, value in model.weights.items()
    }


def test_weights_that_nothing_uses_are_noted(tmp_path: Path) -> None:
    model = model_of("InnerProduct")
    write(model, "design", tmp_path / "net.json")
    save(tmp_path / "net.safetensors", {**model.weights, "stray.kernel": next(iter(model.weights.values()))})
    (note,) = check(tmp_path / "net.json")
    assert (note.code, note.message) == ("unused-weights", "no layer has a use for stray.kernel")
    assert read(tmp_path / "net.json").weights.keys() == model.weights.keys()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 64, b"\x10" + b"\0" * 7 + b"{not a header}  "])
def test_weights_that_are_none_are_an_error(content: bytes, tmp_path: Path) -> None:
    write(Model(model_of("InnerProduct").graph), "design", tmp_path / "net.json")
    (tmp_path / "net.safetensors").write_bytes(content)
    assert [each.code for each in check(tmp_path / "net.json")] == ["weights"]


def test_shared_weights_round_trip_and_unknown_ones_are_an_error() -> None:
    layers = [
        {"layer_type": "Dense", "layer_name": "a", "layer_params": {"units": 4}, "from_layers": ["x"]},
        {
            "layer_type": "Dense",
            "layer_name": "b",
            "layer_params": {"units": 4},
            "from_layers": ["a"],
            "shared": {"kernel": "a.kernel"},
        },
    ]
    graph = of_json({"inputs": X, "layers": layers})
    assert graph.nodes[1].key("kernel") == "a.kernel"
    assert of_text(write(Model(graph), "design").text or "") == graph
    layers[1]["shared"] = {"colour": "a.kernel"}
    assert "error[weights]: b has no weight 'colour' to share" in told({"inputs": X, "layers": layers})


@pytest.mark.parametrize(
    ("head", "is_design"),
    [
        (b'{"inputs": [], "layers": []}', True),
        (b'\xef\xbb\xbf {"layers": [{"layer_type": "ReLU", "cut', True),
        (b'{"inputs": [], "layers": [{"layer_params": {"type": "X", "arguments": {"class_name": 1}}}]}', True),
        (b'{"class_name": "Functional", "config": {"layers": [], "inputs": []}}', False),
        (b'{"config": {"layers": [], "inputs": []}, "class_name": "Sequential"}', False),
        (b'{"name": "layers"}', False),
        (b'[{"layers": [], "inputs": []}]', False),
        (b"layers { }", False),
        (b"{" * 60_000, False),
        (b'{"' + b"\\\\" * 30_000, False),
    ],
)
def test_designs_are_told_by_their_keys(head: bytes, is_design: bool) -> None:
    assert [each.name for each in by_content(head) if each.name == "design"] == ["design"] * is_design


def test_the_layout_is_kept() -> None:
    graph = Graph("n", (Input("x", (None, 8, 6, 3)),), (), (Ref("x"),), "channels_last")
    node = Node("pool", CATALOGUE["MaxPool2D"](kernel=2, stride=2), (Ref("x"),))
    graph = Graph("n", graph.inputs, (node,), node.refs, "channels_last")
    again = read("net.json", data=(write(Model(graph), "design").text or "").encode())
    assert again.graph == graph
