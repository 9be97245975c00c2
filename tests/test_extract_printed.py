"""What Keras and torchsummary print of a model, in letters of one width, and rows that name what they take."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.structure.printed import printed_tables
from ir import Report
from ir import layers as L
from tests.questions import questions
from tests.test_extract_tables import kinds
from tests.test_extract_typeset import model_of
from translator import read
from translator.dialect import by_suffix

OLD_KERAS = """
Model: "sequential"
_________________________________________________________________
Layer (type)                 Output Shape              Param #
=================================================================
conv2d_1 (Conv2D)            (None, 28, 28, 32)        896
_________________________________________________________________
max_pooling2d_1 (MaxPooling2 (None, 14, 14, 32)        0
_________________________________________________________________
re_lu_1 (ReLU)               (None, 14, 14, 32)        0
_________________________________________________________________
flatten_1 (Flatten)          (None, 6272)              0
_________________________________________________________________
dense_1 (Dense)              (None, 10)                62730
=================================================================
Total params: 63,626
Trainable params: 63,626
"""
TORCHSUMMARY = """
----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1           [-1, 32, 28, 28]             896
         MaxPool2d-2           [-1, 32, 14, 14]               0
              ReLU-3           [-1, 32, 14, 14]               0
           Flatten-4                 [-1, 6272]               0
            Linear-5                   [-1, 10]          62,730
================================================================
Total params: 63,626
"""
KERAS_3 = """
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ conv2d (Conv2D)                 │ (None, 28, 28, 32)     │           896 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ max_pooling2d                   │ (None, 14, 14, 32)     │             0 │
│ (MaxPooling2D)                  │                        │               │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ re_lu (ReLU)                    │ (None, 14, 14, 32)     │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ flatten (Flatten)               │ (None, 6272)           │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)                   │ (None, 10)             │        62,730 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 63,626 (248.54 KB)
"""
TORCHINFO = """
==========================================================================================
Layer (type:depth-idx)                   Output Shape              Param #
==========================================================================================
├─Conv2d: 1-1                            [1, 32, 28, 28]           896
├─MaxPool2d: 1-2                         [1, 32, 14, 14]           --
├─ReLU: 1-3                              [1, 32, 14, 14]           --
├─Flatten: 1-4                           [1, 6272]                 --
├─Linear: 1-5                            [1, 10]                   62,730
==========================================================================================
Total params: 63,626
"""


@pytest.mark.parametrize(
    "printed", [OLD_KERAS, TORCHSUMMARY, KERAS_3, TORCHINFO], ids=["old", "torch", "3", "torchinfo"]
)
@pytest.mark.parametrize("fence", ["```", ""], ids=["fenced", "bare"])
def test_what_is_printed_of_a_model_is_read(printed: str, fence: str) -> None:
    report = Report()
    graph = model_of(f"# A net for 28x28x3 pictures\n\n{fence}{printed}{fence}\n", report=report)
    assert [type(each.layer).__name__ for each in graph.nodes] == ["Conv2D", "MaxPool2D", "ReLU", "Flatten", "Dense"]
    assert graph.node("conv1").layer == L.Conv2D(filters=32, kernel=3, pad=1)
    assert not questions(report)


NESTED = """
==========================================================================================
Layer (type:depth-idx)                   Output Shape              Param #
==========================================================================================
SmallNet                                 [1, 10]                   --
├─Sequential: 1-1                        [1, 32, 14, 14]           --
│    └─Conv2d: 2-1                       [1, 32, 28, 28]           896
│    └─MaxPool2d: 2-2                    [1, 32, 14, 14]           --
├─ReLU: 1-2                              [1, 32, 14, 14]           --
├─Flatten: 1-3                           [1, 6272]                 --
├─Linear: 1-4                            [1, 10]                   62,730
==========================================================================================
"""
NESTED_ROWS = """
| Layer (type:depth-idx) | Output Shape | Param # |
|---|---|---|
| SmallNet | [1, 10] | -- |
| ├─Sequential: 1-1 | [1, 32, 14, 14] | -- |
| │ └─Conv2d: 2-1 | [1, 32, 28, 28] | 896 |
| │ └─MaxPool2d: 2-2 | [1, 32, 14, 14] | -- |
| ├─ReLU: 1-2 | [1, 32, 14, 14] | -- |
| ├─Flatten: 1-3 | [1, 6272] | -- |
| ├─Linear: 1-4 | [1, 10] | 62,730 |
"""


@pytest.mark.parametrize("printed", [NESTED, NESTED_ROWS], ids=["printed", "rows"])
def test_chains_of_layers_are_what_stands_below_them(printed: str) -> None:
    report = Report()
    graph = model_of(f"# A net for 28x28x3 pictures\n{printed}", report=report)
    assert [type(each.layer).__name__ for each in graph.nodes] == ["Conv2D", "MaxPool2D", "ReLU", "Flatten", "Dense"]
    assert not questions(report)


def test_blocks_with_a_name_of_their_own_are_asked_about() -> None:
    report = Report()
    model_of(NESTED_ROWS.replace("Sequential", "StrangeBlock"), report=report)
    assert [each.message for each in report if each.code == "question" and "StrangeBlock" in each.message]


def test_text_between_rules_is_no_table() -> None:
    assert not list(printed_tables("A title\n=======\nand what stands below it\n\n-----\nmore\n-----\n"))


RESIDUAL = """| Layer (type) | Output Shape | Param # | Connected to |
|---|---|---|---|
| input_1 (InputLayer) | (None, 16, 16, 3) | 0 | - |
| stem (Conv2D) | (None, 16, 16, 8) | 224 | input_1[0][0] |
| stem_bn (BatchNormalization) | (None, 16, 16, 8) | 32 | stem[0][0] |
| re_lu_1 (ReLU) | (None, 16, 16, 8) | 0 | stem_bn[0][0] |
| block_conv (Conv2D) | (None, 16, 16, 8) | 584 | re_lu_1[0][0] |
| block_relu (ReLU) | (None, 16, 16, 8) | 0 | block_conv[0][0] |
| add_1 (Add) | (None, 16, 16, 8) | 0 | block_relu[0][0], re_lu_1[0][0] |
| cat (Concatenate) | (None, 16, 16, 16) | 0 | add_1[0][0] |
| | | | stem[0][0] |
| pool (GlobalAveragePooling2D) | (None, 16) | 0 | cat[0][0] |
| fc (Dense) | (None, 4) | 68 | pool[0][0] |
"""


def test_rows_name_the_layers_that_they_take() -> None:
    report = Report()
    graph = model_of(RESIDUAL, report=report)
    taken = {each.name: tuple(ref.node for ref in each.inputs) for each in graph.nodes}
    assert taken["add1"] == ("relu2", "relu1")
    assert taken["concat1"] == ("add1", "conv1")  # In front of its normalisation.
    assert not questions(report)


def test_names_that_are_cut_off_are_those_that_begin_so() -> None:
    report = Report()
    graph = model_of(RESIDUAL.replace("re_lu_1[0][0] |", "re_l… |"), report=report)
    assert {each.name: tuple(ref.node for ref in each.inputs) for each in graph.nodes}["add1"] == ("relu2", "relu1")
    assert not questions(report)
    again = Report()
    model_of(RESIDUAL.replace("stem[0][0]", "ste…"), report=again)
    assert any("their names are cut off" in each.message for each in again)


def test_what_is_taken_but_is_not_there_is_asked() -> None:
    report = Report()
    model_of(RESIDUAL.replace("block_relu[0][0],", "other[0][0],"), report=report)
    assert any("not all of which are here" in each.message for each in report)


def test_several_inputs_are_several() -> None:
    table = RESIDUAL.replace(
        "| stem (Conv2D)", "| input_2 (InputLayer) | (None, 16, 16, 8) | 0 | - |\n| stem (Conv2D)"
    ).replace("block_relu[0][0], re_lu_1[0][0]", "block_relu[0][0], input_2[0][0]")
    graph = model_of(table)
    assert [each.shape for each in graph.inputs] == [(None, 3, 16, 16), (None, 8, 16, 16)]
    assert tuple(ref.node for ref in graph.node("add1").inputs) == ("relu2", graph.inputs[1].name)


def test_windows_that_only_one_size_of_gives_what_is_printed() -> None:
    rows = "| pad (ZeroPadding2D) | (None, 18, 18, 3) |\n| pool (MaxPooling2D) | (None, 8, 8, 3) |\n"
    head = "| Layer (type) | Output Shape |\n|---|---|\n| input_1 (InputLayer) | (None, 16, 16, 3) |\n"
    graph = model_of(f"{head}{rows}| relu (ReLU) | (None, 8, 8, 3) |\n| fc (Dense) | (None, 4) |\n")
    (pool,) = (each.layer for each in graph.nodes if isinstance(each.layer, L.MaxPool2D))
    assert (pool.kernel, pool.stride) == ((3, 3), (2, 2))


def test_numbers_of_parameters_tell_the_window_of_each_channel_and_a_scale_that_is_not_there() -> None:
    rows = "| dw (DepthwiseConv2D) | (None, 16, 16, 8) | 200 |\n| bn (BatchNormalization) | (None, 16, 16, 8) | 24 |\n"
    head = (
        "| Layer (type) | Output Shape | Param # |\n|---|---|---|\n| input_1 (InputLayer) | (None, 16, 16, 8) | 0 |\n"
    )
    graph = model_of(f"{head}{rows}| relu (ReLU) | (None, 16, 16, 8) | 0 |\n")
    first, norm, _ = (each.layer for each in graph.nodes)
    assert isinstance(first, L.Conv2D)
    assert (first.kernel, first.groups, first.bias) == ((5, 5), 8, False)
    assert norm == L.BatchNorm(scale=False)


def test_a_factor_of_each_channel_is_stretched_over_the_image() -> None:
    table = RESIDUAL.replace(
        "| add_1 (Add) | (None, 16, 16, 8) | 0 | block_relu[0][0], re_lu_1[0][0] |",
        "| gap (GlobalAveragePooling2D) | (None, 8) | 0 | block_relu[0][0] |\n"
        "| squeeze (Reshape) | (None, 1, 1, 8) | 0 | gap[0][0] |\n"
        "| gate (Conv2D) | (None, 1, 1, 8) | 72 | squeeze[0][0] |\n"
        "| gate_s (Activation) | (None, 1, 1, 8) | 0 | gate[0][0] |\n"
        "| add_1 (Multiply) | (None, 16, 16, 8) | 0 | block_relu[0][0], gate_s[0][0] |",
    )
    graph = model_of(table)
    (scale,) = (each for each in graph.nodes if isinstance(each.layer, L.ScaleBy))
    assert [ref.node for ref in scale.inputs] == ["relu2", "relu3"]
    assert not [each for each in graph.nodes if isinstance(each.layer, L.Custom)]


def test_numbers_of_parameters_tell_the_window_of_a_separable_convolution_and_its_size_the_stride() -> None:
    report = Report()
    head = (
        "| Layer (type) | Output Shape | Param # |\n|---|---|---|\n| input_1 (InputLayer) | (None, 16, 16, 8) | 0 |\n"
    )
    rows = "| sep (SeparableConv2D) | (None, 8, 8, 4) | 232 |\n| relu (ReLU) | (None, 8, 8, 4) | 0 |\n"
    first, second, _ = (each.layer for each in model_of(head + rows, report=report).nodes)
    assert isinstance(first, L.Conv2D)
    assert isinstance(second, L.Conv2D)
    assert (first.kernel, first.stride, first.bias, second.bias) == ((5, 5), (2, 2), False, False)
    assert not questions(report)


def test_classes_that_are_like_other_layers_by_their_names_alone() -> None:
    table = RESIDUAL.replace("stem_bn (BatchNormalization)", "stem_bn (Normalization)")
    report = Report()
    model_of(table, report=report)
    assert any("stem_bn (Normalization)' is not known here" in each.message for each in report)


SEQUENTIAL = """
Sequential(
  (0): Conv2d(3, 16, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)
  (1): BatchNorm2d(16, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
  (2): ReLU(inplace=True)
  (3): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
  (4): Flatten(start_dim=1, end_dim=-1)
  (5): Sequential(
    (0): Linear(in_features=4096, out_features=8, bias=True)
    (1-2): 2 x Linear(in_features=8, out_features=8, bias=True)
  )
)
"""


def test_modules_that_pytorch_prints_are_read() -> None:
    report = Report()
    graph = model_of(f"# A net\n\nThe input is 32x32x3.\n\n```{SEQUENTIAL}```\n", report=report)
    kinds = [type(each.layer).__name__ for each in graph.nodes]
    assert kinds == ["Conv2D", "BatchNorm", "ReLU", "MaxPool2D", "Flatten", "Dense", "Dense", "Dense"]
    assert graph.node("conv1").layer == L.Conv2D(filters=16, kernel=3, pad=1, bias=False)
    assert not questions(report)


def test_how_modules_of_a_class_of_its_own_are_joined_is_asked() -> None:
    report = Report()
    model_of(f"A net. The input is 32x32x3.\n\n{SEQUENTIAL.replace('Sequential', 'Net', 1)}", report=report)
    assert questions(report) == [
        "how the modules of Net are joined is not printed: one behind the other is taken, with nothing between"
    ]


def test_modules_that_nobody_knows_are_asked() -> None:
    report = Report()
    model_of(f"A net. The input is 32x32x3.\n\n{SEQUENTIAL.replace('ReLU(inplace=True)', 'Foo(3)')}", report=report)
    assert any("'Foo(3)' is not known here" in each.message for each in report)


def test_a_printed_model_is_told_by_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "net.txt").write_text(f"The input is 28x28x3.\n{OLD_KERAS}")
    assert kinds(read(tmp_path / "net.txt").graph) == ["Conv2D", "MaxPool2D", "ReLU", "Flatten", "Dense"]
    (told,) = by_suffix(tmp_path / "net.txt")
    assert told.sniff is not None
    assert [told.sniff(text.encode()) for text in (OLD_KERAS, SEQUENTIAL, "onnx>=1.16\n")] == [True, True, False]
