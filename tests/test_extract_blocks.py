"""A table and a figure of one paper that describe one model: the table says how often and how wide, the figure what."""

from __future__ import annotations

from pathlib import Path

import pytest

from ir import Report
from ir import layers as L
from ir.validate import infer
from tests.pdf_pages import Text, column, pdf, rows
from tests.test_extract_command import prose
from tests.test_extract_families import learned
from tests.test_extract_tables import kinds
from translator import ReadOptions, read

STAGES = [
    ("Layer", "Output size", "Kernel", "Stride", "Repeat", "Channels"),
    ("Image", "32x32", "", "", "", "3"),
    ("Conv1", "32x32", "3x3", "1", "1", "16"),
    ("Stage2", "32x32", "", "1", "2", "16"),
    ("MaxPool", "16x16", "2x2", "2", "", ""),
    ("Stage3", "16x16", "", "1", "1", "16"),
    ("GlobalPool", "1x1", "", "", "", ""),
    ("FC", "", "", "", "", "10"),
]


def paper(boxes: list[str], caption: str) -> bytes:
    """Return a paper with a figure of boxes, around which a line leads from the first to the sum, and with a table."""
    texts, drawn = column(boxes, 250, 160)
    top, bottom = (792 - 160 - 40 * i - 10 for i in (0, boxes.index("Add")))
    skip = f"340 {top} m 380 {top} l 380 {bottom} l 345 {bottom} l S"
    head = f"345 {bottom - 3} m 345 {bottom + 3} l 340 {bottom} l h f"
    table: list[Text] = rows(170, (90, 170, 260, 320, 380, 440), STAGES)
    rules = [(160.0, 80.0, 500.0), (173.0, 80.0, 500.0), (262.0, 80.0, 500.0)]
    return pdf(
        ([*prose(80, 6), *texts, (72, 420, caption), *prose(450, 15)], [], f"{drawn}\n{skip}\n{head}"),
        ([*prose(80, 5), (72, 150, "Table 1: The architecture of our net."), *table, *prose(280, 20)], rules),
    )


def test_stages_are_made_of_the_unit_that_a_figure_shows() -> None:
    boxes = ["x", "1x1 conv", "3x3 conv", "1x1 conv", "Add", "ReLU"]
    report = Report()
    graph = read(Path("net.pdf"), data=paper(boxes, "Figure 1: The unit of our net."), report=report).graph
    unit = ["Conv2D", "Conv2D", "Conv2D", "Add", "ReLU"]
    assert kinds(graph) == ["Conv2D", *unit, *unit, "MaxPool2D", *unit, "GlobalAvgPool2D", "Flatten", "Dense"]
    assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [16, *[4, 4, 16] * 3]
    assert infer(graph, Report())[graph.outputs[0]] == (None, 10)
    block = (16 * 4 + 4) + (9 * 4 * 4 + 4) + (4 * 16 + 16)
    assert learned(graph) == 9 * 3 * 16 + 16 + 3 * block + 170
    assert any("'Stage2' is made of what Figure 1 shows" in each.message for each in report)


@pytest.mark.parametrize(
    ("boxes", "caption"),
    [
        (["x", "1x1 conv", "3x3 conv", "1x1 conv", "Add", "ReLU"], "Figure 1: Results of our net on all data."),
        (["x", "Wobble", "3x3 conv", "Add", "ReLU"], "Figure 1: The unit of our net."),
        (["x", "3x3 conv, 8", "3x3 conv, 8", "Add", "ReLU"], "Figure 1: The unit of our net."),
    ],
)
def test_what_does_not_fit_is_carried(boxes: list[str], caption: str) -> None:
    report = Report()
    options = ReadOptions(variant="Table 1")
    graph = read(Path("net.pdf"), data=paper(boxes, caption), options=options, report=report).graph
    assert kinds(graph).count("Custom") == 3
    assert any("'Stage2' is not known here" in each.message for each in report)
    assert infer(graph, Report())[graph.outputs[0]] == (None, 10)
