"""What a table leaves open is asked, and so is what is built otherwise than it is printed: never nothing."""

from __future__ import annotations

import pytest

from extract.designs.unheard import UNBENT
from extract.words.cells import read_cell
from ir import Report
from ir import layers as L
from tests.questions import questions
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds

WIDE = r"""
\begin{tabular}{c|c|c}
group name & output size & block type = $B(3,3)$ \\ \hline
conv1 & $32\times32$ & [$3\times3$, 16] \\
conv2 & $32\times32$ &
    $\left[\begin{array}{c} 3\times3, 16\times k \\ 3\times3, 16\times k \end{array}\right]\times N$ \\
conv3 & $16\times16$ & $\left[\begin{array}{c} 3\times3, 32k \\ 3\times3, 32k \end{array}\right]\times N$ \\
avg-pool & $1\times1$ & [$16\times16$] \\
\end{tabular}
"""


def asked(text: str, suffix: str = ".md") -> list[str]:
    report = Report()
    model_of(text, suffix, report=report)
    return questions(report)


def rows(*lines: str) -> str:
    return "| Layer | Size | Output |\n|---|---|---|\n" + "".join(f"| {line} |\n" for line in lines)


def test_letters_are_numbers_that_are_asked() -> None:
    told = asked(WIDE, ".tex")
    assert [each.partition(": ")[2] for each in told if "which number" in each] == [
        "which number is N? 1 is taken",
        "which number is k? 1 is taken",
    ]


def test_letters_are_numbers_that_a_caption_says() -> None:
    report = Report()
    graph = model_of(f"Wide residual networks for RGB images with k = 4 and N = 2.\n{WIDE}", ".tex", report=report)
    widths = [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert widths == [16, *[64] * 5, *[128] * 5]  # With a projection where a stage begins.
    assert kinds(graph)[-1] == "GlobalAvgPool2D"
    assert not questions(report)


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("Conv | 3×3, 8 | 30×40×8", "gives 32 x 32, but 30 x 40 is printed"),
        ("Conv | highway conv 3×3, 8 | 32×32×8", "not all is understood"),
        ("Conv | deformable conv 3×3, 8 | 32×32×8", "not all is understood"),
        ("Upsample | 2×2 | 48×48×3", "gives 64 x 64 x 3, but 48 x 48 x 3 is printed"),
        ("Dense | M × M × 512 | ", "not all is understood"),
        ("Flatten | | 100", "gives 3072, but 100 is printed"),
        ("Linear(100, 10) | | ", "takes 100, but 3072 come in"),
        ("activation (Activation) | | 32×32×3", "which activation is it"),
        ("[ 1×1 L-Conv ; 3×3 G-Conv ] × 4 (k=8) | | 32×32×8", "not all is understood"),
    ],
)
def test_a_question(line: str, question: str) -> None:
    found = asked(rows("Input | | 32×32×3", "Conv | 3×3, 3 | 32×32×3", line, "Conv | 3×3, 16 |", "FC | 10 |"))
    assert any(question in each for each in found), found


def test_printed_parameters_that_differ_are_asked() -> None:
    head = "| Layer (type) | Output Shape | Param # |\n|---|---|---|\n| input (InputLayer) | (None, 32, 32, 3) | 0 |\n"
    lines = "| conv1 (Conv2D) | (None, 32, 32, 8) | 224 |\n| relu (ReLU) | (None, 32, 32, 8) | 0 |\n"
    lines += "| dense (Dense) | (None, 10) | 81930 |\n"
    lines += "| relu_2 (ReLU) | (None, 10) | 0 |\n| dense_2 (Dense) | (None, 5) | {} |\n"
    assert not asked(head + lines.format(55))
    assert asked(head + lines.format(66)) == [
        "'dense_2 (Dense)' has 55 parameters, but 66 are printed: how is it meant?"
    ]


def test_activations_that_are_arguments_are_asked_for_as_they_are_not_printed() -> None:
    table = "| Layer (type) | Output Shape | Param # |\n|---|---|---|\n| input (InputLayer) | (None, 32, 32, 3) | 0 |\n"
    table += "| conv1 (Conv2D) | (None, 32, 32, 8) | 224 |\n{}| dense (Dense) | (None, 10) | 81930 |\n"
    (question,) = asked(table.format(""))
    assert "'conv1 (Conv2D)': activations within layers are not printed" in question
    assert not asked(table.format("| relu (ReLU) | (None, 32, 32, 8) | 0 |\n"))
    assert not asked(f"Each convolution is followed by a ReLU.\n\n{table.format('')}")


@pytest.mark.parametrize(
    ("between", "beside", "is_asked"),
    [
        ("", "", True),
        ("", "The final layer uses a softmax.", True),
        ("", "All convolutions are followed by ReLU.", False),
        ("ReLU | |", "", False),
        ("max pool | 2×2 |", "", True),
        ("dropout 0.5 | |", "", True),
        ("LSTM | 16 |", "", True),
    ],
)
def test_layers_with_weights_and_no_activation_between_them_are_asked_about(
    between: str, beside: str, is_asked: bool
) -> None:
    """A recurrent layer behind the convolutions does not bend what they compute."""
    lines = [*("Input | | 32×32×3", "conv | 3×3, 8 | 32×32×8", "conv | 3×3, 8 | 32×32×8"), between, "FC | 10 | 10"]
    report = Report()
    model_of(f"{beside}\n\n{rows(*filter(None, lines))}", report=report)
    assert any(each.message == UNBENT for each in report) == is_asked


def test_one_layer_with_weights_needs_no_activation() -> None:
    report = Report()
    model_of(rows("Input | | 32×32×3", "max pool | 2×2 | 16×16×3", "FC | 10 | 10", "softmax | |"), report=report)
    assert not any(each.message == UNBENT for each in report)


def test_blocks_in_brackets_may_be_residual() -> None:
    lines = ("Stage | [3×3, 8; 3×3, 8] × 2 | 32×32×8", "Stage | [3×3, 16; 3×3, 16] × 2 | 16×16×16", "FC | 10 |")
    table = rows("Input | | 32×32×3", *lines)
    assert sum("way around the blocks" in each for each in asked(table)) == 1
    assert not any("way around" in each for each in asked(f"A residual network.\n\n{table}"))


def test_a_row_of_several_layers_prints_what_the_last_gives() -> None:
    table = rows("Input | | 32×32×3", "conv 3×3, 8; conv 3×3, 16; max pool 2×2 | | 16×16×16", "FC | 10 |")
    assert not asked(table)


def test_sizes_of_letters_are_no_repeats() -> None:
    (dense,) = read_cell("dense → M_g × M_g × 512")
    assert (dense.kind, dense.times, dense.unclear) == ("dense", 1, True)


def test_numbers_with_commas() -> None:
    graph = model_of(rows("Input | | 784", "FC | | 1,024", "FC | | 10", "Softmax | |"))
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)] == [1024, 10]


def test_a_brace_of_unknown_reach_is_asked() -> None:
    table = "Repeat,Type,Filters,Size\n,Conv,8,3 x 3\n2x,Conv,16,1 x 1\n,Conv,32,3 x 3\n3x,Conv,32,1 x 1\n,FC,10,\n"
    told = asked(table, ".csv")
    assert sum("not all is understood" in each for each in told) == 2


def test_the_third_size_of_a_window_is_told() -> None:
    report = Report()
    graph = model_of(rows("Input | | 32×32×1", "conv | 5×5×6 |", "conv | 5×5×12 |", "FC | 10 |"), report=report)
    assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [6, 12]
    assert sum("filters, for" in each.message for each in report) == 2


def test_what_is_not_known_behind_a_layer_is_asked() -> None:
    table = rows("Input | | 32×32×3", "conv | 3×3, 8, PixelNorm, ReLU | 32×32×8", "conv | 3×3, 16 |", "FC | 10 |")
    assert any("PixelNorm" in each and "not all is understood" in each for each in asked(table))


@pytest.mark.parametrize(
    "text",
    [
        "Repeat,Type,Filters,Size\n1x\n,Conv,8,3 x 3\n2x,Conv,16,1 x 1\n2x\n,FC,10,\n,FC,10,\n",
        "Layer,Size\nInput,32×32×3\nconv,3×3 8\nconv,3×3 16\ndropout,p = 2 × 2\nFC,10\n",
        "Layer,Size\nz,100\nDense,128\nDense,64\nDeconv,5×5×5 stride 2 8\nFC,10\n",
    ],
)
def test_odd_tables_are_read_with_a_word(text: str) -> None:
    report = Report()
    model_of(text, ".csv", report=report)
    assert {each.code for each in report} <= {"question", "inferred"}
    assert list(report)
