"""What stands at frames, beside arrows and over the sides of boxes: groups, joins, titles, and fractions."""

from __future__ import annotations

from extract.drawings.boxes import texts_of, words_in
from extract.drawings.boxes_and_arrows import diagram_of
from extract.drawings.drawing import Drawing, Path
from extract.pages.page import Word
from tests.test_extract_diagrams import STYLE, arrows, box, design, down, head, layers, line, read, said

FRAME = f'<rect x="70" y="170" width="140" height="190" {STYLE}/>'
INSIDE = down("conv1", "conv2", top=200)


def word(text: str, x: float, base: float, size: float = 14, wide: float = 8) -> Word:
    return Word(text, x, base - 0.7 * size, x + wide, base + 0.2 * size, size, base)


def test_an_arrow_to_a_frame_leads_to_the_first_box_in_it_and_one_from_it_comes_from_the_last() -> None:
    into = box(100, 60, "image") + line((140, 84), (140, 162)) + head(140, 170)
    away = line((140, 360), (140, 412)) + head(140, 420) + box(100, 420, "softmax")
    found = read(into, FRAME, INSIDE, away)
    assert arrows(found) == {("image", "conv1"), ("conv1", "conv2"), ("conv2", "softmax")}
    assert not found.asked


def test_which_box_of_a_frame_an_arrow_is_for_is_asked_where_several_begin_in_it() -> None:
    wide = f'<rect x="70" y="170" width="260" height="90" {STYLE}/>'
    into = box(160, 60, "image") + line((200, 84), (200, 162)) + head(200, 170)
    found = read(into, wide, box(90, 200, "conv1"), box(230, 200, "conv2"))
    assert arrows(found) == {("image", "conv1"), ("image", "conv2")}
    assert any("'conv1', 'conv2'" in each for each in found.asked)


def test_lines_without_heads_to_a_frame_enlarge_what_they_come_from() -> None:
    enlarged = box(300, 60, "block") + line((300, 84), (210, 170)) + line((380, 84), (210, 360))
    assert arrows(read(FRAME, INSIDE, enlarged)) == {("conv1", "conv2")}


def test_an_arrow_may_fall_far_short_of_the_box_that_it_points_to() -> None:
    found = read(box(100, 100, "conv"), line((140, 140), (140, 172)), head(140, 180), box(100, 200, "relu"))
    assert arrows(found) == {("conv", "relu")}


def test_what_an_arrow_says_of_how_it_joins_is_no_box_on_its_way() -> None:
    shortcut = line((140, 150), (240, 150), (240, 312), (188, 312)) + said(250, 240, "concat")
    tip = '<polygon points="180,312 188,308 188,316" fill="black"/>'
    found = read(down("image 8x8x3", "conv 3x3, 4", "conv 1x1, 8"), shortcut, tip)
    assert arrows(found) == {
        *(("image 8x8x3", "conv 3x3, 4"), ("conv 3x3, 4", "conv 1x1, 8")),
        ("image 8x8x3", "conv 1x1, 8"),
    }
    graph, _ = design(down("image 8x8x3", "conv 3x3, 4", "conv 1x1, 8"), shortcut, tip)
    kinds = [each.split("(")[0] for each in layers(graph)]
    assert kinds == ["Conv2D", "Concat", "Conv2D"]


def test_a_title_that_the_side_of_a_box_goes_through_is_not_in_it() -> None:
    held, free = words_in([word("Linear", 10, 18), word("Decoder", 10, 31)], [(0.0, 0.0, 60.0, 28.0)])
    assert [[each.text for each in words] for words in held] == [["Linear"]]
    assert [each.text for each in free] == ["Decoder"]


def test_a_word_alone_may_be_higher_than_its_box() -> None:
    held, free = words_in([word("Linear", 10, 12)], [(0.0, 4.0, 60.0, 11.0)])
    assert [each.text for each in held[0]] == ["Linear"]
    assert not free


def test_a_sign_between_the_lines_of_a_box_is_of_its_text_and_one_beside_them_is_not() -> None:
    assert texts_of([word("pool", 10, 14), word("+", 12, 30), word("dense", 10, 46)]) == ("pool", "+", "dense")
    assert texts_of([word("pool", 10, 14), word("+", 60, 14)]) == ("pool",)


def test_a_fraction_in_a_text_is_a_word_of_its_line() -> None:
    bar = Path(((39.0, 30.0), (48.0, 30.0)), False, False, True, 2)
    shape = Path(((0.0, 10.0), (90.0, 10.0), (90.0, 50.0), (0.0, 50.0), (0.0, 10.0)), True, False, True, 5)
    words = (
        word("map", 4, 34, wide=30),
        word("H", 39, 28, 9),
        word("4", 41, 39, 9, 5),
        word("×", 52, 34),
        word("8", 64, 34),
    )
    found = diagram_of(Drawing((shape, bar), words))
    assert [each.texts for each in found.shapes] == [("map H/4 × 8",)]


def test_a_line_between_two_texts_that_is_longer_than_they_are_is_no_bar_of_a_fraction() -> None:
    rule = Path(((0.0, 30.0), (90.0, 30.0)), False, False, True, 2)
    shape = Path(((0.0, 10.0), (90.0, 10.0), (90.0, 50.0), (0.0, 50.0), (0.0, 10.0)), True, False, True, 5)
    found = diagram_of(Drawing((shape, rule), (word("conv", 30, 26, wide=28), word("64", 38, 44, wide=14))))
    assert [each.texts for each in found.shapes] == [("conv", "64")]
