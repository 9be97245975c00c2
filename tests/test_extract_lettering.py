"""How letters stand in pictures: text that runs up or down, indices and exponents, a letter or a sign alone."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from extract.raster.arrow_signs import arrows_in
from extract.raster.crosses import crosses_in
from extract.raster.reading import _with_times
from extract.raster.scripts import scripts_in
from extract.raster.spelling import mended, numbered
from tests.test_extract_screens import arrow, links_of, page, texts_of, word


def small(gray: Any, text: str, place: tuple[int, int], size: float = 0.7) -> None:
    cv2.putText(gray, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, 0, 1, cv2.LINE_AA)


@pytest.mark.parametrize("quarters", [1, 3], ids=["up", "down"])
def test_text_that_runs_up_or_down_in_a_box_is_read(quarters: int) -> None:
    gray = page(260, 420)
    for left, text in ((20, "dropout"), (160, "3x3 conv"), (300, "softmax")):
        label = page(90, 220)
        word(label, text, (20, 60))
        gray[20:240, left : left + 90] = np.rot90(label, quarters)
        cv2.rectangle(gray, (left, 20), (left + 90, 240), 0, 2)
    arrow(gray, (111, 130), (158, 130), 16)
    arrow(gray, (251, 130), (298, 130), 16)
    assert (texts_of(gray), links_of(gray)) == (["dropout", "3x3 conv", "softmax"], [(0, 1), (1, 2)])


@pytest.mark.parametrize(("row", "wanted"), [(68, "d model = 512"), (42, "W out")])
def test_an_index_and_an_exponent_are_read_with_their_line(row: int, wanted: str) -> None:
    gray = page()
    first, script, *rest = wanted.split(" ", 2)
    word(gray, first, (40, 60))
    small(gray, script, (62 if first == "d" else 70, row))
    word(gray, "".join(rest), (140, 60))
    cv2.rectangle(gray, (20, 20), (280, 90), 0, 2)
    cv2.rectangle(gray, (20, 220), (280, 290), 0, 2)
    word(gray, "softmax", (40, 265))
    arrow(gray, (150, 92), (150, 218), 16)
    text, other = texts_of(gray)
    assert (text.replace(" ", ""), other) == (wanted.replace(" ", ""), "softmax")


@pytest.mark.parametrize("text", ["Dropout(0.5), gap", "(B, T, 64)", "pooling", "'quoted'", "x = y"])
def test_what_hangs_under_a_line_is_no_index(text: str) -> None:
    gray = page(80, 420)
    word(gray, text, (20, 50))
    rows, columns = np.nonzero(gray < 128)
    letters = (gray < 128).astype(np.uint8)[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert scripts_in(letters)[1] == []


@pytest.mark.parametrize(("across", "wanted"), [(8, 0), (9, 0), (15, 1)])
def test_a_sum_is_no_arrow(across: int, wanted: int) -> None:
    mark = np.zeros((17, 18), np.uint8)
    mark[8:10] = 1
    if wanted:
        for step in range(1, 7):
            mark[8 - step : 10 + step, 17 - step] = 1
    else:
        mark[:, across - 1 : across + 1] = 1
    assert len(list(arrows_in(mark))) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Dropout(0.5)", "Dropout(0.5)"),
        ("Dense(256, ReLU) + Dropout(0.3)", "Dense(256, ReLU) + Dropout(0.3)"),
        ("(None. 28. 28)", "(None, 28, 28)"),
        ("Input (I, Q)", "Input (I, Q)"),
        ("Encoder", "Encoder"),
        ("Classifier", "Classifier"),
        ("Merged dmodel", "Merged dmodel"),
        ("alpha window", "alpha window"),
    ],
)
def test_what_is_read_right_is_left(text: str, wanted: str) -> None:
    assert mended(text) == wanted


def test_a_stroke_that_numbers_a_box_is_a_one() -> None:
    assert [numbered(each) for each in ("Encoder |", "|x|", "a | b")] == ["Encoder 1", "|x|", "a | b"]


@pytest.mark.parametrize(("ground", "shade"), [(160, 185), (210, 185)])
def test_text_that_is_hardly_darker_or_lighter_than_its_box_is_read(ground: int, shade: int) -> None:
    gray = page()
    for top, text in ((20, "pooling"), (210, "softmax")):
        cv2.rectangle(gray, (20, top), (280, top + 110), ground, -1)
        cv2.rectangle(gray, (20, top), (280, top + 110), 0, 2)
        word(gray, text, (50, top + 45), 255 if ground < 180 else 0)
        word(gray, "size 96", (50, top + 90), shade)
    arrow(gray, (150, 132), (150, 208), 16)
    assert texts_of(gray) == ["pooling size 96", "softmax size 96"]


def test_a_pattern_in_a_box_is_no_text() -> None:
    gray = page()
    for top, text in ((20, "pooling"), (210, "softmax")):
        cv2.rectangle(gray, (20, top), (280, top + 110), 0, 2)
        word(gray, text, (50, top + 45))
        for left in range(40, 260, 30):
            cv2.rectangle(gray, (left, top + 70), (left + 20, top + 86), 215, -1)
    arrow(gray, (150, 132), (150, 208), 16)
    assert texts_of(gray) == ["pooling", "softmax"]


@pytest.mark.parametrize(("sign", "wanted"), [("x", 1), ("+", 0), ("o", 0), ("I", 0), ("n", 0), ("4", 0)])
def test_strokes_that_cross_askew_are_a_sign_of_times(sign: str, wanted: int) -> None:
    gray = np.full((40, 120), 255, np.uint8)
    for left, text in ((5, "2"), (75, "8")):
        cv2.putText(gray, text, (left, 32), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2, cv2.LINE_AA)
    if sign == "x":
        cv2.line(gray, (44, 18), (56, 30), 0, 2, cv2.LINE_AA)
        cv2.line(gray, (56, 18), (44, 30), 0, 2, cv2.LINE_AA)
    else:
        cv2.putText(gray, sign, (42, 31), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 0, 2, cv2.LINE_AA)
    found = list(crosses_in((gray < 140).astype(np.uint8)))
    assert len(found) == wanted
    assert all(40 < first < behind < 60 for first, behind in found)


def test_signs_of_times_that_were_not_read_are_put_between_numbers() -> None:
    assert _with_times(["56", "56", "128"]) == "56x56x128"
    assert _with_times(["|", "5000"]) == "1x5000"
    assert _with_times(["ma", "pool 5", "5"]) == ""
