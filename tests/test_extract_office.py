"""Tables as office programs set them on a page: ruled all over, narrow columns in which texts go on, over two pages."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extract.page import Line, Word
from extract.paper import sightings
from extract.wrapping import whole_lines
from ir import Report
from ir.origin import Origin
from tests.pdf_pages import Content, Rule, Text, pdf
from tests.test_extract_tables import kinds

Row = Sequence[str]


def _ruled(rows: Sequence[Row], edges: Sequence[float], top: float) -> tuple[list[Text], list[Rule], str]:
    """Return a table with a rule on all sides of each cell, whose texts are lines below each other."""
    texts: list[Text] = []
    heights = [top]
    for row in rows:
        for x, cell in zip(edges, row, strict=False):
            texts += [(x + 3, heights[-1] + 10 + 11 * i, line) for i, line in enumerate(cell.split("\n"))]
        heights.append(heights[-1] + 4 + 11 * max(cell.count("\n") + 1 for cell in row))
    rules = [(y, edges[0], edges[-1]) for y in heights]
    bars = "\n".join(f"0.5 w {x} {792 - heights[0]} m {x} {792 - heights[-1]} l S" for x in edges)
    return texts, rules, bars


def _read(*pages: Content) -> tuple[list[str], list[str]]:
    """Return the layers of the only design in a PDF, and what is asked."""
    (found,) = [each for sighting in sightings(pdf(*pages)) for each in sighting.designs]
    report = Report()
    graph = found.graph("net", Origin("table"), report)
    return kinds(graph), [each.message for each in report if each.code == "question"]


def test_texts_that_go_on_in_narrow_columns_are_whole() -> None:
    texts, rules, bars = _ruled(
        [
            ("Layer\ntype", "Filters", "Kernel\nsize", "Output\nshape", "Parameters"),
            ("Convolution/Batch\nnormalization/ReLU", "16", "(3, 3)", "(None,\n32, 32, 16)", "512"),
            ("Max pooling", "-", "(2, 2)", "(None,\n16, 16, 16)", "0"),
            ("Convolution/Batch\nnormalization/ReLU", "32", "(3, 3)", "(None,\n16, 16, 32)", "4768"),
            ("Fully connected", "10", "-", "(None,\n10)", "81930"),
        ],
        [100, 190, 235, 275, 335, 390],
        140,
    )
    caption = (100.0, 130.0, "Table 1. The network. The input is 32x32x3.")
    layers, asked = _read(([caption, *texts], rules, bars))
    assert layers == ["Conv2D", "BatchNorm", "ReLU", "MaxPool2D", "Conv2D", "BatchNorm", "ReLU", "Flatten", "Dense"]
    assert asked == []


def _line(text: str, base: float) -> Line:
    """Return a line whose letters are 5 points wide."""
    starts = [10 + 5 * len(text[:i]) for i in range(len(text)) if i == 0 or text[i - 1] == " "]
    words = zip(starts, text.split(), strict=True)
    return Line(tuple(Word(word, x0, base - 7, x0 + 5 * len(word), base + 2, 9, base) for x0, word in words))


@pytest.mark.parametrize(
    ("texts", "whole"),
    [
        (["(None,", "32, 64)"], ["(None, 32, 64)"]),
        (["Batch", "normalization"], ["Batch normalization"]),
        (["Max", "pooling"], ["Max pooling"]),
        (["Block", "1"], ["Block 1"]),
        (["Conv", "ReLU"], ["Conv", "ReLU"]),
        (["3x3", "5x5"], ["3x3", "5x5"]),
        (["conv", "conv"], ["conv", "conv"]),
        (["32 ×", "32 ×", "16"], ["32 × 32 × 16"]),
    ],
)
def test_lines_of_a_cell_go_on_where_what_is_said_is_torn(texts: list[str], whole: list[str]) -> None:
    lines = [_line(text, 11.0 * i) for i, text in enumerate(texts, 1)]
    assert [line.text for line in whole_lines(lines, 20)] == whole
    assert [line.text for line in whole_lines(lines, 500)] == texts  # There was room for more.
