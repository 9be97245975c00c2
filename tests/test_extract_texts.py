"""Tables that are written as text, each kind to a model."""

from __future__ import annotations

import pytest

from ir import TranslationError
from ir import layers as L
from translator import ReadOptions, read

NET = (
    "input: image(28, 28, 1) > conv1: Conv2D(8, 5, pad=2) > relu1: ReLU > pool1: MaxPool2D(2, stride=2)"
    " > flatten1: Flatten > fc1: Dense(10)"
)
CSV = """layer,kernel,stride,filters,output
input,,,,28 x 28 x 1
"conv, ReLU",5x5,1,8,28 x 28
max pooling,2x2,2,,14 x 14
fully connected,,,10,
"""
MARKDOWN = """# A net

| layer | kernel | stride | filters | output |
|-------|:------:|-------:|---------|--------|
| input | | | | 28×28×1 |
| **conv**, ReLU | 5x5 | 1 | 8 | 28×28 |
| max pooling | 2x2 | 2 | | 14×14 |
| fully connected | | | 10 | |
"""
HTML = """<html><body><p>Table</p><table>
<tr><th>layer</th><th>kernel</th><th>stride</th><th>filters</th><th>output</th></tr>
<tr><td>input</td><td></td><td></td><td></td><td>28 &times; 28 &times; 1</td></tr>
<tr><td>conv, ReLU</td><td>5<sup>2</sup></td><td>1</td><td>8</td><td>28 x 28</td></tr>
<tr><td>max pooling</td><td>2x2</td><td>2</td><td></td><td>14 x 14</td></tr>
<tr><td>fully connected</td><td colspan=2></td><td>10</td><td></td></tr>
</table></body></html>"""
LATEX = r"""
\begin{table}\caption{A net} % a comment
\begin{tabular}{l|c|c|c|c}
\hline
layer & kernel & stride & filters & output \\ \hline
input & & & & $28 \times 28 \times 1$ \\
\textbf{conv}, ReLU & $5 \times 5$ & 1 & 8 & $28\times28$ \\
max pooling & $2^2$ & 2 & & $14\times14$ \\[2pt]
fully connected & & & 10 & \\
\bottomrule
\end{tabular}\end{table}
"""


@pytest.mark.parametrize(
    ("name", "text"), [("net.csv", CSV), ("net.md", MARKDOWN), ("net.html", HTML), ("net.tex", LATEX)]
)
def test_a_table_of_text_is_a_model(name: str, text: str) -> None:
    graph = read(name, data=text.encode(), format="table").graph
    wanted = read("net.net", data=NET.encode()).graph
    assert (graph.inputs, graph.nodes, graph.outputs) == (wanted.inputs, wanted.nodes, wanted.outputs)


def test_stages_of_latex_side_by_side() -> None:
    text = r"""Residual nets.
    \begin{tabular}{c|c|c|c}
    layer name & output size & 10-layer & 18-layer \\ \hline
    conv1 & 16$\times$16 & \multicolumn{2}{c}{3$\times$3, 8, stride 2} \\
    stage2 & 16$\times$16 & $\left[\begin{array}{c} 3\times3, 8 \\ 3\times3, 8 \end{array}\right]\times 1$ &
      $\left[\begin{array}{c} 3\times3, 8 \\ 3\times3, 8 \end{array}\right]\times 2$ \\
    stage3 & 8$\times$8 & $\left[\begin{array}{c} 3\times3, 16 \\ 3\times3, 16 \end{array}\right]\times 1$ &
      $\left[\begin{array}{c} 3\times3, 16 \\ 3\times3, 16 \end{array}\right]\times 2$ \\
     & 1$\times$1 & \multicolumn{2}{c}{average pool, 10-d fc, softmax} \\
    \end{tabular}"""
    text = text.replace(r"\left[\begin{array}{c}", r"\begin{bmatrix}").replace(r"\end{array}\right]", r"\end{bmatrix}")
    text = text.replace(r" \\ 3", " ; 3")
    for variant, blocks in (("10-layer", 2), ("18-layer", 4)):
        graph = read("net.tex", data=text.encode(), format="table", options=ReadOptions(variant=variant)).graph
        assert sum(isinstance(node.layer, L.Add) for node in graph.nodes) == blocks


def test_a_cell_over_several_rows_stands_in_each() -> None:
    html = """<table><tr><td>layer</td><td>small</td><td>large</td></tr>
    <tr><td rowspan=2>conv</td><td>3x3, 8</td><td>3x3, 16</td></tr><tr><td>3x3, 8</td><td>3x3, 16</td></tr>
    <tr><td>pool</td><td colspan=2>2x2 max pool, stride 2</td></tr>
    <tr><td>fc</td><td>fc-10</td><td>fc-10</td></tr></table>"""
    graph = read("net.html", data=html.encode(), format="table", options=ReadOptions(variant="large")).graph
    assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [16, 16]


@pytest.mark.parametrize(
    "text", ["", ",,,\n,,", "a,b\n1,2\n", "\0" * 100, "|" * 1000, "<table>" * 500, "\\begin{tabular}"]
)
@pytest.mark.parametrize("name", ["x.csv", "x.md", "x.html", "x.tex"])
def test_what_is_no_table_is_told(name: str, text: str) -> None:
    with pytest.raises(TranslationError, match="holds no table that shows a design"):
        read(name, data=text.encode(), format="table")
