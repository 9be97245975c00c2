"""Pages of papers as TeX sets them: labels of blocks, text right below a table, windows as large as their image."""

from __future__ import annotations

import pytest

from ir import layers as L
from tests.pdf_pages import Text, rows
from tests.test_extract_tables import PROSE, kinds, model, page
from tests.test_extract_typeset import model_of

Rules = list[tuple[float, float, float]]


def ruled(*heights: float) -> Rules:
    return [(height, 100, 480) for height in heights]


def test_rows_beside_labels_of_blocks_may_say_different_things() -> None:
    table = rows(
        170,
        (110, 170, 290, 370),
        [
            ("Block", "Layer", "Size", "Output"),
            ("1", "Input", "", "(8, 16, 1)"),
            ("", "Conv2D", "(1, 5)", "(8, 16, 4)"),
            ("", "BatchNorm", "", "(8, 16, 4)"),
            ("", "Conv2D", "(8, 1)", "(1, 16, 4)"),
            ("2", "Conv2D", "(1, 3)", "(1, 16, 6)"),
            ("", "BatchNorm", "", "(1, 16, 6)"),
            ("", "Flatten", "", "96"),
            ("Head", "Dense", "", "3"),
        ],
    )
    lines = sorted({text[1] for text in table})
    graph, _ = model(page("Table 1: Network", table, ruled(*(lines[i] - 9 for i in (0, 1, 5, 8)), lines[-1] + 4)))
    assert kinds(graph) == ["Conv2D", "BatchNorm", "Conv2D", "Conv2D", "BatchNorm", "Flatten", "Dense"]
    assert [each.layer.kernel for each in graph.nodes if isinstance(each.layer, L.Conv2D)] == [(1, 5), (8, 1), (1, 3)]


def test_text_with_formulas_below_the_last_rule_is_no_row() -> None:
    table = rows(
        170,
        (110, 250, 370),
        [
            ("Layer", "Kernel", "Output"),
            ("conv1", "3x3", "8x8x4"),
            ("conv2", "3x3", "8x8x6"),
            ("pool", "2x2", "4x4x6"),
            ("conv3", "3x3", "4x4x8"),
        ],
    )
    lines = sorted({text[1] for text in table})
    below: list[Text] = [(110, lines[-1] + 14, "Let D be"), (170, lines[-1] + 14, PROSE)]
    graph, said = model(page("Table 1: Network", [*table, *below], ruled(lines[0] - 9, lines[1] - 9, lines[-1] + 4)))
    assert kinds(graph) == ["Conv2D", "Conv2D", "MaxPool2D", "Conv2D"]
    assert not any("running" in each.message for each in said)


@pytest.mark.parametrize(("window", "side"), [(4, 1), (3, 4)])
def test_a_window_as_large_as_its_image_has_no_border(window: int, side: int) -> None:
    text = f"""| Operation | Kernel | Strides | Maps |
|---|---|---|---|
| 8×8×3 input | | | |
| Convolution | 4×4 | 2×2 | 16 |
| Convolution | {window}×{window} | 1×1 | 1 |
"""
    graph = model_of(text)
    last = next(node.layer for node in reversed(graph.nodes) if isinstance(node.layer, L.Conv2D))
    assert last.shape((1, 16, 4, 4))[2:] == (side, side)
