"""The schema of designs: derived, published, and what is told of documents that it does not allow."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import schemas
from ir import CATALOGUE, Report, TranslationError
from ir.layer import REQUIRED
from tests.test_design import DOCUMENT, PAPER, X
from translator import check, read
from translator.derive import derived, main
from translator.dialects.design import paper

PUBLISHED = json.loads((Path(schemas.__file__).parent / "design.schema.json").read_text("utf-8"))


def told(document: Any) -> list[str]:
    text = document if isinstance(document, str) else json.dumps(document, indent=1)
    return [str(each) for each in check("net.json", format="design", data=text.encode())]


def allows(document: Any) -> bool:
    return jsonschema.Draft202012Validator(PUBLISHED).is_valid(document)


def one(kind: str, params: dict[str, Any], shape: tuple[int | None, ...] = (None, 16, 28, 28)) -> dict[str, Any]:
    layer = {"layer_type": kind, "layer_name": "a", "layer_params": params, "from_layers": ["x"]}
    return {"inputs": [{"name": "x", "shape": list(shape)}], "layers": [layer]}


def test_derived_files_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    for path, text in derived().items():
        assert path.read_text("utf-8") == text, f"{path.name} is stale: run `make derive`"
    assert main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_the_published_schema_is_sound_and_accepts_the_papers_element() -> None:
    jsonschema.Draft202012Validator.check_schema(PUBLISHED)
    assert allows(DOCUMENT)


def test_the_published_schema_knows_every_layer_type_and_parameter() -> None:
    for name, layer in CATALOGUE.items():
        params = PUBLISHED["$defs"][f"params.{name}"]
        assert params["properties"].keys() == layer.params.keys()
        assert set(params.get("required", ())) == {
            each.name for each in layer.params.values() if each.default is REQUIRED
        }


PAPERS = {
    "Conv2D": (
        {"filters": 4, "kernel_row": 3, "kernel_col": 5, "stride_row": 2},
        "Conv2D(filters=4, kernel=(3, 5), stride=(2, 1))",
    ),
    "Pooling2D": ({"function": "AVE", "kernel_row": 2, "kernel_col": 3}, "AvgPool2D(kernel=(2, 3))"),
    "Dense": ({"units": 5, "axis": 1}, "Dense(units=5, axis=1)"),
    "Flatten": ({}, "Flatten()"),
    "Dropout": ({"rate": 0.25}, "Dropout(rate=0.25)"),
    "Concat": ({"axis": 2}, "Concat(axis=2)"),
    "Embed": ({"vocabulary": 9, "units": 3}, "Embed(vocabulary=9, units=3)"),
}


@pytest.mark.parametrize("kind", PAPERS)
def test_each_layer_of_the_paper_is_read_as_it_spells_it(kind: str) -> None:
    params, expected = PAPERS[kind]
    document = one(kind, {**params, "trainable": True})
    assert allows(document)
    assert repr(read("net.json", data=json.dumps(document).encode()).graph.nodes[0].layer) == expected


def test_every_layer_of_the_paper_is_tried() -> None:
    assert PAPERS.keys() == paper.schemas().keys() == set(paper.NAMES)


@pytest.mark.parametrize(
    ("shape", "layout", "pads"),
    [
        ((None, 16, 28, 29), "channels_first", ((0, 1), (1, 1))),
        ((None, 28, 29, 16), "channels_last", ((0, 1), (1, 1))),
    ],
)
def test_the_papers_same_border_is_tensorflows_on_the_images_axes(shape: Any, layout: Any, pads: Any) -> None:
    params = {"filters": 4, "kernel_row": 3, "kernel_col": 3, "stride_row": 2, "stride_col": 2, "border_mode": "same"}
    document = {"layout": layout, **one("Conv2D", params, shape)}
    layer: Any = read("net.json", data=json.dumps(document).encode()).graph.nodes[0].layer
    assert layer.pad == pads


def test_a_border_of_the_paper_reaches_as_far_as_the_dilation() -> None:
    params = {"filters": 4, "kernel_row": 3, "kernel_col": 3, "border_mode": "same", "dilation": 2}
    layer: Any = read("net.json", data=json.dumps(one("Conv2D", params)).encode()).graph.nodes[0].layer
    assert layer.pad == ((2, 2), (2, 2))


def test_a_border_of_the_paper_does_not_count_in_a_mean() -> None:
    params = {"function": "AVE", "kernel_row": 3, "kernel_col": 3, "border_mode": "same"}
    layer = read("net.json", data=json.dumps(one("Pooling2D", params)).encode()).graph.nodes[0].layer
    assert repr(layer) == "AvgPool2D(kernel=(3, 3), pad=((1, 1), (1, 1)), count_pad=False)"


def test_what_is_not_trainable_is_noted() -> None:
    layer = {**PAPER, "layer_params": {**PAPER["layer_params"], "trainable": False}}  # type: ignore[dict-item]
    (note,) = told({**DOCUMENT, "layers": [layer]})
    assert "note[training-value]: MaxPool1 is not to be trained, which is not carried over" in note


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    ("Dense", {"units": -1}, "units", "units of Dense must be 1 or more, not -1"),
    ("Dense", {"units": 3, "bias": 1}, "bias", "bias of Dense must be true or false, not 1"),
    ("Dense", {"units": 3, "unit": 1}, "unit", "Dense has no parameter 'unit'\n  hint: did you mean units?"),
    (
        "MaxPool2D",
        {"kernel": [1, 2, 3]},
        "kernel",
        "kernel of MaxPool2D must be one value for each spatial axis, each a whole number, 1 or more, not [1, 2, 3]",
    ),
    ("MaxPool2D", {"kernel": 2, "rounding": "up"}, "rounding", "rounding of MaxPool2D must be one of floor, ceil"),
    (
        "Pooling2D",
        {"function": "MIN", "kernel_row": 1, "kernel_col": 1},
        "function",
        "function must be one of MAX, AVE",
    ),
    ("Clip", {"minimum": 2, "maximum": 1}, "minimum", "a: the lower limit 2.0 is above the upper limit 1.0"),
    ("ReLU", {"maximum": 10**30}, "", ""),
    (
        "Dense",
        {"units": 10**30},
        "units",
        "a: units of Dense must be a whole number, 1 or more, not a number beyond 64 bits",
    ),
]


@pytest.mark.parametrize(("kind", "params", "at", "expected"), WRONG)
def test_a_wrong_value_is_told_at_its_place(kind: str, params: dict[str, Any], at: str, expected: str) -> None:
    document = one(kind, params)
    lines = json.dumps(document, indent=1).splitlines()
    found = told(document)
    if not expected:
        assert found == []
        return
    (message,) = found
    line = next(i for i, each in enumerate(lines, 1) if f'"{at}":' in each)
    column = lines[line - 1].index(": ") + 3
    first = message.splitlines()[0]
    assert first.startswith(f"net.json:{line}:{column}: error[value]: ")
    for part in expected.split("\n"):
        assert part in message


def test_an_unknown_layer_type_is_told_with_the_nearest_one() -> None:
    (message,) = told(one("conv2d", {}))
    assert "there is no layer type 'conv2d'" in message
    assert message.endswith("hint: did you mean Conv2D?")


def test_all_problems_are_told_at_once() -> None:
    layers = [
        {"layer_type": "Dense", "layer_name": "a", "layer_params": {"units": "many"}, "from_layers": ["x"]},
        {"layer_type": "ReLU", "layer_name": "b", "from_layers": ["a", "x"]},
        {"layer_type": "ReLU", "layer_name": "b", "from_layers": ["x"]},
        {"layer_type": "Abs", "layer_name": "c", "from_layers": ["nobody"]},
        {"layer_type": "Abs", "layer_name": "d", "from_layers": ["e"]},
        {"layer_type": "Abs", "layer_name": "e", "from_layers": ["d"]},
        {"layer_type": "Abs", "layer_name": "f", "from_layers": ["c"]},
    ]
    found = [
        each.splitlines()[0].split(": ", 1)[1] for each in told({"inputs": X, "layers": layers, "outputs": ["f", "y"]})
    ]
    assert found == [
        "error[value]: units of Dense must be a whole number, not 'many'",
        "error[graph]: two layers are named b",
        "error[graph]: c takes nobody, which nothing gives",
        "error[graph]: d, e wait for each other",
        "error[graph]: the output y is given by nothing",
        "error[arity]: b (ReLU) takes 1 input, not 2",
    ]


def chain(count: int, params: dict[str, Any]) -> dict[str, Any]:
    layers = [
        {
            "layer_type": "Conv2D",
            "layer_name": f"c{i}",
            "layer_params": {"filters": 16, "kernel": 3, "pad": 1, **params},
            "from_layers": [f"c{i - 1}" if i else "x"],
        }
        for i in range(count)
    ]
    return {"inputs": [{"name": "x", "shape": [None, 16, 28, 28]}], "layers": layers}


def test_a_thousand_layers_have_no_problems() -> None:
    document, schema = chain(1000, {}), schemas.build(paper.schemas())
    assert schemas.problems(document, schema, lambda kind, params: f"params.{kind}") == []


def test_the_mistakes_of_a_thousand_layers_are_found_and_placed() -> None:
    report = Report()
    text = json.dumps(chain(1000, {"colour": 1}), indent=1)
    with pytest.raises(TranslationError):
        read("net.json", data=text.encode(), report=report)
    assert report.error_count() == 1000
    places = [each.origin and each.origin.place() for each in report]
    lines = text.splitlines()
    assert all(place and '"colour"' in lines[place[0] - 1] for place in places)


def test_a_flood_of_problems_is_cut_off() -> None:
    found = told('{"inputs": [' + "1," * 50_000 + '1], "layers": []}')
    assert len(found) == schemas.MOST + 1
    assert "there are more than 1000 problems" in found[-1]
