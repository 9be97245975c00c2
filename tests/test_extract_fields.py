"""Tables of networks from many fields, in the plain words of their authors: what all layers have, sizes, steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extract.paper import Found, texts_of
from extract.words.cells import read_cell
from extract.words.reading import Reading
from ir import Report
from ir import layers as L
from tests.questions import questions
from tests.test_extract_asked import asked
from tests.test_extract_families import model_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table


def designs(text: str) -> list[Found]:
    """Return the designs of the tables in a text."""
    return texts_of(Path("net.md"), text.encode())


def layers(head: str, *lines: str) -> tuple[Reading, ...]:
    """Return the layers of the one design of a table."""
    (found,) = designs(table(head, *lines))
    return tuple(found.design.readings)


def test_what_all_blocks_are_made_of_stands_behind_each_convolution() -> None:
    said = "- Input: 40×40×1 pictures\n- Architecture: 2-layer CNN (Conv→BN→ReLU blocks)\n- Output: 3 classes\n\n"
    graph = model_of(
        said + table("Layer | Output", "Conv2D (8, 3×3, s=2) | 20×20×8", "GlobalAvgPool | 8", "Dense (3) | 3")
    )
    assert kinds(graph)[:3] == ["Conv2D", "BatchNorm", "ReLU"]


def test_widths_that_a_cell_chains_among_other_settings_are_those_of_each_layer() -> None:
    head = "Part | Layer | Detail"
    first, second, third, *others = layers(
        head, "Encoder | Conv1D × 3 | Filters: 24→12→6, kernel=3, ReLU", "Code | Dense | 5 units", "Out | Dense | 7"
    )
    assert [each.params["filters"] for each in (first, second, third)] == [24, 12, 6]
    assert [each.kind for each in others] == ["dense", "dense"]
    *_, last = layers(
        head, "Code | Dense | 5 units", "Mid | Dense | 9", "Decoder | Conv1DTranspose × 3 | 6→12→24→all of it"
    )
    assert last.unclear


@pytest.mark.parametrize(("name", "size"), [("Conv1d(6→8, k=9, s=2)", 400), ("Conv1d(6→8, k=9, s=2, padding=0)", 408)])
def test_calls_that_leave_out_borders_leave_out_that_of_the_first_too(name: str, size: int) -> None:
    second = "Conv1d(8→8, k=5, s=2)"
    text = table("Layer | Type | Output", f"a | {name} | (B, 8, 200)", f"b | {second} | (B, 8, 100)")
    assert model_of(text).inputs[0].shape == (None, 6, size)


def test_the_stride_of_the_first_layer_that_no_size_tells_is_asked() -> None:
    rows = ("conv2d | (None, 31, 98, 24) | 1,824", "conv2d_1 | (None, 14, 47, 36) | 21,636", "flatten | (None, 23688)")
    (question,) = [each for each in asked(table("Layer | Output Shape | Param #", *rows)) if "stride" in each]
    assert "conv2d" in question


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        (
            "Parameter | Value",
            (
                "Points | 4096",
                "Episode length | 300",
                "MLP layers of the policy | 3",
                "Units of all MLP layers | 256",
                "Batch size | 32",
                "Optimizer | SGD",
                "Learning rate | 0.1",
            ),
        ),
        (
            "Model | Parameter | Value",
            (
                "SVM | kernel | rbf",
                "- | gamma | scale",
                "DNN | hidden\\_size\\_1 | 96",
                "- | activation | ReLU",
                "- | dropout | 0.3",
                "- | learning\\_rate | 0.01",
                "- | batch\\_size | 8",
                "MLP | hidden\\_size | 24",
            ),
        ),
    ],
)
def test_settings_of_training_are_no_layers(head: str, lines: tuple[str, ...]) -> None:
    assert designs(table(head, *lines)) == []


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (("Flatten | turns", "Dense (12) | gives one score for each class", "Softmax | shares"), {"units": 12}),
        (("Dense (64) | hidden", "Output (9) | 9", "Softmax | -"), {"units": 9}),
    ],
)
def test_units_in_brackets_are_no_counters(lines: tuple[str, ...], wanted: dict[str, Any]) -> None:
    found = [each for each in layers("Layer | Purpose", *lines) if each.kind == "dense"][-1]
    assert wanted.items() <= found.params.items()


def test_sums_of_layers_of_a_kind_are_no_layers() -> None:
    found = layers(
        "Layer | Output | Parameters",
        *("Conv1 (3×3, 8) | 20×20×8 | 224",),
        *("Conv2 (3×3, 8) | 20×20×8 | 584", "FC1 | 6 | 19,206", "**Conv layers total** | - | 224"),
    )
    assert [each.kind for each in found] == ["conv", "conv", "dense"]


def test_the_word_batch_in_front_of_sizes_is_none_of_them() -> None:
    graph = model_of(
        table(
            "Layer | Output Shape | Details",
            *("Input (noise) | `[batch, 50, 1, 1]` | random", "ConvTranspose2d | `[batch, 64, 4, 4]` | kernel=4"),
            *(f"ConvTranspose2d | `[batch, {64 >> i}, {4 << i}, {4 << i}]` | kernel=4, stride=2" for i in (1, 2)),
        )
    )
    assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2DTranspose)] == [64, 32, 16]


def test_what_features_come_in_as_is_no_layer() -> None:
    first, second, *_ = layers(
        "Layer | Type | Units / Details | Activation",
        *(
            "Input | Dense | 21 features | -",
            "Hidden 1 | Dense | 48 units | ReLU",
            "Output | Dense | 4 units | Softmax",
        ),
    )
    assert (first.kind, first.params["output"], second.params["units"]) == ("input", (21,), 48)
    lines = ("Input | Dense | 21 | ReLU", "Hidden | Dense | 48 | ReLU", "Output | Dense | 4 | Softmax")
    first, *_ = layers("Layer | Type | Units | Activation", *lines)
    assert first.kind == "dense"


def test_an_adaptive_pooling_gives_the_size_that_is_printed() -> None:
    rows = (
        "Conv2d-1 | [-1, 8, 12, 12] | 224",
        "AdaptiveAvgPool2d-2 | [-1, 8, 6, 6] | 0",
        "Linear-3 | [-1, 5] | 1,445",
    )
    text = table("Layer (type) | Output Shape | Param #", *rows)
    (pool,) = [node.layer for node in model_of(text).nodes if isinstance(node.layer, L.AvgPool2D)]
    assert (pool.kernel, pool.stride) == ((2, 2), (2, 2))
    assert not [each for each in asked(text) if "Adaptive" in each]


def test_a_row_that_hands_on_the_last_step_is_that_of_the_layer_in_front() -> None:
    rows = (
        "LSTM 1 | (20, 7) | (20, 16) | 1,536",
        "Extract Last | (20, 16) | (16) | 0",
        "FC 1 | (16) | (8) | 136",
        "FC 2 | (8) | (3) | 27",
    )
    graph = model_of(table("Layer | Input Shape | Output Shape | Parameters", *rows))
    assert kinds(graph) == ["LSTM", "Dense", "Dense"]
    first = graph.nodes[0].layer
    assert isinstance(first, L.LSTM)
    assert not first.sequences


LAST = ("LSTM | 12 | (None, 12)", "Dense | 8 | (None, 8)", "Dense | 1 | (None, 1)")


def test_steps_of_a_sequence_are_told_by_what_the_first_layer_gives() -> None:
    text = table("Layer | Units | Output Shape", "LSTM (return seq) | 24 | (None, 30, 24)", *LAST)
    assert model_of(text).inputs[0].shape[1] == 30


def test_channels_that_grow_are_told_from_steps_that_do_not() -> None:
    text = table(
        "Layer | Input → Output | Parameters",
        *("Conv1D | (batch, 16, 90) → (batch, 32, 90) | kernel_size=3, padding=1",),
        *("Conv1D | (batch, 32, 90) → (batch, 48, 90) | kernel_size=5, padding=2", "ReLU | - | -"),
    )
    report = Report()
    graph = model_of(text, report=report)
    assert graph.inputs[0].shape == (None, 16, 90)
    assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv1D)] == [32, 48]
    assert not questions(report)


def test_channels_that_the_first_layer_takes_come_in() -> None:
    text = table("Layer | Kernel | Channels", "Conv1D | 7 | 9 → 32", "Conv1D | 5 | 32 → 64", "Linear | - | 64 → 2")
    assert model_of(text).inputs[0].shape == (None, 9, 1024)


def test_rates_of_a_signal_are_no_sizes() -> None:
    first, *_ = layers(
        "Layer | Kernel | Stride | Channels | Output Rate",
        *("Conv1 | 8 | 4 | 32 | 2,000 Hz", "Conv2 | 3 | 2 | 32 | 1,000 Hz"),
    )
    assert "output" not in first.params


def test_channels_that_come_together_are_joined() -> None:
    rows = (
        "Conv1 | 12 | 3 x 32 x 32 | 12 x 16 x 16 | 4 x 4",
        "Conv2 | 24 | 12 x 16 x 16 | 24 x 8 x 8 | 4 x 4",
        "TConv1 | 12 | 24 x 8 x 8 | 12 x 16 x 16 | 4 x 4",
        "TConv2 | 1 | (12 + 12) x 16 x 16 | 1 x 32 x 32 | 4 x 4",
    )
    graph = model_of(table("Layer | Filters | Input Shape | Output Shape | Kernel Size", *rows))
    (join,) = [node for node in graph.nodes if isinstance(node.layer, L.Concat)]
    assert len(join.inputs) == 2


def test_as_many_widths_in_brackets_are_those_of_each() -> None:
    *_, one, two, three = layers(
        "Block | Layers | Channels",
        *(
            "Block 1 | 2 x Conv(3x3) + MaxPool | 16",
            "Block 2 | 2 x Conv(3x3) + MaxPool | 32",
            "End | 3 x FC (64, 48, 5) | -",
        ),
    )
    assert [each.params["units"] for each in (one, two, three)] == [64, 48, 5]
    assert {each.times for each in (one, two, three)} == {1}


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("FC 64, FC 48, FC 5", [64, 48, 5]),
        ("Dense 16, Dense 8, Dense 4", [16, 8, 4]),
        ("fc6 4096, fc7 4096, fc8 100", [4096, 4096, 100]),
        ("fc6, 4096", [4096]),
    ],
)
def test_each_dense_of_a_list_keeps_its_width(text: str, units: list[int]) -> None:
    assert [each.params["units"] for each in read_cell(text)] == units


def test_widths_beside_a_border_and_a_convolution_are_those_of_the_convolution() -> None:
    rows = ("ReflectionPad2d + Conv | 48 → 24 | ReLU", "Upsample (×2) | - | -", "ReflectionPad2d + Conv | 24 → 3 | -")
    found = layers("Layer | In → Out | Activation", *rows)
    assert [each.params.get("filters") for each in found if each.kind == "conv"] == [24, 3]
    assert all("pad" not in each.params for each in found if each.kind == "pad")


def test_the_shape_of_a_vector_is_what_comes_in() -> None:
    rows = ("Input | Input | (13,) | -", "Hidden 1 | Dense | 32 | ReLU", "Output | Dense | 1 | Sigmoid")
    assert model_of(table("Layer | Type | Units/Shape | Activation", *rows)).inputs[0].shape == (None, 13)


def test_the_image_that_comes_in_is_told_behind_several_layers_too() -> None:
    said = "Blocks of 3×3 kernels with padding=1.\n\n"
    rows = ("1 | Conv(3→8)×2 + BN + ReLU + MaxPool | 12×12×8", "2 | Conv(8→16) + BN + ReLU + MaxPool | 6×6×16")
    text = said + table("Block | Layers | Output shape", *rows, "End | Flatten + Linear(576→4) | 4")
    assert model_of(text).inputs[0].shape == (None, 3, 24, 24)


def test_a_border_of_four_numbers_is_kept_or_asked_about() -> None:
    rows = ("1 | Input | - | - | - | (16,16,3)", "2 | Max Pool | 3x3 | 2 | [0 1 0 1] | (3,8,8)")
    more = ("3 | Convolution/Relu | 5x5 | 1 | 2 | (6,8,8)", "4 | Fully Connected | 1x1 | 1 | 0 | (10)")
    graph = model_of(table("Layer | Name | Kernel | Stride | Padding | Output", *rows, *more))
    (pool,) = [node.layer for node in graph.nodes if isinstance(node.layer, L.MaxPool2D)]
    assert pool.pad == ((0, 1), (0, 1))
    rows = ("Conv | 5x5 | 1 | [1 2 3 0] | 8", "Max Pool | 2x2 | 2 | 0 | -", "Conv | 3x3 | 1 | 1 | 16")
    assert [each for each in asked(table("Layer | Kernel | Stride | Padding | Filters", *rows)) if "border" in each]
