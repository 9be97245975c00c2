"""Cells of tables and texts in boxes, in the ways that papers write them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extract.words.cells import read_cell
from extract.words.reading import Reading
from extract.words.spellings import normalized

ROWS = [
    ("conv3-64", [Reading("conv", {"kernel": (3, 3), "filters": 64})]),
    ("conv1-256", [Reading("conv", {"kernel": (1, 1), "filters": 256})]),
    ("FC-4096", [Reading("dense", {"units": 4096})]),
    ("maxpool", [Reading("maxpool")]),
    ("soft-max", [Reading("softmax")]),
    ("7×7, 64, stride 2", [Reading("conv", {"stride": (2, 2), "kernel": (7, 7), "filters": 64})]),
    ("3×3 max pool, stride 2", [Reading("maxpool", {"stride": (2, 2), "kernel": (3, 3)})]),
    (
        "[3×3, 64; 3×3, 64]×3",
        [
            Reading(
                "block",
                times=3,
                block=(
                    Reading("conv", {"kernel": (3, 3), "filters": 64}),
                    Reading("conv", {"kernel": (3, 3), "filters": 64}),
                ),
            )
        ],
    ),
    (
        "[1×1, 128; 3×3, 128, C=32; 1×1, 256]×4",
        [
            Reading(
                "block",
                times=4,
                block=(
                    Reading("conv", {"kernel": (1, 1), "filters": 128}),
                    Reading("conv", {"groups": 32, "kernel": (3, 3), "filters": 128}),
                    Reading("conv", {"kernel": (1, 1), "filters": 256}),
                ),
            )
        ],
    ),
    ("average pool; 1000-d fc; softmax", [Reading("avgpool"), Reading("dense", {"units": 1000}), Reading("softmax")]),
    (
        "[1 × 1 conv; 3 × 3 conv] × 6",
        [
            Reading(
                "block",
                times=6,
                block=(
                    Reading("conv", {"kernel": (1, 1)}),
                    Reading("conv", {"kernel": (3, 3)}),
                ),
            )
        ],
    ),
    ("2 × 2 average pool, stride 2", [Reading("avgpool", {"stride": (2, 2), "kernel": (2, 2)})]),
    ("3 × 3 conv. 96 ReLU", [Reading("conv", {"kernel": (3, 3), "filters": 96}, ("relu",))]),
    ("global averaging over 6 × 6 spatial dimensions", [Reading("gavgpool", {"kernel": (6, 6)})]),
    ("Conv / s2", [Reading("conv", {"stride": (2, 2)})]),
    ("Conv dw / s1", [Reading("dwconv", {"stride": (1, 1)})]),
    (
        "3 × 3 × 3 × 32",  # The window of a picture in colour, or of a volume.
        [Reading("conv", {"kernel": (3, 3), "in_channels": 3, "filters": 32, "window": (3, 3, 3)})],
    ),
    ("3 × 3 × 32 dw", [Reading("dwconv", {"kernel": (3, 3), "in_channels": 32})]),
    (
        "5× Conv dw / s1; Conv / s1",
        [
            Reading(
                "block",
                times=5,
                block=(
                    Reading("dwconv", {"stride": (1, 1)}),
                    Reading("conv", {"stride": (1, 1)}),
                ),
            )
        ],
    ),
    ("FC / s1", [Reading("dense", {"stride": (1, 1)})]),
    ("MBConv6, k3x3", [Reading("mbconv", {"kernel": (3, 3), "expand": 6})]),
    ("bneck, 5x5", [Reading("mbconv", {"kernel": (5, 5)})]),
    ("conv2d 1x1", [Reading("conv", {"kernel": (1, 1)})]),
    ("c7s1-64", [Reading("conv", {"kernel": (7, 7), "stride": (1, 1), "filters": 64})]),
    (
        "64c5-p2-64c5-p2-512fc-10",
        [
            Reading("conv", {"filters": 64, "kernel": (5, 5)}),
            Reading("maxpool", {"kernel": (2, 2)}),
            Reading("conv", {"filters": 64, "kernel": (5, 5)}),
            Reading("maxpool", {"kernel": (2, 2)}),
            Reading("dense", {"units": 512}),
            Reading("dense", {"units": 10}),
        ],
    ),
    (
        "(2×128C3)-MP2-(2×256C3)-MP2-1024FC-10",
        [
            Reading("conv", {"filters": 128, "kernel": (3, 3)}, times=2),
            Reading("maxpool", {"kernel": (2, 2)}),
            Reading("conv", {"filters": 256, "kernel": (3, 3)}, times=2),
            Reading("maxpool", {"kernel": (2, 2)}),
            Reading("dense", {"units": 1024}),
            Reading("dense", {"units": 10}),
        ],
    ),
    (
        "Conv2D(64, (3, 3), strides=2, activation='relu')",
        [Reading("conv", {"unpadded": True, "filters": 64, "kernel": (3, 3), "stride": (2, 2)}, ("relu",))],
    ),
    (
        "nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3)",
        [
            Reading(
                "conv",
                {"unpadded": True, "in_channels": 3, "filters": 64, "kernel": (7, 7), "stride": (2, 2), "pad": 3},
            )
        ],
    ),
    (
        "CONV-(N64, K7x7, S1, P3), IN, ReLU",
        [Reading("conv", {"filters": 64, "kernel": (7, 7), "stride": (1, 1), "pad": 3}, ("in", "relu"))],
    ),
    (
        "5x5 conv, 64, stride 2, pad 2, BN, LeakyReLU(0.2)",
        [
            Reading(
                "conv", {"stride": (2, 2), "pad": 2, "kernel": (5, 5), "slope": 0.2, "filters": 64}, ("bn", "leakyrelu")
            )
        ],
    ),
    ("Dropout 50%", [Reading("dropout", {"rate": 0.5})]),
    ("Dropout (p = 0.5)", [Reading("dropout", {"rate": 0.5})]),
    ("FC 1024 → 10", [Reading("dense", {"in_features": 1024, "units": 10})]),
    ("Linear(512, 10)", [Reading("dense", {"in_features": 512, "units": 10})]),
    ("LSTM, 128 units", [Reading("lstm", {"units": 128})]),
    ("Bi-LSTM (256)", [Reading("bilstm", {"units": 256})]),
    ("10-way softmax", [Reading("dense", {"units": 10}), Reading("softmax")]),
    ("3×3 dilated conv, rate 4, 256", [Reading("conv", {"dilation": 4, "kernel": (3, 3), "filters": 256})]),
    ("kernel size: 11 stride: 4 pad: 0", [Reading("", {"kernel": (11, 11), "stride": (4, 4), "pad": 0})]),
    ("max pool / 3×3 / 2", [Reading("maxpool", {"stride": (2, 2), "kernel": (3, 3)})]),
    ("7×7/2", [Reading("conv", {"stride": (2, 2), "kernel": (7, 7)})]),
    ("28×28×64", []),
    ("Max Pooling (2,2)", [Reading("maxpool", {"kernel": (2, 2)})]),
    ("Input 32 × 32 RGB", [Reading("input", {"shape": (32, 32, 3)})]),
    ("FC 4096, ReLU, dropout 0.5", [Reading("dense", {"units": 4096}, ("relu",)), Reading("dropout", {"rate": 0.5})]),
    ("max-pool 2/2", [Reading("maxpool", {"stride": (2, 2), "kernel": (2, 2)})]),
]


def plain(reading: Reading) -> Reading:
    """Leave out the text that a reading was made of."""
    return replace(reading, text="", block=tuple(map(plain, reading.block)))


@pytest.mark.parametrize(("text", "wanted"), ROWS, ids=[text for text, _ in ROWS])
def test_a_cell_is_read(text: str, wanted: list[Reading]) -> None:
    assert [plain(each) for each in read_cell(text)] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3x3", "3×3"),
        ("3 X 3", "3 × 3"),
        ("3*3", "3×3"),
        ("conv\u20113", "conv-3"),
        ("5x conv", "5× conv"),
        ("a\nb", "a; b"),
        ("[3x3, 64]\nx 3", "[3×3, 64]; × 3"),
        ("x3 boxes", "x3 boxes"),
    ],
)
def test_signs_of_one_meaning_are_one(text: str, wanted: str) -> None:
    assert normalized(text) == wanted


@pytest.mark.parametrize(
    "text", ["", "   ", "-", "((((", "[3 × 3", "]" * 300, "1" * 5000, "×" * 50, "\x00", "(" * 500, "a," * 400]
)
def test_odd_cells_are_none_or_something_but_no_error(text: str) -> None:
    assert isinstance(read_cell(text), list)


@pytest.mark.parametrize("text", ["2.3 · 10^19", "1.0 × 10^20\n1.4 × 10^20", "3.6x10^-9"])
def test_a_number_times_a_power_of_ten_is_no_layer(text: str) -> None:
    assert read_cell(text) == []
