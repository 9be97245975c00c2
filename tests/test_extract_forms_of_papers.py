"""Tables as papers set them: designs over several rows, heads beside each other, one pixel."""

from __future__ import annotations

import pytest

from extract.structure.texts import grids_of
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell
from extract.words.lexicon import kind_of
from ir import Report
from ir import layers as L
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def latex(*rows: str) -> str:
    body = " \\\\ \\hline\n".join(rows)
    return f"\\begin{{tabular}}{{|{'c|' * (rows[0].count('&') + 1)}}}\n{body} \\\\\n\\end{{tabular}}"


def test_signs_of_latex() -> None:
    (grid,) = grids_of(latex(r"$\{t-2, t\}$ & $z \in \mathbb{R}^{16}$", r"$(\frac{h}{2}, 8)$ & $D_{cls}$"), ".tex")
    assert [cell.text for row in grid.rows for cell in row] == ["{t-2, t}", "z ∈ R ^16", "(h/2, 8)", "D_cls"]


def test_a_context_tells_how_many_channels_come_in() -> None:
    lines = ("frame1 | [t-2, t+2] | 5 | 20x8", "frame2 | {t-1, t, t+1} | 7 | 24x8", "segment3 | {0} | T | 8x6")
    graph = model_of(table("Layer | Layer context | Total context | Input x output", *lines))
    assert graph.inputs[0].shape[1] == 4


def test_designs_over_several_rows() -> None:
    text = latex(
        "Arch. & conv1 & conv2 & full3 & full4",
        r"\multirow{3}{*}{Net-F} & 8x7x7 & 6x5x5 & 12 & 10",
        "& st. 2, pad 0 & st. 1, pad 2 & drop- & soft-",
        "& LRN, x2 pool & - & out & max",
        r"\multirow{3}{*}{Net-M} & 4x5x5 & 6x3x3 & 12 & 10",
        "& st. 1, pad 0 & st. 1, pad 1 & drop- & soft-",
        "& x2 pool & - & out & max",
    )
    found = designs_of(grids_of(text, ".tex")[0])
    assert [each.config for each in found] == ["Net-F", "Net-M"]
    assert [each.kind for each in found[0].readings] == [
        *("conv", "lrn", "pool", "conv", "dense", "dropout", "dense", "softmax")
    ]
    assert found[0].readings[0].params["stride"] == (2, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[3, 256]", ["conv"]),
        ("[3×3, 8]×1, S2 [3×3, 8; 3×3, 8]×2", ["conv", "block"]),
        ("FC 16, L2 normalization", ["dense"]),
        ("L2Norm", ["l2norm"]),
    ],
)
def test_cells(text: str, expected: list[str]) -> None:
    assert [each.kind for each in read_cell(text)] == expected


def test_pyramids_of_poolings_are_no_pooling() -> None:
    assert [kind_of(each) for each in ("pyramid pooling module", "atrous spatial pyramid pooling", "pool1")] == [
        *("", "", "pool")
    ]


def test_one_pixel_is_bordered_and_counts_are_no_filters() -> None:
    lines = ("Latent vector | -- | 16 x 1 x 1 | --", "Conv 4x4 | LReLU | 8 x 4 x 4 | 2.1k",
             "Upsample | -- | 8 x 8 x 8 | --", "Conv 3x3 | LReLU | 8 x 8 x 8 | 584",
             "Conv 1x1 | linear | 3 x 8 x 8 | 27")  # fmt: skip
    graph = model_of(table("Generator | Act. | Output shape | Params", *lines))
    found = [(each.filters, each.pad) for node in graph.nodes if isinstance(each := node.layer, L.Conv2D)]
    assert found == [(8, ((3, 3), (3, 3))), (8, ((1, 1), (1, 1))), (3, ((0, 0), (0, 0)))]


def test_paddings_of_four_sides_and_none() -> None:
    lines = ("Stage | conv | conv | full | full", "# channels | 8 | 6 | 12 | 10", "Filter size | 5x5 | 3x3 | - | -",
             "Conv. stride | 2x2 | 1x1 | - | -", "Zero-Padding size | - | 1x1x1x1 | - | -",
             "Spatial input size | 31x31 | 14x14 | 14x14 | 1x1")  # fmt: skip
    report = Report()
    graph = model_of(table("Layer | 1 | 2 | 3 | 4", *lines), report=report)
    assert [each.pad for node in graph.nodes if isinstance(each := node.layer, L.Conv2D)] == [
        *(((0, 0), (0, 0)), ((1, 1), (1, 1)))
    ]
    assert not any("1 x 1 is printed" in each.message for each in report)


def test_outputs_in_brackets_are_heads() -> None:
    lines = ("Input layer | (16, 16, 3) → (8, 8, 8) | CONV-(N8, K4x4, S2, P1), Leaky ReLU",
             "Output layer (D_src) | (8, 8, 8) → (8, 8, 1) | CONV-(N1, K3x3, S1, P1)",
             "Output layer (D_cls) | (8, 8, 8) → (1, 1, 5) | CONV-(N5, K8x8, S1, P0)")  # fmt: skip
    graph = model_of(table("Layer | Input → Output Shape | Layer Information", *lines))
    assert len(graph.outputs) == 2
    assert len({node.inputs[0] for node in graph.nodes[-2:]}) == 1


def test_no_dense_stands_among_images_nor_in_front_of_one_way() -> None:
    lines = ("Conv | 3x3, 8 | 16 x 16 x 8", "DenseLayer | - | 16 x 16 x 12", "Conv | 1x1, 6 | 16 x 16 x 6")
    report = Report()
    graph = model_of(table("Layer | Settings | Output", "Input | | 16 x 16 x 3", *lines), report=report)
    assert "Dense" not in kinds(graph)
    assert any("'DenseLayer' is not known" in each.message for each in report)


HEAD = "Layer | Kernel | Filters | Stride"
ROWS = ("conv1 | 3×3 | 8 | 1", "conv2 | 3×3 | 16 | 2", "conv3 | 3×3 | 3 | 1")


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("All layers use BN and ReLU except the final one, which uses tanh.", ["BatchNorm", "ReLU"]),
        ("Except for the last layer, which uses tanh, all layers are followed by BN and ReLU.", ["BatchNorm", "ReLU"]),
        ("ELU follows all convolutions but the last, which is a tanh.", ["ELU"]),
    ],
)
def test_the_last_layer_has_another(caption: str, expected: list[str]) -> None:
    assert kinds(model_of(f"{caption}\n\n{table(HEAD, *ROWS)}")) == [
        *("Conv2D", *expected, "Conv2D", *expected, "Conv2D", "Tanh")
    ]


def test_each_layer_is_a_block_of_several() -> None:
    caption = "Each 2D or 3D convolutional layer represents a block of convolution, batch normalization and ReLU."
    assert kinds(model_of(f"{caption}\n\n{table(HEAD, *ROWS)}"))[:3] == ["Conv2D", "BatchNorm", "ReLU"]


def test_no_padding_is_used() -> None:
    graph = model_of(f"No padding is used.\n\n{table(HEAD, *ROWS)}")
    assert {each.pad for node in graph.nodes if isinstance(each := node.layer, L.Conv2D)} == {((0, 0), (0, 0))}


def test_a_block_that_goes_down_tells_what_comes_in() -> None:
    lines = ("Residual block | [3x3]x2 | Down | 8x16x16", "Residual block | [3x3]x2 | - | 8x16x16",
             "ReLU, mean pool | - | - | 8", "Linear | - | - | 1")  # fmt: skip
    graph = model_of(table("Layer | Kernel size | Resample | Output shape", *lines))
    assert graph.inputs[0].shape == (None, 3, 32, 32)
    assert kinds(graph).count("AvgPool2D") == 1


def test_numbers_as_channels_of_one_pixel() -> None:
    report = Report()
    lines = ("dense 64 | 64", "deconv 5x5, 8, stride 2, ReLU | 5x5x8", "deconv 5x5, 3, stride 2, sigmoid | 13x13x3")
    graph = model_of(table("Layer | Output", "Input | 10", *lines), report=report)
    assert kinds(graph) == ["Dense", "Reshape", "Conv2DTranspose", "ReLU", "Conv2DTranspose", "Sigmoid"]
    assert any("one pixel of so many is taken" in each.message for each in report)


def test_a_spectrogram_has_one_channel() -> None:
    graph = model_of(table("Layer | Details", "Input | 40 mel x 64 frames", "Conv2D | 8 @ 5x5", "FC | 10"))
    assert graph.inputs[0].shape == (None, 1, 40, 64)


def test_norms_by_one_word_stand_in_front_of_activations() -> None:
    lines = ("Conv1 | 8 | 4×4 | 2 | - | LeakyReLU(0.2)", "Conv2 | 16 | 4×4 | 2 | Instance | LeakyReLU(0.2)",
             "Conv3 | 1 | 4×4 | 1 | - | -")  # fmt: skip
    graph = model_of(table("Layer | Filters | Size | Stride | Norm | Activation", *lines))
    assert kinds(graph) == ["Conv2D", "ReLU", "Conv2D", "MVN", "ReLU", "Conv2D"]


def test_what_a_border_holds_stands_beside_how_wide_it_is() -> None:
    lines = ("Conv | 8 | 7×7 | 1 | 3 (reflect)", "Conv | 8 | 3×3 | 2 | 1", "Conv | 3 | 7×7 | 1 | 3 (reflect)")
    graph = model_of(table("Layer | Filters | Kernel | Stride | Padding", *lines))
    assert [each.mode for node in graph.nodes if isinstance(each := node.layer, L.Pad2D)] == ["reflect", "reflect"]


def test_channels_that_come_in_and_go_out() -> None:
    lines = (
        "Head | Conv | 3 | 8 | 3×3",
        "Body | 4 × ResBlock (Conv–ReLU–Conv) | 8 | 8 | 3×3",
        "Tail | Conv | 8 | 3 | 3×3",
    )
    graph = model_of(table("Part | Layer | Channels in | Channels out | Kernel", *lines))
    assert (kinds(graph).count("Conv2D"), kinds(graph).count("Add")) == (10, 4)


def test_a_block_of_convolutions_whose_cell_says_what_is_in_it() -> None:
    lines = ("Conv block 1 | (3 × 3, 8, BN, ReLU) × 2 | 8 × 32 × 64", " | 2 × 2 avg pool | 8 × 16 × 32",
             "FC | 10, sigmoid | 10")  # fmt: skip
    graph = model_of(table("Block | Layer | Shape", " | Log-mel input | 1 × 32 × 64", *lines))
    assert kinds(graph)[:7] == [*["Conv2D", "BatchNorm", "ReLU"] * 2, "AvgPool2D"]


def test_usual_borders_are_told() -> None:
    report = Report()
    model_of(table(HEAD, *ROWS), report=report)
    assert sum("as a border, where none is said" in each.message for each in report) == 1


@pytest.mark.parametrize(
    ("caption", "asked"),
    [
        ("A global average pooling precedes the classifier.", "global average pooling"),
        ("Two dense layers with 256 and 10 units follow.", "dense layers with 256"),
        ("LeakyReLU follows each layer; instance normalization is not used in the first layer.", "'in'"),
    ],
)
def test_what_the_caption_says_and_no_row_shows_is_asked(caption: str, asked: str) -> None:
    report = Report()
    model_of(f"{caption}\n\n{table(HEAD, *ROWS)}", report=report)
    assert any(asked in each.message and "said beside the table" in each.message for each in report)


def test_poolings_that_take_the_mean_by_the_caption() -> None:
    lines = ("Conv | 8 | 3×3 | 32×32", "Pool | - | 2×2 | 16×16", "FC | 10 | - | -")
    text = f"Average pooling is used.\n\n{table('Layer | Filters | Kernel | Output', *lines)}"
    assert kinds(model_of(text))[1] == "AvgPool2D"


def test_hidden_layers_and_the_output_in_one_sentence() -> None:
    lines = ("Input | 20", "Hidden 1 | 16", "Hidden 2 | 8", "Output | 1")
    caption = "MLP with tanh activations in the hidden layers and a linear output."
    assert kinds(model_of(f"{caption}\n\n{table('Layer | Neurons', *lines)}")) == [
        *("Dense", "Tanh", "Dense", "Tanh", "Dense")
    ]


def test_sizes_that_no_window_has_are_those_of_images() -> None:
    lines = ("conv1 | 8 | 64", "conv2 | 16 | 32", "conv3 | 16 | 32", "conv4 | 32 | 16")
    graph = model_of(table("Layer | Channels | Size", *lines))
    assert [each.stride for node in graph.nodes if isinstance(each := node.layer, L.Conv2D)] == [
        *((1, 1), (2, 2), (1, 1), (2, 2))
    ]
