"""Activations in columns of their own: beside several rows and under their names; layers in other languages."""

from __future__ import annotations

import pytest

from extract.columns.grids import Cell
from extract.structure.partial_rules import with_shared_activations
from extract.words.cells import read_cell
from ir import layers as L
from tests.test_extract_families import model_of

SHARED = r"""
\begin{table}
\caption{The network. The input is an image of 32x32x3.}
\begin{tabular}{llll}
Layer & Kernel & Filters & Activation \\ \hline
Conv & 3x3 & 16 & \multirow{2}{*}{ReLU} \\
Conv & 3x3 & 8 & \\
Conv & 3x3 & 4 & Sigmoid \\
\end{tabular}
\end{table}
"""


def test_an_activation_set_beside_several_rows_is_that_of_each() -> None:
    kinds = [type(each.layer).__name__ for each in model_of(SHARED, ".tex").nodes]
    assert kinds == ["Conv2D", "ReLU", "Conv2D", "ReLU", "Conv2D", "Sigmoid"]


def row(y: float, *texts: str) -> tuple[Cell, ...]:
    boxes = [(30.0 * i, y, 30.0 * i + 20.0, y + 10.0) for i in range(len(texts))]
    return tuple(Cell(text, i, i, boxes[i]) for i, text in enumerate(texts) if text)


def test_rules_that_end_in_front_of_an_activation_set_it_beside_all_their_rows() -> None:
    rows = [row(0.0, "conv1", "3x3"), row(15.0, "conv2", "3x3", "ReLU"), row(30.0, "conv3", "3x3")]
    short, whole = [(27.0, 0.0, 52.0), (12.0, 0.0, 52.0)], [(27.0, 0.0, 90.0), (12.0, 0.0, 90.0)]
    said = [[cell.text for cell in each] for each in with_shared_activations(rows, short)]
    assert said == [["conv1", "3x3", "ReLU"], ["conv2", "3x3", "ReLU"], ["conv3", "3x3", "ReLU"]]
    assert with_shared_activations(rows, whole) == rows
    assert with_shared_activations(rows, []) == rows


@pytest.mark.parametrize(("yes", "no"), [("yes", "no"), ("✓", "")])
def test_under_the_name_of_an_activation_stands_whether_it_is_there(yes: str, no: str) -> None:
    head = "| Layer | Kernel | Filters | BN | ReLU |\n|---|---|---|---|---|\n"
    rows = f"| Conv1 | 3x3 | 16 | {yes} | {yes} |\n"
    rows += f"| Conv2 | 3x3 | 12 | {no} | {yes} |\n| Conv3 | 3x3 | 8 | {no} | {no} |\n"
    kinds = [type(each.layer).__name__ for each in model_of(head + rows).nodes]
    assert kinds == ["Conv2D", "BatchNorm", "ReLU", "Conv2D", "ReLU", "Conv2D"]


def test_transfer_functions_are_activations() -> None:
    head = "| Layer | Neurons | Transfer function |\n|---|---|---|\n"
    graph = model_of(head + "| Input | 8 | - |\n| Hidden | 16 | tanh |\n| Output | 2 | softmax |\n")
    assert [each.layer for each in graph.nodes] == [L.Dense(units=16), L.Tanh(), L.Dense(units=2), L.Softmax(axis=1)]


def test_filters_with_the_sizes_of_images_beside_filters_are_outputs() -> None:
    head = "| Layer | No. of filters | Kernel | Filters |\n|---|---|---|---|\n"
    rows = "| Input | | | 28x28x1 |\n| Conv | 8 | 3x3 | 28x28x8 |\n| Conv | 16 | 3x3 | 28x28x16 |\n"
    graph = model_of(head + rows)
    assert [each.layer for each in graph.nodes] == [
        L.Conv2D(filters=8, kernel=3, pad=1),
        L.Conv2D(filters=16, kernel=3, pad=1),
    ]
    assert graph.inputs[0].shape == (None, 1, 28, 28)


def test_layers_in_other_languages_and_as_tex_has_them() -> None:
    assert [each.kind for each in read_cell("Faltung 3x3")] == ["conv"]
    for text in ("Vollverbunden", "Vollständig verbundene Schicht", "Entie`rement connecte´e", "Densa"):
        assert [each.kind for each in read_cell(text)] == ["dense"], text
    assert [each.kind for each in read_cell("Aplanado")] == ["flatten"]
    assert read_cell("8 filters, 3×3, pad = `valid'")[0].params["pad"] == "valid"
    assert [each.params for each in read_cell("Max-Pooling ( 2×2 )")] == [{"kernel": (2, 2)}]


@pytest.mark.parametrize(("name", "count"), [("Foo 3x3", 1), ("Foo (3x3)", 1), ("Foo x3", 3), ("Foo2 x 3", 3)])
def test_a_window_behind_a_layer_that_nobody_knows_is_no_number_of_times(name: str, count: int) -> None:
    head = "| Layer | Filters | Activation |\n|---|---|---|\n"
    graph = model_of(head + f"| Conv 3x3 | 16 | ReLU |\n| {name} | 32 | ReLU |\n| Conv 3x3 | 8 | ReLU |\n")
    assert sum(isinstance(each.layer, L.Custom) for each in graph.nodes) == count


def test_a_header_of_two_names_and_whether_each_is_there() -> None:
    head = "| Layer | Kernel | Channels | BN/ReLU |\n|---|---|---|---|\n"
    graph = model_of(head + "".join(f"| {i} | 3x3 | 8 | yes/yes |\n" for i in (1, 2, 3)) + "| 4 | 1x1 | 2 | no/no |\n")
    assert [type(each.layer).__name__ for each in graph.nodes] == [*["Conv2D", "BatchNorm", "ReLU"] * 3, "Conv2D"]
