"""Modules of branches, whose widths stand in columns of a table: how they pool, step, and what is behind them."""

from __future__ import annotations

from ir import Report
from ir.graph import Graph
from ir.validate import infer
from tests.questions import questions
from tests.test_extract_families import model_of
from tests.test_extract_unseen import table


def told(graph: Graph) -> list[str]:
    """Return the layers of a graph but ReLU, with their widths, windows and steps."""
    found = []
    for node in graph.nodes:
        said = [str(getattr(node.layer, name, "")) for name in ("filters", "kernel", "stride")]
        found.append(" ".join([type(node.layer).__name__, *filter(None, said)]).replace(", ", "x"))
    return [each for each in found if each != "ReLU"]


def test_two_convolutions_in_a_row_and_a_pooling_that_is_passed_on() -> None:
    text = table(
        "type | patch size/stride | output size | #1×1 | #3×3 reduce | #3×3 | double #3×3 reduce | double #3×3"
        " | Pool + proj",
        "convolution | 3×3/2 | 16×16×8 | | | | | |",
        "inception (1a) | | 16×16×24 | 4 | 2 | 6 | 3 | 8 | avg + 6",
        "inception (1b) | stride 2 | 8×8×40 | 0 | 4 | 10 | 3 | 6 | max + pass through",
    )
    report = Report()
    graph = model_of(text, report=report)
    assert told(graph) == [
        "Conv2D 8 (3x3) (2x2)",
        *("Conv2D 4 (1x1) (1x1)", "Conv2D 2 (1x1) (1x1)", "Conv2D 6 (3x3) (1x1)"),
        *("Conv2D 3 (1x1) (1x1)", "Conv2D 8 (3x3) (1x1)", "Conv2D 8 (3x3) (1x1)"),
        *("AvgPool2D (3x3) (1x1)", "Conv2D 6 (1x1) (1x1)", "Concat"),
        *("Conv2D 4 (1x1) (1x1)", "Conv2D 10 (3x3) (2x2)"),
        *("Conv2D 3 (1x1) (1x1)", "Conv2D 6 (3x3) (1x1)", "Conv2D 6 (3x3) (2x2)"),
        *("MaxPool2D (3x3) (2x2)", "Concat"),
    ]
    assert infer(graph, Report())[graph.outputs[0]] == (None, 40, 8, 8)
    assert not [each.message for each in report if "how is it meant" in each.message]


def test_widths_of_a_branch_in_a_chain_and_what_all_are_brought_to() -> None:
    text = table(
        "Name | Type | Stride | Output size | #1x1 | #3x3 | #5x5 | #pool | #out",
        "conv1 | 3x3 conv | 2 | 16x16x8 | | | | |",
        "incep1 | Inception | 2 | 8x8x24 | 4 | 6-8 | 2-4-4 | 16 | 24",
        "convf | 1x1 conv | | 8x8x10 | | | | |",
    )
    found = told(model_of(text))
    assert found[1:7] == [
        *("Conv2D 4 (1x1) (2x2)", "Conv2D 6 (1x1) (1x1)", "Conv2D 8 (3x3) (2x2)"),
        *("Conv2D 2 (1x1) (1x1)", "Conv2D 4 (3x3) (1x1)", "Conv2D 4 (3x3) (2x2)"),
    ]
    assert found[7:] == [
        *("MaxPool2D (3x3) (2x2)", "Conv2D 16 (1x1) (1x1)", "Concat"),
        *("Conv2D 24 (1x1) (1x1)", "Conv2D 10 (1x1) (1x1)"),
    ]


def test_steps_of_branches_and_poolings_that_nobody_knows() -> None:
    text = table(
        "type | output size | #1×1 | #3×3 reduce | #3×3 | #5×5 reduce | #5×5 | pool proj (p)",
        "conv1 (3×3×3, 2) | 16×16×8 | | | | | |",
        "inception (1) | 16×16×12 | 4 | 2 | 4 | 2 | 2 | m, 2p",
        "inception (2) | 8×8×22 | 0 | 2 | 6,2 | 2 | 4,2 | m 3×3,2",
        "inception (3) | 8×8×16 | 4 | 2 | 4 | 2 | 4 | L2, 4p",
    )
    report = Report()
    found = told(model_of(text, report=report))
    assert found[9:15] == [
        *("Conv2D 2 (1x1) (1x1)", "Conv2D 6 (3x3) (2x2)", "Conv2D 2 (1x1) (1x1)", "Conv2D 4 (5x5) (2x2)"),
        *("MaxPool2D (3x3) (2x2)", "Concat"),
    ]
    asked = questions(report)
    assert any("not known how it pools: 'L2, 4p'" in each for each in asked)
