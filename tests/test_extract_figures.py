"""Figures read back from what Graphviz draws, as SVG and as PDF, in every version of Keras's and Caffe's drawing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from random import Random
from typing import Any

import pdfplumber
import pytest

from extract.drawings.boxes_and_arrows import diagram_of
from extract.drawings.diagrams import Diagram
from extract.drawings.drawing import DrawingError, of_page, of_svg
from extract.drawings.drawn import DrawnLayer, layer_of, without_blobs
from extract.metrics import figure_score
from extract.pages.page import page_of
from ir import Report, TranslationError
from ir import layers as L
from ir.validate import infer
from tests.figure_cases import FORKED, LAYERS, caffe_picture
from tests.pdf_pages import Text, pdf
from tests.questions import questions
from translator import read
from translator.simulation import caffe_pictures, keras_pictures
from translator.simulation.graphviz import render
from translator.simulation.keras_pictures import Seen
from translator.simulation.picture import Picture


def found_in(data: bytes, kind: str) -> Diagram:
    if kind == "svg":
        return diagram_of(of_svg(data.decode()))
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        return diagram_of(of_page(page, page_of(page).words))


def scored(picture: Picture, kind: str) -> tuple[dict[str, float], Diagram]:
    files, truth = render(picture, (kind,))
    dpi = truth["style"]["dpi"]
    border = dpi / 2 if kind == "pdf" else 0.0

    def middle(box: Sequence[float]) -> tuple[float, float]:
        return (box[0] + box[2]) / 2 + border, (box[1] + box[3]) / 2 + border

    found = found_in(files[kind], kind)
    return figure_score(found, truth, middle, dpi / 8), found


@pytest.mark.parametrize("kind", ["svg", "pdf"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("version", keras_pictures.VERSIONS)
def test_what_keras_draws_is_read_back(version: str, seed: int, kind: str) -> None:
    score, _ = scored(keras_pictures.draw(FORKED, Random(seed), version), kind)
    assert set(score.values()) == {1.0}, score


@pytest.mark.parametrize("kind", ["svg", "pdf"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("version", caffe_pictures.VERSIONS)
def test_what_caffe_draws_is_read_back(version: str, seed: int, kind: str) -> None:
    score, found = scored(caffe_picture(version, seed), kind)
    assert set(score.values()) == {1.0}, score
    layers, edges = without_blobs(found)
    names = [layer.name for layer in layers]
    linked = {(names[a], names[b]) for a, b in edges}
    chain = {
        ("data", "conv"),
        ("conv", "relu"),
        ("relu", "a"),
        ("relu", "b"),
        ("a", "cat"),
        ("b", "cat"),
        ("cat", "fc"),
    }
    assert linked == chain
    widths = {layer.name: layer.params.get("num_output") for layer in layers}
    assert [widths[name] for name in ("conv", "a", "fc")] == ([None] * 3 if version == "2014-05" else [4, 8, 10])


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["conv1"], DrawnLayer("conv1", "")),
        (["Dense"], DrawnLayer("", "Dense")),
        (["conv (keras.layers.convolutional.Convolution2D)"], DrawnLayer("conv", "Convolution2D")),
        ([" (keras.layers.core.Dense)"], DrawnLayer("", "Dense")),
        (["conv1", "Conv2D", "relu"], DrawnLayer("conv1", "Conv2D", {"activation": "relu"})),
        (["Conv2D", "float32", "relu"], DrawnLayer("", "Conv2D", {"activation": "relu"})),
        (["conv1 (Conv2D)", "Activation: relu"], DrawnLayer("conv1", "Conv2D", {"activation": "relu"})),
        (["Conv2D", "Activation:", "relu"], DrawnLayer("", "Conv2D", {"activation": "relu"})),
        (["relu", "ReLU"], DrawnLayer("relu", "ReLU")),
        (["pool (Pooling MAX)", "kernel size: 3"], DrawnLayer("pool", "Pooling MAX", {"kernel size": 3})),
        (
            ["a: Add", "input:", "output:", "[(None, 4), (None, 4)]", "(None, 4)"],
            DrawnLayer("a", "Add", {"output": (None, 4)}),
        ),
    ],
)
def test_boxes_are_read(texts: list[str], wanted: DrawnLayer) -> None:
    assert layer_of(texts) == wanted


@pytest.mark.parametrize(
    "text",
    ["", "<svg", "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>", "<svg>" + "<g>" * 60 + "</g>" * 60 + "</svg>"],
)
def test_odd_drawings_are_refused(text: str) -> None:
    with pytest.raises(DrawingError):
        of_svg(text)


def test_a_drawing_of_nothing_has_no_boxes() -> None:
    svg: Any = "<svg xmlns='http://www.w3.org/2000/svg'><path d='M0,0'/><rect/><text x='3'>lonely</text></svg>"
    assert diagram_of(of_svg(svg)) == Diagram((), ())


def test_a_drawing_of_caffes_becomes_the_design() -> None:
    files, _ = render(caffe_picture("2018-03", 0), ("svg",))
    report = Report()
    graph = read("net.svg", data=files["svg"], format="figure", report=report).graph
    said = [(type(node.layer).__name__, node.layer.stated()) for node in graph.nodes]
    assert said == LAYERS
    assert ["what is the shape of data" in each for each in questions(report)] == [True]


def test_sizes_that_are_drawn_make_the_layers() -> None:
    pictures = (keras_pictures.draw(FORKED, Random(seed), "2.4") for seed in range(40))
    files, _ = render(next(each for each in pictures if each.style["show_shapes"]), ("svg",))
    graph = read("net.svg", data=files["svg"], format="figure").graph
    shapes = infer(graph, Report())
    assert graph.inputs[0].shape == (None, 1, 28, 28)
    assert shapes[graph.outputs[0]] == (None, 10)
    assert sorted(type(node.layer).__name__ for node in graph.nodes) == [
        *("Add", "Conv2D", "Conv2D", "Dense", "Dropout", "Flatten")
    ]


@pytest.mark.parametrize("svg", ["<svg xmlns='http://www.w3.org/2000/svg'/>", "<svg"])
def test_a_drawing_without_a_design_is_told(svg: str) -> None:
    with pytest.raises(TranslationError, match=r"no boxes|not XML|syntax"):
        read("net.svg", data=svg.encode(), format="figure")


@pytest.mark.parametrize(("size", "turn"), [(9, 1), (9, -1), (3, 0), (3, 1)])
def test_words_on_their_side_and_of_small_type_are_whole(size: float, turn: int) -> None:
    texts: list[Text] = [(100, 300, "Convolution", size, turn), (100 + 1.2 * size, 300, "Pooling", size, turn)]
    if not turn:
        texts = [(100, 300, "Convolution", size), (100, 300 + 1.2 * size, "Pooling", size)]
    with pdfplumber.open(io.BytesIO(pdf((texts, [])))) as found:
        words = page_of(found.pages[0]).words
    assert [word.text for word in words] == ["Convolution", "Pooling"]


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_drawn_sizes_tell_whether_a_recurrent_layer_gives_every_step(kind: str) -> None:
    steps, whole, last = (((None, 7, 5),), ((None, 7, 12),), ((None, 9),))
    layers = [
        Seen("input_1", "InputLayer", (), steps, steps),
        Seen("first", kind, ("input_1",), steps, whole),
        Seen("second", kind, ("first",), whole, last),
    ]
    pictures = (keras_pictures.draw(layers, Random(seed), "3.3") for seed in range(40))
    picture = next(each for each in pictures if each.style["show_shapes"])
    report = Report()
    graph = read("net.svg", data=render(picture, ("svg",))[0]["svg"], format="figure", report=report).graph
    found = [node.layer.stated() for node in graph.nodes]
    assert [(each["units"], each.get("sequences", False)) for each in found] == [(12, True), (9, False)]
    assert not questions(report)


def test_a_pooling_that_takes_off_little_goes_in_steps_of_one() -> None:
    large, small = (((None, 18, 18, 4),), ((None, 15, 15, 4),))
    layers = [
        Seen("input_1", "InputLayer", (), large, large),
        Seen("pool", "MaxPooling2D", ("input_1",), large, small),
    ]
    pictures = (keras_pictures.draw(layers, Random(seed), "2.0") for seed in range(40))
    picture = next(each for each in pictures if each.style["show_shapes"])
    graph = read("net.svg", data=render(picture, ("svg",))[0]["svg"], format="figure").graph
    assert [node.layer for node in graph.nodes] == [L.MaxPool2D(kernel=(4, 4))]


WITHIN = [
    *(replace(FORKED[1], activation="hard_sigmoid") if each is FORKED[1] else each for each in FORKED[:-1]),
    replace(FORKED[-1], activation="softmax"),
    Seen("act", "Activation", ("dense_1",), ((None, 10),), ((None, 10),), "tanh"),
    Seen("last", "Dense", ("act",), ((None, 10),), ((None, 10),), "celu"),
]


@pytest.mark.parametrize("kind", ["svg", "png"])
@pytest.mark.parametrize("version", ["2.7", "2.8", "2.9", "3.0", "3.3"])
def test_activations_that_keras_draws_in_a_box_stand_behind_its_layer(version: str, kind: str) -> None:
    pictures = (keras_pictures.draw(WITHIN, Random(seed), version) for seed in range(80))
    shown = (each for each in pictures if each.style["show_shapes"] and each.style["show_layer_activations"])
    for picture in islice(shown, 4):
        report = Report()
        graph = read(f"net.{kind}", data=render(picture, (kind,))[0][kind], format="figure", report=report).graph
        assert sorted(type(node.layer).__name__ for node in graph.nodes) == [
            *("Add", "Conv2D", "Conv2D", "Dense", "Dense", "Dropout", "Flatten"),
            *("HardSigmoid", "ReLU", "Softmax", "Tanh"),
        ]
        assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)] == [10, 10]
        asked = [each.message for each in report if each.code == "question" and "kernel" not in each.message]
        assert ["'celu'? None is built" in each for each in asked] == [True]
