"""Rows that are named by where they stand, stages that say a line but once, ways that channels alone tell apart."""

from __future__ import annotations

import pytest

from ir import layers as L
from tests.test_extract_articles import designs
from tests.test_extract_repositories import made, read
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


@pytest.mark.parametrize(
    "names", [("in_1", "down_1", "mid + out"), ("Layer 1", "Layer 2", "out_2"), ("in", "mid", "out")]
)
def test_layers_by_where_they_stand_have_windows_and_filters(names: tuple[str, str, str]) -> None:
    first, second, third = names
    lines = (f"{first} | 96 | 5 | 1 | 96 | 3 → 12", f"{second} | 96 | 3 | 2 | 48 | 12 → 20",
             "conv | 48 | 3 | 2 | 24 | 20 → 24", f"{third} | 24 | 3 | 1 | 24 | 24 → 6")  # fmt: skip
    graph, asked = read("Layer | Input | Kernel | Stride | Output | Channels", *lines)
    assert [layer.filters for layer in made(graph, L.Conv2D)] == [12, 20, 24, 6]
    assert graph.inputs[0].shape == (None, 3, 96, 96)  # One side of a square.
    assert not asked


def test_scales_are_no_sides() -> None:
    lines = ("conv1 | 1 | 2 | 2 | 8", "conv2 | 2 | 2 | 4 | 16", "conv3 | 4 | 1 | 4 | 16", "conv4 | 4 | 2 | 8 | 32")
    graph, _ = read("Layer | Input | Stride | Output | Channels", *lines)
    assert graph.inputs[0].shape[2:] == (224, 224)


STAGES = ("Conv1 | 32×32 | 3×3, 64, stride 1", "{0}1 | 32×32 | [3×3, 64] × {1}",
          "{0}2 | 16×16 | [3×3, 128] × {2}, stride 2", "{0}3 | 8×8 | [3×3, 256] × {3}, stride 2",
          "{0}4 | 4×4 | [3×3, 512] × {4}, stride 2", "AvgPool | 1×1 | Adaptive", "FC | 10 | 512 → 10")  # fmt: skip


@pytest.mark.parametrize(
    ("said", "counts"),
    [("A ResNet-18 for CIFAR-10", (2, 2, 2, 2)), ("The 34-layer residual net, on CIFAR-10", (3, 4, 6, 3))],
)
@pytest.mark.parametrize("name", ["Layer", "Stage"])
def test_as_many_layers_as_a_residual_net_is_called_after(said: str, counts: tuple[int, ...], name: str) -> None:
    graph, _ = read("Layer | Output size | Configuration", *(line.format(name, *counts) for line in STAGES), said=said)
    assert len(made(graph, L.Add)) == sum(counts)
    threes = [layer for layer in made(graph, L.Conv2D) if layer.kernel == (3, 3)]
    assert len(threes) == 1 + 2 * sum(counts)


def test_designs_in_columns_with_rows_that_all_of_them_have() -> None:
    lines = ("卷积层 | 112×112 | 7×7, 64, stride 2 | 7×7, 64, stride 2",
             "最大池化 | 56×56 | 3×3, stride 2 | 3×3, stride 2",
             "阶段1 | 56×56 | [3×3, 64] × 2 | [3×3, 64] × 3", "阶段2 | 28×28 | [3×3, 128] × 2 | [3×3, 128] × 4",
             "阶段3 | 14×14 | [3×3, 256] × 2 | [3×3, 256] × 6", "阶段4 | 7×7 | [3×3, 512] × 2 | [3×3, 512] × 3",
             "平均池化 | 1×1 | - | -", "全连接层 | 7 | - | -")  # fmt: skip
    found = designs(table("层级 | 输出尺寸 | ResNet-18 | ResNet-34", *lines), ".md")
    assert [title for title, *_ in found] == ["ResNet-18", "ResNet-34"]
    for (_, graph, _), blocks in zip(found, (8, 16), strict=True):
        assert len(made(graph, L.Add)) == blocks
        assert (kinds(graph)[3], kinds(graph)[-1]) == ("MaxPool2D", "Dense")
        assert made(graph, L.Dense)[0].units == 7


def test_ways_that_take_the_same_channels_up_to_where_these_are_strung_together() -> None:
    lines = ("Conv1 | 3×3 | 3 | 16", "Conv2a | 1×1 | 16 | 8", "Conv2b | 3×3 | 16 | 12", "Conv2c | 5×5 | 12 | 10",
             "Conv2d | 7×7 | 16 | 6", "Concat | - | - | 24", "Conv3 | 1×1 | 24 | 4")  # fmt: skip
    graph, asked = read("Layer | Filter size | In channels | Out channels", *lines)
    assert not any("Conv2" in each for each in asked)
    (joined,) = [node for node in graph.nodes if isinstance(node.layer, L.Concat)]
    before = {node.refs[0]: node for node in graph.nodes}
    assert [before[ref].layer.filters for ref in joined.inputs] == [8, 10, 6]


def test_what_is_joined_has_the_channels_that_are_missing() -> None:
    lines = ("Conv 3×3, 8 | 32×32×8", "Max pool 2×2 | 16×16×8", "Conv 3×3, 16 | 16×16×16",
             "Deconv 2×2, 8, stride 2 | 32×32×8", "Concat (skip s0) | 32×32×16", "Conv 3×3, 4 | 32×32×4")  # fmt: skip
    graph, _ = read("Layer | Output", "Input | 32×32×3", *lines)
    (joined,) = [node for node in graph.nodes if isinstance(node.layer, L.Concat)]
    assert joined.inputs[1] == graph.nodes[0].refs[0]


@pytest.mark.parametrize(
    "head",
    ["1×1 | 3×3 reduce | 3×3 | 5×5 reduce | 5×5 | pool", "1x1 | 3x3 (reduce) | 3x3 | 5x5 (reduce) | 5x5 | Pooling"],
)
def test_branches_without_a_sign_of_a_number(head: str) -> None:
    lines = ("convolution | 3×3/2 | 32×32×16 | | | | | | ", "max pool | 2×2/2 | 16×16×16 | | | | | | ",
             "inception (a) | | 16×16×40 | 8 | 6 | 12 | 4 | 10 | 10",
             "inception (b) | | 16×16×44 | 10 | 6 | 12 | 4 | 10 | 12",
             "avg pool | 16×16/1 | 1×1×44 | | | | | | ")  # fmt: skip
    graph, _ = read(f"type | patch / stride | output size | {head}", *lines)
    assert [layer.filters for layer in made(graph, L.Conv2D)[1:7]] == [8, 6, 12, 4, 10, 10]
    assert len(made(graph, L.Concat)) == 2


def test_orders_of_sizes_with_strokes_and_what_a_layer_does_to_each_element() -> None:
    lines = ("Input | — | 1×20×20 | 1×20×20", "Conv1 | $k=5, s=1, p=0$ | 1×20×20 | 6×16×16",
             "ReLU1 | element-wise | 6×16×16 | 6×16×16",
             "Pool1 | $k=2, s=2$ | 6×16×16 | 6×8×8", "Flatten | reshape | 6×8×8 | 384", "FC1 | dense | 384 | 9",
             "Softmax | normalize | 9 | 9")  # fmt: skip
    graph, asked = read("Layer | Operation | Input shape (C × H × W) | Output shape (C' × H' × W')", *lines)
    assert kinds(graph) == ["Conv2D", "ReLU", "MaxPool2D", "Flatten", "Dense", "Softmax"]
    assert not asked


def test_grey_images_whose_size_the_first_layer_tells() -> None:
    graph, _ = read(
        "Layer | Output | Kernel",
        "Conv1, 8 filters | 28×28 | 3×3",
        "Max pool | 14×14 | 2×2",
        "FC | 10 | -",
        said="Digits of MNIST.",
    )
    assert graph.inputs[0].shape == (None, 1, 28, 28)


def test_brackets_and_strokes_that_markdown_marks_as_such() -> None:
    lines = (r"input | \(12, 12, 2\)", r"conv2d\_1 | \(3, 3, 8\)", r"dense \(fc\) | \(20, 1\)", r"output | \(5, 1\)")
    graph, _ = read("Layer | Filter size", *lines)
    assert (graph.inputs[0].shape, made(graph, L.Conv2D)[0].kernel) == ((None, 2, 12, 12), (3, 3))
    assert [layer.units for layer in made(graph, L.Dense)] == [20, 5]


def test_formulas_between_tags() -> None:
    row = "<tr><td>{}</td><td><math>{} \\times {}</math></td><td><math>{}^2 \\times {}</math></td></tr>"
    rows = [("Conv", 3, 3, 16, 8), ("Conv", 5, 5, 8, 12), ("Max pool", 2, 2, 4, 12)]
    text = "<tr><th>Operator</th><th>Kernel</th><th>Output</th></tr>" + "".join(row.format(*each) for each in rows)
    ((_, graph, _),) = designs(f"<table>{text}</table>")
    assert [(layer.kernel, layer.filters) for layer in made(graph, L.Conv2D)] == [((3, 3), 8), ((5, 5), 12)]


def test_how_often_a_layer_comes_by_what_it_is_called_beside_its_name() -> None:
    lines = (
        "conv1 | DoubleConv | 16×16×4 | 双卷积",
        "pool1 | MaxPool2d | 8×8×4 | 下采样",
        "conv2 | DoubleConv | 8×8×6 | 双卷积",
    )
    graph, _ = read("层级 | 类名 | 输出尺寸 | 操作", *lines)
    assert [layer.filters for layer in made(graph, L.Conv2D)] == [4, 4, 6, 6]


def test_an_activation_of_each_element_is_no_sum() -> None:
    lines = ("Conv 3×3, 4 | 6×6×4", "Element-wise sigmoid | 6×6×4", "FC | 3")
    assert kinds(read("Layer | Output", "Input | 6×6×1", *lines)[0]) == ["Conv2D", "Sigmoid", "Flatten", "Dense"]


def test_lines_of_one_cell_that_come_as_often_alternate() -> None:
    lines = ("Conv / s1 | 3 x 3 x 3 x 6 | 8 x 8 x 3",
             "4x Conv dw / s1 <br> 4x Conv / s1 | 3 x 3 x 6 dw <br> 1 x 1 x 6 x 6 | 8 x 8 x 6 <br> 8 x 8 x 6",
             "Avg Pool / s1 | Pool 8 x 8 | 8 x 8 x 6", "FC / s1 | 6 x 5 | 1 x 1 x 6")  # fmt: skip
    graph, _ = read("Type / Stride | Filter Shape | Input Size", *lines)
    assert [layer.kernel[0] for layer in made(graph, L.Conv2D)] == [3, *4 * [3, 1]]


def test_stages_without_a_size_step_where_they_widen_and_the_depth_is_no_layer() -> None:
    lines = ("conv1 | 7×7, 8, stride 2 | 7×7, 8, stride 2",
             "conv2_x | [3×3, 8; 3×3, 8] × 1 | [1×1, 8; 3×3, 8; 1×1, 32] × 1",
             "conv3_x | [3×3, 16; 3×3, 16] × 1 | [1×1, 16; 3×3, 16; 1×1, 64] × 2",
             "conv4_x | [3×3, 32; 3×3, 32] × 2 | [1×1, 32; 3×3, 32; 1×1, 128] × 1",
             "**Layers** | **9** | **14**")  # fmt: skip
    text = table("Layer | ResNet-9 | ResNet-14", *lines)
    (_, plain, asked), (_, narrow, _) = designs(text, ".md")
    assert [layer.stride[0] for layer in made(plain, L.Conv2D) if layer.kernel == (3, 3)] == [1, 1, 2, 1, 2, 1, 1, 1]
    steps = [layer.filters for layer in made(narrow, L.Conv2D) if layer.stride == (2, 2)]
    assert steps == [8, 16, 64, 32, 128]  # With the shortcuts.
    assert any("step" in each for each in asked)
    assert not made(plain, L.Dense)


@pytest.mark.parametrize("name", ["Conv1d", "Convld"])
def test_which_of_two_sizes_goes_on_along_the_one_axis(name: str) -> None:
    lines = (f"{name} | 24x40 | 9", f"{name} | 24x40 | 9", f"{name} | 5x40 | 9")
    graph, _ = read("Layer | Output size | Kernel size", *lines)
    assert [layer.filters for layer in made(graph, L.Conv1D)] == [24, 24, 5]


def test_a_dense_that_makes_images_takes_numbers_that_are_asked_for() -> None:
    lines = ("Fully connected | | | 5×5×12", "Transposed convolution | 3×3 | 2×2 | 11×11×6",
             "Transposed convolution | 2×2 | 1×1 | 12×12×1")  # fmt: skip
    graph, asked = read("Operation | Kernel | Strides | Feature maps", *lines)
    assert graph.inputs[0].shape == (None, 100)
    assert any("how many numbers come in" in each for each in asked)


@pytest.mark.parametrize("widths", [(16, 32, 64), (4, 8, 16)])
def test_bottlenecks_of_stages_as_wide_as_their_narrow_part_or_what_they_give(widths: tuple[int, int, int]) -> None:
    first, second, third = widths
    lines = ("**Conv1** | 32×32 | conv 7×7, stride=2 | - | 4",
             f"**Conv2_x** | 16×16 | max pool 3×3, stride=2<br>bottleneck×2 | 2 | {first}",
             f"**Conv3_x** | 8×8 | bottleneck×1 | 1 | {second}", f"**Conv4_x** | 4×4 | bottleneck×2 | 2 | {third}",
             "**FC** | 1×1 | avg pool + fc | - | 6")  # fmt: skip
    graph, _ = read("Stage | Output Size | Layers | Blocks | Channels", *lines, said="A small ResNet (64×64 pixels).")
    assert [layer.filters for layer in made(graph, L.Conv2D) if layer.kernel == (3, 3)] == [4, 4, 8, 16, 16]
    assert (len(made(graph, L.MaxPool2D)), len(made(graph, L.GlobalAvgPool2D))) == (1, 1)
    assert len(made(graph, L.Add)) == 5


@pytest.mark.parametrize(("many", "side"), [("2,606", 5), ("4,526", 7), ("1,234", 7)])
def test_borders_that_the_number_of_all_parameters_tells(many: str, side: int) -> None:
    lines = ("Input 28×28×1 | -", "Conv 5×5 | 6", "Max pool 2×2 | -", "Conv 3×3 | 8", "Max pool 2×2 | -", "FC | 10")
    graph, _ = read("Layer | Filters", *lines, said=f"It has {many} parameters.")
    assert {layer.pad == ((0, 0), (0, 0)) for layer in made(graph, L.Conv2D)} == {side == 5}


def test_ways_of_other_sizes_are_asked_about() -> None:
    lines = (
        "Conv1 | 3×3 | 1 | 3 | 16",
        "Conv2a | 3×3 | 1 | 16 | 8",
        "Conv2b | 3×3 | 2 | 16 | 12",
        "Concat | - | - | - | 20",
    )
    _, asked = read("Layer | Filter size | Stride | In channels | Out channels", *lines)
    assert any("do not fit" in each for each in asked)
