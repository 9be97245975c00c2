"""Tables of papers that apply networks: to signals, cubes of spectra, hidden messages, steering and side by side."""

from __future__ import annotations

import pytest

from extract.columns.grids import plain_grid
from extract.pages.finding import find
from extract.tables.layer_settings import as_layers_set
from ir import layers as L
from ir.graph import Graph
from tests.pdf_pages import Rule, Text, pdf, rows
from tests.questions import questions
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


def test_blocks_that_say_windows_alone_have_the_norms_of_the_layers_around_them() -> None:
    lines = ("Stage | Output | Configuration", "Conv1 | 16×16×8 | 7×7, 8, stride 2, BN, ReLU",
             "Stage 1 | 16×16×8 | [3×3, 8; 3×3, 8] × 2", "Stage 2 | 8×8×16 | [3×3, 16; 3×3, 16] × 2",
             "FC | 4 | 4-d, softmax")  # fmt: skip
    graph, _ = one(*lines, caption="A residual network for images of 32×32×3.")
    convolutions, norms = made(graph, L.Conv2D), made(graph, L.BatchNorm)
    assert len(convolutions) == len(norms) == 1 + 2 * 2 * 2 + 1


def test_letters_that_are_decoded_are_those_of_each_step() -> None:
    lines = ("Input | 16×64 gray-scale image", "Convolution | maps: 8, k: 3×3, s: 1, p: 1",
             "Max pooling | window: 16×1, s: 16×1", "Map-to-sequence | -", "Bidirectional LSTM | hidden units: 6",
             "Fully connected | 20", "Transcription (CTC) | -")  # fmt: skip
    graph, _ = read("Type | Configuration", *lines)
    assert all(each.sequences for each in made(graph, L.LSTM))


def test_branches_with_rows_of_what_they_take() -> None:
    lines = ("Branch 1 | Input | 16×16×1 | -", " | Conv2D | 16×16×4 | 3×3, ReLU",
             " | GlobalAveragePooling2D | 4 | -", "Branch 2 | Input | 6 | -", " | Dense | 8 | ReLU",
             "Fusion | Concatenate | 12 | -", " | Dense | 2 | Softmax")  # fmt: skip
    table = rows(
        170, (110, 190, 340, 430), [("Part", "Layer", "Output", "Details"), *(each.split(" | ") for each in lines)]
    )
    places = sorted({text[1] for text in table})
    heights = [places[i] - 9 for i in (0, 1, 4, 6)]
    graph, report = model(page("Table 1: Network of two branches", table, ruled(*heights, places[-1] + 4)))
    assert [each.shape for each in graph.inputs] == [(None, 1, 16, 16), (None, 6)]
    assert made(graph, L.Concat)
    assert not questions(report)


def test_columns_of_so_many_filters_of_a_window_are_designs() -> None:
    lines = ("Layer | Net-S | Net-L", "Conv1D | 4@9×1 | 8@9×1", "BN + ReLU | ✗ | ✓", "MaxPooling | 4 | 4",
             "Conv1D | 6@5×1 | 12@5×1", "BN + ReLU | ✓ | ✓", "MaxPooling | 4 | 4", "Dense | 10 | 20",
             "Dropout | 0.2 | 0.3", "Dense (softmax) | 3 | 3")  # fmt: skip
    found = {title.split()[-1]: graph for title, graph, _ in designs(html(*lines, caption="Input: 800 samples"))}
    assert {name: len(made(graph, L.BatchNorm)) for name, graph in found.items()} == {"Net-S": 1, "Net-L": 2}
    assert {name: made(graph, L.Dropout)[0].rate for name, graph in found.items()} == {"Net-S": 0.2, "Net-L": 0.3}


def test_steps_and_features_of_a_caption_are_what_comes_in() -> None:
    lines = (
        "Layer | Filters | Kernel size | Dilation rate",
        "Conv1D | 4 | 3 | 1",
        "Conv1D | 4 | 3 | 2",
        "Dense | 6 | - | -",
    )
    graph, _ = one(*lines, caption="Network of dilated convolutions. The input has 48 time steps and 5 features.")
    assert [each.shape for each in graph.inputs] == [(None, 5, 48)]


def test_settings_of_single_layers_are_those_layers() -> None:
    lines = ("Convolution layer filters | 8", "Convolution layer kernel_size | 3",
             "Convolution layer activation | Tanh", "Pooling layer pool_size | 2",
             "Number of hidden units in LSTM layer | 12", "LSTM layer activation | Tanh", "Time_step | 10",
             "Batch_size | 64", "Optimizer | Adam", "Epochs | 20")  # fmt: skip
    graph, asked = read("Parameters | Value", *lines)
    assert [(each.filters, each.kernel) for each in made(graph, L.Conv1D)] == [(8, (3,))]
    assert [each.units for each in made(graph, L.LSTM)] == [12]
    assert asked  # How many features there are.


@pytest.mark.parametrize("more", ["Attention heads | 4", "Number of LSTM layers | 2"])
def test_settings_of_layers_among_others_that_are_not_known_are_left_as_they_are(more: str) -> None:
    lines = ("Parameters | Value", "LSTM layer units | 8", "Dense layer units | 3", "Dropout rate | 0.2", more)
    grid = plain_grid([line.split(" | ") for line in lines])
    assert as_layers_set(grid) is grid
    assert as_layers_set(plain_grid([line.split(" | ") for line in lines[:-1]])).width == len(("Layer", "Parameters"))


def test_settings_that_were_sought_are_of_any_network() -> None:
    lines = ("Hyper-parameter | Search space | Selected", "Number of layers | 1, 2, 3 | 2",
             "Hidden units | 16, 32 | 32", "Dropout | 0.1, 0.2 | 0.2", "Learning rate | 0.1, 0.01 | 0.01",
             "Batch size | 16, 32 | 32")  # fmt: skip
    assert not designs(html(*lines))


def test_a_squeeze_and_excitation_that_says_how_much_it_narrows() -> None:
    lines = ("Input | - | - | 64×1", "Conv1D + ReLU | 5 | 8 | 64×8", "SE block (r = 4) | - | 8 | 64×8",
             "Global average pooling | - | 8 | 8", "Fully connected | - | - | 3")  # fmt: skip
    graph, asked = read("Layer | Kernel size | Channels | Output size", *lines)
    assert [each.filters for each in made(graph, L.Conv1D)] == [8, 2, 8]
    assert len(made(graph, L.ScaleBy)) == 1
    assert not asked


def test_what_others_have_published_is_no_design() -> None:
    lines = ("Reference | Network | Input | Layers", "[1] | CNN | Signal | 9", "[2] | LSTM | Intervals | 3",
             "[3] | ResNet | Spectrogram | 34", "Ours | 1D-CNN | Signal | 7")  # fmt: skip
    assert not designs(html(*lines))


def test_as_many_steps_are_no_squares() -> None:
    lines = ("Input | - | 12 × 20", "GRU | 8 | 12 × 8", "Dropout (0.2) | - | 12 × 8", "GRU | 6 | 6", "Dense | 20 | 20")
    graph, asked = read("Layer | Units | Output shape", *lines)
    assert [each.shape for each in graph.inputs] == [(None, 12, 20)]
    assert not asked


def test_convolutions_set_as_keras_calls_it_have_no_border() -> None:
    lines = ("Conv2D | filters = 4, kernel_size = (3, 3), input_shape = (16, 16, 3)",
             "MaxPooling2D | pool_size = (2, 2)", "Conv2D | filters = 8, kernel_size = (3, 3), padding = 'same'",
             "Flatten | -", "Dense | units = 2")  # fmt: skip
    graph, _ = read("Layer | Parameters", *lines)
    assert [each.pad for each in made(graph, L.Conv2D)] == [((0, 0), (0, 0)), ((1, 1), (1, 1))]


def test_branches_of_columns_that_say_their_windows() -> None:
    lines = ("Layer | Branch 1 | Branch 2", "Input | 64×1", "Conv1D + ReLU | 16@3 | 16@7", "Max pooling | 4 | 4",
             "Conv1D + ReLU | 24@3 | 24@7", "Max pooling | 4 | 4", "Concatenation | 4×48",
             "Dense + softmax | 3")  # fmt: skip
    text = html(*lines)
    for over in ("64×1", "4×48", "3"):
        text = text.replace(f"<td>{over}</td></tr>", f"<td colspan=2>{over}</td></tr>")
    ((_, graph, _),) = designs(text)
    assert [each.kernel for each in made(graph, L.Conv1D)] == [(3,), (3,), (7,), (7,)]
    assert len(made(graph, L.Concat)) == 1


def test_sequences_of_rows_where_time_goes_down() -> None:
    lines = ("Spectrogram | - | 1×30×8", "Conv2D | 3×3, 4 | 4×30×8", "Max pooling | 1×8 | 4×30×1",
             "Bidirectional GRU | 6 | 30×12", "Time-distributed dense | 5, sigmoid | 30×5")  # fmt: skip
    graph, asked = read("Layer | Parameters | Output", *lines)
    assert [each.order for each in made(graph, L.Permute)] == [(0, 2, 1, 3)]
    assert not asked


def test_the_length_of_a_signal_whose_windows_only_numbers_of_weights_tell() -> None:
    lines = ("conv1d (Conv1D) | (None, 38, 8) | 32", "max_pooling1d (MaxPooling1D) | (None, 19, 8) | 0",
             "conv1d_1 (Conv1D) | (None, 17, 16) | 400", "flatten (Flatten) | (None, 272) | 0",
             "dense (Dense) | (None, 3) | 819")  # fmt: skip
    graph, _ = read("Layer (type) | Output shape | Param #", *lines)
    assert [each.shape for each in graph.inputs] == [(None, 1, 40)]


def test_a_decoder_beside_an_encoder_takes_what_that_gives() -> None:
    text = """<table><tr><td colspan=2>Encoder</td><td colspan=2>Decoder</td></tr>
<tr><td>Layer</td><td>Output</td><td>Layer</td><td>Output</td></tr>
<tr><td>Input</td><td>16×16×1</td><td>ConvT 3×3, 8, s2</td><td>8×8×8</td></tr>
<tr><td>Conv 3×3, 8, s2</td><td>8×8×8</td><td>ConvT 3×3, 4, s2</td><td>16×16×4</td></tr>
<tr><td>Conv 3×3, 12, s2</td><td>4×4×12</td><td>Conv 3×3, 1, s1</td><td>16×16×1</td></tr></table>"""
    found = {title: (graph, asked) for title, graph, asked in designs(text)}
    graph, asked = next(each for title, each in found.items() if "Decoder" in title)
    assert [each.shape for each in graph.inputs] == [(None, 12, 4, 4)]
    assert not asked


def test_small_maps_are_given_where_larger_ones_of_the_column_are() -> None:
    lines = ("0 | Input | 3 maps of 20x20 | -", "1 | Convolutional | 8 maps of 18x18 | 3x3",
             "2 | Max pooling | 8 maps of 9x9 | 2x2",
             "3 | Convolutional | 12 maps of 7x7 | 3x3", "4 | Fully connected | 20 neurons | -",
             "5 | Fully connected | 5 neurons | -")  # fmt: skip
    graph, asked = read("Layer | Type | Maps and neurons | Kernel", *lines)
    assert [each.pad for each in made(graph, L.Conv2D)] == [((0, 0), (0, 0))] * 2
    assert all("channels" in each for each in asked)


def test_neurons_with_an_activation_in_words_are_a_layer() -> None:
    lines = (
        "Input layer | 10 neurons",
        "First hidden layer | 8 neurons, ReLU activation",
        "Second hidden layer | 6 units with tanh activation function",
        "Output layer | 1 neuron, linear activation",
    )
    graph, asked = read("Layer | Description", *lines)
    assert kinds(graph) == ["Dense", "ReLU", "Dense", "Tanh", "Dense"]
    assert [each.units for each in made(graph, L.Dense)] == [8, 6, 1]
    assert not asked


def test_sizes_that_would_grow_are_windows_with_how_many_filters_there_are() -> None:
    lines = ("Input | 1x60x90 | ", "Convolution (C1) | 8x7x7 | Stride = 2, pad = 0", "Pooling | 8x3x3 | Stride = 2",
             "Convolution (C2) | 12x5x5 | Stride = 1, pad = 2", "Pooling | 12x3x3 | Stride = 2",
             "Fully connected (FC3) | 20 | ", "Fully connected + Softmax | 5 | ")  # fmt: skip
    graph, _ = read("Layer | Size | Other parameters", *lines)
    assert [(each.filters, each.kernel) for each in made(graph, L.Conv2D)] == [(8, (7, 7)), (12, (5, 5))]
    assert [each.kernel for each in made(graph, L.MaxPool2D)] == [(3, 3), (3, 3)]
