"""Tables of designs as well-known papers print them: stages side by side, networks below each other, what costs say."""

from __future__ import annotations

from extract.cells import read_cell
from extract.grids import Cell, Grid, plain_grid
from extract.layouts import designs_of
from extract.lexicon import kind_of
from extract.reading import Reading
from extract.told import with_told
from extract.volumes import with_axes


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


def test_so_many_of_a_width_are_units_that_are_asked_about() -> None:
    found = read(
        "Stage | Output size | Net-A | Net-B",
        "1 | 112 × 112 | 1 × (min(64, 64a)) | 1 × (min(64, 64a))",
        "2 | 56 × 56 | 2 × (64a) | 4 × (64a)",
        "3 | 28 × 28 | 4 × (128) | 6 × (128)",
    )
    assert [each.times for each in found["Net-B"]] == [1, 4, 6]
    assert all(each.unclear and each.kind == "unit" for each in found["Net-A"])
    assert found["Net-A"][2].params["filters"] == 128


def test_units_of_settings_alone_beside_shares_of_an_image() -> None:
    found = read(
        "stage | output size | S | M",
        "1 | H/4 × W/4 × C | C = 32 / L = 3 | C = 64 / L = 2",
        "2 | H/8 × W/8 × C | C = 64 / L = 3 | C = 128 / L = 2",
        "3 | H/16 × W/16 × C | C = 160 / L = 5 | C = 320 / L = 4",
    )
    assert [each.params["C"] for each in found["M"]] == [64, 128, 320]


def test_a_classifier_whose_units_stand_in_a_cell_over_all_designs() -> None:
    found = read(
        "Stage | Output | Net-1 | Net-2",
        "Conv1 | 112 × 112 | 3×3, 24, s2 | 3×3, 48, s2",
        "Conv2 | 56 × 56 | 3×3, 32, s2 | 3×3, 64, s2",
        "Pool | 1 × 1 | global avg pool | >>",
        "FC | | 1000-d | >>",
    )
    assert [each[-1].params["units"] for each in found.values()] == [1000, 1000]


def test_sizes_that_each_design_has_in_front_of_it() -> None:
    found = read(
        " | Output size | Net 2D | Output size | Net 3D",
        "input | 224 × 224 | - | 224 × 224 × 12 | -",
        "conv 1 | 112 × 112 | 7×7, 96, stride 2 | 112 × 112 × 6 | 7×7×7, 96, stride 2",
        "conv 2 | 56 × 56 | 3×3, 32, stride 2 | 56 × 56 × 3 | 3×3×3, 32, stride 2",
    )
    assert [each.params["output"] for each in found["Net 2D"][1:]] == [(112, 112), (56, 56)]
    assert found["Net 2D"][1].params["filters"] == 96


def test_networks_named_as_functions_of_what_comes_in() -> None:
    found = read(
        "Operation | Kernel | Strides | Feature maps | BN? | Nonlinearity",
        "G(z) : z ~ Uniform[-1, 1] | | | 100",
        "Fully connected | | | 4×4×512 | √ | ReLU",
        "Transposed convolution | 5×5 | 2×2 | 256 | √ | ReLU",
        "Transposed convolution | 5×5 | 2×2 | 3 | × | Tanh",
        "D 1 (x), D 2 (x) | | | 32×32×3",
        "Convolution | 5×5 | 2×2 | 64 | × | Leaky ReLU",
        "Convolution | 5×5 | 2×2 | 128 | √ | Leaky ReLU",
        "Fully connected | | | 1 | × | Softplus",
        "Batch size | 64 | >>",
        "Learning rate | 0.0002 | >>",
        "Regularization constants | α = 0.1 | >>",
    )
    first, second = found.values()
    assert kinds(first) == ["input", "dense bn relu", "deconv bn relu", "deconv tanh"]
    assert kinds(second) == ["input", "conv leakyrelu", "conv bn leakyrelu", "dense softplus"]


def test_a_softmax_of_as_many_ways_as_there_are_means_of_images() -> None:
    rows = ("3×3 conv. 96 ReLU", "1×1 conv. 10 ReLU", "global meanpool", "10-way softmax")
    found = read("Net | Other", *(f"{row} | {row}" for row in rows))
    assert kinds(found["Net"])[-3:] == ["conv relu", "gavgpool", "softmax"]
    other = read("Net | Other", *(f"{row} | {row}" for row in (*rows[:3], "20-way softmax")))
    assert kinds(other["Net"])[-2:] == ["dense", "softmax"]


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


def test_designs_that_lack_what_others_have() -> None:
    found = read(
        "Layer | MNIST (for Fig. 2) | MNIST | LFW",
        "Conv0.x | N/A | [3×3, 64] × 1 | [3×3, 64] × 1, Stride 2",
        "Conv1.x | [5×5, 32] × 2, Padding 2 | [3×3, 64] × 3 | [3×3, 64] × 4",
        "Pool1 | 2×2 Max, Stride 2 | >> | >>",
        "Conv2.x | [5×5, 64] × 2, Padding 2 | [3×3, 64] × 3 | [3×3, 96] × 4",
        "Conv3.x | N/A | N/A | [3×3, 256] × 4",
        "Fully Connected | 2 | 256 | 512",
    )
    first, second, _ = found.values()
    assert kinds(first) == ["conv", "maxpool", "conv", "dense"]
    assert (first[0].times, first[0].params["pad"]) == (2, 2)
    assert kinds(second) == ["conv", "conv", "maxpool", "conv", "dense"]


def test_networks_beside_each_other_whose_names_head_their_layers() -> None:
    found = read(
        "Encoder | Act. | Output shape | Generator | Act. | Output shape",
        "Input image | - | 3 × 64 × 64 | Latent vector | - | 128",
        "Conv | 5×5, 32, stride=1 | 32 × 64 × 64 | FC-2048 | ReLU | 2048",
        "AvgPool | - | 32 × 32 × 32 | Reshape | - | 128 × 4 × 4",
        "Res-block | [1×1, 64; 3×3, 64] | 64 × 32 × 32 | Upsample | - | 128 × 8 × 8",
        "FC-128 | - | 128 | Conv | 5×5, 3 | 3 × 8 × 8",
    )
    assert kinds(found["Encoder"]) == ["input", "conv", "avgpool", "block", "dense"]
    assert kinds(found["Generator"]) == ["input", "dense relu", "reshape", "upsample", "conv"]


def test_what_is_set_of_layers_for_several_tasks() -> None:
    found = read(
        "Layer | Hyper-parameter | A | B",
        "CNN | window size / number of filters | 3 / 30 | 5 / 40",
        "LSTM | state size / initial state / peepholes | 200 / 0.0 / no | 100 / 0.0 / no",
        "Dropout | dropout rate | 0.5 | 0.3",
        " | batch size | 10 | 10",
    )
    assert kinds(found["B"]) == ["conv", "lstm", "dropout"]
    assert [each.params for each in found["B"]] == [
        {"kernel": (5, 5), "filters": 40},
        {"units": 100},
        {"rate": 0.3},
    ]


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


def test_networks_a_row_each_with_a_stage_a_column() -> None:
    found = read(
        "Name | Block | Stage 1 | Stage 2 | Stage 3 | Params",
        "Net-34 | Basic | 16 | 32 | 1-64 | 15.8M",
        "Net-60 | Bottleneck | 16 | 32 | 1-128 | 22.3M",
    )
    assert {name: kinds(each) for name, each in found.items()} == {"Net-34": ["stage"] * 3, "Net-60": ["stage"] * 3}


def test_chains_that_go_on_in_the_next_line() -> None:
    chain = "x ∈ R^32×32 → CONV 128 → BN → RELU / → CONV 256 → BN → RELU / → FLATTEN → FC 16"
    found = read(" | A | B", f"Encoder: | {chain} | {chain}", "Decoder: | z ∈ R^16 → FC 64 → RELU | z ∈ R^16 → FC 64")
    learned = ["conv", "bn", "relu", "conv", "bn", "relu", "flatten", "dense"]
    assert kinds(found["A"]) == ["input", *learned, "input", "dense", "relu"]


def test_units_by_names_in_capitals_and_known_ones_by_their_widths() -> None:
    found = read(
        "layer name | output size | Plain | Smart",
        "conv1 | 56 × 56 × 8 | conv 3×7×7, 64, stride 2×2×2 | SMART 3×7×7, 64, stride 2×2×2",
        "inception 3a | 28 × 28 × 8 | 256 | 320",
        "conv2_x | 28 × 28 × 4 | [conv 3×3×3, 64; conv 3×3×3, 64] × 2 | [SMART 3×3×3, 64; conv 3×3×3, 64] × 2",
        "conv3_x | 14 × 14 × 4 | [conv 3×3×3, 128; conv 3×3×3, 128] × 2 | [SMART 3×3×3, 128; conv 3×3×3, 128] × 2",
    )
    assert kinds(found["Smart"]) == ["SMART", "inception", "block", "block"]
    assert [each.kind for each in found["Smart"][2].block] == ["SMART", "conv"]
    assert found["Plain"][1].params["filters"] == 256


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


def test_all_layers_of_each_kind_with_so_many_of_some_and_blocks_in_brackets() -> None:
    found = read(
        "Network | Small | Res | Large",
        "Convolutions | 64, 64, pool | 16, 3x[16, 16] / 3x[32, 32] | 2x64 pool 2x128 / pool",
        "FC Layers | 256, 10 | avg-pool, 10 | avg-pool, 10",
    )
    assert kinds(found["Small"]) == ["conv", "conv", "pool", "dense", "dense"]
    assert [(each.kind, each.times) for each in found["Res"][:3]] == [("conv", 1), ("block", 3), ("block", 3)]
    assert [each.params.get("filters") for each in found["Large"][:5]] == [64, 64, None, 128, 128]


def test_how_often_a_block_comes_behind_its_name() -> None:
    assert [(each.kind, each.times) for each in read_cell("RBlock 6 × {Bottleneck}")] == [("bottleneck", 6)]
    (one,) = read_cell("Block 1 × {Bottleneck, /2}")
    assert (one.params["stride"], one.unclear) == ((2, 2), False)


def test_windows_along_one_axis_in_all_lines_of_a_block() -> None:
    found = read(
        "Name | A-13 | A-14 | A-8",
        "Lookup | 128 | >> | 280",
        "Conv1 | [4, 1268] × 1 | [5, 512] × 1 | [4, 900] × 1",
        "Conv2.x | [4, 1268; 4, 1268] × 12 | [1, 128; 5, 128; 1, 512] × 3 | [4, 900] × 7",
        "Conv3.x | [4, 256] × 1 | [4, 256] × 2 | [4, 900] × 3",
        "AdaSoftmax | 10k,40k,200k | >> | 2k,10k,50k",
    )
    assert kinds(found["A-8"]) == ["embedding", "conv", "conv", "conv", "AdaSoftmax"]
    (block,) = (each for each in found["A-14"] if each.block)
    assert [each.params["kernel"] for each in block.block] == [(1, 1), (5, 5), (1, 1)]
    assert found["A-14"][-1].unclear


def test_settings_beside_each_other_without_commas() -> None:
    found = read(
        "Stage | Size | Net-T | Net-S",
        "S0: Conv-stem | 1/2 | B=2 C=64 | B=2 C=64",
        "S1: MaxBlock | 1/4 | B=2 C=64 | B=2 C=96",
        "S2: MaxBlock | 1/8 | B=5 C=128 | B=5 C=192",
        "S3: MaxBlock | 1/16 | B=2 C=256 | B=2 C=384",
        caption="B and C denotes number of blocks and number of channels for each stage.",
    )
    assert [(each.kind, each.times, each.params["filters"]) for each in found["Net-S"]] == [
        ("conv", 2, 64),
        ("MaxBlock", 2, 96),
        ("MaxBlock", 5, 192),
        ("MaxBlock", 2, 384),
    ]


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


def test_how_often_and_how_wide_layers_are_for_several_designs() -> None:
    found = read(
        "Layer | Type | Stride | M | Repeats / L | XL | M | Channels / L | XL",
        "Stem | Conv 3×3 | 2 | 1 | 1 | 1 | 48 | 64 | 80",
        "Stage1 | BasicBlock+SE | 1 | 3 | 4 | 5 | 64 | 76 | 84",
        "Stage2 | Bottleneck+SE | 2 | 11 | 18 | 24 | 1024 | 1216 | 1344",
        "Pooling | GlobalAvgPool | 1 | 1 | 1 | 1 | 1024 | 1216 | 1344",
    )
    assert list(found) == ["M", "L", "XL"]
    assert [(each.kind, each.times, each.params.get("filters")) for each in found["L"][:3]] == [
        ("conv", 1, 64),
        ("BasicBlock+SE", 4, 76),
        ("Bottleneck+SE", 18, 1216),
    ]


def test_networks_named_as_functions_of_several_things() -> None:
    found = read(
        "Operation | Kernel | Strides | Units | BN? | Activation",
        "E(x)",
        "Convolution | 4×4 | 2×2 | 128 | √ | LReLU",
        "Convolution | 4×4 | 1×1 | 100 | × | None",
        "D zz(z, z ′ )",
        "Dense | | | 64 | × | LReLU",
        "Dense | | | 1 | × | Sigmoid",
        "Optimizer | Adam | >>",
        "Latent dimension | 100 | >>",
        "LReLU slope | 0.2 | >>",
    )
    first, second = found.values()
    assert (kinds(first), kinds(second)) == (["conv bn leakyrelu", "conv"], ["dense leakyrelu", "dense sigmoid"])


def test_units_that_are_called_beside_layers_of_a_design() -> None:
    found = read(
        " | Net-68 | Net-85",
        "Stride 2 | 3x3, 32, stride=2 | 3x3, 48, stride=2",
        "Stage 1 | HarDBlk (L = 8, k = 14) | HarDBlk (L = 8, k = 24)",
        "Stage 2 | HarDBlk (L = 16, k = 16) / 2x2 Max Pooling | HarDBlk (L = 16, k = 24) / 2x2 Max Pooling",
        " | global average pooling, 1000-d fc | >>",
    )
    assert kinds(found["Net-68"]) == ["conv", "HarDBlk", "HarDBlk", "maxpool", "gavgpool", "dense"]


def test_how_wide_convolutions_of_all_designs_are() -> None:
    found = read(
        "#Fmap | A | B",
        "64 | conv / conv / pool (1×2) | conv / conv / pool (1×2)",
        "128 | conv / pool (2×2) | conv / conv / pool (2×2)",
        "FC | FC1024 / FC10 | FC2048 / FC10",
        caption="Unless mentioned explicitly, convolution layers have 3×3 kernels.",
    )
    assert [each.params.get("filters") for each in found["B"][:5]] == [64, 64, None, 128, 128]
    assert found["A"][0].params["kernel"] == (3, 3)


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
