"""Tables of nets over sequences: layers at each step, vectors that are repeated, and which axis features are on."""

from __future__ import annotations

from ir import Report
from ir import layers as L
from tests.questions import questions
from tests.test_extract_families import model_of


def over_time(*rows: str) -> tuple[list[object], list[str]]:
    report = Report()
    table = "| Layer |\n|---|\n" + "".join(f"| {row} |\n" for row in rows)
    graph = model_of(table, report=report)
    return [each.layer for each in graph.nodes], questions(report)


def test_an_autoencoder_over_time() -> None:
    rows = ("LSTM 64", "RepeatVector(30)", "LSTM(64, return_sequences=True)", "TimeDistributed(Dense(4))")
    layers, asked = over_time("Input 30×4", *rows)
    assert layers == [
        L.LSTM(units=64),
        L.Reshape(sizes=(1, -1), axis=1),
        L.Tile(axis=1, times=30),
        L.LSTM(units=64, sequences=True),
        L.Dense(units=4),
    ]
    assert not asked


def test_what_is_in_front_of_a_recurrent_layer_is_a_sequence_too() -> None:
    layers, asked = over_time("Input 100×40", "Time distributed dense (16 units)", "Dropout 0.2", "GRU 8", "FC 2")
    assert layers == [L.Dense(units=16), L.Dropout(rate=0.2), L.GRU(units=8), L.Dense(units=2)]
    assert not asked


def test_features_of_a_sequence_are_normalised_on_the_last_axis() -> None:
    layers, _ = over_time("Input 100×40", "Batch norm", "LSTM(8, return_sequences=True)", "BN", "LSTM 4", "BN", "FC 2")
    assert [each.axis for each in layers if isinstance(each, L.BatchNorm)] == [2, 2, 1]


def test_channels_of_a_signal_are_normalised_on_the_first_axis() -> None:
    layers, _ = over_time("Input 1000×1", "Conv1D, 5, 32", "BN", "GAP", "FC 2")
    assert [each.axis for each in layers if isinstance(each, L.BatchNorm)] == [1]
