"""What columns of tables are for, where several could be."""

from __future__ import annotations

import pytest

from extract.columns.grids import Cell, Grid, plain_grid
from extract.columns.table_design import TableDesign
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell


def designs(head: str, *rows: str, caption: str = "") -> list[TableDesign]:
    """Return the designs of a table of the columns between the bars."""
    return designs_of(plain_grid([row.split(" | ") for row in (head, *rows)]), caption)


def test_activations_of_a_network_whose_input_is_said_in_words() -> None:
    first, second, _ = designs(
        "Component | Input | Layers | Activations | Output",
        *(
            "Encoder | 84×84×3 image | 4 conv (8, 3×3) + FC(20) | ReLU (conv), tanh (FC) | latent z",
            "Actor | z (opt. + vector obs) | FC(32) → FC(32) | ReLU | action a",
            "Critic | z, a (opt. + vector obs) | FC(32) → FC(32) | ReLU | value",
        ),
    )
    assert [(each.kind, each.posts) for each in first.readings] == [("conv", ("relu",)), ("dense", ("tanh",))]
    assert [(each.kind, each.posts) for each in second.readings] == [("dense", ("relu",))] * 2


def test_names_of_layers_beside_what_they_do() -> None:
    (found,) = designs(
        "Module | Output shape | Parameters | Description",
        *(
            "Stem | [16, 32, 32] | 448 | Conv2d + BN + ReLU",
            "Inverted Residual 1 | [24, 16, 16] | 2,048 | Deep Separable Convolution + SE",
            "OddBlock 1 | [24, 16, 16] | 4,864 | Mixer with dim = 24",
            "Inverted Residual 2 | [32, 8, 8] | 5,120 | Deep Separable Convolution + SE",
            "OddBlock 2 | [32, 8, 8] | 9,760 | Mixer with dim = 32",
            "Classifier | [10] | 330 | Flatten → Linear(2048 → 64) → Linear(64 → 10)",
        ),
    )
    kinds = [each.kind for each in found.readings]
    assert kinds == ["conv", "bottleneck", "OddBlock 1", "bottleneck", "OddBlock 2", "flatten", "dense", "dense"]


def test_open_channels_in_and_out_are_no_names() -> None:
    (found,) = designs(
        "Layer | Kernel | Channels (In → Out) | Length (In → Out)",
        *("Conv1 | 3 | 9 → base ch | L → L", "Conv2 | 3 | base ch → base ch | L → L"),
        *("Conv3 | 3 | base ch → base ch | L → L", "Conv4 | 1 | base ch → 7 | L → L"),
    )
    assert [each.params.get("filters") for each in found.readings] == [None, None, None, 7]


def test_networks_that_have_a_row_each_with_all_their_layers() -> None:
    small, large = designs(
        "Model name | Model structure | Neurons",
        "MLP (digits) | Linear(64, 20) - Linear(20, 20) - Linear(20, 10) | 114",
        "ConvSmall (digits) | Conv(1, 8, 4, 2, 1) - Conv(8, 12, 3, 1, 1) - Linear(192, 10) | 338",
    )
    assert (small.config, [each.params["units"] for each in small.readings]) == ("MLP (digits)", [20, 20, 10])
    first, second, _ = large.readings
    assert (first.params["filters"], first.params["kernel"], first.params["stride"]) == (8, (4, 4), (2, 2))
    assert (second.params["filters"], second.params["kernel"], second.params["pad"]) == (12, (3, 3), 1)


def test_networks_that_have_a_row_each_with_how_wide_their_hidden_layers_are() -> None:
    found = designs(
        "Prediction | Input layer | Hidden layers | Output layer",
        *("density | 6 | (32, 32, 64) | 1", "force | 6 | (64, 64) | 2"),
    )
    assert [each.config for each in found] == ["density", "force"]
    assert [each.params.get("units") for each in found[1].readings] == [None, 64, 64, 2]


def test_layers_by_the_numbers_from_one_to_another() -> None:
    (found,) = designs(
        "layer | input size | hyperparameters | output size",
        "iGLU1 | [B,2,64,T] | 5x1, (1,1), 16 | [B,16,64,T]",
        "iGLU2 ∼ 4 | [B,16,64,T] | 5x1, (1,1), 16 | [B,16,64,T]",
        "B-LSTM(2layer) | [Bx64,T,16] | 16 | [Bx64,T,32]",
        "linear | [Bx64,T,32] | (32,16) | [Bx64,T,16]",
        "linear | [Bx64,T,16] | (16,10) | [Bx64,T,10]",
    )
    kinds = [(each.kind, each.times) for each in found.readings]
    assert kinds == [("iGLU1", 1), ("iGLU", 3), ("bilstm", 2), ("dense", 1), ("dense", 1)]


@pytest.mark.parametrize(
    ("sizes", "filters"),
    [
        (("16x51", "8x51", "16x51"), [16, 8, 16]),
        (("[12,64]", "[24,32]", "[48,16]"), [12, 24, 48]),
        (("126x16", "63x16", "61x16"), [16, 16, 16]),
    ],
)
def test_channels_of_layers_along_one_axis(sizes: tuple[str, ...], filters: list[int]) -> None:
    (found,) = designs("Layer | Output size | Kernel size", *(f"Conv1d | {size} | 5" for size in sizes))
    assert [each.params["filters"] for each in found.readings] == filters


def test_what_a_name_lists_behind_the_call_beside_it() -> None:
    (found,) = designs(
        "Layer | Type | Output Shape",
        "Conv1 + BN + ReLU + Pool | Conv2D(3, 8, k=3, p=1) | 8 × 16 × 16",
        "Conv2 + BN + ReLU + Pool | Conv2D(8, 16, k=3, p=1) | 16 × 8 × 8",
        "FC1 + BN + Dropout | Linear(1024 → 32) | 32",
        "FC2 | Linear(32 → 10) | 10",
    )
    kinds = [each.kind for each in found.readings]
    assert kinds == ["conv", "pool", "conv", "pool", "dense", "dropout", "dense"]
    assert [each.posts for each in found.readings[:1]] == [("bn", "relu")]
    assert [each.params["filters"] for each in found.readings if each.kind == "conv"] == [8, 16]


@pytest.mark.parametrize(
    "text", ["2-layer LSTM, 16 units", "LSTM, num_layers=2, 16 units", "LSTM (2 layers), 16 units"]
)
def test_layers_of_what_recurs(text: str) -> None:
    (found,) = read_cell(text)
    assert (found.kind, found.times * found.params.get("layers", 1), found.params["units"]) == ("lstm", 2, 16)


def test_networks_that_have_a_column_each_with_all_layers_of_a_kind_in_a_row() -> None:
    plain, deep = designs(
        "Model | Net-30-10 | Conv-4",
        "Datasets | digits | objects",
        "Conv Layers |  | 8 * 8, pool\n16 * 16, pool",
        "FC Layers | 30, 20, 10 | 32, 10/100",
    )
    assert (plain.config, [each.params["units"] for each in plain.readings]) == ("Net-30-10", [30, 20, 10])
    assert [each.kind for each in deep.readings] == ["conv", "conv", "pool", "conv", "conv", "pool", "dense", "dense"]
    assert [each.params["filters"] for each in deep.readings if each.unclear] == [8, 8, 16, 16]


def test_sizes_handed_on_tell_a_network_of_blocks_that_nobody_knows() -> None:
    (found,) = designs(
        "Block | Input size | Output size",
        "Image | H×W×3 | H×W×3",
        "Feature embedding (3×3 Conv) | H×W×3 | H×W×8",
        "Odd Block (Encoder-1) | H×W×8 | H×W×8",
        "Downsampling | H×W×8 | H/2×W/2×16",
        "Odd Block (Bottleneck) | H/2×W/2×16 | H/2×W/2×16",
        "Upsampling | H/2×W/2×16 | H×W×8",
        "Odd Block (Decoder-1) | H×W×8 | H×W×8",
    )
    kinds = [each.kind for each in found.readings]
    assert kinds == ["input", "conv", "Odd Block", "Downsampling", "Odd Block", "upsample", "Odd Block"]


def test_sizes_of_what_comes_in_and_goes_out_by_their_names() -> None:
    (found,) = designs(
        "Layer | Description",
        "Input | 32x32x3",
        'Convolution | 1x1 stride,padding="VALID",output = 28x28x6',
        "Lambda | Normalize range -0.5",
        "Max Pooling | 2x2 stride, output = 14x14x6",
        "FullyConnected | input = 1176, output = 120",
        "FullyConnected | input = 120, output(Logits) = 43",
    )
    assert [each.kind for each in found.readings] == ["input", "conv", "Lambda", "maxpool", "dense", "dense"]
    assert [each.params.get("units") for each in found.readings[-2:]] == [120, 43]


def test_what_stands_behind_an_and() -> None:
    found = read_cell("Conv layer with 8 3x3 filters, RELU activation, 2x2 max pooling and dropout(0.15)")
    assert [(each.kind, each.params.get("rate")) for each in found] == [
        ("conv", None),
        ("maxpool", None),
        ("dropout", 0.15),
    ]
    assert [(each.kind, each.params) for each in read_cell("Output layer is one neuron")] == [("dense", {"units": 1})]


def test_titles_of_networks_are_no_layers() -> None:
    rows = [
        ("Layer", "Type", "Filters/Units", "Kernel Size", "Output Shape"),
        ("Encoder",),
        ("Input", "Input", "-", "-", "16×16×1"),
        ("Conv1", "Convolutional", "8", "3×3", "16×16×8"),
        ("Conv2", "Convolutional", "16", "3×3", "16×16×16"),
        ("FC1", "Fully Connected", "32", "-", "32"),
        ("Decoder",),
        ("Input", "Input", "-", "-", "32"),
        ("FC2", "Fully Connected", "4096", "-", "16×16×16"),
        ("Conv3", "Convolutional", "1", "3×3", "16×16×1"),
    ]
    cells = [
        tuple(Cell(text, i, i if len(row) > 1 else len(rows[0]) - 1) for i, text in enumerate(row)) for row in rows
    ]
    first, second = designs_of(Grid(tuple(cells), len(rows[0])))
    assert [each.config for each in (first, second)] == ["Encoder", "Decoder"]
    assert [each.kind for each in first.readings] == ["input", "conv", "conv", "dense"]
    assert [each.kind for each in second.readings] == ["input", "dense", "conv"]
