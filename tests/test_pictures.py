"""Pictures: every layer and edge is there, and nothing in a name is markup."""

import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ir import CATALOGUE, Graph, Input, Model, Node, Ref
from translator import read, write

DOT = re.compile(r'^  (\w+) \[label="((?:[^"\\]|\\.)*)"')
MERMAID = re.compile(r'^  (\w+)\(?\["(.*)"\]\)?$')
ARROW = re.compile(r"^  (\w+) --?> (\w+);?$")


def boxes(text: str, to: str) -> dict[str, list[str]]:
    """Return the lines of each box, as the picture's reader would show them."""
    found = {}
    for line in text.splitlines():
        if match := (DOT if to == "dot" else MERMAID).match(line):
            if to == "dot":
                shown = re.split(r"(?<!\\)(?:\\\\)*\\n", match[2].replace("\\\\", "\0"))
                found[match[1]] = [html.unescape(each.replace('\\"', '"').replace("\0", "\\")) for each in shown]
            else:
                shown = match[2].split("<br/>")
                found[match[1]] = [re.sub(r"#(\d+);", lambda code: chr(int(code[1])), each) for each in shown]
    return found


def arrows(text: str) -> list[tuple[str, str]]:
    return [(match[1], match[2]) for line in text.splitlines() if (match := ARROW.match(line))]


def net(name: str) -> Model:
    layers = [
        {"layer_type": "Slice", "layer_name": "cut", "layer_params": {"pieces": 2}, "from_layers": ["x"]},
        {"layer_type": "Add", "layer_name": name, "from_layers": ["cut", "cut:1"]},
    ]
    document = {"inputs": [{"name": "x", "shape": [None, 4]}], "layers": layers}
    return read("net.json", data=json.dumps(document).encode())


@pytest.mark.parametrize("to", ["dot", "mermaid"])
def test_a_picture_shows_names_types_parameters_shapes_and_edges(to: str) -> None:
    text = write(net("sum"), to).text or ""
    shown = boxes(text, to)
    assert list(shown.values()) == [
        ["x", "(N, 4)"],
        ["cut", "Slice(pieces=2)", "(N, 2)", "(N, 2)"],
        ["sum", "Add", "(N, 2)"],
    ]
    x, cut, total = shown
    assert arrows(text) == [(x, cut), (cut, total), (cut, total)]


@pytest.mark.parametrize("to", ["dot", "mermaid"])
@given(name=st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1))
def test_any_name_is_shown_as_it_is(to: str, name: str) -> None:
    node = Node(name, CATALOGUE["ReLU"](), (Ref("\0"),))
    graph = Graph(name, (Input("\0", (None, 4)),), (node,), node.refs)
    assert list(boxes(write(Model(graph), to).text or "", to).values())[1][0] == name


@pytest.mark.parametrize("to", ["dot", "mermaid"])
def test_a_line_break_in_a_name_breaks_no_line(to: str) -> None:
    text = write(net('a\n"]; b'), to).text or ""
    assert [each[0] for each in boxes(text, to).values()][2] == 'a "]; b'


def test_a_curve_of_several_pieces_has_the_points_of_each() -> None:
    from translator.simulation.graphviz import _way

    assert _way("e,9,9 1,1 2,2;s,3,3 4,4", lambda x, y: [x, y]) == [[1, 1], [2, 2], [9, 9], [3, 3], [4, 4]]
