"""Cuboids that stand at each other, as PlotNeuralNet draws them: fronts in a row, slanted numbers, heads on the way."""

from __future__ import annotations

from math import hypot

import pytest

from extract.drawings.drawing import of_svg
from extract.pages.page import Word
from extract.spatial.captions import block_of, edge_of
from extract.spatial.compounds import blocks, without_bands
from extract.spatial.contacts import at_face, east, touch, west
from extract.spatial.notes import notes_of
from extract.spatial.solids import solids_of
from ir import layers as L
from ir.graph import Graph
from tests.volume_figures import bar, cuboid, drawn, polygon, text

CONV, POOL, RED = "#fdb", "#c44", "#a22"


def slanted(x: float, y: float, said: str, size: float = 14) -> str:
    """A text about a place, which goes up to the right."""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="middle" dominant-baseline="middle" '
        f'transform="rotate(-45 {x} {y})">{said}</text>'
    )


def block(x: float, y: float, high: float, deep: float, *wides: float, fill: str = CONV) -> str:
    """Cuboids at each other, the middle of their right and left faces at one height `y`; the first begins at `x`."""
    drawn, top = "", y + deep / 2 - high / 2
    for wide in wides:
        drawn += cuboid(x, top, wide, high, deep, fill)
        x += wide
    return drawn


def numbered(x: float, y: float, high: float, deep: float, wide: float, channels: str, side: str) -> str:
    """A cuboid with its channels below its front, and its side along the slanted edge."""
    bottom = y + deep / 2 + high / 2
    return (
        block(x, y, high, deep, wide)
        + text(x + wide / 2, bottom + 14, channels)
        + slanted(x + wide + 8, bottom + 8, side)
    )


def on_the_way(x0: float, x1: float, y: float, down: float = 0) -> str:
    """A line with a head in its middle, on a piece of its own."""
    far = hypot(x1 - x0, down)
    along = (x1 - x0) / far, down / far

    def at(ahead: float, aside: float = 0) -> tuple[float, float]:
        x, y0 = (x0 + x1) / 2 + ahead * along[0], y + down / 2 + ahead * along[1]
        return x - aside * along[1], y0 + aside * along[0]

    (a, b), (c, d) = at(-8), at(-2)
    return (
        f'<line x1="{x0}" y1="{y}" x2="{x1}" y2="{y + down}" stroke="#474"/>'
        f'<line x1="{a}" y1="{b}" x2="{c}" y2="{d}" stroke="#474"/>'
        + polygon([at(0), at(-8, 4), at(-8, -4)], "#474", "#474")
    )


def layers(graph: Graph) -> list[tuple[str, int | None]]:
    return [
        (type(each.layer).__name__, getattr(each.layer, "filters", getattr(each.layer, "units", None)))
        for each in graph.nodes
        if not isinstance(each.layer, L.ReLU)
    ]


def solids(*parts: str) -> list[object]:
    return list(solids_of(of_svg(f"<svg>{''.join(parts)}</svg>").paths))


def test_cuboids_at_each_other_touch_in_the_middles_of_their_faces() -> None:
    first, second, third = solids_of(
        of_svg(f"<svg>{block(0, 100, 90, 40, 20, 30)}{block(55, 100, 60, 30, 8, fill=POOL)}</svg>").paths
    )
    assert touch(first, second)
    assert not touch(second, first)
    assert east(first) == pytest.approx((40, 100))
    assert west(second) == pytest.approx((40, 100))
    assert blocks([first, second, third]) == [[0, 1], [2]]


def test_a_line_leaves_at_the_right_face_and_reaches_the_left_one() -> None:
    found = solids_of(of_svg(f"<svg>{block(0, 100, 90, 40, 20, 20)}</svg>").paths)
    assert [at_face((40, 100), found, leaves=leaves) for leaves in (True, False)] == [0, 1]


def test_a_band_on_a_face_is_no_volume() -> None:
    band = polygon([(30, 75), (45, 75), (45, 165), (30, 165)], POOL)
    found = solids_of(of_svg(f"<svg>{block(0, 100, 90, 40, 45)}{band}</svg>").paths)
    (volume,) = without_bands(found)
    assert (volume.front, len(volume.colours)) == ((0, 75, 45, 165), 2)


def test_numbers_that_touch_are_two() -> None:
    word = Word("64", 0, 0, 10, 14, 14, 11, turned=1, slanted=True)
    (note,) = notes_of([word])
    assert (note.number, note.slanted) == (64, True)


def test_layers_of_one_block_have_its_name_and_side_and_their_own_channels() -> None:
    first = block(20, 200, 160, 60, 20, 20) + text(30, 324, "16") + text(52, 324, "32")
    first += slanted(68, 318, "64") + text(40, 350, "conv1")
    second = numbered(200, 200, 120, 50, 40, "48", "32") + text(220, 322, "conv2")
    third = numbered(400, 200, 100, 40, 50, "96", "16")
    ways = on_the_way(90, 225, 200) + on_the_way(265, 420, 200)
    graph, asked = drawn(first, second, third, ways)
    assert layers(graph) == [("Conv2D", 16), ("Conv2D", 32), ("Conv2D", 48), ("Conv2D", 96)]
    assert any("64 x 64 to 32 x 32" in each for each in asked)


def test_what_says_nothing_and_has_a_colour_of_its_own_pools_where_images_get_smaller() -> None:
    first = numbered(20, 200, 160, 60, 30, "16", "64") + block(65, 200, 120, 50, 8, fill=POOL)
    second = numbered(180, 200, 120, 50, 40, "32", "32") + block(230, 200, 90, 40, 8, fill=POOL)
    third = numbered(360, 200, 90, 40, 50, "64", "16")
    graph, asked = drawn(first, second, third)
    assert [name for name, _ in layers(graph)] == ["Conv2D", "MaxPool2D", "Conv2D", "MaxPool2D", "Conv2D"]
    assert sum("are they poolings" in each for each in asked) == 1


def test_beams_are_vectors_of_what_stands_along_them() -> None:
    maps = numbered(20, 200, 160, 60, 30, "16", "28") + numbered(150, 200, 120, 50, 40, "32", "14")
    beams = numbered(300, 200, 16, 120, 10, "1", "128") + numbered(500, 200, 16, 60, 10, "1", "10")
    graph, _ = drawn(maps, beams)
    assert layers(graph)[-2:] == [("Dense", 128), ("Dense", 10)]


def test_a_ball_with_a_plus_adds_what_all_lines_to_it_bring() -> None:
    maps = [numbered(20 + 180 * i, 200, 120, 40, 40, "16", "28") + text(40 + 180 * i, 330, "conv") for i in range(3)]
    ball = '<circle cx="620" cy="200" r="16" fill="#8c8" stroke="#000"/>' + text(620, 205, "+")
    ways = on_the_way(80, 220, 200) + on_the_way(260, 400, 200) + on_the_way(440, 604, 200)
    around = '<path d="M150 200 V420 H620 V216" stroke="#474" fill="none"/>'
    around += '<line x1="300" y1="420" x2="306" y2="420" stroke="#474"/>' + polygon(
        [(308, 420), (300, 416), (300, 424)], "#474", "#474"
    )
    graph, _ = drawn(*maps, ball, ways, around)
    assert [name for name, _ in layers(graph)] == ["Conv2D", "Conv2D", "Conv2D", "Add"]
    assert len(graph.nodes[-1].inputs) == 2


def test_a_name_that_nobody_knows_is_asked_about() -> None:
    maps = [numbered(20 + 180 * i, 200, 120, 40, 40, "16", "28") for i in range(3)]
    names = text(40, 330, "conv1") + text(220, 330, "basic block") + text(400, 330, "Encoded view")
    graph, asked = drawn(*maps, names)
    assert [name for name, _ in layers(graph)] == ["Conv2D", "Custom", "Conv2D"]
    assert any("'basic block' is not known" in each for each in asked)
    assert any("'Encoded view' is written below" in each for each in asked)


def test_cuboids_without_a_name_are_blocks_as_the_one_of_their_colour() -> None:
    parts = "".join(
        block(20 + 160 * i, 200, 120, 40, 40, fill=RED if i % 2 else CONV)
        + text(40 + 160 * i, 294, "16")
        + slanted(68 + 160 * i, 288, "28")
        for i in range(4)
    )
    graph, asked = drawn(parts, text(40, 330, "conv"), text(200, 330, "Residual block"))
    assert sum(isinstance(each.layer, L.Add) for each in graph.nodes) == 2
    assert any("have the colour of 'Residual block'" in each for each in asked)


def test_a_cuboid_farther_along_the_row_is_no_window_of_the_first() -> None:
    found = solids_of(of_svg(f"<svg>{block(0, 200, 200, 160, 10)}{block(80, 200, 60, 50, 10)}</svg>").paths)
    assert [each.windows for each in found] == [(), ()]


def test_a_side_belongs_to_the_front_that_it_does_not_go_over() -> None:
    first, second = solids_of(
        of_svg(f"<svg>{block(0, 100, 90, 40, 20)}{block(20, 100, 90, 40, 20, fill=POOL)}</svg>").paths
    )
    assert (len(first.colours), len(second.colours)) == (1, 1)


def test_what_says_nothing_and_is_as_large_as_what_it_stands_at_does_nothing() -> None:
    first = numbered(20, 200, 120, 40, 30, "16", "28") + block(50, 200, 120, 40, 8, fill=POOL)
    rest = numbered(200, 200, 120, 40, 40, "32", "28") + numbered(350, 200, 120, 40, 40, "48", "28")
    graph, asked = drawn(first, rest)
    assert layers(graph) == [("Conv2D", 16), ("Conv2D", 32), ("Conv2D", 48)]
    assert any("as large as what they stand at" in each for each in asked)


def test_cuboids_that_only_normalise_or_flatten_make_no_layer_of_their_own() -> None:
    maps = numbered(20, 200, 120, 40, 30, "16", "28") + text(35, 320, "Conv1")
    maps += block(50, 200, 120, 40, 30, fill=POOL) + text(65, 320, "BN1")
    maps += numbered(200, 200, 120, 40, 40, "32", "28") + text(220, 320, "Conv2")
    maps += numbered(350, 200, 16, 120, 10, "1", "512") + text(357, 320, "Flatten")
    maps += numbered(560, 200, 16, 60, 10, "1", "10") + text(567, 320, "fc1")
    graph, _ = drawn(maps)
    assert [name for name, _ in layers(graph)] == ["Conv2D", "BatchNorm", "Conv2D", "Flatten", "Dense"]
    assert graph.nodes[-1].layer.units == 10  # type: ignore[attr-defined]


def test_the_first_cuboid_that_is_called_an_input_is_one() -> None:
    maps = [numbered(20 + 180 * i, 200, 120, 40, 40, "6", "28") for i in range(3)]
    graph, _ = drawn(*maps, text(40, 330, "Input flow"))
    assert [name for name, _ in layers(graph)] == ["Conv2D", "Conv2D"]
    assert graph.inputs[0].shape == (None, 6, 28, 28)


def test_the_narrowest_place_of_a_net_is_no_block_by_its_name() -> None:
    parts = "".join(
        block(20 + 160 * i, 200, 120, 40, 40) + text(40 + 160 * i, 294, "16") + slanted(68 + 160 * i, 288, "28")
        for i in range(4)
    )
    graph, _ = drawn(parts, text(200, 330, "Bottleneck"))
    assert [name for name, _ in layers(graph)] == ["Conv2D"] * 4


def test_a_number_at_the_left_edge_is_of_that_cuboid() -> None:
    found = solids_of(of_svg(f"<svg>{block(20, 200, 120, 40, 40)}{block(140, 200, 120, 40, 40)}</svg>").paths)
    (note,) = notes_of([Word("20", 122, 213, 136, 227, 14, 224)])
    assert edge_of(note, found) == 1


def test_a_name_wider_than_its_cuboid_begins_at_it() -> None:
    found = solids_of(of_svg(f"<svg>{block(20, 200, 120, 40, 8)}{block(60, 200, 120, 40, 8)}</svg>").paths)
    (note,) = notes_of([Word("Dropout(0.1)", 20, 290, 100, 304, 14, 301)])
    assert block_of(note, found, blocks(found)) == [0]


def test_names_of_two_layers_on_one_line_are_two() -> None:
    words = [Word(said, x, 0, x + 40, 14, 14, 11) for said, x in (("Conv1", 0), ("Pool", 44))]
    assert [each.text for each in notes_of(words)] == ["Conv1", "Pool"]
    (whole,) = notes_of([Word(said, x, 0, x + 40, 14, 14, 11) for said, x in (("Max", 0), ("pooling", 44))])
    assert whole.text == "Max pooling"


def test_a_side_and_channels_may_be_one_number() -> None:
    maps = [numbered(20 + 180 * i, 200, 120, 40, 40, "10", "10") for i in range(3)]
    graph, _ = drawn(*maps, text(40, 330, "conv1"))
    assert layers(graph) == [("Conv2D", 10)] * 3


def test_arrows_branch_to_two_heads_and_what_has_none_follows_the_one_before() -> None:
    maps = numbered(20, 300, 120, 40, 40, "16", "28") + text(40, 420, "conv1")
    maps += block(100, 300, 80, 30, 10, fill=POOL) + numbered(220, 300, 80, 30, 40, "32", "14")
    maps += numbered(380, 300, 16, 100, 10, "1", "64")
    maps += block(600, 200, 16, 16, 10) + slanted(618, 224, "12") + block(600, 400, 16, 16, 10) + slanted(618, 424, "3")
    ways = on_the_way(125, 235, 300) + on_the_way(275, 430, 300)
    ways += on_the_way(440, 608, 300, -100) + on_the_way(440, 608, 300, 100)
    graph, asked = drawn(maps, ways)
    heads = [each for each in graph.nodes if isinstance(each.layer, L.Dense) and each.layer.units in (12, 3)]
    assert len({each.inputs[0] for each in heads}) == 1
    assert len(heads) == 2
    assert any("follow the ones to the left" in each for each in asked)


def test_a_cuboid_with_its_side_twice_is_no_vector_whatever_makes_it() -> None:
    graph, _ = drawn(
        bar(20, 140, 10, 80) + text(25, 240, "100"),
        *(cuboid(140, 160, 80, 30, 12), text(180, 208, "1024"), text(130, 178, "4"), text(228, 190, "4")),
        text(180, 240, "project and reshape"),
        *(cuboid(330, 140, 60, 50, 20), text(360, 208, "512"), text(320, 168, "8"), text(400, 176, "8")),
        *(cuboid(500, 130, 40, 70, 25), text(520, 218, "256"), text(490, 168, "16"), text(556, 170, "16")),
    )
    assert ("Dense", 4 * 4 * 1024) in layers(graph)


def test_what_only_numbers_a_volume_names_no_layer() -> None:
    maps = [
        numbered(20 + 180 * i, 200, 120, 40, 40, "6", "28") + text(40 + 180 * i, 330, f"Layer {i}") for i in range(3)
    ]
    graph, asked = drawn(*maps)
    assert not any(isinstance(each.layer, L.Custom) for each in graph.nodes)
    assert not any("Layer" in each for each in asked)
