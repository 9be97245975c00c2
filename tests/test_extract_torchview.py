"""What torchview draws: boxes of a name and of the sizes that come in and go out, channels before the image."""

from __future__ import annotations

from extract.designs.figure_design import design_of
from extract.drawings.diagrams import Diagram, Link, Shape
from extract.drawings.drawn import without_blobs
from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Graph
from ir.origin import Origin, Source
from ir.validate import infer
from tests.questions import questions


def torchview(boxes: list[str], links: str) -> tuple[Graph, list[str]]:
    """Return the design of a drawing in the form of torchview's, and what is asked."""
    shapes = []
    for each in boxes:
        name, taken, *given = each.split("|")
        texts = ("input:", taken, name, "depth:1", "output:", *given) if given else (name, taken, "depth:0")
        shapes.append(Shape((0.0, 0.0, 9.0, 9.0), texts))
    pairs = [each.split(">") for each in links.split()]
    layers, edges = without_blobs(Diagram(tuple(shapes), tuple(Link(int(a), int(b)) for a, b in pairs)))
    report = Report()
    graph = design_of(layers, edges, "x", Origin(Source("x")), report)
    return graph, questions(report)


def test_torchview_puts_channels_before_the_image() -> None:
    side = "(2, 8, 24, 24)"
    boxes = ["input-tensor|(2, 1, 28, 28)", f"Conv2d|(2, 1, 28, 28)|{side}", f"Conv2d|{side}|{side}"]
    boxes += [f"add|2 x {side}|{side}", f"view|{side}|(2, 4608)", "Linear|(2, 4608)|(2, 10)", "output-tensor|(2, 10)"]
    graph, asked = torchview(boxes, "0>1 1>2 1>3 2>3 3>4 4>5 5>6")
    kinds = [type(each.layer).__name__ for each in graph.nodes]
    assert kinds == ["Conv2D", "Conv2D", "Add", "Flatten", "Dense"]
    assert graph.inputs[0].shape == (None, 1, 28, 28)
    assert graph.nodes[0].layer == L.Conv2D(filters=8, kernel=(5, 5))
    assert asked == ["'Conv2d': what is the kernel? 3 x 3 is taken"]


def test_torchview_has_channels_before_the_steps_of_layers_along_them() -> None:
    boxes = ["input-tensor|(1, 1, 128)", "Conv1d|(1, 1, 128)|(1, 16, 126)", "MaxPool1d|(1, 16, 126)|(1, 16, 63)"]
    graph, _ = torchview(boxes, "0>1 1>2")
    assert infer(graph, Report())[graph.outputs[0]] == (None, 16, 63)
