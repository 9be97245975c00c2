"""What tables say in few letters: channels, the rows that are joined, how wide embeddings are, squares of inputs."""

from __future__ import annotations

from typing import Any

import pytest

from extract.words.cells import read_attributes, read_cell
from ir import Report
from ir import layers as L
from tests.questions import questions
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


@pytest.mark.parametrize("heads", ["In ch. | Out ch.", "In ch | Out ch", "Ch. in | Ch. out"])
def test_channels_that_come_in_and_go_out_are_of_one_design(heads: str) -> None:
    rows = ("conv | 3 | 24 | 3 | 1", "conv | 24 | 48 | 3 | 2", "linear | 48 | 6 | | ")
    report = Report()
    graph = model_of("The input is 8x8x3.\n\n" + table(f"Type | {heads} | Kernel | Stride", *rows), report=report)
    assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [24, 48]


@pytest.mark.parametrize("said", ["Concat (3, 1)", "Concat [3, 1]", "Concat 3, 1", "Concat with 1", "Concat (1)"])
def test_rows_that_are_joined_by_their_numbers(said: str) -> None:
    rows = ("1 | Conv | 3x3 / 1 | 16x16x8", "2 | Conv | 3x3 / 2 | 8x8x9", "3 | Deconv | 4x4 / 2 | 16x16x8")
    rows = ("0 | Input | | 16x16x1", *rows, f"4 | {said} | | 16x16x16", "5 | Conv | 1x1 / 1 | 16x16x2")
    graph = model_of(table("# | Layer | Kernel/Stride | Output", *rows))
    (joined,) = (node for node in graph.nodes if isinstance(node.layer, L.Concat))
    assert {ref.node for ref in joined.inputs} == {graph.nodes[0].name, graph.nodes[2].name}


WORDS: dict[str, dict[str, Any]] = {
    "vocabulary size 7000, dim 96": {"vocabulary": 7000, "units": 96},
    "|V| = 7000, d = 96": {"vocabulary": 7000, "units": 96},
    "vocab size: 7000, embedding dimension: 96": {"vocabulary": 7000, "units": 96},
    "vocab_size=7000, embed_dim=96": {"vocabulary": 7000, "units": 96},
    "vocabulary of 7000 words, 96 dimensions": {"vocabulary": 7000, "units": 96},
    "dim 96, vocabulary size 7000": {"vocabulary": 7000, "units": 96},
    "vocabulary size 7000": {"vocabulary": 7000},
    "dim: 96": {"units": 96},
    "96-d": {"units": 96},
    "96-dim": {"units": 96},
}


@pytest.mark.parametrize(("said", "meant"), WORDS.items())
def test_how_wide_embeddings_are_and_of_how_many_words(said: str, meant: dict[str, Any]) -> None:
    for text in (f"Embedding, {said}", f"Embedding ({said})"):
        (reading,) = read_cell(text)
        assert (reading.kind, reading.params) == ("embedding", meant)
    if "vocab" in said:
        assert read_attributes(said, "embedding") == meant


@pytest.mark.parametrize("said", ["Input | 12 x 12 = 144", "Input | 12^2 = 144", "Input (12 × 12 = 144) | "])
def test_an_image_that_is_made_into_as_many_numbers(said: str) -> None:
    graph = model_of(table("Layer | Units", said, "Dense | 20", "Dense | 5"))
    assert graph.inputs[0].shape == (None, 144)


def test_an_image_in_front_of_convolutions_stays_one() -> None:
    graph = model_of(table("Layer | Size", "Input (12 × 12 = 144) | ", "Conv 3x3 | 20", "Dense | 5"))
    assert graph.inputs[0].shape[2:] == (12, 12)


def test_channels_first_behind_a_pooling_over_a_sequence() -> None:
    rows = ("Conv1d(1, 12, kernel_size=5, stride=2) | (B, 12, 98)", "AdaptiveAvgPool1d(1) | (B, 12, 1)")
    report = Report()
    text = table("Layer | Output", "Input | (B, 1, 200)", *rows, "Linear | (B, 5)")
    assert kinds(model_of(text, report=report)) == ["Conv1D", "GlobalAvgPool1D", "Flatten", "Dense"]
    assert not questions(report)
