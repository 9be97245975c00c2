"""Forms of tables that well-known papers have: captioned as figures, titles above headers, a network a row."""

from __future__ import annotations

import pytest

from extract.designs.told import behind_all
from extract.paper import sightings
from extract.words.cells import read_cell
from ir import Report
from ir import layers as L
from tests.pdf_pages import Rule, Text, pdf, rows
from tests.test_extract_design_tables import kinds, read
from tests.test_extract_families import model_of
from tests.test_extract_tables import PROSE

LAYERS = [("type", "size/stride", "output"), ("convolution", "3x3/1", "16x16x8"), ("max pool", "2x2/2", "8x8x8"),
          ("convolution", "3x3/1", "8x8x24"), ("linear", "", "1x1x10")]  # fmt: skip


@pytest.mark.parametrize(("ruled", "found"), [(True, 1), (False, 0)])
def test_a_ruled_table_is_one_though_its_caption_calls_it_a_figure(ruled: bool, found: int) -> None:
    rules: list[Rule] = [(88, 80, 420), (105, 80, 420), (155, 80, 420)] if ruled else []
    texts: list[Text] = [*rows(100, (90, 200, 320), LAYERS), (180, 175, "Figure 1: The architecture.")]
    texts += [(72, 240 + 11 * i, f"{PROSE} {i}") for i in range(20)]
    assert sum(len(each.designs) for each in sightings(pdf((texts, rules)))) == found


def lines(*texts: str) -> str:
    width = max(text.count("|") for text in texts)
    return "\n".join([texts[0], "|" + "---|" * (width - 1), *texts[1:]]) + "\n"


@pytest.mark.parametrize("title", ["Coder", "Critic"])
def test_headers_that_come_again_name_what_is_below_in_any_place(title: str) -> None:
    first = (
        "| Layer | Coder | Shared? |",
        "| 1 | Conv 3×3, 8 | No |",
        "| 2 | Conv 3×3, 16 | Yes |",
        "| 3 | Conv 3×3, 32, stride 2 | No |",
    )
    again = (
        "| Layer | Critic | Shared? |",
        "| 1 | Conv 5×5, 64 | No |",
        "| 2 | Conv 5×5, 32 | No |",
        "| 3 | Conv 5×5, 16, stride 2 | No |",
    )
    graph = model_of(lines(*first, *again), variant=title)
    made = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert [each.filters for each in made] == ([8, 16, 32] if title == "Coder" else [64, 32, 16])


def test_what_comes_in_is_said_above_the_headers_and_a_sigmoid_of_other_ways() -> None:
    report = Report()
    head = "{deep model}\\\\ {729 samples (30 ms) as input}\\\\ layer & stride & output & params\\\\"
    body = ("conv 3-8 & 3 & 243 × 8 & 32", "conv 3-8 & 1 & 243 × 8 & 200", "maxpool 3 & 3 & 81 × 8 & ",
            "conv 3-16 & 1 & 81 × 16 & 400", "maxpool 81 & 81 & 1 × 16 & ", "conv 1-16 & 1 & 1 × 16 & 272",
            "dropout 0.5 & - & 1 × 16 & ", "sigmoid & - & 5 & 85")  # fmt: skip
    title = r"\begin{tabular}{cccc}" + head.replace("{", r"\multicolumn{4}{c}{") + "\\\\ ".join(body)
    graph = model_of(title + r"\end{tabular}", ".tex", report=report)
    assert graph.inputs[0].shape == (None, 1, 729)
    pools = [node.layer for node in graph.nodes if isinstance(node.layer, L.MaxPool1D)]
    assert [each.kernel for each in pools] == [(3,), (81,)]
    assert [node.layer.units for node in graph.nodes if isinstance(node.layer, L.Dense)] == [5]


def test_a_network_a_row_below_the_kinds_of_its_layers() -> None:
    table = lines("| stage 1 | | | stage 2 | |", "| Layer | conv | pool | conv | FC |",
                  "| Small | (5, 8)/1,0 | 2/2,0 | (3, 16)/1,0 | 10 |",
                  "| Wide | (5, 32)/1,2 × 2 | 2/2,0 | (3, 64)/1,1 × 2 | 10 |")  # fmt: skip
    report = Report()
    graph = model_of(table, variant="Wide", report=report)
    made = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert [(each.filters, each.kernel[0], each.pad[0][0]) for each in made] == [
        (32, 5, 2), (32, 5, 2), (64, 3, 1), (64, 3, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("(5, 32)/1,2", {"kernel": (5, 5), "filters": 32, "stride": (1, 1), "pad": 2}),
        ("7×7, 64 /2,3", {"kernel": (7, 7), "filters": 64, "stride": (2, 2), "pad": 3}),
        ("3×3/1,64", {"kernel": (3, 3), "filters": 64, "stride": (1, 1)}),  # No border is as wide.
    ],
)
def test_a_stride_and_a_border_behind_a_slash(said: str, wanted: dict[str, object]) -> None:
    assert read_cell(said)[0].params == wanted


def test_poolings_of_single_pixels_are_none() -> None:
    (found,) = read(
        "type|m|r|n|p|q", "conv|8|4|16|2|3", "conv|4|4|16|1|1", "dnn|-|-|32|-|-", "softmax|-|-|4|-|-"
    ).values()
    assert kinds(found) == ["conv", "pool", "conv", "dense", "dense", "softmax"]


def test_a_last_convolution_of_one_pixel_gives_the_classes() -> None:
    head = "| Operator | Kernel | Filters |\n|---|---|---|\n"
    body = "| conv | 3x3 | 8 |\n| avgpool | 7x7 | - |\n| conv | 1x1 | 32 |\n| conv | 1x1 | k |\n"
    report = Report()
    graph = model_of(head + body, report=report)
    assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [8, 32, 1000]
    assert any("one for each class" in each.message for each in report)
    graph = model_of(f"Table 1: The network for CIFAR-10.\n\n{head}{body}")
    assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [8, 32, 10]


def test_unpooling_puts_values_back_where_poolings_took_them_from() -> None:
    head = "| name | kernel | stride | output |\n|---|---|---|---|\n| input | - | - | 32×32×3 |\n"
    body = ("conv1 | 3×3 | 1 | 32×32×8", "pool1 | 2×2 | 2 | 16×16×8", "conv2 | 3×3 | 1 | 16×16×8",
            "pool2 | 2×2 | 2 | 8×8×8", "unpool2 | 2×2 | 2 | 16×16×8", "deconv2 | 3×3 | 1 | 16×16×8",
            "Unpooling | 2×2 | 2 | 32×32×8")  # fmt: skip
    graph = model_of(head + "".join(f"| {each} |\n" for each in body))
    made = {node.name: node for node in graph.nodes}
    unpools = [node for node in graph.nodes if isinstance(node.layer, L.Unpool2D)]
    marked = [made[node.inputs[1].node].inputs[0].node for node in unpools]
    assert [made[each].layer.kernel for each in marked] == [(3, 3)] * 2
    assert marked == ["conv2", "conv1"]
    alone = Report()
    model_of(head + "| conv1 | 3×3 | 1 | 32×32×8 |\n| unpool1 | 2×2 | 2 | 64×64×8 |\n", report=alone)
    assert any("which pooling" in each.message for each in alone)


def test_an_activation_of_one_of_several_networks() -> None:
    said = "In WideNet, we use the Parametric Rectified Linear Unit (PReLU) as the nonlinear unit."
    assert behind_all(said, "WideNet")[0].posts == ("prelu",)
    assert not behind_all(said, "SmallNet")
    assert behind_all("ReLU is used as the activation function.")[0].hidden


def test_networks_that_read_text_give_a_letter_at_each_step() -> None:
    table = ("| Type | Kernel | Channels |\n|---|---|---|\n| conv | 3×3 | 8 |\n| max-pool | 2×1 | 8 |\n"
             "| bi-directional lstm | | 16 |\n| fully-connected | | 30 |\n")  # fmt: skip
    for said, wanted in (("The text recognition branch.", True), ("The gesture classifier.", False)):
        graph = model_of(f"Table 1: {said}\n\n{table}")
        steps = {node.layer.sequences for node in graph.nodes if isinstance(node.layer, L.LSTM)}
        assert steps == {wanted}


@pytest.mark.parametrize("said", ["3 × 3, max pool, stride 2", "3×3 max pool, stride 2", "3 x 3, max-pool, stride 2"])
def test_a_window_in_front_of_its_pooling_is_no_number_of_poolings(said: str) -> None:
    (found,) = read_cell(said)
    assert (found.kind, found.times, found.params) == ("maxpool", 1, {"kernel": (3, 3), "stride": (2, 2)})


STAGES = "| layer name | ResNet |\n|---|---|\n| conv1 | 7×7, 64, stride 2 |\n"


def blocks(*widths: int) -> str:
    return "".join(f"| conv{i}_x | [3×3, {width}; 3×3, {width}] × 2 |\n" for i, width in enumerate(widths, 2))


@pytest.mark.parametrize(("stages", "halved"), [(blocks(64, 128, 256), 4), (blocks(64, 64, 128), 0)])
def test_stages_that_become_wider_halve_the_image_where_no_sizes_are_printed(stages: str, halved: int) -> None:
    report = Report()
    graph = model_of(f"Table 1: The ResNet.\n\n{STAGES}{stages}| fc | 10 |\n", report=report)
    steps = [node.layer.stride for node in graph.nodes if isinstance(node.layer, L.Conv2D)][1:]
    assert steps.count((2, 2)) == halved  # Those of the blocks, and of the projections beside them.
    assert any("no size of the stages" in each.message for each in report) == bool(halved)


@pytest.mark.parametrize(
    ("said", "side"),
    [
        ("It uses ShuffleNetV2 units, but replaces 3×3 depthwise convolutions with 5×5 depthwise convolutions.", 5),
        ("ShuffleNetV2 with 7×7 depthwise convolutions.", 7),
        ("The ShuffleNetV2.", 3),
    ],
)
def test_windows_of_depthwise_convolutions_that_a_caption_says(said: str, side: int) -> None:
    table = "| Stage | Output size | Layer |\n|---|---|---|\n| Conv1 | 16×16 | 3×3, 8, s2 |\n"
    table += "| Stage2 | 8×8 | [16, s2] |\n| Stage3 | 4×4 | [32, s2] |\n| FC | | 10-d fc |\n"
    graph = model_of(f"Table 1: {said}\n\n{table}")
    assert {
        node.layer.kernel for node in graph.nodes if isinstance(node.layer, L.Conv2D) and node.layer.groups > 1
    } == {(side, side)}


def test_a_bottleneck_acts_before_it_weighs_its_channels() -> None:
    head = "| Input | Operator | exp size | #out | SE | NL | s |\n|---|---|---|---|---|---|---|\n"
    body = "| 32×32×3 | conv2d 3x3 | - | 16 | - | HS | 2 |\n| 16×16×16 | bneck, 3x3 | 64 | 16 | ✓ | HS | 1 |\n"
    graph = model_of(f"{head}{body}| 16×16×16 | conv2d 1x1 | - | 32 | - | HS | 1 |\n")
    kinds = [type(node.layer).__name__ for node in graph.nodes]
    assert kinds[kinds.index("GlobalAvgPool2D") - 1] == "HardSwish"
    assert kinds[kinds.index("ScaleBy") - 1] == "HardSigmoid"


def test_how_many_layers_designs_have_is_no_layer() -> None:
    table = lines("| | A | B |", "| # conv layers | 2 | 3 |", "| | conv(3,8) | conv(3,8) |",
                  "| | conv(8,16) | conv(8,16) |", "| | pool 2x2 | conv(16,16) |", "| | FC 10 | FC 10 |")  # fmt: skip
    kinds = [type(node.layer).__name__ for node in model_of(table, variant="B").nodes]
    assert kinds == ["Conv2D", "Conv2D", "Conv2D", "Flatten", "Dense"]


def test_what_comes_in_is_joined_at_the_end() -> None:
    head = "| Name | Nout | Function |\n|---|---|---|\n| INPUT | 3 | |\n"
    body = ("ENC1 | 8 | Convolution 3×3", "POOL1 | 8 | Maxpool 2×2", "UP1 | 8 | Upsample 2×2",
            "CONCAT1 | 11 | Concatenate INPUT", "DEC1 | 3 | Convolution 3×3")  # fmt: skip
    graph = model_of("The input is 32×32×3.\n\n" + head + "".join(f"| {each} |\n" for each in body))
    joined = next(node for node in graph.nodes if isinstance(node.layer, L.Concat))
    assert joined.inputs[1].node == graph.inputs[0].name


SMALL = [("Type", "Kernel", "Stride", "Filters"), ("conv.", "3x3", "1x1", "8"), ("conv.", "3x3", "2x2", "16"),
         ("conv.", "3x3", "1x1", "32")]  # fmt: skip


def test_names_of_tables_side_by_side_go_on_in_their_second_line() -> None:
    texts: list[Text] = [(180, 80, "Table 1: The networks.")]
    rules: list[Rule] = []
    for left, name in ((72, "(a) The coarse net-"), (330, "(b) The fine net-")):
        texts += [(left, 100, name), (left, 111, "work")]
        texts += rows(130, (left, left + 60, left + 120, left + 170), SMALL)
        rules += [(118, left, left + 210), (133, left, left + 210), (172, left, left + 210)]
    texts += [(72, 240 + 11 * i, f"{PROSE} {i}") for i in range(20)]
    assert [each.title for one in sightings(pdf((texts, rules))) for each in one.designs] == [
        "The coarse network", "The fine network"
    ]  # fmt: skip


def test_an_end_that_is_said_of_convolutions_is_of_no_dense() -> None:
    said = "All layers use ReLU except for the last convolution layer, where the output uses a Sigmoid."
    body = "| Type | Kernel | Outputs |\n|---|---|---|\n| conv. | 3×3 | 8 |\n| conv. | 3×3 | 16 |\n"
    ends = [type(model_of(f"Table 1: {said}\n\n{body}{end}").nodes[-1].layer).__name__
            for end in ("| conv. | 3×3 | 3 |\n", "| conv. | 3×3 | 8 |\n| FC | - | 10 |\n")]  # fmt: skip
    assert ends[0] == "Sigmoid" != ends[1]


def test_steps_of_a_sequence_are_a_printed_size() -> None:
    table = "| Layers | Out size | Configuration |\n|---|---|---|\n| Input | 8×25×1 | |\n| conv | 8×25 | 3×3, 16 |\n"
    report = Report()
    model_of(f"{table}| pool | 1×25 | 8×1 max pool |\n| BiLSTM | 25 | 32 hidden units |\n", report=report)
    assert not any("BiLSTM" in each.message and "printed" in each.message for each in report)
    assert read_cell("Att. LSTM")[0].unclear


@pytest.mark.parametrize(
    "said", ["“ln” denotes the length normalization layer", "“LN” DENOTES THE LENGTH NORMALIZA- TION"]
)
def test_letters_that_stand_for_another_layer_than_usual(said: str) -> None:
    table = (
        "| layer name | structure |\n|---|---|\n| conv1 | 3×3, 8 |\n| conv2 | 3×3, 16 |\n| affine | 16 |\n| ln | - |\n"
    )
    kinds = [type(node.layer).__name__ for node in model_of(f"Table 1: The net. {said}.\n\n{table}").nodes]
    assert kinds[-1] == "L2Normalize"


def test_kinds_of_layers_that_recur_are_one_each_time() -> None:
    table = lines("| Layer | conv | pool | conv | conv | FC |", "| Net-S | 5×5, 16 | 2×2/2 | 3×3, 32 | 3×3, 48 | 10 |",
                  "| Net-L | 5×5, 32 | 2×2/2 | 3×3, 64 | 3×3, 96 | 10 |")  # fmt: skip
    made = [node.layer for node in model_of(table, variant="Net-L").nodes if isinstance(node.layer, L.Conv2D)]
    assert [(each.filters, each.kernel[0]) for each in made] == [(32, 5), (64, 3), (96, 3)]
