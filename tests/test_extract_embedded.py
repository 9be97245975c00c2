"""Figures that are pictures in pages are read by their own pixels, in the shades that files of pictures have."""

from __future__ import annotations

from typing import Any

import numpy as np
import pypdfium2
import pytest

from extract.pages import embedded
from extract.pages.embedded import pixels_of
from extract.raster.picture import shaded

PLACE = (100.0, 92.0, 300.0, 192.0)
"""Where the picture stands on its page, from the upper left corner."""


def drawn() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return a picture of red, green and blue: a ground of one colour and a red area in its middle."""
    pixels = np.full((300, 600, 3), (250, 250, 240), np.uint8)
    pixels[100:200, 200:400] = (200, 30, 20)
    return pixels


def page(matrix: tuple[float, ...] = (200, 0, 0, 100, 100, 600), times: int = 1) -> pypdfium2.PdfDocument:
    """Return a document with a page of 612 x 792 points that shows the picture so often."""
    document = pypdfium2.PdfDocument.new()
    sheet = document.new_page(612, 792)
    for _ in range(times):
        image = pypdfium2.PdfImage.new(document)
        bitmap = pypdfium2.PdfBitmap.new_native(600, 300, pypdfium2.raw.FPDFBitmap_BGR)
        bitmap.to_numpy()[:] = drawn()[:, :, ::-1]
        image.set_bitmap(bitmap)
        image.set_matrix(pypdfium2.PdfMatrix(*matrix))
        sheet.insert_obj(image)
    sheet.gen_content()
    sheet.close()
    return document


def test_a_picture_has_its_own_pixels() -> None:
    found = pixels_of(page(), 1, PLACE, 0.0)
    assert found is not None
    assert found[1] == pytest.approx(3)
    assert (found[0] == drawn()).all()


def test_around_a_part_is_what_the_picture_has_there_or_its_ground() -> None:
    found = pixels_of(page(), 1, (100.0, 112.0, 200.0, 172.0), 10.0)
    assert found is not None
    assert found[0].shape == (240, 360, 3)
    assert (found[0][:, 30:] == drawn()[30:270, :330]).all()
    assert (found[0][:, :30] == (250, 250, 240)).all()


@pytest.mark.parametrize(
    ("matrix", "times"),
    [((0, 100, -200, 0, 300, 600), 1), ((200, 0, 0, 60, 100, 600), 1), ((200, 0, 0, 100, 100, 600), 2)],
)
def test_pictures_that_are_turned_stretched_or_several_are_seen_as_the_page_shows_them(
    matrix: tuple[float, ...], times: int
) -> None:
    assert pixels_of(page(matrix, times), 1, PLACE, 0.0) is None


def test_thin_lines_in_light_colours_are_dark_in_a_picture_of_a_page() -> None:
    pixels = np.full((60, 60, 3), 255, np.uint8)
    pixels[30:33] = (255, 160, 60)
    assert shaded(pixels)[31].max() == 60


def test_a_picture_on_a_dark_ground_is_turned_to_light() -> None:
    pixels = np.full((60, 60, 3), 20, np.uint8)
    pixels[30:33, 20:40] = 250
    assert shaded(pixels)[0, 0] == 235


def test_a_picture_with_more_pixels_than_are_held_is_left_to_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    document = page()
    assert pixels_of(document, 1, PLACE, 4.0) is not None
    monkeypatch.setattr(embedded, "MOST_PIXELS", 600 * 300 - 1)
    assert pixels_of(document, 1, PLACE, 4.0) is None
