"""Tables in the forms of further papers, each to a model with the parameters that its sizes make."""

from __future__ import annotations

import pytest

from ir import Report
from ir import layers as L
from ir.validate import infer
from tests.test_extract_families import conv, learned, model_of
from tests.test_extract_tables import kinds


def deconv(kernel: int, before: int, after: int) -> int:
    return conv(kernel, before, after)


def dense(before: int, after: int) -> int:
    return before * after + after


DCGAN = """
| Layer | Output size | Kernel | Stride | BN | Activation |
|---|---|---|---|---|---|
| z ∈ R^100 ~ N(0, I) | 100 | | | | |
| Project and reshape | 4 × 4 × 1024 | | | Yes | ReLU |
| Deconv | 8 × 8 × 512 | 5 × 5 | 2 | Yes | ReLU |
| Deconv | 16 × 16 × 256 | 5 × 5 | 2 | Yes | ReLU |
| Deconv | 32 × 32 × 128 | 5 × 5 | 2 | Yes | ReLU |
| Deconv | 64 × 64 × 3 | 5 × 5 | 2 | No | Tanh |
"""
WGAN_GP = r"""
\begin{tabular}{l|c|c|c}
\multicolumn{4}{c}{Generator $G(z)$} \\ \hline
 & Kernel size & Resample & Output shape \\ \hline
$z$ & - & - & 128 \\
Linear & - & - & $128\times4\times4$ \\
Residual block & [3$\times$3]$\times$2 & Up & $128 \times 8 \times 8$ \\
Residual block & [3$\times$3]$\times$2 & Up & $128 \times 16 \times 16$ \\
Residual block & [3$\times$3]$\times$2 & Up & $128 \times 32 \times 32$ \\
Conv, tanh & 3$\times$3 & - & $3 \times 32 \times 32$ \\
\end{tabular}
"""
SNGAN = r"""
\begin{tabular}{c}
RGB image $x \in \mathbb{R}^{32\times 32\times 3}$ \\ \hline
3$\times$3, stride=1 conv 64 lReLU \\
4$\times$4, stride=2 conv 64 lReLU \\ \hline
3$\times$3, stride=1 conv. 128 lReLU \\ \hline
dense $\rightarrow$ 1 \\
\end{tabular}
"""
INFOGAN = r"""
\begin{tabular}{l|l}
discriminator D / recognition network Q & generator G \\ \hline
Input $28 \times 28$ Gray image & Input $\in \mathbb{R}^{74}$ \\
$4\times4$ conv. 64 lRELU. stride 2 & FC. 1024 RELU. batchnorm \\
$4\times4$ conv. 128 lRELU. stride 2. batchnorm & FC. $7 \times 7 \times 128$ RELU. batchnorm \\
FC. 1024 lRELU. batchnorm & $4\times4$ upconv. 64 RELU. stride 2. batchnorm \\
FC. output layer for D & $4\times4$ upconv. 1 channel \\
\end{tabular}
"""
VAE = r"""
\begin{tabular}{ll}
Encoder & Decoder \\
Input $64\times64$ grayscale image & Input $\in \mathbb{R}^{10}$ \\
$4\times4$ conv. 32 ReLU. stride 2 & FC. 256 ReLU. \\
$4\times4$ conv. 64 ReLU. stride 2 & FC. $4\times4\times64$ ReLU. \\
FC 256. FC 20. & $4\times4$ upconv. 1. stride 2 \\
\end{tabular}
"""
ACGAN = """<table>
<tr><th>Operation</th><th>Kernel</th><th>Strides</th><th>Feature maps</th><th>BN?</th><th>Dropout</th>
<th>Nonlinearity</th></tr>
<tr><td>D(x) – 32 × 32 × 3 input</td><td></td><td></td><td></td><td></td><td></td><td></td></tr>
<tr><td>Convolution</td><td>3 × 3</td><td>2 × 2</td><td>16</td><td>×</td><td>0.5</td><td>Leaky ReLU</td></tr>
<tr><td>Convolution</td><td>3 × 3</td><td>1 × 1</td><td>32</td><td>√</td><td>0.5</td><td>Leaky ReLU</td></tr>
<tr><td>Linear</td><td>N/A</td><td>N/A</td><td>11</td><td>×</td><td>0.0</td><td>Soft-Sigmoid</td></tr>
<tr><td>Leaky ReLU slope</td><td colspan="6">0.2</td></tr>
<tr><td>Optimizer</td><td colspan="6">Adam (α = 0.0002, β1 = 0.5)</td></tr></table>"""
CONVNEXT = r"""
Detailed architecture specifications for ConvNeXt-T and ResNet-50.
\begin{tabular}{c|c|c}
output size & ConvNeXt-T & ConvNeXt-S \\ \hline
56$\times$56 & 4$\times$4, 96, stride 4 & 4$\times$4, 96, stride 4 \\
56$\times$56 & $\begin{bmatrix} \text{d7$\times$7, 96} \\ 1\times1, 384 \\ 1\times1, 96 \end{bmatrix} \times 3$
  & $\begin{bmatrix} \text{d7$\times$7, 96} \\ 1\times1, 384 \\ 1\times1, 96 \end{bmatrix} \times 3$ \\
28$\times$28 & $\begin{bmatrix} \text{d7$\times$7, 192} \\ 1\times1, 768 \\ 1\times1, 192 \end{bmatrix} \times 3$
  & $\begin{bmatrix} \text{d7$\times$7, 192} \\ 1\times1, 768 \\ 1\times1, 192 \end{bmatrix} \times 3$ \\
14$\times$14 & $\begin{bmatrix} \text{d7$\times$7, 384} \\ 1\times1, 1536 \\ 1\times1, 384 \end{bmatrix} \times 9$
  & $\begin{bmatrix} \text{d7$\times$7, 384} \\ 1\times1, 1536 \\ 1\times1, 384 \end{bmatrix} \times 27$ \\
7$\times$7 & $\begin{bmatrix} \text{d7$\times$7, 768} \\ 1\times1, 3072 \\ 1\times1, 768 \end{bmatrix} \times 3$
  & $\begin{bmatrix} \text{d7$\times$7, 768} \\ 1\times1, 3072 \\ 1\times1, 768 \end{bmatrix} \times 3$ \\
1$\times$1 & global average pool, 1000-d fc & global average pool, 1000-d fc \\
FLOPs & $4.5 \times 10^9$ & $8.7 \times 10^9$ \\
\end{tabular}
"""
DEEPFACE = """
| Layer | Type | Filter size | Output |
|---|---|---|---|
| C1 | conv | 32x11x11x3 | 142x142x32 |
| M2 | max-pool | 3x3, stride 2 | 71x71x32 |
| C3 | conv | 16x9x9x32 | 63x63x16 |
| L4 | locally connected | 16x9x9x16 | 55x55x16 |
| L5 | locally connected | 16x7x7x16 | 25x25x16 |
| F7 | fully connected | 4096 | 4096 |
"""
PILOTNET = """
| Layer | Type | Size | Stride |
|---|---|---|---|
| 0 | Input | 66×200×3 | |
| 1 | Conv | 24@5×5 | 2×2 |
| 2 | Conv | 36@5×5 | 2×2 |
| 3 | Conv | 48@5×5 | 2×2 |
| 4 | Conv | 64@3×3 | 1×1 |
| 5 | Conv | 64@3×3 | 1×1 |
| 6 | Flatten | 1152 | |
| 7 | FC | 100 | |
| 8 | FC | 50 | |
| 9 | FC | 10 | |
| 10 | FC | 1 | |
"""
ALEXNET = """
| Layer | Type | Maps | Size | Kernel size | Stride | Padding | Activation |
|---|---|---|---|---|---|---|---|
| Out | Fully connected | – | 1,000 | – | – | – | Softmax |
| F10 | Fully connected | – | 4,096 | – | – | – | ReLU |
| F9 | Fully connected | – | 4,096 | – | – | – | ReLU |
| S8 | Max pooling | 256 | 6 × 6 | 3 × 3 | 2 | valid | – |
| C7 | Convolution | 256 | 13 × 13 | 3 × 3 | 1 | same | ReLU |
| C6 | Convolution | 384 | 13 × 13 | 3 × 3 | 1 | same | ReLU |
| C5 | Convolution | 384 | 13 × 13 | 3 × 3 | 1 | same | ReLU |
| S4 | Max pooling | 256 | 13 × 13 | 3 × 3 | 2 | valid | – |
| C3 | Convolution | 256 | 27 × 27 | 5 × 5 | 1 | same | ReLU |
| S2 | Max pooling | 96 | 27 × 27 | 3 × 3 | 2 | valid | – |
| C1 | Convolution | 96 | 55 × 55 | 11 × 11 | 4 | valid | ReLU |
| In | Input | 3 (RGB) | 227 × 227 | – | – | – | – |
"""
LENET_CODES = """
| Layer | Maps | Size | Kernel | Stride | Activation |
|---|---|---|---|---|---|
| In | 1 | 32×32 | – | – | – |
| C1 | 6 | 28×28 | 5×5 | 1 | tanh |
| S2 | 6 | 14×14 | 2×2 | 2 | tanh |
| C3 | 16 | 10×10 | 5×5 | 1 | tanh |
| S4 | 16 | 5×5 | 2×2 | 2 | tanh |
| C5 | 120 | 1×1 | 5×5 | 1 | tanh |
| F6 | – | 84 | – | – | tanh |
"""
NIN = """
| Layer | Details |
|---|---|
| mlpconv1 | 5×5 conv 192, 1×1 conv 160, 1×1 conv 96, ReLU |
| pool1 | 3×3 max pool, stride 2, dropout 0.5 |
| mlpconv2 | 3×3 conv 192, 1×1 conv 192, 1×1 conv 10 |
| global average pooling | 8×8 |
| softmax | |
"""
U_NET = """
| Block | Layers | Output |
|---|---|---|
| Input | | 572×572×1 |
| Down 1 | conv 3×3, 64, ReLU; conv 3×3, 64, ReLU | 568×568×64 |
| | max pool 2×2 | 284×284×64 |
| Down 2 | conv 3×3, 128, ReLU; conv 3×3, 128, ReLU | 280×280×128 |
| Up 1 | up-conv 2×2, 64 | 560×560×64 |
| Output | conv 1×1, 2 | 560×560×2 |
"""
MEL = """Layer;Output;Details
Input;128x256x1;mel spectrogram
Conv2D;128x256x32;3x3, BN, ELU
MaxPool;64x128x32;2x2
GRU;32;32 units
Dense;10;softmax
"""
TEXT = """
| Layer | Configuration |
|---|---|
| Embedding | 50 dimensions, 1000 words |
| Convolution | 100 filters each of sizes 3, 4, 5 |
| Max-over-time pooling | |
| Dropout | 0.5 |
| Fully connected | 2, softmax |
"""
AUTOENCODER = """
| Layer | Size | Activation |
|---|---|---|
| Input | 784 | – |
| Fully-connected | 1000 | sigmoid |
| Fully-connected | 30 | linear |
| Fully-connected | 784 | sigmoid |
"""
SUPER_RESOLUTION = """
| Layer | Kernel | Channels | Stride | Output |
|---|---|---|---|---|
| Conv + PReLU | 9×9 | 64 | 1 | 24×24×64 |
| Residual block × 2 | 3×3 | 64 | 1 | 24×24×64 |
| Conv + PixelShuffle + PReLU | 3×3 | 256 | 1 | 48×48×64 |
| Conv | 9×9 | 3 | 1 | 48×48×3 |
"""
TYPES_DOWN = """
| layer | 0 | 1 | 2 | 3 | 4 |
|---|---|---|---|---|---|
| type | input | conv | relu | mpool | conv |
| name | – | conv1_1 | relu1_1 | pool1 | fc8 |
| support | – | 3 | 1 | 2 | 1 |
| filt dim | – | 3 | – | – | 64 |
| num filts | – | 64 | – | – | 2622 |
| stride | – | 1 | 1 | 2 | 1 |
| pad | – | 1 | 0 | 0 | 0 |
"""
TORCH = """
| Layer (type) | Output Shape | Param # |
|---|---|---|
| Conv2d-1 | [-1, 64, 112, 112] | 9,408 |
| BatchNorm2d-2 | [-1, 64, 112, 112] | 128 |
| ReLU-3 | [-1, 64, 112, 112] | 0 |
| Conv2d-5 | [-1, 64, 112, 112] | 36,864 |
| AdaptiveAvgPool2d-6 | [-1, 64, 1, 1] | 0 |
| Linear-7 | [-1, 10] | 650 |
"""
LADDER = r"""
\begin{tabular}{c|c|c}
ConvPool-CNN-C & Conv-Large & Conv-Small \\ \hline
\multicolumn{3}{c}{Input 32$\times$32 or 28 $\times$ 28 RGB or monochrome image} \\ \hline
3$\times$3 conv. 96 ReLU & 3$\times$3 conv. 96 LeakyReLU & 3$\times$3 conv. 96 LeakyReLU \\
3$\times$3 max-pooling stride 2 & 2$\times$2 max-pooling stride 2 BN & 2$\times$2 max-pooling stride 2 BN \\
1$\times$1 conv. 10 ReLU & 1$\times$1 conv. 10 LeakyReLU & 1$\times$1 conv. 10 LeakyReLU \\
global meanpool & global meanpool BN & global meanpool BN \\
 & & fully connected BN \\
\multicolumn{3}{c}{10-way softmax} \\
\end{tabular}
"""
BRACES = """
| Layer | Filters | Size/Stride |
|---|---|---|
| Conv | 64 | 7×7/2 |
| Max Pool | | 2×2/2 |
| 4 × { 1×1 Conv, 3×3 Conv } | 256, 512 | |
"""
VIDEO = """
| Layer | Kernel | Stride | Output (T×H×W×C) |
|---|---|---|---|
| Input | | | 64×224×224×3 |
| Conv | 7×7×7 | 2 | 32×112×112×64 |
| Max Pool | 1×3×3 | 1,2,2 | 32×56×56×64 |
| Conv | 3×3×3 | 1 | 32×56×56×192 |
"""


@pytest.mark.parametrize(
    ("text", "suffix", "variant", "wanted"),
    [
        pytest.param(
            DCGAN, ".md", "",
            dense(100, 16384) + 2 * (1024 + 512 + 256 + 128) + deconv(5, 1024, 512) + deconv(5, 512, 256)
            + deconv(5, 256, 128) + deconv(5, 128, 3),
            id="dcgan",
        ),
        pytest.param(
            WGAN_GP, ".tex", "", dense(128, 2048) + 6 * conv(3, 128, 128) + conv(3, 128, 3), id="wgan-gp"
        ),
        pytest.param(
            SNGAN, ".tex", "", conv(3, 3, 64) + conv(4, 64, 64) + conv(3, 64, 128) + dense(16 * 16 * 128, 1), id="sngan"
        ),
        pytest.param(
            INFOGAN, ".tex", "generator G",
            dense(74, 1024) + 2048 + dense(1024, 6272) + 256 + deconv(4, 128, 64) + 128 + deconv(4, 64, 1),
            id="infogan",
        ),
        pytest.param(
            VAE, ".tex", "Encoder", conv(4, 1, 32) + conv(4, 32, 64) + dense(16 * 16 * 64, 256) + dense(256, 20),
            id="vae-encoder",
        ),
        pytest.param(VAE, ".tex", "Decoder", dense(10, 256) + dense(256, 1024) + deconv(4, 64, 1), id="vae-decoder"),
        pytest.param(
            ACGAN, ".html", "", conv(3, 3, 16) + conv(3, 16, 32) + 64 + dense(16 * 16 * 32, 11), id="acgan"
        ),
        pytest.param(CONVNEXT, ".tex", "ConvNeXt-T", 28_589_128, id="convnext-t"),
        pytest.param(CONVNEXT, ".tex", "ConvNeXt-S", 50_223_688, id="convnext-s"),
        pytest.param(
            DEEPFACE, ".md", "",
            conv(11, 3, 32) + conv(9, 32, 16) + 55 * 55 * conv(9, 16, 16) + 25 * 25 * conv(7, 16, 16)
            + dense(25 * 25 * 16, 4096),
            id="deepface",
        ),
        pytest.param(PILOTNET, ".md", "", 252_219, id="pilotnet"),
        pytest.param(ALEXNET, ".md", "", 62_378_344, id="alexnet-in-one-tower"),
        pytest.param(
            LENET_CODES, ".md", "", conv(5, 1, 6) + conv(5, 6, 16) + conv(5, 16, 120) + dense(120, 84), id="lenet-codes"
        ),
        pytest.param(
            NIN, ".md", "",
            conv(5, 3, 192) + conv(1, 192, 160) + conv(1, 160, 96) + conv(3, 96, 192) + conv(1, 192, 192)
            + conv(1, 192, 10),
            id="nin",
        ),
        pytest.param(
            U_NET, ".md", "",
            conv(3, 1, 64) + conv(3, 64, 64) + conv(3, 64, 128) + conv(3, 128, 128) + deconv(2, 128, 64)
            + conv(1, 64, 2),
            id="u-net",
        ),
        pytest.param(AUTOENCODER, ".md", "", dense(784, 1000) + dense(1000, 30) + dense(30, 784), id="autoencoder"),
        pytest.param(
            SUPER_RESOLUTION, ".md", "",
            conv(9, 3, 64) + 64 + 4 * conv(3, 64, 64) + conv(3, 64, 256) + 64 + conv(9, 64, 3),
            id="srresnet",
        ),
        pytest.param(TYPES_DOWN, ".md", "", conv(3, 3, 64) + conv(1, 64, 2622), id="types-down"),
        pytest.param(TORCH, ".md", "", 9408 + 128 + 36864 + 650, id="torch-summary"),
        pytest.param(LADDER, ".tex", "ConvPool-CNN-C", conv(3, 3, 96) + conv(1, 96, 10), id="names-like-layers"),
        pytest.param(LADDER, ".tex", "Conv-Large", conv(3, 3, 96) + 192 + conv(1, 96, 10) + 20, id="conv-large"),
        pytest.param(
            BRACES, ".md", "",
            conv(7, 3, 64) + conv(1, 64, 256) + 4 * conv(3, 256, 512) + 3 * conv(1, 512, 256),
            id="a-brace-in-a-cell",
        ),
        pytest.param(VIDEO, ".md", "", 343 * 3 * 64 + 64 + 27 * 64 * 192 + 192, id="video"),
    ],
)  # fmt: skip
def test_parameters(text: str, suffix: str, variant: str, wanted: int) -> None:
    assert learned(model_of(text, suffix, variant)) == wanted


def test_what_a_resized_block_gives() -> None:
    report = Report()
    graph = model_of(WGAN_GP, ".tex", report=report)
    assert infer(graph, Report())[graph.outputs[0]] == (None, 3, 32, 32)
    assert sum("2 times larger" in each.message for each in report if each.code == "question") == 1


def test_rows_of_details() -> None:
    graph = model_of(MEL, ".csv")
    assert kinds(graph) == [
        *("Conv2D", "BatchNorm", "ELU", "MaxPool2D", "Permute", "Flatten", "GRU", "Dense", "Softmax"),
    ]


def test_windows_beside_each_other() -> None:
    graph = model_of(TEXT)
    windows = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv1D)]
    assert [(each.kernel, each.filters) for each in windows] == [((3,), 100), ((4,), 100), ((5,), 100)]
    assert infer(graph, Report())[graph.outputs[0]] == (None, 2)
    assert isinstance(graph.nodes[-1].layer, L.Softmax)


def test_slopes_and_rates() -> None:
    slopes = [node.layer.negative_slope for node in model_of(ACGAN, ".html").nodes if isinstance(node.layer, L.ReLU)]
    assert slopes == [0.2, 0.2]
    text = "| Layer | Details |\n|---|---|\n| conv1 | 3×3, 8, LeakyReLU(0.1) |\n| conv2 | 3×3, 16, BN, LReLU |\n"
    report = Report()
    graph = model_of(f"{text}| drop | Dropout (keep 0.8) |\n| fc | FC 10 |\n", report=report)
    assert [node.layer.negative_slope for node in graph.nodes if isinstance(node.layer, L.ReLU)] == [0.1, 0.01]
    assert [node.layer.rate for node in graph.nodes if isinstance(node.layer, L.Dropout)] == [0.2]
    assert sum("slope 0.01" in each.message for each in report) == 1


def test_layers_over_time_take_a_sequence() -> None:
    head = "| Layer | Input dim | Output dim | Activation |\n|---|---|---|---|\n"
    graph = model_of(f"{head}| LSTM 1 | 40 | 64 | tanh |\n| LSTM 2 | 64 | 32 | tanh |\n| FC | 32 | 10 | |\n")
    assert graph.inputs[0].shape == (None, None, 40)
    assert [node.layer.sequences for node in graph.nodes if isinstance(node.layer, L.LSTM)] == [True, False]
    assert infer(graph, Report())[graph.outputs[0]] == (None, 10)


def test_calls_of_frameworks_have_no_border_unless_they_say_one() -> None:
    lines = ("nn.Conv2d(1, 8, kernel_size=3)", "nn.Conv2d(8, 16, 3, padding=1)", "nn.ReLU()", "nn.Linear(100, 10)")
    graph = model_of(
        "| Layer | Details |\n|---|---|\n" + "".join(f"| {i} | {each} |\n" for i, each in enumerate(lines))
    )
    pads = [node.layer.pad for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert (graph.inputs[0].shape or ())[1] == 1
    assert pads == [((0, 0), (0, 0)), ((1, 1), (1, 1))]


def test_what_comes_in_may_have_another_name() -> None:
    head = "| Layer | Kernel | Output |\n|---|---|---|\n| Spectrogram | – | 257 × 500 × 1 |\n"
    graph = model_of(f"{head}| Conv1 | 7×7, 64, stride 2 | 129 × 250 × 64 |\n| Conv2 | 3×3, 8 | |\n| FC | | 10 |\n")
    assert graph.inputs[0].shape == (None, 1, 257, 500)
