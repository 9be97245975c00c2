"""Fonts whose tables tell other characters than they draw: what their widths contradict is a space or a ligature."""

from __future__ import annotations

import io

import pdfplumber
import pytest

from extract.pages.page import page_of
from tests.pdf_pages import pdf


def _words(text: str, **widths: int) -> list[str]:
    table = {{"stop": ".", "eight": "8", "hash": "#"}[name]: wide for name, wide in widths.items()}
    with pdfplumber.open(io.BytesIO(pdf(([(72, 100, text)], []), widths=table))) as opened:
        return [word.text for word in page_of(opened.pages[0]).words]


@pytest.mark.parametrize(
    ("text", "widths", "words"),
    [
        ("1x18convolu.on8filters8", {"eight": 226, "stop": 490}, ["1x1", "convolution", "filters"]),
        ("max#pooling#", {"hash": 226}, ["max", "pooling"]),
        ("conv8", {}, ["conv8"]),
        ("conv.on", {"stop": 250}, ["conv.on"]),
        ("3.5x5.", {"stop": 500}, ["3.5x5."]),
        ("8x8", {"eight": 226}, ["8x8"]),
    ],
    ids=["both", "a sign for a space", "a digit", "a stop", "a wide stop of numbers", "a font without words"],
)
def test_what_widths_contradict_is_read_as_it_is_drawn(text: str, widths: dict[str, int], words: list[str]) -> None:
    assert _words(text, **widths) == words
