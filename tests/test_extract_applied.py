"""Tables of papers that apply networks: to signals, cubes of spectra, hidden messages, steering and side by side."""

from __future__ import annotations

import pytest

from extract.pages.finding import find
from ir import layers as L
from ir.graph import Graph
from tests.pdf_pages import Rule, Text, pdf, rows
from tests.test_extract_articles import designs
from tests.test_extract_articles import page as html
from tests.test_extract_papers_set import ruled
from tests.test_extract_repositories import made, read
from tests.test_extract_tables import PROSE, kinds, model, page


def one(*lines: str, caption: str = "") -> tuple[Graph, list[str]]:
    ((_, graph, asked),) = designs(html(*lines, caption=caption))
    return graph, asked


def test_a_size_among_settings_is_that_of_the_window() -> None:
    lines = ("Input | - | (512, 1)", "Convolution | Kernels = 8, size = 32, stride = 4 | (128, 8)",
             "Max pooling | Size = 2, stride = 2 | (64, 8)", "LSTM | Units = 6 | 6",
             "Fully connected | Units = 3 | 3")  # fmt: skip
    graph, asked = read("Layer | Parameters | Output size", *lines)
    assert [(each.filters, each.kernel) for each in made(graph, L.Conv1D)] == [(8, (32,))]
    assert not asked


def test_channels_in_front_of_an_at_sign_are_in_front_for_good() -> None:
    lines = ("Input | - | 3@40x100", "Convolution | 5x5/2 | 8@18x48", "Convolution | 3x3/1 | 12@16x46",
             "Flatten | - | 8832", "Fully connected | - | 20", "Output (speed of the car) | - | 1")  # fmt: skip
    graph, asked = read("Layer | Kernel/stride | Output", *lines)
    assert [each.shape for each in graph.inputs] == [(None, 3, 40, 100)]
    assert [each.filters for each in made(graph, L.Conv2D)] == [8, 12]
    assert [each.units for each in made(graph, L.Dense)] == [20, 1]
    assert not asked


def test_layers_that_a_design_of_windows_has_not_are_none_of_its_own() -> None:
    lines = ("Layer | Net-A | Net-B", "Conv 1 | 3×3, 8 | 5×5, 8", "Max pooling | 2×2 | 2×2",
             "Conv 2 | - | 3×3, 16", "Max pooling | - | 2×2", "Fully connected | 20 | 30",
             "Softmax | 5 | 5")  # fmt: skip
    found = {title.split()[-1]: graph for title, graph, _ in designs(html(*lines, caption="Nets for 32×32×3 images."))}
    convolutions = {name: len(made(graph, L.Conv2D)) for name, graph in found.items()}
    assert sorted(convolutions.values()) == [1, 2]


def test_absolute_values_are_a_layer() -> None:
    lines = ("Input | - | 32×32×1", "Conv | 5×5 (4), stride 1 | 32×32×4", "ABS | - | 32×32×4",
             "BN + TanH | - | 32×32×4", "Average pooling | 5×5, stride 2 | 16×16×4",
             "FC + Softmax | - | 2")  # fmt: skip
    graph, asked = read("Layer | Kernel (number) | Output size", *lines)
    assert kinds(graph)[:5] == ["Conv2D", "Abs", "BatchNorm", "Tanh", "AvgPool2D"]
    assert not asked


def test_the_long_window_of_a_pooling_through_a_volume() -> None:
    lines = ("Input | - | 7×7×40, 1", "Conv1 | 3×3×7 | 5×5×34, 8", "Conv2 | 3×3×3 | 3×3×32, 12",
             "Average pooling | 3×3×32 | 1×1×1, 12", "FC | - | 4")  # fmt: skip
    graph, asked = read("Layer | Kernel size | Output size", *lines)
    assert [each.kernel for each in made(graph, L.AvgPool3D)] == [(3, 3, 32)]
    assert not asked


def test_what_stands_behind_convolutions_of_one_window_stands_behind_no_others() -> None:
    lines = ("Layer | Kernel | Filters | Output", "Input | - | - | 16×16×1", "Conv1 | 3×3 | 4 | 16×16×4",
             "Conv2 | 1×1 | 8 | 16×16×8", "Conv3 | 3×3 | 8 | 16×16×8", "Output conv | 1×1 | 2 | 16×16×2")  # fmt: skip
    graph, _ = one(*lines, caption="All 3×3 convolutions are followed by ReLU.")
    assert kinds(graph) == ["Conv2D", "ReLU", "Conv2D", "Conv2D", "ReLU", "Conv2D"]


def test_a_vector_that_is_reshaped_as_it_comes_in() -> None:
    lines = ("Operation | Kernel | Stride | Padding | Filters", "Input z ∈ R^20, reshaped to 20×1×1 | | | | ",
             "Transposed convolution | 4×4 | 1 | 0 | 8", "Transposed convolution | 4×4 | 2 | 1 | 3")  # fmt: skip
    graph, _ = one(*lines)
    assert [each.shape for each in graph.inputs] == [(None, 20)]
    assert len(made(graph, L.Conv2DTranspose)) == 2


GROUPS = [
    ("Group", "Layers", "Kernel", "Output size"),
    ("Front", "Conv", "5×5", "32×32×1"),
    ("", "Conv", "5×5 (8)", "32×32×8"),
    ("Group 1", "BN + TanH", "-", "32×32×8"),
    ("", "Average pooling", "5×5, stride 2", "16×16×8"),
    ("", "Conv", "1×1 (16)", "16×16×16"),
    ("Group 2", "BN + ReLU", "-", "16×16×16"),
    ("", "Average pooling", "5×5, stride 2", "8×8×16"),
    ("End", "FC", "-", "2"),
]


def test_what_stands_behind_a_layer_is_a_row_beside_the_label_of_a_group() -> None:
    table = rows(170, (110, 190, 300, 400), GROUPS)
    lines = sorted({text[1] for text in table})
    graph, _ = model(page("Table 1: Network", table, ruled(*(lines[i] - 9 for i in (0, 1, 2, 5, 8)), lines[-1] + 4)))
    block = ["BatchNorm", "Tanh", "AvgPool2D", "Conv2D", "BatchNorm", "ReLU", "AvgPool2D"]
    assert [each for each in kinds(graph) if each != "Flatten"] == ["Conv2D", "Conv2D", *block, "Dense"]


def test_text_below_a_table_may_begin_above_an_equation() -> None:
    cells = [("Layer", "Kernel", "Output"), ("conv1", "3x3", "8x8x4"), ("conv2", "3x3", "8x8x6"),
             ("pool", "2x2", "4x4x6"), ("conv3", "3x3", "4x4x8")]  # fmt: skip
    table = rows(170, (110, 250, 370), cells)
    lines = sorted({text[1] for text in table})
    end = lines[-1]
    below: list[Text] = [(110, end + 14, "The model is trained with the categorical loss"), (430, end + 14, "N"),
                         (250, end + 24, "L = 1"), (450, end + 24, "(1)")]  # fmt: skip
    graph, _ = model(page("Table 1: Network", [*table, *below], ruled(lines[0] - 9, lines[1] - 9, end + 4)))
    assert kinds(graph) == ["Conv2D", "Conv2D", "MaxPool2D", "Conv2D"]


@pytest.mark.parametrize("last", ["5", "7"])
def test_a_caption_whose_last_line_is_a_digit(last: str) -> None:
    table = rows(180, (110, 300, 400), [("Layer", "Output"), ("conv1", "8x8x4"), ("conv2", "8x8x6")])
    rules: list[Rule] = [(168, 100, 480), (184, 100, 480), (210, 100, 480)]
    texts: list[Text] = [(110, 140, "Table 1: Layers of a network whose convolutions all have kernels of the size of")]
    texts += [(278, 151, last), *table, *((72, 260 + 11 * i, f"{PROSE} {i}") for i in range(20))]
    (place,) = find(pdf((texts, rules)))
    assert place.caption.endswith(f"the size of {last}")
