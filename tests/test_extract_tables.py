"""Tables of papers to designs: each layout on a page of its own, from the PDF to the parameters of the model."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

import pytest

from extract.columns.grids import plain_grid
from extract.tables.layouts import designs_of
from ir import Graph, Report, TranslationError
from ir import layers as L
from ir.validate import infer, weight_shapes
from tests.pdf_pages import Text, pdf, rows
from tests.questions import questions
from translator import ReadOptions, read
from translator.cli import main

PROSE = "which is a line of running text that goes on over the whole width of the page and says nothing of any layer"


def page(caption: str, table: list[Text], rules: list[tuple[float, float, float]] | None = None) -> bytes:
    texts: list[Text] = [(72, 100, PROSE), (72, 112, PROSE), (72, 140, caption), *table, (72, 600, PROSE)]
    return pdf((texts, rules or []))


def model(data: bytes, variant: str = "") -> tuple[Graph, list[Any]]:
    report = Report()
    graph = read("paper.pdf", data=data, options=ReadOptions(variant=variant), report=report).graph
    return graph, list(report)


def parameters(graph: Graph) -> int:
    weights = weight_shapes(graph, infer(graph, Report()))
    learned = [shape for key, (_, shape, _) in weights.items() if not key.endswith((".mean", ".variance"))]
    return sum(prod(size or 0 for size in shape) for shape in learned)


def kinds(graph: Graph) -> list[str]:
    return [type(node.layer).__name__ for node in graph.nodes]


SIDE_BY_SIDE = rows(
    170,
    (150, 300, 420),
    [
        ("", "Configuration", ""),
        ("A", "B", "C"),
        ("", "input (32 × 32 RGB image)", ""),
        ("conv3-8", "conv3-8", "conv3-8"),
        ("", "conv3-8", "LRN"),
        ("", "maxpool", ""),
        ("conv3-16", "conv3-16", "conv3-16"),
        ("", "conv1-16", "conv3-16"),
        ("", "maxpool", ""),
        ("", "FC-64", ""),
        ("", "FC-10", ""),
        ("", "soft-max", ""),
    ],
)


@pytest.mark.parametrize(
    ("variant", "convolutions"),
    [("A", [(8, 3), (16, 3)]), ("B", [(8, 3), (8, 3), (16, 3), (16, 1)]), ("C", [(8, 3), (16, 3), (16, 3)])],
)
def test_designs_side_by_side(variant: str, convolutions: list[tuple[int, int]]) -> None:
    data = page("Table 1: Configurations. The ReLU function is not shown.", SIDE_BY_SIDE)
    graph, said = model(data, variant)
    found = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert [(each.filters, each.kernel[0]) for each in found] == convolutions
    assert kinds(graph).count("ReLU") == len(convolutions) + 1
    assert kinds(graph).count("MaxPool2D") == 2
    assert kinds(graph)[-4:] == ["Dense", "ReLU", "Dense", "Softmax"]
    assert graph.inputs[0].shape == (None, 3, 32, 32)
    assert ("LRN" in kinds(graph)) == (variant == "C")
    assert any("2 x 2 is taken" in each.message for each in said)
    assert not questions(said)


def test_the_design_that_is_meant_must_be_named() -> None:
    data = page("Table 1: Configurations.", SIDE_BY_SIDE)
    with pytest.raises(TranslationError, match="holds 3 designs") as error:
        model(data)
    assert "one of: A, B, C" in str(error.value)
    with pytest.raises(TranslationError, match="holds no design named 'D'"):
        model(data, "D")


ROWS = rows(
    170,
    (120, 260, 400),
    [
        ("Type / Stride", "Filter Shape", "Input Size"),
        ("Conv / s2", "3 × 3 × 3 × 8", "32 × 32 × 3"),
        ("Conv dw / s1", "3 × 3 × 8 dw", "16 × 16 × 8"),
        ("Conv / s1", "1 × 1 × 8 × 16", "16 × 16 × 8"),
        ("Conv dw / s2", "3 × 3 × 16 dw", "16 × 16 × 16"),
        ("Avg Pool / s1", "Pool 16 × 16", "16 × 16 × 16"),
        ("FC / s1", "16 × 10", "1 × 1 × 16"),
        ("Softmax / s1", "Classifier", "1 × 1 × 10"),
    ],
)


def test_a_layer_a_row() -> None:
    graph, said = model(page("Table 2: A small net.", ROWS))
    assert kinds(graph) == ["Conv2D", "Conv2D", "Conv2D", "Conv2D", "GlobalAvgPool2D", "Flatten", "Dense", "Softmax"]
    shapes = infer(graph, Report())
    assert [shapes[node.refs[0]] for node in graph.nodes[:5]] == [
        *[(None, 8, 16, 16)] * 2,
        *[(None, 16, 16, 16)] * 2,
        (None, 16, 1, 1),
    ]
    (question,) = questions(said)
    assert question == "'Conv dw / s2' is printed with stride 2, but gives 16 x 16 with 1: is that meant?"
    assert parameters(graph) == (3 * 9 * 8 + 8) + (9 * 8 + 8) + (8 * 16 + 16) + (9 * 16 + 16) + (16 * 10 + 10)


STAGES = rows(
    170,
    (110, 190, 290, 318, 338, 420, 448),
    [
        ("layer name", "output size", "small", "", "", "large", ""),
        ("conv1", "16×16", "", "", "3×3, 8, stride 2", "", ""),
        ("", "", "3×3, 8", "", "", "3×3, 8", ""),
        ("stage2", "16×16", "", "×1", "", "", "×2"),
        ("", "", "3×3, 8", "", "", "3×3, 8", ""),
        ("", "", "3×3, 16", "", "", "3×3, 16", ""),
        ("stage3", "8×8", "", "×1", "", "", "×3"),
        ("", "", "3×3, 16", "", "", "3×3, 16", ""),
        ("", "1×1", "", "", "average pool, 10-d fc, softmax", "", ""),
    ],
)
RULES = [(height, 100, 500) for height in (160, 174, 186, 222, 258, 270)]


@pytest.mark.parametrize(("variant", "blocks"), [("small", (1, 1)), ("large", (2, 3))])
def test_stages_of_residual_blocks(variant: str, blocks: tuple[int, int]) -> None:
    data = page("Table 1. Residual nets. Blocks are shown in brackets, with how often they are stacked.", STAGES, RULES)
    graph, said = model(data, variant)
    assert kinds(graph).count("Add") == sum(blocks)
    assert kinds(graph).count("GlobalAvgPool2D") == 1
    projections = [node for node in graph.nodes if node.name.startswith("shortcut")]
    assert [node.layer.stride for node in projections] == [(2, 2)]  # type: ignore[attr-defined]
    assert any("is a projection" in each.message for each in said)
    norm, first = 2, 3 * 9 * 8 + 2 * 8
    plain = [(9 * a * b + norm * b) + (9 * b * b + norm * b) for a, b in ((8, 8), (8, 16), (16, 16))]
    wanted = first + blocks[0] * plain[0] + plain[1] + (blocks[1] - 1) * plain[2] + (8 * 16 + norm * 16) + 16 * 10 + 10
    assert parameters(graph) == wanted


MODULES = rows(
    170,
    (80, 160, 230, 310, 345, 390, 430, 470, 510),
    [
        ("type", "patch size/", "output", "#1×1", "#3×3", "#3×3", "#5×5", "#5×5", "pool"),
        ("", "stride", "size", "", "reduce", "", "reduce", "", "proj"),
        ("convolution", "7×7/2", "16×16×8", "", "", "", "", "", ""),
        ("convolution", "3×3/1", "16×16×12", "", "4", "12", "", "", ""),
        ("inception (3a)", "", "16×16×20", "4", "6", "8", "2", "4", "4"),
        ("avg pool", "16×16/1", "1×1×20", "", "", "", "", "", ""),
        ("dropout (40%)", "", "1×1×20", "", "", "", "", "", ""),
        ("linear", "", "1×1×10", "", "", "", "", "", ""),
        ("softmax", "", "1×1×10", "", "", "", "", "", ""),
    ],
)


def test_modules_whose_branches_stand_in_columns() -> None:
    graph, _ = model(page("Table 1: A net of modules. Input 32 × 32.", MODULES))
    shapes = infer(graph, Report())
    assert shapes[graph.node("concat1").refs[0]][1] == 20
    assert [node.layer.rate for node in graph.nodes if isinstance(node.layer, L.Dropout)] == [0.4]
    assert graph.node("fc1").layer == L.Dense(units=10)
    ones = 12 * 4 + 4 + (12 * 6 + 6 + 6 * 9 * 8 + 8) + (12 * 2 + 2 + 2 * 25 * 4 + 4) + 12 * 4 + 4
    before = 3 * 49 * 8 + 8 + (8 * 4 + 4) + (4 * 9 * 12 + 12)
    assert parameters(graph) == before + ones + 20 * 10 + 10


def test_a_superscript_squares_a_number() -> None:
    places = (150, 300, 400, 500)
    table = rows(170, places, [("model", "conv 1", "conv 2", "conv 3"), ("Net",), ("",), ("Other",)])
    for row in (182, 206):
        for x, filters in zip(places[1:], (96, 256, 384), strict=True):
            table += [(x, row, f"{filters} × 7"), (x + 25.4 + 5 * (filters > 99), row - 4, "2", 5)]
    graph, _ = model(page("Table 1. Three layers.", table), "Net")
    assert [node.layer.kernel for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [(7, 7)] * 3


def test_what_is_printed_output_first_is_turned() -> None:
    cells = [
        ("Type", "Configurations"),
        ("Softmax", "-"),
        ("Linear", "#hidden units:10"),
        ("MaxPooling", "Window:2 × 2, s:2"),
    ]
    cells += [("Convolution", "#maps:8, k:3 × 3, s:1, p:1"), ("Input", "16 × 16 gray-scale image")]
    graph, _ = model(page("Table 1. The first row is the top.", rows(170, (150, 300), cells)))
    assert kinds(graph) == ["Conv2D", "MaxPool2D", "Flatten", "Dense", "Softmax"]


@pytest.mark.parametrize(
    "cells",
    [
        [
            ("method", "top-1", "top-5"),
            ("VGG", "24.4", "7.2"),
            ("ResNet", "19.38", "4.49"),
            ("Inception", "21.2", "5.6"),
        ],
        [("Type", "Mult-Adds", "Parameters"), ("Conv 1×1", "94.86%", "74.59%"), ("Conv DW 3×3", "3.06%", "1.06%")],
        [("a", "b"), ("1", "2"), ("3", "4"), ("5", "6")],
        [],
    ],
)
def test_a_table_of_results_is_no_design(cells: list[tuple[str, ...]]) -> None:
    with pytest.raises(TranslationError, match="holds no table or figure that shows a design"):
        model(page("Table 3: Results.", rows(170, (120, 260, 400), cells)))


def test_grids_of_texts_are_read_as_those_of_pages() -> None:
    grid = plain_grid(
        [
            ("layer", "kernel", "stride", "channels"),
            ("conv", "3×3", "1", "8"),
            ("maxpool", "2×2", "2", ""),
            ("fc", "", "", "10"),
        ]
    )
    (design,) = designs_of(grid)
    assert [(each.kind, each.params) for each in design.readings] == [
        ("conv", {"kernel": (3, 3), "filters": 8, "stride": (1, 1)}),
        ("maxpool", {"kernel": (2, 2), "stride": (2, 2)}),
        ("dense", {"units": 10}),
    ]


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", b"%PDF-1.4\n%%EOF", b"%PDF-1.4\n" + b"\0" * 5000, pdf(([], []))])
def test_a_broken_paper_is_told(data: bytes) -> None:
    with pytest.raises(TranslationError, match=r"cannot be read as a PDF|holds no table"):
        model(data)


def test_a_paper_goes_to_keras(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(page("Table 1: Configurations.", SIDE_BY_SIDE))
    assert main([str(file), "--variant", "A", "--to", "keras", "-o", str(tmp_path / "net.py")]) == 0
    assert 'layers.Conv2D(filters=8, kernel_size=3, padding="same"' in (tmp_path / "net.py").read_text()
    assert "page 1, Table 1: note[inferred]" in capsys.readouterr().err
