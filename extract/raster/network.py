"""How pieces of lines go on: over the points where they meet, over gaps, and under the heads of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from extract.raster.spots import Mask
from extract.raster.thinning import Piece, Pixel

End = tuple[int, int]
"""A piece by its number, and which of its ends (0 or 1)."""
REACH = 14
"""Pixels over which the way of a line is taken."""
SHORT = 12
"""Pixels of a piece at most that is a rest of a head, or of where lines meet."""
AHEAD = -0.3
"""The cosine between two lines that leave a point, at most, for one to go on as the other: a turn of 70 degrees."""
THROUGH = -0.85
"""That cosine, at most, for a line that passes under a head."""
LEVEL = 0.3
"""How large the cosine between two lines is at most that stand upright on each other."""
STRAIGHT = -0.8
"""That cosine for a line that crosses another."""
CORNER, PAST = 48, -0.97
"""Pixels between two lines at a box at most that are one which passes its corner, and their cosine at most."""
CURVED, CURVE = 24, -0.9
"""The same for a curve."""
GAP, GAP_AHEAD = 16, 0.7
"""Pixels of a gap in a line at most, and the cosine between it and the line's ways at both sides at least."""
LONGEST, ABOUT, MOSTLY = 240, 15, 0.4
"""Pixels of a text over a line at most, those around its letters that are of it, and how much of a gap it fills."""
BENT = 0.06
"""By how much a line may bend under a text, as a share of how long that is."""
CLOSE = 6
"""Pixels between the ends of two lines at most that go the same way and are one, though not quite in line."""
Way = tuple[float, float]


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

    def sources(self, end: End) -> list[tuple[End, list[Pixel]]]:
        """Return where a piece comes from, which is followed from an end to the other, and the way there.

        Those are the ends at boxes or, where none is reached, those at nothing, where a text may stand, or else
        those at heads: such a line leads both ways.
        """
        before: dict[End, End | None] = {end: None}
        waiting, reached = [end], []
        while waiting:
            here = waiting.pop()
            other = (here[0], 1 - here[1])
            reached.append((other, here))
            for ahead in self.onward.get(other, ()):
                if ahead not in before:
                    before[ahead] = here
                    waiting.append(ahead)
        own = self.heads.get(end) or self.beside.get(end)
        at_boxes = [pair for pair in reached if pair[0] in self.boxes]
        at_heads = [pair for pair in reached if self.touching.get(pair[0], own) != own]
        loose = [pair for pair in reached if self._is_loose(pair[0])]
        return [(far, self._way(here, before)) for far, here in at_boxes or loose or at_heads]

    def loose(self) -> list[End]:
        """Return the ends of lines, and of no rests of one, at which nothing is."""
        ends = ((number, at) for number in range(len(self.pieces)) for at in (0, 1))
        return [end for end in ends if self._is_loose(end)]

    def is_rest(self, piece: int) -> bool:
        """Tell a piece that leads to where lines meet, and is so short that it may be no line."""
        return len(self.pieces[piece].pixels) < SHORT and any((piece, at) in self.joints for at in (0, 1))

    def join(self, a: End, b: End) -> None:
        """Let two lines go on as each other."""
        self.onward.setdefault(a, []).append(b)
        self.onward.setdefault(b, []).append(a)

    def is_headed(self, end: End) -> bool | None:
        """Tell whether all that a piece leads to, away from an end, are heads, or all boxes; None where it is both."""
        seen, waiting, found = {end}, [end], set[bool | None]()
        while waiting:
            piece, at = waiting.pop()
            far = piece, 1 - at
            ahead = self.onward.get(far, ())
            if not ahead:
                found.add(True if far in self.touching or far in self.beside else False if far in self.boxes else None)
            waiting += [each for each in ahead if each not in seen]
            seen.update(ahead)
        return found.pop() if len(found) == 1 else None

    def _is_loose(self, end: End) -> bool:
        """Tell the end of a line, and no rest of one, at which nothing is."""
        known = (self.boxes, self.touching, self.beside, self.joints, self.onward)
        return len(self.pieces[end[0]].pixels) >= SHORT and not any(end in ends for ends in known)

    def _way(self, end: End, before: dict[End, End | None]) -> list[Pixel]:
        """Return the pixels from the far end of the last piece back to where the way began."""
        way: list[Pixel] = []
        at: End | None = end
        while at is not None:
            pixels = self.pieces[at[0]].pixels
            way += pixels[::-1] if at[1] == 0 else pixels
            at = before[at]
        return way


def go_under(network: Network) -> None:
    """Let a line go on that passes under a head, where another one ends in that."""
    ends_of: dict[int, list[End]] = {}
    for end, head in network.touching.items():
        ends_of.setdefault(head, []).append(end)
    for ends in ends_of.values():
        ways = [network.pieces[piece].direction(at, REACH) for piece, at in ends]
        pairs = combinations(range(len(ends)), 2) if len(ends) > 2 else ()
        for i, j in pairs:
            if ends[i][0] == ends[j][0] or all(network.is_rest(ends[each][0]) for each in (i, j)):
                continue
            (x0, y0), (x1, y1) = (network.pieces[piece].end(at) for piece, at in (ends[i], ends[j]))
            aside = abs((x1 - x0) * ways[i][1] - (y1 - y0) * ways[i][0])
            if ways[i][0] * ways[j][0] + ways[i][1] * ways[j][1] < THROUGH and aside < SHORT / 2:
                for here, there in ((ends[i], ends[j]), (ends[j], ends[i])):
                    network.onward.setdefault(here, []).append(there)
                    for known in (network.heads, network.beside, network.boxes):
                        known.pop(here, None)


def go_past(network: Network) -> None:
    """Let a line go on that passes the corner of a box."""
    ends_of: dict[int, list[End]] = {}
    for end, box in network.boxes.items():
        ends_of.setdefault(box, []).append(end)
    for ends in ends_of.values():
        for here, there in combinations(ends, 2):
            (x0, y0), (x1, y1) = (network.pieces[piece].end(at) for piece, at in (here, there))
            far = max(abs(x1 - x0), abs(y1 - y0))
            if here[0] == there[0] or far > CORNER:
                continue
            way, other = (network.pieces[piece].direction(at, REACH) for piece, at in (here, there))
            aside, cosine = abs((x1 - x0) * way[1] - (y1 - y0) * way[0]), way[0] * other[0] + way[1] * other[1]
            is_curve = far < CURVED and cosine < CURVE and aside < SHORT / 2
            if is_curve or (cosine < PAST and aside < SHORT / 4):
                for end, ahead in ((here, there), (there, here)):
                    network.onward.setdefault(end, []).append(ahead)
                    network.boxes.pop(end, None)


def go_on(network: Network) -> None:
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
            network.join(a, b)
    for ends in meeting.values():
        _branch(network, [end for end in ends if len(network.onward.get(end, ())) == 1])


def _branch(network: Network, ends: Sequence[End]) -> None:
    """Let four lines that meet be a trunk and what branches off, where as two that cross one of these led nowhere.

    That is a line between heads alone, which the other is not, or between boxes alone, where there are heads.
    """
    if len(ends) != 4 or any(network.onward[end][0] not in ends for end in ends):
        return
    sides = {end: network.is_headed(end) for end in ends}
    lines = {frozenset((end, network.onward[end][0])) for end in ends}
    ways = [{sides[end] for end in line} for line in lines]
    if [each == {True} for each in ways].count(True) == 1 or ({True, False} in ways and {False} in ways):
        for a, b in combinations(ends, 2):
            if frozenset((a, b)) not in lines:
                network.join(a, b)


def go_over(network: Network) -> None:
    """Let lines go on over gaps: from each loose end to the nearest that lies ahead of it, and that it is ahead of."""
    known = (network.boxes, network.heads, network.beside, network.joints, network.onward)
    loose = [
        (number, at)
        for number in range(len(network.pieces))
        for at in (0, 1)
        if not any((number, at) in ends for ends in known)
    ]
    places, ways = _placed(network, loose)
    ways = -ways
    best: dict[int, int] = {}
    for i in range(len(loose)):
        steps = places - places[i]
        far = np.hypot(steps[:, 0], steps[:, 1])
        ahead = (steps @ ways[i] >= GAP_AHEAD * far) & ((-steps * ways).sum(1) >= GAP_AHEAD * far)
        ahead |= (far <= CLOSE) & (ways @ ways[i] <= -GAP_AHEAD)
        far[~ahead | (far > GAP) | (np.arange(len(loose)) == i)] = np.inf
        if len(far) and np.isfinite(far.min()):
            best[i] = int(far.argmin())
    for i, j in best.items():
        if best.get(j) == i and loose[i][0] != loose[j][0]:
            network.onward.setdefault(loose[i], []).append(loose[j])
    joints = list(network.joints)
    met = joints, *_placed(network, joints)
    for i in set(range(len(loose))) - set(best):
        _go_into(network, loose[i], ways[i], met)


def go_through(network: Network, letters: Mask) -> None:
    """Let lines go on straight through a text that is written over them, on a ground of its own."""
    import cv2

    loose = network.loose()
    places, ways = _placed(network, loose)
    near = cv2.dilate(letters, np.ones((ABOUT,) * 2, np.uint8))
    for i, j in combinations(range(len(loose)), 2):
        step = places[j] - places[i]
        far = float(np.hypot(*step))
        if loose[i][0] == loose[j][0] or not GAP < far < LONGEST:
            continue
        aside = max(abs(float(step[0] * way[1] - step[1] * way[0])) for way in (ways[i], ways[j]))
        if aside < SHORT / 4 + BENT * far and -(step @ ways[i]) > 0 < step @ ways[j]:
            columns, rows = np.rint(places[i] + np.linspace(0, 1, round(far))[:, None] * step).astype(int).T
            if near[rows, columns].mean() > MOSTLY:
                network.join(loose[i], loose[j])


def _placed(network: Network, ends: Sequence[End]) -> tuple[Any, Any]:
    """Return the places of ends, and the ways in which their lines leave them."""
    places = [network.pieces[piece].end(at) for piece, at in ends]
    ways = [network.pieces[piece].direction(at, REACH) for piece, at in ends]
    return np.array(places, float).reshape(-1, 2), np.array(ways, float).reshape(-1, 2)


def _go_into(network: Network, end: End, way: Any, met: tuple[Sequence[End], Any, Any]) -> None:
    """Let a line go on over a gap to where others meet, as those that lead on from there."""
    joints, places, ways = met
    steps = places - network.pieces[end[0]].end(end[1])
    far = np.hypot(steps[:, 0], steps[:, 1])
    for i in np.flatnonzero((far <= 1.5 * GAP) & (steps @ way >= GAP_AHEAD * far) & (ways @ way > 0)).tolist():
        if joints[i][0] != end[0]:
            network.onward.setdefault(end, []).append(joints[i])
            network.onward.setdefault(joints[i], []).append(end)


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
    """Yield the pairs of lines that go on as each other: all where there are two, or one stands upright on another.

    Else those ahead, and of four that cross the two lines alone.
    """
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
    is_branch = len(ends) == 3 and min(cosines.values()) < THROUGH and sorted(map(abs, cosines.values()))[1] < LEVEL
    yield from ((ends[i], ends[j]) for i, j in pairs if is_branch or cosines[i, j] < AHEAD)
