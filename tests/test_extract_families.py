"""Tables in the forms of well-known papers, each to a model with the parameters that are published for it."""

from __future__ import annotations

from math import prod

import pytest

from extract.columns.table_design import TableDesign
from extract.designs.assemble import assemble
from extract.designs.assembly import MOST_LAYERS
from extract.words.cells import read_cell
from ir import Origin, Report, Source, TranslationError
from ir import layers as L
from ir.graph import Graph
from ir.validate import infer, weight_shapes
from translator import ReadOptions, read

MOBILENET_V2 = """
| Input | Operator | t | c | n | s |
|---|---|---|---|---|---|
| 224²×3 | conv2d | - | 32 | 1 | 2 |
| 112²×32 | bottleneck | 1 | 16 | 1 | 1 |
| 112²×16 | bottleneck | 6 | 24 | 2 | 2 |
| 56²×24 | bottleneck | 6 | 32 | 3 | 2 |
| 28²×32 | bottleneck | 6 | 64 | 4 | 2 |
| 14²×64 | bottleneck | 6 | 96 | 3 | 1 |
| 14²×96 | bottleneck | 6 | 160 | 3 | 2 |
| 7²×160 | bottleneck | 6 | 320 | 1 | 1 |
| 7²×320 | conv2d 1x1 | - | 1280 | 1 | 1 |
| 7²×1280 | avgpool 7x7 | - | - | 1 | - |
| 1×1×1280 | conv2d 1x1 | - | 1000 | - | |
"""
MOBILENET_V3 = """
| Input | Operator | exp size | #out | SE | NL | s |
|---|---|---|---|---|---|---|
| 224² × 3 | conv2d, 3x3 | - | 16 | - | HS | 2 |
| 112² × 16 | bneck, 3x3 | 16 | 16 | ✓ | RE | 2 |
| 56² × 16 | bneck, 3x3 | 72 | 24 | - | RE | 2 |
| 28² × 24 | bneck, 3x3 | 88 | 24 | - | RE | 1 |
| 28² × 24 | bneck, 5x5 | 96 | 40 | ✓ | HS | 2 |
| 14² × 40 | bneck, 5x5 | 240 | 40 | ✓ | HS | 1 |
| 14² × 40 | bneck, 5x5 | 240 | 40 | ✓ | HS | 1 |
| 14² × 40 | bneck, 5x5 | 120 | 48 | ✓ | HS | 1 |
| 14² × 48 | bneck, 5x5 | 144 | 48 | ✓ | HS | 1 |
| 14² × 48 | bneck, 5x5 | 288 | 96 | ✓ | HS | 2 |
| 7² × 96 | bneck, 5x5 | 576 | 96 | ✓ | HS | 1 |
| 7² × 96 | bneck, 5x5 | 576 | 96 | ✓ | HS | 1 |
| 7² × 96 | conv2d, 1x1 | - | 576 | - | HS | 1 |
| 7² × 576 | pool, 7x7 | - | - | - | - | 1 |
| 1² × 576 | conv2d 1x1, NBN | - | 1024 | - | HS | 1 |
| 1² × 1024 | conv2d 1x1, NBN | - | 1000 | - | - | 1 |
"""
EFFICIENTNET_B0 = """
| Stage | Operator | Resolution | #Channels | #Layers |
|---|---|---|---|---|
| 1 | Conv3x3 | 224 × 224 | 32 | 1 |
| 2 | MBConv1, k3x3 | 112 × 112 | 16 | 1 |
| 3 | MBConv6, k3x3 | 112 × 112 | 24 | 2 |
| 4 | MBConv6, k5x5 | 56 × 56 | 40 | 2 |
| 5 | MBConv6, k3x3 | 28 × 28 | 80 | 3 |
| 6 | MBConv6, k5x5 | 14 × 14 | 112 | 3 |
| 7 | MBConv6, k5x5 | 14 × 14 | 192 | 4 |
| 8 | MBConv6, k3x3 | 7 × 7 | 320 | 1 |
| 9 | Conv1x1 & Pooling & FC | 7 × 7 | 1280 | 1 |
"""
RESNEXT = r"""
\begin{table}\caption{ResNeXt-50 with a 32x4d template; building blocks are shown in brackets.}
\begin{tabular}{c|c|c}
stage & output & ResNeXt-50 (32$\times$4d) \\ \hline
conv1 & 112$\times$112 & 7$\times$7, 64, stride 2 \\
conv2 & 56$\times$56 & 3$\times$3 max pool, stride 2 \\
 & 56$\times$56 &
    $\left[\begin{array}{c} 1\times1, 128 \\ 3\times3, 128, C=32 \\ 1\times1, 256 \end{array}\right]\times$3 \\
conv3 & 28$\times$28 &
    $\left[\begin{array}{c} 1\times1, 256 \\ 3\times3, 256, C=32 \\ 1\times1, 512 \end{array}\right]\times$4 \\
conv4 & 14$\times$14 &
    $\left[\begin{array}{c} 1\times1, 512 \\ 3\times3, 512, C=32 \\ 1\times1, 1024 \end{array}\right]\times$6 \\
conv5 & 7$\times$7 &
    $\left[\begin{array}{c} 1\times1, 1024 \\ 3\times3, 1024, C=32 \\ 1\times1, 2048 \end{array}\right]\times$3 \\
 & 1$\times$1 & global average pool, 1000-d fc, softmax \\
\end{tabular}\end{table}
"""
DENSENET = r"""
\begin{table}
\begin{tabular}{c|c|c}
Layers & Output Size & DenseNet-121 \\
Convolution & $112 \times 112$ & $7 \times 7$ conv, stride 2 \\
Pooling & $56 \times 56$ & $3 \times 3$ max pool, stride 2 \\
Dense Block (1) & $56 \times 56$ &
    $\begin{bmatrix} 1 \times 1 \text{ conv} \\ 3 \times 3 \text{ conv} \end{bmatrix} \times 6$ \\
Transition Layer (1) & $56 \times 56$ & $1 \times 1$ conv \\
 & $28 \times 28$ & $2 \times 2$ average pool, stride 2 \\
Dense Block (2) & $28 \times 28$ &
    $\begin{bmatrix} 1 \times 1 \text{ conv} \\ 3 \times 3 \text{ conv} \end{bmatrix} \times 12$ \\
Transition Layer (2) & $28 \times 28$ & $1 \times 1$ conv \\
 & $14 \times 14$ & $2 \times 2$ average pool, stride 2 \\
Dense Block (3) & $14 \times 14$ &
    $\begin{bmatrix} 1 \times 1 \text{ conv} \\ 3 \times 3 \text{ conv} \end{bmatrix} \times 24$ \\
Transition Layer (3) & $14 \times 14$ & $1 \times 1$ conv \\
 & $7 \times 7$ & $2 \times 2$ average pool, stride 2 \\
Dense Block (4) & $7 \times 7$ &
    $\begin{bmatrix} 1 \times 1 \text{ conv} \\ 3 \times 3 \text{ conv} \end{bmatrix} \times 16$ \\
Classification Layer & $1 \times 1$ & $7 \times 7$ global average pool \\
 & & 1000D fully-connected, softmax \\
\end{tabular}
\caption{DenseNet architectures for ImageNet. The growth rate of the network is $k = 32$.
Each ``conv'' layer is the sequence BN-ReLU-Conv.}
\end{table}
"""
DARKNET = """
| Type | Filters | Size/Stride | Output |
|---|---|---|---|
| Convolutional | 32 | 3 × 3 | 224 × 224 |
| Maxpool | | 2 × 2/2 | 112 × 112 |
| Convolutional | 64 | 3 × 3 | 112 × 112 |
| Maxpool | | 2 × 2/2 | 56 × 56 |
| Convolutional | 128 | 3 × 3 | 56 × 56 |
| Convolutional | 64 | 1 × 1 | 56 × 56 |
| Convolutional | 128 | 3 × 3 | 56 × 56 |
| Maxpool | | 2 × 2/2 | 28 × 28 |
| Convolutional | 1000 | 1 × 1 | 28 × 28 |
| Avgpool | | Global | 1000 |
| Softmax | | | |
"""
LENET = """
| | Layer | Feature Map | Size | Kernel Size | Stride | Activation |
|---|---|---|---|---|---|---|
| Input | Image | 1 | 32x32 | - | - | - |
| 1 | Convolution | 6 | 28x28 | 5x5 | 1 | tanh |
| 2 | Average Pooling | 6 | 14x14 | 2x2 | 2 | tanh |
| 3 | Convolution | 16 | 10x10 | 5x5 | 1 | tanh |
| 4 | Average Pooling | 16 | 5x5 | 2x2 | 2 | tanh |
| 5 | Convolution | 120 | 1x1 | 5x5 | 1 | tanh |
| 6 | FC | - | 84 | - | - | tanh |
| Output | FC | - | 10 | - | - | softmax |
"""
FACENET = """
| layer | size-in | size-out | kernel | param |
|---|---|---|---|---|
| conv1 | 220×220×3 | 110×110×64 | 7×7×3, 2 | 9K |
| pool1 | 110×110×64 | 55×55×64 | 3×3×64, 2 | 0 |
| rnorm1 | 55×55×64 | 55×55×64 | | 0 |
| conv2a | 55×55×64 | 55×55×64 | 1×1×64, 1 | 4K |
| conv2 | 55×55×64 | 55×55×192 | 3×3×64, 1 | 111K |
| pool2 | 55×55×192 | 28×28×192 | 3×3×192, 2 | 0 |
| conv3a | 28×28×192 | 28×28×192 | 1×1×192, 1 | 37K |
| conv3 | 28×28×192 | 28×28×384 | 3×3×192, 1 | 664K |
| fc1 | 28×28×384 | 1×1×128 | | |
"""
ALL_CNN = r"""
\begin{tabular}{ccc}
A & B & C \\
\multicolumn{3}{c}{Input $32 \times 32$ RGB image} \\
$5 \times 5$ conv. 96 ReLU & $5 \times 5$ conv. 96 ReLU & $3 \times 3$ conv. 96 ReLU \\
 & $1 \times 1$ conv. 96 ReLU & $3 \times 3$ conv. 96 ReLU \\
\multicolumn{3}{c}{$3 \times 3$ max-pooling stride 2} \\
$5 \times 5$ conv. 192 ReLU & $5 \times 5$ conv. 192 ReLU & $3 \times 3$ conv. 192 ReLU \\
 & $1 \times 1$ conv. 192 ReLU & $3 \times 3$ conv. 192 ReLU \\
\multicolumn{3}{c}{$3 \times 3$ max-pooling stride 2} \\
\multicolumn{3}{c}{$3 \times 3$ conv. 192 ReLU} \\
\multicolumn{3}{c}{$1 \times 1$ conv. 192 ReLU} \\
\multicolumn{3}{c}{$1 \times 1$ conv. 10 ReLU} \\
\multicolumn{3}{c}{global averaging over $6 \times 6$ spatial dimensions} \\
\multicolumn{3}{c}{10 or 100-way softmax} \\
\end{tabular}
"""
SUMMARY = """
| Layer (type) | Output Shape | Param # |
|---|---|---|
| conv2d_1 (Conv2D) | (None, 26, 26, 32) | 320 |
| conv2d_2 (Conv2D) | (None, 24, 24, 64) | 18496 |
| max_pooling2d_1 (MaxPooling2D) | (None, 12, 12, 64) | 0 |
| dropout_1 (Dropout) | (None, 12, 12, 64) | 0 |
| flatten_1 (Flatten) | (None, 9216) | 0 |
| dense_1 (Dense) | (None, 128) | 1179776 |
| dense_2 (Dense) | (None, 10) | 1290 |
"""
STAGES = """
| Layer | Output size | KSize | Stride | Repeat | g = 1 | g = 3 |
|---|---|---|---|---|---|---|
| Image | 224×224 | | | | 3 | 3 |
| Conv1 | 112×112 | 3×3 | 2 | 1 | 24 | 24 |
| MaxPool | 56×56 | 3×3 | 2 | | | |
| Stage2 | 28×28 | | 2 | 1 | 144 | 240 |
| | 28×28 | | 1 | 3 | 144 | 240 |
| Stage3 | 14×14 | | 2 | 1 | 288 | 480 |
| | 14×14 | | 1 | 7 | 288 | 480 |
| Stage4 | 7×7 | | 2 | 1 | 576 | 960 |
| | 7×7 | | 1 | 3 | 576 | 960 |
| GlobalPool | 1×1 | 7×7 | | | | |
| FC | | | | | 1000 | 1000 |
"""


def model_of(text: str, suffix: str = ".md", variant: str = "", report: Report | None = None) -> Graph:
    options = ReadOptions(variant=variant)
    return read(f"net{suffix}", data=text.encode(), format="table", options=options, report=report or Report()).graph


def learned(graph: Graph) -> int:
    found = weight_shapes(graph, infer(graph, Report()))
    return sum(prod(shape) for key, (_, shape, _) in found.items() if not key.endswith((".mean", ".variance")))


def conv(kernel: int, before: int, after: int) -> int:
    return kernel * kernel * before * after + after


@pytest.mark.parametrize(
    ("text", "suffix", "variant", "wanted"),
    [
        pytest.param(MOBILENET_V2, ".md", "", 3_504_872, id="mobilenet-v2"),
        pytest.param(MOBILENET_V3, ".md", "", 2_542_856, id="mobilenet-v3-small"),
        pytest.param(EFFICIENTNET_B0, ".md", "", 5_288_548, id="efficientnet-b0"),
        pytest.param(RESNEXT, ".tex", "", 25_028_904, id="resnext-50"),
        pytest.param(DENSENET, ".tex", "", 7_978_856, id="densenet-121"),
        pytest.param(LENET, ".md", "", 61_706, id="lenet"),
        pytest.param(SUMMARY, ".md", "", 320 + 18496 + 1179776 + 1290, id="keras-summary"),
        pytest.param(
            DARKNET,
            ".md",
            "",
            conv(3, 3, 32) + conv(3, 32, 64) + 2 * conv(3, 64, 128) + conv(1, 128, 64) + conv(1, 128, 1000),
            id="darknet",
        ),
        pytest.param(
            FACENET,
            ".md",
            "",
            conv(7, 3, 64) + conv(1, 64, 64) + conv(3, 64, 192) + conv(1, 192, 192) + conv(3, 192, 384)
            + 28 * 28 * 384 * 128 + 128,
            id="facenet",
        ),
        pytest.param(
            ALL_CNN,
            ".tex",
            "C",
            conv(3, 3, 96) + conv(3, 96, 96) + conv(3, 96, 192) + 2 * conv(3, 192, 192) + conv(1, 192, 192)
            + conv(1, 192, 10),
            id="all-cnn",
        ),
    ],
)  # fmt: skip
def test_published_parameters(text: str, suffix: str, variant: str, wanted: int) -> None:
    assert learned(model_of(text, suffix, variant)) == wanted


def test_stages_of_shuffle_units() -> None:
    graph = model_of(f"Table 1. ShuffleNet architecture.\n\n{STAGES}", variant="g = 3")
    assert learned(graph) == 1_865_728
    split = STAGES.replace("g = 1", "0.5×").replace("g = 3", "1×").replace("| 144 | 240 |", "| 48 | 116 |")
    split = split.replace("| 288 | 480 |", "| 96 | 232 |").replace("| 576 | 960 |", "| 192 | 464 |")
    split = split.replace("| GlobalPool", "| Conv5 | 7×7 | 1×1 | 1 | 1 | 1024 | 1024 |\n| GlobalPool")
    second = model_of(f"Table 5: Overall architecture of ShuffleNet v2.\n\n{split}", variant="1×")
    assert learned(second) == 2_278_604


def test_stages_with_a_design_for_each_width() -> None:
    with pytest.raises(TranslationError, match="holds 2 designs"):
        model_of(STAGES)
    report = Report()
    graph = model_of(STAGES, variant="g = 3", report=report)
    custom = [node.layer for node in graph.nodes if isinstance(node.layer, L.Custom)]
    assert [each.arguments["filters"] for each in custom] == [240] * 4 + [480] * 8 + [960] * 4
    assert [each.arguments["stride"] for each in custom[:2]] == [(2, 2), (1, 1)]
    assert sum("what is it made of" in each.message for each in report) == len(custom)


TEXTS = """
| Layer (type) | Output Shape | Param # |
|---|---|---|
| embedding_1 (Embedding) | (None, 80, 128) | 2560000 |
| bidirectional_1 (Bidirectional LSTM) | (None, 80, 128) | 98816 |
| lstm_1 (LSTM) | (None, 32) | 20608 |
| dense_1 (Dense) | (None, 1) | 33 |
"""
LINES = """
| Type | Configurations |
|---|---|
| Input | W × 32 gray-scale image |
| Convolution | #maps:8, k:3 × 3, s:1, p:1 |
| MaxPooling | Window:32 × 1, s:1 |
| Map-to-Sequence | - |
| Bidirectional-LSTM | #hidden units:16 |
| Bidirectional-LSTM | #hidden units:16 |
"""


def test_sequences() -> None:
    graph = model_of(TEXTS)
    shapes = infer(graph, Report())
    assert graph.inputs[0].shape == (None, 80)
    assert shapes[graph.outputs[0]] == (None, 1)
    assert [node.layer.vocabulary for node in graph.nodes if isinstance(node.layer, L.Embed)] == [20_000]
    lstms = [node.layer for node in graph.nodes if isinstance(node.layer, L.LSTM)]
    assert [(each.units, each.sequences) for each in lstms] == [(64, True), (64, True), (32, False)]


def test_columns_of_an_image_are_steps() -> None:
    graph = model_of(LINES)
    assert graph.inputs[0].shape == (None, 1, 32, None)
    assert infer(graph, Report())[graph.outputs[0]] == (None, None, 32)


RESULTS = """
| Method | Test Error |
|---|---|
| Stochastic Pooling [11] | 15.13% |
| Conv. maxout + Dropout [8] | 11.68% |
| NIN + Dropout | 10.41% |
| NIN + Dropout + Data Augmentation | 8.81% |
"""
MODELS = """
| Model | Params | Top-1 |
|---|---|---|
| Inception-v2 (2 nets) | 11M | 74.8 |
| Inception-v3 (1 net) | 24M | 78.0 |
| Inception-v4 (3 nets) | 48M | 80.0 |
| FC (2 nets) | 12M | 71.0 |
"""
COSTS = """
| Type | Mult-Adds | Parameters |
|---|---|---|
| Conv 1 × 1 | 94.86% | 74.59% |
| Conv DW 3 × 3 | 3.06% | 1.06% |
| Conv 3 × 3 | 1.19% | 0.02% |
| Fully Connected | 0.18% | 24.33% |
"""


@pytest.mark.parametrize("text", [RESULTS, MODELS, COSTS])
def test_tables_of_results_are_no_designs(text: str) -> None:
    with pytest.raises(TranslationError, match="holds no table that shows a design"):
        model_of(text)


def test_gates_beside_the_convolutions_of_a_block() -> None:
    row = "| 8×8 | conv, 1×1, 8<br>conv, 3×3, 8<br>conv, 1×1, 16<br>fc, [4, 16] | C = 2 | × 2 |"
    head = "A residual net.\n\n| Output size | SE-Net | | |\n|---|---|---|---|\n| 8×8 | conv, 3×3, 16, stride 1 | | |\n"
    graph = model_of(f"{head}{row}\n| 1×1 | global average pool, 10-d fc, softmax | | |\n")
    gates = [node.layer for node in graph.nodes if isinstance(node.layer, L.ScaleBy)]
    assert len(gates) == 2
    grouped = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D) and node.layer.groups == 2]
    assert [each.kernel for each in grouped] == [(3, 3)] * 2


def test_a_block_that_comes_without_end_ends() -> None:
    report = Report()
    design = TableDesign("", "rows", tuple(read_cell("[3x3, 8; 3x3, 8] x 999999999")))
    graph = assemble(design, "Table 1", "net", Origin(Source("net.pdf")), report)
    assert len(graph.nodes) <= MOST_LAYERS
    assert any(f"more than {MOST_LAYERS} layers" in each.message for each in report)
