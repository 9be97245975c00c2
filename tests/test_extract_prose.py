"""What the running text of a paper says of a table, in the paragraph that names it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from extract.pages.finding import find
from extract.paper import Found, sightings, texts_of
from ir import Report
from ir import layers as L
from ir.origin import Origin, Source
from tests.pdf_pages import Rule, Text, pdf, rows
from tests.test_extract_finding import prose

_LAYERS = [("layer", "kernel", "filters"), ("conv1", "3 x 3", "8"), ("conv2", "3 x 3", "16"), ("fc", "-", "4")]
_FILL = "All of it was trained on the data that the others use"
_BEHIND = "Each convolution is followed by batch normalization and ReLU."


def paper(*paragraphs: tuple[str, str], caption: str = "Table 1: The layers of the network.") -> bytes:
    """Return a PDF of a table of layers, and a page of paragraphs, each of which begins and ends in some way."""
    texts: list[Text] = [
        *prose(80, 6),
        (72, 180, caption),
        *rows(200, (100, 250, 400), _LAYERS),
        *prose(300, 4),
    ]
    rules: list[Rule] = [(190, 100, 440), (206, 100, 440), (244, 100, 440)]
    told: list[Text] = []
    for i, (first, last) in enumerate(paragraphs):
        top = 80 + 55 * i
        told += [(84, top, f"{first} {_FILL}"), *prose(top + 11, 3), (72, top + 44, last)]
    return pdf((texts, rules), (told, []))


def test_a_table_that_prints_sizes_is_not_asked_of_the_text_what_comes_in() -> None:
    said = ("The network of Table 1 is plain.", "The input is 80 x 80 pixels large.")
    sized = [(*row, size) for row, size in zip(_LAYERS, ("output", "32 x 32", "32 x 32", "1 x 1"), strict=True)]
    places = (100, 200, 300, 400)
    texts: list[Text] = [*prose(80, 6), (72, 180, "Table 1: The layers."), *rows(200, places, sized), *prose(300, 4)]
    rules: list[Rule] = [(190, 100, 440), (206, 100, 440), (244, 100, 440)]
    told: list[Text] = [(84, 80, f"{said[0]} {_FILL}"), *prose(91, 3), (72, 124, said[1])]
    _, messages = of(pdf((texts, rules), (told, [])))
    assert not any("is said beside the table" in each for each in messages)


def built(found: Found) -> tuple[list[str], list[str]]:
    """Return the kinds of the layers of a design, and what is asked or inferred."""
    report = Report()
    graph = found.graph("net", Origin(Source("paper.pdf")), report)
    return [type(each.layer).__name__ for each in graph.nodes], [each.message for each in report]


def of(source: bytes) -> tuple[list[str], list[str]]:
    """Return the same of the only design of a paper."""
    (found,) = [design for each in sightings(source) for design in each.designs]
    return built(found)


def test_what_stands_behind_all_layers_is_heard() -> None:
    kinds, told = of(paper(("The network of Table 1 is plain.", _BEHIND)))
    assert kinds == ["Conv2D", "BatchNorm", "ReLU", "Conv2D", "BatchNorm", "ReLU", "Flatten", "Dense"]
    assert "what stands behind layers is as the text says that names the table" in told


def test_a_paragraph_that_names_no_table_is_not() -> None:
    kinds, _ = of(paper(("The network of this work is plain.", _BEHIND), ("Table 1 shows it.", "It is small.")))
    assert kinds == ["Conv2D", "Conv2D", "Flatten", "Dense"]


def test_a_sentence_is_said_of_the_table_that_was_named_last() -> None:
    kinds, told = of(paper(("Table 1 takes images of 64 x 64 pixels. Table 2 shows the critic.", _BEHIND)))
    assert kinds == ["Conv2D", "Conv2D", "Flatten", "Dense"]
    assert "the input is 64 x 64, as is said beside the table" in told


@pytest.mark.parametrize(
    ("label", "named"),
    [
        ("Table 1:", "Tab. 1"),
        ("TABLE I.", "Table I"),
        ("Table II:", "Table 2"),
        ("Table A.1:", "Tables 3, A.1 and A.2"),
    ],
)
def test_tables_are_named_in_several_ways(label: str, named: str) -> None:
    source = paper((f"The network in {named} is plain.", "It has 3 layers."), caption=f"{label} The layers.")
    (place,) = find(source)
    assert place.told.startswith(f"The network in {named} is plain.")
    assert place.told.endswith("It has 3 layers.")


def test_a_sentence_may_begin_like_a_caption() -> None:
    (place,) = find(paper(("Table 1 shows the network.", "It has 3 layers."), ("Others are large.", "They have 5.")))
    assert place.told.startswith("Table 1 shows the network.")
    assert place.told.endswith("It has 3 layers.")


def test_the_caption_goes_before_the_text() -> None:
    said = ("The network of Table 1 is plain.", "The input is 64 x 64 pixels large.")
    _, told = of(paper(said, caption="Table 1: The network for an input of 48 x 48 pixels."))
    assert "the input is 48 x 48, as is said beside the table" in told


def test_of_the_last_layer_over_time_it_is_asked_whether_it_gives_every_step() -> None:
    (found,) = texts_of(Path("net.csv"), b"layer,units\ninput,20 x 8\nLSTM,16\nLSTM,16\n")
    asked = [each for each in built(found)[1] if "does it give every step?" in each]
    assert asked == ["'LSTM' is the last layer: does it give every step? So it is taken"]


_OTHER = "The network was trained for a week."


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("All hidden layers are equipped with the rectification (ReLU (Kim et al., 2012)) non-linearity.", 2),
        ("The ReLU non-linearity is applied to the output of every convolutional layer.", 2),
        ("Throughout the network, we use ReLU for all the convolutional and fully connected layers.", 2),
        ("Unlike the network of [4], all layers use ReLU.", 0),
        ("When all layers use ReLU, the error is larger.", 0),
        ("We compared ReLU in all layers with tanh.", 0),
        ("A few layers use ReLU.", 0),
    ],
)
def test_what_is_said_anywhere_of_all_layers_fills_activations_that_nothing_else_says(said: str, wanted: int) -> None:
    layers, messages = of(paper((_OTHER, f"So it is. {said}")))
    assert layers.count("ReLU") == wanted
    assert any("activations are as the text says" in each for each in messages) == bool(wanted)
    assert any("no activations are said" in each for each in messages) == (not wanted)


def test_a_caption_goes_before_what_is_said_anywhere() -> None:
    said = "The ReLU non-linearity is applied to the output of every convolutional layer."
    layers, _ = of(
        paper((_OTHER, f"So it is. {said}"), caption="Table 1: The network. All convolutions are followed by tanh.")
    )
    assert (layers.count("Tanh"), layers.count("ReLU")) == (2, 0)


def test_sentences_that_differ_say_nothing() -> None:
    layers, messages = of(
        paper((_OTHER, "So it is. All hidden layers use ReLU."), (_OTHER, "So it is. All hidden layers use tanh."))
    )
    assert not {"ReLU", "Tanh"} & {*layers}
    assert any("no activations are said" in each for each in messages)


@pytest.mark.parametrize(("behind", "biased"), [("batch normalization", False), ("local response normalization", True)])
def test_the_shift_of_a_normalisation_stands_for_the_bias_of_convolutions_that_it_is_said_of(
    behind: str, biased: bool
) -> None:
    caption = f"Table 1: The network. All convolutions are followed by {behind} and ReLU."
    (found,) = [design for each in sightings(paper((_OTHER, _OTHER), caption=caption)) for design in each.designs]
    layers = [node.layer for node in found.graph("net", Origin(Source("paper.pdf")), Report()).nodes]
    assert [each.bias for each in layers if isinstance(each, L.Conv2D)] == [biased, biased]
    assert [each.bias for each in layers if isinstance(each, L.Dense)] == [True]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Decay of weights and dropout for the first two fully-connected layers (ratio set to 0.5) help.", 2),
        ("Dropout (Kim et al., 2012) with a ratio of 50% is applied after conv2.", 1),
        ("Unlike [4] we use dropout (50%) in the first two fc layers.", 0),
        ("Dropout of 0.5 helps.", 0),
    ],
)
def test_dropout_that_is_said_anywhere_of_some_layers_is_behind_them(said: str, wanted: int) -> None:
    layers = [*_LAYERS[:-1], ("fc1", "-", "16"), ("fc2", "-", "16"), ("fc3", "-", "4")]
    texts: list[Text] = [*prose(80, 6), (72, 180, "Table 1: The layers."), *rows(200, (100, 250, 400), layers)]
    rules: list[Rule] = [(190, 100, 440), (206, 100, 440), (266, 100, 440)]
    told: list[Text] = [(84, 80, f"{_OTHER} {_FILL}"), *prose(91, 3), (72, 124, f"So it is. {said}")]
    (found,) = [
        each for sight in sightings(pdf(([*texts, *prose(300, 4)], rules), (told, []))) for each in sight.designs
    ]
    built_layers = [node.layer for node in found.graph("net", Origin(Source("paper.pdf")), Report()).nodes]
    assert [each.rate for each in built_layers if isinstance(each, L.Dropout)] == [0.5] * wanted
    behind = [type(a).__name__ for a, b in pairwise(built_layers) if isinstance(b, L.Dropout)]
    assert behind == {2: ["Dense", "Dense"], 1: ["Conv2D"], 0: []}[wanted]
