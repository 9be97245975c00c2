"""Tables as authors of small projects write them: columns of their own for what is dropped, widths in a chain."""

from __future__ import annotations

import pytest

from extract.words.cells import read_cell
from ir import Report
from ir import layers as L
from ir.validate import infer
from tests.questions import questions
from tests.test_extract_families import model_of
from tests.test_extract_readmes import designs
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def asked_of(text: str) -> tuple[list[str], list[str]]:
    """Return the layers of a table, and what is asked of them."""
    report = Report()
    graph = model_of(text, report=report)
    return kinds(graph), questions(report)


def test_rows_that_are_but_counted_have_units_and_a_column_of_what_regularises_them() -> None:
    graph = model_of(
        table(
            "Layer | Units | Activation | Regularization",
            *("Input | 6 | - | -", "1 | 12 | ReLU | BatchNorm + Dropout(0.2)", "2 | 5 | ReLU | L2(0.01)"),
            "Output | 1 | Sigmoid | -",
        )
    )
    assert kinds(graph) == ["Dense", "ReLU", "BatchNorm", "Dropout", "Dense", "ReLU", "Dense", "Sigmoid"]
    assert graph.nodes[3].layer == L.Dropout(rate=0.2)


def test_one_number_that_a_layer_gives_is_no_number_of_an_output() -> None:
    rows = ("Input | 12x12x1", "Fully connected | output 20", "Fully connected | output 1")
    graph = model_of(table("Layer | Description", *rows))
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)] == [20, 1]


@pytest.mark.parametrize("said", ["40 inputs, 7 outputs", "40 inputs to 7 outputs", "7 outputs"])
def test_an_output_layer_that_says_what_comes_in_and_goes_out(said: str) -> None:
    rows = ("Input | 12x12x1", "Fully connected | 40 units", "RELU", f"Output layer | {said}")
    (*_, last) = model_of(table("Layer | Description", *rows)).nodes
    assert last.layer == L.Dense(units=7)


def test_an_activation_behind_the_size_that_is_given() -> None:
    rows = ("Conv1 | 3x3 | 8 | 10x10x8", "FC2 | - | 30 | 30", "FC3 | - | 4 | 4 (softmax)")
    assert kinds(model_of(table("Layer | Kernel | Filters | Output size", *rows)))[-2:] == ["Dense", "Softmax"]


def test_a_function_in_front_of_all_layers_that_scales_in_words_is_asked_for() -> None:
    rows = ("Input | 20x40x3", "Lambda | Normalization and mean centering", "Conv 5x5 | 4 filters", "Dense | 1 unit")
    found, asked = asked_of(table("Layer | Description", *rows))
    assert found[0] == "Conv2D"
    assert any("scaled" in each for each in asked)


def test_networks_of_dense_with_what_is_behind_their_last_layers() -> None:
    text = table(
        "Component | Layout | Activations | Output",
        "Generator | 9 → 16 → 25 | LeakyReLU(0.3) | Tanh",
        "Critic | 25 → 16 → 8 → 1 | LeakyReLU(0.3) | a score (no sigmoid)",
    )
    first, second = designs(text)
    assert [each.posts for each in first.design.readings] == [(), ("leakyrelu",), ("tanh",)]
    assert [each.params.get("units") for each in second.design.readings[1:]] == [16, 8, 1]
    assert second.design.readings[-1].posts == ()
    assert second.design.readings[1].params["slope"] == 0.3


def test_steps_of_one_are_those_of_the_convolution_behind_what_makes_an_image_larger() -> None:
    graph = model_of(
        table(
            "Layer | Type | Input Channels | Output Channels | Kernel Size | Stride | Output Size",
            *("B1 | Conv2d + ReLU | 1 | 8 | 3x3 | 1 | 16x16", "Pool1 | MaxPool2d | 8 | 8 | 2x2 | 2 | 8x8"),
            *("Up1 | Upsample + Conv2d + ReLU | 8 | 8 | 3x3 | 1 | 16x16", "Out | Conv2d | 8 | 1 | 3x3 | 1 | 16x16"),
        )
    )
    assert kinds(graph) == ["Conv2D", "ReLU", "MaxPool2D", "Upsample2D", "Conv2D", "ReLU", "Conv2D"]


def test_what_an_image_without_a_width_becomes_is_a_step_for_each_of_its_rows() -> None:
    rows = ("input | (None, 12, 3)", "reshape_in | (None, 12, 1, 3)", "Conv2D 5 filters (3,1) | (None, 10, 1, 5)")
    more = (
        "reshape_squeeze | (None, 10, 5)",
        "lstm, 6 units, return sequences | (None, 10, 6)",
        "flatten | (None, 60)",
    )
    found, asked = asked_of(table("Layer | Output shape", *rows, *more, "Dense 2 softmax | (None, 2)"))
    assert "LSTM" in found
    assert not asked


@pytest.mark.parametrize(
    "text",
    [
        table("Version | Conv layers | FC layers | Layers in all", "A-9 | 7 | 2 | 9", "A-12 | 9 | 3 | 12"),
        table("RNN | Hidden Units | Parameters", "LSTM | 20 | ~9K", "GRU | 25 | ~9K", "tanh | 50 | ~10K"),
    ],
)
def test_counts_of_layers_and_cells_that_are_compared_are_no_designs(text: str) -> None:
    assert designs(text) == []


def test_thousands_of_one_size_are_parted_by_a_comma() -> None:
    rows = ("Input | (28, 28, 1)", "Conv2D(8, 3×3) | (26, 26, 8)", "Flatten | (5,408,)", "Dense(4) | (4,)")
    found, asked = asked_of(table("Layer | Output Shape", *rows))
    assert found[-1] == "Dense"
    assert not asked


def test_headers_that_stand_a_column_in_front_of_theirs_and_the_dropout_of_a_layer() -> None:
    text = (
        "|Layer|Maps|Size|Kernel|Stride|Activation||\n|-|-|-|-|-|-|-|\n"
        "|Input|Image|1|20x20|-|-|-|\n|1|Convolution|4|20x20|5x5|1|ReLU|\n|2|Max Pooling|4|10x10|2x2|2|-|\n"
        "|3|FC|-|30|-|-|ReLU|\n|4|FC Dropout(0.1)|-|30|-|-|-|\n|5|FC|-|3|-|-|Softmax|\n"
    )
    graph = model_of(text)
    assert kinds(graph) == ["Conv2D", "ReLU", "MaxPool2D", "Flatten", "Dense", "ReLU", "Dropout", "Dense", "Softmax"]
    assert graph.nodes[6].layer == L.Dropout(rate=0.1)


def test_a_pooling_as_keras_calls_it_has_a_window_of_two() -> None:
    rows = ("Conv2D(4, 3×3) | (61, 61, 4)", "MaxPooling2D | (30, 30, 4)", "Flatten | (3600,)", "Dense(2) | (2,)")
    _, asked = asked_of(table("Layer | Output Shape", "Input | (63, 63, 1)", *rows))
    assert not asked


def test_blanks_between_thousands_of_parameters_and_what_is_calculated_are_no_filters() -> None:
    rows = ("Conv1D(16, 5) | (30, 16) | 96", "MaxPool(2) | (15, 16) | —", "Dense(44) | (44,) | 10 604")
    (found,) = designs(table("Layer | Output Shape | Parameters", *rows, "**Total** | | **≈ 10 700**"))
    assert found.design.readings[0].params["filters"] == 16
    assert found.design.readings[-1].params["count"] == 10604
    rows = (
        "Conv1 | 5x5 | 2 | 2 | ⌊(32 - 5 + 4)/2⌋ + 1 = 16 | 16x16x24",
        "Conv2 | 3x3 | 1 | 1 | (16 - 3 + 2)/1 + 1 = 16 | 16x16x48",
    )
    (found,) = designs(table("Layer | Kernel | Stride | Padding | Calculation | Output Shape", *rows))
    assert [each.params["filters"] for each in found.design.readings] == [24, 48]


def test_sizes_of_outputs_are_those_of_no_windows() -> None:
    rows = ("Input | 32x32x1", "Convolution 5x5 | 6 filters, valid padding; Output size = 28x28x6")
    more = (
        "Max Pooling | 2x2 filter, strides of 2; Output size = 14x14x6",
        "Fully connected | Input 10, output 4 (labels)",
    )
    (found,) = designs(table("Layer | Description", *rows, *more))
    _, first, pool, last = found.design.readings
    assert (first.params["kernel"], first.params["filters"]) == ((5, 5), 6)
    assert (pool.params["kernel"], pool.params["output"]) == ((2, 2), (14, 14, 6))
    assert last.params["units"] == 4


@pytest.mark.parametrize(("said", "kernel", "asks"), [("output 10x10x4", (3, 3), False), ("4 filters", (5, 5), True)])
def test_of_two_windows_the_printed_size_tells_which_is_meant(said: str, kernel: tuple[int, ...], asks: bool) -> None:
    report = Report()
    rows = ("Input | 12x12x1", f"Convolution 5x5 | 3x3 kernel, 1x1 stride, {said}", "Fully connected | 3 units")
    graph = model_of(table("Layer | Description", *rows), report=report)
    assert graph.nodes[0].layer.kernel == kernel  # type: ignore[attr-defined]
    assert asks == any("window" in each.message for each in report if each.code == "question")


def test_rows_of_their_own_say_where_activations_are_that_a_caption_names() -> None:
    text = "The model uses RELU for nonlinearity. The layers are:\n\n" + table(
        "Layer | Description",
        *("Input | 20x20x3", "Cropping | top 4 pixels and bottom 2 pixels", "Normalization | value/255 - 0.5"),
        *("Convolution 3x3 | 4 filters", "RELU | ", "Fully connected | 6 units", "Fully connected | 2 units"),
    )
    assert kinds(model_of(text)) == ["Pad2D", "Power", "Conv2D", "ReLU", "Flatten", "Dense", "Dense"]


def test_what_a_caption_says_of_all_that_is_dropped() -> None:
    rows = ("Input | 12x12x1", "Fully connected | 40 units", "dropout | ", "Fully connected | 4 units")
    text = table("Layer | Description", *rows) + "\nThe learning rate is 0.002 and keep probability for dropout 0.7.\n"
    assert [node.layer.rate for node in model_of(text).nodes if isinstance(node.layer, L.Dropout)] == [0.3]


def test_labels_of_blocks_beside_layers_that_say_what_they_are() -> None:
    rows = (
        "**Conv Block 1** | Conv2D (3 → 6) | 3 | 1 | 1",
        " | Conv2D (6 → 6, stride 2) | 3 | 2 | 1",
        "**Conv Block 2** | Depthwise Conv2D (6 → 6) | 3 | 1 | 0",
        " | Pointwise Conv2D (6 → 9) | 1 | 1 | 0",
        "**Global Pool** | AdaptiveAvgPool2d (1 × 1) | - | - | -",
    )
    found, asked = asked_of("For 32x32x3 images:\n\n" + table("Block | Layer | Kernel Size | Stride | Padding", *rows))
    assert found == ["Conv2D"] * 4 + ["GlobalAvgPool2D"]
    assert not asked


def test_what_comes_in_by_a_shape_with_the_batch_and_in_spanish() -> None:
    rows = (
        "ConvTranspose2d, kernel 4, stride 1, padding 0 | 8 | 4x4",
        "ConvTranspose2d, kernel 4, stride 2, padding 1 | 3 | 8x8",
    )
    text = "## Generador\n\nEntrada: z normal con forma (N, 20, 1, 1).\n\n"
    graph = model_of(text + table("Operación | Canales de salida | Resolución", *rows))
    assert [each.shape for each in graph.inputs] == [(None, 20, 1, 1)]


def test_filters_and_outputs_in_chinese() -> None:
    rows = ("Input | 输入层 | 29×29×1 | 29×29×1", "Conv1 | 卷积层 | 6个5×5核，步幅2 | 13×13×6")
    more = ("FC1 | 全连接层 | 30神经元 | 30", "Output | 输出层 | 3个输出 | [a, b, c]")
    (found,) = designs(table("层级 | 类型 | 参数 | 输出维度", *rows, *more))
    _, first, *_, last = found.design.readings
    assert (first.params["filters"], first.params["kernel"], first.params["stride"]) == (6, (5, 5), (2, 2))
    assert last.params["units"] == 3


def test_the_slope_of_an_activation_in_bold_and_pixels_by_which_images_grow() -> None:
    rows = (
        "Input | 12x12x1 | -",
        "Conv2D | 4 channels, 3x3, valid | adds +2 pixels to nothing",
        "Dense | 2 neurons | -",
    )
    text = (
        table("Layer type | Configuration | Notes", *rows) + "\nAll activations are **Leaky ReLUs** with alpha 0.3.\n"
    )
    graph = model_of(text)
    assert graph.nodes[0].layer.stride == (1, 1)  # type: ignore[attr-defined]
    assert graph.nodes[1].layer == L.ReLU(negative_slope=0.3)


DARKNET = """\
layer   filters  size/strd(dil)      input                output
   0 conv      8       3 x 3/ 1     32 x  32 x   3 ->   32 x  32 x   8 0.001 BF
   1 max                2x 2/ 2     32 x  32 x   8 ->   16 x  16 x   8 0.001 BF
   2 conv      8       3 x 3/ 1     16 x  16 x   8 ->   16 x  16 x   8 0.001 BF
   3 Shortcut Layer: 1,  wt = 0, wn = 0, outputs:  16 x  16 x   8 0.000 BF
   4 max                2x 2/ 1     16 x  16 x   8 ->   16 x  16 x   8 0.001 BF
   5 conv     20       1 x 1/ 1     16 x  16 x   8 ->   16 x  16 x  20 0.001 BF
   6 yolo
   7 route  4
   8 conv     16       3 x 3/ 2     16 x  16 x   8 ->    8 x   8 x  16 0.001 BF
   9 upsample                 2x     8 x   8 x  16 ->   16 x  16 x  16
  10 route  9 2
  11 conv     20       1 x 1/ 1     16 x  16 x  24 ->   16 x  16 x  20 0.001 BF
  12 yolo
Total BFLOPS 0.807
"""


def test_what_darknet_prints_with_its_ways() -> None:
    graph = model_of(f"It is built:\n\n```\n{DARKNET}```\n")
    assert kinds(graph) == [
        *("Conv2D", "MaxPool2D", "Conv2D", "Add", "MaxPool2D", "Conv2D", "Conv2D", "Upsample2D", "Concat", "Conv2D")
    ]
    assert len(graph.outputs) == 2
    shapes = infer(graph, Report())
    assert {shapes[each] for each in graph.outputs} == {(None, 20, 16, 16)}
    assert [each.shape for each in graph.inputs] == [(None, 3, 32, 32)]


def test_lines_that_darknet_leaves_out_make_no_design() -> None:
    (first, *_, last), gap = DARKNET.splitlines(), "    ......"
    rows = DARKNET.splitlines()[1:3]
    assert designs("\n".join([first, *rows, gap, last])) == []


def test_products_of_what_comes_in_and_sizes_in_front_of_settings() -> None:
    rows = (
        "Input | size : (16, 16, 1)",
        "Conv1 | size (16, 16, 4); filters : 4; kernel size : (5 x 5); padding : SAME",
    )
    (found,) = designs(table("Layer | Size and features", *rows, "Normalize | -", "FC | `Linear(16 * 16 * 4, 10)`"))
    _, first, _, last = found.design.readings
    assert (first.params["filters"], first.params["kernel"]) == (4, (5, 5))
    assert last.params["in_features"] == 1024
    (soft,) = read_cell("log_softmax(dim=1)")
    assert soft.unclear


def test_blocks_of_which_a_column_of_configurations_lists_all_layers() -> None:
    rows = (
        "Input | RGB image | 3 × 16 × 16",
        "Conv block 1 | Conv2d 3 → 8, kernel 3 × 3, padding 1 → ReLU → MaxPool 2 × 2 | 8 × 8 × 8",
    )
    found, asked = asked_of(table("Layer | Configuration | Output size", *rows, "Classifier | Linear 512 → 4 | 4"))
    assert found[:3] == ["Conv2D", "ReLU", "MaxPool2D"]
    assert not asked


@pytest.mark.parametrize("said", ["stride : (2 x 2)", "stride: (2x2)", "stride=(2 x 2)"])
def test_sizes_in_brackets_behind_a_colon(said: str) -> None:
    (found,) = read_cell(f"Conv, kernel size: (5 x 5), {said}")
    assert (found.params["kernel"], found.params["stride"]) == ((5, 5), (2, 2))
