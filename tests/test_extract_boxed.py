"""Cells between rules on a page: paragraphs are one text however their words are stretched, and lists stay lists."""

from __future__ import annotations

from pathlib import Path

from extract.pages.bodies import lines_on
from extract.pages.finding import find
from extract.pages.page import Line
from extract.pages.sheets import Word
from extract.structure.boxed import with_paragraphs
from extract.structure.even_cells import with_even_cells
from extract.structure.ruling import shared_starts
from extract.structure.wrapping import hangs
from tests.pdf_pages import Text, pdf
from tests.test_extract_finding import prose
from tests.test_extract_justified import LEFT, NATURAL, NEXT, RIGHT, line, stretched, texts

BARS = [(x, 80.0, 300.0) for x in (15.0, LEFT - 5, RIGHT + 5)]


def boxed(*rows: tuple[str, list[str]]) -> list[Line]:
    """Return the lines of rows with a rule above and below each, whose second cells are paragraphs."""
    found, rules, base = [], [(90.0, 15.0, RIGHT + 5)], 100.0
    for name, lines in rows:
        for i, text in enumerate(lines):
            full = i + 1 < len(lines) and " " in text
            own = stretched(text) if full else (LEFT, text, NATURAL)
            found.append(line(base, *([(20.0, name, NATURAL)] if i == 0 else []), own))
            base += 11
        rules.append((base - 7, 15.0, RIGHT + 5))
        base += 3
    return with_paragraphs(found, BARS, rules)


HEADER = "Layer", ["Description"]


def test_a_paragraph_between_rules_is_one_text() -> None:
    rows = (
        ("Conv", ["3x3 stride, valid", "padding, output", "28x28x16"]),
        ("Pool", ["2x2 stride, output", "14x14x16"]),
    )
    assert texts(boxed(HEADER, *rows, ("ReLU", ["none"]))) == [
        ["Layer", "Description"],
        ["Conv", "3x3 stride, valid padding, output 28x28x16"],
        ["Pool", "2x2 stride, output 14x14x16"],
        ["ReLU", "none"],
    ]


def test_a_paragraph_below_its_header_is_one_text() -> None:
    found = [line(100.0, (20.0, "Layer", NATURAL), (LEFT, "Description", NATURAL))]
    for i, base in enumerate((112.0, 145.0, 178.0)):
        found.append(line(base, (20.0, f"conv{i}", NATURAL), stretched("64 filters, 3x3,")))
        found += [line(base + 11, stretched("pad same, slope")), line(base + 22, (LEFT, "is 0.1", NATURAL))]
    rows = texts(with_paragraphs(found, [], []))
    assert rows[1:] == [[f"conv{i}", "64 filters, 3x3, pad same, slope is 0.1"] for i in range(3)]


def test_words_below_each_other_within_brackets_begin_no_column() -> None:
    rows = [line(112.0 + 11 * i, (20.0, f"Conv{i}", 3.0), (LEFT, "(None, 32)", 3.0)) for i in range(5)]
    head = line(100.0, (20.0, "Layer", 3.0), (LEFT, "Output Shape", 3.0))
    assert shared_starts([head, *rows]) == [LEFT]


def test_cells_of_an_even_number_of_lines_stand_around_the_line_of_their_row() -> None:
    found = [line(100.0, (20.0, "Layer", NATURAL), (LEFT, "Configuration", NATURAL), (NEXT, "Output", NATURAL))]
    convolution = ["filters 8", "kernel 3", "stride 1", "ReLU"]
    cells = (130.0, "Conv", convolution), (155.0, "Pool", ["size 2"]), (170.0, "FC", ["units 10", "softmax"])
    for base, name, cell in cells:
        found.append(line(base, (20.0, name, NATURAL), (NEXT, "8x8", NATURAL)))
        top = base - 5 * (len(cell) - 1)
        found += [line(top + 10 * i, (LEFT, text, NATURAL)) for i, text in enumerate(cell)]
    found.sort(key=lambda each: each.base)
    rows = texts(with_even_cells(found, [105.0, 180.0]))
    assert rows[1:] == [
        ["Conv", "filters 8\nkernel 3\nstride 1\nReLU", "8x8"],
        ["Pool", "size 2", "8x8"],
        ["FC", "units 10\nsoftmax", "8x8"],
    ]
    assert with_even_cells(found, [105.0, 140.0, 160.0, 180.0]) == found


def test_lines_that_go_on_below_their_row_stay() -> None:
    found = [line(100.0, (20.0, "Layer", NATURAL), (LEFT, "Configuration", NATURAL))]
    for base in (112.0, 132.0, 152.0):
        found += [line(base, (20.0, "Conv", NATURAL), (LEFT, "filters 8", NATURAL))]
        found += [line(base + 10, (LEFT, "stride 2", NATURAL))]
    assert with_even_cells(found, [105.0]) == found


def test_lines_over_the_first_column_are_of_no_cell_beside_it() -> None:
    rows = [line(100.0, (60.0, "Generator", NATURAL), (170.0, "Critic", NATURAL))]
    for i, base in enumerate((110.0, 120.0, 130.0, 140.0, 150.0, 160.0)):
        apart = (20.0, "Deconv 4x4, 32", 2.0), (150.0, "Conv 4x4, 8", 2.0)
        rows.append(
            line(base, *([(20.0, "Deconv 4x4, 32, BN, ReLU, Conv 4x4, 8, BN, ReLU", 2.0)] if i in (2, 3) else apart))
        )
    assert with_even_cells(rows, [105.0]) == rows


def test_lines_of_a_list_between_rules_are_none() -> None:
    rows = (("Stage1", ["3x3, 64, BN, ReLU"] * 2), ("Stage2", ["3x3, 96, BN, ReLU"] * 2))
    assert len(boxed(HEADER, *rows)) == 5


def test_an_accent_over_a_letter_ends_no_line() -> None:
    placed = [("par", 20.0, 30.0), ("ametros", 30.0, 60.0), ("\u00b4", 30.2, 33.0), ("de", 62.0, 70.0)]
    words = [Word(text, x0, 90.0, x1, 100.0, 9.0, 100.0, False) for text, x0, x1 in placed]
    assert len(lines_on(words)) == 1


def test_narrow_lines_between_the_rules_of_a_table_are_no_running_text(tmp_path: Path) -> None:
    cell = [("kernel of two ends,", "two of kernel ends,", "ends of kernel two,", "ReLU")] * 3
    texts: list[Text] = [(72, 150, "Table 1: What the net is made of."), (200, 172, "Layer"), (280, 172, "Description")]
    at = 188
    for i, lines in enumerate(cell):
        texts.append((200, at, f"Conv{i}"))
        texts += [(280, at + 11 * n, text) for n, text in enumerate(lines)]
        at += 50
    rules = [(160, 194, 380), (176, 194, 380), (at - 8, 194, 380)]
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf((texts, rules), ([*prose(80, 30)], [])))
    (place,) = find(path)
    assert place.box[3] > at - 20


def test_a_name_of_keras_and_its_layer_below_are_one() -> None:
    assert hangs("max_pooling2d_1", "(MaxPooling2D)")
    assert not hangs("Conv2D, 32 filters", "(Dense)")
