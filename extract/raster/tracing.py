"""Follow lines from the heads of arrows back to the boxes they come from, over the points where lines meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import hypot
from typing import Any

import numpy as np

from extract.arrows import Arrow
from extract.drawing import DrawingError
from extract.raster.heads import NEAR, Lines
from extract.raster.regions import Labels
from extract.raster.thinning import Piece, Pixel, pieces_of, thinned

End = tuple[int, int]
"""A piece by its number, and which of its ends (0 or 1)."""
MOST_MARKED = 2_000_000
"""Pixels of lines at most: 10,000 arrows' lengths of a hundred."""
MOST_PIECES = 10_000
"""Pieces of lines at most: more are no diagram."""
REACH = 14
"""Pixels over which the way of a line is taken."""
SHORT = 12
"""Pixels of a piece at most that is a rest of a head, or of where lines meet."""
SPUR = 3
"""Pixels of a piece at most that leads from a line to nowhere and is no part of it."""
AHEAD = -0.3
"""The cosine between two lines that leave a point, at most, for one to go on as the other: a turn of 70 degrees."""
THROUGH = -0.85
"""That cosine, at most, for a line that passes under a head."""
STRAIGHT = -0.8
"""That cosine for a line that crosses another."""
TIP = 14
"""Pixels from the end of a head, at most, to the box that it points to."""
GAP, GAP_AHEAD = 16, 0.7
"""Pixels of a gap in a line at most, and the cosine between it and the line's ways at both sides at least."""
INTO = 0.85
"""The cosine between a line and the way on to the middle of its head at least."""
Way = tuple[float, float]
Places = tuple[Any, Any]
"""Columns and rows of pixels."""


@dataclass
class Network:
    """Pieces of lines, and what is at the ends of each: a head, or that beside it, a box, or others.

    `touching` has all ends at heads, whether they lead into them or not.
    """

    pieces: list[Piece]
    boxes: dict[End, int] = field(default_factory=dict)
    heads: dict[End, int] = field(default_factory=dict)
    beside: dict[End, int] = field(default_factory=dict)
    touching: dict[End, int] = field(default_factory=dict)
    joints: dict[End, int] = field(default_factory=dict)
    onward: dict[End, list[End]] = field(default_factory=dict)

    def sources(self, end: End) -> Iterator[tuple[int, list[Pixel]]]:
        """Yield the boxes that a piece comes from, which is followed from an end to the other, and the way there."""
        before: dict[End, End | None] = {end: None}
        waiting = [end]
        while waiting:
            here = waiting.pop()
            other = (here[0], 1 - here[1])
            if other in self.boxes:
                yield self.boxes[other], self._way(here, before)
            for ahead in self.onward.get(other, ()):
                if ahead not in before:
                    before[ahead] = here
                    waiting.append(ahead)

    def _way(self, end: End, before: dict[End, End | None]) -> list[Pixel]:
        """Return the pixels from the far end of the last piece back to where the way began."""
        way: list[Pixel] = []
        at: End | None = end
        while at is not None:
            pixels = self.pieces[at[0]].pixels
            way += pixels[::-1] if at[1] == 0 else pixels
            at = before[at]
        return way


def arrows_of(lines: Lines, zones: Labels) -> list[Arrow]:
    """Return the arrows of a picture: each from a box to the one that its head points to, as numbers from 0.

    Raises DrawingError where there are more lines than a diagram has.
    """
    if int(lines.strokes.sum(dtype=np.int64)) > MOST_MARKED:
        raise DrawingError("is too full of lines")
    pieces, points = pieces_of(thinned(lines.strokes))
    if len(pieces) > MOST_PIECES:
        raise DrawingError(f"has more than {MOST_PIECES} lines")
    places = _places(lines.heads)
    network = _network(pieces, points, lines, zones, places)
    by_head: dict[int, list[End]] = {}
    for end, head in network.heads.items():
        by_head.setdefault(head, []).append(end)
    for end, head in network.beside.items():
        by_head.setdefault(head, []).append(end)
    found = []
    for head, ends in by_head.items():
        target = _target(places[head], ends, network, zones)
        if target is None:
            continue
        for end in ends:
            for source, way in network.sources(end):
                points_of = [(float(x), float(y)) for x, y in way]
                found.append(Arrow(points_of, [source - 1, target - 1], [False, True]))
    return found


def _network(pieces: list[Piece], points: Labels, lines: Lines, zones: Labels, places: dict[int, Places]) -> Network:
    network = Network([])
    near = NEAR + round(lines.width)
    for piece in pieces:
        number = len(network.pieces)
        box, head, joint = (
            [_near(layer, piece.end(at), reach) for at in (0, 1)]
            for layer, reach in ((zones, near), (lines.heads, near + 1), (points, 1))
        )
        if len(piece.pixels) < SHORT and any(head) and all(head[at] or box[at] for at in (0, 1)):
            continue
        if len(piece.pixels) == 1:
            joint = _both(points, piece.pixels[0])
        if len(piece.pixels) <= SPUR and not any(box) and not any(head) and len({*joint} - {0}) < 2:
            continue
        network.pieces.append(piece)
        for at in (0, 1):
            if head[at]:
                network.touching[number, at] = head[at]
            if head[at] and _leads_into(piece, at, places[head[at]]):
                network.heads[number, at] = head[at]
            elif box[at]:
                network.boxes[number, at] = box[at]
            elif joint[at]:
                network.joints[number, at] = joint[at]
            elif head[at]:
                network.beside[number, at] = head[at]
    _through(network)
    _beside(network, zones)
    _join(network)
    _bridge(network)
    return network


def _through(network: Network) -> None:
    """Let a line go on that passes under a head, where another one ends in that."""
    ends_of: dict[int, list[End]] = {}
    for end, head in network.touching.items():
        ends_of.setdefault(head, []).append(end)
    for ends in ends_of.values():
        ways = [network.pieces[piece].direction(at, REACH) for piece, at in ends]
        pairs = combinations(range(len(ends)), 2) if len(ends) > 2 else ()
        for i, j in pairs:
            (x0, y0), (x1, y1) = (network.pieces[piece].end(at) for piece, at in (ends[i], ends[j]))
            aside = abs((x1 - x0) * ways[i][1] - (y1 - y0) * ways[i][0])
            if ways[i][0] * ways[j][0] + ways[i][1] * ways[j][1] < THROUGH and aside < SHORT / 2:
                for here, there in ((ends[i], ends[j]), (ends[j], ends[i])):
                    network.onward.setdefault(here, []).append(there)
                    for known in (network.heads, network.beside, network.boxes):
                        known.pop(here, None)


def _beside(network: Network, zones: Labels) -> None:
    """Leave at a head what ends beside it where no other line leads into it; else it comes from the box there."""
    own = set(network.heads.values())
    for (piece, at), head in list(network.beside.items()):
        if head in own:
            del network.beside[piece, at]
            if box := _near(zones, network.pieces[piece].end(at), TIP):
                network.boxes[piece, at] = box


def _leads_into(piece: Piece, at: int, head: Places) -> bool:
    """Tell a line that ends in the middle of a head's base from one that passes it."""
    x, y = piece.end(at)
    dx, dy = float(head[0].mean()) - x, float(head[1].mean()) - y
    way = piece.direction(at, REACH)
    return -(way[0] * dx + way[1] * dy) > INTO * hypot(dx, dy)


def _near(labels: Labels, place: Pixel, reach: int) -> int:
    """Return the label nearest to a pixel, or 0."""
    x, y = place
    left, top = max(0, x - reach), max(0, y - reach)
    part = labels[top : y + reach + 1, left : x + reach + 1]
    rows, columns = np.nonzero(part)
    if not len(rows):
        return 0
    best = int(np.argmin((rows + top - y) ** 2 + (columns + left - x) ** 2))
    return int(part[rows[best], columns[best]])


def _both(points: Labels, place: Pixel) -> list[int]:
    """Return the points at both ends of a piece of one pixel."""
    x, y = place
    around = [int(each) for each in np.unique(points[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2]) if each]
    return [*around, 0, 0][:2]


def _join(network: Network) -> None:
    """Find how lines go on where they meet."""
    merged = _merged(network)
    meeting: dict[int, list[End]] = {}
    for end, joint in network.joints.items():
        meeting.setdefault(merged.get(joint, joint), []).append(end)
    for ends in meeting.values():
        if len(ends) == 1:
            del network.joints[ends[0]]
        inner = {piece for piece, at in ends if (piece, 1 - at) in ends and len(network.pieces[piece].pixels) < SHORT}
        ends = [end for end in ends if end[0] not in inner]
        for a, b in _passing(ends, [network.pieces[piece].direction(at, REACH) for piece, at in ends]):
            network.onward.setdefault(a, []).append(b)
            network.onward.setdefault(b, []).append(a)


def _bridge(network: Network) -> None:
    """Let lines go on over gaps: from each loose end to the nearest that lies ahead of it, and that it is ahead of."""
    known = (network.boxes, network.heads, network.beside, network.joints, network.onward)
    loose = [
        (number, at)
        for number in range(len(network.pieces))
        for at in (0, 1)
        if not any((number, at) in ends for ends in known)
    ]
    places = np.array([network.pieces[piece].end(at) for piece, at in loose], float).reshape(-1, 2)
    ways = -np.array([network.pieces[piece].direction(at, REACH) for piece, at in loose], float).reshape(-1, 2)
    best: dict[int, int] = {}
    for i in range(len(loose)):
        steps = places - places[i]
        far = np.hypot(steps[:, 0], steps[:, 1])
        ahead = (steps @ ways[i] >= GAP_AHEAD * far) & ((-steps * ways).sum(1) >= GAP_AHEAD * far)
        far[~ahead | (far > GAP) | (np.arange(len(loose)) == i)] = np.inf
        if len(far) and np.isfinite(far.min()):
            best[i] = int(far.argmin())
    for i, j in best.items():
        if best.get(j) == i and loose[i][0] != loose[j][0]:
            network.onward.setdefault(loose[i], []).append(loose[j])


def _merged(network: Network) -> dict[int, int]:
    """Return for points that a short piece parts the one that stands for all of them."""
    stands: dict[int, int] = {}

    def root(point: int) -> int:
        while point in stands:
            point = stands[point]
        return point

    for number, piece in enumerate(network.pieces):
        ends = [network.joints.get((number, at), 0) for at in (0, 1)]
        if all(ends) and len(piece.pixels) < SHORT:
            a, b = root(ends[0]), root(ends[1])
            if a != b:
                stands[a] = b
    return {point: root(point) for point in stands}


def _passing(ends: Sequence[End], ways: Sequence[Way]) -> Iterator[tuple[End, End]]:
    """Yield the pairs of lines that go on as each other: all where there are two, those ahead, crossing lines alone."""
    pairs = list(combinations(range(len(ends)), 2))
    if len(ends) == 2:
        yield ends[0], ends[1]
        return
    cosines = {(i, j): ways[i][0] * ways[j][0] + ways[i][1] * ways[j][1] for i, j in pairs}
    if len(ends) == 4:
        halves = [((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2))]
        best = min(halves, key=lambda half: sum(cosines[pair] for pair in half))
        if all(cosines[pair] < STRAIGHT for pair in best):
            yield from ((ends[i], ends[j]) for i, j in best)
            return
    yield from ((ends[i], ends[j]) for i, j in pairs if cosines[i, j] < AHEAD)


def _target(place: Places, ends: Sequence[End], network: Network, zones: Labels) -> int | None:
    """Return the box that a head points to: away from the lines that end at it, or as it looks where none does."""
    columns, rows = place
    x, y = float(columns.mean()), float(rows.mean())
    bases = [network.pieces[piece].end(at) for piece, at in ends if (piece, at) in network.heads]
    if bases:
        dx, dy = x - sum(x for x, _ in bases) / len(bases), y - sum(y for _, y in bases) / len(bases)
    else:
        dx, dy = _pointing(columns - x, rows - y)
    length = hypot(dx, dy) or 1.0
    far = float(((columns - x) * dx + (rows - y) * dy).max()) / length
    tip = round(x + dx / length * far), round(y + dy / length * far)
    return _near(zones, tip, TIP) or None


def _pointing(across: Any, down: Any) -> Way:
    """Return the way in which a triangle points: along its longer axis, to the side where it is thinner."""
    spread = np.array([[(across * across).sum(), (across * down).sum()], [(across * down).sum(), (down * down).sum()]])
    x, y = np.linalg.eigh(spread)[1][:, 1]
    sign = 1.0 if ((across * x + down * y) ** 3).sum() > 0 else -1.0
    return float(sign * x), float(sign * y)


def _places(labels: Labels) -> dict[int, Places]:
    """Return the columns and rows of each label's pixels."""
    rows, columns = np.nonzero(labels)
    owners = labels[rows, columns]
    order = np.argsort(owners, kind="stable")
    names, starts = np.unique(owners[order], return_index=True)
    parts = zip(np.split(columns[order], starts[1:]), np.split(rows[order], starts[1:]), strict=True)
    return dict(zip(names.tolist(), parts, strict=True))
