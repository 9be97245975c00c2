"""Tables as classes of journals set them: columns no wider apart than words, lines far apart, rows between rules."""

from __future__ import annotations

import pytest

from extract.pages.finding import find
from extract.pages.page import _spelt
from extract.structure.justified import _widest, with_whole_cells
from extract.structure.pieces import pieces
from extract.structure.ruling import below_each_other, cut, shared_starts
from tests.pdf_pages import Rule, Text, pdf, rows
from tests.test_extract_finding import NARROW, prose
from tests.test_extract_justified import line, stretched, table

COLUMNS = [(100.0, 180.0), (183.0, 240.0), (243.0, 260.0)]


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ([(100, "BatchNormalization-1", 2.5), (202.5, "64", 2.5)], None),
        ([(100, "MaxPooling of two", 2.5), (183, "(None, 4, 4)", 2.5)], ["MaxPooling of two", "(None, 4, 4)"]),
        (
            [(100, "Convolution 2 x 2", 2.5), (183, "(4, 4)", 2.5), (250, "16", 2.5)],
            ["Convolution 2 x 2", "(4, 4)", "16"],
        ),
        ([(100, "Convolution1 32 ×", 2.5), (183, "32 input", 2.5)], None),
        ([(130, "over both of", 2.5), (194, "them", 2.5)], None),
    ],
)
def test_cells_close_to_each_other_stand_each_at_an_end_or_the_middle_of_its_column(
    cells: list[tuple[float, str, float]], wanted: list[str] | None
) -> None:
    whole = line(100, *cells)
    texts = [each.text for each in pieces(whole, COLUMNS)]
    assert texts == (wanted or [whole.text])


def test_a_row_that_comes_again_is_a_row_and_goes_on_nothing() -> None:
    same = stretched("Residual block with 128 filters")
    lines = table(("conv1", ["3 x 3"]), ("conv2", ["3 x 3"]))
    lines += [line(base, (40, "block", 3), same) for base in (150, 160, 170)]
    assert [each.text for each in with_whole_cells(lines)] == [each.text for each in lines]


def test_a_header_between_rules_as_wide_as_a_column_is_no_running_text() -> None:
    header = "Operation Kernel Strides Feature maps Norm Activation"
    cells = [("Convolution", "5 x 5", "1 x 1", "32", "ReLU")] * 4
    wide = 72 + len(NARROW) * 4.5
    texts: list[Text] = [
        *prose(80, 12, text=NARROW),
        (72, 240, "Table 1: The layers of the network."),
        (72, 262, header),
        *rows(276, (72, 140, 180, 230, 270), cells),
        *prose(360, 20, text=NARROW),
    ]
    rules: list[Rule] = [(y, 72, wide) for y in (252, 266, 316)]
    (place,) = find(pdf((texts, rules), widths={}))
    assert place.box[1] < 256
    assert place.box[3] > 310


def test_a_caption_of_a_manuscript_goes_on_as_far_below_as_its_text_does() -> None:
    spaced = [(72.0, 80 + 20.0 * i, f"{NARROW} {i}") for i in range(8)]
    caption = [
        "Table 1: The layers of the network, of which all that are convolutions",
        "have a norm and a ReLU behind",
    ]
    texts: list[Text] = [
        *spaced,
        *((72, 250 + 20 * i, each) for i, each in enumerate(caption)),
        *rows(
            320,
            (100, 200, 260),
            [("Layer", "Kernel", "Filters"), ("conv1", "3 x 3", "16"), ("conv2", "3 x 3", "32")],
            20,
        ),
        *((72.0, 440 + 20.0 * i, f"{NARROW} {i}") for i in range(8)),
    ]
    (place,) = find(pdf((texts, [(300, 72, 320), (330, 72, 320), (370, 72, 320)]), widths={}))
    assert place.caption == " ".join(caption)


def test_numbers_in_the_middle_of_a_column_end_no_justified_lines() -> None:
    heads = line(100, (88, "Layer", 3), (122.5, "Filters", 3))
    cells = [("conv", "16"), ("conv", "32"), ("fc", "256"), ("LSTM", "256"), ("policy", "6")]
    lines = [heads]
    for i, (name, number) in enumerate(cells, 1):
        lines.append(line(100 + 10 * i, (88, name, 3), (140 - 2.5 * len(number), number, 3)))
    assert [each.text for each in with_whole_cells(lines)] == [each.text for each in lines]


def test_words_that_all_rows_have_at_one_place_begin_a_column_however_close() -> None:
    rows_of = [("1", "Conv"), ("2", "Max pool"), ("3", "Conv"), ("10", "FC")]
    lines = [line(100, (100, "#", 3), (112, "Layer", 3))]
    lines += [line(112 + 12 * i, (100, first, 3), (112, name, 3)) for i, (first, name) in enumerate(rows_of)]
    starts = shared_starts(lines)
    assert starts == [112]
    assert [[part.text for part in cut(each, [], starts=starts)] for each in lines[1:]] == [
        list(row) for row in rows_of
    ]
    assert shared_starts(lines[:3]) == []


def test_what_ends_a_bracket_is_no_column() -> None:
    heads = line(100, (100, "Input", 3), (130, "Shape", 3), (160, "Count", 3), (190, "Kind", 3))
    rows_of = [
        line(112 + 12 * i, (104, "(24,", 3), (132, "128)", 3), (160, "87", 3), (190, "tanh", 3)) for i in range(4)
    ]
    assert below_each_other([heads, *rows_of]) == [0] * 5


def test_a_column_of_lines_within_another_takes_no_words_from_that() -> None:
    assert _widest([(40.0, 82.0), (40.0, 116.0), (140.0, 190.0)]) == [(40.0, 116.0), (140.0, 190.0)]


@pytest.mark.parametrize(("letters", "wanted"), [("\U0001d45a", "m"), ("[\ufe02", ""), ("\u00d7", "\u00d7")])
def test_letters_of_formulas_are_plain_and_tall_brackets_say_nothing(letters: str, wanted: str) -> None:
    assert _spelt(letters) == wanted
