"""What cells say in the words that most authors use: none of it is lost, and none is read as something else."""

from __future__ import annotations

from typing import Any

import pytest

from extract.words.cells import read_cell
from ir import Report
from ir import layers as L
from tests.questions import questions
from tests.test_extract_typeset import model_of


@pytest.mark.parametrize(
    ("said", "kind", "params"),
    [
        ("CONV(64,4,2,1), LeakyReLU", "conv", {"filters": 64, "kernel": (4, 4), "stride": (2, 2), "pad": 1}),
        ("Conv 11x11x3, 96, stride 4", "conv", {"filters": 96, "kernel": (11, 11), "stride": (4, 4)}),
        ("1×1 Conv, 1024, linear", "conv", {"filters": 1024, "kernel": (1, 1)}),
        ("Depthwise Sep. Conv 3×3, 64", "sepconv", {"filters": 64, "kernel": (3, 3)}),
        ("Nearest-neighbor upsampling, 4x", "upsample", {"kernel": (4, 4)}),
        ("PixelShuffle ×2", "subpixel", {"kernel": (2, 2)}),
        ("Concatenate with conv4", "concat", {}),
        ("MaxPooling2D (4 × 100)", "maxpool", {"kernel": (4, 100)}),
        ("3D conv 3x3x3 / 1x2x2, 64", "conv", {"window": (3, 3, 3), "stride": (1, 2, 2)}),
        ("max 3x3 s2", "maxpool", {"kernel": (3, 3), "stride": (2, 2)}),
        ("avg 7x7", "avgpool", {"kernel": (7, 7)}),
        ("ave pool 8x8 s1", "avgpool", {"kernel": (8, 8), "stride": (1, 1)}),
        ("Maxpool, 3, 2", "maxpool", {"kernel": (3, 3), "stride": (2, 2)}),
        ("MP(3)", "maxpool", {"kernel": (3, 3)}),
        ("Conv1D (k=3, 64)", "conv", {"kernel": (3, 3), "filters": 64}),
        ("stride-2 conv 3x3, 64", "conv", {"kernel": (3, 3), "stride": (2, 2), "filters": 64}),
        ("Dilated conv 3×3, r=4", "conv", {"kernel": (3, 3), "dilation": 4}),
        ("3x3 conv, dil 2", "conv", {"kernel": (3, 3), "dilation": 2}),
        ("Hidden layer: 256, ReLU", "dense", {"units": 256}),
        ("Reshape (7, 7, 128)", "reshape", {"shape": (7, 7, 128)}),
        ("Spatial pyramid pooling (4,2,1)", "spp", {}),
        ("DWConv3x3", "dwconv", {"kernel": (3, 3)}),
        ("3×3 gconv, 32 groups, 256", "gconv", {"groups": 32, "filters": 256}),
        ("3x3 avg pool, s2, p1", "avgpool", {"kernel": (3, 3), "stride": (2, 2), "pad": 1}),
        ("fc6, 4096", "dense", {"units": 4096}),
        ("fc7 (4096)", "dense", {"units": 4096}),
        ("FC-2", "dense", {"units": 2}),
        ("FC 7×7×64", "dense", {"units": 3136}),
        ("conv64-3", "conv", {"filters": 64, "kernel": (3, 3)}),
        ("conv 64, 3", "conv", {"filters": 64, "kernel": (3, 3)}),
        ("Conv1D, 3, 64, ReLU", "conv", {"filters": 64, "kernel": (3, 3)}),
        ("conv1 (7×7×3, 2)", "conv", {"kernel": (7, 7), "stride": (2, 2)}),
        ("Conv(5×5×1×32)", "conv", {"filters": 32, "kernel": (5, 5)}),
        ("Stage 1: [3×3, 64]", "conv", {"filters": 64, "kernel": (3, 3)}),
        ("conv(3,3,64)", "conv", {"filters": 64, "kernel": (3, 3)}),
        ("Conv (3x3x64)", "conv", {"filters": 64, "kernel": (3, 3)}),
        ("Conv (k=3, s=2, p=1, c=64)", "conv", {"filters": 64, "kernel": (3, 3), "stride": (2, 2), "pad": 1}),
        ("5×1 / 3×1, 32", "conv", {"filters": 32, "kernel": (5, 1), "stride": (3, 1)}),
        ("MaxPool (3 × 3), stride (2 × 2)", "maxpool", {"kernel": (3, 3), "stride": (2, 2)}),
        ("Conv (3 × 3), stride (2 × 2), 64", "conv", {"filters": 64, "kernel": (3, 3), "stride": (2, 2)}),
        ("Pool, 2x2, max", "maxpool", {"kernel": (2, 2)}),
        ("256 hidden units, ReLU", "dense", {"units": 256}),
        ("Max pooling 1D (2)", "maxpool", {"kernel": (2, 2), "axes": 1}),
        ("Upsampling (4,4)", "upsample", {"kernel": (4, 4)}),
        ("Residual block (64)", "resblock", {"filters": 64}),
        ("Image (3, 224, 224)", "input", {"shape": (3, 224, 224)}),
        ("Input (None, 784)", "input", {"output": (784,)}),
        ("A dense layer of size 256", "dense", {"units": 256}),
        ("Linear(in=512, out=10)", "dense", {"in_features": 512, "units": 10}),
        ("Drop-out p=.3", "dropout", {"rate": 0.3}),
        ("Dropout (keep prob. = 0.8)", "dropout", {"rate": 0.2}),
        ("Dropout keep rate 0.8", "dropout", {"rate": 0.2}),
        ("Flatten → 3136", "flatten", {"output": (3136,)}),
        ("pointwise conv, 128 filters", "conv", {"kernel": (1, 1), "filters": 128}),
        ("LSTM-64", "lstm", {"units": 64}),
        ("Embedding 10k × 128", "embedding", {"vocabulary": 10000, "units": 128}),
        ("Embedding layer (5000 × 64)", "embedding", {"vocabulary": 5000, "units": 64}),
        ("64 ReLU units", "dense", {"units": 64}),
        ("1st hidden layer - 64", "dense", {"units": 64}),
        ("Output layer (3 classes)", "dense", {"units": 3}),
        ("conv, 64 filters, 3 by 3 kernel, stride of 2", "conv", {"filters": 64, "kernel": (3, 3), "stride": (2, 2)}),
        ("Conv-64 (3×3)", "conv", {"filters": 64, "kernel": (3, 3)}),
        ("3×3 dilated (2) conv, 64", "conv", {"kernel": (3, 3), "dilation": 2, "filters": 64}),
        ("dilated conv (rate 2) 3×3, 64", "conv", {"kernel": (3, 3), "dilation": 2, "filters": 64}),
        ("Deconv 4×4, 64, stride 2, crop 1", "deconv", {"filters": 64, "stride": (2, 2), "pad": 1}),
        ("Convolution (64 kernels, size 5)", "conv", {"filters": 64, "kernel": (5, 5)}),
        ("Conv (5, 64)", "conv", {"filters": 64, "kernel": (5, 5)}),
        ("Conv2D 64, 3, 2", "conv", {"filters": 64, "kernel": (3, 3), "stride": (2, 2)}),
        ("Conv 3×3, 64, 2", "conv", {"filters": 64, "kernel": (3, 3), "stride": (2, 2)}),
        ("Conv 64, 3, 1, 1", "conv", {"filters": 64, "kernel": (3, 3), "stride": (1, 1), "pad": 1}),
        ("Deconv 64, 4×4, 2", "deconv", {"filters": 64, "kernel": (4, 4), "stride": (2, 2)}),
        ("Up 2x", "upsample", {}),
        ("Conv3x3(64)", "conv", {"kernel": (3, 3), "filters": 64}),
        ("Conv_3x3_64", "conv", {"kernel": (3, 3), "filters": 64}),
        ("3x3_conv_64", "conv", {"kernel": (3, 3), "filters": 64}),
        ("Conv3x3 (64, s2)", "conv", {"kernel": (3, 3), "filters": 64, "stride": (2, 2)}),
        ("Conv 3x3 / 64 / s2", "conv", {"kernel": (3, 3), "filters": 64, "stride": (2, 2)}),
        ("CONV 3 64 1", "conv", {"kernel": (3, 3), "filters": 64, "stride": (1, 1)}),
        ("Depth to space 2", "subpixel", {}),
        ("Conv2D\n(3×3, 32)", "conv", {"kernel": (3, 3), "filters": 32}),
        ("MaxPool\n4, s4", "maxpool", {"kernel": (4, 4), "stride": (4, 4)}),
        ("Dropout\n0.5", "dropout", {"rate": 0.5}),
    ],
)
def test_one_layer_with_all_that_is_said_of_it(said: str, kind: str, params: dict[str, Any]) -> None:
    (found,) = read_cell(said)
    assert (found.kind, found.times) == (kind, 1)
    assert found.params.items() >= params.items()


@pytest.mark.parametrize("said", ["BLSTM 256 x 2", "BiLSTM, 2 x 256"])
def test_layers_that_recur_with_how_many_there_are(said: str) -> None:
    (found,) = read_cell(said)
    assert (found.kind, found.params, found.times) == ("bilstm", {"units": 256}, 2)


@pytest.mark.parametrize(
    ("said", "kind", "times"),
    [
        ("FC 4096 × 2", "dense", 2),
        ("FC-4096 ×2", "dense", 2),
        ("two 3×3 conv, 64", "conv", 2),
        ("ResBlock x16", "resblock", 16),
        ("2 LSTM layers, 128 units each", "lstm", 2),
        ("LSTM layer (hidden size 128, 2 layers)", "lstm", 2),
        ("LSTM (2 layers, 128 hidden units)", "lstm", 2),
        ("LSTM 64, num_layers=2", "lstm", 2),
        ("GRU × 2, 64", "gru", 2),
        ("Conv 3x3x64 ×2", "conv", 2),
        ("3×3, 64 ×2", "conv", 2),
    ],
)
def test_how_often_a_layer_comes(said: str, kind: str, times: int) -> None:
    (found,) = read_cell(said)
    assert (found.kind, found.times) == (kind, times)


@pytest.mark.parametrize(
    ("said", "wide"),
    [
        ("FC 512, 256, 10", [512, 256, 10]),
        ("MLP (64, 64)", [64, 64]),
        ("FC layers: 512, 256", [512, 256]),
        ("3 FC layers (512, 256, 128)", [512, 256, 128]),
        ("Dense 512/256/10", [512, 256, 10]),
        ("FC 6, 7, 8", [8]),
    ],
)
def test_how_wide_several_dense_are(said: str, wide: list[int]) -> None:
    assert [each.params.get("units") for each in read_cell(said)] == wide


def test_the_name_of_a_block_in_front_of_its_layers_is_no_layer() -> None:
    found = read_cell("res2a: 1x1, 64; 3x3, 64; 1x1, 256")
    assert [(each.params["kernel"][0], each.params["filters"]) for each in found] == [(1, 64), (3, 64), (1, 256)]
    assert [each.kind for each in read_cell("in 3, out 64, k 3, s 1")] == [""]


def test_a_softmax_behind_a_call_is_one() -> None:
    assert [each.kind for each in read_cell("Dense(10) softmax")] == ["dense", "softmax"]


def test_what_is_set_behind_several_layers_is_of_none_of_them_for_sure() -> None:
    assert "stride" not in read_cell("Convolutional layer, Max-pooling layer; 96 filters; stride 1")[1].params


def test_what_is_half_said_is_asked() -> None:
    assert read_cell("shortcut: 1x1 conv, 64, /2")[0].unclear


def test_a_size_that_no_block_has_is_asked() -> None:
    assert read_cell("Residual block 3×3, 64 × 5")[0].unclear
    assert not read_cell("Residual block 3×3, 64")[0].unclear


def test_a_transition_says_what_it_is_made_of() -> None:
    kinds = [each.kind for each in read_cell("Transition layer, 1×1 conv, 2×2 average pool, stride 2")]
    assert kinds == ["conv", "avgpool"]


def test_what_is_joined_is_a_layer_by_the_name_in_front_of_what_it_is() -> None:
    rows = (
        "| conv1: 3x3 conv, 16, ReLU | 64x64x16 |\n| max pool 2x2 | 32x32x16 |\n"
        "| conv2: 3x3 conv, 32, ReLU | 32x32x32 |\n"
        "| upsample x2 | 64x64x32 |\n| Concatenate with conv1 | 64x64x48 |\n| 1x1 conv, 2 | 64x64x2 |\n"
    )
    report = Report()
    graph = model_of(f"A net. The input is 64x64x1.\n\n| Layer | Output |\n|---|---|\n{rows}", report=report)
    (concat,) = (each for each in graph.nodes if isinstance(each.layer, L.Concat))
    assert [ref.node for ref in concat.inputs] == ["upsample1", "relu1"]
    assert not questions(report)


def test_the_first_of_the_widths_of_layers_is_how_many_numbers_an_image_has() -> None:
    rows = "| MLP | 784-500-500-2000-10 |\n| CNN | 32C5-P2-64C5-P2-512FC-10 |\n"
    graph = model_of(f"Networks for MNIST.\n\n| Model | Layers |\n|---|---|\n{rows}", variant="MLP")
    assert graph.inputs[0].shape == (None, 784)
    assert [each.layer.units for each in graph.nodes if isinstance(each.layer, L.Dense)] == [500, 500, 2000, 10]
    assert read_cell("256-128-64")[0].unclear


def test_where_a_column_says_which_normalisation_there_is_no_other_is_added() -> None:
    rows = "| 3×3 Conv, 8 | IN | ReLU | 32×32×8 |\n| Residual block ×2 | IN | ReLU | 32×32×8 |\n"
    rows += "| 3×3 Conv, 3 | - | Tanh | 32×32×3 |\n"
    head = "A net with residual blocks for 32×32 images.\n\n| Layer | Norm | Activation | Output |\n|---|---|---|---|\n"
    graph = model_of(head + rows)
    assert not [each for each in graph.nodes if isinstance(each.layer, L.BatchNorm)]
    assert [type(each.layer).__name__ for each in graph.nodes[-2:]] == ["Conv2D", "Tanh"]


def test_a_pooling_over_points_is_asked() -> None:
    rows = "| Input | N × 3 |\n| Shared MLP (64, 128) | N × 128 |\n| Max pool | 128 |\n| FC 40 | 40 |\n"
    report = Report()
    model_of(f"A net for N points.\n\n| Layer | Output |\n|---|---|\n{rows}", report=report)
    assert any("'Max pool' does not fit" in each.message for each in report)


def test_a_state_of_so_many_numbers_comes_in() -> None:
    rows = "| Input | state (24) | 28 |\n| Hidden 1 | 400, ReLU | 400, ReLU |\n| Output | 4, tanh | 1, linear |\n"
    table = f"Networks.\n\n| | Actor | Critic |\n|---|---|---|\n{rows}"
    assert [model_of(table, variant=each).inputs[0].shape for each in ("Actor", "Critic")] == [(None, 24), (None, 28)]


NEURONS = """Number of neurons.

| Layer | Model A | Model B |
|---|---|---|
| Input | 30 | 30 |
| Hidden 1 | 64 | 128 |
| Hidden 2 | – | 64 |
| Output | 1 | 1 |
"""


@pytest.mark.parametrize(("variant", "units"), [("Model A", [64, 1]), ("Model B", [128, 64, 1])])
def test_numbers_of_neurons_are_layers_by_the_names_of_their_rows(variant: str, units: list[int]) -> None:
    graph = model_of(NEURONS, variant=variant)
    assert graph.inputs[0].shape == (None, 30)
    assert [each.layer.units for each in graph.nodes if isinstance(each.layer, L.Dense)] == units


def test_layers_so_often_with_another_behind_them() -> None:
    assert [(each.kind, each.times) for each in read_cell("conv3-64 ×2, maxpool")] == [("conv", 2), ("maxpool", 1)]


RECURRENT = """Dropout of 0.2 is applied after each GRU layer. The input has 10 steps of 9 features.

| Layer | Output shape | Parameters |
|---|---|---|
| GRU (32) | (128, 32) | 4,128 |
| GRU (16) | (16) | 2,400 |
| Dense (6, softmax) | (6) | 102 |
"""


def test_a_caption_says_behind_which_layers_dropout_stands_and_parameters_tell_the_features() -> None:
    report = Report()
    graph = model_of(RECURRENT, report=report)
    kinds = [type(each.layer).__name__ for each in graph.nodes]
    assert [each for each in kinds if each in ("GRU", "Dropout", "Dense")] == [
        "GRU",
        "Dropout",
        "GRU",
        "Dropout",
        "Dense",
    ]
    assert {each.layer.rate for each in graph.nodes if isinstance(each.layer, L.Dropout)} == {0.2}
    assert graph.inputs[0].shape == (None, 128, 9)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Dropout is used.", True),
        ("No dropout is used.", False),
        ("Dropout of 0.1 is applied after the embedding layer and of 0.5 after the LSTM layer.", True),
    ],
)
def test_dropout_of_which_it_is_not_said_where_it_stands_is_asked(said: str, asked: bool) -> None:
    report = Report()
    model_of(f"{said} The input is 32x32x3.\n\n| Layer |\n|---|\n| 3×3 conv, 8 |\n| ReLU |\n| FC 10 |\n", report=report)
    assert any("Dropout is said beside the table" in each.message for each in report) == asked


def test_how_many_channels_images_have_is_asked_where_nothing_tells() -> None:
    table = "| Layer |\n|---|\n| 3×3 conv, 8 |\n| ReLU |\n| FC 10 |\n"
    for said, asked in (("The input is 105×105.", True), ("The input is a 105×105 grey image.", False)):
        report = Report()
        model_of(f"{said}\n\n{table}", report=report)
        assert any("how many channels" in each.message for each in report) == asked


def test_a_layer_with_an_activation_below_it_has_not_that_of_the_caption_too() -> None:
    table = "| Layer | Filters | Kernel |\n|---|---|---|\n| Conv1 | 8 | 3 |\n| Conv2 | 1 | 3 |\n| Sigmoid | | |\n"
    said = "Input 16×16×3. All convolutions are followed by a ReLU."
    graph = model_of(f"{said}\n\n{table}")
    assert [type(each.layer).__name__ for each in graph.nodes] == ["Conv2D", "ReLU", "Conv2D", "Sigmoid"]


def test_how_many_come_in_is_held_to_what_does() -> None:
    rows = "| Conv2d | in 3, out 8, kernel 3, padding 1 |\n| ReLU | |\n| Linear | in 100, out 10 |\n"
    table = f"| Layers | Settings |\n|---|---|\n{rows}"
    report = Report()
    model_of(f"The input is 8×8×3.\n\n{table}", report=report)
    assert any("takes 100, but 512 come in" in each.message for each in report)


def test_what_residual_blocks_are_made_of_is_said_of_no_other_layer() -> None:
    said = (
        "Each residual block consists of two 3×3 convolutions with batch normalization and ReLU. The input is 3×32×32."
    )
    rows = "| 7×7 conv, 8 | 8×32×32 |\n| 2 × residual block, 8 | 8×32×32 |\n| 7×7 conv, 3, tanh | 3×32×32 |\n"
    graph = model_of(f"{said}\n\n| Layer | Output size |\n|---|---|\n{rows}")
    block = ["Conv2D", "BatchNorm", "ReLU", "Conv2D", "BatchNorm", "Add"]
    assert [type(each.layer).__name__ for each in graph.nodes] == ["Conv2D", *block, *block, "Conv2D", "Tanh"]


def test_streams_in_rows_take_the_same() -> None:
    rows = (
        "| Convolutional | 8 filters, 3×3, ReLU |\n| Value stream | FC 16, ReLU; FC 1 |\n| Advantage stream | FC 6 |\n"
    )
    graph = model_of(f"Q-network. Input: 8×8×4.\n\n| Layer | Hyperparameters |\n|---|---|\n{rows}")
    assert [len(graph.outputs), *(each.layer.units for each in graph.nodes if isinstance(each.layer, L.Dense))] == [
        2,
        16,
        1,
        6,
    ]


TWO_STREAMS = """Two streams.

| Layer | RGB stream | Flow stream |
|---|---|---|
| Input | 32×32×3 | 32×32×20 |
| conv1 | 7×7×96, stride 2 | 7×7×96, stride 2 |
| pool1 | 2×2 | 2×2 |
| full2 | 64, dropout 0.9 | 64, dropout 0.9 |
"""


@pytest.mark.parametrize(("variant", "channels"), [("RGB stream", 3), ("Flow stream", 20)])
def test_streams_side_by_side_are_networks(variant: str, channels: int) -> None:
    graph = model_of(TWO_STREAMS, variant=variant)
    assert graph.inputs[0].shape == (None, channels, 32, 32)
    assert [type(each.layer).__name__ for each in graph.nodes] == ["Conv2D", "MaxPool2D", "Flatten", "Dense", "Dropout"]


LENET = """The input is 28×28.

| Layer | Filter | Stride | Padding | Feature map | Size |
|---|---|---|---|---|---|
| Input | - | - | - | 1 | 28×28 |
| Conv | 5×5 | 1 | 2 | 6 | 28×28 |
| Avg pool | 2×2 | 2 | 0 | 6 | 14×14 |
| Conv | 5×5 | 1 | 0 | 16 | 10×10 |
| Avg pool | 2×2 | 2 | 0 | 16 | 5×5 |
| FC | - | - | - | 120 | - |
| Output | - | - | - | 10 | - |
"""


def test_a_column_of_filters_says_their_windows_beside_one_of_feature_maps() -> None:
    report = Report()
    graph = model_of(LENET, report=report)
    assert [each.layer.kernel for each in graph.nodes if isinstance(each.layer, L.Conv2D)] == [(5, 5), (5, 5)]
    assert [each.layer.units for each in graph.nodes if isinstance(each.layer, L.Dense)] == [120, 10]
    assert not questions(report)


def test_letters_at_the_head_of_layers_are_networks() -> None:
    rows = "| Dense, 64, ReLU | Conv 4×4, 8, s=2 |\n| Dense, 49, ReLU | Dense, 16 |\n"
    table = f"| G | D |\n|---|---|\n{rows}| Dense, 784, Sigmoid | Dense, 1, Sigmoid |\n"
    learned = [
        [type(each.layer).__name__ for each in model_of(f"Nets.\n\n{table}", variant=name).nodes] for name in "GD"
    ]
    assert [kinds.count("Dense") for kinds in learned] == [3, 2]
    assert learned[1][0] == "Conv2D"


@pytest.mark.parametrize(
    ("said", "shape"),
    [("3×192×640", (None, 3, 192, 640)), ("192×640×3", (None, 3, 192, 640)), ("1×96×64", (None, 1, 96, 64))],
)
def test_channels_in_front_of_the_sides_of_an_image(said: str, shape: tuple[int, ...]) -> None:
    graph = model_of(f"The input is {said}.\n\n| Layer |\n|---|\n| 3×3 conv, 8 |\n| ReLU |\n| FC 10 |\n")
    assert graph.inputs[0].shape == shape


def test_what_comes_in_is_an_argument_of_the_first_layer() -> None:
    rows = "| Conv2D | 8, (3, 3), activation='relu', input_shape=(50, 50, 3) |\n| Flatten | |\n| Dense | 1 |\n"
    assert model_of(f"Keras.\n\n| Layer | Args |\n|---|---|\n{rows}").inputs[0].shape == (None, 3, 50, 50)
    (dense,) = read_cell("Dense(64, input_dim=20, activation='relu')")
    assert dense.params["input"] == (20,)


def test_ways_that_are_joined_below_are_no_networks_of_their_own() -> None:
    rows = "| 1 | Conv | 3×3 | 8 |\n| 1 | Conv | 3×3 | 8 |\n| 2 | Conv | 5×5 | 8 |\n| 2 | Conv | 5×5 | 8 |\n"
    table = (
        f"| Branch | Layer | Kernel | Filters |\n|---|---|---|---|\n{rows}| - | Concat | - | - |\n| - | FC | - | 10 |\n"
    )
    report = Report()
    model_of(f"The input is 32×32×3.\n\n{table}", report=report)  # One design, and no variants to choose from.
    assert any("'Concat' is not known here" in each.message for each in report)


def test_a_unit_of_several_layers_by_one_word() -> None:
    (found,) = read_cell("Conv2dBNReLU 3×3, 64, s2")
    assert (found.posts, found.unclear) == (("bn", "relu"), False)
    assert found.params == {"kernel": (3, 3), "filters": 64, "stride": (2, 2)}


ROWS = "| Input 300 |\n| Dense 64 |\n| {0} |\n| Dense 10 |\n| Softmax |\n"


@pytest.mark.parametrize("said", ["SE block", "Self-attention", "Transformer block", "Swin block ×2", "Maxout 64"])
def test_a_name_alone_in_its_row_that_nobody_knows_is_carried(said: str) -> None:
    report = Report()
    graph = model_of("| Layer |\n|---|\n" + ROWS.format(said), report=report)
    assert "Custom" in [type(each.layer).__name__ for each in graph.nodes]
    assert any("is not known here" in each.message for each in report)


@pytest.mark.parametrize(("said", "asked"), [("Mean over time", True), ("Decoder", False), ("Block 2", False)])
def test_a_row_that_may_be_a_title_is_asked_for(said: str, asked: bool) -> None:
    report = Report()
    model_of("| Layer |\n|---|\n" + ROWS.format(said), report=report)
    assert any("is it a layer?" in each.message for each in report) == asked


@pytest.mark.parametrize(("said", "asked"), [("tanh, 64", 0), ("tanh, 32", 1), ("ReLU(32)", 1), ("Sigmoid (1)", 1)])
def test_units_beside_an_activation_are_of_a_dense_in_front_of_it(said: str, asked: int) -> None:
    report = Report()
    graph = model_of("| Layer |\n|---|\n" + ROWS.format(said), report=report)
    assert sum(isinstance(each.layer, L.Dense) for each in graph.nodes) == 2 + asked
    assert sum("is there a Dense" in each.message for each in report) == asked


def test_a_list_of_widths_in_a_column_of_its_own() -> None:
    graph = model_of("| Layer | Configuration |\n|---|---|\n| Input | 64 |\n| MLP | 32, 32 |\n| FC | 512, 256, 10 |\n")
    assert [each.layer.units for each in graph.nodes if isinstance(each.layer, L.Dense)] == [32, 32, 512, 256, 10]


SKIPS = """
| Layer | Kernel | Filters | Output size | Skip |
|---|---|---|---|---|
| input | | | 32×32×3 | |
| conv1 | 3×3 | 8 | 32×32×8 | |
| pool1 | 2×2 | | 16×16×8 | |
| conv2 | 3×3 | 16 | 16×16×16 | |
| up3 | 2×2 | 8 | 32×32×8 | conv1 |
| conv3 | 3×3 | 2 | 32×32×2 | |
"""


def test_a_column_of_what_is_joined_names_no_layers() -> None:
    report = Report()
    graph = model_of(SKIPS, report=report)
    kinds = [type(each.layer).__name__ for each in graph.nodes]
    assert kinds == ["Conv2D", "MaxPool2D", "Conv2D", "Conv2DTranspose", "Concat", "Conv2D"]
    assert [ref.node for ref in graph.nodes[4].inputs] == ["deconv1", "conv1"]
    assert any("skip from conv1" in each.message for each in report if each.code == "question")


def test_joins_within_a_list_name_what_they_join() -> None:
    rows = "| Down 1 | Conv 3×3 (8) | \n| | Max pool 2×2 |\n| Up 1 | Up-conv 2×2 (8), concat Down 1, Conv 3×3 (2) |\n"
    graph = model_of(f"The input is 32×32×3.\n\n| Block | Layers |\n|---|---|\n{rows}")
    (join,) = [each for each in graph.nodes if isinstance(each.layer, L.Concat)]
    assert [ref.node for ref in join.inputs] == ["deconv1", "conv1"]


def test_a_shape_that_is_but_given_another_tells_that_an_image_has_one_channel() -> None:
    rows = "| Input | | (16, 32) |\n| Reshape | | (1, 16, 32) |\n| Conv2D | (1, 4) | (8, 16, 32) |\n"
    graph = model_of(f"| Layer | Size | Output |\n|---|---|---|\n{rows}| Flatten | | |\n| Dense | 4 | |\n")
    assert graph.inputs[0].shape == (None, 1, 16, 32)


@pytest.mark.parametrize(
    ("said", "kind", "params"),
    [
        ("64 × Conv 3×3", "conv", {"filters": 64, "kernel": (3, 3)}),
        ("Conv2D – 64 filters – (3,3) – ReLU", "conv", {"filters": 64, "kernel": (3, 3)}),
        ("Conv2D-64-3x3", "conv", {"filters": 64, "kernel": (3, 3)}),
        ("Conv [3×3, 64]", "conv", {"filters": 64, "kernel": (3, 3)}),
        ("Max-Pool(3,2)", "maxpool", {"kernel": (3, 3), "stride": (2, 2)}),
        ("PW conv 64", "conv", {"filters": 64, "kernel": (1, 1)}),
        ("Residual block (64, 5×5)", "resblock", {"filters": 64, "kernel": (5, 5)}),
        ("Upsample, scale 4", "upsample", {"kernel": (4, 4)}),
        ("FC 7×7×512 → 4096", "dense", {"in_features": 25088, "units": 4096}),
        ("Input: 1@28x28", "input", {"shape": (28, 28, 1)}),
    ],
)
def test_numbers_that_were_lost(said: str, kind: str, params: dict[str, object]) -> None:
    (found,) = read_cell(said)
    assert found.kind == kind
    assert {key: found.params.get(key) for key in params} == params


def test_a_factor_in_front_of_another_layer() -> None:
    assert read_cell("Upsample 4x + Conv 3×3, 64")[0].params["kernel"] == (4, 4)
