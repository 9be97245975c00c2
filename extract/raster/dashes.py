"""Dashed lines of a picture: short marks, one ahead of the other, with the gaps between them closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from extract.raster.spots import Contour, Mask, spots_of

WIDEST, LONGEST = 8.0, 48.0
"""Pixels of a dash at most, across and along."""
SLENDER = 1.5
"""How much longer than wide a dash is at least."""
FULL, SURE = 0.6, 0.75
"""The share of the box along it at least that a dash fills, and that one fills which goes around no corner."""
UPRIGHT, LEG, HOLLOW = 0.4, 2.5, 0.85
"""The cosine between the legs of a dash around a corner, pixels of the shorter one, and what of its hull it fills."""
GAP = 2.8
"""How far from each other dashes are at most, as a share of the longer: a line that crosses may hide one of them."""
AHEAD = 0.97
"""The cosine at least between a dash, the gap behind it and the next dash."""
ASIDE = 2.0
"""Pixels by which the next dash stands aside at most where it is close."""
ALIKE = 1.8
"""How much longer or wider than the next one a dash is at most."""
FEWEST = 3
"""Dashes of a line at least."""
REACH = 2.5
"""How far ahead of the end of a dashed line what it leads to is at most, as a share of its dashes."""
MOST = 2_000
"""Marks at most that may be dashes: more are letters, or hatched areas."""
CORNER = 1.5
"""How far from each other two dashed lines end at most that meet in a corner, as a share of their dashes."""
End = tuple[int, int]
"""A dash by its number, and which of its ends (0 or 1)."""
Places = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class _Dashes:
    """Marks that may be dashes: both ends of each and its way out there (number, 2, 2), its length and its width."""

    ends: Places
    ways: Places
    long: Places
    wide: Places


def closed_up(dark: Mask, lines: Mask, ends: Mask) -> Mask:
    """Return marks with the gaps of dashed lines filled, up to the lines they lead to, or boxes and heads (`ends`).

    What goes around in a ring is a frame, and what leads to nothing parts a picture: these stay as they are.
    """
    import cv2

    dashes = _dashes_of(dark)
    if not FEWEST <= len(dashes.long) <= MOST:
        return dark
    chains = list(_chains(_next_of(dashes)))
    alone = set(range(len(dashes.long))) - {dash for chain in chains for dash, _ in chain}
    chains += [[(dash, 1)] for dash in sorted(alone)]
    found = dark.copy()

    def draw(start: Places, end: Places, wide: float) -> None:
        first, last = (tuple(round(float(each)) for each in place) for place in (start, end))
        cv2.line(found, first, last, (1,), max(1, round(wide) - 1))

    paths = (_Path(group, met) for group, met in _joined(dashes, chains))
    waiting = [each for each in paths if max(map(len, each.chains)) >= FEWEST]
    while waiting:
        firm, any_line = ends > 0, (found > dark) | (lines > 0) | (ends > 0)
        tried = ((each, each.ahead(dashes, firm if each.is_patched else any_line)) for each in waiting)
        ready = [(each, ahead) for each, ahead in tried if ahead]
        for each, ahead in ready:
            waiting.remove(each)
            for one, other in (*each.gaps(), *each.corners):
                draw(dashes.ends[one], dashes.ends[other], min(dashes.wide[one[0]], dashes.wide[other[0]]))
            for end, place in ahead.items():
                draw(dashes.ends[end], place, float(dashes.wide[end[0]]))
        waiting = waiting if ready else []
    return np.asarray(found, np.uint8) if (found != dark).any() else dark


@dataclass(frozen=True)
class _Path:
    """Rows of dashes that meet in corners."""

    chains: list[list[End]]
    corners: list[tuple[End, End]]

    @property
    def is_patched(self) -> bool:
        """Whether dashes are in it that are no line by themselves: what is in a corner, or between one and a box."""
        return min(map(len, self.chains)) < FEWEST

    def gaps(self) -> Iterator[tuple[End, End]]:
        """Yield the ends of dashes that follow each other."""
        for chain in self.chains:
            yield from (((a, end), (b, 1 - start)) for (a, end), (b, start) in pairwise(chain))

    def ahead(self, dashes: _Dashes, marks: Any) -> dict[End, Places]:
        """Return what stands ahead of the ends that meet no other, where it leads from one thing to another."""
        met = {end for pair in self.corners for end in pair}
        free = [end for chain in self.chains for end in _ends(chain) if end not in met]
        found = ((end, _ahead(dashes, end, marks)) for end in free)
        places = {end: place for end, place in found if place is not None}
        return places if len(places) > 1 else {}


def _ends(chain: Sequence[End]) -> tuple[End, End]:
    return (chain[0][0], 1 - chain[0][1]), chain[-1]


def _dashes_of(dark: Mask) -> _Dashes:
    import cv2

    spots = spots_of(dark)
    sides = spots.boxes[:, 2:].max(1, initial=0)
    found = []
    for i in np.flatnonzero((sides <= LONGEST) & (sides > 3)).tolist():
        (x, y), size, angle = cv2.minAreaRect(spots.outlines[i])
        across, along = sorted(each + 1 for each in size)
        full = float(spots.areas[i]) / (across * along)
        if full < SURE and (bent := _bent(spots.outlines[i], float(spots.areas[i]))):
            found.append(bent)
            continue
        if across > WIDEST or along < SLENDER * across or full < FULL:
            continue
        turn = np.deg2rad(angle if size[0] >= size[1] else angle + 90)
        way, middle = np.array([np.cos(turn), np.sin(turn)]), np.array([x, y])
        half = (along - 1) / 2 * way
        found.append((np.stack([middle - half, middle + half]), np.stack([-way, way]), along, across))
    columns: list[Any] = list(zip(*found, strict=True))
    columns = columns or [np.zeros((0, 2, 2)), np.zeros((0, 2, 2)), np.zeros(0), np.zeros(0)]
    return _Dashes(*(np.array(each, float) for each in columns))


def _bent(contour: Contour, area: float) -> tuple[Places, Places, float, float] | None:
    """Return the dash that goes around a right corner of its line, by its two legs, where a mark is one."""
    import cv2

    hull = cv2.convexHull(contour)
    if area > HOLLOW * (cv2.contourArea(hull) + cv2.arcLength(hull, True) / 2 + 1):
        return None
    outline = contour.reshape(-1, 2).astype(float)
    spans = np.hypot(*(outline[:, None] - outline[None]).transpose(2, 0, 1))
    ends = outline[list(np.unravel_index(spans.argmax(), spans.shape))]
    (across, down), to = ends[1] - ends[0], outline - ends[0]
    corner = outline[np.abs(to[:, 0] * down - to[:, 1] * across).argmax()]
    legs = np.hypot(*(ends - corner).T)
    along = float(legs.sum()) + 1
    if legs.min() < LEG or area > min(WIDEST, along / SLENDER) * along:
        return None
    ways = (ends - corner) / legs[:, None]
    if abs(float(ways[0] @ ways[1])) > UPRIGHT:
        return None
    long = int(legs.argmax())  # The shorter leg is of too few pixels to tell its way.
    upright = ways[long][::-1] * (-1, 1)
    ways[1 - long] = upright if upright @ ways[1 - long] > 0 else -upright
    return ends, ways, along, area / along


def _next_of(dashes: _Dashes) -> dict[End, End]:
    """Return what end of another dash follows behind each end of a dash, both the nearest to each other."""
    nearest: dict[End, End] = {}
    others = dashes.ends.reshape(-1, 2)
    for i in range(len(dashes.long)):
        most = GAP * np.maximum(dashes.long[i], dashes.long).repeat(2)
        alike = np.maximum(dashes.long[i] / dashes.long, dashes.long / dashes.long[i]) < ALIKE
        alike &= np.maximum(dashes.wide[i] / dashes.wide, dashes.wide / dashes.wide[i]) < ALIKE
        alike[i] = False
        for end in (0, 1):
            gaps = others - dashes.ends[i, end]
            away = np.maximum(np.hypot(gaps[:, 0], gaps[:, 1]), 1e-9)
            ahead = _are_ahead(gaps @ dashes.ways[i, end], away)
            back = _are_ahead(-(gaps * dashes.ways.reshape(-1, 2)).sum(1), away)
            fits = np.flatnonzero(alike.repeat(2) & ahead & back & (away < most))
            if len(fits):
                best = int(fits[np.argmin(away[fits])])
                nearest[i, end] = best // 2, best % 2
    return {end: other for end, other in nearest.items() if nearest.get(other) == end}


def _are_ahead(along: Any, away: Any) -> Any:
    """Tell what lies ahead of ends by how far it is along their ways, and how far from them, in all.

    What is close may be a little aside: ends are pixels.
    """
    aside = np.sqrt(np.maximum(away**2 - along**2, 0))
    return (along / away > AHEAD) | ((along > 0) & (aside < ASIDE))


def _chains(follows: dict[End, End]) -> Iterator[list[End]]:
    """Yield the dashes of each line in order, each with the end at which it goes on."""
    seen: set[int] = set()
    for dash, end in follows:
        if dash in seen or (dash, 1 - end) in follows:
            continue
        chain = [(dash, end)]
        while chain[-1] in follows:
            other, start = follows[chain[-1]]
            chain.append((other, 1 - start))
        seen.update(each for each, _ in chain)
        yield chain


def _joined(dashes: _Dashes, chains: Sequence[list[End]]) -> Iterator[tuple[list[list[End]], list[tuple[End, End]]]]:
    """Yield rows of dashes that meet in corners, together, with the ends that do."""
    owner = {end: i for i, chain in enumerate(chains) for end in _ends(chain)}
    pairs = [(a, b) for a, b in _corners(dashes, list(owner)) if owner[a] != owner[b]]
    group = list(range(len(chains)))
    for a, b in pairs:
        old, new = group[owner[a]], group[owner[b]]
        group = [new if each == old else each for each in group]
    for number in dict.fromkeys(group):
        own = [chain for chain, each in zip(chains, group, strict=True) if each == number]
        yield own, [pair for pair in pairs if group[owner[pair[0]]] == number]


def _corners(dashes: _Dashes, loose: Sequence[End]) -> Iterator[tuple[End, End]]:
    """Yield the ends of dashed lines with the end of another one that they meet in a corner, both the nearest."""
    nearest: dict[End, End] = {}
    for end in loose:
        long = dashes.long[end[0]]
        away = {
            other: float(np.hypot(*(dashes.ends[other] - dashes.ends[end])))
            for other in loose
            if other[0] != end[0] and dashes.long[other[0]] < ALIKE * long
        }
        best = min(away, key=lambda each: away[each], default=None)
        if best is not None and away[best] < CORNER * long:
            nearest[end] = best
    yield from ((end, other) for end, other in nearest.items() if nearest.get(other) == end)


def _ahead(dashes: _Dashes, end: End, marks: Any) -> Places | None:
    """Return the first mark ahead of the end of a dashed line, no farther than another dash would be."""
    place, way = dashes.ends[end], dashes.ways[end]
    for step in range(2, round(REACH * float(dashes.long[end[0]]))):
        x, y = (round(float(each)) for each in place + step * way)
        if not (0 <= y < marks.shape[0] and 0 <= x < marks.shape[1]):
            return None
        if marks[y, x]:
            return np.array([x, y], float)
    return None
