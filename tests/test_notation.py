"""The notation: what it reads, what it writes, that both are one, and what it says of what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ir import Graph, Input, Model, Node, Ref, TranslationError
from ir import layers as L
from tests.layer_cases import CASES, prototxt
from translator import read, write
from translator.bounds import LAYERS

EXAMPLE = (
    "image(28, 28, 1) > Conv2D(32, 3) > ReLU > MaxPool2D(2)"
    ' > [Conv2D(64, 1) | Conv2D(64, 3, padding="same")] > Concat > Flatten > Dense(10) > Softmax'
)


def graph_of(text: str) -> Graph:
    return read("design.net", data=text.encode(), format="notation").graph


def text_of(graph: Graph) -> str:
    return write(Model(graph), "notation").text or ""


def error_of(text: str) -> str:
    with pytest.raises(TranslationError) as error:
        graph_of(text)
    return str(error.value)


def test_the_example() -> None:
    graph = graph_of(EXAMPLE)
    assert graph.inputs == (Input("input_1", (None, 1, 28, 28)),)
    assert [type(node.layer).__name__ for node in graph.nodes] == [
        *("Conv2D", "ReLU", "MaxPool2D", "Conv2D", "Conv2D", "Concat", "Flatten", "Dense", "Softmax")
    ]
    assert graph.node("conv2d_3") == Node("conv2d_3", L.Conv2D(filters=64, kernel=3, pad=1), (Ref("maxpool2d_1"),))
    assert graph.node("concat_1").inputs == (Ref("conv2d_2"), Ref("conv2d_3"))
    assert graph.outputs == (Ref("softmax_1"),)
    assert text_of(graph) == (
        "image(28, 28, 1) > Conv2D(32, 3) > ReLU > MaxPool2D(2) > [Conv2D(64, 1) | Conv2D(64, 3, pad=1)] > Concat\n"
        "    > Flatten > Dense(10) > Softmax\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "image(8, 8, 3) > Conv2D(3, 3, pad=1) > [ | ReLU] > Add\n",
        "image(8, 8, 3) > (Conv2D(3, 3, pad=1) > ReLU) x4 > Tanh x3\n",
        "image(8, 8, 4) > parts: Slice(pieces=2) > Concat\n@parts:1 > Tanh\n",
        "a: vector(4)\nb: vector(4)\n[@a | @b] > Add > Dense(3)\n",
        'model("two outputs", layout="channels_last")\n'
        "image(8, 8, 3) > c: Conv2D(4, 3) > r: ReLU\n@c > t: Tanh\noutputs(@r, @t, @c)\n",
        'image(8, 8, 3) > "conv 1": Conv2D(3, 1) {outputs=["d"], shared={"kernel": "w"}} > ReLU\n@"conv 1" > Tanh\n',
        "tensor(5) > ReLU\n",
        "tokens(9) > Embed(100, 8) > LSTM(4, sequences=true) > LSTM(4) > Dense(2)\n",
        "volume(4, 8, 8, 3, batch=2) > Conv3D(4, (3, 1, 1), pad=((0, 1), 0, 0))\n",
        "image(8, 8, 3) > Dense(5, axis=-1)\n",
        'image(8, 8, 3) > Custom("Odd", arguments={"a": (1, 2.0, null, true), "b": "c"})\n',
        "Constant((2, 3)) > ReLU\n",
    ],
)
def test_what_is_written_is_what_was_read(text: str) -> None:
    assert text_of(graph_of(text)) == text


@pytest.mark.parametrize("case", CASES)
def test_every_layer_comes_back(case: str) -> None:
    graph = read(f"{case}.prototxt", data=prototxt(case).encode()).graph
    assert graph_of(text_of(graph)) == graph


def test_lines_go_on_where_a_path_does_and_comments_are_left_out() -> None:
    text = "# a net\n\nimage(8, 8, 3)  # an input\n  # and then\n  > Conv2D(\n 4,\n 3)\n\n > [ReLU\n | Tanh] > Add\n"
    assert graph_of(text) == graph_of("image(8, 8, 3) > Conv2D(4, 3) > [ReLU | Tanh] > Add")


def test_long_forks_have_a_line_for_each_branch() -> None:
    branch = "Conv2D(4, 3, stride=2, pad=1) > ReLU(negative_slope=0.25) > BatchNorm(momentum=0.5)"
    text = text_of(graph_of(f"image(8, 8, 3) > [{branch} | {branch}] > Add > ReLU"))
    assert text == (f"image(8, 8, 3)\n    > [\n        {branch}\n      | {branch}\n      ] > Add > ReLU\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "image(8, 8, 3) > Dense(5)",
            "1:18: error[grammar]: dense_1 (Dense) wants a vector or a sequence, but input_1 gives",
        ),
        ("image(8, 8, 3) > Conv2d(5)", "1:18: error[value]: there is no layer Conv2d"),
        ("image(8, 8, 3) > Conv2d(5)", "hint: did you mean Conv2D? behind an image may stand Abs, Add, ArgMax"),
        (
            "image(8, 8, 3) >",
            "1:16: error[syntax]: expected '(', '[', a @name, a layer or a text in quotes, found the end",
        ),
        ("image(8, 8, 3) > ReLU ReLU", "1:23: error[syntax]: expected '(', ':', '>', '{', a repeat like x3, the end"),
        ("image(8, 8, 3 > ReLU", "1:15: error[syntax]: expected ')' or ',', found '>'"),
        ("image(8, 8) > ReLU", "1:1: error[value]: an image that the model is given has its sizes"),
        ("image(8, 8, 0) > ReLU", "1:1: error[value]: an image that the model is given has its sizes"),
        (
            "image(8, 8, 3) > image(8, 8, 3)",
            "1:18: error[graph]: image(...) is an input, and stands where a path starts",
        ),
        ("image(8, 8, 3) > @input_1", "1:18: error[graph]: @input_1 can only stand where a path starts"),
        ("@conv > ReLU", "1:1: error[graph]: @conv is not there"),
        ("conv: image(8, 8, 3) > ReLU\n@cnv > ReLU", "hint: did you mean @conv?"),
        ("a: image(8, 8, 3) > a: ReLU", "1:24: error[graph]: a is the name of something else"),
        ("ReLU", "1:1: error[graph]: ReLU needs something in front of it"),
        ("[ | ] > Add", "error[graph]: a branch is empty, and there is nothing in front of it"),
        ("image(8, 8, 3) > a: ReLU x2", "error[graph]: a is in a repeat, and would name several layers"),
        (
            "image(8, 8, 3) > Conv2D(4, 3, 1, 0, 1, 1, true, 5)",
            "1:49: error[value]: Conv2D has no more than 7 parameters",
        ),
        ("image(8, 8, 3) > Conv2D(kernel=3, 4)", "1:35: error[value]: a value without a name stands behind one"),
        ("image(8, 8, 3) > Conv2D(4, 3, filters=5)", "1:31: error[value]: filters is given twice"),
        ("image(8, 8, 3) > Conv2D(4, 3, colour=5)", "1:31: error[value]: Conv2D has no parameter 'colour'"),
        ("image(8, 8, 3) > Conv2D(4)", "1:18: error[value]: Conv2D needs 'kernel'"),
        ('image(8, 8, 3) > Conv2D(4, 3, pad=1, padding="same")', '1:38: error[value]: padding is "same" or "valid"'),
        ('image(?, 8, 3) > Conv2D(4, 3, padding="same")', 'error[value]: padding="same" needs an input of known size'),
        ("image(8, 8, 3) > Conv2D(4, 9)", "error[shape]: conv2d_1"),
        ("image(8, 8, 3) > [ReLU | Tanh] > Conv2D(4, 1)", "error[arity]: conv2d_1 (Conv2D) takes 1 input, not 2"),
        ("image(8, 8, 3) > ReLU {colour=3}", "1:24: error[value]: colour is none of outputs and shared"),
        ('image(8, 8, 3) > ReLU\nmodel("late")', "2:1: error[value]: what is said of the model stands before all else"),
        ("image(8, 8, 3) > ReLU\noutputs(3)", "2:1: error[value]: outputs are tensors"),
        ("a: image(8, 8, 3) > ReLU\noutputs(@a:1)", "2:9: error[graph]: a has no output 1"),
        (
            "sequence(9, 4) > Conv1D(3, 3)",
            "error[value]: a sequence is given as steps and features, but this design has",
        ),
        ("image(8, 8, 3) > ReLU $", "1:23: error[syntax]: expected"),
        ("", "error[graph]: the model gives nothing"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(text: str, told: str) -> None:
    assert told in error_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "image(8, 8, 3) > ReLU x999999999",
        "image(8, 8, 3) > " + "[" * 5000,
        "image(8, 8, 3) > " + "(" * 5000,
        "image(8, 8, 3) > ((((ReLU x9999) x9999) x9999) x9999)",
        "image(8, 8, 3) > " + "[ReLU | " * 101 + "ReLU" + "]" * 101,
        '"' * 5000,
        "\0\0\0",
        "@" * 100,
        "image(99999999999999999999, 8, 3) > ReLU",
        "image(8, 8, 3) > Conv2D(1e400, 3)",
        'a: image(8, 8, 3) > "\\ud800": ReLU > "\\q": ReLU',
        "\n" * 100000,
    ],
)
def test_hostile_text_is_refused(text: str) -> None:
    assert "error[" in error_of(text)


def test_there_are_no_more_layers_than_a_model_has() -> None:
    assert f"there are more than {LAYERS} layers" in error_of("vector(3) > ReLU x131073")


def test_names_are_written_only_where_they_say_something() -> None:
    graph = graph_of("image(8, 8, 3) > relu_2: ReLU > ReLU > ReLU")
    assert [node.name for node in graph.nodes] == ["relu_2", "relu_1", "relu_3"]
    assert text_of(graph) == "image(8, 8, 3) > relu_2: ReLU > ReLU x2\n"


NAMES = st.one_of(
    st.sampled_from(
        ["a", "relu_1", "conv2d_2", "x3", "true", "image", "model", "a:1", "a b", "é", "res2a/1x1", "@", '"', "\\"]
    ),
    st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=6),
)
SAME = st.one_of(
    st.sampled_from(
        [L.ReLU(), L.ReLU(negative_slope=0.1), L.Tanh(), L.Identity(), L.Dropout(rate=0.25), L.BatchNorm()]
    ),
    st.builds(lambda pad: L.Conv2D(filters=4, kernel=2 * pad + 1, pad=pad), st.integers(0, 2)),
    st.just(L.Conv2D(filters=4, kernel=(3, 1), pad=((1, 1), (0, 0)), groups=2, bias=False)),
)


@st.composite
def graphs(draw: Any) -> Graph:
    """Draw graphs of every form: forks, joins, several inputs and outputs, layers of two outputs, odd names."""
    names = draw(st.lists(NAMES, min_size=16, max_size=16, unique=True))
    inputs = tuple(
        Input(names.pop(), (draw(st.sampled_from([None, 2])), 4, 6, 6)) for _ in range(draw(st.integers(1, 2)))
    )
    tensors = [Ref(each.name) for each in inputs]
    nodes: list[Node] = []
    for _ in range(draw(st.integers(1, 9))):
        name = names.pop() if draw(st.booleans()) else f"{draw(st.sampled_from(['relu', 'add']))}_{len(nodes)}"
        if any(each.name == name for each in (*nodes, *inputs)):
            continue
        recent = st.sampled_from(tensors[-3:])
        kind = draw(st.integers(0, 5))
        labels = (draw(NAMES),) if draw(st.booleans()) else ()
        if kind < 3:
            layer = draw(SAME)
            shared = isinstance(layer, L.Conv2D) and draw(st.booleans())
            keys = (("kernel", f"w of {layer}"),) if shared else ()
            nodes.append(Node(name, layer, (draw(recent),), labels, keys))
        elif kind < 5:
            taken = tuple(draw(st.lists(st.sampled_from(tensors), min_size=2, max_size=3)))
            nodes.append(Node(name, draw(st.sampled_from([L.Add(), L.Maximum()])), taken, labels))
        else:
            nodes.append(Node(name, L.Slice(points=(2,), pieces=2), (draw(recent),)))
            nodes.append(Node(f"joined {len(nodes)}", L.Concat(), nodes[-1].refs))
        tensors += nodes[-1].refs
    graph = Graph(draw(st.sampled_from(["", "net", 'a "b"'])), inputs, tuple(nodes), ())
    ends = graph.loose_ends()
    outputs = (
        ends
        if draw(st.booleans())
        else tuple(draw(st.lists(st.sampled_from(tensors), min_size=1, max_size=3, unique=True)))
    )
    return Graph(graph.name, inputs, graph.nodes, outputs or (tensors[-1],))


@settings(max_examples=300, deadline=None)
@given(graphs())
def test_any_graph_comes_back(graph: Graph) -> None:
    text = text_of(graph)
    assert graph_of(text) == graph
    assert text_of(graph_of(text)) == text
    assert read("x.json", data=(write(Model(graph), "design").text or "").encode()).graph == graph


def test_it_is_told_by_its_suffix_and_by_its_text(tmp_path: Path) -> None:
    file = tmp_path / "lenet.net"
    file.write_text(EXAMPLE)
    assert read(file).graph == graph_of(EXAMPLE)
    assert read("-", data=EXAMPLE.encode()).graph == graph_of(EXAMPLE)
