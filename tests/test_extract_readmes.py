"""Tables as READMEs hold them: beside other tables, with remarks in a column of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.paper import Found, texts_of
from ir import layers as L
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def designs(text: str) -> list[Found]:
    """Return the designs of the tables in a text."""
    return texts_of(Path("net.md"), text.encode())


def test_what_remarks_add_stands_behind_the_activation() -> None:
    text = table(
        "Layer | Output Shape | Remarks",
        *("OddNetV2 (base) | (7, 7, 80) | frozen", "GlobalAveragePooling2D | (80,) | one number each"),
        *("Dense (16, ReLU) | (16,) | + BatchNormalization + Dropout (0.4)", "Dense (3, Softmax) | (3,) | ways"),
    )
    graph = model_of(text)
    assert kinds(graph)[-6:] == ["Dense", "ReLU", "BatchNorm", "Dropout", "Dense", "Softmax"]
    assert any("OddNetV2" in repr(node.layer) for node in graph.nodes)  # A network, and not what comes in.


def test_ways_in_a_column_are_designs_of_their_own() -> None:
    text = table(
        "Branch | Layer | Output Shape",
        *(
            "Image | OddNet | 7×7×64",
            "Image | GlobalAveragePooling2D | 64",
            "Rest | Conv2D(8) + BN + MaxPool | 16×16×8",
        ),
        *("Rest | Conv2D(16) + BN + MaxPool | 8×8×16", "Head | Dense(32, ReLU) | 32", "Head | Dense(1, Sigmoid) | 1"),
    )
    assert [each.design.config for each in designs(text)] == ["Image", "Rest", "Head"]


def test_a_design_of_two_rows_and_both_ways_of_a_recurrent_layer() -> None:
    (found,) = designs(
        table("Layer | Units | Notes", "Bidirectional LSTM | 48 (×2) | last", "Dropout | — | rate = 0.5")
    )
    first, second = found.design.readings
    assert (first.kind, first.params, first.times) == ("bilstm", {"units": 48}, 1)
    assert (second.kind, second.params) == ("dropout", {"rate": 0.5})
    (found,) = designs(table("Layer | Units | Notes", "GRU | 32 (×2) | last", "Dense | 4 | -", "Dropout | - | 0.1"))
    first = found.design.readings[0]
    assert (first.kind, first.params.get("units"), first.times) == ("gru", 32, 2)


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        (
            "op | dispatches | ms",
            ("Conv2D | 32 | 896", "GroupNorm | 25 | 787", "Add | 203 | 614", "Softmax | 192 | 9"),
        ),
        ("Rank | Layer | Output Shape | Kernel", [f"{i} | part.{i}.conv1 | 64×56×56 | 3×3" for i in range(1, 5)]),
        ("Type | Kernel | Data", [f"Conv{i}D | (C_out, C_in, k) | of {i} axes" for i in range(1, 4)]),
        ("Parameter | Value", ("Input size | 64×64", "Filters | 8 → 16 → 32", "Dropout | 0.5", "Batch Norm | -")),
    ],
)
def test_what_times_ranks_explains_or_sets_is_no_design(head: str, lines: list[str]) -> None:
    assert designs(table(head, *lines)) == []


def test_layers_of_a_recurrent_layer_keep_their_dropout_within() -> None:
    text = table(
        "Layer | Output shape | Notes",
        *("Input | (B, T, 12) | steps", "BiLSTM × 2 | (B, T, 64) | 32 per direction; inter-layer dropout"),
        *("Dropout(0.4) | (B, 64) | -", "Linear | (B, 2) | logits"),
    )
    found = [node.layer for node in model_of(text).nodes]
    assert sum(isinstance(each, L.Dropout) for each in found) == 1


def test_rows_from_the_output_on_keep_what_stands_behind_their_layers() -> None:
    text = table(
        "Layer | Type | Maps | Size | Kernel size | Activation | Dropout",
        *("Out | Fully connected | - | 7 | - | Odd | -", "F3 | Fully connected | - | 24 | - | tanh | 0.5"),
        *("C1 | Convolution | 6 | 24 × 24 | 5 × 5 | tanh | -", "In | Input | 1 | 28 × 28 | - | - | -"),
    )
    (found,) = designs(text)
    kinds_read = [each.kind for each in found.design.readings]
    assert kinds_read == ["input", "conv", "dense", "dropout", "dense", "Odd"]


def test_poolings_and_dropouts_of_columns_with_their_strides_and_ratios() -> None:
    text = table(
        "Layer | Filters | Kernel Size | Activation | Maxpool | Maxpool Stride | Dropout Ratio",
        *(
            "Conv1 | 8 | 5x5 | ReLU | 2x2 | 2 | 0.2",
            "Conv2 | 16 | 3x3 | ReLU | - | - | -",
            "FC1 | 4 | - | - | - | - | -",
        ),
    )
    (found,) = designs(text)
    assert [each.kind for each in found.design.readings] == ["conv", "maxpool", "dropout", "conv", "dense"]
    assert found.design.readings[1].params == {"kernel": (2, 2), "stride": (2, 2)}


def test_sizes_of_sequences_whose_length_is_a_name() -> None:
    text = table(
        "Layer | Type | Input Shape | Output Shape",
        *("1 | Embedding | (seq_len,) | (seq_len, 24)", "2 | BiLSTM | (seq_len, 24) | (seq_len, 32)"),
        *("3 | GlobalAvgPool | (seq_len, 32) | (32,)", "4 | Dense | (32,) | (5,)"),
    )
    graph = model_of(text)
    embeds = [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Embed)]
    steps = [(node.layer.units, node.layer.sequences) for node in graph.nodes if isinstance(node.layer, L.LSTM)]
    assert (embeds, steps) == ([24], [(16, True), (16, True)])


def test_a_normalisation_of_vectors_is_no_local_response() -> None:
    lines = ("Normalization (embedded) | —", "Dense | 8", "Dense | 8", "Dense (output) | 3")
    (found,) = designs(table("Layer | Units", *lines))
    assert found.design.readings[0].kind.startswith("Normalization")


def test_a_decoder_above_an_encoder_is_a_network_of_its_own() -> None:
    lines = [
        *("Decoder p(x) |  |  | ", "Fully connected |  |  | 6×6×8", "Transposed convolution | 3×3 | 2×2 | 12×12×4"),
        *("Transposed convolution | 3×3 | 2×2 | 24×24×1", "Encoder q(z) |  |  | ", "Convolution | 3×3 | 2×2 | 12×12×4"),
        *("Convolution | 3×3 | 2×2 | 6×6×8", "Fully connected |  |  | 5", "Number of test samples |  |  | 50"),
    ]
    found = designs(table("Operation | Kernel | Strides | Feature maps", *lines))
    assert [[each.kind for each in one.design.readings] for one in found] == [
        ["dense", "deconv", "deconv"],
        ["conv", "conv", "dense"],
    ]
