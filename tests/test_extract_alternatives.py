"""Tables of which each cell says the sizes of two designs, and arrows from as many channels as a sign says."""

from __future__ import annotations

from math import prod

import pytest

from extract.structure.texts import grids_of
from extract.tables.layouts import designs_of
from ir import layers as L
from tests.test_extract_known_papers import asked_of

BOTH = """
| Layer | Output (28px / 32px input) | Params |
|---|---|---|
| Input | 28×28×1 / 32×32×3 | 0 |
| Conv 3×3, 8 | 28×28×8 / 32×32×8 | 80 / 224 |
| MaxPool 2×2 | 14×14×8 / 16×16×8 | 0 |
| Dense | 10 | 15,690 / 20,490 |
"""
NAMED = """
| Component | Input | Output |
|---|---|---|
| Flatten | 1×28×28 or 3×32×32 | 784 or 3,072 |
| Linear | 784 or 3,072 | 64 |
| ReLU | 64 | 64 |
| Linear | 64 | 10 |
| Total | Digits / Objects | |
"""


@pytest.mark.parametrize(("variant", "shape"), [("28px", (None, 1, 28, 28)), ("32px", (None, 3, 32, 32))])
def test_a_header_names_two_sizes_of_each_cell(variant: str, shape: tuple[int | None, ...]) -> None:
    graph, asked = asked_of(BOTH, variant=variant)
    assert graph.inputs[0].shape == shape
    assert [type(each.layer) for each in graph.nodes] == [L.Conv2D, L.MaxPool2D, L.Flatten, L.Dense]
    assert not [each for each in asked if "printed" in each]


@pytest.mark.parametrize(("variant", "comes_in"), [("Digits", 784), ("Objects", 3072)])
def test_what_comes_in_is_one_or_the_other(variant: str, comes_in: int) -> None:
    graph, _ = asked_of(NAMED, variant=variant)
    assert prod(each or 1 for each in graph.inputs[0].shape) == comes_in
    assert [each.layer.units for each in graph.nodes if isinstance(each.layer, L.Dense)] == [64, 10]


def test_a_cell_of_what_comes_in_and_goes_out_says_one_design() -> None:
    rows = (
        "| Conv 3×3, 8 | 28×28×1 / 28×28×8 |\n| MaxPool | 28×28×8 / 14×14×8 |\n| Conv 3×3, 16 | 14×14×8 / 14×14×16 |\n"
    )
    (grid,) = grids_of(f"| Layer | Input / Output |\n|---|---|\n{rows}", ".md")
    assert len(designs_of(grid)) <= 1


def test_as_many_channels_as_a_sign_says_are_those_that_come_in() -> None:
    rows = "| Conv 3×3 C_in→32 + BN + ReLU | 48×48 |\n| MaxPool 2×2 | 24×24 |\n| Conv 3×3 32→64 | 24×24 |\n"
    graph, _ = asked_of(f"| Layer | Output |\n|---|---|\n{rows}| Linear (d_in → 10) | 10 |\n")
    assert [each.layer.filters for each in graph.nodes if isinstance(each.layer, L.Conv2D)] == [32, 64]
    assert isinstance(graph.nodes[1].layer, L.BatchNorm)
