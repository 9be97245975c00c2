"""Tables whose captions, headers and titles say what their cells mean: fields, defaults, networks, lines of a row."""

from __future__ import annotations

from typing import Any

import pytest

from extract.columns.grids import plain_grid
from extract.columns.numbers import channels_of
from extract.tables.captioned import as_captioned
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell
from extract.words.reading import Reading
from ir import Report
from ir import layers as L
from ir.validate import infer
from tests.pdf_pages import Text, pdf, rows
from tests.questions import questions
from tests.test_extract_families import learned, model_of
from tests.test_extract_finding import prose
from tests.test_extract_tables import kinds, model, page
from tests.test_extract_unseen import table


def told(caption: str, *kinds_of: str) -> list[dict[str, Any]]:
    return [each.params for each in as_captioned([Reading(kind) for kind in kinds_of], caption)]


@pytest.mark.parametrize(
    ("caption", "params"),
    [
        ("All convolutional layers use 3x3 kernels with stride 1 and same padding.", [(3, 3), (1, 1), "same"]),
        ("Conv denotes a layer with kernel = 5, stride = 2, and padding = 2. BN is usual.", [(5, 5), (2, 2), 2]),
        ("Convolutions have a kernel size of 4, a stride of 2 and a padding of 1.", [(4, 4), (2, 2), 1]),
    ],
)
def test_what_a_caption_says_of_all_layers(caption: str, params: list[Any]) -> None:
    assert told(caption, "conv", "dense") == [dict(zip(("kernel", "stride", "pad"), params, strict=True)), {}]


@pytest.mark.parametrize(
    "caption",
    [
        "All convolutions have 3x3 kernels except the first.",
        "A 3x3 conv followed by a pooling with stride 2.",
        "The network has 5 convolutional layers with 64 filters each.",
    ],
)
def test_what_a_caption_says_of_some_layers_is_for_none(caption: str) -> None:
    assert told(caption, "conv", "maxpool") == [{}, {}]


def test_of_two_kinds_of_layer_each_has_its_own() -> None:
    caption = "Each convolutional layer has a kernel size of 3; the max pooling layers use a 2x2 window with stride 2."
    assert told(caption, "conv", "maxpool") == [{"kernel": (3, 3)}, {"kernel": (2, 2), "stride": (2, 2)}]


CELLS = [["Input", "-", "2×1000"], ["Conv1d", "(2, 8, 7, 2)", "8×500"], ["MaxPool", "(8, 8, 3, 2)", "8×250"],
         ["Conv1d", "(8, 16, 5, 1)", "16×250"], ["Linear", "(4000, 32, -, -)", "32"]]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "caption"),
    [
        ("Parameters (C_in, C_out, K, S)", ""),
        ("Settings", "Given as (input channels, output channels, kernel, stride)."),
    ],
)
def test_fields_that_a_header_or_a_caption_names(header: str, caption: str) -> None:
    (design,) = designs_of(plain_grid([["Layer", header, "Output"], *CELLS]), caption)
    _, first, pool, second, dense = design.readings
    assert (first.params["filters"], first.params["kernel"], first.params["stride"]) == (8, (7, 7), (2, 2))
    assert (pool.params["kernel"], pool.params["stride"]) == ((3, 3), (2, 2))
    assert (second.params["filters"], dense.params["units"]) == (16, 32)


def test_networks_that_each_begin_with_what_comes_in() -> None:
    lines = (
        "Small net | |", "3×3 Conv2D | 16×16×1 | 14×14×4", "Flatten | 14×14×4 | 784", "FC | 784 | 10",
        "Wide net | |", "3×3 Conv2D | 16×16×3 | 14×14×8", "Flatten | 14×14×8 | 1568", "FC | 1568 | 10",
    )  # fmt: skip
    text = table("Layer | Input Shape | Output Shape", *lines)
    assert [learned(model_of(text, variant=name)) for name in ("Small net", "Wide net")] == [
        40 + 785 * 10,
        8 * 28 + 1569 * 10,
    ]


def test_a_letter_in_front_of_one_size_is_no_batch() -> None:
    lines = ("3×3 Conv2D | 16×16×1 | 14×14×4", "Flatten | 14×14×4 | 784", "FC | 784 | N×1")
    (design,) = designs_of(plain_grid([line.split(" | ") for line in ("Layer | Input Shape | Output Shape", *lines)]))
    assert "units" not in design.readings[-1].params


@pytest.mark.parametrize(
    ("text", "channels"),
    [("32 × H/2 × W/2", 32), ("(64, T)", 64), ("1/4 H × 1/4 W × 48", 48), ("91 × 39 × 4m", None), ("4m × 480", None)],
)
def test_channels_of_a_size_whose_sides_are_letters(text: str, channels: int | None) -> None:
    (cells,) = plain_grid([[text]]).rows
    assert channels_of(cells) == channels


def test_a_window_with_the_channels_that_come_in_behind_how_many_there_are() -> None:
    (found,) = read_cell("conv, filter 256 5x5x48, stride 1x1")
    assert (found.params["filters"], found.params["kernel"], found.params["in_channels"]) == (256, (5, 5), 48)


def test_arguments_by_their_names() -> None:
    lines = ("LSTM | input size=20, hidden size=8, num layers=2, dropout=0.25, bidirectional=True", "Dropout | p=0.2",
             "Linear | in features=16, out features=4, bias=True")  # fmt: skip
    graph = model_of(table("Layer type | Layer parameters", *lines))
    assert kinds(graph).count("LSTM") == 4
    assert [node.layer.rate for node in graph.nodes if isinstance(node.layer, L.Dropout)] == [0.2]


def test_a_group_norm_by_its_steps() -> None:
    lines = ("Input | 8×8×16 |", "Conv | 3×3, 16, GN (4), ReLU | 8×8×16", "Conv | 3×3, 8 | 8×8×8", "FC | 10 | 10")
    graph = model_of(table("Layer | Configuration | Output", *lines))
    assert kinds(graph)[:5] == ["Conv2D", "Reshape", "LayerNorm", "Reshape", "Scale"]
    assert infer(graph, Report())[graph.outputs[0]] == (None, 10)


def test_steps_behind_arrows_that_nobody_knows_are_asked() -> None:
    assert read_cell("Linear → SimplexNorm → GELU")[0].unclear
    assert not read_cell("Linear → LayerNorm → GELU")[0].unclear


def test_what_is_said_once_stands_in_the_middle_of_its_lines() -> None:
    cells: list[Text] = [
        *rows(170, (100, 200, 420), [("Layer", "Configuration", "Output")]),
        *rows(182, (100, 200, 420), [("Stem", "3x3 conv, 8", "16x16x8")]),
        *rows(194, (200,), [("[3x3 conv, 8",), ("→ ReLU".replace("→", ";"),), ("3x3 conv, 8] x 2",)]),
        *rows(206, (100, 420), [("Body", "16x16x8")]),
        *rows(230, (100, 200, 420), [("Head", "FC, 10", "10")]),
    ]
    graph, _ = model(page("Table 1: The network.", cells))
    assert kinds(graph).count("Conv2D") == 5


def test_lines_beside_short_ones_are_cells_and_no_text() -> None:
    cells = [("Submodule", "Output shape"), *((f"Conv{i} + BN + ReLU", f"{8 * i}x4x4") for i in range(1, 5))]
    texts = [*prose(80, 6), (72, 160, "Table 1: The encoder."), *rows(180, (200, 340), cells), *prose(300, 20)]
    graph, _ = model(pdf((texts, [(170, 195, 400), (184, 195, 400), (234, 195, 400)])))
    assert kinds(graph).count("Conv2D") == 4


def kinds_read(head: str, *lines: str, name: str = "") -> list[str]:
    designs = designs_of(plain_grid([line.split(" | ") for line in (head, *lines)]))
    (found,) = [each for each in designs if each.config == name]
    return [post for each in found.readings for post in (each.kind, *each.posts)]


def test_what_only_counts_rows_names_no_layer() -> None:
    lines = ("1 | Convolution | kernel size=4, stride=2, output channel=8", "2 | ReLU | nn.ReLU()",
             "3 | Dropout | nn.Dropout(p=0.1)", "4 | Convolution | kernel size=3, output channel=8")  # fmt: skip
    (design,) = designs_of(plain_grid([line.split(" | ") for line in ("Layer | Function | Descriptions", *lines)]))
    assert [each.kind for each in design.readings] == ["conv", "relu", "dropout", "conv"]
    assert (design.readings[0].params["kernel"], design.readings[0].params["filters"]) == ((4, 4), 8)


def test_networks_side_by_side_with_columns_of_their_own() -> None:
    text = """<table><tr><td colspan="3">Generator</td><td colspan="3">Discriminator</td></tr>
    <tr><td>Layer</td><td>Kind</td><td>Detail</td><td>Layer</td><td>Kind</td><td>Detail</td></tr>
    <tr><td>Input layer</td><td>Noise</td><td>20</td><td>Input layer</td><td>Features</td><td>6 (5 + 1)</td></tr>
    <tr><td>Hidden layer</td><td>Dense layer</td><td>64</td><td>Hidden layer</td><td>Dense layer</td><td>32</td></tr>
    <tr><td></td><td>Activation</td><td>ReLU</td><td></td><td>Activation</td><td>ReLU</td></tr>
    <tr><td>Output layer</td><td>Features</td><td>6 (5 + 1)</td><td>Output layer</td><td>Dense layer</td><td>1</td></tr>
    </table>"""
    wanted = {"Generator": 21 * 64 + 65 * 6, "Discriminator": 7 * 32 + 33}
    assert {name: learned(model_of(text, ".html", variant=name)) for name in wanted} == wanted


def test_a_long_table_that_goes_on_beside_itself() -> None:
    lines = ("conv | 8×8×4 | flatten | 64", "max pool | 4×4×4 | dense | 10")
    assert kinds_read("Layer | Output | Layer | Output", *lines) == ["conv", "maxpool", "flatten", "dense"]


def test_windows_of_designs_whose_names_say_no_use() -> None:
    head, lines = " | CNN | Factored", ("conv1 | 3×3×8 | h: 1×3×4\nv: 3×1×4", "conv2 | 3×3×6 | h: 1×3×3\nv: 3×1×6",
                                       "fc1 | 96×10 | 96×10")  # fmt: skip
    assert kinds_read(head, *lines, name="CNN") == ["conv", "conv", "dense"]
    assert kinds_read(head, *lines, name="Factored") == ["conv"] * 4 + ["dense"]


def test_networks_with_a_row_each() -> None:
    lines = ("Encoder | 4 conv (8, 3×3) + FC(20) | ReLU, tanh (out)", "Actor | FC(32) → FC(32) | ReLU",
             "Critic | FC(32) → FC(1) | ReLU, tanh")  # fmt: skip
    head = "Component | Layers | Activations"
    assert kinds_read(head, *lines, name="Actor") == ["dense", "relu"] * 2
    assert kinds_read(head, *lines, name="Encoder") == ["conv", "relu", "dense", "tanh"]


def test_steps_of_a_cell_say_more_than_the_name_of_their_row() -> None:
    lines = (
        "Conv | 8×8×16 | 3×3",
        "Conv | 8×8×16 | 3×3",
        "Softmax Classifier | 5 | Flatten → Linear(1024 → 32) → Dropout → Linear(32 → 5)",
    )
    assert kinds_read("Name | Output | Description", *lines)[-4:] == ["flatten", "dense", "dropout", "dense"]


@pytest.mark.parametrize(("text", "units"), [("Linear 25,088 → 128", 128), ("Linear 128 → 25,088", 25088)])
def test_thousands_beside_arrows(text: str, units: int) -> None:
    assert read_cell(text)[0].params["units"] == units


def test_what_is_said_of_two_kinds_of_layer_together() -> None:
    caption = "All convolutions and transposed convolutions used kernel size 4, stride 2, and padding 1."
    assert told(caption, "conv", "deconv") == [{"kernel": (4, 4), "stride": (2, 2), "pad": 1}] * 2


def test_a_name_near_a_word_of_the_caption_is_no_abbreviation() -> None:
    caption = "The custom CNN and its variant with horizontal and vertical filters."
    designs = designs_of(plain_grid([["", "CNN", "Low"], *(["conv", "3×3×8", "1×3×8"] for _ in range(3))]), caption)
    assert [each.config for each in designs] == ["CNN", "Low"]


def test_names_of_hyper_parameters_beside_their_values() -> None:
    texts: list[Text] = [
        *rows(170, (100, 200, 300, 400), [("Layer", "Output", "Hyperparameter", "Value")]),
        *rows(182, (300, 400), [("Number of Filters", "8"), ("", ""), ("Strides", "(1,1)")]),
        *rows(194, (100, 200, 300, 400), [("Conv2D", "(None, 12, 12, 8)", "kernel size", "(5,5)")]),
        *rows(218, (300, 400), [("kernel size", "(2,2)"), ("Strides", "None")]),
        *rows(224, (100, 200), [("MaxPool2D", "(None, 6, 6, 8)")]),
        *rows(242, (100, 200, 300, 400), [("Flatten", "(None, 288)"), ("Dense", "(None, 10)", "Units", "10")]),
    ]
    graph, _ = model(page("Table 1: The network.", texts))
    assert kinds(graph)[:4] == ["Conv2D", "MaxPool2D", "Flatten", "Dense"]
    assert (graph.nodes[0].layer.filters, graph.nodes[0].layer.kernel) == (8, (5, 5))


@pytest.mark.parametrize(
    ("text", "kind", "params"),
    [
        ("Conv(10,3,3)", "conv", {"filters": 10, "kernel": (3, 3)}),
        ("BatchNorm1d(16, eps=1e-05, affine=True)", "bn", {}),
        ("Conv, Filters(64), Kernal(5,5)", "conv", {"filters": 64, "kernel": (5, 5)}),
    ],
)
def test_what_is_called_is_told_by_its_name(text: str, kind: str, params: dict[str, Any]) -> None:
    (found,) = read_cell(text)
    assert found.kind == kind
    assert params.items() <= found.params.items()


def test_a_part_of_a_list_that_comes_so_often() -> None:
    first, pool = read_cell("Conv 3→32, BN, ReLU ×2, MaxPool")
    assert (first.kind, first.params["filters"], first.posts, first.times) == ("conv", 32, ("bn", "relu"), 2)
    assert pool.kind == "maxpool"
    assert [each.params["units"] for each in read_cell("512→256→9")] == [256, 9]


def test_a_caption_that_names_its_layers_last() -> None:
    caption = "The neu- ral net that is used. The kernel size is 3 for all the convolutional layers."
    assert told(caption, "conv") == [{"kernel": (3, 3)}]


def test_the_shapes_of_weights_below_a_header_of_outputs() -> None:
    lines = ("Conv 1 | 16 x 1 x 5 x 5", "Conv 2 | 32 x 16 x 3 x 3", "Linear | 512 x 10")
    (design,) = designs_of(plain_grid([line.split(" | ") for line in ("Layer | Output Layer Size", *lines)]))
    assert [each.params.get("filters", each.params.get("units")) for each in design.readings] == [16, 32, 10]


def test_what_comes_in_beside_how_many_at_once() -> None:
    lines = ("Input | (samples, 64, 9)", "ConV1D1 | Filters(8), Kernal(3), ReLu", "FC1 | (samples, 10)",
             "FC2 | (samples, 6), SoftMax")  # fmt: skip
    (design,) = designs_of(plain_grid([line.split(" | ") for line in lines]))
    assert [each.kind for each in design.readings] == ["input", "conv", "dense", "dense"]
    assert [each.params.get("units") for each in design.readings[2:]] == [10, 6]


OPEN = "| Layer | Kernel | Filters |\n|---|---|---|\n| Conv | 3×3 | 8 |\n| Conv | 3×3 | 8 |\n| FC | | 10 |\n"


def said_beside(caption: str) -> tuple[list[Any], list[str]]:
    report = Report()
    graph = model_of(f"The input is 16×16×3. {caption}\n\n{OPEN}", report=report)
    return [each.layer for each in graph.nodes], questions(report)


@pytest.mark.parametrize(
    ("caption", "ends"),
    [
        ("The output layer uses softmax.", L.Softmax(axis=1)),
        ("The final layer uses a sigmoid activation.", L.Sigmoid()),
        ("All hidden layers use ReLU; the output layer uses tanh.", L.Tanh()),
        ("All layers use ReLU, and the output layer is linear.", L.Dense(units=10)),
    ],
)
def test_how_the_last_layer_ends(caption: str, ends: Any) -> None:
    layers, asked = said_beside(caption)
    assert layers[-1] == ends
    assert not asked


@pytest.mark.parametrize(
    ("caption", "asked"),
    [
        ("Activation functions are not shown.", "no activations are said"),
        ("A softmax is applied to the output of FC1.", "a softmax is said beside the table"),
    ],
)
def test_what_a_caption_leaves_open_is_asked(caption: str, asked: str) -> None:
    report = Report()
    model_of(f"The input is 16×16×3. {caption}\n\n{OPEN}", report=report)
    assert [each for each in report if each.code == "question" and asked in each.message]


def test_layers_without_bias_as_the_caption_says() -> None:
    layers, _ = said_beside("The biases are omitted in all convolutions.")
    assert [each.bias for each in layers if isinstance(each, L.Conv2D | L.Dense)] == [False, False, True]


def test_grey_images_have_one_channel() -> None:
    graph = model_of(f"The network takes 16×16 grayscale images as input.\n\n{OPEN}")
    assert graph.inputs[0].shape == (None, 1, 16, 16)
