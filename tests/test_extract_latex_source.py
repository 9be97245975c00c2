"""LaTeX as authors write it: commands of their own, what sets no text, and the environments that hold tables."""

from __future__ import annotations

import pytest

from extract.structure.latex_cells import latex_text
from extract.structure.latex_source import plain_source
from extract.structure.texts import grids_of
from extract.tables.layouts import designs_of
from ir import Report
from ir import layers as L
from tests.questions import questions
from tests.test_extract_families import model_of
from tests.test_extract_known_papers import asked_of

PLAIN = r"""\begin{table}
\caption{The network.}
\begin{tabular}{lllll}
\hline
Layer & Filters & Kernel & Stride & Output \\
\hline
Input & & & & $32 \times 32 \times 3$ \\
Conv1 & 16 & $3 \times 3$ & 1 & $32 \times 32 \times 16$ \\
MaxPool & -- & $2 \times 2$ & 2 & $16 \times 16 \times 16$ \\
FC & 1024 & -- & -- & 1024 \\
Dropout (0.3) & -- & -- & -- & 1024 \\
Softmax & 10 & -- & -- & 10 \\
\hline
\end{tabular}
\end{table}
"""
PAGES = (
    r"\caption{The network.}\label{t} \\ \hline Layer & Filters & Kernel & Stride & Output \\ \hline \endfirsthead "
    r"\multicolumn{5}{c}{continued} \\ Layer & Filters & Kernel & Stride & Output \\ \endhead \hline "
    r"\multicolumn{5}{r}{to be continued} \\ \endfoot \endlastfoot"
)
WAYS = {
    "over several pages": [
        ("\\begin{table}\n\\caption{The network.}\n", ""), ("\\end{table}\n", ""), ("tabular", "longtable"),
        ("Layer & Filters & Kernel & Stride & Output \\\\\n\\hline", PAGES),
    ],
    "tabulary": [("tabular}{lllll}", r"tabulary}{\textwidth}{LLLLL}"), ("end{tabular}", "end{tabulary}")],
    "tblr": [("tabular}{lllll}", r"tblr}{colspec={lllll}, row{1}={font=\bfseries}}"), ("end{tabular}", "end{tblr}")],
    "columns in colours": [("{lllll}", r"{@{\hspace{4pt}}l>{\centering}p{2cm}*{3}{>{\columncolor[gray]{0.9}}c}}")],
    "rows end by name": [("\\\\\n", "\\tabularnewline\n")],
    "no break behind rows": [("\\\\\n", "\\\\*\n")],
    "thousands in braces": [("1024 ", "1{,}024 ")],
    "thousands in formulas": [("1024 ", "$1{,}024$ ")],
    "signs of texts": [("$3 \\times 3$", r"3\texttimes3"), ("$2 \\times 2$", r"2 \texttimes{} 2")],
    "signs in brackets": [("$3 \\times 3$", r"\(3\times3\)"), ("$2 \\times 2$", r"$2{\times}2$")],
    "thick rules": [
        ("\\hline\nLayer", "\\toprule[1.5pt]\nLayer"), ("Input", "\\midrule[0.8pt]\nInput"),
        ("FC &", "\\Xhline{2\\arrayrulewidth}\nFC &"), ("Softmax &", "\\specialrule{0.5pt}{1pt}{1pt}\nSoftmax &"),
    ],
    "rules by hand": [
        ("Conv1 &", "\\hhline{|=|=|=|=|=|}\nConv1 &"), ("FC &", "\\cmidrule[0.5pt](lr){1-5}\nFC &"),
        ("Softmax &", "\\cdashline{1-5}[2pt/2pt]\nSoftmax &"), ("MaxPool", "\\noalign{\\hrule height 1pt}\nMaxPool"),
        ("Dropout", "\\arrayrulecolor{black}\\hdashline[1pt/1pt]\nDropout"), ("Input &", r"\rule{0pt}{3ex}Input &"),
    ],
    "over rows with options": [("Conv1 &", r"\multirow[c]{1}{*}[-2pt]{Conv1} &"), ("FC", r"\multirow{1}[2]{*}{FC}")],
    "over columns": [("Layer &", r"\multicolumn{1}{>{\centering\arraybackslash}p{2cm}}{Layer} &")],
    "colours": [
        ("Conv1 &", r"\textcolor{red}{Conv1} &"), ("FC &", r"{\color{blue}FC} &"),
        ("MaxPool &", r"\colorbox{yellow}{MaxPool} &"), ("& 16 &", r"& \textcolor[rgb]{1,0,0}{16} &"),
    ],
    "turned": [("Layer & Filters", r"\rotatebox{90}{Layer} & \rotatebox[origin=c]{90}{Filters}")],
    "boxes": [
        ("Conv1 &", r"\parbox{3cm}{Conv1} &"), ("FC &", r"\begin{minipage}{2cm}FC\end{minipage} &"),
        ("Softmax &", r"\raisebox{2pt}{Softmax} &"),
        ("Dropout (0.3)", r"\begin{itemize}\item Dropout (0.3)\end{itemize}"),
    ],
    "cells of lines": [
        ("Filters &", r"\tabincell{c}{Number of\\ filters} &"), ("Kernel &", r"\makecell[{{c}}]{Kernel\\[-2pt]size} &"),
        ("Stride &", r"\specialcell{Stride} &"), ("& Output", r"& \parbox[c]{2cm}{Output\\ size}"),
    ],
    "lines by name": [("Filters &", r"Number of\newline filters &")],
    "marks and references": [
        ("Conv1 &", r"Conv1\textsuperscript{a} (Fig.~\ref{fig:conv16}) &"),
        ("FC &", r"FC\footnotemark[1] \citep[2]{b} &"),
    ],
    "as typed": [("Conv1 &", r"\verb|Conv1| &"), ("MaxPool &", r"\lstinline!MaxPool! &")],
    "left out": [("\\begin{table}", "\\iffalse\n" + PLAIN.replace("16", "99") + "\\fi\n\\begin{table}")],
    "a comment": [
        ("\\begin{table}", "\\begin{comment}\n" + PLAIN.replace("16", "9") + "\\end{comment}\n\\begin{table}"),
    ],
    "own commands": [
        ("Conv1 &", r"\conv{1} &"), ("MaxPool", r"\mp"), ("$3 \\times 3$", r"\ks{3}"), ("$2 \\times 2$", r"\ks[2]2"),
        ("\\begin{table}", "\\newcommand{\\conv}[1]{Conv#1}\n\\providecommand\\by{\\times}\n\\def\\mp{MaxPool}\n"
                           "\\newcommand{\\ks}[2][3]{$#1\\by#2$}\n\\begin{table}"),
    ],
    "accents": [
        ("Layer & Filters & Kernel & Stride", r"Couche & Filtres & Noyau & Pas"), ("Conv1", r"Convoluci\'{o}n 1"),
    ],
}  # fmt: skip


def said(text: str) -> list[str]:
    report = Report()
    graph = model_of(text, ".tex", report=report)
    asked = questions(report)
    return [str(graph.inputs[0].shape), *(repr(each.layer) for each in graph.nodes), *asked]


@pytest.mark.parametrize("ways", WAYS.values(), ids=WAYS)
def test_ways_to_write_one_table(ways: list[tuple[str, str]]) -> None:
    text = PLAIN
    for plain, written in ways:
        assert plain in text
        text = text.replace(plain, written)
    assert said(text) == said(PLAIN)


def test_commands_that_stand_for_each_other_have_an_end() -> None:
    text = r"\newcommand{\one}{\two\two}\newcommand{\two}{\one\one}" + r"\one" * 200
    assert len(plain_source(text)) < 10 * len(text) + 100_000
    assert plain_source(r"\newcommand{\size}[2]{#1 by #2} \size{3}").strip() == r"\size{3}"


def test_blocks_of_residual_networks_by_a_command_of_their_own() -> None:
    block = (
        r"\newcommand{\blocka}[2]{\multirow{2}{*}{\(\left[\begin{array}{c}\text{3$\times$3, #1}\\[-.1em]"
        r" \text{3$\times$3, #1}\end{array}\right]\)$\times$#2}}"
    )
    rows = r"conv1 & 16$\times$16 & 3$\times$3, 8 \\ conv2 & 16$\times$16 & \blocka{8}{2} \\ & & \\ & 1$\times$1 & "
    head = r"\begin{tabular}{c|c|c} layer name & output size & 5-layer \\ \hline "
    graph, _ = asked_of(f"{block}{head}{rows}average pool, 10-d fc \\\\ \\end{{tabular}}", ".tex")
    assert sum(type(each.layer).__name__ == "Conv2D" for each in graph.nodes) == 5


def test_an_array_of_a_formula_is_a_table_and_one_within_a_cell_is_not() -> None:
    rows = r"\text{Layer} & \text{Output} \\ \hline \text{Conv } 3\times3 & 8\times8\times4 \\ \text{Dense} & 10 \\"
    (grid,) = grids_of(rf"$$\begin{{array}}{{|c|c|}} {rows} \end{{array}}$$", ".tex")
    assert [[cell.text for cell in row] for row in grid.rows][1:] == [["Conv 3×3", "8×8×4"], ["Dense", "10"]]
    (grid,) = grids_of(r"\begin{tabular}{c} $\left[\begin{array}{c}3\\4\end{array}\right]$ \\ \end{tabular}", ".tex")
    assert [cell.text for row in grid.rows for cell in row] == ["[3; 4]"]


SUMMARY = """
Layer (type)                 Output Shape              Param #
=================================================================
conv2d\\_1 (Conv2D)            (None, 30, 30, 16)        448
max\\_pooling2d (MaxPooling2D) (None, 15, 15, 16)        0
flatten (Flatten)            (None, 3600)              0
dense (Dense)                (None, 10)                36010
================================================================="""


@pytest.mark.parametrize("within", ["verbatim", "lstlisting"])
def test_what_a_program_printed_in_a_listing(within: str) -> None:
    graph = model_of(f"\\begin{{{within}}}{SUMMARY}\n\\end{{{within}}}".replace(r"\_", "_"), ".tex")
    assert [type(each.layer).__name__ for each in graph.nodes] == ["Conv2D", "MaxPool2D", "Flatten", "Dense"]


def test_what_a_program_printed_in_rows_of_one_column() -> None:
    body = "\\\\\n".join(SUMMARY.strip().split("\n"))
    graph = model_of(f"\\begin{{tabular}}{{l}}\n{body}\n\\end{{tabular}}", ".tex")
    assert [type(each.layer).__name__ for each in graph.nodes] == ["Conv2D", "MaxPool2D", "Flatten", "Dense"]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (r"Gr\"o{\ss}e \c{c} \'{\i} \^e \~a \v{s} \AA", "Größe ç í ê ã š Å"),
        (r"12\textsuperscript{2}", "12×12"),
        (r"13{,}872 and $1{,}024$, 3{,}1", "13872 and 1024, 3 , 1"),
        (r"\SI{3}{mm} $\approx$ \emph{all}", "3 mm ≈ all"),
        (r"3 ($\hat{T}, \bar H$) \small$N$", "3 (T, H) N"),
        (r"$C_{in}\to32$, {\bf3}", "C_in→32, 3"),
        (r"\href{http://a.b}{Conv2D}", "Conv2D"),
    ],
)
def test_texts_of_cells(written: str, wanted: str) -> None:
    assert latex_text(written) == wanted


def test_names_of_layers_before_colons_in_a_table_of_one_column() -> None:
    rows = "Conv 1: (3×3, 8) \\\\ Pool 1: (2×2, 2) \\\\ Conv 2: (3×3, 16) \\\\ FC 1: (64) \\\\ FC 2: (10) \\\\"
    graph = model_of(f"\\begin{{tabular}}{{c}} {rows} \\end{{tabular}}", ".tex")
    kinds = [type(each.layer).__name__ for each in graph.nodes]
    assert kinds == ["Conv2D", "MaxPool2D", "Conv2D", "Flatten", "Dense", "Dense"]
    assert graph.nodes[1].layer.stride == (2, 2)


def test_a_hidden_size_alone_among_settings_of_training_is_no_network() -> None:
    rows = "| activation_function | relu |\n| adam_beta1 | 0.9 |\n| hidden_dim | 512 |\n| batch_size | 32 |\n"
    assert not [each for each in grids_of(f"| Hyperparameter | Value |\n|---|---|\n{rows}", ".md") if designs_of(each)]


@pytest.mark.parametrize("names", ["Input layer|Hidden layer|Output layer", "Input|Hidden|Output"])
def test_a_row_named_by_what_comes_in_is_a_layer_where_another_number_goes_out(names: str) -> None:
    widths = ["4 (x, y, u, v) | 16 | ReLU", "16 | 16 | ReLU", "16 | 2 | Softmax"]
    rows = "".join(f"| {name} | {said} |\n" for name, said in zip(names.split("|"), widths, strict=True))
    graph, asked = asked_of(f"| Layer | Input | Output | Activation |\n|---|---|---|---|\n{rows}")
    assert graph.inputs[0].shape == (None, 4)
    assert [each.layer.units for each in graph.nodes if isinstance(each.layer, L.Dense)] == [16, 16, 2]
    assert not asked


@pytest.mark.parametrize("written", [r"$\tanh$", r"\tanh", r"\Tanh{}"])
def test_functions_are_set_by_their_names(written: str) -> None:
    rows = r"Layer & Units & Activation \\ Input & 9 & \\ Dense & 8 & ReLU \\ Dense & 4 & TANH"
    plain = rf"\begin{{tabular}}{{lll}} {rows} \end{{tabular}}"
    assert said(plain.replace("TANH", written)) == said(plain.replace("TANH", "Tanh"))
    assert "Tanh" in str(said(plain.replace("TANH", written)))


def test_what_is_left_out_ends_where_it_is_said_to() -> None:
    assert plain_source("a \\iffalse b \\fi c \\fill \\begin{comment} d \\end{comment} e").split() == [
        "a",
        "c",
        "\\fill",
        "e",
    ]
    assert "b" in plain_source("a \\iffalse b " * 3)
    assert plain_source("a \\endinput b \\endinput c").strip() == "a"
