"""Forms of tables of nets that are often cited: grouped blocks, nets beside others, what data sets tell."""

from __future__ import annotations

import pytest

from extract.columns.bands import with_bands_joined
from extract.columns.grids import Cell, Grid
from extract.structure.texts import grids_of
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell
from ir import Graph, Report
from ir import layers as L
from tests.questions import questions
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def asked_of(text: str, suffix: str = ".md", variant: str = "") -> tuple[Graph, list[str]]:
    report = Report()
    graph = model_of(text, suffix, variant, report)
    return graph, questions(report)


def convolutions(graph: Graph) -> list[L.Conv2D]:
    return [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D)]


def blocks(groups: str) -> str:
    inner = rf"$\left[\begin{{array}}{{c}}1\times1, 8\\3\times3, 8{groups}\\1\times1, 16\end{{array}}\right]\times2$"
    return "\n".join(
        [
            r"Building blocks are shown in brackets.\begin{tabular}{c|c|c} stage & output & Net-8\\",
            r"conv1 & $32\times32$ & $3\times3$, 8\\",
            rf"conv2 & $16\times16$ & {inner}\\",
            r" & $1\times1$ & global average pool, 10-d fc, softmax\\\end{tabular}",
        ]
    )


@pytest.mark.parametrize(("groups", "at"), [("", 1), (r", C{=}4", 2)])
def test_the_filters_that_see_groups_make_the_image_smaller(groups: str, at: int) -> None:
    found = convolutions(model_of(blocks(groups), ".tex"))
    assert [i for i, each in enumerate(found) if each.stride == (2, 2)] == [at, 4]  # And the way around.


def test_blocks_that_a_caption_names_are_those_in_brackets() -> None:
    caption = "Residual units are shown in double-column brackets, [3×3, 8]×2 denotes 2 convolutions.\n\n"
    rows = [f"conv{i}.x | [3×3, {w}]×1, S2 | [3×3, {w}]×1, S2 [3×3, {w}; 3×3, {w}]×1" for i, w in ((1, 8), (2, 16))]
    text = caption + table("Layer | 3-layer net | 7-layer net", *rows, "FC1 | 16 | 16")
    assert kinds(model_of(text, ".md", "3-layer net")) == ["Conv2D", "Conv2D", "Flatten", "Dense"]
    assert "Add" in kinds(model_of(text, ".md", "7-layer net"))


def test_rows_of_a_block_say_what_is_in_it() -> None:
    rows = (
        "| Convolutional | 8 | 3 × 3 / 2 | 16 × 16",
        "2× | {} | 4<br>8 | 1 × 1<br>3 × 3 | 16 × 16".format("Convolutional<br>Convolutional<br>Residual"),
        "| Avgpool | | Global |",
        "| Connected | | 10 |",
        "| Softmax | | |",
    )
    found = kinds(model_of(table(" | Type | Filters | Size | Output", *rows)))
    assert found.count("Add") == 2
    assert not {"BatchNorm", "ReLU"} & {*found}


def columns(*rows: tuple[tuple[str, int, int], ...], width: int) -> Grid:
    return Grid(tuple(tuple(Cell(*cell) for cell in row) for row in rows), width)


def test_what_stands_over_some_designs_is_of_these() -> None:
    grid = columns(
        (("Net-A", 0, 0), ("Net-B", 1, 1), ("Net-C", 2, 2)),
        (("conv 3x3, 8", 0, 0), ("conv 3x3, 16", 1, 1), ("conv 3x3, 32", 2, 2)),
        (("max pool 2x2", 0, 2),),
        (("conv 3x3, 8", 1, 1), ("conv 3x3, 16", 2, 2)),
        (("max pool 2x2", 1, 2),),
        (("fc 10", 0, 2),),
        width=3,
    )
    found = {each.config: [one.kind for one in each.readings] for each in designs_of(grid)}
    assert found["Net-A"] == ["conv", "maxpool", "dense"]
    assert found["Net-B"] == found["Net-C"] == ["conv", "maxpool", "conv", "maxpool", "dense"]


def test_nets_with_a_number_stand_beside_one_of_another_name() -> None:
    rows = ("3×3 @ 8, ReLU | 5×5 @ 8, ReLU | 3×3 @ 16, ReLU", "MP 2×2 | MP 2×2 | MP 2×2", "FC 10 | FC 10 | FC 10")
    (grid,) = grids_of(table("Baseline [1] | CNN6 | CNN14", *rows), ".md")
    assert [each.config for each in designs_of(grid)] == ["Baseline [1]", "CNN6", "CNN14"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("conv, 8×5×5\nst. 1, pad 1\nx2 pool", [{"kernel": (5, 5), "pad": 1}, {"kernel": (2, 2)}]),
        ("conv, 8×5×5\nst. 1, pad 1 x3 pool", [{"kernel": (5, 5), "pad": 1}, {"kernel": (3, 3)}]),
        ("conv, 8×3×3\nst. 1, pad 1\n-", [{"kernel": (3, 3), "pad": 1, "stride": (1, 1)}]),
        ("Maxpool: 4x1 (output: 32 × n)", [{"output": (32,), "axes": 1}]),
    ],
)
def test_cells(text: str, expected: list[dict[str, object]]) -> None:
    found = read_cell(text)
    assert len(found) == len(expected)
    assert all(told.items() <= each.params.items() for each, told in zip(found, expected, strict=True))


def test_windows_as_long_as_what_comes_in() -> None:
    rows = ("conv1 | 9×1 | 8 | 1×8", "apool2 | 1×n | - | 1×1", "fc3 | 1×1 | 10 | 1×1")
    graph = model_of("The input is 9×8×1.\n\n" + table("Layer | Support | # filts. | Data size", *rows))
    assert kinds(graph)[:2] == ["Conv2D", "GlobalAvgPool2D"]


def test_poolings_over_another_image_than_comes_in_are_asked() -> None:
    rows = ["3 × 3 conv. 8 ReLU | 3 × 3 conv. 16 ReLU", "1 × 1 conv. 4 ReLU | 1 × 1 conv. 4 ReLU"]
    rows += [" | ".join([each] * 2) for each in ("global averaging over 5 × 5 spatial dimensions", "4-way softmax")]
    _, asked = asked_of(table("A | B", "Input 8 × 8 RGB image | Input 8 × 8 RGB image", *rows), variant="A")
    assert any("is over 5 x 5, but 8 x 8 comes in" in each for each in asked)


def test_convolutions_that_are_linear() -> None:
    rows = ("8² × 3 | conv3x3 | - | 8 | 1 | 2", "4² × 8 | bottleneck | 2 | 8 | 1 | 1")
    last = ("4² × 8 | linear GDConv4x4 | - | 8 | 1 | 1", "1² × 8 | linear conv1x1 | - | 4 | 1 | 1")
    assert kinds(model_of(table("Input | Operator | t | c | n | s", *rows, *last)))[-5:] == [
        *("Add", "Conv2D", "BatchNorm", "Conv2D", "BatchNorm")
    ]


def test_windows_of_ghost_bottlenecks_are_asked() -> None:
    rows = ("8² × 3 | Conv2d 3x3 | - | 4 | - | 1", "8² × 4 | G-bneck | 8 | 4 | - | {}", "- | FC | - | 10 | - | -")
    heads = "Input | Operator | #exp | #out | SE | Stride"
    assert not any("windows" in each for each in asked_of(table(heads, *(row.format(1) for row in rows)))[1])
    assert any("windows" in each for each in asked_of(table(heads, *(row.format(2) for row in rows)))[1])


def test_networks_are_called_by_what_they_take() -> None:
    rows = ("D(x) - 8 × 8 × 3 input | |", "conv | 3×3 | 4", "D(x, z) - 4 × 1 × 1 input | |", "conv | 1×1 | 1")
    (grid,) = grids_of(table("Operation | Kernel | Feature maps", *rows), ".md")
    assert [each.config for each in designs_of(grid)] == ["D(x)", "D(x, z)"]


@pytest.mark.parametrize(("data", "units"), [("CIFAR-100", 100), ("MNIST", 10), ("ImageNet", 1000)])
def test_data_sets_tell_how_many_classes_there_are(data: str, units: int) -> None:
    rows = ("Conv | 3 × 3 | 8 | -", "FC + ReLU | - | - | 16", "FC + Softmax | - | - | -")
    graph, asked = asked_of(f"The net for {data}.\n\n" + table("Layer | Kernel | Filters | Units", *rows))
    dense = [node.layer for node in graph.nodes if isinstance(node.layer, L.Dense)]
    assert dense[-1].units == units
    assert any("how many units" in each for each in asked) == (data == "ImageNet")


def test_transitions_give_as_many_channels_as_are_printed() -> None:
    rows = ("Convolution | 8×16×16 | 3×3 conv, stride 1", "Dense Block | 16×16×16 | [1×1 conv; 3×3 conv] × 2")
    more = ("Transition Layer | 16×16×16 | 1×1 conv", "Pooling | 16×8×8 | 2×2 max pool, stride 2")
    graph = model_of("Growth rate k = 4.\n\n" + table("Layers | Output Size (Input 3×16×16) | Net", *rows, *more))
    assert kinds(graph)[-4:] == ["BatchNorm", "ReLU", "Conv2D", "MaxPool2D"]
    assert convolutions(graph)[-1].filters == 16


def test_images_of_one_channel() -> None:
    rows = ("8 × 8 Mono image | 8 × 8 × 1", "Conv 3×3×4, batch norm | 6 × 6 × 4", "Max-pool, 2x2 | 3 × 3 × 4")
    assert model_of(table("Description | Shape", *rows)).inputs[0].shape[1] == 1


BANDS = (
    ("layer | 0 | 1 | 2 | 3", "type | input | conv | relu | mpool", "name | - | conv1 | relu1 | pool1"),
    ("support | - | 3 | 1 | 2", "filt dim | - | 3 | - | -", "num filts | - | 8 | - | -", "stride | - | 1 | 1 | 2"),
    ("layer | 4 | 5 | 6 |", "type | conv | relu | softmx |", "name | fc2 | relu2 | prob |"),
    ("support | 4 | 1 | 1 |", "filt dim | 8 | - | - |", "num filts | 10 | - | - |", "stride | 1 | 1 | 1 |"),
)


def test_columns_of_layers_go_on_in_a_band_below() -> None:
    lines = [line for band in BANDS for line in band]
    found = kinds(model_of(table(lines[0], *lines[1:])))
    assert found == ["Conv2D", "ReLU", "MaxPool2D", "Conv2D", "ReLU", "Softmax"]


def test_what_stands_over_bands_that_count_anew_is_of_tables_of_their_own() -> None:
    lines = [line.replace("4 | 5 | 6", "0 | 1 | 2") for band in BANDS for line in band]
    (grid,) = grids_of(table(lines[0], *lines[1:]), ".md")
    assert len(with_bands_joined(grid).rows) == len(lines)


DARKNET = r"""
\begin{tabular}{c|c|c|c|c} & Type & Filters & Size & Output\\\hline & Convolutional & 8 & $3\times3$ & $8\times8$\\
\multirow{3}{*}{$2\times$} & Convolutional & 4 & $1\times1$ & \\ & Convolutional & 8 & $3\times3$ & \\
& Residual & & & $8\times8$\\ & Avgpool & & Global & \\ & Connected & & 10 & \\ & Softmax & & & \\\end{tabular}
"""


def test_rows_that_are_counted_together_are_a_block() -> None:
    assert kinds(model_of(DARKNET, ".tex"))[1:8] == ["Conv2D", "Conv2D", "Add", "Conv2D", "Conv2D", "Add", *POOLED]


POOLED = ["GlobalAvgPool2D"]


def test_captions_say_how_many_classes_there_are() -> None:
    rows = ("Conv | 3 × 3 | 8 | -", "FC + ReLU | - | - | 16", "FC + Softmax | - | - | -")
    text = "The data set has 7 classes.\n\n" + table("Layer | Kernel | Filters | Units", *rows)
    assert [node.layer.units for node in model_of(text).nodes if isinstance(node.layer, L.Dense)] == [16, 7]


def test_headers_of_outputs_say_what_comes_in() -> None:
    rows = ("Convolution | 8×8×8 | 3×3 conv, stride 2", "Pooling | 8×4×4 | 2×2 max pool, stride 2")
    graph, asked = asked_of(table("Layers | Output Size (Input 3×16×16) | Net", *rows))
    assert (graph.inputs[0].shape, asked) == ((None, 3, 16, 16), [])
