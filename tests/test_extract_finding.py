"""Figures and tables found on pages of all sorts: where each is, what its caption is, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.pages.finding import Place, find
from tests.pdf_pages import Rule, Text, column, pdf, rows

LINE = "which is a line of running text that goes on over the whole width of a page and says nothing of any layer"
NARROW = "which is running text that fills a column of the page"
Box = tuple[float, float, float, float]


def prose(top: float, lines: int, x: float = 72, text: str = LINE) -> list[Text]:
    return [(x, top + 11 * i, f"{text} {i % 10}") for i in range(lines)]


def picture(x: float, top: float, wide: float, high: float) -> str:
    """Return what draws a figure of an outline and two lines across."""
    low = 792 - top - high
    return (
        f"{x} {low} {wide} {high} re S {x} {low} m {x + wide} {low + high} l S {x} {low + high} m {x + wide} {low} l S"
    )


def overlap(a: Box, b: Box) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(0.0, width) * max(0.0, height)
    return both / (sum((c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)) - both)


def one(places: list[Place], label: str) -> Place:
    (place,) = [each for each in places if each.label == label]
    return place


def test_a_figure_above_its_caption_and_a_table_below() -> None:
    texts = [
        *prose(80, 6),
        (72, 330, "Figure 1: What is drawn above."),
        *prose(360, 6),
        (72, 450, "Table 1: What stands below."),
        *rows(470, (100, 250, 400), [("method", "error", "size"), ("ours", "1.2", "3"), ("theirs", "4.5", "6")]),
        *prose(540, 6),
    ]
    rules: list[Rule] = [(460, 100, 440), (476, 100, 440), (500, 100, 440)]
    places = find(pdf((texts, rules, picture(150, 180, 300, 130))))
    assert [(each.kind, each.label, each.page) for each in places] == [
        ("figure", "Figure 1", 1),
        ("table", "Table 1", 1),
    ]
    assert overlap(one(places, "Figure 1").box, (150, 180, 450, 310)) > 0.95
    assert overlap(one(places, "Table 1").box, (100, 460, 440, 500)) > 0.9
    assert one(places, "Table 1").caption == "Table 1: What stands below."


def test_each_column_has_its_own() -> None:
    texts = [
        *prose(80, 10, 72, NARROW),
        *prose(80, 10, 320, NARROW),
        (72, 330, "Figure 1: In the left column, with a caption of more"),
        (72, 341, "than a line."),
        (320, 330, "Figure 2: In the right column."),
        *prose(370, 20, 72, NARROW),
        *prose(370, 20, 320, NARROW),
    ]
    places = find(pdf((texts, [], picture(80, 210, 200, 100) + " " + picture(330, 220, 200, 90))))
    assert [each.label for each in places] == ["Figure 1", "Figure 2"]
    assert overlap(places[0].box, (80, 210, 280, 310)) > 0.9
    assert overlap(places[1].box, (330, 220, 530, 310)) > 0.9
    assert places[0].caption.endswith("with a caption of more than a line.")


def test_a_caption_as_wide_as_its_column_does_not_go_on_in_the_next() -> None:
    """The gap between the columns is hardly wider than one between words; what stands above and below tells it."""
    caption = "Figure 1: A module that is put into each block of the"
    texts = [
        (72, 333, caption),
        (72, 344, "decoder, and is told in words below it, in a caption"),
        *prose(80, 35, 286, NARROW),
        *prose(400, 20, 72, "which is text that fills up the column of a page."),
    ]
    (place,) = find(pdf((texts, [], picture(80, 210, 180, 100))))
    assert overlap(place.box, (80, 210, 260, 310)) > 0.9
    assert place.caption.startswith(caption)
    assert "running" not in place.caption


def test_a_figure_across_the_columns_is_whole() -> None:
    texts = [
        (120, 250, "Figure 1: A figure that goes over both columns of its page, with a caption that does so too."),
        *prose(300, 25, 72, NARROW),
        *prose(300, 25, 320, NARROW),
    ]
    (place,) = find(pdf((texts, [], picture(80, 80, 480, 150))))
    assert overlap(place.box, (80, 80, 560, 230)) > 0.95


def test_figures_beside_each_other_are_two() -> None:
    texts = [*prose(80, 6), (90, 320, "Figure 1: One of two."), (340, 320, "Figure 2: The other."), *prose(350, 20)]
    places = find(pdf((texts, [], picture(80, 170, 180, 130) + " " + picture(320, 170, 180, 130))))
    assert [each.label for each in places] == ["Figure 1", "Figure 2"]
    assert overlap(places[0].box, (80, 170, 260, 300)) > 0.9
    assert overlap(places[1].box, (320, 170, 500, 300)) > 0.9


def test_parts_of_a_figure_with_their_letters_are_one() -> None:
    parts = picture(100, 180, 150, 100) + " " + picture(300, 180, 150, 100)
    texts = [
        *prose(80, 6),
        (165, 295, "(a) one"),
        (365, 295, "(b) two"),
        (72, 320, "Figure 3. Two parts."),
        *prose(350, 20),
    ]
    (place,) = find(pdf((texts, [], parts)))
    assert overlap(place.box, (100, 180, 450, 297)) > 0.93


def test_a_sentence_that_begins_with_a_label_is_no_caption() -> None:
    texts = [
        *prose(80, 6),
        (72, 146, f"Figure 1 shows {LINE[6:]}"),
        *prose(157, 6),
        (72, 420, "Figure 1: The caption."),
        *prose(450, 10),
    ]
    (place,) = find(pdf((texts, [], picture(150, 260, 300, 140))))
    assert place.caption == "Figure 1: The caption."
    assert overlap(place.box, (150, 260, 450, 400)) > 0.95


def test_figures_of_a_supplement_that_counts_anew_are_others_and_name_their_page() -> None:
    def page(words: str) -> tuple[list[Text], list[Rule], str]:
        texts = [(72, 240, f"Figure 1: The first {words}."), *prose(260, 6), (72, 500, f"Figure 2: The next {words}.")]
        return [*texts, *prose(530, 6)], [], picture(150, 120, 300, 100) + " " + picture(150, 380, 300, 100)

    places = find(pdf(page("of the paper"), page("of the supplement")))
    assert [each.label for each in places] == ["Figure 1", "Figure 2", "Figure 1 (page 2)", "Figure 2 (page 2)"]
    assert one(places, "Figure 2 (page 2)").caption == "Figure 2: The next of the supplement."


def test_a_figure_that_is_continued_begins_no_new_count() -> None:
    first = [(72, 240, "Figure 1: The first."), *prose(260, 6), (72, 500, "Figure 2: The next."), *prose(530, 6)]
    drawn = picture(150, 120, 300, 100) + " " + picture(150, 380, 300, 100)
    again: list[Text] = [(72, 240, "Figure 1: The first (continued)."), *prose(260, 6)]
    places = find(pdf((first, [], drawn), (again, [], picture(150, 120, 300, 100))))
    assert [each.label for each in places] == ["Figure 1", "Figure 2"]


def test_footnotes_and_page_numbers_are_no_part_of_a_table() -> None:
    texts: list[Text] = [
        *prose(80, 45),
        (72, 600, "Table 1: At the foot of the page."),
        *rows(620, (100, 250, 400), [("method", "error", "size"), ("ours", "1.2", "3"), ("theirs", "4.5", "6")]),
        (78, 697, "1", 6),
        (82, 700, "This is a note.", 7),
        (300, 740, "12"),
    ]
    rules: list[Rule] = [(610, 100, 440), (626, 100, 440), (650, 100, 440), (688, 72, 200)]
    (place,) = find(pdf((texts, rules)))
    assert overlap(place.box, (100, 610, 440, 650)) > 0.85


@pytest.mark.parametrize("box", ["/CropBox [36 36 576 756]", "/CropBox [0 100 612 792]"])
def test_places_are_on_the_page_as_it_is_shown(box: str) -> None:
    texts = [*prose(160, 6), (72, 400, "Figure 1: On a page that is cut."), *prose(430, 15)]
    (place,) = find(pdf((texts, [], picture(150, 250, 300, 130)), page=box))
    left, _, _, upper = map(int, box.partition("[")[2].strip("]").split())
    across, down = left, 792 - upper
    assert overlap(place.box, (150 - across, 250 - down, 450 - across, 380 - down)) > 0.95


def test_a_page_of_running_text_shows_nothing() -> None:
    assert find(pdf((prose(80, 50), []))) == []
    assert find(pdf(([], []))) == []


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4\n", b"%PDF-1.4\n" + b"\0" * 5000, b"PNG"])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be read as a PDF"):
        find(data)


def test_an_encrypted_file_is_told() -> None:
    key = "<" + "41" * 32 + ">"
    secret = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O {key} /U {key} /P -4 >> /ID [<00> <00>]"
    with pytest.raises(ValueError, match="is encrypted"):
        find(pdf((prose(80, 5), []), trailer=secret))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        find(tmp_path / "none.pdf")


def test_boxes_below_each_other_are_one_figure() -> None:
    texts, drawn = column(["Input", "3x3 conv, 8", "max pool", "FC 10"], 250, 180)
    (place,) = find(pdf(([*prose(80, 6), *texts, (72, 370, "Figure 1: A small network."), *prose(400, 10)], [], drawn)))
    assert overlap(place.box, (250, 180, 340, 320)) > 0.95


def test_a_figure_goes_on_beyond_white_where_more_is_drawn() -> None:
    """As programs for plots leave between what is drawn and the legend below it."""
    texts = [*prose(80, 4), (72, 470, "Figure 1: What is drawn above, with a legend."), *prose(500, 6)]
    drawn = f"{picture(150, 150, 300, 180)} {picture(200, 415, 200, 30)}"
    assert overlap(one(find(pdf((texts, [], drawn))), "Figure 1").box, (150, 150, 450, 445)) > 0.95


@pytest.mark.parametrize(
    ("printed", "label"),
    [
        ("Figure 3.12: Of a thesis.", "Figure 3.12"),
        ("Fig. 4-1. Of a report.", "Figure 4-1"),
        ("Figure B.2.1: Of an appendix.", "Figure B.2.1"),
        ("Figure 2a: A part of its own.", "Figure 2a"),
        ("Supplementary Figure 1: Beside the text.", "Supplementary Figure 1"),
        ("Extended Data Fig. 1 | Beside the text.", "Extended Data Figure 1"),
        ("Abbildung 5: Das Netz.", "Figure 5"),
        ("Tabelle 4.1: Das Netz.", "Table 4.1"),
        ("Table 3.1. Of a thesis.", "Table 3.1"),
        ("Tab. 2: In short.", "Table 2"),
        ("Supplementary Table S1. Beside the text.", "Supplementary Table S1"),
    ],
)
def test_captions_as_theses_and_journals_print_them(printed: str, label: str) -> None:
    texts = [*prose(80, 6), (72, 420, printed), *prose(450, 10)]
    drawn = picture(150, 260, 300, 140)
    if "Tab" in printed:
        texts += rows(375, (100, 250, 400), [("method", "error", "size"), ("ours", "1.2", "3"), ("theirs", "4.5", "6")])
        drawn = "100 427 340 0.5 re f 100 412 340 0.5 re f 100 386 340 0.5 re f"
    (place,) = find(pdf((texts, [], drawn)))
    assert (place.label, place.caption) == (label, printed)


@pytest.mark.parametrize("start", ["Figure 2a shows", "Figure 2-4 show", "Tables 1 and 2 show"])
def test_what_only_mentions_figures_is_no_caption(start: str) -> None:
    texts = [*prose(80, 6), (72, 420, f"{start} what is drawn."), *prose(450, 10)]
    assert find(pdf((texts, [], picture(150, 260, 300, 140)))) == []
