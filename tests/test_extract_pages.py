"""Tables on pages as papers have them: drawn underscores, captions on rules, what stands in the middle of columns."""

from __future__ import annotations

from io import BytesIO

import pdfplumber
import pytest

from extract.columns.grids import Cell, Grid
from extract.pages.finding import find
from extract.pages.page import Line, Word, page_of
from extract.structure.ruling import columns_of, over_all
from extract.structure.tiling import tiled
from extract.tables.layouts import designs_of
from ir import Report
from ir import layers as L
from tests.pdf_pages import Rule, Text, pdf, rows
from tests.questions import questions
from tests.test_extract_families import model_of
from tests.test_extract_tables import PROSE, model, page


def part(x0: float, x1: float, base: float, text: str = "conv3-8") -> Line:
    return Line((Word(text, x0, base - 8, x1, base + 2, 10, base),))


@pytest.mark.parametrize(("end", "wanted"), [(129.98, ["conv1_1", "32"]), (160.0, ["conv1", "1", "32"])])
def test_a_short_rule_on_the_base_line_is_an_underscore(end: float, wanted: list[str]) -> None:
    texts: list[Text] = [(100, 200, "conv1", 10), (130.28, 200, "1", 10), (200, 200, "32", 10)]
    with pdfplumber.open(BytesIO(pdf((texts, [(200.3, 126.98, end)])))) as file:
        assert [each.text for each in page_of(file.pages[0]).words] == wanted


def test_the_rule_of_a_table_may_touch_its_caption() -> None:
    table = rows(153, (80, 300, 500), [("Layer", "Filters", "Size"), ("conv1", "8", "3x3"), ("conv2", "16", "3x3")])
    rules: list[Rule] = [(141.5, 72, 540), (156, 72, 540), (181, 72, 540)]
    texts: list[Text] = [(240, 140, "Table 1: Layers, sizes."), *table]
    texts += [(72, 240 + 11 * i, f"{PROSE} {i}") for i in range(20)]
    (place,) = find(pdf((texts, rules)))
    assert place.box == pytest.approx((72, 141, 540, 181), abs=2)


def test_sizes_in_larger_signs_on_the_first_page_are_no_title() -> None:
    cells = [("Layer", "Output"), ("conv1", ""), ("conv2", ""), ("conv3", "")]
    sizes: list[Text] = [(300, 112 + 12 * i, size, 9.5) for i, size in enumerate(("64x64x8", "32x32x16", "16x16x32"))]
    texts: list[Text] = [(180, 80, "Table 1: The layers, and what each of them gives."), *sizes]
    texts += [*rows(100, (180, 300), cells), *((72, 200 + 11 * i, f"{PROSE} {i}") for i in range(20))]
    (place,) = find(pdf((texts, [])))
    assert place.box == pytest.approx((180, 93, 340, 138), abs=4)


def test_a_last_column_that_is_half_empty_is_a_column() -> None:
    narrow = "which is running text that fills a column of the page"
    texts: list[Text] = [(54, 60 + 11 * i, f"{narrow} {i % 10}") for i in range(60)]
    texts += [(317, 60, f"{narrow} 1"), (317, 71, f"{narrow} 2"), (330, 110, "Table 1: The layers.")]
    texts += rows(130, (330, 430), [("Layer", "Filters"), *((f"conv{i}", str(8 * i)) for i in range(1, 9))], step=16)
    (place,) = find(pdf((texts, [])))
    assert place.box == pytest.approx((330, 123, 457, 259), abs=3)


def test_what_stands_in_the_middle_of_two_columns_makes_none() -> None:
    lines = [
        [part(0, 30, 10, "Net-A"), part(80, 110, 10, "Net-B")],
        [part(60, 90, 22, "3x3, 32")],
        [part(0, 70, 34), part(80, 150, 34)],
        [part(0, 60, 46), part(80, 140, 46)],
    ]
    assert columns_of(lines, [], [[i] for i in range(4)]) == [(0, 70), (80, 150)]


def test_what_stands_alone_in_the_middle_of_the_table_goes_over_all() -> None:
    pools = [part(60, 90, 34, "maxpool"), part(58, 92, 58, "softmax")]
    lines = [[part(0, 60, 10), part(80, 150, 10)], [part(80, 140, 22)], [pools[0]], [part(0, 70, 46)], [pools[1]]]
    assert over_all(lines) == pools
    own = [[part(0, 10, base), part(50, 100, base)] for base in (70, 82)]
    assert over_all([*lines, *own]) == []  # Or in the middle of its own column.


@pytest.mark.parametrize(("text", "times"), [("conv3-8", (1, 2, 1)), ("conv3-16", (2, 2, 2)), ("maxpool", (2, 2, 2))])
def test_a_layer_that_one_design_has_more_stands_in_the_column_in_the_middle(
    text: str, times: tuple[int, int, int]
) -> None:
    def row(base: float, *texts: str) -> tuple[Cell, ...]:
        places = enumerate(texts) if len(texts) > 1 else [(1, texts[0])]
        return tuple(Cell(said, i, i, (50.0 * i, base - 8, 50.0 * i + 30, base + 2)) for i, said in places)

    grid = Grid(
        (
            row(10, "A", "B", "C"),
            row(20, "conv3-8", "conv3-8", "conv3-8"),
            row(30, text),
            row(40, "conv3-16", "conv3-16", "conv3-16"),
            row(50, "FC-10"),
        ),
        3,
    )
    designs = designs_of(grid, "")
    assert tuple(len(each.readings) - 2 for each in designs) == times


@pytest.mark.parametrize(("said", "wanted"), [("ReLU", [[0], [1], [2], [3], [4]]), ("3x3, 8", [[0], [1], [2, 3, 4]])])
def test_an_activation_below_a_layer_is_a_row(said: str, wanted: list[list[int]]) -> None:
    columns = [(0.0, 20.0), (30.0, 60.0), (70.0, 90.0), (100.0, 120.0)]
    heads = [part(x0, x1, 0, "head") for x0, x1 in columns]
    layers = [[part(x0, x1, base, text) for (x0, x1), text in zip(columns, ("1", "3x3, 8", "1", "8"), strict=True)]
              for base in (12, 36)]  # fmt: skip
    posts = [[part(30, 60, base, said)] for base in (24, 48)]
    lines = [heads, layers[0], posts[0], layers[1], posts[1]]
    assert tiled([[i] for i in range(5)], lines, columns) == wanted


def test_a_label_between_two_rows_is_no_line_of_both() -> None:
    cells = [("Conv", "3x3, 8", "30 x 30"), ("ReLU", "-", "30 x 30"), ("Conv", "3x3, 16", "28 x 28"),
             ("ReLU", "-", "28 x 28")]  # fmt: skip
    table = [*rows(170, (80, 160, 260, 360), [("Block", "Layer", "Size", "Output")])]
    table += [*rows(182, (160, 260, 360), cells), (80, 188, "First"), (80, 212, "Second")]
    graph, _ = model(page("Table 1: The network takes 32 x 32 x 3 images.", table))
    assert [type(node.layer).__name__ for node in graph.nodes] == ["Conv2D", "ReLU", "Conv2D", "ReLU"]


def test_what_dense_layers_take_and_give_may_stand_in_a_column() -> None:
    rows_of = "".join(f"| Dense | {after} | {before} → {after} |\n" for before, after in ((30, 64), (64, 32), (32, 5)))
    table = f"| Layer | Units | Shape (in → out) |\n|---|---|---|\n{rows_of}"
    report = Report()
    assert model_of(table, report=report).inputs[0].shape == (None, 30)
    assert not questions(report)


@pytest.mark.parametrize(("second", "wanted"), [("492 x 8", 500), ("496 x 8", 496)])
def test_a_signal_is_longer_than_what_windows_without_a_border_make_of_it(second: str, wanted: int) -> None:
    table = (
        "| Layer | Filters | Kernel | Stride | Output | Params |\n|---|---|---|---|---|---|\n"
        f"| Conv1D | 8 | 5 | 1 | 496 x 8 | 48 |\n| Conv1D | 8 | 5 | 1 | {second} | 328 |\n"
        "| Flatten | | | | | 0 |\n| Dense | 5 | | | 5 | |\n"
    )
    report = Report()
    assert model_of(table, report=report).inputs[0].shape == (None, 1, wanted)
    assert not questions(report)


def test_filters_tell_where_channels_stand_before_the_sides_of_images_do() -> None:
    cells = [("Input", "Output", "Layer", "Details"), ("32 x 16 x 3", "32 x 16 x 16", "Conv2d", "16 filters, 3 x 3")]
    cells += [("32 x 16 x 16", "32 x 16 x 16", name, "-") for name in ("BatchNorm2d", "ReLU", "ReLU")]
    cells += [
        ("32 x 16 x 16", "16 x 8 x 16", "MaxPool2d", "2 x 2, stride 2"),
        ("16 x 8 x 16", "9", "Linear", "9 units"),
    ]
    graph, asked = model(page("Table 1: The network.", rows(170, (80, 180, 280, 360), cells)))
    assert graph.inputs[0].shape == (None, 3, 32, 16)
    assert questions(asked) == []


@pytest.mark.parametrize(("size", "gap", "wanted"), [(5, 1.3, 2), (5, 0.6, 1), (10, 1.3, 1), (10, 2.2, 2)])
def test_how_far_words_are_apart_goes_with_their_size(size: float, gap: float, wanted: int) -> None:
    texts: list[Text] = [(100, 200, "conv", size), (100 + 2.112 * size + gap, 200, "conv", size)]
    with pdfplumber.open(BytesIO(pdf((texts, [])))) as file:
        assert len(page_of(file.pages[0]).words) == wanted


def test_a_caption_close_to_a_header_is_no_part_of_it() -> None:
    cells = [
        ("Layer", "Filters", "Kernel", "Stride"),
        ("conv1", "8", "3", "1"),
        ("conv2", "16", "3", "2"),
        ("fc", "10"),
    ]
    texts: list[Text] = [(150, 161, "Table 1: The input is of size 32 x 32 x 3, gray.", 9)]
    texts += [*rows(169, (160, 230, 300, 370), cells), *((72, 300 + 11 * i, f"{PROSE} {i}") for i in range(20))]
    graph, _ = model(pdf((texts, [])))
    assert [getattr(node.layer, "filters", None) for node in graph.nodes][:2] == [8, 16]


def test_rows_that_differ_in_their_first_word_alone_are_no_headers() -> None:
    calls = [
        ("Conv2D(8, kernel = 3)", "BatchNorm", "ReLU"),
        ("MaxPool(2)",),
        ("Conv2D(16, kernel = 3)", "BatchNorm", "ReLU"),
    ]
    cells = [*calls, ("MaxPool(2)",), ("Conv2D(32, kernel = 3)", "BatchNorm", "ReLU"), ("Flatten",), ("Dense(10)",)]
    graph, _ = model(page("Table 1: The network takes 32 x 32 x 3 images.", rows(170, (80, 260, 360), cells)))
    assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [8, 16, 32]


def test_settings_above_and_below_the_name_of_their_layer() -> None:
    settings = ("Filters: 8", "Kernel size: 3", "Strides: 2", "Padding: same")
    table: list[Text] = [*rows(170, (80, 200, 330), [("Layer", "Description", "Output"), ("Input", "", "32 x 32 x 1")])]
    for i, (top, size) in enumerate(((196, "16 x 16 x 8"), (246, "8 x 8 x 16"))):
        said = ("Filters: 16", *settings[1:]) if i else settings
        table += [(200, top + 12 * k, text) for k, text in enumerate(said)]
        table += [(80, top + 18, "Convolution"), (330, top + 18, size)]
    table += [*rows(296, (80, 200, 330), [("Flatten", "", "1024"), ("Dense", "Units: 5", "5")])]
    graph, _ = model(page("Table 1: The network.", table))
    made = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert [(each.filters, each.kernel, each.stride) for each in made] == [(8, (3, 3), (2, 2)), (16, (3, 3), (2, 2))]
