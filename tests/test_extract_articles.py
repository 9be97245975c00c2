"""Tables as articles on pages have them: captions within, inputs beside others, networks a row each, lost blanks."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.paper import texts_of
from extract.structure.squeezed import squeezed_tables
from extract.structure.texts import grids_of
from extract.words.cells import read_cell
from ir import Report
from ir import layers as L
from ir.graph import Graph
from ir.origin import Origin, Source
from tests.questions import questions
from tests.test_extract_repositories import made, read
from tests.test_extract_tables import kinds

ROW = "<tr><td>{}</td></tr>"


def page(*lines: str, caption: str = "") -> str:
    """Return a table of a page whose rows are lines with bars between their cells."""
    rows = "".join(ROW.format("</td><td>".join(line.split(" | "))) for line in lines)
    return f"<table><caption>{caption}</caption>{rows}</table>"


def designs(text: str, suffix: str = ".html") -> list[tuple[str, Graph, list[str]]]:
    """Return the designs of the tables of a text by their titles, and what is asked about each."""
    found = []
    for each in texts_of(Path(f"table{suffix}"), text.encode()):
        report = Report()
        graph = each.graph("net", Origin(Source("t")), report)
        found.append((each.title, graph, questions(report)))
    return found


def test_the_caption_within_a_table() -> None:
    lines = ("Layer | Filters | Kernel", "Conv1 | 8 | 3×3", "Conv2 | 16 | 3×3", "FC | 4 | -")
    ((_, graph, _),) = designs(page(*lines, caption="A network; a ReLU is behind each convolution &amp; nothing else."))
    assert kinds(graph)[:4] == ["Conv2D", "ReLU", "Conv2D", "ReLU"]


def test_another_input_that_a_later_row_strings_together() -> None:
    lines = ("Input A | 40 × 1", "1D Convolution, 5, 8 filters | 36 × 8", "Flatten | 288", "Input B | 6",
             "Concatenate | 294", "Dense | 10")  # fmt: skip
    graph, asked = read("Layer | Output shape", *lines)
    assert kinds(graph)[-3:] == ["Flatten", "Concat", "Dense"]
    assert [each.shape for each in graph.inputs] == [(None, 1, 40), (None, 6)]
    assert not asked


def test_what_comes_in_by_its_own_name_where_the_sum_of_both_is_printed() -> None:
    lines = ("Input | 12×12×2", "Conv 3×3, 4, same | 12×12×4", "Max pooling 2×2 | 6×6×4", "Flatten | 144",
             "Robot state | 5", "Concatenate | 149", "Fully connected | 3")  # fmt: skip
    graph, _ = read("Layer | Output", *lines)
    assert [each.shape for each in graph.inputs] == [(None, 2, 12, 12), (None, 5)]
    assert made(graph, L.Concat)


def test_another_input_is_asked_for_where_nothing_tells_how_much_is_joined() -> None:
    lines = ("Input | 30", "Dense | 8", "Input 2 | 6", "Dense | 4", "Concatenate | ", "Dense | 2")
    graph, asked = read("Layer | Units", *lines)
    assert len(graph.inputs) <= 2
    assert any("stands between layers" in each for each in asked)


def test_rows_that_count_between_what_comes_in_and_goes_out() -> None:
    lines = ("Input | Image | 1 | 20 x 20 | - | -", "1 | Convolution | 6 | 16 x 16 | 5 x 5 | 1",
             "2 | Average pool | 6 | 8 x 8 | 2 x 2 | 2", "3 | FC | 30 | - | - | -",
             "Output | FC | 5 | - | - | -")  # fmt: skip
    graph, _ = read("Number | Layer | Feature map (depth) | Size | Kernel size | Stride", *lines)
    assert graph.inputs[0].shape == (None, 1, 20, 20)
    assert [each.units for each in made(graph, L.Dense)] == [30, 5]


def test_a_pooling_that_is_printed_as_the_vector_it_is_made() -> None:
    graph, asked = read("Layer | Output", "Input | 16×16×3", "Conv 3×3, stride 2 | 8×8×10", "AvgPool, Flatten | 160")
    assert made(graph, L.AvgPool2D)[0].kernel == (2, 2)
    assert not asked


def test_numbers_that_are_made_an_image_without_channels_at_the_end() -> None:
    lines = ("1 | Input layer | output_shape=(batch_size, 9)", "2 | Dense layer | neurons=40",
             "3 | Dense layer | neurons=36", "4 | Reshape layer | output_shape=(batch_size, 6, 6)")  # fmt: skip
    graph, _ = read("Layer # | Layer name | Configuration", *lines)
    assert kinds(graph) == ["Dense", "Dense", "Reshape"]


SQUEEZED = """Model: "net"

Layer (type) Output Shape Param #

lstm (LSTM) (None, 12, 8) 448

dropout (Dropout) (None, 12, 8) 0

lstm_1 (LSTM) (None, 4) 208

dense (Dense) (None, 1) 5

=====
Total params: 661
"""


def test_what_keras_prints_where_blanks_are_lost() -> None:
    ((_, graph, _),) = designs(SQUEEZED, ".txt")
    assert kinds(graph) == ["LSTM", "Dropout", "LSTM", "Dense"]
    assert graph.inputs[0].shape == (None, 12, 5)
    assert grids_of(f"Some words.\n\n{SQUEEZED}", ".md")[0].texts(0, 1)[0] == "lstm (LSTM)"
    assert not list(squeezed_tables("Layer (type) Output Shape Param #\nand nothing else (None, 3) of them\n"))


def test_networks_a_row_each_by_their_numbers_beside_what_came_of_them() -> None:
    lines = ("No | Description | Test accuracy, % | Time, s", "1. | CV(8 × 3 × 3)–MP(2 × 2)–FC(20) | 91.5 | 4",
             "2. | CV(16 × 5 × 5)–MP(2 × 2)–FC(9)–FC(3) | 90.4 | 6",
             "3. | CV(4 × 3 × 3)–MP(2 × 2)–FC(7) | 88 | 3")  # fmt: skip
    told = (
        "Networks. CV—convolutional layers (how many and how large), MP—max-pooling layers, FC—fully connected layers."
    )
    found = designs(page(*lines, caption=told))
    assert [title for title, *_ in found] == ["1.", "2.", "3."]
    assert kinds(found[1][1]) == ["Conv2D", "MaxPool2D", "Flatten", "Dense", "Dense"]
    assert (made(found[1][1], L.Conv2D)[0].filters, made(found[1][1], L.Conv2D)[0].kernel) == (16, (5, 5))


@pytest.mark.parametrize("lines", [("Layer | Time, ms", "Conv1 | 3.1", "Conv2 | 2.5", "FC | 0.4")])
def test_layers_that_are_timed_are_none_of_a_design(lines: tuple[str, ...]) -> None:
    assert not designs(page(*lines))


def test_a_variance_at_the_end_stands_beside_its_mean() -> None:
    lines = ("Input | 12", "Fully connected, ReLU | 8", "FC_mu | 3", "FC_logvar | 3")
    graph, asked = read("Layer | Units", *lines)
    assert [each.units for each in made(graph, L.Dense)] == [8, 3, 3]
    assert len({node.inputs for node in graph.nodes if isinstance(node.layer, L.Dense) and node.layer.units == 3}) == 1
    assert not asked


def test_what_is_said_of_each_layer_in_words_without_blanks() -> None:
    lines = ("Input | 8×8×3 | -", "Conv1 | 8×8×4 | 3×3", "Conv2 | 8×8×6 | 3×3")
    graph, _ = read("Layer | Output | Kernel", *lines, said="网络结构（每个卷积层均作批归一化处理和leakyReLU激活）")
    assert kinds(graph) == ["Conv2D", "BatchNorm", "ReLU"] * 2


def test_what_comes_in_by_the_name_in_is_no_norm() -> None:
    graph, _ = read("Name | Layer | Size", "in | Input | 8×8×3", "c1 | Conv 3×3 | 8×8×4", "f1 | Dense | 5")
    assert kinds(graph)[0] == "Conv2D"
    assert graph.inputs[0].shape == (None, 3, 8, 8)


LATE = """<table>
<tr><td colspan="2">Input:</td><td colspan="3">Image</td><td>[64, 90, 1]</td></tr>
<tr><td colspan="6">Two blocks, and what tells classes apart</td></tr>
<tr><td colspan="2">Layers</td><td colspan="3">Hyperparameters</td><td>Feature maps</td></tr>
<tr><td rowspan="2">Block 1</td><td>Convolution</td><td>filters: 6</td><td>filter size: [3, 5]</td>
<td>stride size: [1, 1]</td><td>6 × [64, 90]</td></tr>
<tr><td>Pooling</td><td>max</td><td>filter size: [2, 3]</td><td>stride size: [2, 3]</td><td>6 × [32, 30]</td></tr>
<tr><td rowspan="2">Block 2</td><td>Convolution</td><td>filters: 7</td><td>filter size: [3, 5]</td>
<td>stride size: [1, 1]</td><td>7 × [32, 30]</td></tr>
<tr><td>Pooling</td><td>max</td><td>filter size: [2, 3]</td><td>stride size: [2, 3]</td><td>7 × [16, 10]</td></tr>
<tr><td colspan="5">Fully connected layer</td><td>[4]</td></tr>
</table>"""


def test_headers_below_what_comes_in_and_settings_by_name_below_a_title() -> None:
    ((_, graph, asked),) = designs(LATE)
    assert kinds(graph) == ["Conv2D", "MaxPool2D", "Conv2D", "MaxPool2D", "Flatten", "Dense"]
    assert graph.inputs[0].shape == (None, 1, 64, 90)
    assert [(each.filters, each.kernel) for each in made(graph, L.Conv2D)] == [(6, (3, 5)), (7, (3, 5))]
    assert [each.stride for each in made(graph, L.MaxPool2D)] == [(2, 3), (2, 3)]
    assert not asked


@pytest.mark.parametrize(
    "text", ["Conv 3×3, stride size: [2, 2]", "Conv 3×3, stride size 2", "Conv 3×3, stride length: 2"]
)
def test_strides_by_longer_names(text: str) -> None:
    (found,) = read_cell(text)
    assert (found.params["kernel"], found.params["stride"]) == ((3, 3), (2, 2))


def test_what_is_flattened_in_front_of_an_lstm_keeps_its_steps() -> None:
    lines = ("Conv1D | 4 | 3", "Max Pooling | - | 2", "Flatten | - | -", "LSTM | 9 | -", "Dense | 2 | -")
    graph, asked = read("Layer | Filters | Kernel size", *lines)
    assert kinds(graph)[-2:] == ["LSTM", "Dense"]
    assert any("are its steps kept?" in each for each in asked)


def test_a_squeeze_and_noise_in_training() -> None:
    lines = ("Input | 8×8×3", "GaussianNoise | 8×8×3", "Conv 3×3, 6 | 8×8×6", "Global average pooling | 1×1×6",
             "Squeeze | 6", "Dense | 2")  # fmt: skip
    graph, asked = read("Layer | Output", *lines)
    assert kinds(graph) == ["Identity", "Conv2D", "GlobalAvgPool2D", "Flatten", "Dense"]
    assert not asked


def test_how_weights_are_held_small_beside_the_label_of_a_layer() -> None:
    block = "<tr><td rowspan='3'>Hidden layer {}</td><td>Dense layer</td><td>{}</td></tr><tr><td>Activation</td>" \
            "<td>ReLU</td></tr><tr><td>Regularizer</td><td>L2 = 0.02</td></tr>"  # fmt: skip
    head = "".join(ROW.format(each) for each in ("Layer name</td><td>Architecture</td><td>Detail",
                                                 "Input layer</td><td>Noise</td><td>7"))  # fmt: skip
    ((_, graph, _),) = designs(f"<table>{head}{block.format(1, 9)}{block.format(2, 5)}</table>")
    assert kinds(graph) == ["Dense", "ReLU", "Dense", "ReLU"]


def test_what_ways_of_pruning_leave_is_no_design() -> None:
    lines = ("Layer Name | Original Shape | Ours, pruned shape | Random, pruned shape",
             "conv1 | [8, 3, 3, 3] | [4, 3, 3, 3] | [6, 3, 3, 3]",
             "conv2 | [8, 8, 3, 3] | [5, 4, 3, 3] | [6, 6, 3, 3]")  # fmt: skip
    assert not designs(page(*lines))


def test_a_pixel_that_a_transposed_convolution_makes_an_image() -> None:
    lines = ("z | 1×1×16 | -", "Transposed conv, 8 filters | 4×4 | 1", "Transposed conv, 3 filters | 4×4 | 2")
    graph, _ = read("Layer | Kernel | Stride", *lines)
    assert [each.pad[0] for each in made(graph, L.Conv2DTranspose)] == [(0, 0), (1, 1)]


def test_formulas_whose_signs_are_all_apart() -> None:
    text = r"| Layers |\n|---|\n| 2 conv $( 1 6 , 3 \times 3 ) + \mathrm { F C } ( 2 0 )$ |"
    assert grids_of(text.replace(r"\n", "\n"), ".md")[0].texts(0, 1) == ["2 conv (16, 3 × 3) + FC (20)"]


def test_what_scales_pixels_in_front_is_asked_by_how_much() -> None:
    lines = ("Rescaling | (24, 24, 1)", "Conv2D (4) | (22, 22, 4)", "Flatten | 1936", "Dense (3) | 3")
    graph, asked = read("Layer | Output Shape", *lines)
    assert kinds(graph) == ["Conv2D", "Flatten", "Dense"]
    assert graph.inputs[0].shape == (None, 1, 24, 24)
    assert any("scaled?" in each for each in asked)


def test_pixels_that_are_made_channels_as_darknet_does() -> None:
    lines = ("Input | | | 16×16×3", "Conv1 | 4 | 1×1/1 | 16×16×4", "Reorg | | /2 | 8×8×16", "Conv2 | 5 | 3×3/1 | 8×8×5")
    graph, asked = read("Layer | Filters | Size/Stride | Output", *lines)
    assert made(graph, L.Reorg2D)[0].factor == 2
    assert not asked
