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
