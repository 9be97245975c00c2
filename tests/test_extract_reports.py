"""Tables of reports: what a row lists behind its layer, sums, headers in other languages, parts with headers."""

from __future__ import annotations

from extract.structure.texts import grids_of
from extract.tables.layouts import designs_of
from extract.words.signs import signed
from ir import Report
from ir import layers as L
from ir.validate import infer
from tests.pdf_pages import Text, rows
from tests.test_extract_families import conv, learned, model_of
from tests.test_extract_tables import kinds, model, page
from tests.test_extract_unseen import dense, table


def test_what_stands_behind_a_layer_is_in_the_order_of_its_columns() -> None:
    text = table(
        "Layers | Filters | Kernel | Activation | Pooling | Regularization",
        "2×Conv2D+BN | 8 | 3×3 | ReLU | MaxPool 2×2 | Dropout(0.2)",
        "2×Conv2D+BN | 16 | 3×3 | ReLU | GlobalAvgPool | Dropout(0.5)",
    )
    twice = ["Conv2D", "BatchNorm", "ReLU"] * 2
    assert kinds(model_of(text)) == [*twice, "MaxPool2D", "Dropout", *twice, "GlobalAvgPool2D", "Dropout"]


def test_an_activation_behind_a_normalisation_that_the_name_says() -> None:
    text = table(
        "Layer | Input | Output | Activation",
        *("Linear + LayerNorm | 59 | 64 | ReLU + Dropout(0.2)", "Linear + LayerNorm | 64 | 32 | ReLU + Dropout(0.1)"),
        "Linear | 32 | 3 | None",
    )
    each = ["Dense", "LayerNorm", "ReLU", "Dropout"]
    assert kinds(model_of(text)) == [*each, *each, "Dense"]


def test_parts_of_one_network_by_the_kinds_of_their_layers() -> None:
    text = r"""
\begin{tabular}{|l|l|l|}
\hline \multicolumn{3}{|c|}{Convolutional Layers} \\
\hline Layer & Params & Details \\
\hline Input & Shape & (16, 16, 3) \\
\hline Conv2D & $f=8$ & $k=3$, pad=same \\
\hline GlobalAvgPool & - & - \\
\hline \multicolumn{3}{|c|}{Dense Layers} \\
\hline Layer & Params & Details \\
\hline Dense & $u=12$ & ReLU \\
\hline Dense & $u=4$ & Softmax \\
\hline
\end{tabular}
"""
    graph = model_of(text, ".tex")
    assert learned(graph) == conv(3, 3, 8) + dense(8, 12) + dense(12, 4)


def test_sums_of_weights_are_no_layers_and_how_they_are_worked_out_no_windows() -> None:
    text = table(
        "Tang (Layer) | Cong thuc | Keras | PyTorch | Output Shape",
        "Input | anh mau | 0 | 0 | 32×32×3",
        "Conv2D 1 | (3 × 3 × 3 + 1) × 32 | 896 | 864 | 32×32×32",
        "MaxPool 1 | giam 2 × 2 (stride 2) | 0 | 0 | 16×16×32",
        "Conv2D 2 | (3 × 3 × 32 + 1) × 64 | 18,496 | 18,432 | 16×16×64",
        "GAP | Global Average Pooling | 0 | 0 | 64",
        "Output | (64 + 1) × 10 | 650 | 650 | 10",
        "TONG | toan bo | 20,042 | 19,946 | -",
    )
    graph = model_of(text)
    assert [each for each in kinds(graph) if each != "Flatten"] == [
        *("Conv2D", "MaxPool2D", "Conv2D", "GlobalAvgPool2D", "Dense"),
    ]
    assert learned(graph) == 20_042


def test_kinds_of_layers_beside_sizes_need_no_header_that_is_known() -> None:
    text = table(
        "Camada (tipo) | Dimensão de saída | Parâmetros",
        *("Conv1D (8 filtros) | (None, 98, 8) | 32", "MaxPooling1D | (None, 49, 8) | 0"),
        *("Flatten | (None, 392) | 0", "Dense (5000 neurônios) | (None, 5000) | 1.965.000"),
    )
    graph = model_of(text)
    assert infer(graph, Report())[graph.outputs[0]] == (None, 5000)
    assert [node.layer.kernel for node in graph.nodes if isinstance(node.layer, L.Conv1D)] == [(3,)]


def test_accents_that_are_set_in_front_of_their_letters() -> None:
    assert signed("Dimens˜ao de sa´ıda, Parˆametros") == "Dimensão de saída, Parâmetros"


def test_titles_in_the_middle_of_two_columns_name_networks() -> None:
    head: list[Text] = [(173, 170, "Actor"), (291, 170, "Critic")]
    below = rows(
        182,
        (72, 140, 185, 260, 305),
        [
            ("Layers", "Size", "Activation", "Size", "Activation"),
            ("Input layer", "6", "-", "8", "-"),
            ("Hidden 1", "32", "ReLU", "16", "ReLU"),
            ("Output", "2", "Tanh", "1", "Linear"),
        ],
    )
    lines = [(y, 70.0, 360.0) for y in (160.0, 186.0, 198.0, 210.0, 222.0)]
    graph, _ = model(page("Table 1: Networks of the agent.", [*head, *below], lines), "Critic")
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)] == [16, 1]


def test_columns_of_upsampling_say_what_widens_by_its_stride() -> None:
    lines = ("0 | 64 | 32 | 16 | 8 | ×8", "1 | 32 | 16 | 4 | 2 | ×2")
    graph = model_of(table("Stage | In Ch | Out Ch | Kernel | Stride | Upsample", *lines))
    assert kinds(graph) == ["Conv2DTranspose"] * 2


def test_what_takes_the_input_is_no_normalisation() -> None:
    graph = model_of(
        table("Layer | Kernel | Stride | Channels", "conv_in | 3 | 1 | 3 → 16", "conv_out | 3 | 1 | 16 → 8")
    )
    assert kinds(graph) == ["Conv2D", "Conv2D"]


def test_what_is_dropped_behind_a_window_has_none() -> None:
    text = table(
        "Layer | Config | Output", "Input | - | 1 × 8 × 40", "Conv1 | 1 → 8, k=3×3, s=1, BN, Dropout | 8 × 6 × 38"
    )
    found = [one for grid in grids_of(text, ".md") for one in designs_of(grid)]
    (dropped,) = [each for one in found for each in one.readings if each.kind == "dropout"]
    assert not dropped.params
