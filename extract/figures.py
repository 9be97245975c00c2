"""The diagram in a figure of a paper: out of the paths and letters of its page, or out of a picture."""

from __future__ import annotations

from typing import Any

from extract.diagrams import Diagram, diagram_of
from extract.drawing import Drawing, DrawingError, of_page
from extract.page import page_of
from extract.sheets import Box

EDGE = 2.0
"""Points around a figure's box that are looked at, for what is drawn on the box itself."""
MOST_DRAWN = 3000
"""Paths of a figure at most: more are a plot of points, a map, or letters that are outlines."""
MOSTLY = 0.5
"""The share of a figure that pictures take from which on it is one."""


def crop_of(page: Any, box: Box) -> Any:
    """Return the part of a page of pdfplumber's around a box, whose places are on the page as it is shown."""
    x0, top, x1, bottom = page.bbox
    across, down = page.cropbox[:2]
    left, upper, right, lower = box
    inside = (
        max(left + across - EDGE, x0),
        max(upper + down - EDGE, top),
        min(right + across + EDGE, x1),
        min(lower + down + EDGE, bottom),
    )
    return page.crop(inside)


def drawing_in(page: Any, box: Box) -> Drawing:
    """Return the paths and words in a box of a page; raise DrawingError where they are too many."""
    crop = crop_of(page, box)
    return of_page(crop, page_of(crop).words)


def is_picture(page: Any, box: Box) -> bool:
    """Tell a figure that is a picture for the most part, and no drawing of paths."""
    whole = (box[2] - box[0]) * (box[3] - box[1])
    pictures = sum(float(each["width"]) * float(each["height"]) for each in crop_of(page, box).images)
    return whole > 0 and pictures > MOSTLY * whole


def diagram_in(page: Any, box: Box) -> Diagram:
    """Return the diagram of a figure; raise DrawingError where it has too many paths to be one.

    A figure that is a picture (`is_picture`) has no paths: what reads pictures is to give its diagram here.
    """
    drawing = drawing_in(page, box)
    if len(drawing.paths) > MOST_DRAWN:
        raise DrawingError(f"has more than {MOST_DRAWN} paths, and is not read")
    return diagram_of(drawing)
