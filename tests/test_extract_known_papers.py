"""Tables in forms of well-known papers: units that nobody knows, settings, titles that sound like layers."""

from __future__ import annotations

import pytest

from extract.columns.abbreviations import meaning_of
from extract.columns.grids import Cell, Grid
from extract.columns.titles import spread
from extract.structure.texts import grids_of
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell
from ir import Graph, Report
from ir import layers as L
from tests.pdf_pages import Text, rows
from tests.questions import questions
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds, model, page
from tests.test_extract_unseen import table


def asked_of(text: str, suffix: str = ".md", variant: str = "") -> tuple[Graph, list[str]]:
    report = Report()
    graph = model_of(text, suffix, variant, report)
    return graph, questions(report)


def customs(graph: Graph) -> list[tuple[str, dict[str, object]]]:
    """Return the layers of a graph that nobody knows, with what they are made with."""
    layers = [node.layer for node in graph.nodes]
    return [(each.type, dict(each.arguments)) for each in layers if isinstance(each, L.Custom)]


@pytest.mark.parametrize(
    ("text", "kind", "params", "times"),
    [
        ("[win. sz. 7×7, dim 96, head 3] × 2", "unit", {"win_sz": (7, 7), "dim": 96, "head": 3}, 2),
        ("[R1 = 8\nN1 = 1] × 3", "unit", {"R1": 8, "N1": 1}, 3),
        ("3×3, 64, stride 2", "conv", {"kernel": (3, 3), "filters": 64, "stride": (2, 2)}, 1),
        ("Conv(64, 5, 5)", "conv", {"filters": 64, "kernel": (5, 5)}, 1),
        ("Conv(64, 5, 2)", "conv", {"filters": 64, "kernel": (5, 5), "stride": (2, 2)}, 1),
        ("1D CNN, kernel 3, 64 filters", "conv", {}, 1),
    ],
)
def test_what_is_set_of_a_unit(text: str, kind: str, params: dict[str, object], times: int) -> None:
    (found,) = read_cell(text)
    assert (found.kind, found.times) == (kind, times)
    assert params.items() <= found.params.items()
    assert kind == "unit" or "stride" in params or "stride" not in found.params


STAGES = r"""
\begin{tabular}{c|c|c|c|c}
 & Output Size & Layer Name & Net-Tiny & Net-Small \\ \hline
Stage 1 & $56 \times 56$ & Patch Embedding & \multicolumn{2}{c}{$P_1=4$; $C_1=64$} \\
 & $56 \times 56$ & Transformer Encoder & [R1 = 8, N1 = 1] $\times$ 2 & [R1 = 8, N1 = 1] $\times$ 3 \\ \hline
Stage 2 & $28 \times 28$ & Patch Embedding & \multicolumn{2}{c}{$P_2=2$; $C_2=128$} \\
 & $28 \times 28$ & Transformer Encoder & [R2 = 4, N2 = 2] $\times$ 2 & [R2 = 4, N2 = 2] $\times$ 4 \\
\end{tabular}
"""


def test_what_is_set_in_a_column_is_of_the_unit_that_another_names() -> None:
    graph, asked = asked_of(STAGES, ".tex", "Net-Small")
    found = customs(graph)
    names = ["Patch Embedding", *["Transformer Encoder"] * 3, "Patch Embedding", *["Transformer Encoder"] * 4]
    assert [name for name, _ in found] == names
    assert found[-1][1]["N2"] == 2
    assert len([each for each in asked if "is not known here" in each]) == len(found)


def test_a_unit_in_brackets_stands_between_its_neighbours() -> None:
    text = table(
        "Output | Odd-50",
        *("16×16 | 3×3, 16", "16×16 | [1×1, 8; Odd[M = 2], 8; 1×1, 16] × 2", "1×1 | global average pool, 10-d fc"),
    )
    graph, asked = asked_of(text)
    assert customs(graph) == [("Odd", {"M": 2, "filters": 8})] * 2
    assert any("'Odd(M = 2), 8' is not known here" in each for each in asked)


def test_titles_above_the_input_may_sound_like_layers() -> None:
    text = r"""
\begin{tabular}{cc}
Conv-Small on D10 & Conv-Large \\ \hline
\multicolumn{2}{c}{$32 \times 32$ RGB image} \\ \hline
$3 \times 3$ conv. 8 lReLU & $3 \times 3$ conv. 16 lReLU \\
\multicolumn{2}{c}{global average pool, $32 \times 32 \to 1 \times 1$} \\
dense $8 \to 10$ & dense $16 \to 10$ \\
\multicolumn{2}{c}{10-way softmax} \\
\end{tabular}
"""
    for variant, width in (("Conv-Small on D10", 8), ("Conv-Large", 16)):
        graph, asked = asked_of(text, ".tex", variant)
        assert kinds(graph) == ["Conv2D", "ReLU", "GlobalAvgPool2D", "Flatten", "Dense", "Softmax"]
        assert isinstance(graph.nodes[0].layer, L.Conv2D)
        assert graph.nodes[0].layer.filters == width
        assert not asked


def test_letters_that_the_caption_explains() -> None:
    text = "Each row is repeated 'b' times. The stride of the first block is set to 's'.\n\n" + table(
        "No. | s | Output | b | Operator",
        *("1 | 2 | 32×32×8 | 1 | conv2d 3×3", "2 | 1 | 32×32×16 | 2 | odd block", "3 | 2 | 16×16×16 | 1 | conv2d 3×3"),
    )
    graph, _ = asked_of(text)
    assert kinds(graph) == ["Conv2D", "Custom", "Custom", "Conv2D"]
    assert [node.layer.stride for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [(2, 2), (2, 2)]


def test_rows_of_two_columns_that_nobody_knows_are_asked_for() -> None:
    text = table(
        "Layer | Hyperparameters",
        *("Input | 8×8 RGB image", "Gaussian noise | σ = 0.15", "Convolutional | 16 filters, 3×3, same padding"),
        *("Pooling | Maxpool 2×2", "Dropout | p = 0.5", "Pooling | Average pool (4×4 → 1×1 pixels)"),
        "Softmax | Fully connected 16 → 10",
    )
    graph, asked = asked_of(text)
    assert kinds(graph)[:4] == ["Custom", "Conv2D", "MaxPool2D", "Dropout"]
    assert kinds(graph)[-2:] == ["Dense", "Softmax"]
    assert [each for each in asked if "Gaussian noise" in each]


INNER = "[3×3, 16; H1 = 1, D1 = 16; R1 = 4]"


def test_lines_in_brackets_are_named_by_the_lines_beside_them() -> None:
    lines_of = [
        ("Stage", "Output Size", "Layer Name", "Net-9", "Net-10"),
        ("1", "8×8", "Conv. Embed.", "3×3, 16, stride 2", "3×3, 32, stride 2"),
        ("1", "8×8", "Conv. Proj.\nMHSA\nMLP", f"{INNER} × 2", f"{INNER} × 3"),
        ("2", "4×4", "Conv. Embed.", "3×3, 16, stride 2", "3×3, 32, stride 2"),
    ]
    grid = Grid(tuple(tuple(Cell(text, i, i) for i, text in enumerate(row)) for row in lines_of), 5)
    block = designs_of(grid)[1].readings[1]
    assert [each.kind for each in block.block] == ["conv", "MHSA", "MLP"]
    assert (block.times, block.block[1].params) == (3, {"H1": 1, "D1": 16})


def test_a_name_of_its_own_makes_no_convolution() -> None:
    (block,) = read_cell("[1×1, 96 × 3; MSA, w7×7, H = 3, rel. pos.; 1×1, 96] [1×1, 384; 1×1, 96] × 2")
    assert [each.kind for each in block.block] == ["conv", "MSA", "conv", "conv", "conv"]
    assert (block.times, block.block[0].unclear) == (2, True)


def boxed(rows: list[list[tuple[str, int, float]]], width: int) -> Grid:
    """Return a grid whose columns are 40 points apart; a text is given with its column and the middle of its place."""
    made = [
        tuple(Cell(text, column, column, (x - 4.0, 12.0 * i, x + 4.0, 12.0 * i + 9)) for text, column, x in row)
        for i, row in enumerate(rows)
    ]
    return Grid(tuple(made), width)


def line(*texts: str) -> list[tuple[str, int, float]]:
    return [(text, i, 40.0 * i) for i, text in enumerate(texts) if text]


def test_titles_reach_over_the_columns_in_whose_middle_they_stand() -> None:
    grid = boxed(
        [
            [("Layer", 0, 0), ("Output channels", 2, 80)],
            [("XXS", 1, 40), ("XS", 2, 80), ("S", 3, 120)],
            line("conv 3×3", "8", "16", "32"),
            line("odd block", "8", "16", "32 (d = 4)"),
            line("conv 3×3", "8", "16", "32"),
            line("conv 1×1", "16", "32", "64"),
        ],
        4,
    )
    assert [(cell.first, cell.last) for cell in spread(grid).rows[0]] == [(0, 0), (1, 3)]
    found = designs_of(grid)
    assert [each.config for each in found] == ["XXS", "XS", "S"]
    assert [each.params["filters"] for each in found[2].readings] == [32, 32, 32, 64]


def test_two_networks_under_titles_with_the_same_headers() -> None:
    caption = "Each operation has a kernel size k, stride s and output channels c, repeated r times."
    grid = boxed(
        [
            [("Detail", 1, 60), ("Semantic", 5, 220)],
            line("opr", "k", "c", "s", "opr", "k", "c", "s"),
            line("Conv2d", "3", "16", "2", "Stem", "3", "4", "4"),
            line("Conv2d", "3", "16", "1", "", "", "", ""),
            line("Conv2d", "5", "32", "2", "GE", "3", "8", "2"),
            line("Conv2d", "3", "32", "1", "GE", "3", "8", "1"),
            line("", "", "", "", "CE", "3", "16", "1"),
        ],
        8,
    )
    detail, semantic = designs_of(grid, caption)
    assert [each.params["filters"] for each in detail.readings] == [16, 16, 32, 32]
    assert [each.kind for each in semantic.readings] == ["Stem", "GE", "GE", "CE"]
    assert (detail.config, semantic.config) == ("Detail", "Semantic")


def test_settings_that_the_caption_explains() -> None:
    caption = "L denotes the number of blocks and D denotes the hidden dimension (#channels)."
    lines_of = [
        (Cell("Stages", 0, 0), Cell("Net-0", 1, 2), Cell("Net-1", 3, 4)),
        *(
            tuple(Cell(text, i, i) for i, text in enumerate(row))
            for row in (
                ("S0-Conv", "L=2", "D=8", "L=2", "D=16"),
                ("S1-MBConv", "L=1", "D=8", "L=3", "D=16"),
                ("S2-MBConv", "L=1", "D=16", "L=2", "D=24"),
                ("S3-TFM", "L=2", "D=16", "L=4", "D=32"),
            )
        ),
    ]
    _, found = designs_of(Grid(tuple(lines_of), 5), caption)
    assert [(each.kind, each.times, each.params["filters"]) for each in found.readings] == [
        ("conv", 2, 16),
        ("mbconv", 3, 16),
        ("mbconv", 2, 24),
        ("TFM", 4, 32),
    ]


def test_receptive_fields_that_are_windows() -> None:
    text = table(
        "Layer | Receptive Field Size | Padding | Stride | Number of Channels",
        *("Conv1 | 7×7 | 3 | 2 | 8", "Conv2 | 5×5 | 2 | 2 | 16", "Conv3 | 3×3 | 1 | 1 | 16"),
    )
    layers = [node.layer for node in asked_of(text)[0].nodes]
    assert [each.kernel[0] for each in layers if isinstance(each, L.Conv2D)] == [7, 5, 3]


def test_blocks_with_a_stride_for_each_side() -> None:
    text = table(
        "Layers | Out Size | Configurations",
        *("Block 0 | 32×100 | 3×3 conv, 16, s 1×1", "Block 1 | 16×100 | [1×1 conv, 16; 3×3 conv, 16] × 2, s 2×1"),
        "BiLSTM 1 | 25 | 256 hidden units",
    )
    layers = [node.layer for node in asked_of(text)[0].nodes]
    assert [each.stride for each in layers if isinstance(each, L.Conv2D)][1] == (2, 1)
    assert [each.units for each in layers if isinstance(each, L.LSTM)] == [256, 256]


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("DeConv(1024,4,2), BN", {"filters": 1024, "kernel": (4, 4), "stride": (2, 2)}),
        ("Conv(3,1,128)", {"filters": 128, "kernel": (3, 3), "stride": (1, 1)}),
        ("3×3, 64, stride is 2", {"stride": (2, 2)}),
    ],
)
def test_numbers_in_brackets(text: str, params: dict[str, object]) -> None:
    assert params.items() <= read_cell(text)[0].params.items()


def grid_of(*rows: tuple[str, ...]) -> Grid:
    made = [tuple(Cell(text, i, i) for i, text in enumerate(row) if text) for row in rows]
    return Grid(tuple(made), max(len(row) for row in rows))


def test_numbers_in_brackets_in_the_order_of_the_caption() -> None:
    caption = "Conv(d, k, s) and DeConv(d, k, s) denote layers with d as dimension, k as kernel size and s as stride."
    grid = grid_of(
        ("Encoder (G)", "Decoder (H)"),
        ("Conv(16,4,2), BN, ReLU", "DeConv(32,4,2), BN, ReLU"),
        ("Conv(32,4,2), BN, ReLU", "DeConv(16,4,2), BN, ReLU"),
        ("Conv(64,4,2), BN, ReLU", "DeConv(3,4,2), Tanh"),
    )
    _, decoder = designs_of(grid, caption)
    last = decoder.readings[-1]
    assert (last.params["filters"], last.params["kernel"], last.params["stride"]) == (3, (4, 4), (2, 2))


def test_designs_with_most_layers_in_common() -> None:
    lines_of = [
        (Cell("Layer", 0, 0), Cell("Output Size", 1, 1), Cell("Odd-56", 2, 2), Cell("Odd-92", 3, 3)),
        (Cell("Conv1", 0, 0), Cell("112×112", 1, 1), Cell("7×7, 64, stride 2", 2, 3)),
        (Cell("Max pooling", 0, 0), Cell("56×56", 1, 1), Cell("3×3 stride 2", 2, 3)),
        (Cell("Residual Unit", 0, 0), Cell("56×56", 1, 1), Cell("[1×1, 64; 3×3, 64; 1×1, 256] × 1", 2, 3)),
        (Cell("Odd Module", 0, 0), Cell("56×56", 1, 1), Cell("Odd ×1", 2, 2), Cell("Odd ×2", 3, 3)),
        (Cell("FC, Softmax", 0, 0), Cell("1000", 1, 3)),
    ]
    found = designs_of(Grid(tuple(lines_of), 4))
    assert [(each.kind, each.times) for each in found[1].readings][:4] == [
        ("conv", 1),
        ("maxpool", 1),
        ("block", 1),
        ("Odd", 2),
    ]
    assert found[1].readings[1].params["stride"] == (2, 2)


def test_how_often_blocks_come_in_each_design() -> None:
    caption = "Each block consists of R modules, K-sized, with C output channels. Each block is repeated S times."
    lines_of = [
        (Cell("Block", 0, 0), Cell("R", 1, 1), Cell("K", 2, 2), Cell("C", 3, 3), Cell("S", 4, 5)),
        (Cell("5x5", 4, 4), Cell("10x5", 5, 5)),
        *(
            tuple(Cell(text, i, i) for i, text in enumerate(row))
            for row in (
                ("C 1", "1", "33", "256", "1", "1"),
                ("B 1", "5", "33", "256", "1", "2"),
                ("B 2", "5", "75", "512", "1", "3"),
                ("C 2", "1", "1", "1024", "1", "1"),
            )
        ),
    ]
    small, large = designs_of(Grid(tuple(lines_of), 6), caption)
    assert [each.times for each in small.readings] == [1, 1, 1, 1]
    assert [(each.kind, each.times, each.params["filters"]) for each in large.readings][1:3] == [
        ("B 1", 2, 256),
        ("B 2", 3, 512),
    ]
    assert (large.config, large.readings[2].params["kernel"]) == ("10×5", (75, 75))


def test_blocks_from_the_first_to_the_last_that_are_named() -> None:
    text = table(
        "Block ID | #Output channels | Kernel size | Other",
        *("C0 | 16 | 5 | No residual", "C1-C2 | 16 | 5 |", "C3 | 32 | 5 | stride is 2", "C4-C6 | 32 | 5 |"),
    )
    (found,) = (design for grid in grids_of(text, ".md") for design in designs_of(grid))
    assert [each.times for each in found.readings] == [1, 2, 1, 3]
    assert found.readings[2].params["stride"] == (2, 2)


def test_units_with_the_sizes_of_images() -> None:
    grid = grid_of(
        ("Stage", "Type", "Size"),
        ("", "Downsampling Unit", "64×32×16"),
        ("Encoder", "Odd Unit (dilated r = 2)\nOdd Unit (dilated r = 5)", "64×32×16\n64×32×16"),
        ("", "3×Odd Unit", "64×32×16"),
        ("Decoder", "Upsampling Unit", "128×64×16"),
    )
    (found,) = designs_of(grid)
    kinds = [(each.kind, each.times, each.params.get("dilation")) for each in found.readings]
    assert kinds[1:4] == [("Odd Unit", 1, 2), ("Odd Unit", 1, 5), ("Odd Unit", 3, None)]


def test_what_is_within_a_residual_block() -> None:
    text = table(
        "Layer | Resample | Norm | Output Shape",
        *("Image x | - | - | 32×32×3", "Conv1×1 | - | - | 32×32×8", "ResBlk | AvgPool | IN | 16×16×16"),
        *("ResBlk | - | AdaIN | 16×16×16", "ResBlk | Upsample | AdaIN | 32×32×8", "Conv1×1 | - | - | 32×32×3"),
    )
    graph, asked = asked_of(text)
    assert "BatchNorm" not in kinds(graph)
    assert "AvgPool2D" not in kinds(graph)
    assert [each for each in asked if "AdaIN" in each]


def test_widths_that_are_formulas_are_asked_for() -> None:
    (block,) = read_cell("[3×3, ⌊16 + α(k−1)/N⌋; 3×3, ⌊16 + α(k−1)/N⌋] × N 2")
    assert (block.often, block.times) == ("N_2", 1)
    assert [(each.kind, each.params, each.unclear) for each in block.block] == [("conv", {"kernel": (3, 3)}, True)] * 2


def test_windows_with_filters_close_behind_them() -> None:
    (block,) = read_cell("[3 × 3,128; 3 × 3,128] × 4")
    assert [each.params for each in block.block] == [{"kernel": (3, 3), "filters": 128}] * 2


def test_thousands_in_a_list_of_sizes() -> None:
    text = table(
        "Layer | ksize | stride | #filters | Data shape",
        *("Input | | | | (1, 1, 24,000)", "Conv1 | (1, 8) | (1, 1) | 4 | (4, 1, 23,993)"),
        *("Pool1 | (1, 160) | (1, 160) | | (4, 1, 149)", "Fc2 | | | | 10"),
    )
    (found,) = (design for grid in grids_of(text, ".md") for design in designs_of(grid))
    assert 23993 in found.readings[1].params["output"]
    assert found.readings[2].params["kernel"] == (1, 160)


def test_a_layer_that_nobody_knows_with_its_activation() -> None:
    text = table(
        "Layer | Layer Type | Context | Size",
        *("1 | Odd-TDNN-ReLU | t-2:t+2 | 512", "2 | Odd-TDNN-ReLU | t | 512", "3 | Dense-ReLU | | 512"),
        "4 | Dense-Softmax | | 10",
    )
    (found,) = (design for grid in grids_of(text, ".md") for design in designs_of(grid))
    assert [(each.kind, each.posts) for each in found.readings] == [
        *[("Odd-TDNN", ("relu",))] * 2,
        ("dense", ("relu",)),
        ("dense", ()),
        ("softmax", ()),
    ]


def test_units_that_are_but_set_in_brackets() -> None:
    lines_of = [("Model", "Odd-128", "Odd-256")]
    for stage, small, large in ((1, 2, 4), (2, 3, 4), (3, 4, 4)):
        lines_of.append(
            (f"Stage {stage}", f"{small} × [C = 128; N = 4; D = 16]", f"{large} × [C = 256; N = 4; D = 32]")
        )
        lines_of.append(("Subsampling", "[N = 8]", "[N = 16]"))
    small, _ = designs_of(grid_of(*lines_of[:-1]))
    assert [(each.kind, each.times) for each in small.readings][:3] == [("unit", 2), ("Subsampling", 1), ("unit", 3)]


def test_abbreviations_that_a_caption_lists() -> None:
    caption = "KSize mean kernel size. S, R, C denote stride, repeat times and output channels respectively."
    assert [meaning_of(each, caption) for each in ("S", "R", "C")] == ["stride", "repeat", "channels"]


def test_headers_beside_titles_belong_to_the_tables_under_each() -> None:
    lines_of = [
        (Cell("Layer", 0, 0), Cell("Block Type", 1, 1), Cell("Output", 2, 2), Cell("S", 3, 4), Cell("L", 5, 6)),
        (Cell("Repeats", 3, 3), Cell("Channels", 4, 4), Cell("Repeats", 5, 5), Cell("Channels", 6, 6)),
        *(
            tuple(Cell(text, i, i) for i, text in enumerate(row))
            for row in (
                ("Stem", "Conv1x1", "56×56", "1", "64", "1", "76"),
                ("Stage1", "OddBlock+SE", "56×56", "3", "64", "4", "76"),
                ("Stage2", "OddBlock+SE", "28×28", "4", "128", "5", "152"),
            )
        ),
        (Cell("Pooling", 0, 0), Cell("GlobalAvgPool", 1, 1), Cell("1×1", 2, 2)),
    ]
    _, large = designs_of(Grid(tuple(lines_of), 7))
    assert [(each.kind, each.times) for each in large.readings] == [
        ("conv", 1),
        ("OddBlock+SE", 4),
        ("OddBlock+SE", 5),
        ("gavgpool", 1),
    ]
    assert large.readings[2].params["output"] == (28, 28)


def test_sizes_below_each_other_are_of_one_layer_each() -> None:
    grid = grid_of(
        ("stage", "output", "Net"),
        ("conv1", "128×64, 64\n64×32, 64", "7×7 conv, stride 2\n3×3 max pool, stride 2"),
        ("conv2", "64×32, 256", "odd unit × 2"),
        ("transition", "64×32, 256\n32×16, 256", "1×1 conv\n2×2 average pool, stride 2"),
        ("fc", "1×1, 512", "fc"),
    )
    (found,) = designs_of(grid)
    assert [each.params["output"] for each in found.readings[:2]] == [(128, 64, 64), (64, 32, 64)]
    assert found.readings[0].params["filters"] == 64
    assert found.readings[3].params["filters"] == 256


def test_letters_with_numbers_are_of_the_rows_own_layer() -> None:
    text = table(
        "Type | Configurations | Size",
        *("Input | - | 1×32×96", "MaxPooling | k2, s2 | 1×16×48", "Convolution | maps:64, k3, s1, p1 | 64×16×48"),
        *("Convolution | maps:16, k3, s1, p1 | 16×16×48", "Tanh | - | 16×16×48"),
    )
    graph, asked = asked_of(text)
    layers = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert [(each.filters, each.kernel) for each in layers] == [(64, (3, 3)), (16, (3, 3))]
    assert kinds(graph) == ["MaxPool2D", "Conv2D", "Conv2D", "Tanh"]
    assert not asked


def test_designs_beside_others_with_fewer_layers_that_are_known() -> None:
    grid = grid_of(
        ("Encoder", "Hyper Encoder", "Hyper Decoder"),
        ("Conv: 5×5 c192 s2", "Conv: 3×3 c192 s1", "Deconv: 5×5 c192 s2"),
        ("ODN", "Leaky ReLU", "Leaky ReLU"),
        ("Conv: 5×5 c192 s2", "Conv: 5×5 c192 s2", "Deconv: 5×5 c288 s2"),
        ("ODN", "Leaky ReLU", "Leaky ReLU"),
        ("Conv: 5×5 c192 s2", "Conv: 5×5 c192 s2", "Deconv: 5×5 c3 s2"),
        ("ODN",),
    )
    found = designs_of(grid)
    assert [each.kind for each in found[0].readings] == ["conv", "ODN"] * 3
    assert found[2].readings[-1].params == {"kernel": (5, 5), "stride": (2, 2), "filters": 3}


def test_a_name_alone_behind_all_layers() -> None:
    text = table(
        "Layer | Filters | Size | Stride",
        *("Conv1 (C1) | 16 | 3×3 | 1", "Max Pool (MP) | | 2×2 | 2", "C2 | 32 | 3×3 | 1", "Region | | |"),
    )
    graph, asked = asked_of(text)
    assert kinds(graph) == ["Conv2D", "MaxPool2D", "Conv2D", "Custom"]
    assert [each for each in asked if "'Region' is not known here" in each]


def test_a_transposed_convolution_without_a_number_of_filters_is_asked_about() -> None:
    text = table("Layer | Kernel | Stride", "Conv, 8 | 3×3 | 1", "Deconv | 4×4 | 2", "Conv, 3 | 3×3 | 1")
    assert [each for each in asked_of(text)[1] if "'Deconv': how many filters?" in each]


def test_layers_in_columns_are_no_networks_under_titles() -> None:
    rows_of = [
        (Cell("Model", 0, 0), Cell("conv2_x", 1, 2), Cell("conv3_x", 3, 4)),
        (Cell("F", 1, 1), Cell("N", 2, 2), Cell("F", 3, 3), Cell("N", 4, 4)),
        *(tuple(Cell(text, i, i) for i, text in enumerate((f"Odd-{n}", "64", "2", "128", str(n)))) for n in (2, 3, 4)),
    ]
    assert not designs_of(Grid(tuple(rows_of), 5))


def test_what_is_over_all_columns_names_a_network_and_no_design() -> None:
    text = r"""
\begin{tabular}{llll}
ID & Layer type & Shape & Kernel, filters \\ \hline
\multicolumn{4}{c}{Generator} \\ \hline
0 & Input & 100 & - \\
1 & Dense & 512 & 512 \\
2 & Reshape & 4x4x32 & - \\
3 & Conv2DTranspose & 8x8x1 & 4x4, 1 \\ \hline
\multicolumn{4}{c}{Discriminator} \\ \hline
0 & Input & 8x8x1 & - \\
1 & Conv2D & 4x4x32 & 4x4, 32 \\
2 & Dense & 1 & 1 \\
\end{tabular}
"""
    found = [design for grid in grids_of(text, ".tex") for design in designs_of(grid)]
    assert [each.config for each in found] == ["Generator", "Discriminator"]


def test_what_stands_in_the_middle_of_two_columns_makes_none() -> None:
    lines = [("Index", "Small Network", "Large Network"), *[(str(i), SMALL, LARGE) for i in range(2, 8)]]
    middle: list[Text] = [
        *((150, 254 + 12 * i, str(8 + i)) for i in range(3)),
        *(
            (244, 254 + 12 * i, text)
            for i, text in enumerate(("dropout, p = 0.5", "global average pool", "10 dense, softmax"))
        ),
    ]
    data = page("Table 1. Small and large networks.", [*rows(170, (150, 180, 290), lines), *middle])
    for variant, width in (("Small Network", 64), ("Large Network", 96)):
        graph, _ = model(data, variant)
        assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [width] * 6
        assert "Dropout" in kinds(graph)


SHARED = ("dropout, p = 0.5", "global average pool", "10 dense, softmax")
SMALL = "3×3 conv. 64 lReLU"
LARGE = "3×3 conv. 96 lReLU"
