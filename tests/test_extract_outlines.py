"""The forms that are seen in a figure as a picture."""

from __future__ import annotations

from itertools import pairwise
from math import expm1

import numpy as np
import pytest

from extract.classify.outlines import discs_of, outlines_of, regions_of
from extract.pages.sheets import Picture

cv2 = pytest.importorskip("cv2")


def paper(wide: int = 600, high: int = 400) -> Picture:
    return np.full((high, wide, 3), 255, np.uint8)


def counted(picture: Picture, name: str) -> int:
    return round(expm1(outlines_of(picture)[name]))


@pytest.mark.parametrize("thickness", [2, -1], ids=["drawn", "filled"])
def test_boxes_are_seen_whether_drawn_or_filled(thickness: int) -> None:
    picture = paper()
    for i in range(5):
        cv2.rectangle(picture, (20 + 110 * i, 100), (100 + 110 * i, 160), (40, 90, 200), thickness)
    assert counted(picture, "rectangles") == 5
    assert (
        counted(picture, "piled") == counted(picture, "faces") == discs_of(picture) == counted(picture, "sloping") == 0
    )


def test_boxes_close_upon_each_other_are_a_pile() -> None:
    picture = paper()
    for i in range(4):
        cv2.rectangle(picture, (100, 50 + 60 * i), (300, 100 + 60 * i), (200, 90, 40), -1)
    cv2.rectangle(picture, (420, 50), (520, 330), (200, 90, 40), -1)
    assert counted(picture, "piled") == 4


def test_cuboids_show_slanted_faces() -> None:
    picture = paper()
    for x in (60, 220, 380):
        for face in ([(0, 60), (30, 30), (90, 30), (60, 60)], [(60, 60), (90, 30), (90, 130), (60, 160)]):
            cv2.polylines(picture, [np.add(face, (x, 60)).astype(np.int32)], True, (0, 0, 0), 2)
        cv2.rectangle(picture, (x, 120), (x + 60, 220), (0, 0, 0), 2)
    forms = regions_of(picture)
    assert (sum(each.is_box for each in forms), sum(each.is_face for each in forms)) == (3, 6)
    assert outlines_of(picture)["sloping_share"] > 0.1


def test_neurons_are_discs_of_one_size() -> None:
    picture = paper(1000, 600)
    columns = [[(200 + 300 * i, 100 + 80 * j) for j in range(5)] for i in range(3)]
    for left, right in pairwise(columns):
        for a in left:
            for b in right:
                cv2.line(picture, a, b, (120, 120, 120), 1)
    for x, y in (center for column in columns for center in column):
        cv2.circle(picture, (x, y), 20, (250, 200, 80), -1)
        cv2.circle(picture, (x, y), 20, (0, 0, 0), 2)
    assert discs_of(picture) >= 14
    assert counted(picture, "sloping") > 20


def test_a_photograph_is_told_from_a_drawing() -> None:
    rng = np.random.default_rng(0)
    soft = cv2.GaussianBlur(rng.integers(0, 255, (400, 600, 3), dtype=np.uint8), (5, 5), 0)
    assert outlines_of(soft)["photo"] > 0.9
    assert outlines_of(paper())["photo"] == 0.0


def test_a_mesh_of_lines_is_no_photograph() -> None:
    mesh = paper()
    for i in range(0, 600, 12):
        cv2.line(mesh, (i, 0), (600 - i, 400), (120, 120, 120), 1, cv2.LINE_AA)
        cv2.line(mesh, (0, i), (600, 400 - i), (120, 120, 120), 1, cv2.LINE_AA)
    assert outlines_of(mesh)["photo"] < 0.1


def test_a_face_is_a_whole_side_of_its_box() -> None:
    picture = paper()
    for x in (60, 220, 380):
        cv2.rectangle(picture, (x, 120), (x + 100, 220), (0, 0, 0), 2)
        face = np.add([(40, 0), (50, -20), (80, -20), (70, 0)], (x, 120)).astype(np.int32)
        cv2.polylines(picture, [face], True, (0, 0, 0), 2)
    assert counted(picture, "lying") == 3
    assert counted(picture, "cuboids") == 0


def test_small_discs_of_a_long_picture_are_seen() -> None:
    picture = paper(1000, 200)
    for x in range(60, 960, 60):
        cv2.circle(picture, (x, 100), 6, (250, 200, 80), -1, cv2.LINE_AA)
    assert discs_of(picture) >= 10
