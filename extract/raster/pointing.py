"""Where the heads of arrows point, and from where those come that are hardly more than a head."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from typing import Any

import numpy as np

from extract.drawings.arrows import Arrow
from extract.raster.network import End, Network, Way
from extract.raster.regions import Labels
from extract.raster.sight import ahead, near
from extract.raster.spots import Mask
from extract.raster.thinning import Pixel

TIP = 14
"""Pixels from the end of a head, at most, to the box that it points to."""
STRAIGHT = 0.9
"""The cosine between the way of a head and that away from the box behind it at least."""
SKEW = 0.05
"""How much thinner a head gets towards its tip at least, as a skewness: without its tip a triangle has 0.1."""
_WAYS = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))
"""The ways in which most heads point."""
Places = tuple[Any, Any]
"""Columns and rows of pixels."""


def between(place: Places, zones: Labels) -> Arrow | None:
    """Return the arrow that is hardly more than a head: from the box behind it to the one before it, or to a text.

    Where it touches either it is one by its place, and else by its form.
    """
    columns, rows = place
    x, y = float(columns.mean()), float(rows.mean())
    found = []
    for dx, dy in (_pointing(columns - x, rows - y), *_WAYS):
        along = (columns - x) * dx + (rows - y) * dy
        tip, base = ((round(x + dx * far), round(y + dy * far)) for far in (float(along.max()), float(along.min())))
        touched = [near(zones, each, TIP) for each in (base, tip)]
        source, target = touched[0] or ahead(zones, base, (-dx, -dy)), touched[1] or ahead(zones, tip, (dx, dy))
        thinner = float((along**3).mean()) / max(float((along**2).mean()), 1.0) ** 1.5
        to_box = source and target and source != target and (all(touched) or thinner > SKEW)
        away = touched[0] and target in (0, source) and _leaves(zones, source, (x, y), (dx, dy))
        if to_box or (away and thinner > SKEW):
            found.append((bool(to_box), thinner, base, tip, source, target if to_box else 0))
    if not found:
        return None
    *_, base, tip, source, target = max(found)
    points = [(float(each[0]), float(each[1])) for each in (base, tip)]
    return Arrow(points, [source - 1, target - 1 if target else None], heads=[False, True])


def _leaves(zones: Labels, box: int, place: tuple[float, float], way: Way) -> bool:
    """Tell a way that leads straight away from a box that is near."""
    left, top = (max(0, round(each) - 2 * TIP) for each in place)
    rows, columns = np.nonzero(zones[top : top + 4 * TIP, left : left + 4 * TIP] == box)
    if not len(rows):
        return False
    across, down = place[0] - left - columns, place[1] - top - rows
    nearest = int(np.hypot(across, down).argmin())
    return bool(across[nearest] * way[0] + down[nearest] * way[1] > STRAIGHT * hypot(across[nearest], down[nearest]))


def target_of(place: Places, ends: Sequence[End], network: Network, zones: Labels, reach: int = 0) -> int | None:
    """Return the box that a head points to: away from the lines that end at it, else as it looks itself.

    Where it touches none it is the first one straight ahead, as far as that is in reach.
    """
    columns, rows = place
    x, y = float(columns.mean()), float(rows.mean())
    bases = [network.pieces[piece].end(at) for piece, at in ends if (piece, at) in network.heads]
    ways = [_pointing(columns - x, rows - y)]
    if bases:
        ways.insert(0, (x - sum(x for x, _ in bases) / len(bases), y - sum(y for _, y in bases) / len(bases)))
    tips = [_tip(place, way) for way in ways]
    touched = (near(zones, tip, TIP) for tip, _ in tips)
    first = (ahead(zones, tip, way, reach) for tip, way in tips[:1])
    return next(filter(None, (*touched, *first)), None)


def tip_of(place: Places, base: Pixel, strokes: Mask) -> Pixel:
    """Return the tip of a head at the end of a line, or the place on another line that is right ahead of it."""
    columns, rows = place
    tip, (dx, dy) = _tip(place, (float(columns.mean()) - base[0], float(rows.mean()) - base[1]))
    on = ((round(tip[0] + step * dx), round(tip[1] + step * dy)) for step in range(TIP, 0, -1))
    high, wide = strokes.shape
    return next(((x, y) for x, y in on if 0 <= x < wide and 0 <= y < high and strokes[y, x]), tip)


def _tip(place: Places, way: Way) -> tuple[Pixel, Way]:
    """Return where a head ends on a way from its middle, and the way of length one."""
    (columns, rows), length = place, hypot(*way) or 1.0
    x, y, dx, dy = float(columns.mean()), float(rows.mean()), way[0] / length, way[1] / length
    far = float(((columns - x) * dx + (rows - y) * dy).max())
    return (round(x + dx * far), round(y + dy * far)), (dx, dy)


def _pointing(across: Any, down: Any) -> Way:
    """Return the way in which a triangle points: along its longer axis, to the side where it is thinner."""
    spread = np.array([[(across * across).sum(), (across * down).sum()], [(across * down).sum(), (down * down).sum()]])
    x, y = np.linalg.eigh(spread)[1][:, 1]
    sign = 1.0 if ((across * x + down * y) ** 3).sum() > 0 else -1.0
    return float(sign * x), float(sign * y)


def places_of(labels: Labels) -> dict[int, Places]:
    """Return the columns and rows of each label's pixels."""
    rows, columns = np.nonzero(labels)
    if not len(rows):
        return {}
    owners = labels[rows, columns]
    order = np.argsort(owners, kind="stable")
    names, starts = np.unique(owners[order], return_index=True)
    parts = zip(np.split(columns[order], starts[1:]), np.split(rows[order], starts[1:]), strict=True)
    return dict(zip(names.tolist(), parts, strict=True))
