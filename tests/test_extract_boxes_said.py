"""What boxes of figures say: windows beside counts, activations alone, sizes by those of other boxes, dense blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from extract.designs.box_lines import said_in
from extract.designs.figure_design import design_of
from extract.designs.hand_drawn import said
from extract.designs.unheard import UNBENT
from extract.drawings.drawn import DrawnLayer
from ir import Report
from ir.graph import Graph
from ir.origin import Origin, Source
from tests.questions import questions
from tests.volume_figures import arrow, bar, drawn, text


def built(texts: Sequence[str], edges: Sequence[tuple[int, int]] = (), caption: str = "") -> tuple[Graph, list[str]]:
    """Return the design of boxes with such texts, in a row where nothing is said of arrows, and what is asked."""
    layers = [DrawnLayer("", text.replace("\n", " "), lines=tuple(text.split("\n"))) for text in texts]
    report = Report()
    row = [(i, i + 1) for i in range(len(texts) - 1)]
    graph = design_of(layers, edges or row, "net", Origin(Source("figure")), report, caption)
    return graph, questions(report)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Conv 41×11, 32", {"kernel": (41, 11), "filters": 32}),
        ("2D Conv 20x5 (64)", {"kernel": (20, 5), "filters": 64}),
        ("32 Conv 41×11", {"kernel": (41, 11), "filters": 32}),
        ("Conv 64×3, stride 2", {"kernel": (3, 3), "filters": 64, "stride": (2, 2)}),
        ("Conv 64×3, 2", {"kernel": (3, 3), "filters": 64}),
        ("Conv 3×3, k=12", {"kernel": (3, 3), "filters": 12}),
        ("Conv 1x1, k=64", {"kernel": (1, 1), "filters": 64}),
        ("Conv 64, k=3", {"kernel": (3, 3), "filters": 64}),
    ],
)
def test_windows_beside_counts(text: str, wanted: dict[str, Any]) -> None:
    (reading,) = said(text)
    assert (reading.kind, reading.params) == ("conv", wanted)


@pytest.mark.parametrize(
    ("lines", "kinds"),
    [
        (("Relu activation",), ["relu"]),
        (("Activation: sigmoid",), ["sigmoid"]),
        (("1x1 Conv", "(384 Linear)"), ["conv"]),
        (("fc6", "(Dense 4096)"), ["dense"]),
    ],
)
def test_words_that_are_no_layers_of_their_own(lines: tuple[str, ...], kinds: list[str]) -> None:
    assert [each.kind for each in said_in(lines)] == kinds


def test_small_sizes_are_what_layers_give_where_large_ones_are() -> None:
    texts = ("Image 64×64×3", "Conv1\n32×32×16", "Conv2\n16×16×32", "Conv3\n8×8×64", "Conv4\n4×4×64")
    graph, asked = built(texts)
    convs = [each.layer for each in graph.nodes if type(each.layer).__name__ == "Conv2D"]
    assert [each.filters for each in convs] == [16, 32, 64, 64]
    assert {each.kernel for each in convs} == {(3, 3)}
    assert sum("what is the kernel" in each for each in asked) == 4
    graph, _ = built(("Image 64×64×3", "Conv1\n7×7×16", "Conv2\n5×5×32"))
    assert [each.layer.kernel for each in graph.nodes] == [(7, 7), (5, 5)]


def test_what_ctc_decodes_is_told_at_each_step() -> None:
    graph, _ = built(("Image 32×128×1", "Conv 3×3, 32", "GRU 64", "Fully connected, 29", "CTC"))
    kinds = [type(each.layer).__name__ for each in graph.nodes]
    assert kinds[-2:] == ["GRU", "Dense"]


def test_what_all_before_leads_to_is_put_behind_each_other() -> None:
    texts = ("Image 32×32×16", "BN-ReLU-Conv 3×3, 12", "BN-ReLU-Conv 3×3, 12", "BN-ReLU-Conv 3×3, 12")
    graph, asked = built(texts, [(a, b) for b in range(4) for a in range(b)])
    joins = [len(each.inputs) for each in graph.nodes if type(each.layer).__name__ == "Concat"]
    assert joins == [2, 3]
    assert sum("as in DenseNets" in each for each in asked) == 2


def test_shortcuts_around_two_layers_each_are_no_dense_block() -> None:
    texts = ("Image 32×32×16", *["Conv 3×3, 16"] * 4)
    graph, _ = built(texts, [(0, 1), (1, 2), (0, 3), (2, 3), (3, 4)])
    assert "Concat" not in [type(each.layer).__name__ for each in graph.nodes]


@pytest.mark.parametrize("below", [True, False])
def test_sizes_in_a_row_beside_boxes_are_what_these_give(below: bool) -> None:
    said = ("image", "conv 5x5, 8", "max pool 2x2", "conv 3x3, 16", "softmax")
    sizes = ("28x28x1", "24x24x8", "12x12x8", "12x12x16", "10")
    boxes = [bar(20 + 130 * i, 100, 90, 40) + text(65 + 130 * i, 124, each) for i, each in enumerate(said)]
    arrows = [arrow(110 + 130 * i, 120, 150 + 130 * i, 120) for i in range(4)]
    row = [text(65 + 130 * i, 156 if below else 93, each, 12) for i, each in enumerate(sizes)]
    graph, asked = drawn(*boxes, *arrows, *row)
    convs = [each.layer for each in graph.nodes if type(each.layer).__name__ == "Conv2D"]
    assert [each.pad for each in convs] == [((0, 0), (0, 0)), ((1, 1), (1, 1))]
    assert (graph.inputs[0].shape, asked) == ((None, 1, 28, 28), [UNBENT])


def kinds(graph: Graph) -> list[str]:
    return [type(each.layer).__name__ for each in graph.nodes]


@pytest.mark.parametrize(
    ("texts", "caption", "wanted"),
    [
        (("conv 3x3, 8", "fc 10"), "All convolutions are followed by ReLU.", ["Conv2D", "ReLU", "Flatten", "Dense"]),
        (
            ("conv 3x3, 8\nconv 3x3, 8",),
            "Each convolution is followed by BN and ReLU.",
            ["Conv2D", "BatchNorm", "ReLU"] * 2,
        ),
        (("conv 3x3, 8", "ReLU", "fc 10"), "All layers use ReLU.", ["Conv2D", "ReLU", "Flatten", "Dense"]),
        (("fc 8", "fc 10"), "All hidden layers use tanh.", ["Flatten", "Dense", "Tanh", "Dense"]),
        (("conv 3x3, 8", "fc 10"), "A network with ReLU.", ["Conv2D", "Flatten", "Dense"]),
    ],
)
def test_captions_say_what_stands_behind_all_layers(texts: tuple[str, ...], caption: str, wanted: list[str]) -> None:
    assert kinds(built(("Image 8x8x3", *texts), caption=caption)[0]) == wanted


@pytest.mark.parametrize("said", ["Conv, width 3, 100 filters", "3x300 conv, 100 filters"])
def test_convolutions_behind_words_go_along_them(said: str) -> None:
    graph, _ = built(("Sentence", "Word embedding\n(300-d)", said, "Max over time"))
    (conv,) = [each.layer for each in graph.nodes if type(each.layer).__name__ == "Conv1D"]
    assert (conv.filters, conv.kernel) == (100, (3,))
