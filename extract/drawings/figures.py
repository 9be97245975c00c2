"""The diagram in a figure of a paper: out of the paths and letters of its page, or out of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extract.drawings.boxes_and_arrows import diagram_of
from extract.drawings.covered import in_order, without_covered
from extract.drawings.diagrams import Diagram
from extract.drawings.drawing import Drawing, of_page
from extract.pages.page import page_of, sidewise
from extract.pages.sheets import Box

EDGE = 2.0
"""Points around a figure's box that are looked at, for what is drawn on the box itself."""
MOST_DRAWN = 1500
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


def pictures_in(page: Any, box: Box) -> list[Box]:
    """Return the boxes of the pictures in a box of a page."""
    return [
        (float(each["x0"]), float(each["top"]), float(each["x1"]), float(each["bottom"]))
        for each in crop_of(page, box).images
    ]


def is_picture(pictures: Sequence[Box], box: Box) -> bool:
    """Tell a figure that is a picture for the most part, and no drawing of paths."""
    whole = (box[2] - box[0]) * (box[3] - box[1])
    return whole > 0 and sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in pictures) > MOSTLY * whole


def drawing_in(page: Any, box: Box) -> Drawing:
    """Return the paths and words in a box of a page; raise DrawingError where they are too many."""
    in_order(page)
    crop = without_covered(crop_of(page, box))
    return of_page(crop, sidewise(page_of(crop).words))


def diagram_in(drawing: Drawing) -> Diagram | None:
    """Return the diagram of a figure's drawing, or None where it has too many paths to be one.

    A figure that is a picture (`is_picture`) has no paths: what reads pictures is to give its diagram here.
    """
    return diagram_of(drawing) if len(drawing.paths) <= MOST_DRAWN else None
