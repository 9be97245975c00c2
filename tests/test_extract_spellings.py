"""Tables as further papers set them: lines that say more of the one above, modes beside names, labels beside rows."""

from __future__ import annotations

from typing import Any

import pytest

from extract.columns.grids import Cell, Grid, plain_grid
from extract.pages.page import _words
from extract.structure.texts import grids_of
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell
from extract.words.lexicon import kind_of, posts_of
from ir import Report
from ir import layers as L
from ir.validate import infer
from tests.pdf_pages import pdf, rows
from tests.test_extract_families import model_of
from tests.test_extract_tables import PROSE, kinds, model, page
from tests.test_extract_unseen import table


def test_a_line_that_says_more_of_the_layer_above() -> None:
    lines = ("3×3 conv. 8 ReLU | 3×3 conv. 4 ReLU", "with stride r = 2 | 3×3 conv. 4 ReLU", "3×3 conv. 6 | 1×1 conv. 6")
    text = table("Strided-CNN | ConvPool-CNN", "Input 16×16 RGB image | Input 16×16 RGB image", *lines)
    graph = model_of(text, variant="Strided-CNN")
    assert [(each.filters, each.stride) for node in graph.nodes if isinstance(each := node.layer, L.Conv2D)] == [
        (8, (2, 2)),
        (6, (1, 1)),
    ]


def test_a_title_above_names_of_designs_that_sound_like_layers() -> None:
    cells = [("3×3 conv. 8", "3×3 conv. 4"), ("3×3 conv. 6", "2×2 max-pooling"), ("1×1 conv. 6", "1×1 conv. 6")]
    head = [(300.0, 170.0, "Model"), *rows(182, (150, 320), [("Strided-CNN-C", "ConvPool-CNN-C")])]
    data = page("Table 1: Two nets.", [*head, *rows(194, (150, 320), cells)])
    assert kinds(model(data, "Strided-CNN-C")[0]) == ["Conv2D"] * 3


def test_what_nobody_knows_behind_the_softmax_is_no_layer() -> None:
    lines = (
        "conv 3x3x8 | conv 3x3x4",
        "conv 3x3x8 | conv 3x3x6",
        "pool 2x2 | pool 2x2",
        "fc | fc",
        "softmax | softmax",
        "hint: 2←1 | hint: 3←1",
    )
    found = kinds(model_of(table("Net 1 | Net 2", *lines), variant="Net 2"))
    assert "Custom" not in found
    assert found[-1] == "Softmax"


def test_channels_in_front_beside_whole_layers() -> None:
    lines = ("Conv | 8×32×32 | 3×3 conv, stride 2", "Conv | 16×32×32 | 3×3 conv", "Pool | 16×16×16 | 2×2 max pool")
    graph = model_of(table("Layers | Output size (input 3×64×64) | Net", *lines))
    assert infer(graph, Report())[graph.outputs[0]] == (None, 16, 16, 16)


def test_a_window_with_its_border_in_brackets() -> None:
    lines = ("Conv1 | 5×5/1, 2 | 16×16×8 | 608", "MFM1 | - | 16×16×4 | -", "Pool1 | 2×2/2 | 8×8×4 | -")
    text = table("Type | Filter Size/Stride, Pad | Output Size | #Params", *lines,
                 "Conv2_x | [3×3/1,1; 3×3/1,1] × 2 | 8×8×4 | -", "fc1 | - | 10 | -", "MFM_fc1 | - | 5 | -")  # fmt: skip
    graph = model_of(text)
    assert kinds(graph).count("Maximum") == 2
    assert next(each.pad for node in graph.nodes if isinstance(each := node.layer, L.Conv2D)) == ((2, 2), (2, 2))
    assert kinds(graph).count("Conv2D") == 5
    assert infer(graph, Report())[graph.outputs[0]] == (None, 5)


def test_dilations_beside_names_and_modes_of_blocks() -> None:
    lines = ("initial | | 16×64×64", "bottleneck1.0 | downsampling | 32×32×32", "4× bottleneck1.x | | 32×32×32")
    text = table("Name | Type | Output size", *lines, "bottleneck2.1 | dilated 2 | 32×32×32",
                 "Repeat section 2 | |", "fullconv | | 4×64×64")  # fmt: skip
    found = [node.layer for node in model_of(text).nodes]
    assert [each.type for each in found if isinstance(each, L.Custom)][:4] == ["initial", *["bottleneck"] * 3]
    assert len([each for each in found if isinstance(each, L.Custom)]) == 5


def test_rows_between_rules_with_a_label_in_front() -> None:
    lines = [
        ["", "Layer", "Type", "out-F", "out-Res"],
        ["", "1", "Down block", "16", "32x32"],
        ["Encoder", "2\n3", "Own-1D (dilated 2)\nOwn-1D (dilated 4)", "32\n32", "16x16\n16x16"],
        ["", "4", "Deconvolution", "16", "32x32"],
        ["", "5", "Conv 3x3", "16", "32x32"],
        ["", "6", "Conv 3x3", "4", "32x32"],
    ]
    (found,) = designs_of(plain_grid(lines))
    assert [each.params.get("dilation") for each in found.readings if each.kind == "Own-1D"] == [2, 4]


def test_steps_of_so_many_features() -> None:
    lines = (
        "conv 3-8 | 3 | 243×8 | 32",
        "conv 3-8 | 1 | 243×8 | 200",
        "maxpool 3 | 3 | 81×8 |",
        "conv 3-16 | 1 | 81×16 | 400",
    )
    graph = model_of(table("layer | stride | output | # of params", *lines, "dropout 0.5 | - | 81×16 |"))
    assert kinds(graph) == ["Conv1D", "Conv1D", "MaxPool1D", "Conv1D", "Dropout"]
    assert graph.inputs[0].shape == (None, 1, 729)


def test_a_unit_that_takes_the_largest_of_its_own_is_asked_for() -> None:
    (found,) = read_cell("fc maxout p=2")
    assert (found.kind, found.unclear, found.params) == ("dense", True, {})


def test_two_tables_whose_captions_are_wider_than_they_are() -> None:
    left = rows(170, (140,), [("3×3 conv 8 ReLU",), ("3×3 conv 4 ReLU",), ("dense 10",)])
    right = rows(170, (390,), [("5×5 conv 6 ReLU",), ("5×5 conv 2 ReLU",), ("dense 5",)])
    told = [(120.0, 215.0, "(a) Generator, for images as they are in all"), (365.0, 215.0, "(b) Other")]
    rules = [(y, x0, x1) for y in (160.0, 173.0, 198.0) for x0, x1 in ((140.0, 215.0), (390.0, 465.0))]
    data = page("Table 1: Two nets.", [*left, *right, *told], rules)
    found = model(data, "Other")[0]
    assert [each.kernel for node in found.nodes if isinstance(each := node.layer, L.Conv2D)] == [(5, 5)] * 2


def test_contexts_along_time() -> None:
    lines = (
        "frame1 | [t-2, t+2] | 5 | 24x8",
        "frame2 | {t−2, t, t+2} | 9 | 24x6",
        "stats pooling | [0, T) | T | 6Tx12",
    )
    more = ("segment3 | {0} | T | 12x10", "softmax | {0} | T | 10xN")
    report = Report()
    graph = model_of(table("Layer | Layer context | Total context | Input x output", *lines, *more), report=report)
    found = [(each.kernel, each.dilation) for node in graph.nodes if isinstance(each := node.layer, L.Conv1D)]
    assert found == [((5,), (1,)), ((3,), (2,))]
    assert sum("softmax" in each.message and "not all is understood" in each.message for each in report) == 1


def test_numbered_layers_with_columns_of_poolings() -> None:
    lines = ("1 | 16 | 8 | 7 | 3", "2 | 16 | 8 | 3 | N/A", "3 | 12 | 6 | 3 | 2")
    text = table("Layer | Large Feature | Small Feature | Kernel | Pool", *lines)
    graph = model_of(text, variant="Small Feature")
    assert kinds(graph) == ["Conv2D", "MaxPool2D", "Conv2D", "Conv2D", "MaxPool2D"]
    assert [each.filters for node in graph.nodes if isinstance(each := node.layer, L.Conv2D)] == [8, 8, 6]


def test_a_layer_a_column_with_rows_of_poolings() -> None:
    lines = ("Stage | conv + max | conv | full", "# channels | 8 | 6 | 10", "Filter size | 5x5 | 3x3 | -",
             "Conv. stride | 2x2 | 1x1 | -")  # fmt: skip
    text = table("Layer | 1 | 2 | Output 3", *lines, "Pooling size | 2x2 | - | -", "Pooling stride | 2x2 | - | -",
                 "Zero-Padding size | - | 1x1x1x1 | -", "Spatial input size | 31x31 | 7x7 | 7x7")  # fmt: skip
    layers = [node.layer for node in model_of(text).nodes]
    assert [(each.kernel, each.stride) for each in layers if isinstance(each, L.Conv2D | L.MaxPool2D)] == [
        ((5, 5), (2, 2)),
        ((2, 2), (2, 2)),
        ((3, 3), (1, 1)),
    ]
    assert [each.units for each in layers if isinstance(each, L.Dense)] == [10]


def test_a_counted_layer_a_column() -> None:
    lines = ("Convolution | 3×3 | 3×3 | 3×3 | 1×1", "Dilation | 1 | 2 | 4 | 1", "Truncation | Yes | Yes | Yes | No")
    text = table("Layer | 1 | 2 | 3 | 4", *lines, "Basic | C | C | C | C", "Large | 2C | 4C | 8C | C")
    (found,) = (design for grid in grids_of(text, ".md") for design in designs_of(grid))
    assert [each.params for each in found.readings][1] == {"kernel": (3, 3), "dilation": 2}
    assert len(found.readings) == 4


def test_designs_side_by_side_with_words_behind_numbers() -> None:
    lines = ("Relu Convolutional | 8 filters (3x3) | 6 filters (5x5)", "Max Pooling | 2x2 | 2x2",
             "Relu Convolutional | 4 filters (3x3) | 2 filters (3x3)",
             "Relu Fully Connect. | 20 units | 25 units")  # fmt: skip
    text = table("Layer Type | First Architecture | Second Architecture", *lines, "Softmax | 10 units | 10 units")
    layers = [node.layer for node in model_of(text, variant="Second Architecture").nodes]
    assert [each.filters for each in layers if isinstance(each, L.Conv2D)] == [6, 2]
    assert [each.units for each in layers if isinstance(each, L.Dense)] == [25, 10]


def test_numbers_of_channels_that_are_open() -> None:
    (found,) = read_cell("ResBlock up 16ch → 8ch")
    assert (found.kind, found.params, found.wider) == ("resblock", {"filters": 8}, "ch")
    (found,) = read_cell("3 × 3 Conv ch → 3")
    assert found.params == {"kernel": (3, 3), "filters": 3}


def test_other_normalisations_and_poolings_are_not_those_that_are_known() -> None:
    assert [kind_of(each) for each in ("attentive stats pooling", "Batch and l2 normalization", "Non-Local Block")] == [
        ""
    ] * 3
    assert read_cell("FC 256, F2 2×10")[0].unclear


def test_rows_between_rules_that_are_counted() -> None:
    lines = [("1", "5×5 conv, 8 features, stride 2", "H×W×F"), ("2", "3×3 conv, 8 features", "H×W×F"),
             ("", "add 1 and 2", "H×W×F"), ("3", "3×3 conv, 4 features, (no ReLU or BN)", "H×W×F")]  # fmt: skip
    head = [*rows(170, (100, 140, 380), [("", "Layer Description", "Output Dim.")]), (300.0, 182.0, "First part")]
    behind = [(140.0, 242.0, "Cost Volume"), (380.0, 242.0, "D×H×W×2F"), (300.0, 254.0, "Second part")]
    texts = [*head, *rows(194, (100, 140, 380), lines), *behind, (140.0, 266.0, "3-D conv, 3×3×3, 5 features"),
             (100.0, 266.0, "4"), (380.0, 266.0, "D×H×W×F"), (100.0, 278.0, "5"), (380.0, 278.0, "D×H×W×F"),
             (140.0, 278.0, "3×3×3, 3-D transposed conv, 1 feature (no ReLU)")]  # fmt: skip
    rules = [(y, 100.0, 450.0) for y in (161.0, 173.0, 185.0, 233.0, 245.0, 257.0, 281.0)]
    found = model(page("Table 1: A net over volumes.", texts, rules))[0]
    assert [each.filters for node in found.nodes if isinstance(each := node.layer, L.Conv2D)] == [8, 8, 4]
    assert kinds(found).count("Custom") >= 2
    assert [[ref.node for ref in node.inputs] for node in found.nodes if isinstance(node.layer, L.Add)] == [
        [found.nodes[0].name, found.nodes[1].name]
    ]


def test_fractions_beside_brackets_are_cut_out_of_their_words() -> None:
    def char(text: str, x: float, base: float, size: float = 10.0) -> dict[str, Any]:
        return {"text": text, "x0": x, "x1": x + 4, "top": 100 - base, "bottom": 104 - base, "size": size,
                "matrix": (1, 0, 0, 1, x, base), "fontname": "F", "upright": True}  # fmt: skip

    word = {"chars": [char("(", 0, 0), char("h", 6, 4, 7), char(",", 12, 0)]}
    found = list(_words(word, 800.0, [(5.0, 90.0, 11.0, 110.0)]))
    assert sorted(each.text for each in found) == ["(", ",", "h"]
    raised = {"chars": [char("1", 0, 4, 7), char("/", 5, 0), char("2", 9, -1, 7), char("H", 14, 0)]}
    assert [each.text for each in _words(raised, 800.0)] == ["1/2H"]


def test_rules_tell_how_far_cells_reach() -> None:
    head = rows(170, (110, 230, 330, 430), [("VGG-like", "Net6", "Net10", "Net14")])
    body = [*rows(184, (110, 230, 330, 430), [("3×3 @ 8", "5×5 @ 4", "3×3 @ 4", "3×3 @ 6")])]
    wide = [(110.0, 198.0, "MP 2×2"), (320.0, 198.0, "Pooling 2×2"), (110.0, 212.0, "3×3 @ 6"),
            *rows(212, (230, 330, 430), [("5×5 @ 2", "3×3 @ 2", "3×3 @ 2")]), (110.0, 226.0, "FC 10"),
            (310.0, 226.0, "FC 5, Sigmoid")]  # fmt: skip
    rules = [(y, 100.0, 500.0) for y in (161.0, 175.0, 189.0, 203.0, 217.0, 231.0)]
    bars = "".join(
        f"0.5 w {x} {792 - y} m {x} {792 - y - 14} l S\n"
        for i, y in enumerate(range(161, 231, 14))
        for x in (100, 215, *(() if i in (2, 4) else (315, 415)), 500)
    )
    texts = [(72, 100, PROSE), (72, 112, PROSE), (72, 140, "Table 1: Nets."), *head, *body, *wide, (72, 600, PROSE)]
    found = model(pdf((texts, rules, bars)), "Net6")[0]
    assert [type(node.layer).__name__ for node in found.nodes if not isinstance(node.layer, L.Flatten)] == [
        *("Conv2D", "MaxPool2D", "Conv2D", "Dense", "Sigmoid"),
    ]


def test_two_columns_of_the_sides_of_a_window() -> None:
    lines = ("conv | 20 | 8 | 6 | 1 | 3 | 10.2K | 4.4M", "conv | 10 | 4 | 8 | 1 | 1 | 164.8K | 5.2M")
    text = table("type | m | r | n | p | q | Par. | Mul.", *lines, "lin | - | - | 5 | - | - | 65.5K | 65.5K",
                 "softmax | - | - | 4 | - | - | 0.5K | 0.5K")  # fmt: skip
    layers = [node.layer for node in model_of(text).nodes]
    assert [(each.kernel, each.filters) for each in layers if isinstance(each, L.Conv2D)] == [
        ((20, 8), 6),
        ((10, 4), 8),
    ]
    assert [each.kernel for each in layers if isinstance(each, L.MaxPool2D)] == [(1, 3)]
    assert [each.units for each in layers if isinstance(each, L.Dense)] == [5, 4]


def test_names_of_layers_that_nobody_knows_are_not_lost() -> None:
    lines = ("0 | Convolutional | 8 | 3×3/1 | 16×16×3 | 16×16×8", "1 | YOLO | | | |", "2 | Route 13 | | | |")
    text = table("Layer | Type | Filters | Size/Stride | Input | Output", *lines,
                 "3 | Convolutional | 4 | 1×1/1 | 16×16×8 | 16×16×4",
                 "4 | Maxpool | | 2×2/2 | 16×16×4 | 8×8×4")  # fmt: skip
    found = [node.layer for node in model_of(text).nodes]
    assert [each.type for each in found if isinstance(each, L.Custom)] == ["YOLO", "Route 13"]


def test_what_stands_beside_blocks_that_nobody_knows() -> None:
    lines = ("Input | 24x16 pixels RGB image", "Convolution | #8 3x3 stride 1", "MaxPooling | #8 3x3 stride (2, 1)")
    graph = model_of(
        table("Layer Type | Parameters", *lines, "Small basic block | #16 3x3 stride 1", "Dropout | 0.5 ratio")
    )
    pool, block = (next(node.layer for node in graph.nodes if isinstance(node.layer, kind))
                   for kind in (L.MaxPool2D, L.Custom))  # fmt: skip
    assert (pool.kernel, pool.stride) == ((3, 3), (2, 1))
    assert block.arguments["filters"] == 16


def test_one_known_layer_is_enough_where_each_has_the_size_of_an_image() -> None:
    lines = (
        "Convolution | 32×32×3 | 5×5×3×8 (stride 2)",
        "Single Block | 16×16×8 | 5×5×8×1",
        "Double Block | 16×16×8 | 5×5×8×1",
    )
    text = table("Layer/block | Input size | Conv. kernel sizes", *lines)
    assert kinds(model_of(text)) == ["Conv2D", "Custom", "Custom"]


def test_numbers_of_channels_with_their_step() -> None:
    lines = ("Conv1 | 16×16 | 3×3, 24, s2 | 3×3, 48, s2", "Stage2 | 8×8 | [60, s2] | [132, s2]")
    text = table("Stage | Output Size | Net49 | Net146", *lines, "Pool | 1×1 | global avg pool | global avg pool",
                 "FC | | 10-d fc | 10-d fc")  # fmt: skip
    (first, _) = (design for grid in grids_of(text, ".md") for design in designs_of(grid))
    assert [(each.kind, each.params.get("filters")) for each in first.readings][:2] == [("conv", 24), ("stage", 60)]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("FC.128-batchnorm-lRELU-FC.output", ["dense", "bn", "dense"]),
        ("[1×1 L-Conv; 3×3 G-Conv] × 4 (k = 8)", ["block"]),
        ("1000 frames × 64 mel bins spectrogram", ["input"]),
        ("[60, s1]×3", ["stage"]),
    ],
)
def test_further_ways_to_say_layers(text: str, kinds: list[str]) -> None:
    assert [each.kind for each in read_cell(text)] == kinds


def test_groups_that_are_not_said_are_asked_for() -> None:
    report = Report()
    lines = ("1×1 conv, 8, stride 1", "3×3 G-Conv, 8, stride 2", "3×3 conv, 16, stride 1")
    model_of(
        table("Layer | Output", *(f"{line} | 8×8×{8 * (1 + i // 2)}" for i, line in enumerate(lines))), report=report
    )
    assert any("in how many groups" in each.message for each in report)


def test_widths_of_features_are_not_those_of_a_structure() -> None:
    lines = (
        "conv8-s | 5×5, 8 | 2×2 | 2048 | 6K",
        "res8 | [3×3, 8; 3×3, 8] × 2 | 1×1 | 2048 | 41K×6",
        "average | - | - | 2048 | 0",
    )
    text = table("layer name | structure | stride | dim | # params", *lines, "affine | 2048×512 | - | 512 | 1050K")
    (found,) = (design for grid in grids_of(text, ".md") for design in designs_of(grid))
    assert found.readings[0].params == {"kernel": (5, 5), "filters": 8, "stride": (2, 2)}
    assert [each.kind for each in found.readings] == ["conv", "block", "average", "dense"]


@pytest.mark.parametrize(
    ("text", "kind", "params"),
    [
        ("Conv3 × 3", "conv", {"kernel": (3, 3)}),
        ("64 × 64 avg. pool", "avgpool", {"kernel": (64, 64)}),
        ("conv2d_1 (Conv2D)", "conv", {}),
        ("x2 pool", "pool", {"kernel": (2, 2)}),
        ("RESBLK-(N512,K3,S1)", "resblock", {"filters": 512, "kernel": (3, 3)}),
        ("concat[conv2_16, conv4_3]", "concat", {}),
        ("7×7, 64, stride 2, 2, 2", "conv", {"kernel": (7, 7), "filters": 64, "stride": (2, 2, 2)}),
        ("Embedding, vocabulary: 20,000, dimension: 300", "embedding", {"vocabulary": 20000, "units": 300}),
    ],
)
def test_what_a_cell_of_another_paper_says(text: str, kind: str, params: dict[str, Any]) -> None:
    (found,) = read_cell(text)
    assert (found.kind, found.unclear and kind != "concat") == (kind, False)
    assert params.items() <= found.params.items()


def test_weight_norm_is_none_of_neighbours() -> None:
    assert posts_of("tanh, weight norm") == ["tanh"]
    assert kind_of("Phase Shuffle (n=2)") == ""


def test_windows_within_frames_where_poolings_go_over_time() -> None:
    lines = ("conv1 | 7×7, 4, stride 2, 2, 2 | 8×16×16", "pool1 | 3×3×3 max, stride 2, 2, 2 | 4×8×8")
    text = table("name | layer | output size", *lines, "res2 | [1×1, 4; 3×3, 4; 1×1, 8] × 2 | 4×8×8",
                 "| global average pool, fc 5 | 1×1×1")  # fmt: skip
    graph = model_of(f"ResNet for a clip; the input is 16×32×32. Residual blocks are in brackets.\n\n{text}")
    kernels = {each.kernel for node in graph.nodes if isinstance(each := node.layer, L.Conv3D)}
    assert kernels == {(1, 7, 7), (1, 1, 1), (1, 3, 3)}


def test_maps_of_so_many_neurons() -> None:
    lines = ("0 | input | 3 maps of 28x28 neurons |", "1 | convolutional | 8 maps of 22x22 neurons | 7x7")
    more = ("2 | max pooling | 8 maps of 11x11 neurons | 2x2", "3 | fully connected | 30 neurons | 1x1")
    last = "4 | fully connected | 5 neurons | 1x1"
    graph = model_of(table("Layer | Type | # maps & neurons | kernel", *lines, *more, last))
    assert [each.filters for node in graph.nodes if isinstance(each := node.layer, L.Conv2D)] == [8]
    assert [each.units for node in graph.nodes if isinstance(each := node.layer, L.Dense)] == [30, 5]


def test_lines_of_a_cell_that_are_layers_of_their_own() -> None:
    lines = [
        ["Name", "Layer setting", "Output dimension"],
        ["conv0", "3×3, 8", "16×16×8"],
        ["fusion", "3×3, 16\n1×1, 4", "16×16×4"],
        ["conv1", "[3×3, 4; 3×3, 4] × 2", "16×16×4"],
    ]
    (found,) = designs_of(plain_grid(lines))
    assert [each.params.get("kernel") for each in found.readings] == [(3, 3), (3, 3), (1, 1), None]


def test_repeats_of_a_line_in_brackets_are_its_own() -> None:
    head = rows(170, (140, 360), [("Layers", "Output size"), ("Input: log-mel spectrogram", "24×16×1")], 14)
    first = [("(Conv 3×3@8, BN, ReLU) × 2", "24×16×8"), ("Avg pooling 1×2", "24×8×8")]
    second = [("(Conv 3×3@4, BN, ReLU) × 2", "24×8×4"), ("Avg pooling 1×2", "24×4×4")]
    rules = [(y, 130.0, 480.0) for y in (161.0, 173.0, 187.0, 211.0, 235.0, 249.0)]
    parts = ((197, first), (221, second), (245, [("FC 10, sigmoid", "10")]))
    texts = [*head, *(text for top, lines in parts for text in rows(top, (140, 360), lines, 11))]
    found = model(page("Table 1: A net for sounds.", texts, rules))[0]
    assert [each.filters for node in found.nodes if isinstance(each := node.layer, L.Conv2D)] == [8, 8, 4, 4]
    assert kinds(found).count("AvgPool2D") == 2


def test_a_mean_and_a_variance_of_each_unit() -> None:
    (found,) = read_cell("Linear(256, 2 x 64)")
    assert found.params["units"] == 128


def test_channels_that_go_out_in_front_of_those_that_come_in() -> None:
    lines = ("conv1 | 11×11 | 96×3 | 2 | 59×59", "pool1 | 3×3 | | 2 | 29×29", "conv2 | 5×5 | 256×48 | 1 | 25×25")
    text = table("Layer | Support | Chan. map | Stride | Output", *lines, "conv3 | 3×3 | 384×256 | 1 | 23×23")
    (found,) = (design for grid in grids_of(text, ".md") for design in designs_of(grid))
    assert [each.params.get("filters") for each in found.readings] == [96, None, 256, 384]


def test_blocks_beside_names_of_their_own_and_their_strides() -> None:
    lines = ("Input | - | 40×40×1", "Conv2D-1 | 3×3, Stride 1 | 40×40×8")
    block = "OwnBlock-1 | [3×3, 8; 3×3, 8] × 3, Stride 2 | 20×20×8"
    text = table("Layer name | Structure | Output", *lines, block, "Dense | - | 10")
    (found,) = (design for grid in grids_of(text, ".md") for design in designs_of(grid))
    assert [(each.kind, each.times) for each in found.readings] == [
        ("input", 1),
        ("conv", 1),
        ("block", 3),
        ("dense", 1),
    ]
    assert found.readings[2].block[0].params["stride"] == (2, 2)


def test_noise_of_so_many_numbers() -> None:
    (found,) = read_cell("Input noise, 100")
    assert found.params["output"] == (100,)


def test_descriptions_beside_types_say_more_of_them() -> None:
    first = ("1 | Input | 16×16×1 grayscale image", "2 | Convolution | 6 filters of size 5×5, valid padding, ReLU")
    more = ("3 | Max pooling | 2×2 window, stride 2", "4 | Flatten | 216 features")
    last = ("5 | Fully connected | 12 neurons, dropout 0.5", "6 | Output | 4 neurons, softmax")
    graph = model_of(table("No. | Layer | Description", *first, *more, *last))
    assert kinds(graph) == ["Conv2D", "ReLU", "MaxPool2D", "Flatten", "Dense", "Dropout", "Dense", "Softmax"]


def test_sizes_beside_windows_and_memory_beside_sizes() -> None:
    (found,) = read_cell("conv 5×5 / 2×2")
    assert found.params == {"kernel": (5, 5), "stride": (2, 2)}
    (found,) = read_cell("Maxpool: 4×1 (output: 2000 × n)")
    assert (found.params["kernel"], found.unclear) == ((4, 1), False)
    lines = ("Convolution | 5x5x3x8 (2.3 KB) | 16x16x8 (8 KB)", "Max Pooling | N.A. | 8x8x8 (2 KB)")
    text = table("Layer Type | Filter Shape | Output Shape", *lines, "Fully-connected | 8x8x8x10 (5 KB) | 10")
    (design,) = (design for grid in grids_of(text, ".md") for design in designs_of(grid))
    assert [each.params.get("output") for each in design.readings] == [(16, 16, 8), (8, 8, 8), (10,)]


def test_two_columns_below_one_header_of_which_rows_fill_one() -> None:
    cells = [Cell("Operation", 0, 0), Cell("Kernel size", 1, 2), Cell("Stride", 3, 3), Cell("Feature maps", 4, 4)]
    body = [("Convolution", 2, "9", "1", "8"), ("Convolution", 2, "3", "2", "16"), ("Convolution", 1, "3", "2", "4")]
    rows_of = []
    for name, at, size, step, maps in body:
        rows_of.append((Cell(name, 0, 0), Cell(size, at, at), Cell(step, 3, 3), Cell(maps, 4, 4)))
    (found,) = designs_of(Grid((tuple(cells), *rows_of), 5))
    assert [each.params["kernel"] for each in found.readings] == [(9, 9), (3, 3), (3, 3)]
