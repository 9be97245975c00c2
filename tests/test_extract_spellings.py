"""Tables as further papers set them: lines that say more of the one above, modes beside names, labels beside rows."""

from __future__ import annotations

from extract.cells import read_cell
from extract.grids import plain_grid
from extract.layouts import designs_of
from ir import Report
from ir import layers as L
from ir.validate import infer
from tests.pdf_pages import rows
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds, model, page
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
