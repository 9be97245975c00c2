"""What the rows of tables say that speak of one layer in several cells, or of several in one."""

from __future__ import annotations

import pytest

from extract.columns.grids import plain_grid
from extract.columns.table_design import TableDesign
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell
from extract.words.reading import Reading


def designs(head: str, *rows: str, caption: str = "") -> list[TableDesign]:
    """Return the designs of a table of the columns between the bars."""
    return designs_of(plain_grid([row.split(" | ") for row in (head, *rows)]), caption)


def layers(head: str, *rows: str, caption: str = "") -> tuple[Reading, ...]:
    """Return the layers of the only design of a table."""
    (found,) = designs(head, *rows, caption=caption)
    return found.readings


def test_designs_beside_each_other_whose_columns_are_alike() -> None:
    first, second = designs(
        "Layer Type | TinyNet_1 | TinyNet_2",
        "Input | 20x20x1 | 20x20x1",
        "Conv Block 1 | 3x3 (6) -> 3x3 (12) | 3x3 (6) -> BN -> Drop -> 3x3 (12)",
        "MaxPool | 2x2 | 2x2",
        "Conv Block 2 | 3x3 (12) -> 1x1 (7) | 3x3 (14) -> BN -> Drop",
        "Final Block | 5x5 (7) | GAP -> 1x1 (7)",
        "Output | 7 classes | 7 classes",
    )
    assert [first.config, second.config] == ["TinyNet_1", "TinyNet_2"]
    said = [(each.kind, each.params.get("filters")) for each in first.readings]
    assert said == [
        ("input", None),
        ("conv", 6),
        ("conv", 12),
        ("maxpool", None),
        ("conv", 12),
        ("conv", 7),
        ("conv", 7),
    ]
    kinds = [each.kind for each in second.readings]
    middle = ["conv", "bn", "dropout", "conv", "maxpool", "conv", "bn", "dropout"]
    assert kinds == ["input", *middle, "gavgpool", "conv"]


def test_names_without_a_header_beside_types_that_say_more() -> None:
    found = layers(
        " | Filters | Filter size | Activation | Type",
        "Conv_1 | 24 | 3x3 | Tanh | 2D",
        "BN_1 | - | - | - | -",
        "Pooling_1 | - | - | - | Max pooling",
        "Conv_2 | 36 | 5x5 | ReLU | 2D",
        "BN_2 | - | - | - | -",
        "Pooling_2 | - | - | - | Max pooling",
        "Fully_1 | 90 | - | ReLU | -",
        "Output | 6 | - | Softmax | -",
    )
    kinds = [each.kind for each in found]
    assert kinds == ["conv", "bn", "maxpool", "conv", "bn", "maxpool", "dense", "dense"]
    assert [each.params["units"] for each in found[-2:]] == [90, 6]
    assert read_cell("fully") == []  # Half a name, as figures have it above the other half.


def test_shapes_of_weights_beside_those_of_outputs() -> None:
    found = layers(
        "Layer | Shape | Output",
        "Conv1 | (12, 1, 3, 3) | (12, 18, 18)",
        "Conv2 | (20, 12, 3, 3) | (20, 16, 16)",
        "MaxPool | 2x2 | (20, 8, 8)",
        "FC | (1280, 9) | (9,)",
        caption="The CNN that is run (stride 1, no padding, 8 bits).",
    )
    wanted = {"kernel": (3, 3), "stride": (1, 1), "pad": "valid"}
    assert all(wanted.items() <= each.params.items() for each in found[:2])
    assert [each.params.get("filters") for each in found[:2]] == [12, 20]
    assert found[2].params["kernel"] == (2, 2)
    assert found[3].params["units"] == 9


def test_the_size_of_batches_in_front_of_all_sizes() -> None:
    found = layers(
        "Layer type | Size | Output shape",
        "convolution | 24 3x3 filters | (64, 24, 60, 60)",
        "max pooling | 3x3, stride 2 | (64, 24, 29, 29)",
        "convolution | 48 3x3 filters | (64, 48, 29, 29)",
        "max pooling | 3x3, stride 2 | (64, 48, 14, 14)",
        "fully connected | 96 units | (64, 96)",
        "fully connected | 5 units | (64, 5)",
    )
    assert [each.params["output"] for each in found[:2]] == [(60, 60, 24), (29, 29, 24)]
    assert [each.params["output"] for each in found[-2:]] == [(96,), (5,)]


def test_what_is_printed_of_a_dense_is_how_many_units_it_has() -> None:
    found = layers(
        "Layer (Type) | Output Shape | Param #",
        "Input | (40, 40, 3) | 0",
        "Conv2D + ReLU | (38, 38, 12) | ≈336",
        "Flatten | (17328) | 0",
        "Dense + ReLU | (50) | ≈866K",
        "Dense (Output) | (1) | 51",
    )
    assert [each.params["units"] for each in found if each.kind == "dense"] == [50, 1]
    assert found[-1].params["count"] == 51


def test_a_number_alone_beside_a_dense_is_of_its_units() -> None:
    found = layers(
        "Layer | Input | Filter size | Stride | Number of filters | Output",
        "Convolution 1 | 40×40×4 | 8×8 | 4 | 16 | 9×9×16",
        "Convolution 2 | 9×9×16 | 3×3 | 1 | 24 | 7×7×24",
        "Dense | 200 |  |  |  | ",
    )
    assert found[-1].params == {"units": 200}


@pytest.mark.parametrize("name", ["Path 1", "RSSI", "branch B"])
def test_what_tells_in_brackets_which_layer_it_is(name: str) -> None:
    (found,) = read_cell(f"Conv1D ({name})")
    assert (found.kind, found.params) == ("conv", {"axes": 1})


def test_what_is_called_and_known_to_nobody_is_a_layer_of_its_own() -> None:
    found = read_cell("Conv2D(8→16, k=3) + Gate(16, r=4) + BN")
    assert [each.kind for each in found] == ["conv", "Gate", "bn"]


def test_names_behind_the_numbers_of_their_rows() -> None:
    found = layers(
        "layer | kernel | stride | RF | jump out",
        "1.Conv | 7x7 | 2 | 7 | 2",
        "2.MaxPool | 3x3 | 2 | 11 | 4",
        "3.LRNorm |  |  | 11 | 4",
        "4.Conv | 3x3 | 1 | 19 | 4",
    )
    assert [(each.kind, each.params.get("filters")) for each in found] == [
        *(("conv", None), ("maxpool", None)),
        *(("lrn", None), ("conv", None)),
    ]
    assert found[1].params["kernel"] == (3, 3)


def test_blocks_of_a_name_that_one_of_them_explains() -> None:
    found = layers(
        "Layer | Output",
        "Input | 3 × 96 × 96",
        "ConvBlock 1 (Conv+BN+ReLU+Pool) | 20 × 48 × 48",
        "ConvBlock 2 | 40 × 24 × 24",
        "Global Average Pooling | 40",
        "Dropout(0.5) + FC(40→6) | 6",
    )
    kinds = [each.kind for each in found]
    assert kinds == ["input", "conv", "pool", "conv", "pool", "gavgpool", "dropout", "dense"]
    assert [each.params["filters"] for each in found if each.kind == "conv"] == [20, 40]
    assert all(each.posts == ("bn", "relu") for each in found if each.kind == "conv")


def test_what_is_set_and_its_value_in_columns_of_their_own() -> None:
    found = layers(
        "Component | Parameter | Value | Purpose",
        "Conv1D blocks | Filters/kernel | 24/5 | local features",
        "LSTM layer | Units | 48 | long range",
        "Latent bottleneck | Dense layers | 32 → 6 | compression",
        "Optimizer | Adam | 0.001 | convergence",
    )
    assert [each.kind for each in found] == ["conv", "lstm", "dense", "dense"]
    assert found[0].params["filters"] == 24
    assert [each.params["units"] for each in found[1:]] == [48, 32, 6]


def test_widths_of_several_layers_of_a_row() -> None:
    found = layers(
        "Component | Details",
        "Input | 30 × 17",
        "LSTM Layer 1 | 40 units + Batch Norm + Dropout (30%)",
        "Dense Layers | 32 → 16 units with L2 regularization",
        "Training | Max 150 epochs with early stopping",
    )
    assert [each.kind for each in found] == ["input", "lstm", "dropout", "dense", "dense"]
    assert (found[1].params["units"], found[1].posts) == (40, ("bn",))
    assert [each.params["units"] for each in found[3:]] == [32, 16]


def test_widths_of_the_dense_of_a_row_in_another_cell() -> None:
    found = layers(
        "Stage | Operation type | Output dimensions | Parameters & activation",
        "Stage 1 (ConvBlock 1) | Conv2D + ReLU + MaxPool2D | [24, 40, 60] | 24 filters, 3×3 kernel, Stride 1",
        "Stage 2 (ConvBlock 2) | Conv2D + ReLU + MaxPool2D | [48, 20, 30] | 48 filters, 3×3 kernel, Stride 1",
        "Head | Flatten + Dense + Dropout(0.5) + Dense | [1] | Dense (48 → 12 → 1), Sigmoid",
    )
    assert [each.params["units"] for each in found if each.kind == "dense"] == [12, 1]
    assert found[-1].posts == ("sigmoid",)


def test_borders_of_each_side_and_what_a_layer_cannot_have() -> None:
    found = layers(
        "Layer | Kernel | Stride | Padding | Output",
        "Input | - | - | - | (48,48,3)",
        "Convolution/Relu | 5x5 | 1 | 2 | (24,48,48)",
        "Average Pool | 3x3 | 2 | [0 1 0 1] | (24,24,24)",
        "Flatten | 3x3 | 1 | 0 | (13824)",
        "Fully Connected | 1x1 | 1 | 0 | (60)",
        "Softmax Loss |  |  |  | (7)",
    )
    assert found[0].params["output"] == (48, 48, 3)
    assert found[2].params["kernel"] == (3, 3)
    assert not found[3].params.keys() & {"kernel", "stride", "pad"}
    assert [each.params["units"] for each in found if each.kind == "dense"] == [60, 7]


def test_normalisation_without_a_name_beside_one_that_has_one() -> None:
    found = layers(
        "Layer | Output | Kernel",
        "Conv2D | 20 × 20 × 8 | 3 × 3",
        "BatchNormalization | 20 × 20 × 8 | -",
        "Conv2D | 20 × 20 × 2 | 3 × 3",
        "Normalization | 20 × 20 × 2 | -",
    )
    assert [each.kind for each in found] == ["conv", "bn", "conv", "Normalization"]


def test_steps_behind_arrows_and_what_stands_in_front_of_them() -> None:
    found = layers(
        "Layer | Description | Purpose",
        "Conv1 | 1→24 filters → BatchNorm → ReLU → MaxPool | edges, contours",
        "Conv2 | 24→48 filters → BatchNorm → ReLU → MaxPool | textures",
        "FC1 | 120 neurons + Dropout(0.7) | compressed representations",
        "FC2 | 2 outputs → Softmax | probabilities",
    )
    kinds = [each.kind for each in found]
    assert kinds[:4] == ["conv", "maxpool", "conv", "maxpool"]
    assert [each.params["filters"] for each in found if each.kind == "conv"] == [24, 48]
    assert found[0].posts == ("bn", "relu")


def test_channels_in_and_out_beside_sizes_in_and_out() -> None:
    found = layers(
        "Layer | Type | Input → Output | Kernel | Padding | Parameters",
        "conv1 | Conv2d + BN | 1 → 7 | 3×3 | 1 | 70 + 14 = 84",
        "pool1 | MaxPool2d | 30×30 → 15×15 | 2×2 | 0 | 0",
        "conv2 | Conv2d + BN | 7 → 11 | 3×3 | 0 | 704 + 22 = 726",
    )
    assert [each.params.get("filters") for each in found] == [7, None, 11]
    assert found[1].params["output"] == (15, 15)


def test_a_column_of_the_channels_that_go_out() -> None:
    found = layers(
        "Layer | Kernel / stride | Output ch | Output length",
        "Conv1 | k=9, s=4 | 20 | 250",
        "Conv2 | k=5, s=2 | 30 | 123",
        "FC1 | - | 80 | -",
        "FC2 (output) | - | 2 (steering, speed) | -",
    )
    assert [each.params["filters"] for each in found[:2]] == [20, 30]
    assert [each.params["units"] for each in found[2:]] == [80, 2]


def test_what_comes_in_by_what_leaves_it_as_it_is() -> None:
    found = layers(
        "Layer | Output shape | Additional",
        "BatchNormalization | (None, 60, 80, 3) | ",
        "Conv2D | (None, 58, 78, 8) | ",
        "MaxPooling2D | (None, 29, 39, 8) | ",
        "Conv2D | (None, 27, 37, 16) | dropout",
        caption="A small network: kernel = (3, 3), padding = 'valid', strides = (1,1), pool_size = (2, 2).",
    )
    assert (found[0].kind, found[0].params["output"]) == ("input", (60, 80, 3))
    wanted = {"kernel": (3, 3), "pad": "valid", "stride": (1, 1)}
    assert all(wanted.items() <= each.params.items() for each in found if each.kind == "conv")
    assert found[3].params["kernel"] == (2, 2)


def test_layers_of_a_block_whose_settings_stand_in_other_cells() -> None:
    found = layers(
        "Block | Layer | Filters/Units | Kernel | Regularization | Notes",
        "Input | - | - | - | - | Shape 60 × 90 × 1",
        "Block 1 | Conv2D → BatchNorm → MaxPool2D → Dropout2D | 12 | 3×3, same | L2 = 1e-4 | Pool 2×2, dropout 0.20",
        "Block 2 | Conv2D → BatchNorm → MaxPool2D → Dropout2D | 24 | 3×3, same | L2 = 1e-4 | Pool 2×2, dropout 0.30",
        "Dense | Dense → Dropout | 40, ReLU | - | L2 = 1e-4 | Dropout 0.50",
        "Output | Dense | 1, Sigmoid | - | - | Predicted",
    )
    convs = [each.params for each in found if each.kind == "conv"]
    assert [each["filters"] for each in convs] == [12, 24]
    assert all((each["kernel"], each["pad"]) == ((3, 3), "same") for each in convs)
    assert [each.params["kernel"] for each in found if each.kind == "maxpool"] == [(2, 2)] * 2
    assert [each.params["rate"] for each in found if each.kind == "dropout"] == [0.2, 0.3, 0.5]
    assert [each.params["units"] for each in found if each.kind == "dense"] == [40, 1]


def test_windows_and_yes_under_words_of_another_language() -> None:
    found = layers(
        "Bloc | Couche | Filtres | Taille noyau | Activation | Pooling | BatchNorm",
        "1 | Conv2D | 20 | 3×3 | ReLU | MaxPooling 2×2 | Oui",
        "2 | Conv2D | 40 | 3×3 | ReLU | MaxPooling 2×2 | Oui",
        "3 | Conv2D | 80 | 3×3 | ReLU | MaxPooling 2×2 | Non",
    )
    convs = [each for each in found if each.kind == "conv"]
    assert all(each.params["kernel"] == (3, 3) for each in convs)
    assert [each.posts for each in convs] == [("bn", "relu"), ("bn", "relu"), ("relu",)]


def test_names_of_networks_within_and_what_large_weights_cost() -> None:
    found = layers(
        "Layer | Type | Output Shape | Parameters",
        "Input | InputLayer | (96, 96, 3) | 0",
        "MobileNetV2 | Model | (3, 3, 1280) | 2,257,984",
        "GlobalAvgPool | GlobalAveragePooling2D | (1280,) | 0",
        "Dense_1 | Dense + ReLU + L2(0.001) | (60,) | 76,860",
        "Output | Dense + Sigmoid | (1,) | 61",
    )
    assert [each.kind for each in found] == ["input", "MobileNetV2", "gavgpool", "dense", "dense"]
    assert found[3].posts == ("relu",)


def test_several_recurrent_layers_and_a_layer_whose_details_are_prose() -> None:
    found = layers(
        "Component | Configuration",
        "Word Embedding | 90 dimensions, trainable",
        "BiLSTM | 3 layers, 70 hidden units",
        "Dense | 30 units",
        "CRF | Full transition matrix, Viterbi decoding",
    )
    wanted = [("embedding", 1), ("bilstm", 3), ("dense", 1), ("CRF", 1)]
    assert [(each.kind, each.times) for each in found] == wanted
    assert found[1].params["units"] == 70
