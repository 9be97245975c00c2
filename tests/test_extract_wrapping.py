"""Cells of several lines as narrow columns have them, and captions in small capitals above them."""

from __future__ import annotations

import re

import pytest

from extract.pages.finding import find
from extract.pages.page import Line, Word
from extract.structure.row_cells import cells_of
from extract.structure.wrapping import unstretched, unwrapped
from tests.pdf_pages import Text, pdf
from tests.test_extract_pages import part
from tests.test_extract_tables import PROSE

COLUMNS = [(0.0, 30.0), (40.0, 120.0), (130.0, 160.0)]


def line(base: float, *texts: str, reach: float = 112) -> list[Line]:
    """Return the parts of a line, one a column from the right on; that in the middle ends at `reach`."""
    ends = [COLUMNS[0], (40.0, reach), COLUMNS[2]]
    return [words(x0, x1, base, text) for (x0, x1), text in zip(ends, texts, strict=True) if text]


def words(x0: float, x1: float, base: float, text: str) -> Line:
    """Return the words of a text, each as wide as it is long."""
    wide = (x1 - x0) / len(text)
    starts = [match.start() for match in re.finditer(r"\S+", text)]
    each = zip(starts, text.split(), strict=True)
    return Line(
        tuple(
            word for at, said in each for word in part(x0 + at * wide, x0 + (at + len(said)) * wide, base, said).words
        )
    )


@pytest.mark.parametrize(
    ("above", "below", "wanted"),
    [
        ("Fully connected", "layer", "Fully connected layer"),
        ("Convolution +", "ReLU", "Convolution + ReLU"),
        ("3x3 conv, stride", "2", "3x3 conv, stride 2"),
        ("Conv, BatchNormal-", "ization", "Conv, BatchNormalization"),
        ("Conv, max-", "pooling", "Conv, maxpooling"),
        ("Conv2d-", "BatchNorm2d", "Conv2d-BatchNorm2d"),
        ("Convolution", "ReLU", ""),
        ("3x3, 64", "3x3, 64", ""),
    ],
)
def test_a_text_goes_on_in_the_next_line(above: str, below: str, wanted: str) -> None:
    lines = [line(0, "Name", "Layer", "Out"), line(12, "a", above, "64"), line(24, "", below, "", reach=80),
             line(36, "b", "Softmax", "10")]  # fmt: skip
    found = unwrapped(lines, COLUMNS)
    assert [each.text for each in found[1]] == ["a", wanted or above, "64"]
    assert [each.text for each in found[2]] == ([] if wanted else [below])


def test_what_had_room_in_the_line_above_begins_a_row() -> None:
    lines = [line(0, "Name", "Layer", "Out"), line(12, "a", "Fully connected", "64", reach=60),
             line(24, "", "layer", "", reach=70), line(36, "b", "A long text as wide as its column", "10")]  # fmt: skip
    assert unwrapped(lines, COLUMNS) == lines
    assert unwrapped(lines, COLUMNS, ruled={2}) == lines


@pytest.mark.parametrize(("above", "wanted"), [("Input image", 1), ("Input 32x32", 2), ("64x64x3", 2)])
def test_a_size_alone_is_that_of_the_layer_above(above: str, wanted: int) -> None:
    lines = [line(0, "Name", "Layer", "Out", reach=60), line(12, "", above, ""), line(24, "", "64x64x3", ""),
             line(36, "b", "A long text as wide as its column", "10")]  # fmt: skip
    assert sum(len(each) == 1 for each in unwrapped(lines, COLUMNS)) == wanted


@pytest.mark.parametrize(
    ("above", "below", "wanted"),
    [("Batch", "Normalization", True), ("Layer type", "Input", False), ("Out", "64", False)],
)
def test_a_header_goes_on_in_words(above: str, below: str, wanted: bool) -> None:
    lines = [line(0, "Name", above, "Out"), line(12, "", below, "", reach=80), line(24, "a", "Convolution", "64")]
    assert (unwrapped(lines, COLUMNS)[1] == []) == wanted


def test_a_rule_parts_what_might_go_on() -> None:
    lines = [line(0, "Name", "Layer", "Out"), line(12, "a", "Fully connected", "64"), line(24, "", "layer", "")]
    assert unwrapped(lines, COLUMNS, ruled={2}) == lines
    assert unwrapped(lines, COLUMNS) != lines


def test_wide_gaps_between_justified_words_make_no_columns() -> None:
    def words(base: float, *places: tuple[float, float]) -> list[Line]:
        return [Line((Word("conv", x0, base - 8, x1, base + 2, 10, base),)) for x0, x1 in places]

    lines = [words(0, (0, 30), (60, 100)), words(12, (0, 70)), words(24, (0, 64)), words(36, (0, 28), (62, 100))]
    found, columns = unstretched(lines, [(0, 30), (60, 100)])
    assert columns == [(0, 100)]
    assert [len(each) for each in found] == [1, 1, 1, 1]
    apart = [*lines[:3], words(36, (0, 28), (62, 90))]  # Two columns, whose texts end where they end.
    assert unstretched(apart, [(0, 30), (60, 100)]) == (apart, [(0, 30), (60, 100)])


def test_a_caption_in_small_capitals_goes_on_without_a_large_one() -> None:
    texts: list[Text] = [(240, 60, "TABLE I", 8), (200, 70, "THE LAYERS", 8), (256, 70, "OF OUR NETWORK,", 6.4)]
    texts += [(200, 80, "EACH WITH WHAT COMES OUT OF IT", 6.4)]
    texts += [(x, 100 + 12 * i, text, 8) for i in range(4) for x, text in ((180, f"conv{i}"), (300, f"{8 * 2**i}"))]
    texts += [(72, 200 + 11 * i, f"{PROSE} {i}") for i in range(20)]
    (place,) = find(pdf((texts, [])))
    assert place.caption.endswith("WHAT COMES OUT OF IT")


def test_wide_gaps_of_most_lines_make_columns_whatever_goes_over_them_below() -> None:
    def words(base: float, *places: tuple[float, float]) -> list[Line]:
        return [Line((Word("conv", x0, base - 8, x1, base + 2, 10, base),)) for x0, x1 in places]

    rows = [words(12 * i, (0, 30), (60, 100)) for i in range(6)]
    footers = [words(72, (0, 90)), words(84, (0, 80))]
    assert unstretched([*rows, *footers], [(0, 30), (60, 100)])[1] == [(0, 30), (60, 100)]
    beside = [words(72, (-40, 90)), words(84, (-40, 80))]  # What begins farther to the left is of another column.
    assert unstretched([*rows[:2], *beside], [(0, 30), (60, 100)])[1] == [(0, 30), (60, 100)]


@pytest.mark.parametrize(("sizes", "many"), [(("8×8", "8×10", "1×1"), 3), (("a size", "of its", "own"), 2)])
def test_lines_beside_sizes_are_each_of_one_layer(sizes: tuple[str, str, str], many: int) -> None:
    names = ("3×3 convolution, 8 filters", "3×3 convolution, 8 filters and", "pooling over all")
    lines = [[words(0, 28, 12.0 * i, size), words(40, 120, 12.0 * i, name)]
             for i, (size, name) in enumerate(zip(sizes, names, strict=True))]  # fmt: skip
    _, said = cells_of(lines, COLUMNS[:2], [], [])
    assert said.text.count("\n") + 1 == many
