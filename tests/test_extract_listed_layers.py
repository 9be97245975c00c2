"""Rows that list layers: as many as they list, of the width that a column says, with the borders that sizes tell."""

from __future__ import annotations

import pytest

from extract.structure.texts import grids_of
from extract.tables.layouts import designs_of
from ir import Graph, Report
from ir import layers as L
from ir.validate import infer
from tests.questions import questions
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table

STAGES = ("1 | MBConv1, k3×3 | 24 | 2", "2 | MBConv6, k5×5 | 32 | 3", "3 | MBConv6, k3×3 | 48 | 3")


def units(graph: Graph) -> list[int]:
    """Return how wide the fully connected layers are."""
    return [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)]


@pytest.mark.parametrize(
    "cell",
    [
        "Conv2d, BatchNorm2d, ReLU, Conv2d, BatchNorm2d, ReLU, MaxPool2d",
        "Conv3x3 → BatchNorm → ReLU → Conv3x3 → BatchNorm → ReLU → MaxPool2x2",
    ],
)
def test_layers_that_a_cell_lists_twice_are_two(cell: str) -> None:
    graph = model_of(table("Block | Layers | Output channels", f"Block 1 | {cell} | 8", f"Block 2 | {cell} | 16"))
    assert kinds(graph) == [*["Conv2D", "BatchNorm", "ReLU"] * 2, "MaxPool2D"] * 2
    assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [8, 8, 16, 16]
    assert graph.nodes[6].layer == L.MaxPool2D(kernel=(2, 2), stride=(2, 2))


def test_widths_in_a_row_of_fully_connected_layers() -> None:
    rows = ("Input | - | 8×8×3", "Block | 2 × Conv(4, 3×3) + MaxPool | 4×4×4")
    assert units(model_of(table("Block | Layers | Output", *rows, "FC | 32 → 32 → 5 | 5"))) == [32, 32, 5]
    report = Report()
    model_of(table("Block | Layers | Output", *rows, "FC | 64 → 32 → 5 | 5"), report=report)
    assert any("FC 64" in each.message for each in report if each.code == "question")


def test_borders_that_calls_leave_out_by_the_sizes_that_are_printed() -> None:
    report = Report()
    layer = "Conv2d({} → {}, 3×3) + ReLU + MaxPool(2×2)"
    rows = (f"1 | {layer.format(1, 4)} | 4×24×24", f"2 | {layer.format(4, 8)} | 8×12×12", "FC | Linear(1152 → 5) | 5")
    graph = model_of(table("Block | Layers | Output Shape", *rows), report=report)
    assert [node.layer.pad for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [((1, 1), (1, 1))] * 2
    assert not questions(report)


def test_how_wide_layers_are_by_what_their_pooling_gives() -> None:
    cell = "[Conv3×3–BN–ReLU]×2 → MaxPool2"
    rows = (f"Block 1 | {cell} | 8×16×16", f"Block 2 | {cell} | 16×8×8", "Head | Flatten → Linear(1024, 10) | 10")
    graph = model_of(table("Block | Layers | Output", "Input | - | 1×32×32", *rows))
    assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [8, 8, 16, 16]


def test_a_column_of_poolings_says_the_window_of_a_row_that_is_one() -> None:
    head = "Layer | Type | Filters | Kernel | Strides | Pooling | Activation"
    graph = model_of(table(head, "1 | Conv2D | 8 | 3x3 | - | - | ReLU", "2 | MaxPooling2D | - | - | 2 | 3x3 | -"))
    assert kinds(graph) == ["Conv2D", "ReLU", "MaxPool2D"]
    assert graph.nodes[-1].layer.kernel == (3, 3)


def test_how_many_layers_a_stage_has() -> None:
    text = table("Stage | Operator | Channels | Layers", *STAGES)
    (found,) = [one for grid in grids_of(text, ".md") for one in designs_of(grid)]
    assert [each.times for each in found.readings] == [2, 3, 3]


def test_the_layer_that_takes_the_input_and_quantities_by_their_signs() -> None:
    text = table(
        "Layer | Units | Activation",
        *("Input Dense | 16 | ReLU", "Hidden Dense | 8 | ReLU", "Output Dense | 3 | Softmax"),
    )
    assert units(model_of(text)) == [16, 8, 3]
    rows = ("Input | 3 (u, v, w) | -", "Hidden 1 | 40 | ReLU", "Output | 6 (τ ij) | -")
    graph = model_of(table("Layer | Units | Activation", *rows))
    assert units(graph) == [40, 6]
    assert infer(graph, Report())[graph.outputs[0]][-1] == 6


def test_windows_and_borders_in_brackets_of_their_own() -> None:
    head = "Index | Operation | Kernel Size | Stride | Padding | Output Shape"
    rows = ("0 | Input | - | - | - | 1 × 13 × 20", "1 | Conv2d + BN | (3, 3) | (1, 1) | (1, 1) | 64 × 13 × 20")
    layer = model_of(table(head, *rows, "2 | MaxPool2d | (3, 3) | (1, 2) | 0 | 64 × 11 × 9")).nodes[0].layer
    assert layer == L.Conv2D(filters=64, kernel=(3, 3), pad=((1, 1), (1, 1)))


def test_which_norm_is_asked() -> None:
    report = Report()
    rows = ("a | Conv2D | 8 | 3×3", "b | Conv2D + Norm | 8 | 3×3", "c | Conv2D | 1 | 3×3")
    model_of(table("Layer | Type | Filters | Kernel", *rows), report=report)
    assert any("which norm" in each.message for each in report if each.code == "question")


def test_what_a_cell_says_of_each_of_the_layers_beside_it() -> None:
    cell = "Conv2D → MaxPool2D → Dropout | {} filters, 3×3 kernel, ReLU, pool 2×2, dropout 0.4"
    text = table(
        "Block | Layers | Details", *(f"Block {i} | {cell.format(8 * i)}" for i in (1, 2)), "Output | Dense | 5 units"
    )
    graph = model_of(text)
    assert {node.layer.kernel for node in graph.nodes if isinstance(node.layer, L.MaxPool2D)} == {(2, 2)}
    assert {node.layer.rate for node in graph.nodes if isinstance(node.layer, L.Dropout)} == {0.4}
