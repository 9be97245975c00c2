"""Several designs in a table, as well-known papers print them: beside each other, a row each, below titles."""

from __future__ import annotations

from tests.test_extract_design_tables import kinds, read


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


def test_numbers_behind_names_that_count_no_layers_are_filters() -> None:
    found = read(
        "Small | Medium | Large",
        "conv 16 | conv 32 | conv 64",
        "maxpool | maxpool | maxpool",
        "conv 32 | conv 64 | conv 128",
        "fc 64 | fc 128 | fc 256",
        "fc 10 | fc 10 | fc 10",
    )
    assert kinds(found["Large"]) == ["conv", "maxpool", "conv", "dense", "dense"]
    assert [each[0].params["filters"] for each in found.values()] == [16, 32, 64]


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


def test_all_layers_of_each_kind_with_so_many_of_some_and_blocks_in_brackets() -> None:
    found = read(
        "Network | Small | Res | Large",
        "Convolutions | 64, 64, pool | 16, 3x[16, 16] / 3x[32, 32] | 2x64 pool 2x128 / pool",
        "FC Layers | 256, 10 | avg-pool, 10 | avg-pool, 10",
    )
    assert kinds(found["Small"]) == ["conv", "conv", "pool", "dense", "dense"]
    assert [(each.kind, each.times) for each in found["Res"][:3]] == [("conv", 1), ("block", 3), ("block", 3)]
    assert [each.params.get("filters") for each in found["Large"][:5]] == [64, 64, None, 128, 128]


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


def test_convolutions_of_which_each_takes_what_the_one_above_gives() -> None:
    found = read(
        "16 | 32",
        " | conv(1, 8)",
        " | conv(8, 14)",
        "conv(1, 14) | conv(14, 14)",
        "conv(14, 20) | conv(14, 20)",
        "conv(20, 26) | conv(20, 26)",
        "maxPool(2) | >>",
        "fully-connected(10) | >>",
    )
    assert [each.params.get("filters") for each in found["16"][:3]] == [14, 20, 26]
    assert [each.params.get("filters") for each in found["32"][:5]] == [8, 14, 14, 20, 26]


def test_units_that_are_called_so_often_beside_what_makes_images_smaller() -> None:
    found = read(
        " | Output size | H-Ti | H-S",
        "Stage 1 | H/4 × W/4 | Patch Embedding ↓ 4 | >>",
        " | | GF Block(64) × 3 | GF Block(96) × 3",
        "Stage 2 | H/8 × W/8 | Patch Embedding ↓ 2 | >>",
        " | | GF Block(128) × 10 | GF Block(192) × 10",
        "Classifier | | Global Average Pooling, Linear | >>",
    )
    assert [(each.kind, each.times) for each in found["H-S"][1:4:2]] == [("GF Block", 3), ("GF Block", 10)]


def test_two_generators_by_what_numbers_in_brackets_are() -> None:
    found = read(
        "Temporal generator | Image generator",
        "z 0 ∈ R^1×100 | z 1 ∈ R^100",
        "deconv(1, 512, 0, 1) | linear(4096)",
        "deconv(4, 256, 1, 2) | deconv(4, 256, 1, 2)",
        "tanh | deconv(3, 3, 1, 1)",
        caption="Denoted as “conv/deconv((kernel size), (output channels), (padding), (strides)).”",
    )
    assert kinds(found["Image generator"]) == ["input", "dense", "deconv", "deconv"]
    assert found["Temporal generator"][2].params == {"kernel": (4, 4), "filters": 256, "pad": 1, "stride": (2, 2)}


def test_names_with_activations_beside_what_each_design_has_of_them() -> None:
    found = read(
        "Layer Type | A Architecture | B Architecture",
        "Relu Convolutional | 32 filters (3x3) | 64 filters (3x3)",
        "Max Pooling | 2x2 | 2x2",
        "Relu Convolutional | 64 filters (3x3) | 128 filters (3x3)",
        "Relu Fully Connect. | 200 units | 256 units",
        "Softmax | 10 units | 10 units",
    )
    assert kinds(found["B Architecture"]) == ["conv relu", "maxpool", "conv relu", "dense relu", "dense", "softmax"]
