"""Tables as office programs set them on a page: ruled all over, narrow columns in which texts go on, over two pages."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import pairwise

import pdfplumber
import pytest

from extract.pages.page import Line, Page, Word, page_of
from extract.pages.sheets import Box
from extract.paper import sightings
from extract.structure.beside import Part
from extract.structure.pdf_tables import grid_of
from extract.structure.wrapping import whole_lines
from ir import Report
from ir.origin import Origin
from tests.pdf_pages import Content, Rule, Text, pdf
from tests.questions import questions
from tests.test_extract_tables import kinds

Row = Sequence[str]


def _ruled(
    rows: Sequence[Row], edges: Sequence[float], top: float, *, middle: bool = False
) -> tuple[list[Text], list[Rule], str]:
    """Return a table with a rule on all sides of each cell, whose texts are lines at its top, or in its middle."""
    texts: list[Text] = []
    heights = [top]
    for row in rows:
        most = max(cell.count("\n") for cell in row)
        for x, cell in zip(edges, row, strict=False):
            start = heights[-1] + 10 + (5.5 * (most - cell.count("\n")) if middle else 0.0)
            texts += [(x + 3, start + 11 * i, line) for i, line in enumerate(cell.split("\n"))]
        heights.append(heights[-1] + 15 + 11 * most)
    rules = [(y, edges[0], edges[-1]) for y in heights]
    bars = "\n".join(f"0.5 w {x} {792 - heights[0]} m {x} {792 - heights[-1]} l S" for x in edges)
    return texts, rules, bars


def _read(*pages: Content) -> tuple[list[str], list[str]]:
    """Return the layers of the only design in a PDF, and what is asked."""
    (found,) = [each for sighting in sightings(pdf(*pages)) for each in sighting.designs]
    report = Report()
    graph = found.graph("net", Origin("table"), report)
    return kinds(graph), questions(report)


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


HEAD = ("Layer", "Filters", "Kernel size", "Output shape")
ROWS = [
    ("Convolution", "16", "3x3", "30x30x16"),
    ("ReLU", "-", "-", "30x30x16"),
    ("Max pooling", "-", "2x2", "15x15x16"),
    ("Convolution", "32", "3x3", "13x13x32"),
    ("ReLU", "-", "-", "13x13x32"),
    ("Flatten", "-", "-", "5408"),
    ("Fully connected", "10", "-", "10"),
]
EDGES = [100.0, 200.0, 260.0, 340.0, 430.0]
WHOLE = ["Conv2D", "ReLU", "MaxPool2D", "Conv2D", "ReLU", "Flatten", "Dense"]
CAPTION = "Table 1. The network. The input is 32x32x3."
PROSE: list[Text] = [
    (72, 300 + 12 * i, f"What follows is said of the results of the network and of how it was trained, {i}.")
    for i in range(12)
]


@pytest.mark.parametrize("cut", [2, 4, 6])
@pytest.mark.parametrize("again", [True, False], ids=["with its header again", "without"])
def test_a_table_goes_on_over_the_end_of_a_page(cut: int, again: bool) -> None:
    texts, rules, bars = _ruled([HEAD, *ROWS[:cut]], EDGES, 740 - 15 * cut)
    first = [*PROSE, (100.0, 730.0 - 15 * cut, CAPTION), *texts], rules, bars
    more, under, between = _ruled([HEAD, *ROWS[cut:]] if again else ROWS[cut:], EDGES, 60)
    assert _read(first, ([*more, *PROSE], under, between)) == (WHOLE, [])


def test_a_table_whose_caption_is_below_it_begins_on_the_page_before() -> None:
    texts, rules, bars = _ruled([HEAD, *ROWS[:4]], EDGES, 680)
    more, under, between = _ruled(ROWS[4:], EDGES, 60)
    last = [*more, (100.0, 120.0, CAPTION), *PROSE]
    assert _read(([*PROSE, *texts], rules, bars), (last, under, between)) == (WHOLE, [])


def test_what_stands_on_the_next_page_is_no_part_of_a_table_where_it_is_another() -> None:
    texts, rules, bars = _ruled([HEAD, *ROWS], EDGES, 635)
    first = [*PROSE, (100.0, 625.0, CAPTION), *texts], rules, bars
    other, under, between = _ruled([("Method", "Error", "Time", "Size"), ("ours", "5.1", "3", "20")], EDGES, 80)
    second = [(100.0, 70.0, "Table 2. Results."), *other, *PROSE], under, between
    assert _read(first, second) == (WHOLE, [])


def _grid(content: Content, box: Box) -> tuple[Page, list[list[str]]]:
    """Return a page, and the texts of the cells of the table in a box on it."""
    with pdfplumber.open(io.BytesIO(pdf(content))) as opened:
        page = page_of(opened.pages[0])
    grid = grid_of(page, Part("", box, tuple(page.lines(*box[::2], *box[1::2]))))
    return page, [[cell.text for cell in row] for row in grid.rows]


def test_rows_that_are_set_on_grounds_are_parted_where_these_end() -> None:
    two = ("name", "Convolution and\nnormalization", "(None,\n8, 16)")
    rows = [("in", "What comes in", "8"), two, ("c", "Convolution", "16"), two, ("out", "Dense", "10")]
    edges = [100.0, 150.0, 250.0, 300.0]
    texts, rules, _ = _ruled(rows, edges, 140, middle=True)
    heights = [y for y, _, _ in rules]
    grounds = [
        f"0.9 g {x0} {792 - y1} {x1 - x0} {y1 - y0} re f 0 g"
        for y0, y1 in list(pairwise(heights))[1::2]
        for x0, x1 in pairwise(edges)
    ]
    page, cells = _grid((texts, [], "\n".join(grounds)), (100.0, heights[0], 300.0, heights[-1]))
    assert page.bands == tuple((100, y0, 300, y1) for y0, y1 in list(pairwise(heights))[1::2])
    assert cells == [[cell.replace("\n", " ") for cell in row] for row in rows]


def test_a_table_in_text_that_is_not_justified_is_found() -> None:
    words = ("A line of text ends", "where the next word has no room in it, as it is not", "justified", "at its right")
    prose = [(72.0, 60 + 12 * i, " ".join(words[: 2 + i % 3]) + f" {i}") for i in range(7)]
    more = [(72.0, 420 + 12 * i, " ".join(words[: 2 + i % 3]) + f" and so on {i}") for i in range(9)]
    texts, _, _ = _ruled([HEAD, *ROWS, *ROWS[:2]], EDGES, 180)
    assert _read(([*prose, *texts, (72.0, 345.0, CAPTION), *more], [], ""))[0][:7] == WHOLE


def test_the_last_row_of_a_table_in_larger_type_is_no_heading_of_what_follows() -> None:
    rows = ["input (32x32x3)", "conv3-16", "maxpool", "conv3-32", "maxpool", "FC-10", "soft-max"]
    texts: list[Text] = [(72, 110 + 17 * i, row, 12) for i, row in enumerate(rows)]
    prose: list[Text] = [
        (72, y + 12 * i, f"What follows is said of the results of the network {'and of how it was trained ' * 2}{i}.")
        for y, lines in ((40, 3), (240, 20))
        for i in range(lines)
    ]
    layers, _ = _read(([*prose, (190.0, 92.0, "Table 1: The network. Each layer is a row."), *texts], [], ""))
    assert layers[-2:] == ["Dense", "Softmax"]


def test_rules_as_short_as_a_letter_end_no_table() -> None:
    convolutions = [f"Conv2d({i}, {i}, kernelsize=3)" for i in (3, 3, 3, 3, 3)]
    rows = ["Layer", *(each for layer in convolutions for each in ("ReLU", layer)), "Sigmoid"]
    texts = [(100.0, 140 + 12.0 * i, row) for i, row in enumerate(rows)]
    underscores = [(y + 1, 160.0, 163.0) for _, y, row in texts if "(" in row]
    _, cells = _grid((texts, underscores), (100.0, 130.0, 300.0, 275.0))
    assert [[cell.replace("_", "") for cell in row] for row in cells] == [[row] for row in rows]


def _blocks(torn: str, more: str) -> list[Text]:
    """Return a table with the names of blocks beside the middle of their rows, and a cell of two lines at its end."""
    columns = 100.0, 150.0, 250.0, 310.0
    texts: list[Text] = [(x, 140, title) for x, title in zip(columns, ("Module", *HEAD[:3]), strict=True)]
    y = 154.0
    for i in range(3):
        texts += [(columns[0], y + 7, f"Block {i + 1}")]
        texts += [(x, y, said) for x, said in zip(columns[1:], ("Convolution", f"{16 << i}", "3x3"), strict=True)]
        texts += [(x, y + 14, said) for x, said in zip(columns[1:], ("Max pooling", "-", "2x2"), strict=True)]
        y += 28
    texts += [(columns[1], y, torn), (columns[1], y + 11.3, more)]
    texts += [(x, y + 5.3, "-") for x in columns[2:]]
    texts += [(columns[0], y + 12.8, "Block 4")]
    return [*texts, *zip(columns[1:], [y + 25.5] * 3, ("Fully connected", "10", "-"), strict=True)]


@pytest.mark.parametrize("torn", [("Global average", "pooling"), ("Global average pooling (1", "× 1)")])
def test_a_label_beside_the_end_of_a_cell_of_two_lines_does_not_tear_it(torn: tuple[str, str]) -> None:
    layers, _ = _read(([(100.0, 125.0, CAPTION), *_blocks(*torn)], []))
    assert layers == [*["Conv2D", "MaxPool2D"] * 3, "GlobalAvgPool2D", "Flatten", "Dense"]


def test_a_class_that_is_cut_off_at_the_size_behind_it_is_a_cell_of_its_own() -> None:
    rows = [
        ("conv2d_1 (Conv2D)", "(None, 28, 28, 8)", "224"),
        ("max_pooling2d_1 (MaxPooling2", "(None, 14, 14, 8)", "0"),
        ("re_lu_1 (ReLU)", "(None, 14, 14, 8)", "0"),
    ]
    texts = [
        (x, 150 + 12.0 * i, said)
        for i, row in enumerate(rows)
        for x, said in zip((100.0, 229.0, 330.0), row, strict=True)
    ]
    _, cells = _grid((texts, []), (100.0, 140.0, 350.0, 178.0))
    assert cells == [list(row) for row in rows]


def test_a_label_beside_the_middle_of_a_text_that_goes_on_does_not_tear_it() -> None:
    columns = 100.0, 150.0, 250.0, 310.0
    rows = [
        ("Block 1", "conv1", "conv", "3x3, 16"),
        ("Block 2", "conv2", "conv", "3x3, 32"),
        ("Head", "fc", "fc", "10"),
    ]
    texts = [(x, 154.0, "input (32 ×") for x in columns[1:3]]
    texts += [(100.0, 160.0, "Input"), *((x, 165.3, "32 × 3)") for x in columns[1:3])]
    texts += [(x, 180 + 14.0 * i, said) for i, row in enumerate(rows) for x, said in zip(columns, row, strict=True)]
    _, cells = _grid((texts, []), (100.0, 145.0, 350.0, 212.0))
    assert cells == [["Input", "input (32 × 32 × 3)", "input (32 × 32 × 3)"], *map(list, rows)]
