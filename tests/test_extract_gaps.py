"""What tools and people draw a little off: arrows apart from their lines, texts over arrows and over sides of boxes."""

from __future__ import annotations

from extract.drawings.boxes import words_in
from tests.test_extract_diagrams import STYLE, arrows, box, down, head, line, read, said
from tests.test_extract_groups import word

ACROSS = '<polygon points="{x},{y} {b},{t} {b},{u}" fill="black"/>'


def tip(x: float, y: float) -> str:
    """Draw the head of an arrow that points to the right."""
    return ACROSS.format(x=x, y=y, b=x - 8, t=y - 4, u=y + 4)


def test_an_arrow_that_is_drawn_apart_goes_on_from_the_line_that_ends_before_it() -> None:
    shortcut = line((100, 112), (40, 112)) + line((40, 112), (40, 312))
    apart = line((44.5, 312), (92, 312)) + tip(100, 312)
    found = read(down("conv", "relu", "sum"), shortcut, apart)
    assert arrows(found) == {("conv", "relu"), ("relu", "sum"), ("conv", "sum")}


def test_an_arrow_between_the_ends_of_two_lines_goes_on_from_none() -> None:
    ends = line((100, 108), (40, 108), (40, 308)) + line((100, 116), (20, 116), (20, 316), (40, 316))
    apart = line((44.5, 312), (92, 312)) + tip(100, 312)
    found = read(down("conv", "relu", "sum"), ends, apart)
    assert ("conv", "sum") not in arrows(found)


def test_a_text_over_an_arrow_that_falls_short_of_a_box_is_no_box() -> None:
    found = read(
        *(box(60, 100, "conv", wide=60), line((120, 112), (282, 112)), tip(290, 112)),
        *(said(232, 117, "(N, 1152)"), box(302, 100, "softmax")),
    )
    assert arrows(found) == {("conv", "softmax")}


def test_the_title_of_a_frame_is_no_box_that_an_arrow_in_it_comes_from() -> None:
    frame = f'<rect x="40" y="60" width="400" height="330" {STYLE}/>'
    title = said(108, 76, "Decoder")
    inner = line((140, 82), (140, 92)) + head(140, 100)
    into = box(480, 200, "image") + line((480, 212), (452, 212)) + '<polygon points="444,212 452,208 452,216"/>'
    found = read(frame, title, inner, into, down("norm", "dense", "relu"))
    assert arrows(found) == {("image", "norm"), ("norm", "dense"), ("dense", "relu")}


def test_a_text_that_hangs_over_a_side_of_a_box_with_others_is_not_in_it() -> None:
    told = word("(4096)", -20, 12, size=9, wide=45)
    held, free = words_in([told, word("Visual", 25, 24, wide=50), word("tokens", 25, 40, wide=50)], [(0, 0, 100, 44)])
    assert [each.text for each in held[0]] == ["Visual", "tokens"]
    assert free == [told]


def test_a_text_that_is_wider_than_its_box_is_in_it() -> None:
    words = [word("Multi-Head", -8, 18, wide=116), word("Norm", 25, 36, wide=50)]
    held, free = words_in(words, [(0, 0, 100, 44)])
    assert held[0] == words
    assert not free


def test_raised_words_are_where_the_word_is_that_they_stand_behind() -> None:
    size = [word("R", 20, 43), word("1", 29, 35, size=9, wide=5), word("×", 35, 35, size=9, wide=5)]
    held, free = words_in([word("Squeeze", 20, 18, wide=60), *size], [(0, 0, 100, 37)])
    assert [each.text for each in held[0]] == ["Squeeze"]
    assert free == size


def test_what_a_sign_does_is_no_layer_before_it() -> None:
    circle = f'<circle cx="140" cy="210" r="10" {STYLE}/>' + said(136, 215, "⊗")
    found = read(box(100, 60, "gate"), line((140, 84), (140, 192)), head(140, 200), circle, said(146, 140, "Scale"))
    assert arrows(found) == {("gate", "⊗")}


def test_a_text_farther_off_is_what_a_line_comes_from_that_begins_at_nothing() -> None:
    far = said(300, 92, "softmax(QK)") + line((330, 114), (330, 212), (188, 212))
    tip = '<polygon points="180,212 188,208 188,216" fill="black"/>'
    found = read(down("conv", "relu"), far, tip)
    assert arrows(found) == {("conv", "relu"), ("softmax(QK)", "relu")}


def test_lines_that_end_at_one_head_at_a_box_all_lead_to_it() -> None:
    right = line((300, 300), (300, 150), (160, 150), (140, 170), (140, 200)) + box(260, 300, "right")
    left = line((20, 300), (20, 150), (120, 150), (140, 170), (140, 200)) + box(0, 300, "left")
    found = read(box(100, 200, "softmax"), head(140, 200), right, left, down("conv", "relu", x=400))
    assert arrows(found) == {("left", "softmax"), ("right", "softmax"), ("conv", "relu")}


def test_an_arrow_that_is_drawn_apart_branches_off_the_line_that_it_begins_beside() -> None:
    trunk = line((100, 112), (40, 112)) + line((40, 112), (40, 312)) + line((40, 312), (92, 312)) + tip(100, 312)
    apart = line((44.5, 212), (92, 212)) + tip(100, 212)
    found = read(box(100, 100, "conv"), box(100, 200, "left"), box(100, 300, "right"), trunk, apart)
    assert arrows(found) == {("conv", "left"), ("conv", "right")}


def test_a_text_that_only_touches_the_tail_of_an_arrow_is_not_where_it_comes_from() -> None:
    aside = line((160, 133), (160, 192)) + head(160, 200) + said(160.5, 138, "weights P")
    found = read(box(100, 100, "input"), aside, box(100, 200, "dense"))
    assert arrows(found) == {("input", "dense")}


def test_the_cells_of_a_vector_of_one_one_say_no_width() -> None:
    cells = "".join(box(100 + 20 * i, 100, "1" if i == 2 else "0", wide=20) for i in range(5))
    found = read(cells, said(125, 96, "User"), line((150, 124), (150, 192)), head(150, 200), box(100, 200, "dense"))
    assert arrows(found) == {("User", "dense")}


def test_a_setting_over_a_map_is_of_the_layer_that_takes_it() -> None:
    maps = "".join(f'<rect x="{x}" y="100" width="40" height="40" {STYLE}/>' for x in (60, 220, 380))
    ways = "".join(line((x, 120), (x + 112, 120)) + tip(x + 120, 120) for x in (100, 260))
    found = read(maps, ways, said(130, 112, "block1"), said(290, 112, "block2"), said(222, 95, "rate=2"))
    assert {each.texts for each in found.shapes if each.texts} == {("block1",), ("block2", "rate=2")}
