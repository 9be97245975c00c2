"""Tables of designs as well-known papers print them: stages side by side, networks below each other, what costs say."""

from __future__ import annotations

from extract.cells import read_cell
from extract.grids import Cell, Grid, plain_grid
from extract.layouts import designs_of
from extract.reading import Reading


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
    assert (block.often, block.times, len(block.block)) == ("b2", 1, 2)


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
