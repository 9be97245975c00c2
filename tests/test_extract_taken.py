"""What layers take: by names in another table or beside sizes, by how many channels, and by what is said of them."""

from __future__ import annotations

import pytest

from extract.columns.table_design import TableDesign
from extract.structure.tiling import around
from extract.tables.going_on import gone_on
from extract.words.cells import read_attributes, read_cell
from extract.words.reading import Reading
from ir import Report
from ir import layers as L
from tests.test_extract_families import model_of
from tests.test_extract_wrapping import COLUMNS, line

WIDE = """
| Name | Kernel | Str. | Ch I/O | InpRes | Input |
|---|---|---|---|---|---|
| conv1 | 7x7 | 2 | 6/16 | 64x64 | Images |
| conv2 | 5x5 | 2 | 16/32 | 32x32 | conv1 |
| upconv1 | 4x4 | 2 | 32/16 | 16x16 | conv2 |
| iconv1 | 3x3 | 1 | 32/16 | 32x32 | upconv1+conv1 |
"""


def test_a_column_of_names_beside_one_of_sizes_says_what_layers_take() -> None:
    graph = model_of(WIDE)
    assert graph.inputs[0].shape == (None, 6, 64, 64)
    assert [type(each.layer).__name__ for each in graph.nodes] == [
        *("Conv2D", "Conv2D", "Conv2DTranspose", "Concat", "Conv2D"),
    ]


def design(config: str, *layers: tuple[str, tuple[str, ...]]) -> TableDesign:
    readings = tuple(Reading("conv", {"taken": taken}, names=(name,)) for name, taken in layers)
    return TableDesign(config, "rows", readings)


def test_a_table_that_takes_layers_of_the_one_beside_it_goes_on_from_that() -> None:
    first = design("Encoder", ("conv1", ("image",)), ("conv2", ("conv1",)))
    (whole,) = gone_on([first, design("Decoder", ("up1", ("conv2",)), ("out", ("up1", "conv1")))])
    assert (whole.config, [each.names[0] for each in whole.readings]) == ("", ["conv1", "conv2", "up1", "out"])
    others = [first, design("small", ("conv1", ("image",)), ("conv2", ("conv1",)))]
    assert gone_on(others) == others


def test_a_rule_through_the_names_parts_what_stands_around_them() -> None:
    head, name = line(0, "a", "Head", "1"), line(24, "conv1", "Kernel: 3", "2")
    lines = [head, line(12, "", "Filters: 8", ""), name, line(36, "", "Border: 1", "")]
    groups = [[0], [1], [2], [3]]
    assert around(groups, lines, COLUMNS) == [[0], [1, 2, 3]]
    assert around(groups, lines, COLUMNS, {2, 3}) == groups


def test_what_comes_in_beside_the_first_layer_is_no_window() -> None:
    assert read_attributes("input 64 x 64 x 1", "conv") == {"input": (64, 64, 1)}
    assert read_attributes("3x3, input size 32x32x3, stride 2", "conv") == {
        "input": (32, 32, 3),
        "kernel": (3, 3),
        "stride": (2, 2),
    }


def test_a_width_with_its_activation_behind_the_name_of_a_layer_is_its_own() -> None:
    assert [(each.kind, each.params) for each in read_cell("FC, 128 ReLU")] == [("dense", {"units": 128})]


HEAD = "| Layer | Filters | Kernel | Stride |\n|---|---|---|---|\n"


@pytest.mark.parametrize(
    ("said", "axes", "shape"),
    [
        ("The input is a time series of 8192 samples.", 1, (None, 1, 8192)),
        ("The network takes the raw waveform.", 1, (None, 1, 1024)),
        ("The network takes spectrograms of the raw waveform.", 2, (None, 3, 224, 224)),
    ],
)
def test_windows_of_one_size_go_along_signals(said: str, axes: int, shape: tuple[int, ...]) -> None:
    report = Report()
    graph = model_of(
        f"Table 1: The network. {said}\n\n{HEAD}| conv1 | 8 | 9 | 1 |\n| conv2 | 16 | 5 | 2 |\n", report=report
    )
    assert [type(each.layer).__name__ for each in graph.nodes] == [f"Conv{axes}D"] * 2
    assert graph.inputs[0].shape == shape
    assert any("input" in each.message for each in report)


def test_steps_of_less_than_one_are_upsamplings_where_the_caption_says_so() -> None:
    said = "All kernels are 3x3. A stride of less than 1 is an upsampling preceding the convolution."
    table = "| Layer | Resolution | Channels | Stride |\n|---|---|---|---|\n| data | 64 | 3 | - |\n"
    rows = "| conv1 | 32 | 16 | 2 |\n| conv2 | 64 | 8 | .5 |\n"
    graph = model_of(f"Table 1: The network. {said}\n\n{table}{rows}")
    assert [each.layer for each in graph.nodes] == [
        L.Conv2D(filters=16, kernel=3, stride=2, pad=1),
        L.Upsample2D(scale=2),
        L.Conv2D(filters=8, kernel=3, pad=1),
    ]


def test_layers_that_a_text_names_behind_each_other_are_all_kept() -> None:
    assert [each.kind for each in read_cell("Conv2D 32 MaxPooling2D 2x2 Dropout 0.25")] == [
        "conv",
        "maxpool",
        "dropout",
    ]
    assert [each.params for each in read_cell("conv 3x3 16 conv 3x3 32")] == [
        {"kernel": (3, 3), "filters": 16},
        {"kernel": (3, 3), "filters": 32},
    ]


def test_a_softmax_in_a_column_of_norms_and_activations_stands_behind_its_layer() -> None:
    head = "| Operation | Kernel | Output | Normalization/activation |\n|---|---|---|---|\n| Input | | 8x8x3 | |\n"
    rows = "| Conv | 3x3 | 8x8x16 | BatchNorm, ReLU |\n| Conv | 3x3 | 8x8x8 | BatchNorm, ReLU |\n"
    last = "| Conv | 1x1 | 8x8x2 | Softmax |\n"
    assert [type(each.layer).__name__ for each in model_of(head + rows + last).nodes][-2:] == ["Conv2D", "Softmax"]


def test_stacked_frames_are_channels_whatever_letters_the_caption_has() -> None:
    said = "The input is a stack of four grayscale frames of size 84 x 84."
    for caption in (said, said.upper()):
        graph = model_of(f"Table 1: The network. {caption}\n\n{HEAD}| conv1 | 8 | 3 | 1 |\n| conv2 | 16 | 3 | 2 |\n")
        assert graph.inputs[0].shape == (None, 4, 84, 84)
