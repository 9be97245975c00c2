"""Designs: the JSON form, its schema, and what is said of documents that are none."""

import json
from pathlib import Path

import jsonschema
import pytest

import schemas
from ir import CATALOGUE, Graph, Input, Model, Node, Ref, Report, TranslationError
from tests.layer_cases import CASES
from tests.test_keras_layers import model_of
from tests.test_onnx_layers import CASES as LAYERS
from translator import check, read, translate, write
from translator.derive import derived
from translator.dialects.design.paper import SCHEMAS

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
SCHEMA = schemas.build(SCHEMAS)


def of_json(document: object) -> Graph:
    return read("net.json", data=json.dumps(document).encode()).graph


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


def test_the_published_schema_is_sound_and_accepts_the_papers_element() -> None:
    published = json.loads((Path(schemas.__file__).parent / "design.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(published)
    jsonschema.validate(DOCUMENT, published, jsonschema.Draft202012Validator)


def test_derived_files_are_fresh() -> None:
    for path, text in derived().items():
        assert path.read_text("utf-8") == text, f"{path.name} is stale: run `make derive`"


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
    layer = CATALOGUE["Custom"](type="Weird", arguments={"depth": 3, "modes": ["a", "b"]}, results=2, sizes=[-1, 7])
    node = Node("w", layer, (Ref("x"),))
    graph = Graph("n", (Input("x", (None, 4)),), (node,), node.refs)
    assert read("net.json", data=(write(Model(graph), "design").text or "").encode()).graph == graph


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


def test_the_layout_is_kept() -> None:
    graph = Graph("n", (Input("x", (None, 8, 6, 3)),), (), (Ref("x"),), "channels_last")
    node = Node("pool", CATALOGUE["MaxPool2D"](kernel=2, stride=2), (Ref("x"),))
    graph = Graph("n", graph.inputs, (node,), node.refs, "channels_last")
    again = read("net.json", data=(write(Model(graph), "design").text or "").encode())
    assert again.graph == graph


X = [{"name": "x", "shape": [None, 4]}]
BAD = {
    "no JSON": (b'{"layers": [}', "1:13: error[syntax]: is not JSON"),
    "a key twice": (b'{"layers": [], "layers": [], "inputs": []}', "the key 'layers' stands twice"),
    "NaN": (b'{"layers": [NaN], "inputs": []}', "NaN is no JSON number"),
    "too deep": (b'{"layers": ' + b"[" * 100_000, "error[syntax]"),
    "a huge number": (b'{"inputs": [' + b"9" * 10_000 + b'], "layers": []}', "error[value]"),
    "no object": ([], "error[value]: [] is not of type 'object'"),
    "an unknown type": (
        {"inputs": X, "layers": [{"layer_type": "Nonesuch", "layer_name": "a"}]},
        "error[value]: 'Nonesuch' is not one of",
    ),
    "a wrong value": (
        {"inputs": X, "layers": [{"layer_type": "Dense", "layer_name": "a", "layer_params": {"units": "many"}}]},
        "'many' is not of type 'integer'",
    ),
    "a missing parameter": (
        {"inputs": X, "layers": [{"layer_type": "Dense", "layer_name": "a"}]},
        "'units' is a required property",
    ),
    "an unknown parameter": (
        {"inputs": X, "layers": [{"layer_type": "ReLU", "layer_name": "a", "layer_params": {"colour": 1}}]},
        "'colour' was unexpected",
    ),
    "parameters that do not go together": (
        {
            "inputs": X,
            "layers": [{"layer_type": "Clip", "layer_name": "a", "layer_params": {"minimum": 2, "maximum": 1}}],
        },
        "a: the lower limit 2.0 is above the upper limit 1.0",
    ),
    "a cycle": (
        {
            "inputs": X,
            "layers": [
                {"layer_type": "ReLU", "layer_name": "a", "from_layers": ["b"]},
                {"layer_type": "ReLU", "layer_name": "b", "from_layers": ["a"]},
            ],
        },
        "error[graph]: a, b wait for each other",
    ),
    "an input that nothing gives": (
        {"inputs": X, "layers": [{"layer_type": "ReLU", "layer_name": "a", "from_layers": ["y"]}]},
        "error[graph]: a takes y, which nothing gives",
    ),
    "a name used twice": (
        {"inputs": X, "layers": [{"layer_type": "ReLU", "layer_name": "a", "from_layers": ["x"]}] * 2},
        "error[graph]: two layers are named a",
    ),
    "an output that nothing gives": (
        {"inputs": X, "layers": [], "outputs": ["y"]},
        "error[graph]: the output y is given by nothing",
    ),
    "a shape that does not fit": (
        {
            "inputs": X,
            "layers": [
                {
                    "layer_type": "Conv2D",
                    "layer_name": "c",
                    "layer_params": {"filters": 1, "kernel": 3},
                    "from_layers": ["x"],
                }
            ],
        },
        "error[shape]: c wants an image, but x gives (N, 4)",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_design_is_a_diagnostic(case: str) -> None:
    document, expected = BAD[case]
    assert expected in told(document)


def test_problems_are_shown_at_their_line() -> None:
    found = told({"inputs": X, "layers": [{"layer_type": "Nonesuch", "layer_name": "a"}]})
    assert found.startswith("net.json:13:18: error[value]")


def test_a_thousand_layers_are_checked_quickly_enough_to_find_each_mistake() -> None:
    layers = [
        {"layer_type": "ReLU", "layer_name": f"r{i}", "from_layers": ["x"], "layer_params": {"z": 1}}
        for i in range(1000)
    ]
    report = Report()
    with pytest.raises(TranslationError):
        read("net.json", data=json.dumps({"inputs": X, "layers": layers}).encode(), report=report)
    assert report.error_count() == 1000


@pytest.mark.parametrize("to", ["dot", "mermaid"])
def test_pictures_show_every_layer_and_escape_names(to: str) -> None:
    layer = {"layer_type": "ReLU", "layer_name": 'a "b" <c> #1', "from_layers": ["x"]}
    graph = of_json({"inputs": X, "layers": [layer]})
    text = write(Model(graph), to).text or ""
    assert "(N, 4)" in text
    expected = {"dot": 'a \\"b\\" <c> #1', "mermaid": "a #quot;b#quot; #lt;c#gt; #num;1"}
    assert expected[to] in text
