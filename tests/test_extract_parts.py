"""What layers of papers are made of: statistics over time, blocks without borders, and rows of a block that repeat."""

from __future__ import annotations

from ir import Report
from ir import layers as L
from ir.validate import infer
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def test_statistics_over_time_are_means_and_deviations() -> None:
    lines = ("Input | | | 20x8", "Conv1D | 3 | 16 | 20x16", "Statistics pooling | | | 32", "Dense | | 4 | 4")
    graph = model_of(table("Layer | Kernel | Filters | Output", *lines))
    pooled = ["GlobalAvgPool1D", "Subtract", "Power", "GlobalAvgPool1D", "Power", "Concat"]
    assert kinds(graph) == ["Conv1D", *pooled, "Flatten", "Dense"]
    assert infer(graph, Report())[graph.node("concat1").refs[0]] == (None, 32, 1)


def test_a_residual_block_without_borders_is_smaller_and_so_is_the_way_around_it() -> None:
    lines = ("Input | 3 × 40 × 40", "8 × 3 × 3 conv, stride 1 | 8 × 40 × 40", "Residual block, 8 filters | 8 × 36 × 36")
    report = Report()
    graph = model_of(table("Layer | Activation size", *lines, "Residual block, 8 filters | 8 × 32 × 32"), report=report)
    crop = graph.node("crop1").layer
    assert isinstance(crop, L.Pad2D)
    assert crop.pad == ((-2, -2), (-2, -2))
    assert infer(graph, Report())[graph.outputs[0]] == (None, 8, 32, 32)
    assert not [each for each in report if "how is it meant" in each.message]


def test_a_layer_of_a_block_comes_as_often_as_its_line_says() -> None:
    block = "[3×3 conv, 12, ×3; 1×1 conv, 16] × 2"
    text = table(
        "Layer | Output | Net", "Input | 16×16×3 |", "Stem | 16×16×8 | 3×3 conv, 8", f"Stage 1 | 16×16×16 | {block}"
    )
    convolutions = [node.layer for node in model_of(text).nodes if isinstance(node.layer, L.Conv2D)]
    assert [each.filters for each in convolutions] == [8, *(12, 12, 12, 16) * 2]
