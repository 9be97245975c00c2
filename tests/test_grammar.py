"""The layer grammar: the paper's Table 1 cell by cell, the signatures of layers, profiles, the check of graphs."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from lark import Lark, logger

from grammars.build import build
from grammars.check import Grammar, check_grammar, grammar, word_of
from grammars.kinds import RANKS, signatures
from grammars.profiles import ProfileError, everything, load
from ir import Graph, Ref, Report
from ir.layer import CATALOGUE
from ir.origin import Source
from tests.test_onnx_layers import CASES, names
from translator.dialects.notation.builder import build_graph
from translator.dialects.notation.syntax import parse
from translator.options import ReadOptions

COLUMNS = {
    "Dense": "Dense(5)",
    "Conv2D": "Conv2D(16, 1)",
    "Flatten": "Flatten",
    "Dropout": "Dropout(rate=0.5)",
    "MaxPool": "MaxPool2D(1, stride=2)",
    "AvgPool": "AvgPool2D(1, stride=2)",
    "Concat": "[ | ] > Concat",
    "Embed": "Embed(10000, 64)",
    "RNN": "SimpleRNN(3)",
    "RNN (seq)": "SimpleRNN(3, sequences=true)",
    "LSTM": "LSTM(3)",
    "LSTM (seq)": "LSTM(3, sequences=true)",
}
VECTOR = "vector(8) > Dense(5)"
IMAGE = "image(28, 28, 1) > Conv2D(16, 3)"
SEQUENCE = "tokens(9) > Embed(10000, 64)"
FROM = {
    "Dense": VECTOR,
    "Conv2D": IMAGE,
    "Flatten": f"{IMAGE} > Flatten",
    "Dropout of a vector": f"{VECTOR} > Dropout",
    "Dropout of an image": f"{IMAGE} > Dropout",
    "Dropout of a sequence": f"{SEQUENCE} > LSTM(3, sequences=true) > Dropout",
    "MaxPool": f"{IMAGE} > MaxPool2D(3, stride=2)",
    "AvgPool": f"{IMAGE} > AvgPool2D(3, stride=2)",
    "Concat of vectors": f"{VECTOR} > [ | ] > Concat",
    "Concat of images": f"{IMAGE} > [ | ] > Concat",
    "Concat of sequences": f"{SEQUENCE} > LSTM(3, sequences=true) > [ | ] > Concat",
    "Embed": SEQUENCE,
    "RNN": f"{SEQUENCE} > SimpleRNN(3)",
    "RNN (seq)": f"{SEQUENCE} > SimpleRNN(3, sequences=true)",
    "LSTM": f"{SEQUENCE} > LSTM(3)",
    "LSTM (seq)": f"{SEQUENCE} > LSTM(3, sequences=true)",
}
AS_VECTOR = "Dense, Dropout, Concat, Embed"
AS_IMAGE = "Conv2D, Flatten, Dropout, MaxPool, AvgPool, Concat"
AS_SEQUENCE = "Flatten, Dropout, Concat, RNN, RNN (seq), LSTM, LSTM (seq)"
TABLE = {
    "Dense": AS_VECTOR,
    "Conv2D": AS_IMAGE,
    "Flatten": AS_VECTOR,
    "Dropout of a vector": AS_VECTOR,
    "Dropout of an image": AS_IMAGE,
    "Dropout of a sequence": AS_SEQUENCE,
    "MaxPool": AS_IMAGE,
    "AvgPool": AS_IMAGE,
    "Concat of vectors": AS_VECTOR,
    "Concat of images": AS_IMAGE,
    "Concat of sequences": AS_SEQUENCE,
    "Embed": AS_SEQUENCE,
    "RNN": AS_VECTOR,
    "RNN (seq)": AS_SEQUENCE,
    "LSTM": AS_VECTOR,
    "LSTM (seq)": AS_SEQUENCE,
}
"""Table 1 of DLPaper2Code, read off the paper. Its LSTM has Conv2D where every other vector has Dense, which it is
taken for; it has no row for Embed, which gives a sequence. Dropout and Concat are as what is in front of them."""
INPUTS = {"image(28, 28, 1)": ("Conv2D",), "vector(8)": ("Dense", "Embed"), "sequence(9, 8)": ()}
"""Its row of the input; token ids are a vector until an Embed takes them."""


def graph_of(text: str) -> Graph:
    source, report = Source("design.net", text), Report()
    graph, _ = build_graph(parse(text, source, report), source, ReadOptions(), Report())
    assert not report.error_count(), list(map(str, report))
    return graph


def problems(graph: Graph, rules: Grammar) -> list[Any]:
    report = Report()
    check_grammar(graph, rules, report)
    return list(report)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("row", FROM)
def test_a_cell_of_table_1(row: str, column: str) -> None:
    graph = graph_of(f"{FROM[row]} > {COLUMNS[column]}")
    found = problems(graph, grammar("paper"))
    if column in TABLE[row].split(", "):
        assert not found, list(map(str, found))
        return
    (problem,) = found
    last = graph.nodes[-1]
    assert problem.code == "grammar"
    assert f"{last.name} ({word_of(last.layer)}) wants " in problem.message
    assert f", but {graph.nodes[-2].name} gives " in problem.message
    assert " may stand " in problem.hint


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("source", INPUTS)
def test_the_row_of_the_input(source: str, column: str) -> None:
    graph, kind = graph_of(f"{source} > {COLUMNS[column]}"), source.partition("(")[0]
    found = problems(graph, grammar("paper"))
    assert bool(found) == (column not in INPUTS[source])
    follows = grammar("paper").gives(word_of(graph.nodes[-1].layer), [kind] * len(graph.nodes[-1].inputs))
    if found and follows and column != "Concat":
        assert found[0].message.endswith("cannot take input_1, an input of the model")


def test_a_dense_layer_behind_a_convolution_is_told_what_is_missing() -> None:
    (problem,) = problems(graph_of(f"{IMAGE} > Dense(5)"), grammar("paper"))
    assert problem.message == "dense_1 (Dense) wants a vector, but conv2d_1 gives an image"
    assert problem.hint.startswith("a Flatten between them makes it fit; behind an image may stand AvgPool2D, Concat, ")


@pytest.mark.parametrize("name", ["", "paper"])
def test_the_grammar_has_no_conflicts(name: str, caplog: pytest.LogCaptureFixture) -> None:
    text = build(grammar(name).profile)
    logger.setLevel(logging.DEBUG)
    try:
        Lark(text, parser="lalr", lexer="basic", debug=True)
    finally:
        logger.setLevel(logging.CRITICAL)
    assert "conflict" not in caplog.text.lower()


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_layer_takes_as_many_as_its_grammar_says(name: str) -> None:
    layer = CATALOGUE[name]
    for each in (layer.grammar, *layer.variants.values()):
        arities = [signature.arity() for signature in signatures(each)]
        most = None if None in [end for _, end in arities] else max(end or 0 for _, end in arities)
        assert (min(least for least, _ in arities), most) == layer.arity
    assert set(layer.variants) <= set(layer.params)


@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_what_a_layer_gives_is_of_the_kind_that_its_grammar_says(case: Any) -> None:
    layer, given = case
    shapes = [each if isinstance(each, tuple) else each.shape for each in given]
    looked_up = type(layer).__name__ == "Embed"
    kinds = ["tokens" if looked_up else RANKS.get(len(shape), "tensor") for shape in shapes]
    # A Dense may take the last axis of anything where it says so.
    kind = grammar().gives(word_of(layer, ("axis",)), kinds)
    assert kind is not None
    for shape in layer.shapes(*shapes) if not looked_up or len(shapes[0]) == 2 else ():
        assert kind in ("tensor", "tokens", RANKS.get(len(shape)))


def test_every_layer_has_a_word_in_the_grammar() -> None:
    assert {word.partition(":")[0] for word in grammar().words} == set(CATALOGUE)


def test_a_company_has_a_profile_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(
        'title = "What we deploy"\n[layers.Conv2D]\nfilters = { to = 64 }\nkernel = [1, 3]\n'
        "[layers.ReLU]\n[layers.Flatten]\n[layers.Dense]\n"
    )
    rules = grammar(str(path))
    assert not problems(graph_of("image(9, 9, 3) > Conv2D(64, 3) > ReLU > Flatten > Dense(10)"), rules)
    told = [each.message for each in problems(graph_of("image(9, 9, 3) > Conv2D(65, (3, 5)) > Tanh"), rules)]
    assert told == [
        "filters of conv2d_1 is 65, which this grammar does not allow: 64 or less",
        "kernel of conv2d_1 is (3, 5), which this grammar does not allow: 1 or 3",
        "tanh_1 is a Tanh, which this grammar does not have",
    ]


@pytest.mark.parametrize(
    ("text", "value", "allowed"),
    [
        ("vector(8) > Dense({})", 5, True),
        ("vector(8) > Dense({})", 500, True),
        ("vector(8) > Dense({})", 7, False),
        ("vector(8) > Dense({})", 505, False),
        ("vector(8) > Dense(5) > Dropout(rate={})", 0.3, True),
        ("vector(8) > Dense(5) > Dropout(rate={})", 0.35, False),
        ("image(28, 28, 1) > Conv2D({}, 3)", 256, True),
        ("image(28, 28, 1) > Conv2D({}, 3)", 24, False),
        ("image(28, 28, 1) > Conv2D(16, {})", 11, True),
        ("image(28, 28, 1) > Conv2D(16, {})", 4, False),
        ("image(28, 28, 1) > Conv2D(16, 3) > MaxPool2D(3, stride={})", 5, True),
        ("image(28, 28, 1) > Conv2D(16, 3) > MaxPool2D(3, stride={})", 1, False),
        ("tokens(9) > Embed(10000, {})", 100, True),
        ("tokens(9) > Embed(10000, {})", 101, False),
        ("tokens(9) > Embed(10000, 64) > LSTM({})", 25, True),
        ("tokens(9) > Embed(10000, 64) > LSTM({})", 26, False),
        ("tokens(9) > Embed(10000, 64) > SimpleRNN({})", 2, False),
    ],
)
def test_the_ranges_of_table_2(text: str, value: float, allowed: bool) -> None:
    codes = [each.code for each in problems(graph_of(text.format(value)), grammar("paper"))]
    assert codes == ([] if allowed else ["range"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("layers = 3", "layers are tables"),
        ("[layers.Conv9D]", "there is no layer type 'Conv9D'"),
        ("[layers.Dense]\nwidth = [1]", "Dense has no parameter 'width'"),
        ("[layers.Dense]\nunits = 5", "layers.Dense.units is a list of values, or {from = 16"),
        ("[layers.Dense]\ngrammar = 'cube -> vector'", "does not say what a layer takes and gives"),
        ("colour = 'red'", "has 'colour', which means nothing"),
        ("[", "is no profile"),
    ],
)
def test_a_profile_that_says_nothing_is_refused(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(text)
    with pytest.raises(ProfileError, match=told.replace("{", r"\{")):
        load(str(path))


def test_a_join_is_of_the_kind_of_what_it_joins() -> None:
    graph = graph_of("image(9, 9, 3) > [Conv2D(16, 1) | Flatten > Dense(5)] > Add")
    (problem,) = problems(graph, grammar())
    assert (
        problem.message
        == "add_1 (Add) wants tensors of one kind, but conv2d_1 gives an image and dense_1 gives a vector"
    )
    kinds = check_grammar(graph_of("image(9, 9, 3) > [Conv2D(16, 1) | ] > Concat"), grammar(), Report())
    assert kinds[Ref("concat_1")] == "image"


def test_the_whole_catalogue_is_the_default() -> None:
    assert everything().first is None
    assert load("paper").first == ("Dense", "Conv2D", "Embed")
