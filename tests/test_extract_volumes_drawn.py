"""Designs that are drawn as volumes: cuboids, piles of sheets and bars, with numbers at their edges."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pdfplumber
import pytest

from extract.designs.unheard import UNBENT
from extract.drawings.drawing import of_svg
from extract.pages.page import Word, page_of
from extract.spatial.notes import notes_of
from extract.spatial.solids import solids_of
from ir.graph import Graph
from tests.pdf_pages import pdf
from tests.volume_figures import arrow, bar, cuboid, drawn, pile, polygon, text
from translator import read
from translator.options import ReadOptions


def layers_of(graph: Graph) -> list[tuple[str, dict[str, Any]]]:
    wanted = ("filters", "units", "kernel", "stride", "pad")
    said = [(type(each.layer).__name__, each.layer) for each in graph.nodes]
    return [(name, {key: getattr(layer, key) for key in wanted if hasattr(layer, key)}) for name, layer in said]


def solids(*parts: str) -> list[Any]:
    return solids_of(of_svg(f"<svg>{''.join(parts)}</svg>").paths)


def test_the_faces_of_a_cuboid_are_one_volume() -> None:
    (found,) = solids(cuboid(10, 50, 30, 60))
    assert (found.box, found.front, found.deep) == ((10, 30, 60, 110), (10, 50, 40, 110), True)


def test_a_cuboid_of_which_the_outline_is_drawn_has_its_front_below() -> None:
    corners = [(10, 50), (30, 30), (60, 30), (60, 90), (40, 110), (10, 110)]
    (found,) = solids(polygon(corners))
    assert (found.front, found.deep) == ((10, 50, 40, 110), True)


def test_sheets_over_each_other_in_equal_steps_are_one_volume() -> None:
    found = solids(pile(0, 0, 40, 6), bar(100, 0, 40, 40), bar(200, 0, 20, 40))
    assert [(each.deep, each.faces) for each in found] == [(True, 6), (False, 1), (False, 1)]


def test_a_small_cuboid_in_a_volume_is_its_window() -> None:
    (found,) = solids(cuboid(0, 50, 100, 100), cuboid(20, 100, 20, 20, 5))
    assert found.windows == ((20, 95, 45, 120),)


@pytest.mark.parametrize(
    ("said", "space", "channels", "units", "kinds"),
    [
        ("6@28x28", (28, 28), 6, None, []),
        ("C1: feature maps 6@28x28", (28, 28), 6, None, []),
        ("55 x 55 x 48", (55, 55), 48, None, []),
        ("256x6x6", (6, 6), 256, None, []),
        ("image size 224", (224, 224), None, None, []),
        ("284²", (284, 284), None, None, []),
        ("C5: layer 120", (), None, 120, []),
        ("4096 units", (), None, 4096, []),
        ("64 filters", (), 64, None, []),
        ("3x3 conv, 64", (), None, None, ["conv"]),
        ("conv1 55x55x96", (55, 55), 96, None, ["conv"]),
        ("Layer 6", (), None, None, []),
    ],
)
def test_what_is_written_at_a_volume(
    said: str, space: tuple[int, ...], channels: int | None, units: int | None, kinds: list[str]
) -> None:
    words = [Word(each, 60.0 * i, 0, 60.0 * i + 55, 14, 14, 10) for i, each in enumerate(said.split())]
    (note,) = notes_of(words)
    assert (note.space, note.channels, note.units) == (space, channels, units)
    assert [each.kind for each in note.layers] == kinds


def test_numbers_at_edges_tell_sizes_and_windows_tell_kernels() -> None:
    graph, asked = drawn(
        *(cuboid(40, 80, 10, 150, 40), text(30, 160, "64"), text(25, 250, "64"), text(45, 250, "3")),
        *(cuboid(60, 110, 5, 20, 8), text(84, 112, "5"), text(84, 130, "5"), text(100, 280, "Stride of 2")),
        *(cuboid(160, 110, 40, 90), text(150, 150, "32"), text(178, 88, "32"), text(180, 218, "48")),
        *(cuboid(165, 160, 20, 20, 5), text(197, 160, "3"), text(197, 175, "3")),
        text(245, 240, "Max pooling"),
        *(cuboid(300, 130, 60, 60), text(290, 160, "16"), text(325, 108, "16"), text(330, 208, "128")),
        *(bar(420, 60, 14, 160), text(427, 240, "512"), text(390, 50, "dense")),
        *(bar(480, 60, 14, 160), text(487, 240, "10"), text(460, 50, "dense")),
    )
    assert layers_of(graph) == [
        ("Conv2D", {"filters": 48, "kernel": (5, 5), "stride": (2, 2), "pad": ((2, 2), (2, 2))}),
        ("MaxPool2D", {"kernel": (2, 2), "stride": (2, 2), "pad": ((0, 0), (0, 0))}),
        ("Conv2D", {"filters": 128, "kernel": (3, 3), "stride": (1, 1), "pad": ((1, 1), (1, 1))}),
        ("Flatten", {}),
        ("Dense", {"units": 512}),
        ("Dense", {"units": 10}),
    ]
    assert graph.inputs[0].shape == (None, 3, 64, 64)
    assert asked == [UNBENT]


def test_what_gets_smaller_without_a_word_is_asked() -> None:
    sizes = ("32 x 32 x 3", "32 x 32 x 16", "16 x 16 x 16", "8 x 8 x 32")
    parts = [cuboid(30 + 120 * i, 60, 30, 90) + text(50 + 120 * i, 175, said) for i, said in enumerate(sizes)]
    graph, asked = drawn(*parts)
    assert [name for name, _ in layers_of(graph)] == ["Conv2D", "MaxPool2D", "Conv2D"]
    assert any("is it pooled?" in each for each in asked)
    assert any("from 16 x 16 to 8 x 8: by a stride, or a pooling" in each for each in asked)
    assert sum("what is the kernel" in each for each in asked) == 2


def test_a_pile_with_its_maps_gets_the_kernel_that_its_size_tells() -> None:
    graph, asked = drawn(
        *(bar(0, 60, 100, 100), text(50, 40, "input 32x32x1")),
        *(pile(150, 60, 70, 6), text(200, 40, "6@28x28"), text(130, 240, "Convolutions")),
        *(pile(300, 80, 40, 6), text(330, 40, "6@14x14"), text(260, 240, "Subsampling")),
        *(pile(400, 80, 30, 8), text(430, 40, "16@10x10"), text(380, 240, "Convolutions")),
        *(bar(520, 40, 12, 120), text(526, 30, "84 units")),
    )
    assert [(name, each.get("kernel", each.get("units"))) for name, each in layers_of(graph)] == [
        *(("Conv2D", (5, 5)), ("MaxPool2D", (2, 2)), ("Conv2D", (5, 5)), ("Flatten", None), ("Dense", 84)),
    ]
    assert graph.inputs[0].shape == (None, 1, 32, 32)
    assert [each for each in asked if "mean" not in each] == [UNBENT]


def test_the_colours_of_a_legend_tell_layers() -> None:
    colours = {"conv + ReLU": "#cce", "max pooling": "#e66", "fully connected": "#6c6"}
    keys = [
        bar(300, 200 + 25 * i, 10, 10, fill) + text(316 + 4 * len(said), 210 + 25 * i, said)
        for i, (said, fill) in enumerate(colours.items())
    ]
    row = [(0, 120, "conv + ReLU"), (34, 120, "conv + ReLU"), (100, 60, "max pooling"), (134, 60, "conv + ReLU")]
    slabs = [cuboid(20 + x, 170 - high, 10, high, 20, colours[said]) for x, high, said in row]
    graph, asked = drawn(
        *keys,
        *slabs,
        *(cuboid(240, 120, 60, 8, 5, colours["fully connected"]), text(272, 105, "1x1x100")),
        *(text(35, 190, "64x64x8"), text(150, 190, "32x32x16"), text(20, 20, "64x64x3")),
    )
    names = [(name, each.get("filters", each.get("units"))) for name, each in layers_of(graph)]
    wanted = [("Conv2D", 8), ("ReLU", None), ("Conv2D", 8), ("ReLU", None), ("MaxPool2D", None), ("Conv2D", 16)]
    assert names == [*wanted, ("ReLU", None), ("Flatten", None), ("Dense", 100)]
    assert all("what is the kernel" in each for each in asked)


def test_the_colours_of_arrows_tell_layers_and_what_is_copied_is_joined() -> None:
    blue, red, green, gray = "#00f", "#f00", "#080", "#888"
    legend = [(blue, "conv 3x3, ReLU"), (red, "max pool 2x2"), (green, "up-conv 2x2"), (gray, "copy and crop")]
    keys = [
        arrow(400, 300 + 25 * i, 430, 300 + 25 * i, fill) + text(436 + 3.5 * len(said), 305 + 25 * i, said)
        for i, (fill, said) in enumerate(legend)
    ]
    graph, asked = drawn(
        *keys,
        *(bar(20, 60, 10, 80), text(25, 50, "3"), text(25, 160, "36x36")),
        *(bar(100, 60, 20, 80), text(110, 50, "8"), text(110, 155, "34x34"), arrow(30, 100, 100, 100, blue)),
        *(bar(100, 210, 30, 40), text(115, 205, ""), text(115, 270, "17x17"), arrow(105, 140, 105, 210, red)),
        *(bar(200, 210, 30, 40), text(235, 205, "16"), text(215, 270, "15x15"), arrow(130, 230, 200, 230, blue)),
        *(bar(300, 60, 30, 80), text(315, 50, "16"), text(315, 155, "30x30"), arrow(120, 100, 300, 100, gray)),
        '<line x1="225" y1="210" x2="305" y2="147" stroke="#080"/>',
        polygon([(310, 141), (306, 150), (302, 144)], green, green),
        *(bar(420, 60, 20, 80), text(430, 50, "8"), text(430, 155, "28x28"), arrow(330, 100, 420, 100, blue)),
    )
    assert [name for name, _ in layers_of(graph)] == [
        *("Conv2D", "ReLU", "MaxPool2D", "Conv2D", "ReLU", "Conv2DTranspose", "Crop", "Concat", "Conv2D", "ReLU"),
    ]
    up = next(each for name, each in layers_of(graph) if name == "Conv2DTranspose")
    assert (up["filters"], up["kernel"]) == (8, (2, 2))
    assert asked == []


def test_bars_with_numbers_are_layers_of_units() -> None:
    sizes = (200, 90, 30, 200)
    parts = [bar(30 + 80 * i, 100 - n / 2, 20, n) + text(40 + 80 * i, 116 + n / 2, str(n)) for i, n in enumerate(sizes)]
    arrows = [arrow(50 + 80 * i, 100, 110 + 80 * i, 100) for i in range(3)]
    graph, asked = drawn(*parts, *arrows)
    assert [each.layer.units for each in graph.nodes] == [90, 30, 200]
    assert (graph.inputs[0].shape, asked) == ((None, 200), [UNBENT])


def row(y: float, said: Sequence[str], letters: bool = True) -> str:
    """A row of cuboids with their numbers of channels below."""
    parts = [
        cuboid(60 + 100 * i, y, 30, 60) + (text(75 + 100 * i, y + 78, each) if letters else "")
        for i, each in enumerate(said)
    ]
    return "".join(parts)


def test_two_rows_behind_one_input_are_halves() -> None:
    graph, asked = drawn(
        cuboid(-60, 110, 8, 120, 30), text(-56, 248, "3"), row(60, ("8", "16", "32")), row(220, ("8", "16", "32"))
    )
    assert [each["filters"] for _, each in layers_of(graph)] == [16, 32, 64]
    assert any("2 rows: are they parts of one?" in each for each in asked)


def test_a_net_that_is_drawn_twice_is_read_once() -> None:
    said = ("3", "16", "32")
    graph, asked = drawn(row(60, said), row(220, said))
    assert [each["filters"] for _, each in layers_of(graph)] == [16, 32]
    assert any("do they share their weights?" in each for each in asked)


def test_a_legend_whose_colours_are_one_says_nothing() -> None:
    keys = [
        bar(300, 20 + 25 * i, 10, 10, "#ccc") + text(340, 30 + 25 * i, said)
        for i, said in enumerate(("conv", "max pool"))
    ]
    graph, asked = drawn(
        *keys, *(cuboid(20 + 80 * i, 60, 20, 60, 20, "#ccc") + text(30 + 80 * i, 140, n) for i, n in enumerate("369"))
    )
    assert [name for name, _ in layers_of(graph)] == ["Conv2D", "Conv2D"]
    assert any("colours of the legend look alike" in each for each in asked)


def test_a_vector_becomes_an_image() -> None:
    graph, _ = drawn(
        *(bar(20, 60, 8, 80), text(24, 50, "100")),
        *(cuboid(120, 90, 60, 20, 10), text(150, 126, "4x4x64")),
        *(cuboid(300, 80, 40, 40, 15), text(320, 136, "8x8x32"), text(245, 60, "5x5 deconv, stride 2")),
        *(cuboid(460, 60, 10, 80, 25), text(470, 156, "16x16x3"), text(400, 40, "5x5 deconv, stride 2")),
    )
    assert [name for name, _ in layers_of(graph)] == ["Dense", "Reshape", "Conv2DTranspose", "Conv2DTranspose"]
    assert graph.nodes[0].layer.stated() == {"units": 1024}


def test_numbers_that_stand_obliquely_are_read() -> None:
    turn = "0.7071 0.7071 -0.7071 0.7071"
    drawn = f"BT /F1 10 Tf {turn} 100 500 Tm (384 maps) Tj ET BT /F1 10 Tf 1 0 0 1 200 500 Tm (plain) Tj ET"
    with pdfplumber.open(io.BytesIO(pdf(([], [], drawn)))) as file:
        found = page_of(file.pages[0]).words
    assert sorted((each.text, each.turned) for each in found) == [("384 maps", 1), ("plain", 0)]


def test_what_an_arrow_leads_past_a_layer_is_added_where_nothing_else_fits() -> None:
    past = '<polyline points="70,70 70,30 510,30 510,61" fill="none" stroke="#000"/>' + polygon(
        [(510, 70), (506, 61), (514, 61)], "#000"
    )
    boxes = [cuboid(40 + 210 * i, 90, 40, 60) + text(70 + 210 * i, 170, "8x8x16") for i in range(3)]
    ways = [arrow(102 + 210 * i, 110, 250 + 210 * i, 110) + text(170 + 210 * i, 100, "3x3 conv") for i in range(2)]
    graph, asked = drawn(*boxes, *ways, past)
    assert [name for name, _ in layers_of(graph)] == ["Conv2D", "Conv2D", "Add"]
    assert any("how does it join them? add is taken" in each for each in asked)


def test_volumes_that_are_drawn_as_loose_lines_are_read_as_they_look() -> None:
    lines, texts = [], []
    for x, wide, high, said in ((90, 15, 90, "32x32x3"), (220, 30, 76, "28x28x6"), (350, 30, 50, "14x14x6")):
        y, deep = 560.0, 18
        front = [
            (x, y, x + wide, y),
            (x + wide, y, x + wide, y + high),
            (x + wide, y + high, x, y + high),
            (x, y + high, x, y),
        ]
        back = [(x + deep, y + high + deep, x + wide + deep, y + high + deep)]
        back.append((x + wide + deep, y + deep, x + wide + deep, y + high + deep))
        slanted = [(a, b, a + deep, b + deep) for a, b in ((x, y + high), (x + wide, y + high), (x + wide, y))]
        lines += [f"{a} {b} m {c} {d} l S" for a, b, c, d in (*front, *back, *slanted)]
        texts.append((x, 250.0, said))
    words = "Each layer of the network takes what the one in front of it gives and has a kernel of its own size."
    body = [(72.0, 320.0 + 12 * i, words) for i in range(20)]
    caption = (72.0, 290.0, "Figure 1: The architecture of our network with its layers.")
    page = pdf(([*texts, caption, *body], [], "\n".join(lines)))
    graph = read("paper.pdf", data=page, format="paper", options=ReadOptions(variant="Figure 1")).graph
    assert [name for name, _ in layers_of(graph)] == ["Conv2D", "MaxPool2D"]
