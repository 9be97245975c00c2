"""What a figure looks like as a picture: its white, its colours, its texture, and the straight lines in it."""

from __future__ import annotations

from math import log1p
from typing import Any

import numpy as np

from extract.pages.sheets import Picture

Marks = np.ndarray[Any, np.dtype[np.bool_]]
SCALE = 2.0
"""Points of a picture for each of a page."""
RUN = 12
"""Points in a row from which on they are a line."""


def shades_of(picture: Picture) -> dict[str, float]:
    """Return the traits of a picture at `SCALE` by their names; counts are logarithms."""
    red, green, blue = (np.ascontiguousarray(picture[..., each]).astype(np.int16) for each in range(3))
    grey = (red + green + blue) / 3
    spread = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    ink = grey < 245
    counts = np.bincount(_coarse(picture)[ink], minlength=512) if ink.any() else np.zeros(512, int)
    total = max(1, int(counts.sum()))
    steps = np.abs(np.diff(grey, axis=1))
    dark = grey < 140
    across, down = _runs(dark), _runs(dark.T)
    return {
        "white": 1.0 - float(ink.mean()),
        "few_colours": float(np.sort(counts)[-4:].sum() / total),
        "colours": log1p(int((counts > 0.004 * total).sum())),
        "vivid": float((spread > 60).mean()),
        "texture": float(((steps > 3) & (steps < 60)).sum()) / max(1, steps.size),
        "sharp": float((steps > 90).sum()) / max(1, steps.size),
        "flat_lines": log1p(len(across)),
        "upright_lines": log1p(len(down)),
        "longest_flat": max(across, default=0) / max(1, picture.shape[1]),
        "longest_upright": max(down, default=0) / max(1, picture.shape[0]),
    }


def _coarse(picture: Picture) -> Any:
    """Return a number for each point that near colours share."""
    parts = picture.astype(np.int16) >> 5
    return parts[..., 0] * 64 + parts[..., 1] * 8 + parts[..., 2]


def _runs(marks: Marks) -> list[int]:
    """Return the lengths of the lines along rows; of rows beside each other with the same line one counts."""
    padded = np.pad(marks, ((0, 0), (1, 1))).astype(np.int8)
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    _, ends = np.nonzero(change == -1)
    long = ends - starts >= RUN
    seen: dict[tuple[int, int], int] = {}
    found = []
    for row, start, end in zip(rows[long].tolist(), starts[long].tolist(), ends[long].tolist(), strict=True):
        if seen.get((start // 3, end // 3), -9) < row - 2:
            found.append(end - start)
        seen[start // 3, end // 3] = row
    return found
