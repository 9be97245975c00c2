"""Tables as people write them beside their programs: layers among settings, versions beside each other, own words."""

from __future__ import annotations

from typing import Any

import pytest

from extract.columns.grids import plain_grid
from extract.structure.texts import grids_of
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell
from extract.words.languages import in_english
from ir import Report
from ir import layers as L
from ir.graph import Graph
from tests.questions import questions
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def read(*lines: str, said: str = "", variant: str = "") -> tuple[Graph, list[str]]:
    """Return the design of a table in Markdown below a text, and what is asked about it."""
    report = Report()
    graph = model_of(f"{said}\n\n{table(*lines)}", variant=variant, report=report)
    return graph, questions(report)


def made(graph: Graph, kind: type[Any]) -> list[Any]:
    return [node.layer for node in graph.nodes if isinstance(node.layer, kind)]


def test_recurrent_layers_by_their_numbers_among_settings() -> None:
    lines = ("Words kept | 9,000", "Embedding size | 48", "LSTM layer 1 | 72 units", "LSTM layer 2 | 36 units",
             "Dropout | 0.3", "Batch size | 16", "Epochs | 12", "Token limit | 500,000")  # fmt: skip
    graph, _ = read("Setting | Value", *lines)
    assert [layer.units for layer in made(graph, L.LSTM)] == [72, 36]
    assert not made(graph, L.Dense)


def test_how_wide_a_recurrent_layer_is_by_a_sign_and_what_is_dropped_behind_it() -> None:
    lines = (
        r"Input shape | $(48,\; 6)$ - 48 h × 6 features",
        "LSTM layer 1 | Hidden dimension $d = 40$, dropout $p = 0.1$",
        "LSTM layer 2 | hidden=20, dropout=0.4",
        "Dense | units=1",
    )
    graph, _ = read("Component | Specification", *lines)
    assert kinds(graph) == ["LSTM", "Dropout", "LSTM", "Dropout", "Dense"]
    assert [layer.units for layer in made(graph, L.LSTM)] == [40, 20]
    assert [layer.rate for layer in made(graph, L.Dropout)] == [0.1, 0.4]
    assert graph.inputs[0].shape == (None, 48, 6)


def test_layers_of_a_call_of_pytorch() -> None:
    found = read_cell("nn.LSTM(12, 40, 3)")[0]
    assert (found.params["units"], found.times) == (40, 3)


def test_signs_that_markdown_and_latex_need() -> None:
    text = "| a | b |\n|---|---|\n| \\[batch, 9\\] | $(16,\\; 4)$, $2\\,000$ |\n"
    assert grids_of(text, ".md")[0].texts(0, 1) == ["[batch, 9]"]
    assert grids_of(text, ".md")[0].texts(1, 1) == ["(16, 4), 2000"]


def test_a_normalisation_in_a_row_of_its_own_behind_each_convolution() -> None:
    lines = ("Input | 32x32x3", "Conv 1 | 8 filters, 3x3, padding 1", "Batch Normalization | after each conv layer",
             "Max Pooling | 2x2", "Conv 2 | 16 filters, 3x3, padding 1", "Flatten |", "Dense | 4")  # fmt: skip
    graph, _ = read("Layer | Details", *lines)
    assert kinds(graph)[:5] == ["Conv2D", "BatchNorm", "MaxPool2D", "Conv2D", "BatchNorm"]


def test_marks_of_no_border() -> None:
    lines = ("Input | | | 28x28x1", "Convolution | ✗ | 5x5 | 6", "Max pooling | ✗ | 2x2 |", "Fully connected | | | 10")
    graph, _ = read("Layer Type | Padding | Kernel Size | Filters", *[line.replace("28x28x1", "") for line in lines])
    assert made(graph, L.Conv2D)[0].pad == ((0, 0), (0, 0))


def test_a_dense_as_wide_as_what_comes_in_is_asked() -> None:
    lines = (
        "Input | 12x12x1",
        "Convolution 5x5 | valid padding, outputs 8x8x4",
        "Max pooling | 2x2 stride, outputs 4x4x4",
        "Fully connected | outputs 64",
        "Fully connected | outputs 7",
    )
    _, asked = read("Layer | Description", *lines)
    assert any("is it but a Flatten" in each for each in asked)


@pytest.mark.parametrize(
    ("size", "wanted"), [("4x84x84", (4, 84, 84)), ("84x84x4", (4, 84, 84)), ("64x96x96", (96, 64, 96))]
)
def test_frames_on_top_of_each_other_come_first(size: str, wanted: tuple[int, ...]) -> None:
    graph, _ = read("Layer | Params", f"Input | {size}", "Conv | 8 filters, 3x3, stride 2", "Linear | 6")
    assert graph.inputs[0].shape == (None, *wanted)


def test_what_each_step_gives_of_a_sequence_of_any_length() -> None:
    lines = (
        "Embedding | nn.Embedding | (batch, seq, 24)",
        "LSTM | nn.LSTM | (batch, seq, 32)",
        "Out | nn.Linear | (batch, seq, 9)",
    )
    graph, asked = read("Layer | Type | Output Shape", *lines)
    assert [layer.units for layer in made(graph, L.Dense)] == [9]
    assert "Flatten" not in kinds(graph)
    assert not any("how many units" in each for each in asked)


def test_names_in_front_of_types_join_and_what_stands_behind_a_join() -> None:
    lines = ("conv1 Conv | 8 | 3x3 | ReLU |", "fc1 FC | 12 | - | - | conv1", "fc2 FC | 12 | - | - | conv1",
             "add1 Add | - | - | ReLU | fc1, fc2", "fc3 FC | 5 | - | Softmax | add1")  # fmt: skip
    graph, asked = read("Layer Type | Channels | Filter Size | Activation | Connected to", *lines)
    added = next(node for node in graph.nodes if isinstance(node.layer, L.Add))
    assert len(added.inputs) == 2
    assert kinds(graph)[-4:] == ["Add", "ReLU", "Dense", "Softmax"]
    assert not any("not all of which" in each for each in asked)


VERSIONS = ("Component | Original | Improved", "Conv Layer 1 | 3 → 4 filters | 3 → 16 filters (5×5, padding=2)",
            "Conv Layer 2 | 4 → 8 filters | 16 → 32 filters (5×5, padding=2)",
            "Conv Layer 3 | — | 32 → 48 filters (3×3, padding=1)",
            "FC Layers | 2 layers | 3 layers (768→64→32→10)")  # fmt: skip


def test_versions_beside_each_other_are_networks_each() -> None:
    graph, _ = read(*VERSIONS, variant="Improved")
    assert [layer.filters for layer in made(graph, L.Conv2D)] == [16, 32, 48]
    assert [layer.units for layer in made(graph, L.Dense)] == [64, 32, 10]
    graph, asked = read(*VERSIONS, variant="Original")
    assert [layer.filters for layer in made(graph, L.Conv2D)] == [4, 8]
    assert any("FC Layers" in each for each in asked)


def test_a_border_that_the_printed_sizes_deny_is_asked() -> None:
    lines = (
        "Input | 32x32x1",
        "Convolution 5x5 | 1x1 stride, same padding, outputs 28x28x6",
        "Flatten | outputs 4704",
        "Dense | 7",
    )
    graph, asked = read("Layer | Description", *lines)
    assert made(graph, L.Conv2D)[0].pad == ((0, 0), (0, 0))
    assert any("printed with the border same" in each for each in asked)


def test_a_width_beside_its_window_in_the_column_of_another() -> None:
    rows = [
        ("Layer Type", "Channels", "Filter Size", "Stride", "Activation"),
        ("Conv", "16", "3×3", "1", "ReLU"),
        ("Conv", "16 3×3", "1", "ReLU", ""),
        ("MaxPool", "16", "2×2", "2", "-"),
        ("FC", "9", "-", "-", "Softmax"),
    ]
    assert [each.unclear for each in designs_of(plain_grid(rows))[0].readings][:2] == [False, True]


def test_sizes_that_never_grow_and_no_steps_leave_channels_open() -> None:
    lines = ("Conv1d | 32x41 | 41 | ELU", "Conv1d | 32x41 | 41 | ELU", "Conv1d | 6x41 | 41 | ELU")
    _, asked = read("Layer | Output size | Kernel size | Activation", *lines)
    assert any("not all is understood" in each for each in asked)


UNET = ("Conv11 | 3 | 8 | 3 | 1 | 1 | ReLU", "Conv12 | 8 | 8 | 3 | 1 | 1 | ReLU", "MaxPool1 | - | - | 2 | 2 | 0 | -",
        "Bottleneck1 | 8 | 16 | 3 | 1 | 1 | ReLU", "ConvTransposed1 | 16 | 8 | 2 | 2 | 0 | ReLU",
        "upConv11 | 16 | 8 | 3 | 1 | 1 | ReLU", "softmax | 8 | 5 | 1 | 1 | 0 | -")  # fmt: skip


def test_a_unet_by_the_channels_that_come_into_its_layers() -> None:
    graph, asked = read("Layer | In Channels | Out Channels | Kernel | Stride | Padding | Activation", *UNET)
    assert kinds(graph)[5:] == [
        "Conv2D",
        "ReLU",
        "Conv2DTranspose",
        "ReLU",
        "Concat",
        "Conv2D",
        "ReLU",
        "Conv2D",
        "Softmax",
    ]
    joined = next(node for node in graph.nodes if isinstance(node.layer, L.Concat))
    assert {each.node for each in joined.inputs} == {"relu2", "relu4"}
    assert not any("BatchNorm" in each or "bottleneck" in each for each in asked)


def test_another_number_of_channels_for_a_transposed_convolution_is_asked() -> None:
    lines = ("conv1 | 3 | 8 | 3 | 2 | ReLU", "deconv1 | 16 | 4 | 2 | 2 | ReLU", "conv2 | 4 | 4 | 3 | 1 | ReLU",
             "conv3 | 4 | 2 | 1 | 1 | -")  # fmt: skip
    _, asked = read("Layer | In Channels | Out Channels | Kernel | Stride | Activation", *lines)
    assert any("takes 16 channels, but 8 come in" in each for each in asked)


def test_a_backbone_of_which_nothing_is_said_is_asked() -> None:
    lines = ("backbone | - | - | -", "conv1 | 32 | 16 | 1", "conv2 | 16 | 8 | 3", "conv3 | 8 | 4 | 1")
    _, asked = read("Layer | In Channels | Out Channels | Kernel", *lines)
    assert any("'backbone' is not known here" in each for each in asked)


def test_a_table_that_is_drawn_with_rules_below_its_head() -> None:
    rule = "+--------+-------------+"
    text = f"{rule}\n| Layer  | Shape       |\n{rule}\n| Conv2D | (30, 30, 8) |\n| Pool   | (15, 15, 8) |\n{rule}\n"
    (grid,) = grids_of(text, ".md")
    assert grid.texts(0) == ["Layer", "Conv2D", "Pool"]


def test_formulas_whose_letters_stand_apart() -> None:
    text = table("a", r"$\mathrm { C o n v 2 d ~ 3 \to 3 2 }$", r"Linear $1 2 8 \to 2 { , } 0 0 0$")
    assert grids_of(text, ".md")[0].texts(0, 1) == ["Conv2d 3 → 32", "Linear 128 → 2,000"]


def test_an_input_that_is_called_dense_and_how_many_pixels_it_has() -> None:
    lines = (
        "Input Layer | Dense | 36 (6×6 image) | —",
        "Hidden Layer | Dense | 12 | ReLU",
        "Output Layer | Dense | 4 | Softmax",
    )
    graph, _ = read("Layer | Type | Units | Activation", *lines)
    assert graph.inputs[0].shape == (None, 36)
    assert [layer.units for layer in made(graph, L.Dense)] == [12, 4]
    graph, _ = read("Layer | Type | Units | Activation", lines[0].replace("—", "ReLU"), *lines[1:])
    assert [layer.units for layer in made(graph, L.Dense)] == [36, 12, 4]


def test_hidden_layers_beside_their_numbers() -> None:
    lines = ("1 | Input layer | 20 | -", "2 | Hidden layer | 64 | ReLU", "3 | Output layer | 1 | Sigmoid")
    graph, _ = read("Layer | Type | Neurons | Activation", *lines)
    assert graph.inputs[0].shape == (None, 20)
    assert [layer.units for layer in made(graph, L.Dense)] == [64, 1]


@pytest.mark.parametrize(
    "lines",
    [
        ("层 | 参数 | 输出尺寸", "输入层 | - | 12×12×1", "卷积层1 | 8个3×3卷积核, 步长1 | 10×10×8",
         "最大池化层 | 2×2 | 5×5×8", "展平层 | - | 200", "全连接层 | 16个神经元, ReLU | 16",
         "输出层 | 3个神经元, Softmax | 3"),
        ("레이어 | 설정 | 출력 크기", "입력층 | - | 12x12x1", "합성곱층 1 | 8개 필터, 3x3 | 10x10x8",
         "최대 풀링 | 2x2 | 5x5x8", "평탄화 | - | 200", "완전연결층 | 16개 뉴런, ReLU | 16",
         "출력층 | 3개 뉴런, Softmax | 3"),
        ("Capa | Configuración | Salida", "Entrada | - | 12x12x1", "Convolución 1 | 8 filtros, 3x3 | 10x10x8",
         "Max Pooling | 2x2 | 5x5x8", "Aplanamiento | - | 200", "Capa densa | 16 neuronas, ReLU | 16",
         "Capa de salida | 3 neuronas, Softmax | 3"),
    ],
)  # fmt: skip
def test_names_of_layers_in_other_languages(lines: tuple[str, ...]) -> None:
    graph, _ = read(*lines)
    assert kinds(graph) == ["Conv2D", "MaxPool2D", "Flatten", "Dense", "ReLU", "Dense", "Softmax"]
    assert graph.inputs[0].shape == (None, 1, 12, 12)


@pytest.mark.parametrize(
    ("said", "spelt"),
    [("Eingabeschicht", "input"), ("Versteckte Schicht 2", "hidden layer 2"), ("Gizli Katman 1", "hidden layer 1"),
     ("Entièrement connectée", "fully connected"), ("Полносвязный слой", "fully connected"),
     ("全結合層", "fully connected"), ("双向LSTM", "bidirectional LSTM"),
     ("Convolution 3x3", "Convolution 3x3"), ("Dense", "Dense")],
)  # fmt: skip
def test_words_of_other_languages(said: str, spelt: str) -> None:
    assert in_english(said) == spelt


@pytest.mark.parametrize("said", ["4×", "×4", "4x", "scale 4", "scale factor 4", "bilinear, 4x", "scale_factor=4"])
def test_how_many_times_larger_in_a_cell_of_its_own(said: str) -> None:
    lines = ("Input | 8x8x3", "Conv2D | 8 filters, 3x3", f"Upsample | {said}", "Conv2D | 4 filters, 3x3")
    graph, asked = read("Layer | Details", *lines)
    made_larger = [*made(graph, L.Upsample2D), *made(graph, L.ResizeBilinear2D)]
    assert repr(made_larger[0]).count("32" if "bilinear" in said else "4") == len("hw")
    assert not any("Upsample" in each for each in asked)


def test_a_stride_of_transposed_convolutions_beside_what_repeats_pixels_is_asked() -> None:
    lines = ("Input | 8x8x3", "Deconv2D | 8 filters, 3x3", "UpSampling2D | 2x2", "Conv2D | 3 filters, 3x3")
    assert any("which stride" in each for each in read("Layer | Details", *lines)[1])


def test_purposes_say_nothing_of_layers() -> None:
    lines = ("Conv1 | 3→8 filters → BatchNorm → ReLU | Local texture", "Conv2 | 8→9 filters → ReLU | Dense structures",
             "FC | 5 neurons | The pooled maps to classes")  # fmt: skip
    graph, _ = read("Layer | Description | Purpose", *lines)
    assert kinds(graph) == ["Conv2D", "BatchNorm", "ReLU", "Conv2D", "ReLU", "Flatten", "Dense"]


def test_what_is_measured_in_powers_of_ten_is_no_design() -> None:
    rows = [("layer", "terms", "measured", "atol"), ("conv1", "75", "3.1e-6", "2e-5"),
            ("conv2", "128", "8.2e-6", "1e-4"), ("conv3", "600", "1.9e-4", "2e-3")]  # fmt: skip
    assert not designs_of(plain_grid(rows))


def test_a_vector_by_the_weights_of_the_first_dense() -> None:
    lines = ("Dense | (None, 96) | 9,696", "Dropout (0.3) | (None, 96) | 0", "Dense | (None, 5) | 485")
    graph, _ = read("Layer | Output Shape | Param #", *lines)
    assert graph.inputs[0].shape == (None, 100)


def test_an_activation_behind_a_pooling_is_told_once() -> None:
    lines = ("Conv1 | 1x64x64 | 3x3 Conv + 2x2 MaxPool + ReLU | 8x32x32",
             "Conv2 | 8x32x32 | 3x3 Conv + 2x2 MaxPool + ReLU | 16x16x16")  # fmt: skip
    graph, _ = read("Step | Input | Operation | Output", *lines)
    assert kinds(graph) == ["Conv2D", "MaxPool2D", "ReLU"] * 2


def test_a_dense_in_front_of_a_reshape_gives_a_vector() -> None:
    lines = ("Dense | (5×5×16) | 40,400", "Reshape | (5,5,16) | 0", "Conv2D 3x3 | (5,5,8) | 1160")
    graph, _ = read("Layer Type | Output Shape | Parameters", *lines)
    assert kinds(graph) == ["Dense", "Reshape", "Conv2D"]
    assert [layer.units for layer in made(graph, L.Dense)] == [400]


def test_a_kernel_with_its_stride_in_a_japanese_column() -> None:
    lines = ("Conv1 | k=10, s=4 | 24 | 268", "Conv2 | k=8, s=4 | 36 | 66", "FC1 | — | 10 | —")
    graph, _ = read("層 | カーネル / stride | 出力ch | 出力長", *lines, said="1D Conv")
    assert [(layer.kernel, layer.stride) for layer in made(graph, L.Conv1D)] == [((10,), (4,)), ((8,), (4,))]


def test_settings_whose_names_stand_in_the_second_column() -> None:
    rows = [("Category", "Hyperparameter", "Value"), ("PPO", "", ""), ("", "Discount Factor", "0.99"),
            ("Network", "", ""), ("", "Hidden Layer Dimensions", "(96, 96, 48)"), ("", "Activation Function", "Tanh"),
            ("", "Learning Rate", "3e-4")]  # fmt: skip
    found = designs_of(plain_grid(rows))[0].readings
    assert [each.params["units"] for each in found if each.kind == "dense" for _ in range(each.times)] == [96, 96, 48]


def test_dropouts_of_each_layer_among_settings() -> None:
    lines = ("Hidden layers | 3", "Neurons/layer | 40", "BatchNorm | yes", "Activation | ReLU",
             "Dropout | [0.4, 0.2, 0.1]", "Optimizer | Adam", "Learning rate | 0.001")  # fmt: skip
    graph, _ = read("Setting | Value", *lines)
    assert [layer.units for layer in made(graph, L.Dense)][:3] == [40, 40, 40]
    assert [layer.rate for layer in made(graph, L.Dropout)] == [0.4, 0.2, 0.1]
    assert len(made(graph, L.BatchNorm)) == 3


def test_the_slope_of_a_leaky_relu_in_a_cell_of_its_own() -> None:
    lines = ("Linear | 24→60 | 60", "LeakyReLU | negative_slope=0.15 | -", "Linear | 60→8 | 8")
    graph, _ = read("Layer Type | Configuration | Output Size", *lines)
    assert [layer.negative_slope for layer in made(graph, L.ReLU)] == [0.15]


def test_what_comes_in_and_out_of_a_dense_by_words() -> None:
    lines = ("Fully connected 1 | input 90, output 30", "Fully connected 2 | input 30, output 1")
    graph, _ = read("Layer | Description", "Input | 90 features", *lines)
    assert [layer.units for layer in made(graph, L.Dense)] == [30, 1]


def test_channels_in_front_of_sizes_that_no_window_has() -> None:
    lines = ("Input | 3@40x120 RGB image", "Convolution 5x5 | 8@18x58, activation='relu'", "Convolution 3x3 | 12@16x56")
    graph, _ = read("Layer | Description", *lines)
    assert [(layer.filters, layer.stride) for layer in made(graph, L.Conv2D)] == [(8, (2, 2)), (12, (1, 1))]
    assert graph.inputs[0].shape == (None, 3, 40, 120)


def test_features_with_the_sizes_of_which_they_are() -> None:
    lines = (
        "Input Layer | 144 Input Features (12 × 12 Pixels)",
        "Hidden Layer 1 | 20 Neurons",
        "Output Layer | 4 Neurons",
    )
    assert read("Layer | Configuration", *lines)[0].inputs[0].shape == (None, 144)


@pytest.mark.parametrize("said", ["7 Q-values", "7 gesture classes"])
def test_the_last_layer_by_what_it_gives_among_facts(said: str) -> None:
    lines = ("Input Layer | 30 neurons", "Hidden Layer 1 | 20 neurons (ReLU)", f"Output Layer | {said}")
    facts = ("Optimizer | Adam", "Regularization | L2", "Early Stopping | Enabled", "Framework | PyTorch")
    graph, asked = read("Layer | Description", *lines, *facts)
    assert kinds(graph) == ["Dense", "ReLU", "Dense"]
    assert made(graph, L.Dense)[-1].units == 7
    assert not asked


def test_shapes_with_a_batch_that_is_called_so() -> None:
    lines = ("Linear | 50 → 400", "Reshape | (batch, 16, 5, 5)", "ConvTranspose2d | 16→1, k=4, s=2, p=1",
             "**Output** | **(batch, 1, 10, 10)**")  # fmt: skip
    graph, asked = read("Layer | Details", *lines)
    assert kinds(graph) == ["Dense", "Reshape", "Conv2DTranspose"]
    assert not asked


def test_sizes_that_come_into_a_dense_and_what_goes_out() -> None:
    lines = ("Convolution 1 | 3 -> 16, kernel 3, padding 1", "Pooling | MaxPool, kernel 2, stride 2",
             "Fully connected 1 | 16 * 10 * 10 -> 40", "Fully connected 2 | 40 -> 6")  # fmt: skip
    assert [layer.units for layer in made(read("Layer | Configuration", *lines)[0], L.Dense)] == [40, 6]


def test_headers_in_vietnamese() -> None:
    lines = ("Conv block 1 | Conv2d 3 → 8, kernel 3 × 3, padding 1 → ReLU → MaxPool 2 × 2 | 8 × 16 × 16 | 224",
             "Flatten | 8 × 16 × 16 → vector | 2,048 | 0", "Classifier | Linear 2,048 → 4 | 4 | 8,196",
             "Tổng | 1 convolution block | | 8,420")  # fmt: skip
    graph, _ = read("Tầng | Cấu hình | Kích thước đầu ra | Số tham số", "Input | RGB image | 3 × 32 × 32 | 0", *lines)
    assert kinds(graph) == ["Conv2D", "ReLU", "MaxPool2D", "Flatten", "Dense"]
    assert made(graph, L.Conv2D)[0].kernel == (3, 3)


def test_what_tools_do_and_how_long_layers_take_are_no_designs() -> None:
    limits = [("Layer", "Properties", "Limitations"), ("Convolution", "Kernel: 1x1, 3x3, Stride: 1, 2", "no dilation"),
              ("Maximum Pooling", "Kernel: 2x2, Stride: 1, 2", "-"), ("Leaky ReLU", "-", "alpha is fixed")]  # fmt: skip
    taken = [("Bloque", "Descripción", "Latencia (μs)", "% Total"), ("Conv Layer 1", "16 filters, 3×3", "12", "30%"),
             ("Conv Layer 2", "24 filters, 3×3", "18", "45%"), ("FC + Softmax", "4 classes", "6", "15%")]  # fmt: skip
    assert not designs_of(plain_grid(limits))
    assert not designs_of(plain_grid(taken))
