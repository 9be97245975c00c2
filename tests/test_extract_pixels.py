"""What is seen of pixels: marks by their outlines, blurred pictures, heads that touch, arrows that lead both ways."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from extract.drawings.drawing import DrawingError
from extract.raster import spots
from extract.raster.figure import diagram_of_picture, seen_of
from extract.raster.ink import ink_of
from extract.raster.picture import decoded
from extract.raster.regions import cells_of
from extract.raster.sharpness import sharpened
from extract.raster.spots import spots_of
from tests.test_extract_raster import PERFECT, PICTURES, drawn, scored
from translator.simulation.picture import Picture


@pytest.mark.parametrize("share", [0.0, 0.1, 0.35, 0.6, 1.0])
def test_marks_by_their_outlines_are_those_by_their_pixels(share: float) -> None:
    noise = (np.random.default_rng(0).random((90, 120)) < share).astype(np.uint8)
    found = spots_of(noise)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(noise, connectivity=8)
    told = sorted((*box, round(area)) for box, area in zip(found.boxes.tolist(), found.areas, strict=True))
    assert told == sorted(map(tuple, stats[1:].tolist()))
    wide = found.boxes[:, 2] > 3
    kept = np.isin(labels, [i for i in range(1, len(stats)) if stats[i, cv2.CC_STAT_WIDTH] > 3])
    assert not (kept & (found.drawn(wide, noise) == 0)).any()


def test_a_picture_of_too_many_marks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spots, "MOST_EDGES", 1000)
    with pytest.raises(DrawingError, match="too full"):
        spots_of(np.indices((60, 60)).sum(0).astype(np.uint8) % 2)


@pytest.mark.parametrize("picture", PICTURES, ids=("keras", "caffe"))
def test_a_blurred_picture_is_read(picture: Picture) -> None:
    data, truth = drawn(picture)
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert scored(cv2.imencode(".png", cv2.GaussianBlur(pixels, (0, 0), 1.0))[1].tobytes(), truth) == PERFECT


def test_a_picture_that_is_sharp_is_left_as_it_is() -> None:
    gray = decoded(drawn(PICTURES[0])[0])
    assert sharpened(gray) is gray
    blurred = np.asarray(cv2.GaussianBlur(gray, (0, 0), 1.0), np.uint8)
    mended = sharpened(blurred)
    assert np.abs(mended.astype(float) - gray).mean() < 0.5 * np.abs(blurred.astype(float) - gray).mean()
    flat = np.full((50, 50), 255, np.uint8)
    assert sharpened(flat) is flat


def arrows_in(draw: Any, places: Any = ((20, 20), (20, 240))) -> list[tuple[int, int]]:
    """Return what leads to what in a drawing of boxes with words at some places."""
    gray = np.full((340, 560), 255, np.uint8)
    for (x, y), text in zip(places, ("3x3 conv", "softmax", "pooling"), strict=False):
        cv2.rectangle(gray, (x, y), (x + 220, y + 60), 0, 2)
        cv2.putText(gray, text, (x + 20, y + 40), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2, cv2.LINE_AA)
    draw(gray)
    return [(each.start, each.end) for each in diagram_of_picture(gray).links]


def head(gray: Any, tip: tuple[int, int], back: tuple[int, int]) -> None:
    """Draw a head of 20 pixels in 14 with its tip and the way back from there."""
    way = np.array(back, float) / np.hypot(*back)
    aside = 7 * np.array([-way[1], way[0]])
    base = tip + 20 * way
    cv2.fillPoly(gray, [np.round([tip, base + aside, base - aside]).astype(np.int32)], 0)


def test_an_arrow_with_two_heads_leads_neither_way() -> None:
    def draw(gray: Any) -> None:
        cv2.line(gray, (130, 96), (130, 224), 0, 2)
        head(gray, (130, 80), (0, 1))
        head(gray, (130, 240), (0, -1))

    assert arrows_in(draw) == []


def test_heads_that_touch_are_two() -> None:
    def draw(gray: Any) -> None:
        for x, top, right in ((130, 130, False), (143, 330, True)):
            cv2.line(gray, (top, 81), (x + 6 * right, 224), 0, 2)
            head(gray, (x, 240), (1 if right else 0, -3 if right else -1))

    assert sorted(arrows_in(draw, ((20, 20), (20, 240), (290, 20)))) == [(0, 2), (1, 2)]


def test_a_head_whose_line_comes_from_aside_points_as_it_looks() -> None:
    def draw(gray: Any) -> None:
        cv2.line(gray, (258, 80), (258, 264), 0, 2)
        head(gray, (243, 270), (1, 0))
        cv2.line(gray, (230, 80), (258, 80), 0, 2)

    assert arrows_in(draw) == [(0, 1)]


def test_the_head_of_an_arrow_is_no_part_of_a_black_box() -> None:
    gray = np.full((470, 330), 255, np.uint8)
    for top in (30, 220, 360):
        cv2.rectangle(gray, (30, top), (300, top + 80), 0, -1)
        cv2.putText(gray, "Dropout", (80, top + 50), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 2, cv2.LINE_AA)
    cv2.line(gray, (60, 110), (119, 210), 0, 5)
    cv2.fillPoly(gray, [np.array([(128, 203), (110, 215), (145, 228)], np.int32)], 0)
    boxes = [shape.box for shape in diagram_of_picture(gray).shapes]
    assert [round(box[1] / 10) for box in boxes] == [3, 22, 36]


def test_light_letters_on_black_boxes_that_lines_join_are_letters() -> None:
    gray = np.full((740, 260), 255, np.uint8)
    for top in range(10, 730, 120):
        cv2.rectangle(gray, (40, top), (220, top + 44), (0,), -1)
        cv2.line(gray, (130, top + 44), (130, min(top + 120, 640)), (0,), 2)
        cv2.putText(gray, "conv (Conv2D)", (62, top + 27), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255,), 1, cv2.LINE_AA)
    found = seen_of(gray)
    assert len(found.boxes.nodes) == 6
    assert 2 < found.ink.scale < 3


def test_a_black_band_that_is_slanted_is_no_bar_of_letters() -> None:
    gray = np.full((300, 300), 255, np.uint8)
    cv2.line(gray, (40, 260), (260, 40), 0, 26)
    cv2.putText(gray, "conv 64", (20, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 0, 2)
    assert not any(each.inverted for each in cells_of(ink_of(gray)))


def test_open_heads_lead_as_full_ones() -> None:
    def draw(gray: Any) -> None:
        cv2.line(gray, (130, 82), (130, 239), 0, 2)
        for aside in (-8, 8):
            cv2.line(gray, (130, 83), (130 + aside, 93), 0, 2)

    assert arrows_in(draw) == [(1, 0)]


@pytest.mark.parametrize("light", [(255, 255, 255), (20, 17, 13)])
def test_boxes_in_light_colours_and_on_a_dark_ground(light: tuple[int, int, int]) -> None:
    pixels = np.full((300, 260, 3), light, np.uint8)
    ink = (70, 160, 255) if light[0] > 99 else (235, 235, 235)
    for top in (20, 180):
        cv2.rectangle(pixels, (30, top), (230, top + 60), ink, 2)
        cv2.putText(pixels, "CONV", (80, top + 40), cv2.FONT_HERSHEY_SIMPLEX, 1, [0] * 3 if light[0] > 99 else ink, 2)
    seen = seen_of(decoded(cv2.imencode(".png", pixels)[1].tobytes()))
    assert len(seen.boxes.nodes) == 2
