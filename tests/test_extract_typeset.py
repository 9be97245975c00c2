"""Tables as TeX sets them: pages of our own, with brackets, fractions, tight columns, and tables beside each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extract.pages.brackets import stacks_in
from extract.pages.finding import find
from extract.words.cells import read_cell
from ir import Graph, Report
from ir import layers as L
from ir.validate import infer
from tests.pdf_pages import Text, pdf, rows
from tests.questions import questions
from tests.test_extract_families import conv, learned, model_of
from tests.test_extract_tables import PROSE, kinds, model, page, parameters
from translator import ReadOptions, read

PAPERS = Path(__file__).parents[1] / "fixtures" / "papers"


def paper(name: str, variant: str) -> tuple[Graph, list[str]]:
    report = Report()
    graph = read(PAPERS / f"{name}.pdf", options=ReadOptions(variant=variant), report=report).graph
    return graph, questions(report)


def stage(before: int, width: int, times: int) -> int:
    """Return the parameters of residual blocks without biases, the first with a projection where that is wider."""
    block = 2 * 9 * width * width + 4 * width
    wider = 9 * (width - before) * width - (before + 2) * width
    return times * block - (wider if before != width else 0)


@pytest.mark.parametrize(("variant", "times"), [("small", 2), ("large", 12)])
def test_blocks_in_tall_brackets(variant: str, times: int) -> None:
    graph, asked = paper("brackets", variant)
    assert parameters(graph) == 3 * 9 * 16 + 32 + stage(16, 16, times) + stage(16, 32, times) + 330
    strides = [node.layer.stride[0] for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert strides.count(2) == 2  # Of the first block of a stage, and beside it.
    assert [each for each in asked if "shape of the input" not in each] == []


@pytest.mark.parametrize(
    ("variant", "wanted"),
    [
        ("Generator", 101 * 512 + conv(4, 32, 16) + 32 + conv(4, 16, 3)),
        ("Discriminator", conv(3, 3, 16) + conv(4, 16, 32) + 8 * 8 * 32 + 1),
    ],
)
def test_tables_beside_each_other(variant: str, wanted: int) -> None:
    graph, asked = paper("beside", variant)
    assert parameters(graph) == wanted
    assert not asked


def test_a_design_that_ends_below_the_others() -> None:
    encoder, decoder, critic = (paper("beside", name)[0] for name in ("Encoder", "Decoder", "Critic"))
    assert kinds(encoder)[-3:] == ["Flatten", "Dense", "ReLU"]
    assert kinds(decoder)[-4:] == ["Conv2DTranspose", "ReLU", "Conv2D", "Tanh"]
    assert kinds(critic)[-4:] == ["Dense", "ReLU", "Dense", "Sigmoid"]
    strides = [node.layer.stride[0] for node in encoder.nodes if isinstance(node.layer, L.Conv2D)]
    assert strides == [2, 2]
    assert [node.layer.stride[0] for node in decoder.nodes if isinstance(node.layer, L.Conv2DTranspose)] == [2]


def test_columns_close_to_each_other_between_rules() -> None:
    graph, asked = paper("tight", "Table 1")
    assert not asked
    found = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert [each.groups for each in found] == [1, 16, 1, 32, 1, 1, 48, 1, 1, 48, 1, 1, 64, 1]
    assert found[-2].kernel == (16, 16)
    assert infer(graph, Report())[graph.outputs[0]] == (None, 32, 1, 1)


def test_columns_close_to_each_other_without_rules() -> None:
    graph, asked = paper("tight", "Table 2")
    assert kinds(graph) == ["Conv2D", "Conv2D", "BatchNorm", "Conv2D", "BatchNorm", "Conv2DTranspose"]
    assert [node.layer.dilation for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [(1, 1), (1, 1), (2, 2)]
    assert infer(graph, Report())[graph.outputs[0]] == (None, 8, 64, 64)
    assert all("what is the kernel" in each for each in asked)


def test_a_caption_ends_above_a_rule() -> None:
    second = next(each for each in find(PAPERS / "tight.pdf") if each.label == "Table 2")
    assert second.caption.endswith("the stride.")


def char(code: str, x: float, base: float, font: str = "ABCDEF+CMEX10") -> dict[str, Any]:
    return {"text": code, "x0": x, "x1": x + 5, "size": 10.0, "fontname": font, "matrix": (1, 0, 0, 1, x, 700 - base)}


def test_brackets_of_pieces() -> None:
    """Of two that follow closely below each other each has its own pieces."""
    left, right = ("\uf8ee", "\uf8ef", "\uf8f0"), ("\uf8f9", "\uf8fa", "\uf8fb")
    places = (100.0, 118.0, 124.0)
    chars = [
        char(piece, x, base + down)
        for down in (0.0, 42.0)
        for x, pieces in ((50.0, left), (90.0, right))
        for piece, base in zip(pieces, places, strict=True)
    ]
    assert stacks_in(chars, 700) == ((50, 100, 95, 142), (50, 142, 95, 184))
    whole = [char("(cid:20)", 50, 100), char("(cid:21)", 90, 100)]
    assert stacks_in(whole, 700) == ((50, 100, 95, 124),)
    assert stacks_in([char("(cid:20)", 50, 100, "EXABCD+Times"), whole[1]], 700) == ()
    assert stacks_in(whole[:1], 700) == ()


def test_tables_below_each_other() -> None:
    head = ("Output shape", "Act.", "Filters")
    table = rows(
        170,
        (120, 260, 340, 420),
        [
            ("Encoder", *head),
            ("Input", "16×16×3", "-", "-"),
            ("Conv 3×3", "16×16×8", "ReLU", "8"),
            ("Conv 1×1", "16×16×4", "ReLU", "4"),
            ("Decoder", *head),
            ("Input", "16×16×4", "-", "-"),
            ("Conv 3×3", "16×16×8", "ReLU", "8"),
            ("Conv 5×5", "16×16×3", "Tanh", "3"),
        ],
    )
    data = page("Table 1: Two nets.", table)
    assert parameters(model(data, "Encoder")[0]) == conv(3, 3, 8) + conv(1, 8, 4)
    assert parameters(model(data, "Decoder")[0]) == conv(3, 4, 8) + conv(5, 8, 3)


def test_rows_between_two_rules() -> None:
    cells = [
        ("Layer", "Filters", "Kernel", "Stride"),
        *[("conv1", "8", "3×3", "1"), ("conv2", "8", "3×3", "2")],
        *[("conv3", "16", "3×3", "1"), ("conv4", "16", "3×3", "2")],
        *[("conv5", "32", "3×3", "1"), ("fc", "10", "-", "-")],
        ("* The input is an image of 32×32 pixels.",),
    ]
    table = rows(170, (150, 280, 360, 440), cells)
    rules = [(float(height), 140.0, 480.0) for height in (160, 174, 198, 222, 246)]
    graph, _ = model(page("Table 1: Layers.", table, rules))
    assert kinds(graph) == [*["Conv2D"] * 5, "Flatten", "Dense"]


def test_a_caption_in_small_capitals() -> None:
    """The first letters of its words are large, and it goes on below the label."""
    caption: list[Text] = [
        (290, 130, "TABLE I"),
        (238.7, 140, "A", 9),
        (245.7, 140, "RCHITECTURE OF A SMALL NET WITH", 7),
    ]
    caption += [(261, 150, "L", 9), (267, 150, "AYERS AND THEIR SIZES", 7)]
    table = rows(170, (150, 300), [("Layer", "Size"), ("conv", "3×3, 8"), ("conv", "3×3, 16"), ("fc", "10")])
    prose: list[Text] = [(72, height, PROSE) for height in (88, 100, 112, 600)]
    (place,) = find(pdf(([*prose, *caption, *table], [])))
    assert place.caption.endswith("SIZES")


def test_a_line_says_more_of_the_one_above() -> None:
    lines = ("7×7, 8<br>stride 2 | 5×5, 8<br>stride 4", "3×3 max pool<br>stride 2 | 3×3, 8", "FC 10 | FC 10")
    text = "| small | large |\n|---|---|\n" + "".join(f"| {line} |\n" for line in lines)
    strides = [node.layer.stride[0] for node in model_of(text, variant="small").nodes if hasattr(node.layer, "stride")]
    assert strides == [2, 2]


def test_an_ablation_is_no_design() -> None:
    cells = [("", "3×3", "5×5", "2 layers"), ("conv", "71.2", "71.9", "68.1"), ("dwconv", "70.8", "71.5", "67.3")]
    cells += [("max pool", "66.2", "66.0", "63.1"), ("avg pool", "66.5", "66.1", "63.9")]
    with pytest.raises(Exception, match="holds no table or figure"):
        model(page("Table 3: Ablation of the kernel size.", rows(170, (120, 260, 340, 420), cells)))


@pytest.mark.parametrize(
    ("text", "kind", "params"),
    [
        ("64×3×3 conv, stride 1/2", "deconv", {"filters": 64, "kernel": (3, 3), "stride": (2, 2)}),
        ("3×9×9 conv, stride 1", "conv", {"filters": 3, "kernel": (9, 9), "stride": (1, 1)}),
        ("5×5 128 conv. ↑, BNorm, ReLU", "deconv", {"filters": 128, "kernel": (5, 5), "stride": (2, 2)}),
        ("relu conv 32x4, stride 2", "conv", {"filters": 32, "kernel": (4, 4), "stride": (2, 2)}),
        ("8·8·256 fully-connected", "dense", {"units": 16384}),
        ("dense → 1", "dense", {"units": 1}),
        ("[80/4, 128]", "conv", {"filters": 128, "kernel": (80, 80), "stride": (4, 4), "axes": 1}),
        ("[3×3, 64]×1, S2", "conv", {"filters": 64, "kernel": (3, 3), "stride": (2, 2)}),
        ("3×3 conv 64 → 128", "conv", {"filters": 128, "kernel": (3, 3)}),
        ("3×3 Conv ch → 3", "conv", {"filters": 3, "kernel": (3, 3)}),
        ("linear GDConv7×7", "dwconv", {"kernel": (7, 7)}),
        ("Residual block, 128 filters", "resblock", {"filters": 128}),
        ("2D conv, 32", "conv", {"filters": 32}),
        ("1×3×3 max", "maxpool", {"window": (1, 3, 3)}),
    ],
)
def test_what_a_cell_says(text: str, kind: str, params: dict[str, Any]) -> None:
    (found,) = read_cell(text)
    assert found.kind == kind
    assert params.items() <= found.params.items()


def test_what_stands_behind_a_bracket_is_of_its_layers() -> None:
    first, second = read_cell("[3×3, 64]×1, S2; [3×3, 64; 3×3, 64]×4")
    assert (first.params["stride"], second.times) == ((2, 2), 4)
    (block,) = read_cell("[3×3, 128; 3×3, 128] × 3, dila = 2")
    assert [each.params["dilation"] for each in block.block] == [2, 2]


def test_what_is_not_done_does_not_stand_behind() -> None:
    (found,) = read_cell("3×3 conv, 32 features, (no ReLU or BN)")
    assert found.posts == ()


def test_a_row_that_nobody_knows_is_asked() -> None:
    head = "| Layer | Activation size |\n|---|---|\n| Input | 3×32×32 |\n"
    text = f"{head}| Ripple Padding (4×4) | 3×40×40 |\n| 8×9×9 conv, stride 1 | 8×40×40 |\n| 3×3×3 conv | 3×40×40 |\n"
    report = Report()
    model_of(text, report=report)
    assert any(each.message.startswith("'Ripple Padding") and "is not known here" in each.message for each in report)


def test_what_nobody_knows_is_a_layer_where_its_size_is_printed() -> None:
    head = "| Type | out-F | out-Res |\n|---|---|---|\n| Input | 3 | 64x32 |\n"
    lines = ("Downsampler block | 16 | 32x16", "5 x Non-bt-1D | 16 | 32x16", "Deconvolution | 8 | 64x32")
    text = head + "".join(f"| {line} |\n" for line in (*lines, "Conv 3×3 | 2 | 64x32"))
    assert kinds(model_of(text)) == [*["Custom"] * 6, "Conv2DTranspose", "Conv2D"]


def test_filters_are_not_taken_from_channels_in_front() -> None:
    head = "| Layer | Output dimensions | Details |\n|---|---|---|\n| Input | 2×128 | |\n"
    lines = ("Conv | 64×1×128 | filter size 1×9, 64 filters", "FC/ReLU | 32 |", "FC/Softmax | 11 |")
    graph = model_of(head + "".join(f"| {line} |\n" for line in lines))
    assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [64]
    assert kinds(graph)[-4:] == ["Dense", "ReLU", "Dense", "Softmax"]


def test_a_softmax_over_ways_has_a_dense_before_it() -> None:
    head = "| Layer | Type | Units | Kernel | Stride | Activation |\n|---|---|---|---|---|---|\n"
    lines = ("1 | 2D conv | 8 | 41×11 | 2×2 | ReLU", "2 | FC | 16 | | | ReLU", "3 | Softmax | 29 | | |")
    graph = model_of(head + "".join(f"| {line} |\n" for line in lines))
    assert kinds(graph) == ["Conv2D", "ReLU", "Flatten", "Dense", "ReLU", "Dense", "Softmax"]
    assert learned(graph) > 30 * 16
    (window,) = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert (window.kernel, window.filters) == ((41, 11), 8)
