"""Tables as authors of reports and theses print them: lists of attributes, several networks, units and formulas."""

from __future__ import annotations

from typing import Any

import pytest

from extract.words.cells import read_attributes, read_cell
from extract.words.lexicon import kind_of
from ir import Report
from ir import layers as L
from ir.validate import infer
from tests.pdf_pages import rows
from tests.questions import questions
from tests.test_extract_families import conv, learned, model_of
from tests.test_extract_tables import kinds, model, page
from tests.test_extract_unseen import dense, table


@pytest.mark.parametrize(
    ("text", "kind", "params"),
    [
        ("conv 16×3×1×1", "conv", {"filters": 16, "in_channels": 3, "kernel": (1, 1)}),
        ("depthwise conv 8×4×4", "dwconv", {"in_channels": 8, "kernel": (4, 4)}),
        ("conv 8 filters · 3 × 3 · same", "conv", {"filters": 8, "kernel": (3, 3), "pad": "same"}),
        ("dropout keep: 90%", "dropout", {"rate": 0.1}),
        ("FC(128→16)", "dense", {"in_features": 128, "units": 16}),
        (
            "2DConvolution filters = 8, kernel size = (5,1), input shape = (64,1)",
            "conv",
            {"filters": 8, "kernel": (5, 1)},
        ),
        ("Flattern", "flatten", {}),
    ],
)
def test_what_a_cell_says(text: str, kind: str, params: dict[str, Any]) -> None:
    (found,) = read_cell(text)
    assert found.kind == kind
    assert params.items() <= found.params.items()


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("f.16*5*5;st.2*2;pad.SAME", {"filters": 16, "kernel": (5, 5), "stride": (2, 2), "pad": "same"}),
        ("Filters: 8\nKernel Size: (3, 3)", {"filters": 8, "kernel": (3, 3)}),
        ("Filters = 8, kernel_size = (30,1), input_shape = (64,1)", {"filters": 8, "kernel": (30, 1)}),
        ("7×7, 16 ch, stride 2 - 2-channel input", {"filters": 16, "kernel": (7, 7), "stride": (2, 2)}),
    ],
)
def test_what_stands_beside_a_convolution(text: str, params: dict[str, Any]) -> None:
    assert params.items() <= read_attributes(text, "conv").items()


def test_what_only_says_an_activation_belongs_to_the_layer_before_it() -> None:
    (found,) = read_cell("Conv2D; Filters: 8; Activation: ReLU")
    assert (found.kind, found.posts) == ("conv", ("relu",))


def test_names() -> None:
    assert [kind_of(each) for each in ("QRes Block", "ResBlock", "global spatial average pool")] == [
        "",
        "resblock",
        "gavgpool",
    ]


def test_what_has_units_is_a_dense_whatever_its_name() -> None:
    lines = ("Input | 24 | -", "Hidden 1 | 16 | ReLU", "Bottleneck | 4 | ReLU", "Output | 24 | Linear")
    graph = model_of(table("Layer | Units | Activation", *lines))
    assert graph.inputs[0].shape == (None, 24)
    assert kinds(graph) == ["Dense", "ReLU", "Dense", "ReLU", "Dense"]
    assert learned(graph) == dense(24, 16) + dense(16, 4) + dense(4, 24)


def test_a_column_that_lists_what_it_says() -> None:
    lines = ("conv1 | 3×3×3×8, 2, 1 | CReLU", "conv2 | 3×3×8×6, 1, 1 | C.ReLU", "pool1 | 2×2, 2, 0 | -")
    report = Report()
    graph = model_of(table("block | kernel, stride, padding | activation", *lines), report=report)
    first, second = (node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D))
    assert (first.stride, first.pad, first.filters, second.filters) == ((2, 2), ((1, 1), (1, 1)), 8, 6)
    assert kinds(graph) == ["Conv2D", "Custom", "Conv2D", "Custom", "MaxPool2D"]
    assert any("activation CReLU" in each.message for each in report if each.code == "question")


def test_what_a_cell_lists_behind_the_layer_of_its_row() -> None:
    lines = ("Input | - | 1 × 8 × 40", "Conv1 | 1 → 8, k=3×3, s=1, ReLU, BN, Dropout | 8 × 6 × 38",
             "Conv2 | 8 → 4, k=3×3, s=1 | 4 × 4 × 36", "Deconv1 | 4 → 8, k=3×3, s=1, ReLU | 8 × 6 × 38",
             "Output | - | 8 × 6 × 38")  # fmt: skip
    report = Report()
    graph = model_of(table("Layer | Config | Output", *lines), report=report)
    assert kinds(graph) == ["Conv2D", "ReLU", "BatchNorm", "Dropout", "Conv2D", "Conv2DTranspose", "ReLU"]
    assert infer(graph, Report())[graph.outputs[0]] == (None, 8, 6, 38)
    assert not questions(report)


GAN = table(
    "Operation | Kernel | Strides | Feature maps | BN? | Nonlinearity",
    *("Gx(z) - 8×1×1 input | | | | |", "Transposed convolution | 4×4 | 1×1 | 6 | ✓ | LeakyReLU"),
    *("Transposed convolution | 4×4 | 2×2 | 3 | × | Sigmoid", "D(x) - 3×8×8 input | | | | |"),
    *("Convolution | 4×4 | 2×2 | 4 | × | LeakyReLU", "Convolution | 4×4 | 2×2 | 1 | × | Sigmoid"),
    *("Epochs | 100 | | | |", "LeakyReLU slope | 0.01 | | | |"),
)


def test_networks_below_each_other() -> None:
    made, told = (model_of(GAN, variant=name) for name in ("Gx(z)", "D(x)"))
    assert kinds(made) == ["Conv2DTranspose", "BatchNorm", "ReLU", "Conv2DTranspose", "Sigmoid"]
    assert kinds(told) == ["Conv2D", "ReLU", "Conv2D", "Sigmoid"]
    assert [each.inputs[0].shape for each in (made, told)] == [(None, 8, 1, 1), (None, 3, 8, 8)]


def test_parts_of_one_network_stay_together() -> None:
    lines = ("Encoder | |", "Conv | 3×3, 8 | 16×16×8", "Decoder | |", "Conv | 3×3, 3 | 16×16×3")
    graph = model_of(table("Layer | Kernel, filters | Output", *lines, "Conv | 1×1, 3 | 16×16×3"))
    assert kinds(graph) == ["Conv2D", "Conv2D", "Conv2D"]


def test_a_variance_stands_beside_its_mean() -> None:
    lines = ("Input | Input | 32", "FC1 | Dense | 16", "FC_mu | Dense | 8", "FC_logvar | Dense | 8",
             "FC2 | Dense | 16")  # fmt: skip
    report = Report()
    model_of(table("Name | Type | Units", *lines), report=report)
    assert ["beside 'FC_mu'" in each for each in questions(report)] == [True]


def test_headers_that_the_cells_speak_against() -> None:
    swapped = table("Layer | Size | Filter", "Conv | 32 | 3 × 3", "Pool | 2 | -", "Conv | 24 | 5 × 5", "Dense | 10 | -")
    windows = [(each.kernel, each.filters) for node in model_of(swapped).nodes
               if isinstance(each := node.layer, L.Conv2D)]  # fmt: skip
    assert windows == [((3, 3), 32), ((5, 5), 24)]
    maps = table("Operation | Kernel | Strides | Feature maps", "Convolution | 3×3 | 2×2 | 8×8×16",
                 "Convolution | 3×3 | 2×2 | 4×4×12", "Convolution | 3×3 | 1×1 | 4×4×6")  # fmt: skip
    graph = model_of(maps)
    assert infer(graph, Report())[graph.outputs[0]] == (None, 6, 4, 4)
    assert {each.layer.kernel for each in graph.nodes if isinstance(each.layer, L.Conv2D)} == {(3, 3)}


def test_the_order_of_sizes_that_a_header_says() -> None:
    lines = (
        "3x8x16x16 | Conv | 3x3x3 | 1x1x1",
        "4x8x16x16 | MaxPool | 1x2x2 | 1x2x2",
        "4x8x8x8 | Conv | 3x3x3 | 1x1x1",
    )
    graph = model_of(table("input (CxDxHxW) | Op | Filter | Stride", *lines, "6x8x8x8 | FC | | "))
    assert graph.inputs[0].shape == (None, 3, 8, 16, 16)
    assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv3D)] == [4, 6]


def test_the_kernel_that_a_printed_size_tells() -> None:
    lines = (
        "Input | 32x32x3",
        "Convolution | 1x1 stride, padding='VALID', output = 28x28x16",
        "RELU | output = 28x28x16",
    )
    report = Report()
    graph = model_of(
        table("Layer | Description", *lines, "Flatten | output = 12544", "FC | output = 20"), report=report
    )
    assert learned(graph) == conv(5, 3, 16) + dense(12544, 20)
    assert not questions(report)


def test_labels_of_several_rows_name_no_layer() -> None:
    text = """
<table><tr><th>Step</th><th>Layer</th><th>Out. size</th><th>Description</th></tr>
<tr><td rowspan="3">Convolution 1</td><td>Convolution 5 × 5</td><td>16 × 16 × 8</td><td>1 × 1 stride, SAME</td></tr>
<tr><td>ReLU</td><td>16 × 16 × 8</td><td></td></tr><tr><td>Max pooling</td><td>8 × 8 × 8</td><td>2 × 2 stride</td></tr>
<tr><td rowspan="2">Head</td><td>Flatten</td><td>512</td><td></td></tr>
<tr><td>Dense</td><td>10</td><td></td></tr></table>
"""
    assert kinds(model_of(text, ".html")) == ["Conv2D", "ReLU", "MaxPool2D", "Flatten", "Dense"]


def test_formulas_in_pages() -> None:
    block = r"$\begin{bmatrix} 3 \times 3, 8 \\ 3 \times 3, 8 \end{bmatrix} \times 2$"
    text = table(
        "Name | Output | Block", r"conv1 | $16 \times 16$ | $3 \times 3$, 8", f"conv2 | $16 \\times 16$ | {block}"
    )
    assert kinds(model_of(text)) == ["Conv2D"] * 5


def test_stars_of_products_and_names_in_markdown() -> None:
    lines = ("**Conv_1** | 8*5*5", "*Conv_2* | 16*3*3", "`Linear` | 24")
    graph = model_of(table("Layer | Size", *lines))
    assert [(each.layer.filters, each.layer.kernel) for each in graph.nodes if isinstance(each.layer, L.Conv2D)] == [
        (8, (5, 5)),
        (16, (3, 3)),
    ]


def test_tables_without_a_header() -> None:
    lines = (
        "Convolution 3x3 | stride: 1x1, output: 16x16x8",
        "RELU | ",
        "Dropout | keep: 90%",
        "Fully Connected | output: 10",
    )
    graph = model_of(table("Input | Shape: 16x16x1 Grayscale", *lines))
    assert graph.inputs[0].shape == (None, 1, 16, 16)
    assert kinds(graph) == ["Conv2D", "ReLU", "Dropout", "Flatten", "Dense"]


def test_rows_that_name_what_is_said_beside_them() -> None:
    lines = ("Conv2D | 8 filters, 3×3, ReLU", "Normalization | Batch Normalization", "BatchNorm + Pool | 2×2 MaxPool")
    graph = model_of(table("Layer | Config", *lines, "Stage 1 | 3 × Wide block (64-d)", "Output | 9 classes, Softmax"))
    assert kinds(graph) == ["Conv2D", "ReLU", "BatchNorm", "BatchNorm", "MaxPool2D", *["Custom"] * 3,
                            "Flatten", "Dense", "Softmax"]  # fmt: skip


def test_lines_of_a_wide_cell_and_a_dash_are_one_column() -> None:
    cells = [("Layer", "", "Configuration", "Output"), ("Conv", "Filters: 8", "", "16×16×8")]
    texts = [*rows(170, (140, 220, 246, 420), cells), *rows(194, (220,), [("Kernel Size: (3, 3) and padding",)])]
    texts += rows(218, (140, 220, 300, 420), [("Conv", "Kernel Size: (3, 3), filters: 4", "", "16×16×4")])
    texts += rows(242, (140, 300, 420), [("Flatten", "-", "1024"), ("FC", "-", "10")])
    rules = [(140.0, y, 460.0) for y in (166, 178, 204, 228, 250, 262)]
    graph, _ = model(page("Table 1: A net.", texts, [(y, x0, x1) for x0, y, x1 in rules]))
    assert learned(graph) == conv(3, 3, 8) + conv(3, 8, 4) + dense(1024, 10)


def test_numbers_that_count_layers_are_no_widths() -> None:
    lines = (
        "1 | Conv2D_1 | 16 | 5 x 5",
        "2 | MaxPool_1 | - | 2 x 2",
        "3 | Conv2D_2 | 24 | 3 x 3",
        "4 | Dense_1 | 12 | -",
    )
    graph = model_of(table("N | Layer | N Filters/Units | Pool/Kernel Size", *lines))
    assert learned(graph) == conv(5, 3, 16) + conv(3, 16, 24) + dense(112 * 112 * 24, 12)
    blocks = ("Conv Block 1 | 16×16×1 | 32 | 3×3 Conv, BN, ReLU, MaxPool",
              "Conv Block 2 | 8×8×32 | 64 | 3×3 Conv, BN, ReLU, MaxPool",
              "Dense 1 | 4×4×64 | 10 | Linear, Dropout (0.5)")  # fmt: skip
    graph = model_of(table("Layer | Input Size | Output Channels | Operation", *blocks))
    assert kinds(graph) == [*["Conv2D", "BatchNorm", "ReLU", "MaxPool2D"] * 2, "Flatten", "Dense", "Dropout"]
    assert [each.layer.filters for each in graph.nodes if isinstance(each.layer, L.Conv2D)] == [32, 64]


def test_a_column_of_all_that_is_said_is_none_of_activations() -> None:
    said = "Conv2D + ReLU + MaxPool2D | [{0}, {1}, {1}] | {0} filters, 3×3 kernel, Padding 1"
    lines = [f"Stage {i} (ConvBlock {i}) | {said.format(n, m)}" for i, n, m in ((1, 16, 16), (2, 32, 8))]
    text = table(
        "Stage | Operation Type | Output Dimensions | Parameters & Activation", *lines, "Head | Dense | [4] | -"
    )
    assert [each.layer.filters for each in model_of(text).nodes if isinstance(each.layer, L.Conv2D)] == [16, 32]


def test_the_output_of_other_numbers_is_a_dense() -> None:
    lines = ("Input | 18 | -", "Dense 1 | 32 | ReLU", "Dense 2 | 16 | ReLU")
    graph = model_of(table("Layer | Output | Activation", *lines, "Output | 4 | Linear"))
    assert learned(graph) == dense(18, 32) + dense(32, 16) + dense(16, 4)
    assert kinds(model_of(table("Layer | Output | Activation", *lines, "Output | 16 | -"))) == ["Dense", "ReLU"] * 2


def test_stages_whose_blocks_stand_in_another_cell() -> None:
    block = r"$\begin{bmatrix} 1 \times 1, 8 \\ 3 \times 3, 8 \end{bmatrix}$ Bottleneck Blocks"
    text = table("Stage | Output | Layers / Operations | Repetitions",
                 "Stage 1 (Stem) | 16×16×8 | 3×3 Conv, stride 2, ReLU | 1",
                 f"Stage 2 | 16×16×8 | {block} | $2\\times$", f"Stage 3 | 16×16×8 | {block} | $1\\times$")  # fmt: skip
    assert kinds(model_of(text)) == ["Conv2D", "ReLU", *["Conv2D"] * 6]


def test_windows_that_sizes_and_numbers_of_parameters_tell() -> None:
    lines = ("1 | Conv2D | (None, 28, 28, 8) | 224", "2 | MaxPooling2D | (None, 5, 5, 8) | 0",
             "3 | Conv2D | (None, 4, 4, 16) | 528",
             "4 | Flatten | (None, 256) | 0", "5 | Dense | (None, 4) | 1,028")  # fmt: skip
    report = Report()
    graph = model_of(table("Number | Layer Type | Output Shape | Parameters", *lines), report=report)
    windows = [node.layer.kernel for node in graph.nodes if isinstance(node.layer, L.Conv2D | L.MaxPool2D)]
    assert windows == [(3, 3), (5, 5), (2, 2)]


def test_an_even_window_that_keeps_the_size() -> None:
    lines = (
        "Input | - | 64×1",
        "Conv1D | Filters = 8, kernel_size = 6, padding = 'same' | 64×8",
        "Conv1D | Filters = 4, kernel_size = 6, padding = 'same' | 64×4",
    )
    graph = model_of(
        table("Layer | Layer parameters | Output shape", *lines, "Flatten | - | 256", "Dense | Unit = 4 | 4")
    )
    assert infer(graph, Report())[graph.outputs[0]] == (None, 4)
    assert learned(graph) == 6 * 8 + 8 + 6 * 8 * 4 + 4 + dense(256, 4)


def test_what_measures_layers_says_nothing_of_them() -> None:
    lines = ("fc1 | 64×30 | 1.9K | 2K | 12%", "fc2 | 30×20 | 0.6K | 1K | 24%", "fc3 | 20×10 | 0.2K | 1K | 90%")
    graph = model_of(table("Layer | Shape | Weight # | MAC # | Acti %", *lines))
    assert [each.layer.units for each in graph.nodes if isinstance(each.layer, L.Dense)] == [30, 20, 10]


def test_codes_of_layers_across_a_table() -> None:
    lines = ("numb | 16 | 24 | 32", "filter | 5² | 3² | ", "stride | 2 | 1 | ", "pad | 0 | 1 | ")
    graph = model_of(table("Layer | C1 | C2 | FC1", *lines))
    windows = [(each.kernel, each.stride, each.filters) for node in graph.nodes
               if isinstance(each := node.layer, L.Conv2D)]  # fmt: skip
    assert windows == [((5, 5), (2, 2), 16), ((3, 3), (1, 1), 24)]
    assert [each.layer.units for each in graph.nodes if isinstance(each.layer, L.Dense)] == [32]


def test_sizes_below_a_header_of_both() -> None:
    text = """
<table><tr><td rowspan="2">Layer</td><td colspan="2">Shape</td><td rowspan="2">Kernel</td><td rowspan="2">Stride</td>
<td rowspan="2">Pad</td></tr><tr><td>In</td><td>Out</td></tr>
<tr><td>Conv1d</td><td>6×28</td><td>16×28</td><td>3</td><td>1</td><td>1</td></tr>
<tr><td>Conv1d</td><td>16×28</td><td>24×14</td><td>4</td><td>2</td><td>1</td></tr>
<tr><td>Flatten</td><td>24×14</td><td>336</td><td></td><td></td><td></td></tr>
<tr><td>Linear</td><td>336</td><td>10</td><td></td><td></td><td></td></tr></table>
"""
    windows = [(each.kernel, each.stride, each.pad) for node in model_of(text, ".html").nodes
               if isinstance(each := node.layer, L.Conv1D)]  # fmt: skip
    assert windows == [((3,), (1,), ((1, 1),)), ((4,), (2,), ((1, 1),))]


def test_rates_in_any_column_and_rows_that_are_no_header() -> None:
    lines = ("Input | Conv1D | 8 | kernel_size=3, ReLU | -", "Pooling | MaxPooling1D | - | pool_size=2 | -")
    lines += ("Regularization | Dropout | - | - | Rate = 0.3", "Output | Dense | 4 | - | -")
    graph = model_of(table("Layer | Type | Filters | Parameters | Stride", *lines))
    assert kinds(graph) == ["Conv1D", "ReLU", "MaxPool1D", "Dropout", "Flatten", "Dense"]
    assert [each.layer.rate for each in graph.nodes if isinstance(each.layer, L.Dropout)] == [0.3]


def test_channels_that_come_in_are_no_filters() -> None:
    lines = ("Conv1 | 3 | 16 | 3 | 1 | 1", "Conv2 | 16 | 24 | 3 | 1 | 1", "MaxPool1 | - | - | 2 | 2 | 0")
    graph = model_of(table("Layer | In Channels | Out Channels | Kernel | Stride | Padding", *lines))
    assert [each.layer.filters for each in graph.nodes if isinstance(each.layer, L.Conv2D)] == [16, 24]
    reach = table("Layer | Operation | Kernel Size | Stride | Output Size | RF In | RF Out",
                  "1 | Conv2d | 3x3 | 1 | 26x26 | 1 | 3", "2 | Conv2d | 3x3 | 1 | 24x24 | 3 | 5",
                  "3 | MaxPool | 2x2 | 2 | 12x12 | 5 | 6",
                  "4 | Conv2d | 3x3 | 1 | 10x10 | 6 | 10")  # fmt: skip
    report = Report()
    model_of(reach, report=report)
    assert sum("how many filters" in each.message for each in report if each.code == "question") == 3


def test_hidden_layers_of_so_many_neurons() -> None:
    lines = ("Input Layer | 9 components", "Hidden Layer 1 | 64 Neurons + ReLU", "Hidden Layer 2 | 32 Neurons + ReLU")
    graph = model_of(table("Layer | Configuration", *lines, "Output Layer | 7 Classes"))
    assert kinds(graph)[-5:] == ["Dense", "ReLU", "Dense", "ReLU", "Dense"]
    assert [each.layer.units for each in graph.nodes if isinstance(each.layer, L.Dense)] == [64, 32, 7]
