"""Cells of justified text on a page: lines that go on below are one text, and numbers in columns are none."""

from __future__ import annotations

from extract.pages.page import Line, Word
from extract.structure.centred import with_middle_cells
from extract.structure.justified import with_whole_cells

SIZE, NATURAL, WIDE = 9.0, 3.0, 5.0
LEFT, RIGHT, NEXT = 100.0, 190.0, 220.0


def word(text: str, x0: float, base: float) -> Word:
    return Word(text, x0, base - 7, x0 + WIDE * len(text), base + 2, SIZE, base)


def line(base: float, *cells: tuple[float, str, float]) -> Line:
    """A line of cells, each from a place on, with gaps of a width between its words."""
    words = []
    for start, text, gap in cells:
        at = start
        for each in text.split():
            words.append(word(each, at, base))
            at += WIDE * len(each) + gap
    return Line(tuple(words))


def stretched(text: str) -> tuple[float, str, float]:
    """The text of a cell from one end of its column to the other."""
    words = text.split()
    return LEFT, text, (RIGHT - LEFT - WIDE * len("".join(words))) / (len(words) - 1)


def texts(lines: list[Line]) -> list[list[str]]:
    return [[each.text for each in one.words] for one in lines]


def table(*rows: tuple[str, list[str]]) -> list[Line]:
    """A table of names and of texts beside them, whose lines but the last are justified."""
    found, base = [], 100.0
    for name, lines in rows:
        for i, text in enumerate(lines):
            own = stretched(text) if i + 1 < len(lines) else (LEFT, text, NATURAL)
            found.append(line(base, *([(20.0, name, NATURAL)] if i == 0 else []), own))
            base += 11
    return found


def test_lines_that_end_at_one_place_go_on() -> None:
    rows = (("Down", ["Conv 3x3 (64),", "stride 2, ReLU"]), ("Mid", ["Conv 5x5 (8), Re-", "LU"]), ("End", ["Dense 16"]))
    assert texts(with_whole_cells(table(*rows))) == [
        ["Down", "Conv 3x3 (64), stride 2, ReLU"],
        ["Mid", "Conv 5x5 (8), ReLU"],
        ["End", "Dense", "16"],
    ]


def test_a_text_over_three_lines_is_one() -> None:
    rows = (("Up", ["Upconv 2x2 (8),", "concat one, Conv", "3x3 (8), ReLU"]), ("End", ["Dense 16"]), ("A", ["FC 4"]))
    assert texts(with_whole_cells(table(*rows)))[0] == ["Up", "Upconv 2x2 (8), concat one, Conv 3x3 (8), ReLU"]


def test_numbers_in_columns_of_their_own_are_no_text() -> None:
    rows = [
        line(100.0 + 11 * i, (20, "Conv", 0), (100, f"{i}x{i}", 0), (140, "1", 0), (180, "64", 0)) for i in range(5)
    ]
    assert texts(with_whole_cells(rows)) == texts(rows)


def test_a_row_of_its_own_below_a_full_line_is_none_of_its_text() -> None:
    rows = table(("Down", ["Conv 3x3 (64),", "stride 2, ReLU"]), ("End", ["Dense 16"]), ("Out", ["FC 4"]))
    below = line(111.0, (20.0, "Pool", NATURAL), (LEFT, "stride 2, ReLU", NATURAL))
    assert len(with_whole_cells([rows[0], below, *rows[2:]])) == 4


def test_cells_of_three_lines_around_the_middle_of_their_rows() -> None:
    rows = [
        line(100.0, (20, "Input", 0), (160, "3x32x32", 0)),
        line(111.0, (LEFT, "3x3, 16,", NATURAL)),
        line(122.0, (20, "Conv", 0), (LEFT, "s=1, BN,", NATURAL), (160, "16x32x32", 0)),
        line(133.0, (LEFT, "ReLU", NATURAL)),
        line(144.0, (20, "FC", 0), (LEFT, "10", 0), (160, "10", 0)),
    ]
    assert texts(with_middle_cells(rows, [])) == [
        ["Input", "3x32x32"],
        ["Conv", "3x3, 16, s=1, BN, ReLU", "16x32x32"],
        ["FC", "10", "10"],
    ]
    below = [replaced if i != 1 else line(111.0, (20, "Noise", 0)) for i, replaced in enumerate(rows)]
    assert texts(with_middle_cells(below, [])) == texts(below)  # A row of its own.


def test_rows_between_rules_are_their_own() -> None:
    rows = [
        line(100.0, (20, "Conv", 0), (160, "3", 0)),
        line(111.0, (20, "ReLU", 0)),
        line(122.0, (20, "MaxPool", 0), (160, "2", 0)),
        line(133.0, (20, "Flatten", 0)),
    ]
    assert texts(with_middle_cells(rows, [103.0, 114.0, 125.0])) == texts(rows)


def test_numbers_that_all_end_at_one_place_are_a_column() -> None:
    conv = (("Convolution", 169.0, 213.4), ("3", 216.5, 221.1), ("×", 223.1, 230.3), ("3", 232.4, 237.0))
    joined = (("Concatenate", 169.0, 213.4), ("output", 216.5, 239.4), ("of", 242.6, 250.0), ("POOL1", 253.4, 278.4))
    number = ("48", 148.1, 157.1)
    rows = [(("ENC_CONV0", 70.6, 117.3), number, *conv)] * 2 + [(("POOL1", 70.6, 95.6), number, *conv)] * 2
    rows += [(("UPSAMPLE2", 70.6, 116.1), number, *conv), (("CONCAT2", 70.6, 106.4), ("96+n", 139.0, 157.1), *joined)]
    rows += [(("DEC_CONV2", 70.6, 117.3), (each, 117.8, 122.8), number, *conv) for each in "ABC"]
    rows += [(("OUTPUT", 70.6, 104.0), ("m", 149.1, 157.1), *conv, ("linear", 239.9, 258.0), ("act.", 261.0, 272.0))]
    lines = [
        Line(tuple(Word(text, x0, 100.0 + 10 * i - 7, x1, 102.0 + 10 * i, 9, 100.0 + 10 * i) for text, x0, x1 in row))
        for i, row in enumerate(rows)
    ]
    assert with_whole_cells(lines) == lines
