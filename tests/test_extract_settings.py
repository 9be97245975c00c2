"""What is set of a layer beside its name: in columns of settings, in brackets, by colons, or in a sentence."""

from __future__ import annotations

from extract.words.cells import read_attributes, read_cell
from extract.words.signs import signed
from extract.words.spellings import normalized
from ir import Report
from ir import layers as L
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def test_settings_in_rows_below_each_other() -> None:
    text = table(
        "Block | Layer | Output shape | Parameters | Settings | Values",
        *("Convolutional Block I | 1D Convolutional | (None, 300, 24) | 192 | Filters | 24",
          " | Layer | | | Kernel Size | 7", " | | | | Padding | same",
          " | Batch Normalization | (None, 300, 24) | 96 | All | default",
          " | Avg. Pooling | (None, 100, 24) | 0 | Pool Size | 3", " | | | | Strides | 3"),
        *("LSTM Layer | LSTM | (None, 40) | 10’400 | Units | 40", " | | | | Dropout Rate | 0.2",
          " | | | | Activation | tanh"),
        *("Fully Connected Layers | Dense | (None, 20) | 820 | Units | 20", " | | | | Activation | Leaky ReLU",
          " | Dropout | (None, 20) | 0 | Dropout Rate | 0.3"),
        *(" | Dense | (None, 1) | 21 | Units | 1", " | | | | Activation | sigmoid"),
    )  # fmt: skip
    graph = model_of(text)
    assert graph.inputs[0].shape == (None, 1, 300)
    said = [each for each in kinds(graph) if each != "Permute"]
    assert said == ["Conv1D", "BatchNorm", "AvgPool1D", "LSTM", "Dense", "ReLU", "Dropout", "Dense", "Sigmoid"]
    first = graph.nodes[0].layer
    assert isinstance(first, L.Conv1D)
    assert (first.filters, first.kernel) == (24, (7,))
    assert [node.layer.rate for node in graph.nodes if isinstance(node.layer, L.Dropout)] == [0.3]


def test_how_weights_begin_is_no_number_of_a_layer() -> None:
    for text in ("96, kernel_regularizer=l2(0.0001)", "96, kernel initializer=he_normal"):
        assert read_attributes(text, "dense") == {"units": 96}


def test_arguments_behind_colons() -> None:
    said = read_attributes("Input dim: 9,000, Output dim: 120, Input length: 30", "embedding")
    assert said == {"vocabulary": 9000, "units": 120}
    assert read_attributes("Stride: 1x1, output: 9x9x16", "conv")["output"] == (9, 9, 16)


def test_what_brackets_say_of_a_dense() -> None:
    (dense,) = read_cell("Dense (17 neurons, Softmax)")
    assert (dense.params["units"], dense.posts) == (17, ("softmax",))
    assert normalized("RepUnit (linear)") == "RepUnit"
    assert signed("10’800") == "10800"


def test_an_activation_that_its_own_column_says_again() -> None:
    text = table(
        "Layer Type | Output Shape | Parameters | Activation",
        *("Input | (None, 12) | | -", "Dense | (None, 60) | 60 neurons | Linear"),
        *("LeakyReLU | (None, 60) | - | LeakyReLU (α=0.05)", "Dense | (None, 1) | 1 neuron | Sigmoid"),
    )
    assert kinds(model_of(text)) == ["Dense", "ReLU", "Dense", "Sigmoid"]


def test_a_sentence_names_no_layer() -> None:
    text = table(
        "Layer Name | Layer Type | Output Shape | Rationale",
        *("conv1 | Conv2D | (None, 20, 20, 8) | Learns edges.",
          "pool1 / drop1 | MaxPool2D + Dropout | (None, 10, 10, 8) | Downsampling (2×2) + 25% feature dropout.",
          "gap | GlobalAvgPool2D | (None, 8) | Flattens what there is of each map of features into one vector.",
          "out | Dense(1) + Sigmoid | (None, 1) | A probability."),
    )  # fmt: skip
    said = [each for each in kinds(model_of(text)) if each != "Flatten"]
    assert said == ["Conv2D", "MaxPool2D", "Dropout", "GlobalAvgPool2D", "Dense", "Sigmoid"]


def test_units_by_their_class_that_nobody_knows() -> None:
    text = table(
        "Stage | Module | Channels | Resolution",
        *("Head | OddUnit (ReLU) | 3 → 32 | 64 × 64", "Backbone | 4× OddUnit (ReLU) | 32 → 32 | 64 × 64"),
        *("Transition | OddUnit (linear) | 32 → 48 | 64 × 64", "Upsample | PixelShuffle (×4) | 48 → 3 | 64 × 64"),
    )
    report = Report()
    layers = [node.layer for node in model_of(text, report=report).nodes]
    assert [each.type for each in layers if isinstance(each, L.Custom)].count("OddUnit") == 6
    assert not any(isinstance(each, L.Dense) for each in layers)


def test_a_pooling_whose_stride_is_global() -> None:
    text = table(
        "layer | output size | kernel size | stride | repeat",
        *("Image | 96×96 | | | 1", "Conv1 | 48×48 | 5×5 | 2 | 1", "Pool1 | 24×24 | 2×2 | 2 | 1"),
        *("Conv2 | 12×12 | 3×3 | 2 | 1", "Pool2 | 1×1 | 1 | global | 1"),
    )
    assert kinds(model_of(text))[-1] == "GlobalAvgPool2D"
