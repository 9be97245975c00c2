"""Boxes on each other without arrows, boxes known by their shade alone, and plots of neurons."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pytest

from extract.designs.unheard import UNBENT
from extract.drawings.diagrams import Diagram
from extract.drawings.drawing import of_svg
from extract.raster.figure import diagram_of_picture
from extract.spatial.neurons import wired
from tests.volume_figures import arrow, bar, drawn, polygon, text
from tests.volume_figures import cuboid as cuboid_of

PLAIN = ("image 32x32x3", "3x3 conv, 16", "max pool 2x2", "3x3 conv, 32", "fc 10", "softmax")
KINDS = ["Conv2D", "MaxPool2D", "Conv2D", "Flatten", "Dense", "Softmax"]


def column(said: tuple[str, ...], gap: float = 0) -> str:
    tops = [20 + i * (30 + gap) for i in range(len(said))]
    return "".join(bar(20, y, 140, 30) + text(90, y + 20, each) for y, each in zip(tops, said, strict=True))


def names(parts: str) -> tuple[list[str], list[str]]:
    graph, asked = drawn(parts)
    return [type(each.layer).__name__ for each in graph.nodes], asked


@pytest.mark.parametrize("gap", [0, 8])
@pytest.mark.parametrize("said", [PLAIN, PLAIN[::-1]])
def test_a_pile_begins_where_its_input_is(said: tuple[str, ...], gap: float) -> None:
    assert names(column(said, gap)) == (KINDS, [UNBENT])


def test_where_a_pile_begins_is_asked_if_nothing_tells_it() -> None:
    kinds, asked = names(column(("3x3 conv, 16", "max pool 2x2", "3x3 conv, 32")))
    assert kinds == ["Conv2D", "MaxPool2D", "Conv2D"]
    assert any("where do they begin?" in each for each in asked)


def test_boxes_beside_each_other_are_a_row() -> None:
    said = ("input 16x16x1", "conv 5x5, 8", "pool 2x2", "fc 10")
    graph, _ = drawn(*(bar(20 + 100 * i, 20, 100, 40) + text(70 + 100 * i, 44, each) for i, each in enumerate(said)))
    assert [type(each.layer).__name__ for each in graph.nodes] == ["Conv2D", "MaxPool2D", "Flatten", "Dense"]


def test_words_that_run_into_each_other_are_cut_where_boxes_touch() -> None:
    boxes = [bar(20 + 70 * i, 20, 70, 40) for i in range(4)]
    words = '<text x="25" y="44" font-size="14" textLength="270">convAconvBconvCpool1</text>'
    graph, _ = drawn(*boxes, words)
    assert [type(each.layer).__name__ for each in graph.nodes] == ["Conv2D", "Conv2D", "Conv2D", "MaxPool2D"]


def circles(counts: tuple[int, ...], step: float = 60) -> list[list[tuple[float, float]]]:
    return [[(60 + 150 * i, 150 + step * (j - (n - 1) / 2)) for j in range(n)] for i, n in enumerate(counts)]


def plot(columns: list[list[tuple[float, float]]]) -> str:
    lines = [
        f'<line x1="{a}" y1="{b}" x2="{c}" y2="{d}" stroke="#bbb"/>'
        for before, after in pairwise(columns)
        for a, b in before
        for c, d in after
    ]
    dots = [f'<circle cx="{x}" cy="{y}" r="16" fill="#fff" stroke="#000"/>' for each in columns for x, y in each]
    return "".join([*lines, *dots])


def test_neurons_in_columns_are_fully_connected_layers() -> None:
    graph, asked = drawn(plot(circles((3, 5, 2))), text(210, 320, "Hidden layer"))
    assert [each.layer.units for each in graph.nodes] == [5, 2]
    assert (graph.inputs[0].shape, asked) == ((None, 3), [UNBENT])


def test_neurons_that_are_left_out_are_asked_for() -> None:
    columns = circles((3, 4, 1))
    columns[1][3] = (columns[1][3][0], columns[1][3][1] + 70)
    _, asked = drawn(plot(columns))
    assert sum("some are left out" in each for each in asked) == 1


def test_titles_say_how_many_neurons_there_are_and_how_the_last_end() -> None:
    titles = ("Input (20)", "Hidden 1 (64, ReLU)", "Output (3, softmax)")
    said = [text(60 + 150 * i, 290, title) for i, title in enumerate(titles)]
    frame = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 320">'
    found = wired(of_svg("".join([frame, plot(circles((3, 4, 3))), *said, "</svg>"])))
    assert found is not None
    shown = [(each.kind, each.params.get("units"), each.posts) for shape in found.shapes[1:] for each in shape.shows]
    assert shown == [("dense", 64, ("relu",)), ("dense", 3, ()), ("softmax", None, ())]
    assert found.asked == ()


def blank(wide: int, high: int) -> Any:
    return np.full((high, wide), 255, np.uint8)


def written(image: Any, x: int, y: int, said: str) -> None:
    cv2.putText(image, said, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (0,), 2, cv2.LINE_AA)


def picture(boxes: list[tuple[int, int, str, int]], wide: int, high: int) -> Diagram:
    image = blank(wide, high)
    for x, y, said, shade in boxes:
        cv2.rectangle(image, (x, y), (x + 220, y + 60), (shade,), -1)
        written(image, x + 14, y + 40, said)
    for (x, y, *_), (_, below, *_) in pairwise(boxes):
        cv2.arrowedLine(image, (x + 110, y + 62), (x + 110, below - 3), (0,), 2, tipLength=0.3)
    return diagram_of_picture(image)


def test_boxes_of_a_picture_without_borders_are_known_by_their_shade() -> None:
    said = (("conv 32", 200), ("max pool", 225), ("dense 10", 190))
    found = picture([(40, 30 + 120 * i, each, shade) for i, (each, shade) in enumerate(said)], 300, 360)
    assert [" ".join(each.texts).lower() for each in found.shapes] == ["conv 32", "max pool", "dense 10"]
    assert [(each.start, each.end) for each in found.links] == [(0, 1), (1, 2)]


def test_cuboids_of_a_picture_are_volumes() -> None:
    image = blank(1000, 420)
    for x, wide, high, said in ((40, 40, 240, "64x64x3"), (300, 80, 180, "32x32x16"), (600, 120, 120, "16x16x32")):
        y, deep = 340 - high, 50
        corners = [(x, y), (x + deep, y - deep), (x + wide + deep, y - deep), (x + wide + deep, 340 - deep)]
        outline = np.array([*corners, (x + wide, 340), (x, 340)], np.int32)
        cv2.polylines(image, [outline], True, (0,), 2)
        inner = np.array([(x, y), (x + wide, y), (x + wide, 340)], np.int32)
        cv2.polylines(image, [inner], False, (0,), 2)
        cv2.line(image, (x + wide, y), (x + wide + deep, y - deep), (0,), 2)
        written(image, x - 10, 390, said)
    found = diagram_of_picture(image)
    kinds = [[(each.kind, each.params.get("filters")) for each in shape.shows] for shape in found.shapes]
    assert kinds == [[("input", None)], [("conv", 16)], [("conv", 32)]]


def test_neurons_of_a_picture_are_layers() -> None:
    image, columns = (
        blank(800, 520),
        [[(100 + 250 * i, y) for y in ys] for i, ys in enumerate(((160, 340), (100, 250, 400)))],
    )
    for a in columns[0]:
        for b in columns[1]:
            cv2.line(image, a, b, (90,), 2, cv2.LINE_AA)
    for place in (place for each in columns for place in each):
        cv2.circle(image, place, 40, (255,), -1)
        cv2.circle(image, place, 40, (0,), 2, cv2.LINE_AA)
    written(image, 40, 500, "input layer")
    found = diagram_of_picture(image)
    assert [each.params for shape in found.shapes for each in shape.shows] == [{"shape": (2,)}, {"units": 3}]


def test_boxes_of_two_dimensions_with_arrows_stay_what_they_are() -> None:
    said = ("3x3 conv, 16", "3x3 conv, 32", "3x3 conv, 64", "fc 10")
    boxes = [bar(20, 20 + 70 * i, 140, 30) + text(90, 40 + 70 * i, each) for i, each in enumerate(said)]
    graph, _ = drawn(*boxes, *(arrow(90, 50 + 70 * i, 90, 90 + 70 * i) for i in range(3)))
    assert [type(each.layer).__name__ for each in graph.nodes] == ["Conv2D", "Conv2D", "Conv2D", "Flatten", "Dense"]


def test_cuboids_that_are_two_are_no_design() -> None:
    found = cuboid_of(20, 60, 60, 60) + cuboid_of(150, 60, 60, 60) + polygon([(0, 0), (5, 0), (5, 5)])
    with pytest.raises(Exception, match="shows no boxes with arrows"):
        drawn(found, text(50, 150, "32"), text(180, 150, "64"))
