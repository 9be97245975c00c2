"""Pages of papers as TeX sets them: labels of blocks, text right below a table, windows as large as their image."""

from __future__ import annotations

import pytest

from extract.words.cells import read_cell
from ir import Report
from ir import layers as L
from ir.graph import Ref
from ir.validate import infer
from tests.pdf_pages import Text, rows
from tests.test_extract_tables import PROSE, kinds, model, page
from tests.test_extract_typeset import model_of

Rules = list[tuple[float, float, float]]


def ruled(*heights: float) -> Rules:
    return [(height, 100, 480) for height in heights]


def test_rows_beside_labels_of_blocks_may_say_different_things() -> None:
    table = rows(
        170,
        (110, 170, 290, 370),
        [
            ("Block", "Layer", "Size", "Output"),
            ("1", "Input", "", "(8, 16, 1)"),
            ("", "Conv2D", "(1, 5)", "(8, 16, 4)"),
            ("", "BatchNorm", "", "(8, 16, 4)"),
            ("", "Conv2D", "(8, 1)", "(1, 16, 4)"),
            ("2", "Conv2D", "(1, 3)", "(1, 16, 6)"),
            ("", "BatchNorm", "", "(1, 16, 6)"),
            ("", "Flatten", "", "96"),
            ("Head", "Dense", "", "3"),
        ],
    )
    lines = sorted({text[1] for text in table})
    graph, _ = model(page("Table 1: Network", table, ruled(*(lines[i] - 9 for i in (0, 1, 5, 8)), lines[-1] + 4)))
    assert kinds(graph) == ["Conv2D", "BatchNorm", "Conv2D", "Conv2D", "BatchNorm", "Flatten", "Dense"]
    assert [each.layer.kernel for each in graph.nodes if isinstance(each.layer, L.Conv2D)] == [(1, 5), (8, 1), (1, 3)]


def test_text_with_formulas_below_the_last_rule_is_no_row() -> None:
    table = rows(
        170,
        (110, 250, 370),
        [
            ("Layer", "Kernel", "Output"),
            ("conv1", "3x3", "8x8x4"),
            ("conv2", "3x3", "8x8x6"),
            ("pool", "2x2", "4x4x6"),
            ("conv3", "3x3", "4x4x8"),
        ],
    )
    lines = sorted({text[1] for text in table})
    below: list[Text] = [(110, lines[-1] + 14, "Let D be"), (170, lines[-1] + 14, PROSE)]
    graph, said = model(page("Table 1: Network", [*table, *below], ruled(lines[0] - 9, lines[1] - 9, lines[-1] + 4)))
    assert kinds(graph) == ["Conv2D", "Conv2D", "MaxPool2D", "Conv2D"]
    assert not any("running" in each.message for each in said)


@pytest.mark.parametrize(("window", "side"), [(4, 1), (3, 4)])
def test_a_window_as_large_as_its_image_has_no_border(window: int, side: int) -> None:
    text = f"""| Operation | Kernel | Strides | Maps |
|---|---|---|---|
| 8×8×3 input | | | |
| Convolution | 4×4 | 2×2 | 16 |
| Convolution | {window}×{window} | 1×1 | 1 |
"""
    graph = model_of(text)
    last = next(node.layer for node in reversed(graph.nodes) if isinstance(node.layer, L.Conv2D))
    assert last.shape((1, 16, 4, 4))[2:] == (side, side)


@pytest.mark.parametrize(
    ("text", "filters", "posts"),
    [
        ("5×5 conv-24", 24, ()),
        ("5x5 Conv2D-24-BN-ELU", 24, ("bn", "elu")),
        ("5×5 deconv-24, stride 2", 24, ()),
        ("5×5 conv-2", None, ()),
    ],
)
def test_how_many_filters_behind_a_dash(text: str, filters: int | None, posts: tuple[str, ...]) -> None:
    (found,) = read_cell(text)
    assert (found.params["kernel"], found.params.get("filters"), found.posts) == ((5, 5), filters, posts)


def test_five_numbers_of_a_convolution_begin_with_its_channels() -> None:
    (found,) = read_cell("Conv2D(6, 48, 5, 1, 2)")
    wanted = {"in_channels": 6, "filters": 48, "kernel": (5, 5), "stride": (1, 1), "pad": 2}
    assert wanted.items() <= found.params.items()


def test_numbers_of_units_are_no_years() -> None:
    graph = model_of(
        """| Layer | Details |
|---|---|
| 1 | Conv2D(1, 8, 5, 1, 2), BN(8), ReLU |
| 2 | FC(6272, 2048), BN(2048), ReLU |
| 3 | FC(2048, 7) |
"""
    )
    assert kinds(graph) == ["Conv2D", "BatchNorm", "ReLU", "Flatten", "Dense", "BatchNorm", "ReLU", "Dense"]


@pytest.mark.parametrize("head", ["# Input ch.", "No. of input channels", "Filt. dim."])
def test_how_many_channels_come_in_makes_no_design(head: str) -> None:
    text = f"""| Layer | Window | {head} | # Output ch. |
|---|---|---|---|
| Conv1 | 5×5 | 1 | 24 |
| Conv2 | 3×3 | 24 | 12 |
| Conv3 | 3×3 | 12 | 1 |
"""
    graph = model_of(text)
    assert [each.layer.filters for each in graph.nodes if isinstance(each.layer, L.Conv2D)] == [24, 12, 1]
    assert graph.inputs[0].shape[1] == 1


def test_the_first_layer_tells_the_channels_of_an_image() -> None:
    rows = "| Input | 28×28 |\n| conv1 | Conv2d(1, 8, kernel_size=3) |\n| conv2 | Conv2d(8, 8, kernel_size=3) |\n"
    graph = model_of(f"| Layer | Details |\n|---|---|\n{rows}| fc | Linear(4608, 5) |\n")
    assert graph.inputs[0].shape == (None, 1, 28, 28)


def test_slopes_of_all_activations_put_none_behind_layers() -> None:
    caption = "Table 1: Networks. The slopes of all LReLU functions are 0.1.\n\n"
    rows = "| dense → 4×4×32 |\n| 4×4, stride=2 deconv. BN 16 ReLU |\n| 3×3, stride=1 conv. 3 Tanh |\n"
    graph = model_of(f"{caption}| Generator |\n|---|\n| z of 8 numbers |\n{rows}")
    assert [each for each in kinds(graph) if each in ("ReLU", "Tanh")] == ["ReLU", "Tanh"]


def test_scales_become_less_where_images_become_larger() -> None:
    text = """Table 1: The net, with chns the number of input and output channels. The input is 32x64x3.

| layer | k | s | chns | in | out | input |
|---|---|---|---|---|---|---|
| conv1 | 3 | 2 | 3/8 | 1 | 2 | image |
| conv2 | 3 | 2 | 8/16 | 2 | 4 | conv1 |
| conv3 | 3 | 2 | 16/16 | 4 | 8 | conv2 |
| upconv3 | 3 | 2 | 16/16 | 8 | 4 | conv3 |
| iconv3 | 3 | 1 | 32/8 | 4 | 4 | upconv3+conv2 |
| upconv2 | 3 | 2 | 8/8 | 4 | 2 | iconv3 |
| iconv2 | 3 | 1 | 16/8 | 2 | 2 | upconv2+conv1 |
"""
    graph = model_of(text)
    assert kinds(graph).count("Concat") == 2
    assert infer(graph, Report())[Ref(graph.nodes[-1].name)] == (None, 8, 16, 32)


@pytest.mark.parametrize("caption", ["A one-dimensional CNN.", "A 1D CNN.", "A character-level net."])
def test_a_caption_says_along_how_many_axes_windows_go(caption: str) -> None:
    rows = "| Conv1 | 8 | 7 |\n| Pool1 | - | 3 |\n| Conv2 | 16 | 3 |\n"
    graph = model_of(f"Table 1: {caption}\n\n| Layer | Filters | Kernel |\n|---|---|---|\n{rows}")
    assert kinds(graph) == ["Conv1D", "MaxPool1D", "Conv1D"]


def test_letters_of_sizes_that_the_caption_sets() -> None:
    rows = "| conv1 | 3 | 1x8 |\n| conv2 | 3 | 8x16 |\n| conv3 | 3 | 16xK |\n"
    graph = model_of(
        f"Table 1: Layers, with K = 12 classes.\n\n| Layer | Kernel | Input x output |\n|---|---|---|\n{rows}"
    )
    assert [each.layer.filters for each in graph.nodes if isinstance(each.layer, L.Conv2D)] == [8, 16, 12]
