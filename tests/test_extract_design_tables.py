"""Tables of designs as well-known papers print them: stages side by side, networks below each other, what costs say."""

from __future__ import annotations

from extract.columns.grids import Cell, Grid, plain_grid
from extract.designs.told_behind import with_told
from extract.designs.volumes import with_axes
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell
from extract.words.lexicon import kind_of
from extract.words.reading import Reading
from ir import Report
from tests.test_extract_families import model_of
from tests.test_extract_unseen import table


def read(*lines: str, caption: str = "") -> dict[str, list[Reading]]:
    """Return the layers of each design of a table; what stands in no column of its own, `>>`, goes on over the next."""
    rows = []
    for line in lines:
        row: list[Cell] = []
        for i, text in enumerate(part.strip() for part in line.split("|")):
            if text == ">>":
                row[-1] = Cell(row[-1].text, row[-1].first, i)
            elif text:
                row.append(Cell(text.replace(" / ", "\n"), i, i))
        rows.append(tuple(row))
    grid = Grid(tuple(rows), max(len(line.split("|")) for line in lines))
    return {each.config: list(each.readings) for each in designs_of(grid, caption)}


def kinds(readings: list[Reading]) -> list[str]:
    """Return the kinds of layers, each with what stands behind it."""
    return [" ".join((each.kind, *each.posts)) for each in readings]


def test_how_many_millions_of_operations_there_are_is_no_layer() -> None:
    found = read(
        "Layer | Output size | Kernel | Stride | Channels",
        "Conv1 | 112 × 112 | 3×3 | 2 | 24",
        "Conv2 | 56 × 56 | 3×3 | 2 | 48",
        "Conv3 | 28 × 28 | 3×3 | 2 | 96",
        "Comp | | | | 145M",
    )
    assert kinds(found[""]) == ["conv"] * 3


def test_networks_told_by_how_many_layers_of_each_kind_they_have_are_no_design() -> None:
    rows = ("Net0 | 100 | 5 | | 5 | ReLU", "LSTM0 | 1000 | 24 | | 24 | tanh", "CNN0 | 1000 | 4 | 72 | 76 | ReLU")
    assert not read("Name | Lines | Layers | >> | >> | Function", " | | FC | Conv | Total", *rows)


def test_a_letter_with_an_index_says_how_often() -> None:
    (block,) = read_cell("[3 × 3, 64; 3 × 3, 64] × b 2")
    assert (block.often, block.times, len(block.block)) == ("b_2", 1, 2)


def test_a_unit_that_is_not_quite_another() -> None:
    found = read(
        "Stage | Input | Operator | exp size | #out | Stride",
        "tokens | 6 × 192 | - | - | - | -",
        "stem | 224 × 224 × 3 | conv2d, 3×3 | - | 16 | 2",
        "1 | 112 × 112 × 16 | bneck-lite | 32 | 16 | 1",
        "2 | 112 × 112 × 16 | bneck | 96 | 24 | 2",
        "head | 56 × 56 × 24 | conv2d, 1×1 | - | 96 | 1",
    )
    assert kinds(found[""]) == ["conv", "bneck-lite", "mbconv", "conv"]


def test_a_unit_a_column_with_its_numbers_below() -> None:
    found = read(
        " | En_1 | En_2 | En_3 | De_1",
        "Block | RSU-7 | RSU-6 | RSU-5 | RSU-7",
        "I | 3 | 64 | 128 | 256",
        "M | 32 | 32 | 64 | 16",
        "O | 64 | 128 | 256 | 64",
        caption='"I", "M" and "O" indicate the number of input channels, middle channels and output channels.',
    )
    assert [each.params.get("filters") for each in found[""]] == [64, 128, 256, 64]


def test_plain_grids_are_read_alike() -> None:
    grid = plain_grid(
        [["Layer", "Kernel", "Filters"], ["Conv1", "3×3", "32"], ["Conv2", "3×3", "64"], ["FC", "", "10"]]
    )
    assert [each.kind for each in designs_of(grid)[0].readings] == ["conv", "conv", "dense"]


def test_a_unit_of_its_own_is_not_what_it_does_besides() -> None:
    rows = ("GBlock | 400 | 768", "GBlock, upsample ×2 | 800 | 384", "Conv, kernel size 3 | 800 | 1", "Tanh | 800 | 1")
    found = read("Layer | t | Channels", "Input | 400 | 567", "Conv, kernel size 3 | 400 | 768", *rows)
    assert kinds(found[""]) == ["input", "conv", "GBlock", "GBlock", "conv", "tanh"]


def test_what_stands_behind_convolutions_of_volumes_alone() -> None:
    said = [
        Reading("conv", {"kernel": (3, 3)}, text="3×3, 32"),
        Reading("conv", {"window": (3, 3, 3)}, text="3×3×3, 32"),
    ]
    told = with_told(said, "Each 3D convolution is followed by batch normalization and ReLU.", "", residual=False)
    assert kinds(told) == ["conv", "conv bn relu"]


def test_classes_of_layers_and_factors_of_contexts() -> None:
    assert [kind_of(each) for each in ("DenseLayer", "DropoutLayer", "MaxPool2DLayer")] == [
        "dense",
        "dropout",
        "maxpool",
    ]
    found = read(
        "Layer | Layer Type | Context factor1 | Size",
        "1 | TDNN-ReLU | t-2:t+2 | 512",
        "2 | TDNN-ReLU | t-2, t, t+2 | 512",
        "3 | Dense-ReLU | t | 1500",
        "4 | Dense-Softmax | | 10",
    )
    assert [each.params.get("kernel") for each in found[""][:2]] == [(5,), (3,)]


def test_encoders_of_convolutions_are_no_convolutions() -> None:
    assert [kind_of(each) for each in ("Conv. Encoder", "conv encoder", "Encoder conv")] == ["", "", "conv"]


def test_networks_as_a_framework_stores_their_arrays() -> None:
    found = read(
        "Parameter | Shape | Layer hyper-parameter",
        "layer1.conv1.weight | 3×32×5×5 | stride:1;padding:1",
        "layer1.conv1.bias | 32 | N/A",
        "pooling.max | N/A | kernel size:2;stride:2",
        "layer2.fc2.weight | 4096×512 | N/A",
        "layer2.fc2.bias | 512 | N/A",
        "layer3.fc3.weight | 512×10 | N/A",
        "layer3.fc3.bias | 10 | N/A",
    )
    assert kinds(found[""]) == ["conv", "maxpool", "dense", "dense"]
    assert found[""][0].params == {"kernel": (5, 5), "filters": 32, "stride": (1, 1), "pad": 1}
    assert [each.params["units"] for each in found[""][2:]] == [512, 10]


def test_how_often_a_block_comes_behind_its_name() -> None:
    assert [(each.kind, each.times) for each in read_cell("RBlock 6 × {Bottleneck}")] == [("bottleneck", 6)]
    (one,) = read_cell("Block 1 × {Bottleneck, /2}")
    assert (one.params["stride"], one.unclear) == ((2, 2), False)


def test_layers_without_names_beside_those_of_parts() -> None:
    found = read(
        "Module | Input Dimension | Output Channels | Kernel | Stride | Dropout",
        "Perception | 200 × 88 × 3 | 32 | 5 | 2 | 0.0",
        " | 98 × 48 × 32 | 64 | 3 | 2 | 0.0",
        " | 16·3·256 | 512 | - | - | 0.0",
        "Joint input | 512 | 512 | - | - | 0.3",
        " | 512 | 128 | - | - | 0.0",
        " | 128 | 1 | - | - | 0.0",
    )
    assert kinds(found[""]) == ["conv", "conv", "dense", "dense", "dropout", "dense", "dense"]


def test_sizes_that_are_letters_are_asked_for() -> None:
    rows = (
        "Input | M",
        "Dense + ReLU | M",
        "Dense + linear | n",
        "Noise | n",
        "Dense + ReLU | M",
        "Dense + softmax | M",
    )
    assert kinds(read("Layer | Output dimensions", *rows)[""]) == [
        *("input", "dense relu", "dense", "Noise", "dense relu", "dense", "softmax"),
    ]


def test_a_convolution_that_a_pooling_takes_is_hidden() -> None:
    layers = [Reading("conv", text="conv"), Reading("maxpool", text="max pool")]
    told = with_told([*layers, *layers], "Each hidden layer is followed by a ReLU.", "", residual=False)
    assert kinds(told) == ["conv relu", "maxpool"] * 2


def test_generator_and_discriminator_share_no_layers() -> None:
    found = read(
        "discriminator D | generator G",
        "Input 28 × 28 Gray image | Input z ∈ R^128",
        "5 × 5 conv. 32 ReLU | 8 × 8 × 96 fc lReLU",
        "3 × 3 max-pool, stride 2 | 2 × 2 up-sampling",
        "3 × 3 conv. 64 ReLU | 5 × 5 conv. 1 lReLU",
        "128 fc ReLU / 10-way softmax",
    )
    assert kinds(found["generator G"]) == ["input", "dense leakyrelu", "upsample", "conv leakyrelu"]
    assert kinds(found["discriminator D"])[-3:] == ["dense relu", "dense", "softmax"]


def test_a_layer_a_column_with_what_stands_behind_it_in_its_name() -> None:
    found = read(
        "Layer | Input | CONV / RELU / BN | MAXPOOL | CONV | FC / RELU | FC",
        "Channels | 2 | 64 | - | 128 | 4096 | 10",
        "Stride | - | 1 | 2×1 | 2 | 1 | 1",
        "Kernel size | - | 4×4 | 2×1 | 4×4 | 1×1 | 1×1",
    )
    assert " ".join(kinds(found[""])) == "input conv relu bn maxpool conv dense relu dense"


def test_strides_behind_a_plus_and_a_last_layer_that_is_left_out() -> None:
    said = "“CONV k w × h + s” is a convolution. The last fully connected layer is omitted. All networks use ReLU."
    (one,) = read_cell("CONV 16 4 × 4 + 2")
    assert one.params == {"kernel": (4, 4), "filters": 16, "stride": (2, 2)}
    assert kinds(with_told([one, Reading("dense", {"units": 100})], said, "", residual=False)) == [
        "conv relu",
        "dense relu",
    ]


def test_widths_that_are_letters_with_an_index_are_not_their_index() -> None:
    found = read(
        "Block | Type | # Filters | Kernel | Output",
        "1 | Conv2D | F 1 | (1, 16) | (F 1, C, T)",
        "2 | Conv2D | 2F 1 | (1, 8) | (2F 1, C, T)",
        "θ4 | TCN | F T | K T | F T",
        "5 | Dense | 4 | | 4",
    )
    assert [each.params.get("filters") for each in found[""][:2]] == [None, None]
    assert kinds(found[""]) == ["conv", "conv", "TCN", "dense"]


def test_filters_of_volumes_are_those_that_are_printed_last() -> None:
    rows = [
        Reading(
            kind, {"window": (3, 3, 3), "kernel": (3, 3), "filters": 3, "axes": 3, "output": (8, 8, 8, 256)}, text=kind
        )
        for kind in ("conv", "deconv")
    ]
    assert [each.params["filters"] for each in with_axes(rows)] == [256, 256]


def test_blocks_of_attention_and_perceptrons_are_asked_about() -> None:
    (block,) = read_cell("[EMSA_8_1; MLP_64] × 2")
    assert [each.kind for each in block.block] == ["EMSA_8_1", "MLP"]


def test_what_comes_in_with_an_arrow_to_the_first_layer() -> None:
    found = read(
        "Operation | Size | Activation", "Input → 1×1 conv | 512 | ReLU", "1×1 conv | 256 | ReLU", "1×1 conv | 1"
    )
    assert [each.params.get("filters") for each in found[""]] == [None, 512, 256, 1]


def test_windows_to_the_power_of_three() -> None:
    found = read(
        "Layer | Type | Maps | Size | Stride",
        "0 | input | 3 | 11^3 | -",
        "1 | CONV | 32 | 3^3 | 1^3",
        "2 | MP | - | 2^3 | 2^3",
        "3 | FC | 256 | 1 | -",
    )
    (_, conv, pool, _) = with_axes(found[""])
    assert (conv.params["kernel"], pool.params["kernel"]) == ((3, 3, 3), (2, 2, 2))


def test_windows_under_headers_of_filters_where_what_is_given_says_how_wide_layers_are() -> None:
    found = read(
        "Operation | Input | Filter | Stride | Output",
        "conv+ReLU | 784*1 | 25*1 | 1 | 784*32",
        "1d max pool | 784*32 | 3*1 | 3 | 262*32",
        "full connect | 262*32 | none | none | 1024",
    )
    assert [each.params.get("kernel") for each in found[""]] == [(25, 1), (3, 1), None]
    told = read(
        "Type | Filter Dimensions | Output Dimensions",
        "Convolution | 4×4×1×36 | 24×24×36",
        "Max pooling | 2×2 | 12×12×36",
        "Fully connected | 12×12×36×512 | 1×512",
    )
    assert [each.params.get("kernel") for each in told[""][:2]] == [(4, 4), (2, 2)]


def test_a_unit_called_block_is_asked_about_and_built_as_what_is_not_known() -> None:
    rows = ("32 × 32 | conv2d 3×3 | 1 | 32 | 1", "32 × 32 | block | 6 | 24 | 4", "16 × 16 | block | 6 | 32 | 2")
    report = Report()
    model_of(table("Output size | Operator | t | c | s", *rows), report=report)
    assert any("'block' is not known" in each.message for each in report)


def test_layers_of_which_a_caption_says_not_which_are_meant_are_asked_about() -> None:
    said = "Each convolutional layer is followed by ReLU, except those that are connected to deeper layers."
    convs = [Reading("conv", text="conv1"), Reading("conv", text="conv2"), Reading("dense", text="fc")]
    assert any(each.unclear for each in with_told(convs, said, "", residual=False))


def test_what_symbols_stand_for_is_no_design() -> None:
    rows = ("N | Number of filters in autoencoder", "B | Number of channels in 1×1-conv blocks", "P | Kernel size")
    assert not read("Symbol | Description", *rows)


def test_heights_and_widths_of_windows_by_letters() -> None:
    found = read(
        "Type | m | r | n | Params",
        "conv | 3 | 3 | 45 | 405",
        "avg-pool | 4 | 3 | 45 | -",
        "conv | 3 | 3 | 30 | 12.2K",
        "softmax | - | - | 12 | 540",
        caption="m AND r ARE THE HEIGHT AND WIDTH OF THE FILTERS, n THE NUMBER OF FEATURE MAPS.",
    )
    assert [each.params.get("kernel") for each in found[""][:3]] == [(3, 3), (4, 3), (3, 3)]


def test_normalisations_that_are_conditional_are_not_taken_for_plain_ones() -> None:
    said = "Normalization: conditional instance normalization after every convolution"
    assert kinds(with_told([Reading("conv"), Reading("conv")], said, "", residual=False)) == ["conv", "conv"]
