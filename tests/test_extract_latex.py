"""Tables in LaTeX: tables within tables, as the lines of a cell, or beside each other."""

from __future__ import annotations

from ir import Report
from ir import layers as L
from tests.questions import questions
from tests.test_extract_families import model_of

LINES = r"""\begin{table}
\begin{tabular}{|c|c|c|}
\hline
Layer & \begin{tabular}[c]{@{}c@{}}Kernel size\\ / stride\end{tabular} & Output \\ \hline
Conv1 & \begin{tabular}[c]{@{}c@{}}3x3\\ / 1\end{tabular} & 32x32x16 \\ \hline
\begin{tabular}[c]{@{}c@{}}Max\\ pool\end{tabular} & 2x2 / 2 & 16x16x16 \\ \hline
Conv2 & 3x3 / 1 & 16x16x32 \\ \hline
FC & - & 10 \\ \hline
\end{tabular}
\end{table}"""


def test_a_table_within_a_cell_is_its_lines() -> None:
    report = Report()
    graph = model_of(LINES, ".tex", report=report)
    assert [type(each.layer).__name__ for each in graph.nodes] == ["Conv2D", "MaxPool2D", "Conv2D", "Flatten", "Dense"]
    assert questions(report) == ["net: how many channels has the input? 3 are taken, as of images in colour"]


BESIDE = r"""\begin{table}
\begin{tabular}{cc}
\begin{tabular}{c}
\hline
$z \in \mathbb{R}^{16} \sim \mathcal{N}(0, I)$ \\ \hline
dense, $4\times4\times32$ \\ \hline
$4\times4$, stride=2 deconv. BN 16 ReLU \\ \hline
$3\times3$, stride=1 conv. 3 Tanh \\ \hline
\end{tabular} &
\begin{tabular}{c}
\hline
RGB image $x\in \mathbb{R}^{8\times8\times3}$ \\ \hline
$3\times3$, stride=1 conv 8 lReLU \\
$4\times4$, stride=2 conv 16 lReLU \\ \hline
dense $\to 1$ \\ \hline
\end{tabular}
\end{tabular}
\end{table}"""


def test_tables_beside_each_other_in_one() -> None:
    first, second = (model_of(BESIDE, ".tex", variant=name) for name in ("Table 1", "Table 2"))
    assert first.inputs[0].shape == (None, 16)
    assert [each.layer.filters for each in first.nodes if isinstance(each.layer, L.Conv2DTranspose)] == [16]
    assert second.inputs[0].shape == (None, 3, 8, 8)
    assert [each.layer.filters for each in second.nodes if isinstance(each.layer, L.Conv2D)] == [8, 16]


def test_a_reshape_behind_a_dense_that_prints_its_size_is_none_of_its_own() -> None:
    rows = "| FC(64), Reshape | 4×4×4 |\n| Deconv 3×3, 8, s=2 | 8×8×8 |\n"
    graph = model_of(f"| Layer | Output |\n|---|---|\n| Input | 16 |\n{rows}")
    assert [type(each.layer).__name__ for each in graph.nodes] == ["Dense", "Reshape", "Conv2DTranspose"]
