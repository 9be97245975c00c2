"""Tables as READMEs hold them: beside other tables, with remarks in a column of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.paper import Found, texts_of
from extract.words.cells import read_cell
from extract.words.lexicon import kind_of
from ir import layers as L
from ir.diagnostics import Report
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def designs(text: str) -> list[Found]:
    """Return the designs of the tables in a text."""
    return texts_of(Path("net.md"), text.encode())


def test_what_remarks_add_stands_behind_the_activation() -> None:
    text = table(
        "Layer | Output Shape | Remarks",
        *("OddNetV2 (base) | (7, 7, 80) | frozen", "GlobalAveragePooling2D | (80,) | one number each"),
        *("Dense (16, ReLU) | (16,) | + BatchNormalization + Dropout (0.4)", "Dense (3, Softmax) | (3,) | ways"),
    )
    graph = model_of(text)
    assert kinds(graph)[-6:] == ["Dense", "ReLU", "BatchNorm", "Dropout", "Dense", "Softmax"]
    assert any("OddNetV2" in repr(node.layer) for node in graph.nodes)  # A network, and not what comes in.


def test_ways_in_a_column_are_designs_of_their_own() -> None:
    text = table(
        "Branch | Layer | Output Shape",
        *(
            "Image | OddNet | 7×7×64",
            "Image | GlobalAveragePooling2D | 64",
            "Rest | Conv2D(8) + BN + MaxPool | 16×16×8",
        ),
        *("Rest | Conv2D(16) + BN + MaxPool | 8×8×16", "Head | Dense(32, ReLU) | 32", "Head | Dense(1, Sigmoid) | 1"),
    )
    assert [each.design.config for each in designs(text)] == ["Image", "Rest", "Head"]


def test_a_design_of_two_rows_and_both_ways_of_a_recurrent_layer() -> None:
    (found,) = designs(
        table("Layer | Units | Notes", "Bidirectional LSTM | 48 (×2) | last", "Dropout | — | rate = 0.5")
    )
    first, second = found.design.readings
    assert (first.kind, first.params, first.times) == ("bilstm", {"units": 48}, 1)
    assert (second.kind, second.params) == ("dropout", {"rate": 0.5})
    (found,) = designs(table("Layer | Units | Notes", "GRU | 32 (×2) | last", "Dense | 4 | -", "Dropout | - | 0.1"))
    first = found.design.readings[0]
    assert (first.kind, first.params.get("units"), first.times) == ("gru", 32, 2)


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        (
            "op | dispatches | ms",
            ("Conv2D | 32 | 896", "GroupNorm | 25 | 787", "Add | 203 | 614", "Softmax | 192 | 9"),
        ),
        (
            "Op | Shape | Latency | Throughput",
            ("Linear | (1, 9, 8) | 0.1 | 9", *[f"Conv2d | (2, {i}, 8, 8) | 1 | 2" for i in (3, 4)]),
        ),
        ("Rank | Layer | Output Shape | Kernel", [f"{i} | part.{i}.conv1 | 64×56×56 | 3×3" for i in range(1, 5)]),
        ("Type | Kernel | Data", [f"Conv{i}D | (C_out, C_in, k) | of {i} axes" for i in range(1, 4)]),
        ("Parameter | Value", ("Input size | 64×64", "Filters | 8 → 16 → 32", "Dropout | 0.5", "Batch Norm | -")),
    ],
)
def test_what_times_ranks_explains_or_sets_is_no_design(head: str, lines: list[str]) -> None:
    assert designs(table(head, *lines)) == []


def test_layers_of_a_recurrent_layer_keep_their_dropout_within() -> None:
    text = table(
        "Layer | Output shape | Notes",
        *("Input | (B, T, 12) | steps", "BiLSTM × 2 | (B, T, 64) | 32 per direction; inter-layer dropout"),
        *("Dropout(0.4) | (B, 64) | -", "Linear | (B, 2) | logits"),
    )
    found = [node.layer for node in model_of(text).nodes]
    assert sum(isinstance(each, L.Dropout) for each in found) == 1


def test_rows_from_the_output_on_keep_what_stands_behind_their_layers() -> None:
    text = table(
        "Layer | Type | Maps | Size | Kernel size | Activation | Dropout",
        *("Out | Fully connected | - | 7 | - | Odd | -", "F3 | Fully connected | - | 24 | - | tanh | 0.5"),
        *("C1 | Convolution | 6 | 24 × 24 | 5 × 5 | tanh | -", "In | Input | 1 | 28 × 28 | - | - | -"),
    )
    (found,) = designs(text)
    kinds_read = [each.kind for each in found.design.readings]
    assert kinds_read == ["input", "conv", "dense", "dropout", "dense", "Odd"]


def test_poolings_and_dropouts_of_columns_with_their_strides_and_ratios() -> None:
    text = table(
        "Layer | Filters | Kernel Size | Activation | Maxpool | Maxpool Stride | Dropout Ratio",
        *(
            "Conv1 | 8 | 5x5 | ReLU | 2x2 | 2 | 0.2",
            "Conv2 | 16 | 3x3 | ReLU | - | - | -",
            "FC1 | 4 | - | - | - | - | -",
        ),
    )
    (found,) = designs(text)
    assert [each.kind for each in found.design.readings] == ["conv", "maxpool", "dropout", "conv", "dense"]
    assert found.design.readings[1].params == {"kernel": (2, 2), "stride": (2, 2)}


def test_sizes_of_sequences_whose_length_is_a_name() -> None:
    text = table(
        "Layer | Type | Input Shape | Output Shape",
        *("1 | Embedding | (seq_len,) | (seq_len, 24)", "2 | BiLSTM | (seq_len, 24) | (seq_len, 32)"),
        *("3 | GlobalAvgPool | (seq_len, 32) | (32,)", "4 | Dense | (32,) | (5,)"),
    )
    graph = model_of(text)
    embeds = [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Embed)]
    steps = [(node.layer.units, node.layer.sequences) for node in graph.nodes if isinstance(node.layer, L.LSTM)]
    assert (embeds, steps) == ([24], [(16, True), (16, True)])


def test_a_normalisation_of_vectors_is_no_local_response() -> None:
    lines = ("Normalization (embedded) | —", "Dense | 8", "Dense | 8", "Dense (output) | 3")
    (found,) = designs(table("Layer | Units", *lines))
    assert found.design.readings[0].kind.startswith("Normalization")


def test_a_decoder_above_an_encoder_is_a_network_of_its_own() -> None:
    lines = [
        *("Decoder p(x) |  |  | ", "Fully connected |  |  | 6×6×8", "Transposed convolution | 3×3 | 2×2 | 12×12×4"),
        *("Transposed convolution | 3×3 | 2×2 | 24×24×1", "Encoder q(z) |  |  | ", "Convolution | 3×3 | 2×2 | 12×12×4"),
        *("Convolution | 3×3 | 2×2 | 6×6×8", "Fully connected |  |  | 5", "Number of test samples |  |  | 50"),
    ]
    found = designs(table("Operation | Kernel | Strides | Feature maps", *lines))
    assert [[each.kind for each in one.design.readings] for one in found] == [
        ["dense", "deconv", "deconv"],
        ["conv", "conv", "dense"],
    ]


def test_networks_of_others_are_rows_by_their_names() -> None:
    text = table(
        "Layer | Details",
        *(
            "Base Model | OddNet16 (pre-trained)",
            "Input Shape | 96 × 96 × 3",
            "Fine-tuning | Last 3 conv layers unfrozen",
        ),
        *("Flatten | —", "Dense | 24 units, ReLU", "Output | 4 units, Softmax"),
    )
    (found,) = designs(text)
    assert [each.kind for each in found.design.readings] == [
        "input",
        "OddNet16",
        "flatten",
        "dense",
        "dense",
        "softmax",
    ]
    lines = ("OddNet Base | Pretrained Convolutional Layers | (7, 7, 80)", "Flatten | Convert to 1D | (3920)")
    (found,) = designs(table("Layer | Type | Output Shape", *lines, "Dense (8) | Fully Connected | (8)"))
    assert [each.kind for each in found.design.readings] == ["OddNet Base", "flatten", "dense"]


def test_a_table_within_one_of_what_is_said_of_a_model() -> None:
    lines = [("Convolution", "&#8680; 96x96x8", "size=3x3, stride=1, activation=relu"),
             ("Pooling", "&#8680; 48x48x8", "size=2x2, stride=2, operation=max"),
             ("Convolution", "&#8680; 48x48x16", "size=3x3, stride=1, activation=relu"),
             ("Softmax", "&#8680; 48x48x16", "")]  # fmt: skip
    inner = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in lines)
    facts = "<tr><td>Download</td><td colspan=3>x</td></tr><tr><td>Accuracy</td><td colspan=3>81.7%</td></tr>"
    text = f"<table>{facts}<tr><td rowspan=5>Architecture</td></tr>{inner}</table>"
    (found,) = texts_of(Path("net.html"), text.encode())
    assert [each.kind for each in found.design.readings] == ["conv", "maxpool", "conv", "softmax"]
    assert found.design.readings[0].params["kernel"] == (3, 3)


def test_blocks_that_are_but_counted_are_asked_about_as_often_as_they_come() -> None:
    text = table(
        "stage | what happens | output for one image",
        *("input | normalised image | 3 x 32 x 32", "conv1 | 3x3 conv, 3 -> 16, stride 1 | 16 x 32 x 32"),
        *("group1 | 4 blocks, 16 -> 32, stride 1 (first block has a 1x1 shortcut) | 32 x 32 x 32", "fc | Linear | 10"),
    )
    (found,) = designs(text)
    assert [(each.kind, each.times) for each in found.design.readings][:3] == [("input", 1), ("conv", 1), ("group1", 4)]


def test_words_that_begin_like_layers_and_numbers_of_weights_are_none() -> None:
    assert [kind_of(each) for each in ("Convert to 1D", "conventional", "Conv2D")] == ["", "", "conv"]
    lines = ("L1 | Convolution | 28x28x6 | 5x5 | 150 | 6", "L2 | Convolution | 13x13x16 | 4x4 | 1536 | 16",
             "L3 | Convolution | 13x13x8 | 3x3 | 1152 | 8", "L4 | Fully Connected | 10 | - | 4840 | 10")  # fmt: skip
    (found,) = designs(table("Layer | Type | Output Size | Kernel | Number of Weights | Number of Biases", *lines))
    assert [each.params.get("filters") for each in found.design.readings] == [6, 16, 8, None]
    lines = (
        "Embedding | vocab_size × 24",
        "Bidirectional LSTM | 16 units (×2 directions)",
        "Dropout | 0.3",
        "Dense | 3 units",
    )
    (found,) = designs(table("Layer | Details", *lines))
    assert [each.params.get("units") for each in found.design.readings] == [24, 16, None, 3]


def test_what_a_dense_flattens_is_no_layer_behind_it() -> None:
    lines = ("Block 1 | Conv2d + ReLU | 8×16×16 | 8 filters, 3×3", "FC 1 | Linear + ReLU | 64 | Flatten: 8×16×16",
             "FC 2 | Linear | 10 | logits")  # fmt: skip
    (found,) = designs(table("Layer | Type | Output Shape | Notes", *lines))
    assert [each.kind for each in found.design.readings] == ["conv", "dense", "dense"]


def test_headers_in_a_language_that_nobody_knows() -> None:
    text = table(
        "Uno | Dos / Tres | Cuatro",
        *(
            "Inicio (Input) | RGB Image | 96 × 96 × 3",
            "Base Model | OddNetV2 | pesos",
            "Pooling | GlobalAveragePooling2D | uno",
        ),
        *("Dense (Hidden) | Fully Connected | 24 Units, Activation: ReLU", "Normalization | BatchNormalization | todo"),
        *("Regula | Dropout | Rate: 0.4", "Fin (Output) | Dense (Sigmoid) | 1 Unit"),
    )
    (found,) = designs(text)
    kinds_read = [each.kind for each in found.design.readings]
    assert kinds_read == ["input", "OddNetV2", "gavgpool", "dense", "bn", "dropout", "dense"]


def test_names_that_say_more_than_their_types() -> None:
    lines = ("Input | Image | (96, 96, 3)", "GlobalAveragePooling2D | Pooling | (3,)", "Dense | Fully Connected | (8,)",
             "L2 Normalization | Lambda | (8,)")  # fmt: skip
    (found,) = designs(table("Layer | Type | Output Shape", *lines))
    assert [each.kind for each in found.design.readings] == ["input", "gavgpool", "dense", "l2norm"]


def test_a_base_that_says_what_comes_in_is_no_input() -> None:
    lines = ("Base | OddNetV2 (`include_top=False`, input 96×96×3)", "Pooling | GlobalAveragePooling2D",
             "Dense | Dense(16, relu) → Dropout(0.5)", "Output | Dense(1, sigmoid)")  # fmt: skip
    (found,) = designs(table("Layer | Details", *lines))
    assert [each.kind for each in found.design.readings] == ["OddNetV2", "gavgpool", "dense", "dropout", "dense"]
    lines = ("Backbone | OddNetV2 (pretrained)", "Input | 48×48×3 (RGB)", "Pooling | GlobalAveragePooling2D",
             "Projection | Dense(64, ReLU)", "Output | 64-dim")  # fmt: skip
    (found,) = designs(table("Parameter | Valor", *lines))
    assert [each.kind for each in found.design.readings] == ["input", "OddNetV2", "gavgpool", "dense"]


def test_heads_stand_beside_each_other() -> None:
    lines = ("Encoder | 3× (Conv1d + GroupNorm(8) + ReLU) → AdaptiveAvgPool1d(1) | features",
             "Trunk | Flatten → Linear(64→16) | all", "Size head | Linear(16→1) → softplus | one",
             "Fault head | Linear(16→1) → logits | other")  # fmt: skip
    text = table("Block | Layers | Role", *lines)
    graph = model_of(text)
    first, second = (node for node in graph.nodes if isinstance(node.layer, L.Dense) and node.layer.units == 1)
    assert first.inputs == second.inputs
    assert len(graph.outputs) == 2


def test_layers_of_a_row_with_the_widths_that_another_cell_chains() -> None:
    lines = ("Block 1 | Conv→BN→ReLU→Conv→BN→ReLU→MaxPool | 3→8→16 | 64→32",
             "Classifier | Flatten→FC→ReLU→Dropout(0.5)→FC | 9→24→12 | —",
             "Head | FC(ways) + Softmax | 12→N | —")  # fmt: skip
    (found,) = designs(table("Block | Layers | Channels | Spatial", *lines))
    readings = found.design.readings
    learned = [each.params for each in readings if each.kind in ("conv", "dense")]
    widths = [each.get("filters", each.get("units")) for each in learned]
    assert widths == [8, 16, 24, 12, None]
    assert [each.params["output"][:2] for each in readings if each.kind == "maxpool"] == [(32, 32)]
    assert [each.params["rate"] for each in readings if each.kind == "dropout"] == [0.5]


def test_strides_of_the_last_of_several_layers() -> None:
    (first, second) = read_cell("3× conv (24 filters), last with stride 2")
    assert (first.times, first.params) == (2, {"filters": 24})
    assert (second.times, second.params) == (1, {"filters": 24, "stride": (2, 2)})


def test_sizes_of_sequences_and_sides_of_windows_by_letters() -> None:
    lines = ("Conv2D | `3x3, pad=1, out=8` | `8 x 32 x 160`", "MaxPool2D | `poolH=2, poolW=1` | `8 x 16 x 160`",
             "Conv2D | `3x3, pad=1, out=16` | `16 x 16 x 160`", "BiLSTM | `hidden=24` | `T=40, F=48`",
             "SequenceLinear | `48 -> 7` | `T=40, C=7`")  # fmt: skip
    (found,) = designs(table("层 | 配置 | 输出尺寸（C x H x W）", *lines))
    assert [each.kind for each in found.design.readings] == ["conv", "maxpool", "conv", "bilstm", "dense"]
    assert [each.params["output"] for each in found.design.readings[:2]] == [(32, 160, 8), (16, 160, 8)]
    assert found.design.readings[1].params["kernel"] == (2, 1)


def test_names_of_stages_and_layers_of_ways() -> None:
    lines = ("Stage 1 Conv | 389 | (B, 8, 12)", "BiGRU | 74 | (B, 6, 32)", "Softmax | - | 10 classes")
    (found,) = designs(table("Layer | Parameters | Output Shape", *lines))
    kinds_read = [(each.kind, each.params.get("units")) for each in found.design.readings]
    assert kinds_read == [("conv", None), ("gru", 16), ("dense", 10), ("softmax", None)]


def test_windows_of_a_column_beside_names_that_are_counted() -> None:
    lines = ("Conv2D (couche 1) | 8 | 3 x 3 | ReLU", "MaxPooling2D (1) | - | 2 x 2 | -",
             "Conv2D (couche 2) | 16 | 3 x 3 | ReLU", "MaxPooling2D (2) | - | 2 x 2 | -", " |  |  | ")  # fmt: skip
    (found,) = designs(table("Couche | Filtres | Taille du filtre | Activation", *lines))
    assert [each.params["kernel"] for each in found.design.readings] == [(3, 3), (2, 2), (3, 3), (2, 2)]


def test_what_a_layer_ends_in_is_no_size() -> None:
    lines = [f"Block {i} | {8 * i} | 3×3 | 1 | BatchNorm + ReLU" for i in (1, 2, 3)]
    (found,) = designs(table("Layer | Filters | Kernel | Stride | Output", *lines, "F1 | 64 | 2×2 | 1 | Sigmoid"))
    assert [each.posts for each in found.design.readings] == [("bn", "relu")] * 3 + [("sigmoid",)]
    assert found.design.readings[-1].kind == "conv"


def test_filters_and_windows_as_their_weights_are_worked_out() -> None:
    (found,) = read_cell("Conv1D 8 filters × 3 kernel × 1 channel = 24 weights + 8 biases")
    assert (found.params["filters"], found.params["kernel"]) == (8, (3, 3))


def test_few_neurons_that_come_in_are_a_vector() -> None:
    lines = ("Input | 3 | —", "Hidden 1 | 16 | Swish", "Output | 1 | Linear")
    graph = model_of(table("Layer | Neurons | Activation", *lines))
    assert graph.inputs[0].shape == (None, 3)


def test_layers_behind_several_in_brackets() -> None:
    for text in (
        "2×(Conv2d(5×5)+BN+ReLU), MaxPool(2×2), Dropout2d(0.1)",
        "2× [Conv5×5→BN→ReLU] + MaxPool + Dropout(0.1)",
    ):
        first, pooled, dropped = read_cell(text)
        assert (first.times, pooled.kind, dropped.kind, dropped.params) == (2, "maxpool", "dropout", {"rate": 0.1})


def test_transposed_convolutions_and_how_weights_begin() -> None:
    up, after = read_cell("TranspConv2×2 → Conv3×3+ReLU")
    assert (up.kind, up.params, after.kind, after.params) == ("deconv", {"kernel": (2, 2)}, "conv", {"kernel": (3, 3)})
    assert [each.kind for each in read_cell("ELU, he_normal init")] == ["elu"]


def test_widths_of_convolutions_behind_what_resizes() -> None:
    lines = ("Down | Conv3×3 + GELU + MaxPool | 1 → 8", "Up 1 | Upsample + Conv3×3 + GELU | 8 → 4",
             "Up 2 | TranspConv2×2 → Conv3×3 | 4 → 1")  # fmt: skip
    (found,) = designs(table("Stage | Layer | Channels", *lines))
    convs = [each.params["filters"] for each in found.design.readings if each.kind in ("conv", "deconv")]
    assert convs == [8, 4, 1, 1]
    assert [each.params for each in found.design.readings if each.kind == "upsample"] == [{}]


def test_blocks_of_one_width_in_another_language() -> None:
    lines = ("1 | Conv Block 1 | 8 | 2× [Conv3×3→BN→ReLU] + MaxPool | $(8,16,16)$",
             "2 | Conv Block 2 | 16 | 2× [Conv3×3→BN→ReLU] + Dropout2d(0.2) (sin pool) | $(16,16,16)$")  # fmt: skip
    (found,) = designs(table("# | Bloque | Filtros | Capas internas | Salida $(C,H,W)$", *lines))
    first, pooled, second, dropped = found.design.readings
    assert [each.block[0].params["filters"] for each in (first, second)] == [8, 16]
    assert (pooled.kind, dropped.kind, dropped.params["rate"]) == ("maxpool", "dropout", 0.2)


def test_sides_of_an_image_that_shrink_together_stand_behind_the_channels() -> None:
    lines = ("Input | RGB | - | 3x60x90", "Conv1 | Conv2d | 4x4, s2 | 8x29x44", "Conv2 | Conv2d | 3x3, s1 | 16x27x42")
    (found,) = designs(table("Layer | Type | Kernel/Stride | Output Shape", *lines))
    assert [each.params["output"] for each in found.design.readings] == [(60, 90, 3), (29, 44, 8), (27, 42, 16)]
    assert [each.params.get("filters") for each in found.design.readings] == [None, 8, 16]


def test_what_another_cell_says_to_be_skipped_is_joined_and_asked() -> None:
    lines = ("Encoder 1 | Conv2D + MaxPool | 4 | 3×3 |", "Encoder 2 | Conv2D + MaxPool | 8 | 3×3 |",
             "Decoder 1 | UpSampling + Conv | 4 | 3×3 | Skip from Encoder {}")  # fmt: skip
    report = Report()
    text = table("Stage | Layer | Filters | Kernel | Notes", *lines)
    assert "Concat" in kinds(model_of(text.format(2), report=report))
    assert any("skip from Encoder 2" in each.message for each in report)
    model_of(text.format(1), report=report)
    told = next(each.message for each in report if "does not fit" in each.message)
    assert " gives " in told
    assert "{" not in told
