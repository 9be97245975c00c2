"""Drawings whose letters are outlines, and rows of stages that texts alone tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from extract.designs.figure_design import design_of
from extract.drawings.boxes_and_arrows import diagram_of
from extract.drawings.chains import chain_of
from extract.drawings.diagrams import Diagram
from extract.drawings.drawing import Drawing, Path, Point
from extract.drawings.drawn import without_blobs
from extract.pages.page import Line, Word
from extract.raster.outlined import with_words
from ir import Origin, Report, Source
from ir import layers as L

FINE = 200
"""Pixels of the size of type in which letters are drawn before they are traced."""


def outlined(text: str, x: float, base: float, size: float = 9) -> Iterator[Path]:
    """Yield the outlines of a text's letters, and of the holes in them."""
    image = Image.new("L", (FINE * len(text), 2 * FINE), 0)
    ImageDraw.Draw(image).text((0, FINE), text, fill=255, font=ImageFont.load_default(FINE), anchor="ls")
    contours, _ = cv2.findContours((np.asarray(image) > 127).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        points = [(x + px * size / FINE, base + (py - FINE) * size / FINE) for px, py in contour[:, 0].tolist()]
        yield Path((*points, points[0]), True, True, False, len(points))


def rect(x: float, y: float, wide: float, high: float, *, filled: bool) -> Path:
    points: list[Point] = [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y)]
    return Path(tuple(points), True, filled, not filled, 4)


def column(texts: Iterable[str]) -> Drawing:
    """Return filled boxes with outlined letters in them below each other, and arrows between them."""
    paths: list[Path] = []
    for i, text in enumerate(texts):
        top = 50 + 40 * i
        paths += [rect(50, top, 90, 20, filled=True), rect(50, top, 90, 20, filled=False)]
        paths += outlined(text, 56, top + 13)
        if i:
            paths.append(Path(((95, top - 20), (95, top - 4)), False, False, True, 2))
            paths.append(Path(((92, top - 4), (98, top - 4), (95, top), (92, top - 4)), True, True, False, 3))
    return Drawing(tuple(paths), ())


def test_outlined_letters_are_read_where_they_stand() -> None:
    texts = ["3x3 conv, 64", "Channel Shuffle", "1x1 GConv", "Add"]
    found = diagram_of(with_words(column(texts)))
    assert [" ".join(each.texts).lower() for each in found.shapes] == [each.lower() for each in texts]
    assert [(each.start, each.end) for each in found.links] == [(0, 1), (1, 2), (2, 3)]


def test_a_drawing_without_outlined_letters_stays_as_it_is() -> None:
    drawing = Drawing(tuple(rect(50, 50 + 40 * i, 90, 20, filled=False) for i in range(5)), ())
    assert with_words(drawing) == drawing


def line(text: str, x: float, base: float) -> Line:
    return Line((Word(text, x, base - 7, x + 4.5 * len(text), base + 2, 9, base),))


def texts_of(found: Diagram | None) -> list[str]:
    assert found is not None
    return [" ".join(each.texts) for each in found.shapes]


def test_titles_of_several_lines_below_stages_are_a_chain() -> None:
    stages = [
        ("word vectors of", "a sentence"),
        ("Convolutional layer", "with several widths"),
        ("Max-over-time", "pooling"),
        ("Fully connected layer", "with dropout"),
    ]
    phrases = [line(text, 120 * i, 200 + 11 * j) for i, stage in enumerate(stages) for j, text in enumerate(stage)]
    assert texts_of(chain_of(phrases)) == [" ".join(each) for each in stages]


def test_columns_of_layers_below_stages_are_a_chain() -> None:
    stages = [
        ("Conv. Layer", "7x7x64-s-2", "Maxpool Layer", "2x2-s-2"),
        ("Conv. Layers", "1x1x128", "3x3x256"),
        ("Conn. Layer",),
        ("Conn. Layer",),
    ]
    phrases = [line(text, 100 * i + 20, 200 + 11 * j) for i, stage in enumerate(stages) for j, text in enumerate(stage)]
    phrases += [line(number, 100 * i - 60, 185) for i, number in enumerate(("3", "64", "256", "4096", "10"))]
    found = chain_of(phrases)
    wanted = ["7x7x64-s-2", "2x2-s-2", "1x1x128", "3x3x256", "Conn. Layer 4096", "Conn. Layer 10"]
    assert texts_of(found) == ["input", *wanted]
    assert found is not None
    report = Report()
    graph = design_of(*without_blobs(found), "net", Origin(Source("net.pdf")), report)
    said = [node.layer for node in graph.nodes]
    assert [type(each).__name__ for each in said] == [
        *("Conv2D", "MaxPool2D", "Conv2D", "Conv2D", "Flatten", "Dense", "Dense"),
    ]
    first, pool = said[0], said[1]
    assert isinstance(first, L.Conv2D)
    assert (first.filters, first.kernel, first.stride) == (64, (7, 7), (2, 2))
    assert isinstance(pool, L.MaxPool2D)
    assert (pool.kernel, pool.stride) == ((2, 2), (2, 2))


def test_sizes_below_stages_are_a_chain_with_outputs() -> None:
    phrases = [line("input size", 10, 100), line("24x24x3", 12, 112)]
    phrases += [line(size, 100 * i, 112) for i, size in enumerate(("11x11x28", "4x4x48", "128"), 1)]
    phrases += [line("Conv: 3x3", 100 * i - 40, 40) for i in (1, 2)]
    phrases += [line("face", 400, 60), line("classification", 400, 71), line("point regression", 400, 112)]
    found = chain_of(phrases)
    outputs = ["face classification", "point regression"]
    assert texts_of(found) == ["input size 24x24x3", "11x11x28", "4x4x48", "128", *outputs]
    assert found is not None
    assert [(each.start, each.end) for each in found.links] == [(0, 1), (1, 2), (2, 3), (3, 4), (3, 5)]
    layers, edges = without_blobs(found)
    graph = design_of(layers, edges, "net", Origin(Source("net.pdf")), Report())
    assert graph.inputs[0].shape == (None, 3, 24, 24)
    assert [node.layer.filters for node in graph.nodes if isinstance(node.layer, L.Conv2D)] == [28, 48]


def test_a_figure_full_of_sizes_costs_little() -> None:
    assert chain_of([line("3x3x64", 50 * (i % 100), 10 * i) for i in range(20_000)]) is None


@pytest.mark.parametrize(
    "texts",
    [(), ("Accuracy", "Epoch", "10", "20", "30"), ("3x3x64",), ("Conv. Layer", "Pool"), ("1", "2", "3", "4", "5", "6")],
)
def test_other_texts_are_no_chain(texts: tuple[str, ...]) -> None:
    assert chain_of([line(text, 80 * i, 100) for i, text in enumerate(texts)]) is None


def test_a_brace_repeats_the_lines_that_it_holds() -> None:
    stages = (("Conv. Layer", "7x7x8-s-2"), ("Conv. Layers", "1x1x4", "3x3x8", "3x3x16"), ("Conv. Layer", "3x3x32"))
    lines = [
        Line((Word(text, 50.0 * i, 7.0 * j, 50.0 * i + 20, 7.0 * j + 5, 5.6, 7.0 * j + 5),))
        for i, stage in enumerate(stages)
        for j, text in enumerate(stage)
    ]
    brace = Line((Word("} ×3", 71.0, 6.0, 80.0, 20.0, 9.5, 15.5),))
    drawn = chain_of([*lines, brace])
    assert drawn is not None
    texts = [each.texts[0] for each in drawn.shapes]
    assert texts == ["input", "7x7x8-s-2", *(["1x1x4", "3x3x8"] * 3), "3x3x16", "3x3x32"]
    assert chain_of([*lines, *([brace] * 50)]) is None
