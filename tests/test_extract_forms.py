"""Ways in which tables say the same things: each form, from its text to the layers and their parameters."""

from __future__ import annotations

import pytest

from ir import Report
from ir import layers as L
from ir.validate import infer
from tests.questions import questions
from tests.test_extract_families import conv, learned, model_of
from tests.test_extract_tables import kinds

EFFICIENTNET_V2 = """
| Stage | Operator | Stride | #Channels | #Layers |
|---|---|---|---|---|
| 0 | Conv3x3 | 2 | 24 | 1 |
| 1 | Fused-MBConv1, k3x3 | 1 | 24 | 2 |
| 2 | Fused-MBConv4, k3x3 | 2 | 48 | 4 |
| 3 | Fused-MBConv4, k3x3 | 2 | 64 | 4 |
| 4 | MBConv4, k3x3, SE0.25 | 2 | 128 | 6 |
| 5 | MBConv6, k3x3, SE0.25 | 1 | 160 | 9 |
| 6 | MBConv6, k3x3, SE0.25 | 2 | 256 | 15 |
| 7 | Conv1x1 & Pooling & FC | - | 1280 | 1 |
"""
PLAYER = """
| Layer | Input | Filter size | Stride | Num filters | Activation | Output |
|---|---|---|---|---|---|---|
| conv1 | 84x84x4 | 8x8 | 4 | 32 | ReLU | 20x20x32 |
| conv2 | 20x20x32 | 4x4 | 2 | 64 | ReLU | 9x9x64 |
| conv3 | 9x9x64 | 3x3 | 1 | 64 | ReLU | 7x7x64 |
| fc4 | 7x7x64 | | | 512 | ReLU | 512 |
| fc5 | 512 | | | 18 | Linear | 18 |
"""
NUMBERED = """
Layer,Type,Kernel Size,Number of Kernels,Stride,Padding,Activation
0,Input 28x28 gray,-,-,-,-,-
1,Conv2D,5,32,1,2,ReLU
2,MaxPool,2,-,2,0,-
3,Conv2D,5,64,1,2,ReLU
4,MaxPool,2,-,2,0,-
5,FC,-,1024,-,-,ReLU
6,Dropout,0.5,-,-,-,-
7,FC,-,10,-,-,Softmax
"""
PYTORCH = """
| Layer | Details |
|---|---|
| 1 | Conv2d(3, 64, 3, padding=1), BatchNorm2d(64), ReLU |
| 2 | Conv2d(64, 64, 3, padding=1), BatchNorm2d(64), ReLU, MaxPool2d(2) |
| 3 | Conv2d(64, 128, 3, padding=1), BatchNorm2d(128), ReLU |
| 4 | AdaptiveAvgPool2d(1) |
| 5 | Linear(128, 10) |
"""
GENERATOR = """
| Layer | Kernel size | Stride | Filters | Activation | Batch norm | Output shape |
|---|---|---|---|---|---|---|
| Input z | - | - | - | - | - | 100 |
| Dense | - | - | - | ReLU | Yes | 4×4×64 |
| ConvTranspose | 5×5 | 2 | 32 | ReLU | Yes | 8×8×32 |
| ConvTranspose | 5×5 | 2 | 3 | Tanh | No | 16×16×3 |
"""
ATTRIBUTES_DOWN = """
| | conv1 | conv2 | conv3 | fc4 |
|---|---|---|---|---|
| size | 11×11 | 5×5 | 3×3 | - |
| channels | 96 | 256 | 384 | 10 |
| stride | 4 | 1 | 1 | - |
| max pool | 3×3, 2 | 3×3, 2 | - | - |
"""
NEXT_INPUT = """
| type | patch size/stride or remarks | input size |
|---|---|---|
| conv | 3×3/2 | 65×65×3 |
| conv padded | 3×3/1 | 32×32×8 |
| pool | 2×2/2 | 32×32×16 |
| pool | 16×16 | 16×16×16 |
| linear | logits | 1 × 1 × 16 |
| softmax | classifier | 1 × 1 × 10 |
"""
CHANNELS_FIRST = """
| Layer (type) | Output Shape | Param # |
|---|---|---|
| Conv2d-1 | [-1, 8, 32, 32] | 224 |
| ReLU-2 | [-1, 8, 32, 32] | 0 |
| MaxPool2d-3 | [-1, 8, 16, 16] | 0 |
| Conv2d-4 | [-1, 16, 16, 16] | 1,168 |
| Linear-5 | [-1, 10] | 40,970 |
"""

IN_AND_OUT = """
| Name | Kernel | Str. | Ch I/O | InpRes | OutRes | Input |
|---|---|---|---|---|---|---|
| conv1 | 7×7 | 2 | 3/8 | 64×32 | 32×16 | Images |
| conv2 | 5×5 | 2 | 8/16 | 32×16 | 16×8 | conv1 |
| conv3a | 3×3 | 1 | 16/16 | 16×8 | 16×8 | conv2 |
"""
IN_WORDS = """
| Layer | Description |
|---|---|
| Input | 32x32x3 image |
| Convolution 5x5 | 1x1 stride, valid padding, outputs 28x28x6 |
| RELU | |
| Max pooling | 2x2 stride, outputs 14x14x6 |
| Flatten | outputs 1176 |
| Fully connected | outputs 10 |
"""
FEWER_BRANCHES = """
| type | output size | #1×1 | #3×3 reduce | #3×3 | #5×5 reduce | #5×5 |
|---|---|---|---|---|---|---|
| conv1 (7×7×3, 2) | 16×16×8 | | | | | |
| max pool + norm | 8×8×8 | | | | | |
| inception (2) | 8×8×16 | | 4 | 16 | | |
| inception (3) | 8×8×24 | 8 | 4 | 16 | | |
| fully conn | 1×1×10 | | | | | |
"""


@pytest.mark.parametrize(
    ("text", "suffix", "wanted"),
    [
        pytest.param(EFFICIENTNET_V2, ".md", 21_458_488, id="efficientnet-v2-s"),
        pytest.param(PLAYER, ".md", 1_693_362, id="filters-counted"),
        pytest.param(NUMBERED, ".csv", conv(5, 1, 32) + conv(5, 32, 64) + 3136 * 1024 + 1024 + 10250, id="numbered"),
        pytest.param(PYTORCH, ".md", conv(3, 3, 64) + conv(3, 64, 64) + conv(3, 64, 128) + 512 + 1290, id="pytorch"),
        pytest.param(NEXT_INPUT, ".md", conv(3, 3, 8) + conv(3, 8, 16) + 170, id="widths-of-the-next-input"),
        pytest.param(IN_AND_OUT, ".md", conv(7, 3, 8) + conv(5, 8, 16) + conv(3, 16, 16), id="channels-in-and-out"),
        pytest.param(IN_WORDS, ".md", conv(5, 3, 6) + 11_770, id="in-words"),
        pytest.param(
            FEWER_BRANCHES,
            ".md",
            conv(7, 3, 8) + conv(1, 8, 4) + conv(3, 4, 16) + conv(1, 16, 8) + conv(1, 16, 4) + conv(3, 4, 16) + 15_370,
            id="fewer-branches",
        ),
        pytest.param(CHANNELS_FIRST, ".md", 224 + 1168 + 40_970, id="channels-first"),
        pytest.param(
            GENERATOR, ".md", 101 * 1024 + 128 + 25 * 64 * 32 + 32 + 64 + 25 * 32 * 3 + 3, id="a-vector-to-an-image"
        ),
    ],
)
def test_parameters(text: str, suffix: str, wanted: int) -> None:
    assert learned(model_of(text, suffix)) == wanted


def test_attributes_below_each_other() -> None:
    graph = model_of(ATTRIBUTES_DOWN)
    assert kinds(graph) == ["Conv2D", "MaxPool2D", "Conv2D", "MaxPool2D", "Conv2D", "Flatten", "Dense"]
    windows = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert [(each.kernel[0], each.filters, each.stride[0]) for each in windows] == [
        (11, 96, 4),
        (5, 256, 1),
        (3, 384, 1),
    ]
    assert graph.node("pool1").layer == L.MaxPool2D(kernel=3, stride=2)


def rows(*lines: str) -> str:
    head = "| Type | Size | Parameters | Output |\n|---|---|---|---|\n| input | | | 32×32×3 |\n"
    return head + "".join(f"| {line} |\n" for line in lines)


def test_a_brace_repeats_its_rows_together() -> None:
    stacked = "Conv dw / s1<br>3×<br>Conv / s1 | 3 × 3 × 8 dw<br>1 × 1 × 8 × 8 | | 32×32×8<br>32×32×8"
    graph = model_of(rows("Conv / s1 | 3 × 3 × 3 × 8 | | 32×32×8", stacked))
    groups = [node.layer.groups for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert groups == [1, 8, 1, 8, 1, 8, 1]


def test_what_a_row_joins_are_layers() -> None:
    graph = model_of(
        rows(
            "Convolution | 8 × 3 × 3 | stride = 1, pad = 1 |",
            "Local Response Norm. | - | α = 10-4, β = 0.5 k = 2, n = 3 |",
            "Pooling + Dropout | 8 × 2 × 2 | stride = 2, p = 0.3 |",
            "Fully Connected + Dropout | 16 | p = 0.5 |",
        )
    )
    assert kinds(graph) == ["Conv2D", "LRN", "MaxPool2D", "Dropout", "Flatten", "Dense", "Dropout"]
    assert graph.node("lrn1").layer == L.LRN(size=3, alpha=3 * 1e-4, beta=0.5, k=2.0)
    assert [node.layer.rate for node in graph.nodes if isinstance(node.layer, L.Dropout)] == [0.3, 0.5]


def test_a_pyramid_pools_into_bins() -> None:
    graph = model_of(rows("conv | 3×3, 8 | |", "conv | 3×3, 8 | |", "spp | {6, 3, 1} | |", "fc | 10 | |"))
    windows = [node.layer for node in graph.nodes if isinstance(node.layer, L.MaxPool2D)]
    assert [(each.kernel[0], each.stride[0]) for each in windows] == [(6, 5), (11, 10), (32, 32)]
    assert infer(graph, Report())[graph.node("concat1").refs[0]] == (None, 8 * (36 + 9 + 1))


def test_an_unknown_row_is_carried_and_a_fact_is_not() -> None:
    report = Report()
    text = rows("conv | 3×3, 8 | |", "conv | 3×3, 8 | |", "Wobble | 5×5 | | 16×16×24", "fc | 10 | |", "depth | 4 | |")
    graph = model_of(text, report=report)
    assert kinds(graph) == ["Conv2D", "Conv2D", "Custom", "Flatten", "Dense"]
    assert infer(graph, Report())[graph.node("wobble1").refs[0]] == (None, 24, 16, 16)
    assert any("'Wobble' is not known here" in each.message for each in report)


def test_a_residual_row_joins_what_a_brace_holds() -> None:
    stacked = "Convolutional<br>2×<br>Convolutional<br>Residual | 1×1, 4<br>3×3, 8<br> | | <br><br>32×32"
    graph = model_of(rows("Convolutional | 3×3, 8 | | 32×32", stacked))
    assert kinds(graph).count("Conv2D") == 5
    assert kinds(graph).count("Add") == 2


def test_a_residual_block_in_a_line() -> None:
    head = "| Part | Input → Output Shape | Layer Information |\n|---|---|---|\n"
    lines = ("CONV-(N8, K7x7, S1, P3), IN, ReLU", "Residual Block: CONV-(N8, K3x3, S1, P1), IN, ReLU")
    text = head + "".join(
        f"| Down | (h, w, 3) → (h/2, w/2, 8) | {line} |\n" for line in (*lines, "CONV-(N3, K7x7), Tanh")
    )
    graph = model_of(text)
    block = ["Conv2D", "MVN", "ReLU", "Conv2D", "MVN", "Add"]
    assert kinds(graph) == ["Conv2D", "MVN", "ReLU", *block, "Conv2D", "Tanh"]


def test_the_size_of_a_cell_of_two_layers_is_that_of_the_last() -> None:
    head = "Building blocks are shown in brackets.\n\n| output size | small | ConvNeXt |\n|---|---|---|\n"
    cells = "| 8×8 | 7×7, 8, stride 2<br>3×3 max pool, stride 2 | 4×4, 8, stride 4 |\n"
    cells += "| 8×8 | [3×3, 8; 3×3, 8] × 1 | [d7×7, 8; 1×1, 32; 1×1, 8] × 1 |\n| FLOPs | 4.1 | 4.5 |\n"
    first = model_of(head + cells, variant="small")
    assert first.inputs[0].shape == (None, 3, 32, 32)
    pool = first.node("pool1").layer
    assert isinstance(pool, L.MaxPool2D)
    assert pool.stride == (2, 2)
    second = model_of(head + cells, variant="ConvNeXt")
    assert [node.layer.groups for node in second.nodes if isinstance(node.layer, L.Conv2D)] == [1, 8, 1, 1]


C3D = """
| Layer | Kernel | Stride | Filters | Output |
|---|---|---|---|---|
| Input | | | | 16×112×112×3 |
| Conv1a | 3×3×3 | 1 | 64 | 16×112×112 |
| Pool1 | 1×2×2 | 1×2×2 | | 16×56×56 |
| Conv2a | 3×3×3 | 1 | 128 | 16×56×56 |
| Pool2 | 2×2×2 | 2×2×2 | | 8×28×28 |
| fc6 | | | 10 | 10 |
"""
VOLUMES_IN_BLOCKS = """
Building blocks are shown in brackets; a 3D ResNet.

| layer | output size | 18-layer | 10-layer |
|---|---|---|---|
| conv1 | 8×56×56 | 7×7×7, 16, stride 1×2×2 | 7×7×7, 16, stride 1×2×2 |
| conv2 | 8×56×56 | [3×3×3, 16; 3×3×3, 16] × 2 | [3×3×3, 16; 3×3×3, 16] × 1 |
| conv3 | 4×28×28 | [3×3×3, 32; 3×3×3, 32] × 2 | [3×3×3, 32; 3×3×3, 32] × 1 |
| | 1×1×1 | average pool, 10-d fc | average pool, 10-d fc |
"""
KERAS_VOLUMES = """
| Layer (type) | Output Shape | Param # |
|---|---|---|
| input_1 (InputLayer) | (None, 16, 32, 32, 1) | 0 |
| conv3d_1 (Conv3D) | (None, 14, 30, 30, 8) | 224 |
| re_lu_1 (ReLU) | (None, 14, 30, 30, 8) | 0 |
| max_pooling3d_1 (MaxPooling3D) | (None, 7, 15, 15, 8) | 0 |
| global_average_pooling3d_1 (GlobalAveragePooling3D) | (None, 8) | 0 |
| dense_1 (Dense) | (None, 10) | 90 |
"""
KERAS_STEPS = """
| Layer (type) | Output Shape | Param # |
|---|---|---|
| input_1 (InputLayer) | (None, 128, 9) | 0 |
| conv1d_1 (Conv1D) | (None, 126, 64) | 1792 |
| re_lu_1 (ReLU) | (None, 126, 64) | 0 |
| max_pooling1d_1 (MaxPooling1D) | (None, 63, 64) | 0 |
| flatten_1 (Flatten) | (None, 4032) | 0 |
| dense_1 (Dense) | (None, 6) | 24198 |
"""
AUDIO = """
| Layer | Kernel | Stride | Filters | Output |
|---|---|---|---|---|
| Input | | | | 8000×1 |
| Conv | 9 | 4 | 32 | 2000×32 |
| MaxPool | 4 | 4 | | 500×32 |
| Conv | 3 | 1 | 32 | 500×32 |
| FC | | | 10 | 10 |
"""
WORDS = """
| Layer | Parameters | Output |
|---|---|---|
| Embedding | 5000 words | 100 × 64 |
| Conv1D | 128 filters, kernel 5 | |
| Global max pooling 1D | | |
| Dense | 2 units | |
"""


def test_windows_through_volumes() -> None:
    report = Report()
    graph = model_of(C3D, report=report)
    assert graph.inputs[0].shape == (None, 3, 16, 112, 112)
    assert kinds(graph) == ["Conv3D", "MaxPool3D", "Conv3D", "MaxPool3D", "Flatten", "Dense"]
    assert graph.node("conv1").layer == L.Conv3D(filters=64, kernel=3, pad=1)
    assert graph.node("pool1").layer == L.MaxPool3D(kernel=(1, 2, 2), stride=(1, 2, 2))
    assert learned(graph) == 27 * 3 * 64 + 64 + 27 * 64 * 128 + 128 + 8 * 28 * 28 * 128 * 10 + 10
    assert not questions(report)


def test_blocks_of_volumes() -> None:
    report = Report()
    graph = model_of(f"Nets for video clips.\n\n{VOLUMES_IN_BLOCKS}", variant="10-layer", report=report)
    assert not [node for node in graph.nodes if isinstance(node.layer, L.Conv2D | L.Custom)]
    first, shortcut = graph.node("conv1").layer, graph.node("shortcut1").layer
    assert isinstance(first, L.Conv3D)
    assert (first.kernel, first.stride, first.filters) == ((7, 7, 7), (1, 2, 2), 16)
    assert first.pad == ((3, 3), (3, 3), (3, 3))
    assert isinstance(shortcut, L.Conv3D)
    assert (graph.inputs[0].shape, len(shortcut.stride)) == ((None, 3, 8, 112, 112), 3)
    assert not questions(report)
    assert any("the input is 3 x 8 x 112 x 112" in each.message for each in report)


@pytest.mark.parametrize(
    ("text", "shape", "first", "wanted"),
    [
        pytest.param(KERAS_VOLUMES, (None, 1, 16, 32, 32), L.Conv3D(filters=8, kernel=3), 224 + 90, id="volumes"),
        pytest.param(KERAS_STEPS, (None, 9, 128), L.Conv1D(filters=64, kernel=3), 1792 + 24198, id="steps"),
        pytest.param(
            AUDIO,
            (None, 1, 8000),
            L.Conv1D(filters=32, kernel=9, stride=4, pad=4),
            9 * 32 + 32 + 3 * 32 * 32 + 32 + 16000 * 10 + 10,
            id="audio",
        ),
    ],
)
def test_windows_along_other_axes(text: str, shape: tuple[int, ...], first: L.Conv1D, wanted: int) -> None:
    report = Report()
    graph = model_of(text, report=report)
    assert graph.inputs[0].shape == shape
    assert graph.node("conv1").layer == first
    assert learned(graph) == wanted
    assert not questions(report)


def test_windows_along_words() -> None:
    graph = model_of(WORDS)
    assert kinds(graph) == ["Embed", "Permute", "Conv1D", "GlobalMaxPool1D", "Flatten", "Dense"]
    assert graph.node("conv1").layer == L.Conv1D(filters=128, kernel=5, pad=2)


def test_a_window_in_an_image_has_the_channels_that_come_in() -> None:
    graph = model_of(rows("Conv | 5×5×3, 8 | | 28×28×8", "Conv | 3×3×8, 16 | |", "fc | 10 | |"))
    assert kinds(graph) == ["Conv2D", "Conv2D", "Flatten", "Dense"]
    assert learned(graph) == conv(5, 3, 8) + conv(3, 8, 16) + 28 * 28 * 16 * 10 + 10


def test_a_volume_in_the_place_of_an_image_is_asked_for() -> None:
    report = Report()
    graph = model_of(rows("Conv2D | 3×3, 8 | |", "Conv3D | 3×3×3, 16 | |", "fc | 10 | |"), report=report)
    assert kinds(graph) == ["Conv2D", "Custom", "Flatten", "Dense"]
    assert any("Conv3D' does not fit" in each.message for each in report if each.code == "question")


def test_calls_with_three_sizes() -> None:
    lines = ("Conv3d(3, 16, kernel_size=(3,3,3), stride=(1,2,2), padding=1)", "MaxPool3d((1,2,2))", "Linear(100, 10)")
    graph = model_of(
        "| Layer | Details |\n|---|---|\n" + "".join(f"| {i} | {each} |\n" for i, each in enumerate(lines))
    )
    assert graph.node("conv1").layer == L.Conv3D(filters=16, kernel=3, stride=(1, 2, 2), pad=1)
    assert graph.node("pool1").layer == L.MaxPool3D(kernel=(1, 2, 2), stride=(1, 2, 2))
