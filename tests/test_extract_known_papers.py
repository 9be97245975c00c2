"""Tables in forms of well-known papers: units that nobody knows, settings, titles that sound like layers."""

from __future__ import annotations

import pytest

from extract.cells import read_cell
from ir import Graph, Report
from ir import layers as L
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def asked_of(text: str, suffix: str = ".md", variant: str = "") -> tuple[Graph, list[str]]:
    report = Report()
    graph = model_of(text, suffix, variant, report)
    return graph, [each.message for each in report if each.code == "question"]


def customs(graph: Graph) -> list[tuple[str, dict[str, object]]]:
    """Return the layers of a graph that nobody knows, with what they are made with."""
    layers = [node.layer for node in graph.nodes]
    return [(each.type, dict(each.arguments)) for each in layers if isinstance(each, L.Custom)]


@pytest.mark.parametrize(
    ("text", "kind", "params", "times"),
    [
        ("[win. sz. 7×7, dim 96, head 3] × 2", "unit", {"win_sz": (7, 7), "dim": 96, "head": 3}, 2),
        ("[R1 = 8\nN1 = 1] × 3", "unit", {"R1": 8, "N1": 1}, 3),
        ("3×3, 64, stride 2", "conv", {"kernel": (3, 3), "filters": 64, "stride": (2, 2)}, 1),
        ("Conv(64, 5, 5)", "conv", {"filters": 64, "kernel": (5, 5)}, 1),
        ("Conv(64, 5, 2)", "conv", {"filters": 64, "kernel": (5, 5), "stride": (2, 2)}, 1),
        ("1D CNN, kernel 3, 64 filters", "conv", {}, 1),
    ],
)
def test_what_is_set_of_a_unit(text: str, kind: str, params: dict[str, object], times: int) -> None:
    (found,) = read_cell(text)
    assert (found.kind, found.times) == (kind, times)
    assert params.items() <= found.params.items()
    assert kind == "unit" or "stride" in params or "stride" not in found.params


STAGES = r"""
\begin{tabular}{c|c|c|c|c}
 & Output Size & Layer Name & Net-Tiny & Net-Small \\ \hline
Stage 1 & $56 \times 56$ & Patch Embedding & \multicolumn{2}{c}{$P_1=4$; $C_1=64$} \\
 & $56 \times 56$ & Transformer Encoder & [R1 = 8, N1 = 1] $\times$ 2 & [R1 = 8, N1 = 1] $\times$ 3 \\ \hline
Stage 2 & $28 \times 28$ & Patch Embedding & \multicolumn{2}{c}{$P_2=2$; $C_2=128$} \\
 & $28 \times 28$ & Transformer Encoder & [R2 = 4, N2 = 2] $\times$ 2 & [R2 = 4, N2 = 2] $\times$ 4 \\
\end{tabular}
"""


def test_what_is_set_in_a_column_is_of_the_unit_that_another_names() -> None:
    graph, asked = asked_of(STAGES, ".tex", "Net-Small")
    found = customs(graph)
    names = ["Patch Embedding", *["Transformer Encoder"] * 3, "Patch Embedding", *["Transformer Encoder"] * 4]
    assert [name for name, _ in found] == names
    assert found[-1][1]["N2"] == 2
    assert len([each for each in asked if "is not known here" in each]) == len(found)


def test_a_unit_in_brackets_stands_between_its_neighbours() -> None:
    text = table(
        "Output | Odd-50",
        *("16×16 | 3×3, 16", "16×16 | [1×1, 8; Odd[M = 2], 8; 1×1, 16] × 2", "1×1 | global average pool, 10-d fc"),
    )
    graph, asked = asked_of(text)
    assert customs(graph) == [("Odd", {"M": 2, "filters": 8})] * 2
    assert any("'Odd(M = 2), 8' is not known here" in each for each in asked)


def test_titles_above_the_input_may_sound_like_layers() -> None:
    text = r"""
\begin{tabular}{cc}
Conv-Small on D10 & Conv-Large \\ \hline
\multicolumn{2}{c}{$32 \times 32$ RGB image} \\ \hline
$3 \times 3$ conv. 8 lReLU & $3 \times 3$ conv. 16 lReLU \\
\multicolumn{2}{c}{global average pool, $32 \times 32 \to 1 \times 1$} \\
dense $8 \to 10$ & dense $16 \to 10$ \\
\multicolumn{2}{c}{10-way softmax} \\
\end{tabular}
"""
    for variant, width in (("Conv-Small on D10", 8), ("Conv-Large", 16)):
        graph, asked = asked_of(text, ".tex", variant)
        assert kinds(graph) == ["Conv2D", "ReLU", "GlobalAvgPool2D", "Flatten", "Dense", "Softmax"]
        assert isinstance(graph.nodes[0].layer, L.Conv2D)
        assert graph.nodes[0].layer.filters == width
        assert not asked


def test_letters_that_the_caption_explains() -> None:
    text = "Each row is repeated 'b' times. The stride of the first block is set to 's'.\n\n" + table(
        "No. | s | Output | b | Operator",
        *("1 | 2 | 32×32×8 | 1 | conv2d 3×3", "2 | 1 | 32×32×16 | 2 | odd block", "3 | 2 | 16×16×16 | 1 | conv2d 3×3"),
    )
    graph, _ = asked_of(text)
    assert kinds(graph) == ["Conv2D", "Custom", "Custom", "Conv2D"]
    assert [node.layer.stride for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [(2, 2), (2, 2)]


def test_rows_of_two_columns_that_nobody_knows_are_asked_for() -> None:
    text = table(
        "Layer | Hyperparameters",
        *("Input | 8×8 RGB image", "Gaussian noise | σ = 0.15", "Convolutional | 16 filters, 3×3, same padding"),
        *("Pooling | Maxpool 2×2", "Dropout | p = 0.5", "Pooling | Average pool (4×4 → 1×1 pixels)"),
        "Softmax | Fully connected 16 → 10",
    )
    graph, asked = asked_of(text)
    assert kinds(graph)[:4] == ["Custom", "Conv2D", "MaxPool2D", "Dropout"]
    assert kinds(graph)[-2:] == ["Dense", "Softmax"]
    assert [each for each in asked if "Gaussian noise" in each]
