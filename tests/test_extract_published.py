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
